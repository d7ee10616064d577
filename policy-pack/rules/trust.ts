/** Who may take on a role, and account-wide IAM settings. */
import { X509Certificate } from "node:crypto";
import { accountIn, ownAccounts } from "../core/accounts.ts";
import { isBaseline, regionsWithout } from "../core/baseline.ts";
import { absent, atLeast, atMost, atMostOrNothing, containing, expects, isTrue } from "../core/conditions.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { allowsAnybody, type Condition, covers, documentAt, isNarrowed, type Statement } from "../core/policy-document.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";

const role = "iam/role";

/** Judges each statement of a role's trust that lets somebody in. */
function eachTrust(resource: ResourceView, judge: (statement: Statement) => Finding): Finding {
    return each(documentAt(resource, "assumeRolePolicy") ?? [], (statement) => (statement.allows ? judge(statement) : compliant));
}

function principalsOf(statement: Statement, kind: "AWS" | "Service" | "Federated"): readonly string[] {
    return statement.principals.filter((each) => each.startsWith(`${kind}:`)).map((each) => each.slice(kind.length + 1));
}

/** A condition that only a request with this key and one of these values meets. */
function holds(condition: Condition, key: RegExp): boolean {
    return key.test(condition.key) && /^(string|arn)(equals|like)/.test(condition.operator) && !condition.passesWithoutKey;
}

/** Providers that log in people of the whole world by a client id; there is no one subject to name. */
const consumerLogins = /(^|\/)(cognito-identity\.amazonaws\.com|accounts\.google\.com|graph\.facebook\.com|www\.amazon\.com)$/;

/** Words before the owner's name in the subjects of GitHub, GitLab, Bitbucket, Terraform, Pulumi and Kubernetes. */
const subjectWords =
    /^((repo|repository(_owner)?(_id)?|job_workflow_ref|context|project_path|organization|org|user|pulumi|deploy|environments?|system|serviceaccount):)*/;

/** Whether a pattern for subjects lets in strangers': an owner's name that may go on is another owner's name. */
function isOpenSubject(pattern: string): boolean {
    const fixed = pattern.slice(0, pattern.search(/[*?]|$/));
    return fixed !== pattern && !/^[^/:@]+[/:@]/.test(fixed.replace(subjectWords, ""));
}

function judgeWebIdentity(statement: Statement, issuer: string): Finding {
    const audience = statement.conditions.some((condition) => holds(condition, /:(aud|app_id)$/));
    const audienceFinding = audience
        ? compliant
        : violation(`${statement.path}.Condition`, `expected the audience of ${issuer}'s tokens (:aud), got any`);
    if (consumerLogins.test(issuer)) {
        return audienceFinding;
    }
    const subjects = statement.conditions.filter((condition) => holds(condition, /:(sub|job_workflow_ref|repository|repository_id)$/));
    const open = (condition: Condition): string | undefined => condition.values.find(isOpenSubject);
    const [first] = subjects;
    const subjectFinding =
        first === undefined
            ? violation(`${statement.path}.Condition`, `expected the subject of ${issuer}'s tokens (:sub), got any`)
            : subjects.some((condition) => open(condition) === undefined)
              ? compliant
              : violation(`${statement.path}.Condition`, `expected a full name of an owner in ${first.key}, got "${open(first)}"`);
    return all(
        () => audienceFinding,
        () => subjectFinding,
    );
}

function endOf(certificate: string): Date | undefined {
    try {
        return new Date(new X509Certificate(certificate).validTo);
    } catch {
        return undefined;
    }
}

const attachments = ["iam/rolePolicyAttachment", "iam/groupPolicyAttachment", "iam/userPolicyAttachment", "iam/policyAttachment"];
const withManaged = [...attachments, role, "iam/rolePolicyAttachmentsExclusive"];

/** The managed policies that a resource attaches, with where they stand. */
function managedPolicies(resource: ResourceView): readonly (() => readonly [path: string, arn: string])[] {
    if (attachments.includes(resource.type)) {
        return [() => ["policyArn", resource.text("policyArn") ?? ""]];
    }
    const property = resource.type === role ? "managedPolicyArns" : "policyArns";
    return resource.list(property).map((member) => () => [member.path, member.text("") ?? ""]);
}

/** The name of a policy that AWS wrote; undefined for one of your own. */
function nameOfAwsPolicy(arn: string): string | undefined {
    return /^arn:[^:]+:iam::aws:policy\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
}

/** `PT8H`, `PT1H30M`: the times of ISO 8601 that Identity Center takes. */
function secondsOf(duration: string): number {
    const [, hours = "0", minutes = "0", seconds = "0"] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(duration) ?? [];
    return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

export const trust: readonly Rule[] = [
    {
        id: "iam-trust-no-wildcard",
        title: "No role can be taken on by anybody",
        why: "Principal * is every AWS account there is; who guesses the role's name is in.",
        fix: "Name the account, role or service in `Principal`, or add a condition such as aws:PrincipalOrgID.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCID"] },
        on: [role],
        judge: (resource) =>
            eachTrust(resource, (statement) =>
                allowsAnybody(statement)
                    ? violation(statement.path, "expected named principals or a condition on who calls, got anybody")
                    : compliant,
            ),
    },
    {
        id: "iam-oidc-trust-scoped",
        title: "A role for a build server or a cluster is for certain subjects of it",
        why: "GitHub issues tokens to every repository in the world; a role that asks only for the issuer belongs to all of them.",
        fix: 'Add `<issuer>:aud`, and `<issuer>:sub` such as "repo:org/name:environment:prod", to `StringEquals` or `StringLike`.',
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCID"] },
        link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
        on: [role],
        judge: (resource) =>
            eachTrust(resource, (statement) => {
                const web = statement.actions.some((action) => covers(action, "sts:assumerolewithwebidentity"));
                const issuers = web ? principalsOf(statement, "Federated").filter((each) => !each.includes(":saml-provider/")) : [];
                return each(issuers, (issuer) => judgeWebIdentity(statement, issuer.replace(/^.*:oidc-provider\//, "")));
            }),
    },
    {
        id: "iam-trust-confused-deputy",
        title: "A service takes on a role only for your own account",
        why: "A service works for every AWS customer; where it can be told whose role to take, another's resource may act with yours.",
        fix: "Add a condition on `aws:SourceAccount` or `aws:SourceArn` to the trust policy.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: {},
        link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        parameters: {
            services: {
                about: "Services that say for which resource they take a role. EC2, Lambda and others do not, so no condition could hold there.",
                default: [
                    "bedrock.amazonaws.com",
                    "codebuild.amazonaws.com",
                    "codedeploy.amazonaws.com",
                    "ecs-tasks.amazonaws.com",
                    "events.amazonaws.com",
                    "monitoring.rds.amazonaws.com",
                    "scheduler.amazonaws.com",
                    "states.amazonaws.com",
                    "transfer.amazonaws.com",
                    "vpc-flow-logs.amazonaws.com",
                ],
            },
        },
        on: [role],
        judge: (resource, parameters) =>
            eachTrust(resource, (statement) => {
                const services = principalsOf(statement, "Service").filter((service) => parameters.texts("services").includes(service));
                return services.length === 0 || isNarrowed(statement)
                    ? compliant
                    : violation(statement.path, `expected a condition on the source for ${services.join(", ")}, got none`);
            }),
    },
    {
        id: "iam-cross-account-external-id",
        title: "Another account takes on a role only with something that is agreed on",
        why: "A supplier who keeps roles of many customers can be talked into using yours for one of them.",
        fix: "Add `sts:ExternalId` for a supplier, aws:PrincipalOrgID for your own organization, or aws:MultiFactorAuthPresent for people.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACCID"] },
        parameters: { accounts: { about: "Accounts of your own, beside those that the provider's allowedAccountIds names.", default: [] } },
        scope: "relation",
        on: [role],
        judge: (resource, parameters, stack) =>
            eachTrust(resource, (statement) => {
                const named = principalsOf(statement, "AWS").flatMap((principal) => accountIn(principal) ?? []);
                const own = named.length === 0 ? [] : [...ownAccounts(resource, stack), ...parameters.texts("accounts")];
                const strangers = [...new Set(named)].filter((account) => !own.includes(account));
                const agreed = statement.conditions.some(
                    (condition) =>
                        holds(condition, /^(sts:externalid|aws:principal(orgid|orgpaths|arn))$/) ||
                        (condition.key === "aws:multifactorauthpresent" && condition.operator === "bool" && !condition.passesWithoutKey),
                );
                return strangers.length === 0 || agreed
                    ? compliant
                    : violation(statement.path, `expected sts:ExternalId or aws:PrincipalOrgID for ${strangers.join(", ")}, got neither`);
            }),
    },
    {
        id: "iam-no-broad-managed-policies",
        title: "Nobody holds a policy of AWS's that covers a whole service or more",
        why: "AWS writes them for everybody, so they hold everything that anybody could need, and more each year.",
        fix: "Write an `iam.Policy` of your own with the actions and ARNs that are needed.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["IAM.1"], cis3: ["1.16"], cis5: ["1.15"], hipaa: ["ACCID"] },
        parameters: {
            names: {
                about: "Patterns of names of AWS's policies; * is any run of characters.",
                default: [
                    "AdministratorAccess*",
                    "PowerUserAccess",
                    "*FullAccess",
                    "*FullAccessV2",
                    "*_FullAccess",
                    "DatabaseAdministrator",
                    "NetworkAdministrator",
                    "SystemAdministrator",
                ],
            },
            allowed: { about: "Patterns of names that are let through all the same.", default: ["AWSCloudShellFullAccess"] },
        },
        on: withManaged,
        judge: (resource, parameters) =>
            each(managedPolicies(resource), (policy) => {
                const [path, arn] = policy();
                const name = nameOfAwsPolicy(arn);
                const matches = (pattern: string): boolean => name !== undefined && covers(pattern, name);
                return parameters.texts("names").some(matches) && !parameters.texts("allowed").some(matches)
                    ? violation(path, `expected a policy that names what is needed, got "${name}"`)
                    : compliant;
            }),
    },
    {
        id: "iam-no-cloudshell-full",
        title: "Nobody may carry files in and out by CloudShell",
        why: "CloudShell's full access uploads and downloads through the browser, past every proxy and endpoint policy.",
        fix: "Allow the CloudShell actions that are needed, without GetFileDownloadUrls and GetFileUploadUrls.",
        severity: "medium",
        levels: standing.production,
        controls: { cis3: ["1.22"], cis5: ["1.21"] },
        on: withManaged,
        judge: (resource) =>
            each(managedPolicies(resource), (policy) => {
                const [path, arn] = policy();
                return nameOfAwsPolicy(arn) === "AWSCloudShellFullAccess"
                    ? violation(path, 'expected a policy without file transfer, got "AWSCloudShellFullAccess"')
                    : compliant;
            }),
    },
    {
        id: "iam-permissions-boundary",
        title: "Every role and user has a permissions boundary",
        why: "Where teams make their own roles, the boundary is what none of them can go beyond.",
        fix: "Set `permissionsBoundary` to the policy that your organization gives.",
        severity: "medium",
        levels: standing.onRequest,
        controls: { hipaa: ["ACCID"] },
        parameters: { arns: { about: "Patterns of ARNs of boundaries that count; * is any run of characters.", default: ["*"] } },
        on: [role, "iam/user"],
        judge: (resource, parameters) => {
            const patterns = parameters.texts("arns");
            return expects(resource, "permissionsBoundary", {
                expected: patterns.includes("*") ? "the ARN of a boundary" : patterns.join(" or "),
                accepts: (value) => value !== undefined && patterns.some((pattern) => covers(pattern, String(value))),
            });
        },
    },
    {
        id: "iam-max-session-duration",
        title: "A session with a role ends within a working half-day",
        why: "Stolen session credentials live as long as the session.",
        fix: "Lower `maxSessionDuration`, in seconds, or the permission set's `sessionDuration`; services renew their sessions by themselves.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["312(a)(2)(iii)"] },
        parameters: { maximumSeconds: { about: "Longest session.", default: 14_400 } },
        on: [role, "ssoadmin/permissionSet"],
        judge: (resource, parameters) => {
            const maximum = parameters.number("maximumSeconds");
            if (resource.type === role) {
                return expects(resource, "maxSessionDuration", atMostOrNothing(maximum, "seconds"));
            }
            const duration = resource.text("sessionDuration") ?? "PT1H";
            return secondsOf(duration) <= maximum
                ? compliant
                : violation("sessionDuration", `expected at most ${maximum} seconds, got "${duration}"`);
        },
    },
    {
        id: "iam-no-users",
        title: "There are no IAM users",
        why: "A user's keys and password live until somebody remembers them; who leaves the company leaves the directory, not IAM.",
        fix: "Give people permission sets of Identity Center, and programs roles (outside of AWS by OIDC or Roles Anywhere).",
        severity: "medium",
        levels: standing.regulated,
        controls: { cis3: ["1.21"], cis5: ["1.20"], hipaa: ["ACCIP"] },
        on: ["iam/user", "iam/userLoginProfile"],
        judge: (resource) =>
            violation(
                "",
                `expected a role or permission set, got ${resource.type === "iam/user" ? "a user" : "a password for the console"}`,
            ),
    },
    {
        id: "iam-no-access-keys",
        title: "There are no long-lived access keys",
        why: "Most break-ins into AWS accounts begin with a key in a repository; this one is in the state file as well.",
        fix: "Use a role: in AWS the service's own, for build servers OIDC, elsewhere Roles Anywhere.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["IAM.3"], cis3: ["1.13", "1.14"], cis5: ["1.12", "1.13"], hipaa: ["308(a)(5)(ii)(D)"] },
        on: ["iam/accessKey"],
        judge: () => violation("", "expected a role, got an access key"),
    },
    {
        id: "iam-user-in-group",
        title: "Every IAM user belongs to a group",
        why: "What a user may do is then read from the group's name, and ends with membership.",
        fix: "Add an `iam.UserGroupMembership` for the user.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["ACCID"] },
        scope: "relation",
        on: ["iam/user"],
        judge: (resource, _parameters, stack) =>
            stack.referrers(resource, "iam/userGroupMembership", "user").length > 0 ||
            stack.referrers(resource, "iam/groupMembership", "users").length > 0
                ? compliant
                : violation("", "expected membership of a group, got none"),
    },
    {
        id: "iam-password-policy",
        title: "Passwords of the account are long and not used twice",
        why: "AWS's default asks for eight characters, which a rented graphics card tries out in hours.",
        fix: "Set `minimumPasswordLength: 14`, `passwordReusePrevention: 24` and the four `require…` flags.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["IAM.7", "IAM.10"], cis3: ["1.8", "1.9"], cis5: ["1.7", "1.8"], hipaa: ["308(a)(5)(ii)(D)"] },
        parameters: {
            minimumLength: { about: "Shortest password.", default: 14 },
            remembered: { about: "Former passwords that cannot be used again.", default: 24 },
            maximumAgeDays: {
                about: "Days after which a password must change; 0 asks for none, as CIS and NIST do.",
                default: { development: 0, production: 0, regulated: 90 },
            },
        },
        on: ["iam/accountPasswordPolicy"],
        judge: (resource, parameters) => {
            const age = parameters.number("maximumAgeDays");
            return all(
                () => expects(resource, "minimumPasswordLength", atLeast(parameters.number("minimumLength"), "characters")),
                () => expects(resource, "passwordReusePrevention", atLeast(parameters.number("remembered"), "passwords")),
                () => expects(resource, "requireLowercaseCharacters", isTrue),
                () => expects(resource, "requireUppercaseCharacters", isTrue),
                () => expects(resource, "requireNumbers", isTrue),
                () => expects(resource, "requireSymbols", isTrue),
                () => (age === 0 ? compliant : expects(resource, "maxPasswordAge", atMost(age, "days"))),
            );
        },
    },
    {
        id: "iam-server-certificate",
        title: "No certificate in IAM has run out or soon will",
        why: "Nobody renews what lies in IAM, and AWS sends no mail before it ends.",
        fix: "Request it in ACM, which renews by itself, and point the listener there.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["IAM.26"], cis3: ["1.19"], cis5: ["1.18"] },
        parameters: { days: { about: "Days that a certificate must still have.", default: 30 } },
        on: ["iam/serverCertificate"],
        judge: (resource, parameters) => {
            const end = endOf(resource.text("certificateBody") ?? "");
            const last = Date.parse(parameters.today) + parameters.number("days") * 86_400_000;
            if (end === undefined) {
                return violation("certificateBody", "expected a certificate in PEM, got other text");
            }
            return end.getTime() >= last
                ? compliant
                : violation(
                      "certificateBody",
                      `expected a certificate that lasts ${parameters.number("days")} days more, got one that ends on ${end.toISOString().slice(0, 10)}`,
                  );
        },
    },
    {
        id: "iam-no-server-certificates",
        title: "Certificates are kept in ACM",
        why: "A certificate in IAM is renewed by hand, and its private key stands in the program's state.",
        fix: "Use `acm.Certificate`, validated by DNS.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        on: ["iam/serverCertificate"],
        judge: (resource) => expects(resource, "privateKey", absent("a certificate of ACM")),
    },
    {
        id: "iam-root-access-central",
        title: "Root users of member accounts have no credentials of their own",
        why: "Each member account's root password is a way past every policy of the organization, and nobody uses it until somebody else does.",
        fix: 'Set `enabledFeatures: ["RootCredentialsManagement", "RootSessions"]`, then delete the root credentials of the members.',
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { hipaa: ["ACCID"] },
        on: ["iam/organizationsFeatures"],
        judge: (resource) => expects(resource, "enabledFeatures", containing("RootCredentialsManagement", "RootSessions")),
    },
    {
        id: "iam-access-analyzer",
        title: "The account looks for what is shared with strangers, in every region",
        why: "Access Analyzer tells of the bucket, key or role that somebody opened by hand.",
        fix: 'Add an `accessanalyzer.Analyzer` for each region; type "ACCOUNT" costs nothing.',
        severity: "medium",
        levels: standing.regulated,
        controls: { cis3: ["1.20"], cis5: ["1.19"], hipaa: ["308(a)(1)(ii)(D)"] },
        link: "https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html",
        scope: "stack",
        judge: (stack) => {
            if (!isBaseline(stack)) {
                return notApplicable("the stack keeps no account");
            }
            const outside = stack
                .ofType("accessanalyzer/analyzer")
                .filter((analyzer) => ["ACCOUNT", "ORGANIZATION"].includes(analyzer.text("type") ?? "ACCOUNT"));
            return each(regionsWithout(stack, outside), (region) =>
                violation("", `expected an analyzer for outside access in ${region}, got none`),
            );
        },
    },
    {
        id: "iam-support-role",
        title: "The account has a role that may open cases with AWS",
        why: "In an incident nobody wants to find out that only the root user may call for help.",
        fix: "Attach AWSSupportAccess to a role of those on call.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { cis3: ["1.17"], cis5: ["1.16"] },
        link: "https://docs.aws.amazon.com/awssupport/latest/user/accessing-support.html",
        scope: "stack",
        judge: (stack) => {
            if (!isBaseline(stack)) {
                return notApplicable("the stack keeps no account");
            }
            const attached = stack.ofType(...withManaged).flatMap((resource) => managedPolicies(resource).map((policy) => policy()[1]));
            return attached.some((arn) => nameOfAwsPolicy(arn) === "AWSSupportAccess")
                ? compliant
                : violation("", "expected a role with AWSSupportAccess, got none");
        },
    },
];
