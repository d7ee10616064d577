/** Judging the resources that a property picks, and not all those that its value is made of. */
import { attempt, each, type Finding } from "./finding.ts";
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";
import { UnknownValue } from "./values.ts";

/** What the property names, as far as that is known; else all that its value is made of. */
export function picked(
    resource: ResourceView,
    property: string,
    stack: StackView,
    types: readonly string[],
): { readonly resources: readonly ResourceView[]; readonly isCertain: boolean } {
    const candidates = stack.references(resource, property, ...types);
    const named = stack.named(resource, property).filter((each) => candidates.includes(each));
    return named.length > 0 ? { resources: named, isCertain: true } : { resources: candidates, isCertain: candidates.length === 1 };
}

/**
 * The output of a component is made of all its children, so `network.privateSubnetIds` refers to the public subnets too. Until the
 * ids are known, only an answer that holds for all of them, or for a list that names each, can be given.
 */
export function eachPicked(
    resource: ResourceView,
    property: string,
    stack: StackView,
    types: readonly string[],
    judge: (picked: ResourceView) => Finding,
): Finding {
    const { resources, isCertain } = picked(resource, property, stack, types);
    const finding = each(resources, judge);
    const refused = resources.filter((candidate) => attempt(() => judge(candidate)).kind === "violation");
    const namesAll = isCertain || (!resource.isUnknown(property) && resource.list(property).length === resources.length);
    if (refused.length > 0 && refused.length < resources.length && !namesAll) {
        throw new UnknownValue(resource.pathOf(property));
    }
    return finding;
}
