import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { mutantsOf } from "./mutants.ts";

const told = (text: string) => mutantsOf(text).map((mutant) => `${mutant.line} ${mutant.what}`);

describe("mutants of rules", () => {
    it("turn comparisons, joins, negations, flags and numbers", () => {
        expect(told("const open = !(a === 1 && b < 2) || (c ?? true);")).to.deep.equal([
            "1 || → &&",
            "1 !(a === 1 && b < 2) → ((a === 1 && b < 2))",
            "1 && → ||",
            "1 === → !==",
            "1 1 → (1 + 1)",
            "1 1 → (1 - 1)",
            "1 < → <=",
            "1 < → >=",
            "1 2 → (2 + 1)",
            "1 2 → (2 - 1)",
            "1 c ?? true → ((c) && (true))",
            "1 true → false",
        ]);
    });

    it("answer the other way round", () => {
        expect(told('judge = () => (wrong() ? violation("a", "b") : compliant);')).to.deep.equal([
            "1 wrong() → !(wrong())",
            '1 violation("a", "b") → compliant',
            '1 compliant → violation("", "a mutant")',
        ]);
    });

    it("take members out of lists and empty them", () => {
        expect(told('const ports = ["22", "3389"];')).to.deep.equal([
            '1 "22", → nothing',
            '1 "22" → ""',
            '1 , "3389" → nothing',
            '1 "3389" → ""',
        ]);
    });

    it("leave words alone, and know whose judge they are in", () => {
        const [mutant, ...more] = mutantsOf(
            '\nconst rules = [{ id: "a-rule", title: "a" + "b", controls: { fsbp: ["EC2.1"] }, judge: () => compliant }];',
        );
        expect(more).to.deep.equal([]);
        expect(mutant).to.include({ line: 2, rule: "a-rule" });
    });
});

describe("the cases of the rules", () => {
    it("notice at least 85 % of a sample of mutants (all of them: npm run mutation)", () => {
        const script = join(import.meta.dirname, "mutation.ts");
        const page = execFileSync(process.execPath, [script, "--sample", "300", "--quiet"], { encoding: "utf8" });
        expect(page).to.match(/^\d+ of \d+ mutants killed: (8[5-9]|9\d|100)\.\d % \(at least 85\.0 %\)\n$/);
    }).timeout(120_000);
});
