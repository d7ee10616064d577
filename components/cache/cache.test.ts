import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Environment } from "../../conventions/environment.ts";
import { nameRefusal } from "../../conventions/names.ts";
import { type Inventory, type InventoryResource, takeInventory } from "../../tools/inventory/inventory.ts";
import { Cache } from "./cache.ts";
import { nodesOf, shorten } from "./plan.ts";
import { CacheSettings } from "./settings.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
};
const sound = { kind: "nodes", nodeType: "cache.m7g.large", replicas: 1, snapshots: { retentionDays: 7 } };
const small = { kind: "serverless", limits: { dataGB: 1, ecpuPerSecond: 1000 }, snapshots: { retentionDays: 0 } };

function refusals(settings: object): string[] {
    const parsed = CacheSettings.safeParse(settings);
    return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

function build(settings: object, own = environment, provider?: aws.Provider): Cache {
    return new Cache(
        "cache",
        {
            ...CacheSettings.parse(settings),
            environment: own,
            placement: {
                vpcId: "vpc-1",
                cidr: "10.20.0.0/16",
                subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
                workloadSubnetIds: ["subnet-a"],
                workloadZones: ["eu-west-1a"],
            },
            keyArn: "arn:aws:kms:eu-west-1:123456789012:key/cache",
            secretsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/secrets",
            logsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/logs",
            alarmTopics: {
                critical: "arn:aws:sns:eu-west-1:123456789012:critical",
                warning: "arn:aws:sns:eu-west-1:123456789012:warning",
            },
        },
        provider === undefined ? {} : { provider },
    );
}

function create(settings: object, own = environment): Promise<Inventory> {
    return takeInventory("shop", "prod", () => {
        build(settings, own, new aws.Provider("given", { region: "eu-west-1" })).allowFrom("app", { securityGroupId: "sg-app" });
    });
}

interface Deployed {
    readonly inputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly host: string;
    readonly readerHost: string;
}

/** What is sent to AWS, and what comes of its answers, as in an `up`. Each password drawn is another. */
async function deploy(settings: object): Promise<Deployed> {
    const inputs: Record<string, Record<string, unknown>> = {};
    let draws = 0;
    await pulumi.runtime.setMocks(
        {
            newResource: ({ name, inputs: own }) => {
                inputs[name] = own;
                const endpoints = {
                    primaryEndpointAddress: "master.sessions.abc.euw1.cache.amazonaws.com",
                    configurationEndpointAddress: "configuration",
                    endpoints: [{ address: "serverless", port: 6379 }],
                    readerEndpoints: [{ address: "serverless-reader", port: 6380 }],
                };
                return { id: `id-of-${name}`, state: { ...own, ...endpoints, arn: `arn of ${name}` } };
            },
            call: () => {
                draws += 1;
                return { randomPassword: `drawn${draws}` };
            },
        },
        "shop",
        "prod",
        false,
    );
    const cache = build(settings);
    const [host, readerHost] = await Promise.all([settled(cache.host), settled(cache.readerHost)]);
    await pulumi.runtime.disconnect();
    return { inputs, host, readerHost };
}

function settled(output: pulumi.Output<string>): Promise<string> {
    return new Promise((resolve) => {
        output.apply(resolve);
    });
}

function secret(value: unknown): object {
    return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

function find(inventory: Inventory, name: string): InventoryResource {
    const found = inventory.resources.find((resource) => resource.name === name && resource.custom);
    if (found === undefined) {
        throw new Error(`there is no ${name}`);
    }
    return found;
}

function names(inventory: Inventory, type: string): string[] {
    return inventory.resources.filter((resource) => resource.type === type).map((resource) => resource.name);
}

describe("cache settings", () => {
    it("need a node type, copies and snapshots, or the limits of serverless, and nothing else", () => {
        expect(refusals(sound)).deep.equal([]);
        expect(refusals(small)).deep.equal([]);
        expect(CacheSettings.parse(sound)).deep.include({ engine: "valkey", authentication: { kind: "token", generation: 1 } });
        expect(CacheSettings.parse(small)).to.have.nested.property("authentication.kind", "password");
    });

    const cases: [string, object, string[]][] = [
        [
            "a version that Valkey does not have",
            { ...sound, version: "7.1" },
            ['version: expected "7.2", "8.0", "8.1", "8.2", "9.0" or "9.1" for valkey, got "7.1"'],
        ],
        [
            "a Redis after the last one",
            { ...sound, engine: "redis", version: "8.0" },
            ['version: expected "7.0" or "7.1" for redis, got "8.0"'],
        ],
        ["a version without quotes", { ...sound, version: 8.2 }, ['version: expected a version in quotes, such as "8.2"']],
        [
            "a node that would need data tiering",
            { ...sound, nodeType: "cache.r6gd.xlarge" },
            [
                'nodeType: expected a node such as cache.t4g.micro, of the families t3, t4g, m5, m6g, m7g, r5, r6g, r7g or c7gn, got "cache.r6gd.xlarge"',
            ],
        ],
        ["six copies", { ...sound, replicas: 6 }, ["replicas: Too big: expected number to be <=5"]],
        [
            "cluster mode by the back door",
            { ...sound, parameters: { "cluster-enabled": "yes" } },
            ["parameters.cluster-enabled: follows from shards"],
        ],
        ["ElastiCache's own port", { ...sound, port: 8005 }, ["port: 8005 is ElastiCache's own"]],
        [
            "snapshots during maintenance",
            { ...sound, snapshots: { retentionDays: 7, window: "04:00-05:00" } },
            ["maintenanceWindow: must not overlap snapshots.window (04:00-05:00), got sun:04:30-sun:05:30"],
        ],
        [
            "a window shorter than ElastiCache takes",
            { ...sound, maintenanceWindow: "sun:05:00-sun:05:30" },
            ["maintenanceWindow: must last 60 minutes or more, got sun:05:00-sun:05:30"],
        ],
        [
            "a serverless version that is not sold",
            { ...small, majorVersion: "6" },
            ['majorVersion: expected "7" or "8" for valkey, got "6"'],
        ],
        [
            "an access string that lets nobody in",
            { ...sound, authentication: { kind: "iam", access: "off ~* +@all" } },
            ['authentication.access: expected an access string that begins with "on "'],
        ],
    ];
    for (const [what, settings, expected] of cases) {
        it(`refuse ${what}`, () => {
            expect(refusals(settings)).deep.equal(expected);
        });
    }

    it("refuse an AUTH token on serverless, which knows none", () => {
        expect(refusals({ ...small, authentication: { kind: "token" } }).map((each) => each.split(":")[0])).deep.equal([
            "authentication.kind",
        ]);
    });

    it("refuse serverless without a limit to what it may cost", () => {
        expect(refusals({ kind: "serverless", snapshots: { retentionDays: 0 } }).map((each) => each.split(":")[0])).deep.equal(["limits"]);
    });
});

describe("cache plan", () => {
    it("names nodes as ElastiCache does, and never renames one when more come", () => {
        expect(nodesOf({ replicas: 2 })).deep.equal(["001", "002", "003"]);
        expect(nodesOf({ replicas: 1, shards: 2 })).deep.equal(["0001-001", "0001-002", "0002-001", "0002-002"]);
        expect(nodesOf({ replicas: 2, shards: 3 })).to.include.members(nodesOf({ replicas: 1, shards: 2 }));
    });

    it("keeps two names apart when both are too long", () => {
        const [one, other] = ["app", "nobody"].map((end) => shorten(`${"very-long-".repeat(4)}cache-${end}`, 40));
        expect([one?.length, other?.length]).deep.equal([40, 40]);
        expect(one).not.equal(other);
        expect(nameRefusal("aws:elasticache/user:User", one ?? "")).equal(undefined);
    });
});

describe("cache", () => {
    it("reaches every child with the given provider, and names them after itself", async () => {
        for (const settings of [sound, { ...sound, authentication: { kind: "password" } }, small]) {
            const { resources } = await create(settings);
            const children = resources.filter((resource) => resource.custom && !resource.type.startsWith("pulumi:providers"));
            expect(children.filter((resource) => !resource.provider.includes("::given::"))).deep.equal([]);
            expect(children.filter((resource) => !/^cache(-|$)/.test(resource.name))).deep.equal([]);
        }
    });

    it("is encrypted at rest and speaks TLS only, whatever the settings", async () => {
        expect(find(await create(sound), "cache-nodes").inputs).deep.include({
            engine: "valkey",
            atRestEncryptionEnabled: true,
            kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/cache",
            transitEncryptionEnabled: true,
            transitEncryptionMode: "required",
        });
    });

    it("fails over by itself as soon as it has a copy, and not before", async () => {
        const group = async (settings: object) => find(await create(settings), "cache-nodes").inputs;
        expect(await group({ ...sound, replicas: 0 })).deep.include({
            numCacheClusters: 1,
            automaticFailoverEnabled: false,
            multiAzEnabled: false,
        });
        expect(await group(sound)).deep.include({ numCacheClusters: 2, automaticFailoverEnabled: true, multiAzEnabled: true });
    });

    it("spreads keys over shards only where the settings say so, with the parameter that goes with it", async () => {
        const inventory = await create({ ...sound, shards: 3 });
        const { inputs } = find(inventory, "cache-nodes");
        expect(inputs).deep.include({ numNodeGroups: 3, replicasPerNodeGroup: 1, clusterMode: "enabled", automaticFailoverEnabled: true });
        expect(inputs).to.not.have.property("numCacheClusters");
        expect(find(inventory, "cache-parameters").inputs).deep.include({
            family: "valkey8",
            parameters: [{ name: "cluster-enabled", value: "yes" }],
        });
    });

    it("gets another copy by changing a number: nothing is removed, and only that node's alarms are added", async () => {
        const [before, after] = [await create(sound), await create({ ...sound, replicas: 2 })];
        const urns = new Set(before.resources.map((resource) => resource.urn));
        expect(before.resources.filter((resource) => !after.resources.some((other) => other.urn === resource.urn))).deep.equal([]);
        expect(
            after.resources.filter((resource) => !urns.has(resource.urn) && !/^cache-003-/.test(resource.name)).map((each) => each.name),
        ).deep.equal([]);
        expect(find(after, "cache-nodes").inputs).deep.equal({ ...find(before, "cache-nodes").inputs, numCacheClusters: 3 });
    });

    it("gives its token to the nodes and the secret, never in plain, and never draws it anew", async () => {
        const { inputs } = await deploy(sound);
        expect(inputs["cache-nodes"]?.authToken).deep.equal(secret("drawn1"));
        expect(inputs["cache-secret-1"]?.secretString).deep.equal(secret('{"username":"","password":"drawn1"}'));
        const inventory = await create(sound);
        expect(find(inventory, "cache-secret-1").ignoreChanges).deep.equal(["secretString", "versionStages"]);
    });

    it("takes two passwords of a user, so that raising the generation locks nobody out", async () => {
        const first = await deploy({ ...sound, authentication: { kind: "password" } });
        expect(first.inputs["cache-user"]?.authenticationMode).deep.equal(secret({ type: "password", passwords: ["drawn1"] }));
        const inventory = await create({ ...sound, authentication: { kind: "password", generation: 3 } });
        expect(names(inventory, "aws:secretsmanager/secretVersion:SecretVersion")).deep.equal(["cache-secret-2", "cache-secret-3"]);
        const third = await deploy({ ...sound, authentication: { kind: "password", generation: 3 } });
        expect(third.inputs["cache-user"]?.authenticationMode).deep.equal(secret({ type: "password", passwords: ["drawn2", "drawn1"] }));
    });

    it("keeps no secret where clients log in by IAM, and names the user as IAM asks", async () => {
        const inventory = await create({ ...sound, authentication: { kind: "iam" } });
        expect(inventory.resources.filter((resource) => resource.type.startsWith("aws:secretsmanager"))).deep.equal([]);
        const { userId, userName } = find(inventory, "cache-user").inputs;
        expect([userId, userName]).deep.equal(["shop-prod-cache-app", "shop-prod-cache-app"]);
    });

    it("drops the token of a cache that gets users, in the same call, and rotates it otherwise", async () => {
        const strategyOf = async (kind: string) =>
            find(await create({ ...sound, authentication: { kind } }), "cache-nodes").inputs.authTokenUpdateStrategy;
        expect([await strategyOf("iam"), await strategyOf("password"), await strategyOf("token")]).deep.equal([
            "DELETE",
            "DELETE",
            "ROTATE",
        ]);
    });

    it("lets a role log in to this cache as its user and no other, and only where clients log in by IAM", async () => {
        const statementsOf = async (settings: object) => {
            await pulumi.runtime.setMocks({
                newResource: ({ name, inputs }) => ({ id: name, state: { name, ...inputs, arn: `arn of ${name}` } }),
                call: () => ({ randomPassword: "drawn" }),
            });
            const cache = build(settings);
            const name = cache.signedName === undefined ? undefined : await settled(cache.signedName);
            const statements = JSON.parse(await settled(pulumi.jsonStringify(cache.connectStatements())));
            await pulumi.runtime.disconnect();
            return [name, statements];
        };
        const logIn = (cache: string) => [
            { Sid: "LogIn", Effect: "Allow", Action: "elasticache:Connect", Resource: [`arn of ${cache}`, "arn of cache-user"] },
        ];
        expect(await statementsOf({ ...sound, authentication: { kind: "iam" } })).deep.equal(["cache-nodes", logIn("cache-nodes")]);
        expect(await statementsOf({ ...small, authentication: { kind: "iam" } })).deep.equal([
            "cache-serverless",
            logIn("cache-serverless"),
        ]);
        expect(await statementsOf({ ...small, authentication: { kind: "password" } })).deep.equal([undefined, []]);
        expect(await statementsOf(sound)).deep.equal([undefined, []]);
    });

    it("shuts out the default user of Redis, which its groups must hold, and gives Valkey none", async () => {
        const redis = await create({ ...sound, engine: "redis", authentication: { kind: "iam" } });
        expect(find(redis, "cache-nobody").inputs).deep.include({ userName: "default", accessString: "off ~keys* -@all +get" });
        const valkey = await create({ ...sound, authentication: { kind: "iam" } });
        expect(names(valkey, "aws:elasticache/user:User")).deep.equal(["cache-user"]);
    });

    it("gives fixed names that AWS accepts, even in an environment with a long name", async () => {
        const long = { ...environment, name: "a-company-with-a-long-name-production" };
        const { resources } = await create({ ...sound, engine: "redis", authentication: { kind: "password" } }, long);
        const refused = resources.flatMap(({ type, inputs }) =>
            [inputs.userId, inputs.userGroupId, inputs.name].flatMap((name) => {
                const refusal = typeof name === "string" ? nameRefusal(type, name) : undefined;
                return refusal === undefined ? [] : [refusal];
            }),
        );
        expect(refused).deep.equal([]);
    });

    it("answers on two ports as serverless, and lets a peer through both", async () => {
        const inventory = await create(small);
        const ports = inventory.resources
            .filter((resource) => resource.type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
            .map((resource) => resource.inputs.fromPort);
        expect(ports).to.have.members([6379, 6380]);
        const { host, readerHost } = await deploy(small);
        expect([host, readerHost]).deep.equal(["serverless", "serverless-reader"]);
    });

    it("stays where it is as serverless when the network gets a third zone", async () => {
        const { inputs } = find(await create(small), "cache-serverless");
        expect(inputs.subnetIds).deep.equal(["subnet-a", "subnet-b"]);
        expect(inputs.cacheUsageLimits).deep.equal({
            dataStorage: { maximum: 1, unit: "GB" },
            ecpuPerSeconds: [{ maximum: 1000 }],
        });
    });

    it("reads from its replicas, or in cluster mode from whatever the configuration names", async () => {
        const plain = await deploy(sound);
        expect([plain.host, plain.readerHost]).deep.equal([
            "master.sessions.abc.euw1.cache.amazonaws.com",
            "replica.sessions.abc.euw1.cache.amazonaws.com",
        ]);
        const sharded = await deploy({ ...sound, shards: 2 });
        expect([sharded.host, sharded.readerHost]).deep.equal(["configuration", "configuration"]);
    });

    it("is protected and leaves a final snapshot where its data may not be thrown away, and only there", async () => {
        const kept = find(await create(sound), "cache-nodes");
        const thrown = find(await create(sound, { ...environment, expendable: true }), "cache-nodes");
        expect([kept.protect, thrown.protect]).deep.equal([true, false]);
        expect(kept.inputs).to.have.property("finalSnapshotIdentifier");
        expect(thrown.inputs).to.not.have.property("finalSnapshotIdentifier");
    });

    it("sends both logs to groups of its own", async () => {
        const inventory = await create(sound);
        expect(find(inventory, "cache-slow-log").inputs.name).equal("/aws/vendedlogs/elasticache/shop-prod-cache/slow-log");
        const { logDeliveryConfigurations } = find(inventory, "cache-nodes").inputs;
        expect(logDeliveryConfigurations).deep.equal(
            ["slow-log", "engine-log"].map((logType) => ({
                logType,
                logFormat: "json",
                destinationType: "cloudwatch-logs",
                destination: `/aws/vendedlogs/elasticache/shop-prod-cache/${logType}`,
            })),
        );
    });
});
