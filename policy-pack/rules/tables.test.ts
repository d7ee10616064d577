import { describeRule } from "../testing.ts";

describeRule({
    rule: "dynamodb-cmk",
    type: "dynamodb/table",
    compliant: { serverSideEncryption: { enabled: true, kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" } },
    violations: [
        { change: { serverSideEncryption: undefined }, says: ["serverSideEncryption.enabled  expected true, got no key of your own"] },
        {
            change: { serverSideEncryption: { enabled: true } },
            says: ["serverSideEncryption.kmsKeyArn  expected a key of your own, got nothing"],
        },
    ],
});

describeRule({
    rule: "dax-encrypted",
    type: "dax/cluster",
    compliant: { serverSideEncryption: { enabled: true }, clusterEndpointEncryptionType: "TLS" },
    violations: [
        { change: { serverSideEncryption: undefined }, says: ["serverSideEncryption.enabled  expected true, got nothing"] },
        { change: { clusterEndpointEncryptionType: "NONE" }, says: ['clusterEndpointEncryptionType  expected "TLS", got "NONE"'] },
    ],
});
