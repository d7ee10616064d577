import { describeRule } from "../testing.ts";

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
