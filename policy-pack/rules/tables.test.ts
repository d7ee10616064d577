import { describeOn, describeRule, type Other } from "../testing.ts";

describeRule({
    rule: "dynamodb-cmk",
    type: "dynamodb/table",
    compliant: { serverSideEncryption: { enabled: true, kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" } },
    violations: [
        { change: { serverSideEncryption: undefined }, says: ["serverSideEncryption.enabled  expected true, got no key of your own"] },
        {
            change: { serverSideEncryption: { enabled: true } },
            says: ["serverSideEncryption.kmsKeyArn  expected a key of your own, got nothing"],
        },
    ],
});

describeRule({
    rule: "dax-encrypted",
    type: "dax/cluster",
    compliant: { serverSideEncryption: { enabled: true }, clusterEndpointEncryptionType: "TLS" },
    violations: [
        { change: { serverSideEncryption: undefined }, says: ["serverSideEncryption.enabled  expected true, got nothing"] },
        { change: { clusterEndpointEncryptionType: "NONE" }, says: ['clusterEndpointEncryptionType  expected "TLS", got "NONE"'] },
    ],
});

describeRule({
    rule: "dynamodb-pitr",
    type: "dynamodb/table",
    compliant: { pointInTimeRecovery: { enabled: true } },
    violations: [
        { change: { pointInTimeRecovery: undefined }, says: ["pointInTimeRecovery.enabled  expected true, got nothing"] },
        { change: { pointInTimeRecovery: { enabled: false } }, says: ["pointInTimeRecovery.enabled  expected true, got false"] },
    ],
});

describeOn(["dynamodb/table", "dynamodb/tableReplica"], {
    rule: "dynamodb-deletion-protection",
    compliant: { deletionProtectionEnabled: true },
    violations: [{ change: { deletionProtectionEnabled: undefined }, says: ["deletionProtectionEnabled  expected true, got nothing"] }],
});

const dimensions: Readonly<Record<string, string>> = {
    read: "dynamodb:table:ReadCapacityUnits",
    write: "dynamodb:table:WriteCapacityUnits",
    "index-read": "dynamodb:index:ReadCapacityUnits",
    "index-write": "dynamodb:index:WriteCapacityUnits",
};
const target = (name: string, resourceId: string): Other => ({
    name,
    type: "appautoscaling/target",
    props: { scalableDimension: dimensions[name], resourceId },
    links: { resourceId: "subject" },
});
const policy = (of: string): Other => ({
    name: `${of}-policy`,
    type: "appautoscaling/policy",
    props: { scalableDimension: dimensions[of] },
    links: { resourceId: of },
});
const writtenOut = (of: string, resourceId: string): readonly Other[] => [
    { ...target(of, resourceId), links: {} },
    { ...policy(of), props: { scalableDimension: dimensions[of], resourceId }, links: {} },
];
const both = [target("read", "table/orders"), target("write", "table/orders"), policy("read"), policy("write")];
const byCustomer = [
    target("index-read", "table/orders/index/by-customer"),
    target("index-write", "table/orders/index/by-customer"),
    policy("index-read"),
    policy("index-write"),
];
const none = (what: string, dimension: string): string =>
    `expected an Application Auto Scaling ${what} for dynamodb:${dimension}CapacityUnits, got none`;

describeRule({
    rule: "dynamodb-scaling",
    type: "dynamodb/table",
    compliant: { name: "orders", billingMode: "PAY_PER_REQUEST" },
    others: [],
    alsoCompliant: [
        { change: { billingMode: "PROVISIONED" }, others: both },
        { change: { billingMode: undefined, globalSecondaryIndexes: [{ name: "by-customer" }] }, others: [...both, ...byCustomer] },
        {
            change: { billingMode: "PROVISIONED" },
            others: [...writtenOut("read", "table/orders"), ...writtenOut("write", "table/orders")],
        },
    ],
    violations: [
        {
            change: { billingMode: "PROVISIONED" },
            says: [none("target", "table:Read"), none("target", "table:Write")],
        },
        { change: { billingMode: undefined }, others: both.slice(0, 3), says: [none("policy", "table:Write")] },
        {
            change: { billingMode: "PROVISIONED" },
            others: [...writtenOut("read", "table/others"), ...writtenOut("write", "table/others")],
            says: [none("target", "table:Read"), none("target", "table:Write")],
        },
        {
            change: { billingMode: "PROVISIONED", globalSecondaryIndexes: [{ name: "by-customer" }, { name: "by-day" }] },
            others: [...both, ...byCustomer.slice(0, 3)],
            says: [
                `globalSecondaryIndexes (by-customer)  ${none("target", "index:Write").replace("target", "policy")}`,
                `globalSecondaryIndexes (by-day)  ${none("target", "index:Read")}`,
                `globalSecondaryIndexes (by-day)  ${none("target", "index:Write")}`,
            ],
        },
    ],
    unknownIsFine: ["globalSecondaryIndexes"],
});

describeRule({
    rule: "dynamodb-on-demand-cap",
    type: "dynamodb/table",
    compliant: { billingMode: "PAY_PER_REQUEST", onDemandThroughput: { maxReadRequestUnits: 500, maxWriteRequestUnits: 100 } },
    violations: [
        {
            change: { onDemandThroughput: undefined },
            says: [
                "onDemandThroughput.maxReadRequestUnits  expected at least 1, got nothing",
                "onDemandThroughput.maxWriteRequestUnits  expected at least 1, got nothing",
            ],
        },
        {
            change: { onDemandThroughput: { maxReadRequestUnits: 500, maxWriteRequestUnits: -1 } },
            says: ["onDemandThroughput.maxWriteRequestUnits  expected at least 1, got -1"],
        },
    ],
    notApplicable: [{ change: { billingMode: "PROVISIONED", onDemandThroughput: undefined } }, { change: { billingMode: undefined } }],
});

describeRule({
    rule: "dynamodb-in-backup-plan",
    type: "dynamodb/table",
    compliant: { tags: { Backup: "daily" } },
    others: [
        {
            name: "selection",
            type: "backup/selection",
            props: { selectionTags: [{ type: "STRINGEQUALS", key: "Backup", value: "daily" }] },
        },
    ],
    violations: [
        { change: { tags: undefined }, says: ["expected a backup selection that takes it in, got none that does"] },
        { others: [], says: ["expected a backup selection that takes it in, got no selection in this stack"] },
    ],
});

const ownKey = { enabled: true, kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" };
const kept = { regionName: "eu-central-1", pointInTimeRecovery: true };

describeRule({
    rule: "dynamodb-replica-protection",
    type: "dynamodb/table",
    compliant: {
        serverSideEncryption: ownKey,
        replicas: [{ ...kept, kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/2" }],
    },
    alsoCompliant: [{ change: { serverSideEncryption: undefined, replicas: [kept] } }],
    violations: [
        {
            change: { replicas: [kept] },
            says: ["replicas[0].kmsKeyArn  expected a key of its region, as the table has one, got nothing"],
        },
        {
            change: { serverSideEncryption: undefined, replicas: [kept, { regionName: "eu-north-1" }] },
            says: ["replicas[1].pointInTimeRecovery  expected true, got nothing"],
        },
    ],
    notApplicable: [{ change: { replicas: undefined } }],
});

const globalTable = (serverSideEncryption?: object): Other => ({ name: "table", type: "dynamodb/table", props: { serverSideEncryption } });

describeRule({
    rule: "dynamodb-replica-protection",
    type: "dynamodb/tableReplica",
    compliant: { pointInTimeRecovery: true },
    links: { globalTableArn: "table" },
    others: [globalTable()],
    alsoCompliant: [
        { change: { kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/2" }, others: [globalTable(ownKey)] },
        { links: {}, others: [] },
    ],
    violations: [
        { change: { pointInTimeRecovery: undefined }, says: ["pointInTimeRecovery  expected true, got nothing"] },
        { others: [globalTable(ownKey)], says: ["kmsKeyArn  expected a key of its region, as the table has one, got nothing"] },
    ],
});

const readBy = (AWS: string): string =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { AWS }, Action: "dynamodb:GetItem", Resource: "*" }] });

describeRule({
    rule: "dynamodb-no-public-policy",
    type: "dynamodb/resourcePolicy",
    compliant: { policy: readBy("arn:aws:iam::123456789012:role/reader") },
    violations: [
        {
            change: { policy: readBy("*") },
            says: ["policy.Statement[0]  expected named principals, or a condition on the account or organisation, got everybody"],
        },
    ],
});

describeRule({
    rule: "dax-multi-az",
    type: "dax/cluster",
    compliant: { replicationFactor: 2 },
    violations: [{ change: { replicationFactor: 1 }, says: ["replicationFactor  expected at least 2 nodes, got 1"] }],
});
