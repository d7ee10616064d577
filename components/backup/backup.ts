/**
 * Owns the copies of an environment's data: the vault, the plan that fills it, the proof that it can be restored.
 * Does not own what is copied: a component joins by carrying `environment.backupTag`.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { type AlarmRow, type AlarmTopics, createAlarms } from "../parts/alarm.ts";
import type { DashboardRow } from "../parts/dashboard.ts";
import type { Placement } from "../parts/placement.ts";
import { ServiceRole } from "../parts/role.ts";
import { nameTag } from "../parts/tags.ts";
import { createFramework, createReports, createRestoreTests } from "./proof.ts";
import { runsDaily, selectionTag, vaultName } from "./selection.ts";
import type { BackupRule, BackupSettings } from "./settings.ts";
import { createVault } from "./vault.ts";

export interface BackupArgs extends BackupSettings {
    readonly environment: Environment;
    /** Key of the recovery points. For ever: changing it replaces the vault, which AWS refuses while anything is in it. */
    readonly keyArn: pulumi.Input<string>;
    readonly alarmTopics: AlarmTopics;
    /** Where `reports` go: the log bucket. Asked for only if there are any. */
    readonly reportBucketName?: pulumi.Input<string>;
    /** Where databases and instances stand that `restoreTesting` restores: the data tier. Asked for only if any are. */
    readonly placement?: Placement;
}

const managed = "arn:aws:iam::aws:policy";
const managedPolicies = {
    backup: `${managed}/service-role/AWSBackupServiceRolePolicyForBackup`,
    restore: `${managed}/service-role/AWSBackupServiceRolePolicyForRestores`,
    "backup-s3": `${managed}/AWSBackupServiceRolePolicyForS3Backup`,
    "restore-s3": `${managed}/AWSBackupServiceRolePolicyForS3Restore`,
};

/** Only events that AWS still sends; BACKUP_JOB_FAILED and EXPIRED are listed by the API but sent no more, hence the rule on EventBridge. */
const vaultEvents = ["COPY_JOB_FAILED", "S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED"];

export class Backup extends pulumi.ComponentResource {
    public static readonly governedElsewhere: readonly { readonly type: string; readonly property: string; readonly by: string }[] = [
        { type: "aws:backup/vault:Vault", property: "recoveryPoints", by: "AWS Backup, with every copy it makes and deletes" },
    ];

    /** Tag that the plan selects by; see selection.ts, which needs no Pulumi. */
    public static selectionTag(environmentName: string): Readonly<Record<string, string>> {
        return selectionTag(environmentName);
    }

    public readonly vaultName: pulumi.Output<string>;
    public readonly vaultArn: pulumi.Output<string>;
    public readonly dashboardRow: DashboardRow;

    private readonly name: string;
    private readonly args: BackupArgs;

    public constructor(name: string, args: BackupArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:backup:Backup", name, {}, opts);
        this.name = name;
        this.args = args;
        this.createOptIn();
        const vault = createVault(`${name}-vault`, args, { parent: this });
        const role = this.createRole();
        this.createSelection(this.createPlan(vault), role);
        const restoreTests = this.createProof(vault, role);
        this.createNotifications(vault, restoreTests);
        createAlarms(name, args.environment, args.alarmTopics, this.alarmRows(), { parent: this });
        this.vaultName = vault.name;
        this.vaultArn = vault.arn;
        this.dashboardRow = this.describeDashboard();
        this.registerOutputs({ vaultName: this.vaultName, vaultArn: this.vaultArn });
    }

    private createOptIn(): void {
        if (this.args.optIn !== undefined) {
            new aws.backup.RegionSettings(`${this.name}-opt-in`, { resourceTypeOptInPreference: this.args.optIn }, { parent: this });
        }
    }

    private createRole(): ServiceRole {
        return new ServiceRole(
            `${this.name}-role`,
            {
                environment: this.args.environment,
                service: "backup.amazonaws.com",
                description: `Copies and restores the data of ${this.args.environment.name}`,
                managedPolicies,
                // AWS Backup names the source account to topics and keys, not when it takes a role.
                boundToAccount: false,
            },
            { parent: this },
        );
    }

    private createPlan(vault: aws.backup.Vault): aws.backup.Plan {
        const { environment, rules, windowsConsistent } = this.args;
        return new aws.backup.Plan(
            `${this.name}-plan`,
            {
                name: environment.name,
                rules: sorted(rules).map(([key, rule]) => describeRule(key, rule, vault.name)),
                ...(windowsConsistent && { advancedBackupSettings: [{ resourceType: "EC2", backupOptions: { WindowsVSS: "enabled" } }] }),
                tags: nameTag(environment, `${this.name}-plan`),
            },
            { parent: this },
        );
    }

    private createSelection(plan: aws.backup.Plan, role: ServiceRole): void {
        const selectionTags = Object.entries(selectionTag(this.args.environment.name)).map(([key, value]) => ({
            type: "STRINGEQUALS",
            key,
            value,
        }));
        new aws.backup.Selection(
            `${this.name}-selection`,
            { planId: plan.id, iamRoleArn: role.role.arn, selectionTags },
            { parent: this, dependsOn: role.attachments },
        );
    }

    private createProof(vault: aws.backup.Vault, role: ServiceRole): aws.backup.RestoreTestingPlan | undefined {
        const { environment, reports, reportBucketName, placement } = this.args;
        const proof = { name: this.name, environment, settings: this.args, opts: { parent: this } };
        const restoreTests = createRestoreTests(proof, vault.arn, { arn: role.role.arn, attachments: role.attachments }, placement);
        const framework = createFramework(proof);
        if (reports.length > 0) {
            if (reportBucketName === undefined) {
                throw new Error("backup.reports need a bucket to go to: pass reportBucketName");
            }
            createReports(proof, reportBucketName, framework);
        }
        return restoreTests;
    }

    /** Tells which resource failed; the alarms below only tell that one did. */
    private createNotifications(vault: aws.backup.Vault, restoreTests: aws.backup.RestoreTestingPlan | undefined): void {
        const { environment, alarmTopics } = this.args;
        const topic = alarmTopics.warning ?? alarmTopics.critical;
        if (topic === undefined) {
            return;
        }
        new aws.backup.VaultNotifications(
            `${this.name}-notifications`,
            { backupVaultName: vault.name, snsTopicArn: topic, backupVaultEvents: vaultEvents },
            { parent: this },
        );
        this.createMessage(topic, "failed", `Backups of ${environment.name} that did not end well`, "Backup Job State Change", {
            state: ["ABORTED", "EXPIRED", "FAILED"],
            backupVaultName: [vaultName(environment.name)],
        });
        if (restoreTests !== undefined) {
            // Restores say status where backups say state.
            this.createMessage(
                topic,
                "restore-test-failed",
                `Backups of ${environment.name} that could not be restored`,
                "Restore Job State Change",
                {
                    status: ["ABORTED", "FAILED"],
                    restoreTestingPlanArn: [restoreTests.arn],
                },
            );
        }
    }

    private createMessage(
        topic: pulumi.Input<string>,
        key: string,
        description: string,
        detailType: string,
        detail: Readonly<Record<string, readonly pulumi.Input<string>[]>>,
    ): void {
        const name = `${this.name}-${key}`;
        const rule = new aws.cloudwatch.EventRule(
            name,
            {
                description,
                eventPattern: pulumi.jsonStringify({ source: ["aws.backup"], "detail-type": [detailType], detail }),
                tags: nameTag(this.args.environment, name),
            },
            { parent: this },
        );
        new aws.cloudwatch.EventTarget(`${name}-target`, { rule: rule.name, arn: topic }, { parent: this });
    }

    private alarmRows(): AlarmRow[] {
        const { environment, rules } = this.args;
        const jobs = {
            severity: "critical",
            namespace: "AWS/Backup",
            dimensions: { BackupVaultName: vaultName(environment.name) },
            statistic: "Sum",
            periods: 1,
        } as const;
        const failed: AlarmRow = {
            ...jobs,
            key: "jobs-failed",
            description:
                "A backup failed: its data is as old as the last good one. AWS Backup, Jobs says which and why; start it again by hand.",
            metric: "NumberOfBackupJobsFailed",
            periodSeconds: 3_600,
            comparison: "atLeast",
            threshold: 1,
            silence: "fine",
        };
        const silent: AlarmRow = {
            ...jobs,
            key: "jobs-missing",
            description: "No backup was finished for a day: look whether the plan runs and whether anything carries its tag.",
            metric: "NumberOfBackupJobsCompleted",
            periodSeconds: 86_400,
            comparison: "below",
            threshold: 1,
            silence: "wrong",
        };
        return [failed, ...(Object.values(rules).some((rule) => runsDaily(rule.schedule)) ? [silent] : [])];
    }

    private describeDashboard(): DashboardRow {
        const jobs = (metric: string, label: string) => ({
            label,
            namespace: "AWS/Backup",
            metric,
            dimensions: { BackupVaultName: vaultName(this.args.environment.name) },
            statistic: "Sum",
        });
        return {
            title: "Backup",
            graphs: [
                {
                    title: "Backup jobs",
                    unit: "jobs",
                    periodSeconds: 86_400,
                    metrics: [jobs("NumberOfBackupJobsCompleted", "finished"), jobs("NumberOfBackupJobsFailed", "failed")],
                },
                {
                    title: "Recovery points",
                    unit: "points",
                    periodSeconds: 86_400,
                    metrics: [
                        jobs("NumberOfRecoveryPointsCompleted", "made"),
                        jobs("NumberOfRecoveryPointsExpired", "not deleted in time"),
                    ],
                },
                ...(this.args.restoreTesting === undefined
                    ? []
                    : [
                          {
                              title: "Restores",
                              unit: "jobs" as const,
                              periodSeconds: 86_400,
                              metrics: [jobs("NumberOfRestoreJobsCompleted", "finished"), jobs("NumberOfRestoreJobsFailed", "failed")],
                          },
                      ]),
            ],
        };
    }
}

function sorted<Value>(map: Readonly<Record<string, Value>>): [string, Value][] {
    return Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1));
}

function describeRule(key: string, rule: BackupRule, targetVaultName: pulumi.Output<string>): aws.types.input.backup.PlanRule {
    return {
        ruleName: key,
        targetVaultName,
        schedule: rule.schedule,
        scheduleExpressionTimezone: rule.timezone,
        startWindow: rule.startWindowMinutes,
        completionWindow: rule.completionWindowMinutes,
        enableContinuousBackup: rule.continuous,
        ...describeLifecycle(rule),
        copyActions: sorted(rule.copies).map(([, copy]) => ({ destinationVaultArn: copy.vaultArn, ...describeLifecycle(copy) })),
    };
}

function describeLifecycle(lifetime: {
    readonly coldStorageAfterDays?: number | undefined;
    readonly deleteAfterDays?: number | undefined;
}): {
    readonly lifecycle?: aws.types.input.backup.PlanRuleLifecycle;
} {
    const { coldStorageAfterDays: coldStorageAfter, deleteAfterDays: deleteAfter } = lifetime;
    return coldStorageAfter === undefined && deleteAfter === undefined
        ? {}
        : {
              lifecycle: {
                  ...(coldStorageAfter !== undefined && { coldStorageAfter, optInToArchiveForSupportedResources: true }),
                  ...(deleteAfter !== undefined && { deleteAfter }),
              },
          };
}
