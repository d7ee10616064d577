/**
 * Some stacks keep an account rather than an application: detection, recording, password rules. What an account must have is asked of
 * those only; in any other stack its absence says nothing.
 */
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";

/** Of one region each. */
const regional = [
    "accessanalyzer/analyzer",
    "cfg/recorder",
    "guardduty/detector",
    "inspector2/enabler",
    "macie2/account",
    "securityhub/account",
    "securityhub/accountV2",
];

const ofTheAccount = ["account/alternativeContact", "account/primaryContact", "iam/accountPasswordPolicy", "s3/accountPublicAccessBlock"];

/** Whether the stack keeps the security settings of an account. */
export function isBaseline(stack: StackView): boolean {
    return stack.ofType(...regional, ...ofTheAccount).length > 0;
}

function regionOf(resource: ResourceView): string {
    return resource.region ?? "the provider's region";
}

/** Regions in which the stack keeps something for the account, and none of `present`. One entry for a baseline without any region. */
export function regionsWithout(stack: StackView, present: readonly ResourceView[]): readonly string[] {
    const every = new Set(stack.ofType(...regional).map(regionOf));
    const served = new Set(present.map(regionOf));
    return [...(every.size === 0 ? ["the provider's region"] : every)].filter((region) => !served.has(region)).toSorted();
}
