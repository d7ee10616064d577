/** Whatever is pointed at must exist: in this account, in the right region. */
import { cachePolicies, originRequestPolicies, responseHeadersPolicies } from "./facts/managed.ts";
import { byProperty, byTypeAndProperty, followedArns, type Kind, type KindName, kinds, notFollowed } from "./facts/references.ts";
import type { Thing } from "./state.ts";
import { isAsset, isList, isObject, isUnknown, type Json, textOf } from "./values.ts";
import { label, says, type View } from "./view.ts";

const managedIds: { readonly [kind: string]: ReadonlySet<string> } = {
    cachePolicy: new Set(Object.values(cachePolicies)),
    originRequestPolicy: new Set(Object.values(originRequestPolicies)),
    responseHeadersPolicy: new Set(Object.values(responseHeadersPolicies)),
};

/** Values that look like names but are texts, documents or labels. */
const notEntered = new Set([
    "tags",
    "tagsAll",
    "policy",
    "environment",
    "tagSpecifications",
    "__defaults",
    "parameters",
    "dimensions",
    "costFilters",
    "settings",
]);

export function checkReferences(view: View): string | undefined {
    return walk(view, view.inputs, "");
}

function walk(view: View, value: Json, path: string): string | undefined {
    if (isList(value)) {
        for (const item of value) {
            const said = walk(view, item, path);
            if (said !== undefined) return said;
        }
        return undefined;
    }
    if (isObject(value) && !isAsset(value)) {
        for (const [name, inner] of Object.entries(value)) {
            if (notEntered.has(name)) continue;
            const said = walk(view, inner, path === "" ? name : `${path}.${name}`);
            if (said !== undefined) return said;
        }
        return undefined;
    }
    return typeof value === "string" && value !== "" && !isUnknown(value) ? one(view, path, value) : undefined;
}

function one(view: View, path: string, value: string): string | undefined {
    const kind = kindOf(view.type.short, path);
    if (kind === null) return undefined;
    if (kind !== undefined) return missing(view, kind, path, value);
    const name = path.split(".").at(-1) ?? "";
    if (!followedArns.test(name) || notFollowed.has(name) || !value.startsWith("arn:")) return undefined;
    return missingArn(view, path, value);
}

/** Which kind of thing the property points at; null if it only looks so. */
export function kindOf(type: string, path: string): KindName | null | undefined {
    const exact = byTypeAndProperty[`${type}.${path}`];
    if (exact !== undefined) return exact;
    const [module = ""] = type.split("/");
    const anyOf = byTypeAndProperty[`${module}/*.${path}`];
    if (anyOf !== undefined) return anyOf;
    return byProperty[path.split(".").at(-1) ?? ""];
}

function missing(view: View, name: KindName, path: string, value: string): string | undefined {
    const kind: Kind = kinds[name];
    if (kind.managed?.test(value) || managedIds[name]?.has(value) || view.cloud.vouched.has(value) || foreign(view, value))
        return undefined;
    const found = find(view, kind, value);
    const wanted = kind.onlyIn ?? (kind.anywhere && value.startsWith("arn:") ? (value.split(":")[3] ?? "") : view.region);
    const here = found.find((thing) =>
        kind.anywhere || thing.region === "" || view.region === "" ? !kind.onlyIn || thing.region === wanted : thing.region === wanted,
    );
    if (here) return undefined;
    const elsewhere = found[0];
    const where =
        elsewhere && elsewhere.region !== ""
            ? `${label(elsewhere)} is in ${elsewhere.region}; ${view.type.short.replace("/", ".")} ${path} needs one of ${wanted}.`
            : `${view.type.short.replace("/", ".")} ${path} must name one that exists${wanted === "" ? "" : ` in ${wanted}`}.`;
    return says(kind.code, `${kind.missing.replace("{value}", value)}.`, where);
}

/** By id, by ARN, by name, or by the last part of an ARN. */
function find(view: View, kind: Kind, value: string): readonly Thing[] {
    const { cloud } = view;
    const bare = value.replace(/:\*$/, "");
    const byArn = cloud.findArn(bare);
    if (byArn && kind.types.includes(byArn.type)) return [byArn];
    const found: Thing[] = [];
    for (const thing of cloud.findId(bare)) if (kind.types.includes(thing.type)) found.push(thing);
    if (found.length > 0) return found;
    const last = bare.startsWith("arn:") ? (bare.split(/[/]/).at(-1) ?? bare) : bare;
    for (const type of kind.types)
        for (const thing of cloud.all(type))
            if (thing.id === last || textOf(thing.outputs.name) === bare || (bare.startsWith("arn:") && textOf(thing.outputs.arn) === bare))
                found.push(thing);
    return found;
}

/** Another account's: it cannot be known from here. */
function foreign(view: View, value: string): boolean {
    const account = value.startsWith("arn:") ? value.split(":")[4] : undefined;
    return account !== undefined && account !== "" && account !== view.account;
}

/** Services whose ARNs are all in the tables, so that absence means something. */
const modelled =
    /^arn:[\w-]+:(sns|sqs|kms|lambda|acm|elasticloadbalancing|wafv2|secretsmanager|logs|s3|dynamodb|kinesis|firehose|backup|cognito-idp|rds|elasticache|ecr|iam):/;

function missingArn(view: View, path: string, value: string): string | undefined {
    if (
        !modelled.test(value) ||
        foreign(view, value) ||
        /[*?]/.test(value.replace(/:\*$/, "")) ||
        /alias\/aws\/|aws-service-role|iam::aws:|:secret:rds!|:automate:|:auto-backup:/.test(value)
    )
        return undefined;
    const arn = value.replace(/:\*$/, "");
    const { cloud } = view;
    if (cloud.findArn(arn) ?? cloud.findId(arn)[0]) return undefined;
    // A version, an alias or an object under something that exists.
    for (let cut = arn.length; cut > 20; cut = Math.max(arn.lastIndexOf(":", cut - 1), arn.lastIndexOf("/", cut - 1)))
        if (cloud.findArn(arn.slice(0, cut))) return undefined;
    return says(
        "ResourceNotFoundException",
        `${value} does not exist.`,
        `${view.type.short.replace("/", ".")} ${path} must name something that exists in the account.`,
    );
}
