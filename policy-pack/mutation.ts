/**
 * Asks whether the cases of the rules would notice a fault: node policy-pack/mutation.ts [family …] [--sample 300] [--quiet].
 * Each mutant takes the place of its rules in this process and lives through the tests of its family until one of them fails.
 */
import { globSync, readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import Mocha from "mocha";
import ts from "typescript";
import type { Rule } from "./core/rule.ts";
import { type Edit, type Mutant, mutantsOf } from "./mutants.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "rules");

/** The text as it is: what fails with this one fails by itself. */
const harmless: Mutant = { start: 0, end: 0, text: "", line: 1, what: "nothing", rule: undefined };

/** Below this share of killed mutants the cases are too weak. */
const wanted = 0.85;

interface Family {
    readonly name: string;
    readonly text: string;
    readonly tests: readonly Mocha.Test[];
    /** The rules that the tests see; a mutant is written over them. */
    readonly rules: readonly Rule[];
}

interface Result {
    readonly killed: number;
    readonly survivors: readonly string[];
}

async function loadFamilies(names: readonly string[]): Promise<readonly Family[]> {
    const families: Family[] = [];
    for (const file of globSync("*.test.ts", { cwd: folder }).sort()) {
        const name = basename(file, ".test.ts");
        const path = join(folder, `${name}.ts`);
        if (names.length > 0 && !names.includes(name)) {
            continue;
        }
        const mocha = new Mocha();
        // Mocha's imported `describe` speaks to the instance that was told last.
        mocha.suite.emit("pre-require", {}, file, mocha);
        await import(pathToFileURL(join(folder, file)).href);
        const rules = rulesIn(await import(pathToFileURL(path).href));
        families.push({ name, text: readFileSync(path, "utf8"), tests: testsIn(mocha.suite), rules });
    }
    return families;
}

function testsIn(suite: Mocha.Suite): readonly Mocha.Test[] {
    return [...suite.tests, ...suite.suites.flatMap(testsIn)];
}

function rulesIn(namespace: object): readonly Rule[] {
    return Object.values(namespace).flatMap((exported) =>
        Array.isArray(exported) ? exported.filter((each) => typeof each?.judge === "function") : [],
    );
}

/** Throws where the mutant is no program; what is answered makes its rules, and may fail like any program. */
type Loader = (mutant: Edit) => () => readonly Rule[];

/** Makes a module's text a function of what it imports; types are blanked out, so that places stay what they are. */
async function createLoader(family: Family): Promise<Loader> {
    const plain = stripTypeScriptTypes(family.text);
    const source = ts.createSourceFile("rules.js", plain, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
    const modules = new Map<string, object>();
    const exports: string[] = [];
    const edits: Edit[] = [];
    for (const statement of source.statements) {
        if (ts.isImportDeclaration(statement)) {
            const name = (statement.moduleSpecifier as ts.StringLiteral).text;
            const from = createRequire(join(folder, "index.ts"));
            modules.set(
                name,
                await import(name.startsWith(".") ? new URL(name, pathToFileURL(join(folder, "x"))).href : from.resolve(name)),
            );
            const names = statement.importClause?.namedBindings?.getText().replaceAll(" as ", ": ") ?? "{}";
            edits.push({ start: statement.getStart(), end: statement.getEnd(), text: `const ${names} = modules.get("${name}");` });
        } else if (ts.canHaveModifiers(statement)) {
            for (const modifier of ts.getModifiers(statement) ?? []) {
                edits.push({ start: modifier.getStart(), end: modifier.getEnd(), text: "" });
            }
            if (ts.isVariableStatement(statement) && ts.getModifiers(statement)?.length) {
                exports.push(...statement.declarationList.declarations.map((declaration) => declaration.name.getText()));
            }
        }
    }
    return (mutant) => {
        const all = [...edits, mutant].toSorted((one, other) => other.start - one.start);
        const text = all.reduce((made, edit) => made.slice(0, edit.start) + edit.text + made.slice(edit.end), plain);
        const load = new Function("modules", `"use strict";${text}\nreturn { ${exports.join(", ")} };`);
        return () => rulesIn(load(modules));
    };
}

/** The first failing test ends it. */
async function isKilled(family: Family, mutant: Mutant, load: Loader): Promise<boolean> {
    const originals = family.rules.map((rule) => ({ ...rule }));
    const make = load(mutant);
    const ofRule = family.tests.filter((test) => mutant.rule === undefined || test.fullTitle().split(" ", 1)[0] === mutant.rule);
    try {
        const mutated = make();
        for (const [index, rule] of family.rules.entries()) {
            Object.assign(rule, mutated[index]);
        }
        for (const test of ofRule.length > 0 ? ofRule : family.tests) {
            await (test.fn as Mocha.AsyncFunc).call({} as Mocha.Context);
        }
        return false;
    } catch {
        return true;
    } finally {
        for (const [index, rule] of family.rules.entries()) {
            Object.assign(rule, originals[index]);
        }
    }
}

/** A generator of its own, so that a sample is the same in every run. */
function pick(mutants: readonly Mutant[], share: number, seed: number): readonly Mutant[] {
    let state = seed;
    return mutants.filter(() => {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        return state / 2_147_483_648 < share;
    });
}

async function judge(family: Family, share: number): Promise<Result> {
    const load = await createLoader(family);
    if (await isKilled(family, harmless, load)) {
        throw new Error(`the tests of ${family.name} fail without any mutant`);
    }
    const survivors: string[] = [];
    let killed = 0;
    for (const mutant of pick(mutantsOf(family.text), share, family.text.length)) {
        if (await isKilled(family, mutant, load)) {
            killed++;
        } else {
            survivors.push(`policy-pack/rules/${family.name}.ts:${mutant.line}  ${mutant.what}`);
        }
    }
    return { killed, survivors };
}

function percent(part: number, whole: number): string {
    return whole === 0 ? "-" : `${((part / whole) * 100).toFixed(1)} %`;
}

async function main(): Promise<void> {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: { sample: { type: "string" }, quiet: { type: "boolean", default: false } },
    });
    const families = await loadFamilies(positionals);
    const total = families.reduce((sum, family) => sum + mutantsOf(family.text).length, 0);
    const share = values.sample === undefined ? 1 : Math.min(1, Number(values.sample) / total);
    let killed = 0;
    let made = 0;
    for (const family of families) {
        const result = await judge(family, share);
        const count = result.killed + result.survivors.length;
        killed += result.killed;
        made += count;
        if (!values.quiet) {
            console.log(
                `${family.name.padEnd(18)} ${String(result.killed).padStart(5)} of ${String(count).padStart(5)} killed  ${percent(result.killed, count)}`,
            );
            for (const survivor of result.survivors) {
                console.log(`    survived  ${survivor}`);
            }
        }
    }
    console.log(`${killed} of ${made} mutants killed: ${percent(killed, made)} (at least ${percent(wanted, 1)})`);
    process.exitCode = made > 0 && killed / made >= wanted ? 0 : 1;
}

// Node warns that blanking types may still change; its version is pinned by who runs this.
process.removeAllListeners("warning");
await main();
