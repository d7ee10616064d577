/** A stack file with changes laid over it: to ask what a setting would do, and to test what one is refused for. Pure. */

type Block = Readonly<Record<string, unknown>>;

/** Blocks are merged, everything else is replaced; `null` takes a key away. */
export function overlaid(base: unknown, change: unknown): unknown {
    if (!isBlock(base) || !isBlock(change)) {
        return change;
    }
    const kept = Object.entries(base).filter(([key]) => change[key] !== null);
    const changed = Object.entries(change).filter(([, value]) => value !== null);
    return { ...Object.fromEntries(kept), ...Object.fromEntries(changed.map(([key, value]) => [key, overlaid(base[key], value)])) };
}

function isBlock(value: unknown): value is Block {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
