/** CloudTrail: that every call is recorded, that the record cannot be changed, and that it is kept from prying eyes. */
import { expects, isTrue, notFalse, present, show } from "../core/conditions.ts";
import { all, compliant, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";

const trail = "cloudtrail/trail";
const store = "cloudtrail/eventDataStore";

/** A trail of data events alone stands beside the one that records management events. */
function recordsManagement(resource: ResourceView): boolean {
    const basic = resource.list("eventSelectors");
    const advanced = resource.list("advancedEventSelectors");
    const ofManagement = advanced.some((selector) =>
        selector
            .list("fieldSelectors")
            .some((field) => field.text("field") === "eventCategory" && field.texts("equals").includes("Management")),
    );
    return (
        ofManagement ||
        (advanced.length === 0 && (basic.length === 0 || basic.some((each) => each.flag("includeManagementEvents") !== false)))
    );
}

const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

function judgeBucket(resource: ResourceView, stack: StackView): Finding {
    const [bucket] = stack.references(resource, "s3BucketName", "s3/bucket");
    if (bucket === undefined) {
        return notApplicable("the bucket is not of this stack");
    }
    const [block] = stack.referrers(bucket, "s3/bucketPublicAccessBlock", "bucket");
    return all(
        () => {
            const open = flags.filter((flag) => block?.flag(flag) !== true);
            return open.length === 0
                ? compliant
                : violation("s3BucketName", `expected public access to ${bucket.name} blocked, got nothing for ${open.join(", ")}`);
        },
        () =>
            bucket.has("logging") || stack.referrers(bucket, "s3/bucketLogging", "bucket").length > 0
                ? compliant
                : violation("s3BucketName", `expected access to ${bucket.name} logged, got no BucketLogging`),
    );
}

export const trails: readonly Rule[] = [
    {
        id: "cloudtrail-multi-region",
        title: "The trail records all regions and the global services",
        why: "Who has a stolen key works in the region that nobody looks at; IAM's calls are recorded only by a trail that asks for them.",
        fix: "Set `isMultiRegionTrail: true` and leave `includeGlobalServiceEvents` and `enableLogging` out.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["CloudTrail.1", "CloudTrail.3"], cis3: ["3.1"], cis5: ["3.1"], hipaa: ["AUD"] },
        on: [trail],
        judge: (resource) =>
            recordsManagement(resource)
                ? all(
                      () => expects(resource, "isMultiRegionTrail", isTrue),
                      () => expects(resource, "includeGlobalServiceEvents", notFalse),
                      () => expects(resource, "enableLogging", notFalse),
                  )
                : notApplicable("a trail of data events alone"),
    },
    {
        id: "cloudtrail-kms",
        title: "What CloudTrail records is encrypted with a key of your own",
        why: "The record names every person, address and resource; with a key, reading it needs a second permission.",
        fix: "Set `kmsKeyId`; the key's policy must let cloudtrail.amazonaws.com use it.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["CloudTrail.2"], cis3: ["3.5"], cis5: ["3.5"], hipaa: ["REST"] },
        on: [trail, store],
        judge: (resource) => expects(resource, "kmsKeyId", present("a key of your own")),
    },
    {
        id: "cloudtrail-validation",
        title: "It can be proved that nobody changed the trail's files",
        why: "Without digests, a file from which a line was taken looks like any other.",
        fix: "Set `enableLogFileValidation: true`.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["CloudTrail.4"], cis3: ["3.2"], cis5: ["3.2"], hipaa: ["INTEG"] },
        on: [trail],
        judge: (resource) => expects(resource, "enableLogFileValidation", isTrue),
        remedy: () => ({ enableLogFileValidation: true }),
    },
    {
        id: "cloudtrail-cloudwatch",
        title: "The trail can raise an alarm",
        why: "Files in a bucket come minutes late and are read afterwards; only a log group can be filtered while it happens.",
        fix: "Set `cloudWatchLogsGroupArn` (ending in `:*`) and `cloudWatchLogsRoleArn`.",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["CloudTrail.5"], hipaa: ["AUD2"] },
        on: [trail],
        judge: (resource) => expects(resource, "cloudWatchLogsGroupArn", present("a log group")),
    },
    {
        id: "cloudtrail-bucket-protected",
        title: "The trail's bucket is private, and who reads it is recorded",
        why: "Whoever can read or empty the bucket knows what you know of him, or takes it from you.",
        fix: "Add an `s3.BucketPublicAccessBlock` with four times true and an `s3.BucketLogging` for the trail's bucket.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["CloudTrail.6", "CloudTrail.7"], cis3: ["3.4"], cis5: ["3.4"], hipaa: ["AUD2"] },
        scope: "relation",
        on: [trail],
        judge: (resource, _parameters, stack) => judgeBucket(resource, stack),
    },
    {
        id: "cloudtrail-nothing-left-out",
        title: "The trail leaves out neither reads nor the calls of a service",
        why: "Reading secrets and decrypting are reads: the calls that are left out to save money are those of whoever looks around.",
        fix: 'Leave `excludeManagementEventSources` out and `readWriteType` at "All" in `eventSelectors`.',
        severity: "medium",
        levels: standing.regulated,
        controls: { hipaa: ["AUD"] },
        link: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html",
        on: [trail],
        judge: (resource) => {
            const selectors = resource.list("eventSelectors").filter((selector) => selector.flag("includeManagementEvents") !== false);
            if (selectors.length === 0) {
                return resource.has("eventSelectors") ? notApplicable("a trail of data events alone") : compliant;
            }
            const complete = selectors.some(
                (selector) => (selector.text("readWriteType") ?? "All") === "All" && !selector.has("excludeManagementEventSources"),
            );
            const [first] = selectors;
            const got = [first?.text("readWriteType") ?? "All", ...(first?.knownTexts("excludeManagementEventSources") ?? [])];
            return complete
                ? compliant
                : violation(
                      "eventSelectors",
                      `expected all management events, got ${show(got[0])}${got.length > 1 ? ` without ${got.slice(1).join(", ")}` : ""}`,
                  );
        },
    },
    {
        id: "cloudtrail-store-protected",
        title: "No event data store can be deleted by mistake, or misses a region",
        why: "A store is the record itself: with it goes all that it held, up to ten years.",
        fix: "Leave `terminationProtectionEnabled` and `multiRegionEnabled` out; both are on by default.",
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AUD", "INTEG"] },
        on: [store],
        judge: (resource) =>
            all(
                () => expects(resource, "terminationProtectionEnabled", notFalse),
                () => expects(resource, "multiRegionEnabled", notFalse),
            ),
    },
];
