/**
 * Brings modules of the pack to life from their text, so that a text with a fault in it can take the place of one of them, for the
 * modules that depend on it and for no other, in one process. Only mutation.ts has use for it.
 */
import { readFileSync } from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import type { Edit } from "./mutants.ts";

type Exports = Readonly<Record<string, unknown>>;

interface Source {
    /** Types blanked out: every place is what it is in the file. */
    readonly plain: string;
    /** What makes a function of the module. */
    readonly edits: readonly Edit[];
    readonly imports: readonly { readonly specifier: string; readonly path: string }[];
    readonly exports: readonly string[];
}

export class ModuleRegistry {
    readonly #sources = new Map<string, Source>();
    readonly #functions = new Map<string, (...given: readonly unknown[]) => Exports>();
    readonly #needs = new Map<string, ReadonlySet<string>>();
    readonly #foreign: ReadonlyMap<string, Exports>;
    /** Says which files are read as text; all others are imported as ever. */
    readonly #isOwn: (path: string) => boolean;

    private constructor(isOwn: (path: string) => boolean, foreign: Map<string, Exports>) {
        this.#isOwn = isOwn;
        this.#foreign = foreign;
    }

    /** Reads `roots` and all that they import. `replaced` are packages to be had from elsewhere. */
    public static async of(
        roots: readonly string[],
        isOwn: (path: string) => boolean,
        replaced: ReadonlyMap<string, Exports>,
    ): Promise<ModuleRegistry> {
        const foreign = new Map(replaced);
        const registry = new ModuleRegistry(isOwn, foreign);
        const waiting = [...roots];
        for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
            if (registry.#sources.has(path)) {
                continue;
            }
            const source = readSource(path);
            registry.#sources.set(path, source);
            for (const each of source.imports) {
                if (isOwn(each.path)) {
                    waiting.push(each.path);
                } else if (!foreign.has(each.path)) {
                    foreign.set(each.path, await import(each.path.startsWith("/") ? pathToFileURL(each.path).href : each.path));
                }
            }
        }
        return registry;
    }

    /** The own modules that `path` needs, itself among them. */
    public needs(path: string): ReadonlySet<string> {
        const found = this.#needs.get(path) ?? this.needsUpTo(path, () => false);
        this.#needs.set(path, found);
        return found;
    }

    /** As `needs`; at what `past` accepts it looks no further. */
    public needsUpTo(path: string, past: (path: string) => boolean): ReadonlySet<string> {
        const found = new Set<string>();
        const walk = (each: string): void => {
            if (!found.has(each) && this.#isOwn(each) && !past(each)) {
                found.add(each);
                for (const next of this.#sources.get(each)?.imports ?? []) {
                    walk(next.path);
                }
            }
        };
        walk(path);
        return found;
    }

    /** Compiles `path` with a fault in it. Throws where that makes it no program. */
    public compile(path: string, edit: Edit): Compiled {
        return this.#compile(path, [edit]);
    }

    /**
     * Lives through `root` and all that it needs. Modules in `living` are taken as they are, and what is made new is added to it;
     * `faulty` takes the place of one file.
     */
    public live(root: string, living: Map<string, Exports>, faulty?: Faulty): Exports {
        const known = living.get(root) ?? (this.#isOwn(root) ? undefined : this.#foreign.get(root));
        if (known !== undefined) {
            return known;
        }
        const source = this.#sources.get(root) as Source;
        const given = new Map(source.imports.map(({ specifier, path }) => [specifier, this.live(path, living, faulty)]));
        const run = faulty?.path === root ? faulty.compiled : this.#whole(root);
        const meta = { url: pathToFileURL(root).href, filename: root, dirname: dirname(root) };
        const made = run(given, meta);
        living.set(root, made);
        return made;
    }

    #whole(path: string): Compiled {
        const run = this.#functions.get(path) ?? this.#compile(path, []);
        this.#functions.set(path, run);
        return run;
    }

    #compile(path: string, more: readonly Edit[]): Compiled {
        const { plain, edits, exports } = this.#sources.get(path) as Source;
        const sorted = [...edits, ...more].toSorted((one, other) => other.start - one.start);
        const text = sorted.reduce((made, edit) => made.slice(0, edit.start) + edit.text + made.slice(edit.end), plain);
        return new Function("modules", "meta", `"use strict";${text}\nreturn { ${exports.join(", ")} };`) as Compiled;
    }
}

type Compiled = (...given: readonly unknown[]) => Exports;

/** A module with a fault in it, and the file whose place it takes. */
export interface Faulty {
    readonly path: string;
    readonly compiled: Compiled;
}

function readSource(path: string): Source {
    const plain = stripTypeScriptTypes(readFileSync(path, "utf8"));
    const source = ts.createSourceFile("module.js", plain, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
    const edits: Edit[] = [];
    const imports: { specifier: string; path: string }[] = [];
    const exports: string[] = [];
    for (const statement of source.statements) {
        if (ts.isImportDeclaration(statement)) {
            const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
            imports.push({ specifier, path: resolve(specifier, path) });
            edits.push({ start: statement.getStart(), end: statement.getEnd(), text: asConstants(statement.importClause, specifier) });
        } else if (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.[0]?.kind === ts.SyntaxKind.ExportKeyword) {
            const keyword = ts.getModifiers(statement)?.[0] as ts.Modifier;
            edits.push({ start: keyword.getStart(), end: keyword.getEnd(), text: "" });
            exports.push(...namesOf(statement));
        }
    }
    const visit = (node: ts.Node): void => {
        if (ts.isMetaProperty(node)) {
            edits.push({ start: node.getStart(), end: node.getEnd(), text: "meta" });
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return { plain, edits, imports, exports };
}

function resolve(specifier: string, from: string): string {
    if (specifier.startsWith(".")) {
        return join(dirname(from), specifier);
    }
    return specifier.startsWith("node:") ? specifier : createRequire(from).resolve(specifier) && specifier;
}

function asConstants(clause: ts.ImportClause | undefined, specifier: string): string {
    const from = `modules.get("${specifier}")`;
    const named = clause?.namedBindings;
    return [
        clause?.name ? `const ${clause.name.text} = ${from}.default;` : "",
        named && ts.isNamespaceImport(named) ? `const ${named.name.text} = ${from};` : "",
        named && ts.isNamedImports(named) ? `const ${named.getText().replaceAll(" as ", ": ")} = ${from};` : "",
    ].join("");
}

function namesOf(statement: ts.Statement): readonly string[] {
    if (ts.isVariableStatement(statement)) {
        return statement.declarationList.declarations.map((declaration) => declaration.name.getText());
    }
    return (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name ? [statement.name.text] : [];
}
