import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { ensureEngine, RunRefused, refuseIfBusy } from "../engine/engine.ts";
import { type Fault, faultKinds, parseFault } from "../rehearsal/faults.ts";
import { type Outcome, rehearse } from "../rehearse/rehearse.ts";
import { coloured, duration } from "../rehearse/words.ts";
import { projectRoot } from "../setup/cache-folder.mjs";

interface Options {
    readonly stack?: string[];
    readonly project: string;
    readonly fail?: Fault[];
    readonly set?: Readonly<Record<string, string>>;
    readonly destroy?: true;
    readonly previewOnly?: true;
    readonly unprotect?: true;
    readonly fresh?: true;
    readonly json?: true;
    readonly policy: boolean;
}

export function register(program: Command): void {
    const start = program.command("start", { isDefault: true }).description("rehearse dev and prod, and say how to go on from there");
    const plain = program
        .command("rehearse")
        .description("live through `pulumi up` of a stack in the rehearsal cloud, with the policy pack on");
    for (const command of [start, plain]) {
        command
            .option("-s, --stack <name>", "which stack; may be repeated (default: dev and prod)", (name, names: string[] = []) => [
                ...names,
                name,
            ])
            .option("--project <folder>", "folder of the Pulumi project, such as blueprints/<name>", ".")
            .option(
                "--fail <type:operation[:times][:kind]>",
                "let something go wrong: rds/instance:create, or lambda/function:update:2:throttle; may be repeated",
                (text, faults: Fault[] = []) => [...faults, toFault(text)],
            )
            .option("--set <key=value>", "lay a setting over the stack file for this run: network.zones=4; may be repeated", withSetting)
            .option("--preview-only", "show what would change and stop")
            .option("--destroy", "delete the stack from the rehearsal cloud")
            .option("--unprotect", "lift protection first, as an expendable environment has none")
            .option("--fresh", "forget every rehearsal and begin with empty accounts")
            .option("--no-policy", "leave the policy pack out")
            .option("--json", "print the outcome as JSON, progress on stderr")
            .addHelpText(
                "after",
                `
Examples:
  npm start -- --stack prod
  npm start -- --stack prod --preview-only --set database.class=db.m7g.xlarge
  npm start -- --stack prod --fresh --fail rds/instance:create      without the two, the next run goes on from there
  npm start -- --stack dev --destroy
  npm start -- --stack prod --destroy --unprotect
  npm run terrace -- rehearse --stack prod --preview-only --json

Kinds of failure:
${Object.entries(faultKinds)
    .map(([kind, what]) => `  ${kind.padEnd(11)} ${what}`)
    .join("\n")}

Exit codes: 0 done, 5 refused by policy, otherwise Pulumi's own (1 for an error). With several stacks the first that is not 0 counts.`,
            )
            .action(async (options: Options) => {
                process.exitCode = await run(options, command === start);
            });
    }
}

async function run(options: Options, explain: boolean): Promise<number> {
    const projectDirectory = resolve(projectRoot, options.project);
    const stateDirectory = join(projectRoot, ".terrace", "rehearsal");
    const stacks = options.stack ?? defaultStacks(projectDirectory);
    const stream = options.json ? process.stderr : process.stdout;
    // Who reads no further (`npm start | head`) does not end an `up` half-way.
    stream.on("error", () => undefined);
    const say = (line: string) => stream.write(`${line}\n`);
    const engine = await ensureEngine(say);
    if (options.fresh) {
        refuseIfBusy(stateDirectory);
        rmSync(stateDirectory, { recursive: true, force: true });
    }
    // Loaded only now: the types it reads are large.
    const { startRehearsalCloud: startCloud } = await import("../rehearsal/server.ts");
    const began = Date.now();
    const outcomes: Outcome[] = [];
    for (const stack of stacks) {
        const outcome = await rehearse(
            {
                ...{ engine, startCloud, projectDirectory, stateDirectory, say, signal: stopOnInterrupt(say) },
                ...{
                    policy: options.policy,
                    previewOnly: options.previewOnly ?? false,
                    destroy: options.destroy ?? false,
                    unprotect: options.unprotect ?? false,
                },
                faults: options.fail ?? [],
                config: options.set ?? {},
                stream,
            },
            stack,
        );
        outcomes.push(outcome);
        // A later stack may refer to this one.
        if (outcome.exitCode !== 0) break;
    }
    const exitCode = outcomes.find((outcome) => outcome.exitCode !== 0)?.exitCode ?? 0;
    if (options.json)
        console.log(JSON.stringify({ project: relative(projectRoot, projectDirectory) || ".", exitCode, stacks: outcomes }, null, 2));
    else if (exitCode === 0) closing(outcomes, Date.now() - began, options, explain).forEach(say);
    return exitCode;
}

function toFault(text: string): Fault {
    try {
        return parseFault(text);
    } catch (error) {
        throw new InvalidArgumentError(`\n${(error as Error).message}`);
    }
}

function withSetting(text: string, settings: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
    const [, key, value] = /^([\w:-]+(?:\.[\w-]+)+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined)
        throw new InvalidArgumentError(`\n--set ${text}: expected a key of the stack file and its value, such as network.zones=4`);
    return { ...settings, [key]: value };
}

function defaultStacks(projectDirectory: string): string[] {
    const files = existsSync(projectDirectory) ? readdirSync(projectDirectory) : [];
    const all = files.flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.slice(1) ?? []).sort();
    const usual = ["dev", "prod"].filter((stack) => all.includes(stack));
    if (all.length === 0)
        throw new RunRefused(`${projectDirectory} has no stack file: expected Pulumi.<stack>.yaml beside its Pulumi.yaml`);
    return usual.length > 0 ? usual : all;
}

/** The first Ctrl-C lets the engine finish what is under way and write its state; a second one stops at once. */
function stopOnInterrupt(say: (line: string) => void): AbortSignal {
    const controller = new AbortController();
    const onSignal = () => {
        if (controller.signal.aborted) process.exit(130);
        say("\n  Stopping after what is under way; press Ctrl-C again to stop at once.");
        controller.abort();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeAllListeners(signal).on(signal, onSignal);
    return controller.signal;
}

function closing(outcomes: readonly Outcome[], milliseconds: number, options: Options, explain: boolean): string[] {
    const resources = outcomes.reduce((sum, outcome) => sum + outcome.resources, 0);
    const folders = relative(process.cwd(), join(projectRoot, ".terrace", "rehearsal"));
    const lines = [
        "",
        `${coloured("bold", outcomes.map(({ stack, ended }) => `${stack} ${ended}`).join(", "))}: ${resources} resources rehearsed in ${duration(milliseconds)}. State and logs: ${folders}/`,
    ];
    if (!explain || options.destroy || options.previewOnly) return lines;
    const stack = outcomes.at(-1)?.stack ?? "dev";
    const first = outcomes[0]?.stack ?? "dev";
    const file = join(options.project, `Pulumi.${stack}.yaml`);
    return [
        ...lines,
        "",
        `  Change a line of ${file} and type the command again: it shows what would change, then changes only that.`,
        `  See what a change does:  npm start -- --stack ${stack} --preview-only --set database.class=db.m7g.xlarge`,
        `  See a failure:           npm start -- --stack ${stack} --fresh --fail rds/instance:create`,
        `  Take it down again:      npm start -- --stack ${first} --destroy`,
        '  For a real account:      README.md, "Against a real account"',
        "",
    ];
}
