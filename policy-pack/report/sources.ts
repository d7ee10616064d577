/** Where resources come from when no engine asks: an exported state, a preview's JSON, or an inventory. All end as one StackView. */
import { type ResourceSource, ResourceView } from "../core/resource.ts";
import { StackView } from "../core/stack.ts";
import { unknown } from "../core/values.ts";

/** A resource as Pulumi writes it in an export and in the steps of `preview --json`. */
interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly custom?: boolean;
    readonly delete?: boolean;
    readonly id?: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
    readonly parent?: string;
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
    readonly additionalSecretOutputs?: readonly string[];
    readonly dependencies?: readonly string[];
    readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
    /** `<urn>::<id>` */
    readonly provider?: string;
}

/** What only an inventory knows of a resource. */
interface Registered {
    readonly name?: string;
    readonly ignoreChanges?: readonly string[];
    readonly deleteBeforeReplace?: boolean;
}

/** What tools/inventory takes; named here so that the pack needs nothing of the tools. */
export interface InventoryLike {
    readonly resources: readonly (StateResource & Registered)[];
}

export function stackFromInventory(inventory: InventoryLike): StackView {
    return toStack(inventory.resources);
}

/** `pulumi stack export`, or the same file saved earlier. */
export function stackFromState(content: unknown): StackView {
    const resources = (content as { deployment?: { resources?: readonly StateResource[] } }).deployment?.resources;
    if (!Array.isArray(resources)) {
        throw new Error("expected the output of `pulumi stack export`, got a file without deployment.resources");
    }
    return toStack(resources.filter((resource: StateResource) => resource.delete !== true));
}

/** `pulumi preview --json`: what each resource would be after the deploy. */
export function stackFromPreview(content: unknown): StackView {
    const steps = (content as { steps?: readonly { op: string; newState?: StateResource }[] }).steps;
    if (!Array.isArray(steps)) {
        throw new Error("expected the output of `pulumi preview --json`, got a file without steps");
    }
    const last = new Map<string, StateResource>();
    for (const { op, newState } of steps) {
        if (newState && !op.startsWith("delete")) {
            last.set(newState.urn, newState);
        }
    }
    return toStack([...last.values()]);
}

const secretKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What `preview --json` prints in the place of a secret. */
const hidden = "[secret]";

/** Takes the engine's envelopes off. A secret that is hidden, or that only its key can open, is set, and no more is known of it. */
function unwrapped(value: unknown): unknown {
    if (value === hidden) {
        return unknown;
    }
    if (Array.isArray(value)) {
        return value.map(unwrapped);
    }
    if (value === null || typeof value !== "object") {
        return value;
    }
    const object = value as Record<string, unknown>;
    if (object[secretKey] === secretSignature) {
        const plain = object.plaintext;
        return typeof plain === "string" ? unwrapped(JSON.parse(plain)) : "value" in object ? unwrapped(object.value) : unknown;
    }
    return Object.fromEntries(Object.entries(object).map(([key, member]) => [key, unwrapped(member)]));
}

function toStack(resources: readonly (StateResource & Registered)[]): StackView {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    return new StackView(
        resources.map((resource) => {
            const provider = resource.provider ? byUrn.get(resource.provider.slice(0, resource.provider.lastIndexOf("::"))) : undefined;
            const props = unwrapped(resource.inputs ?? {});
            const source: ResourceSource = {
                urn: resource.urn,
                type: resource.type,
                name: resource.name ?? nameOf(resource.urn),
                props,
                outputs: {
                    ...(unwrapped(resource.outputs ?? resource.inputs ?? {}) as object),
                    ...(resource.id ? { id: resource.id } : {}),
                },
                options: {
                    protect: resource.protect ?? false,
                    ignoreChanges: resource.ignoreChanges ?? [],
                    retainOnDelete: resource.retainOnDelete ?? false,
                    additionalSecretOutputs: resource.additionalSecretOutputs ?? [],
                    ...(resource.deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace: resource.deleteBeforeReplace }),
                },
                ...(provider ? { provider: { name: nameOf(provider.urn), props: unwrapped(provider.inputs ?? {}) } } : {}),
                ...(resource.parent ? { parent: resource.parent } : {}),
                dependencies: resource.dependencies ?? [],
                propertyDependencies: Object.fromEntries(
                    Object.entries(resource.propertyDependencies ?? {}).map(([property, urns]) => [property, urns ?? []]),
                ),
            };
            return new ResourceView(source);
        }),
    );
}

function nameOf(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}
