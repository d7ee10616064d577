import { describeOn, describeRule } from "../testing.ts";

const cluster = "redshift/cluster";
const workgroup = "redshiftserverless/workgroup";
const namespace = "redshiftserverless/namespace";

describeRule({
    rule: "redshift-encrypted",
    type: cluster,
    compliant: {},
    violations: [{ change: { encrypted: "false" }, says: ['encrypted  expected true or nothing, got "false"'] }],
});

describeOn([cluster, namespace], {
    rule: "redshift-cmk",
    compliant: { kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1" },
    violations: [{ change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a key of your own, got nothing"] }],
    unknownIsFine: ["kmsKeyId"],
});

describeOn([cluster, workgroup], {
    rule: "redshift-not-public",
    compliant: { publiclyAccessible: false },
    alsoCompliant: [{ change: { publiclyAccessible: undefined } }],
    violations: [{ change: { publiclyAccessible: true }, says: ["publiclyAccessible  expected false or nothing, got true"] }],
});

const group = (value: string | undefined, family = "redshift-1.0") => [
    {
        name: "group",
        type: "redshift/parameterGroup",
        props: { family, parameters: value === undefined ? [] : [{ name: "require_ssl", value }] },
    },
];

describeRule({
    rule: "redshift-require-tls",
    type: cluster,
    compliant: {},
    links: { clusterParameterGroupName: "group" },
    others: group("true"),
    alsoCompliant: [{ others: group(undefined, "redshift-2.0") }],
    violations: [
        { others: group("false"), says: ['clusterParameterGroupName  expected require_ssl=true in group, got "false"'] },
        { others: group("false", "redshift-2.0"), says: ['clusterParameterGroupName  expected require_ssl=true in group, got "false"'] },
        { others: group(undefined), says: ["clusterParameterGroupName  expected require_ssl=true in group, got nothing"] },
    ],
});

describeRule({
    rule: "redshift-require-tls",
    type: cluster,
    compliant: {},
    alsoCompliant: [{ change: { clusterParameterGroupName: "default.redshift-2.0" } }],
    violations: [
        {
            change: { clusterParameterGroupName: "default.redshift-1.0" },
            says: ["clusterParameterGroupName  expected a parameter group with require_ssl=true, got none of this stack"],
        },
    ],
});

describeRule({
    rule: "redshift-in-vpc",
    type: cluster,
    compliant: { clusterSubnetGroupName: "private" },
    violations: [{ change: { clusterSubnetGroupName: undefined }, says: ["clusterSubnetGroupName  expected a subnet group, got nothing"] }],
    unknownIsFine: ["clusterSubnetGroupName"],
});

describeRule({
    rule: "redshift-enhanced-vpc-routing",
    type: cluster,
    compliant: { enhancedVpcRouting: true },
    violations: [{ change: { enhancedVpcRouting: undefined }, says: ["enhancedVpcRouting  expected true, got nothing"] }],
});

const door = (block: string, port: number) => [
    { name: "door", type: "ec2/securityGroup" },
    {
        name: "rule",
        type: "vpc/securityGroupIngressRule",
        props: { ipProtocol: "tcp", fromPort: port, toPort: port, cidrIpv4: block },
        links: { securityGroupId: "door" },
    },
];

for (const [type, property] of [
    [cluster, "vpcSecurityGroupIds"],
    [workgroup, "securityGroupIds"],
] as const) {
    describeRule({
        rule: "redshift-sg-restricted",
        type,
        compliant: { port: 5440 },
        links: { [property]: ["door"] },
        others: door("10.0.0.0/16", 5440),
        alsoCompliant: [{ others: door("0.0.0.0/0", 443) }, { others: door("203.0.113.7/32", 5440) }],
        violations: [
            {
                others: door("0.0.0.0/0", 5440),
                says: [`${property}  expected no way from the internet to port 5440, got 0.0.0.0/0 on tcp 5440 in door`],
            },
            {
                change: { port: undefined },
                others: door("0.0.0.0/0", 5439),
                says: [`${property}  expected no way from the internet to port 5439, got 0.0.0.0/0 on tcp 5439 in door`],
            },
        ],
        notApplicable: [{ links: { [property]: [] } }],
    });
}

describeRule({
    rule: "redshift-audit-logging",
    type: cluster,
    compliant: {},
    others: [{ name: "logging", type: "redshift/logging", links: { clusterIdentifier: "subject" } }],
    violations: [{ others: [], says: ["expected a Logging for the cluster, got none"] }],
});

describeRule({
    rule: "redshift-user-activity-logging",
    type: "redshift/parameterGroup",
    compliant: { parameters: [{ name: "enable_user_activity_logging", value: "true" }] },
    violations: [
        { change: { parameters: undefined }, says: ["parameters  expected enable_user_activity_logging=true, got nothing"] },
        {
            change: { parameters: [{ name: "enable_user_activity_logging", value: "false" }] },
            says: ['parameters  expected enable_user_activity_logging=true, got "false"'],
        },
    ],
});

describeRule({
    rule: "redshift-snapshot-retention",
    type: cluster,
    compliant: { automatedSnapshotRetentionPeriod: 14 },
    violations: [
        {
            change: { automatedSnapshotRetentionPeriod: 7 },
            says: ["automatedSnapshotRetentionPeriod  expected at least 14 days, got 7"],
        },
        {
            change: { automatedSnapshotRetentionPeriod: undefined },
            says: ["automatedSnapshotRetentionPeriod  expected at least 14 days, got nothing"],
        },
    ],
});

describeRule({
    rule: "redshift-snapshot-retention",
    type: cluster,
    parameters: { minimumDays: 2 },
    compliant: { automatedSnapshotRetentionPeriod: 2 },
    violations: [
        {
            change: { automatedSnapshotRetentionPeriod: undefined },
            says: ["automatedSnapshotRetentionPeriod  expected at least 2 days, got nothing"],
        },
    ],
});

// The default of AWS is one day, which development takes.
describeRule({
    rule: "redshift-snapshot-retention",
    type: cluster,
    parameters: { minimumDays: 1 },
    compliant: {},
    violations: [
        { change: { automatedSnapshotRetentionPeriod: 0 }, says: ["automatedSnapshotRetentionPeriod  expected at least 1 day, got 0"] },
    ],
});

describeRule({
    rule: "redshift-snapshot-copy",
    type: "redshift/snapshotCopy",
    compliant: { snapshotCopyGrantName: "grant" },
    violations: [
        {
            change: { snapshotCopyGrantName: undefined },
            says: ["snapshotCopyGrantName  expected a grant for a key of your own, got nothing"],
        },
    ],
    unknownIsFine: ["snapshotCopyGrantName"],
});

describeRule({
    rule: "redshift-snapshot-copy",
    type: "redshift/snapshotCopyGrant",
    compliant: { kmsKeyId: "key" },
    violations: [{ change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a key of your own, got nothing"] }],
    unknownIsFine: ["kmsKeyId"],
});

describeRule({
    rule: "redshift-final-snapshot",
    type: cluster,
    compliant: {},
    violations: [{ change: { skipFinalSnapshot: true }, says: ["skipFinalSnapshot  expected false or nothing, got true"] }],
});

describeRule({
    rule: "redshift-version-upgrade",
    type: cluster,
    compliant: {},
    violations: [{ change: { allowVersionUpgrade: false }, says: ["allowVersionUpgrade  expected true or nothing, got false"] }],
});

describeRule({
    rule: "redshift-current-node-type",
    type: cluster,
    compliant: { nodeType: "ra3.large" },
    alsoCompliant: [{ change: { nodeType: "rg.xlarge" } }],
    violations: [{ change: { nodeType: "dc2.large" }, says: ['nodeType  expected an RA3 node or newer, got "dc2.large"'] }],
});

describeRule({
    rule: "redshift-multi-az",
    type: cluster,
    compliant: { nodeType: "ra3.large", multiAz: true },
    alsoCompliant: [{ change: { multiAz: undefined, availabilityZoneRelocationEnabled: true } }],
    violations: [
        {
            change: { multiAz: undefined },
            says: ["multiAz  expected true, or availabilityZoneRelocationEnabled: true, got neither"],
        },
    ],
    notApplicable: [{ change: { nodeType: "dc2.large", multiAz: undefined } }],
});

const subnet = (name: string, zone: string) => ({ name, type: "ec2/subnet", props: { availabilityZone: zone } });

describeRule({
    rule: "redshift-subnet-group-multi-az",
    type: "redshift/subnetGroup",
    compliant: {},
    links: { subnetIds: ["one", "two"] },
    others: [subnet("one", "eu-west-1a"), subnet("two", "eu-west-1b")],
    violations: [
        {
            others: [subnet("one", "eu-west-1a"), subnet("two", "eu-west-1a")],
            says: ["subnetIds  expected subnets in at least 2 zones, got eu-west-1a"],
        },
    ],
});

describeRule({
    rule: "redshift-managed-password",
    type: cluster,
    compliant: { manageMasterPassword: true },
    alsoCompliant: [{ change: { manageMasterPassword: undefined, masterPasswordWo: "hush-hush" } }],
    violations: [
        {
            change: { masterPassword: "correct-horse" },
            says: ["masterPassword  expected manageMasterPassword or masterPasswordWo, got one"],
        },
    ],
    unknownIsWrong: ["masterPassword"],
    secrets: ["correct-horse"],
});

describeRule({
    rule: "redshift-managed-password",
    type: namespace,
    compliant: { manageAdminPassword: true },
    violations: [
        {
            change: { adminUserPassword: "correct-horse" },
            says: ["adminUserPassword  expected manageAdminPassword or adminUserPasswordWo, got one"],
        },
    ],
    unknownIsWrong: ["adminUserPassword"],
    secrets: ["correct-horse"],
});

describeRule({
    rule: "redshift-non-default-admin",
    type: cluster,
    compliant: { masterUsername: "ledger_owner" },
    violations: [
        { change: { masterUsername: "awsuser" }, says: ['masterUsername  expected other than "awsuser" or "admin", got "awsuser"'] },
    ],
    notApplicable: [{ change: { masterUsername: "awsuser", snapshotIdentifier: "last-night" } }, { change: { snapshotArn: "arn" } }],
});

describeRule({
    rule: "redshift-non-default-admin",
    type: namespace,
    compliant: { adminUsername: "ledger_owner" },
    violations: [{ change: { adminUsername: "admin" }, says: ['adminUsername  expected other than "awsuser" or "admin", got "admin"'] }],
});

describeRule({
    rule: "redshift-non-default-db",
    type: cluster,
    compliant: { databaseName: "ledger" },
    violations: [
        { change: { databaseName: "dev" }, says: ['databaseName  expected other than "dev", the default, got "dev"'] },
        { change: { databaseName: undefined }, says: ['databaseName  expected other than "dev", the default, got nothing'] },
    ],
    notApplicable: [{ change: { databaseName: undefined, snapshotIdentifier: "last-night" } }],
});

describeRule({
    rule: "redshift-non-default-db",
    type: namespace,
    compliant: { dbName: "ledger" },
    violations: [{ change: { dbName: undefined }, says: ['dbName  expected other than "dev", the default, got nothing'] }],
});

describeOn([cluster, workgroup], {
    rule: "redshift-non-default-port",
    compliant: { port: 5440 },
    violations: [
        { change: { port: 5439 }, says: ["port  expected other than 5439, the default, got 5439"] },
        { change: { port: undefined }, says: ["port  expected other than 5439, the default, got nothing"] },
    ],
});

describeRule({
    rule: "redshift-serverless-baseline",
    type: workgroup,
    compliant: { enhancedVpcRouting: true, configParameters: [{ parameterKey: "require_ssl", parameterValue: "true" }] },
    alsoCompliant: [{ change: { configParameters: undefined } }],
    violations: [
        { change: { enhancedVpcRouting: undefined }, says: ["enhancedVpcRouting  expected true, got nothing"] },
        {
            change: { configParameters: [{ parameterKey: "require_ssl", parameterValue: "false" }] },
            says: ['configParameters  expected require_ssl=true or nothing, got "false"'],
        },
    ],
});

describeRule({
    rule: "redshift-serverless-baseline",
    type: namespace,
    compliant: { logExports: ["userlog", "connectionlog", "useractivitylog"] },
    violations: [
        { change: { logExports: undefined }, says: ['logExports  expected "connectionlog" and "userlog", got nothing'] },
        { change: { logExports: ["connectionlog"] }, says: ['logExports  expected "connectionlog" and "userlog", got "connectionlog"'] },
        { change: { logExports: ["userlog"] }, says: ['logExports  expected "connectionlog" and "userlog", got "userlog"'] },
    ],
});

describeRule({
    rule: "redshift-serverless-rpu-cap",
    type: workgroup,
    compliant: { maxCapacity: 64 },
    alsoCompliant: [
        {
            change: { maxCapacity: undefined },
            others: [{ name: "limit", type: "redshiftserverless/usageLimit", links: { resourceArn: "subject" } }],
        },
    ],
    violations: [{ change: { maxCapacity: undefined }, says: ["maxCapacity  expected a ceiling or a UsageLimit, got neither"] }],
    unknownIsFine: ["maxCapacity"],
});
