/**
 * `npm run benchmark`: what Terrace costs beside Pulumi itself, as ratios within one run, because machines differ and are noisy.
 * Nobody times tests; this prints what was seen, and exits 0.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFlatProgram } from "./benchmark/flat-program.ts";
import { type Engine, ensureEngine, runPulumi, selectOrCreateStack } from "./engine/engine.ts";
import { rehearsedInventoryOf } from "./inventory/rehearsed.ts";
import { inventoryOf } from "./inventory/stack-file.ts";
import { startRehearsalCloud } from "./rehearsal/server.ts";
import { projectRoot } from "./setup/cache-folder.mjs";

const rounds = Number(process.argv[2] ?? 5);
const folder = join(projectRoot, ".terrace", "benchmark");
const flagship = ["dev", "staging", "prod"];

await inventories();
await previews(await ensureEngine((step) => console.error(step)));

/** Inventory of each stack, of all of them, and per further resource up to 1,500. */
async function inventories(): Promise<void> {
    await inventoryOf(projectRoot, "dev"); // Imports are paid here.
    let all = 0;
    for (const stack of flagship) {
        const [milliseconds, inventory] = await timed(() => inventoryOf(projectRoot, stack));
        all += milliseconds;
        print(`inventory of ${stack}`, `${Math.round(milliseconds)} ms`, `${inventory.resources.length} resources`);
    }
    print("inventory of all flagship stacks, one process", `${Math.round(all)} ms`);
    for (const buckets of [20, 60, 140]) {
        const [milliseconds, inventory] = await timed(() =>
            inventoryOf(projectRoot, "prod", { storage: { buckets: manyBuckets(buckets) } }),
        );
        const count = inventory.resources.length;
        print(
            `inventory of prod with ${buckets} buckets`,
            `${Math.round(milliseconds)} ms`,
            `${count} resources, ${(milliseconds / count).toFixed(2)} ms each`,
        );
    }
}

/** Every other bucket setting stays at its default. */
function manyBuckets(count: number): Record<string, unknown> {
    return Object.fromEntries(Array.from({ length: count }, (_, index) => [`bucket${index}`, { role: "archive" }]));
}

/** Preview of prod beside the same resources as one flat, tuned program; with our pack beside an empty one. */
async function previews(engine: Engine): Promise<void> {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const cloud = await startRehearsalCloud({ stateFile: join(folder, "cloud.json") });
    writeFlatProgram(await inventoryOf(projectRoot, "prod"), await rehearsedInventoryOf(projectRoot, "prod"), join(folder, "flat"));
    const pack = join(projectRoot, "policy-pack");
    const judged = { policyPacks: [pack], policyPackConfigs: [join(pack, "profiles", "production.json")] };
    const subjects = [
        { label: "terrace, our pack", directory: projectRoot, policies: judged },
        { label: "flat, our pack", directory: join(folder, "flat"), policies: judged },
        { label: "terrace, empty pack", directory: projectRoot, policies: { policyPacks: [writeEmptyPack()] } },
        { label: "terrace, no pack", directory: projectRoot, policies: {} },
    ].map((subject) => ({ ...subject, seconds: [] as number[], peakMiB: 0 }));
    try {
        for (let round = 0; round <= rounds; round++) {
            for (const subject of subjects) {
                const run = {
                    projectDirectory: subject.directory,
                    stack: "prod",
                    stateDirectory: join(folder, "state"),
                    providerPort: cloud.port,
                    ...subject.policies,
                };
                await selectOrCreateStack(engine, run);
                const watch = watchPeak(subject.directory);
                const [milliseconds, result] = await timed(() => runPulumi(engine, "preview", run));
                subject.peakMiB = Math.max(subject.peakMiB, watch.stop());
                if (result.exitCode !== 0) {
                    throw new Error(`${subject.label}: preview ended with ${result.exitCode}\n${result.stdout}\n${result.stderr}`);
                }
                if (round > 0) {
                    subject.seconds.push(milliseconds / 1000); // The first round fills the compile cache.
                }
            }
        }
    } finally {
        await cloud.stop();
    }
    const median = (label: string): number => middle(subjects.find((subject) => subject.label === label)?.seconds ?? []);
    for (const { label, seconds, peakMiB } of subjects) {
        print(
            `preview of prod: ${label}`,
            `${middle(seconds).toFixed(2)} s`,
            `${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)}; program's peak ${peakMiB} MiB`,
        );
    }
    print("terrace / flat, same pack", (median("terrace, our pack") / median("flat, our pack")).toFixed(2), "target 1.3");
    print("our pack beyond an empty one", `${(median("terrace, our pack") - median("terrace, empty pack")).toFixed(2)} s`, "target 0.3 s");
}

function writeEmptyPack(): string {
    const directory = join(folder, "empty-pack");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "PulumiPolicy.yaml"), "runtime: nodejs\n");
    writeFileSync(join(directory, "package.json"), '{ "name": "empty-pack", "version": "1.0.0", "main": "index.js" }\n');
    writeFileSync(
        join(directory, "index.js"),
        'const policy = require("@pulumi/policy");\nnew policy.PolicyPack("empty", { policies: [{ name: "none", description: "none", enforcementLevel: "advisory", validateResource: () => undefined }] });\n',
    );
    return directory;
}

/** Peak resident memory of the program's own process (not the pack's, nor another stack's), where the system tells. */
function watchPeak(directory: string): { stop(): number } {
    let peak = 0;
    const timer = setInterval(() => {
        for (const pid of existsSync("/proc") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : []) {
            peak = Math.max(peak, programMiB(pid, directory));
        }
    }, 100);
    return {
        stop() {
            clearInterval(timer);
            return peak;
        },
    };
}

function programMiB(pid: string, directory: string): number {
    try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return /cmd\/run(\0|\/index)/.test(command) && readlinkSync(`/proc/${pid}/cwd`) === directory
            ? Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024)
            : 0;
    } catch {
        return 0; // Ended between two looks.
    }
}

async function timed<T>(work: () => Promise<T>): Promise<[number, T]> {
    const start = performance.now();
    const result = await work();
    return [performance.now() - start, result];
}

function middle(numbers: readonly number[]): number {
    return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function print(what: string, value: string, remark = ""): void {
    console.log(`${what.padEnd(48)} ${value.padStart(10)}   ${remark}`);
}
