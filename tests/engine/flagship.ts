/**
 * The flagship as it is, rehearsed as `npm start` does, in accounts of its own.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { ensureEngine } from "../../tools/engine/engine.ts";
import { startRehearsalCloud } from "../../tools/rehearsal/server.ts";
import { type Outcome, type Rehearsal, rehearse } from "../../tools/rehearse/rehearse.ts";
import { projectRoot } from "../../tools/setup/cache-folder.mjs";

/** What it did, and what it told about it. */
export interface Told extends Outcome {
    readonly said: string;
}

export class Flagship {
    private readonly folder: string;

    public constructor() {
        // Inside the project, so that its programs find the project's packages.
        const base = join(projectRoot, ".terrace", "tests");
        mkdirSync(base, { recursive: true });
        this.folder = mkdtempSync(join(base, "flagship-"));
    }

    public async rehearse(stack: string, options: Partial<Rehearsal> = {}): Promise<Told> {
        const lines: string[] = [];
        const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
        const outcome = await rehearse(
            {
                engine: await ensureEngine(),
                startCloud: startRehearsalCloud,
                projectDirectory: projectRoot,
                stateDirectory: join(this.folder, "state"),
                ...{ faults: [], config: {}, policy: true, previewOnly: false, destroy: false, unprotect: false },
                signal: new AbortController().signal,
                say: (line) => lines.push(line),
                stream: silent as unknown as NodeJS.WriteStream,
                ...options,
            },
            stack,
        );
        return { ...outcome, said: lines.join("\n") };
    }

    /** A project whose program is the flagship's and then `more`, as somebody would write it below. */
    public withProgram(stack: string, more: string): string {
        const directory = join(this.folder, "program");
        mkdirSync(directory, { recursive: true });
        for (const file of ["Pulumi.yaml", `Pulumi.${stack}.yaml`]) copyFileSync(join(projectRoot, file), join(directory, file));
        writeFileSync(join(directory, "package.json"), JSON.stringify({ type: "module" }));
        writeFileSync(join(directory, "index.ts"), more);
        return directory;
    }

    public remove(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }
}
