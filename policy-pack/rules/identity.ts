/** What IAM policies allow, and users who should not be. */
import { compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import {
    grantsOnEvery,
    isAdministration,
    isHeld,
    permissionDocuments,
    permissionTypes,
    reachesAnywhere,
    reachesEvery,
    writesOf,
} from "../core/permissions.ts";
import { allowsAction, type Statement } from "../core/policy-document.ts";
import { judgeSyntax } from "../core/policy-syntax.ts";
import type { ResourceView } from "../core/resource.ts";
import { credentials, escalations, runners, sharing, stores } from "../core/risky-actions.ts";
import type { Parameter, Parameters, Rule } from "../core/rule.ts";

const boundaries: Parameter = {
    about: "Parts of names of policies that are permissions boundaries: they only limit, so they may be wide.",
    default: ["boundary"],
};

type Document = readonly Statement[];

/** Judges each document of permissions on its own, whatever resource it stands in. */
function onDocuments(judge: (document: Document, parameters: Parameters) => Finding) {
    return (resource: ResourceView, parameters: Parameters): Finding => {
        if (resource.type === "iam/policy" && parameters.texts("boundaries").some((part) => resource.name.includes(part))) {
            return notApplicable("a permissions boundary grants nothing");
        }
        const documents = permissionDocuments(resource);
        return documents.length === 0 ? notApplicable("no inline policy") : each(documents, (document) => judge(document(), parameters));
    };
}

/** Judges each statement that allows something; everything on everything is left to the rule that is about it. */
function onStatements(judge: (statement: Statement, document: Document, parameters: Parameters) => Finding) {
    return onDocuments((document, parameters) =>
        each(document, (statement) =>
            !statement.allows || isAdministration(statement) ? compliant : judge(statement, document, parameters),
        ),
    );
}

/** `a, b, c and 4 more`. */
function some(names: readonly string[]): string {
    return names.length <= 4 ? names.join(", ") : `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
}

/** None of these actions, unless held to resources. */
function noneOnEvery(actions: readonly string[]) {
    return onStatements((statement, document) => {
        const granted = actions.filter((action) => grantsOnEvery(statement, action, document));
        return granted.length === 0
            ? compliant
            : violation(statement.path, `expected named resources or a condition for ${some(granted)}, got every resource`);
    });
}

/** Where each type keeps a policy document that a program writes. */
const documentProperty: Readonly<Record<string, string>> = {
    "backup/vaultPolicy": "policy",
    "ecr/repositoryPolicy": "policy",
    "iam/groupPolicy": "policy",
    "iam/policy": "policy",
    "iam/role": "assumeRolePolicy",
    "iam/rolePolicy": "policy",
    "iam/userPolicy": "policy",
    "kms/key": "policy",
    "kms/keyPolicy": "policy",
    "s3/bucketPolicy": "policy",
    "secretsmanager/secretPolicy": "policy",
    "sns/topicPolicy": "policy",
    "sqs/queuePolicy": "policy",
    "ssoadmin/permissionSetInlinePolicy": "inlinePolicy",
};

export const identity: readonly Rule[] = [
    {
        id: "iam-no-admin-star",
        title: "No policy allows everything on everything",
        why: "One stolen session of such a role is the whole account, its backups and its logs.",
        fix: "Name the actions and the resources that are needed; people who administer use a permission set with a short session.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["IAM.1"], cis3: ["1.16"], cis5: ["1.15"], hipaa: ["ACCID"] },
        parameters: { boundaries },
        on: permissionTypes,
        judge: onDocuments((document) =>
            each(document, (statement) =>
                isAdministration(statement)
                    ? violation(statement.path, "expected named actions or resources, got every action on every resource")
                    : compliant,
            ),
        ),
    },
    {
        id: "iam-no-service-wildcard",
        title: "No policy allows all actions of a service",
        why: "All of a service holds its deletions and its policies too, and everything that AWS will add to it.",
        fix: "Name the actions; a verb with `*`, such as `s3:Get*`, is narrow enough.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["IAM.21"], hipaa: ["ACCID"] },
        parameters: { boundaries, allowed: { about: "Services of which all actions may be allowed, such as `execute-api`.", default: [] } },
        on: permissionTypes,
        judge: onStatements((statement, _document, parameters) => {
            const allowed = parameters.texts("allowed");
            const whole = statement.actions.filter((action) => {
                const [service = "", name = "*"] = action.split(":");
                return /^[*?]+$/.test(name) && !allowed.includes(service);
            });
            return whole.length === 0
                ? compliant
                : violation(`${statement.path}.Action`, `expected named actions, got ${some(whole.map((action) => `"${action}"`))}`);
        }),
    },
    {
        id: "iam-no-allow-by-exclusion",
        title: "No policy allows all but what it names",
        why: "What is allowed grows with every action and resource that AWS or somebody adds, and nobody is asked.",
        fix: "Write `Action` and `Resource`; NotAction and NotResource are for statements that deny.",
        severity: "high",
        levels: standing.production,
        controls: { hipaa: ["ACCID"] },
        link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
        parameters: { boundaries },
        on: permissionTypes,
        judge: onStatements((statement) => {
            const word = statement.notActions.length > 0 ? "NotAction" : "NotResource";
            return statement.notActions.length > 0 || statement.notResources.length > 0
                ? violation(`${statement.path}.${word}`, `expected ${word.slice("Not".length)}, got ${word} in a statement that allows`)
                : compliant;
        }),
    },
    {
        id: "iam-no-resource-wildcard-write",
        title: "What changes or deletes something is allowed on named resources",
        why: "A fault in one program, or its stolen role, then stops at what belongs to it.",
        fix: "Put the ARNs in `Resource`, or a condition such as aws:ResourceTag; actions that AWS cannot hold to resources are left alone.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { hipaa: ["ACCID"] },
        parameters: { boundaries },
        on: permissionTypes,
        judge: onStatements((statement) => {
            const wide = writesOf(statement).filter((action) => reachesAnywhere(statement, action) && !isHeld(statement));
            return wide.length === 0
                ? compliant
                : violation(`${statement.path}.Resource`, `expected the resources that ${some(wide)} may change, got every one`);
        }),
    },
    {
        id: "iam-no-privilege-escalation",
        title: "Nobody can give themselves more than they have",
        why: "Whoever may rewrite a policy, a login or a function's code of any role has all of them.",
        fix: "Name the roles, users and functions, or hold the action by iam:PermissionsBoundary; pass roles only to what needs them.",
        severity: "high",
        levels: standing.production,
        controls: { hipaa: ["ACCID"] },
        parameters: { boundaries },
        on: permissionTypes,
        judge: onStatements((statement, document) => {
            const alone = escalations.filter((action) => grantsOnEvery(statement, action, document));
            const passes = grantsOnEvery(statement, "iam:PassRole", document);
            const run = passes ? runners.filter((action) => document.some((other) => allowsAction(other, action))) : [];
            const found = [...alone, ...run.map((action) => `iam:PassRole with ${action}`)];
            return found.length === 0
                ? compliant
                : violation(statement.path, `expected no way to more than is granted, got ${some(found)} on every resource`);
        }),
    },
    {
        id: "iam-no-permissions-management",
        title: "Who may share or unlock something may do so with named resources only",
        why: "One call then opens any bucket, key or snapshot of the account to another one.",
        fix: "Put the ARNs in `Resource`, or a condition such as kms:GrantIsForAWSResource.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { hipaa: ["ACCID"] },
        parameters: { boundaries },
        on: permissionTypes,
        judge: noneOnEvery(sharing),
    },
    {
        id: "iam-no-credentials-exposure",
        title: "Credentials are handed out for named users, roles and databases only",
        why: "Whoever may take on any role, or open any database, has the sum of what all of them may do.",
        fix: "Put the ARNs of the roles, users or databases in `Resource`.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACCID"] },
        parameters: { boundaries },
        on: permissionTypes,
        judge: noneOnEvery(credentials),
    },
    {
        id: "iam-no-data-exfiltration",
        title: "Stored data is read from named places only",
        why: "One program's stolen role then reads every object and every secret of the account.",
        fix: "Put the ARNs of the buckets, parameters, secrets and tables in `Resource`.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACC"] },
        parameters: { boundaries },
        on: permissionTypes,
        judge: noneOnEvery(stores),
    },
    {
        id: "iam-passrole-scoped",
        title: "Roles are passed on by name",
        why: "Whoever passes any role to a machine they start becomes that role.",
        fix: "Put the role's ARN in `Resource`; where a part must stay open, add iam:PassedToService.",
        severity: "high",
        levels: standing.production,
        controls: { hipaa: ["ACCID"] },
        parameters: { boundaries },
        on: permissionTypes,
        judge: onStatements((statement) => {
            if (!allowsAction(statement, "iam:PassRole")) {
                return compliant;
            }
            if (reachesEvery(statement, "iam:PassRole")) {
                return violation(`${statement.path}.Resource`, "expected the ARNs of roles for iam:PassRole, got every role");
            }
            const open = statement.resources.find((resource) => resource.includes("*"));
            const service = statement.conditions.some(
                (condition) => condition.key === "iam:passedtoservice" && !condition.values.includes("*"),
            );
            return open === undefined || service
                ? compliant
                : violation(`${statement.path}.Condition`, `expected iam:PassedToService beside "${open}", got none`);
        }),
    },
    {
        id: "iam-kms-decrypt-scoped",
        title: "Data is decrypted with named keys",
        why: "A key of one's own protects nothing from whoever may decrypt with all of them.",
        fix: "Put the key's ARN in `Resource`, or a condition such as kms:ViaService or kms:ResourceAliases.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["KMS.1", "KMS.2"], hipaa: ["312(a)(2)(iv)"] },
        parameters: { boundaries },
        on: permissionTypes,
        judge: noneOnEvery(["kms:Decrypt", "kms:ReEncryptFrom"]),
    },
    {
        id: "iam-no-user-policies",
        title: "No policy hangs on a user",
        why: "What a person may do is then spread over users, where the one who left keeps more than anybody knows.",
        fix: "Attach the policy to a group or, better, give a role or permission set to whom the directory says.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["IAM.2"], cis3: ["1.15"], cis5: ["1.14"], hipaa: ["ACCID"] },
        on: ["iam/userPolicy", "iam/userPolicyAttachment", "iam/policyAttachment"],
        judge: (resource) =>
            resource.type === "iam/policyAttachment" && !resource.has("users")
                ? compliant
                : violation(
                      resource.type === "iam/policyAttachment" ? "users" : "",
                      "expected a policy on a group or role, got one on a user",
                  ),
    },
    {
        id: "iam-no-inline-policies",
        title: "No policy is written into a user, group or role",
        why: "An auditor lists managed policies in one place, with versions; inline ones are found one by one.",
        fix: "Use `iam.Policy` and an attachment; an inline policy that dies with its role is just as sound, so this is a matter of taste.",
        severity: "low",
        levels: standing.onRequest,
        controls: { hipaa: ["ACCID"] },
        on: ["iam/rolePolicy", "iam/userPolicy", "iam/groupPolicy", "iam/role"],
        judge: (resource) =>
            resource.type === "iam/role" && !resource.has("inlinePolicies")
                ? compliant
                : violation(resource.type === "iam/role" ? "inlinePolicies" : "", "expected a managed policy, got an inline one"),
    },
    {
        id: "policy-document-valid",
        title: "Every policy document says what AWS understands",
        why: "What is misspelt is refused in the middle of a deploy; what is only misread, such as a variable in the old language, is allowed.",
        fix: 'Build the text with `pulumi.jsonStringify` or `iam.getPolicyDocumentOutput`, with `Version: "2012-10-17"`.',
        severity: "medium",
        levels: standing.everywhere,
        controls: {},
        link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
        on: Object.keys(documentProperty),
        judge: (resource) => {
            const property = documentProperty[resource.type] ?? "policy";
            const raw = resource.raw(property);
            return raw === undefined ? notApplicable("no document") : judgeSyntax(raw, property);
        },
    },
];
