import { expect } from "chai";
import { describe, it } from "mocha";
import { controlsOf, type Framework, frameworks, isControl } from "./core/controls.ts";
import { standing } from "./core/levels.ts";
import type { Rule } from "./core/rule.ts";
import { aliasesOf } from "./core/types.ts";
import { waiverRule } from "./core/waivers.ts";
import { linkOf } from "./core/words.ts";
import { families, rules } from "./rules/index.ts";
import { described } from "./testing.ts";

/** Judged by the pack itself; waivers.test.ts has its cases. */
const ownTests = new Set([waiverRule.id]);

function typesOf(rule: Rule): readonly (string | undefined)[] {
    return rule.scope === "stack" ? [undefined] : rule.on.includes("*") ? [] : rule.on;
}

describe("the matrix of rules and cases", () => {
    it("has a case for every rule on every type that it judges", () => {
        const missing = rules
            .filter((rule) => !ownTests.has(rule.id))
            .flatMap((rule) => {
                const cases = described.filter((each) => each.rule === rule.id);
                return cases.length === 0
                    ? [rule.id]
                    : typesOf(rule)
                          .filter((type) => !cases.some((each) => each.type === type))
                          .map((type) => `${rule.id} on ${type}`);
            });
        expect(missing).to.deep.equal([]);
    });

    it("has a violation for every rule on every type, and something it accepts", () => {
        const name = (cases: (typeof described)[number]) => `${cases.rule} on ${cases.type}`;
        const strong = new Set(described.filter((cases) => cases.violations.length > 0).map(name));
        const weak = described.map(name).filter((each) => !strong.has(each));
        const harsh = rules.filter(
            (rule) =>
                !ownTests.has(rule.id) && !described.some((cases) => cases.rule === rule.id && (cases.compliant || cases.notApplicable)),
        );
        expect(weak).to.deep.equal([]);
        // What is refused by being there has nothing to accept.
        expect(harsh.filter((rule) => !/^no-|^iam-no-|-no-/.test(rule.id)).map((rule) => rule.id)).to.deep.equal([]);
    });

    it("has no case for a type that its rule does not judge", () => {
        const stray = described.filter((cases) => {
            const rule = rules.find((each) => each.id === cases.rule);
            return rule && !typesOf(rule).includes(cases.type) && !(rule.scope !== "stack" && rule.on.includes("*"));
        });
        expect(stray.map((cases) => `${cases.rule} on ${cases.type}`)).to.deep.equal([]);
    });
});

describe("what is said about a rule", () => {
    it("is said once: no id and no title is used twice", () => {
        const twice = (values: readonly string[]) => values.filter((value, index) => values.indexOf(value) !== index);
        expect(twice(rules.map((rule) => rule.id))).to.deep.equal([]);
        expect(twice(rules.map((rule) => rule.title))).to.deep.equal([]);
    });

    it("is one sentence for the title, whole sentences for why and fix", () => {
        const bad = rules.filter(
            (rule) =>
                /[.\n]$/.test(rule.title) ||
                !/^[A-Z]/.test(rule.title) ||
                !/[.)]$/.test(rule.why) ||
                !/[.)]$/.test(rule.fix) ||
                rule.title.length > 110,
        );
        expect(bad.map((rule) => rule.id)).to.deep.equal([]);
    });

    it("names types by their canonical name", () => {
        const aliases = new Set(rules.flatMap((rule) => (rule.scope === "stack" ? [] : rule.on.flatMap((type) => aliasesOf(type)))));
        const wrong = rules.filter(
            (rule) => rule.scope !== "stack" && rule.on.some((type) => aliases.has(type) || type.startsWith("aws:")),
        );
        expect(wrong.map((rule) => rule.id)).to.deep.equal([]);
    });

    it("names controls that exist, and a page to read", () => {
        const wrong = rules.filter((rule) => (rule.controls.hipaa ?? []).some((id) => !isControl(id)));
        expect(wrong.map((rule) => rule.id)).to.deep.equal([]);
        expect(rules.filter((rule) => linkOf(rule) === undefined).map((rule) => rule.id)).to.deep.equal([]);
    });

    it("is never softer in a stricter profile", () => {
        const rank = { disabled: 0, advisory: 1, mandatory: 2 };
        const soft = [...rules, ...Object.entries(standing).map(([id, levels]) => ({ id, levels }))].filter(
            ({ levels }) => rank[levels.development] > rank[levels.production] || rank[levels.production] > rank[levels.regulated],
        );
        expect(soft.map((rule) => rule.id)).to.deep.equal([]);
    });

    it("is at least advisory in production when it is critical", () => {
        const quiet = rules.filter((rule) => rule.severity === "critical" && rule.levels.production === "disabled");
        expect(quiet.map((rule) => rule.id)).to.deep.equal([]);
    });

    it("covers each framework", () => {
        for (const framework of Object.keys(frameworks) as Framework[]) {
            expect(rules.flatMap((rule) => controlsOf(rule.controls, framework))).not.to.be.empty;
        }
        expect(Object.entries(families).filter(([, family]) => family.length === 0)).to.deep.equal([]);
    });
});
