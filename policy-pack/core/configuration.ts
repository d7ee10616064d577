/**
 * What a `--policy-pack-config` file may say, and what it comes to. Pulumi hands such a file over by policy name and accepts a
 * misspelt name without a word, so every key is checked here, and all that is wrong is told at once.
 */
import { type Level, levels, type Profile, profiles } from "./levels.ts";
import { nearest } from "./nearest.ts";
import { type Parameter, Parameters, type ParameterValue, type Rule } from "./rule.ts";

/** Name of the one policy that Pulumi sees; its configuration block is the pack's. */
export const packPolicy = "terrace";
/** Switches safe fixes on; see pulumi.ts. */
export const remedyPolicy = "terrace-remediation";

export interface Settings {
    readonly profile: Profile;
    readonly levels: ReadonlyMap<string, Level>;
    readonly parameters: ReadonlyMap<string, Parameters>;
    /** Path of the waivers file, as it was written. */
    readonly waivers: string | undefined;
    readonly today: string;
}

export interface Problem {
    readonly path: string;
    readonly message: string;
}

/** The content of a configuration file, a profile file, or what the engine made of one. */
export type Configuration = Readonly<Record<string, unknown>>;

const packKeys = ["profile", "waivers", "rules", "enforcementLevel"];

export function readConfiguration(
    rules: readonly Rule[],
    configuration: Configuration,
    today: string,
): { readonly settings: Settings; readonly problems: readonly Problem[] } {
    const problems: Problem[] = [];
    const byId = new Map(rules.map((rule) => [rule.id, rule]));
    const pack = asSettings(problems, packPolicy, configuration[packPolicy], "enforcementLevel");
    for (const key of Object.keys(pack)) {
        refuseUnknown(problems, `${packPolicy}.${key}`, key, packKeys);
    }
    const profile = choose(problems, `${packPolicy}.profile`, pack.profile, profiles) ?? "regulated";
    const waivers = pack.waivers;
    if (waivers !== undefined && typeof waivers !== "string") {
        problems.push({ path: `${packPolicy}.waivers`, message: `expected the path of a file, got ${JSON.stringify(waivers)}` });
    }

    const overrides = new Map<string, Record<string, unknown>>();
    for (const [id, value] of Object.entries(asSettings(problems, `${packPolicy}.rules`, pack.rules))) {
        const path = `${packPolicy}.rules.${id}`;
        if (refuseUnknown(problems, path, id, [...byId.keys()])) {
            overrides.set(id, asSettings(problems, path, value, "level"));
        }
    }
    for (const [id, value] of Object.entries(configuration)) {
        if (![packPolicy, remedyPolicy, "all", "environments"].includes(id) && refuseUnknown(problems, id, id, [...byId.keys()])) {
            const { enforcementLevel, ...rest } = asSettings(problems, id, value, "enforcementLevel");
            overrides.set(id, { ...overrides.get(id), ...rest, ...(enforcementLevel === undefined ? {} : { level: enforcementLevel }) });
        }
    }

    const chosen = new Map<string, Level>();
    const parameters = new Map<string, Parameters>();
    for (const rule of rules) {
        const { level, ...values } = overrides.get(rule.id) ?? {};
        chosen.set(rule.id, choose(problems, rule.id, level, levels) ?? rule.levels[profile]);
        parameters.set(rule.id, readParameters(problems, rule, values, profile, today));
    }
    const { enforcementLevel: ofAll } = asSettings(problems, "all", configuration.all, "enforcementLevel");
    cap(chosen, choose(problems, "all", ofAll, levels) ?? pack.enforcementLevel);
    const file = typeof waivers === "string" ? waivers : undefined;
    return { settings: { profile, levels: chosen, parameters, waivers: file, today }, problems };
}

/** Pulumi's own `"all": "advisory"` reaches the pack as the level of its one policy; it can only soften. */
function cap(chosen: Map<string, Level>, level: unknown): void {
    if (level === "advisory" || level === "disabled") {
        for (const [id, own] of chosen) {
            chosen.set(id, own === "disabled" ? own : level);
        }
    }
}

function readParameters(problems: Problem[], rule: Rule, values: Record<string, unknown>, profile: Profile, today: string): Parameters {
    const declared = rule.parameters ?? {};
    const result = new Map<string, ParameterValue>();
    for (const [name, parameter] of Object.entries(declared)) {
        result.set(name, defaultOf(parameter, profile));
    }
    for (const [name, value] of Object.entries(values)) {
        const path = `${rule.id}.${name}`;
        if (refuseUnknown(problems, path, name, ["level", ...Object.keys(declared)])) {
            const like = result.get(name);
            if (like !== undefined && sameKind(like, value)) {
                result.set(name, value);
            } else {
                problems.push({ path, message: `expected ${kindOf(like)}, got ${JSON.stringify(value)}` });
            }
        }
    }
    return new Parameters(result, today);
}

/** The value that a parameter has where nobody configures it. */
export function defaultOf(parameter: Parameter, profile: Profile): ParameterValue {
    const value = parameter.default;
    return typeof value === "object" && !Array.isArray(value)
        ? (value as Readonly<Record<Profile, ParameterValue>>)[profile]
        : (value as ParameterValue);
}

function sameKind(like: ParameterValue, value: unknown): value is ParameterValue {
    return Array.isArray(like) ? Array.isArray(value) && value.every((member) => typeof member === "string") : typeof value === typeof like;
}

function kindOf(value: ParameterValue | undefined): string {
    return Array.isArray(value)
        ? "a list of texts"
        : typeof value === "number"
          ? "a number"
          : typeof value === "boolean"
            ? "true or false"
            : "a text";
}

function choose<T extends string>(problems: Problem[], path: string, value: unknown, choices: readonly T[]): T | undefined {
    if (value === undefined) {
        return undefined;
    }
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
        const expected = choices.map((choice) => `"${choice}"`).join(", ");
        problems.push({ path, message: `expected one of ${expected}, got ${JSON.stringify(value)}` });
    }
    return found;
}

function refuseUnknown(problems: Problem[], path: string, key: string, known: readonly string[]): boolean {
    if (known.includes(key)) {
        return true;
    }
    problems.push({ path, message: `unknown key; the nearest known one is "${nearest(key, known)}"` });
    return false;
}

/** An object, or a text where a text says one of its members. */
function asSettings(problems: Problem[], path: string, value: unknown, ofText?: string): Record<string, unknown> {
    if (typeof value === "string" && ofText !== undefined) {
        return { [ofText]: value };
    }
    if (value !== undefined && (value === null || typeof value !== "object" || Array.isArray(value))) {
        const expected = ofText === undefined ? "an object" : "a level or an object";
        problems.push({ path, message: `expected ${expected}, got ${JSON.stringify(value)}` });
        return {};
    }
    return (value ?? {}) as Record<string, unknown>;
}

/** Every problem at once, in the project's voice of refusal. */
export function refusal(what: string, problems: readonly Problem[]): string {
    const width = Math.max(...problems.map((problem) => problem.path.length));
    return [`${what} cannot be used:`, "", ...problems.map((problem) => `  ${problem.path.padEnd(width)}  ${problem.message}`)].join("\n");
}
