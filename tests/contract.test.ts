/** What docs/components.md promises of every component, asked of each: a component that is added without a row here fails the first test. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { Access } from "../components/access/access.ts";
import { Backup } from "../components/backup/backup.ts";
import { Budget } from "../components/budget/budget.ts";
import { Cache } from "../components/cache/cache.ts";
import { Fleet } from "../components/compute/fleet/fleet.ts";
import { BuiltImage } from "../components/compute/image/image.ts";
import { DatabaseInstance } from "../components/database/instance/database-instance.ts";
import { Edge } from "../components/edge/edge.ts";
import { Keys } from "../components/keys/keys.ts";
import { LoadBalancer } from "../components/load-balancer/load-balancer.ts";
import { Network } from "../components/network/network.ts";
import { Observability } from "../components/observability/observability.ts";
import { Storage } from "../components/storage/storage.ts";
import type { Environment } from "../conventions/environment.ts";
import type { Region } from "../conventions/regions.ts";
import { parseSettings, type StackSettings } from "../stacks/settings.ts";
import { stackWith } from "../stacks/stack.fixture.ts";
import { type Inventory, type InventoryResource, takeInventory } from "../tools/inventory/inventory.ts";
import { projectRoot } from "../tools/setup/cache-folder.mjs";

type Build = (name: string, environment: Environment, opts: pulumi.ComponentResourceOptions) => pulumi.ComponentResource;

/** Every wire that a component may be given, as another stack's outputs would be: plain. */
function wiringIn({ region, name }: Environment) {
    const keyArn = `arn:aws:kms:${region}:123456789012:key/11111111-2222-4333-8444-555555555555`;
    const topic = (severity: string, at: string = region) => `arn:aws:sns:${at}:123456789012:${severity}`;
    const zones = [`${region}a`, `${region}b`];
    return {
        keyArn,
        ...{ logsKeyArn: keyArn, secretsKeyArn: keyArn, volumesKeyArn: keyArn, sessionsKeyArn: keyArn, notificationsKeyArn: keyArn },
        edgeKeyArn: keyArn.replace(region, "us-east-1"),
        edgeLogsKeyArn: keyArn.replace(region, "us-east-1"),
        alarmTopics: { critical: topic("critical"), warning: topic("warning") },
        edgeAlarmTopics: { critical: topic("critical", "us-east-1"), warning: topic("warning", "us-east-1") },
        logBucket: { name: `${name}-logs`, arn: `arn:aws:s3:::${name}-logs`, domainName: `${name}-logs.s3.${region}.amazonaws.com` },
        placement: {
            ...{ vpcId: "vpc-1", cidr: "10.80.0.0/16" },
            ...{ subnetIds: ["subnet-1", "subnet-2"], workloadSubnetIds: ["subnet-1", "subnet-2"], workloadZones: zones },
        },
    };
}

/** Stands for what awsx would build and push. */
class NoBuilder extends pulumi.ComponentResource {
    public readonly imageUri = pulumi.output("123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:0");

    public constructor(name: string, _args: unknown, opts: pulumi.ComponentResourceOptions) {
        super("awsx:ecr:Image", name, {}, opts);
    }
}

function present<Block>(block: Block | undefined): Block {
    if (block === undefined) throw new Error("the stack of the fixture has every block");
    return block;
}

function buildersOf(settings: StackSettings): Readonly<Record<string, Build>> {
    const wired = (environment: Environment) => ({ ...wiringIn(environment), environment });
    return {
        Access: (name, environment, opts) => new Access(name, { ...present(settings.access), ...wired(environment) }, opts),
        Backup: (name, environment, opts) => new Backup(name, { ...present(settings.backup), ...wired(environment) }, opts),
        Budget: (name, environment, opts) => new Budget(name, { ...present(settings.budget), ...wired(environment) }, opts),
        BuiltImage: (name, environment, opts) =>
            new BuiltImage(
                name,
                { context: ".", ...wired(environment), platform: "linux/arm64", builder: NoBuilder } as ConstructorParameters<
                    typeof BuiltImage
                >[1],
                opts,
            ),
        Cache: (name, environment, opts) => new Cache(name, { ...present(settings.cache), ...wired(environment) }, opts),
        DatabaseInstance: (name, environment, opts) =>
            new DatabaseInstance(name, { ...present(settings.database), ...wired(environment) }, opts),
        Edge: (name, environment, opts) => new Edge(name, { ...present(settings.edge), ...wired(environment) }, opts),
        Fleet: (name, environment, opts) =>
            new Fleet(
                name,
                {
                    ...present(settings.compute),
                    ...wired(environment),
                    image: "public.ecr.aws/nginx/nginx:1.29",
                    variables: {},
                    secrets: {},
                },
                opts,
            ),
        Keys: (name, environment, opts) =>
            new Keys(name, { ...settings.keys, environment, domains: ["logs", "database", "edgeLogs"] }, opts),
        LoadBalancer: (name, environment, opts) =>
            new LoadBalancer(
                name,
                {
                    ...present(settings.loadBalancer),
                    ...wired(environment),
                    certificateArn: `arn:aws:acm:${environment.region}:123456789012:certificate/1`,
                    accessLogBucketName: "shop-logs",
                },
                opts,
            ),
        Network: (name, environment, opts) => new Network(name, { ...settings.network, ...wired(environment) }, opts),
        Observability: (name, environment, opts) =>
            new Observability(name, { ...settings.observability, ...wired(environment), edge: true }, opts),
        Storage: (name, environment, opts) => new Storage(name, { ...settings.storage, ...wired(environment) }, opts),
    };
}

interface Registered {
    readonly component: pulumi.ComponentResource;
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** Builds, and keeps what each component registers as its outputs. */
async function built(compose: () => void): Promise<{ readonly inventory: Inventory; readonly registered: readonly Registered[] }> {
    const prototype = pulumi.ComponentResource.prototype as unknown as {
        registerOutputs(outputs: Record<string, unknown> | undefined): void;
    };
    const original = prototype.registerOutputs;
    const registered: Registered[] = [];
    prototype.registerOutputs = function (this: pulumi.ComponentResource, outputs) {
        // The SDK calls it once more by itself, without any.
        if (outputs !== undefined) registered.push({ component: this, outputs });
        original.call(this, outputs);
    };
    try {
        return { inventory: await takeInventory("shop", "prod", compose), registered };
    } finally {
        prototype.registerOutputs = original;
    }
}

/** By class, the outputs that it declares public and sets always. What is private, only the source knows. */
const publicOutputs = new Map(
    globSync("components/**/*.ts", { cwd: projectRoot }).flatMap((file) => {
        const source = readFileSync(join(projectRoot, file), "utf8");
        const name = /export class (\w+) extends pulumi\.ComponentResource/.exec(source)?.[1];
        const outputs = [...source.matchAll(/^ {4}public readonly (\w+): pulumi\.Output<\w+>;/gm)].map(([, key = ""]) => key);
        return name === undefined ? [] : [[name, outputs] as const];
    }),
);

function outputsIn(value: unknown): pulumi.Output<unknown>[] {
    if (pulumi.Output.isInstance(value)) return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(outputsIn) : [];
}

const { settings } = parseSettings(stackWith());
const builders = buildersOf(present(settings));
const environmentIn = (region: Region): Environment => ({
    ...{ name: "shop-prod", accountId: "123456789012", region, expendable: false, logRetentionDays: 30 },
    backupTag: { "terrace:backup": "shop-prod" },
});
const providerIn = (region: Region, name: string) => new aws.Provider(name, { region, allowedAccountIds: ["123456789012"] });
const isChild = ({ type }: InventoryResource) => !type.startsWith("pulumi:");

describe("the contract of components", () => {
    it("is asked of every class of components that a stack can hold", () => {
        expect(Object.keys(builders).sort()).to.deep.equal([...publicOutputs.keys()].sort());
    });

    for (const [name, build] of Object.entries(builders)) {
        describe(name, () => {
            let pair: Awaited<ReturnType<typeof built>>;
            let abroad: Awaited<ReturnType<typeof built>>;
            before(async () => {
                pair = await built(() => {
                    const opts = { provider: providerIn("eu-west-1", "home") };
                    build("one", environmentIn("eu-west-1"), opts);
                    build("two", environmentIn("eu-west-1"), opts);
                });
                abroad = await built(() => {
                    build("one", environmentIn("eu-west-1"), { provider: providerIn("eu-west-1", "home") });
                    build("far", environmentIn("eu-central-1"), { provider: providerIn("eu-central-1", "abroad") });
                });
            });

            it("stands twice in a stack: no two resources of one address", () => {
                const urns = pair.inventory.resources.map(({ urn }) => urn);
                expect(urns.filter((urn, index) => urns.indexOf(urn) !== index)).to.deep.equal([]);
            });

            it("builds the same both times, each under its own name", () => {
                const partsOf = (own: string) =>
                    pair.inventory.resources
                        .filter((resource) => isChild(resource) && (resource.name === own || resource.name.startsWith(`${own}-`)))
                        .map(({ type, name: logical }) => `${type} ${logical.slice(own.length)}`);
                expect(partsOf("one")).to.have.length.greaterThan(1).and.to.deep.equal(partsOf("two"));
                expect(partsOf("one").length * 2).to.equal(pair.inventory.resources.filter(isChild).length);
            });

            it("gives every resource its provider and its parent", () => {
                for (const { urn, custom, type, parent, name: logical, provider } of pair.inventory.resources.filter(isChild)) {
                    if (custom) expect(provider, urn).to.match(/::pulumi:providers:aws::home::/);
                    if (!type.startsWith("terrace:"))
                        expect(logical, urn).to.satisfy((own: string) => own.startsWith(parent.split("::").at(-1) ?? "?"));
                }
            });

            it("stands in another region by another provider, and keeps to it", () => {
                const far = abroad.inventory.resources.filter(({ name: logical }) => logical === "far" || logical.startsWith("far-"));
                expect(far.filter(isChild)).to.have.length.greaterThan(1);
                for (const { urn, custom, provider, inputs } of far.filter(isChild)) {
                    if (custom) expect(provider, urn).to.match(/::pulumi:providers:aws::abroad::/);
                    expect(inputs.region ?? "us-east-1", urn).to.equal("us-east-1");
                    expect(JSON.stringify(inputs), urn).not.to.contain("eu-west-1");
                }
            });

            it("registers its outputs once, and among them every output that the class shows", () => {
                const own = pair.registered.filter(({ component }) => component.constructor.name === name);
                expect(own).to.have.length(2);
                for (const { component, outputs } of own) {
                    expect(Object.keys(outputs)).to.have.length.greaterThan(0);
                    const declared = component as unknown as Readonly<Record<string, unknown>>;
                    for (const key of publicOutputs.get(name) ?? []) expect(outputs[key], key).to.equal(declared[key]);
                }
            });

            it("registers nothing secret: who needs a password reads it where it is kept", async () => {
                const found = await Promise.all(pair.registered.flatMap(({ outputs }) => outputsIn(outputs)).map(pulumi.isSecret));
                expect(found).not.to.include(true);
            });
        });
    }
});
