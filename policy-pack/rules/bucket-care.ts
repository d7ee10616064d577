/** How buckets are kept: versions, logs, lifecycles, copies, and settings that do not fight each other. */
import { algorithm, encryptionOf, isLogTarget, partsOf } from "../core/buckets.ts";
import { expects, isTrue, matching, notTrue, oneOf, show } from "../core/conditions.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import type { Values } from "../core/values.ts";

const isLogs = notApplicable("a bucket that logs are written to");

/** Each setting that has a resource of its own, and the bucket's own property for it where there is one. */
const settings: Readonly<Record<string, string | undefined>> = {
    "s3/bucketPolicy": "policy",
    "s3/bucketVersioning": "versioning",
    "s3/bucketLifecycleConfiguration": "lifecycleRules",
    "s3/bucketServerSideEncryptionConfiguration": "serverSideEncryptionConfiguration",
    "s3/bucketLogging": "logging",
    "s3/bucketCorsConfiguration": "corsRules",
    "s3/bucketReplicationConfig": "replicationConfiguration",
    "s3/bucketNotification": undefined,
    "s3/bucketOwnershipControls": undefined,
    "s3/bucketPublicAccessBlock": undefined,
};

function isVersioned(bucket: ResourceView, stack: StackView): boolean {
    return (
        bucket.flag("versioning.enabled") === true ||
        partsOf(bucket, "s3/bucketVersioning", stack).some((part) => part.text("versioningConfiguration.status") === "Enabled")
    );
}

/** The rules of a lifecycle that are switched on, inline or split. */
function lifecycleOf(bucket: ResourceView, stack: StackView): readonly Values[] {
    const split = partsOf(bucket, "s3/bucketLifecycleConfiguration", stack).flatMap((part) => part.list("rules"));
    return [
        ...split.filter((rule) => rule.text("status") === "Enabled"),
        ...bucket.list("lifecycleRules").filter((rule) => rule.flag("enabled") === true),
    ];
}

function isLocked(bucket: ResourceView): boolean {
    return bucket.flag("objectLockEnabled") === true || bucket.text("objectLockConfiguration.objectLockEnabled") === "Enabled";
}

/** Load balancers of this kind and S3 itself write with S3's own key; network load balancers and CloudFront can do better. */
function demandsOwnKey(bucket: ResourceView, stack: StackView): boolean {
    return (
        stack.referrers(bucket, "s3/bucketLogging", "targetBucket").length > 0 ||
        stack.referrers(bucket, "s3/bucket", "logging").length > 0 ||
        ["accessLogs", "connectionLogs", "healthCheckLogs"].some((property) =>
            stack
                .referrers(bucket, "lb/loadBalancer", property)
                .some((balancer) => (balancer.text("loadBalancerType") ?? "application") === "application"),
        )
    );
}

/** Whether a trail's selectors take in what is read (or written) of objects. */
function selects(trail: ResourceView, kind: "ReadOnly" | "WriteOnly"): boolean {
    const basic = trail
        .list("eventSelectors")
        .some(
            (selector) =>
                ["All", kind].includes(selector.text("readWriteType") ?? "All") &&
                selector.list("dataResources").some((data) => data.text("type") === "AWS::S3::Object"),
        );
    return basic || trail.list("advancedEventSelectors").some((selector) => selectsByFields(selector, kind));
}

function selectsByFields(selector: Values, kind: "ReadOnly" | "WriteOnly"): boolean {
    const fields = selector.list("fieldSelectors");
    const equal = (name: string): readonly string[] | undefined => fields.find((field) => field.text("field") === name)?.texts("equals");
    const readOnly = equal("readOnly");
    return (
        equal("eventCategory")?.includes("Data") === true &&
        equal("resources.type")?.includes("AWS::S3::Object") === true &&
        (readOnly === undefined || readOnly.includes(String(kind === "ReadOnly")))
    );
}

function named(bucket: ResourceView, parts: readonly string[]): boolean {
    return parts.some((part) => part === "*" || bucket.name.includes(part));
}

export const bucketCare: readonly Rule[] = [
    {
        id: "s3-versioning",
        title: "Every bucket keeps versions",
        why: "Without versions an overwrite or a delete, by mistake or by a thief, is final.",
        fix: 'Add an `s3.BucketVersioning` with `status: "Enabled"` for the bucket.',
        severity: "medium",
        levels: standing.resilience,
        controls: { fsbp: ["S3.14"], hipaa: ["BKP", "INTEG"] },
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, _parameters, stack) =>
            isVersioned(resource, stack) ? compliant : violation("", 'expected a BucketVersioning with status "Enabled", got none'),
    },
    {
        id: "s3-versioning-kept",
        title: "Versioning is never suspended",
        why: "From that day on an overwrite is final, while everybody believes in the versions of before.",
        fix: 'Set `versioningConfiguration: { status: "Enabled" }`, and let a lifecycle rule take old versions away.',
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["BKP", "INTEG"] },
        on: ["s3/bucketVersioning"],
        judge: (resource) => expects(resource, "versioningConfiguration.status", oneOf("Enabled")),
        remedy: (resource) => ({
            versioningConfiguration: { ...(resource.raw("versioningConfiguration") as object | undefined), status: "Enabled" },
        }),
    },
    {
        id: "s3-access-logging",
        title: "Every bucket writes down who asked for what",
        why: "After a leak the first question is which objects were read, and by whom.",
        fix: "Add an `s3.BucketLogging` with a bucket for logs as `targetBucket`.",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["S3.9"], hipaa: ["AUD2"] },
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, _parameters, stack) => {
            if (isLogTarget(resource, stack)) {
                return isLogs;
            }
            return resource.has("logging") || partsOf(resource, "s3/bucketLogging", stack).length > 0
                ? compliant
                : violation("", "expected a BucketLogging for the bucket, got none");
        },
    },
    {
        id: "s3-no-logging-to-itself",
        title: "No bucket logs to itself",
        why: "Each log that is written is a request that is logged: the bucket grows for ever.",
        fix: "Name another bucket as `targetBucket`.",
        severity: "medium",
        levels: standing.everywhere,
        controls: {},
        scope: "relation",
        on: ["s3/bucketLogging"],
        judge: (resource, _parameters, stack) => {
            const [own] = stack.references(resource, "bucket", "s3/bucket");
            return own !== undefined && stack.references(resource, "targetBucket", "s3/bucket").includes(own)
                ? violation("targetBucket", `expected another bucket, got ${own.name} itself`)
                : compliant;
        },
    },
    {
        id: "s3-log-target-own-key",
        title: "Buckets that logs are written to are under S3's own key",
        why: "S3 and application load balancers cannot write under a KMS key: the deploy is green and no log ever arrives.",
        fix: 'Set `sseAlgorithm: "AES256"` on the bucket for logs.',
        severity: "medium",
        levels: standing.everywhere,
        controls: { hipaa: ["AUD"] },
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, _parameters, stack) => {
            if (!demandsOwnKey(resource, stack)) {
                return notApplicable("neither S3 nor an application load balancer logs to it");
            }
            const encryption = encryptionOf(resource, stack);
            return encryption === undefined ? compliant : expects(encryption, algorithm, oneOf("AES256"));
        },
    },
    {
        id: "s3-no-doubled-settings",
        title: "Each setting of a bucket is written in one place",
        why: "A bucket has one policy, one lifecycle, one CORS list: of two, each deploy keeps the one that came last, silently.",
        fix: "Join them in one resource, and leave the bucket's own deprecated properties out.",
        severity: "high",
        levels: standing.everywhere,
        controls: {},
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, _parameters, stack) =>
            each(Object.entries(settings), ([type, inline]): Finding => {
                const parts = partsOf(resource, type, stack).map((part) => part.name);
                const places = inline !== undefined && resource.has(inline) ? [inline, ...parts] : parts;
                return places.length < 2 ? compliant : violation("", `expected one ${type}, got ${places.join(", ")}`);
            }),
    },
    {
        id: "s3-lifecycle",
        title: "Every bucket has a lifecycle, and old versions have an end",
        why: "Nobody deletes by hand; a versioned bucket without an end for old versions keeps and bills everything for ever.",
        fix: "Add an `s3.BucketLifecycleConfiguration` with `noncurrentVersionExpiration`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["S3.10", "S3.13"] },
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, _parameters, stack) => {
            const rules = lifecycleOf(resource, stack);
            if (rules.length === 0) {
                return violation("", "expected a lifecycle with a rule that is switched on, got none");
            }
            const bounded = rules.some((rule) => rule.has("noncurrentVersionExpiration") || rule.has("noncurrentVersionTransitions"));
            return bounded || isLocked(resource) || !isVersioned(resource, stack)
                ? compliant
                : violation("", "expected an end for old versions, got a versioned bucket without noncurrentVersionExpiration");
        },
    },
    {
        id: "s3-abort-multipart",
        title: "Uploads that were never finished are thrown away",
        why: "Parts of an upload that broke off are billed and shown in no listing.",
        fix: "Add a rule with `abortIncompleteMultipartUpload: { daysAfterInitiation: 7 }`.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        parameters: { maximumDays: { about: "Days that an upload may take.", default: 7 } },
        on: ["s3/bucketLifecycleConfiguration", "s3/bucket"],
        judge: (resource, parameters) => {
            const inline = resource.type === "s3/bucket";
            const rules = resource.list(inline ? "lifecycleRules" : "rules");
            if (inline && rules.length === 0) {
                return notApplicable("no lifecycle inline");
            }
            const days = rules
                .filter((rule) => (inline ? rule.flag("enabled") === true : rule.text("status") === "Enabled"))
                .flatMap(
                    (rule) =>
                        rule.number(inline ? "abortIncompleteMultipartUploadDays" : "abortIncompleteMultipartUpload.daysAfterInitiation") ??
                        [],
                );
            const maximum = parameters.number("maximumDays");
            return days.some((each) => each <= maximum)
                ? compliant
                : violation(
                      inline ? "lifecycleRules" : "rules",
                      `expected unfinished uploads to end after ${maximum} days at most, got ${show(days[0])}`,
                  );
        },
    },
    {
        id: "s3-object-lock",
        title: "Buckets of trails and backups cannot be rewritten",
        why: "Who breaks in deletes the evidence and the backups first; object lock holds against an administrator too.",
        fix: "Set `objectLockEnabled: true` and a default retention.",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["S3.15"], hipaa: ["INTEG"] },
        parameters: {
            names: {
                about: "Parts of names of buckets that must be locked, beside those that a trail writes to.",
                default: ["audit", "cloudtrail"],
            },
        },
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, parameters, stack) => {
            const held =
                named(resource, parameters.texts("names")) || stack.referrers(resource, "cloudtrail/trail", "s3BucketName").length > 0;
            if (!held || isLogTarget(resource, stack)) {
                return notApplicable("neither a trail's bucket nor named as one to lock");
            }
            return isLocked(resource) || partsOf(resource, "s3/bucketObjectLockConfiguration", stack).length > 0
                ? compliant
                : expects(resource, "objectLockEnabled", isTrue);
        },
    },
    {
        id: "s3-replication",
        title: "Every bucket is copied to another place",
        why: "A region that is lost for a day takes its buckets along; versions do not help.",
        fix: "Add an `s3.BucketReplicationConfig` to a bucket in the recovery region.",
        severity: "low",
        levels: standing.onRequest,
        controls: { fsbp: ["S3.7"], hipaa: ["BKP"] },
        parameters: { names: { about: "Parts of names of buckets that must be copied.", default: ["*"] } },
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, parameters, stack) => {
            if (isLogTarget(resource, stack) || !named(resource, parameters.texts("names"))) {
                return notApplicable("a bucket of logs, or not named as one to copy");
            }
            if (stack.referrers(resource, "s3/bucketReplicationConfig", "rules").length > 0) {
                return notApplicable("a copy itself");
            }
            const rules = [
                ...partsOf(resource, "s3/bucketReplicationConfig", stack).flatMap((part) => part.list("rules")),
                ...resource.list("replicationConfiguration.rules"),
            ];
            return rules.some((rule) => rule.text("status") === "Enabled")
                ? compliant
                : violation("", "expected a replication rule that is switched on, got none");
        },
    },
    {
        id: "s3-event-notifications",
        title: "Every bucket tells when objects come and go",
        why: "Who wants to act on new objects or on deletions has to be told of them.",
        fix: "Add an `s3.BucketNotification`, at its simplest with `eventbridge: true`.",
        severity: "low",
        levels: standing.onRequest,
        controls: { fsbp: ["S3.11"] },
        scope: "relation",
        on: ["s3/bucket"],
        judge: (resource, _parameters, stack) =>
            isLogTarget(resource, stack)
                ? isLogs
                : partsOf(resource, "s3/bucketNotification", stack).length > 0
                  ? compliant
                  : violation("", "expected a BucketNotification for the bucket, got none"),
    },
    {
        id: "s3-mfa-delete",
        title: "Versions are deleted only with the root user's second factor",
        why: "A stolen administrator's key can then hide objects and cannot destroy them.",
        fix: 'Only the root user can switch it on, by hand; then write `mfaDelete: "Enabled"`. Lifecycles do not work beside it.',
        severity: "low",
        levels: standing.onRequest,
        controls: { fsbp: ["S3.20"], cis3: ["2.1.2"], cis5: ["2.1.2"] },
        on: ["s3/bucketVersioning"],
        judge: (resource) => expects(resource, "versioningConfiguration.mfaDelete", oneOf("Enabled")),
    },
    {
        id: "s3-no-force-destroy",
        title: "No bucket is emptied so that it can be deleted",
        why: "A destroy in the wrong stack, or a change that replaces the bucket, takes every object and version along.",
        fix: "Leave `forceDestroy` out.",
        severity: "high",
        levels: standing.resilience,
        controls: { hipaa: ["BKP"] },
        on: ["s3/bucket"],
        judge: (resource) => expects(resource, "forceDestroy", notTrue),
    },
    {
        id: "s3-data-events-logged",
        title: "A trail records what is read and written in buckets",
        why: "Without data events a trail tells who changed a bucket and not who read the objects in it.",
        fix: 'Give the trail an advanced selector with eventCategory "Data" and resources.type "AWS::S3::Object".',
        severity: "medium",
        levels: standing.regulated,
        controls: { cis3: ["3.8", "3.9"], cis5: ["3.8", "3.9"], hipaa: ["AUD"] },
        link: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html",
        scope: "stack",
        judge: (stack) => {
            const trails = stack.ofType("cloudtrail/trail");
            if (trails.length === 0) {
                return notApplicable("no trail in this stack");
            }
            return all(
                ...(["ReadOnly", "WriteOnly"] as const).map((kind) => () => {
                    const what = kind === "ReadOnly" ? "reads" : "writes";
                    return trails.some((trail) => selects(trail, kind))
                        ? compliant
                        : violation(
                              "",
                              `expected a trail that records ${what} of objects, got ${trails.map(({ name }) => name).join(", ")} without`,
                          );
                }),
            );
        },
    },
    {
        id: "s3-dns-compliant-name",
        title: "Names of buckets have no dots",
        why: "S3's certificate covers one label: the address of a bucket with a dot in its name fails the check of TLS.",
        fix: "Write hyphens instead; a new name replaces the bucket.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        on: ["s3/bucket"],
        judge: (resource) => {
            const property = resource.has("bucketPrefix") ? "bucketPrefix" : "bucket";
            return resource.has(property) ? expects(resource, property, matching(/^[^.]*$/, "a name without dots")) : compliant;
        },
    },
];
