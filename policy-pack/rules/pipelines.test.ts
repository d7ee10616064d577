import { describeRule } from "../testing.ts";

const type = "codepipeline/pipeline";
const store = { type: "S3", location: "artifacts", encryptionKey: { type: "KMS", id: "arn:aws:kms:eu-west-1:123456789012:key/1" } };

describeRule({
    rule: "codepipeline-artifact-cmk",
    type,
    compliant: { artifactStores: [store] },
    violations: [
        {
            change: { artifactStores: [store, { type: "S3", location: "elsewhere", region: "eu-central-1" }] },
            says: ["artifactStores[1].encryptionKey  expected a key of your own, got nothing"],
        },
    ],
});

const action = (category: string, provider: string, more: Readonly<Record<string, unknown>> = {}) => ({
    name: provider,
    category,
    provider,
    owner: "AWS",
    version: "1",
    ...more,
});
const source = action("Source", "CodeStarSourceConnection");
const approval = action("Approval", "Manual");
const deploy = action("Deploy", "ElasticBeanstalk");
const stage = (name: string, ...actions: readonly unknown[]) => ({ name, actions });

describeRule({
    rule: "codepipeline-no-github-token",
    type,
    compliant: { stages: [stage("Source", source)] },
    alsoCompliant: [{ change: { stages: [stage("Source", action("Source", "GitLab", { owner: "ThirdParty" }))] } }],
    violations: [
        {
            change: {
                stages: [
                    stage("Source", action("Source", "GitHub", { owner: "ThirdParty", configuration: { OAuthToken: "ghp_0123456789" } })),
                ],
            },
            says: ['stages[0].actions[0].provider  expected "CodeStarSourceConnection", got GitHub\'s first version'],
        },
    ],
    secrets: ["ghp_0123456789"],
});

const build = (configuration: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) => ({
    stages: [stage("Build", action("Build", "CodeBuild", { configuration, ...more }))],
});
const variables = (...list: readonly unknown[]) => build({ ProjectName: "shop", EnvironmentVariables: JSON.stringify(list) });
const inVariables = "stages[0].actions[0].configuration.EnvironmentVariables[0].value  expected a reference to a secret, got";

describeRule({
    rule: "codepipeline-no-plaintext-credentials",
    type,
    compliant: variables(
        { name: "STAGE", value: "prod", type: "PLAINTEXT" },
        { name: "DB_PASSWORD", value: "db-password", type: "SECRETS_MANAGER" },
    ),
    alsoCompliant: [{ change: { stages: [stage("Source", source)], variables: [{ name: "STAGE", defaultValue: "prod" }] } }],
    violations: [
        {
            change: variables({ name: "DB_PASSWORD", value: "correct-horse" }),
            says: [`${inVariables} what its name calls a secret`],
        },
        {
            change: variables({ name: "KEY", value: "AKIAABCDEFGHIJKLMNOP", type: "PLAINTEXT" }),
            says: [`${inVariables} an AWS access key id`],
        },
        {
            change: build({}, { commands: ["npm ci", "export API_KEY=correct-horse"] }),
            says: ["stages[0].actions[0].commands  expected a reference to a secret, got what its name calls a secret"],
        },
        {
            change: { variables: [{ name: "apiKey", defaultValue: "correct-horse" }] },
            says: ["variables[0].defaultValue  expected a reference to a secret, got what its name calls a secret"],
        },
    ],
    secrets: ["correct-horse", "AKIAABCDEFGHIJKLMNOP"],
});

describeRule({
    rule: "codepipeline-no-github-token",
    type: "codepipeline/webhook",
    compliant: { authentication: "IP", authenticationConfiguration: { allowedIpRange: "203.0.113.0/29" } },
    violations: [
        {
            change: { authentication: "GITHUB_HMAC", authenticationConfiguration: { secretToken: "correct-horse" } },
            says: [
                "authenticationConfiguration.secretToken  expected a connection of CodeConnections in the place of a webhook with a token, got one",
            ],
        },
    ],
    unknownIsFine: ["authentication"],
    secrets: ["correct-horse"],
});

const expected = 'authentication  expected "GITHUB_HMAC" or "IP" with a block of your own';

describeRule({
    rule: "codepipeline-webhook-authenticated",
    type: "codepipeline/webhook",
    compliant: { authentication: "GITHUB_HMAC", authenticationConfiguration: { secretToken: "correct-horse" } },
    alsoCompliant: [{ change: { authentication: "IP", authenticationConfiguration: { allowedIpRange: "203.0.113.0/29" } } }],
    violations: [
        { change: { authentication: "UNAUTHENTICATED", authenticationConfiguration: {} }, says: [`${expected}, got "UNAUTHENTICATED"`] },
        {
            change: { authentication: "IP", authenticationConfiguration: { allowedIpRange: "0.0.0.0/0" } },
            says: [`${expected}, got "IP"`],
        },
    ],
    secrets: ["correct-horse"],
});

describeRule({
    rule: "codepipeline-prod-approval",
    type,
    compliant: {
        stages: [stage("Source", source), stage("Staging", deploy), stage("Approve", approval), stage("DeployToProd", deploy)],
    },
    alsoCompliant: [
        {
            change: {
                stages: [stage("Source", source), stage("Production", { ...approval, runOrder: 1 }, { ...deploy, runOrder: 2 })],
            },
        },
        { change: { stages: [stage("Source", source), stage("Live", approval, { ...deploy, runOrder: 2 })] } },
        { change: { stages: [stage("Staging", deploy, approval), stage("Prod", deploy)] } },
    ],
    violations: [
        {
            change: { stages: [stage("Source", source), stage("DeployToProd", deploy)] },
            says: ['stages[1]  expected a manual approval before stage "DeployToProd", got none'],
        },
        {
            change: { stages: [stage("prod", approval, { ...deploy, runOrder: 2 }, { ...source, runOrder: 1 })] },
            says: ['stages[0]  expected a manual approval before stage "prod", got none'],
        },
        {
            change: { stages: [stage("Source", source), stage("prod", action("Approval", "Robot"), { ...deploy, runOrder: 2 })] },
            says: ['stages[1]  expected a manual approval before stage "prod", got none'],
        },
        {
            change: { stages: [stage("Source", source), stage("prod", approval, deploy)] },
            says: ['stages[1]  expected a manual approval before stage "prod", got none'],
        },
    ],
    notApplicable: [{ change: { stages: [stage("Source", source), stage("Products", deploy)] } }],
});
