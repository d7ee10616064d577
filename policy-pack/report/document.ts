/** Writes RULES.md: every rule, and per framework what is covered and what no program can show. */

import { defaultOf } from "../core/configuration.ts";
import { controlsOf, type Framework, frameworks } from "../core/controls.ts";
import { profiles } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";
import { linkOf } from "../core/words.ts";

const shortLevel = { mandatory: "**must**", advisory: "advice", disabled: "–" } as const;

/** Controls that cannot be judged from a program, and why; by framework. */
const beyond: Readonly<Record<Framework, readonly (readonly [ids: string, why: string])[]>> = {
    fsbp: [
        ["IAM.4, IAM.5, IAM.6, IAM.9, IAM.19", "the root user and people's MFA devices are not resources of a program"],
        ["IAM.3 (age), IAM.8, IAM.22", "the age and use of credentials is known only at run time"],
        ["EC2.4, EC2.58, EC2.60", "state of running machines and of the account's own settings"],
        ["SSM.1, SSM.2, SSM.3", "patch and association compliance is reported by running instances"],
        ["SecretsManager.2, SecretsManager.3", "whether a rotation succeeded, or a secret is used, is known only at run time"],
        ["WAF.2, WAF.3, WAF.6, WAF.7", "WAF Classic's parts; the pack refuses WAF Classic altogether"],
    ],
    cis3: [
        ["1.1 to 1.7, 1.10 to 1.12", "the root user, console users and their devices"],
        ["1.9 (reuse in practice), 1.14 (age)", "known only at run time"],
    ],
    cis5: [["1.1 to 1.6, 1.9 to 1.11", "the root user, console users and their devices"]],
    hipaa: [
        [
            "308(a)(1), 308(a)(2), 308(a)(5)(ii)(B), 308(a)(6), 308(b)",
            "risk analysis, appointed people, training, incident handling, contracts",
        ],
        ["310 (all)", "buildings and devices: AWS's part of the shared responsibility, and the office's"],
        ["316 (all)", "written policies and six years of keeping them"],
    ],
    nist: [["AT, MA, PE, PL, PS, PM families", "training, maintenance, premises, planning and people"]],
};

export function rulesDocument(families: Readonly<Record<string, readonly Rule[]>>): string {
    const rules = Object.values(families).flat();
    const judged = rules.filter((rule) => rule.scope !== undefined).length;
    const parts = [
        "# Rules",
        `<!-- Written by \`npm run terrace -- policy document\`; a test proves it current. -->`,
        `${rules.length} rules: ${rules.length - judged} judge a resource by itself, before anything is made; ${judged} judge relations or the stack as a whole. ` +
            "Level by profile: development / production / regulated; **must** stops a deploy, advice does not, – is off until it is named in a configuration.",
        ...Object.entries(families).flatMap(([name, family]) => [`## ${name}`, table(family)]),
        "## Coverage",
        "Ids were read from the frameworks' own lists; which rule gives evidence for which control was decided by the pack's authors from the titles of " +
            "both, and no compliance specialist has signed it. NIST is by control family, from the class of a rule.",
        ...(Object.keys(frameworks) as Framework[]).map((framework) => coverage(rules, framework)),
    ];
    return `${parts.join("\n\n")}\n`;
}

function table(rules: readonly Rule[]): string {
    const rows = rules.map((rule) => {
        const levels = profiles.map((profile) => shortLevel[rule.levels[profile]]).join(" / ");
        const link = linkOf(rule);
        const ids = [...controlsOf(rule.controls, "fsbp"), ...controlsOf(rule.controls, "cis5").map((id) => `CIS ${id}`)].join(", ");
        const marks = [
            rule.scope === undefined ? "" : rule.scope,
            rule.scope === undefined && rule.remedy ? "mends itself" : "",
            rule.waivable === false ? "no waiver" : "",
        ].filter(Boolean);
        const parameters = Object.entries(rule.parameters ?? {}).map(
            ([name, parameter]) =>
                `\`${name}\` = ${profiles
                    .map((profile) => JSON.stringify(defaultOf(parameter, profile)))
                    .filter((value, index, all) => all.indexOf(value) === index)
                    .join(" / ")}`,
        );
        const id = `<a id="${rule.id}"></a>${link ? `[\`${rule.id}\`](${link})` : `\`${rule.id}\``}`;
        const notes = [...marks, ...parameters].join("; ");
        return `| ${id} | ${rule.title}. ${rule.why} *${rule.fix}*${notes ? ` (${notes})` : ""} | ${rule.severity} | ${levels} | ${ids} |`.replaceAll(
            "\n",
            " ",
        );
    });
    return ["| rule | what holds, why, *fix* | severity | dev / prod / reg | controls |", "|---|---|---|---|---|", ...rows].join("\n");
}

function coverage(rules: readonly Rule[], framework: Framework): string {
    const byControl = new Map<string, string[]>();
    for (const rule of rules) {
        for (const control of controlsOf(rule.controls, framework)) {
            byControl.set(control, [...(byControl.get(control) ?? []), rule.id]);
        }
    }
    const rows = [...byControl]
        .toSorted(([one], [other]) => one.localeCompare(other, "en", { numeric: true }))
        .map(
            ([control, ids]) =>
                `| ${control} | ${ids.length > 6 ? `${ids.length} rules, such as ${ids.slice(0, 4).join(", ")}` : ids.join(", ")} |`,
        );
    const not = beyond[framework].map(([ids, why]) => `- ${ids}: ${why}.`);
    return [
        `### ${frameworks[framework]}`,
        `${byControl.size} controls have at least one rule.`,
        ["| control | rules |", "|---|---|", ...rows].join("\n"),
        `Not to be judged from a program:\n\n${not.join("\n")}`,
    ].join("\n\n");
}
