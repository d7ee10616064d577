/**
 * Are these inputs what @pulumi/aws declares, and what the provider lets through? Unknown property, missing one, wrong
 * shape, value outside a closed set or a range. Parts that are still unknown are skipped, the rest is judged.
 */
import { distance } from "fastest-levenshtein";
import type { Catalogue, ResourceType } from "./catalogue.ts";
import type { Member, Shape } from "./declarations.ts";
import { rulesOf, type TypeRules } from "./facts/provider-rules.ts";
import { isAsset, isList, isObject, isUnknown, type Json, type Props } from "./values.ts";

export interface Problem {
    /** `healthCheck.interval`, `ingress[0].protocol` */
    readonly property: string;
    readonly reason: string;
}

/** What Pulumi itself puts among the inputs. */
const bookkeeping = new Set(["__defaults", "tagsAll"]);

export function checkInputs(type: ResourceType, inputs: Props, catalogue: Catalogue): readonly Problem[] {
    const checker = new Checker(catalogue, rulesOf(type.short));
    checker.members(type.inputs, inputs, "", "");
    return checker.problems;
}

export function nearest(name: string, candidates: Iterable<string>): string | undefined {
    let best: string | undefined;
    let least = Math.max(2, Math.floor(name.length / 3)) + 1;
    for (const candidate of candidates) {
        const steps = candidate.toLowerCase() === name.toLowerCase() ? 0 : distance(name, candidate);
        if (steps < least) {
            least = steps;
            best = candidate;
        }
    }
    return best;
}

function nameOf(value: Json): string {
    if (value === null) return "nothing";
    if (isList(value)) return "a list";
    if (isObject(value)) return "an object";
    return `${typeof value} ${JSON.stringify(value)}`;
}

class Checker {
    public readonly problems: Problem[] = [];
    readonly #catalogue: Catalogue;
    readonly #rules: TypeRules;

    public constructor(catalogue: Catalogue, rules: TypeRules) {
        this.#catalogue = catalogue;
        this.#rules = rules;
    }

    /** `at` is where we are, with indices; `path` the same without, as the tables have it. */
    public members(members: ReadonlyMap<string, Member>, value: { readonly [key: string]: Json }, at: string, path: string): void {
        for (const [name, inner] of Object.entries(value)) {
            if (at === "" && bookkeeping.has(name)) continue;
            const member = members.get(name);
            if (member) this.#value(member.shape, inner, join(at, name), join(path, name), member.doc);
            else this.#say(join(at, name), unknownName(name, members));
        }
        for (const member of members.values())
            if (!member.optional && (value[member.name] === undefined || value[member.name] === null))
                this.#say(join(at, member.name), "required, and not given");
    }

    #value(shape: Shape, value: Json, at: string, path: string, doc: string): void {
        if (value === null || isUnknown(value)) return;
        switch (shape.kind) {
            case "any":
            case "none":
                return;
            case "string":
            case "number":
            case "boolean":
                if (typeof value === shape.kind) this.#scalar(value, at, path, doc);
                else this.#say(at, `expected a ${shape.kind}, got ${nameOf(value)}`);
                return;
            case "literal":
                if (!shape.values.some((known) => known === value)) this.#say(at, `expected ${choice(shape.values)}, got ${nameOf(value)}`);
                return;
            case "enum": {
                const values = this.#catalogue.enumeration(shape.ref);
                if (values.length > 0 && !(typeof value === "string" && values.includes(value)))
                    this.#say(at, `expected ${choice(values)}, got ${nameOf(value)}`);
                return;
            }
            case "asset":
                if (!isAsset(value)) this.#say(at, `expected an asset or an archive, got ${nameOf(value)}`);
                return;
            case "list":
                if (isList(value)) for (const [index, item] of value.entries()) this.#value(shape.of, item, `${at}[${index}]`, path, doc);
                else this.#say(at, `expected a list, got ${nameOf(value)}`);
                return;
            case "map":
                if (isObject(value) && !isAsset(value))
                    for (const [key, item] of Object.entries(value)) this.#value(shape.of, item, `${at}["${key}"]`, `${path}.*`, "");
                else this.#say(at, `expected a map, got ${nameOf(value)}`);
                return;
            case "object": {
                const members = this.#catalogue.nested(shape.ref, shape.side);
                if (!isObject(value)) this.#say(at, `expected an object, got ${nameOf(value)}`);
                else if (members) this.members(members, value, at, path);
                return;
            }
            case "either":
                this.#either(shape.of, value, at, path, doc);
        }
    }

    /** Fits if it fits one of them; otherwise the complaint of the closest one in form. */
    #either(shapes: readonly Shape[], value: Json, at: string, path: string, doc: string): void {
        let complaints: readonly Problem[] | undefined;
        for (const shape of shapes) {
            const trial = new Checker(this.#catalogue, this.#rules);
            trial.#value(shape, value, at, path, doc);
            if (trial.problems.length === 0) return;
            const alike = isObject(value) === (shape.kind === "object") && isList(value) === (shape.kind === "list");
            if (alike || !complaints) complaints = trial.problems;
        }
        this.problems.push(...(complaints ?? []));
    }

    #scalar(value: Json, at: string, path: string, doc: string): void {
        const values = this.#rules.enums[path];
        // Closed sets grow between provider releases; a value that the installed documentation names is allowed.
        if (values && typeof value === "string" && value !== "" && !values.includes(value) && !mentions(doc, value))
            this.#say(at, `expected ${choice(values)}, got ${nameOf(value)}`);
        const form = this.#rules.forms[path];
        const complaint = form === undefined ? undefined : againstForm(form, value);
        if (complaint !== undefined) this.#say(at, complaint);
    }

    #say(property: string, reason: string): void {
        this.problems.push({ property, reason });
    }
}

function join(at: string, name: string): string {
    return at === "" ? name : `${at}.${name}`;
}

function mentions(doc: string, value: string): boolean {
    return doc.includes(`\`${value}\``) || doc.includes(`"${value}"`) || doc.includes(`\`"${value}"\``);
}

function unknownName(name: string, members: ReadonlyMap<string, Member>): string {
    const close = nearest(name, members.keys());
    return close === undefined ? "unknown property" : `unknown property; the nearest known one is ${close}`;
}

function choice(values: readonly (string | number)[]): string {
    const shown = values.slice(0, 12).map((value) => JSON.stringify(value));
    if (values.length > shown.length) return `one of ${shown.join(", ")} and ${values.length - shown.length} more`;
    return shown.length === 1 ? (shown[0] ?? "") : `one of ${shown.join(", ")}`;
}

export function againstForm(form: string, value: Json): string | undefined {
    if (form === "arn") {
        const fits = typeof value !== "string" || value === "" || /^arn:[\w-]+:[\w-]+:[\w-]*:\w*:.+/.test(value);
        return fits ? undefined : `expected an ARN (arn:aws:…), got ${nameOf(value)}`;
    }
    if (form === "cidr") {
        const fits = typeof value !== "string" || value === "" || /^([\d.]{7,15}|[0-9a-f:]+)\/\d{1,3}$/i.test(value);
        return fits ? undefined : `expected an address block such as 10.0.0.0/16, got ${nameOf(value)}`;
    }
    if (form === "json") {
        if (typeof value !== "string" || value === "") return undefined;
        try {
            JSON.parse(value);
            return undefined;
        } catch (error) {
            return `expected JSON, got ${nameOf(value.slice(0, 60))} (${error instanceof Error ? error.message : String(error)})`;
        }
    }
    if (form.startsWith("one of ")) {
        const values = form.slice(7).split(" ").map(Number);
        return values.includes(Number(value)) ? undefined : `expected ${choice(values)}, got ${nameOf(value)}`;
    }
    const measured = form.startsWith("length ") ? String(value).length : Number(value);
    const [low = "", high = ""] = form.replace("length ", "").split("..");
    if (Number.isNaN(measured)) return undefined;
    if ((low === "" || measured >= Number(low)) && (high === "" || measured <= Number(high))) return undefined;
    const what = form.startsWith("length ") ? "a length" : "a number";
    const bounds =
        high === "" ? `${what} of at least ${low}` : low === "" ? `${what} of at most ${high}` : `${what} from ${low} to ${high}`;
    return `expected ${bounds}, got ${form.startsWith("length ") ? `${measured} characters` : nameOf(value)}`;
}
