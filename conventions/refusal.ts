/**
 * The one voice in which settings, components, policies and tools refuse.
 * A problem is data until it is printed, so that all of them can be shown at once.
 */
import { distance } from "fastest-levenshtein";

/** One thing that is wrong: where the reader wrote it, and what was expected there. */
export interface Problem {
    /** Dotted path as the reader would look for it: `database.capacity.minAcu`. */
    readonly path: string;
    /** What was expected, what was got, how to mend it. Begins in lower case, has no full stop. */
    readonly message: string;
}

/** `Pulumi.prod.yaml cannot be used:` and one aligned line a problem, sorted by path so that two runs read alike. */
export function describeProblems(subject: string, problems: readonly Problem[]): string {
    const width = Math.max(...problems.map((problem) => problem.path.length));
    const lines = [...problems]
        .sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }))
        .map((problem) => `  ${problem.path.padEnd(width)}  ${problem.message}`);
    return [`${subject} cannot be used:`, "", ...lines, ""].join("\n");
}

/** The known word nearest to what was written, or undefined when none is near enough to be meant. */
export function nearest(written: string, known: readonly string[]): string | undefined {
    const lower = written.toLowerCase();
    const ranked = known.map((word) => ({ word, far: distance(lower, word.toLowerCase()) })).sort((a, b) => a.far - b.far);
    const best = ranked[0];
    return best !== undefined && best.far <= Math.max(2, Math.floor(written.length / 3)) ? best.word : undefined;
}

/** `"a", "b" or "c"`: a closed set as refusals print it. */
export function oneOf(words: readonly (string | number)[]): string {
    const quoted = words.map((word) => JSON.stringify(word));
    return quoted.length < 2 ? (quoted[0] ?? "nothing") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
