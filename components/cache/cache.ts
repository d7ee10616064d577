/**
 * Owns the in-memory cache of one region: its nodes or its serverless cache, how clients prove who they are, its logs and alarms.
 * Does not own the network it stands in, nor who may knock: see `allowFrom`.
 */
import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { type AlarmTopics, createAlarms } from "../parts/alarm.ts";
import type { DashboardRow } from "../parts/dashboard.ts";
import { Door, type Peer } from "../parts/door.ts";
import { createLogGroup } from "../parts/log-group.ts";
import type { Placement } from "../parts/placement.ts";
import type { Statement } from "../parts/role.ts";
import { nameTag } from "../parts/tags.ts";
import { type CacheAccess, createAccess } from "./access.ts";
import { nodeAlarms, nodeDashboardRow, serverlessAlarms, serverlessDashboardRow } from "./alarms.ts";
import { cacheEngines, cacheFamilyOf } from "./plan.ts";
import type { CacheSettings, NodesSettings, ServerlessSettings } from "./settings.ts";

interface Wiring {
    readonly environment: Environment;
    /** The data tier. */
    readonly placement: Placement;
    /** Key of data and snapshots. For ever: another key means another cache. */
    readonly keyArn: pulumi.Input<string>;
    readonly secretsKeyArn: pulumi.Input<string>;
    readonly logsKeyArn: pulumi.Input<string>;
    readonly alarmTopics: AlarmTopics;
}

/** Settings decide the shape and are plain; wiring may still be unknown. */
export type CacheArgs = CacheSettings & Wiring;

/** What either kind of cache answers. */
interface Built {
    readonly arn: pulumi.Output<string>;
    /** As ElastiCache calls it. */
    readonly physicalName: pulumi.Output<string>;
    readonly host: pulumi.Output<string>;
    readonly readerHost: pulumi.Output<string>;
    readonly dashboardRow: DashboardRow;
}

/** Where a serverless cache answers reads from the nearest zone. */
const serverlessReaderPort = 6380;

const logTypes = ["slow-log", "engine-log"] as const;

export class Cache extends pulumi.ComponentResource {
    public static readonly governedElsewhere = [
        { type: "aws:elasticache/replicationGroup:ReplicationGroup", property: "snapshotName", by: "read at creation only" },
        { type: "aws:elasticache/serverlessCache:ServerlessCache", property: "snapshotArnsToRestores", by: "read at creation only" },
        { type: "aws:secretsmanager/secretVersion:SecretVersion", property: "secretString", by: "drawn once" },
        { type: "aws:secretsmanager/secretVersion:SecretVersion", property: "versionStages", by: "the next generation" },
    ] as const satisfies readonly { type: string; property: string; by: string }[];

    /** Host that writes; in cluster mode the one that clients ask for the rest. */
    public readonly host: pulumi.Output<string>;
    /** Host that reads, on `readerPort`. */
    public readonly readerHost: pulumi.Output<string>;
    public readonly port: number;
    public readonly readerPort: number;
    /** JSON with username (empty for a token) and password. Absent where clients log in by IAM. */
    public readonly secretArn: pulumi.Output<string> | undefined;
    /** User to log in as; absent for a token. */
    public readonly username: string | undefined;
    /** Name that a client signs into its token when it logs in by IAM. Absent for the other ways. */
    public readonly signedName: pulumi.Output<string> | undefined;
    public readonly securityGroupId: pulumi.Output<string>;
    public readonly dashboardRow: DashboardRow;

    private readonly name: string;
    private readonly args: CacheArgs;
    private readonly child: pulumi.CustomResourceOptions;
    private readonly door: Door;
    private readonly loginResources: readonly pulumi.Output<string>[];

    public constructor(name: string, args: CacheArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:cache:Cache", name, {}, opts);
        this.name = name;
        this.args = args;
        this.child = { parent: this };
        this.port = args.kind === "nodes" ? args.port : 6379;
        this.readerPort = args.kind === "nodes" ? args.port : serverlessReaderPort;

        this.door = new Door(name, { environment: args.environment, vpcId: args.placement.vpcId, description: "Cache" }, this.child);
        this.securityGroupId = this.door.securityGroupId;
        const access = createAccess(name, args, this.child);
        this.secretArn = access.secretArn;
        this.username = access.username;
        const built = args.kind === "nodes" ? this.createNodes(args, access) : this.createServerless(args, access);

        const byIam = args.authentication.kind === "iam";
        this.signedName = byIam ? built.physicalName : undefined;
        this.loginResources = byIam && access.userArn !== undefined ? [built.arn, access.userArn] : [];

        this.host = built.host;
        this.readerHost = built.readerHost;
        this.dashboardRow = built.dashboardRow;
        this.registerOutputs({
            host: this.host,
            readerHost: this.readerHost,
            port: this.port,
            readerPort: this.readerPort,
            secretArn: this.secretArn,
            username: this.username,
            signedName: this.signedName,
            securityGroupId: this.securityGroupId,
        });
    }

    /** Lets members of `peer`'s security group reach the cache. */
    public allowFrom(key: string, peer: Peer): void {
        this.door.allowFrom(key, peer, this.port);
        if (this.readerPort !== this.port) {
            this.door.allowFrom(`${key}-reader`, peer, this.readerPort);
        }
    }

    /** What a client's role needs in order to log in. Empty unless clients log in by IAM: then a secret is all they need. */
    public connectStatements(): readonly Statement[] {
        return this.loginResources.length === 0
            ? []
            : [{ Sid: "LogIn", Effect: "Allow", Action: "elasticache:Connect", Resource: this.loginResources }];
    }

    private createNodes(settings: NodesSettings, access: CacheAccess): Built {
        const { environment, placement, keyArn } = this.args;
        const version = settings.version ?? cacheEngines[settings.engine].defaultVersion;
        const subnetGroup = new aws.elasticache.SubnetGroup(
            `${this.name}-subnets`,
            { description: "Data tier", subnetIds: [...placement.subnetIds], tags: nameTag(environment, this.name) },
            this.child,
        );
        const logGroups = this.createLogGroups();
        const group = new aws.elasticache.ReplicationGroup(
            `${this.name}-nodes`,
            {
                description: `Cache of ${environment.name}`,
                engine: settings.engine,
                engineVersion: version,
                nodeType: settings.nodeType,
                parameterGroupName: this.createParameterGroup(settings, version).name,
                ...topology(settings),
                subnetGroupName: subnetGroup.name,
                port: settings.port,
                ...(access.authToken && { authToken: access.authToken, authTokenUpdateStrategy: "ROTATE" }),
                // Users on a cache that had a token are refused unless the token goes in the same call; without one the word does nothing.
                ...(access.userGroupId && { userGroupIds: [access.userGroupId], authTokenUpdateStrategy: "DELETE" }),
                snapshotRetentionLimit: settings.snapshots.retentionDays,
                snapshotWindow: settings.snapshots.window,
                ...(!environment.expendable && { finalSnapshotIdentifier: this.finalSnapshot(subnetGroup, settings) }),
                ...(settings.restore && { snapshotName: settings.restore.snapshot }),
                maintenanceWindow: settings.maintenanceWindow,
                applyImmediately: settings.applyImmediately,
                autoMinorVersionUpgrade: true,
                ...this.notifications(settings),
                logDeliveryConfigurations: logTypes.map((logType) => ({
                    logType,
                    logFormat: "json",
                    destinationType: "cloudwatch-logs",
                    destination: logGroups[logType].name,
                })),
                securityGroupIds: [this.securityGroupId],
                tags: nameTag(environment, this.name),
                // A copy in the same zone would go with it.
                automaticFailoverEnabled: settings.replicas > 0 || settings.shards !== undefined,
                multiAzEnabled: settings.replicas > 0,
                atRestEncryptionEnabled: true,
                kmsKeyId: keyArn,
                transitEncryptionEnabled: true,
                transitEncryptionMode: "required",
            },
            {
                ...this.child,
                protect: !environment.expendable,
                ignoreChanges: ["snapshotName"],
                customTimeouts: { create: "2h", update: "2h", delete: "1h" },
            },
        );
        this.watch(nodeAlarms(settings, group.id));
        const sharded = settings.shards !== undefined;
        const host = sharded ? group.configurationEndpointAddress : group.primaryEndpointAddress;
        return {
            arn: group.arn,
            physicalName: group.id,
            host,
            readerHost: sharded ? host : host.apply(readerBeside),
            dashboardRow: nodeDashboardRow(settings, group.id),
        };
    }

    private createServerless(settings: ServerlessSettings, access: CacheAccess): Built {
        const { environment, placement, keyArn } = this.args;
        const { limits, snapshots } = settings;
        const cache = new aws.elasticache.ServerlessCache(
            `${this.name}-serverless`,
            {
                description: `Cache of ${environment.name}`,
                engine: settings.engine,
                majorEngineVersion: settings.majorVersion ?? cacheEngines[settings.engine].serverlessMajors.at(-1) ?? "8",
                cacheUsageLimits: {
                    dataStorage: { maximum: limits.dataGB, unit: "GB" },
                    ecpuPerSeconds: [{ maximum: limits.ecpuPerSecond }],
                },
                ...(access.userGroupId && { userGroupId: access.userGroupId }),
                snapshotRetentionLimit: snapshots.retentionDays,
                ...(snapshots.retentionDays > 0 && { dailySnapshotTime: snapshots.time }),
                ...(settings.restore && { snapshotArnsToRestores: [...settings.restore.snapshotArns] }),
                securityGroupIds: [this.securityGroupId],
                // The first two zones only: another set of subnets replaces the cache, and zones are added to networks.
                subnetIds: placement.subnetIds.slice(0, 2),
                tags: nameTag(environment, this.name),
                kmsKeyId: keyArn,
            },
            { ...this.child, protect: !environment.expendable, ignoreChanges: ["snapshotArnsToRestores"] },
        );
        this.watch(serverlessAlarms(settings, cache.name));
        return {
            arn: cache.arn,
            physicalName: cache.name,
            host: cache.endpoints.apply((endpoints) => endpoints?.[0]?.address ?? ""),
            readerHost: cache.readerEndpoints.apply((endpoints) => endpoints?.[0]?.address ?? ""),
            dashboardRow: serverlessDashboardRow(cache.name),
        };
    }

    /** Named by the engine: another major takes another family, and the new group must stand beside the one in use. */
    private createParameterGroup(settings: NodesSettings, version: string): aws.elasticache.ParameterGroup {
        const parameters = {
            ...settings.parameters,
            ...(settings.shards !== undefined && { "cluster-enabled": "yes" }),
        };
        return new aws.elasticache.ParameterGroup(
            `${this.name}-parameters`,
            {
                family: cacheFamilyOf(settings.engine, version),
                description: "What the settings ask for",
                parameters: Object.entries(parameters)
                    .sort(([one], [other]) => (one < other ? -1 : 1))
                    .map(([name, value]) => ({ name, value: String(value) })),
            },
            this.child,
        );
    }

    /** Under /aws/vendedlogs, where deliveries need no line each in the region's resource policy, which is short. */
    private createLogGroups(): Readonly<Record<(typeof logTypes)[number], aws.cloudwatch.LogGroup>> {
        const { environment, logsKeyArn } = this.args;
        const create = (logType: (typeof logTypes)[number]) =>
            createLogGroup(
                `${this.name}-${logType}`,
                environment,
                { logName: `/aws/vendedlogs/elasticache/${environment.name}-${this.name}/${logType}`, keyArn: logsKeyArn },
                this.child,
            );
        return { "slow-log": create("slow-log"), "engine-log": create("engine-log") };
    }

    /** One of that name may be there from an earlier life: the suffix differs by subnet group and by source. */
    private finalSnapshot(subnetGroup: aws.elasticache.SubnetGroup, settings: NodesSettings): pulumi.Output<string> {
        return subnetGroup.id.apply((id) => {
            const suffix = createHash("sha256")
                .update(JSON.stringify([id, settings.restore]))
                .digest("hex")
                .slice(0, 8);
            return `${this.args.environment.name}-${this.name}-final-${suffix}`;
        });
    }

    private notifications(settings: NodesSettings): { readonly notificationTopicArn?: pulumi.Input<string> } {
        const topic = this.args.alarmTopics.warning ?? this.args.alarmTopics.critical;
        return settings.notifications && topic !== undefined ? { notificationTopicArn: topic } : {};
    }

    private watch(rows: Parameters<typeof createAlarms>[3]): void {
        createAlarms(this.name, this.args.environment, this.args.alarmTopics, rows, this.child);
    }
}

/** Nodes by number, or shards with nodes each. Growing either replaces nothing. */
function topology({ replicas, shards }: NodesSettings): Partial<aws.elasticache.ReplicationGroupArgs> {
    return shards === undefined
        ? { numCacheClusters: replicas + 1 }
        : { numNodeGroups: shards, replicasPerNodeGroup: replicas, clusterMode: "enabled" };
}

/**
 * With TLS, which is always on here, AWS names the two ends of a group alike: `master.<rest>` and `replica.<rest>`. The provider leaves its own
 * output empty where the answer to the creation did not name the reader, and an empty output is unknown in every later preview.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Endpoints.html
 */
function readerBeside(primaryHost: string): string {
    return primaryHost.replace(/^master\./, "replica.");
}
