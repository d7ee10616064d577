import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { Environment } from "../../conventions/environment.ts";
import { nameRefusal } from "../../conventions/names.ts";
import { Recorder, refusalsOf } from "../parts/recorder.ts";
import { Backup } from "./backup.ts";
import { runsDaily, selectionTag, underscored, vaultArn } from "./selection.ts";
import { BackupSettings } from "./settings.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
};
const alarmTopics = { critical: "arn:aws:sns:eu-west-1:123456789012:critical", warning: "arn:aws:sns:eu-west-1:123456789012:warning" };
const keyArn = "arn:aws:kms:eu-west-1:123456789012:key/backup";
const otherVault = "arn:aws:backup:eu-central-1:123456789012:backup-vault:shop-recovery-backup";

const daily = { schedule: "cron(0 3 * * ? *)", deleteAfterDays: 35 };
const everything = {
    rules: {
        monthly: { schedule: "cron(0 4 1 * ? *)", coldStorageAfterDays: 30, deleteAfterDays: 400 },
        daily: { ...daily, continuous: true, copies: { recovery: { vaultArn: otherVault, deleteAfterDays: 35 } } },
    },
    lock: { mode: "compliance", minRetentionDays: 7, maxRetentionDays: 400, changeableForDays: 14 },
    deletableBy: ["arn:aws:iam::123456789012:role/security"],
    copiesFromAccounts: ["210987654321"],
    windowsConsistent: true,
    optIn: { RDS: true, S3: true },
    restoreTesting: { schedule: "cron(0 6 ? * SUN *)", resources: { RDS: { metadata: { dbSubnetGroupName: "data" } }, S3: {} } },
    audit: { requireCopies: true, requireLock: true },
    reports: ["backupJobs", "resourceCompliance"],
};

const recorder = new Recorder();

const placement = {
    ...{ vpcId: "vpc-1", cidr: "10.20.0.0/16", subnetIds: ["subnet-a", "subnet-b"] },
    ...{ workloadSubnetIds: ["subnet-a"], workloadZones: ["eu-west-1a"] },
};

async function build(
    settings: object,
    more: { environment?: Environment; alarmTopics?: object; reportBucketName?: string; placement?: typeof placement } = {},
) {
    return recorder.record(
        () =>
            new Backup(
                "backup",
                { ...BackupSettings.parse(settings), environment, keyArn, alarmTopics, ...more },
                { provider: new aws.Provider("explicit") },
            ),
    );
}

const ruleRefusals = (rule: object, more: object = {}) =>
    refusalsOf(BackupSettings, { rules: { daily: { ...daily, ...rule } }, ...more }).map((each) => each.replace("rules.daily.", ""));

describe("settings of the backup", () => {
    it("take a rule with a schedule and a lifetime, and nothing else", () => {
        expect(refusalsOf(BackupSettings, { rules: { daily } })).deep.equal([]);
        expect(refusalsOf(BackupSettings, { rules: {} })).deep.equal(["rules: expected at least one rule"]);
        expect(refusalsOf(BackupSettings, everything)).deep.equal([]);
    });

    it("refuse cold storage that is left before AWS's ninety days, in copies too", () => {
        const message = "expected 120 or more, 90 days after coldStorageAfterDays (30), got 119";
        const short = { coldStorageAfterDays: 30, deleteAfterDays: 119 };
        expect(ruleRefusals(short)).deep.equal([`deleteAfterDays: ${message}`]);
        expect(ruleRefusals({ copies: { far: { vaultArn: otherVault, ...short } } })).deep.equal([
            `copies.far.deleteAfterDays: ${message}`,
        ]);
    });

    it("refuse point-in-time recovery beyond 35 days, for ever, or in cold storage", () => {
        expect(ruleRefusals({ continuous: true, deleteAfterDays: 36 })).deep.equal([
            "deleteAfterDays: expected 35 or less with continuous, got 36",
        ]);
        expect(ruleRefusals({ continuous: true, deleteAfterDays: undefined })).deep.equal([
            "deleteAfterDays: expected 35 or less with continuous, got nothing, which means for ever",
        ]);
        expect(ruleRefusals({ continuous: true, coldStorageAfterDays: 1, deleteAfterDays: 91 })).to.include(
            "coldStorageAfterDays: contradicts continuous, which has no cold storage: make a second rule for the long term",
        );
    });

    it("refuse a window that ends within an hour of its start", () => {
        expect(ruleRefusals({ startWindowMinutes: 480, completionWindowMinutes: 500 })).deep.equal([
            "completionWindowMinutes: expected 540 or more, an hour after startWindowMinutes, got 500",
        ]);
    });

    for (const [schedule, message] of [
        ["0 3 * * *", 'expected six fields such as cron(0 3 * * ? *), or rate(12 hours), got "0 3 * * *"'],
        ["cron(0 3 * * *)", 'expected six fields such as cron(0 3 * * ? *), or rate(12 hours), got "cron(0 3 * * *)"'],
        ["rate(1 hours)", 'expected six fields such as cron(0 3 * * ? *), or rate(12 hours), got "rate(1 hours)"'],
        ["cron(0 3 * * * *)", 'expected exactly one ? among the day of the month and the day of the week, got "cron(0 3 * * * *)"'],
    ] as const) {
        it(`refuse the schedule ${schedule}`, () => {
            expect(ruleRefusals({ schedule })).deep.equal([`schedule: ${message}`]);
        });
    }

    it("refuse rules that the lock would make fail silently", () => {
        const lock = { mode: "governance", minRetentionDays: 40, maxRetentionDays: 100 };
        expect(ruleRefusals({}, { lock })).deep.equal(["deleteAfterDays: expected 40 or more, because the lock says so, got 35"]);
        expect(ruleRefusals({ deleteAfterDays: 101 }, { lock })).deep.equal([
            "deleteAfterDays: expected 100 or less, because the lock says so, got 101",
        ]);
        expect(ruleRefusals({ deleteAfterDays: undefined }, { lock })).deep.equal([
            "deleteAfterDays: expected 100 or less, because the lock says so, got nothing, which means for ever",
        ]);
    });

    it("refuse an irreversible lock without a time to take it back, and that time for a lock that needs none", () => {
        expect(ruleRefusals({}, { lock: { mode: "compliance", minRetentionDays: 7 } })).to.have.lengthOf(1);
        expect(ruleRefusals({}, { lock: { mode: "governance", minRetentionDays: 7, changeableForDays: 3 } })).to.have.lengthOf(1);
        expect(ruleRefusals({}, { lock: { mode: "governance", minRetentionDays: 7, maxRetentionDays: 6 } })).to.include(
            "lock.maxRetentionDays: must not be less than minRetentionDays (7), got 6",
        );
    });

    it("refuse reports on compliance without a framework", () => {
        expect(ruleRefusals({}, { reports: ["controlCompliance"] })).deep.equal([
            "reports: compliance reports need a framework: add backup.audit",
        ]);
    });
});

describe("backup", () => {
    it("is a vault with a policy, a plan, a role with its policies, a selection, and its alarms", async () => {
        await build({ rules: { daily } });
        expect(recorder.made.map((each) => each.name)).to.have.members([
            "backup-vault",
            "backup-vault-policy",
            "backup-role",
            "backup-role-backup",
            "backup-role-restore",
            "backup-role-backup-s3",
            "backup-role-restore-s3",
            "backup-plan",
            "backup-selection",
            "backup-notifications",
            "backup-failed",
            "backup-failed-target",
            "backup-jobs-failed",
            "backup-jobs-missing",
        ]);
    });

    it("carries the explicit provider, the component's name and lawful physical names", async () => {
        await build(everything, { reportBucketName: "logs" });
        for (const each of recorder.made) {
            expect(each.provider, each.name).to.include("::explicit");
            expect(each.name).to.match(/^backup-/);
            expect(nameRefusal(each.type, String(each.inputs.name ?? each.name)), each.name).equal(undefined);
        }
    });

    it("selects exactly what carries the tag that every component gets", async () => {
        await build({ rules: { daily } });
        expect(recorder.inputs("backup-selection").selectionTags).deep.equal([
            { type: "STRINGEQUALS", key: "terrace:backup", value: "shop-prod" },
        ]);
        expect(selectionTag("shop-prod")).deep.equal({ "terrace:backup": "shop-prod" });
        expect(Backup.selectionTag("shop-prod")).deep.equal(selectionTag("shop-prod"));
    });

    it("stands where other stacks expect it", async () => {
        await build({ rules: { daily } });
        const name = String(recorder.inputs("backup-vault").name);
        expect(vaultArn(environment)).equal(`arn:aws:backup:eu-west-1:123456789012:backup-vault:${name}`);
    });

    it("lets nobody delete before the time, or only those who are named", async () => {
        await build({ rules: { daily } });
        expect(recorder.statements("backup-vault-policy", "policy").DenyEarlyDeletion).not.to.have.property("Condition");
        await build(everything, { reportBucketName: "logs" });
        const { DenyEarlyDeletion, AccountsCopyIn } = recorder.statements("backup-vault-policy", "policy");
        expect(DenyEarlyDeletion?.Condition).deep.equal({ ArnNotLike: { "aws:PrincipalArn": everything.deletableBy } });
        expect(AccountsCopyIn?.Principal).deep.equal({ AWS: ["arn:aws:iam::210987654321:root"] });
    });

    it("makes a lock irreversible only by the word compliance", async () => {
        await build({ rules: { daily }, lock: { mode: "governance", minRetentionDays: 7 } });
        expect(recorder.inputs("backup-vault-lock")).not.to.have.property("changeableForDays");
        await build(everything, { reportBucketName: "logs" });
        expect(recorder.inputs("backup-vault-lock").changeableForDays).equal(14);
    });

    it("plans rules in one order, with windows, lifetimes and copies", async () => {
        await build(everything, { reportBucketName: "logs" });
        const rules = recorder.inputs("backup-plan").rules as object[];
        expect(rules).deep.equal([
            {
                ruleName: "daily",
                targetVaultName: "shop-prod-backup",
                schedule: "cron(0 3 * * ? *)",
                scheduleExpressionTimezone: "Etc/UTC",
                startWindow: 60,
                completionWindow: 480,
                enableContinuousBackup: true,
                lifecycle: { deleteAfter: 35 },
                copyActions: [{ destinationVaultArn: otherVault, lifecycle: { deleteAfter: 35 } }],
            },
            {
                ruleName: "monthly",
                targetVaultName: "shop-prod-backup",
                schedule: "cron(0 4 1 * ? *)",
                scheduleExpressionTimezone: "Etc/UTC",
                startWindow: 60,
                completionWindow: 480,
                enableContinuousBackup: false,
                lifecycle: { coldStorageAfter: 30, optInToArchiveForSupportedResources: true, deleteAfter: 400 },
                copyActions: [],
            },
        ]);
    });

    it("misses a finished backup only where one is due every day", async () => {
        await build({ rules: { weekly: { schedule: "cron(0 3 ? * SUN *)", deleteAfterDays: 90 } } });
        expect(recorder.of("aws:cloudwatch/metricAlarm:MetricAlarm").map((each) => each.name)).deep.equal(["backup-jobs-failed"]);
    });

    it("tells nobody where nobody listens", async () => {
        await build({ rules: { daily } }, { alarmTopics: {} });
        const told = recorder.made.filter((each) => /notifications|failed|missing/.test(each.name));
        expect(told).deep.equal([]);
    });

    it("tests restores of what the plan copies, from this vault only", async () => {
        await build(everything, { reportBucketName: "logs" });
        expect(recorder.inputs("backup-restore-test").recoveryPointSelection).to.deep.include({
            algorithm: "LATEST_WITHIN_WINDOW",
            includeVaults: ["arn:aws:mock:::backup-vault"],
        });
        expect(recorder.inputs("backup-restore-test-rds")).to.deep.include({
            name: "shop_prod_rds",
            protectedResourceType: "RDS",
            protectedResourceArns: ["*"],
            protectedResourceConditions: { stringEquals: [{ key: "aws:ResourceTag/terrace:backup", value: "shop-prod" }] },
            restoreMetadataOverrides: { dbSubnetGroupName: "data" },
        });
        expect(recorder.inputs("backup-restore-test-s3")).not.to.have.property("restoreMetadataOverrides");
    });

    it("restores databases and instances into the data tier unless the settings name another place, and never where AWS guesses", async () => {
        const testing = (resources: object) => ({ rules: { daily }, restoreTesting: { schedule: "cron(0 6 ? * SUN *)", resources } });
        const subnetGroups = () => recorder.of("aws:rds/subnetGroup:SubnetGroup").map(({ name, inputs }) => [name, inputs.subnetIds]);
        await build(testing({ RDS: { metadata: { vpcSecurityGroupIds: "sg-1" } }, EC2: {}, S3: {} }), { placement });
        expect(subnetGroups()).deep.equal([["backup-restore-test-subnets", ["subnet-a", "subnet-b"]]]);
        expect(recorder.inputs("backup-restore-test-rds").restoreMetadataOverrides).deep.equal({
            dbSubnetGroupName: "backup-restore-test-subnets",
            vpcSecurityGroupIds: "sg-1",
        });
        expect(recorder.inputs("backup-restore-test-ec2").restoreMetadataOverrides).deep.equal({ subnetId: "subnet-a" });
        await build(testing({ RDS: { metadata: { DBSubnetGroupName: "own" } } }), { placement });
        expect(subnetGroups()).deep.equal([]);
        expect(recorder.inputs("backup-restore-test-rds").restoreMetadataOverrides).deep.equal({ DBSubnetGroupName: "own" });
        await recorder.record(() => {
            for (const type of ["Aurora", "EC2"]) {
                const args = { ...BackupSettings.parse(testing({ [type]: {} })), environment, keyArn, alarmTopics };
                expect(() => new Backup("backup", args), type).to.throw(
                    "backup.restoreTesting of databases and instances needs a place for the copies: pass placement",
                );
            }
        });
    });

    it("tells of a test that failed, and shows restores where there are tests", async () => {
        await build(everything, { reportBucketName: "logs" });
        expect(JSON.parse(String(recorder.inputs("backup-restore-test-failed").eventPattern))).deep.equal({
            source: ["aws.backup"],
            "detail-type": ["Restore Job State Change"],
            detail: { status: ["ABORTED", "FAILED"], restoreTestingPlanArn: ["arn:aws:mock:::backup-restore-test"] },
        });
        expect(recorder.inputs("backup-restore-test-failed-target").arn).equal(alarmTopics.warning);
        const { dashboardRow } = await build(everything, { reportBucketName: "logs" });
        expect(dashboardRow.graphs.at(-1)?.metrics.map(({ metric }) => metric)).deep.equal([
            "NumberOfRestoreJobsCompleted",
            "NumberOfRestoreJobsFailed",
        ]);
        const without = await build({ rules: { daily } });
        expect(without.dashboardRow.graphs.map(({ title }) => title)).deep.equal(["Backup jobs", "Recovery points"]);
        expect(JSON.parse(String(recorder.inputs("backup-failed").eventPattern)).detail).deep.equal({
            state: ["ABORTED", "EXPIRED", "FAILED"],
            backupVaultName: ["shop-prod-backup"],
        });
    });

    it("reports to the bucket it is given and refuses to guess one", async () => {
        await build(everything, { reportBucketName: "logs" });
        expect(recorder.inputs("backup-report-backupJobs").reportDeliveryChannel).deep.equal({
            s3BucketName: "logs",
            s3KeyPrefix: "backup-reports",
            formats: ["CSV", "JSON"],
        });
        await recorder.record(() => {
            const args = { ...BackupSettings.parse(everything), environment, keyArn, alarmTopics };
            expect(() => new Backup("backup", args)).to.throw("backup.reports need a bucket to go to: pass reportBucketName");
        });
    });

    it("throws recovery points away on destroy only where the environment is expendable", async () => {
        await build({ rules: { daily } });
        expect(recorder.inputs("backup-vault").forceDestroy).equal(false);
        await build({ rules: { daily } }, { environment: { ...environment, expendable: true } });
        expect(recorder.inputs("backup-vault").forceDestroy).equal(true);
    });
});

describe("a schedule", () => {
    for (const [schedule, daily] of [
        ["cron(0 3 * * ? *)", true],
        ["cron(0 3 ? * * *)", true],
        ["cron(0 3 ? * MON-FRI *)", false],
        ["cron(0 3 1 * ? *)", false],
        ["cron(0 3 * 1 ? *)", false],
        ["rate(12 hours)", true],
        ["rate(1 day)", true],
        ["rate(2 days)", false],
    ] as const) {
        it(`${schedule} ${daily ? "runs" : "does not run"} every day`, () => {
            expect(runsDaily(schedule)).equal(daily);
        });
    }

    it("is named where only letters, digits and underscores are taken", () => {
        expect(underscored("shop-prod", "RDS")).equal("shop_prod_RDS");
    });
});
