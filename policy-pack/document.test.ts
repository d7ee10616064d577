import { readFileSync } from "node:fs";
import { expect } from "chai";
import { describe, it } from "mocha";
import { rulesDocument } from "./report/document.ts";
import { families } from "./rules/index.ts";

describe("RULES.md", () => {
    it("is what the rules say (npm run terrace -- policy document)", () => {
        const written = readFileSync(new URL("RULES.md", import.meta.url), "utf8");
        // Compared as one truth value: the difference of two such texts helps nobody.
        expect(written === rulesDocument(families)).to.equal(true);
    });
});
