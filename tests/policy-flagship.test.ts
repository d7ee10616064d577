/** The flagship under the policy pack: every stack passes at its profile, and what is said of it leads to the right line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { readConfiguration } from "../policy-pack/core/configuration.ts";
import { Judge } from "../policy-pack/core/judge.ts";
import type { Profile } from "../policy-pack/core/levels.ts";
import { createLocator } from "../policy-pack/report/locate.ts";
import { blockersOf, makeReport, type Report, undeterminedOf, violationsOf } from "../policy-pack/report/report.ts";
import { stackFromInventory } from "../policy-pack/report/sources.ts";
import { rules } from "../policy-pack/rules/index.ts";
import type { Inventory } from "../tools/inventory/inventory.ts";
import { rehearsedInventoryOf } from "../tools/inventory/rehearsed.ts";
import { inventoryOf } from "../tools/inventory/stack-file.ts";
import { projectRoot } from "../tools/setup/cache-folder.mjs";

const today = "2026-11-21";
const stacks = ["dev", "staging", "prod"];

function profileOf(stack: string): Profile {
    return parse(readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8")).config.environment.profile;
}

function reportOn(inventory: Inventory, stack: string, profile: Profile): Report {
    const { settings } = readConfiguration(rules, { terrace: { profile } }, today);
    const locate = createLocator(projectRoot, projectRoot, stack);
    return makeReport(new Judge(rules, settings), rules, stackFromInventory(inventory), { locate });
}

const said = (report: Report) => blockersOf(report).map(({ rule, name, lines }) => `${rule.id} on ${name}: ${lines.join("; ")}`);

describe("the flagship under the policy pack", function () {
    this.timeout(120_000);
    const previewed = new Map<string, Inventory>();
    const rehearsed = new Map<string, Inventory>();
    before(async () => {
        for (const stack of stacks) {
            previewed.set(stack, await inventoryOf(projectRoot, stack));
            rehearsed.set(stack, await rehearsedInventoryOf(projectRoot, stack));
        }
    });
    const of = (inventories: ReadonlyMap<string, Inventory>, stack: string) => inventories.get(stack) as Inventory;

    for (const stack of stacks) {
        it(`${stack} passes at its profile, before and after the first up`, () => {
            expect(said(reportOn(of(previewed, stack), stack, profileOf(stack)))).to.deep.equal([]);
            const after = reportOn(of(rehearsed, stack), stack, profileOf(stack));
            expect(said(after)).to.deep.equal([]);
            expect(undeterminedOf(after).map(({ rule, name, lines }) => `${rule.id} on ${name}: ${lines.join()}`)).to.deep.equal([]);
        });
    }

    it("prod is held to production, and more than a hundred rules find something of it to accept", () => {
        expect(profileOf("prod")).to.equal("production");
        const report = reportOn(of(rehearsed, "prod"), "prod", "production");
        const judged = new Set(report.entries.filter(({ verdict }) => verdict === "compliant").map(({ rule }) => rule.id));
        expect(judged.size).to.be.greaterThan(100);
    });

    it("staging, judged as production, lacks only what an expendable environment gives up", () => {
        const lacking = new Set(blockersOf(reportOn(of(rehearsed, "staging"), "staging", "production")).map(({ rule }) => rule.id));
        const given =
            /^(protect-|no-delete-before-replace)|-(force-destroy|final-snapshot|deletion-protection|deletion-window)$|-(retention|recovery-window)$/;
        expect([...lacking].filter((id) => !given.test(id))).to.deep.equal([]);
    });

    it("every finding leads to a line of the stack file that is about its component", () => {
        for (const stack of stacks) {
            const lines = readFileSync(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8").split("\n");
            const found = violationsOf(reportOn(of(rehearsed, stack), stack, "regulated"));
            expect(found).not.to.be.empty;
            for (const { location, rule, name, urn } of found) {
                if (urn.includes("terrace:")) {
                    expect(location?.file, `${rule.id} on ${name}`).to.equal(`Pulumi.${stack}.yaml`);
                    // A key, never a comment or a list's member.
                    expect(lines[(location?.line ?? 0) - 1], `${rule.id} on ${name}`).to.match(/^ +[\w-]+:/);
                }
            }
        }
    });

    it("the line is that of the setting itself where the fix names one", () => {
        const lines = readFileSync(join(projectRoot, "Pulumi.dev.yaml"), "utf8").split("\n");
        const found = violationsOf(reportOn(of(rehearsed, "dev"), "dev", "production"));
        const lineOf = (id: string, name: string) =>
            lines[(found.find(({ rule, name: own }) => rule.id === id && own === name)?.location?.line ?? 0) - 1]?.trim();
        expect(lineOf("rds-multi-az", "database-primary")).to.equal("multiAz: false");
        expect(lineOf("rds-backup-retention", "database-primary")).to.match(/^backup: /);
        expect(lineOf("log-group-retention", "access-sessions")).to.match(/^logRetentionDays: /);
        expect(lineOf("s3-no-force-destroy", "storage-uploads")).to.equal("uploads:");
    });
});

describe("the settings that fixes name", () => {
    interface Schema {
        readonly $ref?: string;
        readonly properties?: Readonly<Record<string, Schema>>;
        readonly anyOf?: readonly Schema[];
        readonly oneOf?: readonly Schema[];
        readonly allOf?: readonly Schema[];
    }
    const schema = JSON.parse(readFileSync(join(projectRoot, "stacks", "schema.json"), "utf8"));
    const resolve = (path: string): Schema =>
        path
            .split("/")
            .slice(1)
            .reduce((node, key) => node[key], schema);
    const has = (node: Schema, [key, ...rest]: readonly string[]): boolean => {
        if (key === undefined) {
            return true;
        }
        const next = node.properties?.[key];
        const others = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? []), ...(node.$ref ? [resolve(node.$ref)] : [])];
        return (next !== undefined && has(next, rest)) || others.some((other) => has(other, [key, ...rest]));
    };

    it("are settings of a stack file", () => {
        const named = rules.flatMap(({ id, fix }) => {
            const quoted = (/Terrace:[^)]*/.exec(fix)?.[0] ?? "").split("`");
            return quoted.flatMap((part) => /^[a-zA-Z]+(\.[a-zA-Z]+)+/.exec(part)?.[0] ?? []).map((key) => ({ id, key }));
        });
        expect(named.length).to.be.greaterThan(8);
        expect(
            named.filter(({ key }) => !has(schema.properties.config, key.split("."))).map(({ id, key }) => `${id}: ${key}`),
        ).to.deep.equal([]);
    });
});
