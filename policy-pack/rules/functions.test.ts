import { expect } from "chai";
import { describe, it } from "mocha";
import { attempt } from "../core/finding.ts";
import { Parameters } from "../core/rule.ts";
import { StackView } from "../core/stack.ts";
import { unknown } from "../core/values.ts";
import { describeRule, type Other, resourceOf, testDay } from "../testing.ts";
import { functions } from "./functions.ts";

const open = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunction", Resource: "*" }] });
const bound = JSON.stringify({
    Statement: [
        { Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunction", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } },
        { Effect: "Deny", Principal: "*", Action: "lambda:UpdateFunctionCode" },
    ],
});

describeRule({
    rule: "lambda-not-public",
    type: "lambda/permission",
    compliant: { principal: "s3.amazonaws.com" },
    alsoCompliant: [
        { change: { principal: "*", principalOrgId: "o-1" } },
        { change: { principal: "*", sourceAccount: "123456789012" } },
        { change: { principal: "*", sourceArn: "arn:aws:s3:::orders" } },
        { change: { principal: "123456789012" } },
    ],
    violations: [
        {
            change: { principal: "*" },
            says: ['principal  expected a named principal, or one bound to an account or organisation, got "*"'],
        },
    ],
});

describeRule({
    rule: "lambda-not-public",
    type: "lambda/resourcePolicy",
    compliant: { policy: bound },
    violations: [
        {
            change: { policy: open },
            says: ["policy.Statement[0]  expected named principals, or a condition on the account or organisation, got everybody"],
        },
    ],
});

describeRule({
    rule: "lambda-layer-not-public",
    type: "lambda/layerVersionPermission",
    compliant: { principal: "123456789012" },
    alsoCompliant: [{ change: { principal: "*", organizationId: "o-1" } }],
    violations: [{ change: { principal: "*" }, says: ['principal  expected an account, or an organisation beside it, got "*"'] }],
});

describeRule({
    rule: "lambda-permission-source",
    type: "lambda/permission",
    compliant: { principal: "sns.amazonaws.com", sourceArn: "arn:aws:sns:eu-west-1:123456789012:orders" },
    alsoCompliant: [
        { change: { sourceArn: undefined, sourceAccount: "123456789012" } },
        { change: { principal: "alexa-connectedhome.amazon.com", sourceArn: undefined, eventSourceToken: "skill" } },
    ],
    violations: [
        { change: { sourceArn: undefined }, says: ["sourceArn  expected a source beside sns.amazonaws.com, got nothing"] },
        { change: { sourceArn: "*" }, says: ["sourceArn  expected a source beside sns.amazonaws.com, got nothing"] },
    ],
    notApplicable: [{ change: { principal: "arn:aws:iam::123456789012:role/caller", sourceArn: undefined } }],
    unknownIsFine: ["sourceArn"],
});

describeRule({
    rule: "lambda-permission-s3-account",
    type: "lambda/permission",
    compliant: { principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::orders", sourceAccount: "123456789012" },
    violations: [{ change: { sourceAccount: undefined }, says: ["sourceAccount  expected the bucket's account, got nothing"] }],
    notApplicable: [{ change: { principal: "sns.amazonaws.com", sourceAccount: undefined } }],
    unknownIsFine: ["sourceAccount"],
});

describeRule({
    rule: "lambda-supported-runtime",
    type: "lambda/function",
    compliant: { runtime: "nodejs24.x" },
    alsoCompliant: [{ change: { runtime: "provided.al2023", packageType: "Zip" } }, { change: { runtime: "nodejs26.x" } }],
    parameters: { alsoSupported: ["nodejs26.x"] },
    violations: [
        {
            change: { runtime: "nodejs20.x" },
            says: ["runtime  expected a runtime in support, got nodejs20.x, which left it on 2026-04-30"],
        },
        {
            change: { runtime: "python2.7" },
            says: ['runtime  expected a runtime in support, got "python2.7", which is in no list of 2026-11-21'],
        },
    ],
    notApplicable: [{ change: { runtime: undefined, packageType: "Image" } }],
});

describeRule({
    rule: "lambda-runtime-ends-soon",
    type: "lambda/function",
    parameters: { days: 159 },
    compliant: { runtime: "nodejs22.x" },
    alsoCompliant: [
        { change: { runtime: "ruby3.4" } },
        { change: { runtime: "nodejs20.x" } },
        { change: { runtime: undefined, packageType: "Image" } },
    ],
    violations: [],
});

describeRule({
    rule: "lambda-runtime-ends-soon",
    type: "lambda/function",
    parameters: { days: 160 },
    compliant: { runtime: "nodejs24.x" },
    violations: [
        {
            change: { runtime: "nodejs22.x" },
            says: ["runtime  expected a runtime in support for longer, got nodejs22.x, which leaves it on 2027-04-30"],
        },
    ],
});

describeRule({
    rule: "lambda-runtime-updates",
    type: "lambda/runtimeManagementConfig",
    compliant: { updateRuntimeOn: "FunctionUpdate" },
    alsoCompliant: [{ change: { updateRuntimeOn: undefined } }],
    violations: [{ change: { updateRuntimeOn: "Manual" }, says: ['updateRuntimeOn  expected other than "Manual", got "Manual"'] }],
});

describeRule({
    rule: "lambda-loop-stopped",
    type: "lambda/functionRecursionConfig",
    compliant: { recursiveLoop: "Terminate" },
    violations: [{ change: { recursiveLoop: "Allow" }, says: ['recursiveLoop  expected other than "Allow", got "Allow"'] }],
});

describeRule({
    rule: "lambda-code-signing-enforced",
    type: "lambda/codeSigningConfig",
    compliant: { policies: { untrustedArtifactOnDeployment: "Enforce" } },
    violations: [
        {
            change: { policies: { untrustedArtifactOnDeployment: "Warn" } },
            says: ['policies.untrustedArtifactOnDeployment  expected "Enforce", got "Warn"'],
        },
        { change: { policies: undefined }, says: ['policies.untrustedArtifactOnDeployment  expected "Enforce", got nothing'] },
    ],
});

const unreported = 'functionResponseTypes  expected a list with "ReportBatchItemFailures", got nothing';

describeRule({
    rule: "lambda-queue-partial-batch",
    type: "lambda/eventSourceMapping",
    compliant: { functionResponseTypes: ["ReportBatchItemFailures"] },
    links: { eventSourceArn: "queue" },
    others: [{ name: "queue", type: "sqs/queue" }],
    violations: [
        { change: { functionResponseTypes: undefined }, says: [unreported] },
        {
            change: { functionResponseTypes: undefined, eventSourceArn: "arn:aws:sqs:eu-west-1:123456789012:orders" },
            others: [],
            says: [unreported],
        },
    ],
    notApplicable: [
        { change: { functionResponseTypes: undefined, batchSize: 1 } },
        { change: { functionResponseTypes: undefined }, others: [{ name: "queue", type: "kinesis/stream" }] },
        {
            change: { functionResponseTypes: undefined, eventSourceArn: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders" },
            others: [],
        },
    ],
    // Linked to the queue whatever its ARN will be.
    unknownIsFine: ["eventSourceArn"],
});

describeRule({
    rule: "lambda-in-vpc",
    type: "lambda/function",
    compliant: { vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] } },
    violations: [{ change: { vpcConfig: undefined }, says: ["vpcConfig.subnetIds  expected subnets, got nothing"] }],
    notApplicable: [{ change: { vpcConfig: undefined, capacityProviderConfig: { lambdaManagedInstancesCapacityProviderConfig: {} } } }],
});

const subnet = (name: string, zone: string): Other => ({ name, type: "ec2/subnet", props: { availabilityZone: zone } });

describeRule({
    rule: "lambda-vpc-multi-az",
    type: "lambda/function",
    compliant: { vpcConfig: { subnetIds: ["id-of-a", "id-of-b"] } },
    links: { vpcConfig: ["a", "b"] },
    others: [subnet("a", "eu-west-1a"), subnet("b", "eu-west-1b")],
    violations: [
        {
            others: [subnet("a", "eu-west-1a"), subnet("b", "eu-west-1a")],
            says: ["vpcConfig.subnetIds  expected subnets in at least 2 zones, got eu-west-1a"],
        },
        {
            change: { vpcConfig: { subnetIds: ["id-of-a"] } },
            links: { vpcConfig: ["a"] },
            says: ["vpcConfig.subnetIds  expected subnets in at least 2 zones, got 1 subnets"],
        },
    ],
    notApplicable: [{ change: { vpcConfig: undefined }, links: {}, others: [] }],
    // Its subnets are known by reference.
    unknownIsFine: ["vpcConfig"],
});

const byBucket: Other = {
    name: "permission",
    type: "lambda/permission",
    props: { principal: "s3.amazonaws.com" },
    links: { function: "subject" },
};
const byLogs: Other = { ...byBucket, props: { principal: "logs.eu-west-1.amazonaws.com" } };
const bySchedule: Other = { name: "schedule", type: "scheduler/schedule", links: { target: "subject" } };
const byApi: Other = { ...byBucket, props: { principal: "apigateway.amazonaws.com" } };
const failures: Other = {
    name: "failures",
    type: "lambda/functionEventInvokeConfig",
    props: { destinationConfig: { onFailure: { destination: "arn:aws:sqs:eu-west-1:123456789012:failed" } } },
    links: { functionName: "subject" },
};

describeRule({
    rule: "lambda-async-failure-target",
    type: "lambda/function",
    compliant: { deadLetterConfig: { targetArn: "arn:aws:sqs:eu-west-1:123456789012:failed" } },
    others: [byBucket],
    alsoCompliant: [
        { change: { deadLetterConfig: undefined }, others: [byBucket, failures] },
        { change: { deadLetterConfig: undefined }, others: [failures, { ...failures, name: "other", props: { qualifier: "live" } }] },
    ],
    violations: [
        { change: { deadLetterConfig: undefined }, says: ["deadLetterConfig  expected a target for events that fail, got none"] },
        {
            change: { deadLetterConfig: undefined },
            others: [byLogs, { ...byApi, name: "api" }],
            says: ["deadLetterConfig  expected a target for events that fail, got none"],
        },
        {
            change: { deadLetterConfig: undefined },
            others: [{ ...failures, props: { maximumRetryAttempts: 1 } }],
            says: ["deadLetterConfig  expected a target for events that fail, got none"],
        },
        {
            change: { deadLetterConfig: undefined },
            others: [bySchedule],
            says: ["deadLetterConfig  expected a target for events that fail, got none"],
        },
    ],
    notApplicable: [{ change: { deadLetterConfig: undefined }, others: [byApi] }],
    unknownIsFine: ["deadLetterConfig"],
});

describeRule({
    rule: "lambda-reserved-concurrency",
    type: "lambda/function",
    compliant: { reservedConcurrentExecutions: 20 },
    violations: [
        { change: { reservedConcurrentExecutions: undefined }, says: ["reservedConcurrentExecutions  expected at least 0, got nothing"] },
        { change: { reservedConcurrentExecutions: -1 }, says: ["reservedConcurrentExecutions  expected at least 0, got -1"] },
    ],
});

const functionUrl: Other = { name: "url", type: "lambda/functionUrl", links: { functionName: "subject" } };
const untraced = 'tracingConfig.mode  expected "Active", got nothing';

describeRule({
    rule: "lambda-tracing",
    type: "lambda/function",
    compliant: { tracingConfig: { mode: "Active" } },
    others: [functionUrl],
    violations: [
        { change: { tracingConfig: { mode: "PassThrough" } }, says: ['tracingConfig.mode  expected "Active", got "PassThrough"'] },
        { change: { tracingConfig: undefined }, says: [untraced] },
        { change: { tracingConfig: undefined }, others: [byApi, { ...byBucket, name: "bucket" }], says: [untraced] },
    ],
    notApplicable: [{ change: { tracingConfig: undefined }, others: [byBucket] }],
});

describeRule({
    rule: "lambda-tracing",
    type: "lambda/function",
    parameters: { everyFunction: true },
    violations: [{ change: {}, says: [untraced] }],
});

describeRule({
    rule: "lambda-env-cmk",
    type: "lambda/function",
    compliant: { environment: { variables: { STAGE: "prod" } }, kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" },
    violations: [{ change: { kmsKeyArn: undefined }, says: ["kmsKeyArn  expected a key of your own, got nothing"] }],
    notApplicable: [{ change: { environment: undefined, kmsKeyArn: undefined } }, { change: { environment: { variables: {} } } }],
    unknownIsFine: ["kmsKeyArn"],
});

describeRule({
    rule: "lambda-no-secrets-in-env",
    type: "lambda/function",
    compliant: {
        environment: { variables: { DATABASE_HOST: "db.example.com", API_KEY_ARN: "arn:aws:secretsmanager:eu-west-1:1:secret:k" } },
    },
    alsoCompliant: [
        { change: { environment: { variables: { DB_PASSWORD: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db" } } } },
        { change: { environment: { variables: { TOKEN_SECONDS: "900" } } } },
    ],
    violations: [
        {
            change: { environment: { variables: { DB_PASSWORD: "correct-horse-battery" } } },
            says: ["environment.variables.DB_PASSWORD  expected a reference to a secret, got what its name calls a secret"],
        },
        {
            change: { environment: { variables: { STAGE: "prod", DATABASE: "postgres://app:correct-horse@db/shop" } } },
            says: ["environment.variables.DATABASE  expected a reference to a secret, got a URL with a password in it"],
        },
    ],
    notApplicable: [{ change: { environment: undefined } }],
    secrets: ["correct-horse"],
});

describeRule({
    rule: "lambda-code-signing",
    type: "lambda/function",
    compliant: { codeSigningConfigArn: "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-1" },
    violations: [
        { change: { codeSigningConfigArn: undefined }, says: ["codeSigningConfigArn  expected a code signing configuration, got nothing"] },
    ],
    notApplicable: [{ change: { codeSigningConfigArn: undefined, packageType: "Image" } }],
    unknownIsFine: ["codeSigningConfigArn"],
});

describeRule({
    rule: "lambda-url-auth",
    type: "lambda/functionUrl",
    compliant: { authorizationType: "AWS_IAM" },
    violations: [{ change: { authorizationType: "NONE" }, says: ['authorizationType  expected "AWS_IAM", got "NONE"'] }],
});

describeRule({
    rule: "lambda-url-cors",
    type: "lambda/functionUrl",
    compliant: { cors: { allowCredentials: true, allowOrigins: ["https://shop.example.com"] } },
    alsoCompliant: [{ change: { cors: { allowOrigins: ["*"] } } }],
    violations: [
        {
            change: { cors: { allowCredentials: true, allowOrigins: ["https://shop.example.com", "*"] } },
            says: ['cors.allowOrigins  expected named origins where credentials are allowed, got "*"'],
        },
        {
            change: { cors: { allowCredentials: true, allowOrigins: ["http://*", "https://*"] } },
            says: ['cors.allowOrigins  expected named origins where credentials are allowed, got "http://*" and "https://*"'],
        },
    ],
    notApplicable: [{ change: { cors: undefined } }],
});

describeRule({
    rule: "lambda-explicit-limits",
    type: "lambda/function",
    compliant: { timeout: 30, memorySize: 512 },
    parameters: { maximumSeconds: 60, maximumMegabytes: 1024 },
    violations: [
        { change: { timeout: undefined }, says: ["timeout  expected at most 60 seconds, got nothing"] },
        { change: { timeout: 900 }, says: ["timeout  expected at most 60 seconds, got 900"] },
        { change: { memorySize: undefined }, says: ["memorySize  expected at most 1024 MB, got nothing"] },
        { change: { memorySize: 3008 }, says: ["memorySize  expected at most 1024 MB, got 3008"] },
    ],
});

const unowned = "expected a log group of this stack for the function, got the one that Lambda makes, which keeps all for ever";

describeRule({
    rule: "lambda-log-group-managed",
    type: "lambda/function",
    compliant: { name: "resize" },
    others: [{ name: "logs", type: "cloudwatch/logGroup", props: { name: "/aws/lambda/resize" } }],
    alsoCompliant: [
        { change: { loggingConfig: { logFormat: "JSON", logGroup: "shared" } }, others: [] },
        { others: [{ name: "logs", type: "cloudwatch/logGroup", links: { name: "subject" } }] },
        {
            others: [
                { name: "first", type: "cloudwatch/logGroup", props: { name: unknown } },
                { name: "logs", type: "cloudwatch/logGroup", props: { name: "/aws/lambda/resize" } },
                { name: "last", type: "cloudwatch/logGroup", props: { name: "/aws/lambda/other" } },
            ],
        },
    ],
    violations: [
        { others: [], says: [unowned] },
        { others: [{ name: "logs", type: "cloudwatch/logGroup", props: { name: "/aws/lambda/other" } }], says: [unowned] },
        { change: { loggingConfig: { logFormat: "JSON" } }, others: [], says: [unowned] },
        {
            others: [
                { name: "logs", type: "cloudwatch/logGroup", links: { name: "neighbour" } },
                { name: "neighbour", type: "lambda/function" },
            ],
            says: [unowned],
        },
    ],
});

describe("lambda-log-group-managed", () => {
    it("waits for a log group whose name is not known yet", () => {
        const rule = functions.find((each) => each.id === "lambda-log-group-managed");
        const resize = resourceOf("lambda/function", { name: "resize" });
        const group = resourceOf("cloudwatch/logGroup", { name: unknown }, "logs");
        const finding = attempt(() =>
            rule?.scope === "relation"
                ? rule.judge(resize, new Parameters(new Map(), testDay), new StackView([resize, group]))
                : expect.fail(),
        );
        expect(finding).to.deep.equal({ kind: "undetermined", path: "logs.name" });
    });
});

const stream: Other = { name: "stream", type: "kinesis/stream" };
const noDestination = "destinationConfig.onFailure  expected a destination for records that fail, got nothing";

describeRule({
    rule: "lambda-event-source-failure-destination",
    type: "lambda/eventSourceMapping",
    compliant: { destinationConfig: { onFailure: { destinationArn: "arn:aws:sqs:eu-west-1:123456789012:failed" } } },
    links: { eventSourceArn: "stream" },
    others: [stream],
    violations: [
        { change: { destinationConfig: undefined }, says: [noDestination] },
        {
            change: {
                destinationConfig: undefined,
                eventSourceArn: "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000",
            },
            others: [],
            says: [noDestination],
        },
        {
            change: { destinationConfig: undefined, selfManagedEventSource: { endpoints: { KAFKA_BOOTSTRAP_SERVERS: "kafka:9092" } } },
            others: [],
            says: [noDestination],
        },
    ],
    notApplicable: [
        ...["sqs/queue", "mq/broker", "docdb/cluster"].map((type) => ({
            change: { destinationConfig: undefined },
            links: { eventSourceArn: "source" },
            others: [{ name: "source", type }],
        })),
        ...["sqs", "mq", "rds"].map((service) => ({
            change: { destinationConfig: undefined, eventSourceArn: `arn:aws:${service}:eu-west-1:123456789012:orders` },
            others: [],
        })),
    ],
    unknownIsFine: ["selfManagedEventSource", "eventSourceArn"],
});
