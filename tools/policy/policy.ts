/** What `terrace policy` does. Apart from its command line, because every command would wait for 500 rules to be read. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Configuration, packPolicy } from "../../policy-pack/core/configuration.ts";
import type { Judge } from "../../policy-pack/core/judge.ts";
import { profiles } from "../../policy-pack/core/levels.ts";
import { staleness } from "../../policy-pack/core/lifecycle.ts";
import { nearest } from "../../policy-pack/core/nearest.ts";
import type { StackView } from "../../policy-pack/core/stack.ts";
import { citation, linkOf } from "../../policy-pack/core/words.ts";
import { createJudge } from "../../policy-pack/pulumi.ts";
import { rulesDocument } from "../../policy-pack/report/document.ts";
import { createLocator } from "../../policy-pack/report/locate.ts";
import { evidenceReport, jsonReport, junitReport, sarifReport } from "../../policy-pack/report/machine.ts";
import { colours, markdownPage, plain, terminalPage } from "../../policy-pack/report/page.ts";
import { blockersOf, makeReport, type Report, ratchet } from "../../policy-pack/report/report.ts";
import { stackFromInventory, stackFromPreview, stackFromState } from "../../policy-pack/report/sources.ts";
import { families, rules } from "../../policy-pack/rules/index.ts";
import { RunRefused } from "../engine/engine.ts";
import { readPlace } from "../rehearse/rehearse.ts";
import { projectRoot } from "../setup/cache-folder.mjs";
import type { CheckOptions, Format, ListOptions } from "./options.ts";

const packFolder = fileURLToPath(new URL("../../policy-pack/", import.meta.url));

const formats: Readonly<Record<Format, (report: Report, coloured: boolean) => string>> = {
    terminal: (report, coloured) => terminalPage(report, coloured ? colours : plain),
    markdown: markdownPage,
    json: jsonReport,
    junit: junitReport,
    sarif: sarifReport,
    evidence: evidenceReport,
};

export async function check(options: CheckOptions): Promise<number> {
    const today = new Date().toISOString().slice(0, 10);
    const directory = resolve(options.project);
    const judge = judgeFor({ ...options, ...profileOf(options, directory) }, today);
    const stack = await stackOf(options);
    const found = makeReport(judge, rules, stack, {
        locate: createLocator(directory, projectRoot, stack.root.stack),
        notes: [staleness(today)].filter((note) => note !== undefined),
        projectFile: relative(projectRoot, join(directory, "Pulumi.yaml")).replaceAll("\\", "/"),
    });
    const report =
        options.baseline === undefined ? found : ratchet(found, makeReport(judge, rules, readStack(options.baseline, stackFromState)));
    for (const [format, file] of options.report) {
        writeFileSync(file, formats[format](report, false));
    }
    const coloured = process.stdout.isTTY && process.env.NO_COLOR === undefined;
    process.stdout.write(formats[options.json ? "json" : options.format](report, coloured));
    return blockersOf(report).length > 0 ? 5 : 0;
}

/** A stack file says how strictly it wants to be judged; what the command line says counts more. */
function profileOf(options: CheckOptions, directory: string): Pick<CheckOptions, "profile"> {
    const isSaid = [options.profile, options.config, options.state, options.preview].some((each) => each !== undefined);
    const profile = isSaid ? options.profile : profiles.find((each) => each === readPlace(directory, options.stack).profile);
    return profile === undefined ? {} : { profile };
}

/** The judge for a configuration file, with what the command line says laid over it. */
function judgeFor(options: Pick<CheckOptions, "config" | "profile" | "waivers">, today: string): Judge {
    const configuration = options.config === undefined ? {} : (readJson(options.config) as Configuration);
    const pack = (configuration[packPolicy] ?? {}) as Record<string, unknown>;
    const over = {
        ...(options.profile === undefined ? {} : { profile: options.profile }),
        ...(options.waivers === undefined ? {} : { waivers: isAbsolute(options.waivers) ? options.waivers : resolve(options.waivers) }),
    };
    try {
        return createJudge(rules, { ...configuration, [packPolicy]: { ...pack, ...over } }, today);
    } catch (problem) {
        throw new RunRefused((problem as Error).message);
    }
}

async function stackOf(options: CheckOptions): Promise<StackView> {
    if (options.state !== undefined) {
        return readStack(options.state, stackFromState);
    }
    if (options.preview !== undefined) {
        return readStack(options.preview, stackFromPreview);
    }
    // Loaded late: it brings all components and @pulumi/aws with it, which judging a file does not need.
    const { rehearsedInventoryOf } = await import("../inventory/rehearsed.ts");
    return stackFromInventory(await rehearsedInventoryOf(resolve(options.project), options.stack));
}

function readStack(file: string, read: (content: unknown) => StackView): StackView {
    const content = readJson(file);
    try {
        return read(content);
    } catch (problem) {
        throw new RunRefused(`${file}: ${(problem as Error).message}`);
    }
}

function readJson(file: string): unknown {
    if (!existsSync(file)) {
        throw new RunRefused(`${file} is not there`);
    }
    try {
        return JSON.parse(readFileSync(file, "utf8"));
    } catch (problem) {
        throw new RunRefused(`${file} is not JSON: ${(problem as Error).message}`);
    }
}

export function list(options: ListOptions): void {
    const judge = judgeFor(options, new Date().toISOString().slice(0, 10));
    const shown = rules
        .map((rule) => ({ rule, level: judge.levelOf(rule) }))
        .filter(({ level }) =>
            options.level === undefined ? options.profile === undefined || level !== "disabled" : level === options.level,
        );
    if (options.json) {
        const data = shown.map(({ rule, level }) => ({
            id: rule.id,
            title: rule.title,
            severity: rule.severity,
            level,
            link: linkOf(rule),
        }));
        process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
        return;
    }
    const width = Math.max(...shown.map(({ rule }) => rule.id.length));
    for (const { rule, level } of shown) {
        console.log(`${rule.id.padEnd(width)}  ${level.padEnd(9)}  ${rule.severity.padEnd(8)}  ${rule.title}`);
    }
    console.log(`\n${shown.length} of ${rules.length} rules (${judge.settings.profile})`);
}

export function explain(id: string): void {
    const rule = rules.find((each) => each.id === id);
    if (rule === undefined) {
        throw new RunRefused(
            `no rule is called "${id}"; the nearest is "${nearest(
                id,
                rules.map((each) => each.id),
            )}"`,
        );
    }
    const standing = profiles.map((profile) => `${profile} ${rule.levels[profile]}`).join(", ");
    const lines = [
        rule.title,
        "",
        `Why:       ${rule.why}`,
        `Fix:       ${rule.fix}`,
        `Severity:  ${rule.severity}`,
        `Levels:    ${standing}`,
        `Judges:    ${rule.scope === "stack" ? "the stack as a whole" : rule.on.join(", ")}`,
        ...Object.entries(rule.parameters ?? {}).map(
            ([name, parameter]) => `Parameter: ${name} = ${JSON.stringify(parameter.default)}: ${parameter.about}`,
        ),
        ...(citation(rule) ? [`Controls:  ${citation(rule)}`] : []),
        ...(linkOf(rule) ? [`Read on:   ${linkOf(rule)}`] : []),
    ];
    console.log(lines.join("\n"));
}

export function writeDocument(): void {
    writeFileSync(join(packFolder, "RULES.md"), rulesDocument(families));
}
