import { describeRule, type Other, subject } from "../testing.ts";

const type = "efs/fileSystem";
const key = "arn:aws:kms:eu-west-1:123456789012:key/1";

describeRule({
    rule: "efs-encrypted",
    type,
    compliant: { encrypted: true },
    violations: [{ change: { encrypted: undefined }, says: ["encrypted  expected true, got nothing"] }],
});

describeRule({
    rule: "efs-cmk",
    type,
    compliant: { encrypted: true, kmsKeyId: key },
    violations: [{ change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a key of your own, got nothing"] }],
    unknownIsFine: ["kmsKeyId"],
});

const ofFiles = (kind: string, props: Readonly<Record<string, unknown>>, name = kind): Other => ({
    name,
    type: kind,
    props,
    links: { fileSystemId: subject },
});
const backup = (status: string) => ofFiles("efs/backupPolicy", { backupPolicy: { status } });

describeRule({
    rule: "efs-backup",
    type,
    compliant: { tags: { backup: "daily" } },
    others: [backup("ENABLED")],
    alsoCompliant: [
        {
            others: [
                {
                    name: "selection",
                    type: "backup/selection",
                    props: { selectionTags: [{ type: "STRINGEQUALS", key: "backup", value: "daily" }] },
                },
            ],
        },
    ],
    violations: [
        { others: [], says: ["expected a backup selection that takes it in, got no selection in this stack"] },
        { others: [backup("DISABLED")], says: ["expected a backup selection that takes it in, got no selection in this stack"] },
    ],
});

describeRule({
    rule: "efs-access-point-enforced",
    type: "efs/accessPoint",
    compliant: { rootDirectory: { path: "/shop" }, posixUser: { uid: 1000, gid: 1000 } },
    violations: [
        { change: { posixUser: undefined }, says: ["posixUser  expected an identity, got nothing"] },
        { change: { rootDirectory: { path: "/" } }, says: ['rootDirectory.path  expected a directory below the root, got "/"'] },
        { change: { rootDirectory: undefined }, says: ["rootDirectory.path  expected a directory below the root, got nothing"] },
    ],
    unknownIsFine: ["posixUser"],
});

describeRule({
    rule: "efs-regional",
    type,
    compliant: {},
    violations: [
        { change: { availabilityZoneName: "eu-west-1a" }, says: ["availabilityZoneName  expected a file system of the region, got one"] },
    ],
    unknownIsWrong: ["availabilityZoneName"],
});

const subnet = (name: string, availabilityZone: string): Other => ({ name, type: "ec2/subnet", props: { availabilityZone } });
const target = (name: string, inSubnet: string): Other => ({
    name,
    type: "efs/mountTarget",
    links: { fileSystemId: subject, subnetId: inSubnet },
});
const subnets = [subnet("one", "eu-west-1a"), subnet("other", "eu-west-1b"), subnet("twin", "eu-west-1a")];

describeRule({
    rule: "efs-mount-targets-multi-az",
    type,
    compliant: {},
    others: [...subnets, target("here", "one"), target("there", "other")],
    alsoCompliant: [{ others: [target("here", "subnet-1"), target("there", "subnet-2")] }],
    violations: [
        { others: [...subnets, target("here", "one")], says: ["expected mount targets in at least 2 zones, got 1"] },
        { others: [target("here", "subnet-1")], says: ["expected mount targets in at least 2 zones, got 1"] },
        {
            others: [...subnets, target("here", "one"), target("there", "twin")],
            says: ["expected mount targets in at least 2 zones, got 1"],
        },
    ],
    notApplicable: [{ others: [] }, { change: { availabilityZoneName: "eu-west-1a" }, others: [...subnets, target("here", "one")] }],
});

const homeSubnet = (mapPublicIpOnLaunch?: boolean): Other => ({ name: "home", type: "ec2/subnet", props: { mapPublicIpOnLaunch } });

describeRule({
    rule: "efs-mount-target-private",
    type: "efs/mountTarget",
    compliant: {},
    links: { subnetId: "home" },
    others: [homeSubnet()],
    violations: [{ others: [homeSubnet(true)], says: ["subnetId  expected a private subnet, got home with mapPublicIpOnLaunch"] }],
    notApplicable: [{ others: [] }],
});

const refusal = { Effect: "Deny", Principal: { AWS: "*" }, Action: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } };
const policy = (...statements: readonly unknown[]) => ({ policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) });
const guard = (...statements: readonly unknown[]) => ofFiles("efs/fileSystemPolicy", policy(...statements));
const plain = ["expected a FileSystemPolicy that refuses mounts without TLS, got none"];

describeRule({
    rule: "efs-tls-policy",
    type,
    compliant: {},
    others: [guard(refusal)],
    alsoCompliant: [{ others: [guard({ ...refusal, Action: ["elasticfilesystem:ClientMount"] })] }],
    violations: [
        { others: [], says: plain },
        { others: [guard({ ...refusal, Effect: "Allow" })], says: plain },
        { others: [guard({ ...refusal, Action: "elasticfilesystem:ClientWrite" })], says: plain },
    ],
});

const mounting = { Effect: "Allow", Principal: { AWS: "*" }, Action: "elasticfilesystem:ClientMount" };

describeRule({
    rule: "efs-no-public-policy",
    type: "efs/fileSystemPolicy",
    compliant: policy(refusal, { ...mounting, Condition: { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } } }),
    violations: [
        {
            change: policy(mounting),
            says: ["policy.Statement[0]  expected named principals, or a condition on the account or organisation, got everybody"],
        },
    ],
});

describeRule({
    rule: "efs-lifecycle",
    type,
    compliant: { lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }, { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" }] },
    alsoCompliant: [{ change: { lifecyclePolicies: [{ transitionToArchive: "AFTER_90_DAYS" }] } }],
    violations: [
        {
            change: { lifecyclePolicies: undefined },
            says: ["lifecyclePolicies  expected transitionToIa or transitionToArchive, got neither"],
        },
        {
            change: { lifecyclePolicies: [{ transitionToPrimaryStorageClass: "AFTER_1_ACCESS" }] },
            says: ["lifecyclePolicies  expected transitionToIa or transitionToArchive, got neither"],
        },
    ],
});
