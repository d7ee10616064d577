/**
 * The project's own tools behind one help text. Each file in commands/ registers its commands; nothing else knows of them.
 */
import { readdirSync } from "node:fs";
import { Command, CommanderError } from "commander";
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
    await program.parseAsync();
} catch (error) {
    if (error instanceof CommanderError) {
        process.exitCode = error.exitCode;
    } else if (error instanceof RunRefused || error instanceof StepFailed) {
        console.error(`\n${error.message}\n`);
        process.exitCode = 1;
    } else {
        throw error;
    }
}
