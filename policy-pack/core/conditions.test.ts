import { expect } from "chai";
import { describe, it } from "mocha";
import * as conditions from "./conditions.ts";
import { compliant, violation } from "./finding.ts";
import { unknown, Values } from "./values.ts";

const { absent, expects, present, show } = conditions;
const judged = (value: unknown, condition: conditions.Condition) => {
    const finding = expects(new Values({ it: value }), "it", condition);
    return finding.kind === "violation" ? (finding.violations[0]?.message ?? "") : finding.kind;
};

describe("what one property is expected to be", () => {
    for (const [condition, good, bad] of [
        [
            conditions.isTrue,
            [true, "true"],
            [
                [false, "expected true, got false"],
                [undefined, "expected true, got nothing"],
                ["yes", 'expected true, got "yes"'],
            ],
        ],
        [
            conditions.notTrue,
            [false, undefined, "false"],
            [
                [true, "expected false or nothing, got true"],
                ["true", 'expected false or nothing, got "true"'],
            ],
        ],
        [
            conditions.notFalse,
            [true, undefined],
            [
                [false, "expected true or nothing, got false"],
                ["false", 'expected true or nothing, got "false"'],
            ],
        ],
        [
            conditions.oneOf("a", 1),
            ["a", 1, "1"],
            [
                ["b", 'expected "a" or 1, got "b"'],
                [undefined, 'expected "a" or 1, got nothing'],
            ],
        ],
        [conditions.oneOfOrNothing("a"), ["a", undefined], [["b", 'expected "a" or nothing, got "b"']]],
        [conditions.noneOf("a", "b"), ["c", undefined], [["b", 'expected other than "a" or "b", got "b"']]],
        [
            conditions.atLeast(2, "days"),
            [2, 3, "2"],
            [
                [1, "expected at least 2 days, got 1"],
                [undefined, "expected at least 2 days, got nothing"],
            ],
        ],
        [
            conditions.atMost(2),
            [2, 1, 0],
            [
                [3, "expected at most 2, got 3"],
                [undefined, "expected at most 2, got nothing"],
            ],
        ],
        [conditions.atMostOrNothing(2, "hops"), [2, undefined], [[3, "expected at most 2 hops, got 3"]]],
        [
            conditions.matching(/^a/, "an a"),
            ["ab"],
            [
                ["b", 'expected an a, got "b"'],
                [undefined, "expected an a, got nothing"],
            ],
        ],
        [
            conditions.containing("a", "b"),
            [["b", "c", "a"]],
            [
                [["a"], 'expected a list with "a" and "b", got ["a"]'],
                ["ab", 'expected a list with "a" and "b", got "ab"'],
            ],
        ],
    ] as const) {
        it(`is ${condition.expected}`, () => {
            for (const value of good) {
                expect(judged(value, condition), String(value)).to.equal("compliant");
            }
            for (const [value, message] of bad) {
                expect(judged(value, condition)).to.equal(message);
            }
            expect(() => judged(unknown, condition)).to.throw();
        });
    }

    it("is there, or is not, whatever its value", () => {
        expect(judged(unknown, present("a key"))).to.equal("compliant");
        expect(judged("", present("a key"))).to.equal("expected a key, got nothing");
        expect(judged(unknown, absent("no key"))).to.equal("expected no key, got one");
        expect(judged(undefined, absent("no key"))).to.equal("compliant");
    });

    it("names the property where it stands, and prints no secret", () => {
        const [rule] = new Values({ rules: [{ it: "hunter22" }] }).list("rules");
        const secret = { expected: "none", accepts: () => false, secret: true as const };
        expect(rule && expects(rule, "it", secret)).to.deep.equal(violation("rules[0].it", "expected none, got another"));
        expect(expects(new Values({ it: 1 }), "it", conditions.oneOf(1))).to.equal(compliant);
    });
});

describe("a value in a message", () => {
    it("is one short line", () => {
        expect([undefined, null, "a\nb", 1, ["a"], { b: true }].map(show)).to.deep.equal([
            "nothing",
            "nothing",
            '"a\\nb"',
            "1",
            '["a"]',
            '{"b":true}',
        ]);
        expect(show("x".repeat(78))).to.equal(`"${"x".repeat(78)}"`);
        expect(show("x".repeat(79))).to.equal(`"${"x".repeat(76)}…`);
    });
});
