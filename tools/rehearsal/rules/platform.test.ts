import { expect } from "chai";
import { Account } from "../account.fixture.ts";
import { type Case, departs, judged, trust } from "./rules.fixture.ts";

const alarm: Case["good"] = () => ({
    name: "cpu",
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 3,
    metricName: "CPUUtilization",
    namespace: "AWS/EC2",
    period: 60,
    statistic: "Average",
    threshold: 80,
});
const plan: Case["good"] = async ({ make }) => ({
    name: "daily",
    rules: [
        {
            ruleName: "daily",
            targetVaultName: (await make("backup/vault", { name: "vault" })).id,
            lifecycle: { coldStorageAfter: 30, deleteAfter: 120 },
        },
    ],
});
const keyPolicy = (service: string) =>
    JSON.stringify({
        Statement: [
            { Effect: "Allow", Action: "kms:*", Resource: "*", Principal: { AWS: "arn:aws:iam::111122223333:root", Service: service } },
        ],
    });

judged("keys, identities, logs, backups", [
    {
        title: "a policy is a document",
        type: "iam/policy",
        good: () => ({ name: "p", policy: '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}' }),
        bad: () => ({ policy: '{"Statement":[{"Effect":"Allow","Resource":"*"}]}' }),
        words: "MalformedPolicyDocument: policy: Policy statement must contain actions.",
    },
    {
        title: "IAM-2 a managed policy has at most 6144 characters",
        type: "iam/policy",
        good: () => ({ name: "p", policy: '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}' }),
        bad: () => ({ policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "a".repeat(6200), Resource: "*" }] }) }),
        words: "LimitExceeded: Cannot exceed quota for policy size: 6144, got 6261 characters without white space.",
    },
    {
        title: "an attachment's policy exists, and AWS's own do",
        type: "iam/rolePolicyAttachment",
        good: async ({ make }) => ({
            role: (await make("iam/role", { name: "app", assumeRolePolicy: trust("ec2.amazonaws.com") })).id,
            policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
        }),
        bad: () => ({ policyArn: "arn:aws:iam::111122223333:policy/none" }),
        words: "NoSuchEntity: Policy arn:aws:iam::111122223333:policy/none does not exist or is not attachable. iam.rolePolicyAttachment policyArn must name one that exists.",
    },
    {
        title: "KMS-1 a key's policy lets the account change it",
        type: "kms/key",
        good: () => ({ policy: keyPolicy("logs.eu-west-1.amazonaws.com") }),
        bad: () => ({
            policy: '{"Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":{"Service":"logs.amazonaws.com"}}]}',
        }),
        words: "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future. Keep a statement for arn:aws:iam::111122223333:root.",
    },
    {
        title: "CW-3 a log group's key admits the logs service",
        type: "cloudwatch/logGroup",
        good: async ({ make }) => ({
            name: "/app",
            kmsKeyId: (await make("kms/key", { policy: keyPolicy("logs.eu-west-1.amazonaws.com") })).get("arn"),
        }),
        bad: async ({ make }) => ({ kmsKeyId: (await make("kms/key", {})).get("arn") }),
        words: "InvalidParameterException: The specified KMS Key Id could not be used: the policy of UUID does not admit logs.eu-west-1.amazonaws.com.",
    },
    {
        title: "CW-1 logs are kept for one of the terms",
        type: "cloudwatch/logGroup",
        good: () => ({ name: "/app", retentionInDays: 2192 }),
        bad: () => ({ retentionInDays: 2190 }),
        words: "retentionInDays: expected one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180 and 11 more, got number 2190",
    },
    {
        title: "CW-6 an alarm's period is a multiple of a minute",
        type: "cloudwatch/metricAlarm",
        good: alarm,
        bad: () => ({ period: 90 }),
        words: "ValidationError: period is 10, 20, 30 or a multiple of 60, got 90.",
    },
    {
        title: "CW-7 no more points than periods",
        type: "cloudwatch/metricAlarm",
        good: alarm,
        bad: () => ({ datapointsToAlarm: 4 }),
        words: "ValidationError: datapointsToAlarm (4) must not exceed evaluationPeriods (3).",
    },
    {
        title: "CW-8 a metric or queries",
        type: "cloudwatch/metricAlarm",
        good: alarm,
        bad: () => ({ metricName: undefined }),
        words: "ValidationError: An alarm has either metricName or metricQueries.",
    },
    {
        title: "CW-13 an alarm's topic is in its region",
        type: "cloudwatch/metricAlarm",
        good: async (world) => ({ ...(await alarm(world)), alarmActions: [(await world.make("sns/topic", { name: "near" })).id] }),
        bad: () => ({ alarmActions: ["arn:aws:sns:us-east-1:111122223333:far"] }),
        words: "ValidationError: Invalid region us-east-1 specified. Only eu-west-1 is supported: arn:aws:sns:us-east-1:111122223333:far.",
    },
    {
        title: "an alarm's topic exists",
        type: "cloudwatch/metricAlarm",
        good: alarm,
        bad: () => ({ alarmActions: ["arn:aws:sns:eu-west-1:111122223333:none"] }),
        words: "ResourceNotFoundException: arn:aws:sns:eu-west-1:111122223333:none does not exist. cloudwatch.metricAlarm alarmActions must name something that exists in the account.",
    },
    {
        title: "BAK-1 cold storage lasts 90 days",
        type: "backup/plan",
        good: plan,
        bad: () => ({ rules: [{ ruleName: "daily", targetVaultName: "vault", lifecycle: { coldStorageAfter: 30, deleteAfter: 60 } }] }),
        words: "InvalidParameterValueException: Error in rule daily: DeleteAfterDays (60) must be at least 90 days after MoveToColdStorageAfterDays (30).",
    },
    {
        title: "BAK-4 a continuous backup is kept for 35 days at most",
        type: "backup/plan",
        good: plan,
        bad: () => ({
            rules: [{ ruleName: "daily", targetVaultName: "vault", enableContinuousBackup: true, lifecycle: { deleteAfter: 60 } }],
        }),
        words: "InvalidParameterValueException: Error in rule daily: a continuous backup is kept for 35 days at most, got 60.",
    },
    {
        title: "a copy goes to a vault that exists, in whatever region its ARN names",
        type: "backup/plan",
        good: async (world) => {
            const { id } = await world.make("backup/vault", { name: "far", region: "eu-central-1" });
            const { rules } = (await plan(world)) as { rules: object[] };
            const copyActions = [{ destinationVaultArn: `arn:aws:backup:eu-central-1:111122223333:backup-vault:${id}` }];
            return { name: "daily", rules: [{ ...rules[0], copyActions }] };
        },
        bad: () => ({
            rules: [
                {
                    ruleName: "daily",
                    targetVaultName: "vault",
                    copyActions: [{ destinationVaultArn: "arn:aws:backup:eu-central-1:111122223333:backup-vault:none" }],
                },
            ],
        }),
        words: "ResourceNotFoundException: Backup vault arn:aws:backup:eu-central-1:111122223333:backup-vault:none does not exist. backup.plan rules.copyActions.destinationVaultArn must name one that exists in eu-central-1.",
    },
    {
        title: "SEC-5 a secret's rotator lets the service call it",
        type: "secretsmanager/secretRotation",
        good: async ({ make }) => {
            const role = await make("iam/role", { assumeRolePolicy: trust("lambda.amazonaws.com") });
            const rotator = await make("lambda/function", {
                name: "rotator",
                role: role.get("arn"),
                handler: "i.h",
                runtime: "nodejs24.x",
            });
            await make("lambda/permission", {
                function: rotator.id,
                action: "lambda:InvokeFunction",
                principal: "secretsmanager.amazonaws.com",
            });
            return {
                secretId: (await make("secretsmanager/secret", { name: "db" })).id,
                rotationLambdaArn: rotator.get("arn"),
                rotationRules: { automaticallyAfterDays: 30 },
            };
        },
        bad: async ({ make }) => {
            const role = await make("iam/role", { assumeRolePolicy: trust("lambda.amazonaws.com") });
            return {
                rotationLambdaArn: (
                    await make("lambda/function", { name: "shut", role: role.get("arn"), handler: "i.h", runtime: "nodejs24.x" })
                ).get("arn"),
            };
        },
        words: "AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function: arn:aws:lambda:eu-west-1:111122223333:function:shut. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com, and depend on that lambda.Permission.",
    },
    {
        title: "CDN-28 a distribution's logs are set up in us-east-1",
        type: "cloudwatch/logDeliverySource",
        good: () => ({
            name: "s",
            logType: "ACCESS_LOGS",
            resourceArn: "arn:aws:cloudfront::999999999999:distribution/E1",
            region: "us-east-1",
        }),
        bad: () => ({ region: "eu-west-1" }),
        words: "ValidationException: Log delivery of a distribution is set up in us-east-1, not in eu-west-1.",
    },
]);

departs("keys and identities", [
    {
        title: "IAM-8 a role with a policy attached is not deleted",
        keeps: async ({ make }) => {
            const role = await make("iam/role", { assumeRolePolicy: trust("ec2.amazonaws.com") });
            return [role, await make("iam/rolePolicyAttachment", { role: role.id, policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" })];
        },
        words: /^DeleteConflict: Cannot delete entity, must detach all policies first/,
    },
    {
        title: "KMS-6 a primary key with a replica is not deleted",
        keeps: async ({ make }) => {
            const key = await make("kms/key", { multiRegion: true });
            return [key, await make("kms/replicaKey", { primaryKeyArn: key.get("arn"), region: "eu-central-1" })];
        },
        words: /^KMSInvalidStateException: /,
    },
]);

describe("rehearsal: protection that the service itself keeps", () => {
    for (const [type, props, words] of [
        ["cloudwatch/logGroup", { deletionProtectionEnabled: true }, "ValidationException"],
        ["cognito/userPool", { deletionProtection: "ACTIVE" }, "InvalidParameterException"],
        [
            "dynamodb/table",
            { billingMode: "PAY_PER_REQUEST", hashKey: "id", attributes: [{ name: "id", type: "S" }], deletionProtectionEnabled: true },
            "ValidationException",
        ],
    ] as const)
        it(`${type} with deletion protection is not deleted`, async () => {
            const account = new Account();
            const thing = await account.make(type, "x", props as never);
            expect(await account.refusal(account.destroy(thing))).to.match(new RegExp(`^${words}: .*protect`));
            account.remove();
        });
});
