import { describeRule } from "../testing.ts";

describeRule({
    rule: "secret-cmk",
    type: "secretsmanager/secret",
    compliant: { kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1" },
    violations: [{ change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a KMS key, got nothing"] }],
    unknownIsFine: ["kmsKeyId"],
});
