/** AWS Backup: what is taken in, how often, how long it is kept, and who could make it disappear. */
import { accountIn, ownAccounts } from "../core/accounts.ts";
import { inBackupPlan } from "../core/backups.ts";
import { expects, listed, notTrue, present, show } from "../core/conditions.ts";
import { followsAnother } from "../core/databases.ts";
import { wordsIn } from "../core/environments.ts";
import { attempt, compliant, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { covers, documentAt, type Statement } from "../core/policy-document.ts";
import type { ResourceView } from "../core/resource.ts";
import { letsNobodyIn } from "../core/resource-policy.ts";
import type { Parameters, Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import { UnknownValue, type Values } from "../core/values.ts";

const vault = "backup/vault";
const airGapped = "backup/logicallyAirGappedVault";

const everyField = /^(\*|\?|(0|1)?\/1|\*\/1)$/;
const everyWeekday = /^(\*|\?|1-7|sun-sat|mon-sun)$/i;

/** Whether a schedule of EventBridge runs on every day. */
function isDaily(schedule: string): boolean {
    const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
    if (count !== undefined) {
        return unit === "day" ? Number(count) <= 1 : Number(count) <= (unit === "hour" ? 24 : 1440);
    }
    const [, day, month, weekday, year] = /^cron\(\S+ \S+ (\S+) (\S+) (\S+) (\S+)\)$/.exec(schedule) ?? [];
    return [day, month, year].every((field) => everyField.test(field ?? "")) && everyWeekday.test(weekday ?? "");
}

/** How long a rule of a plan keeps what it takes; without an end it keeps for ever. */
function daysKept(rule: Values): number {
    return rule.number("lifecycle.deleteAfter") ?? Number.POSITIVE_INFINITY;
}

function judgeRetention(resource: ResourceView, parameters: Parameters): Finding {
    const minimum = parameters.number("minimumDays");
    const longest = Math.max(0, ...resource.list("rules").map(daysKept));
    return longest >= minimum
        ? compliant
        : violation("rules", `expected a rule that keeps for at least ${minimum} days, got ${longest} at most`);
}

/** Whether somebody can still delete what the vault holds: by no lock, and by no policy that refuses it to all. */
function refusesDeletion(statement: Statement): boolean {
    return (
        !statement.allows &&
        (statement.principals.includes("*") || statement.notPrincipals.length > 0) &&
        ["backup:deleterecoverypoint", "backup:updaterecoverypointlifecycle"].every((action) =>
            statement.actions.some((pattern) => covers(pattern, action)),
        )
    );
}

function locksOf(resource: ResourceView, stack: StackView): readonly ResourceView[] {
    return stack.referrers(resource, "backup/vaultLockConfiguration", "backupVaultName");
}

function judgeLock(resource: ResourceView, stack: StackView): Finding {
    const [lock] = locksOf(resource, stack);
    if (lock === undefined) {
        return violation("", "expected a VaultLockConfiguration for the vault, got none");
    }
    return lock.has("minRetentionDays")
        ? compliant
        : violation(`${lock.name}.minRetentionDays`, "expected days that nobody can shorten, got nothing");
}

function judgeCopies(resource: ResourceView, stack: StackView): Finding {
    const copies = resource.list("rules").flatMap((rule) => rule.list("copyActions"));
    // A vault whose ARN is not known yet is asked by its place in the stack.
    const vaults = stack.references(resource, "rules", vault, airGapped);
    const home = resource.region;
    const targets = copies.flatMap((copy) => (copy.isUnknown("destinationVaultArn") ? [] : (copy.text("destinationVaultArn") ?? [])));
    const elsewhere =
        targets.some((arn) => arn.split(":")[3] !== home) ||
        (copies.length > 0 && vaults.some((each) => each.region !== home)) ||
        targets.some((arn) => !ownAccounts(resource, stack).includes(accountIn(arn) ?? ""));
    if (!elsewhere && targets.length < copies.length) {
        throw new UnknownValue("rules.copyActions.destinationVaultArn");
    }
    return elsewhere
        ? compliant
        : violation(
              "rules",
              `expected copyActions to a vault in another region or account, got ${copies.length === 0 ? "none" : "one beside it"}`,
          );
}

/** What holds data that AWS Backup can take. */
const stateful = [
    "rds/instance",
    "rds/cluster",
    "dynamodb/table",
    "efs/fileSystem",
    "ebs/volume",
    "s3/bucket",
    "docdb/cluster",
    "neptune/cluster",
    "fsx/lustreFileSystem",
    "fsx/ontapFileSystem",
    "fsx/openZfsFileSystem",
    "fsx/windowsFileSystem",
];

/** Replicas and Aurora's members hold nothing that their source does not. */
function isCopy(resource: ResourceView): boolean {
    return resource.type.startsWith("rds/") && followsAnother(resource);
}

function judgeCoverage(stack: StackView, parameters: Parameters): Finding {
    if (stack.ofType("backup/selection").length === 0) {
        return notApplicable("no backup plan in this stack");
    }
    let waiting: string | undefined;
    const left = stack.ofType(...stateful).filter((resource) => {
        if (wordsIn(resource.name).some((word) => parameters.texts("except").includes(word))) {
            return false;
        }
        const finding = attempt(() => (isCopy(resource) ? compliant : inBackupPlan(resource, stack)));
        waiting ??= finding.kind === "undetermined" ? `${resource.name}.${finding.path}` : undefined;
        return finding.kind === "violation";
    });
    if (left.length === 0 && waiting !== undefined) {
        throw new UnknownValue(waiting);
    }
    return left.length === 0
        ? compliant
        : violation(
              "",
              `expected a backup selection that takes in all that holds data, got none for ${listed(
                  left.map((each) => each.name),
                  "and",
              )}`,
          );
}

export const backups: readonly Rule[] = [
    {
        id: "backup-vault-cmk",
        title: "Backup vaults are encrypted with a key of your own",
        why: "A backup under AWS's own key cannot be copied to another account, which is where it survives a stolen administrator.",
        fix: "Set `kmsKeyArn` (`encryptionKeyArn` of an air-gapped vault); it cannot be changed later.",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["Backup.1"], hipaa: ["BKP"] },
        on: [vault, airGapped],
        judge: (resource) => expects(resource, resource.type === vault ? "kmsKeyArn" : "encryptionKeyArn", present("a key of your own")),
    },
    {
        id: "backup-plan-retention",
        title: "A backup plan keeps what it takes long enough",
        why: "Damage that is slow, or hidden by whoever did it, is older than a fortnight when it is found.",
        fix: "Raise `lifecycle.deleteAfter` of one of `rules` (Terrace: `backup.rules`).",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["BKP"] },
        parameters: {
            minimumDays: { about: "Days that the longest rule must keep.", default: { development: 1, production: 35, regulated: 35 } },
        },
        on: ["backup/plan"],
        judge: judgeRetention,
    },
    {
        id: "backup-plan-frequency",
        title: "A backup plan runs every day",
        why: "What was done since the last backup is what is lost.",
        fix: 'Give one of `rules` a daily `schedule`, such as "cron(0 3 * * ? *)", or `enableContinuousBackup`.',
        severity: "low",
        levels: standing.production,
        controls: { hipaa: ["BKP"] },
        on: ["backup/plan"],
        judge: (resource) => {
            const rules = resource.list("rules");
            // Left out, AWS runs a rule daily at five.
            const good = rules.some(
                (rule) => rule.flag("enableContinuousBackup") === true || isDaily(rule.text("schedule") ?? "rate(1 day)"),
            );
            const schedules = rules.map((rule) => show(rule.text("schedule")));
            return good ? compliant : violation("rules", `expected a rule that runs every day, got ${schedules.join(", ") || "no rule"}`);
        },
    },
    {
        id: "backup-cross-region-copy",
        title: "A backup plan copies to another region or account",
        why: "A backup that stands where the data stands is lost with the region, and with whoever owns the account.",
        fix: "Give one of `rules` a `copyActions` with the ARN of a vault elsewhere (Terrace: `copies` of a backup rule); copies cost their storage and the transfer.",
        severity: "medium",
        levels: standing.audited,
        controls: { hipaa: ["BKP"] },
        link: "https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html",
        scope: "relation",
        on: ["backup/plan"],
        judge: (resource, _parameters, stack) => judgeCopies(resource, stack),
    },
    {
        id: "backup-vault-lock",
        title: "What a vault holds cannot be shortened or deleted before its time",
        why: "Whoever encrypts data for ransom deletes the backups first; a lock refuses it even to an administrator.",
        fix: "Add a `backup.VaultLockConfiguration` with `minRetentionDays` (Terrace: `backup.lock`); with `changeableForDays` it becomes final.",
        severity: "medium",
        levels: standing.audited,
        controls: { hipaa: ["BKP"] },
        link: "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",
        scope: "relation",
        on: [vault],
        judge: (resource, _parameters, stack) => judgeLock(resource, stack),
    },
    {
        id: "backup-vault-no-delete-policy",
        title: "A vault's policy refuses to delete recovery points",
        why: "Without it, whoever may clean up may also clean up the only good copy.",
        fix: "Add a `backup.VaultPolicy` that denies backup:DeleteRecoveryPoint and backup:UpdateRecoveryPointLifecycle to everybody.",
        severity: "low",
        levels: standing.production,
        controls: { hipaa: ["BKP"] },
        link: "https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html",
        scope: "relation",
        on: [vault],
        judge: (resource, _parameters, stack) => {
            const policies = stack.referrers(resource, "backup/vaultPolicy", "backupVaultName");
            const refused = policies.some((policy) => (documentAt(policy, "policy") ?? []).some(refusesDeletion));
            return refused || locksOf(resource, stack).length > 0
                ? compliant
                : violation("", "expected a VaultPolicy that denies deletion to everybody, or a lock, got neither");
        },
    },
    {
        id: "backup-vault-not-public",
        title: "No backup vault lets in every account",
        why: "Who may copy from a vault has all that was ever in the database.",
        fix: "Name the accounts in `Principal`, or put a condition on aws:PrincipalOrgID.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        on: ["backup/vaultPolicy"],
        judge: (resource) => letsNobodyIn(resource),
    },
    {
        id: "backup-vault-no-force-destroy",
        title: "No vault is deleted with its recovery points",
        why: "With `forceDestroy`, `pulumi destroy` on the wrong stack deletes the data and its backups in one go.",
        fix: "Leave `forceDestroy` out.",
        severity: "high",
        levels: standing.resilience,
        controls: { hipaa: ["BKP"] },
        on: [vault],
        judge: (resource) => expects(resource, "forceDestroy", notTrue),
    },
    {
        id: "backup-failures-told",
        title: "Somebody is told when a backup fails",
        why: "A plan that has failed for a month looks like one that works, until it is needed.",
        fix: 'Add an EventBridge rule on source "aws.backup", or a `backup.VaultNotifications` with BACKUP_JOB_FAILED.',
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { hipaa: ["BKP"] },
        link: "https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html",
        scope: "relation",
        on: ["backup/plan"],
        judge: (_resource, _parameters, stack) => {
            const heard =
                stack.ofType("cloudwatch/eventRule").some((rule) => (rule.text("eventPattern") ?? "").includes("aws.backup")) ||
                stack
                    .ofType("backup/vaultNotifications")
                    .some((each) => each.texts("backupVaultEvents").some((event) => /BACKUP_JOB_(FAILED|COMPLETED)/.test(event))) ||
                stack.ofType("cloudwatch/metricAlarm").some((alarm) => alarm.text("namespace") === "AWS/Backup");
            return heard
                ? compliant
                : violation("", "expected an event rule, a notification or an alarm on failed jobs, got none in this stack");
        },
    },
    {
        id: "backup-restore-tested",
        title: "Backups are restored to try them",
        why: "A backup that was never restored is a hope; the day it is needed is the wrong day to find out.",
        fix: "Add a `backup.RestoreTestingPlan` with a `RestoreTestingSelection` for each kind of resource (Terrace: `backup.restoreTesting`); each test pays for what it restores.",
        severity: "medium",
        levels: standing.audited,
        controls: { hipaa: ["308(a)(7)(ii)(D)"], nist: ["CP-4"] },
        link: "https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html",
        scope: "relation",
        on: ["backup/plan"],
        judge: (_resource, _parameters, stack) =>
            stack.ofType("backup/restoreTestingSelection").length > 0
                ? compliant
                : violation("", "expected a RestoreTestingPlan with a RestoreTestingSelection, got none in this stack"),
    },
    {
        id: "backup-covers-stateful",
        title: "A stack with a backup plan leaves out nothing that holds data",
        why: "What was added after the plan was written is what nobody put into it.",
        fix: "Give it the tag that the plan selects by, add its ARN to a `backup.Selection`, or name it in `except`.",
        severity: "high",
        levels: standing.regulated,
        controls: { fsbp: ["RDS.26", "DynamoDB.4", "EC2.28", "EFS.2"], hipaa: ["BKP"] },
        link: "https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",
        parameters: {
            except: {
                about: "Words in names of what can be made anew.",
                default: ["log", "logs", "asset", "assets", "artifacts", "cache"],
            },
        },
        scope: "stack",
        judge: judgeCoverage,
    },
];
