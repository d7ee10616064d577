import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { type Engine, engineVersion, ensureEngine } from "../engine/engine.ts";
import { coloured } from "../rehearse/words.ts";
import { cacheFolder, projectRoot } from "../setup/cache-folder.mjs";

interface Finding {
    readonly what: string;
    readonly good: boolean;
    readonly found: string;
    /** What to do about it, or what it means when all is well. */
    readonly note: string;
}

export function register(program: Command): void {
    program
        .command("doctor")
        .description("say what this machine has, what is missing, and how to use the engine by hand")
        .option("--json", "print the findings as JSON", false)
        .addHelpText("after", "\nExamples:\n  npm run terrace -- doctor\n\nExit codes: 0 all is well, 1 something is missing.")
        .action(async ({ json }: { json: boolean }) => {
            const findings = await examine();
            if (json) console.log(JSON.stringify(findings, null, 2));
            else for (const finding of findings) console.log(describe(finding));
            process.exitCode = findings.every(({ good }) => good) ? 0 : 1;
        });
}

async function examine(): Promise<Finding[]> {
    const engine = await ensureEngine((step) => console.error(step)).catch((error: Error) => error);
    return [
        { what: "Node", good: true, found: `${process.version}, ${process.execPath}`, note: "" },
        {
            what: "Packages",
            good: existsSync(join(projectRoot, "node_modules", "@pulumi", "pulumi")),
            found: `@pulumi/pulumi ${versionOf("@pulumi/pulumi")}, @pulumi/aws ${versionOf("@pulumi/aws")}`,
            note: "",
        },
        engine instanceof Error
            ? { what: "Engine", good: false, found: "none", note: engine.message }
            : { what: "Engine", good: true, found: `Pulumi ${engineVersion}, ${engine.origin}: ${engine.binary}`, note: byHand(engine) },
        {
            what: "Passphrase",
            good: true,
            found: process.env.PULUMI_CONFIG_PASSPHRASE === undefined ? "PULUMI_CONFIG_PASSPHRASE is not set" : "set",
            note: "Rehearsals need none. A stack in a real account needs one, or a KMS key as its secrets provider (README.md).",
        },
        {
            what: "Kept in",
            good: true,
            found: `${cacheFolder()} and ${join(projectRoot, ".terrace")}`,
            note: "Both may be deleted at any time.",
        },
    ];
}

function versionOf(name: string): string {
    const file = join(projectRoot, "node_modules", name, "package.json");
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : "missing";
}

/** `npx pulumi` finds an installed engine by itself; one that was made for the project, only when it is told where. */
function byHand({ origin, home }: Engine): string {
    return origin === "installed"
        ? "`npx pulumi` and `pulumi` work as they are."
        : `For \`npx pulumi\` to use it: export PULUMI_HOME=${home}`;
}

function describe({ what, good, found, note }: Finding): string {
    const mark = good ? coloured("green", "✔") : coloured("red", "✘");
    return [`${mark} ${what.padEnd(12)}${found}`, ...(note === "" ? [] : note.split("\n").map((line) => `${" ".repeat(14)}${line}`))].join(
        "\n",
    );
}
