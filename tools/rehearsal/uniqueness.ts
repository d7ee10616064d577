/** Names that are taken: in the world, the account, the region, or within a parent. */
import { nameRules } from "./facts/names.ts";
import type { Thing } from "./state.ts";
import { textOf } from "./values.ts";
import { label, sameThing, says, text, type View } from "./view.ts";

/** Types that share one pool of names. */
const pools: { readonly [type: string]: readonly string[] } = {
    "rds/instance": ["rds/instance", "rds/clusterInstance"],
    "rds/clusterInstance": ["rds/instance", "rds/clusterInstance"],
};

/** AWS answers a second request for these as if it were the first; nothing is refused. */
const idempotent = new Set(["sns/topic", "cloudwatch/metricAlarm", "cloudwatch/dashboard", "cloudwatch/eventRule", "ecs/cluster"]);

export function takenName(view: View): string | undefined {
    const type = view.type.short;
    const rule = nameRules[type];
    const name = rule && text(view, rule.property);
    if (!rule || name === undefined || rule.scope === "none" || idempotent.has(type)) return undefined;
    const fold = (value: string | undefined) => (rule.foldsCase ? value?.toLowerCase() : value);
    const inScope = (thing: Thing) => {
        if (rule.scope === "region") return thing.region === view.region;
        if (typeof rule.scope === "object")
            return thing.region === view.region && rule.scope.within.every((parent) => textOf(thing.inputs[parent]) === text(view, parent));
        return true;
    };
    for (const pool of pools[type] ?? [type]) {
        const property = nameRules[pool]?.property ?? rule.property;
        for (const thing of view.cloud.all(pool)) {
            const taken = textOf(thing.outputs[property]) ?? textOf(thing.inputs[property]);
            if (fold(taken) === fold(name) && inScope(thing) && !sameThing(thing, view.self))
                return says(
                    rule.taken ?? "ResourceAlreadyExistsException",
                    `${type.replace("/", ".")} with ${rule.property} "${name}" already exists: ${label(thing)}${thing.lost ? ", left behind by a run whose answer was lost" : ""}.`,
                    thing.lost
                        ? `Bring it in with "pulumi import ${view.type.token} NAME ${thing.id}", or delete it by hand.`
                        : "Choose another name, or leave the name to Pulumi.",
                );
        }
        for (const thing of view.cloud.leaving(pool)) {
            if (type.startsWith("kms/") || fold(textOf(thing.outputs[property])) !== fold(name) || !inScope(thing)) continue;
            return says(
                "InvalidRequestException",
                `You can't create this secret because a secret with this name is already ${thing.leaving}: "${name}".`,
                "Restore it, wait, choose another name, or set recoveryWindowInDays to 0 where data is expendable.",
            );
        }
    }
    return undefined;
}
