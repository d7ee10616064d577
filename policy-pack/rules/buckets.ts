/** S3 buckets with their settings inline or split into resources of their own. */
import { expects, isTrue, oneOf, show } from "../core/conditions.ts";
import { all, compliant, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { deniesPlainTransport, documentAt, type Statement } from "../core/policy-document.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import { UnknownValue } from "../core/values.ts";

/** The resources of `type` that configure this bucket. */
function partsOf(bucket: ResourceView, type: string, stack: StackView): readonly ResourceView[] {
    return stack.referrers(bucket, type, "bucket");
}

/** The statements of the bucket's policies, inline and split. */
function statementsOf(bucket: ResourceView, stack: StackView): readonly Statement[] {
    return [bucket, ...partsOf(bucket, "s3/bucketPolicy", stack)].flatMap((holder) => documentAt(holder, "policy") ?? []);
}

const publicAccessFlags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

function tlsOnly(statements: readonly Statement[]): Finding {
    const denial = statements.find(
        (statement) => deniesPlainTransport(statement) && statement.actions.some((action) => action === "*" || action === "s3:*"),
    );
    return denial ? compliant : violation("policy", "expected a Deny of s3:* for everybody where aws:SecureTransport is false, got none");
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
                about: "Parts of bucket names that AWS services can only write with S3's own key.",
                default: ["alb-logs", "elb-logs", "access-logs"],
            },
        },
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, parameters, stack) => {
            if (parameters.texts("exempt").some((part) => resource.name.includes(part))) {
                return notApplicable("load balancers and S3 write their logs with S3's own key only");
            }
            const holders = partsOf(resource, "s3/bucketServerSideEncryptionConfiguration", stack);
            const [rule] = [
                ...holders.flatMap((holder) => holder.list("rules")),
                ...resource.list("serverSideEncryptionConfiguration.rule"),
            ];
            return rule === undefined
                ? violation("", 'expected server-side encryption with "aws:kms", got S3\'s own default')
                : expects(rule, "applyServerSideEncryptionByDefault.sseAlgorithm", oneOf("aws:kms", "aws:kms:dsse"));
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
            const policies = partsOf(resource, "s3/bucketPolicy", stack);
            if (!resource.has("policy") && policies.length === 0) {
                return violation("", "expected a bucket policy that refuses requests without TLS, got no policy");
            }
            for (const policy of policies) {
                if (policy.isUnknown("policy")) {
                    throw new UnknownValue(`${policy.name}.policy`);
                }
            }
            return tlsOnly(statementsOf(resource, stack));
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
        on: ["s3/accessPoint"],
        judge: (resource) => {
            const block = resource.at("publicAccessBlockConfiguration");
            // Left out, AWS blocks all four.
            return resource.has("publicAccessBlockConfiguration")
                ? all(...publicAccessFlags.map((flag) => () => (block.has(flag) ? expects(block, flag, isTrue) : compliant)))
                : compliant;
        },
    },
];
