/**
 * The values that travel between the engine and a provider: plain JSON with three kinds of envelopes.
 * Everything else in this folder works on plain values; secrets are put back where they came from at the edge.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Props = { [key: string]: Json };

/** Stands for a value that is not known before the deployment (from @pulumi/pulumi/runtime/rpc.js). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The other two sentinels that the engine may send: an unknown number and an unknown boolean are told apart by it. */
const UNKNOWNS = new Set([
    UNKNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
]);
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const ASSETS = new Set(["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"]);

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
    return Array.isArray(value);
}

export function isUnknown(value: Json | undefined): boolean {
    return typeof value === "string" && UNKNOWNS.has(value);
}

export function isSecret(value: Json | undefined): boolean {
    return isObject(value) && value[SIGNATURE] === SECRET;
}

export function isAsset(value: Json | undefined): boolean {
    return isObject(value) && typeof value[SIGNATURE] === "string" && ASSETS.has(value[SIGNATURE]);
}

export function secret(value: Json): Json {
    return { [SIGNATURE]: SECRET, value };
}

/** The value without secret, output and resource envelopes; unknowns and assets stay. Null properties are dropped, as the engine drops them. */
export function plain(value: Json | undefined): Json {
    if (value === undefined || value === null) return null;
    if (isList(value)) return value.map(plain);
    if (!isObject(value)) return isUnknown(value) ? UNKNOWN : value;
    const signature = value[SIGNATURE];
    if (signature === SECRET) return plain(value.value);
    if (signature === OUTPUT) return value.value === undefined ? UNKNOWN : plain(value.value);
    if (signature === RESOURCE) return plain(value.id ?? value.urn);
    if (typeof signature === "string") return value;
    return plainProps(value);
}

export function plainProps(value: { readonly [key: string]: Json }): Props {
    const result: Props = {};
    for (const key of Object.keys(value)) {
        const inner = value[key];
        if (inner !== undefined && inner !== null) result[key] = plain(inner);
    }
    return result;
}

export function hasUnknown(value: Json | undefined): boolean {
    if (isList(value)) return value.some(hasUnknown);
    if (isObject(value)) return Object.values(value).some(hasUnknown);
    return isUnknown(value);
}

export function hasSecret(value: Json | undefined): boolean {
    if (isList(value)) return value.some(hasSecret);
    if (!isObject(value)) return false;
    if (value[SIGNATURE] === SECRET) return true;
    if (value[SIGNATURE] === OUTPUT && value.secret === true) return true;
    return Object.values(value).some(hasSecret);
}

/** One text per value, whatever the order of its keys. */
export function canonical(value: Json | undefined): string {
    if (isList(value)) return `[${value.map(canonical).join(",")}]`;
    if (isObject(value))
        return `{${Object.keys(value)
            .sort()
            .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
            .join(",")}}`;
    return JSON.stringify(value ?? null);
}

export function same(a: Json | undefined, b: Json | undefined): boolean {
    if (a === b) return true;
    return canonical(a) === canonical(b);
}

/** The known string at a path such as `rules.0.name`, or undefined. */
export function textOf(value: Json | undefined): string | undefined {
    return typeof value === "string" && !isUnknown(value) && value !== "" ? value : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
    return typeof value === "number" ? value : undefined;
}

export function textsOf(value: Json | undefined): string[] {
    if (typeof value === "string") return textOf(value) === undefined ? [] : [value];
    return isList(value) ? value.flatMap((item) => textOf(item) ?? []) : [];
}

/** A dotted path; a list on the way is entered item by item, so several values may answer. */
export function valuesAt(value: Json | undefined, path: readonly string[]): Json[] {
    if (value === undefined || value === null) return [];
    if (isList(value)) return value.flatMap((item) => valuesAt(item, path));
    const [first, ...rest] = path;
    if (first === undefined) return [value];
    return isObject(value) ? valuesAt(value[first], rest) : [];
}

export function textsAt(value: Json | undefined, path: string): string[] {
    return valuesAt(value, path.split(".")).flatMap((item) => textOf(item) ?? []);
}

/** Wraps the outputs whose input of the same name was secret, and those that are sensitive by name. */
export function sealed(outputs: Props, rawInputs: { readonly [key: string]: Json }, sensitive: readonly string[]): Props {
    const result: Props = {};
    for (const [key, value] of Object.entries(outputs)) {
        const hide = value !== null && !isSecret(value) && (hasSecret(rawInputs[key]) || sensitive.includes(key));
        result[key] = hide ? secret(value) : value;
    }
    return result;
}
