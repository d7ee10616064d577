import { describeRule } from "../testing.ts";

const type = "codebuild/project";
const key = "arn:aws:kms:eu-west-1:123456789012:key/1";
const leaked = "AKIAABCDEFGHIJKLMNOP";
const environment = (more: Readonly<Record<string, unknown>>) => ({ environment: { image: "aws/codebuild/standard:7.0", ...more } });
const variables = (...list: readonly unknown[]) => environment({ environmentVariables: list });

describeRule({
    rule: "codebuild-no-plaintext-credentials",
    type,
    compliant: variables(
        { name: "STAGE", value: "prod" },
        { name: "DB_PASSWORD", type: "SECRETS_MANAGER", value: "db:password" },
        { name: "AWS_ACCESS_KEY_ID", type: "PARAMETER_STORE", value: "/partner/key" },
    ),
    alsoCompliant: [{ change: variables({ name: "API_KEY", value: "arn:aws:secretsmanager:eu-west-1:1:secret:api" }) }],
    violations: [
        {
            change: variables({ name: "KEY", value: leaked }, { name: "DB_PASSWORD", type: "PLAINTEXT", value: "correct-horse" }),
            says: [
                "environment.environmentVariables[0].value  expected a reference to a secret in KEY, got an AWS access key id",
                "environment.environmentVariables[1].value  expected a reference to a secret in DB_PASSWORD, got what its name calls a secret",
            ],
        },
        {
            change: variables({ name: "AWS_SECRET_ACCESS_KEY", value: "x" }),
            says: [
                "environment.environmentVariables[0].value  expected a reference to a secret in AWS_SECRET_ACCESS_KEY, got a credential of AWS",
            ],
        },
    ],
    secrets: [leaked, "correct-horse"],
});

const github = { type: "GITHUB", location: "https://github.com/acme/shop.git" };

const script = (line: string) => ({
    source: { type: "NO_SOURCE", buildspec: `version: 0.2\nphases:\n  build:\n    commands:\n      - |\n${line}` },
});

describeRule({
    rule: "codebuild-no-secrets-in-buildspec",
    type,
    compliant: script("npm ci"),
    alsoCompliant: [{ change: { source: { type: "GITHUB", location: "https://github.com/acme/shop.git", buildspec: "build.yml" } } }],
    violations: [
        {
            change: script(`aws configure set aws_access_key_id ${leaked}`),
            says: ["source.buildspec  expected a buildspec without credentials, got one with an AWS access key id"],
        },
        {
            change: script("export DB_PASSWORD=correct-horse"),
            says: ["source.buildspec  expected a buildspec without credentials, got one with what its name calls a secret"],
        },
    ],
    secrets: [leaked, "correct-horse"],
});

describeRule({
    rule: "codebuild-source-no-credentials",
    type,
    compliant: { source: github },
    alsoCompliant: [{ change: { source: { type: "CODEPIPELINE" } } }],
    violations: [
        {
            change: { source: { ...github, location: "https://bot:correct-horse@github.com/acme/shop.git" } },
            says: ["source.location  expected an address without credentials, got one with a URL with a password in it"],
        },
        {
            change: { source: github, secondarySources: [{ ...github, location: "https://correct-horse@github.com/acme/shop.git" }] },
            says: ["secondarySources[0].location  expected an address without credentials, got one with a credential"],
        },
    ],
    secrets: ["correct-horse"],
});

describeRule({
    rule: "codebuild-source-tls-verified",
    type,
    compliant: { source: github },
    violations: [
        { change: { source: { ...github, insecureSsl: true } }, says: ["source.insecureSsl  expected false or nothing, got true"] },
        {
            change: { secondarySources: [{ ...github, insecureSsl: true }] },
            says: ["secondarySources[0].insecureSsl  expected false or nothing, got true"],
        },
    ],
});

describeRule({
    rule: "codebuild-no-personal-token",
    type: "codebuild/sourceCredential",
    compliant: { serverType: "GITHUB", authType: "CODECONNECTIONS", token: "arn:aws:codeconnections:eu-west-1:1:connection/1" },
    violations: [
        {
            change: { authType: "PERSONAL_ACCESS_TOKEN", token: "ghp_0123456789" },
            says: ['authType  expected "CODECONNECTIONS" or "SECRETS_MANAGER", got "PERSONAL_ACCESS_TOKEN"'],
        },
    ],
    unknownIsFine: ["token"],
    secrets: ["ghp_0123456789"],
});

describeRule({
    rule: "codebuild-no-privileged",
    type,
    compliant: environment({}),
    violations: [
        {
            change: environment({ privilegedMode: true }),
            says: ["environment.privilegedMode  expected false or nothing, got true"],
        },
    ],
});

describeRule({
    rule: "codebuild-no-privileged",
    type,
    parameters: { allowed: ["subject"] },
    notApplicable: [{ change: environment({ privilegedMode: true }) }],
    violations: [],
});

describeRule({
    rule: "codebuild-logging",
    type,
    compliant: {},
    alsoCompliant: [
        { change: { logsConfig: { cloudwatchLogs: { groupName: "builds" } } } },
        { change: { logsConfig: { cloudwatchLogs: { status: "DISABLED" }, s3Logs: { status: "ENABLED", location: "logs/builds" } } } },
    ],
    violations: [
        {
            change: { logsConfig: { cloudwatchLogs: { status: "DISABLED" } } },
            says: ['logsConfig.cloudwatchLogs.status  expected "ENABLED" or nothing, got "DISABLED"'],
        },
    ],
});

const bucketLogs = (more: Readonly<Record<string, unknown>>) => ({ logsConfig: { s3Logs: { status: "ENABLED", ...more } } });

describeRule({
    rule: "codebuild-s3-logs-encrypted",
    type,
    compliant: bucketLogs({}),
    violations: [
        {
            change: bucketLogs({ encryptionDisabled: true }),
            says: ["logsConfig.s3Logs.encryptionDisabled  expected false or nothing, got true"],
        },
    ],
    notApplicable: [{ change: { logsConfig: undefined } }],
});

describeRule({
    rule: "codebuild-artifacts-encrypted",
    type,
    compliant: { artifacts: { type: "S3" } },
    violations: [
        {
            change: { artifacts: { type: "S3", encryptionDisabled: true } },
            says: ["artifacts.encryptionDisabled  expected false or nothing, got true"],
        },
        {
            change: { secondaryArtifacts: [{ artifactIdentifier: "map", type: "S3", encryptionDisabled: true }] },
            says: ["secondaryArtifacts[0].encryptionDisabled  expected false or nothing, got true"],
        },
    ],
});

describeRule({
    rule: "codebuild-cmk",
    type,
    compliant: { artifacts: { type: "S3" }, encryptionKey: key },
    violations: [
        { change: { encryptionKey: undefined }, says: ["encryptionKey  expected a key of your own, got nothing"] },
        {
            change: {
                encryptionKey: undefined,
                artifacts: { type: "NO_ARTIFACTS" },
                secondaryArtifacts: [{ artifactIdentifier: "map", type: "S3" }],
            },
            says: ["encryptionKey  expected a key of your own, got nothing"],
        },
    ],
    unknownIsFine: ["encryptionKey"],
    notApplicable: [{ change: { artifacts: { type: "NO_ARTIFACTS" } } }],
    alsoCompliant: [{ change: { secondaryArtifacts: [{ artifactIdentifier: "map", type: "S3" }] } }],
});

const exported = (more: Readonly<Record<string, unknown>>) => ({
    exportConfig: { type: "S3", s3Destination: { bucket: "b", encryptionKey: key, ...more } },
});

describeRule({
    rule: "codebuild-report-group-encrypted",
    type: "codebuild/reportGroup",
    compliant: exported({}),
    violations: [
        {
            change: exported({ encryptionDisabled: true }),
            says: ["exportConfig.s3Destination.encryptionDisabled  expected false or nothing, got true"],
        },
    ],
    notApplicable: [{ change: { exportConfig: { type: "NO_EXPORT" } } }],
});

describeRule({
    rule: "codebuild-managed-image",
    type,
    compliant: environment({}),
    alsoCompliant: [
        { change: environment({ image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/build:7" }) },
        { change: environment({ image: `docker.io/library/node@sha256:${"0".repeat(64)}` }) },
    ],
    violations: [
        {
            change: environment({ image: "node:24" }),
            says: ['environment.image  expected aws/codebuild/…, an ECR image or a digest, got "node:24"'],
        },
    ],
});

describeRule({
    rule: "codebuild-private",
    type,
    compliant: {},
    violations: [
        {
            change: { projectVisibility: "PUBLIC_READ" },
            says: ['projectVisibility  expected "PRIVATE" or nothing, got "PUBLIC_READ"'],
        },
    ],
});

const group = (...filters: readonly (readonly [type: string, pattern: string])[]) => ({
    filterGroups: [{ filters: filters.map(([kind, pattern]) => ({ type: kind, pattern })) }],
});
const opened = ["EVENT", "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED"] as const;
const pushed = ["EVENT", "PUSH"] as const;
const open = "filterGroups[0]  expected an ACTOR_ACCOUNT_ID filter or pullRequestBuildPolicy, got neither: strangers' pull requests build";

describeRule({
    rule: "codebuild-webhook-filters",
    type: "codebuild/webhook",
    compliant: group(opened, ["ACTOR_ACCOUNT_ID", "^12345$|^67890$"]),
    alsoCompliant: [
        { change: group(pushed) },
        { change: group(["EVENT", "PULL_REQUEST_MERGED"]) },
        {
            change: {
                filterGroups: [
                    {
                        filters: [
                            { type: "EVENT", pattern: "PUSH" },
                            { type: "HEAD_REF", pattern: "tmp", excludeMatchedPattern: true },
                        ],
                    },
                ],
            },
        },
        { change: group(opened, ["ACTOR_ACCOUNT_ID", "(^12345$)|(^67890$)"]) },
        { change: group(pushed, ["HEAD_REF", "^refs/heads/(main|fix/(a|b))$"]) },
        { change: group(pushed, ["HEAD_REF", "^refs/heads/release/"]) },
        { change: { ...group(opened), pullRequestBuildPolicy: { requiresCommentApproval: "FORK_PULL_REQUESTS" } } },
        { change: { filterGroups: undefined, pullRequestBuildPolicy: { requiresCommentApproval: "ALL_PULL_REQUESTS" } } },
    ],
    violations: [
        ...["PULL_REQUEST_CREATED", "PULL_REQUEST_UPDATED", "PULL_REQUEST_REOPENED", "PUSH, PULL_REQUEST_CREATED"].map((pattern) => ({
            change: group(["EVENT", pattern]),
            says: [open],
        })),
        { change: group(["FILE_PATH", "^src/"]), says: [open] },
        // The branch of a fork is named by its owner, the branch aimed at by everybody.
        { change: group(opened, ["HEAD_REF", "^refs/heads/main$"], ["BASE_REF", "^refs/heads/main$"]), says: [open] },
        { change: { ...group(opened), pullRequestBuildPolicy: { requiresCommentApproval: "DISABLED" } }, says: [open] },
        {
            change: group(opened, ["ACTOR_ACCOUNT_ID", "12345"]),
            says: ['filterGroups[0].filters[1].pattern  expected a pattern from ^ to $, got "12345"'],
        },
        {
            change: group(opened, ["ACTOR_ACCOUNT_ID", "^12345|67890$"]),
            says: ['filterGroups[0].filters[1].pattern  expected a pattern from ^ to $, got "^12345|67890$"'],
        },
        {
            change: group(pushed, ["HEAD_REF", "refs/heads/main"]),
            says: ['filterGroups[0].filters[1].pattern  expected a pattern from ^ to $, got "refs/heads/main"'],
        },
        {
            change: { filterGroups: undefined },
            says: ["filterGroups  expected filters of event and author, got none: every event of every author builds"],
        },
    ],
});

describeRule({
    rule: "codebuild-in-vpc",
    type,
    compliant: { vpcConfig: { vpcId: "vpc-1", subnets: ["subnet-1"], securityGroupIds: ["sg-1"] } },
    violations: [{ change: { vpcConfig: undefined }, says: ["vpcConfig.vpcId  expected a VPC, got nothing"] }],
});

const shared = (Principal: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
    policy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal, Action: "codebuild:BatchGetBuilds", Resource: "*", ...more }] }),
});

describeRule({
    rule: "codebuild-not-shared-with-anybody",
    type: "codebuild/resourcePolicy",
    compliant: shared({ AWS: "arn:aws:iam::123456789012:root" }),
    alsoCompliant: [{ change: shared("*", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }) }],
    violations: [{ change: shared("*"), says: ["policy.Statement[0].Principal  expected named accounts, got everybody"] }],
});
