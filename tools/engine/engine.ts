/**
 * Finds the Pulumi engine: installed, kept from an earlier run, downloaded, or built from source (docs/decisions and tools/engine/README.md).
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { mkdir, open, realpath, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cacheFolder, projectRoot } from "../setup/cache-folder.mjs";
import { runStep, StepFailed } from "../setup/step.mjs";
import { withLock } from "./lock.ts";

export type { EngineEvent, RunOptions, RunResult } from "./run.ts";
export { exportStack, RunRefused, refuseIfBusy, refuseWithoutRoom, runFolder, runPulumi, selectOrCreateStack, unprotect } from "./run.ts";

export interface Engine {
    /** The `pulumi` program. */
    readonly binary: string;
    /** What runs use as PULUMI_HOME. */
    readonly home: string;
    /** The PATH that runs use: the engine finds its language host and its Node there. */
    readonly path: string;
    readonly origin: "installed" | "cached" | "downloaded" | "built";
}

/** One number for engine and SDK: package.json pins both. */
export const engineVersion: string = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")).devDependencies.pulumi;

const ownFolder = dirname(fileURLToPath(import.meta.url));
const executable = process.platform === "win32" ? "pulumi.exe" : "pulumi";
const execute = promisify(execFile);

let found: Promise<Engine> | undefined;

/** Answers with an engine of the pinned version, making one if there is none; later calls of one process answer at once. */
export async function ensureEngine(report?: (step: string) => void): Promise<Engine> {
    found ??= findEngine(report);
    return await found;
}

async function findEngine(report: (step: string) => void = () => {}): Promise<Engine> {
    const home = join(cacheFolder(), "pulumi-home");
    const kept = join(home, "versions", engineVersion, "bin", executable);
    const reasons: string[] = [];
    const tryWay = async (origin: Engine["origin"], way: string, find: () => Promise<string>): Promise<Engine | undefined> => {
        try {
            const binary = await find();
            report(`Pulumi ${engineVersion}, ${origin}: ${binary}`);
            return { binary, home, origin, path: searchPath(binary) };
        } catch (error) {
            reasons.push(`  ${way.padEnd(12)}${indent((error as Error).message)}`);
            return undefined;
        }
    };
    const existing =
        (await tryWay("installed", "installed", findInstalled)) ?? (await tryWay("cached", "cached", async () => await verify(kept)));
    if (existing !== undefined) return existing;

    return await withLock(
        join(home, "making.lock"),
        (pid) => report(`Process ${pid} is making the engine; waiting for it`),
        async () => {
            const made =
                (await tryWay("cached", "cached", async () => await verify(kept))) ??
                (await tryWay("downloaded", "download", async () => await download(home, kept))) ??
                (await tryWay("built", "build", async () => await build(kept)));
            if (made === undefined) throw new StepFailed(explain([...new Set(reasons)]));
            return made;
        },
    );
}

function explain(reasons: readonly string[]): string {
    return [
        `Pulumi ${engineVersion} is needed and could not be had:`,
        "",
        ...reasons,
        "",
        `Any one of these mends it: install Pulumi ${engineVersion} (https://www.pulumi.com/docs/install/versions/); let this machine reach`,
        "get.pulumi.com and github.com; or install Go 1.26 or newer and let it reach its module proxy (`go env GOPROXY`).",
    ].join("\n");
}

/** A Pulumi that the user installed, or that `npx pulumi` fetched for them. */
async function findInstalled(): Promise<string> {
    const pulumiHome = process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
    const folders = [
        ...(process.env.PATH ?? "").split(delimiter),
        join(pulumiHome, "versions", engineVersion, "bin"),
        join(pulumiHome, "bin"),
    ];
    const others: string[] = [];
    for (const candidate of new Set(folders.filter(Boolean).map((folder) => join(folder, executable)))) {
        // The npm package `pulumi` puts a program of the same name on PATH, which downloads when it is called.
        if (!existsSync(candidate) || (await realpath(candidate)).endsWith(".js")) continue;
        const version = await versionOf(candidate).catch((error: Error) => `unusable (${error.message})`);
        if (minor(version) === minor(engineVersion)) return candidate;
        others.push(`${candidate} is ${version}`);
    }
    throw new Error(others.length > 0 ? others.join("; ") : "no pulumi on PATH");
}

async function versionOf(binary: string): Promise<string> {
    const { stdout } = await execute(binary, ["version"], { timeout: 15_000, env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" } });
    return stdout.trim().replace(/^v/, "");
}

function minor(version: string): string {
    return version.split(".").slice(0, 2).join(".");
}

/** Refuses an engine that a killed run or a full disk has cut short. */
async function verify(binary: string): Promise<string> {
    if (!existsSync(binary)) throw new Error("nothing kept from an earlier run");
    const wanted = existsSync(checksumFile(binary)) ? readFileSync(checksumFile(binary), "utf8").trim() : "";
    if (wanted !== (await checksum(binary))) throw new Error(`${binary} is not what was put there; it is made again`);
    await placeLanguageHost(binary);
    return binary;
}

function checksumFile(binary: string): string {
    return `${binary}.sha256`;
}

async function checksum(file: string): Promise<string> {
    const hash = createHash("sha256");
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
    return hash.digest("hex");
}

/** The npm package `pulumi` runs Pulumi's own installer, which brings the language hosts too. */
async function download(home: string, kept: string): Promise<string> {
    await mkdir(home, { recursive: true });
    try {
        await runStep({
            title: `Downloading Pulumi ${engineVersion} (npm package \`pulumi\`)`,
            expected: "about 30 seconds, at most 4 minutes",
            command: [process.execPath, join(projectRoot, "node_modules", "pulumi", "run.js"), "version"],
            directory: projectRoot,
            environment: { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true", NODE_USE_ENV_PROXY: "1" },
            timeoutSeconds: 240,
            remedy: "",
        });
        return await keep(kept);
    } catch (error) {
        await rm(dirname(dirname(kept)), { recursive: true, force: true });
        throw error;
    }
}

/** How many packages `go build -v` names from an empty cache; only progress depends on it (2026-11-21). */
const packagesToCompile = 1700;

/** The engine's source comes from the Go module proxy; tools/engine/build pins every module by checksum. */
async function build(kept: string): Promise<string> {
    const unfinished = `${kept}.unfinished`;
    let compiled = 0;
    let downloaded = 0;
    await execute("go", ["version"]).catch(() => {
        throw new Error("no `go` on PATH");
    });
    await mkdir(dirname(kept), { recursive: true });
    await runStep({
        title: `Building Pulumi ${engineVersion} from the Go module proxy`,
        expected: "3 to 5 minutes, once for this user",
        command: [
            ...["go", "build", "-v", "-trimpath", "-tags", "osusergo,grpcnotrace"],
            // Without a version the Automation API and `npx pulumi` refuse the engine.
            ...["-ldflags", `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`],
            ...["-o", unfinished, "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
        ],
        directory: join(ownFolder, "build"),
        progress: (line) => {
            if (line.startsWith("go: downloading")) downloaded++;
            else compiled++;
            return compiled > 0 ? `${compiled} of about ${packagesToCompile} packages compiled` : `${downloaded} modules fetched`;
        },
        remedy: "",
    });
    await rename(unfinished, kept);
    await placeLanguageHost(kept);
    return await keep(kept);
}

async function keep(binary: string): Promise<string> {
    const version = await versionOf(binary);
    if (version !== engineVersion) throw new Error(`${binary} calls itself ${version}`);
    await writeFile(checksumFile(binary), `${await checksum(binary)}\n`);
    return binary;
}

/** The engine looks for its Node, and for its language host when none lies beside it, on this PATH. */
function searchPath(binary: string): string {
    return [dirname(process.execPath), dirname(binary), join(projectRoot, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter);
}

/** The official engine comes with its language host; one built from source gets the project's, beside it, where it is found without a warning. */
async function placeLanguageHost(binary: string): Promise<void> {
    const own = readFileSync(join(ownFolder, "pulumi-language-nodejs"));
    const beside = join(dirname(binary), "pulumi-language-nodejs");
    if (existsSync(beside) && !(await isScript(beside))) return;
    await writeFile(beside, own, { mode: 0o755 });
}

async function isScript(file: string): Promise<boolean> {
    const handle = await open(file);
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0).finally(() => handle.close());
    return buffer.toString("latin1") === "#!";
}

function indent(message: string): string {
    return message.trim().replaceAll(/\n(?=.)/g, `\n${" ".repeat(14)}`);
}
