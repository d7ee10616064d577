/**
 * What `npm test` runs: everything that CI checks, each step named and timed, to the end even when one fails.
 * `npm test -- <text>` runs only the tests whose file or title contains the text.
 */
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";
import { ensureEngine } from "./engine/engine.ts";
import { projectRoot } from "./setup/cache-folder.mjs";
import { StepFailed } from "./setup/step.mjs";

interface Result {
    readonly step: string;
    readonly passed: number;
    readonly failed: number;
    readonly seconds: number;
}

type Show = "quiet" | "shown";

const folders = ["conventions", "components", "stacks", "policy-pack", "tools", "tests", "blueprints"];
const engineTests = "tests/engine/";

const wanted = process.argv.slice(2);
const results = wanted.length > 0 ? await runMatching(wanted) : await runAll();
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
console.log("");
for (const result of results) {
    const count = result.failed > 0 ? `${result.failed} FAILED, ${result.passed} passed` : `${result.passed} passed`;
    console.log(`${result.failed > 0 ? "✘" : "✔"} ${result.step.padEnd(28)} ${count.padEnd(24)} ${result.seconds.toFixed(1)} s`);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function runAll(): Promise<Result[]> {
    const tests = testFiles();
    return [
        await check("types", ["node_modules/typescript-native/bin/tsc", "-p", "."]),
        await check("format and lint", ["node_modules/@biomejs/biome/bin/biome", "check", "."]),
        await check("who imports whom", [
            ...["node_modules/dependency-cruiser/bin/dependency-cruiser.mjs", "--config", "dependency-cruiser.config.cjs"],
            ...["--output-type", "err-long", "index.ts", ...folders.filter((folder) => globSync(folder, { cwd: projectRoot }).length > 0)],
        ]),
        ...(await units(tests.filter((file) => !file.startsWith(engineTests)))),
        await engine(tests.filter((file) => file.startsWith(engineTests))),
    ];
}

/** The pack's tests take as long as all others, and its matrix must see them all in one process: two processes, side by side. */
async function units(files: readonly string[]): Promise<Result[]> {
    const ofPack = (file: string) => file.startsWith("policy-pack/");
    return await Promise.all([
        mocha("tests of the policy pack", files.filter(ofPack), ["--reporter", "dot"], "quiet"),
        mocha(
            "all other tests",
            files.filter((file) => !ofPack(file)),
            ["--reporter", "dot"],
            "quiet",
        ),
    ]);
}

/** Each word is part of a test file's path, or else of a test's title. */
async function runMatching(words: readonly string[]): Promise<Result[]> {
    const all = testFiles();
    const named = words.map((word) => all.filter((file) => file.includes(word.replace(/^\.\//, ""))));
    const files = named.some((matching) => matching.length > 0) ? [...new Set(named.flat())] : all;
    const titles = words.filter((_word, index) => named[index]?.length === 0);
    const grep = titles.length > 0 ? ["--grep", titles.join(" ")] : [];
    const [withEngine, without] = [true, false].map((wants) => files.filter((file) => file.startsWith(engineTests) === wants));
    const results: Result[] = [];
    if (without?.length) results.push(await mocha("tests", without, ["--reporter", "spec", ...grep]));
    // A title is looked for without the engine first: its tests take long to get to.
    if (withEngine?.length && !results.some((result) => result.passed + result.failed > 0 && titles.length > 0)) {
        results.push(await engine(withEngine, grep));
    }
    return results;
}

function testFiles(): string[] {
    const files = globSync(`{${folders.join(",")}}/**/*.test.ts`, { cwd: projectRoot });
    return files
        .map((file) => file.replaceAll("\\", "/"))
        .filter((file) => !file.includes("node_modules/"))
        .sort();
}

/** A command that is silent when all is well. */
async function check(step: string, args: readonly string[]): Promise<Result> {
    const { exitCode, output, seconds } = await run(args, "quiet");
    if (exitCode !== 0) console.log(`\n${step}:\n${output.trim()}\n`);
    else console.log(`✔ ${step} (${seconds.toFixed(1)} s)`);
    return { step, passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, seconds };
}

async function engine(files: readonly string[], extra: readonly string[] = []): Promise<Result> {
    try {
        await ensureEngine(console.log);
    } catch (error) {
        if (!(error instanceof StepFailed)) throw error;
        console.error(error.message);
        return { step: "tests with the engine", passed: 0, failed: 1, seconds: 0 };
    }
    // A run of the engine uses a little more than one core: two files at once take two thirds of the time.
    return await mocha("tests with the engine", files, [
        "--reporter",
        "spec",
        "--timeout",
        "300000",
        "--parallel",
        "--jobs",
        "2",
        ...extra,
    ]);
}

/** `quiet` shows what it said when it has ended, so that two at once can be read. */
async function mocha(step: string, files: readonly string[], extra: readonly string[], show: Show = "shown"): Promise<Result> {
    if (files.length === 0) return { step, passed: 0, failed: 0, seconds: 0 };
    const heading = `\n${step}, ${files.length} files:`;
    console.log(show === "quiet" ? `${heading.slice(1)} under way` : heading);
    const { exitCode, output, seconds } = await run(["node_modules/mocha/bin/mocha.js", "--exit", ...extra, ...files], show);
    if (show === "quiet") console.log(`${heading}\n${output.trimEnd()}`);
    const count = (word: string) => Number(new RegExp(`^\\s*(\\d+) ${word}\\b`, "m").exec(output)?.[1] ?? 0);
    // A file that cannot be loaded ends mocha before it has counted anything.
    const failures = count("failing") || (exitCode === 0 ? 0 : 1);
    return { step, passed: count("passing"), failed: failures, seconds };
}

async function run(args: readonly string[], show: Show): Promise<{ exitCode: number; output: string; seconds: number }> {
    const started = Date.now();
    const [program = "", ...rest] = args;
    const child = spawn(process.execPath, [join(projectRoot, program), ...rest], { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const [stream, target] of [
        [child.stdout, process.stdout],
        [child.stderr, process.stderr],
    ] as const) {
        stream.setEncoding("utf8").on("data", (text: string) => {
            output += text;
            if (show === "shown") target.write(text);
        });
    }
    const exitCode = await new Promise<number>((settle, reject) => {
        child.on("error", reject);
        child.on("close", (code) => settle(code ?? 1));
    });
    return { exitCode, output, seconds: (Date.now() - started) / 1000 };
}
