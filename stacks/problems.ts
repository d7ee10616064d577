/** Turns what zod says into the one voice of refusal: what was written, what was expected, how to mend it. Pure. */
import type { z } from "zod";
import { nearest, oneOf, type Problem } from "../conventions/refusal.ts";

type Schema = z.core.$ZodType;

/** Every issue as problems, with the words of the schema at its path. */
export function problemsOf(
    schema: Schema,
    value: unknown,
    issues: readonly z.core.$ZodIssue[],
    prefix: readonly PropertyKey[] = [],
): Problem[] {
    return issues.flatMap((issue) => {
        const path = [...prefix, ...issue.path];
        if (issue.code === "unrecognized_keys") {
            const known = keysOf(schemaAt(schema, value, issue.path));
            const beside = Object.keys((valueAt(value, issue.path) ?? {}) as object).filter((key) => !issue.keys.includes(key));
            return issue.keys.map((key) => ({
                path: dotted([...path, key]),
                message: known.includes(key) ? `cannot stand beside ${beside.join(", ")}: say one of them` : unknownKey(key, known),
            }));
        }
        const at = schemaAt(schema, value, issue.path) ?? unionAbove(schema, value, issue.path);
        return [{ path: dotted(path), message: wordsOf(issue, at, valueAt(value, issue.path)) }];
    });
}

/** The block that has kinds, where `path` ends at the key that names the kind. */
function unionAbove(schema: Schema, value: unknown, path: readonly PropertyKey[]): Schema | undefined {
    const above = schemaAt(schema, value, path.slice(0, -1));
    return above !== undefined && definition(above).discriminator === path.at(-1) ? above : undefined;
}

/** Refusal of a key that nobody knows, with the one that was meant. */
export function unknownKey(key: string, known: readonly string[]): string {
    const meant = nearest(key, known);
    if (meant !== undefined) {
        return `unknown key; did you mean "${meant}"?`;
    }
    return known.length > 0 ? `unknown key; known here: ${[...known].sort().join(", ")}` : "unknown key";
}

function wordsOf(issue: z.core.$ZodIssue, schema: Schema | undefined, got: unknown): string {
    const describe = schema === undefined || issue.code === "invalid_union" ? undefined : descriptionOf(schema);
    if (got === undefined && issue.code !== "custom") {
        const expected = expectation(issue, schema);
        return `is missing; expected ${expected}${describe === undefined ? "" : `. ${describe}`}`;
    }
    switch (issue.code) {
        case "custom":
            return issue.message;
        case "too_small":
            return limit(issue.origin, `at least ${String(issue.minimum)}`, got);
        case "too_big":
            return limit(issue.origin, `at most ${String(issue.maximum)}`, got);
        case "invalid_format":
            return issue.message.startsWith("expected") ? issue.message : `expected ${issue.format}, got ${print(got)}`;
        case "invalid_key":
            return issue.issues[0]?.message ?? "is no key for this map";
        case "invalid_value": {
            const values = issue.values.filter((each): each is string | number => typeof each === "string" || typeof each === "number");
            return unexpected(issue, schema, got, values.map(String));
        }
        case "invalid_union":
            return unexpected(issue, schema, got, schema === undefined ? [] : discriminators(schema));
        default:
            return unexpected(issue, schema, got, []);
    }
}

function unexpected(issue: z.core.$ZodIssue, schema: Schema | undefined, got: unknown, words: readonly string[]): string {
    const meant = typeof got === "string" ? nearest(got, words) : undefined;
    const isBare = issue.code === "invalid_type" && issue.expected === "string" && typeof got === "number";
    const hint = meant !== undefined ? `; did you mean ${JSON.stringify(meant)}?` : isBare ? "; put it in quotes" : "";
    return `expected ${expectation(issue, schema)}, got ${print(got)}${hint}`;
}

function expectation(issue: z.core.$ZodIssue, schema: Schema | undefined): string {
    if (issue.code === "invalid_value") {
        return oneOf(issue.values.filter((each) => typeof each === "string" || typeof each === "number"));
    }
    if (issue.code === "invalid_union") {
        const options = schema === undefined ? [] : discriminators(schema);
        return options.length > 0 ? oneOf(options) : kindsOf(schema);
    }
    return issue.code === "invalid_type" ? (nouns[issue.expected] ?? issue.expected) : "another value";
}

const nouns: Readonly<Record<string, string>> = {
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    object: "a block of keys",
    record: "a block of keys",
    array: "a list",
};

function limit(origin: string, bound: string, got: unknown): string {
    if (origin === "array" || origin === "set") {
        return `expected ${bound} ${/ 1$/.test(bound) ? "entry" : "entries"}, got ${Array.isArray(got) ? got.length : print(got)}`;
    }
    return origin === "string" ? `expected ${bound} characters, got ${String(got).length}` : `must be ${bound}, got ${print(got)}`;
}

function print(value: unknown): string {
    const text = JSON.stringify(value);
    return text === undefined ? "nothing" : text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function dotted(path: readonly PropertyKey[]): string {
    return path.map(String).join(".");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
    return path.reduce<unknown>(
        (at, key) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
        value,
    );
}

interface Definition {
    readonly type: string;
    readonly innerType?: Schema;
    readonly in?: Schema;
    readonly shape?: Readonly<Record<string, Schema>>;
    readonly valueType?: Schema;
    readonly element?: Schema;
    readonly options?: readonly Schema[];
    readonly discriminator?: string;
    readonly values?: readonly unknown[];
    readonly entries?: Readonly<Record<string, unknown>>;
}

function definition(schema: Schema): Definition {
    const own = schema._zod.def as unknown as Definition;
    const inner = own.innerType ?? own.in;
    return inner === undefined ? own : definition(inner);
}

/** The schema that `path` leads to. A union is followed into the option whose discriminator the value names. */
function schemaAt(schema: Schema, value: unknown, path: readonly PropertyKey[]): Schema | undefined {
    const [key, ...rest] = path;
    if (key === undefined) {
        return schema;
    }
    const own = definition(schema);
    if (own.options !== undefined) {
        const option = chosen(own, value);
        return option === undefined ? undefined : schemaAt(option, value, path);
    }
    const next = own.shape?.[String(key)] ?? own.valueType ?? own.element;
    return next === undefined ? undefined : schemaAt(next, valueAt(value, [key]), rest);
}

function chosen(union: Definition, value: unknown): Schema | undefined {
    const { discriminator } = union;
    if (discriminator === undefined) {
        return union.options?.find((option) => definition(option).shape !== undefined);
    }
    const named = valueAt(value, [discriminator]);
    return union.options?.find((option) => literals(definition(option).shape?.[discriminator]).includes(named));
}

function literals(schema: Schema | undefined): readonly unknown[] {
    const own = schema === undefined ? undefined : definition(schema);
    return own?.values ?? Object.values(own?.entries ?? {});
}

function discriminators(schema: Schema): string[] {
    const own = definition(schema);
    const { discriminator } = own;
    return discriminator === undefined
        ? []
        : (own.options ?? [])
              .flatMap((option) => literals(definition(option).shape?.[discriminator]))
              .filter((each): each is string => typeof each === "string");
}

function kindsOf(schema: Schema | undefined): string {
    const options = schema === undefined ? [] : (definition(schema).options ?? []);
    const kinds = options.map((option) => {
        const own = definition(option);
        const values = literals(option);
        return values.length > 0
            ? oneOf(values as string[])
            : own.shape === undefined
              ? (nouns[own.type] ?? own.type)
              : `a block of ${Object.keys(own.shape).join(", ")}`;
    });
    return kinds.length > 0 ? kinds.join(", or ") : "another value";
}

function keysOf(schema: Schema | undefined): string[] {
    const own = schema === undefined ? undefined : definition(schema);
    return own === undefined ? [] : [...new Set([...Object.keys(own.shape ?? {}), ...(own.options ?? []).flatMap(keysOf)])];
}

function descriptionOf(schema: Schema): string | undefined {
    const own = schema._zod.def as unknown as Definition;
    const found = (schema as z.ZodType).description;
    const inner = own.innerType ?? own.in;
    return found ?? (inner === undefined ? undefined : descriptionOf(inner));
}
