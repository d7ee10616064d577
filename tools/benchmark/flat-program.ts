/**
 * Writes the same resources as a stack's, as one flat program: no components, no settings, no parsing. What is left is the price of Pulumi
 * itself, so that a benchmark can say what Terrace adds. References are kept: what is unknown before `up` is another resource's id here.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { type Inventory, type InventoryResource, UNKNOWN } from "../inventory/inventory.ts";

/** Writes Pulumi.yaml, Pulumi.<stack>.yaml, package.json and index.js into `directory`. `rehearsed` is the same stack with what AWS answers. */
export function writeFlatProgram(inventory: Inventory, rehearsed: Inventory, directory: string): void {
    mkdirSync(directory, { recursive: true });
    const answered = new Map(rehearsed.resources.map((resource) => [resource.urn, resource]));
    const custom = inventory.resources
        .filter((resource) => resource.custom)
        .map((resource) => ({ ...resource, inputs: { ...lookedUp(resource, answered.get(resource.urn)), ...resource.inputs } }));
    const variables = new Map(custom.map((resource, index) => [resource.urn, `r${index}`]));
    const statements = sorted(custom, variables).map((resource) => statement(resource, variables));
    const lines = [
        "Error.stackTraceLimit = 0;",
        'const pulumi = require("@pulumi/pulumi");',
        'const aws = require("@pulumi/aws");',
        ...statements,
    ];
    writeFileSync(`${directory}/index.js`, `${lines.join("\n")}\n`);
    writeFileSync(`${directory}/package.json`, '{ "name": "flat", "main": "index.js" }\n');
    writeFileSync(
        `${directory}/Pulumi.yaml`,
        "name: flat\nruntime: { name: nodejs, options: { typescript: false, nodeargs: --max-semi-space-size=1 } }\n",
    );
    writeFileSync(`${directory}/Pulumi.${inventory.stack}.yaml`, "config: {}\n");
}

/** Inputs that a data source decides: an inventory taken without AWS does not have them. */
function lookedUp(resource: InventoryResource, rehearsed: InventoryResource | undefined): Readonly<Record<string, unknown>> {
    const inputs = rehearsed?.inputs ?? {};
    const filledIn = ["__defaults", "tags", ...((inputs.__defaults ?? []) as readonly string[])];
    return Object.fromEntries(Object.entries(inputs).filter(([key]) => !(key in resource.inputs) && !filledIn.includes(key)));
}

/** What a resource waits for comes before it. */
function sorted(resources: readonly InventoryResource[], variables: ReadonlyMap<string, string>): InventoryResource[] {
    const [left, done, result] = [new Map(resources.map((each) => [each.urn, each])), new Set<string>(), [] as InventoryResource[]];
    function place(resource: InventoryResource): void {
        if (done.has(resource.urn)) {
            return;
        }
        done.add(resource.urn);
        for (const urn of [...resource.dependencies, providerUrn(resource)]) {
            const before = variables.has(urn) ? left.get(urn) : undefined;
            if (before !== undefined) {
                place(before);
            }
        }
        result.push(resource);
    }
    resources.forEach(place);
    return result;
}

function providerUrn(resource: InventoryResource): string {
    return resource.provider.split("::").slice(0, 4).join("::");
}

function statement(resource: InventoryResource, variables: ReadonlyMap<string, string>): string {
    const inputs = Object.entries(resource.inputs).map(([key, value]) => {
        const waitsFor = (resource.propertyDependencies[key] ?? []).map((urn) => variables.get(urn)).filter((each) => each !== undefined);
        return `${JSON.stringify(key)}: ${literal(isProvider(resource) ? decoded(value) : value, waitsFor)}`;
    });
    const provider = variables.get(providerUrn(resource));
    const options = [provider !== undefined ? `provider: ${provider}` : "", resource.protect ? "protect: true" : ""].filter(
        (each) => each !== "",
    );
    return `const ${variables.get(resource.urn)} = new ${constructorOf(resource.type)}(${JSON.stringify(resource.name)}, { ${inputs.join(", ")} }, { ${options.join(", ")} });`;
}

function isProvider({ type }: Pick<InventoryResource, "type">): boolean {
    return type === "pulumi:providers:aws";
}

/** A provider registers its lists and objects as JSON text, and takes them as they are. */
function decoded(value: unknown): unknown {
    return typeof value === "string" && /^[[{]/.test(value) ? JSON.parse(value) : value;
}

function constructorOf(type: string): string {
    if (isProvider({ type })) {
        return "aws.Provider";
    }
    const [, module, name] = /^aws:([\w-]+)\/\w+:(\w+)$/.exec(type) ?? [];
    return `aws.${module}.${name}`;
}

/** Source text of a value; an unknown is the id of what it waits for. */
function literal(value: unknown, waitsFor: readonly string[]): string {
    if (value === UNKNOWN) {
        return waitsFor.length === 0 ? '"unknown"' : `${waitsFor[0]}.id`;
    }
    if (Array.isArray(value)) {
        return `[${value.map((each, index) => literal(each, waitsFor.length > value.length ? waitsFor : [waitsFor[index] ?? waitsFor[0] ?? ""].filter((name) => name !== ""))).join(", ")}]`;
    }
    if (typeof value === "object" && value !== null) {
        const secret = "4dabf18193072939515e22adb298388d" in value;
        if (secret) {
            return `pulumi.secret(${literal((value as { value?: unknown }).value, waitsFor)})`;
        }
        return `{ ${Object.entries(value)
            .map(([key, each]) => `${JSON.stringify(key)}: ${literal(each, waitsFor)}`)
            .join(", ")} }`;
    }
    return JSON.stringify(value) ?? "undefined";
}
