/** `terrace schema`: writes stacks/schema.json anew from the settings. `npm test` proves it current. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";

export function register(program: Command): void {
    program
        .command("schema")
        .description("write stacks/schema.json anew, by which editors complete and check stack files")
        .addHelpText("after", "\nExample:\n  npm run terrace -- schema    after a change of any settings.ts")
        .action(async () => {
            const { schemaFile, stackFileSchema } = await import("../schema.ts");
            writeFileSync(schemaFile, stackFileSchema());
            console.log("stacks/schema.json says what the settings say now.");
        });
}
