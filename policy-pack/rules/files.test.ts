import { describeRule } from "../testing.ts";

describeRule({
    rule: "efs-encrypted",
    type: "efs/fileSystem",
    compliant: { encrypted: true },
    violations: [{ change: { encrypted: undefined }, says: ["encrypted  expected true, got nothing"] }],
});
