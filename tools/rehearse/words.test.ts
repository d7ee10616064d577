import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import type { Change } from "./changes.ts";
import { countChanges, describeChanges, describeComponents, describeFailures, describeViolations } from "./words.ts";

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
