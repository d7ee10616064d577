/** CloudWatch Logs. */
import { expects, present } from "../core/conditions.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";

export const logs: readonly Rule[] = [
    {
        id: "log-group-kms",
        title: "Every log group is encrypted with a KMS key",
        why: "Logs hold what programs were given: addresses, names, sometimes tokens.",
        fix: "Set `kmsKeyId`; the key's policy must let logs.<region>.amazonaws.com use it.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: ["cloudwatch/logGroup"],
        judge: (resource) => expects(resource, "kmsKeyId", present("a KMS key")),
    },
];
