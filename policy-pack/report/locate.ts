/**
 * Finds where in the user's files a resource is decided. The engine does not say (under ES modules it gets no position), so: the key
 * of the stack file that its component reads, else the line of a program that names it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Judgement } from "../core/judge.ts";
import type { Location } from "./report.ts";

const programs = /\.(ts|mts|js|mjs|py|go|cs|java|ya?ml)$/;
const skipped = new Set(["node_modules", ".git", ".terrace", "venv", ".venv", "bin", "obj", "coverage", "sdks"]);

/** Reads a project's files once, and answers for each judgement. `directory` holds Pulumi.yaml. */
export function createLocator(directory: string, root: string, stack: string): (judgement: Judgement) => Location | undefined {
    const stackFile = join(directory, `Pulumi.${stack}.yaml`);
    const stackLines = existsSync(stackFile) ? readFileSync(stackFile, "utf8").split("\n") : [];
    let sources: readonly { readonly file: string; readonly lines: readonly string[] }[] | undefined;
    const found = new Map<string, Location | undefined>();
    const at = (file: string, index: number): Location => ({ file: relative(root, file).replaceAll("\\", "/"), line: index + 1 });

    const search = (urn: string, name: string, token: string): Location | undefined => {
        for (const module of componentsOf(urn)) {
            const line = stackLines.findIndex((text) => new RegExp(`^\\s*([\\w-]+:)?${module}:(\\s|$)`).test(text));
            if (line >= 0) {
                return at(stackFile, line);
            }
        }
        sources ??= readPrograms(directory);
        const quoted = new RegExp(`["'\`]${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}["'\`]`);
        const made = token.slice(token.lastIndexOf(":") + 1);
        for (const { file, lines } of sources) {
            // The name alone is any word; the class beside it or on the line before makes it the resource.
            const line = lines.findIndex((text, index) => quoted.test(text) && `${lines[index - 1] ?? ""} ${text}`.includes(made));
            if (line >= 0) {
                return at(file, line);
            }
        }
        return undefined;
    };
    return ({ resource }) => {
        if (!found.has(resource.urn)) {
            found.set(resource.urn, search(resource.urn, resource.name, resource.token));
        }
        return found.get(resource.urn);
    };
}

/** `…::terrace:load-balancer:LoadBalancer$aws:lb/listener:Listener::x` → `loadBalancer`, innermost first. */
function componentsOf(urn: string): readonly string[] {
    const types = (urn.split("::")[2] ?? "").split("$");
    return types
        .filter((type) => type.startsWith("terrace:"))
        .map((type) => (type.split(":")[1] ?? "").split("/")[0]?.replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase()) ?? "")
        .toReversed();
}

function readPrograms(directory: string): readonly { readonly file: string; readonly lines: readonly string[] }[] {
    const files: string[] = [];
    const walk = (folder: string, depth: number): void => {
        for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((one, other) => one.name.localeCompare(other.name))) {
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
