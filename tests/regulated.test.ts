/** The strictest profile is within reach of a stack file: prod with what it leaves out for its price, and nothing waived. */
import { expect } from "chai";
import { readConfiguration } from "../policy-pack/core/configuration.ts";
import { Judge } from "../policy-pack/core/judge.ts";
import { makeReport, undeterminedOf, violationsOf } from "../policy-pack/report/report.ts";
import { stackFromInventory } from "../policy-pack/report/sources.ts";
import { rules } from "../policy-pack/rules/index.ts";
import type { Inventory } from "../tools/inventory/inventory.ts";
import { rehearsedInventoryOf } from "../tools/inventory/rehearsed.ts";
import { projectRoot } from "../tools/setup/cache-folder.mjs";

const endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "ssmmessages", "sts"];
/** Another account's, in the same region: RDS is not copied to another region and another account in one step. */
const vaultElsewhere = "arn:aws:backup:us-west-2:210987654321:backup-vault:terrace-backup";

/** What prod does not pay for, and the rule that then speaks. */
const additions: readonly { readonly changes: Readonly<Record<string, unknown>>; readonly otherwise: string }[] = [
    { changes: { network: { endpoints } }, otherwise: "vpc-endpoints-required" },
    { changes: { cache: { snapshots: { retentionDays: 15 } } }, otherwise: "elasticache-backup-retention" },
    {
        changes: { backup: { rules: { daily: { copies: { elsewhere: { vaultArn: vaultElsewhere, deleteAfterDays: 35 } } } } } },
        otherwise: "backup-cross-region-copy",
    },
    { changes: { backup: { lock: { mode: "governance", minRetentionDays: 7 } } }, otherwise: "backup-vault-lock" },
    {
        changes: { backup: { restoreTesting: { schedule: "cron(0 6 ? * SUN *)", resources: { RDS: {}, S3: {} } } } },
        otherwise: "backup-restore-tested",
    },
];

const today = "2026-11-21";

function reportOn(inventory: Inventory, profile: "production" | "regulated") {
    const { settings } = readConfiguration(rules, { terrace: { profile } }, today);
    return makeReport(new Judge(rules, settings), rules, stackFromInventory(inventory), {});
}

const said = (found: ReturnType<typeof violationsOf>) => found.map(({ rule, name, lines }) => `${rule.id} on ${name}: ${lines.join("; ")}`);

function together(parts: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
    return parts.reduce<Record<string, unknown>>((sum, part) => overlaid(sum, part), {});
}

function overlaid(base: Readonly<Record<string, unknown>>, part: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const isBlock = (value: unknown): value is Record<string, unknown> =>
        typeof value === "object" && value !== null && !Array.isArray(value);
    const merged = Object.entries(part).map(([key, value]) => {
        const before = base[key];
        return [key, isBlock(before) && isBlock(value) ? overlaid(before, value) : value] as const;
    });
    return { ...base, ...Object.fromEntries(merged) };
}

describe("prod, held to the regulated profile", function () {
    this.timeout(120_000);
    const asked = { environment: { profile: "regulated" } };
    const settingsOf = (chosen: typeof additions) => together([asked, ...chosen.map(({ changes }) => changes)]);
    const lacking = async (chosen: typeof additions) => {
        const report = reportOn(await rehearsedInventoryOf(projectRoot, "prod", settingsOf(chosen)), "regulated");
        return [...new Set(violationsOf(report).map(({ rule }) => rule.id))].sort();
    };

    it("lacks only what its stack file leaves out for the price", async () => {
        expect(await lacking([])).to.deep.equal(additions.map(({ otherwise }) => otherwise).sort());
    });

    for (const addition of additions) {
        it(`lacks ${addition.otherwise} alone where only that setting is left out`, async () => {
            expect(await lacking(additions.filter((each) => each !== addition))).to.deep.equal([addition.otherwise]);
        });
    }

    it("passes with those settings in the stack file: no violation, no advice, nothing undetermined, no waiver", async () => {
        const report = reportOn(await rehearsedInventoryOf(projectRoot, "prod", settingsOf(additions)), "regulated");
        expect(said(violationsOf(report))).to.deep.equal([]);
        expect(undeterminedOf(report).map(({ rule, name }) => `${rule.id} on ${name}`)).to.deep.equal([]);
    });

    it("restores what it backs up into its own data tier, and says so when that fails", async () => {
        const { resources } = await rehearsedInventoryOf(projectRoot, "prod", settingsOf(additions));
        const found = (name: string, type: string) => resources.find((each) => each.name === name && each.type === type);
        const subnets = found("backup-restore-test-subnets", "aws:rds/subnetGroup:SubnetGroup");
        const tier = ["a", "b", "c"].map((letter) => found(`network-data-${letter}`, "aws:ec2/subnet:Subnet")?.id);
        expect(tier.every((id) => id?.startsWith("subnet-"))).to.equal(true);
        expect(subnets?.inputs.subnetIds).to.deep.equal(tier);
        expect(
            found("backup-restore-test-rds", "aws:backup/restoreTestingSelection:RestoreTestingSelection")?.inputs.restoreMetadataOverrides,
        ).to.deep.equal({ dbSubnetGroupName: subnets?.inputs.name });
        expect(found("backup-restore-test-failed-target", "aws:cloudwatch/eventTarget:EventTarget")?.inputs.arn).to.equal(
            found("observability-warning", "aws:sns/topic:Topic")?.outputs?.arn,
        );
    });
});

describe("prod, held to its own profile", () => {
    it("is told nothing, neither violation nor advice", async function () {
        this.timeout(60_000);
        expect(said(violationsOf(reportOn(await rehearsedInventoryOf(projectRoot, "prod"), "production")))).to.deep.equal([]);
    });

    it("opens its cache by IAM: the instances may log in to it and are told as whom, and no secret is kept", async () => {
        const { resources } = await rehearsedInventoryOf(projectRoot, "prod");
        const found = (name: string) => resources.find((each) => each.name === name);
        expect(resources.filter(({ name }) => name.startsWith("cache-secret"))).to.deep.equal([]);
        const [statement] = JSON.parse(String(found("compute-role-cache")?.inputs.policy)).Statement;
        expect([statement.Action, statement.Resource]).to.deep.equal([
            "elasticache:Connect",
            [found("cache-nodes")?.outputs?.arn, found("cache-user")?.outputs?.arn],
        ]);
        const userData = Buffer.from(String(found("compute-template")?.inputs.userData), "base64").toString();
        expect(userData)
            .to.contain(`CACHE_NAME=${found("cache-nodes")?.id}`)
            .and.to.contain(`CACHE_USER=${found("cache-user")?.inputs.userId}`);
    });
});
