/**
 * Reads the properties of a resource. A property may be absent, known, or not known before the deploy. Reading a value that is
 * not known throws `UnknownValue`, so that a rule is written as if all were known and still never passes on what it could not see.
 */

/** What the engine sends in the place of a value that exists only after the deploy; one sentinel a kind, fixed by Pulumi's wire format. */
export const unknownSentinels: ReadonlySet<unknown> = new Set([
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The sentinel that tests and adapters use when they have to make one. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Not an `Error`: it is an answer, thrown thousands of times in a first preview, and a stack trace would be most of its cost. */
export class UnknownValue {
    public readonly path: string;

    public constructor(path: string) {
        this.path = path;
    }
}

/** Told of each property that is read, as a path without list positions; the drift test listens. */
/** The value itself; throws UnknownValue while it is not known. */
export function known(value: unknown, path: string): unknown {
    if (unknownSentinels.has(value)) {
        throw new UnknownValue(path);
    }
    return value;
}

export type ReadListener = (path: string) => void;

export class Values {
    /** Where this stands in the resource, in the reader's own words: `ingress[0]`; empty for the resource itself. */
    public readonly path: string;
    readonly #bag: unknown;
    readonly #onRead: ReadListener | undefined;

    public constructor(bag: unknown, path = "", onRead?: ReadListener) {
        this.#bag = bag;
        this.path = path;
        this.#onRead = onRead;
    }

    /** The path of a property as a person writes it. */
    public pathOf(path: string): string {
        if (path === "") {
            return this.path;
        }
        return this.path === "" ? path : `${this.path}.${path}`;
    }

    /** The value itself, or undefined where nothing is set. Throws when it is not known. */
    public raw(path: string): unknown {
        const value = this.#find(path);
        if (unknownSentinels.has(value)) {
            throw new UnknownValue(this.pathOf(path));
        }
        return value;
    }

    /** Whether anything is set. A value that is not known yet is set; an empty text, list or map is not. */
    public has(path: string): boolean {
        const value = this.#find(path);
        if (value === undefined || value === "") {
            return false;
        }
        if (Array.isArray(value)) {
            return value.length > 0;
        }
        return typeof value !== "object" || value === null || Object.keys(value).length > 0;
    }

    /** Whether a value is set that only the deploy will tell. */
    public isUnknown(path: string): boolean {
        try {
            return unknownSentinels.has(this.#find(path));
        } catch (problem) {
            if (problem instanceof UnknownValue) {
                return true;
            }
            throw problem;
        }
    }

    public text(path: string): string | undefined {
        const value = this.raw(path);
        return value === undefined || typeof value === "object" ? undefined : String(value);
    }

    /** Providers and option settings write booleans as text too. */
    public flag(path: string): boolean | undefined {
        const value = this.raw(path);
        if (typeof value === "string") {
            return value.toLowerCase() === "true" ? true : value.toLowerCase() === "false" ? false : undefined;
        }
        return typeof value === "boolean" ? value : undefined;
    }

    public number(path: string): number | undefined {
        const value = this.raw(path);
        const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
        return typeof number === "number" && !Number.isNaN(number) ? number : undefined;
    }

    /** The members of a list; a single block, as the provider writes lists of at most one, is a list of one. */
    public list(path: string): Values[] {
        const value = this.raw(path);
        if (value === undefined) {
            return [];
        }
        if (!Array.isArray(value)) {
            return [new Values(value, this.pathOf(path), this.#onRead)];
        }
        return value.map((member, index) => new Values(member, `${this.pathOf(path)}[${index}]`, this.#onRead));
    }

    /** The texts of a list. Throws at the first that is not known. */
    public texts(path: string): string[] {
        return this.list(path).map((member) => String(member.raw("")));
    }

    /** Like `texts`, and leaves out what is not known: for questions that one known member can answer. */
    public knownTexts(path: string): string[] {
        return this.isUnknown(path) ? [] : this.list(path).flatMap((member) => (member.isUnknown("") ? [] : [String(member.raw(""))]));
    }

    /** The keys of a map. */
    public keys(path: string): string[] {
        const value = this.raw(path);
        return value !== null && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : [];
    }

    public at(path: string): Values {
        return new Values(this.#find(path), this.pathOf(path), this.#onRead);
    }

    /** Absent for `null` too: the engine keeps a null where a program passed an undefined input. */
    #find(path: string): unknown {
        if (path === "") {
            return this.#bag ?? undefined;
        }
        this.#onRead?.(this.pathOf(path).replace(/\[\d+\]/g, ""));
        let value = this.#bag;
        let walked = "";
        for (const key of path.split(".")) {
            if (unknownSentinels.has(value)) {
                throw new UnknownValue(this.pathOf(walked));
            }
            if (Array.isArray(value)) {
                value = value[0];
            }
            if (unknownSentinels.has(value)) {
                throw new UnknownValue(this.pathOf(walked));
            }
            if (value === null || typeof value !== "object") {
                return undefined;
            }
            value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
            walked = walked === "" ? key : `${walked}.${key}`;
        }
        return value ?? undefined;
    }
}
