/** S3 buckets with their settings inline or split into resources of their own: who reaches them, and how they are encrypted. */
import { accountIn, ownAccounts } from "../core/accounts.ts";
import { algorithm, bucketOf, encryptionOf, isLogTarget, partsOf } from "../core/buckets.ts";
import { expects, isTrue, oneOf, show } from "../core/conditions.ts";
import { all, compliant, each, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { allowsAction, covers, deniesPlainTransport, documentAt, meansEverybody, type Statement } from "../core/policy-document.ts";
import { letsNobodyIn, policyHolders, someStatement } from "../core/resource-policy.ts";
import type { Rule } from "../core/rule.ts";

const publicAccessFlags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

const policyPlace = { type: "s3/bucketPolicy", property: "bucket" };
const noPolicy = notApplicable("no policy of its own");

/** A refusal that does not reach the objects leaves what matters readable. */
function refusesPlainRequests(statement: Statement): boolean {
    return (
        deniesPlainTransport(statement) &&
        statement.actions.some((action) => covers(action, "s3:*")) &&
        statement.resources.some((resource) => resource.endsWith("*"))
    );
}

/** Actions by which another account can open the bucket or its objects to whom it likes. */
const handingOn = ["s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPolicy", "s3:PutEncryptionConfiguration", "s3:PutObjectAcl"];

/** Whether nobody but the account's root can ever change the policy again. */
function locksOut(statement: Statement): boolean {
    return (
        !statement.allows &&
        statement.conditions.length === 0 &&
        (meansEverybody(statement) ||
            (statement.notPrincipals.length > 0 && statement.notPrincipals.every((principal) => principal.endsWith(":root")))) &&
        statement.actions.some((action) => covers(action, "s3:putbucketpolicy")) &&
        statement.resources.some((resource) => !resource.includes("/"))
    );
}

function refusesOldTls(statement: Statement): boolean {
    return (
        !statement.allows &&
        meansEverybody(statement) &&
        statement.conditions.some(
            ({ operator, key, values }) =>
                key === "s3:tlsversion" &&
                ((operator === "numericlessthan" && values.some((value) => Number(value) >= 1.2)) ||
                    (operator === "numericlessthanequals" && values.some((value) => Number(value) >= 1.1))),
        )
    );
}

/** Everybody's website may read, never write. */
function writesFromAnywhere(methods: readonly string[], origins: readonly string[]): boolean {
    return (
        origins.some((origin) => /^(https?:\/\/)?\*$/.test(origin)) && methods.some((method) => ["PUT", "POST", "DELETE"].includes(method))
    );
}

export const buckets: readonly Rule[] = [
    {
        id: "s3-public-access-block",
        title: "Every bucket blocks public access in all four ways",
        why: "One careless policy or object ACL is all that separates a bucket from a newspaper.",
        fix: "Add an `s3.BucketPublicAccessBlock` for the bucket with all four flags true.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["S3.8"], cis3: ["2.1.4"], cis5: ["2.1.4"], hipaa: ["ACCNET"] },
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, _parameters, stack) => {
            const [block] = partsOf(resource, "s3/bucketPublicAccessBlock", stack);
            if (block === undefined) {
                return violation("", "expected a BucketPublicAccessBlock for the bucket, got none");
            }
            return all(
                ...publicAccessFlags.map((flag) => () => {
                    const value = block.flag(flag);
                    return value === true ? compliant : violation(`${block.name}.${flag}`, `expected true, got ${show(value)}`);
                }),
            );
        },
    },
    {
        id: "s3-encryption-kms",
        title: "Every bucket encrypts with a KMS key",
        why: "S3's own keys encrypt, but only a KMS key can be taken away from a reader and tells who used it.",
        fix: 'Add an `s3.BucketServerSideEncryptionConfiguration` with `sseAlgorithm: "aws:kms"` and your key.',
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["S3.17"], hipaa: ["REST"] },
        parameters: {
            exempt: {
                about: "Parts of names of buckets that another stack's load balancers or buckets log to; those of this stack are seen.",
                default: ["alb-logs", "elb-logs", "access-logs"],
            },
        },
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, parameters, stack) => {
            if (isLogTarget(resource, stack) || parameters.texts("exempt").some((part) => resource.name.includes(part))) {
                return notApplicable("load balancers and S3 write their logs with S3's own key only");
            }
            const rule = encryptionOf(resource, stack);
            return rule === undefined
                ? violation("", 'expected server-side encryption with "aws:kms", got S3\'s own default')
                : expects(rule, algorithm, oneOf("aws:kms", "aws:kms:dsse"));
        },
    },
    {
        id: "s3-tls-only-policy",
        title: "Every bucket refuses requests without TLS",
        why: "S3 answers plain HTTP; without the refusal, objects and signed addresses cross networks in the clear.",
        fix: "Add to the bucket policy: Deny, Principal *, s3:*, on the bucket and its objects, Condition Bool aws:SecureTransport false.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["S3.5"], cis3: ["2.1.1"], cis5: ["2.1.1"], hipaa: ["TRANSIT", "312(c)(2)"] },
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, _parameters, stack) => {
            const holders = policyHolders(resource, policyPlace, stack);
            if (holders.length === 0) {
                return violation("", "expected a bucket policy that refuses requests without TLS, got no policy");
            }
            return someStatement(holders, refusesPlainRequests)
                ? compliant
                : violation("policy", "expected a Deny of s3:* for everybody where aws:SecureTransport is false, got none");
        },
    },
    {
        id: "s3-no-public-acl",
        title: "No bucket has an ACL for everybody",
        why: "An ACL that names all users publishes every object that does not say otherwise.",
        fix: 'Leave ACLs out altogether: `objectOwnership: "BucketOwnerEnforced"`.',
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["S3.2", "S3.3"], cis3: ["2.1.4"], cis5: ["2.1.4"], hipaa: ["ACCNET"] },
        on: ["s3/bucket", "s3/bucketAcl"],
        judge: (resource) => {
            const split = resource.type === "s3/bucketAcl";
            const grants = resource.list(split ? "accessControlPolicy.grants" : "grants");
            return all(
                () => {
                    const acl = resource.text("acl") ?? "";
                    return /^(public-|authenticated-read)/.test(acl)
                        ? violation("acl", `expected "private" or nothing, got "${acl}"`)
                        : compliant;
                },
                ...grants.map((grant) => () => {
                    const uri = grant.text(split ? "grantee.uri" : "uri") ?? "";
                    return /(AllUsers|AuthenticatedUsers)$/.test(uri)
                        ? violation(grant.path, `expected no grant to everybody, got ${uri.slice(uri.lastIndexOf("/") + 1)}`)
                        : compliant;
                }),
            );
        },
    },
    {
        id: "s3-access-point-bpa",
        title: "Every access point blocks public access",
        why: "An access point has a public-access setting of its own that cannot be changed after its creation.",
        fix: "Set all four flags of `publicAccessBlockConfiguration` to true.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["S3.19", "S3.24"], hipaa: ["ACCNET"] },
        on: ["s3/accessPoint", "s3control/multiRegionAccessPoint"],
        judge: (resource) => {
            const property = resource.type === "s3/accessPoint" ? "publicAccessBlockConfiguration" : "details.publicAccessBlock";
            const block = resource.at(property);
            // Left out, AWS blocks all four.
            return resource.has(property)
                ? all(...publicAccessFlags.map((flag) => () => (block.has(flag) ? expects(block, flag, isTrue) : compliant)))
                : compliant;
        },
    },
    {
        id: "s3-account-public-access-block",
        title: "The account's block on public access is complete",
        why: "It is the one switch that also holds for buckets that nobody wrote down.",
        fix: "Set all four flags of `s3.AccountPublicAccessBlock` to true; left out, they are off.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["S3.1"], cis3: ["2.1.4"], cis5: ["2.1.4"], hipaa: ["ACCNET"] },
        on: ["s3/accountPublicAccessBlock"],
        judge: (resource) => all(...publicAccessFlags.map((flag) => () => expects(resource, flag, isTrue))),
    },
    {
        id: "s3-no-public-policy",
        title: "No bucket policy lets in everybody",
        why: "A policy for everybody makes every object an address that anybody can fetch, and bills you for it.",
        fix: "Name the principals, add a condition such as aws:PrincipalOrgID, or put CloudFront with an origin access control in front.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["S3.2", "S3.3"], hipaa: ["ACCNET"] },
        on: ["s3/bucketPolicy", "s3/bucket", "s3/accessPoint", "s3control/accessPointPolicy"],
        judge: (resource) => (resource.has("policy") ? letsNobodyIn(resource) : noPolicy),
    },
    {
        id: "s3-policy-cross-account",
        title: "No other account may change who reaches a bucket",
        why: "Who may write the policy or the ACLs of a bucket can hand it on to anybody, whatever you allowed.",
        fix: "Take these actions away from the other account, or name it in this rule's `trusted`.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["S3.6"] },
        parameters: { trusted: { about: "Ids of other accounts that may.", default: [] } },
        scope: "relation",
        on: ["s3/bucketPolicy"],
        judge: (resource, parameters, stack) =>
            each(documentAt(resource, "policy") ?? [], (statement) => {
                const granted = handingOn.filter((action) => allowsAction(statement, action));
                const named = granted.length === 0 ? [] : statement.principals.flatMap((id) => accountIn(id.replace(/^AWS:/, "")) ?? []);
                const other = named.find((id) => !parameters.texts("trusted").includes(id) && !ownAccounts(resource, stack).includes(id));
                return other === undefined
                    ? compliant
                    : violation(statement.path, `expected no ${granted.join(", ")} for another account, got it for ${other}`);
            }),
    },
    {
        id: "s3-policy-no-lockout",
        title: "No bucket policy locks out everybody but root",
        why: "After a Deny without condition only the root user, whose key should lie in a safe, can mend the policy.",
        fix: "Give the Deny a condition, or name fewer actions than all.",
        severity: "medium",
        levels: standing.everywhere,
        controls: {},
        on: ["s3/bucketPolicy", "s3/bucket"],
        judge: (resource) =>
            resource.has("policy")
                ? each(documentAt(resource, "policy") ?? [], (statement) =>
                      locksOut(statement)
                          ? violation(statement.path, "expected a condition or named principals on a Deny of everything, got neither")
                          : compliant,
                  )
                : noPolicy,
    },
    {
        id: "s3-min-tls-version",
        title: "Bucket policies refuse what is older than TLS 1.2",
        why: "S3 itself has refused it since 2024; some auditors want to read it in the policy all the same.",
        fix: 'Add: Deny, Principal *, s3:*, Condition NumericLessThan `"s3:TlsVersion": "1.2"`.',
        severity: "low",
        levels: standing.onRequest,
        controls: { hipaa: ["TRANSIT"] },
        on: ["s3/bucketPolicy"],
        judge: (resource) =>
            someStatement([resource], refusesOldTls)
                ? compliant
                : violation("policy", "expected a Deny for everybody where s3:TlsVersion is below 1.2, got none"),
    },
    {
        id: "s3-acls-disabled",
        title: "Buckets take no ACLs",
        why: "With ACLs on, whoever writes an object may own it and open it; the policy is then only half of the truth.",
        fix: 'Set `rule: { objectOwnership: "BucketOwnerEnforced" }`, or leave out the ownership controls.',
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["S3.12"] },
        scope: "relation",
        // A bucket without ownership controls takes no ACLs either.
        on: ["s3/bucketOwnershipControls"],
        judge: (resource, _parameters, stack) => {
            const bucket = bucketOf(resource, stack);
            return bucket !== undefined && stack.referrers(bucket, "cloudfront/distribution", "loggingConfig").length > 0
                ? notApplicable("CloudFront's first kind of logs is delivered by ACL")
                : expects(resource, "rule.objectOwnership", oneOf("BucketOwnerEnforced"));
        },
    },
    {
        id: "s3-bucket-key-enabled",
        title: "Buckets under a KMS key use a bucket key",
        why: "Without it every read and write of an object is a request to KMS, which costs money and has a limit.",
        fix: "Set `bucketKeyEnabled: true` beside the KMS algorithm.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        on: ["s3/bucketServerSideEncryptionConfiguration", "s3/bucket"],
        judge: (resource) => {
            const rules = resource.list(resource.type === "s3/bucket" ? "serverSideEncryptionConfiguration.rule" : "rules");
            const byKey = rules.filter((rule) => rule.text(algorithm) === "aws:kms");
            return byKey.length === 0
                ? notApplicable("not under a KMS key, or twice under one, which has no bucket key")
                : each(byKey, (rule) => expects(rule, "bucketKeyEnabled", isTrue));
        },
    },
    {
        id: "s3-no-customer-keys",
        title: "No bucket lets uploaders encrypt with keys that only they have",
        why: "Whoever steals a role re-encrypts the objects with a key of his own and asks for money; S3 has no copy of it.",
        fix: 'Leave out `blockedEncryptionTypes: ["NONE"]`, or write `["SSE-C"]`.',
        severity: "high",
        levels: standing.production,
        controls: { hipaa: ["INTEG"] },
        on: ["s3/bucketServerSideEncryptionConfiguration"],
        judge: (resource) =>
            each(resource.list("rules"), (rule) =>
                rule.texts("blockedEncryptionTypes").includes("NONE")
                    ? violation(rule.pathOf("blockedEncryptionTypes"), 'expected "SSE-C" or nothing, got "NONE"')
                    : compliant,
            ),
    },
    {
        id: "s3-cors-restricted",
        title: "No bucket takes uploads from every website",
        why: "With a wildcard, any page that a signed-in visitor opens can write and delete in his name.",
        fix: "Name the sites in `allowedOrigins`, or allow GET and HEAD only.",
        severity: "medium",
        levels: standing.production,
        controls: {},
        on: ["s3/bucketCorsConfiguration", "s3/bucket"],
        judge: (resource) =>
            each(resource.list("corsRules"), (rule) =>
                writesFromAnywhere(rule.texts("allowedMethods"), rule.texts("allowedOrigins"))
                    ? violation(rule.pathOf("allowedOrigins"), `expected named sites for ${rule.texts("allowedMethods").join(", ")}, got *`)
                    : compliant,
            ),
    },
    {
        id: "s3-no-website-endpoint",
        title: "No bucket serves a website by itself",
        why: "Website endpoints speak plain HTTP only and need a public bucket.",
        fix: "Put CloudFront with an origin access control in front and leave the website configuration out.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { hipaa: ["TRANSIT"] },
        on: ["s3/bucketWebsiteConfiguration", "s3/bucket"],
        judge: (resource) => {
            const inline = resource.type === "s3/bucket";
            if (inline && !resource.has("website")) {
                return compliant;
            }
            return resource.has(inline ? "website.redirectAllRequestsTo" : "redirectAllRequestsTo")
                ? notApplicable("sends everybody elsewhere")
                : violation(inline ? "website" : "", "expected CloudFront in front of a private bucket, got a website endpoint");
        },
    },
];
