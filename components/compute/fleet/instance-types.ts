/** What an instance type says about itself: processor architecture and whether its processor time is credited. */
import { nearest } from "../../../conventions/refusal.ts";

export type Architecture = "arm64" | "x86_64";

/**
 * Families by architecture, current generations (EC2 instance types, 2026-11). A table and not a rule on letters: a family that is
 * missing is refused at once with its nearest neighbour, where a wrong guess would fail ten minutes into an `up`, at the first launch.
 * Generations without Nitro (t2, m4, c4) are left out: they are dearer and slower than what replaced them.
 */
const families: Readonly<Record<Architecture, readonly string[]>> = {
    arm64: [
        ...["t4g", "a1", "m6g", "m6gd", "m7g", "m7gd", "m8g", "m8gd", "m8gn", "m8gb", "m9g", "m9gd"],
        ...["c6g", "c6gd", "c6gn", "c7g", "c7gd", "c7gn", "c8g", "c8gd", "c8gn", "c8gb", "c9g", "c9gd"],
        ...["r6g", "r6gd", "r7g", "r7gd", "r8g", "r8gd", "r8gn", "r8gb", "r9g", "r9gd", "x2gd", "x8g"],
        ...["i4g", "i7g", "i8g", "i8ge", "im4gn", "is4gen", "g5g"],
    ],
    x86_64: [
        ...["t3", "t3a", "m5", "m5a", "m5ad", "m5d", "m5dn", "m5n", "m5zn", "m6a", "m6i", "m6id", "m6idn", "m6in"],
        ...["m7a", "m7i", "m7i-flex", "m8a", "m8i", "m8i-flex"],
        ...["c5", "c5a", "c5ad", "c5d", "c5n", "c6a", "c6i", "c6id", "c6in", "c7a", "c7i", "c7i-flex", "c8a", "c8i", "c8i-flex"],
        ...["r5", "r5a", "r5ad", "r5b", "r5d", "r5dn", "r5n", "r6a", "r6i", "r6id", "r6idn", "r6in", "r7a", "r7i", "r7iz", "r8a", "r8i"],
        ...["r8i-flex", "x2idn", "x2iedn", "x2iezn", "i3en", "i4i", "i7i", "i7ie", "d3", "d3en", "z1d", "g4dn", "g5", "g6", "g6e"],
    ],
};

const architectureOf = new Map(
    Object.entries(families).flatMap(([architecture, names]) => names.map((name) => [name, architecture as Architecture] as const)),
);

const sizes = /^(nano|micro|small|medium|large|xlarge|\d{1,2}xlarge|metal(-\d{1,2}xl)?)$/;

/** Why `type` is no instance type that a fleet may have, or undefined. */
export function instanceTypeRefusal(type: string): string | undefined {
    const [family = "", size, ...rest] = type.split(".");
    if (size === undefined || rest.length > 0 || !sizes.test(size)) {
        return `expected an instance type such as t4g.small or m7g.large, got ${JSON.stringify(type)}`;
    }
    if (architectureOf.has(family)) {
        return undefined;
    }
    const near = nearest(family, [...architectureOf.keys()]);
    return `${JSON.stringify(family)} is no family of components/compute/fleet/instance-types.ts${near === undefined ? "" : `, the nearest is ${near}`}`;
}

/** Architecture that the types share: one machine image serves them all. Undefined when they differ or one is unknown. */
export function sharedArchitecture(types: readonly string[]): Architecture | undefined {
    const found = new Set(types.map((type) => architectureOf.get(type.split(".")[0] ?? "")));
    return found.size === 1 ? [...found][0] : undefined;
}

/** Whether processor time is paid in credits: T families. */
export function isBurstable(type: string): boolean {
    return /^t\d/.test(type);
}
