import { type Command, InvalidArgumentError, Option } from "commander";
import { levels, profiles } from "../../policy-pack/core/levels.ts";
import { type CheckOptions, formatNames, type ListOptions } from "../policy/options.ts";

/** Loaded by the command that needs it. */
const load = () => import("../policy/policy.ts");

export function register(program: Command): void {
    const policy = program.command("policy").description("judge a stack by the policy pack, offline, and explain its rules");
    policy
        .command("check")
        .description("judge what a stack file, an exported state or a preview would come to")
        .option("-s, --stack <name>", "which stack file", "dev")
        .option("--project <folder>", "folder of the Pulumi project", ".")
        .addOption(new Option("--state <file>", "judge the output of `pulumi stack export` instead").conflicts("preview"))
        .option("--preview <file>", "judge the output of `pulumi preview --json` instead")
        .option("--baseline <file>", "an exported state: only what it does not have yet fails")
        .addOption(
            new Option("--profile <name>", "how strict (default: what --config or else the stack file says, else the strictest)").choices(
                profiles,
            ),
        )
        .option("--config <file>", "the file that --policy-pack-config would get")
        .option("--waivers <file>", "waivers, in YAML (default: what the configuration names)")
        .addOption(new Option("--format <format>", "what is printed").choices(formatNames).default("terminal"))
        .option("--report <format=file>", "write another format to a file; may be repeated", toReport, [])
        .option("--json", "the same as --format json", false)
        .addHelpText(
            "after",
            `
Examples:
  npm run terrace -- policy check --stack prod --profile production
  npm run terrace -- policy check --stack prod --report sarif=policy.sarif --report junit=policy.xml
  npm run terrace -- policy check --state export.json --baseline last-week.json --format markdown

Exit codes: 0 nothing stops a deploy, 5 something does, 1 it could not be judged.`,
        )
        .action(async (options: CheckOptions) => {
            process.exitCode = await (await load()).check(options);
        });
    policy
        .command("list")
        .description("every rule, or those that hold in a profile")
        .addOption(new Option("--profile <name>", "only what this profile does not switch off").choices(profiles))
        .addOption(new Option("--level <level>", "only rules of this level").choices(levels))
        .option("--config <file>", "with the levels of this configuration")
        .option("--json", "as JSON", false)
        .action(async (options: ListOptions) => (await load()).list(options));
    policy
        .command("explain")
        .argument("<rule>", "id of a rule")
        .description("why a rule is there, what mends a violation, which controls it answers")
        .action(async (rule: string) => (await load()).explain(rule));
    policy
        .command("document")
        .description("write policy-pack/RULES.md")
        .action(async () => (await load()).writeDocument());
}

function toReport(text: string, earlier: CheckOptions["report"]): CheckOptions["report"] {
    const [name, file = ""] = text.split(/=(.*)/s);
    const format = formatNames.find((each) => each === name);
    if (format === undefined || file === "") {
        throw new InvalidArgumentError(`expected one of ${formatNames.join(", ")}, then = and a file.`);
    }
    return [...earlier, [format, file] as const];
}
