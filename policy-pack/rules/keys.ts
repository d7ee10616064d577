/** KMS keys: rotation, policies, deletion. */
import { atLeast, atMostOrNothing, expects, isTrue, notFalse, notTrue } from "../core/conditions.ts";
import { compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { isHeld } from "../core/permissions.ts";
import { allowsAnybody, documentAt, isNarrowed, type Statement } from "../core/policy-document.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";

const key = "kms/key";
const keysOfAnyKind = [key, "kms/replicaKey", "kms/externalKey", "kms/replicaExternalKey"];
const withPolicy = [...keysOfAnyKind, "kms/keyPolicy"];

/** AWS rotates only what it made itself: symmetric keys for encryption, outside of custom key stores. */
function canRotate(resource: ResourceView): boolean {
    return (
        (resource.text("customerMasterKeySpec") ?? "SYMMETRIC_DEFAULT") === "SYMMETRIC_DEFAULT" &&
        (resource.text("keyUsage") ?? "ENCRYPT_DECRYPT") === "ENCRYPT_DECRYPT" &&
        !resource.has("customKeyStoreId") &&
        !resource.has("xksKeyId")
    );
}

function eachStatement(resource: ResourceView, judge: (statement: Statement) => Finding): Finding {
    return resource.has("policy")
        ? each(documentAt(resource, "policy") ?? [], judge)
        : notApplicable("AWS's default policy, which leaves the key to the account's own policies");
}

export const keys: readonly Rule[] = [
    {
        id: "kms-key-rotation",
        title: "Keys change their material every year",
        why: "Whoever got hold of old material reads what was encrypted with it, for as long as it stays in use.",
        fix: "Set `enableKeyRotation: true`; nothing has to be encrypted again.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["KMS.4"], cis3: ["3.6"], cis5: ["3.6"], hipaa: ["REST"] },
        on: [key],
        judge: (resource) =>
            canRotate(resource) ? expects(resource, "enableKeyRotation", isTrue) : notApplicable("AWS does not rotate keys of this kind"),
        remedy: (resource) => (canRotate(resource) ? { enableKeyRotation: true } : undefined),
    },
    {
        id: "kms-rotation-period",
        title: "Keys are not rotated more rarely than once a year",
        why: "A period of its own can be set up to seven years, which nobody sees in the console.",
        fix: "Leave `rotationPeriodInDays` out, which is 365, or lower it.",
        severity: "low",
        levels: standing.production,
        controls: {},
        parameters: { maximumDays: { about: "Days between rotations.", default: 365 } },
        on: [key],
        judge: (resource, parameters) =>
            expects(resource, "rotationPeriodInDays", atMostOrNothing(parameters.number("maximumDays"), "days")),
    },
    {
        id: "kms-no-public-policy",
        title: "No key's policy lets in strangers",
        why: "Whoever may use the key reads all that it protects, from whatever account they come.",
        fix: "Name accounts, roles or services as `Principal`, or add a condition such as kms:CallerAccount or aws:PrincipalOrgID.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["KMS.5"], hipaa: ["ACCNET"] },
        on: withPolicy,
        judge: (resource) =>
            eachStatement(resource, (statement) =>
                allowsAnybody(statement)
                    ? violation(statement.path, "expected named principals or a condition on who calls, got anybody")
                    : compliant,
            ),
    },
    {
        id: "kms-policy-confused-deputy",
        title: "A service uses a key only for your own account",
        why: "A service works for every AWS customer; without a condition another's resource can be encrypted, or read, with your key through it.",
        fix: "Add `aws:SourceAccount`, `aws:SourceArn` or the service's encryption context to the statement's conditions.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: {},
        link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        on: withPolicy,
        judge: (resource) =>
            eachStatement(resource, (statement) => {
                const services = statement.principals.filter((principal) => principal.startsWith("Service:"));
                return !statement.allows || services.length === 0 || isNarrowed(statement) || isHeld(statement)
                    ? compliant
                    : violation(
                          statement.path,
                          `expected a condition on the source for ${services.map((each) => each.slice("Service:".length)).join(", ")}, got none`,
                      );
            }),
    },
    {
        id: "kms-policy-defined",
        title: "Every key has a policy of its own",
        why: "The default policy leaves a key to whoever may write IAM policies in the account; nobody has decided who reads.",
        fix: "Set `policy`, or add a `kms.KeyPolicy` (Terrace: components/keys writes one a domain).",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        scope: "relation",
        on: [key],
        judge: (resource, _parameters, stack) =>
            resource.has("policy") || stack.referrers(resource, "kms/keyPolicy", "keyId").length > 0
                ? compliant
                : violation("policy", "expected a policy here or a KeyPolicy, got neither"),
    },
    {
        id: "kms-deletion-window",
        title: "A key can be brought back for long enough after it was deleted",
        why: "With its key, everything that was encrypted is gone, backups too, and the mistake shows only when somebody reads.",
        fix: "Leave `deletionWindowInDays` out, which is 30.",
        severity: "medium",
        levels: standing.everywhere,
        controls: { fsbp: ["KMS.3"], hipaa: ["308(a)(1)(ii)(B)"] },
        parameters: { minimumDays: { about: "Days to change one's mind.", default: { development: 7, production: 30, regulated: 30 } } },
        on: keysOfAnyKind,
        judge: (resource, parameters) => {
            const enough = atLeast(parameters.number("minimumDays"), "days");
            return expects(resource, "deletionWindowInDays", {
                ...enough,
                expected: `${enough.expected} or nothing`,
                accepts: (value) => value === undefined || enough.accepts(value),
            });
        },
    },
    {
        id: "kms-key-enabled",
        title: "Every key that the program keeps is enabled",
        why: "A disabled key makes its data unreadable for the next start of whatever uses it, hours or months later.",
        fix: "Leave `isEnabled` (replicas: `enabled`) out; a key that is not needed is better deleted.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["AVAIL"] },
        on: [key, "kms/replicaKey"],
        judge: (resource) => expects(resource, resource.type === key ? "isEnabled" : "enabled", notFalse),
    },
    {
        id: "kms-no-lockout-bypass",
        title: "AWS's check that somebody can still manage a key is left on",
        why: "A policy that shuts out its own author can be undone only by AWS support, and not always.",
        fix: "Leave `bypassPolicyLockoutSafetyCheck` out.",
        severity: "high",
        levels: standing.everywhere,
        controls: {},
        on: withPolicy,
        judge: (resource) => expects(resource, "bypassPolicyLockoutSafetyCheck", notTrue),
    },
    {
        id: "kms-alias-required",
        title: "Every key has an alias",
        why: "A key that is only an id in a list is the one that somebody deletes because nobody knows what it is for.",
        fix: "Add a `kms.Alias` with `targetKeyId`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        scope: "relation",
        on: keysOfAnyKind,
        judge: (resource, _parameters, stack) =>
            stack.referrers(resource, "kms/alias", "targetKeyId").length > 0
                ? compliant
                : violation("", "expected an Alias for the key, got none"),
    },
    {
        id: "kms-grant-narrow",
        title: "A grant is for named operations and cannot be handed on",
        why: "Grants are in no policy document, so one that may grant in turn spreads where no review looks.",
        fix: "Take `CreateGrant` out of `operations`, or add `constraints` on the encryption context.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACC"] },
        on: ["kms/grant"],
        judge: (resource) =>
            resource.has("constraints") || !resource.texts("operations").includes("CreateGrant")
                ? compliant
                : violation("operations", "expected no CreateGrant without constraints, got it"),
    },
];
