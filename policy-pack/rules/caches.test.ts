import { describeOn, describeRule } from "../testing.ts";

const group = "elasticache/replicationGroup";
const cluster = "elasticache/cluster";
const serverless = "elasticache/serverlessCache";
const key = "arn:aws:kms:eu-west-1:123456789012:key/1";
const ofGlobal = { change: { globalReplicationGroupId: "global" } };
const member = { change: { replicationGroupId: "group" } };

describeRule({
    rule: "elasticache-at-rest-encryption",
    type: group,
    compliant: { atRestEncryptionEnabled: true },
    alsoCompliant: [{ change: { atRestEncryptionEnabled: "true" } }],
    violations: [{ change: { atRestEncryptionEnabled: undefined }, says: ["atRestEncryptionEnabled  expected true, got nothing"] }],
    notApplicable: [ofGlobal],
});

describeRule({
    rule: "elasticache-in-transit-encryption",
    type: group,
    compliant: { transitEncryptionEnabled: true, transitEncryptionMode: "required" },
    alsoCompliant: [{ change: { transitEncryptionMode: undefined } }],
    violations: [
        { change: { transitEncryptionEnabled: false }, says: ["transitEncryptionEnabled  expected true, got false"] },
        {
            change: { transitEncryptionMode: "preferred" },
            says: ['transitEncryptionMode  expected "required" or nothing, got "preferred"'],
        },
    ],
    notApplicable: [ofGlobal],
});

describeRule({
    rule: "elasticache-in-transit-encryption",
    type: cluster,
    compliant: { transitEncryptionEnabled: true },
    violations: [{ change: { transitEncryptionEnabled: undefined }, says: ["transitEncryptionEnabled  expected true, got nothing"] }],
    notApplicable: [member],
});

describeRule({
    rule: "elasticache-multi-az",
    type: group,
    compliant: { multiAzEnabled: true, automaticFailoverEnabled: true, numCacheClusters: 2 },
    alsoCompliant: [{ change: { numCacheClusters: undefined, numNodeGroups: 2, replicasPerNodeGroup: 1 } }],
    violations: [
        { change: { multiAzEnabled: undefined }, says: ["multiAzEnabled  expected true, got nothing"] },
        { change: { automaticFailoverEnabled: false }, says: ["automaticFailoverEnabled  expected true, got false"] },
        { change: { numCacheClusters: 1 }, says: ["numCacheClusters  expected at least 2 nodes, got 1"] },
        { change: { replicasPerNodeGroup: 0 }, says: ["replicasPerNodeGroup  expected at least 1, got 0"] },
    ],
    notApplicable: [ofGlobal],
});

describeRule({
    rule: "elasticache-auth",
    type: group,
    compliant: { userGroupIds: ["users"] },
    alsoCompliant: [
        { change: { userGroupIds: undefined, authToken: "correct horse battery staple" } },
        { change: { userGroupIds: undefined, authTokenWoVersion: 1 } },
        { change: { userGroupIds: undefined, authTokenWo: "correct horse battery staple" } },
        { change: { userGroupIds: undefined, authToken: "", authTokenUpdateStrategy: "ROTATE" } },
        { change: { userGroupIds: undefined, authToken: "", authTokenUpdateStrategy: "SET" } },
    ],
    violations: [
        { change: { userGroupIds: undefined }, says: ["userGroupIds  expected userGroupIds or authToken, got neither"] },
        {
            change: { userGroupIds: undefined, authTokenUpdateStrategy: "DELETE" },
            says: ["userGroupIds  expected userGroupIds or authToken, got neither"],
        },
    ],
    unknownIsFine: ["userGroupIds", "authTokenUpdateStrategy"],
    notApplicable: [{ change: { userGroupIds: undefined, globalReplicationGroupId: "global" } }],
});

describeRule({
    rule: "elasticache-auth",
    type: serverless,
    compliant: { engine: "valkey", userGroupId: "users" },
    violations: [{ change: { userGroupId: undefined }, says: ["userGroupId  expected a user group, got nothing"] }],
    unknownIsFine: ["userGroupId"],
    notApplicable: [{ change: { engine: "memcached", userGroupId: undefined } }],
});

describeRule({
    rule: "elasticache-user-authenticated",
    type: "elasticache/user",
    compliant: { accessString: "on ~app:* +@read", authenticationMode: { type: "iam" } },
    alsoCompliant: [{ change: { authenticationMode: undefined, passwords: ["correct horse battery staple"] } }],
    violations: [
        {
            change: { authenticationMode: { type: "no-password-required" } },
            says: ['authenticationMode.type  expected "iam" or "password", got "no-password-required"'],
        },
        {
            change: { authenticationMode: undefined, noPasswordRequired: true },
            says: ["noPasswordRequired  expected false or nothing, got true"],
        },
    ],
    notApplicable: [{ change: { accessString: "off ~keys* -@all +get", noPasswordRequired: true } }],
});

describeOn([group, serverless], {
    rule: "elasticache-cmk",
    compliant: { kmsKeyId: key },
    violations: [{ change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a key of your own, got nothing"] }],
    unknownIsFine: ["kmsKeyId"],
});

describeOn([group, serverless, cluster], {
    rule: "elasticache-backup-retention",
    compliant: { engine: "redis", snapshotRetentionLimit: 15 },
    violations: [
        { change: { snapshotRetentionLimit: 7 }, says: ["snapshotRetentionLimit  expected at least 15 days, got 7"] },
        { change: { snapshotRetentionLimit: undefined }, says: ["snapshotRetentionLimit  expected at least 15 days, got nothing"] },
    ],
});

describeRule({
    rule: "elasticache-backup-retention",
    type: cluster,
    compliant: { engine: "redis", snapshotRetentionLimit: 15 },
    violations: [{ change: { snapshotRetentionLimit: 0 }, says: ["snapshotRetentionLimit  expected at least 15 days, got 0"] }],
    notApplicable: [member, { change: { engine: "memcached" } }],
});

for (const rule of ["elasticache-cmk", "elasticache-backup-retention", "elasticache-supported-version", "elasticache-valkey"]) {
    describeRule({ rule, type: group, notApplicable: [ofGlobal], violations: [] });
}

describeOn([group, cluster], {
    rule: "elasticache-auto-minor-upgrade",
    compliant: {},
    violations: [
        { change: { autoMinorVersionUpgrade: "false" }, says: ['autoMinorVersionUpgrade  expected true or nothing, got "false"'] },
    ],
});

describeRule({
    rule: "elasticache-auto-minor-upgrade",
    type: cluster,
    notApplicable: [{ change: { engine: "memcached", autoMinorVersionUpgrade: "false" } }],
    violations: [],
});

describeOn([group, cluster], {
    rule: "elasticache-supported-version",
    compliant: { engine: "redis", engineVersion: "7.1" },
    // Ends on 2027-01-31.
    alsoCompliant: [
        { change: { engineVersion: "6.x" } },
        { change: { engine: "valkey", engineVersion: "8.2" } },
        { change: { engine: "valkey", engineVersion: "12.0" } },
    ],
    violations: [
        {
            change: { engineVersion: "3.2.10" },
            says: ["engineVersion  expected a version in standard support, got 3.2.10, older than all that AWS still lists"],
        },
        {
            change: { engineVersion: "5.0.6" },
            says: ["engineVersion  expected a version in standard support, got 5.0.6, which left it on 2026-01-31"],
        },
    ],
    notApplicable: [{ change: { engineVersion: undefined } }, { change: { engine: "memcached", engineVersion: "1.4.5" } }],
});

describeRule({ rule: "elasticache-supported-version", type: cluster, notApplicable: [member], violations: [] });

describeOn([group, cluster], {
    rule: "elasticache-subnet-group",
    compliant: { subnetGroupName: "data" },
    violations: [
        { change: { subnetGroupName: undefined }, says: ["subnetGroupName  expected a subnet group of your own, got nothing"] },
        { change: { subnetGroupName: "default" }, says: ['subnetGroupName  expected a subnet group of your own, got "default"'] },
    ],
    unknownIsFine: ["subnetGroupName"],
});

describeRule({ rule: "elasticache-subnet-group", type: cluster, notApplicable: [member], violations: [] });

describeOn([group, cluster], {
    rule: "elasticache-non-default-port",
    compliant: { engine: "valkey", port: 6380 },
    alsoCompliant: [{ change: { engine: "memcached", port: 6379 } }],
    violations: [
        { change: { port: 6379 }, says: ["port  expected other than 6379, got 6379"] },
        { change: { port: undefined }, says: ["port  expected other than 6379, got nothing"] },
        { change: { engine: "memcached", port: 11_211 }, says: ["port  expected other than 11211, got 11211"] },
    ],
});

describeRule({ rule: "elasticache-non-default-port", type: cluster, notApplicable: [member], violations: [] });

const delivery = (logType: string) => ({ destination: "logs", destinationType: "cloudwatch-logs", logFormat: "json", logType });

describeRule({
    rule: "elasticache-log-delivery",
    type: group,
    compliant: { logDeliveryConfigurations: [delivery("slow-log"), delivery("engine-log")] },
    violations: [
        {
            change: { logDeliveryConfigurations: [delivery("slow-log")] },
            says: ["logDeliveryConfigurations  expected slow-log and engine-log, got slow-log"],
        },
        {
            change: { logDeliveryConfigurations: [delivery("engine-log")] },
            says: ["logDeliveryConfigurations  expected slow-log and engine-log, got engine-log"],
        },
        {
            change: { logDeliveryConfigurations: undefined },
            says: ["logDeliveryConfigurations  expected slow-log and engine-log, got nothing"],
        },
    ],
});

const limits = { dataStorage: { maximum: 10, unit: "GB" }, ecpuPerSeconds: [{ maximum: 5000 }] };

describeRule({
    rule: "elasticache-serverless-limits",
    type: serverless,
    compliant: { cacheUsageLimits: limits },
    violations: [
        {
            change: { cacheUsageLimits: undefined },
            says: [
                "cacheUsageLimits.dataStorage.maximum  expected at least 1 GB, got nothing",
                "cacheUsageLimits.ecpuPerSeconds.maximum  expected at least 1000 a second, got nothing",
            ],
        },
        {
            change: { cacheUsageLimits: { dataStorage: limits.dataStorage } },
            says: ["cacheUsageLimits.ecpuPerSeconds.maximum  expected at least 1000 a second, got nothing"],
        },
    ],
});

describeRule({
    rule: "elasticache-valkey",
    type: group,
    compliant: { engine: "valkey" },
    violations: [{ change: { engine: undefined }, says: ['engine  expected "valkey", got nothing'] }],
});

describeRule({
    rule: "elasticache-valkey",
    type: serverless,
    compliant: { engine: "valkey" },
    alsoCompliant: [{ change: { engine: "memcached" } }],
    violations: [{ change: { engine: "redis" }, says: ['engine  expected "valkey", got "redis"'] }],
});
