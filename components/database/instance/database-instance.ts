/**
 * Owns a relational database on RDS instances: the primary with its standby, its replicas, their parameters, logs, alarms, and the
 * secret of the master user. Does not own the network it stands in, nor who may knock: see `allowFrom`.
 */
import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../../conventions/environment.ts";
import { type AlarmTopics, createAlarms } from "../../parts/alarm.ts";
import type { DashboardRow } from "../../parts/dashboard.ts";
import { Door, type Peer } from "../../parts/door.ts";
import { createLogGroup } from "../../parts/log-group.ts";
import type { Placement } from "../../parts/placement.ts";
import { ServiceRole } from "../../parts/role.ts";
import { nameTag } from "../../parts/tags.ts";
import { alarmsOf, dashboardRowOf } from "./alarms.ts";
import { OwnSecret } from "./own-secret.ts";
import { engines, familyOf, identifierOf, insightsAvailable, isPinned, logNameOf, parametersOf, secretSourceOf } from "./plan.ts";
import type { DatabaseInstanceSettings } from "./settings.ts";

/** Settings decide the shape and are plain; wiring may still be unknown. */
export interface DatabaseInstanceArgs extends DatabaseInstanceSettings {
    readonly environment: Environment;
    /** The data tier: the subnet group spans all of its zones. */
    readonly placement: Placement;
    /** Key of the storage, the snapshots and Database Insights. For ever: another key means another database. */
    readonly keyArn: pulumi.Input<string>;
    readonly secretsKeyArn: pulumi.Input<string>;
    readonly logsKeyArn: pulumi.Input<string>;
    readonly alarmTopics: AlarmTopics;
}

type ReplicaSettings = DatabaseInstanceSettings["replicas"][string];

/** What primary and replicas are built from alike. */
interface Member {
    readonly logicalName: string;
    readonly identifier: string;
    readonly class: string;
    readonly parameters: DatabaseInstanceSettings["parameters"];
    readonly logs: readonly string[];
    readonly role: "primary" | "replica";
}

interface Surroundings {
    readonly subnetGroup: aws.rds.SubnetGroup;
    readonly monitoring: ServiceRole | undefined;
    readonly secret: OwnSecret | undefined;
}

export class DatabaseInstance extends pulumi.ComponentResource {
    /**
     * What AWS changes after creation. The provider itself ignores growth under autoscaling and minors under a major, so a larger
     * size or a newer major in the settings still counts; only where the source is read once are changes ignored here.
     */
    public static readonly governedElsewhere = [
        { type: "aws:rds/instance:Instance", property: "allocatedStorage", by: "RDS storage autoscaling" },
        { type: "aws:rds/instance:Instance", property: "engineVersion", by: "RDS minor version upgrades" },
        { type: "aws:rds/instance:Instance", property: "engineLifecycleSupport", by: "read at creation only" },
        { type: "aws:rds/instance:Instance", property: "snapshotIdentifier", by: "read at creation only" },
        { type: "aws:rds/instance:Instance", property: "restoreToPointInTime", by: "read at creation only" },
        { type: "aws:secretsmanager/secretVersion:SecretVersion", property: "secretString", by: "rotation" },
        { type: "aws:secretsmanager/secretVersion:SecretVersion", property: "versionStages", by: "rotation" },
    ] as const satisfies readonly { type: string; property: string; by: string }[];

    /** Host that writes and reads; stays the same through a failover to the standby. */
    public readonly host: pulumi.Output<string>;
    public readonly port: number;
    public readonly databaseName: string;
    public readonly username: string;
    /** Own: JSON with username, password, engine, host, port, dbname. RDS's: username and password only. */
    public readonly secretArn: pulumi.Output<string>;
    public readonly secretSource: "rds" | "own";
    /** Hosts that read, by key of the replica. Promoted replicas are not among them. */
    public readonly readerHosts: Readonly<Record<string, pulumi.Output<string>>>;
    /** Hosts of promoted replicas, by key: databases of their own by now. */
    public readonly promotedHosts: Readonly<Record<string, pulumi.Output<string>>>;
    public readonly primaryArn: pulumi.Output<string>;
    public readonly primaryIdentifier: pulumi.Output<string>;
    public readonly securityGroupId: pulumi.Output<string>;
    public readonly dashboardRow: DashboardRow;

    private readonly name: string;
    private readonly args: DatabaseInstanceArgs;
    private readonly child: pulumi.CustomResourceOptions;
    private readonly door: Door;

    public constructor(name: string, args: DatabaseInstanceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:database:DatabaseInstance", name, {}, opts);
        this.name = name;
        this.args = args;
        this.child = { parent: this };
        this.port = args.port ?? engines[args.engine].port;
        this.databaseName = args.databaseName;
        this.username = args.username;
        this.secretSource = secretSourceOf(args);
        if (args.placement.subnetIds.length < 2) {
            throw new RangeError(`${name}: RDS wants subnets in two zones or more, got ${args.placement.subnetIds.length}`);
        }

        this.door = new Door(name, { environment: args.environment, vpcId: args.placement.vpcId, description: "Database" }, this.child);
        this.securityGroupId = this.door.securityGroupId;
        const around = {
            subnetGroup: this.createSubnetGroup(),
            monitoring: this.createMonitoringRole(),
            secret: this.secretSource === "own" ? this.createSecret() : undefined,
        };
        const primary = this.createPrimary(around);
        const replicas = Object.entries(args.replicas).map(
            ([key, own]) => [key, own, this.createReplica(key, own, primary, around)] as const,
        );

        this.host = primary.address;
        this.primaryArn = primary.arn;
        this.primaryIdentifier = primary.identifier;
        this.secretArn = around.secret?.arn ?? primary.masterUserSecrets.apply((secrets) => secrets?.[0]?.secretArn ?? "");
        around.secret?.publish(primary, {
            username: this.username,
            engine: args.engine,
            host: this.host,
            port: this.port,
            dbname: this.databaseName,
        });
        const hosts = (promoted: boolean) =>
            Object.fromEntries(replicas.filter(([, own]) => own.promoted === promoted).map(([key, , instance]) => [key, instance.address]));
        this.readerHosts = hosts(false);
        this.promotedHosts = hosts(true);
        this.dashboardRow = dashboardRowOf("Database", {
            primary: primary.identifier,
            ...Object.fromEntries(replicas.map(([key, , instance]) => [key, instance.identifier])),
        });
        this.registerOutputs({
            host: this.host,
            port: this.port,
            databaseName: this.databaseName,
            username: this.username,
            secretArn: this.secretArn,
            secretSource: this.secretSource,
            readerHosts: this.readerHosts,
            promotedHosts: this.promotedHosts,
            primaryArn: this.primaryArn,
            primaryIdentifier: this.primaryIdentifier,
            securityGroupId: this.securityGroupId,
        });
    }

    /** Lets members of `peer`'s security group reach primary and replicas. */
    public allowFrom(key: string, peer: Peer): void {
        this.door.allowFrom(key, peer, this.port);
    }

    private createSubnetGroup(): aws.rds.SubnetGroup {
        const { environment, placement } = this.args;
        return new aws.rds.SubnetGroup(
            `${this.name}-subnets`,
            { description: "Data tier", subnetIds: [...placement.subnetIds], tags: nameTag(environment, this.name) },
            this.child,
        );
    }

    private createMonitoringRole(): ServiceRole | undefined {
        const { environment, monitoringIntervalSeconds } = this.args;
        if (monitoringIntervalSeconds === 0) {
            return undefined;
        }
        return new ServiceRole(
            `${this.name}-monitoring`,
            {
                environment,
                service: "monitoring.rds.amazonaws.com",
                description: "RDS enhanced monitoring",
                managedPolicies: { write: "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole" },
            },
            this.child,
        );
    }

    private createSecret(): OwnSecret {
        const { environment, secretsKeyArn, logsKeyArn, alarmTopics, rotationDays } = this.args;
        const identifier = identifierOf(environment.name, this.name);
        return new OwnSecret(
            `${this.name}-secret`,
            { environment, secretsKeyArn, logsKeyArn, alarmTopics, identifier, rotationDays },
            this.child,
        );
    }

    private createPrimary(around: Surroundings): aws.rds.Instance {
        const { args } = this;
        const { expendable, backupTag } = args.environment;
        const member: Member = {
            logicalName: this.name,
            identifier: identifierOf(args.environment.name, this.name),
            class: args.class,
            parameters: args.parameters,
            logs: args.logs ?? engines[args.engine].defaultLogs,
            role: "primary",
        };
        const { shared, logGroups } = this.createMember(member, around);
        const primary = new aws.rds.Instance(
            `${this.name}-primary`,
            {
                engine: args.engine,
                engineVersion: args.version,
                // Refuses to create or restore an expired major, instead of billing for its extended support. RDS takes it at creation only.
                engineLifecycleSupport: "open-source-rds-extended-support-disabled",
                allowMajorVersionUpgrade: args.allowMajorUpgrade,
                dbName: args.databaseName,
                username: args.username,
                allocatedStorage: args.storage.sizeGiB,
                ...performance(args.storage),
                multiAz: args.multiAz,
                dbSubnetGroupName: around.subnetGroup.name,
                ...this.password(around.secret),
                ...this.source(),
                ...shared,
                ...this.safety(member.identifier, around),
                kmsKeyId: args.keyArn,
                tags: { ...nameTag(args.environment, this.name), ...backupTag },
            },
            {
                ...this.child,
                protect: !expendable,
                // The identifier is fixed, so what replaces it cannot stand beside it.
                deleteBeforeReplace: true,
                ignoreChanges: ["engineLifecycleSupport", "snapshotIdentifier", "restoreToPointInTime"],
                customTimeouts: { create: "2h", update: "3h", delete: "1h" },
                dependsOn: [...logGroups, ...(around.monitoring?.attachments ?? [])],
            },
        );
        this.watch(member, primary);
        return primary;
    }

    /** Takes engine, users and storage from the primary: RDS refuses to be told. */
    private createReplica(key: string, own: ReplicaSettings, primary: aws.rds.Instance, around: Surroundings): aws.rds.Instance {
        const { args } = this;
        const { environment } = args;
        const member: Member = {
            logicalName: `${this.name}-replica-${key}`,
            identifier: identifierOf(environment.name, this.name, key),
            class: own.class,
            parameters: { ...args.parameters, ...own.parameters },
            logs: (args.logs ?? engines[args.engine].defaultLogs).filter((log) => log !== "upgrade"),
            role: own.promoted ? "primary" : "replica",
        };
        const { shared, logGroups } = this.createMember(member, around);
        const replica = new aws.rds.Instance(
            member.logicalName,
            {
                ...(own.promoted
                    ? this.safety(member.identifier, around)
                    : {
                          replicateSourceDb: primary.identifier,
                          backupRetentionPeriod: own.backupRetentionDays,
                          // RDS refuses a final snapshot of a replica; its data is the primary's.
                          skipFinalSnapshot: true,
                          deletionProtection: false,
                          deleteAutomatedBackups: true,
                      }),
                ...performance({ ...args.storage, ...own.storage }),
                ...(own.multiAz !== undefined && { multiAz: own.multiAz }),
                ...(own.zone !== undefined && { availabilityZone: `${environment.region}${own.zone}` }),
                ...shared,
                tags: { ...nameTag(environment, member.logicalName), ...(own.promoted && environment.backupTag) },
            },
            {
                ...this.child,
                protect: own.promoted && !environment.expendable,
                deleteBeforeReplace: true,
                customTimeouts: { create: "3h", update: "3h", delete: "1h" },
                dependsOn: [...logGroups, ...(around.monitoring?.attachments ?? [])],
            },
        );
        this.watch(member, replica);
        return replica;
    }

    /** Log groups, parameters and the arguments that every member has. */
    private createMember(member: Member, around: Surroundings) {
        const { args } = this;
        const { environment } = args;
        const logGroups = member.logs.map((log) =>
            createLogGroup(
                `${member.logicalName}-log-${log}`,
                environment,
                { logName: logNameOf(member.identifier, log), keyArn: args.logsKeyArn },
                this.child,
            ),
        );
        // Named by the engine: another major takes another family, and the new group must stand beside the one in use.
        const parameterGroup = new aws.rds.ParameterGroup(
            `${member.logicalName}-parameters`,
            {
                family: familyOf(args.engine, args.version),
                description: "TLS, logging and what the settings ask for",
                parameters: parametersOf(args, member.logs, member.parameters),
            },
            this.child,
        );
        const shared = {
            identifier: member.identifier,
            instanceClass: member.class,
            parameterGroupName: parameterGroup.name,
            port: this.port,
            autoMinorVersionUpgrade: !isPinned(args.engine, args.version),
            maintenanceWindow: args.maintenanceWindow,
            applyImmediately: args.applyImmediately,
            caCertIdentifier: args.certificateAuthority,
            iamDatabaseAuthenticationEnabled: args.iamAuthentication,
            enabledCloudwatchLogsExports: [...member.logs],
            monitoringInterval: args.monitoringIntervalSeconds,
            ...(around.monitoring && { monitoringRoleArn: around.monitoring.role.arn }),
            ...this.insights(member.class),
            vpcSecurityGroupIds: [this.securityGroupId],
            // A replica too: without it, the second run would replace it.
            storageEncrypted: true,
            publiclyAccessible: false,
            copyTagsToSnapshot: true,
        } satisfies Partial<aws.rds.InstanceArgs>;
        return { shared, logGroups };
    }

    private insights(instanceClass: string): Partial<aws.rds.InstanceArgs> {
        const { engine, insights, keyArn } = this.args;
        if (!insightsAvailable(engine, instanceClass)) {
            return { performanceInsightsEnabled: false };
        }
        return {
            ...(insights && { databaseInsightsMode: insights.mode }),
            performanceInsightsEnabled: true,
            performanceInsightsKmsKeyId: keyArn,
            performanceInsightsRetentionPeriod: insights?.retentionDays ?? (insights?.mode === "advanced" ? 465 : 7),
        };
    }

    /** What keeps data that exists only here: backups, final snapshot, protection. */
    private safety(identifier: string, around: Surroundings): Partial<aws.rds.InstanceArgs> {
        const { backup, environment, restore } = this.args;
        // A final snapshot of that name may be there from an earlier life: the suffix differs by subnet group and by source.
        const final = around.subnetGroup.id.apply(
            (id) =>
                `${identifier}-final-${createHash("sha256")
                    .update(JSON.stringify([id, restore]))
                    .digest("hex")
                    .slice(0, 8)}`,
        );
        return {
            backupRetentionPeriod: backup.retentionDays,
            backupWindow: backup.window,
            deleteAutomatedBackups: environment.expendable,
            deletionProtection: !environment.expendable,
            skipFinalSnapshot: environment.expendable,
            ...(!environment.expendable && { finalSnapshotIdentifier: final }),
        };
    }

    /**
     * From RDS's password to an own one is a change in place, when the first replica comes: the version number appears, so the provider
     * sends the password. Later the number stays, so no run ever sends it again, whatever rotation has made of it.
     */
    private password(secret: OwnSecret | undefined): Partial<aws.rds.InstanceArgs> {
        return secret === undefined
            ? { manageMasterUserPassword: true, masterUserSecretKmsKeyId: this.args.secretsKeyArn }
            : { passwordWo: secret.password, passwordWoVersion: 1 };
    }

    private source(): Partial<aws.rds.InstanceArgs> {
        const { restore } = this.args;
        if (restore === undefined) {
            return {};
        }
        if ("snapshot" in restore) {
            return { snapshotIdentifier: restore.snapshot };
        }
        return {
            restoreToPointInTime: {
                ...("instance" in restore
                    ? { sourceDbInstanceIdentifier: restore.instance }
                    : { sourceDbInstanceAutomatedBackupsArn: restore.automatedBackupArn }),
                ...(restore.time === undefined ? { useLatestRestorableTime: true } : { restoreTime: restore.time }),
            },
        };
    }

    private watch(member: Member, instance: aws.rds.Instance): void {
        const { args } = this;
        const rows = alarmsOf(args, { ...member, identifier: instance.identifier });
        createAlarms(member.logicalName, args.environment, args.alarmTopics, rows, this.child);
        const snsTopic = args.alarmTopics.warning ?? args.alarmTopics.critical;
        if (args.events !== undefined && snsTopic !== undefined) {
            // One an instance, so that a further replica changes no subscription.
            new aws.rds.EventSubscription(
                `${member.logicalName}-events`,
                { snsTopic, sourceType: "db-instance", sourceIds: [instance.identifier], eventCategories: [...args.events] },
                this.child,
            );
        }
    }
}

/** Storage is gp3 and says so: the provider's own default is gp2, and iops without a type would mean io1. */
function performance(storage: {
    readonly maximumGiB?: number | undefined;
    readonly iops?: number | undefined;
    readonly throughputMiBps?: number | undefined;
}): Partial<aws.rds.InstanceArgs> {
    return {
        storageType: "gp3",
        ...(storage.maximumGiB !== undefined && { maxAllocatedStorage: storage.maximumGiB }),
        ...(storage.iops !== undefined && { iops: storage.iops }),
        ...(storage.throughputMiBps !== undefined && { storageThroughput: storage.throughputMiBps }),
    };
}
