import { describeRule } from "../testing.ts";

describeRule({
    rule: "kinesis-encrypted",
    type: "kinesis/stream",
    compliant: { encryptionType: "KMS" },
    violations: [
        { change: { encryptionType: undefined }, says: ['encryptionType  expected "KMS", got nothing'] },
        { change: { encryptionType: "NONE" }, says: ['encryptionType  expected "KMS", got "NONE"'] },
    ],
});

describeRule({
    rule: "firehose-encrypted",
    type: "kinesis/firehoseDeliveryStream",
    compliant: { serverSideEncryption: { enabled: true } },
    alsoCompliant: [{ change: { serverSideEncryption: undefined, kinesisSourceConfiguration: { kinesisStreamArn: "arn" } } }],
    violations: [
        {
            change: { serverSideEncryption: undefined },
            says: ["serverSideEncryption.enabled  expected true, or a Kinesis stream as the source, got neither"],
        },
    ],
});

describeRule({
    rule: "kinesis-cmk",
    type: "kinesis/stream",
    compliant: { kmsKeyId: "alias/streams" },
    violations: [
        { change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a key of your own, got nothing"] },
        { change: { kmsKeyId: "alias/aws/kinesis" }, says: ['kmsKeyId  expected a key of your own, got "alias/aws/kinesis"'] },
    ],
    unknownIsFine: ["kmsKeyId"],
});

describeRule({
    rule: "kinesis-retention",
    type: "kinesis/stream",
    compliant: { retentionPeriod: 168 },
    violations: [
        { change: { retentionPeriod: undefined }, says: ["retentionPeriod  expected at least 168 hours, got 24"] },
        { change: { retentionPeriod: 48 }, says: ["retentionPeriod  expected at least 168 hours, got 48"] },
    ],
});

describeRule({
    rule: "kinesis-retention",
    type: "kinesis/stream",
    parameters: { minimumHours: 24 },
    compliant: {},
    violations: [],
});

const readBy = (AWS: string): string =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { AWS }, Action: "kinesis:GetRecords", Resource: "*" }] });

describeRule({
    rule: "kinesis-no-public-policy",
    type: "kinesis/resourcePolicy",
    compliant: { policy: readBy("123456789012") },
    violations: [
        {
            change: { policy: readBy("*") },
            says: ["policy.Statement[0]  expected named principals, or a condition on the account or organisation, got everybody"],
        },
    ],
});

describeRule({
    rule: "firehose-cmk",
    type: "kinesis/firehoseDeliveryStream",
    compliant: { serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK" } },
    violations: [
        {
            change: { serverSideEncryption: { enabled: true } },
            says: ['serverSideEncryption.keyType  expected "CUSTOMER_MANAGED_CMK", got nothing'],
        },
    ],
    notApplicable: [
        { change: { serverSideEncryption: undefined, kinesisSourceConfiguration: { kinesisStreamArn: "arn" } } },
        { change: { serverSideEncryption: undefined, mskSourceConfiguration: { topicName: "orders" } } },
    ],
});

describeRule({
    rule: "firehose-error-logging",
    type: "kinesis/firehoseDeliveryStream",
    compliant: { extendedS3Configuration: { cloudwatchLoggingOptions: { enabled: true, logGroupName: "/firehose" } } },
    violations: [
        {
            change: { extendedS3Configuration: { bucketArn: "arn:aws:s3:::lake" } },
            says: ["extendedS3Configuration.cloudwatchLoggingOptions.enabled  expected true, got nothing"],
        },
        ...[
            "redshiftConfiguration",
            "elasticsearchConfiguration",
            "opensearchConfiguration",
            "opensearchserverlessConfiguration",
            "splunkConfiguration",
            "httpEndpointConfiguration",
            "icebergConfiguration",
            "snowflakeConfiguration",
        ].map((destination) => ({
            change: { extendedS3Configuration: undefined, [destination]: { cloudwatchLoggingOptions: { enabled: false } } },
            says: [`${destination}.cloudwatchLoggingOptions.enabled  expected true, got false`],
        })),
    ],
});

describeRule({
    rule: "firehose-credentials-in-secrets-manager",
    type: "kinesis/firehoseDeliveryStream",
    compliant: { redshiftConfiguration: { secretsManagerConfiguration: { enabled: true } } },
    violations: [
        ["redshiftConfiguration", "password"],
        ["splunkConfiguration", "hecToken"],
        ["httpEndpointConfiguration", "accessKey"],
        ["snowflakeConfiguration", "privateKey"],
        ["snowflakeConfiguration", "keyPassphrase"],
    ].map(([destination = "", credential = ""]) => ({
        change: { [destination]: { [credential]: "correct-horse" } },
        says: [`${destination}.${credential}  expected a secret in Secrets Manager instead, got one`],
    })),
    secrets: ["correct-horse"],
});
