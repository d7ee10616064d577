/** Kinesis data streams and Firehose delivery streams. */
import { expects } from "../core/conditions.ts";
import { compliant, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";

export const streams: readonly Rule[] = [
    {
        id: "kinesis-encrypted",
        title: "Every stream encrypts its records",
        why: "A stream keeps up to a year of events.",
        fix: 'Set `encryptionType: "KMS"` and `kmsKeyId` ("alias/aws/kinesis" will do).',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["Kinesis.1"], hipaa: ["REST"] },
        on: ["kinesis/stream"],
        judge: (resource) =>
            expects(resource, "encryptionType", { expected: '"KMS"', accepts: (value) => String(value).toUpperCase() === "KMS" }),
    },
    {
        id: "firehose-encrypted",
        title: "Every delivery stream encrypts what it buffers",
        why: "Firehose keeps records for a day when its destination is away.",
        fix: "Set `serverSideEncryption: { enabled: true }`; a stream fed by Kinesis is encrypted by its source.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["DataFirehose.1"], hipaa: ["REST"] },
        on: ["kinesis/firehoseDeliveryStream"],
        judge: (resource) =>
            resource.has("kinesisSourceConfiguration") ||
            resource.has("mskSourceConfiguration") ||
            resource.flag("serverSideEncryption.enabled") === true
                ? compliant
                : violation("serverSideEncryption.enabled", "expected true, or a Kinesis stream as the source, got neither"),
    },
];
