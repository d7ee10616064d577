/** The only reader of Pulumi's configuration, project and stack. Throws one RunError with every problem. */
import { readdirSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { overlaps } from "../conventions/cidr.ts";
import { describeProblems, type Problem } from "../conventions/refusal.ts";
import { parseSettings, type StackSettings } from "./settings.ts";

/** A stack as the program is asked to build it. */
export interface Stack {
    readonly project: string;
    readonly stack: string;
    readonly settings: StackSettings;
}

/** Reads the stack that the engine runs. The engine has decrypted its secrets. */
export function readStack(): Stack {
    const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
    const prefix = `${project}:`;
    const values = Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), plain(value)]] : [],
    );
    return checkedStack(project, stack, Object.fromEntries(values), otherNetworks(process.cwd(), stack));
}

/** Refuses, in one go, what the stack file says wrongly and what it takes from other stacks of the project. */
export function checkedStack(project: string, stack: string, raw: Record<string, unknown>, others: readonly OtherNetwork[]): Stack {
    const { settings, problems = [] } = parseSettings(raw);
    const all = [...problems, ...nameProblems(project, stack), ...overlapProblems(raw, others)];
    if (all.length > 0 || settings === undefined) {
        throw new pulumi.RunError(describeProblems(`Pulumi.${stack}.yaml`, all));
    }
    return { project, stack, settings };
}

export interface OtherNetwork {
    readonly file: string;
    readonly cidr: string;
}

/** Address blocks of the project's other stack files. A file that cannot be read is its own stack's problem. */
export function otherNetworks(directory: string, stack: string): OtherNetwork[] {
    return readdirSync(directory)
        .filter((file) => /^Pulumi\..+\.ya?ml$/.test(file) && file !== `Pulumi.${stack}.yaml` && file !== `Pulumi.${stack}.yml`)
        .flatMap((file) => {
            const cidr = cidrOf(`${directory}/${file}`);
            return cidr === undefined ? [] : [{ file, cidr }];
        });
}

function cidrOf(path: string): string | undefined {
    try {
        const config: unknown = parse(readFileSync(path, "utf8"))?.config;
        const network = Object.entries(config ?? {}).find(([key]) => key === "network" || key.endsWith(":network"))?.[1] as
            | { cidr?: unknown }
            | undefined;
        return typeof network?.cidr === "string" ? network.cidr : undefined;
    } catch {
        return undefined;
    }
}

/** Two networks that share addresses can never be peered, nor can one be the other's recovery. */
function overlapProblems(raw: Record<string, unknown>, others: readonly OtherNetwork[]): Problem[] {
    const own = (raw.network as { cidr?: unknown } | undefined)?.cidr;
    if (typeof own !== "string") {
        return [];
    }
    return others
        .filter(({ cidr }) => safely(() => overlaps(own, cidr)))
        .map(({ file, cidr }) => ({
            path: "network.cidr",
            message: `overlaps ${cidr} of ${file}; networks that share addresses can never be joined, choose another block`,
        }));
}

function safely(test: () => boolean): boolean {
    try {
        return test();
    } catch {
        return false; // Not a block at all: the block's own refusal says so.
    }
}

/** The pair names log groups, alarms and documents; the shortest of their limits leaves 40 characters. */
function nameProblems(project: string, stack: string): Problem[] {
    const name = `${project}-${stack}`;
    if (name.length > 40) {
        return [
            {
                path: "(stack name)",
                message: `"${name}" has ${name.length} characters; project and stack may have 39 together, because AWS names begin with them`,
            },
        ];
    }
    return /^[a-z][a-z0-9-]*$/.test(name)
        ? []
        : [
              {
                  path: "(stack name)",
                  message: `"${name}" must be lower-case letters, digits and hyphens, because bucket and cache names begin with it`,
              },
          ];
}

/** Blocks arrive as JSON, scalars as text. */
function plain(value: string): unknown {
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}
