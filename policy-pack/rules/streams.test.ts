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
