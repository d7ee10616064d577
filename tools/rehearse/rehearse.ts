/**
 * Rehearses one stack: the real engine, the real program and the policy pack against the rehearsal cloud.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { nearest } from "../../conventions/refusal.ts";
import {
    type Engine,
    type EngineEvent,
    exportStack,
    type RunOptions,
    RunRefused,
    type RunResult,
    refuseWithoutRoom,
    runFolder,
    runPulumi,
    unprotect,
} from "../engine/engine.ts";
import { withLock } from "../engine/lock.ts";
import type { Fault } from "../rehearsal/faults.ts";
import type { startRehearsalCloud } from "../rehearsal/server.ts";
import { projectRoot } from "../setup/cache-folder.mjs";
import { type Change, changesOf, type Failure, failuresOf, outputsDiffer, type Violation, violationsOf } from "./changes.ts";
import { Progress } from "./progress.ts";
import {
    type Component,
    coloured,
    countChanges,
    describeChanges,
    describeComponents,
    describeFailures,
    describeUnusedFaults,
    describeViolations,
    duration,
    warnOfLosses,
} from "./words.ts";

export interface Rehearsal {
    readonly engine: Engine;
    readonly startCloud: typeof startRehearsalCloud;
    readonly projectDirectory: string;
    readonly stateDirectory: string;
    readonly faults: readonly Fault[];
    readonly policy: boolean;
    readonly previewOnly: boolean;
    readonly destroy: boolean;
    readonly unprotect: boolean;
    /** Laid over the stack file for this rehearsal: `network.zones` to `4`. */
    readonly config: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    /** Told line by line what a person reads. */
    readonly say: (line: string) => void;
    /** Where progress is shown. */
    readonly stream: NodeJS.WriteStream;
}

/** Pulumi 3.259 itself ends with 1 after a policy violation, as after any error that it has printed; its table of exit codes says 5. */
export const policyViolationExitCode = 5;

export interface Outcome {
    readonly stack: string;
    readonly ended: "unchanged" | "changed" | "previewed" | "destroyed" | "refused by policy" | "failed";
    readonly exitCode: number;
    readonly seconds: number;
    readonly changes: readonly Change[];
    readonly violations: readonly Violation[];
    readonly failures: readonly Failure[];
    readonly components: readonly Component[];
    readonly resources: number;
    /** Logs, events and the copied stack file of the last runs. */
    readonly folder: string;
}

export async function rehearse(rehearsal: Rehearsal, stack: string): Promise<Outcome> {
    const { account, region, profile = "regulated" } = readPlace(rehearsal.projectDirectory, stack);
    // Who lifts protection on purpose is not held to the rules that ask for it.
    const judgedBy = rehearsal.unprotect ? "development" : profile;
    const stateFile = join(rehearsal.stateDirectory, "cloud", `${account ?? "any-account"}.json`);
    const refuse = (pid: number) => {
        throw new RunRefused(
            `Another rehearsal (process ${pid}) is changing account ${account ?? "any-account"}, where "${stack}" stands.\nWait until it has ended, or stop it, and try again.`,
        );
    };
    refuseWithoutRoom(rehearsal.stateDirectory);
    return await withLock(`${stateFile}.lock`, refuse, async () => {
        const cloud = await rehearsal.startCloud({
            stateFile,
            ...(account !== undefined && { accountId: account }),
            faults: rehearsal.faults,
        });
        try {
            rehearsal.say("");
            rehearsal.say(coloured("bold", [stack, account && `account ${account}`, region].filter(Boolean).join(", ")));
            return await new StackRehearsal(rehearsal, stack, cloud.port, rehearsal.policy ? judgedBy : undefined).run();
        } finally {
            await cloud.stop();
        }
    });
}

class StackRehearsal {
    private readonly rehearsal: Rehearsal;
    private readonly options: RunOptions;
    private readonly started = Date.now();
    /** Of the last run of the program: an update judges again what the preview before it could not know. */
    private judged: readonly EngineEvent[] = [];
    private readonly profile: string | undefined;
    private changes: readonly Change[] = [];

    public constructor(rehearsal: Rehearsal, stack: string, providerPort: number, profile: string | undefined) {
        this.rehearsal = rehearsal;
        this.profile = profile;
        const { projectDirectory, stateDirectory, signal } = rehearsal;
        const pack = join(projectRoot, "policy-pack");
        const policies = profile !== undefined && { policyPacks: [pack], policyPackConfigs: [profileFile(pack, profile)] };
        // AWS's own protection is the stack file's business: an expendable environment has none.
        const config = { ...rehearsal.config, ...(rehearsal.unprotect && { "environment.expendable": "true" }) };
        // This process holds the account, so an engine that still runs has lost its own rehearsal.
        const patienceSeconds = 30;
        this.options = { projectDirectory, stateDirectory, signal, stack, providerPort, config, patienceSeconds, ...policies };
    }

    public async run(): Promise<Outcome> {
        const { destroy, previewOnly } = this.rehearsal;
        if (this.rehearsal.unprotect) await unprotectIfThere(this.rehearsal.engine, this.options);
        if (destroy && !this.rehearsal.unprotect) return await this.destroy();

        const preview = await this.preview();
        if (preview.exitCode !== 0) return await this.giveUp(preview, "preview");
        if (previewOnly) return await this.finish("previewed");
        const changed = this.changes.length > 0 || outputsDiffer(preview.events);
        if (changed) {
            const update = await this.follow("up");
            if (update.exitCode !== 0) return await this.giveUp(update, "update");
        }
        if (destroy) return await this.destroy();
        return await this.finish(changed ? "changed" : "unchanged");
    }

    private async preview(): Promise<RunResult> {
        const began = Date.now();
        const result = await this.pulumi("preview");
        this.changes = changesOf(result.events);
        if (result.exitCode !== 0) return result;
        const took = coloured("dim", `(preview ${duration(Date.now() - began)})`);
        if (this.changes.length === 0 && !outputsDiffer(result.events)) {
            this.say(`  No changes: the account is as the stack file says. ${took}`);
        } else {
            this.say(`  ${this.rehearsal.previewOnly ? "Would be" : "To be"} ${countChanges(this.changes)} ${took}`);
            for (const line of describeChanges(this.changes)) this.say(line);
        }
        return result;
    }

    private async destroy(): Promise<Outcome> {
        // Without a preview the engine would delete whatever is not protected before it stops at what is.
        const preview = await this.pulumi("destroy", { extraArguments: ["--preview-only"] });
        this.changes = changesOf(preview.events);
        if (preview.exitCode !== 0) return await this.giveUp(preview, "destroy");
        this.say(`  ${this.rehearsal.previewOnly ? "Would be" : "To be"} ${countChanges(this.changes)}`);
        for (const line of warnOfLosses(this.changes)) this.say(line);
        if (this.rehearsal.previewOnly) return await this.finish("previewed");
        const result = await this.follow("destroy");
        if (result.exitCode !== 0) return await this.giveUp(result, "destroy");
        return await this.finish("destroyed");
    }

    /** Runs what takes a while, with its progress shown. */
    private async follow(operation: "up" | "destroy"): Promise<RunResult> {
        const progress = new Progress(this.changes.filter(({ real }) => real).length, this.rehearsal.stream);
        try {
            return await this.pulumi(operation, { onEvent: progress.onEvent });
        } finally {
            progress.stop();
        }
    }

    private async pulumi(operation: "preview" | "up" | "destroy", more: Partial<RunOptions> = {}): Promise<RunResult> {
        const result = await runPulumi(this.rehearsal.engine, operation, { ...this.options, ...more });
        if (operation !== "destroy") this.judged = result.events;
        return result;
    }

    private async finish(ended: Outcome["ended"]): Promise<Outcome> {
        const outcome = await this.outcome(ended, 0, []);
        const { resources, components, seconds, changes } = outcome;
        if (ended === "destroyed") this.say(`  ${coloured("green", "Destroyed")} in ${duration(seconds * 1000)}: ${countChanges(changes)}`);
        if (ended === "changed") this.say(`  ${coloured("green", "Done")} in ${duration(seconds * 1000)}: ${countChanges(changes)}`);
        if (resources > 0 && ended !== "previewed") {
            this.say(`  ${resources} resources in ${components.length} components`);
            for (const line of describeComponents(components)) this.say(line);
        }
        if (ended !== "destroyed") this.sayPolicy(outcome.violations);
        for (const line of describeUnusedFaults(this.rehearsal.faults, changes)) this.say(line);
        return outcome;
    }

    private sayPolicy(violations: readonly Violation[]): void {
        if (this.profile === undefined) return;
        const some = violations.length === 1 ? "one piece of advice" : `${violations.length} pieces of advice`;
        const advice = violations.length === 0 ? "nothing to object to" : some;
        this.say(`  Policies (profile ${this.profile}): ${advice}`);
        for (const line of describeViolations(violations)) this.say(line);
    }

    private async giveUp(result: RunResult, what: "preview" | "update" | "destroy"): Promise<Outcome> {
        const mandatory = violationsOf(result.events).filter((violation) => violation.mandatory);
        const failures = failuresOf(result.events);
        if (mandatory.length > 0) {
            this.say("");
            for (const line of describeViolations(mandatory)) this.say(line);
            const done = what === "update" ? "stopped where the rules were broken" : "nothing was changed";
            this.say(
                `  ${coloured("red", "Refused by policy")}: ${mandatory.length === 1 ? "one rule" : `${mandatory.length} times`}; ${done}.`,
            );
            return await this.outcome("refused by policy", policyViolationExitCode, failures);
        }
        const asked = this.rehearsal.signal.aborted;
        const told =
            failures.length > 0 || asked
                ? failures
                : [{ urn: undefined, message: result.stderr.trim() || "The engine ended without a word; somebody may have ended it." }];
        const outcome = await this.outcome("failed", result.exitCode, told);
        this.say("");
        for (const line of describeFailures(told)) this.say(line);
        for (const line of this.nextStep(what, told, outcome)) this.say(`  ${line}`);
        return outcome;
    }

    private nextStep(what: "preview" | "update" | "destroy", failures: readonly Failure[], outcome: Outcome): string[] {
        const log = `Full log: ${relative(process.cwd(), join(outcome.folder, `${what === "update" ? "up" : what}.log`))}`;
        if (what === "preview") return [`${coloured("red", "Refused")}: nothing was changed.`, log];
        if (what === "destroy") {
            const isProtected = failures.some(({ message }) => /protect/i.test(message));
            const next = isProtected
                ? "It is protected on purpose; to lift that and destroy it: --destroy --unprotect"
                : "The same command goes on from here.";
            return [`${coloured("red", "Not destroyed")}: ${outcome.resources} resources are there. ${next}`, log];
        }
        return [
            `${coloured("red", "Stopped")} after ${duration(outcome.seconds * 1000)}: ${outcome.resources} resources are there and recorded, nothing is lost.`,
            this.howToGoOn(failures),
            log,
        ];
    }

    private howToGoOn(failures: readonly Failure[]): string {
        if (failures.some(({ message }) => message.startsWith("NotFound: there is no ")))
            return "The rehearsed account no longer holds what the stack knows of: `--fresh` begins both anew.";
        if (this.rehearsal.faults.length > 0) return "Type the command again without --fail (and without --fresh): it goes on from here.";
        return `${failures.length > 0 ? "Mend the cause and type" : "Type"} the same command again: it goes on from here.`;
    }

    private async outcome(ended: Outcome["ended"], exitCode: number, failures: readonly Failure[]): Promise<Outcome> {
        return {
            stack: this.options.stack,
            ended,
            exitCode,
            seconds: (Date.now() - this.started) / 1000,
            changes: this.changes,
            violations: violationsOf(this.judged),
            failures,
            ...(await this.inventory()),
            folder: runFolder(this.options),
        };
    }

    /** What the stack holds now, by the component it belongs to. */
    private async inventory(): Promise<{ readonly resources: number; readonly components: readonly Component[] }> {
        const { deployment } = await exportStack(this.rehearsal.engine, this.options);
        const byUrn = new Map((deployment.resources ?? []).map((resource) => [resource.urn, resource]));
        const counts = new Map<string, number>();
        const real = [...byUrn.values()].filter(({ type, id }) => id !== undefined && !type.startsWith("pulumi:"));
        for (const resource of real) {
            let top = resource;
            for (
                let parent = byUrn.get(top.parent ?? "");
                parent && parent.type !== "pulumi:pulumi:Stack";
                parent = byUrn.get(top.parent ?? "")
            ) {
                top = parent;
            }
            counts.set(top.urn, (counts.get(top.urn) ?? 0) + 1);
        }
        const components = [...counts].map(([urn, resources]) => ({
            name: urn.slice(urn.lastIndexOf("::") + 2),
            type: byUrn.get(urn)?.type ?? "",
            resources,
        }));
        return { resources: real.length, components: components.sort((a, b) => b.resources - a.resources) };
    }

    private say(line: string): void {
        this.rehearsal.say(line);
    }
}

async function unprotectIfThere(engine: Engine, options: RunOptions): Promise<void> {
    const folder = join(options.stateDirectory, ".pulumi", "stacks");
    if (existsSync(folder)) await unprotect(engine, options).catch(() => undefined);
}

/** A profile that there is not, is refused by the program, with every other problem of the stack file; until then the strictest holds. */
function profileFile(pack: string, profile: string): string {
    const file = join(pack, "profiles", `${profile}.json`);
    return existsSync(file) ? file : join(pack, "profiles", "regulated.json");
}

function noSuchStack(projectDirectory: string, stack: string): string {
    const stacks = existsSync(projectDirectory)
        ? readdirSync(projectDirectory).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.slice(1) ?? [])
        : [];
    const meant = nearest(stack, stacks);
    const known = stacks.length > 0 ? `there are ${stacks.sort().join(", ")}` : `${projectDirectory} has no stack file`;
    return `There is no Pulumi.${stack}.yaml; ${meant === undefined ? known : `did you mean ${meant}?`}`;
}

interface Place {
    readonly account?: string;
    readonly region?: string;
    readonly profile?: string;
}

/** Where the stack stands, for the heading and for the rehearsal cloud's memory, which is one file an account; and how strictly it is judged. */
export function readPlace(projectDirectory: string, stack: string): Place {
    const file = join(projectDirectory, `Pulumi.${stack}.yaml`);
    if (!existsSync(file)) throw new RunRefused(noSuchStack(projectDirectory, stack));
    let config: Readonly<Record<string, unknown>>;
    try {
        config = parse(readFileSync(file, "utf8"))?.config ?? {};
    } catch (error) {
        throw new RunRefused(`${relative(process.cwd(), file)} is not YAML: ${(error as Error).message}`);
    }
    const found = Object.entries(config).find(([key]) => key === "environment" || key.endsWith(":environment"))?.[1];
    const block = (typeof found === "object" ? (found ?? {}) : {}) as Readonly<Record<string, unknown>>;
    return Object.fromEntries(
        ["account", "region", "profile"].flatMap((key) => (block[key] === undefined ? [] : [[key, String(block[key])]])),
    );
}
