/** The tags that AWS gets: a resource's own, and under them the default tags of its provider. */
import { fromJson } from "./json.ts";
import type { ResourceView } from "./resource.ts";
import { UnknownValue, unknownSentinels, type Values } from "./values.ts";

interface Tags {
    /** What is known, values that are not known yet as their sentinel. */
    readonly values: ReadonlyMap<string, unknown>;
    /** False where more may come with the deploy. */
    readonly complete: boolean;
}

/** An engine merges both into `tagsAll`; where it has not, or where one unknown value hides the rest, the parts are asked. */
function tagsOf(resource: ResourceView): Tags {
    const merged = entriesAt(resource, "tagsAll");
    const own = entriesAt(resource, "tags");
    const common = resource.provider === undefined || !takesDefaultTags(resource) ? [] : defaultTags(resource.provider.values);
    const values = new Map([...(common ?? []), ...(merged ?? []), ...(own ?? [])]);
    return { values, complete: own !== undefined && common !== undefined };
}

/** The value of a tag, or undefined where AWS would not get it. Throws while that is not known. */
export function tagOf(resource: ResourceView, key: string): string | undefined {
    const { values, complete } = tagsOf(resource);
    const value = values.get(key);
    if (unknownSentinels.has(value) || (value === undefined && !complete)) {
        throw new UnknownValue(`tags.${key}`);
    }
    return value === undefined || value === null ? undefined : String(value);
}

/** The key of the first tag that `matches`. Throws where none does and more may come. */
export function findTag(resource: ResourceView, matches: (key: string) => boolean): string | undefined {
    const { values, complete } = tagsOf(resource);
    const found = [...values.keys()].find(matches);
    if (found === undefined && !complete) {
        throw new UnknownValue("tags");
    }
    return found;
}

/** What a key says, whatever its prefix and spelling: `acme:cost-centre` → costcentre. */
export function tagWord(key: string): string {
    return key
        .slice(Math.max(key.lastIndexOf(":"), key.lastIndexOf("/")) + 1)
        .toLowerCase()
        .replace(/[^a-z0-9]/g, "");
}

/** The default tags of a provider; undefined while they are not known. Pulumi hands a provider's nested inputs over as JSON. */
export function defaultTags(provider: Values): readonly (readonly [string, unknown])[] | undefined {
    if (provider.isUnknown("defaultTags")) {
        return undefined;
    }
    const block = fromJson(provider.raw("defaultTags")) as { readonly tags?: unknown } | undefined;
    const tags = block?.tags;
    return unknownSentinels.has(tags) ? undefined : Object.entries(tags ?? {});
}

/** Auto Scaling groups take no default tags, and write their own as a list. */
function takesDefaultTags(resource: ResourceView): boolean {
    return resource.type !== "autoscaling/group";
}

function entriesAt(resource: ResourceView, path: string): readonly (readonly [string, unknown])[] | undefined {
    if (resource.isUnknown(path)) {
        return undefined;
    }
    const bag = resource.raw(path);
    if (!Array.isArray(bag)) {
        return Object.entries(bag ?? {});
    }
    return bag.flatMap((tag: unknown) => {
        const { key, value } = (tag ?? {}) as { readonly key?: unknown; readonly value?: unknown };
        return typeof key === "string" ? [[key, value] as const] : [];
    });
}
