/** What a run has found, as data; every format only reads it. */
import { createHash } from "node:crypto";
import { controlsOf, type Framework, frameworks } from "../core/controls.ts";
import type { Judge, Judgement } from "../core/judge.ts";
import type { Level, Profile, Severity } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import type { Waiver } from "../core/waivers.ts";
import { violationLines } from "../core/words.ts";

export interface Location {
    /** From the project's root, with forward slashes. */
    readonly file: string;
    readonly line: number;
}

export interface Entry {
    readonly rule: Rule;
    readonly level: Level;
    readonly verdict: "violation" | "compliant" | "undetermined" | "notApplicable";
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** One a violation; for the undetermined, what is waited for. */
    readonly lines: readonly string[];
    /** The same for the same fault in every run, so that a reader of two reports can tell what is new. */
    readonly fingerprint: string;
    readonly waiver?: Waiver;
    readonly location?: Location;
    /** Already there in the baseline. */
    readonly known?: true;
}

export interface Report {
    readonly stack: string;
    readonly profile: Profile;
    readonly today: string;
    readonly ruleCount: number;
    readonly resourceCount: number;
    /** Sorted: worst first, then by rule and resource. */
    readonly entries: readonly Entry[];
    /** Pulumi.yaml as seen from the root of the repository: the place of what has no better one. */
    readonly projectFile: string;
    /** Whether a baseline was laid beside it. */
    readonly compared: boolean;
    /** Notes about the pack itself, such as tables past their horizon. */
    readonly notes: readonly string[];
}

const severities: readonly Severity[] = ["critical", "high", "medium", "low"];
const levelOrder: readonly Level[] = ["mandatory", "advisory", "disabled"];

export function makeReport(
    judge: Judge,
    rules: readonly Rule[],
    stack: StackView,
    {
        locate = () => undefined,
        notes = [],
        projectFile = "Pulumi.yaml",
    }: {
        readonly locate?: (judgement: Judgement) => Location | undefined;
        readonly notes?: readonly string[];
        readonly projectFile?: string;
    } = {},
): Report {
    const entries = judge.judgeAll(stack).map((judgement) => toEntry(judgement, locate(judgement)));
    return {
        stack: stack.root.stack,
        profile: judge.settings.profile,
        today: judge.settings.today,
        ruleCount: rules.filter((rule) => judge.levelOf(rule) !== "disabled").length,
        resourceCount: stack.resources.filter((resource) => resource.token.startsWith("aws:")).length,
        entries: entries.toSorted(
            (one, other) =>
                levelOrder.indexOf(one.level) - levelOrder.indexOf(other.level) ||
                severities.indexOf(one.rule.severity) - severities.indexOf(other.rule.severity) ||
                one.rule.id.localeCompare(other.rule.id) ||
                one.urn.localeCompare(other.urn),
        ),
        notes,
        projectFile,
        compared: false,
    };
}

function toEntry(judgement: Judgement, location: Location | undefined): Entry {
    const { rule, level, resource, finding, waiver } = judgement;
    const lines =
        finding.kind === "violation"
            ? violationLines(judgement)
            : finding.kind === "undetermined"
              ? [finding.path]
              : finding.kind === "notApplicable"
                ? [finding.reason]
                : [];
    return {
        rule,
        level,
        verdict: finding.kind,
        urn: resource.urn,
        type: resource.type,
        name: resource.name,
        lines,
        fingerprint: fingerprintOf(rule.id, resource.urn),
        ...(waiver ? { waiver } : {}),
        ...(location ? { location } : {}),
    };
}

/** Of rule and resource only: a message that gets better words must not make an old fault look new. */
export function fingerprintOf(rule: string, urn: string): string {
    return createHash("sha256").update(`${rule}\n${urn}`).digest("hex").slice(0, 32);
}

/** Marks what the baseline has already. */
export function ratchet(report: Report, baseline: Report): Report {
    const old = new Set(violationsOf(baseline).map((entry) => entry.fingerprint));
    return {
        ...report,
        compared: true,
        entries: report.entries.map((entry) =>
            entry.verdict === "violation" && old.has(entry.fingerprint) ? { ...entry, known: true as const } : entry,
        ),
    };
}

/** Violations that nobody has signed for. */
export function violationsOf(report: Report): readonly Entry[] {
    return report.entries.filter((entry) => entry.verdict === "violation" && entry.waiver === undefined);
}

/** What stops a deploy: mandatory, not waived, not there before. */
export function blockersOf(report: Report): readonly Entry[] {
    return violationsOf(report).filter((entry) => entry.level === "mandatory" && !entry.known);
}

export function waivedOf(report: Report): readonly Entry[] {
    return report.entries.filter((entry) => entry.waiver !== undefined);
}

export function undeterminedOf(report: Report): readonly Entry[] {
    return report.entries.filter((entry) => entry.verdict === "undetermined");
}

export interface Evidence {
    readonly framework: Framework;
    readonly control: string;
    readonly rules: readonly string[];
    readonly passed: number;
    readonly failed: number;
    readonly waived: number;
    readonly undetermined: number;
    /** Every resource that was judged, with its answer. */
    readonly judged: readonly {
        readonly rule: string;
        readonly urn: string;
        readonly verdict: Entry["verdict"];
        /** Who signed, why and until when. */
        readonly waiver?: Waiver;
    }[];
}

/** For an auditor: per control, what was judged on which resource with what result. Not applicable is no evidence and is left out. */
export function evidenceOf(report: Report): readonly Evidence[] {
    const judged = report.entries.filter((entry) => entry.verdict !== "notApplicable");
    return (Object.keys(frameworks) as Framework[]).flatMap((framework) => {
        const byControl = new Map<string, Entry[]>();
        for (const entry of judged) {
            for (const control of controlsOf(entry.rule.controls, framework)) {
                byControl.set(control, [...(byControl.get(control) ?? []), entry]);
            }
        }
        return [...byControl]
            .toSorted(([one], [other]) => one.localeCompare(other, "en", { numeric: true }))
            .map(([control, entries]) => ({
                framework,
                control,
                rules: [...new Set(entries.map((entry) => entry.rule.id))].toSorted(),
                passed: entries.filter((entry) => entry.verdict === "compliant").length,
                failed: entries.filter((entry) => entry.verdict === "violation" && !entry.waiver).length,
                waived: entries.filter((entry) => entry.waiver).length,
                undetermined: entries.filter((entry) => entry.verdict === "undetermined").length,
                judged: entries.map((entry) => ({
                    rule: entry.rule.id,
                    urn: entry.urn,
                    verdict: entry.verdict,
                    ...(entry.waiver ? { waiver: entry.waiver } : {}),
                })),
            }));
    });
}
