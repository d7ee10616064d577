import { expect } from "chai";
import { describe, it } from "mocha";
import { Parameters, type ResourceRule } from "../core/rule.ts";
import { describeRule, type Other, resourceOf, subject, testDay } from "../testing.ts";
import { bucketCare } from "./bucket-care.ts";

const bucket = "s3/bucket";
const versioning = "s3/bucketVersioning";
const lifecycle = "s3/bucketLifecycleConfiguration";
const logging = "s3/bucketLogging";

const part = (type: string, props: Readonly<Record<string, unknown>> = {}, name = "part"): Other => ({
    name,
    type,
    props,
    links: { bucket: subject },
});
/** Another bucket's logs arrive in the subject. */
const logged: Other = { name: "logged", type: logging, links: { targetBucket: subject } };
const enabled = { versioningConfiguration: { status: "Enabled" } };

for (const type of [versioning, "s3/bucketVersioningV2"]) {
    describeRule({
        rule: "s3-versioning",
        type: bucket,
        compliant: {},
        others: [part(type, enabled)],
        alsoCompliant: [{ change: { versioning: { enabled: true } }, others: [] }],
        violations: [
            { others: [], says: ['expected a BucketVersioning with status "Enabled", got none'] },
            {
                others: [part(type, { versioningConfiguration: { status: "Suspended" } })],
                says: ['expected a BucketVersioning with status "Enabled", got none'],
            },
        ],
    });
}

describeRule({
    rule: "s3-access-logging",
    type: bucket,
    compliant: {},
    others: [part(logging)],
    alsoCompliant: [{ change: { logging: { targetBucket: "logs" } }, others: [] }],
    violations: [{ others: [], says: ["expected a BucketLogging for the bucket, got none"] }],
    notApplicable: [{ others: [logged] }, { others: [{ name: "balancer", type: "lb/loadBalancer", links: { accessLogs: subject } }] }],
});

const own: Other = { name: "own", type: bucket };
const logs: Other = { name: "logs", type: bucket };

describeRule({
    rule: "s3-no-logging-to-itself",
    type: logging,
    compliant: {},
    links: { bucket: "own", targetBucket: "logs" },
    others: [own, logs],
    violations: [{ links: { bucket: "own", targetBucket: "own" }, says: ["targetBucket  expected another bucket, got own itself"] }],
});

const encrypted = (sseAlgorithm: string): Other =>
    part("s3/bucketServerSideEncryptionConfiguration", { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm } }] });
const balancer = (loadBalancerType?: string): Other => ({
    name: "balancer",
    type: "alb/loadBalancer",
    props: { loadBalancerType },
    links: { accessLogs: subject },
});
const under = ['rules[0].applyServerSideEncryptionByDefault.sseAlgorithm  expected "AES256", got "aws:kms"'];

describeRule({
    rule: "s3-log-target-own-key",
    type: bucket,
    compliant: {},
    others: [logged, encrypted("AES256")],
    alsoCompliant: [{ others: [balancer()] }],
    violations: [
        { others: [logged, encrypted("aws:kms")], says: under },
        { others: [balancer("application"), encrypted("aws:kms")], says: under },
        ...["connectionLogs", "healthCheckLogs"].map((property) => ({
            others: [{ name: "balancer", type: "lb/loadBalancer", links: { [property]: subject } }, encrypted("aws:kms")],
            says: under,
        })),
        { others: [{ name: "writer", type: bucket, links: { logging: subject } }, encrypted("aws:kms")], says: under },
    ],
    notApplicable: [{ others: [encrypted("aws:kms")] }, { others: [balancer("network"), encrypted("aws:kms")] }],
});

describeRule({
    rule: "s3-no-doubled-settings",
    type: bucket,
    compliant: {},
    others: [part("s3/bucketPolicy"), part(lifecycle, {}, "cycle"), part(versioning, {}, "versions")],
    alsoCompliant: [{ change: { versioning: { enabled: true } }, others: [] }],
    violations: [
        {
            others: [part("s3/bucketPolicy", {}, "one"), part("s3/bucketPolicy", {}, "other")],
            says: ["expected one s3/bucketPolicy, got one, other"],
        },
        {
            change: { lifecycleRules: [{ enabled: true }] },
            others: [part("s3/bucketLifecycleConfigurationV2")],
            says: ["expected one s3/bucketLifecycleConfiguration, got lifecycleRules, part"],
        },
    ],
    unknownIsWrong: ["lifecycleRules"],
});

const rules = (...more: readonly object[]) => ({ rules: more.map((rule, index) => ({ id: String(index), status: "Enabled", ...rule })) });
const end = { noncurrentVersionExpiration: { noncurrentDays: 30 } };
const cold = { transitions: [{ days: 90, storageClass: "GLACIER_IR" }] };
const endless = "expected an end for old versions, got a versioned bucket without noncurrentVersionExpiration";
const versions = part(versioning, enabled, "versions");

describeRule({
    rule: "s3-lifecycle",
    type: bucket,
    compliant: {},
    others: [versions, part(lifecycle, rules(cold, end))],
    alsoCompliant: [
        { others: [part(lifecycle, rules(cold))] },
        { others: [versions, part(lifecycle, rules({ noncurrentVersionTransitions: cold.transitions }))] },
        { change: { objectLockEnabled: true }, others: [versions, part(lifecycle, rules(cold))] },
        { change: { lifecycleRules: [{ enabled: true, expiration: { days: 30 } }] }, others: [] },
    ],
    violations: [
        { others: [versions], says: ["expected a lifecycle with a rule that is switched on, got none"] },
        {
            others: [part(lifecycle, rules({ ...end, status: "Disabled" }))],
            says: ["expected a lifecycle with a rule that is switched on, got none"],
        },
        { others: [versions, part(lifecycle, rules(cold))], says: [endless] },
    ],
});

const aborted = (daysAfterInitiation: number) => ({ abortIncompleteMultipartUpload: { daysAfterInitiation } });

describeRule({
    rule: "s3-abort-multipart",
    type: lifecycle,
    compliant: rules(cold, aborted(7)),
    violations: [
        { change: rules(cold), says: ["rules  expected unfinished uploads to end after 7 days at most, got nothing"] },
        { change: rules(aborted(30)), says: ["rules  expected unfinished uploads to end after 7 days at most, got 30"] },
        {
            change: rules({ ...aborted(7), status: "Disabled" }),
            says: ["rules  expected unfinished uploads to end after 7 days at most, got nothing"],
        },
    ],
});

describeRule({
    rule: "s3-abort-multipart",
    type: bucket,
    compliant: { lifecycleRules: [{ enabled: true, abortIncompleteMultipartUploadDays: 1 }] },
    violations: [
        {
            change: { lifecycleRules: [{ enabled: true }] },
            says: ["lifecycleRules  expected unfinished uploads to end after 7 days at most, got nothing"],
        },
    ],
    notApplicable: [{ change: { lifecycleRules: undefined } }],
});

const trail: Other = { name: "trail", type: "cloudtrail/trail", links: { s3BucketName: subject } };

describeRule({
    rule: "s3-object-lock",
    type: bucket,
    compliant: { objectLockEnabled: true },
    others: [trail],
    alsoCompliant: [
        { change: { objectLockEnabled: undefined }, others: [trail, part("s3/bucketObjectLockConfigurationV2")] },
        { change: { objectLockEnabled: undefined, objectLockConfiguration: { objectLockEnabled: "Enabled" } } },
    ],
    violations: [{ change: { objectLockEnabled: undefined }, says: ["objectLockEnabled  expected true, got nothing"] }],
    // S3 refuses to log to a bucket with a default retention.
    notApplicable: [{ others: [] }, { others: [trail, logged] }],
});

describeRule({
    rule: "s3-object-lock",
    type: bucket,
    parameters: { names: ["subj"] },
    compliant: { objectLockEnabled: true },
    violations: [{ change: { objectLockEnabled: false }, says: ["objectLockEnabled  expected true, got false"] }],
});

const copied = (status: string): Other => part("s3/bucketReplicationConfig", { rules: [{ status, destination: { bucket: "elsewhere" } }] });

describeRule({
    rule: "s3-replication",
    type: bucket,
    compliant: {},
    others: [copied("Enabled")],
    alsoCompliant: [{ change: { replicationConfiguration: { role: "role", rules: [{ status: "Enabled" }] } }, others: [] }],
    violations: [
        { others: [], says: ["expected a replication rule that is switched on, got none"] },
        { others: [copied("Disabled")], says: ["expected a replication rule that is switched on, got none"] },
    ],
    notApplicable: [{ others: [logged] }, { others: [{ name: "source", type: "s3/bucketReplicationConfig", links: { rules: subject } }] }],
});

describeRule({
    rule: "s3-replication",
    type: bucket,
    parameters: { names: ["orders"] },
    notApplicable: [{}],
    violations: [],
});

describeRule({
    rule: "s3-event-notifications",
    type: bucket,
    compliant: {},
    others: [part("s3/bucketNotification", { eventbridge: true })],
    violations: [{ others: [], says: ["expected a BucketNotification for the bucket, got none"] }],
    notApplicable: [{ others: [logged] }],
});

describeRule({
    rule: "s3-mfa-delete",
    type: versioning,
    compliant: { versioningConfiguration: { status: "Enabled", mfaDelete: "Enabled" } },
    violations: [
        {
            change: { versioningConfiguration: { status: "Enabled" } },
            says: ['versioningConfiguration.mfaDelete  expected "Enabled", got nothing'],
        },
    ],
});

describeRule({
    rule: "s3-no-force-destroy",
    type: bucket,
    compliant: {},
    violations: [{ change: { forceDestroy: true }, says: ["forceDestroy  expected false or nothing, got true"] }],
});

const ofTrail = (props: Readonly<Record<string, unknown>>): readonly Other[] => [{ name: "trail", type: "cloudtrail/trail", props }];
const selectors = (readWriteType?: string) => ({
    eventSelectors: [{ readWriteType, dataResources: [{ type: "AWS::S3::Object", values: ["arn:aws:s3"] }] }],
});
const fields = (...more: readonly object[]) => ({
    advancedEventSelectors: [
        {
            fieldSelectors: [
                { field: "eventCategory", equals: ["Data"] },
                { field: "resources.type", equals: ["AWS::S3::Object"] },
                ...more,
            ],
        },
    ],
});

describeRule({
    rule: "s3-data-events-logged",
    compliant: {},
    others: ofTrail(selectors()),
    alsoCompliant: [
        { others: ofTrail(selectors("All")) },
        { others: ofTrail(fields()) },
        { others: ofTrail({ ...selectors("ReadOnly"), ...fields({ field: "readOnly", equals: ["false"] }) }) },
    ],
    violations: [
        {
            others: ofTrail({}),
            says: [
                "expected a trail that records reads of objects, got trail without",
                "expected a trail that records writes of objects, got trail without",
            ],
        },
        { others: ofTrail(selectors("WriteOnly")), says: ["expected a trail that records reads of objects, got trail without"] },
        {
            others: ofTrail(fields({ field: "readOnly", equals: ["true"] })),
            says: ["expected a trail that records writes of objects, got trail without"],
        },
    ],
    notApplicable: [{ others: [] }],
});

describeRule({
    rule: "s3-dns-compliant-name",
    type: bucket,
    compliant: { bucket: "shop-assets" },
    alsoCompliant: [{ change: { bucket: undefined } }],
    violations: [
        { change: { bucket: "shop.assets" }, says: ['bucket  expected a name without dots, got "shop.assets"'] },
        { change: { bucketPrefix: "shop." }, says: ['bucketPrefix  expected a name without dots, got "shop."'] },
    ],
});

describeRule({
    rule: "s3-versioning-kept",
    type: versioning,
    compliant: enabled,
    violations: [
        {
            change: { versioningConfiguration: { status: "Suspended" } },
            says: ['versioningConfiguration.status  expected "Enabled", got "Suspended"'],
        },
        { change: { versioningConfiguration: undefined }, says: ['versioningConfiguration.status  expected "Enabled", got nothing'] },
    ],
});

describe("s3-versioning-kept", () => {
    it("mends itself and keeps what else is set", () => {
        const rule = bucketCare.find((each) => each.id === "s3-versioning-kept") as ResourceRule;
        const mended = (versioningConfiguration: object | undefined) =>
            rule.remedy?.(resourceOf(versioning, { versioningConfiguration }), new Parameters(new Map(), testDay));
        expect(mended({ status: "Suspended", mfaDelete: "Disabled" })).to.deep.equal({
            versioningConfiguration: { status: "Enabled", mfaDelete: "Disabled" },
        });
        expect(mended(undefined)).to.deep.equal(enabled);
    });
});
