import { describeRule } from "../testing.ts";

describeRule({
    rule: "log-group-kms",
    type: "cloudwatch/logGroup",
    compliant: { kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1" },
    violations: [{ change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a KMS key, got nothing"] }],
    unknownIsFine: ["kmsKeyId"],
});
