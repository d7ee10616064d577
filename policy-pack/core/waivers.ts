/** Waivers: who answers for which violation, why, and until when. A waiver that says too little, or too much, is itself refused. */
import { readFileSync } from "node:fs";
import type { Problem } from "./configuration.ts";
import { compliant } from "./finding.ts";
import { standing } from "./levels.ts";
import { nearest } from "./nearest.ts";
import type { ResourceView } from "./resource.ts";
import type { Rule, StackRule } from "./rule.ts";
import { parseYaml } from "./yaml.ts";

export interface Waiver {
    readonly rule: string;
    /** Canonical type and name, `ec2/instance::bastion-*`. `*` stands for any run of characters. */
    readonly resource: string;
    /** Stacks it holds in; there is no waiver for all stacks. */
    readonly stacks: readonly string[];
    readonly reason: string;
    readonly owner: string;
    readonly ticket: string;
    /** Last day, `2027-01-31`. */
    readonly expires: string;
}

const keys = ["rule", "resource", "stacks", "reason", "owner", "ticket", "expires"] as const;

/** A year is the longest that anybody may sign for; then it is looked at again. */
const longestDays = 366;

export function loadWaivers(
    path: string,
    rules: readonly Rule[],
    today: string,
): { readonly waivers: readonly Waiver[]; readonly problems: readonly Problem[] } {
    let text: string;
    try {
        text = readFileSync(path, "utf8");
    } catch (problem) {
        return { waivers: [], problems: [{ path, message: `cannot be read: ${(problem as Error).message}` }] };
    }
    try {
        return checkWaivers(parseYaml(text), rules, today);
    } catch (problem) {
        return { waivers: [], problems: [{ path, message: `is not YAML: ${(problem as Error).message.split("\n", 1)[0]}` }] };
    }
}

export function checkWaivers(
    content: unknown,
    rules: readonly Rule[],
    today: string,
): { readonly waivers: readonly Waiver[]; readonly problems: readonly Problem[] } {
    if (content === null || content === undefined) {
        return { waivers: [], problems: [] };
    }
    if (!Array.isArray(content)) {
        return { waivers: [], problems: [{ path: "waivers", message: "expected a list of waivers" }] };
    }
    const problems: Problem[] = [];
    const waivers = content.flatMap((each: unknown, index) => {
        const at = `waivers[${index}]`;
        const found = checkShape(each, at, problems);
        return found && checkSense(found, at, rules, today, problems) ? [found] : [];
    });
    return { waivers, problems };
}

function checkShape(value: unknown, at: string, problems: Problem[]): Waiver | undefined {
    const before = problems.length;
    const waiver = (value ?? {}) as Record<string, unknown>;
    for (const key of Object.keys(waiver)) {
        if (!(keys as readonly string[]).includes(key)) {
            problems.push({ path: `${at}.${key}`, message: `unknown key; the nearest known one is "${nearest(key, keys)}"` });
        }
    }
    for (const key of keys) {
        const given = waiver[key];
        const good =
            key === "stacks"
                ? Array.isArray(given) && given.length > 0 && given.every((stack) => typeof stack === "string")
                : typeof given === "string" && given.trim() !== "";
        if (!good) {
            problems.push({
                path: `${at}.${key}`,
                message: `expected ${key === "stacks" ? "a list of stack names" : "a text"}, got ${JSON.stringify(given) ?? "nothing"}`,
            });
        }
    }
    return problems.length === before ? (value as Waiver) : undefined;
}

function checkSense(waiver: Waiver, at: string, rules: readonly Rule[], today: string, problems: Problem[]): boolean {
    const before = problems.length;
    const rule = rules.find((each) => each.id === waiver.rule);
    if (rule === undefined) {
        const known = rules.map((each) => each.id);
        problems.push({
            path: `${at}.rule`,
            message: `no rule is called "${waiver.rule}"; the nearest is "${nearest(waiver.rule, known)}"`,
        });
    } else if (rule.waivable === false) {
        problems.push({ path: `${at}.rule`, message: `${waiver.rule} cannot be waived: mend the resource instead` });
    }
    const [type = "", name = ""] = waiver.resource.split("::");
    if (!/[a-z0-9]{2,}/i.test(name) || !/[a-z0-9]{2,}/i.test(type)) {
        problems.push({
            path: `${at}.resource`,
            message: `is too broad: expected a type and a name such as "ec2/instance::bastion-*", got "${waiver.resource}"`,
        });
    }
    if (waiver.stacks.some((stack) => stack.includes("*"))) {
        problems.push({ path: `${at}.stacks`, message: "is too broad: expected the names of stacks, got a pattern" });
    }
    if (!/^\d{4}-\d\d-\d\d$/.test(waiver.expires) || Number.isNaN(Date.parse(waiver.expires))) {
        problems.push({ path: `${at}.expires`, message: `expected a day such as 2027-01-31, got "${waiver.expires}"` });
    } else if (waiver.expires < today) {
        problems.push({
            path: `${at}.expires`,
            message: `has run out on ${waiver.expires}: mend the resource, or have ${waiver.owner} renew the waiver`,
        });
    } else if (Date.parse(waiver.expires) - Date.parse(today) > longestDays * 86_400_000) {
        problems.push({
            path: `${at}.expires`,
            message: `is more than a year away (${waiver.expires}): expected a day within ${longestDays} days`,
        });
    }
    return problems.length === before;
}

/** Whether the waiver is about this resource, leaving the rule aside. */
export function waives(waiver: Waiver, resource: ResourceView): boolean {
    const expression = waiver.resource.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
    return waiver.stacks.includes(resource.stack) && new RegExp(`^${expression}$`).test(`${resource.type}::${resource.name}`);
}

/** What is said when a waivers file does not hold. `Judge` answers it, since only it knows which waivers were used. */
export const waiverRule: StackRule = {
    id: "policy-waiver-valid",
    title: "Every waiver names one rule, one resource, an owner, a ticket and a day, and is still needed",
    why: "A waiver that outlives its reason lets the next violation through unseen.",
    fix: "Correct or delete the entry in the waivers file.",
    severity: "medium",
    levels: standing.everywhere,
    controls: { nist: ["CA-5", "CM-3"] },
    link: "https://csrc.nist.gov/projects/cprt/catalog",
    waivable: false,
    scope: "stack",
    judge: () => compliant,
};
