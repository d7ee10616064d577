import { describeRule } from "../testing.ts";

const postgres = { engine: "postgres", engineVersion: "17", storageEncrypted: true, multiAz: true };

describeRule({
    rule: "rds-storage-encrypted",
    type: "rds/instance",
    compliant: postgres,
    violations: [
        { change: { storageEncrypted: false }, says: ["storageEncrypted  expected true, got false"] },
        { change: { storageEncrypted: undefined }, says: ["storageEncrypted  expected true, got nothing"] },
    ],
    notApplicable: [
        { change: { engine: "aurora-postgresql", storageEncrypted: undefined } },
        { change: { storageEncrypted: undefined, replicateSourceDb: "primary" } },
        { change: { storageEncrypted: undefined, snapshotIdentifier: "snapshot" } },
    ],
});

for (const type of ["rds/cluster", "rds/globalCluster"]) {
    describeRule({
        rule: "aurora-storage-encrypted",
        type,
        compliant: { engine: "aurora-postgresql", storageEncrypted: true },
        violations: [{ change: { storageEncrypted: undefined }, says: ["storageEncrypted  expected true, got nothing"] }],
        notApplicable: [
            { change: { storageEncrypted: undefined, [type === "rds/cluster" ? "snapshotIdentifier" : "sourceDbClusterIdentifier"]: "x" } },
        ],
    });
}

describeRule({
    rule: "rds-multi-az",
    type: "rds/instance",
    compliant: postgres,
    violations: [{ change: { multiAz: false }, says: ["multiAz  expected true, got false"] }],
    notApplicable: [
        { change: { multiAz: undefined, replicateSourceDb: "primary" } },
        { change: { multiAz: undefined, engine: "aurora-mysql" } },
    ],
});

const member = (name: string, zone?: string) => ({
    name,
    type: "rds/clusterInstance",
    props: { engine: "aurora-postgresql", ...(zone ? { availabilityZone: zone } : {}) },
    links: { clusterIdentifier: "subject" },
});

describeRule({
    rule: "aurora-multi-az",
    type: "rds/cluster",
    compliant: { engine: "aurora-postgresql" },
    others: [member("one"), member("two")],
    alsoCompliant: [{ others: [member("one", "eu-west-1a"), member("two", "eu-west-1b")] }],
    violations: [
        { others: [member("one")], says: ["expected at least 2 members, got 1"] },
        { others: [member("one", "eu-west-1a"), member("two", "eu-west-1a")], says: ["expected members in 2 zones, got 2 in eu-west-1a"] },
    ],
    notApplicable: [
        { change: { engine: "mysql" }, others: [] },
        { change: { globalClusterIdentifier: "global" }, others: [] },
    ],
});

const subnet = (name: string, zone: string, isPublic = false) => ({
    name,
    type: "ec2/subnet",
    props: { availabilityZone: zone, mapPublicIpOnLaunch: isPublic },
});

describeRule({
    rule: "rds-subnet-group-multi-az",
    type: "rds/subnetGroup",
    compliant: {},
    links: { subnetIds: ["one", "two"] },
    others: [subnet("one", "eu-west-1a"), subnet("two", "eu-west-1b")],
    violations: [
        {
            others: [subnet("one", "eu-west-1a"), subnet("two", "eu-west-1a")],
            says: ["subnetIds  expected subnets in at least 2 zones, got eu-west-1a"],
        },
        { links: { subnetIds: ["one"] }, says: ["subnetIds  expected subnets in at least 2 zones, got 1 subnets"] },
        {
            others: [subnet("one", "eu-west-1a", true), subnet("two", "eu-west-1b")],
            says: ["subnetIds  expected private subnets only, got one, which gives out public addresses"],
        },
    ],
});

for (const type of ["rds/instance", "rds/clusterInstance"]) {
    describeRule({
        rule: "rds-not-public",
        type,
        compliant: { publiclyAccessible: false },
        alsoCompliant: [{ change: { publiclyAccessible: undefined } }],
        violations: [{ change: { publiclyAccessible: true }, says: ["publiclyAccessible  expected false or nothing, got true"] }],
    });
}

for (const [type, property, group] of [
    ["rds/instance", "parameterGroupName", "rds/parameterGroup"],
    ["rds/cluster", "dbClusterParameterGroupName", "rds/clusterParameterGroup"],
] as const) {
    const aurora = type === "rds/cluster" ? "aurora-" : "";
    const parameters = (name: string, value: string) => [{ name: "group", type: group, props: { parameters: [{ name, value }] } }];
    describeRule({
        rule: "rds-force-tls",
        type,
        compliant: { engine: `${aurora}mysql`, engineVersion: "8.4" },
        links: { [property]: "group" },
        others: parameters("require_secure_transport", "ON"),
        alsoCompliant: [
            { change: { engine: type === "rds/cluster" ? "aurora-postgresql" : "postgres" }, others: parameters("rds.force_ssl", "1") },
            { change: { engine: `${aurora}postgresql`, engineVersion: "17.2" }, others: parameters("log_connections", "1") },
        ],
        violations: [
            {
                others: parameters("require_secure_transport", "OFF"),
                says: [`${property}  expected require_secure_transport=ON in group, got "OFF"`],
            },
            {
                change: { engine: `${aurora}postgresql`, engineVersion: "14.9" },
                others: parameters("log_connections", "1"),
                says: [`${property}  expected rds.force_ssl=1 in group, got nothing`],
            },
            {
                others: [],
                links: { [property]: [] },
                change: { [property]: undefined },
                says: [`${property}  expected a parameter group with require_secure_transport=ON, got the default group`],
            },
        ],
        notApplicable: [{ change: { engine: "oracle-ee" } }],
        unknownIsFine: [property],
    });
}

describeRule({
    rule: "rds-proxy-tls",
    type: "rds/proxy",
    compliant: { requireTls: true },
    violations: [{ change: { requireTls: undefined }, says: ["requireTls  expected true, got nothing"] }],
});

describeRule({
    rule: "aurora-storage-encrypted",
    type: "rds/cluster",
    compliant: { storageEncrypted: true },
    violations: [],
    notApplicable: [{ change: { storageEncrypted: undefined, replicationSourceIdentifier: "primary" } }],
});

describeRule({
    rule: "aurora-multi-az",
    type: "rds/cluster",
    compliant: { engine: "aurora-postgresql", globalClusterIdentifier: "global" },
    others: [member("one"), member("two")],
    // A secondary with one member is no pilot light any more.
    violations: [{ others: [member("one")], says: ["expected at least 2 members, got 1"] }],
});

const versions = { engine: "postgres", engineVersion: "15" };
const tlsOfSqlServer = (value: string) => [
    { name: "group", type: "rds/parameterGroup", props: { parameters: [{ name: "rds.force_ssl", value }] } },
];

describeRule({
    rule: "rds-force-tls",
    type: "rds/instance",
    // PostgreSQL 15's own default group has it on.
    compliant: versions,
    violations: [
        {
            change: { engineVersion: "14.9" },
            says: ["parameterGroupName  expected a parameter group with rds.force_ssl=1, got the default group"],
        },
        {
            change: { parameterGroupName: "made-by-hand" },
            says: ["parameterGroupName  expected a parameter group with rds.force_ssl=1, got one from elsewhere"],
        },
        {
            change: { engine: "mysql", engineVersion: "84" },
            says: ["parameterGroupName  expected a parameter group with require_secure_transport=ON, got the default group"],
        },
        {
            change: { engine: "sqlserver-se", engineVersion: "16.00" },
            says: ["parameterGroupName  expected a parameter group with rds.force_ssl=1, got the default group"],
        },
    ],
    notApplicable: [
        { change: { engine: "aurora-postgresql" } },
        { change: { engine: undefined, engineVersion: undefined, replicateSourceDb: "primary" } },
    ],
    unknownIsWrong: ["parameterGroupName"],
});

describeRule({
    rule: "rds-force-tls",
    type: "rds/instance",
    compliant: { engine: "sqlserver-se", engineVersion: "16.00" },
    links: { parameterGroupName: "group" },
    others: tlsOfSqlServer("1"),
    violations: [{ others: tlsOfSqlServer("0"), says: ['parameterGroupName  expected rds.force_ssl=1 in group, got "0"'] }],
});

describeRule({
    rule: "rds-force-tls",
    type: "rds/instance",
    compliant: versions,
    links: { parameterGroupName: "group" },
    others: [{ name: "group", type: "rds/parameterGroup", props: { parameters: [{ name: "log_connections", value: "1" }] } }],
    violations: [
        {
            change: { engine: "mariadb" },
            says: ["parameterGroupName  expected require_secure_transport=ON in group, got nothing"],
        },
    ],
});

const source = (engineVersion: string) => ({ name: "source", type: "rds/instance", props: { engine: "postgres", engineVersion } });

describeRule({
    rule: "rds-force-tls",
    type: "rds/instance",
    // A replica in another region has a group of its own, and its engine is its source's.
    compliant: {},
    links: { replicateSourceDb: "source", parameterGroupName: "group" },
    others: [source("17.2"), { name: "group", type: "rds/parameterGroup", props: { parameters: [] } }],
    violations: [
        {
            others: [source("14.2"), { name: "group", type: "rds/parameterGroup", props: { parameters: [] } }],
            says: ["parameterGroupName  expected rds.force_ssl=1 in group, got nothing"],
        },
        {
            change: { engine: "mysql" },
            says: ["parameterGroupName  expected require_secure_transport=ON in group, got nothing"],
        },
    ],
});

describeRule({
    rule: "rds-force-tls",
    type: "rds/instance",
    compliant: { engine: "mariadb", replicateSourceDb: "primary" },
    links: { parameterGroupName: "group" },
    others: [{ name: "group", type: "rds/parameterGroup", props: { parameters: [{ name: "require_secure_transport", value: "1" }] } }],
    violations: [
        {
            // It names its engine, so it has a default group of its own.
            others: [],
            links: { parameterGroupName: [] },
            change: { parameterGroupName: undefined },
            says: ["parameterGroupName  expected a parameter group with require_secure_transport=ON, got the default group"],
        },
    ],
    unknownIsFine: ["parameterGroupName"],
});
