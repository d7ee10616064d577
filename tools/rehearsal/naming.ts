/** Names that Pulumi gives, and whether a name is one that AWS takes. */
import { createHash } from "node:crypto";
import type { ResourceType } from "./catalogue.ts";
import { autonamed, nameRules } from "./facts/names.ts";
import type { Problem } from "./inputs.ts";
import { type Props, textOf } from "./values.ts";

/** The engine's `pulumi:autonaming` setting for this resource. */
export interface Autonaming {
    readonly proposed: string;
    readonly mode: "propose" | "enforce" | "disable";
}

export interface Naming {
    readonly logicalName: string;
    readonly seed: Uint8Array;
    readonly autonaming?: Autonaming | undefined;
    /** Inputs of the last run: a name once given stays. */
    readonly olds: Props;
}

/** Fills the name in where Pulumi does; returns the property, or a problem if the name would not fit. */
export function autoname(type: ResourceType, inputs: Props, naming: Naming): { readonly property?: string; readonly problem?: Problem } {
    const rule = autonamed(type.short, type.inputs);
    if (!rule || (inputs[rule.property] !== undefined && inputs[rule.property] !== null)) return {};
    const { property } = rule;
    if (inputs[`${property}Prefix`] !== undefined) return {};
    const mine = naming.olds.__defaults;
    const before = textOf(naming.olds[property]);
    if (before !== undefined && Array.isArray(mine) && mine.includes(property)) {
        inputs[property] = before;
        return { property };
    }
    const fifo = inputs.fifoQueue === true || inputs.fifoTopic === true ? ".fifo" : "";
    const { autonaming } = naming;
    if (autonaming?.mode === "disable") return {};
    if (autonaming && autonaming.proposed !== "") {
        const prefix = autonaming.proposed.startsWith(rule.prefix) ? "" : rule.prefix;
        inputs[property] = `${prefix}${autonaming.proposed}${fifo}`;
        return { property };
    }
    const chance = createHash("sha256").update(naming.seed).digest("hex").slice(0, 7);
    const base = `${rule.prefix}${naming.logicalName}-`;
    const name = `${base}${chance}${fifo}`;
    if (name.length > rule.max)
        return {
            problem: {
                property,
                reason: `name '${base}' plus 7 random chars is longer than maximum length ${rule.max}. Shorten the resource's logical name, or give ${property} yourself`,
            },
        };
    inputs[property] = name;
    return { property };
}

export function checkName(type: string, inputs: Props): Problem | undefined {
    const rule = nameRules[type];
    const name = rule && textOf(inputs[rule.property]);
    if (!rule || name === undefined) return undefined;
    const got = `got "${name}"`;
    const { property } = rule;
    if (name.length > rule.max) return { property, reason: `must be at most ${rule.max} characters, ${got} (${name.length})` };
    if (rule.min !== undefined && name.length < rule.min) return { property, reason: `must be at least ${rule.min} characters, ${got}` };
    if (rule.pattern && !rule.pattern.test(name)) return { property, reason: `may hold ${rule.says}, ${got}` };
    return undefined;
}
