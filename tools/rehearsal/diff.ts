/** What a change of inputs means: nothing, an update, or a replacement, path by path. */

import type { ResourceType } from "./catalogue.ts";
import { autonamed } from "./facts/names.ts";
import { rulesOf } from "./facts/provider-rules.ts";
import { canonical, hasUnknown, isList, isObject, type Json, type Props, same } from "./values.ts";

export type Change = "add" | "delete" | "update";

export interface Difference {
    /** Path of a leaf to what happens there. */
    readonly changes: ReadonlyMap<string, { readonly change: Change; readonly replaces: boolean }>;
    /** Top-level names. */
    readonly replaces: readonly string[];
    readonly deleteBeforeReplace: boolean;
}

/** Lists whose order AWS does not keep: sets, in the provider's schema. */
const sets =
    /(ids|arns|subnets|securityGroups|cidrBlocks|cidrs|aliases|Names|Methods|methods|actions|Actions|events|Exports|zones|Azs|identifiers|recipients|addresses|members|Types)$/i;

/** Replacements that no single property decides, or that only one direction of a change needs. */
const special: { readonly [type: string]: (old: Props, now: Props, name: string) => boolean | undefined } = {
    "elasticache/replicationGroup": (old, now, name) => {
        // Valkey cannot become Redis again, nor a version go down; the other ways are done in place.
        if (name === "engine") return old.engine === "valkey" && now.engine !== "valkey";
        if (name === "engineVersion") return Number.parseFloat(String(now[name])) < Number.parseFloat(String(old[name]));
        return undefined;
    },
    "rds/cluster": (old, _now, name) => (name === "storageType" ? !String(old.engine ?? "").startsWith("aurora") : undefined),
    "lb/loadBalancer": (old, now, name) => {
        if (name !== "securityGroups" || old.loadBalancerType !== "network") return undefined;
        const some = (props: Props) => isList(props[name]) && props[name].length > 0;
        return some(old) !== some(now);
    },
    "ec2/instance": (_old, now, name) =>
        name === "userData" || name === "userDataBase64" ? now.userDataReplaceOnChange === true : undefined,
};

/** Two of them cannot stand side by side whatever they are called, so the old one goes first. */
const oneAtATime = new Set([
    "ec2/routeTableAssociation",
    "ec2/route",
    "ec2/networkAclRule",
    "ec2/securityGroupRule",
    "vpc/securityGroupIngressRule",
    "vpc/securityGroupEgressRule",
    "appautoscaling/target",
    "lb/listenerRule",
]);

export function compare(type: ResourceType, old: Props, now: Props, ignored: readonly string[]): Difference {
    const rules = rulesOf(type.short);
    const changes = new Map<string, { change: Change; replaces: boolean }>();
    const replaces = new Set<string>();
    for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
        // tagsAll follows tags and the provider's default tags; it shows in the outputs.
        if (name === "__defaults" || name === "tagsAll" || ignored.some((path) => path === name)) continue;
        if (equal(name, old[name], now[name])) continue;
        const leaves: [string, Change][] = [];
        collect(old[name], now[name], name, leaves);
        for (const [path, change] of leaves) {
            if (ignored.includes(path)) continue;
            const bare = path.replace(/\[\d+\]/g, "").replace(/\["[^"]*"\]/g, "");
            const by = special[type.short]?.(old, now, name);
            const forces =
                by ?? (name === "region" || rules.replaces.has(name) || prefixes(bare).some((prefix) => rules.replaces.has(prefix)));
            changes.set(path, { change, replaces: forces });
            if (forces) replaces.add(name);
        }
    }
    return { changes, replaces: [...replaces], deleteBeforeReplace: replaces.size > 0 && cannotStandTogether(type, old, now) };
}

/** A name given by hand that stays the same would clash with itself. */
function cannotStandTogether(type: ResourceType, old: Props, now: Props): boolean {
    if (oneAtATime.has(type.short)) return true;
    const rule = autonamed(type.short, type.inputs);
    if (!rule || now[rule.property] === undefined) return false;
    const defaults = now.__defaults;
    const byPulumi = isList(defaults) && defaults.includes(rule.property);
    return !byPulumi && same(old[rule.property], now[rule.property]);
}

/** "a.b.c" gives itself and "a.b". The top level is looked at apart. */
function prefixes(path: string): string[] {
    const parts = path.split(".");
    return parts.slice(1).map((_, index) => parts.slice(0, index + 2).join("."));
}

function equal(name: string, a: Json | undefined, b: Json | undefined): boolean {
    if (same(a, b)) return true;
    if (isNothing(a) && isNothing(b)) return true;
    if (isList(a) && isList(b) && a.length === b.length && sets.test(name) && !hasUnknown(a) && !hasUnknown(b))
        return canonical([...a].map(canonical).sort()) === canonical([...b].map(canonical).sort());
    // Policies and the like: the same document with other white space is the same.
    if (typeof a === "string" && typeof b === "string" && /^\s*[{[]/.test(a) && /^\s*[{[]/.test(b)) return same(parsed(a), parsed(b));
    return false;
}

function isNothing(value: Json | undefined): boolean {
    return value === undefined || value === null || (isList(value) && value.length === 0);
}

function parsed(text: string): Json {
    try {
        return JSON.parse(text) as Json;
    } catch {
        return text;
    }
}

function collect(a: Json | undefined, b: Json | undefined, path: string, into: [string, Change][]): void {
    if (equal(path.split(".").at(-1) ?? path, a, b)) return;
    if (isObject(a) && isObject(b)) {
        for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
            collect(a[key], b[key], /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`, into);
        return;
    }
    if (isList(a) && isList(b)) {
        for (let index = 0; index < Math.max(a.length, b.length); index++) collect(a[index], b[index], `${path}[${index}]`, into);
        return;
    }
    into.push([path, isNothing(a) ? "add" : isNothing(b) ? "delete" : "update"]);
}
