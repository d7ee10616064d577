/** The rules of a web ACL in one shape, whichever of the four ways the program wrote them in. */
import { fromJson } from "./json.ts";
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";
import { Values } from "./values.ts";

export interface ManagedGroup {
    readonly name: string;
    /** Its rules only count what they match. */
    readonly counts: boolean;
}

/** Inline rules, rules in WAF's own JSON, and rules that are resources. Groups associated by a resource have no rule to show. */
export function rulesOf(acl: ResourceView, stack: StackView): readonly Values[] {
    return [...ownRules(acl, "ruleJson"), ...stack.referrers(acl, "wafv2/webAclRule", "webAclArn")];
}

/** The rules of a group of one's own. */
export function rulesOfGroup(group: ResourceView): readonly Values[] {
    return ownRules(group, "rulesJson");
}

function ownRules(holder: ResourceView, json: "ruleJson" | "rulesJson"): readonly Values[] {
    return [...holder.list("rules"), ...new Values(lowered(fromJson(holder.text(json))), json).list("")];
}

/** Groups that are associated by resources of their own. */
export function associationsOf(acl: ResourceView, stack: StackView): readonly ResourceView[] {
    return stack.referrers(acl, "wafv2/webAclRuleGroupAssociation", "webAclArn");
}

export function managedGroupsOf(acl: ResourceView, stack: StackView): readonly ManagedGroup[] {
    const byRule = rulesOf(acl, stack).flatMap((rule): ManagedGroup[] => {
        const name = rule.text("statement.managedRuleGroupStatement.name");
        // An empty block is how the action is written.
        return name === undefined ? [] : [{ name, counts: rule.raw("overrideAction.count") !== undefined }];
    });
    const byAssociation = associationsOf(acl, stack).flatMap((association): ManagedGroup[] => {
        const name = association.text("managedRuleGroup.name");
        return name === undefined ? [] : [{ name, counts: association.text("overrideAction") === "count" }];
    });
    return [...byRule, ...byAssociation];
}

/** Groups of one's own that the ACL calls. One of another stack cannot be looked into. */
export function ownGroupsOf(acl: ResourceView, stack: StackView): { readonly seen: readonly ResourceView[]; readonly unseen: boolean } {
    const callers = [
        ...rulesOf(acl, stack).filter((rule) => rule.has("statement.ruleGroupReferenceStatement")),
        ...associationsOf(acl, stack).filter((association) => association.has("ruleGroupReference")),
    ];
    const holders: readonly (readonly [ResourceView, string])[] = [
        [acl, "rules"],
        ...stack.referrers(acl, "wafv2/webAclRule", "webAclArn").map((rule) => [rule, "statement"] as const),
        ...associationsOf(acl, stack).map((association) => [association, "ruleGroupReference"] as const),
    ];
    const seen = holders.flatMap(([holder, property]) => stack.references(holder, property, "wafv2/ruleGroup"));
    return { seen: [...new Set(seen)], unseen: new Set(seen).size < callers.length };
}

/** WAF's JSON begins its keys with capitals, the provider's do not. */
function lowered(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(lowered);
    }
    if (value === null || typeof value !== "object") {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value).map(([key, member]) => [
            key === "CloudWatchMetricsEnabled" ? "cloudwatchMetricsEnabled" : key.charAt(0).toLowerCase() + key.slice(1),
            lowered(member),
        ]),
    );
}
