import { createRequire } from "node:module";

/** The known name that a person most likely meant. Loads its arithmetic only when somebody has mistyped. */
export function nearest(name: string, known: readonly string[]): string {
    const { closest } = createRequire(import.meta.url)("fastest-levenshtein") as typeof import("fastest-levenshtein");
    return closest(name, [...known]);
}
