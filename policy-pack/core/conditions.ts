/** What one property is expected to be. Most rules are one line of these. */
import { compliant, type Finding, violation } from "./finding.ts";
import type { Values } from "./values.ts";

export interface Condition {
    /** Completes "expected …". */
    readonly expected: string;
    readonly accepts: (value: unknown) => boolean;
    /** The value decides by being there, so one that is not known yet is good enough. */
    readonly presence?: true;
    /** Never print what was got. */
    readonly secret?: true;
}

/** Judges one property. */
export function expects(values: Values, path: string, condition: Condition): Finding {
    if (condition.presence) {
        return condition.accepts(values.has(path) ? true : undefined)
            ? compliant
            : violation(values.pathOf(path), `expected ${condition.expected}, got ${values.has(path) ? "one" : "nothing"}`);
    }
    const value = values.raw(path);
    return condition.accepts(value)
        ? compliant
        : violation(values.pathOf(path), `expected ${condition.expected}, got ${condition.secret ? "another" : show(value)}`);
}

/** A value in a message: one short line. Credentials never get this far: see `present`, `absent` and `secret`. */
export function show(value: unknown): string {
    if (value === undefined || value === null) {
        return "nothing";
    }
    const text = JSON.stringify(value);
    return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function isTrueValue(value: unknown): boolean {
    return value === true || value === "true";
}

export const isTrue: Condition = { expected: "true", accepts: isTrueValue };

/** False or left out, for what is off by default. */
export const notTrue: Condition = { expected: "false or nothing", accepts: (value) => !isTrueValue(value) };

/** True or left out, for what is on by default. */
export const notFalse: Condition = { expected: "true or nothing", accepts: (value) => value !== false && value !== "false" };

export function present(what: string): Condition {
    return { expected: what, accepts: (value) => value !== undefined, presence: true };
}

/** Says what is expected instead; what was got is not printed. */
export function absent(instead: string): Condition {
    return { expected: instead, accepts: (value) => value === undefined, presence: true };
}

/** A list is written as a person would say it: `"a", "b" or "c"`. */
export function listed(words: readonly unknown[], last = "or"): string {
    const shown = words.map((word) => (typeof word === "string" ? `"${word}"` : String(word)));
    return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} ${last} ${shown.at(-1)}`;
}

export function oneOf(...values: readonly (string | number | boolean)[]): Condition {
    return { expected: listed(values), accepts: (value) => values.some((each) => String(each) === String(value)) };
}

/** One of `values`, or left out. */
export function oneOfOrNothing(...values: readonly (string | number | boolean)[]): Condition {
    const shown = values.map((value) => (typeof value === "string" ? `"${value}"` : String(value)));
    return {
        expected: `${shown.join(", ")} or nothing`,
        accepts: (value) => value === undefined || values.some((each) => String(each) === String(value)),
    };
}

export function noneOf(...values: readonly (string | number | boolean)[]): Condition {
    return { expected: `other than ${listed(values)}`, accepts: (value) => !values.some((each) => String(each) === String(value)) };
}

/** `1 day`, `7 days`, `7`. */
function counted(count: number, unit: string): string {
    return [String(count), count === 1 ? unit.replace(/s$/, "") : unit].filter(Boolean).join(" ");
}

export function atLeast(minimum: number, unit = ""): Condition {
    return {
        expected: `at least ${counted(minimum, unit)}`,
        accepts: (value) => value !== undefined && Number(value) >= minimum,
    };
}

export function atMost(maximum: number, unit = ""): Condition {
    return {
        expected: `at most ${counted(maximum, unit)}`,
        accepts: (value) => value !== undefined && Number(value) <= maximum,
    };
}

/** At most, or left out where the default is smaller. */
export function atMostOrNothing(maximum: number, unit = ""): Condition {
    return {
        expected: `at most ${counted(maximum, unit)}`,
        accepts: (value) => value === undefined || Number(value) <= maximum,
    };
}

export function matching(pattern: RegExp, expected: string): Condition {
    return { expected, accepts: (value) => value !== undefined && pattern.test(String(value)) };
}

/** A list that holds all of `members`. */
export function containing(...members: readonly string[]): Condition {
    return {
        expected: `a list with ${listed(members, "and")}`,
        accepts: (value) => Array.isArray(value) && members.every((member) => value.includes(member)),
    };
}
