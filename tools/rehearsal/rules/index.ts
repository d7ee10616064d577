/** All rules, found by type and moment. */
import { checkReferences } from "../references.ts";
import type { Rule, View } from "../view.ts";
import { balancingRules } from "./balancing.ts";
import { databaseRules } from "./databases.ts";
import { edgeRules } from "./edge.ts";
import { networkRules } from "./network.ts";
import { networkDeletions } from "./network-deletions.ts";
import { platformRules } from "./platform.ts";
import { storageRules } from "./storage.ts";

export const rules: readonly Rule[] = [
    ...networkRules,
    ...networkDeletions,
    ...balancingRules,
    ...databaseRules,
    ...storageRules,
    ...edgeRules,
    ...platformRules,
];

const byMoment = new Map<string, Rule[]>();
for (const rule of rules)
    for (const type of rule.types) {
        const key = `${rule.when} ${type}`;
        byMoment.set(key, [...(byMoment.get(key) ?? []), rule]);
    }

export interface Complaint {
    readonly text: string;
    readonly patient: boolean;
}

/** The first complaint of AWS, or undefined. */
export function complaint(view: View, when: Rule["when"]): Complaint | undefined {
    if (when === "call") {
        const missing = checkReferences(view);
        if (missing !== undefined) return { text: missing, patient: false };
    }
    for (const rule of byMoment.get(`${when} ${view.type.short}`) ?? []) {
        const text = rule.check(view);
        if (text !== undefined) return { text, patient: rule.patient ?? false };
    }
    return undefined;
}
