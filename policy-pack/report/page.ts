/** The readable page, for a terminal and for a pull request. */
import { citation, linkOf } from "../core/words.ts";
import { blockersOf, type Entry, type Report, undeterminedOf, violationsOf, waivedOf } from "./report.ts";

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
    const scope = `${report.resourceCount} resources of ${report.stack} against ${report.ruleCount} rules (${report.profile})`;
    return `${scope}: ${parts.filter((part) => part !== "").join(", ") || "nothing to say"}`;
}

function counted(count: number, one: string, many: string): string {
    return count === 0 ? "" : `${count} ${count === 1 ? one : many}`;
}

export function terminalPage(report: Report, paint: Paint = plain): string {
    const sections: string[] = [];
    const section = (title: string, entries: readonly Entry[], mark: (text: string) => string): void => {
        if (entries.length > 0) {
            sections.push([paint.strong(title), ...byRule(entries).map(([, group]) => terminalGroup(group, paint, mark))].join("\n\n"));
        }
    };
    const violations = violationsOf(report).filter((entry) => !entry.known);
    section(
        "Stops the deploy",
        violations.filter((entry) => entry.level === "mandatory"),
        paint.bad,
    );
    section(
        "Advice",
        violations.filter((entry) => entry.level === "advisory"),
        paint.warn,
    );
    if (waivedOf(report).length > 0) {
        const lines = waivedOf(report).map(
            ({ rule, type, name, waiver }) =>
                `  ${rule.id} on ${type} ${name}: until ${waiver?.expires} by ${waiver?.owner} (${waiver?.ticket}), ${waiver?.reason}`,
        );
        sections.push([paint.strong("Waived"), ...lines].join("\n"));
    }
    const waiting = undeterminedOf(report);
    if (waiting.length > 0) {
        const lines = byRule(waiting).map(
            ([id, entries]) => `  ${id}: ${entries.map((entry) => `${entry.name} (${entry.lines[0] ?? ""})`).join(", ")}`,
        );
        sections.push([paint.strong("To be judged after the deploy, with `pulumi policy analyze`"), ...lines].join("\n"));
    }
    sections.push(...report.notes.map((note) => paint.warn(note)));
    const blocked = blockersOf(report).length > 0;
    sections.push((blocked ? paint.bad : paint.good)(verdictLine(report)));
    return `${sections.join("\n\n")}\n`;
}

function terminalGroup(entries: readonly Entry[], paint: Paint, mark: (text: string) => string): string {
    const [first] = entries;
    if (first === undefined) {
        return "";
    }
    const { rule } = first;
    const cited = citation(rule);
    const places = entries.flatMap((entry) => [
        `    ${entry.type} ${entry.name}${entry.location ? paint.dim(`  ${entry.location.file}:${entry.location.line}`) : ""}`,
        ...entry.lines.map((line) => `      ${line}`),
    ]);
    return [
        `  ${mark(rule.title)}`,
        `    ${paint.dim([rule.severity, rule.id, cited].filter(Boolean).join(" · "))}`,
        ...places,
        `    Why: ${rule.why}`,
        `    Fix: ${rule.fix}`,
        ...(linkOf(rule) ? [`    ${paint.dim(linkOf(rule) ?? "")}`] : []),
    ].join("\n");
}

function byRule(entries: readonly Entry[]): readonly [string, readonly Entry[]][] {
    const groups = new Map<string, Entry[]>();
    for (const entry of entries) {
        groups.set(entry.rule.id, [...(groups.get(entry.rule.id) ?? []), entry]);
    }
    return [...groups];
}

export function markdownPage(report: Report): string {
    const violations = violationsOf(report).filter((entry) => !entry.known);
    const parts = [`## Policy: ${report.stack}`, verdictLine(report)];
    const table = (title: string, entries: readonly Entry[], open: boolean): void => {
        if (entries.length === 0) {
            return;
        }
        const rows = entries.map((entry) => {
            const link = linkOf(entry.rule);
            const id = link ? `[${entry.rule.id}](${link})` : entry.rule.id;
            const place = entry.location
                ? `${entry.type} **${entry.name}**<br>${entry.location.file}:${entry.location.line}`
                : `${entry.type} **${entry.name}**`;
            return `| ${[entry.rule.severity, id, place, entry.lines.map(cell).join("<br>"), cell(entry.rule.fix)].join(" | ")} |`;
        });
        const body = ["| severity | rule | resource | what is wrong | fix |", "|---|---|---|---|---|", ...rows].join("\n");
        parts.push(open ? `### ${title}\n\n${body}` : `<details><summary>${title} (${entries.length})</summary>\n\n${body}\n\n</details>`);
    };
    table(
        "Stops the deploy",
        violations.filter((entry) => entry.level === "mandatory"),
        true,
    );
    table(
        "Advice",
        violations.filter((entry) => entry.level === "advisory"),
        false,
    );
    if (waivedOf(report).length > 0) {
        const rows = waivedOf(report).map(
            ({ rule, type, name, waiver }) =>
                `| ${[rule.id, `${type} **${name}**`, cell(waiver?.reason ?? ""), waiver?.owner, waiver?.ticket, waiver?.expires].join(" | ")} |`,
        );
        parts.push(
            ["### Waived", "", "| rule | resource | reason | owner | ticket | until |", "|---|---|---|---|---|---|", ...rows].join("\n"),
        );
    }
    if (undeterminedOf(report).length > 0) {
        const rows = byRule(undeterminedOf(report)).map(
            ([id, entries]) => `- ${id}: ${entries.map((entry) => `${entry.name} (\`${entry.lines[0] ?? ""}\`)`).join(", ")}`,
        );
        parts.push(
            `<details><summary>To be judged after the deploy (${undeterminedOf(report).length})</summary>\n\n${rows.join("\n")}\n\n</details>`,
        );
    }
    parts.push(...report.notes.map((note) => `> ${note}`));
    return `${parts.join("\n\n")}\n`;
}

/** A cell of a Markdown table. */
function cell(text: string): string {
    return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
