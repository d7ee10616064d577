/** Values that a program may write as an object or as a text of JSON. */
import { Values } from "./values.ts";

/** What a text of JSON holds; anything else as it is. Undefined for a text that is no JSON. */
export function fromJson(raw: unknown): unknown {
    if (typeof raw !== "string") {
        return raw;
    }
    try {
        return JSON.parse(raw);
    } catch {
        return undefined;
    }
}

/** The members of a list that `path` holds, written either way; none where it is no list. Throws while it is not known. */
export function listAt(values: Values, path: string): readonly Values[] {
    const bag = fromJson(values.raw(path));
    return Array.isArray(bag) ? bag.map((member: unknown, index) => new Values(member, `${values.pathOf(path)}[${index}]`)) : [];
}
