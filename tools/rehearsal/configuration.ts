/** Arguments of the provider: which region, which accounts are allowed, which tags go on everything. */
import { factsOf, regionNames } from "./facts/regions.ts";
import { nearest, type Problem } from "./inputs.ts";
import { CloudError } from "./protocol.ts";
import type { CloudState } from "./state.ts";
import { hasUnknown, isObject, isUnknown, type Json, type Props, plain, plainProps, textOf, textsOf } from "./values.ts";

export interface Configuration {
    readonly region: string;
    readonly account: string;
    readonly defaultTags: Props;
}

/** What arrives as JSON text inside the provider's arguments. */
export function unpacked(args: { readonly [key: string]: Json }): Props {
    const result: Props = {};
    for (const [key, value] of Object.entries(plainProps(args))) {
        result[key] =
            typeof value === "string" && /^\s*[[{"]/.test(value)
                ? parsed(value)
                : value === "true"
                  ? true
                  : value === "false"
                    ? false
                    : value;
    }
    return result;
}

function parsed(text: string): Json {
    try {
        return plain(JSON.parse(text) as Json);
    } catch {
        return text;
    }
}

const pulumiOwn = new Set(["version", "pluginDownloadURL"]);

export function checkConfiguration(args: { readonly [key: string]: Json }, known: ReadonlyMap<string, unknown>): readonly Problem[] {
    const problems: Problem[] = [];
    const values = unpacked(args);
    for (const name of Object.keys(values)) {
        if (known.has(name) || pulumiOwn.has(name) || name.startsWith("__")) continue;
        const close = nearest(name, known.keys());
        problems.push({
            property: name,
            reason: close === undefined ? "unknown property" : `unknown property; the nearest known one is ${close}`,
        });
    }
    const region = textOf(values.region);
    if (region !== undefined && !factsOf(region)) problems.push({ property: "region", reason: noSuchRegion(region) });
    for (const name of ["allowedAccountIds", "forbiddenAccountIds"])
        for (const account of textsOf(values[name]))
            if (!isUnknown(account) && !/^\d{12}$/.test(account))
                problems.push({ property: name, reason: `expected account numbers of twelve digits, got "${account}"` });
    return problems;
}

export function noSuchRegion(region: string): string {
    const close = nearest(region, regionNames());
    return `invalid AWS Region: ${region}${close === undefined ? "" : `; the nearest known one is ${close}`}`;
}

/** What the first provider allows is the account; the next ones must allow it, too. */
export function configured(args: { readonly [key: string]: Json }, cloud: CloudState, preferred: string | undefined): Configuration {
    const values = unpacked(args);
    const allowed = textsOf(values.allowedAccountIds);
    const forbidden = textsOf(values.forbiddenAccountIds);
    cloud.account ??= preferred ?? allowed[0] ?? "123456789012";
    const { account } = cloud;
    if ((allowed.length > 0 && !allowed.includes(account)) || forbidden.includes(account))
        throw new CloudError(
            `AWS account ID not allowed: ${account}. The provider's allowedAccountIds ${allowed.length > 0 ? `are ${allowed.join(", ")}` : `forbid it`}; this rehearsal state belongs to account ${account}. Use another state file for another account.`,
        );
    const region = textOf(values.region) ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
    if (region === undefined)
        throw new CloudError("invalid AWS Region: none given. Set the provider's region, or the config value aws:region.");
    if (!factsOf(region)) throw new CloudError(noSuchRegion(region));
    const tags = isObject(values.defaultTags) ? values.defaultTags.tags : undefined;
    return { region, account, defaultTags: isObject(tags) && !hasUnknown(tags) ? { ...tags } : {} };
}
