import { expect } from "chai";
import { describe, it } from "mocha";
import { attempt } from "../core/finding.ts";
import { ResourceView } from "../core/resource.ts";
import { Parameters } from "../core/rule.ts";
import { StackView } from "../core/stack.ts";
import { unknown } from "../core/values.ts";
import { type Bag, describeRule, resourceOf, subject, testDay } from "../testing.ts";
import { backups } from "./backups.ts";

const vault = "backup/vault";
const plan = "backup/plan";
const key = "arn:aws:kms:eu-west-1:123456789012:key/1";
const rules = (...list: readonly Bag[]) => ({ rules: list.map((rule) => ({ ruleName: "daily", targetVaultName: "main", ...rule })) });

describeRule({
    rule: "backup-vault-cmk",
    type: vault,
    compliant: { kmsKeyArn: key },
    violations: [{ change: { kmsKeyArn: undefined }, says: ["kmsKeyArn  expected a key of your own, got nothing"] }],
    unknownIsFine: ["kmsKeyArn"],
});

describeRule({
    rule: "backup-vault-cmk",
    type: "backup/logicallyAirGappedVault",
    compliant: { encryptionKeyArn: key },
    violations: [{ change: { encryptionKeyArn: undefined }, says: ["encryptionKeyArn  expected a key of your own, got nothing"] }],
    unknownIsFine: ["encryptionKeyArn"],
});

const kept = (days: number) => ({ lifecycle: { deleteAfter: days } });

describeRule({
    rule: "backup-plan-retention",
    type: plan,
    compliant: rules(kept(35)),
    alsoCompliant: [{ change: rules(kept(7), kept(365)) }, { change: rules({}) }],
    violations: [
        { change: rules(kept(7), kept(34)), says: ["rules  expected a rule that keeps for at least 35 days, got 34 at most"] },
        { change: rules(), says: ["rules  expected a rule that keeps for at least 35 days, got 0 at most"] },
    ],
});

const schedules = (...list: readonly string[]) => rules(...list.map((schedule) => ({ schedule })));
const daily = [
    "cron(0 3 * * ? *)",
    "cron(0/30 * ? * * *)",
    "cron(0 5 1/1 * ? *)",
    "cron(0 5 ? * SUN-SAT *)",
    "rate(12 hours)",
    "rate(1 day)",
];
const rare = [
    "cron(0 4 1 * ? *)",
    "cron(0 4 ? * SUN *)",
    "cron(0 4 * 1 ? *)",
    "cron(0 4 * * ? 2030)",
    "rate(7 days)",
    "rate(25 hours)",
    "rate(1441 minutes)",
    "at night",
];

describeRule({
    rule: "backup-plan-frequency",
    type: plan,
    compliant: rules({}),
    alsoCompliant: [
        ...daily.map((schedule) => ({ change: schedules(schedule) })),
        { change: schedules("cron(0 4 1 * ? *)", "rate(1440 minutes)") },
        { change: rules({ schedule: "rate(7 days)", enableContinuousBackup: true }) },
    ],
    violations: [
        ...rare.map((schedule) => ({
            change: schedules(schedule),
            says: [`rules  expected a rule that runs every day, got "${schedule}"`],
        })),
        {
            change: schedules("rate(2 days)", "rate(3 days)"),
            says: ['rules  expected a rule that runs every day, got "rate(2 days)", "rate(3 days)"'],
        },
        { change: rules(), says: ["rules  expected a rule that runs every day, got no rule"] },
    ],
});

const copyTo = (region: string, account = "123456789012") =>
    rules({ copyActions: [{ destinationVaultArn: `arn:aws:backup:${region}:${account}:backup-vault:far` }] });
const provider = { region: "eu-west-1", allowedAccountIds: '["123456789012"]' };

describeRule({
    rule: "backup-cross-region-copy",
    type: plan,
    provider,
    compliant: copyTo("eu-central-1"),
    alsoCompliant: [{ change: copyTo("eu-west-1", "210987654321") }],
    violations: [
        { change: rules({}), says: ["rules  expected copyActions to a vault in another region or account, got none"] },
        { change: copyTo("eu-west-1"), says: ["rules  expected copyActions to a vault in another region or account, got one beside it"] },
    ],
});

describe("backup-cross-region-copy", () => {
    const rule = backups.find((each) => each.id === "backup-cross-region-copy");
    const judge = (region: string) => {
        const other = resourceOf(vault, { region }, "other");
        const subjectPlan = new ResourceView({
            urn: "urn:pulumi:prod::shop::aws:backup/plan:Plan::plan",
            type: "aws:backup/plan:Plan",
            name: "plan",
            props: rules({ copyActions: [{ destinationVaultArn: unknown }] }),
            provider: { name: "aws", props: provider },
            propertyDependencies: { rules: [other.urn] },
        });
        return attempt(() =>
            rule?.scope === "relation"
                ? rule.judge(subjectPlan, new Parameters(new Map(), testDay), new StackView([subjectPlan, other]))
                : expect.fail(),
        );
    };

    it("sees by the stack where a vault stands whose ARN is not known yet", () => {
        expect(judge("eu-central-1")).to.have.property("kind", "compliant");
    });

    it("waits where the stack does not tell", () => {
        expect(judge("eu-west-1")).to.deep.equal({ kind: "undetermined", path: "rules.copyActions.destinationVaultArn" });
    });
});

const lock = { name: "lock", type: "backup/vaultLockConfiguration", props: { minRetentionDays: 7 }, links: { backupVaultName: subject } };

describeRule({
    rule: "backup-vault-lock",
    type: vault,
    compliant: {},
    others: [lock],
    violations: [
        { others: [], says: ["expected a VaultLockConfiguration for the vault, got none"] },
        { others: [{ ...lock, links: {} }], says: ["expected a VaultLockConfiguration for the vault, got none"] },
        { others: [{ ...lock, props: {} }], says: ["lock.minRetentionDays  expected days that nobody can shorten, got nothing"] },
    ],
});

const both = ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"];
const policy = (statement: object) => ({
    name: "policy",
    type: "backup/vaultPolicy",
    props: { policy: JSON.stringify({ Statement: [{ Effect: "Deny", Principal: "*", Action: both, Resource: "*", ...statement }] }) },
    links: { backupVaultName: subject },
});
const unguarded = ["expected a VaultPolicy that denies deletion to everybody, or a lock, got neither"];

describeRule({
    rule: "backup-vault-no-delete-policy",
    type: vault,
    compliant: {},
    others: [policy({})],
    alsoCompliant: [
        { others: [policy({ Action: "backup:*RecoveryPoint*" })] },
        { others: [policy({ Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::123456789012:role/break-glass" } })] },
        { others: [lock] },
    ],
    violations: [
        { others: [], says: unguarded },
        { others: [policy({ Action: both.slice(0, 1) })], says: unguarded },
        { others: [policy({ Action: both.slice(1) })], says: unguarded },
        { others: [policy({ Effect: "Allow" })], says: unguarded },
        { others: [policy({ Principal: { AWS: "arn:aws:iam::123456789012:role/one" } })], says: unguarded },
    ],
});

const allowing = (Principal: unknown) => ({
    policy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal, Action: "backup:CopyIntoBackupVault", Resource: "*" }] }),
});

describeRule({
    rule: "backup-vault-not-public",
    type: "backup/vaultPolicy",
    compliant: allowing({ AWS: "arn:aws:iam::123456789012:root" }),
    violations: [
        {
            change: allowing("*"),
            says: ["policy.Statement[0]  expected named principals, or a condition on the account or organisation, got everybody"],
        },
    ],
});

describeRule({
    rule: "backup-vault-no-force-destroy",
    type: vault,
    compliant: {},
    violations: [{ change: { forceDestroy: true }, says: ["forceDestroy  expected false or nothing, got true"] }],
});

const told = (type: string, props: Bag) => [{ name: "told", type, props }];
const untold = ["expected an event rule, a notification or an alarm on failed jobs, got none in this stack"];

describeRule({
    rule: "backup-failures-told",
    type: plan,
    compliant: rules({}),
    others: told("cloudwatch/eventRule", { eventPattern: '{"source":["aws.backup"]}' }),
    alsoCompliant: [
        { others: told("backup/vaultNotifications", { backupVaultEvents: ["RESTORE_JOB_COMPLETED", "BACKUP_JOB_FAILED"] }) },
        { others: told("cloudwatch/metricAlarm", { namespace: "AWS/Backup" }) },
    ],
    violations: [
        { others: [], says: untold },
        { others: told("backup/vaultNotifications", { backupVaultEvents: ["RESTORE_JOB_COMPLETED"] }), says: untold },
        { others: told("cloudwatch/eventRule", { eventPattern: '{"source":["aws.ec2"]}' }), says: untold },
        { others: told("cloudwatch/metricAlarm", { namespace: "AWS/EC2" }), says: untold },
    ],
});

describeRule({
    rule: "backup-restore-tested",
    type: plan,
    compliant: rules({}),
    others: [{ name: "databases", type: "backup/restoreTestingSelection" }],
    violations: [
        {
            others: [{ name: "weekly", type: "backup/restoreTestingPlan" }],
            says: ["expected a RestoreTestingPlan with a RestoreTestingSelection, got none in this stack"],
        },
    ],
});

const tagged = { tags: { backup: "yes" } };
const selection = {
    name: "selection",
    type: "backup/selection",
    props: { selectionTags: [{ type: "STRINGEQUALS", key: "backup", value: "yes" }] },
};
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
const left = (names: string) => [`expected a backup selection that takes in all that holds data, got none for ${names}`];

describeRule({
    rule: "backup-covers-stateful",
    compliant: {},
    others: [selection, { name: "database", type: "rds/instance", props: tagged }],
    alsoCompliant: [
        { others: [selection, { name: "storage-logs", type: "s3/bucket" }] },
        { others: [selection, { name: "replica", type: "rds/instance", props: { replicateSourceDb: "database" } }] },
        { others: [selection, { name: "member", type: "rds/instance", props: { engine: "aurora-postgresql" } }] },
        { others: [selection, { name: "copy", type: "rds/cluster", props: { replicationSourceIdentifier: "arn" } }] },
        { others: [selection, { name: "queue", type: "sqs/queue" }] },
    ],
    violations: [
        {
            others: [selection, { name: "catalog", type: "dynamodb/table" }, { name: "uploads", type: "s3/bucket" }],
            says: left('"catalog" and "uploads"'),
        },
        {
            others: [selection, { name: "database", type: "rds/cluster" }, { name: "disk", type: "ebs/volume", props: tagged }],
            says: left('"database"'),
        },
        ...stateful.map((type) => ({ others: [selection, { name: "data", type }], says: left('"data"') })),
        // One that is not known yet does not hide one that is left out.
        {
            others: [
                selection,
                { name: "home", type: "efs/fileSystem", props: { tags: unknown } },
                { name: "shares", type: "fsx/windowsFileSystem" },
            ],
            says: left('"shares"'),
        },
    ],
    notApplicable: [{ others: [{ name: "database", type: "rds/instance" }] }],
});

describe("backup-covers-stateful", () => {
    it("waits for tags that are not known yet", () => {
        const rule = backups.find((each) => each.id === "backup-covers-stateful");
        const stack = new StackView([
            resourceOf("backup/selection", selection.props, "selection"),
            resourceOf("s3/bucket", { tags: unknown }, "uploads"),
        ]);
        const finding = attempt(() =>
            rule?.scope === "stack" ? rule.judge(stack, new Parameters(new Map([["except", []]]), testDay)) : expect.fail(),
        );
        expect(finding).to.deep.equal({ kind: "undetermined", path: "uploads.tags.backup" });
    });
});
