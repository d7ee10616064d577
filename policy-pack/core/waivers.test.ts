import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { rules } from "../rules/index.ts";
import { resourceOf } from "../testing.ts";
import { readConfiguration } from "./configuration.ts";
import { Judge } from "./judge.ts";
import { StackView } from "./stack.ts";
import { checkWaivers, loadWaivers, type Waiver } from "./waivers.ts";

const today = "2026-11-21";
const waiver: Waiver = {
    rule: "rds-not-public",
    resource: "rds/instance::legacy-*",
    stacks: ["prod"],
    reason: "the supplier reads it from outside until the tunnel is up",
    owner: "data@example.com",
    ticket: "DATA-7",
    expires: "2027-01-31",
};
const said = (content: unknown) => checkWaivers(content, rules, today).problems.map((problem) => `${problem.path}  ${problem.message}`);

describe("a waivers file", () => {
    it("is accepted when each entry says who, what, why and until when", () => {
        expect(checkWaivers([waiver], rules, today)).to.deep.equal({ waivers: [waiver], problems: [] });
        expect(checkWaivers(null, rules, today).problems).to.deep.equal([]);
    });

    it("is refused for what is missing or misspelt", () => {
        const { owner: _owner, ...rest } = waiver;
        expect(said([{ ...rest, owners: "x" }])).to.deep.equal([
            'waivers[0].owners  unknown key; the nearest known one is "owner"',
            "waivers[0].owner  expected a text, got nothing",
        ]);
        expect(said([{ ...waiver, rule: "rds-not-publik" }])).to.deep.equal([
            'waivers[0].rule  no rule is called "rds-not-publik"; the nearest is "rds-not-public"',
        ]);
        expect(said({ waivers: [] })).to.deep.equal(["waivers  expected a list of waivers"]);
    });

    it("is refused for covering too much", () => {
        for (const resource of ["**", "rds/instance::*", "*::legacy", "rds/instance"]) {
            expect(said([{ ...waiver, resource }])).to.deep.equal([
                `waivers[0].resource  is too broad: expected a type and a name such as "ec2/instance::bastion-*", got "${resource}"`,
            ]);
        }
        expect(said([{ ...waiver, stacks: ["*"] }])).to.deep.equal([
            "waivers[0].stacks  is too broad: expected the names of stacks, got a pattern",
        ]);
    });

    it("is refused for a day that has passed, is too far, or is none", () => {
        expect(said([{ ...waiver, expires: "2026-11-20" }])).to.deep.equal([
            "waivers[0].expires  has run out on 2026-11-20: mend the resource, or have data@example.com renew the waiver",
        ]);
        expect(said([{ ...waiver, expires: "2028-01-01" }])).to.deep.equal([
            "waivers[0].expires  is more than a year away (2028-01-01): expected a day within 366 days",
        ]);
        expect(said([{ ...waiver, expires: "soon" }])).to.deep.equal(['waivers[0].expires  expected a day such as 2027-01-31, got "soon"']);
        expect(said([{ ...waiver, expires: today }])).to.deep.equal([]);
    });

    it("is refused for a rule that nobody may waive", () => {
        expect(said([{ ...waiver, rule: "policy-waiver-valid" }])).to.deep.equal([
            "waivers[0].rule  policy-waiver-valid cannot be waived: mend the resource instead",
        ]);
    });

    it("is refused when it cannot be read", () => {
        expect(loadWaivers("/nowhere/waivers.yaml", rules, today).problems[0]?.message).to.match(/^cannot be read: ENOENT/);
        const folder = mkdtempSync(join(tmpdir(), "policy-waivers-"));
        const load = (text: string) => {
            writeFileSync(join(folder, "waivers.yaml"), text);
            return loadWaivers(join(folder, "waivers.yaml"), rules, today);
        };
        expect(load("- rule: [").problems[0]?.message).to.match(/^is not YAML: /);
        expect(load("").problems).to.deep.equal([]);
        expect(load(JSON.stringify([waiver])).waivers).to.deep.equal([waiver]);
        rmSync(folder, { recursive: true });
    });
});

describe("waivers at work", () => {
    const { settings } = readConfiguration(rules, {}, today);
    const judgements = (name: string, isPublic: boolean, waivers: readonly Waiver[]) => {
        const database = resourceOf("rds/instance", { publiclyAccessible: isPublic }, name);
        return new Judge(rules, settings, waivers).judgeAll(new StackView([database]));
    };
    const of = (found: ReturnType<typeof judgements>, id: string) => found.filter((judgement) => judgement.rule.id === id);

    it("mark the violation they are about and no other", () => {
        expect(of(judgements("legacy-crm", true, [waiver]), "rds-not-public")[0]?.waiver).to.equal(waiver);
        expect(of(judgements("shop", true, [waiver]), "rds-not-public")[0]?.waiver).to.equal(undefined);
    });

    it("become a violation when nothing needs them any more", () => {
        expect(of(judgements("legacy-crm", true, [waiver]), "policy-waiver-valid")[0]?.finding.kind).to.equal("compliant");
        expect(of(judgements("legacy-crm", false, [waiver]), "policy-waiver-valid").at(-1)?.finding).to.deep.equal({
            kind: "violation",
            violations: [
                {
                    path: "waivers[0]",
                    message: "nothing in prod violates rds-not-public on rds/instance::legacy-* any more: delete the waiver",
                },
            ],
        });
    });

    it("are left alone in stacks that they are not about", () => {
        expect(of(judgements("shop", false, [{ ...waiver, stacks: ["staging"] }]), "policy-waiver-valid")[0]?.finding.kind).to.equal(
            "compliant",
        );
    });
});
