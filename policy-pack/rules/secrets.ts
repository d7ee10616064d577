/** Secrets Manager and SSM parameters. */
import { expects, present } from "../core/conditions.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";

export const secrets: readonly Rule[] = [
    {
        id: "secret-cmk",
        title: "Every secret is encrypted with a key of your own",
        why: "The account's default key lets every principal of the account read whatever their own policy allows; a key of your own has a policy of its own.",
        fix: "Set `kmsKeyId` to your key.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: ["secretsmanager/secret"],
        judge: (resource) => expects(resource, "kmsKeyId", present("a KMS key")),
    },
];
