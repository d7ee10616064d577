/**
 * The rehearsal cloud's memory: what exists in one account, in all its regions, between runs.
 * One JSON file, replaced atomically. An answer is given only after the file that holds it has been written, and
 * operations that finish at the same time share one write, so a process killed at any moment loses nothing that
 * anybody was told of. It holds secrets, as the real account would: mode 0600.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Props } from "./values.ts";
import { textOf } from "./values.ts";

export interface Thing {
    /** `rds/instance` */
    readonly type: string;
    readonly id: string;
    /** "" for what has no region: IAM, CloudFront, Route 53. */
    readonly region: string;
    readonly urn: string;
    readonly inputs: Props;
    readonly outputs: Props;
    /** Order of creation. */
    readonly serial: number;
    /** Made by AWS along with something else: default security group, main route table. */
    readonly implicit?: boolean;
    /** Assumed to have been there before: a domain's public zone that a data source asked for. */
    readonly given?: boolean;
    /** The answer to its creation was lost on purpose, so the engine does not know it. */
    readonly lost?: boolean;
    /** The engine has shown that it knows it, by a later call with its id. */
    readonly known?: boolean;
    /** Deleted, but its name is still taken: a secret in its recovery window, a key waiting for deletion. */
    readonly leaving?: string;
}

interface StoredState {
    readonly format: 1;
    readonly account: string;
    readonly serial: number;
    readonly things: readonly Thing[];
}

export class BrokenStateError extends Error {}

export class CloudState {
    /** Ids and ARNs that somebody vouches for: they exist in the real account and were never rehearsed. */
    public readonly vouched = new Set<string>();
    readonly #file: string | undefined;
    #account: string | undefined;
    #serial = 0;
    readonly #byType = new Map<string, Map<string, Thing>>();
    readonly #byId = new Map<string, Set<Thing>>();
    readonly #byArn = new Map<string, Thing>();
    readonly #text = new Map<Thing, string>();
    #writing: Promise<void> | undefined;
    #dirty = false;

    /** Without a file the account lives as long as this object. */
    public constructor(file?: string) {
        this.#file = file;
        if (file === undefined) return;
        mkdirSync(dirname(file), { recursive: true });
        // A temporary file of a run that was killed while writing; the state itself is intact beside it.
        rmSync(`${file}.new`, { force: true });
        if (existsSync(file)) this.#load(file);
    }

    /** Undefined until the first provider has been configured. */
    public get account(): string | undefined {
        return this.#account;
    }

    public set account(account: string | undefined) {
        this.#account = account;
        this.#dirty = true;
    }

    public nextSerial(): number {
        this.#serial += 1;
        return this.#serial;
    }

    public put(thing: Thing): void {
        const rows = this.#byType.get(thing.type) ?? new Map<string, Thing>();
        this.#byType.set(thing.type, rows);
        const before = rows.get(keyOf(thing));
        if (before) this.#forget(before);
        rows.set(keyOf(thing), thing);
        const sameId = this.#byId.get(thing.id) ?? new Set();
        this.#byId.set(thing.id, sameId.add(thing));
        const arn = textOf(thing.outputs.arn);
        if (arn !== undefined && !thing.leaving) this.#byArn.set(arn, thing);
        this.#dirty = true;
    }

    public remove(thing: Thing): void {
        this.#byType.get(thing.type)?.delete(keyOf(thing));
        this.#forget(thing);
        this.#dirty = true;
    }

    /** The living thing with this id; several types may share one (a default security group and its adoption). */
    public find(type: string, id: string, region?: string): Thing | undefined {
        if (region !== undefined) return alive(this.#byType.get(type)?.get(`${region}|${id}`));
        for (const thing of this.#byId.get(id) ?? []) if (thing.type === type && !thing.leaving) return thing;
        return undefined;
    }

    public findArn(arn: string): Thing | undefined {
        return this.#byArn.get(arn);
    }

    public findId(id: string): readonly Thing[] {
        return [...(this.#byId.get(id) ?? [])].filter((thing) => !thing.leaving);
    }

    /** All living things of a type, oldest first. */
    public *all(type: string): Generator<Thing> {
        for (const thing of this.#byType.get(type)?.values() ?? []) if (!thing.leaving) yield thing;
    }

    /** Names that are still taken although their owner is deleted. */
    public *leaving(type: string): Generator<Thing> {
        for (const thing of this.#byType.get(type)?.values() ?? []) if (thing.leaving) yield thing;
    }

    public *everything(): Generator<Thing> {
        for (const rows of this.#byType.values()) yield* rows.values();
    }

    /** Resolves when all that has happened up to now is on disk; rejects if it could not be written. */
    public async saved(): Promise<void> {
        while (this.#writing) await this.#writing.catch(() => undefined);
        if (!this.#dirty || this.#file === undefined) return;
        this.#writing = new Promise<void>((resolve, reject) => {
            // The next turn of the loop: whatever else finishes in this one shares the write.
            setImmediate(() => {
                try {
                    this.saveNow();
                    resolve();
                } catch (error) {
                    reject(error);
                }
            });
        }).finally(() => {
            this.#writing = undefined;
        });
        await this.#writing;
    }

    public saveNow(): void {
        const file = this.#file;
        if (file === undefined) return;
        const head = JSON.stringify({ format: 1, account: this.#account ?? "", serial: this.#serial });
        const rows: string[] = [];
        for (const thing of this.everything()) {
            let text = this.#text.get(thing);
            if (text === undefined) {
                text = JSON.stringify(thing);
                this.#text.set(thing, text);
            }
            rows.push(text);
        }
        const content = `${head.slice(0, -1)},"things":[\n${rows.join(",\n")}\n]}\n`;
        const temporary = `${file}.new`;
        try {
            const handle = openSync(temporary, "w", 0o600);
            try {
                // Not writeSync: what does not fit on a disk that is nearly full, it leaves out without a word.
                writeFileSync(handle, content);
            } finally {
                closeSync(handle);
            }
            renameSync(temporary, file);
        } catch (error) {
            rmSync(temporary, { force: true });
            const reason = error instanceof Error ? error.message : String(error);
            throw new BrokenStateError(
                `the rehearsal cloud could not write its state: ${reason}. ${file} still holds what it held before.`,
            );
        }
        this.#dirty = false;
    }

    #load(file: string): void {
        const text = readFileSync(file, "utf8");
        let stored: StoredState;
        try {
            stored = JSON.parse(text) as StoredState;
        } catch {
            throw new BrokenStateError(`${file} is not a rehearsal state: not JSON. Delete it to begin with an empty account.`);
        }
        if (stored.format !== 1 || !Array.isArray(stored.things))
            throw new BrokenStateError(`${file} is not a rehearsal state of format 1. Delete it to begin with an empty account.`);
        this.#account = stored.account === "" ? undefined : stored.account;
        this.#serial = stored.serial;
        for (const thing of stored.things) this.put(thing);
        this.#dirty = false;
    }

    #forget(thing: Thing): void {
        this.#byId.get(thing.id)?.delete(thing);
        this.#text.delete(thing);
        const arn = textOf(thing.outputs.arn);
        if (arn !== undefined && this.#byArn.get(arn) === thing) this.#byArn.delete(arn);
    }
}

function keyOf(thing: Thing): string {
    return `${thing.region}|${thing.id}`;
}

function alive(thing: Thing | undefined): Thing | undefined {
    return thing?.leaving ? undefined : thing;
}
