import { describeRule } from "../testing.ts";

const cluster = "emr/cluster";

describeRule({
    rule: "emr-security-configuration",
    type: cluster,
    compliant: { securityConfiguration: "encrypted" },
    violations: [
        { change: { securityConfiguration: undefined }, says: ["securityConfiguration  expected a security configuration, got nothing"] },
    ],
    unknownIsFine: ["securityConfiguration"],
});

const disks = { EncryptionKeyProviderType: "AwsKms", AwsKmsKey: "arn", EnableEbsEncryption: true };
const document = (encryption: object) => JSON.stringify({ EncryptionConfiguration: encryption });
const atRest = (local: object | undefined, on = true) =>
    document({ EnableAtRestEncryption: on, AtRestEncryptionConfiguration: { LocalDiskEncryptionConfiguration: local } });
const local = "configuration.EncryptionConfiguration.AtRestEncryptionConfiguration.LocalDiskEncryptionConfiguration";

describeRule({
    rule: "emr-at-rest-encryption",
    type: "emr/securityConfiguration",
    compliant: { configuration: atRest(disks) },
    alsoCompliant: [{ change: { configuration: atRest({ EncryptionKeyProviderType: "Custom", S3Object: "s3://keys/provider.jar" }) } }],
    violations: [
        {
            change: { configuration: atRest(disks, false) },
            says: ["configuration.EncryptionConfiguration.EnableAtRestEncryption  expected true, got false"],
        },
        {
            change: { configuration: atRest(undefined) },
            says: [`${local}.EncryptionKeyProviderType  expected "AwsKms" or "Custom", got nothing`],
        },
        {
            change: { configuration: atRest({ ...disks, EnableEbsEncryption: false }) },
            says: [`${local}.EnableEbsEncryption  expected true, got false`],
        },
        { change: { configuration: "at rest: yes" }, says: ["configuration  expected a JSON document, got something else"] },
    ],
});

const certificates = { CertificateProviderType: "PEM", S3Object: "s3://certificates/emr.zip" };
const inTransit = (on: boolean, certificate: object | undefined) =>
    document({ EnableInTransitEncryption: on, InTransitEncryptionConfiguration: { TLSCertificateConfiguration: certificate } });

describeRule({
    rule: "emr-in-transit-encryption",
    type: "emr/securityConfiguration",
    compliant: { configuration: inTransit(true, certificates) },
    violations: [
        {
            change: { configuration: inTransit(false, certificates) },
            says: ["configuration.EncryptionConfiguration.EnableInTransitEncryption  expected true, got false"],
        },
        {
            change: { configuration: document({}) },
            says: [
                "configuration.EncryptionConfiguration.EnableInTransitEncryption  expected true, got nothing",
                'configuration.EncryptionConfiguration.InTransitEncryptionConfiguration.TLSCertificateConfiguration.CertificateProviderType  expected "PEM" or "Custom", got nothing',
            ],
        },
        { change: { configuration: "" }, says: ["configuration  expected a JSON document, got something else"] },
    ],
});

describeRule({
    rule: "emr-kerberos",
    type: cluster,
    compliant: { kerberosAttributes: { realm: "EC2.INTERNAL", kdcAdminPassword: "correct-horse" } },
    violations: [{ change: { kerberosAttributes: undefined }, says: ["kerberosAttributes  expected Kerberos, got nothing"] }],
    unknownIsFine: ["kerberosAttributes"],
    secrets: ["correct-horse"],
});

describeRule({
    rule: "emr-logging",
    type: cluster,
    compliant: { logUri: "s3://logs/emr/" },
    violations: [{ change: { logUri: undefined }, says: ["logUri  expected a place in S3, got nothing"] }],
    unknownIsFine: ["logUri"],
});

describeRule({
    rule: "emr-block-public-access",
    type: "emr/blockPublicAccessConfiguration",
    compliant: { blockPublicSecurityGroupRules: true },
    alsoCompliant: [{ change: { permittedPublicSecurityGroupRuleRanges: [{ minRange: 22, maxRange: 22 }] } }],
    violations: [
        { change: { blockPublicSecurityGroupRules: false }, says: ["blockPublicSecurityGroupRules  expected true, got false"] },
        {
            change: {
                permittedPublicSecurityGroupRuleRanges: [
                    { minRange: 22, maxRange: 22 },
                    { minRange: 8000, maxRange: 9000 },
                ],
            },
            says: ["permittedPublicSecurityGroupRuleRanges[1]  expected no ports, or 22 alone, got 8000 to 9000"],
        },
        {
            change: { permittedPublicSecurityGroupRuleRanges: [{ minRange: 22, maxRange: 80 }] },
            says: ["permittedPublicSecurityGroupRuleRanges[0]  expected no ports, or 22 alone, got 22 to 80"],
        },
    ],
});

const route = (gateway: string) => [
    { name: "gateway", type: gateway },
    { name: "table", type: "ec2/routeTable" },
    {
        name: "way",
        type: "ec2/route",
        props: { destinationCidrBlock: "0.0.0.0/0" },
        links: { routeTableId: "table", [gateway === "ec2/natGateway" ? "natGatewayId" : "gatewayId"]: "gateway" },
    },
    { name: "association", type: "ec2/routeTableAssociation", links: { routeTableId: "table", subnetId: "workers" } },
];
const workers = (props: object = {}) => ({ name: "workers", type: "ec2/subnet", props: { ...props } });

describeRule({
    rule: "emr-no-public-primary",
    type: cluster,
    compliant: { ec2Attributes: { subnetId: "id-of-workers", instanceProfile: "emr" } },
    links: { ec2Attributes: ["workers"] },
    others: [workers(), ...route("ec2/natGateway")],
    alsoCompliant: [{ change: { ec2Attributes: { subnetIds: ["id-of-workers"] } } }],
    violations: [
        {
            others: [workers(), ...route("ec2/internetGateway")],
            says: ["ec2Attributes  expected a private subnet, got workers, which is public"],
        },
        {
            others: [workers({ mapPublicIpOnLaunch: true })],
            says: ["ec2Attributes  expected a private subnet, got workers, which is public"],
        },
        {
            others: [{ name: "workers", type: "ec2/defaultSubnet" }],
            says: ["ec2Attributes  expected a private subnet, got workers, which is public"],
        },
    ],
    notApplicable: [{ change: { ec2Attributes: { subnetId: "subnet-0123456789" } }, links: { ec2Attributes: [] }, others: [] }],
});

describeRule({
    rule: "emr-no-public-primary",
    type: cluster,
    violations: [
        {
            change: { ec2Attributes: { instanceProfile: "emr" } },
            says: ["ec2Attributes  expected a private subnet, got none, which means a default and public one"],
        },
    ],
});

const group = (block: string) => [
    {
        name: "nodes",
        type: "ec2/securityGroup",
        props: { ingress: [{ protocol: "tcp", fromPort: 8888, toPort: 8888, cidrBlocks: [block] }] },
    },
];

describeRule({
    rule: "emr-sg-not-open",
    type: cluster,
    compliant: { ec2Attributes: { additionalMasterSecurityGroups: "id-of-nodes" } },
    links: { ec2Attributes: ["nodes"] },
    others: group("10.0.0.0/16"),
    violations: [
        {
            others: group("0.0.0.0/0"),
            says: ["ec2Attributes  expected no way from the internet, got 0.0.0.0/0 on tcp 8888 in nodes"],
        },
    ],
    notApplicable: [{ change: { ec2Attributes: { instanceProfile: "emr" } }, links: { ec2Attributes: [] } }],
});

describeRule({
    rule: "emr-auto-termination",
    type: cluster,
    compliant: { autoTerminationPolicy: { idleTimeout: 3600 } },
    alsoCompliant: [
        { change: { autoTerminationPolicy: undefined, terminationProtection: true } },
        { change: { autoTerminationPolicy: undefined, keepJobFlowAliveWhenNoSteps: false } },
    ],
    violations: [
        {
            change: { autoTerminationPolicy: undefined },
            says: ["autoTerminationPolicy  expected one, or terminationProtection: true, got neither"],
        },
    ],
});

describeRule({
    rule: "emr-auto-termination",
    type: cluster,
    parameters: { protectionSuffices: false },
    compliant: { autoTerminationPolicy: { idleTimeout: 3600 } },
    violations: [
        {
            change: { autoTerminationPolicy: undefined, terminationProtection: true },
            says: ["autoTerminationPolicy  expected one, got nothing"],
        },
    ],
    unknownIsFine: ["terminationProtection"],
});

describeRule({
    rule: "emr-serverless-capacity-cap",
    type: "emrserverless/application",
    compliant: { maximumCapacity: { cpu: "100 vCPU", memory: "400 GB" } },
    violations: [{ change: { maximumCapacity: undefined }, says: ["maximumCapacity  expected a ceiling, got nothing"] }],
    unknownIsFine: ["maximumCapacity"],
});

describeRule({
    rule: "emr-serverless-auto-stop",
    type: "emrserverless/application",
    compliant: {},
    alsoCompliant: [{ change: { autoStopConfiguration: { enabled: true, idleTimeoutMinutes: 15 } } }],
    violations: [
        {
            change: { autoStopConfiguration: { enabled: false } },
            says: ["autoStopConfiguration.enabled  expected true or nothing, got false"],
        },
    ],
});
