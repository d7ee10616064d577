import { describeOn, describeRule } from "../testing.ts";

const instance = "rds/instance";
const cluster = "rds/cluster";
const servers = [instance, cluster];
const members = [instance, "rds/clusterInstance"];
const replica = { change: { replicateSourceDb: "primary" } };
const key = "arn:aws:kms:eu-west-1:123456789012:key/1";

describeOn(servers, {
    rule: "rds-cmk",
    compliant: { kmsKeyId: key },
    violations: [{ change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a key of your own, got nothing"] }],
    unknownIsFine: ["kmsKeyId"],
});

describeRule({
    rule: "rds-cmk",
    type: instance,
    notApplicable: [replica, { change: { engine: "aurora-mysql" } }],
    violations: [],
});

describeOn(servers, {
    rule: "rds-backup-retention",
    compliant: { backupRetentionPeriod: 14 },
    violations: [
        { change: { backupRetentionPeriod: 7 }, says: ["backupRetentionPeriod  expected at least 14 days, got 7"] },
        { change: { backupRetentionPeriod: undefined }, says: ["backupRetentionPeriod  expected at least 14 days, got nothing"] },
    ],
    notApplicable: [{ change: { replicateSourceDb: "primary", replicationSourceIdentifier: "primary" } }],
});

describeOn([...servers, "rds/globalCluster"], {
    rule: "rds-deletion-protection",
    compliant: { deletionProtection: true },
    violations: [{ change: { deletionProtection: false }, says: ["deletionProtection  expected true, got false"] }],
});

describeRule({
    rule: "rds-deletion-protection",
    type: instance,
    compliant: { deletionProtection: true },
    violations: [{ change: { deletionProtection: undefined }, says: ["deletionProtection  expected true, got nothing"] }],
    notApplicable: [replica, { change: { engine: "aurora-postgresql" } }],
});

describeRule({
    rule: "rds-deletion-protection",
    type: cluster,
    compliant: { deletionProtection: true },
    violations: [{ change: { deletionProtection: undefined }, says: ["deletionProtection  expected true, got nothing"] }],
    notApplicable: [{ change: { replicationSourceIdentifier: "arn:aws:rds:eu-west-1:123456789012:cluster:primary" } }],
});

describeOn(servers, {
    rule: "rds-iam-auth",
    compliant: { engine: "postgres", iamDatabaseAuthenticationEnabled: true },
    violations: [
        {
            change: { iamDatabaseAuthenticationEnabled: undefined },
            says: ["iamDatabaseAuthenticationEnabled  expected true, got nothing"],
        },
    ],
    notApplicable: [{ change: { engine: "oracle-ee" } }],
});

describeOn([...members, cluster], {
    rule: "rds-auto-minor-upgrade",
    compliant: {},
    violations: [{ change: { autoMinorVersionUpgrade: false }, says: ["autoMinorVersionUpgrade  expected true or nothing, got false"] }],
});

describeRule({
    rule: "rds-log-exports",
    type: instance,
    compliant: { engine: "postgres", enabledCloudwatchLogsExports: ["postgresql", "upgrade"] },
    alsoCompliant: [{ change: { engine: undefined, replicateSourceDb: "primary", enabledCloudwatchLogsExports: ["postgresql"] } }],
    violations: [
        {
            change: { enabledCloudwatchLogsExports: undefined },
            says: ["enabledCloudwatchLogsExports  expected postgresql, got nothing"],
        },
        {
            change: { engine: "oracle-ee", enabledCloudwatchLogsExports: ["alert"] },
            says: ["enabledCloudwatchLogsExports  expected alert, audit, got alert"],
        },
    ],
    notApplicable: [{ change: { engine: "aurora-postgresql" } }, { change: { engine: "db2-se" } }],
});

describeRule({
    rule: "rds-log-exports",
    type: cluster,
    compliant: { engine: "aurora-mysql", enabledCloudwatchLogsExports: ["audit", "error"] },
    violations: [
        {
            change: { enabledCloudwatchLogsExports: ["error"] },
            says: ["enabledCloudwatchLogsExports  expected audit, error, got error"],
        },
    ],
});

const group = (family: string, parameters: Readonly<Record<string, string>>) => ({
    family,
    parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })),
});
const logged = { log_connections: "1", log_statement: "ddl" };

describeRule({
    rule: "rds-audit-logging-parameters",
    type: "rds/parameterGroup",
    compliant: group("postgres17", logged),
    alsoCompliant: [{ change: group("postgres18", { log_connections: "all", "pgaudit.log": "write" }) }],
    violations: [
        {
            change: group("postgres17", { log_statement: "none" }),
            says: ["parameters  expected log_connections=1, got nothing", 'parameters  expected pgaudit.log or log_statement, got "none"'],
        },
    ],
    notApplicable: [{ change: { family: "mysql8.4" } }, { change: { family: "aurora-postgresql17" } }],
});

describeRule({
    rule: "rds-audit-logging-parameters",
    type: "rds/clusterParameterGroup",
    compliant: group("aurora-mysql8.0", { server_audit_logging: "1" }),
    alsoCompliant: [{ change: group("aurora-postgresql17", logged) }],
    violations: [
        {
            change: group("aurora-mysql8.0", { server_audit_logging: "0" }),
            says: ['parameters  expected server_audit_logging=1, got "0"'],
        },
    ],
});

describeOn(members, {
    rule: "rds-enhanced-monitoring",
    compliant: { monitoringInterval: 60 },
    violations: [{ change: { monitoringInterval: 0 }, says: ["monitoringInterval  expected at least 1 second, got 0"] }],
});

describeOn(members, {
    rule: "rds-performance-insights",
    compliant: { performanceInsightsEnabled: true },
    violations: [{ change: { performanceInsightsEnabled: false }, says: ["performanceInsightsEnabled  expected true, got false"] }],
});

describeOn([...members, cluster], {
    rule: "rds-performance-insights-cmk",
    compliant: { performanceInsightsEnabled: true, performanceInsightsKmsKeyId: key },
    violations: [
        {
            change: { performanceInsightsKmsKeyId: undefined },
            says: ["performanceInsightsKmsKeyId  expected a key of your own, got nothing"],
        },
    ],
    notApplicable: [{ change: { performanceInsightsEnabled: undefined } }],
    unknownIsFine: ["performanceInsightsKmsKeyId"],
});

describeOn(servers, {
    rule: "rds-copy-tags-to-snapshot",
    compliant: { copyTagsToSnapshot: true },
    violations: [{ change: { copyTagsToSnapshot: undefined }, says: ["copyTagsToSnapshot  expected true, got nothing"] }],
});

describeOn(servers, {
    rule: "rds-non-default-port",
    compliant: { engine: "mysql", port: 3307 },
    violations: [
        { change: { port: 3306 }, says: ["port  expected other than 3306, got 3306"] },
        { change: { port: undefined }, says: ["port  expected other than 3306, got nothing"] },
    ],
    notApplicable: [{ change: { engine: "oracle-ee" } }],
});

for (const [type, property] of [
    [instance, "username"],
    [cluster, "masterUsername"],
] as const) {
    describeRule({
        rule: "rds-non-default-admin",
        type,
        compliant: { [property]: "shop_owner" },
        violations: [
            {
                change: { [property]: "postgres" },
                says: [`${property}  expected other than "admin", "administrator", "postgres", "root", "sa" or "master", got "postgres"`],
            },
        ],
    });
}

for (const [type, property, writeOnly] of [
    [instance, "password", "passwordWo"],
    [cluster, "masterPassword", "masterPasswordWo"],
] as const) {
    describeRule({
        rule: "rds-managed-master-password",
        type,
        compliant: { manageMasterUserPassword: true },
        alsoCompliant: [
            { change: { manageMasterUserPassword: undefined, [writeOnly]: "from a secret", [`${writeOnly}Version`]: 1 } },
            { change: { manageMasterUserPassword: undefined, snapshotIdentifier: "snapshot" } },
        ],
        violations: [
            {
                change: { manageMasterUserPassword: undefined, [property]: "hunter2hunter2" },
                says: [
                    `${property}  expected manageMasterUserPassword or ${writeOnly}, got one`,
                    `manageMasterUserPassword  expected true or ${writeOnly}, got neither`,
                ],
            },
        ],
        unknownIsWrong: [property],
        secrets: ["hunter2hunter2"],
    });
}

describeRule({
    rule: "rds-managed-master-password",
    type: cluster,
    notApplicable: [{ change: { globalClusterIdentifier: "global" } }],
    violations: [],
});

describeOn(members, {
    rule: "rds-current-ca",
    compliant: { caCertIdentifier: "rds-ca-rsa2048-g1" },
    alsoCompliant: [{ change: { caCertIdentifier: undefined } }],
    violations: [
        {
            change: { caCertIdentifier: "rds-ca-2019" },
            says: [
                'caCertIdentifier  expected an authority of generation g1 or newer such as "rds-ca-rsa2048-g1", or nothing, got "rds-ca-2019"',
            ],
        },
    ],
});

describeOn(servers, {
    rule: "rds-in-backup-plan",
    compliant: { tags: { backup: "daily" } },
    others: [
        {
            name: "selection",
            type: "backup/selection",
            props: { selectionTags: [{ type: "STRINGEQUALS", key: "backup", value: "daily" }] },
        },
    ],
    violations: [{ others: [], says: ["expected a backup selection that takes it in, got no selection in this stack"] }],
});

describeOn(servers, {
    rule: "rds-final-snapshot",
    compliant: { finalSnapshotIdentifier: "last" },
    violations: [{ change: { skipFinalSnapshot: true }, says: ["skipFinalSnapshot  expected false or nothing, got true"] }],
});

const off = "open-source-rds-extended-support-disabled";

describeOn(servers, {
    rule: "rds-extended-support-off",
    compliant: { engine: "postgres", engineVersion: "17.4", engineLifecycleSupport: off },
    alsoCompliant: [{ change: { engineVersion: undefined } }],
    violations: [
        { change: { engineLifecycleSupport: undefined }, says: [`engineLifecycleSupport  expected "${off}", got nothing`] },
        {
            change: { engine: "mysql", engineVersion: "8.0.40" },
            says: ["engineVersion  expected a version in standard support, got 8.0.40, which left it on 2026-07-31"],
        },
    ],
    notApplicable: [{ change: { engine: "mariadb" } }],
});

describeOn(servers, {
    rule: "rds-no-vulnerable-postgres",
    compliant: { engine: "postgres", engineVersion: "13.4" },
    alsoCompliant: [{ change: { engineVersion: "13" } }, { change: { engineVersion: "17.4" } }],
    violations: [
        { change: { engineVersion: "13.2" }, says: ['engineVersion  expected 13.4 or newer, got "13.2"'] },
        { change: { engineVersion: "9.6" }, says: ['engineVersion  expected a supported version, got "9.6"'] },
    ],
    notApplicable: [{ change: { engine: "mysql" } }],
});

describeRule({
    rule: "aurora-backtrack",
    type: cluster,
    compliant: { engine: "aurora-mysql", backtrackWindow: 86400 },
    violations: [{ change: { backtrackWindow: undefined }, says: ["backtrackWindow  expected at least 1 second, got nothing"] }],
    notApplicable: [{ change: { engine: "aurora-postgresql" } }],
});

describeOn(["rds/snapshotCopy", "rds/clusterSnapshotCopy"], {
    rule: "rds-snapshot-private-encrypted",
    compliant: { kmsKeyId: key, sharedAccounts: ["123456789012"] },
    violations: [
        { change: { sharedAccounts: ["all"] }, says: ['sharedAccounts  expected account ids, got "all"'] },
        { change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a key of your own, got nothing"] },
    ],
    unknownIsFine: ["kmsKeyId"],
});

describeRule({
    rule: "rds-snapshot-private-encrypted",
    type: "rds/snapshot",
    compliant: {},
    violations: [{ change: { sharedAccounts: ["all"] }, says: ['sharedAccounts  expected account ids, got "all"'] }],
});

describeRule({
    rule: "rds-event-subscription",
    type: "rds/eventSubscription",
    compliant: { sourceType: "db-cluster", eventCategories: ["maintenance", "failure"] },
    alsoCompliant: [{ change: { eventCategories: undefined } }],
    violations: [
        {
            change: { eventCategories: ["failover", "failure"] },
            says: ["eventCategories  expected maintenance too, got failover, failure"],
        },
        { change: { enabled: false }, says: ["enabled  expected true or nothing, got false"] },
    ],
});

describeRule({
    rule: "rds-storage-autoscaling-capped",
    type: instance,
    compliant: { maxAllocatedStorage: 200 },
    violations: [
        { change: { maxAllocatedStorage: undefined }, says: ["maxAllocatedStorage  expected from 1 to 16384 GiB, got nothing"] },
        { change: { maxAllocatedStorage: 20000 }, says: ["maxAllocatedStorage  expected from 1 to 16384 GiB, got 20000"] },
    ],
    notApplicable: [replica],
});

describeRule({
    rule: "rds-activity-stream-cmk",
    type: "rds/clusterActivityStream",
    compliant: { kmsKeyId: key },
    violations: [{ change: { kmsKeyId: "alias/aws/rds" }, says: ['kmsKeyId  expected a key of your own, got "alias/aws/rds"'] }],
    unknownIsFine: ["kmsKeyId"],
});

for (const [type, property] of [
    [instance, "instanceClass"],
    ["rds/clusterInstance", "instanceClass"],
    ["elasticache/replicationGroup", "nodeType"],
    ["redshift/cluster", "nodeType"],
] as const) {
    describeRule({
        rule: "db-class-allowlist",
        type,
        parameters: { classes: ["*.t4g.*"] },
        compliant: { [property]: "db.t4g.small" },
        violations: [{ change: { [property]: "db.r7g.large" }, says: [`${property}  expected *.t4g.*, got "db.r7g.large"`] }],
    });
}

describeRule({
    rule: "rds-extended-support-off",
    type: "rds/cluster",
    compliant: { engine: "aurora-mysql", engineVersion: "8.0.mysql_aurora.3.10.0", engineLifecycleSupport: off },
    violations: [
        {
            change: { engineVersion: "5.7.mysql_aurora.2.12.0" },
            says: ["engineVersion  expected a version in standard support, got 5.7.mysql_aurora.2.12.0, which left it on 2024-10-31"],
        },
    ],
});

for (const [engine, logs] of [
    ["postgres", "postgresql"],
    ["mysql", "error"],
    ["mariadb", "error"],
    ["sqlserver-se", "error"],
] as const) {
    describeRule({
        rule: "rds-log-exports",
        type: instance,
        compliant: { engine, enabledCloudwatchLogsExports: [logs] },
        violations: [
            { change: { enabledCloudwatchLogsExports: [] }, says: [`enabledCloudwatchLogsExports  expected ${logs}, got nothing`] },
            { change: { enabledCloudwatchLogsExports: ["slow"] }, says: [`enabledCloudwatchLogsExports  expected ${logs}, got slow`] },
        ],
    });
}

describeRule({
    rule: "rds-log-exports",
    type: cluster,
    compliant: { engine: "aurora-postgresql", enabledCloudwatchLogsExports: ["postgresql"] },
    violations: [
        { change: { enabledCloudwatchLogsExports: [] }, says: ["enabledCloudwatchLogsExports  expected postgresql, got nothing"] },
    ],
});

describeRule({
    rule: "rds-log-exports",
    type: instance,
    compliant: { replicateSourceDb: "primary", enabledCloudwatchLogsExports: ["postgresql"] },
    violations: [
        {
            change: { enabledCloudwatchLogsExports: undefined },
            says: ["enabledCloudwatchLogsExports  expected the engine's logs, got nothing"],
        },
        // Of a replica with an engine of its own, more is known.
        {
            change: { engine: "mysql", enabledCloudwatchLogsExports: ["slow"] },
            says: ["enabledCloudwatchLogsExports  expected error, got slow"],
        },
    ],
    unknownIsFine: ["enabledCloudwatchLogsExports"],
});

describeRule({
    rule: "rds-audit-logging-parameters",
    type: "rds/parameterGroup",
    compliant: group("postgres17", logged),
    violations: ["0", "off", ""].map((value) => ({
        change: group("postgres17", { ...logged, log_connections: value }),
        says: [`parameters  expected log_connections=1, got ${JSON.stringify(value)}`],
    })),
});

describeRule({
    rule: "rds-performance-insights",
    type: instance,
    compliant: { databaseInsightsMode: "advanced" },
    violations: [{ change: { databaseInsightsMode: undefined }, says: ["performanceInsightsEnabled  expected true, got nothing"] }],
    unknownIsFine: ["databaseInsightsMode"],
});

describeRule({
    rule: "rds-performance-insights",
    type: "rds/clusterInstance",
    compliant: { performanceInsightsEnabled: true },
    violations: [
        {
            // The mode is the cluster's to choose.
            change: { performanceInsightsEnabled: undefined, databaseInsightsMode: "advanced" },
            says: ["performanceInsightsEnabled  expected true, got nothing"],
        },
    ],
    unknownIsFine: ["databaseInsightsMode"],
});

describeRule({
    rule: "rds-copy-tags-to-snapshot",
    type: instance,
    compliant: { copyTagsToSnapshot: true },
    violations: [{ change: { copyTagsToSnapshot: false }, says: ["copyTagsToSnapshot  expected true, got false"] }],
    notApplicable: [replica, { change: { engine: "aurora-mysql" } }],
});

describeRule({
    rule: "rds-copy-tags-to-snapshot",
    type: cluster,
    // A cluster's copies are its own, also those of a replica.
    compliant: { copyTagsToSnapshot: true, replicationSourceIdentifier: "primary" },
    violations: [{ change: { copyTagsToSnapshot: false }, says: ["copyTagsToSnapshot  expected true, got false"] }],
});

for (const [type, engine, port] of [
    [instance, "postgres", 5432],
    [cluster, "aurora-postgresql", 5432],
    [instance, "mariadb", 3306],
    [cluster, "aurora-mysql", 3306],
] as const) {
    describeRule({
        rule: "rds-non-default-port",
        type,
        compliant: { engine, port: port + 1 },
        violations: [{ change: { port }, says: [`port  expected other than ${port}, got ${port}`] }],
    });
}

describeRule({
    rule: "rds-non-default-admin",
    type: instance,
    compliant: { username: "shop_owner" },
    violations: [],
    notApplicable: [replica, { change: { username: undefined, engine: "aurora-postgresql" } }],
});

describeRule({
    rule: "rds-non-default-admin",
    type: cluster,
    compliant: { masterUsername: "shop_owner", globalClusterIdentifier: "global" },
    violations: [
        {
            change: { masterUsername: "root" },
            says: [`masterUsername  expected other than "admin", "administrator", "postgres", "root", "sa" or "master", got "root"`],
        },
    ],
    notApplicable: [
        { change: { masterUsername: undefined } },
        { change: { masterUsername: undefined, globalClusterIdentifier: undefined, replicationSourceIdentifier: "primary" } },
    ],
});

describeRule({
    rule: "rds-managed-master-password",
    type: instance,
    compliant: { passwordWo: "from a secret" },
    alsoCompliant: [{ change: { passwordWo: undefined, passwordWoVersion: 1 } }],
    violations: [],
    notApplicable: [replica, { change: { passwordWo: undefined, engine: "aurora-mysql" } }],
});

for (const [major, minor] of [
    [10, 18],
    [11, 13],
    [12, 8],
    [13, 4],
] as const) {
    describeRule({
        rule: "rds-no-vulnerable-postgres",
        type: instance,
        compliant: { engine: "postgres", engineVersion: `${major}.${minor}` },
        violations: [
            {
                change: { engineVersion: `${major}.${minor - 1}` },
                says: [`engineVersion  expected ${major}.${minor} or newer, got "${major}.${minor - 1}"`],
            },
        ],
    });
}

for (const [sourceType, wanted] of [
    ["db-instance", ["maintenance", "configuration change", "failure"]],
    ["db-cluster", ["maintenance", "failure"]],
    ["db-parameter-group", ["configuration change"]],
    ["db-security-group", ["configuration change", "failure"]],
] as const) {
    describeRule({
        rule: "rds-event-subscription",
        type: "rds/eventSubscription",
        compliant: { sourceType, eventCategories: wanted },
        violations: [
            {
                change: { eventCategories: ["backup"] },
                says: [`eventCategories  expected ${wanted.join(", ")} too, got backup`],
            },
        ],
    });
}

describeRule({
    rule: "rds-storage-autoscaling-capped",
    type: instance,
    compliant: { maxAllocatedStorage: 16384 },
    alsoCompliant: [{ change: { maxAllocatedStorage: 1 } }],
    violations: [
        { change: { maxAllocatedStorage: 16385 }, says: ["maxAllocatedStorage  expected from 1 to 16384 GiB, got 16385"] },
        { change: { maxAllocatedStorage: 0 }, says: ["maxAllocatedStorage  expected from 1 to 16384 GiB, got nothing"] },
    ],
});

describeRule({
    rule: "db-class-allowlist",
    type: instance,
    parameters: { classes: ["db.t4g.*", "db.m7g.large"] },
    compliant: { instanceClass: "db.m7g.large" },
    alsoCompliant: [{ change: { instanceClass: "db.t4g.small" } }],
    violations: [
        { change: { instanceClass: "db.m7g.xlarge" }, says: [`instanceClass  expected db.t4g.*, db.m7g.large, got "db.m7g.xlarge"`] },
    ],
});
