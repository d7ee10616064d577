/**
 * What @pulumi/aws declares about each resource type: its inputs, its outputs, their shapes and documentation.
 * Read lazily from the installed package, one file per type that a program really uses (about 1 ms each), so a new
 * version of the package needs no generation step and importing this file costs nothing.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { indexInterfaces, type Member, parseMembers } from "./declarations.ts";

export interface ResourceType {
    /** `aws:rds/instance:Instance` */
    readonly token: string;
    /** `rds/instance`, with the old alias `alb` written as `lb`: the key of every table in this folder. */
    readonly short: string;
    readonly inputs: ReadonlyMap<string, Member>;
    readonly outputs: ReadonlyMap<string, Member>;
}

export interface FunctionType {
    readonly token: string;
    readonly inputs: ReadonlyMap<string, Member>;
    readonly outputs: ReadonlyMap<string, Member>;
}

type Side = "inputs" | "outputs";
interface Nested {
    readonly text: string;
    readonly offsets: Map<string, number>;
}

export function shortType(token: string): string {
    const middle = token.split(":")[1] ?? "";
    return middle.startsWith("alb/") ? `lb/${middle.slice(4)}` : middle;
}

export class Catalogue {
    readonly #folder: string;
    readonly #resources = new Map<string, ResourceType | undefined>();
    readonly #functions = new Map<string, FunctionType | undefined>();
    readonly #nested = new Map<Side, Nested>();
    readonly #members = new Map<string, Map<string, Member>>();
    readonly #enums = new Map<string, readonly string[]>();

    public constructor(folder = dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"))) {
        this.#folder = folder;
    }

    /** Undefined if @pulumi/aws has no such resource. */
    public resource(token: string): ResourceType | undefined {
        if (!this.#resources.has(token)) this.#resources.set(token, this.#readResource(token));
        return this.#resources.get(token);
    }

    public function(token: string): FunctionType | undefined {
        if (!this.#functions.has(token)) this.#functions.set(token, this.#readFunction(token));
        return this.#functions.get(token);
    }

    /** The members of a nested type: "rds.InstanceBlueGreenUpdate". Undefined if it is not declared. */
    public nested(ref: string, side: Side): ReadonlyMap<string, Member> | undefined {
        const key = `${side}:${ref}`;
        const known = this.#members.get(key);
        if (known) return known;
        const { text, offsets } = this.#nestedFile(side);
        const offset = offsets.get(ref);
        if (offset === undefined) return undefined;
        const members = parseMembers(text, offset);
        this.#members.set(key, members);
        return members;
    }

    /** The values of `enums.s3.CannedAcl`. */
    public enumeration(ref: string): readonly string[] {
        const known = this.#enums.get(ref);
        if (known) return known;
        const parts = ref.split(".");
        const name = parts.pop() ?? "";
        const file = join(this.#folder, "types/enums", ...parts, "index.d.ts");
        const text = existsSync(file) ? readFileSync(file, "utf8") : "";
        const start = text.indexOf(`const ${name}: {`);
        const body = start < 0 ? "" : text.slice(start, text.indexOf("};", start));
        const values = [...body.matchAll(/readonly \w+: "([^"]*)"/g)].map((found) => found[1] ?? "");
        this.#enums.set(ref, values);
        return values;
    }

    #readResource(token: string): ResourceType | undefined {
        const [prefix, middle, name] = token.split(":");
        if (prefix !== "aws" || !middle || !name) return undefined;
        const text = this.#declarationFile(middle);
        const classAt = text?.indexOf(`export declare class ${name} extends`) ?? -1;
        if (text === undefined || classAt < 0) return undefined;
        const argsAt = text.indexOf(`export interface ${name}Args {`);
        const outputs = parseMembers(text, classAt);
        return {
            token,
            short: shortType(token),
            inputs: argsAt < 0 ? new Map<string, Member>() : parseMembers(text, argsAt),
            outputs,
        };
    }

    #readFunction(token: string): FunctionType | undefined {
        const [prefix, middle, name] = token.split(":");
        if (prefix !== "aws" || !middle || !name) return undefined;
        const text = this.#declarationFile(middle);
        if (text === undefined) return undefined;
        const capital = name.charAt(0).toUpperCase() + name.slice(1);
        const argsAt = text.indexOf(`export interface ${capital}Args {`);
        const resultAt = text.indexOf(`export interface ${capital}Result {`);
        if (resultAt < 0 && argsAt < 0) return undefined;
        return {
            token,
            inputs: argsAt < 0 ? new Map<string, Member>() : parseMembers(text, argsAt),
            outputs: resultAt < 0 ? new Map<string, Member>() : parseMembers(text, resultAt),
        };
    }

    /** `rds/instance` lies in rds/instance.d.ts; a handful differ in case (glue/mLTransform) or by an underscore (kendra/index_). */
    #declarationFile(middle: string): string | undefined {
        const [module = "", base = ""] = middle.split("/");
        const folder = module === "index" ? this.#folder : join(this.#folder, module);
        const exact = join(folder, `${base}.d.ts`);
        if (base !== "index" && existsSync(exact)) return readFileSync(exact, "utf8");
        if (!existsSync(folder)) return undefined;
        const wanted = new Set([`${base}.d.ts`, `${base}_.d.ts`].map((file) => file.toLowerCase()));
        if (base === "index") wanted.delete("index.d.ts");
        const file = readdirSync(folder).find((entry) => wanted.has(entry.toLowerCase()));
        return file === undefined ? undefined : readFileSync(join(folder, file), "utf8");
    }

    #nestedFile(side: Side): Nested {
        const known = this.#nested.get(side);
        if (known) return known;
        const text = readFileSync(join(this.#folder, "types", side === "inputs" ? "input.d.ts" : "output.d.ts"), "utf8");
        const nested = { text, offsets: indexInterfaces(text) };
        this.#nested.set(side, nested);
        return nested;
    }
}
