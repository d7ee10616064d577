/** What kind of environment a name speaks of: a stack's, a tag's, a stage's. */

const kinds = {
    production: ["production", "prod", "prd", "live"],
    staging: ["staging", "stage", "stg", "uat", "preprod", "preproduction"],
    test: ["test", "testing", "tst", "qa", "ci"],
    development: ["development", "develop", "dev", "sandbox"],
} as const;
export type EnvironmentKind = keyof typeof kinds;

/** `DeployToProd-eu` → deploy, to, prod, eu. A `pre-prod` is one word, and so is a `non-prod`. */
export function wordsIn(text: string): readonly string[] {
    return text
        .replace(/(pre|non)[-_ ]?prod/gi, (joined) => joined.replace(/[-_ ]/, "").toLowerCase())
        .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
        .toLowerCase()
        .split(/[^a-z0-9]+/)
        .filter((word) => word !== "");
}

/** Undefined where the name speaks of none, or of more than one. */
export function environmentIn(text: string): EnvironmentKind | undefined {
    const words = wordsIn(text);
    const found = (Object.keys(kinds) as EnvironmentKind[]).filter((kind) => kinds[kind].some((word: string) => words.includes(word)));
    return found.length === 1 ? found[0] : undefined;
}
