import { expect } from "chai";
import { Account } from "../account.fixture.ts";
import { type Case, departs, judged, trust, type World } from "./rules.fixture.ts";

const nodes: Case["good"] = () => ({
    replicationGroupId: "cache",
    description: "cache",
    engine: "valkey",
    nodeType: "cache.t4g.small",
    numCacheClusters: 2,
    automaticFailoverEnabled: true,
    transitEncryptionEnabled: true,
});
const bucket = ({ make }: World, name = "assets-1", more = {}) => make("s3/bucket", { bucket: name, ...more });
const rules = (...list: { readonly [key: string]: string | number | boolean | object }[]) => ({ rules: list as never });
const versioned = (world: World, name: string) =>
    world.make("s3/bucketVersioning", { bucket: name, versioningConfiguration: { status: "Enabled" } });

judged("caches, buckets and tables", [
    {
        title: "EC-1 failover needs two nodes",
        type: "elasticache/replicationGroup",
        good: nodes,
        bad: () => ({ numCacheClusters: 1 }),
        words: "InvalidParameterCombination: if automaticFailoverEnabled is true, numCacheClusters must be greater than 1.",
    },
    {
        title: "EC-2 Multi-AZ needs failover",
        type: "elasticache/replicationGroup",
        good: nodes,
        bad: () => ({ multiAzEnabled: true, automaticFailoverEnabled: false }),
        words: "InvalidParameterCombination: automaticFailoverEnabled must be true if multiAzEnabled is true.",
    },
    {
        title: "EC-3 one form of the topology",
        type: "elasticache/replicationGroup",
        good: nodes,
        bad: () => ({ replicasPerNodeGroup: 1 }),
        words: "InvalidParameterCombination: numCacheClusters conflicts with numNodeGroups and replicasPerNodeGroup. Give one form of the topology.",
    },
    {
        title: "EC-11 a token needs transit encryption",
        type: "elasticache/replicationGroup",
        good: () => ({ ...nodes({} as World), authToken: "a-long-enough-token" }),
        bad: () => ({ transitEncryptionEnabled: false }),
        words: "InvalidParameterCombination: authToken needs transitEncryptionEnabled.",
    },
    {
        title: "EC-23 nodes have a type",
        type: "elasticache/replicationGroup",
        good: nodes,
        bad: () => ({ nodeType: undefined }),
        words: "InvalidParameterValue: nodeType is required unless globalReplicationGroupId is given.",
    },
    {
        title: "EC-18 the two windows do not overlap",
        type: "elasticache/replicationGroup",
        good: () => ({ ...nodes({} as World), snapshotWindow: "02:00-03:00", maintenanceWindow: "sun:04:00-sun:05:00" }),
        bad: () => ({ snapshotWindow: "04:30-05:30" }),
        words: "InvalidParameterValue: The snapshot window and maintenance window must not overlap: 04:30-05:30 and sun:04:00-sun:05:00.",
    },
    {
        title: "EC-24 a parameter group fits the engine's version",
        type: "elasticache/replicationGroup",
        good: async (world) => ({
            ...nodes(world),
            engineVersion: "8.1",
            parameterGroupName: (await world.make("elasticache/parameterGroup", { name: "new", family: "valkey8" })).id,
        }),
        bad: async ({ make }) => ({ parameterGroupName: (await make("elasticache/parameterGroup", { name: "old", family: "redis7" })).id }),
        words: "InvalidParameterCombination: Expected a parameter group of family valkey8, but found one of family redis7: old.",
    },
    {
        title: "EC-29 a serverless cache has subnets in different zones",
        type: "elasticache/serverlessCache",
        good: ({ a, b }) => ({ name: "cache", engine: "valkey", subnetIds: [a.id, b.id] }),
        bad: ({ a }) => ({ subnetIds: [a.id] }),
        words: "InvalidParameterValue: A serverless cache takes two or three subnets in different zones, these are in eu-west-1a.",
    },
    {
        title: "what is set on a bucket needs the bucket",
        type: "s3/bucketPublicAccessBlock",
        good: async (world) => ({ bucket: (await bucket(world)).id }),
        bad: () => ({ bucket: "nobody" }),
        words: "NoSuchBucket: The specified bucket does not exist: nobody. s3.bucketPublicAccessBlock bucket must name one that exists in eu-west-1.",
    },
    {
        title: "what is set on a bucket is set in its region",
        type: "s3/bucketPublicAccessBlock",
        good: async (world) => ({ bucket: (await bucket(world)).id }),
        bad: () => ({ region: "eu-central-1" }),
        words: 'PermanentRedirect: The bucket you are attempting to access must be addressed using the specified endpoint: assets-1 is in eu-west-1, not in eu-central-1. Give region: "eu-west-1".',
    },
    {
        title: "S3-5 an ACL needs ownership that allows it",
        type: "s3/bucketAcl",
        good: async (world) => {
            await bucket(world);
            await world.make("s3/bucketOwnershipControls", { bucket: "assets-1", rule: { objectOwnership: "BucketOwnerPreferred" } });
            return { bucket: "assets-1", acl: "private" };
        },
        bad: async (world) => ({ bucket: (await bucket(world, "assets-2")).id }),
        words: "AccessControlListNotSupported: The bucket does not allow ACLs: assets-2. Its ownership controls must be ObjectWriter or BucketOwnerPreferred, and come first.",
    },
    {
        title: "S3-10 the infrequent classes begin at 30 days",
        type: "s3/bucketLifecycleConfiguration",
        good: async (world) => ({
            bucket: (await bucket(world)).id,
            ...rules({ id: "old", status: "Enabled", transitions: [{ days: 30, storageClass: "STANDARD_IA" }] }),
        }),
        bad: () => rules({ id: "old", status: "Enabled", transitions: [{ days: 10, storageClass: "STANDARD_IA" }] }),
        words: "InvalidArgument: 'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA', got 10 in rule old.",
    },
    {
        title: "S3-11 classes only go down",
        type: "s3/bucketLifecycleConfiguration",
        good: async (world) => ({
            bucket: (await bucket(world)).id,
            ...rules({ id: "old", status: "Enabled", expiration: { days: 400 } }),
        }),
        bad: () =>
            rules({
                id: "old",
                status: "Enabled",
                transitions: [
                    { days: 90, storageClass: "GLACIER" },
                    { days: 120, storageClass: "STANDARD_IA" },
                ],
            }),
        words: "InvalidArgument: Transitions go down only: STANDARD_IA comes after GLACIER in rule old.",
    },
    {
        title: "S3-13 a lifecycle rule has a name of its own",
        type: "s3/bucketLifecycleConfiguration",
        good: async (world) => ({
            bucket: (await bucket(world)).id,
            ...rules({ id: "old", status: "Enabled", expiration: { days: 400 } }),
        }),
        bad: () => rules({ id: "x", status: "Enabled", expiration: { days: 1 } }, { id: "x", status: "Enabled", expiration: { days: 2 } }),
        words: "InvalidArgument: Rule ID must be unique. Found same ID for more than one rule: x.",
    },
    {
        title: "S3-15 replication needs versioning at both ends",
        type: "s3/bucketReplicationConfig",
        good: async (world) => {
            const [from, to] = [await bucket(world, "from-1"), await bucket(world, "to-1")];
            await versioned(world, from.id);
            await versioned(world, to.id);
            const role = await world.make("iam/role", { assumeRolePolicy: trust("s3.amazonaws.com") });
            return {
                bucket: from.id,
                role: role.get("arn"),
                rules: [{ id: "all", status: "Enabled", destination: { bucket: to.get("arn") } }],
            };
        },
        bad: async (world) => ({
            rules: [{ id: "all", status: "Enabled", destination: { bucket: (await bucket(world, "plain-1")).get("arn") } }],
        }),
        words: "InvalidRequest: Destination bucket must have versioning enabled: plain-1.",
    },
    {
        title: "S3-23 a bucket does not log into itself",
        type: "s3/bucketLogging",
        good: async (world) => ({ bucket: (await bucket(world)).id, targetBucket: (await bucket(world, "logs-1")).id, targetPrefix: "x/" }),
        bad: () => ({ targetBucket: "assets-1" }),
        words: "InvalidTargetBucketForLogging: Bucket assets-1 would log to itself, which grows without end. Take a log bucket.",
    },
    {
        title: "S3-6 a public policy is refused while public policies are blocked",
        type: "s3/bucketPolicy",
        good: async (world) => {
            await bucket(world);
            await world.make("s3/bucketPublicAccessBlock", { bucket: "assets-1", blockPublicPolicy: true });
            return { bucket: "assets-1", policy: '{"Statement":[]}' };
        },
        bad: () => ({ policy: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}' }),
        words: "AccessDenied: User is not authorized to perform: s3:PutBucketPolicy on resource: assets-1 because public policies are prevented by the BlockPublicPolicy setting.",
    },
    {
        title: "a table's keys are declared attributes",
        type: "dynamodb/table",
        good: () => ({ name: "orders", billingMode: "PAY_PER_REQUEST", hashKey: "id", attributes: [{ name: "id", type: "S" }] }),
        bad: () => ({ rangeKey: "at" }),
        words: "ValidationException: Some index key attribute is not defined in attributes: at.",
    },
]);

departs("caches and buckets", [
    {
        title: "a cache's subnet group in use is not deleted",
        keeps: async ({ make, a, b }) => {
            const group = await make("elasticache/subnetGroup", { subnetIds: [a.id, b.id] });
            return [
                group,
                await make("elasticache/replicationGroup", {
                    description: "c",
                    engine: "valkey",
                    nodeType: "cache.t4g.small",
                    subnetGroupName: group.id,
                }),
            ];
        },
        words: /^CacheSubnetGroupInUse: .* is currently in use by a cache cluster/,
    },
    {
        title: "S3-3 a bucket with an object is not deleted",
        keeps: async (world) => {
            const full = await bucket(world);
            return [full, await world.make("s3/bucketObjectv2", { bucket: full.id, key: "a.txt", content: "a" })];
        },
        words: /^BucketNotEmpty: The bucket you tried to delete is not empty: assets-1 holds s3\.bucketObjectv2/,
    },
]);

describe("rehearsal: buckets that logs were written into", () => {
    it("keep the logs when the writer is gone, and go only with forceDestroy", async () => {
        const account = new Account();
        const logs = await account.make("s3/bucket", "logs", { bucket: "logs-1" });
        await account.make("s3/bucket", "assets", { bucket: "assets-1" });
        const logging = await account.make("s3/bucketLogging", "logging", {
            bucket: "assets-1",
            targetBucket: "logs-1",
            targetPrefix: "x/",
        });
        await account.destroy(logging);
        expect(await account.refusal(account.destroy(logs))).to.equal(
            "BucketNotEmpty: The bucket you tried to delete is not empty: logs-1 holds what s3.bucketLogging wrote into it. You must delete all versions in the bucket, or set forceDestroy to true, run up, then destroy.",
        );
        await account.change(logs, { bucket: "logs-1", forceDestroy: true });
        expect(await account.refusal(account.destroy(logs))).to.equal("");
        account.remove();
    });
});
