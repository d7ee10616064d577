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
