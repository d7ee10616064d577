import { expect } from "chai";
import { describe, it } from "mocha";
import { environmentIn, wordsIn } from "./environments.ts";

describe("what kind of environment a name speaks of", () => {
    for (const [name, kind] of [
        ["prod", "production"],
        ["shop-prod-eu", "production"],
        ["DeployToProd", "production"],
        ["pre-prod", "staging"],
        ["preProduction", "staging"],
        ["acme_staging", "staging"],
        ["qa2-qa", "test"],
        ["dev", "development"],
        ["non-prod", undefined],
        ["products", undefined],
        ["alice", undefined],
        ["dev-and-prod", undefined],
    ] as const) {
        it(`is ${kind ?? "none"} for ${name}`, () => {
            expect(environmentIn(name)).to.equal(kind);
        });
    }

    for (const [kind, words] of [
        ["production", ["production", "prod", "prd", "live"]],
        ["staging", ["staging", "stage", "stg", "uat", "preprod", "preproduction"]],
        ["test", ["test", "testing", "tst", "qa", "ci"]],
        ["development", ["development", "develop", "dev", "sandbox"]],
    ] as const) {
        it(`is ${kind} for each of its words`, () => {
            expect(words.filter((word) => environmentIn(`shop-${word}-eu`) !== kind)).to.deep.equal([]);
        });
    }

    it("is read word by word", () => {
        expect(wordsIn("-storageLogs_2")).to.deep.equal(["storage", "logs", "2"]);
    });
});
