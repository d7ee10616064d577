import { describeOn, describeRule } from "../testing.ts";

const repository = "ecr/repository";
const template = "ecr/repositoryCreationTemplate";

const registry = (filter: string, scanFrequency = "SCAN_ON_PUSH") => [
    {
        name: "registry",
        type: "ecr/registryScanningConfiguration",
        props: { scanType: "BASIC", rules: [{ scanFrequency, repositoryFilters: [{ filter, filterType: "WILDCARD" }] }] },
    },
];
const neither = "imageScanningConfiguration.scanOnPush  expected true, or a registry that scans it, got neither";

describeRule({
    rule: "ecr-scan-on-push",
    type: repository,
    compliant: { name: "shop/app", imageScanningConfiguration: { scanOnPush: true } },
    alsoCompliant: [
        { change: { imageScanningConfiguration: undefined }, others: registry("*") },
        { change: { imageScanningConfiguration: { scanOnPush: false } }, others: registry("shop/*", "CONTINUOUS_SCAN") },
        { change: { imageScanningConfiguration: undefined }, others: registry("hop/a") },
        { change: { imageScanningConfiguration: undefined, name: undefined }, others: registry("subj*") },
    ],
    violations: [
        { change: { imageScanningConfiguration: undefined }, says: [neither] },
        { change: { imageScanningConfiguration: { scanOnPush: false } }, others: registry("billing/*"), says: [neither] },
        { change: { imageScanningConfiguration: undefined }, others: registry("*", "MANUAL"), says: [neither] },
    ],
});

describeRule({
    rule: "ecr-enhanced-scanning",
    type: "ecr/registryScanningConfiguration",
    compliant: { scanType: "ENHANCED" },
    violations: [{ change: { scanType: "BASIC" }, says: ['scanType  expected "ENHANCED", got "BASIC"'] }],
});

const exclusion = (filter: string) => ({
    imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters: [{ filter, filterType: "WILDCARD" }],
});

describeOn([repository, template], {
    rule: "ecr-immutable-tags",
    compliant: { imageTagMutability: "IMMUTABLE" },
    alsoCompliant: [{ change: exclusion("latest*") }],
    violations: [
        {
            change: { imageTagMutability: undefined },
            says: ['imageTagMutability  expected "IMMUTABLE" or "IMMUTABLE_WITH_EXCLUSION", got nothing'],
        },
        {
            change: { imageTagMutability: "MUTABLE" },
            says: ['imageTagMutability  expected "IMMUTABLE" or "IMMUTABLE_WITH_EXCLUSION", got "MUTABLE"'],
        },
    ],
});

describeOn([repository, template], {
    rule: "ecr-immutable-tags",
    compliant: exclusion("latest*"),
    violations: [
        {
            change: exclusion("*"),
            says: ['imageTagMutabilityExclusionFilters[0].filter  expected a filter for some tags, got "*"'],
        },
    ],
});

describeOn([repository, template], {
    rule: "ecr-kms",
    compliant: { encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: "arn" }] },
    alsoCompliant: [{ change: { encryptionConfigurations: [{ encryptionType: "KMS_DSSE" }] } }],
    violations: [
        {
            change: { encryptionConfigurations: undefined },
            says: ['encryptionConfigurations.encryptionType  expected "KMS" or "KMS_DSSE", got nothing'],
        },
        {
            change: { encryptionConfigurations: [{ encryptionType: "AES256" }] },
            says: ['encryptionConfigurations.encryptionType  expected "KMS" or "KMS_DSSE", got "AES256"'],
        },
    ],
});

const policy = (principal: unknown, more: object = {}) => ({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: principal, Action: "ecr:BatchGetImage", ...more }],
});

for (const [type, property] of [
    ["ecr/repositoryPolicy", "policy"],
    ["ecr/registryPolicy", "policy"],
    [template, "repositoryPolicy"],
] as const) {
    describeRule({
        rule: "ecr-not-public",
        type,
        compliant: { [property]: JSON.stringify(policy({ AWS: "arn:aws:iam::123456789012:root" })) },
        alsoCompliant: [
            { change: { [property]: policy({ Service: "lambda.amazonaws.com" }) } },
            { change: { [property]: policy("*", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-abc" } } }) } },
        ],
        violations: [
            {
                change: { [property]: JSON.stringify(policy("*")) },
                says: [`${property}.Statement[0]  expected named principals or a condition that leaves out strangers, got anybody`],
            },
            {
                change: { [property]: policy({ AWS: "*" }) },
                says: [`${property}.Statement[0]  expected named principals or a condition that leaves out strangers, got anybody`],
            },
        ],
    });
}

describeRule({
    rule: "ecr-not-public",
    type: "ecrpublic/repository",
    violations: [{ says: ["expected a private repository, got a public one"] }],
});

describeRule({
    rule: "ecr-lifecycle-policy",
    type: repository,
    compliant: {},
    others: [{ name: "policy", type: "ecr/lifecyclePolicy", links: { repository: "subject" } }],
    violations: [{ others: [], says: ["expected a LifecyclePolicy for the repository, got none"] }],
});

describeRule({
    rule: "ecr-lifecycle-policy",
    type: template,
    compliant: { lifecyclePolicy: "{}" },
    violations: [{ change: { lifecyclePolicy: undefined }, says: ["lifecyclePolicy  expected a lifecycle policy, got nothing"] }],
    unknownIsFine: ["lifecyclePolicy"],
});

describeRule({
    rule: "ecr-no-force-delete",
    type: repository,
    compliant: {},
    violations: [{ change: { forceDelete: true }, says: ["forceDelete  expected false or nothing, got true"] }],
});
