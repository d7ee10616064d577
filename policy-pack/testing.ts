/** One loop over all that a rule must answer: compliant, each violation in exact words, unknown, alias tokens, waiver, not applicable. */
import { expect } from "chai";
import { describe, it } from "mocha";
import { readConfiguration } from "./core/configuration.ts";
import { Judge, type Judgement } from "./core/judge.ts";
import { type ResourceOptions, type ResourceSource, ResourceView } from "./core/resource.ts";
import type { Rule } from "./core/rule.ts";
import { StackView } from "./core/stack.ts";
import { aliasesOf, canonicalType, tokenOf } from "./core/types.ts";
import { unknown } from "./core/values.ts";
import type { Waiver } from "./core/waivers.ts";
import { engineMessage, violationLines } from "./core/words.ts";
import { rules } from "./rules/index.ts";

/** Day on which all tests are judged. */
export const testDay = "2026-11-21";

export type Bag = Readonly<Record<string, unknown>>;

/** Name of the resource that a rule is tried on. */
export const subject = "subject";

export interface Other {
    readonly name: string;
    readonly type: string;
    readonly props?: Bag;
    /** Property → name of the resource it refers to, or names where the property is a list. */
    readonly links?: Readonly<Record<string, string | readonly string[]>>;
}

export interface Change {
    /** First-level properties to set on the compliant resource; `undefined` takes one away. */
    readonly change?: Bag;
    /** Takes the place of `others`. */
    readonly others?: readonly Other[];
    readonly links?: Other["links"];
    readonly options?: Partial<ResourceOptions>;
    readonly provider?: Bag;
}

export interface Cases {
    readonly rule: string;
    /** Canonical type of the resource; left out for rules about the stack. */
    readonly type?: string;
    /** Left out where the resource itself is what is refused. */
    readonly compliant?: Bag;
    readonly links?: Other["links"];
    readonly others?: readonly Other[];
    readonly options?: Partial<ResourceOptions>;
    readonly provider?: Bag;
    /** More that must be left alone: the known false positives. */
    readonly alsoCompliant?: readonly Change[];
    readonly violations: readonly (Change & { readonly says: readonly string[] })[];
    readonly notApplicable?: readonly Change[];
    /** Properties that decide by being there, so that a value not known yet is a good one. */
    readonly unknownIsFine?: readonly string[];
    /** Properties that must not be there, so that a value not known yet is already a violation. */
    readonly unknownIsWrong?: readonly string[];
    /** Texts that no message may hold. */
    readonly secrets?: readonly string[];
    /** Configuration of the rule, where its defaults would not show the case. */
    readonly parameters?: Bag;
}

/** What has been described, for the matrix. */
export const described: Cases[] = [];

/** Rule → canonical type → paths that the rule has read in its cases, for the drift test. */
export const reads = new Map<string, Map<string, Set<string>>>();

function noteRead(rule: string, type: string, path: string): void {
    const ofRule = reads.get(rule) ?? new Map<string, Set<string>>();
    reads.set(rule, ofRule);
    const ofType = ofRule.get(type) ?? new Set<string>();
    ofRule.set(type, ofType.add(path));
}

export function describeRule(cases: Cases): void {
    described.push(cases);
    const rule = rules.find((each) => each.id === cases.rule);
    if (rule === undefined) {
        throw new Error(`no rule is called ${cases.rule}`);
    }
    describe(`${cases.rule}${cases.type === undefined ? "" : ` on ${cases.type}`}`, () => {
        if (cases.compliant !== undefined) {
            it("accepts what is right", () => {
                for (const way of ways(cases, {})) {
                    expect(answer(way, rule, cases).finding).to.have.property("kind", "compliant");
                }
            });
        }
        for (const [index, change] of (cases.alsoCompliant ?? []).entries()) {
            it(`leaves alone: ${label(change, index)}`, () => {
                for (const way of ways(cases, change)) {
                    expect(answer(way, rule, cases).finding).to.have.property("kind", "compliant");
                }
            });
        }
        for (const [index, change] of cases.violations.entries()) {
            it(`refuses: ${label(change, index)}`, () => {
                for (const way of ways(cases, change)) {
                    const judgement = answer(way, rule, cases);
                    expect(violationLines(judgement)).to.deep.equal(change.says);
                    const message = engineMessage(judgement);
                    for (const secret of cases.secrets ?? []) {
                        expect(message).not.to.contain(secret);
                    }
                }
            });
        }
        for (const [index, change] of (cases.notApplicable ?? []).entries()) {
            it(`has nothing to say on: ${label(change, index)}`, () => {
                for (const way of ways(cases, change)) {
                    expect(answer(way, rule, cases).finding).to.have.property("kind", "notApplicable");
                }
            });
        }
        for (const property of decidingProperties(cases)) {
            const fine = cases.unknownIsFine?.includes(property);
            const kind = fine ? "compliant" : cases.unknownIsWrong?.includes(property) ? "violation" : "undetermined";
            it(`${fine ? "is content" : "does not pass"} while ${property} is not known yet`, () => {
                const way = situation(cases, { change: { [property]: unknown } }, cases.type ?? "", "preview");
                expect(answer(way, rule, cases).finding).to.have.property("kind", kind);
            });
        }
        const first = cases.violations[0];
        if (rule.waivable !== false && first !== undefined) {
            it("can be waived", () => {
                const way = situation(cases, first, cases.type ?? "", "preview");
                const { resource } = answer(way, rule, cases);
                const waiver: Waiver = {
                    rule: rule.id,
                    resource: `${resource.type}::${resource.name}`,
                    stacks: ["prod"],
                    reason: "tried in a test",
                    owner: "nobody",
                    ticket: "TEST-1",
                    expires: "2027-01-31",
                };
                expect(answer(way, rule, cases, [waiver])).to.have.property("waiver", waiver);
            });
        }
    });
}

/** The same cases on several types that write the property alike. */
export function describeOn(types: readonly string[], cases: Omit<Cases, "type">): void {
    for (const type of types) {
        describeRule({ ...cases, type });
    }
}

/** Lives through every case once more and asserts nothing: fills `reads`, in whatever order the files of tests were loaded. */
export function replay(): void {
    for (const cases of described) {
        const rule = rules.find((each) => each.id === cases.rule);
        for (const change of [{}, ...(cases.alsoCompliant ?? []), ...cases.violations, ...(cases.notApplicable ?? [])]) {
            for (const way of rule ? ways(cases, change) : []) {
                answer(way, rule as Rule, cases);
            }
        }
    }
}

/** Where unknown is tried: every property that some violation changes. */
function decidingProperties(cases: Cases): readonly string[] {
    const named = cases.violations.flatMap((violation) => Object.keys(violation.change ?? {}));
    return [...new Set(named)];
}

type Mode = "preview" | "deployed";

/** The case under each token of its type, and, where others are in sight, with ids unknown and with ids known. */
function ways(cases: Cases, change: Change): readonly StackView[] {
    const type = cases.type ?? "";
    const modes: Mode[] = cases.others !== undefined || change.others !== undefined ? ["preview", "deployed"] : ["preview"];
    return [type, ...aliasesOf(type)].flatMap((token) => modes.map((mode) => situation(cases, change, token, mode)));
}

function situation(cases: Cases, change: Change, type: string, mode: Mode): StackView {
    const others = change.others ?? cases.others ?? [];
    const own: readonly Other[] =
        type === ""
            ? []
            : [{ name: subject, type, props: { ...cases.compliant, ...change.change }, links: { ...cases.links, ...change.links } }];
    const urns = new Map([...own, ...others].map((each) => [each.name, urnOf(each)]));
    const sources = [...own, ...others].map((each): ResourceSource => {
        const links = Object.entries(each.links ?? {});
        const linked = links.map(([property, names]) => {
            const known = mode === "deployed";
            const value = Array.isArray(names)
                ? names.map((name) => (known ? idOf(name) : unknown))
                : known
                  ? idOf(String(names))
                  : unknown;
            return [property, value] as const;
        });
        const props = Object.fromEntries(
            Object.entries({ ...Object.fromEntries(linked), ...each.props }).filter(([, value]) => value !== undefined),
        );
        const isSubject = each.name === subject;
        const provider = isSubject ? (change.provider ?? cases.provider) : undefined;
        return {
            urn: urnOf(each),
            type: tokenOf(each.type),
            name: each.name,
            props,
            outputs: mode === "deployed" ? { ...props, id: idOf(each.name) } : props,
            ...(isSubject ? { options: { ...cases.options, ...change.options } } : {}),
            ...(provider ? { provider: { name: "aws", props: provider } } : {}),
            propertyDependencies:
                mode === "preview"
                    ? Object.fromEntries(
                          links.map(([property, names]) => [property, [names].flat().map((name) => urns.get(String(name)) ?? "")]),
                      )
                    : {},
        };
    });
    return new StackView(
        sources.map((source) => new ResourceView(source, (path) => noteRead(cases.rule, canonicalType(source.type), path))),
    );
}

function idOf(name: string): string {
    return `id-of-${name}`;
}

function urnOf(other: Pick<Other, "name" | "type">): string {
    return `urn:pulumi:prod::shop::${tokenOf(other.type)}::${other.name}`;
}

/** The answer of one rule about the subject, or about the stack. */
function answer(stack: StackView, rule: Rule, cases: Cases, waivers: readonly Waiver[] = []): Judgement {
    const configuration = { terrace: { profile: "regulated", rules: { [rule.id]: { level: "mandatory", ...cases.parameters } } } };
    const { settings, problems } = readConfiguration([rule], configuration, testDay);
    expect(problems).to.deep.equal([]);
    const judge = new Judge([rule], settings, waivers);
    const found = judge.judgeAll(stack).find((judgement) => rule.scope === "stack" || judgement.resource.name === subject);
    if (found === undefined) {
        throw new Error(`${rule.id} is not judged on ${cases.type ?? "the stack"}`);
    }
    return found;
}

function label(change: Change, index: number): string {
    const shown =
        JSON.stringify(
            change.change ?? change.others?.map((other) => other.type) ?? change.options ?? change.links ?? index,
            (_key, value) => (value === undefined ? "nothing" : value),
        ) ?? "";
    return shown.length > 110 ? `${shown.slice(0, 107)}… (${index})` : shown;
}

/** A resource for tests that are not about one rule. */
export function resourceOf(type: string, props: Bag, name = subject): ResourceView {
    return new ResourceView({ urn: urnOf({ name, type }), type: tokenOf(type), name, props });
}
