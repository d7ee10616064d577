/**
 * Reads the members of interfaces and classes from TypeScript declaration files as @pulumi/aws ships them.
 * Not a TypeScript parser: the files are generated and know a dozen forms of types, and the compiler would take
 * twenty seconds and a gigabyte for all of them. A form that is not known here becomes "any", which checks nothing.
 */
export type Shape =
    | { readonly kind: "string" | "number" | "boolean" | "any" | "asset" | "none" }
    | { readonly kind: "literal"; readonly values: readonly (string | number)[] }
    | { readonly kind: "list" | "map"; readonly of: Shape }
    | { readonly kind: "object"; readonly ref: string; readonly side: "inputs" | "outputs" }
    | { readonly kind: "enum"; readonly ref: string }
    | { readonly kind: "either"; readonly of: readonly Shape[] };

export interface Member {
    readonly name: string;
    readonly optional: boolean;
    /** May be absent in the answer although it is declared: `| undefined`. */
    readonly undefinable: boolean;
    readonly shape: Shape;
    /** The documentation, for the values that it names. */
    readonly doc: string;
}

const ANY: Shape = { kind: "any" };
const NONE: Shape = { kind: "none" };

interface Reader {
    readonly text: string;
    at: number;
}

function skip(reader: Reader): void {
    const space = /\s*/y;
    space.lastIndex = reader.at;
    reader.at += space.exec(reader.text)?.[0].length ?? 0;
}

function take(reader: Reader, token: string): boolean {
    skip(reader);
    if (!reader.text.startsWith(token, reader.at)) return false;
    reader.at += token.length;
    return true;
}

function word(reader: Reader): string {
    skip(reader);
    const name = /[A-Za-z_$][\w$.]*/y;
    name.lastIndex = reader.at;
    const found = name.exec(reader.text)?.[0] ?? "";
    reader.at += found.length;
    return found;
}

function either(shapes: readonly Shape[]): Shape {
    const real = shapes.filter((shape) => shape.kind !== "none");
    const [first] = real;
    if (first === undefined) return NONE;
    if (real.length === 1) return first;
    if (real.some((shape) => shape.kind === "any")) return ANY;
    if (real.every((shape) => shape.kind === "literal"))
        return { kind: "literal", values: real.flatMap((shape) => (shape.kind === "literal" ? shape.values : [])) };
    // `string | enums.X`: the list is advice, any string passes.
    if (real.some((shape) => shape.kind === "string") && real.every((shape) => ["string", "enum", "literal"].includes(shape.kind)))
        return { kind: "string" };
    return { kind: "either", of: real };
}

function readAtom(reader: Reader): Shape {
    if (take(reader, "(")) {
        const inner = readShape(reader);
        take(reader, ")");
        return inner;
    }
    if (take(reader, "{")) {
        // Only index signatures occur: { [key: string]: T; }
        const close = reader.text.indexOf(":", reader.text.indexOf("]", reader.at));
        reader.at = close + 1;
        const of = readShape(reader);
        take(reader, ";");
        take(reader, "}");
        return { kind: "map", of };
    }
    skip(reader);
    const literal = /"([^"]*)"|'([^']*)'|-?\d+(\.\d+)?/y;
    literal.lastIndex = reader.at;
    const found = literal.exec(reader.text);
    if (found) {
        reader.at += found[0].length;
        return { kind: "literal", values: [found[1] ?? found[2] ?? Number(found[0])] };
    }
    const name = word(reader);
    if (name === "") return ANY;
    if (name === "readonly") return readAtom(reader);
    const args: Shape[] = [];
    if (take(reader, "<")) {
        do args.push(readShape(reader));
        while (take(reader, ","));
        take(reader, ">");
    }
    const [first = ANY] = args;
    if (/^(pulumi\.)?(Input|Output|Promise|UnwrappedArray)$/.test(name)) return first;
    if (name === "Record") return { kind: "map", of: args[1] ?? ANY };
    if (/(^|\.)asset\.(Archive|Asset|AssetArchive)$/.test(name)) return { kind: "asset" };
    if (name === "string" || name === "number" || name === "boolean") return { kind: name };
    if (name === "undefined" || name === "null" || name === "never") return NONE;
    const side = /^(?:types\.)?(input|output)s?\.(.+)$/.exec(name);
    if (side?.[1] && side[2]) return { kind: "object", ref: side[2], side: side[1] === "input" ? "inputs" : "outputs" };
    const enumeration = /^(?:types\.)?enums\.(.+)$/.exec(name);
    if (enumeration?.[1]) return { kind: "enum", ref: enumeration[1] };
    return ANY; // A resource class (`string | Role`) or a hand-written interface.
}

function readShape(reader: Reader): Shape {
    const shapes: Shape[] = [];
    take(reader, "|");
    do {
        let shape = readAtom(reader);
        while (take(reader, "[]")) shape = { kind: "list", of: shape };
        shapes.push(shape);
    } while (take(reader, "|"));
    return either(withResourceClasses(shapes));
}

/** `string | Role` takes a role or its name; what arrives here is always a string. */
function withResourceClasses(shapes: readonly Shape[]): readonly Shape[] {
    const strings = shapes.some((shape) => shape.kind === "string");
    return strings ? shapes.filter((shape) => shape.kind !== "any") : shapes;
}

/** `pulumi.Input<pulumi.Input<T>[]>` is a list: Input disappears, `[]` stays, so nothing special is needed for it. */
export function parseShape(text: string): Shape {
    return readShape({ text, at: 0 });
}

/** The members between the braces that open at `from`. */
export function parseMembers(text: string, from: number): Map<string, Member> {
    const members = new Map<string, Member>();
    const reader: Reader = { text, at: text.indexOf("{", from) + 1 };
    let doc = "";
    for (;;) {
        skip(reader);
        if (reader.at >= text.length || text[reader.at] === "}") return members;
        if (text.startsWith("/**", reader.at)) {
            const end = text.indexOf("*/", reader.at) + 2;
            doc = text.slice(reader.at, end);
            reader.at = end;
            continue;
        }
        const member = /(?:readonly\s+)?["']?([\w$]+)["']?(\?)?:\s*/y;
        member.lastIndex = reader.at;
        const found = member.exec(text);
        if (!found?.[1]) {
            // A method, a constructor or a static: ends with a semicolon outside braces and brackets.
            reader.at = endOfStatement(text, reader.at);
            doc = "";
            continue;
        }
        reader.at += found[0].length;
        const start = reader.at;
        const shape = readShape(reader);
        const end = reader.at;
        take(reader, ";");
        members.set(found[1], {
            name: found[1],
            optional: found[2] === "?",
            undefinable: /\bundefined\b/.test(text.slice(start, end)),
            shape,
            doc,
        });
        doc = "";
    }
}

function endOfStatement(text: string, from: number): number {
    let depth = 0;
    for (let at = from; at < text.length; at++) {
        const character = text[at];
        if (character === "(" || character === "{") depth++;
        else if (character === ")" || character === "}") depth--;
        else if (character === ";" && depth === 0) return at + 1;
    }
    return text.length;
}

/** Where each interface of a file with nested namespaces begins: "rds.InstanceBlueGreenUpdate" to an offset. */
export function indexInterfaces(text: string): Map<string, number> {
    const offsets = new Map<string, number>();
    const line = /^( *)(?:export )?(?:declare )?(namespace|interface) (\w+)|^( *)\}/gm;
    const path: { readonly name: string; readonly indent: number }[] = [];
    for (let found = line.exec(text); found; found = line.exec(text)) {
        if (found[2] === undefined) {
            if (path.at(-1)?.indent === (found[4] ?? "").length) path.pop();
        } else if (found[2] === "namespace") path.push({ name: found[3] ?? "", indent: (found[1] ?? "").length });
        else offsets.set([...path.map((part) => part.name), found[3] ?? ""].join("."), found.index);
    }
    return offsets;
}
