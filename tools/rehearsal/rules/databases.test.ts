import { expect } from "chai";
import { Account } from "../account.fixture.ts";
import { windowsOverlap } from "./databases.ts";
import { type Case, departs, judged, type World } from "./rules.fixture.ts";

const database = {
    identifier: "orders",
    engine: "postgres",
    engineVersion: "17",
    instanceClass: "db.t4g.medium",
    allocatedStorage: 20,
    storageType: "gp3",
    username: "app",
    password: "correct-horse",
    skipFinalSnapshot: true,
} as const;
const plain: Case["good"] = () => database;
const source = (world: World, more = {}) =>
    world.make("rds/instance", { ...database, identifier: "source", backupRetentionPeriod: 7, ...more });
const copy: Case["good"] = async (world) => ({
    identifier: "copy",
    instanceClass: "db.t4g.medium",
    replicateSourceDb: (await source(world)).get("identifier"),
    skipFinalSnapshot: true,
});

judged("databases", [
    {
        title: "RDS-22 storage grows to more than it has",
        type: "rds/instance",
        good: plain,
        bad: () => ({ maxAllocatedStorage: 20 }),
        words: "InvalidParameterCombination: Max storage size must be greater than storage size: maxAllocatedStorage 20, allocatedStorage 20.",
    },
    {
        title: "RDS-16 storage begins at 20 GiB",
        type: "rds/instance",
        good: plain,
        bad: () => ({ allocatedStorage: 10 }),
        words: "InvalidParameterValue: Invalid storage size for engine name postgres and storage type gp3: 10. It begins at 20 GiB.",
    },
    {
        title: "RDS-17 gp3 under 400 GiB takes no IOPS",
        type: "rds/instance",
        good: plain,
        bad: () => ({ iops: 3000 }),
        words: "InvalidParameterCombination: You can't specify IOPS or storage throughput for engine postgres and a storage size less than 400. Leave iops and storageThroughput out.",
    },
    {
        title: "RDS-13 a Multi-AZ instance has no zone of its own",
        type: "rds/instance",
        good: plain,
        bad: () => ({ multiAz: true, availabilityZone: "eu-west-1a" }),
        words: "InvalidParameterCombination: Requesting a specific availability zone is not valid for Multi-AZ instances.",
    },
    {
        title: "RDS-44 one source of the password",
        type: "rds/instance",
        good: plain,
        bad: () => ({ manageMasterUserPassword: true }),
        words: "InvalidParameterCombination: only one of password, manageMasterUserPassword may be given.",
    },
    {
        title: "RDS-42 a password has no at sign",
        type: "rds/instance",
        good: plain,
        bad: () => ({ password: "correct@horse" }),
        words: `InvalidParameterValue: The parameter MasterUserPassword is not a valid password. 8 to 128 printable ASCII characters besides '/', '@', '"', ' ' may be used.`,
    },
    {
        title: "RDS-45 a reserved user name is refused",
        type: "rds/instance",
        good: plain,
        bad: () => ({ username: "rdsadmin" }),
        words: "InvalidParameterValue: MasterUsername rdsadmin cannot be used as it is a reserved word used by the engine or not letters, digits and _ with a letter first.",
    },
    {
        title: "RDS-46 a database's name has no hyphen",
        type: "rds/instance",
        good: plain,
        bad: () => ({ dbName: "my-orders" }),
        words: 'InvalidParameterValue: DBName must begin with a letter and contain only alphanumeric characters, got "my-orders".',
    },
    {
        title: "RDS-38 enhanced monitoring needs a role",
        type: "rds/instance",
        good: plain,
        bad: () => ({ monitoringInterval: 60 }),
        words: "InvalidParameterCombination: A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.",
    },
    {
        title: "RDS-36 Performance Insights are kept for one of the terms",
        type: "rds/instance",
        good: () => ({ ...database, performanceInsightsEnabled: true, performanceInsightsRetentionPeriod: 93 }),
        bad: () => ({ performanceInsightsRetentionPeriod: 90 }),
        words: "InvalidParameterValue: Invalid Performance Insights retention period 90. It is 7, a multiple of 31 up to 713, or 731.",
    },
    {
        title: "RDS-47 log exports are those of the engine",
        type: "rds/instance",
        good: () => ({ ...database, enabledCloudwatchLogsExports: ["postgresql"] }),
        bad: () => ({ enabledCloudwatchLogsExports: ["slowquery"] }),
        words: "InvalidParameterCombination: You cannot use the log type 'slowquery' with engine version postgres. It has postgresql, upgrade, iam-db-auth-error.",
    },
    {
        title: "RDS-39 a key needs encryption",
        type: "rds/instance",
        good: async ({ make }) => ({ ...database, storageEncrypted: true, kmsKeyId: (await make("kms/key", {})).get("arn") }),
        bad: () => ({ storageEncrypted: false }),
        words: "InvalidParameterCombination: kmsKeyId needs storageEncrypted true.",
    },
    {
        title: "RDS-26 the two windows do not overlap",
        type: "rds/instance",
        good: () => ({ ...database, backupWindow: "02:00-02:30", maintenanceWindow: "sun:03:00-sun:04:00" }),
        bad: () => ({ backupWindow: "03:30-04:30" }),
        words: "InvalidParameterValue: The backup window and maintenance window must not overlap: 03:30-04:30 and sun:03:00-sun:04:00.",
    },
    {
        title: "RDS-14 a subnet group stands in two zones",
        type: "rds/subnetGroup",
        good: ({ a, b }) => ({ name: "data", subnetIds: [a.id, b.id] }),
        bad: ({ a }) => ({ subnetIds: [a.id] }),
        words: "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: eu-west-1a. Add subnets to cover at least 2 AZs.",
    },
    {
        title: "RDS-2 a replica's source exists",
        type: "rds/instance",
        good: copy,
        bad: () => ({ replicateSourceDb: "nobody" }),
        words: "DBInstanceNotFound: DBInstance nobody not found. A source in another region than eu-west-1 is named by its ARN.",
    },
    {
        title: "RDS-1 a replica's source has backups",
        type: "rds/instance",
        good: copy,
        bad: async ({ make }) => ({
            replicateSourceDb: (await make("rds/instance", { ...database, identifier: "bare" })).get("identifier"),
        }),
        words: "InvalidDBInstanceState: Automated backups are not enabled for this database instance: bare. To enable automated backups, set its backupRetentionPeriod to a non-zero value.",
    },
    {
        title: "RDS-4 a replica's source has its own secret",
        type: "rds/instance",
        good: copy,
        bad: async ({ make }) => ({
            replicateSourceDb: (
                await make("rds/instance", {
                    ...without(database, "password"),
                    identifier: "managed",
                    manageMasterUserPassword: true,
                    backupRetentionPeriod: 1,
                })
            ).get("identifier"),
        }),
        words: "InvalidParameterCombination: You can't create a read replica of managed, because RDS manages its master password in Secrets Manager. Use a secret of your own.",
    },
    {
        title: "RDS-3 a replica names no user",
        type: "rds/instance",
        good: copy,
        bad: () => ({ username: "app" }),
        words: "InvalidParameterCombination: username conflicts with replicateSourceDb: a replica has them from its source.",
    },
    {
        title: "RDS-5 an encrypted replica in another region needs a key there",
        type: "rds/instance",
        good: async (world) => ({
            identifier: "far",
            region: "eu-central-1",
            instanceClass: "db.t4g.medium",
            storageEncrypted: true,
            kmsKeyId: (await world.make("kms/key", { region: "eu-central-1" })).get("arn"),
            replicateSourceDb: (await source(world, { storageEncrypted: true })).get("arn"),
            skipFinalSnapshot: true,
        }),
        bad: () => ({ kmsKeyId: undefined }),
        words: "InvalidParameterCombination: A replica of an encrypted instance in another region needs kmsKeyId, a key of its own region.",
    },
    {
        title: "GEN-3 a key of another region is refused",
        type: "rds/instance",
        good: async ({ make }) => ({ ...database, storageEncrypted: true, kmsKeyId: (await make("kms/key", {})).get("arn") }),
        bad: async ({ make }) => ({
            kmsKeyId: (await make("kms/key", { region: "eu-central-1" })).get("arn").replace(/key\/.*/, "key/far"),
        }),
        words: "KMSKeyNotAccessibleFault: The specified KMS key [arn:aws:kms:eu-central-1:111122223333:key/far] does not exist, is not enabled or you do not have permissions to access it. rds.instance kmsKeyId must name one that exists in eu-west-1.",
    },
    {
        title: "RDS-29 a parameter group fits the engine's version",
        type: "rds/instance",
        good: async ({ make }) => ({
            ...database,
            parameterGroupName: (await make("rds/parameterGroup", { name: "new", family: "postgres17" })).id,
        }),
        bad: async ({ make }) => ({ parameterGroupName: (await make("rds/parameterGroup", { name: "old", family: "postgres16" })).id }),
        words: "InvalidParameterCombination: The parameter group old with DBParameterGroupFamily postgres16 can't be used for this instance. Please use a parameter group with DBParameterGroupFamily postgres17.",
    },
    {
        title: "a subnet group that does not exist is refused",
        type: "rds/instance",
        good: plain,
        bad: () => ({ dbSubnetGroupName: "none" }),
        words: "DBSubnetGroupNotFoundFault: DB subnet group 'none' does not exist. rds.instance dbSubnetGroupName must name one that exists in eu-west-1.",
    },
]);

departs("databases", [
    {
        title: "RDS-8 a source with a replica is not deleted",
        keeps: async (world) => {
            const from = await source(world);
            return [
                from,
                await world.make("rds/instance", {
                    identifier: "copy",
                    instanceClass: "db.t4g.medium",
                    replicateSourceDb: "source",
                    skipFinalSnapshot: true,
                }),
            ];
        },
        words: /^InvalidDBInstanceState: source still has the read replica/,
    },
    {
        title: "a subnet group in use is not deleted",
        keeps: async ({ make, a, b }) => {
            const group = await make("rds/subnetGroup", { subnetIds: [a.id, b.id] });
            return [group, await make("rds/instance", { ...database, dbSubnetGroupName: group.id })];
        },
        words: /^InvalidDBParameterGroupState: One or more database instances are still members/,
    },
    {
        title: "a cluster with an instance is not deleted",
        keeps: async ({ make }) => {
            const cluster = await make("rds/cluster", {
                engine: "aurora-postgresql",
                masterUsername: "app",
                masterPassword: "correct-horse",
                skipFinalSnapshot: true,
            });
            return [
                cluster,
                await make("rds/clusterInstance", {
                    clusterIdentifier: cluster.id,
                    engine: "aurora-postgresql",
                    instanceClass: "db.r7g.large",
                }),
            ];
        },
        words: /^InvalidDBClusterStateFault: Cluster cannot be deleted/,
    },
]);

describe("rehearsal: databases over time", () => {
    let account: Account;
    beforeEach(() => {
        account = new Account();
    });
    afterEach(() => account.remove());

    it("a protected database is not deleted until protection is lifted", async () => {
        const db = await account.make("rds/instance", "db", { ...database, deletionProtection: true });
        expect(await account.refusal(account.destroy(db))).to.match(
            /^InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion protection and try again\./,
        );
        await account.change(db, database);
        expect(await account.refusal(account.destroy(db))).to.equal("");
    });

    it("a final snapshot must have a name, and its name is taken afterwards", async () => {
        const bare = await account.make("rds/instance", "db", { ...database, skipFinalSnapshot: false });
        expect(await account.refusal(account.destroy(bare))).to.match(
            /^InvalidParameterCombination: FinalDBSnapshotIdentifier is required/,
        );
        await account.change(bare, { ...database, skipFinalSnapshot: false, finalSnapshotIdentifier: "last" });
        await account.destroy(bare);
        const next = await account.make("rds/instance", "next", { ...database, skipFinalSnapshot: false, finalSnapshotIdentifier: "last" });
        expect(await account.refusal(account.destroy(next))).to.match(/^DBSnapshotAlreadyExists: /);
    });

    it("a version goes up a major only when that is allowed, and never down", async () => {
        const db = await account.make("rds/instance", "db", database);
        expect(await account.refusal(account.change(db, { ...database, engineVersion: "18" }))).to.match(
            /AllowMajorVersionUpgrade flag must be present when upgrading to a new major version \(17 to 18\)/,
        );
        expect(await account.refusal(account.change(db, { ...database, engineVersion: "16" }))).to.match(/that is a downgrade/);
        expect(await account.refusal(account.change(db, { ...database, engineVersion: "18", allowMajorVersionUpgrade: true }))).to.equal(
            "",
        );
    });

    it("storage never shrinks", async () => {
        const db = await account.make("rds/instance", "db", { ...database, allocatedStorage: 50 });
        expect(await account.refusal(account.change(db, database))).to.equal(
            "InvalidParameterCombination: Requested allocated storage of 20 is less than the current 50: storage never shrinks.",
        );
    });

    it("windows are compared over the week and past midnight", () => {
        expect(windowsOverlap("23:30-00:30", "mon:00:00-mon:01:00")).to.equal(true);
        expect(windowsOverlap("23:00-23:30", "mon:00:00-mon:01:00")).to.equal(false);
        expect(windowsOverlap("00:30-01:00", "sun:23:00-mon:00:45")).to.equal(true);
    });
});

function without(props: { readonly [key: string]: string | number | boolean }, name: string) {
    return Object.fromEntries(Object.entries(props).filter(([key]) => key !== name));
}
