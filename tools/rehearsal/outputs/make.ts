/**
 * What AWS answers when something has been made: its id, and every output that @pulumi/aws declares.
 * Three layers, the later wins: a sound guess from the declared outputs, the table of ARNs and ids, and the family's own table.
 */
import type { Shape } from "../declarations.ts";
import { nameRules } from "../facts/names.ts";
import { rulesOf } from "../facts/provider-rules.ts";
import { capitals, hex, lowers, partitionOf, uuid } from "../ids.ts";
import { type Json, type Props, textOf, UNKNOWN } from "../values.ts";
import type { View } from "../view.ts";
import { arns, idIsArn, idIsUuid, idPrefixes } from "./arns.ts";

export interface MakeView extends View {
    /** Differs from thing to thing; the same for the same thing all its life. */
    readonly seed: string;
    /** Id of what is being updated. */
    readonly id: string | undefined;
    /** The physical name, made here when the program gave only a prefix or nothing. */
    readonly name: string | undefined;
}

/** Outputs of one type. `$id` in the answer replaces the id, `$arn` the tail of the ARN's template variables. */
export type Maker = (view: MakeView, made: { readonly id: string; readonly arn: string }) => Props;
export interface Family {
    readonly ids?: { readonly [type: string]: (view: MakeView) => string };
    /** Further variables of the ARN template. */
    readonly variables?: { readonly [type: string]: (view: MakeView) => Props };
    readonly outputs: { readonly [type: string]: Maker };
    /** Outputs that an update changes, so that a preview must call them unknown. */
    readonly renewed?: { readonly [type: string]: readonly string[] };
    readonly sensitive?: { readonly [type: string]: readonly string[] };
}

export class Outputs {
    readonly #families: readonly Family[];

    public constructor(families: readonly Family[]) {
        this.#families = families;
    }

    public make(view: Omit<MakeView, "name">): { readonly id: string; readonly outputs: Props } {
        const name = physicalName(view);
        const full: MakeView = { ...view, name };
        const guessed = guess(full);
        const rule = nameRules[view.type.short];
        if (rule && name !== undefined) guessed[rule.property] = name;
        else if (name !== undefined && view.type.outputs.has("name")) guessed.name = name;
        const variables: Props = { ...guessed, ...this.#find("variables", view.type.short)?.(full) };
        const early = view.id ?? this.#find("ids", view.type.short)?.(full) ?? idOf(full, name);
        const arn = arnOf(full, { ...variables, id: early ?? "" });
        const id = view.id ?? early ?? arn;
        const arnOutput: Props = view.type.outputs.has("arn") ? { arn } : {};
        const own = this.#find("outputs", view.type.short)?.(full, { id, arn }) ?? {};
        return { id, outputs: { ...guessed, ...arnOutput, ...own } };
    }

    /** What a preview shows: the inputs as they are, everything else unknown. */
    public preview(view: Omit<MakeView, "name">, before: Props | undefined): Props {
        const type = view.type.short;
        if (!before) {
            const outputs: Props = {};
            for (const member of view.type.outputs.values()) {
                if (view.inputs[member.name] !== undefined) continue;
                const preset = rulesOf(type).defaults[member.name];
                if (preset !== undefined) outputs[member.name] = preset;
                else if (!member.undefinable) outputs[member.name] = UNKNOWN;
            }
            return { ...outputs, ...declared(view), ...regionOf(view) };
        }
        const outputs = { ...before, ...declared(view) };
        for (const name of this.#find("renewed", type) ?? []) outputs[name] = UNKNOWN;
        return outputs;
    }

    public sensitive(type: string): readonly string[] {
        return this.#find("sensitive", type) ?? [];
    }

    #find<K extends keyof Family>(part: K, type: string): NonNullable<Family[K]>[string] | undefined {
        for (const family of this.#families) {
            const table = family[part] as { readonly [type: string]: NonNullable<Family[K]>[string] } | undefined;
            if (table && Object.hasOwn(table, type)) return table[type];
        }
        return undefined;
    }
}

/** The inputs that the type declares as outputs, too. */
function declared(view: View): Props {
    const outputs: Props = {};
    for (const [name, value] of Object.entries(view.inputs))
        if (name !== "__defaults" && view.type.outputs.has(name)) outputs[name] = value;
    return outputs;
}

function regionOf(view: View): Props {
    return view.type.outputs.has("region") ? { region: view.inputs.region ?? view.region } : {};
}

function physicalName(view: Omit<MakeView, "name">): string | undefined {
    const property = nameRules[view.type.short]?.property ?? "name";
    const given = textOf(view.inputs[property]) ?? textOf(view.self?.outputs[property]);
    if (given !== undefined) return given;
    const prefix = textOf(view.inputs[`${property}Prefix`]);
    if (prefix !== undefined) return `${prefix}${hex(view.seed, 8)}`;
    return view.type.outputs.get(property)?.undefinable === false ? `terraform-${hex(view.seed, 17)}` : undefined;
}

function idOf(view: MakeView, name: string | undefined): string | undefined {
    const type = view.type.short;
    const prefix = idPrefixes[type];
    if (prefix !== undefined) return `${prefix}0${hex(view.seed, 16)}`;
    if (idIsArn.has(type)) return undefined;
    if (idIsUuid.has(type)) return uuid(view.seed);
    const rule = nameRules[type];
    if (rule?.isId && name !== undefined) return name;
    if (type.startsWith("cloudfront/")) return `E${capitals(view.seed, 13)}`;
    const parent = textOf(view.inputs.bucket);
    if (type.startsWith("s3/") && parent !== undefined) return parent;
    if (!arns[type] && name !== undefined) return name;
    return lowers(view.seed, 10);
}

function arnOf(view: MakeView, variables: Props): string {
    const type = view.type.short;
    const [module = "", base = ""] = type.split("/");
    const template = arns[type] ?? `${module}:R:A:${base}/{id}`;
    const scoped = template
        .replace(":R:A:", `:${view.region}:${view.account}:`)
        .replace("::A:", `::${view.account}:`)
        .replace(":R::", `:${view.region}::`);
    const filled = scoped.replace(/\{(\w+)\}/g, (_, name: string) => {
        if (name === "uuid") return uuid(view.seed);
        if (name.startsWith("hex")) return hex(view.seed, Number(name.slice(3)));
        if (name === "mixed6") return capitals(view.seed, 3) + lowers(`${view.seed}x`, 3);
        if (name === "path") return textOf(variables.path) ?? "/";
        return String(variables[name] ?? "");
    });
    return `arn:${partitionOf(view.home)}:${filled}`;
}

/** Every declared output: the input, the provider's default, or something of the declared shape. */
function guess(view: MakeView): Props {
    const before = view.self?.outputs ?? {};
    const { defaults } = rulesOf(view.type.short);
    const outputs: Props = {};
    for (const member of view.type.outputs.values()) {
        const given = view.inputs[member.name];
        if (given !== undefined) outputs[member.name] = given;
        else if (defaults[member.name] !== undefined) outputs[member.name] = defaults[member.name] ?? null;
        else if (!member.undefinable) outputs[member.name] = before[member.name] ?? invent(view, member.name, member.shape);
    }
    return { ...outputs, ...regionOf(view) };
}

function invent(view: MakeView, name: string, shape: Shape): Json {
    if (shape.kind === "list") return [];
    if (shape.kind === "map" || shape.kind === "object") return {};
    if (shape.kind === "number") return 0;
    if (shape.kind === "boolean") return false;
    if (name === "tagsAll") return view.inputs.tags ?? {};
    if (/^(ownerId|accountId|registryId|awsAccountId|catalogId)$/.test(name)) return view.account;
    if (/^(status|state)$/.test(name)) return "ACTIVE";
    // Left out although it could have been given: AWS has nothing to say, either.
    if (view.type.inputs.has(name)) return "";
    if (/(Date|Time|At|Timestamp)$/.test(name)) return view.now;
    if (/(Fingerprint|Etag|etag|Hash|uniqueId|UniqueId)$/.test(name)) return hex(`${view.seed}${name}`, 32);
    if (/(Arn)$/.test(name))
        return `arn:${partitionOf(view.home)}:${view.type.short.split("/")[0]}:${view.region}:${view.account}:${name}/${hex(view.seed, 12)}`;
    if (/(dnsName|endpoint|Endpoint|hostname|domainName|invokeUrl)$/i.test(name))
        return `${lowers(view.seed, 12)}.${view.type.short.split("/")[0]}.${view.region || "global"}.amazonaws.com`;
    if (/Prefix$/.test(name)) return "";
    if (/^(id|.*Id)$/.test(name)) return lowers(`${view.seed}${name}`, 12);
    return "";
}
