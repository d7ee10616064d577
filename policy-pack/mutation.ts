/**
 * Asks whether the cases of the rules would notice a fault: node policy-pack/mutation.ts [file …] [--sample 300] [--quiet].
 * Files are rules/<name>.ts, and of core/ what judges. Each mutant lives in this process, and through the tests of its file and of all
 * rules that use it, until one of them fails.
 */
import { globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Faulty, ModuleRegistry } from "./module-registry.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";

const folder = dirname(fileURLToPath(import.meta.url));

/** Below this share of killed mutants the cases are too weak. */
const wanted = 0.85;

/** Files of core/ that judge nothing: tables, words, and what brings rules and resources together. Their own tests are for them. */
const notJudging = new Set(
    "configuration controls judge levels lifecycle nearest regions resource risky-actions rule stack taggable types values waivers words"
        .split(" ")
        .map((name) => join(folder, "core", `${name}.ts`)),
);

interface Test {
    /** With the titles of what it stands in. */
    readonly title: string;
    readonly run: () => unknown;
}

/** What mocha is to a file of tests. Hooks are not needed by any; a file that starts to use one is told so by their absence. */
class Collector {
    readonly #titles: string[] = [];
    public tests: Test[] = [];

    public readonly describe = (title: string, body: () => void): void => {
        this.#titles.push(title);
        body.call({ timeout: () => {} });
        this.#titles.pop();
    };

    public readonly it = (title: string, run: () => unknown): { timeout: () => void } => {
        this.tests.push({ title: [...this.#titles, title].join(" "), run });
        return { timeout: () => {} };
    };
}

interface Result {
    readonly killed: number;
    readonly survivors: readonly string[];
}

class Mutation {
    readonly #registry: ModuleRegistry;
    readonly #collector: Collector;
    readonly #testFiles: readonly string[];
    /** Modules without a fault; a mutant's own modules never get in. */
    readonly #living = new Map<string, Readonly<Record<string, unknown>>>();

    private constructor(registry: ModuleRegistry, collector: Collector, testFiles: readonly string[]) {
        this.#registry = registry;
        this.#collector = collector;
        this.#testFiles = testFiles;
    }

    public static async start(): Promise<Mutation> {
        const testFiles = globSync("{core,rules}/*.test.ts", { cwd: folder }).map((file) => join(folder, file));
        const collector = new Collector();
        const isOwn = (path: string): boolean => path.startsWith(folder) && !notJudging.has(path);
        const mocha = { describe: collector.describe, it: collector.it };
        return new Mutation(await ModuleRegistry.of(testFiles, isOwn, new Map([["mocha", mocha]])), collector, testFiles);
    }

    public async judge(path: string, share: number): Promise<Result> {
        const mutants = mutantsIn(path);
        const survivors: string[] = [];
        let killed = 0;
        for (const mutant of pick(mutants, share, mutants.length)) {
            if (await this.#isKilled(path, mutant)) {
                killed++;
            } else {
                survivors.push(`policy-pack/${path.slice(folder.length + 1)}:${mutant.line}  ${mutant.what}`);
            }
        }
        return { killed, survivors };
    }

    /** What fails without a fault fails by itself and would kill every mutant. */
    public async expectSuccess(): Promise<void> {
        for (const file of this.#testFiles) {
            for (const { title, run } of this.#testsIn(file)) {
                try {
                    await run();
                } catch (problem) {
                    throw new Error(`${basename(file)} fails without any mutant: ${title}: ${(problem as Error).message}`);
                }
            }
        }
    }

    /** The first failing test ends it. */
    async #isKilled(path: string, mutant: Mutant): Promise<boolean> {
        const faulty = { path, compiled: this.#registry.compile(path, mutant) };
        for (const file of this.#testsOf(path)) {
            let tests: readonly Test[];
            try {
                tests = this.#testsIn(file, faulty);
            } catch {
                return true;
            }
            const ofRule = tests.filter(({ title }) => mutant.rule !== undefined && title.startsWith(mutant.rule));
            for (const { run } of ofRule.length > 0 ? ofRule : tests) {
                try {
                    await run();
                } catch {
                    return true;
                }
            }
        }
        return false;
    }

    /** Its own tests first, then those of every rule file that needs it. */
    #testsOf(path: string): readonly string[] {
        const isTool = (each: string): boolean => each.endsWith("testing.ts");
        const own = path.replace(/\.ts$/, ".test.ts");
        const others = this.#testFiles.filter(
            (file) => file !== own && this.#registry.needsUpTo(file.replace(/\.test\.ts$/, ".ts"), isTool).has(path),
        );
        return [...this.#testFiles.filter((file) => file === own), ...others];
    }

    #testsIn(file: string, faulty?: Faulty): readonly Test[] {
        const isTouched = (each: string): boolean => faulty !== undefined && this.#registry.needs(each).has(faulty.path);
        // What does not need the faulty module is the same for all mutants.
        const living = new Map([...this.#living].filter(([each]) => !isTouched(each)));
        this.#collector.tests = [];
        this.#registry.live(file, living, faulty);
        for (const [each, exports] of living) {
            if (!each.endsWith(".test.ts") && !isTouched(each)) {
                this.#living.set(each, exports);
            }
        }
        return this.#collector.tests;
    }
}

/** Of the text without its types, which is what lives; places are the same. */
function mutantsIn(file: string): readonly Mutant[] {
    return mutantsOf(stripTypeScriptTypes(readFileSync(file, "utf8")));
}

/** A generator of its own, so that a sample is the same in every run. */
function pick(mutants: readonly Mutant[], share: number, seed: number): readonly Mutant[] {
    let state = seed;
    return mutants.filter(() => {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        return state / 2_147_483_648 < share;
    });
}

function percent(part: number, whole: number): string {
    return whole === 0 ? "-" : `${((part / whole) * 100).toFixed(1)} %`;
}

function files(names: readonly string[]): readonly string[] {
    const all = globSync("{rules,core}/*.ts", { cwd: folder, exclude: ["**/*.test.ts", "rules/index.ts"] }).sort();
    const judging = all.map((file) => join(folder, file)).filter((file) => !notJudging.has(file));
    return names.length === 0 ? judging : judging.filter((file) => names.includes(basename(file, ".ts")));
}

async function main(): Promise<void> {
    // Node warns that blanking types may still change; its version is pinned by who runs this.
    process.removeAllListeners("warning");
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: { sample: { type: "string" }, quiet: { type: "boolean", default: false } },
    });
    const chosen = files(positionals);
    const total = chosen.reduce((sum, file) => sum + mutantsIn(file).length, 0);
    const share = values.sample === undefined ? 1 : Math.min(1, Number(values.sample) / total);
    const mutation = await Mutation.start();
    await mutation.expectSuccess();
    let killed = 0;
    let made = 0;
    for (const file of chosen) {
        const result = await mutation.judge(file, share);
        const count = result.killed + result.survivors.length;
        killed += result.killed;
        made += count;
        if (!values.quiet) {
            const name = file.slice(folder.length + 1);
            console.log(
                `${name.padEnd(28)} ${String(result.killed).padStart(5)} of ${String(count).padStart(5)} killed  ${percent(result.killed, count)}`,
            );
            for (const survivor of result.survivors) {
                console.log(`    survived  ${survivor}`);
            }
        }
    }
    console.log(`${killed} of ${made} mutants killed: ${percent(killed, made)} (at least ${percent(wanted, 1)})`);
    process.exitCode = made > 0 && killed / made >= wanted ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    await main();
}
