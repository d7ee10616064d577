/**
 * Owns the environment's buckets: one a key of the settings, and one that services deliver their logs to.
 * Does not own what is in them, nor the roles that read and write: see `statementsFor`.
 */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { type AlarmTopics, createAlarms } from "../parts/alarm.ts";
import type { DashboardRow } from "../parts/dashboard.ts";
import type { Statement } from "../parts/role.ts";
import { GuardedBucket } from "./bucket.ts";
import { alarmRows, createExtras } from "./extras.ts";
import { planLifecycle } from "./lifecycle.ts";
import { fixedBucketName } from "./names.ts";
import {
    type Access,
    distributionStatements,
    encryptionStatements,
    guardStatements,
    logDeliveryStatements,
    workloadStatements,
} from "./policies.ts";
import { type BucketRole, type BucketSettings, bucketOf, type StorageSettings } from "./settings.ts";

export interface StorageArgs extends StorageSettings {
    readonly environment: Environment;
    /** Key that every object is encrypted with. It must let `cloudfront.amazonaws.com` decrypt where a bucket has the role assets. */
    readonly keyArn: pulumi.Input<string>;
    /** Where `requestMetrics` and `timeControl` alarm. Absent: nowhere. */
    readonly alarmTopics?: AlarmTopics;
}

export interface BucketHandle {
    readonly key: string;
    readonly role: BucketRole;
    readonly name: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;
    /** Host name with the region in it: the global one redirects for hours after a bucket is made. */
    readonly regionalDomainName: pulumi.Output<string>;
}

interface LogBucket {
    readonly bucket: aws.s3.Bucket;
    readonly policy: aws.s3.BucketPolicy;
}

/** What old object versions of logs are for: undoing a deletion by mistake. */
const logVersionsKeepDays = 30;

/** Roles whose loss nobody can make good. */
const backedUpByDefault: { readonly [role in BucketRole]: boolean } = { assets: false, uploads: true, exports: false, archive: true };

export class Storage extends pulumi.ComponentResource {
    /** All parts of a bucket are resources of their own, and AWS changes none of them. */
    public static readonly governedElsewhere: readonly { readonly type: string; readonly property: string; readonly by: string }[] = [];

    /** Where services deliver logs: load balancers, S3 access logs, CloudFront v2, flow logs, sessions. SSE-S3, because some write nothing else. */
    public readonly logBucket: {
        readonly name: pulumi.Output<string>;
        readonly arn: pulumi.Output<string>;
        readonly domainName: pulumi.Output<string>;
    };
    /** Keys of the buckets, sorted. */
    public readonly keys: readonly string[];
    public readonly dashboardRow: DashboardRow;

    private readonly args: StorageArgs;
    private readonly handles: Record<string, BucketHandle> = {};
    private readonly guarded: Record<string, GuardedBucket> = {};
    private readonly withoutPolicy = new Set<string>();

    public constructor(name: string, args: StorageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:storage:Storage", name, {}, opts);
        this.args = args;
        this.keys = Object.keys(args.buckets).sort();
        const logs = this.createLogBucket(`${name}-logs`);
        for (const key of this.keys) {
            this.createBucket(`${name}-${key}`, key, bucketOf(args.buckets, key), logs);
        }
        this.createAlarms(name);
        // Whoever is told of the bucket waits for its policy too: load balancers try to write the moment they are told.
        const permitted = (value: pulumi.Output<string>) => pulumi.all([value, logs.policy.id]).apply(([known]) => known);
        this.logBucket = {
            name: permitted(logs.bucket.bucket),
            arn: permitted(logs.bucket.arn),
            domainName: permitted(logs.bucket.bucketDomainName),
        };
        this.dashboardRow = this.describeDashboard();
        this.registerOutputs({ logBucketName: this.logBucket.name, bucketNames: pulumi.output(this.names()) });
    }

    /** The bucket of that key; an unknown key is refused with the known ones. */
    public bucket(key: string): BucketHandle {
        return bucketOf(this.handles, key);
    }

    /**
     * Lets these distributions, and nobody else outside, read a bucket of the role assets. Once a bucket: S3 keeps one policy a bucket,
     * and it is made here, complete, because the distribution that it names needs the bucket first.
     */
    public letDistributionRead(key: string, ...distributionArns: readonly pulumi.Input<string>[]): void {
        const { role } = this.bucket(key);
        if (role !== "assets") {
            throw new Error(`storage.buckets.${key} has the role ${role}: a distribution reads only a bucket of the role assets`);
        }
        if (!this.withoutPolicy.has(key)) {
            throw new Error(`storage.buckets.${key} has its policy already: name all its distributions in one call, before close`);
        }
        this.setPolicy(key, distributionStatements(bucketOf(this.guarded, key).bucket.arn, distributionArns));
    }

    /** Makes the policies of assets buckets that no distribution reads. Called last; nothing may join afterwards. */
    public close(): void {
        for (const key of [...this.withoutPolicy]) {
            this.setPolicy(key, []);
        }
    }

    /** What a workload's role needs to read, to add (`write`), or to read, add and delete (`readWrite`), the key included. */
    public statementsFor(key: string, access: Access): readonly Statement[] {
        return workloadStatements(key, this.bucket(key), access, this.args.keyArn, this.args.environment);
    }

    private createLogBucket(name: string): LogBucket {
        const { environment, logs, buckets } = this.args;
        const { infrequentAccessAfterDays } = logs;
        const guarded = new GuardedBucket(
            name,
            {
                environment,
                lifecycle: planLifecycle({
                    versions: { keepDays: logVersionsKeepDays },
                    lifecycle: {
                        logs: {
                            transitions:
                                infrequentAccessAfterDays === undefined
                                    ? []
                                    : [{ storageClass: "STANDARD_IA", afterDays: infrequentAccessAfterDays }],
                            noncurrentTransitions: [],
                            expireAfterDays: logs.retentionDays ?? environment.logRetentionDays,
                        },
                    },
                }),
                objectLock: false,
                tags: {},
            },
            { parent: this },
        );
        const { bucket } = guarded;
        const policy = guarded.setPolicy([
            ...guardStatements(bucket.arn),
            ...logDeliveryStatements(bucket.arn, environment, {
                inventory: Object.values(buckets).some((each) => each.inventory !== undefined),
                backupReports: logs.backupReports,
            }),
        ]);
        return { bucket, policy };
    }

    private createBucket(name: string, key: string, settings: BucketSettings, logs: LogBucket): void {
        const { environment, keyArn } = this.args;
        const backupTag = (settings.backup ?? backedUpByDefault[settings.role]) ? environment.backupTag : undefined;
        const guarded = new GuardedBucket(
            name,
            {
                environment,
                keyArn,
                ...(settings.fixedName && { bucketName: fixedBucketName(environment, key) }),
                lifecycle: planLifecycle(settings),
                objectLock: settings.objectLock !== undefined,
                tags: { ...backupTag },
            },
            { parent: this },
        );
        const { bucket } = guarded;
        this.guarded[key] = guarded;
        this.handles[key] = {
            key,
            role: settings.role,
            name: bucket.bucket,
            arn: bucket.arn,
            regionalDomainName: bucket.bucketRegionalDomainName,
        };
        this.withoutPolicy.add(key);
        if (settings.role !== "assets") {
            this.setPolicy(key, []);
        }
        createExtras({
            name,
            key,
            settings,
            environment,
            keyArn,
            guarded,
            logBucket: logs.bucket,
            logPolicy: logs.policy,
            backedUp: backupTag !== undefined,
            opts: { parent: this },
        });
    }

    private setPolicy(key: string, more: readonly Statement[]): void {
        this.withoutPolicy.delete(key);
        const guarded = bucketOf(this.guarded, key);
        const { arn } = guarded.bucket;
        guarded.setPolicy([...guardStatements(arn), ...encryptionStatements(arn, this.args.keyArn), ...more]);
    }

    private createAlarms(name: string): void {
        const rows = this.keys.flatMap((key) => alarmRows(key, bucketOf(this.args.buckets, key), this.bucket(key).name));
        createAlarms(name, this.args.environment, this.args.alarmTopics ?? {}, rows, { parent: this });
    }

    private describeDashboard(): DashboardRow {
        const perBucket = (metric: string, StorageType: string) =>
            this.keys.map((key) => ({
                label: key,
                namespace: "AWS/S3",
                metric,
                dimensions: { BucketName: this.bucket(key).name, StorageType },
                statistic: "Average",
            }));
        // S3 counts once a day: a shorter period draws nothing.
        const daily = { periodSeconds: 86_400 };
        return {
            title: "Storage",
            graphs:
                this.keys.length === 0
                    ? []
                    : [
                          {
                              title: "Size (standard class)",
                              unit: "bytes",
                              metrics: perBucket("BucketSizeBytes", "StandardStorage"),
                              ...daily,
                          },
                          { title: "Objects", metrics: perBucket("NumberOfObjects", "AllStorageTypes"), ...daily },
                      ],
        };
    }

    private names(): Record<string, pulumi.Output<string>> {
        return Object.fromEntries(this.keys.map((key) => [key, this.bucket(key).name]));
    }
}
