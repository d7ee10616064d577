/** All rules, found by type and moment. */
import { checkReferences } from "../references.ts";
import type { Rule, View } from "../view.ts";

const rules: readonly Rule[] = [];
const byMoment = new Map<string, Rule[]>();
for (const rule of rules)
    for (const type of rule.types) {
        const key = `${rule.when} ${type}`;
        byMoment.set(key, [...(byMoment.get(key) ?? []), rule]);
    }

/** The first complaint of AWS, or undefined. */
export function complaint(view: View, when: Rule["when"]): string | undefined {
    if (when === "call") {
        const missing = checkReferences(view);
        if (missing !== undefined) return missing;
    }
    for (const rule of [...(byMoment.get(`${when} ${view.type.short}`) ?? []), ...(byMoment.get(`${when} *`) ?? [])]) {
        const said = rule.check(view);
        if (said !== undefined) return said;
    }
    return undefined;
}

export { rules };
