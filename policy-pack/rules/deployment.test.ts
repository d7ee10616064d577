import { expect } from "chai";
import { describe, it } from "mocha";
import { ResourceView } from "../core/resource.ts";
import { Parameters } from "../core/rule.ts";
import { StackView } from "../core/stack.ts";
import { describeOn, describeRule, testDay } from "../testing.ts";
import { deployment } from "./deployment.ts";

const account = "123456789012";
const other = "210987654321";
const roleOf = (id: string) => `arn:aws:iam::${id}:role/deploy`;

describeRule({
    rule: "allowed-accounts",
    type: "provider",
    compliant: { allowedAccountIds: JSON.stringify([account]) },
    alsoCompliant: [
        { change: { allowedAccountIds: [account] } },
        { change: { allowedAccountIds: undefined, assumeRoles: JSON.stringify([{ roleArn: roleOf(account) }]) } },
    ],
    violations: [
        {
            change: { allowedAccountIds: undefined },
            says: ["allowedAccountIds  expected the account that the provider may touch, got nothing"],
        },
    ],
});

const parameters = { accounts: [`prod=${account}`, `dev=${other}`] };

describeRule({
    rule: "allowed-accounts",
    type: "provider",
    parameters,
    compliant: { allowedAccountIds: [account] },
    violations: [
        { change: { allowedAccountIds: [account, other] }, says: [`allowedAccountIds  expected "${account}", got "${other}"`] },
        {
            change: { allowedAccountIds: undefined, assumeRoles: [{ roleArn: roleOf(other) }] },
            says: [`allowedAccountIds  expected "${account}", got "${other}"`],
        },
    ],
});

describeRule({
    rule: "allowed-accounts",
    type: "provider",
    parameters: { accounts: [account] },
    compliant: { allowedAccountIds: [account] },
    violations: [{ change: { allowedAccountIds: [other] }, says: [`allowedAccountIds  expected "${account}", got "${other}"`] }],
});

const bucket = (name: string) => ({ name, type: "s3/bucket" });

describeRule({
    rule: "explicit-provider",
    compliant: {},
    others: [{ name: "component", type: "provider" }],
    violations: [
        { others: [bucket("one")], says: ["expected a provider of the program's own, got the default one for one"] },
        {
            others: ["one", "two", "three", "five", "four"].map(bucket),
            says: ["expected a provider of the program's own, got the default one for five, four, one and 2 more"],
        },
    ],
});

describe("explicit-provider", () => {
    const rule = deployment.find((each) => each.id === "explicit-provider");
    const servedBy = (provider: string) => {
        const type = "aws:s3/bucket:Bucket";
        const urn = `urn:pulumi:prod::shop::${type}::one`;
        const stack = new StackView([new ResourceView({ urn, type, name: "one", props: {}, provider: { name: provider, props: {} } })]);
        return rule?.scope === "stack" ? rule.judge(stack, new Parameters(new Map(), testDay)).kind : expect.fail();
    };

    for (const [provider, kind] of [
        ["aws", "compliant"],
        ["default-eu", "compliant"],
        ["default", "violation"],
        ["default_7_48_0", "violation"],
    ] as const) {
        it(`finds what ${provider} makes ${kind === "compliant" ? "right" : "wrong"}`, () => {
            expect(servedBy(provider)).to.equal(kind);
        });
    }
});

const keys = ["accessKey", "secretKey", "token"];
const emulator = { endpoints: JSON.stringify([{ s3: "http://localhost:4566" }]) };

describeRule({
    rule: "provider-no-static-keys",
    type: "provider",
    compliant: { profile: "prod" },
    violations: [
        ...keys.map((key) => ({ change: { [key]: "correct-horse" }, says: [`${key}  expected no keys in the program, got one`] })),
        {
            change: { accessKey: "correct-horse", endpoints: JSON.stringify([{ s3: "https://s3.eu-west-1.amazonaws.com" }]) },
            says: ["accessKey  expected no keys in the program, got one"],
        },
    ],
    unknownIsWrong: keys,
    notApplicable: [{ change: { ...emulator, accessKey: "test", secretKey: "test" } }],
    secrets: ["correct-horse"],
});

describeRule({
    rule: "provider-tls-verified",
    type: "provider",
    compliant: {},
    violations: [{ change: { insecure: "true" }, says: ['insecure  expected false or nothing, got "true"'] }],
    notApplicable: [{ change: { ...emulator, insecure: "true" } }],
});

const stateful = [
    "rds/instance",
    "rds/cluster",
    "dynamodb/table",
    "s3/bucket",
    "efs/fileSystem",
    "docdb/cluster",
    "neptune/cluster",
    "redshift/cluster",
    "opensearch/domain",
];

describeOn([...stateful, "kms/key", "cognito/userPool", "route53/zone", "backup/vault"], {
    rule: "protect-stateful",
    compliant: {},
    options: { protect: true },
    alsoCompliant: [{ options: { protect: false, retainOnDelete: true } }],
    violations: [{ options: { protect: false }, says: ["protect  expected true, got false"] }],
});

describeOn(stateful, {
    rule: "no-delete-before-replace-stateful",
    compliant: {},
    alsoCompliant: [{ options: { deleteBeforeReplace: false } }, { options: { deleteBeforeReplace: true, protect: true } }],
    violations: [{ options: { deleteBeforeReplace: true }, says: ["deleteBeforeReplace  expected false, got true"] }],
});

for (const [type, props] of [
    ["rds/instance", { replicateSourceDb: "primary" }],
    ["rds/instance", { engine: "aurora-mysql" }],
    ["rds/cluster", { replicationSourceIdentifier: "arn" }],
] as const) {
    describeRule({
        rule: "protect-stateful",
        type,
        compliant: props,
        options: { protect: true },
        notApplicable: [{ options: { protect: false } }],
        violations: [],
    });
    describeRule({
        rule: "no-delete-before-replace-stateful",
        type,
        compliant: props,
        notApplicable: [{ options: { deleteBeforeReplace: true } }],
        violations: [],
    });
}

const ignoring = (...ignoreChanges: readonly string[]) => ({ options: { ignoreChanges } });
const ignored = (path: string) => [`ignoreChanges  expected nothing that keeps others out, got "${path}"`];

describeRule({
    rule: "no-ignore-security-changes",
    type: "ec2/securityGroup",
    compliant: { vpcId: "vpc-1" },
    alsoCompliant: [ignoring("tags", "description"), ignoring("ingress", "egress")],
    violations: [
        { change: { ingress: [{ protocol: "tcp" }] }, ...ignoring("ingress"), says: ignored("ingress") },
        { change: { egress: [{ protocol: "tcp" }] }, ...ignoring("egress[0].cidrBlocks"), says: ignored("egress[0].cidrBlocks") },
        { ...ignoring("*"), says: ignored("*") },
    ],
    unknownIsFine: ["ingress", "egress"],
});

const guards = [
    "acl",
    "assumeRolePolicy",
    "atRestEncryptionEnabled",
    "blockPublicAcls",
    "blockPublicPolicy",
    "cidrBlocks",
    "cidrIpv4",
    "cidrIpv6",
    "deletionProtection",
    "deletionProtectionEnabled",
    "enableDeletionProtection",
    "enableKeyRotation",
    "encrypted",
    "encryptionConfiguration",
    "iamDatabaseAuthenticationEnabled",
    "ignorePublicAcls",
    "ipv6CidrBlocks",
    "kmsKeyArn",
    "kmsKeyId",
    "metadataOptions",
    "policy",
    "policyDocument",
    "publiclyAccessible",
    "restrictPublicBuckets",
    "securityGroups",
    "serverSideEncryption",
    "serverSideEncryptionConfiguration",
    "sslPolicy",
    "storageEncrypted",
    "transitEncryptionEnabled",
    "viewerCertificate",
    "vpcSecurityGroupIds",
];

describeRule({
    rule: "no-ignore-security-changes",
    type: "rds/instance",
    compliant: {},
    alsoCompliant: [ignoring("password", "engineVersion", "settings.policy")],
    violations: guards.map((property) => ({ ...ignoring(property), says: ignored(property) })),
});

describeRule({
    rule: "no-ignore-security-changes",
    type: "iam/role",
    compliant: {},
    alsoCompliant: [ignoring("inlinePolicies", "managedPolicyArns")],
    violations: [
        { change: { inlinePolicies: [{ name: "all" }] }, ...ignoring("inlinePolicies"), says: ignored("inlinePolicies") },
        { change: { managedPolicyArns: ["arn"] }, ...ignoring("managedPolicyArns"), says: ignored("managedPolicyArns") },
    ],
    unknownIsFine: ["inlinePolicies", "managedPolicyArns"],
});

for (const [type, property] of [
    ["appstream/directoryConfig", "serviceAccountCredentials"],
    ["chime/voiceConnectorTerminationCredentials", "credentials"],
    ["directoryservice/trust", "trustPassword"],
    ["kms/customKeyStore", "keyStorePassword"],
    ["quicksight/dataSource", "credentials"],
] as const) {
    describeRule({
        rule: "secret-outputs-marked",
        type,
        compliant: { [property]: "correct-horse" },
        options: { additionalSecretOutputs: [property] },
        violations: [
            {
                options: { additionalSecretOutputs: ["other"] },
                says: [`additionalSecretOutputs  expected "${property}" among them, got none`],
            },
        ],
        notApplicable: [{ change: { [property]: undefined } }],
        secrets: ["correct-horse"],
    });
}

const subnet = (name: string, zone: string) => ({ name, type: "ec2/subnet", props: { availabilityZone: `eu-west-1${zone}` } });
const subnets = [subnet("one", "a"), subnet("other", "a"), subnet("two", "b")];
const placed = (type: string, property: string, ...names: readonly string[]) => ({ name: "thing", type, links: { [property]: names } });
const alone = ["expected the subnets of thing in at least two zones, got eu-west-1a"];
const group = { name: "group", type: "lb/targetGroup" };
const target = (name: string, place: string) => [
    { name, type: "ec2/instance", links: { subnetId: place } },
    { name: `${name}-attached`, type: "lb/targetGroupAttachment", links: { targetGroupArn: "group", targetId: name } },
];

describeRule({
    rule: "no-single-az-dependency",
    compliant: {},
    others: [...subnets, placed("elasticache/subnetGroup", "subnetIds", "one", "two")],
    alsoCompliant: [
        { others: [...subnets, placed("ec2/natGateway", "subnetId", "one")] },
        { others: [...subnets, placed("ec2/routeTableAssociation", "subnetId", "one")] },
        { others: [...subnets, placed("autoscaling/group", "vpcZoneIdentifiers", "one")] },
        { others: [...subnets, placed("ssm/parameter", "value", "one")] },
        { others: [...subnets, group, ...target("web", "one"), ...target("spare", "two")] },
        { others: [...subnets, group] },
    ],
    violations: [
        { others: [...subnets, placed("elasticache/subnetGroup", "subnetIds", "one", "other")], says: alone },
        { others: [...subnets, placed("ec2/vpcEndpoint", "subnetIds", "one")], says: alone },
        { others: [...subnets, placed("msk/cluster", "brokerNodeGroupInfo", "one")], says: alone },
        {
            others: [...subnets, group, ...target("web", "one"), ...target("spare", "other")],
            says: ["expected the targets of group in at least two zones, got eu-west-1a"],
        },
        {
            others: [
                ...subnets,
                group,
                { name: "web", type: "ec2/instance", props: { availabilityZone: "eu-west-1b" } },
                ...target("web", "one").slice(1),
            ],
            says: ["expected the targets of group in at least two zones, got eu-west-1b"],
        },
    ],
    notApplicable: [{ others: [subnet("one", "a"), placed("elasticache/subnetGroup", "subnetIds", "one")] }],
});
