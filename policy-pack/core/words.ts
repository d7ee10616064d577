/** How a judgement is said: one voice for the engine's output and for every report. */
import { controlsOf, type Framework, frameworks, pageOf } from "./controls.ts";
import type { Judgement } from "./judge.ts";
import type { Rule } from "./rule.ts";

const short: Readonly<Record<Framework, string>> = { fsbp: "FSBP", cis3: "CIS 3.0", cis5: "CIS 5.0", hipaa: "HIPAA 164.", nist: "NIST" };

/** `FSBP EC2.13 · CIS 5.0 5.3, 5.4`: the frameworks that name a rule by number; HIPAA and NIST stay in the reports. */
export function citation(rule: Rule): string {
    return (Object.keys(frameworks) as Framework[])
        .filter((framework) => framework !== "hipaa" && framework !== "nist" && framework !== "cis3")
        .map((framework) => ({ framework, ids: controlsOf(rule.controls, framework) }))
        .filter(({ ids }) => ids.length > 0)
        .map(({ framework, ids }) => `${short[framework]} ${ids.join(", ")}`)
        .join(" · ");
}

/** Where to read on: the rule's own page, its first FSBP control's, else the resource's in Pulumi's registry. */
export function linkOf(rule: Rule): string | undefined {
    const type = rule.scope === "stack" ? undefined : rule.on.find((each) => each.includes("/"));
    return (
        rule.link ??
        pageOf(rule.controls) ??
        (type === undefined ? undefined : `https://www.pulumi.com/registry/packages/aws/api-docs/${type.toLowerCase()}/`)
    );
}

/** One line a violation: where, what was expected, what was got. */
export function violationLines(judgement: Judgement): readonly string[] {
    if (judgement.finding.kind !== "violation") {
        return [];
    }
    return judgement.finding.violations.map(({ path, message }) => (path === "" ? message : `${path}  ${message}`));
}

/** What the engine prints under the resource. */
export function engineMessage(judgement: Judgement): string {
    const cited = citation(judgement.rule);
    return [
        `${judgement.rule.title}${cited && ` (${cited})`}`,
        ...violationLines(judgement).map((line) => `    ${line}`),
        `    Fix: ${judgement.rule.fix}`,
        ...(judgement.waiver
            ? [`    Waived until ${judgement.waiver.expires} by ${judgement.waiver.owner}: ${judgement.waiver.reason}`]
            : []),
    ].join("\n");
}
