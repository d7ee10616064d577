/** What a bucket has only where its settings ask for it: CORS, events, logs, lists, locks, copies, metrics. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import type { AlarmRow } from "../parts/alarm.ts";
import { ServiceRole } from "../parts/role.ts";
import type { GuardedBucket } from "./bucket.ts";
import { logPrefixes, replicationStatements } from "./policies.ts";
import type { BucketSettings } from "./settings.ts";

export interface Extras {
    readonly name: string;
    readonly key: string;
    readonly settings: BucketSettings;
    readonly environment: Environment;
    readonly keyArn: pulumi.Input<string>;
    readonly guarded: GuardedBucket;
    readonly logBucket: aws.s3.Bucket;
    /** Services may write to the log bucket only once this stands. */
    readonly logPolicy: pulumi.Resource;
    readonly backedUp: boolean;
    readonly opts: pulumi.CustomResourceOptions;
}

export function createExtras(extras: Extras): void {
    createAccess(extras);
    createRecords(extras);
    createTiers(extras);
    createReplication(extras);
}

function byKey<Value>(map: Readonly<Record<string, Value>>): [string, Value][] {
    return Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1));
}

function createAccess({ name, settings, guarded, backedUp, opts }: Extras): void {
    const bucket = guarded.bucket.id;
    const cors = byKey(settings.cors);
    if (cors.length > 0) {
        const corsRules = cors.map(([id, rule]) => ({
            id,
            allowedOrigins: rule.origins,
            allowedMethods: rule.methods,
            allowedHeaders: rule.allowedHeaders,
            exposeHeaders: rule.exposeHeaders,
            maxAgeSeconds: rule.maxAgeSeconds,
        }));
        new aws.s3.BucketCorsConfiguration(`${name}-cors`, { bucket, corsRules }, opts);
    }
    // AWS Backup turns the events on by itself, because its continuous backups follow them; where it does, the program agrees.
    if (settings.eventBridge || backedUp) {
        new aws.s3.BucketNotification(`${name}-events`, { bucket, eventbridge: true }, opts);
    }
    if (settings.accelerated) {
        new aws.s3.BucketAccelerateConfiguration(`${name}-acceleration`, { bucket, status: "Enabled" }, opts);
    }
}

function createRecords({ name, key, settings, environment, guarded, logBucket, logPolicy, opts }: Extras): void {
    const bucket = guarded.bucket.id;
    if (settings.accessLogs) {
        new aws.s3.BucketLogging(
            `${name}-logging`,
            {
                bucket,
                targetBucket: logBucket.id,
                targetPrefix: `${logPrefixes.access}/`,
                // Goes on with account, region, bucket and day, so that a query reads only what it asks for.
                targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: "EventTime" } },
            },
            { ...opts, dependsOn: [logPolicy] },
        );
    }
    if (settings.inventory !== undefined) {
        new aws.s3.Inventory(
            `${name}-inventory`,
            {
                bucket,
                name: `${environment.name}-${key}`,
                includedObjectVersions: "All",
                schedule: { frequency: settings.inventory },
                optionalFields: ["EncryptionStatus", "LastModifiedDate", "ReplicationStatus", "Size", "StorageClass"],
                destination: {
                    bucket: {
                        bucketArn: logBucket.arn,
                        accountId: environment.accountId,
                        format: "Parquet",
                        prefix: logPrefixes.inventory,
                        encryption: { sseS3: {} },
                    },
                },
            },
            { ...opts, dependsOn: [logPolicy] },
        );
    }
    if (settings.requestMetrics) {
        new aws.s3.BucketMetric(`${name}-metrics`, { bucket, name: requestMetricsFilter }, opts);
    }
}

const requestMetricsFilter = "EntireBucket";

function createTiers({ name, settings, guarded, opts }: Extras): void {
    const bucket = guarded.bucket.id;
    const afterVersioning = { ...opts, dependsOn: [guarded.versioning] };
    if (settings.objectLock !== undefined) {
        const { mode, days, years } = settings.objectLock;
        const defaultRetention = { mode: mode.toUpperCase(), ...(days !== undefined && { days }), ...(years !== undefined && { years }) };
        new aws.s3.BucketObjectLockConfiguration(`${name}-lock`, { bucket, rule: { defaultRetention } }, afterVersioning);
    }
    const { archiveAfterDays, deepArchiveAfterDays } = settings.intelligentTiering ?? {};
    const tierings = [
        ...(archiveAfterDays === undefined ? [] : [{ accessTier: "ARCHIVE_ACCESS", days: archiveAfterDays }]),
        ...(deepArchiveAfterDays === undefined ? [] : [{ accessTier: "DEEP_ARCHIVE_ACCESS", days: deepArchiveAfterDays }]),
    ];
    if (tierings.length > 0) {
        new aws.s3.BucketIntelligentTieringConfiguration(`${name}-tiering`, { bucket, name: "EntireBucket", tierings }, opts);
    }
}

function createReplication({ name, settings, environment, keyArn, guarded, opts }: Extras): void {
    const copies = byKey(settings.replication);
    if (copies.length === 0) {
        return;
    }
    const role = new ServiceRole(
        `${name}-replication`,
        {
            environment,
            service: "s3.amazonaws.com",
            description: `Copies the objects of ${name}`,
            // S3 does not name the source account when it replicates.
            boundToAccount: false,
        },
        opts,
    );
    role.permit(
        "copy",
        replicationStatements(
            { arn: guarded.bucket.arn, keyArn, region: environment.region },
            copies.map(([, copy]) => ({ bucketArn: copy.destinationBucketArn, keyArn: copy.destinationKeyArn })),
        ),
    );
    const enabled = (on: boolean) => ({ status: on ? "Enabled" : "Disabled" });
    const quarterHour = { minutes: 15 };
    const rules = copies.map(([key, copy], index) => ({
        id: key,
        // Only tells rules of the same destination apart; unique numbers are asked for, their values mean nothing here.
        priority: index + 1,
        status: "Enabled",
        filter: copy.prefix === undefined ? {} : { prefix: copy.prefix },
        deleteMarkerReplication: enabled(copy.deleteMarkers),
        sourceSelectionCriteria: { sseKmsEncryptedObjects: enabled(true) },
        destination: {
            bucket: copy.destinationBucketArn,
            encryptionConfiguration: { replicaKmsKeyId: copy.destinationKeyArn },
            ...(copy.storageClass !== undefined && { storageClass: copy.storageClass }),
            ...(copy.destinationAccountId !== undefined && {
                account: copy.destinationAccountId,
                accessControlTranslation: { owner: "Destination" },
            }),
            ...(copy.timeControl && {
                replicationTime: { ...enabled(true), time: quarterHour },
                metrics: { ...enabled(true), eventThreshold: quarterHour },
            }),
        },
    }));
    new aws.s3.BucketReplicationConfig(
        `${name}-copies`,
        { bucket: guarded.bucket.id, role: role.role.arn, rules },
        { ...opts, dependsOn: [guarded.versioning, ...role.attachments] },
    );
}

/** Alarms of one bucket; their keys begin with the bucket's. */
export function alarmRows(key: string, settings: BucketSettings, bucketName: pulumi.Output<string>): AlarmRow[] {
    const requests: AlarmRow[] = settings.requestMetrics
        ? [
              {
                  key: `${key}-server-errors`,
                  severity: "warning",
                  description: `S3 answers requests to the bucket "${key}" with errors of its own. Clients retry; look at the AWS Health dashboard.`,
                  namespace: "AWS/S3",
                  metric: "5xxErrors",
                  dimensions: { BucketName: bucketName, FilterId: requestMetricsFilter },
                  statistic: "Sum",
                  periodSeconds: 300,
                  periods: 3,
                  comparison: "atLeast",
                  threshold: 10,
                  silence: "fine",
              },
          ]
        : [];
    const copies = byKey(settings.replication)
        .filter(([, copy]) => copy.timeControl)
        .map(
            ([copyKey, copy]): AlarmRow => ({
                key: `${key}-copies-${copyKey}`,
                severity: "warning",
                description: `Copies of the bucket "${key}" to ${copy.destinationBucketArn} are more than 15 minutes behind: look at its replication metrics and the role's permissions.`,
                namespace: "AWS/S3",
                metric: "ReplicationLatency",
                dimensions: {
                    SourceBucket: bucketName,
                    DestinationBucket: copy.destinationBucketArn.split(":").at(-1) ?? "",
                    RuleId: copyKey,
                },
                statistic: "Maximum",
                periodSeconds: 300,
                periods: 3,
                comparison: "above",
                threshold: 900,
                silence: "fine",
            }),
        );
    return [...requests, ...copies];
}
