import type { EngineEvent } from "../engine/engine.ts";
import { isReal, nameOf, shortType } from "./changes.ts";
import { duration } from "./words.ts";

const verbs: { readonly [operation: string]: readonly [doing: string, done: string] } = {
    create: ["creating", "created"],
    "create-replacement": ["creating", "created"],
    update: ["changing", "changed"],
    delete: ["deleting", "deleted"],
    "delete-replaced": ["deleting", "deleted"],
    refresh: ["reading", "read"],
    read: ["reading", "read"],
};
const shownOperations = 8;

/**
 * Shows an `up` or `destroy` while it runs: on a terminal the count and what is under way, repainted in place; elsewhere a line
 * for every ten resources or two seconds, so that a log of CI stays readable.
 */
export class Progress {
    private readonly expected: number;
    private readonly terminal: boolean;
    private readonly write: (text: string) => void;
    private readonly started = Date.now();
    private readonly underWay = new Map<string, { readonly label: string; readonly since: number }>();
    private done = 0;
    private last = "";
    private paintedLines = 0;
    private saidCount = 0;
    private saidAt = Date.now();
    private readonly ticking: NodeJS.Timeout | undefined;

    public constructor(expected: number, stream: NodeJS.WriteStream) {
        this.expected = expected;
        this.terminal = stream.isTTY && !process.env.CI;
        this.write = (text) => stream.write(text);
        this.ticking = this.terminal ? setInterval(() => this.paint(), 200) : undefined;
    }

    public readonly onEvent = (event: EngineEvent): void => {
        const metadata = (event.resourcePreEvent ?? event.resOutputsEvent ?? event.resOpFailedEvent)?.metadata;
        const words = metadata && verbs[metadata.op];
        // As counted beforehand: components and providers are bookkeeping.
        if (metadata === undefined || words === undefined || !isReal(metadata)) return;
        const [doing, done] = words;
        const label = `${shortType(metadata.type)} ${nameOf(metadata.urn)}`;
        if (event.resourcePreEvent) {
            this.underWay.set(metadata.urn, { label: `${doing} ${label}`, since: Date.now() });
        } else {
            this.underWay.delete(metadata.urn);
            this.done++;
            this.last = event.resOpFailedEvent ? `${label} failed` : `${done} ${label}`;
        }
        if (this.terminal) this.paint();
        else this.say();
    };

    public stop(): void {
        clearInterval(this.ticking);
        if (this.terminal) this.write(this.erasure());
    }

    private say(): void {
        if (this.done - this.saidCount < 10 && (Date.now() - this.saidAt < 2000 || this.done === this.saidCount)) return;
        this.saidCount = this.done;
        this.saidAt = Date.now();
        this.write(`  ${this.count()}, ${this.last}\n`);
    }

    private paint(): void {
        const lines = [`  ${this.count()}`];
        for (const { label, since } of [...this.underWay.values()].slice(0, shownOperations)) {
            lines.push(`    ${label} ${duration(Date.now() - since)}`);
        }
        const more = this.underWay.size - shownOperations;
        if (more > 0) lines.push(`    and ${more} more`);
        this.write(`${this.erasure()}${lines.map((line) => line.slice(0, (process.stdout.columns ?? 100) - 1)).join("\n")}\n`);
        this.paintedLines = lines.length;
    }

    private erasure(): string {
        const up = this.paintedLines;
        this.paintedLines = 0;
        return up > 0 ? `\u001b[${up}A\u001b[0J` : "";
    }

    private count(): string {
        return `${this.done} of ${Math.max(this.expected, this.done)}, ${duration(Date.now() - this.started)}`;
    }
}
