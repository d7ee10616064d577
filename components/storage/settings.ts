/** Settings of `storage`: the environment's buckets, each with a role, and the bucket that services log to. */
import { z } from "zod";
import { accountId, arnOf, mapKey } from "../../conventions/fields.ts";
import { nearest, oneOf } from "../../conventions/refusal.ts";
import { lifecycleRefusals, storageClasses } from "./lifecycle.ts";

const days = z.int().min(1).max(36_500);
const storageClass = z.enum(storageClasses);
const transitions = z
    .array(z.strictObject({ storageClass, afterDays: z.int().min(0).max(36_500) }))
    .max(6)
    .default([]);

export const bucketRoles = ["assets", "uploads", "exports", "archive"] as const;
export type BucketRole = (typeof bucketRoles)[number];

const LifecycleRule = z
    .strictObject({
        prefix: z.string().min(1).max(1024).optional().describe("Only objects whose key begins with this. Default: every object."),
        tags: z.record(z.string().min(1).max(128), z.string().max(256)).optional().describe("Only objects that carry all of these tags."),
        minimumBytes: z
            .int()
            .min(1)
            .optional()
            .describe("Only objects larger than this. Objects under 128 KiB are not moved to another class in any case."),
        transitions: transitions.describe(
            "Moves of current objects, in the order they happen. STANDARD_IA and ONEZONE_IA not before day 30 (minimum billed 30 days), " +
                "GLACIER_IR and GLACIER billed for at least 90 days, DEEP_ARCHIVE for 180.",
        ),
        noncurrentTransitions: transitions.describe("The same for versions that have been overwritten or deleted, counted from that day."),
        expireAfterDays: days
            .optional()
            .describe("Age in days at which objects are deleted (their last version stays for versions.keepDays)."),
    })
    .superRefine((rule, context) => {
        for (const problem of lifecycleRefusals(rule)) {
            context.addIssue({ code: "custom", path: [...problem.path], message: problem.message });
        }
        if (rule.transitions.length === 0 && rule.noncurrentTransitions.length === 0 && rule.expireAfterDays === undefined) {
            context.addIssue({
                code: "custom",
                path: [],
                message: "does nothing: give it transitions, noncurrentTransitions or expireAfterDays",
            });
        }
    });

const CorsRule = z
    .strictObject({
        origins: z
            .array(z.string().min(1))
            .min(1)
            .max(100)
            .describe("Origins of the pages that may call, such as https://app.example.com."),
        methods: z
            .array(z.enum(["GET", "HEAD", "PUT", "POST", "DELETE"]))
            .min(1)
            .describe("What they may do."),
        allowedHeaders: z.array(z.string().min(1)).default([]).describe("Request headers that a browser may send. Default: none."),
        exposeHeaders: z
            .array(z.string().min(1))
            .default([])
            .describe("Response headers that scripts may read, such as ETag for multipart uploads. Default: none."),
        maxAgeSeconds: z.int().min(0).max(86_400).default(3_600).describe("How long a browser remembers the answer."),
    })
    .superRefine((rule, context) => {
        if (rule.origins.includes("*") && rule.methods.some((method) => method !== "GET" && method !== "HEAD")) {
            context.addIssue({
                code: "custom",
                path: ["origins"],
                message: 'must name its origins when methods change objects, got "*"',
            });
        }
    });

const Replication = z.strictObject({
    destinationBucketArn: arnOf("s3").describe(
        "Bucket that receives the copies. It must have versioning, which every bucket of this component has; with `fixedName` its ARN is known beforehand.",
    ),
    destinationKeyArn: arnOf("kms").describe("KMS key of the destination's region. Without it encrypted objects are silently not copied."),
    destinationAccountId: accountId
        .optional()
        .describe("Account of the destination. Default: this one. Copies then belong to that account."),
    prefix: z.string().min(1).max(1024).optional().describe("Only objects whose key begins with this. Default: every object."),
    storageClass: storageClass.optional().describe("Class of the copies. Default: the class of the object."),
    timeControl: z
        .boolean()
        .default(false)
        .describe("Copies within 15 minutes by contract, with metrics and an alarm. Costs 0.015 USD a GB more (2026-11)."),
    deleteMarkers: z.boolean().default(true).describe("Whether deleting an object hides the copy too."),
});

const ObjectLock = z
    .strictObject({
        mode: z
            .enum(["governance", "compliance"])
            .describe(
                "`governance`: people with s3:BypassGovernanceRetention can still delete. `compliance`: nobody can, neither root nor AWS, " +
                    "until the days are over; the account itself must be closed to get rid of the data.",
            ),
        days: days.optional().describe("How long every new version is immutable, in days. Exactly one of days and years."),
        years: z.int().min(1).max(100).optional().describe("The same in years."),
    })
    .superRefine((lock, context) => {
        if ((lock.days === undefined) === (lock.years === undefined)) {
            context.addIssue({ code: "custom", path: [], message: "expected exactly one of days and years" });
        }
    });

const IntelligentTiering = z
    .strictObject({
        archiveAfterDays: z.int().min(90).max(730).optional().describe("Days without access until the archive tier (hours to read)."),
        deepArchiveAfterDays: z
            .int()
            .min(180)
            .max(730)
            .optional()
            .describe("Days without access until the deep archive tier (12 hours to read)."),
    })
    .superRefine((tiering, context) => {
        const { archiveAfterDays, deepArchiveAfterDays } = tiering;
        if (archiveAfterDays !== undefined && deepArchiveAfterDays !== undefined && deepArchiveAfterDays <= archiveAfterDays) {
            context.addIssue({
                code: "custom",
                path: ["deepArchiveAfterDays"],
                message: `must be more than archiveAfterDays (${archiveAfterDays}), got ${deepArchiveAfterDays}`,
            });
        }
    });

export const BucketSettings = z
    .strictObject({
        role: z
            .enum(bucketRoles)
            .describe(
                "What the bucket is for. assets: static files that the CDN reads. uploads: what users send. exports: files made for others. " +
                    "archive: written once, kept; workloads get no right to delete. Changing it replaces nothing.",
            ),
        fixedName: z
            .boolean()
            .default(false)
            .describe(
                "Names the bucket <environment>-<key>-<account>-<region>, for a bucket that another stack must know beforehand (a replica). " +
                    "Default: a name by the engine. Changing it replaces the bucket.",
            ),
        versions: z
            .strictObject({
                keepDays: days.default(30).describe("Days until an overwritten or deleted version is removed for good."),
                keepNewest: z
                    .int()
                    .min(1)
                    .max(100)
                    .optional()
                    .describe("So many of the newest old versions are kept longer. Default: none."),
            })
            .default({ keepDays: 30 })
            .describe("Versioning is always on; this says how long old versions stay."),
        lifecycle: z
            .record(mapKey, LifecycleRule)
            .default({})
            .describe("Rules by key. Unfinished uploads are removed after 7 days in any case."),
        intelligentTiering: IntelligentTiering.optional().describe(
            "Lets S3 move every object by its use. Presence moves objects to INTELLIGENT_TIERING on day 0; the archive tiers are opt-in.",
        ),
        cors: z.record(mapKey, CorsRule).default({}).describe("Which pages may call the bucket from a browser, by key. Default: none."),
        objectLock: ObjectLock.optional().describe(
            "Makes every version immutable for a time. Adding or removing the block replaces the bucket and its objects.",
        ),
        replication: z
            .record(mapKey, Replication)
            .default({})
            .describe("Copies to other buckets, by key. Does not copy what is there already."),
        eventBridge: z
            .boolean()
            .default(false)
            .describe("Sends every change to EventBridge. On in any case where AWS Backup copies the bucket."),
        accessLogs: z.boolean().default(true).describe("Writes every request to the log bucket under s3/, by bucket and day."),
        requestMetrics: z
            .boolean()
            .default(false)
            .describe("Counts requests and errors in CloudWatch, with an alarm on server errors. 16 metrics, about 5 USD a month."),
        inventory: z
            .enum(["Daily", "Weekly"])
            .optional()
            .describe("Writes a list of all objects to the log bucket under inventory/. Default: none."),
        accelerated: z
            .boolean()
            .default(false)
            .describe("Lets clients far away upload through CloudFront's edge, at 0.04 to 0.08 USD a GB."),
        backup: z
            .boolean()
            .optional()
            .describe(
                "Whether AWS Backup copies the bucket. Default: yes for uploads and archive, no for assets and exports, which can be made again.",
            ),
    })
    .superRefine((bucket, context) => {
        for (const [key, rule] of Object.entries(bucket.lifecycle)) {
            if (bucket.intelligentTiering !== undefined && rule.transitions.length > 0) {
                context.addIssue({
                    code: "custom",
                    path: ["lifecycle", key, "transitions"],
                    message: "contradicts intelligentTiering, which moves every object itself: drop one of them",
                });
            }
            const last = rule.noncurrentTransitions.at(-1);
            if (last !== undefined && last.afterDays >= bucket.versions.keepDays) {
                context.addIssue({
                    code: "custom",
                    path: ["lifecycle", key, "noncurrentTransitions"],
                    message: `must end before versions.keepDays (${bucket.versions.keepDays}), got ${last.afterDays}`,
                });
            }
        }
    });
export type BucketSettings = Readonly<z.infer<typeof BucketSettings>>;

const LogBucketSettings = z
    .strictObject({
        retentionDays: days.optional().describe("Days until logs are deleted. Default: the environment's logRetentionDays."),
        infrequentAccessAfterDays: z
            .int()
            .min(30)
            .optional()
            .describe("Days until logs move to STANDARD_IA. Default: never. Files under 128 KiB, which most logs are, do not move."),
        backupReports: z
            .boolean()
            .default(false)
            .describe(
                "Lets AWS Backup Audit Manager deliver reports. Its role must exist first, once an account: " +
                    "aws iam create-service-linked-role --aws-service-name reports.backup.amazonaws.com",
            ),
    })
    .superRefine((logs, context) => {
        if (
            logs.retentionDays !== undefined &&
            logs.infrequentAccessAfterDays !== undefined &&
            logs.retentionDays <= logs.infrequentAccessAfterDays
        ) {
            context.addIssue({
                code: "custom",
                path: ["retentionDays"],
                message: `must be more than infrequentAccessAfterDays (${logs.infrequentAccessAfterDays}), got ${logs.retentionDays}`,
            });
        }
    });

export const StorageSettings = z
    .strictObject({
        logs: LogBucketSettings.default({ backupReports: false }).describe("The bucket that services log to. It always exists."),
        buckets: z
            .record(mapKey, BucketSettings)
            .default({})
            .describe("Buckets by key. Renaming a key replaces the bucket and its objects."),
    })
    .superRefine((storage, context) => {
        if ("logs" in storage.buckets) {
            context.addIssue({
                code: "custom",
                path: ["buckets", "logs"],
                message: 'is the name of the bucket that services log to: choose another key than "logs"',
            });
        }
    });
export type StorageSettings = Readonly<z.infer<typeof StorageSettings>>;

/** The bucket of that key, or an error that a reader of a stack file would understand. */
export function bucketOf<Bucket>(buckets: Readonly<Record<string, Bucket>>, key: string): Bucket {
    const bucket = buckets[key];
    if (bucket === undefined) {
        const known = Object.keys(buckets);
        const meant = nearest(key, known);
        throw new Error(
            `storage has no bucket ${JSON.stringify(key)}: it has ${oneOf(known)}${meant === undefined ? "" : ` (did you mean ${JSON.stringify(meant)}?)`}`,
        );
    }
    return bucket;
}
