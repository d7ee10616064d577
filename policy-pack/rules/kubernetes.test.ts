import { describeRule } from "../testing.ts";

const cluster = "eks/cluster";
const nodes = "eks/nodeGroup";

describeRule({
    rule: "eks-private-endpoint",
    type: cluster,
    compliant: { vpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true, subnetIds: [] } },
    violations: [
        {
            change: { vpcConfig: { subnetIds: [] } },
            says: ["vpcConfig.endpointPublicAccess  expected false (true is the default), got nothing"],
        },
        {
            change: { vpcConfig: { endpointPublicAccess: true } },
            says: ["vpcConfig.endpointPublicAccess  expected false (true is the default), got true"],
        },
    ],
});

describeRule({
    rule: "eks-public-cidrs-restricted",
    type: cluster,
    compliant: { vpcConfig: { publicAccessCidrs: ["203.0.113.0/24"] } },
    violations: [
        {
            change: { vpcConfig: { endpointPrivateAccess: true } },
            says: ["vpcConfig.publicAccessCidrs  expected known address blocks, got nothing, which means 0.0.0.0/0"],
        },
        {
            change: { vpcConfig: { publicAccessCidrs: ["0.0.0.0/1", "128.0.0.0/1"] } },
            says: ["vpcConfig.publicAccessCidrs  expected known address blocks, got 0.0.0.0/1 and 128.0.0.0/1"],
        },
    ],
    notApplicable: [{ change: { vpcConfig: { endpointPublicAccess: false, publicAccessCidrs: ["0.0.0.0/0"] } } }],
});

describeRule({
    rule: "eks-secrets-encrypted",
    type: cluster,
    compliant: { encryptionConfig: { provider: { keyArn: "arn" }, resources: ["secrets"] } },
    violations: [
        { change: { encryptionConfig: undefined }, says: ['encryptionConfig.resources  expected "secrets", got nothing'] },
        {
            change: { encryptionConfig: { resources: ["configmaps"] } },
            says: ['encryptionConfig.resources  expected "secrets", got "configmaps"'],
        },
    ],
});

describeRule({
    rule: "eks-control-plane-logs",
    type: cluster,
    compliant: { enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"] },
    violations: [
        {
            change: { enabledClusterLogTypes: ["api", "audit", "authenticator"] },
            says: ['enabledClusterLogTypes  expected "controllerManager" and "scheduler" too, got "api", "audit" and "authenticator"'],
        },
        {
            change: { enabledClusterLogTypes: ["scheduler", "controllerManager"] },
            says: ['enabledClusterLogTypes  expected "api", "audit" and "authenticator" too, got "scheduler" and "controllerManager"'],
        },
    ],
});

describeRule({
    rule: "eks-control-plane-logs",
    type: cluster,
    parameters: { types: ["audit"] },
    compliant: { enabledClusterLogTypes: ["audit"] },
    violations: [{ change: { enabledClusterLogTypes: undefined }, says: ['enabledClusterLogTypes  expected "audit" too, got nothing'] }],
});

for (const type of [cluster, nodes]) {
    describeRule({
        rule: "eks-supported-version",
        type,
        compliant: { version: "1.36" },
        // 1.34 has eleven days left on the day of the tests; 1.37 came out after the table was read.
        alsoCompliant: [{ change: { version: "1.34" } }, { change: { version: "1.37" } }],
        violations: [
            {
                change: { version: "1.33" },
                says: ['version  expected a version in standard support, got "1.33", which left it on 2026-07-29'],
            },
            {
                change: { version: "1.9" },
                says: ['version  expected a version in standard support, got "1.9", which left it years ago or never was'],
            },
        ],
        notApplicable: [{ change: { version: undefined } }],
    });
}

describeRule({
    rule: "eks-standard-support-policy",
    type: cluster,
    compliant: { upgradePolicy: { supportType: "STANDARD" } },
    violations: [
        { change: { upgradePolicy: undefined }, says: ['upgradePolicy.supportType  expected "STANDARD", got nothing'] },
        {
            change: { upgradePolicy: { supportType: "EXTENDED" } },
            says: ['upgradePolicy.supportType  expected "STANDARD", got "EXTENDED"'],
        },
    ],
});

const bootstrap = "accessConfig.bootstrapClusterCreatorAdminPermissions  expected false (true is the default)";

describeRule({
    rule: "eks-access-entries-only",
    type: cluster,
    compliant: { accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false } },
    violations: [
        {
            change: { accessConfig: undefined },
            says: ['accessConfig.authenticationMode  expected "API", got nothing', `${bootstrap}, got nothing`],
        },
        {
            change: { accessConfig: { authenticationMode: "API_AND_CONFIG_MAP", bootstrapClusterCreatorAdminPermissions: false } },
            says: ['accessConfig.authenticationMode  expected "API", got "API_AND_CONFIG_MAP"'],
        },
        {
            change: { accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true } },
            says: [`${bootstrap}, got true`],
        },
    ],
});

describeRule({
    rule: "eks-deletion-protection",
    type: cluster,
    compliant: { deletionProtection: true },
    violations: [{ change: { deletionProtection: undefined }, says: ["deletionProtection  expected true, got nothing"] }],
});

describeRule({
    rule: "eks-node-ssh-restricted",
    type: nodes,
    compliant: { remoteAccess: { ec2SshKey: "ops", sourceSecurityGroupIds: ["sg-0123"] } },
    violations: [
        {
            change: { remoteAccess: { ec2SshKey: "ops" } },
            says: ["remoteAccess.sourceSecurityGroupIds  expected security groups, got nothing"],
        },
    ],
    notApplicable: [{ change: { remoteAccess: undefined } }],
});

const subnet = (name: string, zone: string, isPublic = false) => ({
    name,
    type: "ec2/subnet",
    props: { availabilityZone: zone, mapPublicIpOnLaunch: isPublic },
});
const owner = { name: "cluster", type: cluster };
const sibling = { name: "sibling", type: nodes, links: { clusterName: "cluster", subnetIds: ["two"] } };

describeRule({
    rule: "eks-nodes-private-multi-az",
    type: nodes,
    compliant: {},
    links: { clusterName: "cluster", subnetIds: ["one", "two"] },
    others: [owner, subnet("one", "eu-west-1a"), subnet("two", "eu-west-1b")],
    alsoCompliant: [
        { links: { subnetIds: ["one"] }, others: [owner, subnet("one", "eu-west-1a"), subnet("two", "eu-west-1b"), sibling] },
        { links: { clusterName: [] }, change: { clusterName: "elsewhere" } },
    ],
    violations: [
        {
            others: [owner, subnet("one", "eu-west-1a", true), subnet("two", "eu-west-1b")],
            says: ["subnetIds  expected private subnets, got one, which is public"],
        },
        {
            others: [owner, subnet("one", "eu-west-1a"), subnet("two", "eu-west-1a")],
            says: ["subnetIds  expected subnets in at least 2 zones, got eu-west-1a"],
        },
        {
            links: { clusterName: [], subnetIds: ["one"] },
            others: [subnet("one", "eu-west-1a"), subnet("two", "eu-west-1b"), sibling, owner],
            says: ["subnetIds  expected subnets in at least 2 zones, got eu-west-1a"],
        },
    ],
});

describeRule({
    rule: "eks-supported-node-image",
    type: nodes,
    compliant: { amiType: "AL2023_x86_64_STANDARD" },
    alsoCompliant: [{ change: { amiType: undefined } }, { change: { amiType: "BOTTLEROCKET_ARM_64" } }],
    violations: [
        { change: { amiType: "AL2_x86_64" }, says: ['amiType  expected an image of Amazon Linux 2023 or Bottlerocket, got "AL2_x86_64"'] },
    ],
});

describeRule({
    rule: "eks-node-auto-repair",
    type: nodes,
    compliant: { nodeRepairConfig: { enabled: true } },
    violations: [{ change: { nodeRepairConfig: undefined }, says: ["nodeRepairConfig.enabled  expected true, got nothing"] }],
});
