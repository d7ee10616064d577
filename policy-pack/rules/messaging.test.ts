import { describeOn, describeRule, type Other } from "../testing.ts";

describeRule({
    rule: "sns-encrypted",
    type: "sns/topic",
    compliant: { kmsMasterKeyId: "alias/messages" },
    violations: [{ change: { kmsMasterKeyId: undefined }, says: ["kmsMasterKeyId  expected a KMS key, got nothing"] }],
    unknownIsFine: ["kmsMasterKeyId"],
});

describeRule({
    rule: "sqs-encrypted",
    type: "sqs/queue",
    compliant: {},
    alsoCompliant: [{ change: { kmsMasterKeyId: "alias/messages", sqsManagedSseEnabled: false } }],
    violations: [{ change: { sqsManagedSseEnabled: false }, says: ["sqsManagedSseEnabled  expected true or a KMS key, got false"] }],
});

const document = (...statements: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const refusal = (action: string) => ({
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: "*",
    Condition: { Bool: { "aws:SecureTransport": "false" } },
});
const fromBucket = (action: string) => ({
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: action,
    Resource: "*",
    Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
});
const everybody = (action: string) => ({ Effect: "Allow", Principal: { AWS: "*" }, Action: action, Resource: "*" });

const topicPolicy = (policy: unknown): Other => ({ name: "policy", type: "sns/topicPolicy", props: { policy }, links: { arn: "subject" } });

describeRule({
    rule: "sns-tls-only",
    type: "sns/topic",
    compliant: {},
    others: [topicPolicy(document(refusal("sns:Publish")))],
    alsoCompliant: [
        { change: { policy: document(refusal("sns:*")) }, others: [] },
        { others: [topicPolicy({ Statement: [fromBucket("sns:Publish"), refusal("*")] })] },
    ],
    violations: [
        { others: [], says: ["expected a policy that refuses sns:Publish without TLS, got no policy"] },
        {
            others: [topicPolicy(document(fromBucket("sns:Publish")))],
            says: ["policy  expected a Deny of sns:Publish for everybody where aws:SecureTransport is false, got none"],
        },
        {
            others: [topicPolicy(document(refusal("sns:Subscribe")))],
            says: ["policy  expected a Deny of sns:Publish for everybody where aws:SecureTransport is false, got none"],
        },
        {
            change: { policy: document({ ...refusal("sns:*"), Effect: "Allow" }) },
            others: [],
            says: ["policy  expected a Deny of sns:Publish for everybody where aws:SecureTransport is false, got none"],
        },
    ],
    // The refusal is found in the policy beside it.
    unknownIsFine: ["policy"],
});

const ownerOnly = {
    Effect: "Allow",
    Principal: { AWS: "*" },
    Action: ["sns:Publish", "sns:Subscribe"],
    Resource: "*",
    Condition: { StringEquals: { "AWS:SourceOwner": "123456789012" } },
};

describeOn(["sns/topic", "sns/topicPolicy"], {
    rule: "sns-no-public-policy",
    compliant: { policy: document(ownerOnly, fromBucket("sns:Publish"), refusal("sns:Publish")) },
    alsoCompliant: [{ change: { policy: undefined } }],
    violations: [
        {
            change: { policy: document(ownerOnly, everybody("sns:Publish")) },
            says: ["policy.Statement[1]  expected named principals, or a condition on the account or organisation, got everybody"],
        },
        {
            change: { policy: { Statement: everybody("sns:Subscribe") } },
            says: ["policy.Statement[0]  expected named principals, or a condition on the account or organisation, got everybody"],
        },
    ],
});

const subscription = (protocol: string): Other => ({
    name: protocol,
    type: "sns/topicSubscription",
    props: { protocol },
    links: { topic: "subject" },
});

describeRule({
    rule: "sns-delivery-logging",
    type: "sns/topic",
    compliant: { httpFailureFeedbackRoleArn: "arn:aws:iam::123456789012:role/sns-log" },
    others: [subscription("https"), subscription("email")],
    violations: [
        {
            change: { httpFailureFeedbackRoleArn: undefined },
            says: ["httpFailureFeedbackRoleArn  expected a role that writes the log, got nothing"],
        },
        {
            others: [subscription("https"), subscription("sqs"), subscription("lambda")],
            says: [
                "lambdaFailureFeedbackRoleArn  expected a role that writes the log, got nothing",
                "sqsFailureFeedbackRoleArn  expected a role that writes the log, got nothing",
            ],
        },
    ],
    notApplicable: [{ others: [subscription("email"), subscription("sms")] }],
    unknownIsFine: ["httpFailureFeedbackRoleArn"],
});

describeRule({
    rule: "sns-signature-sha256",
    type: "sns/topic",
    compliant: { signatureVersion: 2 },
    others: [subscription("email"), subscription("https")],
    violations: [
        { change: { signatureVersion: undefined }, says: ["signatureVersion  expected 2, got nothing"] },
        { change: { signatureVersion: 1 }, others: [subscription("http")], says: ["signatureVersion  expected 2, got 1"] },
    ],
    notApplicable: [{ change: { signatureVersion: undefined }, others: [subscription("email"), subscription("sqs")] }],
});

describeRule({
    rule: "sns-subscription-secure",
    type: "sns/topicSubscription",
    compliant: { protocol: "https" },
    alsoCompliant: [{ change: { protocol: "email" } }],
    violations: [{ change: { protocol: "http" }, says: ['protocol  expected other than "http", got "http"'] }],
});

describeRule({
    rule: "sns-subscription-redrive",
    type: "sns/topicSubscription",
    compliant: { protocol: "lambda", redrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:failed"}' },
    violations: [{ change: { redrivePolicy: undefined }, says: ["redrivePolicy  expected a dead-letter queue, got nothing"] }],
    notApplicable: [{ change: { protocol: "email", redrivePolicy: undefined } }],
    unknownIsFine: ["redrivePolicy"],
});

describeRule({
    rule: "sqs-cmk",
    type: "sqs/queue",
    compliant: { kmsMasterKeyId: "alias/messages" },
    violations: [
        { change: { kmsMasterKeyId: undefined }, says: ["kmsMasterKeyId  expected a key of your own, got nothing"] },
        { change: { kmsMasterKeyId: "alias/aws/sqs" }, says: ['kmsMasterKeyId  expected a key of your own, got "alias/aws/sqs"'] },
    ],
    unknownIsFine: ["kmsMasterKeyId"],
});

const queuePolicy = (policy: unknown): Other => ({
    name: "policy",
    type: "sqs/queuePolicy",
    props: { policy },
    links: { queueUrl: "subject" },
});

describeRule({
    rule: "sqs-tls-only",
    type: "sqs/queue",
    compliant: {},
    others: [queuePolicy(document(refusal("sqs:*")))],
    violations: [
        { others: [], says: ["expected a policy that refuses sqs:SendMessage without TLS, got no policy"] },
        {
            others: [queuePolicy(document(fromBucket("sqs:SendMessage")))],
            says: ["policy  expected a Deny of sqs:SendMessage for everybody where aws:SecureTransport is false, got none"],
        },
    ],
});

const root = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "SQS:*", Resource: "*" };

describeOn(["sqs/queue", "sqs/queuePolicy"], {
    rule: "sqs-no-public-policy",
    compliant: { policy: document(root, fromBucket("sqs:SendMessage"), refusal("sqs:*")) },
    alsoCompliant: [{ change: { policy: undefined } }],
    violations: [
        {
            change: { policy: document(everybody("sqs:SendMessage")) },
            says: ["policy.Statement[0]  expected named principals, or a condition on the account or organisation, got everybody"],
        },
        {
            change: { policy: document(root, fromBucket("sqs:*")) },
            says: ["policy.Statement[1].Action  expected the actions that the service or caller needs, got all of SQS"],
        },
        {
            change: {
                policy: document({
                    ...fromBucket("*"),
                    Action: ["sqs:SendMessage", "*"],
                    Principal: { AWS: "123456789012", Service: "s3.amazonaws.com" },
                }),
            },
            says: ["policy.Statement[0].Action  expected the actions that the service or caller needs, got all of SQS"],
        },
    ],
});

const failedQueue: Other = { name: "failed", type: "sqs/queue", props: {} };
const redrive: Other = { name: "redrive", type: "sqs/redrivePolicy", links: { queueUrl: "subject", redrivePolicy: "failed" } };
const source = (type: string, property: string, props: Other["props"] = {}): Other => ({
    name: "source",
    type,
    props,
    links: { [property]: "subject" },
});

describeRule({
    rule: "sqs-dlq",
    type: "sqs/queue",
    compliant: { redrivePolicy: '{"maxReceiveCount":5}' },
    others: [],
    alsoCompliant: [{ change: { redrivePolicy: undefined }, others: [failedQueue, redrive] }],
    violations: [
        { change: { redrivePolicy: undefined }, says: ["redrivePolicy  expected a dead-letter queue, got none"] },
        {
            change: { redrivePolicy: undefined },
            others: [source("lambda/eventSourceMapping", "eventSourceArn")],
            says: ["redrivePolicy  expected a dead-letter queue, got none"],
        },
        {
            change: { redrivePolicy: undefined },
            others: [source("scheduler/schedule", "target", { target: { arn: "id-of-subject" } })],
            says: ["redrivePolicy  expected a dead-letter queue, got none"],
        },
    ],
    notApplicable: [
        { change: { redrivePolicy: undefined, redriveAllowPolicy: '{"redrivePermission":"allowAll"}' } },
        { change: { redrivePolicy: undefined }, others: [source("sqs/redriveAllowPolicy", "queueUrl")] },
        { change: { redrivePolicy: undefined }, others: [source("sqs/queue", "redrivePolicy")] },
        { change: { redrivePolicy: undefined }, others: [source("sns/topicSubscription", "redrivePolicy")] },
        { change: { redrivePolicy: undefined }, others: [source("lambda/functionEventInvokeConfig", "destinationConfig")] },
        { change: { redrivePolicy: undefined }, others: [source("cloudwatch/eventTarget", "deadLetterConfig")] },
        {
            change: { redrivePolicy: undefined },
            others: [source("scheduler/schedule", "target", { target: { arn: "other", deadLetterConfig: { arn: "id-of-subject" } } })],
        },
    ],
    unknownIsFine: ["redrivePolicy"],
});

describeRule({
    rule: "sqs-dlq",
    type: "sqs/queue",
    parameters: { exempt: ["dlq", "sub"] },
    notApplicable: [{}],
    violations: [],
});

describeRule({
    rule: "sqs-dlq-retention",
    type: "sqs/queue",
    compliant: { messageRetentionSeconds: 345_600 },
    links: { redrivePolicy: "failed" },
    others: [failedQueue],
    alsoCompliant: [
        { change: { messageRetentionSeconds: undefined } },
        { links: {}, others: [{ ...failedQueue, props: { messageRetentionSeconds: 1_209_600 } }, redrive] },
    ],
    violations: [
        {
            change: { messageRetentionSeconds: 604_800 },
            says: ["failed.messageRetentionSeconds  expected at least 604800 seconds, as in the queue it serves, got 345600"],
        },
        {
            others: [{ ...failedQueue, props: { messageRetentionSeconds: 86_400 } }],
            says: ["failed.messageRetentionSeconds  expected at least 345600 seconds, as in the queue it serves, got 86400"],
        },
    ],
    notApplicable: [
        { change: { redrivePolicy: undefined }, others: [] },
        { change: { fifoQueue: true, messageRetentionSeconds: 604_800 } },
    ],
});

const mapping = (props: Other["props"] = {}, functionName = "worker"): Other => ({
    name: "mapping",
    type: "lambda/eventSourceMapping",
    props,
    links: { eventSourceArn: "subject", functionName },
});
const worker = (timeout?: number): Other => ({ name: "worker", type: "lambda/function", props: { timeout } });
const alias: Other = { name: "live", type: "lambda/alias", links: { functionName: "worker" } };

describeRule({
    rule: "sqs-lambda-visibility",
    type: "sqs/queue",
    compliant: { visibilityTimeoutSeconds: 180 },
    others: [mapping(), worker(30)],
    alsoCompliant: [{ change: { visibilityTimeoutSeconds: 18 }, others: [mapping(), worker()] }],
    violations: [
        { change: { visibilityTimeoutSeconds: 60 }, says: ["visibilityTimeoutSeconds  expected at least 180 seconds, got 60"] },
        { change: { visibilityTimeoutSeconds: undefined }, says: ["visibilityTimeoutSeconds  expected at least 180 seconds, got 30"] },
        {
            change: { visibilityTimeoutSeconds: 17 },
            others: [mapping(), worker()],
            says: ["visibilityTimeoutSeconds  expected at least 18 seconds, got 17"],
        },
        {
            others: [mapping({ maximumBatchingWindowInSeconds: 20 }, "live"), alias, worker(30)],
            says: ["visibilityTimeoutSeconds  expected at least 200 seconds, got 180"],
        },
    ],
    notApplicable: [{ others: [] }],
});
