/** SNS topics and SQS queues. */
import { expects, present } from "../core/conditions.ts";
import { compliant, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";

export const messaging: readonly Rule[] = [
    {
        id: "sns-encrypted",
        title: "Every topic encrypts its messages with a KMS key",
        why: "Messages wait on disk until they are delivered; alarms and orders tell a lot.",
        fix: 'Set `kmsMasterKeyId` to your key (a topic that CloudWatch alarms publish to cannot use "alias/aws/sns").',
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["SNS.1"], hipaa: ["REST"] },
        on: ["sns/topic"],
        judge: (resource) => expects(resource, "kmsMasterKeyId", present("a KMS key")),
    },
    {
        id: "sqs-encrypted",
        title: "Every queue encrypts its messages",
        why: "Messages lie in a queue for up to a fortnight.",
        fix: "Set `kmsMasterKeyId`, or `sqsManagedSseEnabled: true`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["SQS.1"], hipaa: ["REST"] },
        on: ["sqs/queue"],
        judge: (resource) =>
            // AWS encrypts new queues by itself unless it is told not to.
            resource.has("kmsMasterKeyId") || resource.flag("sqsManagedSseEnabled") !== false
                ? compliant
                : violation("sqsManagedSseEnabled", "expected true or a KMS key, got false"),
    },
];
