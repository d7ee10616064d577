import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import type { Change } from "./changes.ts";
import { countChanges, describeChanges, describeComponents, describeFailures, describeUnusedFaults, describeViolations } from "./words.ts";

const change = (verb: Change["verb"], more: Partial<Change> = {}): Change => ({
    verb,
    type: "aws:rds/instance:Instance",
    name: "database",
    urn: "urn:pulumi:prod::terrace::aws:rds/instance:Instance::database",
    real: true,
    properties: [],
    forcedBy: [],
    stateful: true,
    retained: false,
    ...more,
});
const plainly = (lines: readonly string[]) => lines.map((line) => stripVTControlCharacters(line));

describe("the words of a rehearsal", () => {
    it("count by verb and leave components out", () => {
        const changes = [change("create"), change("create"), change("update"), change("create", { real: false })];
        expect(countChanges(changes)).to.equal("2 created, 1 changed");
    });

    it("name the replacement of what holds data twice: in its line, and loudly below", () => {
        expect(plainly(describeChanges([change("replace", { forcedBy: ["engine"], properties: ["engine", "tags"] })]))).to.deep.equal([
            "  ± rds/instance                       database  (forced by engine)",
            "",
            "  One resource that holds data would be lost:",
            "    REPLACED  rds/instance  database, because engine cannot be changed in place",
        ]);
    });

    it("warn of no loss when the deleted thing stays in the account", () => {
        expect(plainly(describeChanges([change("delete", { retained: true })]))).to.deep.equal([
            "  - rds/instance                       database  (leaves the stack, stays in the account)",
        ]);
    });

    it("sum up many creations by type", () => {
        const many = Array.from({ length: 20 }, (_each, index) => change("create", { name: `database-${index}` }));
        expect(plainly(describeChanges(many))).to.deep.equal(["  + 20 rds/instance"]);
    });

    it("say how many kinds there is one of, instead of naming each", () => {
        const kinds = ["a", "b", "c"].map((kind) => change("create", { type: `aws:ec2/${kind}:X` }));
        const many = Array.from({ length: 12 }, () => change("create"));
        expect(plainly(describeChanges([...many, ...kinds]))).to.deep.equal(["  + 12 rds/instance, and 3 of as many other kinds"]);
    });

    it("never part a number from its type at the end of a line", () => {
        const many = Array.from({ length: 60 }, (_each, index) => change("create", { type: `aws:ec2/kind${index >> 1}:X` }));
        const lines = plainly(describeChanges(many));
        expect(lines).to.have.length.greaterThan(2);
        for (const line of lines)
            expect(line)
                .to.match(/ec2\/kind\d+,?$/)
                .and.have.length.below(116);
    });

    it("tell in one line what changes alike everywhere, and beside it what changes otherwise", () => {
        const tagged = Array.from({ length: 13 }, (_each, index) => change("update", { urn: `urn::${index}`, properties: ["tags.team"] }));
        const other = change("update", { urn: "urn::other", properties: ["instanceClass"] });
        expect(plainly(describeChanges([...tagged, other]))).to.deep.equal([
            "  ~ 13 resources of any type: tags.team",
            "  ~ rds/instance                       database  (instanceClass)",
        ]);
    });

    it("never sum up replacements and deletions", () => {
        const gone = Array.from({ length: 20 }, (_each, index) =>
            change("delete", { urn: `urn::${index}`, name: `database-${index}`, stateful: false }),
        );
        expect(describeChanges(gone)).to.have.length(20);
    });

    it("say that an ordered failure met nothing", () => {
        const fault = { type: "rds/instance", operation: "create", times: 1 } as const;
        expect(plainly(describeUnusedFaults([fault], [change("update")]))).to.deep.equal([
            "  No failure: nothing of type rds/instance was there to create. `--fresh` begins with an empty account.",
        ]);
        expect(describeUnusedFaults([fault], [change("create")])).to.deep.equal([]);
        expect(describeUnusedFaults([{ ...fault, type: "*" }], [change("replace")])).to.deep.equal([]);
    });

    it("cut a list that goes on and on, and say where the rest is", () => {
        const message = ["20 rules wait", ...Array.from({ length: 20 }, (_each, index) => `rule-${index}`)].join("\n");
        const lines = plainly(describeViolations([{ rule: "terrace", pack: "terrace", mandatory: false, urn: undefined, message }]));
        expect(lines).to.have.length(10);
        expect(lines.at(-2)).to.equal("    and 14 more lines; --json has them all");
    });

    it("say once what one rule says of many resources, and name the first eight", () => {
        const violations = Array.from({ length: 10 }, (_each, index) => ({
            rule: "rds-encrypted",
            pack: "terrace",
            mandatory: true,
            urn: `urn:pulumi:prod::terrace::aws:rds/instance:Instance::database-${index}`,
            message: "Fix: set storageEncrypted.",
        }));
        const lines = plainly(describeViolations(violations));
        expect(lines[0]).to.equal("  refused  rds-encrypted");
        expect(lines[1]).to.equal("    on  rds/instance  database-0");
        expect(lines.slice(-3)).to.deep.equal(["    and 2 more", "    Fix: set storageEncrypted.", ""]);
    });

    it("name the resource of a failure, and none for a failure of the whole run", () => {
        expect(plainly(describeFailures([{ urn: change("create").urn, message: "refused" }]))[0]).to.equal("  rds/instance  database");
        expect(plainly(describeFailures([{ urn: undefined, message: "refused" }]))).to.deep.equal(["    refused", ""]);
    });

    it("put components into columns", () => {
        const components = ["network", "database"].map((name, index) => ({ name, type: "", resources: 40 - index }));
        expect(describeComponents(components)).to.deep.equal(["    40 network      39 database"]);
    });
});
