/** The readable page, for a terminal and for a pull request. */
import type { Level } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";
import { citation, linkOf } from "../core/words.ts";
import { blockersOf, type Entry, type Location, type Report, undeterminedOf, violationsOf, waivedOf } from "./report.ts";

/** Colours, or none. */
export interface Paint {
    readonly bad: (text: string) => string;
    readonly warn: (text: string) => string;
    readonly good: (text: string) => string;
    readonly dim: (text: string) => string;
    readonly strong: (text: string) => string;
}

const same = (text: string): string => text;
export const plain: Paint = { bad: same, warn: same, good: same, dim: same, strong: same };

function coloured(code: number): (text: string) => string {
    return (text) => `\u001b[${code}m${text}\u001b[0m`;
}

export const colours: Paint = { bad: coloured(31), warn: coloured(33), good: coloured(32), dim: coloured(2), strong: coloured(1) };

/** One line that says how it stands. */
export function verdictLine(report: Report): string {
    const blockers = blockersOf(report).length;
    const advisories = violationsOf(report).filter((entry) => entry.level === "advisory" && !entry.known).length;
    const known = violationsOf(report).filter((entry) => entry.known).length;
    const parts = [
        counted(blockers, "violation stops it", "violations stop it"),
        counted(advisories, "piece of advice", "pieces of advice"),
        counted(known, "known from the baseline", "known from the baseline"),
        counted(waivedOf(report).length, "waived", "waived"),
        counted(undeterminedOf(report).length, "to be judged after the deploy", "to be judged after the deploy"),
    ];
    const resources = counted(report.resourceCount, "resource", "resources") || "no resources";
    const scope = `${resources} of ${report.stack} against ${counted(report.ruleCount, "rule", "rules")} (${report.profile})`;
    return `${scope}: ${parts.filter((part) => part !== "").join(", ") || "nothing to say"}`;
}

function counted(count: number, one: string, many: string): string {
    return count === 0 ? "" : `${count} ${count === 1 ? one : many}`;
}

/** A terminal shows the end of what is printed, so what stops the deploy comes last, above the verdict. */
export function terminalPage(report: Report, paint: Paint = plain): string {
    const fresh = violationsOf(report).filter((entry) => !entry.known);
    const of = (level: Level): readonly Group[] => byRule(fresh.filter((entry) => entry.level === level));
    const sections = [
        section("To be judged after the deploy, with `pulumi policy analyze`", waitingLines(report), paint),
        section("Waived", waivedLines(report), paint),
        section(
            "Advice (`npm run terrace -- policy explain <rule>` says why)",
            of("advisory").map((group) => terminalGroup(group, paint, paint.warn, false)),
            paint,
        ),
        section(
            "Stops the deploy",
            of("mandatory").map((group) => terminalGroup(group, paint, paint.bad, true)),
            paint,
        ),
        ...report.notes.map((note) => paint.warn(note)),
        (blockersOf(report).length > 0 ? paint.bad : paint.good)(verdictLine(report)),
    ];
    return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function section(title: string, parts: readonly string[], paint: Paint): string {
    // Parts of several lines need room between them.
    const gap = parts.some((part) => part.includes("\n")) ? "\n\n" : "\n";
    return parts.length === 0 ? "" : `${paint.strong(title)}${gap}${parts.join(gap)}`;
}

function terminalGroup({ rule, entries }: Group, paint: Paint, mark: (text: string) => string, explained: boolean): string {
    const cited = citation(rule);
    const link = linkOf(rule);
    return [
        `  ${mark(rule.title)}`,
        `    ${paint.dim([rule.severity, rule.id, cited].filter(Boolean).join(" · "))}`,
        ...entries.flatMap((entry) => [
            `    ${entry.type} ${entry.name}${entry.location ? paint.dim(`  ${place(entry.location)}`) : ""}`,
            ...entry.lines.map((line) => `      ${line}`),
        ]),
        ...(explained ? [`    Why: ${rule.why}`] : []),
        `    Fix: ${rule.fix}`,
        ...(explained && link ? [`    ${paint.dim(link)}`] : []),
    ].join("\n");
}

function place(location: Location): string {
    return `${location.file}:${location.line}`;
}

function waivedLines(report: Report): readonly string[] {
    return waivedOf(report).map(
        ({ rule, type, name, waiver }) =>
            `  ${rule.id} on ${type} ${name}: until ${waiver?.expires} by ${waiver?.owner} (${waiver?.ticket}), ${waiver?.reason}`,
    );
}

/** By value, not by rule: one policy that is not known yet keeps a dozen rules waiting. */
function waiting(report: Report): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const { type, name, lines, rule } of undeterminedOf(report)) {
        const value = `${type} ${name}  ${lines[0] ?? ""}`.trimEnd();
        found.set(value, [...(found.get(value) ?? []), rule.id]);
    }
    return found;
}

function waitingLines(report: Report): readonly string[] {
    return [...waiting(report)].map(([value, ids]) => `  ${value}: ${someOf(ids, 3)}`);
}

function someOf(texts: readonly string[], shown: number): string {
    return texts.length <= shown + 1 ? texts.join(", ") : `${texts.slice(0, shown).join(", ")} and ${texts.length - shown} more`;
}

interface Group {
    readonly rule: Rule;
    readonly entries: readonly Entry[];
}

function byRule(entries: readonly Entry[]): readonly Group[] {
    const groups = new Map<Rule, Entry[]>();
    for (const entry of entries) {
        groups.set(entry.rule, [...(groups.get(entry.rule) ?? []), entry]);
    }
    return [...groups].map(([rule, own]) => ({ rule, entries: own }));
}

/** GitHub takes comments of up to 65,536 characters and refuses longer ones. */
const longestComment = 60_000;
const longestCell = 10;

export function markdownPage(report: Report): string {
    const fresh = violationsOf(report).filter((entry) => !entry.known);
    const of = (level: Level): readonly Group[] => byRule(fresh.filter((entry) => entry.level === level));
    const parts = [
        `## Policy: ${report.stack}`,
        verdictLine(report),
        ...report.notes.map((note) => `> ${note}`),
        ...inMarkdown("Stops the deploy", of("mandatory"), true),
        ...inMarkdown("Advice", of("advisory"), false),
        ...waivedInMarkdown(report),
        ...waitingInMarkdown(report),
    ];
    const shown: string[] = [];
    for (const part of parts) {
        if (shown.join("\n\n").length + part.length > longestComment) {
            shown.push("The rest is too long for a comment: `npm run terrace -- policy check` prints all of it.");
            break;
        }
        shown.push(part);
    }
    return `${shown.join("\n\n")}\n`;
}

/** One row a rule: whoever mends the first place of a fault mends the others with it. */
function inMarkdown(title: string, groups: readonly Group[], open: boolean): readonly string[] {
    if (groups.length === 0) {
        return [];
    }
    const rows = groups.map(({ rule, entries }) => {
        const link = linkOf(rule);
        const places = entries.map((entry) =>
            [`${entry.type} **${entry.name}**`, ...(entry.location ? [`\`${place(entry.location)}\``] : []), ...entry.lines.map(cell)].join(
                "<br>",
            ),
        );
        const what = `**${cell(rule.title)}**<br>${link ? `[${rule.id}](${link})` : rule.id}`;
        const more = places.length > longestCell ? [`and ${places.length - longestCell} more`] : [];
        return `| ${[rule.severity, what, [...places.slice(0, longestCell), ...more].join("<br><br>"), cell(rule.fix)].join(" | ")} |`;
    });
    const body = ["| severity | rule | where and what | fix |", "|---|---|---|---|", ...rows].join("\n");
    const count = groups.reduce((sum, { entries }) => sum + entries.length, 0);
    return [open ? `### ${title}\n\n${body}` : folded(`${title} (${count})`, body)];
}

function folded(title: string, body: string): string {
    return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function waivedInMarkdown(report: Report): readonly string[] {
    const rows = waivedOf(report).map(
        ({ rule, type, name, waiver }) =>
            `| ${[rule.id, `${type} **${name}**`, cell(waiver?.reason ?? ""), waiver?.owner, waiver?.ticket, waiver?.expires].join(" | ")} |`,
    );
    const head = ["### Waived", "", "| rule | resource | reason | owner | ticket | until |", "|---|---|---|---|---|---|"];
    return rows.length === 0 ? [] : [[...head, ...rows].join("\n")];
}

function waitingInMarkdown(report: Report): readonly string[] {
    const rows = [...waiting(report)].map(([value, ids]) => `- ${cell(value)}: ${ids.join(", ")}`);
    return rows.length === 0 ? [] : [folded(`To be judged after the deploy (${undeterminedOf(report).length})`, rows.join("\n"))];
}

/** A cell of a Markdown table. */
function cell(text: string): string {
    return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
