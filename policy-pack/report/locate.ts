/**
 * Finds where in the user's files a resource is decided. The engine does not say (under ES modules it gets no position), so: the key
 * of the stack file that its component reads, else the line of a program that names it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { isMap, isScalar, LineCounter, type Pair, parseDocument, type YAMLMap } from "yaml";
import type { Judgement } from "../core/judge.ts";
import type { Location } from "./report.ts";

const programs = /\.(ts|mts|js|mjs|py|go|cs|java|ya?ml)$/;
const skipped = new Set(["node_modules", ".git", ".terrace", "venv", ".venv", "bin", "obj", "coverage", "sdks"]);

/** Reads a project's files once, and answers for each judgement. `directory` holds Pulumi.yaml. */
export function createLocator(directory: string, root: string, stack: string): (judgement: Judgement) => Location | undefined {
    const stackFile = join(directory, `Pulumi.${stack}.yaml`);
    const settings = existsSync(stackFile) ? new StackFile(readFileSync(stackFile, "utf8")) : undefined;
    const at = (file: string, line: number): Location => ({ file: relative(root, file).replaceAll("\\", "/"), line });
    const inProgram = createProgramSearch(directory);
    return (judgement) => {
        const { resource } = judgement;
        if (resource.type === "pulumi:pulumi:Stack") {
            return settings && at(stackFile, 1);
        }
        const line = settings?.lineOf(judgement);
        if (line !== undefined) {
            return at(stackFile, line);
        }
        const found = inProgram(resource.name, resource.token);
        return found && at(found.file, found.line);
    };
}

/** The keys of a stack file and the lines they stand on. */
class StackFile {
    readonly #lines = new LineCounter();
    readonly #config: YAMLMap | undefined;

    public constructor(text: string) {
        const config = parseDocument(text, { lineCounter: this.#lines }).get("config", true);
        this.#config = isMap(config) ? config : undefined;
    }

    /** The deepest key of the resource's component that is about what is wrong, else about the resource, else the component itself. */
    public lineOf(judgement: Judgement): number | undefined {
        const { rule, resource } = judgement;
        const component = componentsOf(resource.urn).flatMap((module) => this.#component(module) ?? [])[0];
        if (component === undefined) {
            return undefined;
        }
        const [named = "", ...keys] = keysInFix(rule.fix);
        const owner = this.#component(named);
        const decides = (owner && (deepest(owner, keys) ?? owner)) ?? deepest(component, propertyOf(judgement));
        return this.#lineAt(decides ?? namesake(component, resource.name) ?? component);
    }

    #component(module: string): Pair | undefined {
        return this.#config && pairIn(this.#config, (key) => key === module || key.endsWith(`:${module}`));
    }

    #lineAt(pair: Pair): number {
        return this.#lines.linePos((isScalar(pair.key) && pair.key.range?.[0]) || 0).line;
    }
}

function pairIn(map: YAMLMap, accepts: (key: string) => boolean): Pair | undefined {
    return map.items.find((pair) => isScalar(pair.key) && accepts(String(pair.key.value)));
}

/** Follows `keys` down from a component as far as the file goes; undefined where not even the first is there. */
function deepest(component: Pair, keys: readonly string[]): Pair | undefined {
    const [key, ...rest] = keys;
    const next = key !== undefined && isMap(component.value) ? pairIn(component.value, (each) => each === key) : undefined;
    return next && (deepest(next, rest) ?? next);
}

/** An entry that the user has named, such as a bucket, by whose name the resource's own goes on: `storage-uploads-policy` is of `uploads`. */
function namesake(component: Pair, name: string): Pair | undefined {
    if (!isMap(component.value)) {
        return undefined;
    }
    const named = pairIn(component.value, (key) => `-${name}-`.includes(`-${kebab(key)}-`));
    const deeper = component.value.items.flatMap((pair) => namesake(pair, name) ?? [])[0];
    return deeper ?? (named && isMap(named.value) ? named : undefined);
}

function kebab(key: string): string {
    return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A fix that says `Terrace: \`environment.logRetentionDays\`` names the key to change. */
function keysInFix(fix: string): readonly string[] {
    return /Terrace: `([\w.]+)/.exec(fix)?.[1]?.split(".") ?? [];
}

/** Components name a setting as AWS names the property, where they have it at all. */
function propertyOf({ finding }: Judgement): readonly string[] {
    return finding.kind === "violation" ? (finding.violations[0]?.path.split(/[.[]/, 1) ?? []) : [];
}

/** `…::terrace:load-balancer:LoadBalancer$aws:lb/listener:Listener::x` → `loadBalancer`, innermost first. */
function componentsOf(urn: string): readonly string[] {
    const types = (urn.split("::")[2] ?? "").split("$");
    return types
        .filter((type) => type.startsWith("terrace:"))
        .map((type) => (type.split(":")[1] ?? "").split("/")[0]?.replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase()) ?? "")
        .toReversed();
}

interface Source {
    readonly file: string;
    readonly lines: readonly string[];
}

type ProgramSearch = (name: string, token: string) => { readonly file: string; readonly line: number } | undefined;

function createProgramSearch(directory: string): ProgramSearch {
    let sources: readonly Source[] | undefined;
    return (name, token) => {
        sources ??= readPrograms(directory);
        const quoted = new RegExp(`["'\`]${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}["'\`]`);
        const made = token.slice(token.lastIndexOf(":") + 1);
        for (const { file, lines } of sources) {
            // The name alone is any word; the class beside it or on the line before makes it the resource.
            const index = lines.findIndex((text, place) => quoted.test(text) && `${lines[place - 1] ?? ""} ${text}`.includes(made));
            if (index >= 0) {
                return { file, line: index + 1 };
            }
        }
        return undefined;
    };
}

function readPrograms(directory: string): readonly Source[] {
    const files: string[] = [];
    const walk = (folder: string, depth: number): void => {
        const entries = readdirSync(folder, { withFileTypes: true }).toSorted((one, other) => one.name.localeCompare(other.name));
        // A policy pack that lies in the project is not the program.
        if (entries.some((entry) => entry.name === "PulumiPolicy.yaml")) {
            return;
        }
        for (const entry of entries) {
            if (entry.isDirectory() && depth < 5 && !skipped.has(entry.name) && !entry.name.startsWith(".")) {
                walk(join(folder, entry.name), depth + 1);
            } else if (entry.isFile() && programs.test(entry.name) && !/\.test\.|\.d\.ts$/.test(entry.name)) {
                files.push(join(folder, entry.name));
            }
        }
    };
    walk(directory, 0);
    return files.slice(0, 2000).map((file) => ({ file, lines: readFileSync(file, "utf8").split("\n") }));
}
