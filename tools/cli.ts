/**
 * The project's own tools behind one help text. Each file in commands/ registers its commands; nothing else knows of them.
 */
import { readdirSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { nearest } from "../policy-pack/core/nearest.ts";
import { RunRefused } from "./engine/engine.ts";
import { StepFailed } from "./setup/step.mjs";

const program = new Command("terrace")
    .description("All environments of a team from one Pulumi program: rehearsed, priced, drawn and checked before `pulumi up`.")
    .helpOption("-h, --help", "explain a command")
    .showSuggestionAfterError()
    .showHelpAfterError("(add --help for what is possible)")
    .configureHelp({ sortSubcommands: true, sortOptions: true })
    .exitOverride()
    .addHelpText("after", "\nExamples:\n  npm start\n  npm run terrace -- rehearse --stack prod\n  npm run terrace -- <command> --help");

const folder = new URL("./commands/", import.meta.url);
for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    const { register }: { register: (program: Command) => void } = await import(new URL(file, folder).href);
    register(program);
}

try {
    refuseUnknownCommand(process.argv[2]);
    await program.parseAsync();
} catch (error) {
    if (error instanceof CommanderError) {
        process.exitCode = error.exitCode;
    } else if (error instanceof RunRefused || error instanceof StepFailed || isStackRefused(error)) {
        console.error(`\n${error.message}\n`);
        process.exitCode = 1;
    } else {
        throw error;
    }
}

/** A stack file that cannot be used, in the words for its author. Known by Pulumi's mark, since loading its class takes as long as a command. */
function isStackRefused(error: unknown): error is Error {
    return error instanceof Error && "__pulumiRunError" in error;
}

/** Otherwise commander takes the word for an argument of the default command. */
function refuseUnknownCommand(word = "-"): void {
    const names = program.commands.map((command) => command.name());
    if (word.startsWith("-") || word === "help" || names.includes(word)) return;
    program.error(`error: there is no command "${word}"; did you mean "${nearest(word, names)}"?`);
}
