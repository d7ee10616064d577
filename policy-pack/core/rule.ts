/** A rule: a pure function, and beside it, as data, everything that is said about it. */
import type { Controls } from "./controls.ts";
import type { Finding } from "./finding.ts";
import type { Levels, Profile, Severity } from "./levels.ts";
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";

export type ParameterValue = number | boolean | string | readonly string[];

export interface Parameter {
    readonly about: string;
    /** One value, or one a profile. Its kind (number, list of texts, …) is what a configuration must give. */
    readonly default: ParameterValue | Readonly<Record<Profile, ParameterValue>>;
}

/** Parameters with the profile and the configuration already applied. */
export class Parameters {
    readonly #values: ReadonlyMap<string, ParameterValue>;
    /** Day on which is judged, `2026-11-21`. The only clock that rules have. */
    public readonly today: string;

    public constructor(values: ReadonlyMap<string, ParameterValue>, today: string) {
        this.#values = values;
        this.today = today;
    }

    public number(name: string): number {
        return Number(this.#get(name));
    }

    public flag(name: string): boolean {
        return this.#get(name) === true;
    }

    public text(name: string): string {
        return String(this.#get(name));
    }

    public texts(name: string): readonly string[] {
        const value = this.#get(name);
        return Array.isArray(value) ? value : [String(value)];
    }

    #get(name: string): ParameterValue {
        const value = this.#values.get(name);
        if (value === undefined) {
            throw new Error(`the rule reads a parameter that it does not declare: ${name}`);
        }
        return value;
    }
}

interface RuleWords {
    /** Never changes: waivers, configurations and baselines name it. */
    readonly id: string;
    /** One sentence that says what holds when the rule is kept. */
    readonly title: string;
    /** What happens to whom when it is not. */
    readonly why: string;
    /** What to type. */
    readonly fix: string;
    readonly severity: Severity;
    readonly levels: Levels;
    readonly controls: Controls;
    /** Only where the page of the first FSBP control is not the best one. */
    readonly link?: string;
    readonly parameters?: Readonly<Record<string, Parameter>>;
    /** False for what nobody may sign for. */
    readonly waivable?: false;
}

/** Judged when a resource is registered, before anything is created: the only kind that stops an `up` in time with `--skip-preview`. */
export interface ResourceRule extends RuleWords {
    readonly scope?: undefined;
    /** Canonical types (types.ts); `*` is every AWS resource. */
    readonly on: readonly string[];
    readonly judge: (resource: ResourceView, parameters: Parameters) => Finding;
    /** Inputs to change so that the rule holds; only where the fix is certain and loses nothing. */
    readonly remedy?: (resource: ResourceView, parameters: Parameters) => Readonly<Record<string, unknown>> | undefined;
}

/** Judges one resource with the others in sight. */
export interface RelationRule extends RuleWords {
    readonly scope: "relation";
    readonly on: readonly string[];
    readonly judge: (resource: ResourceView, parameters: Parameters, stack: StackView) => Finding;
}

/** Judges the stack as a whole; for what must exist. */
export interface StackRule extends RuleWords {
    readonly scope: "stack";
    readonly judge: (stack: StackView, parameters: Parameters) => Finding;
}

export type Rule = ResourceRule | RelationRule | StackRule;
