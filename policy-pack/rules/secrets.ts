/** Secrets Manager: who reads a secret, how long it lives, what brings it back. */
import { absent, expects, isTrue, present } from "../core/conditions.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { allowsAnybody, documentAt } from "../core/policy-document.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";

const secret = "secretsmanager/secret";

/** `rate(10 days)` in days, counted in full; undefined for a cron expression, which says more than a number. */
function daysOfRate(expression: string): number | undefined {
    const [, count = "", unit = ""] = /^rate\((\d+) (day|hour)s?\)$/.exec(expression.trim()) ?? [];
    return count === "" ? undefined : unit === "hour" ? Math.ceil(Number(count) / 24) : Number(count);
}

function judgeRotation(rotation: ResourceView, maximum: number): Finding {
    const path = "rotationRules.automaticallyAfterDays";
    const expression = rotation.text("rotationRules.scheduleExpression");
    const days = rotation.number(path) ?? daysOfRate(expression ?? "");
    if (rotation.flag("rotationEnabled") === false) {
        return violation("", `expected rotation that is on, got ${rotation.name} with rotationEnabled false`);
    }
    return days === undefined || days <= maximum
        ? compliant
        : violation("", `expected a new value within ${maximum} days, got ${days} in ${rotation.name}`);
}

/** Rotations of the secret, also those that take its id from a version so as to wait for the first value. */
function rotationsOf(resource: ResourceView, stack: StackView): readonly ResourceView[] {
    return [resource, ...stack.referrers(resource, "secretsmanager/secretVersion", "secretId")].flatMap((each) =>
        stack.referrers(each, "secretsmanager/secretRotation", "secretId"),
    );
}

export const secrets: readonly Rule[] = [
    {
        id: "secret-cmk",
        title: "Every secret is encrypted with a key of your own",
        why: "The account's default key lets every principal of the account read whatever their own policy allows; a key of your own has a policy of its own.",
        fix: "Set `kmsKeyId` to your key.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: [secret],
        judge: (resource) => expects(resource, "kmsKeyId", present("a KMS key")),
    },
    {
        id: "secret-replica-cmk",
        title: "A secret's copies in other regions are encrypted with keys of your own too",
        why: "A copy without a key of its own falls back to the default key there, where every reader of secrets may decrypt it.",
        fix: "Set `kmsKeyId` on each entry of `replicas`; a multi-region key has the same id everywhere.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: [secret],
        judge: (resource) =>
            resource.has("replicas")
                ? each(resource.list("replicas"), (replica) => expects(replica, "kmsKeyId", present("a KMS key")))
                : notApplicable("no copies"),
    },
    {
        id: "secret-rotation",
        title: "Every secret gets a new value by itself",
        why: "A value that nobody changes is known to everybody who ever worked here.",
        fix: "Add a `secretsmanager.SecretRotation` with `automaticallyAfterDays`; what another company issues can be waived with the day it ends.",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["SecretsManager.1", "SecretsManager.4"], hipaa: ["308(a)(4)(ii)(B)"] },
        parameters: { maximumDays: { about: "Days that a value may live.", default: 90 } },
        scope: "relation",
        on: [secret],
        judge: (resource, parameters, stack) => {
            // Such a secret takes part in a partner's own rotation.
            if (resource.has("type")) {
                return notApplicable("rotated by the partner that issues it");
            }
            const rotations = rotationsOf(resource, stack);
            return rotations.length === 0
                ? violation("", "expected a SecretRotation for the secret, got none")
                : each(rotations, (rotation) => judgeRotation(rotation, parameters.number("maximumDays")));
        },
    },
    {
        id: "secret-no-public-policy",
        title: "No secret's policy lets in strangers",
        why: "Whoever is let in by the policy reads the password, from whatever account they come.",
        fix: "Name roles or accounts as `Principal`, or add a condition such as aws:PrincipalOrgID.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCNET"] },
        on: [secret, "secretsmanager/secretPolicy"],
        judge: (resource) =>
            resource.has("policy")
                ? each(documentAt(resource, "policy") ?? [], (statement) =>
                      allowsAnybody(statement)
                          ? violation(statement.path, "expected named principals or a condition on who calls, got anybody")
                          : compliant,
                  )
                : notApplicable("no policy of its own"),
    },
    {
        id: "secret-policy-checked",
        title: "AWS checks a secret's policy for public access before it takes it",
        why: "Zelkova, AWS's prover, sees combinations of conditions that no review and no pattern sees.",
        fix: "Set `blockPublicPolicy: true`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["ACCNET"] },
        on: ["secretsmanager/secretPolicy"],
        judge: (resource) => expects(resource, "blockPublicPolicy", isTrue),
        remedy: () => ({ blockPublicPolicy: true }),
    },
    {
        id: "secret-recovery-window",
        title: "A deleted secret can be brought back for some days",
        why: "With 0 days it is gone at once, and the database that it opens stays locked.",
        fix: "Leave `recoveryWindowInDays` out, which is 30.",
        severity: "low",
        levels: standing.production,
        controls: { hipaa: ["BKP"] },
        parameters: { minimumDays: { about: "Days to change one's mind.", default: { development: 0, production: 7, regulated: 7 } } },
        on: [secret],
        judge: (resource, parameters) => {
            const minimum = parameters.number("minimumDays");
            return expects(resource, "recoveryWindowInDays", {
                expected: `at least ${minimum} days or nothing`,
                accepts: (value) => value === undefined || Number(value) >= minimum,
            });
        },
    },
    {
        id: "secret-value-write-only",
        title: "No secret's value stands in the program's state",
        why: "Whoever may read the state, and whoever ever could, has the value; a write-only one is sent to AWS and kept nowhere else.",
        fix: "Use `secretStringWo` with `secretStringWoVersion`; without `secretString` the value can also be set by a rotation or by hand.",
        severity: "low",
        levels: standing.onRequest,
        controls: { hipaa: ["308(a)(5)(ii)(D)"] },
        on: ["secretsmanager/secretVersion"],
        judge: (resource) =>
            all(
                () => expects(resource, "secretString", absent("secretStringWo")),
                () => expects(resource, "secretBinary", absent("secretStringWo")),
            ),
    },
];
