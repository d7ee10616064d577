import { expect } from "chai";
import { describeProblems, nearest, oneOf } from "./refusal.ts";

describe("the voice of refusal", () => {
    it("shows every problem at once, aligned and in the order of their paths", () => {
        const text = describeProblems("Pulumi.prod.yaml", [
            { path: "network.nat", message: 'expected "none", got "one"' },
            { path: "database.class", message: "is missing" },
        ]);
        expect(text).to.equal(
            [
                "Pulumi.prod.yaml cannot be used:",
                "",
                "  database.class  is missing",
                '  network.nat     expected "none", got "one"',
                "",
            ].join("\n"),
        );
    });

    it("names the nearest known word, and none when nothing is near", () => {
        expect(nearest("replica", ["replicas", "class"])).to.equal("replicas");
        expect(nearest("multiAZ", ["multiAz", "class"])).to.equal("multiAz");
        expect(nearest("colour", ["replicas", "class"])).to.equal(undefined);
        expect(nearest("anything", [])).to.equal(undefined);
    });

    it("prints a closed set as a sentence", () => {
        expect(oneOf(["none", "single", "perZone"])).to.equal('"none", "single" or "perZone"');
        expect(oneOf([7])).to.equal("7");
    });
});
