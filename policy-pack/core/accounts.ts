/** Which accounts a program calls its own. */
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";
import { UnknownValue } from "./values.ts";

/** The account in an ARN, or the id itself; undefined where there is none. */
export function accountIn(text: string): string | undefined {
    return /^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?::|$)/.exec(text)?.[1];
}

/** What the resource's provider is held to, else the accounts of whatever has been created already. Throws when nothing tells. */
export function ownAccounts(resource: ResourceView, stack: StackView): readonly string[] {
    const held = heldTo(resource);
    const seen = held.length > 0 ? held : stack.resources.flatMap((each) => accountIn(arnOf(each)) ?? []);
    if (seen.length === 0) {
        throw new UnknownValue("account");
    }
    return [...new Set(seen)];
}

/** Providers hand over their lists as JSON. */
function heldTo(resource: ResourceView): readonly string[] {
    const provider = resource.provider?.values;
    if (provider === undefined || !provider.has("allowedAccountIds") || provider.isUnknown("allowedAccountIds")) {
        return [];
    }
    const raw = provider.raw("allowedAccountIds");
    const list: unknown = typeof raw === "string" ? JSON.parse(raw) : raw;
    return Array.isArray(list) ? list.map(String) : [];
}

function arnOf(resource: ResourceView): string {
    return resource.outputs.isUnknown("arn") ? "" : (resource.outputs.text("arn") ?? "");
}
