/** What proves that backups are worth something: restore tests, a framework of controls, reports. All by setting. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import type { Placement } from "../parts/placement.ts";
import { nameTag } from "../parts/tags.ts";
import { selectionTag, underscored } from "./selection.ts";
import type { BackupSettings } from "./settings.ts";

interface Proof {
    readonly name: string;
    readonly environment: Environment;
    readonly settings: BackupSettings;
    readonly opts: pulumi.CustomResourceOptions;
}

/** Answers the plan, by which events say whose test failed. */
export function createRestoreTests(
    proof: Proof,
    vaultArn: pulumi.Input<string>,
    role: { readonly arn: pulumi.Input<string>; readonly attachments: readonly pulumi.Resource[] },
    placement: Placement | undefined,
): aws.backup.RestoreTestingPlan | undefined {
    const { name, environment, settings, opts } = proof;
    const testing = settings.restoreTesting;
    if (testing === undefined) {
        return undefined;
    }
    const subnetGroup = createSubnetGroup(proof, placement);
    const plan = new aws.backup.RestoreTestingPlan(
        `${name}-restore-test`,
        {
            name: underscored(environment.name),
            scheduleExpression: testing.schedule,
            scheduleExpressionTimezone: testing.timezone,
            startWindowHours: testing.startWindowHours,
            recoveryPointSelection: {
                algorithm: testing.pick === "latest" ? "LATEST_WITHIN_WINDOW" : "RANDOM_WITHIN_WINDOW",
                includeVaults: [vaultArn],
                recoveryPointTypes: ["CONTINUOUS", "SNAPSHOT"],
                selectionWindowDays: testing.lookBackDays,
            },
            tags: nameTag(environment, `${name}-restore-test`),
        },
        opts,
    );
    for (const [type, resource] of Object.entries(testing.resources)) {
        const overrides = { ...placeOf(type, resource.metadata, subnetGroup, placement), ...resource.metadata };
        new aws.backup.RestoreTestingSelection(
            `${name}-restore-test-${type.toLowerCase()}`,
            {
                name: underscored(environment.name, type.toLowerCase()),
                restoreTestingPlanName: plan.name,
                protectedResourceType: type,
                iamRoleArn: role.arn,
                protectedResourceArns: ["*"],
                protectedResourceConditions: {
                    stringEquals: Object.entries(selectionTag(environment.name)).map(([key, value]) => ({
                        key: `aws:ResourceTag/${key}`,
                        value,
                    })),
                },
                ...(Object.keys(overrides).length > 0 && { restoreMetadataOverrides: overrides }),
                validationWindowHours: resource.validationWindowHours,
            },
            { ...opts, dependsOn: [...role.attachments] },
        );
    }
    return plan;
}

/** What says where a copy stands. AWS infers the account's default network, which a tidy account does not have. */
const placeKeys: Readonly<Record<string, string>> = { Aurora: "dbSubnetGroupName", EC2: "subnetId", RDS: "dbSubnetGroupName" };

/** The key that still has to be given. AWS reads the names of metadata without regard to capitals. */
function missingPlace(type: string, metadata: Readonly<Record<string, string>>): string | undefined {
    const wanted = placeKeys[type];
    return Object.keys(metadata).some((key) => key.toLowerCase() === wanted?.toLowerCase()) ? undefined : wanted;
}

/** In the environment's network the copy gets the default security group, which lets nobody in. */
function placeOf(
    type: string,
    metadata: Readonly<Record<string, string>>,
    subnetGroup: aws.rds.SubnetGroup | undefined,
    placement: Placement | undefined,
): Readonly<Record<string, pulumi.Input<string>>> {
    const key = missingPlace(type, metadata);
    const place = key === "subnetId" ? placement?.subnetIds[0] : subnetGroup?.name;
    return key === undefined || place === undefined ? {} : { [key]: place };
}

function createSubnetGroup(
    { name, environment, settings, opts }: Proof,
    placement: Placement | undefined,
): aws.rds.SubnetGroup | undefined {
    const missing = Object.entries(settings.restoreTesting?.resources ?? {}).map(([type, { metadata }]) => missingPlace(type, metadata));
    if (placement === undefined && missing.some((key) => key !== undefined)) {
        throw new TypeError("backup.restoreTesting of databases and instances needs a place for the copies: pass placement");
    }
    if (placement === undefined || !missing.includes("dbSubnetGroupName")) {
        return undefined;
    }
    const group = `${name}-restore-test-subnets`;
    return new aws.rds.SubnetGroup(
        group,
        {
            description: `Databases restored to test backups of ${environment.name}`,
            subnetIds: [...placement.subnetIds],
            tags: nameTag(environment, group),
        },
        opts,
    );
}

export function createFramework({ name, environment, settings, opts }: Proof): aws.backup.Framework | undefined {
    const { audit, rules } = settings;
    if (audit === undefined) {
        return undefined;
    }
    const scope = { tags: { ...selectionTag(environment.name) } };
    const shortest = Math.min(...Object.values(rules).map((rule) => rule.deleteAfterDays ?? Number.POSITIVE_INFINITY));
    const kept = String(Number.isFinite(shortest) ? shortest : 36_500);
    return new aws.backup.Framework(
        `${name}-framework`,
        {
            name: underscored(environment.name),
            description: `Backups of ${environment.name}`,
            controls: [
                { name: "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", scope },
                {
                    name: "BACKUP_LAST_RECOVERY_POINT_CREATED",
                    scope,
                    inputParameters: [
                        { name: "recoveryPointAgeUnit", value: "days" },
                        { name: "recoveryPointAgeValue", value: "1" },
                    ],
                },
                {
                    name: "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
                    inputParameters: [{ name: "requiredRetentionDays", value: kept }],
                },
                { name: "BACKUP_RECOVERY_POINT_ENCRYPTED" },
                { name: "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED" },
                ...(audit.requireCopies ? [{ name: "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION", scope }] : []),
                ...(audit.requireLock ? [{ name: "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK", scope }] : []),
            ],
            tags: nameTag(environment, `${name}-framework`),
        },
        opts,
    );
}

const templates = {
    backupJobs: "BACKUP_JOB_REPORT",
    copyJobs: "COPY_JOB_REPORT",
    restoreJobs: "RESTORE_JOB_REPORT",
    resourceCompliance: "RESOURCE_COMPLIANCE_REPORT",
    controlCompliance: "CONTROL_COMPLIANCE_REPORT",
} as const satisfies { readonly [report in BackupSettings["reports"][number]]: string };

export function createReports(
    { name, environment, settings, opts }: Proof,
    bucketName: pulumi.Input<string>,
    framework: aws.backup.Framework | undefined,
): void {
    for (const report of new Set(settings.reports)) {
        new aws.backup.ReportPlan(
            `${name}-report-${report}`,
            {
                name: underscored(environment.name, report),
                description: `${report} of ${environment.name}`,
                reportDeliveryChannel: { s3BucketName: bucketName, s3KeyPrefix: "backup-reports", formats: ["CSV", "JSON"] },
                reportSetting: {
                    reportTemplate: templates[report],
                    ...(framework !== undefined &&
                        report.endsWith("Compliance") && { frameworkArns: [framework.arn], numberOfFrameworks: 1 }),
                },
                tags: nameTag(environment, `${name}-report-${report}`),
            },
            opts,
        );
    }
}
