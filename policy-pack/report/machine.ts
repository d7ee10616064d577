/** The formats that programs read: JSON, JUnit, SARIF. */
import { controlsOf, type Framework, frameworks } from "../core/controls.ts";
import type { Severity } from "../core/levels.ts";
import { linkOf } from "../core/words.ts";
import { blockersOf, type Entry, evidenceOf, type Report, undeterminedOf, violationsOf, waivedOf } from "./report.ts";

export const packVersion = "0.1.0";

function entryData(entry: Entry): object {
    return {
        rule: entry.rule.id,
        title: entry.rule.title,
        severity: entry.rule.severity,
        level: entry.level,
        urn: entry.urn,
        type: entry.type,
        name: entry.name,
        messages: entry.lines,
        fix: entry.rule.fix,
        link: linkOf(entry.rule),
        controls: Object.fromEntries(
            (Object.keys(frameworks) as Framework[]).map((framework) => [framework, controlsOf(entry.rule.controls, framework)]),
        ),
        fingerprint: entry.fingerprint,
        ...(entry.location ? { location: entry.location } : {}),
        ...(entry.known ? { known: true } : {}),
        ...(entry.waiver ? { waiver: entry.waiver } : {}),
    };
}

export function jsonReport(report: Report): string {
    const content = {
        version: 1,
        pack: packVersion,
        stack: report.stack,
        profile: report.profile,
        date: report.today,
        rules: report.ruleCount,
        resources: report.resourceCount,
        blocked: blockersOf(report).length > 0,
        violations: violationsOf(report).map(entryData),
        waived: waivedOf(report).map(entryData),
        undetermined: undeterminedOf(report).map(entryData),
        notes: report.notes,
    };
    return `${JSON.stringify(content, null, 2)}\n`;
}

export function evidenceReport(report: Report): string {
    const content = {
        version: 1,
        pack: packVersion,
        stack: report.stack,
        profile: report.profile,
        date: report.today,
        about: "Pairing of rules and controls: see RULES.md. A control is listed when at least one rule had something to judge.",
        controls: evidenceOf(report),
    };
    return `${JSON.stringify(content, null, 2)}\n`;
}

/** A suite a rule, a case a resource that it judged, so that a build server's history shows which rule fails where. */
export function junitReport(report: Report): string {
    const judged = report.entries.filter((entry) => entry.verdict !== "notApplicable");
    const suites = [...new Set(judged.map((entry) => entry.rule))].map((rule) => {
        const cases = judged.filter((entry) => entry.rule === rule);
        const failures = cases.filter((entry) => isFailure(entry));
        const skipped = cases.filter((entry) => entry.verdict === "undetermined" || entry.waiver);
        return [
            `  <testsuite name="${xml(rule.id)}" tests="${cases.length}" failures="${failures.length}" errors="0" skipped="${skipped.length}">`,
            ...cases.map((entry) => junitCase(entry)),
            "  </testsuite>",
        ].join("\n");
    });
    const failures = judged.filter(isFailure).length;
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="policy ${xml(report.stack)}" tests="${judged.length}" failures="${failures}">\n${suites.join("\n")}\n</testsuites>\n`;
}

function isFailure(entry: Entry): boolean {
    return entry.verdict === "violation" && entry.level === "mandatory" && !entry.waiver && !entry.known;
}

function junitCase(entry: Entry): string {
    const open = `    <testcase classname="${xml(entry.type)}" name="${xml(`${entry.name}: ${entry.rule.title}`)}"`;
    const text = xml(entry.lines.join("\n"));
    if (isFailure(entry)) {
        return `${open}>\n      <failure type="${entry.rule.severity}" message="${xml(entry.lines[0] ?? "")}">${text}\n${xml(`Fix: ${entry.rule.fix}`)}\n${xml(entry.urn)}</failure>\n    </testcase>`;
    }
    if (entry.waiver) {
        return `${open}>\n      <skipped message="${xml(`waived until ${entry.waiver.expires} by ${entry.waiver.owner} (${entry.waiver.ticket}): ${entry.waiver.reason}`)}"/>\n    </testcase>`;
    }
    if (entry.verdict === "undetermined") {
        return `${open}>\n      <skipped message="${xml(`not known before the deploy: ${entry.lines[0] ?? ""}`)}"/>\n    </testcase>`;
    }
    return entry.verdict === "violation" ? `${open}>\n      <system-out>${text}</system-out>\n    </testcase>` : `${open}/>`;
}

function xml(text: string): string {
    // Control characters are not allowed in XML 1.0, not even escaped.
    return (
        text
            // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
            .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
            .replaceAll("&", "&amp;")
            .replaceAll("<", "&lt;")
            .replaceAll(">", "&gt;")
            .replaceAll('"', "&quot;")
    );
}

/** GitHub sorts by this number; the steps are the ones that its own scanners use. */
const securitySeverity: Readonly<Record<Severity, string>> = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0" };

/** GitHub refuses a file with more of them on one rule. */
const mostTags = 20;

/** SARIF 2.1.0. Failures only: GitHub shows a passed result as an alert too. */
export function sarifReport(report: Report): string {
    const found = report.entries.filter((entry) => entry.verdict === "violation");
    const rules = [...new Set(found.map((entry) => entry.rule))];
    const content = {
        $schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [
            {
                tool: {
                    driver: {
                        name: "Terrace policy pack",
                        version: packVersion,
                        informationUri: "https://www.pulumi.com/docs/insights/policy/",
                        rules: rules.map((rule) => ({
                            id: rule.id,
                            name: rule.id.replace(/(^|-)([a-z0-9])/g, (_all, _dash, letter: string) => letter.toUpperCase()),
                            shortDescription: { text: rule.title },
                            fullDescription: { text: rule.why },
                            help: { text: rule.fix, markdown: `${rule.why}\n\n**Fix:** ${rule.fix}` },
                            ...(linkOf(rule) ? { helpUri: linkOf(rule) } : {}),
                            defaultConfiguration: { level: sarifLevel(rule.severity) },
                            properties: {
                                "security-severity": securitySeverity[rule.severity],
                                tags: [
                                    "security",
                                    ...controlsOf(rule.controls, "fsbp").map((id) => `FSBP ${id}`),
                                    ...controlsOf(rule.controls, "cis5").map((id) => `CIS 5.0 ${id}`),
                                ].slice(0, mostTags),
                            },
                        })),
                    },
                },
                automationDetails: { id: `policy/${report.stack}/` },
                columnKind: "utf16CodeUnits",
                results: found.map((entry) => ({
                    ruleId: entry.rule.id,
                    ruleIndex: rules.indexOf(entry.rule),
                    level: entry.level === "mandatory" ? sarifLevel(entry.rule.severity) : "note",
                    message: { text: `${entry.type} ${entry.name}: ${entry.lines.join("; ")}. Fix: ${entry.rule.fix}` },
                    locations: [
                        {
                            physicalLocation: {
                                artifactLocation: { uri: encodeURI(entry.location?.file ?? report.projectFile), uriBaseId: "%SRCROOT%" },
                                region: { startLine: entry.location?.line ?? 1 },
                            },
                            logicalLocations: [{ name: entry.name, fullyQualifiedName: entry.urn, kind: "resource" }],
                        },
                    ],
                    partialFingerprints: { "ruleAndResource/v1": entry.fingerprint },
                    ...(report.compared ? { baselineState: entry.known ? "unchanged" : "new" } : {}),
                    ...(entry.waiver
                        ? {
                              suppressions: [
                                  {
                                      kind: "external",
                                      status: "accepted",
                                      justification: `${entry.waiver.reason} (${entry.waiver.owner}, ${entry.waiver.ticket}, until ${entry.waiver.expires})`,
                                  },
                              ],
                          }
                        : {}),
                })),
            },
        ],
    };
    return `${JSON.stringify(content, null, 2)}\n`;
}

function sarifLevel(severity: Severity): "error" | "warning" | "note" {
    return severity === "critical" || severity === "high" ? "error" : severity === "medium" ? "warning" : "note";
}
