/** Settings of `backup`: the vault of an environment, what is copied when, and what proves that it can be restored. */
import { z } from "zod";
import { accountId, arnOf, mapKey } from "../../conventions/fields.ts";

/** AWS bills cold storage for at least so many days. */
const coldStorageDays = 90;
/** Point-in-time recovery reaches back no further. */
const longestContinuousDays = 35;
const longestDays = 36_500;

const days = z.int().min(1).max(longestDays);

const schedule = z
    .string()
    .regex(/^(cron\((?:\S+ ){5}\S+\)|rate\((?:1 (?:hour|day)|(?!1 )\d+ (?:hours|days))\))$/, {
        error: (issue) => `expected six fields such as cron(0 3 * * ? *), or rate(12 hours), got ${JSON.stringify(issue.input)}`,
        abort: true,
    })
    .refine((value) => !value.startsWith("cron") || value.split(/\s+/).filter((field) => field === "?").length === 1, {
        error: (issue) => `expected exactly one ? among the day of the month and the day of the week, got ${JSON.stringify(issue.input)}`,
    });

interface Lifetime {
    readonly coldStorageAfterDays?: number | undefined;
    readonly deleteAfterDays?: number | undefined;
}

const lifetime = {
    coldStorageAfterDays: days
        .optional()
        .describe(
            "Days until a recovery point moves to cold storage, for EFS, DynamoDB and EBS archives; other types ignore it. Default: never.",
        ),
    deleteAfterDays: days
        .optional()
        .describe(
            "Days until a recovery point is deleted. At least 90 after coldStorageAfterDays. Default: kept for ever, and paid for ever.",
        ),
};

function refuseShortCold(rule: Lifetime, context: z.RefinementCtx): void {
    const { coldStorageAfterDays: cold, deleteAfterDays: gone } = rule;
    if (cold !== undefined && gone !== undefined && gone < cold + coldStorageDays) {
        context.addIssue({
            code: "custom",
            path: ["deleteAfterDays"],
            message: `expected ${cold + coldStorageDays} or more, ${coldStorageDays} days after coldStorageAfterDays (${cold}), got ${gone}`,
        });
    }
}

const Copy = z
    .strictObject({
        vaultArn: arnOf("backup").describe(
            "Vault in another region or account, which must exist first: a Terrace environment's is " +
                "arn:aws:backup:<region>:<account>:backup-vault:<environment>-backup.",
        ),
        ...lifetime,
    })
    .superRefine(refuseShortCold);

const Rule = z
    .strictObject({
        schedule: schedule.describe("When backups start: cron with six fields, or rate. At least daily if a day is all you can lose."),
        timezone: z.string().min(1).max(50).default("Etc/UTC").describe("Time zone of the schedule, such as Europe/Berlin."),
        startWindowMinutes: z.int().min(60).max(10_080).default(60).describe("Minutes in which a backup must begin, or it is given up."),
        completionWindowMinutes: z
            .int()
            .min(120)
            .max(10_080)
            .default(480)
            .describe("Minutes in which it must end, or it is stopped. At least an hour more than startWindowMinutes."),
        ...lifetime,
        continuous: z
            .boolean()
            .default(false)
            .describe(
                "Point-in-time recovery for the types that have it (RDS, S3, Aurora), kept for at most 35 days. " +
                    "AWS Backup then owns the database's own backup window and retention.",
            ),
        copies: z
            .record(mapKey, Copy)
            .default({})
            .describe("Copies to other vaults, by key. Each costs its storage again, and the transfer."),
    })
    .superRefine((rule, context) => {
        refuseShortCold(rule, context);
        if (rule.completionWindowMinutes < rule.startWindowMinutes + 60) {
            context.addIssue({
                code: "custom",
                path: ["completionWindowMinutes"],
                message: `expected ${rule.startWindowMinutes + 60} or more, an hour after startWindowMinutes, got ${rule.completionWindowMinutes}`,
            });
        }
        if (rule.continuous && rule.coldStorageAfterDays !== undefined) {
            context.addIssue({
                code: "custom",
                path: ["coldStorageAfterDays"],
                message: "contradicts continuous, which has no cold storage: make a second rule for the long term",
            });
        }
        if (rule.continuous && (rule.deleteAfterDays ?? longestDays) > longestContinuousDays) {
            context.addIssue({
                code: "custom",
                path: ["deleteAfterDays"],
                message: `expected ${longestContinuousDays} or less with continuous, got ${rule.deleteAfterDays ?? "nothing, which means for ever"}`,
            });
        }
    });
export type BackupRule = Readonly<z.infer<typeof Rule>>;

const lockRange = {
    minRetentionDays: days.describe("No recovery point may be deleted sooner; a rule that asks for less fails."),
    maxRetentionDays: days.optional().describe("No recovery point may be kept longer. Default: no limit."),
};

const Lock = z
    .discriminatedUnion("mode", [
        z.strictObject({ mode: z.literal("governance").describe("Holds until somebody with the permission removes it."), ...lockRange }),
        z.strictObject({
            mode: z
                .literal("compliance")
                .describe(
                    "IRREVERSIBLE. After changeableForDays nobody, neither root nor AWS Support, can shorten the lock, remove it, or delete " +
                        "a recovery point or the vault before its time: the environment cannot be destroyed and is paid for until the last day.",
                ),
            ...lockRange,
            changeableForDays: z
                .int()
                .min(3)
                .max(longestDays)
                .describe("Days in which the lock can still be taken back. Counted from the first `up`; there is no second chance."),
        }),
    ])
    .superRefine((lock, context) => {
        if (lock.maxRetentionDays !== undefined && lock.maxRetentionDays < lock.minRetentionDays) {
            context.addIssue({
                code: "custom",
                path: ["maxRetentionDays"],
                message: `must not be less than minRetentionDays (${lock.minRetentionDays}), got ${lock.maxRetentionDays}`,
            });
        }
    });
type Lock = z.infer<typeof Lock>;

export const testedTypes = ["Aurora", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "RDS", "S3"] as const;

const RestoreTesting = z.strictObject({
    schedule: schedule.describe("When restores are tried: cron with six fields, or rate."),
    timezone: z.string().min(1).max(50).default("Etc/UTC").describe("Time zone of the schedule."),
    startWindowHours: z.int().min(1).max(168).default(24).describe("Hours in which a test must begin."),
    lookBackDays: z.int().min(1).max(365).default(30).describe("Only recovery points of the last so many days are tried."),
    pick: z.enum(["latest", "random"]).default("latest").describe("Which of them: the latest of each resource, or any."),
    resources: z
        .partialRecord(
            z.enum(testedTypes),
            z.strictObject({
                validationWindowHours: z
                    .int()
                    .min(1)
                    .max(168)
                    .default(1)
                    .describe("Hours that the restored copy stays for your own checks before AWS deletes it. Paid by the hour."),
                metadata: z
                    .record(z.string().min(1), z.string())
                    .default({})
                    .describe(
                        "What a restore needs beyond what AWS infers, by its names, such as vpcSecurityGroupIds. Default: for databases and instances the data tier's subnets.",
                    ),
            }),
        )
        .refine((resources) => Object.keys(resources).length > 0, { error: "expected at least one type of resource" })
        .describe("Types to restore, by AWS's names."),
});

const Audit = z.strictObject({
    requireCopies: z.boolean().default(false).describe("Whether a resource without a copy in another region is a finding."),
    requireLock: z.boolean().default(false).describe("Whether a resource outside a locked vault is a finding."),
});

const reportTemplates = ["backupJobs", "copyJobs", "restoreJobs", "resourceCompliance", "controlCompliance"] as const;

export const BackupSettings = z
    .strictObject({
        rules: z
            .record(mapKey, Rule)
            .refine((rules) => Object.keys(rules).length > 0, { error: "expected at least one rule" })
            .describe("When backups are made and how long they live, by key."),
        lock: Lock.optional().describe(
            "Refuses deletion before time even to administrators. Changing it replaces the lock, not the vault. Default: none.",
        ),
        deletableBy: z
            .array(arnOf("iam"))
            .default([])
            .describe(
                "Roles that may delete recovery points before their time. Default: nobody, without lifting the vault's policy first.",
            ),
        copiesFromAccounts: z.array(accountId).default([]).describe("Other accounts that may copy into this vault. Default: none."),
        windowsConsistent: z.boolean().default(false).describe("Asks Windows on EC2 for a consistent state (VSS) first."),
        optIn: z
            .record(z.string().min(1), z.boolean())
            .optional()
            .describe(
                "Which types AWS Backup may copy in this account and region, by its names, all of them: {RDS: true, S3: true, …}. " +
                    "Set by one stack of an account and region only. Default: as the account has it.",
            ),
        restoreTesting: RestoreTesting.optional().describe(
            "Restores backups regularly and deletes the copies again, so that somebody knows it works. Default: none.",
        ),
        audit: Audit.optional().describe(
            "A framework that watches whether all this is so. Needs AWS Config's recorder in the region. Default: none.",
        ),
        reports: z
            .array(z.enum(reportTemplates))
            .default([])
            .describe("Daily reports to the log bucket; storage.logs.backupReports must be true. Compliance reports need `audit`."),
    })
    .superRefine((backup, context) => {
        for (const [key, rule] of Object.entries(backup.rules)) {
            refuseOutsideLock(["rules", key], rule, backup.lock, context);
        }
        if (backup.audit === undefined && backup.reports.some((report) => report.endsWith("Compliance"))) {
            context.addIssue({ code: "custom", path: ["reports"], message: "compliance reports need a framework: add backup.audit" });
        }
    });
export type BackupSettings = Readonly<z.infer<typeof BackupSettings>>;

/** AWS accepts such a rule and then fails every job, silently. */
function refuseOutsideLock(path: string[], rule: Lifetime, lock: Lock | undefined, context: z.RefinementCtx): void {
    if (lock === undefined) {
        return;
    }
    const { minRetentionDays: min, maxRetentionDays: max } = lock;
    const kept = rule.deleteAfterDays;
    const at = [...path, "deleteAfterDays"];
    if (kept === undefined && max !== undefined) {
        context.addIssue({
            code: "custom",
            path: at,
            message: `expected ${max} or less, because the lock says so, got nothing, which means for ever`,
        });
    }
    if (kept !== undefined && kept < min) {
        context.addIssue({ code: "custom", path: at, message: `expected ${min} or more, because the lock says so, got ${kept}` });
    }
    if (kept !== undefined && max !== undefined && kept > max) {
        context.addIssue({ code: "custom", path: at, message: `expected ${max} or less, because the lock says so, got ${kept}` });
    }
}
