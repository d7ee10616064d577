import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Environment } from "../../../conventions/environment.ts";
import { nameRefusal } from "../../../conventions/names.ts";
import { type Inventory, type InventoryResource, takeInventory } from "../../../tools/inventory/inventory.ts";
import { DatabaseInstance } from "./database-instance.ts";
import { familyOf, parametersOf, thresholdsOf } from "./plan.ts";
import { DatabaseInstanceSettings } from "./settings.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
    backupTag: { "terrace:backup": "shop-prod" },
};
const sound = {
    kind: "instance",
    engine: "postgres",
    version: "17",
    class: "db.m7g.large",
    multiAz: true,
    storage: { sizeGiB: 100, maximumGiB: 500 },
    backup: { retentionDays: 14 },
};
const reader = { class: "db.m7g.large" };
const instances = "aws:rds/instance:Instance";

function refusals(settings: object): string[] {
    const parsed = DatabaseInstanceSettings.safeParse({ ...sound, ...settings });
    return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

function build(
    name: string,
    settings: object,
    opts: { environment?: Environment; subnetIds?: string[] },
    provider?: aws.Provider,
): DatabaseInstance {
    return new DatabaseInstance(
        name,
        {
            ...DatabaseInstanceSettings.parse({ ...sound, ...settings }),
            environment: opts.environment ?? environment,
            placement: {
                vpcId: "vpc-1",
                cidr: "10.20.0.0/16",
                subnetIds: opts.subnetIds ?? ["subnet-a", "subnet-b"],
                workloadSubnetIds: ["subnet-a"],
                workloadZones: ["eu-west-1a"],
            },
            keyArn: "arn:aws:kms:eu-west-1:123456789012:key/database",
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

function create(settings: object = {}, opts: { environment?: Environment; twice?: boolean } = {}): Promise<Inventory> {
    return takeInventory("shop", "prod", () => {
        const provider = new aws.Provider("given", { region: "eu-west-1" });
        for (const name of opts.twice ? ["database", "ledger"] : ["database"]) {
            build(name, settings, opts, provider).allowFrom("app", { securityGroupId: "sg-app" });
        }
    });
}

function secret(value: string): object {
    return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

/** Inputs by logical name where AWS answers, as in an `up`. */
async function deploy(settings: object): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
    const recorded: Record<string, Record<string, unknown>> = {};
    await pulumi.runtime.setMocks(
        {
            newResource: ({ name, inputs: own }) => {
                recorded[name] = own;
                return { id: `id of ${name}`, state: { ...own, arn: `arn of ${name}`, address: `host of ${name}` } };
            },
            call: () => ({ randomPassword: "drawn" }),
        },
        "shop",
        "prod",
        false,
    );
    build("database", settings, {});
    await pulumi.runtime.disconnect();
    return recorded;
}

function find(inventory: Inventory, name: string): InventoryResource {
    const [found, another] = inventory.resources.filter((resource) => resource.name === name && resource.custom);
    expect(another, `${name} is there once`).equal(undefined);
    if (found === undefined) {
        throw new Error(`there is no ${name}`);
    }
    return found;
}

function inputs(inventory: Inventory, name: string): Readonly<Record<string, unknown>> {
    return find(inventory, name).inputs;
}

/** Logical names of what is only in the other inventory, and names of inputs that differ, by logical name. */
function difference(before: Inventory, after: Inventory): { added: string[]; removed: string[]; changed: Record<string, string[]> } {
    const [old, fresh] = [before, after].map((each) => new Map(each.resources.map((resource) => [resource.urn, resource])));
    const only = (one = new Map<string, InventoryResource>(), other = new Map<string, InventoryResource>()) =>
        [...one].filter(([urn]) => !other.has(urn)).map(([, resource]) => resource.name);
    const changed: Record<string, string[]> = {};
    for (const [urn, resource] of old ?? []) {
        const now = fresh?.get(urn)?.inputs;
        if (now === undefined) {
            continue;
        }
        const keys = [...new Set([...Object.keys(resource.inputs), ...Object.keys(now)])].sort();
        const differing = keys.filter((key) => JSON.stringify(resource.inputs[key]) !== JSON.stringify(now[key]));
        if (differing.length > 0) {
            changed[resource.name] = differing;
        }
    }
    return { added: only(fresh, old).sort(), removed: only(old, fresh).sort(), changed };
}

/** Inputs of an instance that replace it (provider rules, probed from 5.100). */
const replacing = [
    "availabilityZone",
    "backupTarget",
    "characterSetName",
    "customIamInstanceProfile",
    "dbName",
    "engine",
    "kmsKeyId",
    "ncharCharacterSetName",
    "region",
    "restoreToPointInTime",
    "s3Import",
    "snapshotIdentifier",
    "storageEncrypted",
    "timezone",
    "username",
];

describe("database settings", () => {
    it("need engine, version, class, standby, storage and backups, and nothing else", () => {
        expect(refusals({})).deep.equal([]);
        expect(DatabaseInstanceSettings.parse(sound)).deep.include({ databaseName: "app", username: "appadmin", rotationDays: 30 });
    });

    const cases: [string, object, string[]][] = [
        ["a version without quotes", { version: 17 }, ['version: expected a version in quotes, such as "17"']],
        [
            "a version in paid extended support",
            { engine: "mysql", version: "8.0" },
            ['version: expected "8.4" or a minor of it for mysql, got "8.0"'],
        ],
        ["a version of the other engine", { version: "8.4" }, ['version: expected "17" or "18" or a minor of it for postgres, got "8.4"']],
        [
            "a class that nobody knows the memory of",
            { class: "db.z9.large" },
            [
                'class: expected a class such as db.m7g.large, of the families t3, t4g, m5, m6g, m6gd, m6i, m6id, m7g, m7i, m8g, r5, r6g, r6gd, r6i, r6id, r7g, r7i, r8g, got "db.z9.large"',
            ],
        ],
        [
            "a database name with a hyphen",
            { databaseName: "my-app" },
            ['databaseName: expected a letter, then letters, digits and underscores, 63 in all at most, got "my-app"'],
        ],
        [
            "a user that RDS keeps for itself",
            { username: "rdsadmin" },
            ['username: is a name that postgres or RDS keeps for itself, or that attackers try first, got "rdsadmin"'],
        ],
        [
            "a log of the other engine",
            { logs: ["slowquery"] },
            ['logs.0: expected "postgresql", "upgrade" or "iam-db-auth-error" for postgres, got "slowquery"'],
        ],
        [
            "TLS turned off by a parameter",
            { parameters: { "rds.force_ssl": 0 } },
            ["parameters.rds.force_ssl: is not a setting: clients speak TLS 1.2 or newer, or not at all"],
        ],
        [
            "TLS turned off on a replica",
            { replicas: { one: { ...reader, parameters: { ssl_min_protocol_version: "TLSv1" } } } },
            ["replicas.one.parameters.ssl_min_protocol_version: is not a setting: clients speak TLS 1.2 or newer, or not at all"],
        ],
        [
            "growth that RDS would not accept",
            { storage: { sizeGiB: 100, maximumGiB: 105 } },
            ["storage.maximumGiB: must exceed sizeGiB (100) by a tenth, so 110 or more, got 105"],
        ],
        [
            "iops on a small disk",
            { storage: { sizeGiB: 100, iops: 12_000, throughputMiBps: 500 } },
            [
                "storage.iops: can be given from 400 GiB on; below, gp3 has 3000 operations and 125 MiB/s, got 12000",
                "storage.throughputMiBps: can be given from 400 GiB on; below, gp3 has 3000 operations and 125 MiB/s, got 500",
            ],
        ],
        [
            "more iops than the size allows",
            { storage: { sizeGiB: 400, iops: 20_001 } },
            ["storage.iops: must not exceed 50 a GiB (20000), got 20001"],
        ],
        [
            "more throughput than the iops carry",
            { storage: { sizeGiB: 400, throughputMiBps: 3001 } },
            ["storage.throughputMiBps: must not exceed a quarter of iops (3000), got 3001"],
        ],
        [
            "a replica without backups",
            { backup: { retentionDays: 0 }, replicas: { one: reader } },
            ["backup.retentionDays: must be at least 1, because replicas start from a backup of the primary, got 0"],
        ],
        [
            "RDS's own secret with a replica",
            { secret: "rds", replicas: { one: reader } },
            ['secret: RDS does not keep the password of a primary with replicas: expected "own", got "rds"'],
        ],
        [
            "a zone for a replica in two zones",
            { replicas: { one: { ...reader, multiAz: true, zone: "b" } } },
            ['replicas.one.zone: cannot be chosen with multiAz, got "b"'],
        ],
        [
            "sixteen replicas",
            { replicas: Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`r${at}`, reader])) },
            ["replicas: expected at most 15, got 16"],
        ],
        [
            "a replica that cannot grow as far as it starts",
            { replicas: { one: { ...reader, storage: { maximumGiB: 100 } } } },
            ["replicas.one.storage.maximumGiB: must exceed the primary's sizeGiB (100) by a tenth, got 100"],
        ],
        [
            "backups during maintenance",
            { backup: { retentionDays: 7, window: "02:30-03:10" } },
            ["maintenanceWindow: must not overlap backup.window (02:30-03:10), got sun:03:00-sun:04:00"],
        ],
        [
            "a window shorter than RDS takes",
            { maintenanceWindow: "sun:05:00-sun:05:20" },
            ["maintenanceWindow: must last 30 minutes or more, got sun:05:00-sun:05:20"],
        ],
        [
            "advanced insights kept for a week",
            { insights: { mode: "advanced", retentionDays: 7 } },
            ["insights.retentionDays: is 465 in mode advanced and only there, got 7 in advanced"],
        ],
        [
            "insights where there are none",
            { engine: "mysql", version: "8.4", class: "db.t4g.micro", insights: { mode: "standard" } },
            ["insights: is not to be had for mysql on db.t4g.micro: remove it or take a larger class"],
        ],
        [
            "a rotation that RDS does by itself",
            { rotationDays: 60 },
            ['rotationDays: concerns an own secret only, while RDS keeps this one: set secret to "own", got 60'],
        ],
    ];
    for (const [what, settings, expected] of cases) {
        it(`refuse ${what}`, () => {
            expect(refusals(settings)).deep.equal(expected);
        });
    }
});

describe("database plan", () => {
    it("derives the parameter family from the major, whatever the minor", () => {
        expect([familyOf("postgres", "17"), familyOf("postgres", "18.4"), familyOf("mysql", "8.4.10")]).deep.equal([
            "postgres17",
            "postgres18",
            "mysql8.4",
        ]);
    });

    it("lets unknown parameters wait for a reboot, as RDS refuses to apply static ones at once", () => {
        const plan = parametersOf({ engine: "postgres", version: "17", slowQueryMillis: 250 }, ["postgresql"], {
            shared_buffers: 1024,
            work_mem: "8192",
            jit: false,
        });
        expect(plan.filter(({ name }) => ["jit", "log_min_duration_statement", "shared_buffers", "work_mem"].includes(name))).deep.equal([
            { name: "jit", value: "0", applyMethod: "pending-reboot" },
            { name: "log_min_duration_statement", value: "250", applyMethod: "immediate" },
            { name: "shared_buffers", value: "1024", applyMethod: "pending-reboot" },
            { name: "work_mem", value: "8192", applyMethod: "immediate" },
        ]);
    });

    it("forces TLS on both engines, over what anybody writes", () => {
        const value = (plan: readonly { name: string; value: string }[], name: string) => plan.find((each) => each.name === name)?.value;
        const postgres = parametersOf({ engine: "postgres", version: "18", slowQueryMillis: 1000 }, [], { "rds.force_ssl": "0" });
        const mysql = parametersOf({ engine: "mysql", version: "8.4", slowQueryMillis: 1500 }, ["slowquery"], {
            require_secure_transport: "0",
        });
        expect(value(postgres, "rds.force_ssl")).equal("1");
        expect(value(mysql, "require_secure_transport")).equal("1");
        expect([
            value(mysql, "log_output"),
            value(mysql, "slow_query_log"),
            value(mysql, "long_query_time"),
            value(mysql, "general_log"),
        ]).deep.equal(["FILE", "1", "1.5", "0"]);
    });

    it("counts connections as RDS's defaults do, unless max_connections is set", () => {
        const percent = { freeStorage: 10, connections: 80 };
        expect(thresholdsOf("mysql", "db.m7g.large", 100, percent, {})).deep.equal({
            freeStorageBytes: 10_737_418_240,
            freeableMemoryBytes: 429_496_729,
            connections: 501,
        });
        expect(thresholdsOf("postgres", "db.t4g.micro", 20, percent, { max_connections: 50 })).deep.include({
            connections: 40,
            cpuCredits: 28,
        });
    });
});

describe("database instance", () => {
    it("reaches every child with the given provider, and names them after itself", async () => {
        const { resources } = await create({ replicas: { one: reader }, events: ["failover"] });
        const children = resources.filter((resource) => resource.custom && !resource.type.startsWith("pulumi:providers"));
        expect(children.filter((resource) => !resource.provider.includes("::given::"))).deep.equal([]);
        expect(children.filter((resource) => !/^database(-|$)/.test(resource.name))).deep.equal([]);
    });

    it("lives beside another of its kind", async () => {
        const { resources } = await create({ replicas: { one: reader } }, { twice: true });
        const identifiers = resources.filter((resource) => resource.type === instances).map((resource) => resource.inputs.identifier);
        expect(identifiers).to.have.members(["shop-prod-database", "shop-prod-ledger", "shop-prod-database-one", "shop-prod-ledger-one"]);
    });

    it("gives fixed names that AWS accepts", async () => {
        const { resources } = await create({ replicas: { reporting2026: reader } });
        const refused = resources.flatMap(({ type, inputs: own }) => {
            const name = own.identifier ?? own.name;
            const refusal = typeof name === "string" && name.startsWith("shop") ? nameRefusal(type, name) : undefined;
            return refusal === undefined ? [] : [refusal];
        });
        expect(refused).deep.equal([]);
    });

    it("refuses a subnet group in one zone before anything of it exists", async () => {
        const refused = await takeInventory("shop", "prod", () => void build("database", {}, { subnetIds: ["subnet-a"] })).then(
            () => "nothing was refused",
            (error: Error) => error.message,
        );
        expect(refused).equal("database: RDS wants subnets in two zones or more, got 1");
    });

    it("leaves the password to RDS while there are no replicas, under the secrets key", async () => {
        const inventory = await create();
        expect(inputs(inventory, "database-primary")).deep.include({
            manageMasterUserPassword: true,
            masterUserSecretKmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/secrets",
        });
        expect(inventory.resources.filter((resource) => resource.type.startsWith("aws:secretsmanager"))).deep.equal([]);
    });

    it("takes the first replica without replacing the primary, though its password moves to an own secret", async () => {
        const { changed, removed } = difference(await create(), await create({ replicas: { one: reader } }));
        expect(changed).deep.equal({
            "database-primary": ["manageMasterUserPassword", "masterUserSecretKmsKeyId", "passwordWo", "passwordWoVersion"],
        });
        expect(changed["database-primary"]?.filter((key) => replacing.includes(key))).deep.equal([]);
        expect(removed).deep.equal([]);
    });

    it("takes a third replica without touching anything else", async () => {
        const two = { one: reader, two: { ...reader, zone: "b" } };
        const settings = { events: ["failover"] };
        const { added, removed, changed } = difference(
            await create({ ...settings, replicas: two }),
            await create({ ...settings, replicas: { ...two, three: reader } }),
        );
        expect({ removed, changed }).deep.equal({ removed: [], changed: {} });
        expect(added.filter((name) => !name.startsWith("database-replica-three"))).deep.equal([]);
    });

    it("grows, gets a larger class, longer backups and another window without replacement", async () => {
        const { removed, changed } = difference(
            await create(),
            await create({
                class: "db.r7g.xlarge",
                storage: { sizeGiB: 200, maximumGiB: 500 },
                backup: { retentionDays: 35, window: "01:00-01:30" },
            }),
        );
        expect(removed).deep.equal([]);
        expect(changed["database-primary"]).deep.equal(["allocatedStorage", "backupRetentionPeriod", "backupWindow", "instanceClass"]);
    });

    it("writes one password into the secret and the instance, never in plain, and never again", async () => {
        const inventory = await create({ replicas: { one: reader } });
        for (const name of ["database-secret-seed", "database-secret-initial"]) {
            expect(find(inventory, name).ignoreChanges, name).deep.equal(["secretString", "versionStages"]);
        }
        const recorded = await deploy({ replicas: { one: reader } });
        expect(recorded["database-primary"]?.passwordWo).deep.equal(secret("drawn"));
        expect(recorded["database-primary"]?.passwordWoVersion).equal(1);
        expect(recorded["database-secret-seed"]?.secretString).deep.equal(secret('{"password":"drawn"}'));
        expect(recorded["database-secret-initial"]?.secretString).deep.equal(
            secret(
                '{"username":"appadmin","engine":"postgres","host":"host of database-primary","port":5432,"dbname":"app","password":"drawn"}',
            ),
        );
    });

    it("rotates an own secret by a function that only Secrets Manager may call, for this secret, and that may change this instance only", async () => {
        const inventory = await create({ secret: "own", rotationDays: 60 });
        expect(inputs(inventory, "database-secret-rotation")).deep.include({
            rotationRules: { automaticallyAfterDays: 60 },
            rotateImmediately: false,
        });
        expect(inputs(inventory, "database-secret-rotator-caller")).deep.include({
            principal: "secretsmanager.amazonaws.com",
            sourceAccount: "123456789012",
        });
        const waitsFor = find(inventory, "database-secret-rotation").dependencies.map((urn) => urn.split("::").at(-1));
        expect(waitsFor).to.include.members(["database-primary", "database-secret-initial", "database-secret-rotator-role-rotate"]);
    });

    it("has its log groups before RDS makes them without an end, and its monitoring role with its policy", async () => {
        const inventory = await create({ replicas: { one: reader } });
        const waitsFor = (name: string) => find(inventory, name).dependencies.map((urn) => urn.split("::").at(-1));
        expect(waitsFor("database-primary")).to.include.members([
            "database-log-postgresql",
            "database-log-upgrade",
            "database-monitoring-write",
        ]);
        expect(inputs(inventory, "database-replica-one-log-postgresql").name).equal("/aws/rds/instance/shop-prod-database-one/postgresql");
        expect(waitsFor("database-replica-one")).to.include("database-replica-one-log-postgresql");
    });

    it("tells a replica nothing that RDS would refuse, but that it is encrypted", async () => {
        const own = inputs(await create({ replicas: { one: { ...reader, zone: "c" } } }), "database-replica-one");
        for (const refused of [
            "engine",
            "engineVersion",
            "username",
            "dbName",
            "allocatedStorage",
            "dbSubnetGroupName",
            "finalSnapshotIdentifier",
        ]) {
            expect(own, refused).to.not.have.property(refused);
        }
        expect(own).deep.include({ storageEncrypted: true, availabilityZone: "eu-west-1c", replicateSourceDb: "shop-prod-database" });
    });

    it("promotes a replica in place, and keeps its data from then on", async () => {
        const before = await create({ replicas: { one: reader } });
        const after = await create({ replicas: { one: { ...reader, promoted: true } } });
        const { changed } = difference(before, after);
        expect(Object.keys(changed)).deep.equal(["database-replica-one"]);
        expect(changed["database-replica-one"]).to.include("replicateSourceDb");
        expect(changed["database-replica-one"]?.filter((key) => replacing.includes(key))).deep.equal([]);
        expect(inputs(after, "database-replica-one")).deep.include({ backupRetentionPeriod: 14, deletionProtection: true });
        expect([find(before, "database-replica-one").protect, find(after, "database-replica-one").protect]).deep.equal([false, true]);
    });

    it("is protected and leaves a final snapshot where its data may not be thrown away, and only there", async () => {
        const kept = await create();
        const thrown = await create({}, { environment: { ...environment, expendable: true } });
        expect(find(kept, "database-primary").protect).equal(true);
        expect(inputs(kept, "database-primary")).deep.include({
            deletionProtection: true,
            skipFinalSnapshot: false,
            deleteAutomatedBackups: false,
        });
        expect(inputs(kept, "database-primary")).to.have.property("finalSnapshotIdentifier");
        expect(find(thrown, "database-primary").protect).equal(false);
        expect(inputs(thrown, "database-primary")).deep.include({ deletionProtection: false, skipFinalSnapshot: true });
    });

    it("reads a snapshot when it is created and never looks again", async () => {
        const primary = find(await create({ restore: { snapshot: "before-the-fire" } }), "database-primary");
        expect(primary.inputs.snapshotIdentifier).equal("before-the-fire");
        expect(primary.ignoreChanges).to.include.members(["snapshotIdentifier", "restoreToPointInTime"]);
    });

    it("keeps a minor that is pinned, and only then stops RDS from upgrading it", async () => {
        expect(inputs(await create({ version: "17.10" }), "database-primary").autoMinorVersionUpgrade).equal(false);
        expect(inputs(await create(), "database-primary").autoMinorVersionUpgrade).equal(true);
    });

    it("puts the backup's tag on what AWS Backup should copy, and on no replica", async () => {
        const inventory = await create({ replicas: { one: reader } });
        expect(inputs(inventory, "database-primary").tags).deep.include(environment.backupTag);
        expect(inputs(inventory, "database-replica-one").tags).deep.equal({ Name: "shop-prod-database-replica-one" });
    });
});
