/** What stands in a region and what does not. */

/** Services that have no region. */
const global = new Set([
    "account",
    "bcmdata",
    "billing",
    "budgets",
    "cloudfront",
    "costexplorer",
    "costoptimizationhub",
    "cur",
    "globalaccelerator",
    "iam",
    "networkmanager",
    "notifications",
    "organizations",
    "rolesanywhere",
    "route53",
    "route53domains",
    "route53recoverycontrol",
    "route53recoveryreadiness",
    "savingsplans",
    "shield",
    "uxc",
    "waf",
]);

/** Of Route 53 only the resolver and its profiles stand in a region. */
export function isGlobal(type: string): boolean {
    const [module = "", name = ""] = type.split("/");
    return global.has(module) && !(module === "route53" && /^(resolver|profiles)/.test(name));
}
