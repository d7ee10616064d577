/** Brings rules and resources together. Nothing here knows where resources come from or where findings go. */
import type { Settings } from "./configuration.ts";
import { attempt, compliant, type Finding, type Violation } from "./finding.ts";
import type { Level } from "./levels.ts";
import type { ResourceView } from "./resource.ts";
import { Parameters, type RelationRule, type ResourceRule, type Rule, type StackRule } from "./rule.ts";
import type { StackView } from "./stack.ts";
import { UnknownValue } from "./values.ts";
import { type Waiver, waiverRule, waives } from "./waivers.ts";

export interface Judgement {
    readonly rule: Rule;
    readonly level: Level;
    readonly resource: ResourceView;
    readonly finding: Finding;
    /** Set on a violation that somebody has signed for. */
    readonly waiver?: Waiver;
}

const everyResource = "*";

export class Judge {
    public readonly settings: Settings;
    public readonly waivers: readonly Waiver[];
    readonly #resourceRules = new Map<string, ResourceRule[]>();
    readonly #relationRules = new Map<string, RelationRule[]>();
    readonly #stackRules: readonly StackRule[];
    /** Per type, with `*` already merged in: a resource only ever meets its own rules. */
    readonly #forType = new Map<string, readonly ResourceRule[]>();

    public constructor(rules: readonly Rule[], settings: Settings, waivers: readonly Waiver[] = []) {
        this.settings = settings;
        this.waivers = waivers;
        const active = rules.filter((rule) => this.levelOf(rule) !== "disabled");
        for (const rule of active) {
            if (rule.scope === undefined) {
                file(this.#resourceRules, rule);
            } else if (rule.scope === "relation") {
                file(this.#relationRules, rule);
            }
        }
        this.#stackRules = active.filter((rule) => rule.scope === "stack").filter((rule) => rule !== waiverRule);
    }

    public levelOf(rule: Rule): Level {
        return this.settings.levels.get(rule.id) ?? rule.levels[this.settings.profile];
    }

    /** Rules that need nothing but the resource. */
    public judgeResource(resource: ResourceView): readonly Judgement[] {
        return this.#rulesFor(resource).map((rule) => this.#judged(rule, resource, () => rule.judge(resource, this.parametersOf(rule))));
    }

    /** Rules about relations and about the whole. */
    public judgeRelations(stack: StackView): readonly Judgement[] {
        const relations = stack.resources.flatMap((resource) =>
            (this.#relationRules.get(resource.type) ?? []).map((rule) =>
                this.#judged(rule, resource, () => rule.judge(resource, this.parametersOf(rule), stack)),
            ),
        );
        const whole = this.#stackRules.map((rule) => this.#judged(rule, stack.root, () => rule.judge(stack, this.parametersOf(rule))));
        return [...relations, ...whole];
    }

    /** Every rule on every resource, and what is to be said about the waivers. */
    public judgeAll(stack: StackView): readonly Judgement[] {
        const found = [...stack.resources.flatMap((resource) => this.judgeResource(resource)), ...this.judgeRelations(stack)];
        return [...found, ...this.judgeWaivers(stack, found)];
    }

    /** Waivers of this stack that no violation needed: the reason has gone, and the waiver would hide the next one. */
    public judgeWaivers(stack: StackView, found: readonly Judgement[]): readonly Judgement[] {
        const used = new Set(found.map((judgement) => judgement.waiver));
        const unused = this.waivers.filter((waiver) => waiver.stacks.includes(stack.root.stack) && !used.has(waiver));
        const violations: Violation[] = unused.map((waiver) => ({
            path: `waivers[${this.waivers.indexOf(waiver)}]`,
            message: `nothing in ${stack.root.stack} violates ${waiver.rule} on ${waiver.resource} any more: delete the waiver`,
        }));
        const finding: Finding = violations.length === 0 ? compliant : { kind: "violation", violations };
        return [{ rule: waiverRule, level: this.levelOf(waiverRule), resource: stack.root, finding }];
    }

    /** Inputs to change, from every rule that is broken and knows a certain fix; undefined where there is none. */
    public remediesFor(resource: ResourceView): Readonly<Record<string, unknown>> | undefined {
        const changes = this.judgeResource(resource).map(({ rule, finding, waiver }) =>
            finding.kind === "violation" && waiver === undefined && rule.scope === undefined
                ? whereKnown(() => rule.remedy?.(resource, this.parametersOf(rule)))
                : undefined,
        );
        const found = changes.filter((change) => change !== undefined);
        return found.length === 0 ? undefined : Object.assign({}, ...found);
    }

    public parametersOf(rule: Rule): Parameters {
        return this.settings.parameters.get(rule.id) ?? new Parameters(new Map(), this.settings.today);
    }

    #rulesFor(resource: ResourceView): readonly ResourceRule[] {
        const known = this.#forType.get(resource.type);
        if (known) {
            return known;
        }
        const ofAll = resource.token.startsWith("aws:") ? (this.#resourceRules.get(everyResource) ?? []) : [];
        const rules = [...(this.#resourceRules.get(resource.type) ?? []), ...ofAll];
        this.#forType.set(resource.type, rules);
        return rules;
    }

    #judged(rule: Rule, resource: ResourceView, judge: () => Finding): Judgement {
        const finding = attempt(judge);
        const waiver =
            finding.kind === "violation" ? this.waivers.find((each) => each.rule === rule.id && waives(each, resource)) : undefined;
        const level = this.levelOf(rule);
        return waiver === undefined ? { rule, level, resource, finding } : { rule, level, resource, finding, waiver };
    }
}

/** A remedy that needs a value which only the deploy will tell is none. */
function whereKnown<T>(mend: () => T): T | undefined {
    try {
        return mend();
    } catch (problem) {
        if (problem instanceof UnknownValue) {
            return undefined;
        }
        throw problem;
    }
}

function file<T extends { readonly on: readonly string[] }>(table: Map<string, T[]>, rule: T): void {
    for (const type of rule.on) {
        const rules = table.get(type);
        if (rules) {
            rules.push(rule);
        } else {
            table.set(type, [rule]);
        }
    }
}
