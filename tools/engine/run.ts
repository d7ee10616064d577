/**
 * Runs the engine against a rehearsed backend: offline, with state in a folder, and never with the person's own credentials.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import { parse, stringify } from "yaml";
import { cacheFolder, projectRoot } from "../setup/cache-folder.mjs";
import { refreshConfigCopy } from "./config-copy.ts";
import { enoughRoom, healState, keepCopy, lackOfRoom, type Room, watchRoom } from "./disk.ts";
import type { Engine } from "./engine.ts";
import { isAlive, readHolder } from "./lock.ts";

export type { EngineEvent };

export interface RunOptions {
    /** Where Pulumi.yaml lies. */
    readonly projectDirectory: string;
    readonly stack: string;
    /** Holds the backend of all rehearsed stacks, and for each one its copied stack file and logs: `<project>/<stack>/`. */
    readonly stateDirectory: string;
    /** The port of a running `aws` provider; without it the engine looks for the real plugin. */
    readonly providerPort?: number;
    readonly policyPacks?: readonly string[];
    /** One file for each pack, in the same order. */
    readonly policyPackConfigs?: readonly string[];
    /** Laid over the stack file, for this run only: `network.zones` (or `project:network.zones`) to a value in YAML. */
    readonly config?: Readonly<Record<string, string>>;
    readonly extraArguments?: readonly string[];
    /**
     * How long to wait for another run of the stack, instead of refusing at once. For who knows that no other is wanted: an engine
     * outlives its killed starter until it notices that nobody answers it.
     */
    readonly patienceSeconds?: number;
    /** Called while the run goes on. */
    readonly onEvent?: (event: EngineEvent) => void;
    /** `undefined` takes a variable away. */
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** On the disk of `stateDirectory`, in bytes. */
    readonly room?: Room;
    /** Aborting asks the engine to stop after the operations under way. */
    readonly signal?: AbortSignal;
}

export interface RunResult {
    /** Pulumi's own, a contract: 5 is a policy violation. */
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
    readonly events: EngineEvent[];
}

/** The run was not started, and why. */
export class RunRefused extends Error {}

type Target = Pick<RunOptions, "projectDirectory" | "stack" | "stateDirectory">;

export async function runPulumi(
    engine: Engine,
    operation: "preview" | "up" | "refresh" | "destroy",
    options: RunOptions,
): Promise<RunResult> {
    const room = options.room ?? enoughRoom;
    refuseWithoutRoom(options.stateDirectory, room.toBegin);
    await selectOrCreateStack(engine, options);
    const folder = runFolder(options);
    const eventLog = join(folder, `${operation}.events.jsonl`);
    rmSync(eventLog, { force: true });
    const runsProgram = operation === "preview" || operation === "up";
    const [state, copy] = [stateFile(options), join(folder, "state-before.json")];
    healState(state, copy);
    if (operation !== "preview") keepCopy(state, copy);
    const follower = followEvents(eventLog, options.onEvent);
    const disk = watchRoom(options.stateDirectory, room.toGoOn);
    const result = await pulumi(
        engine,
        options,
        [
            operation,
            ...(operation === "preview" || options.extraArguments?.includes("--preview-only") ? [] : ["--yes", "--skip-preview"]),
            ...["--stack", options.stack, "--non-interactive", "--color", "never", "--event-log", eventLog],
            ...["--config-file", configCopy(options), "--suppress-permalink=true"],
            ...(runsProgram ? (options.policyPacks ?? []).flatMap((pack) => ["--policy-pack", pack]) : []),
            ...(runsProgram ? (options.policyPackConfigs ?? []).flatMap((file) => ["--policy-pack-config", file]) : []),
            ...(options.extraArguments ?? []),
        ],
        { ...options, signal: AbortSignal.any([disk.signal, ...(options.signal ? [options.signal] : [])]) },
    );
    disk.stop();
    const events = await follower.stop();
    if (result.stderr.includes("the stack is currently locked")) throw new RunRefused(busy(options, undefined));
    healState(state, copy);
    if (disk.signal.aborted) events.push(failed(String(disk.signal.reason)));
    else writeFileSync(join(folder, `${operation}.log`), `${result.stdout}\n${result.stderr}`);
    return { ...result, events };
}

/** Before anything is written, a lock included. */
export function refuseWithoutRoom(folder: string, needed: number = enoughRoom.toBegin): void {
    mkdirSync(folder, { recursive: true });
    const lack = lackOfRoom(folder, needed);
    if (lack !== undefined) throw new RunRefused(`${lack}\nNothing was changed. Make room and try again.`);
}

/** What went wrong around the engine, told as the engine tells what went wrong in it. */
function failed(message: string): EngineEvent {
    return { sequence: 0, timestamp: Math.floor(Date.now() / 1000), diagnosticEvent: { message, color: "never", severity: "error" } };
}

/** Makes the stack known to the rehearsed backend, refreshes its copied stack file, and clears what a killed run left locked. */
export async function selectOrCreateStack(engine: Engine, options: Target & Pick<RunOptions, "config" | "patienceSeconds">): Promise<void> {
    refreshConfigCopy(
        join(options.projectDirectory, `Pulumi.${options.stack}.yaml`),
        configCopy(options),
        Object.fromEntries(Object.entries(options.config ?? {}).map(([key, value]) => [qualified(options, key), value])),
    );
    if (!existsSync(stateFile(options))) {
        // `stack init` knows no --config-file and would write a salt into the person's; in this folder it finds the copy.
        writeFileSync(join(runFolder(options), "Pulumi.yaml"), stringify({ name: projectName(options), runtime: "nodejs" }));
        const made = await pulumi(engine, { ...options, workingDirectory: runFolder(options) }, [
            ...["stack", "init", options.stack, "--no-select"],
        ]);
        // Another run may have made it in the meantime.
        if (made.exitCode !== 0 && !made.stderr.includes("already exists")) {
            // Its parser is stricter than ours: `{a: cron(0 3 ? *)}` without quotes is not YAML to it.
            throw new RunRefused(`Pulumi cannot use Pulumi.${options.stack}.yaml:\n  ${made.stderr.trim()}`);
        }
    }
    await clearStaleLock(engine, options);
}

export async function exportStack(engine: Engine, options: Target): Promise<StackExport> {
    const { exitCode, stdout, stderr } = await pulumi(engine, options, ["stack", "export", "--stack", options.stack]);
    if (exitCode !== 0) throw new Error(`pulumi stack export: ${stderr}`);
    return JSON.parse(stdout);
}

export interface StackExport {
    readonly version: number;
    readonly deployment: { readonly resources?: readonly StateResource[]; readonly pending_operations?: readonly PendingOperation[] };
}

export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly parent?: string;
    readonly protect?: boolean;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

export interface PendingOperation {
    readonly resource: StateResource;
    readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
}

/** Lifts Pulumi's own protection (`protect: true`) of every resource in the rehearsed state; AWS's is a setting of the stack file. */
export async function unprotect(engine: Engine, options: Target): Promise<void> {
    const { exitCode, stderr } = await pulumi(engine, options, ["state", "unprotect", "--all", "--yes", "--stack", options.stack]);
    if (exitCode !== 0) throw new Error(`pulumi state unprotect: ${stderr}`);
}

/** Where the stack's copied stack file and the logs of its last runs lie. */
export function runFolder(target: Target): string {
    return join(target.stateDirectory, projectName(target), target.stack);
}

export function projectName({ projectDirectory }: Pick<Target, "projectDirectory">): string {
    const file = join(projectDirectory, "Pulumi.yaml");
    const name = existsSync(file) ? parse(readFileSync(file, "utf8"))?.name : undefined;
    if (typeof name !== "string") throw new RunRefused(`${file} is not there or has no \`name\`: expected the folder of a Pulumi project`);
    return name;
}

function configCopy(target: Target): string {
    return join(runFolder(target), `Pulumi.${target.stack}.yaml`);
}

function stateFile(target: Target): string {
    return join(target.stateDirectory, ".pulumi", "stacks", projectName(target), `${target.stack}.json`);
}

function qualified(target: Target, key: string): string {
    return key.includes(":") ? key : `${projectName(target)}:${key}`;
}

/** The engine's lock names its process. A dead one is a run that was killed: its lock is lifted. A living one is refused. */
async function clearStaleLock(engine: Engine, options: Target & Pick<RunOptions, "patienceSeconds">): Promise<void> {
    const folder = join(options.stateDirectory, ".pulumi", "locks", "organization", projectName(options), options.stack);
    const locks = existsSync(folder) ? readdirSync(folder) : [];
    if (locks.length === 0) return;
    const until = Date.now() + (options.patienceSeconds ?? 0) * 1000;
    for (const lock of locks) {
        const holder = readLock(join(folder, lock));
        if (holder === undefined || holder.hostname !== hostname()) continue;
        while (isAlive(holder.pid)) {
            if (Date.now() >= until) throw new RunRefused(busy(options, holder.pid));
            await new Promise((settle) => setTimeout(settle, 200));
        }
    }
    await pulumi(engine, options, ["cancel", options.stack, "--yes"]);
}

/** Refuses while any rehearsed stack is being changed. */
export function refuseIfBusy(stateDirectory: string): void {
    const folders = [join(stateDirectory, ".pulumi", "locks"), join(stateDirectory, "cloud")].filter((folder) => existsSync(folder));
    const files = folders.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)));
    for (const file of files) {
        // Ours end in .lock; the engine's are the JSON files of its folder of locks.
        const pid = file.endsWith(".lock")
            ? readHolder(file)
            : file.startsWith(join(stateDirectory, "cloud"))
              ? undefined
              : readLock(file)?.pid;
        if (pid === undefined || !isAlive(pid)) continue;
        throw new RunRefused(
            `Another run (process ${pid}) is using what is to be forgotten.\nWait until it has ended, or stop it, and try again.`,
        );
    }
}

function readLock(file: string): { pid: number; hostname: string } | undefined {
    try {
        return JSON.parse(readFileSync(file, "utf8"));
    } catch {
        return undefined;
    }
}

function busy(target: Target, pid: number | undefined): string {
    const who = pid === undefined ? "Another run" : `Another run (process ${pid})`;
    return `${who} is changing the rehearsed stack "${target.stack}" of ${projectName(target)}.\nWait until it has ended, or stop it, and try again.`;
}

async function pulumi(
    engine: Engine,
    target: Target & { readonly workingDirectory?: string },
    args: readonly string[],
    { providerPort, environment, signal }: Pick<RunOptions, "providerPort" | "environment" | "signal"> = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    const child = spawn(engine.binary, args, {
        cwd: target.workingDirectory ?? target.projectDirectory,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...offlineEnvironment(engine, target.stateDirectory, providerPort), ...environment },
        // Out of the terminal's group: a Ctrl-C reaches it once, through `signal`; a second one would make it drop what is under way.
        detached: true,
    });
    const stop = () => child.kill("SIGINT");
    const kill = () => child.kill("SIGKILL");
    signal?.addEventListener("abort", stop);
    process.on("exit", kill);
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
        child[name].setEncoding("utf8").on("data", (chunk: string) => {
            output[name] += chunk;
        });
    }
    const exitCode = await new Promise<number>((settle, reject) => {
        child.on("error", reject);
        child.on("close", (code) => settle(code ?? 255));
    });
    signal?.removeEventListener("abort", stop);
    process.off("exit", kill);
    return { exitCode, ...output };
}

/** What the person set for their own accounts and backends must not reach a rehearsal. */
function offlineEnvironment(engine: Engine, stateDirectory: string, providerPort: number | undefined): NodeJS.ProcessEnv {
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|PULUMI)_/.test(name)));
    return {
        ...inherited,
        PATH: engine.path,
        PULUMI_HOME: engine.home,
        TERRACE_LANGUAGE_HOST: join(projectRoot, "tools", "engine", "language-host.mjs"),
        // Without metadata=skip each state file has a second one beside it that is not replaced atomically; an engine killed while it
        // is half written could never read its state again.
        PULUMI_BACKEND_URL: `file://${stateDirectory}?metadata=skip`,
        // State of a rehearsal holds no real secret.
        PULUMI_CONFIG_PASSPHRASE: "rehearsal",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
        PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
        // Makes the engine accept --event-log.
        PULUMI_DEBUG_COMMANDS: "true",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_ACCESS_KEY_ID: "rehearsal",
        AWS_SECRET_ACCESS_KEY: "rehearsal",
        NO_COLOR: "1",
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheFolder(), "compiled"),
        ...(providerPort !== undefined && { PULUMI_DEBUG_PROVIDERS: `aws:${providerPort}` }),
    };
}

/** Reads the engine's event log while it grows. */
function followEvents(file: string, onEvent: (event: EngineEvent) => void = () => {}) {
    const events: EngineEvent[] = [];
    let position = 0;
    let rest = Buffer.alloc(0);
    let reading = Promise.resolve();
    const readOn = async () => {
        if (!existsSync(file)) return;
        const handle = await open(file, "r");
        try {
            for await (const chunk of handle.createReadStream({ start: position, autoClose: false })) {
                position += chunk.length;
                rest = Buffer.concat([rest, chunk]);
            }
        } finally {
            await handle.close();
        }
        const end = rest.lastIndexOf("\n") + 1;
        const lines = rest.subarray(0, end).toString("utf8");
        rest = rest.subarray(end);
        for (const line of lines.split("\n").filter(Boolean)) {
            const event: EngineEvent = JSON.parse(line);
            events.push(event);
            onEvent(event);
        }
    };
    const timer = setInterval(() => {
        reading = reading.then(readOn);
    }, 100);
    return {
        async stop(): Promise<EngineEvent[]> {
            clearInterval(timer);
            await reading;
            await readOn();
            return events;
        },
    };
}
