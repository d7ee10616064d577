import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Runs `work` while holding `file`, so that two processes cannot do it at once. What a killed process left behind is taken over.
 * `onBusy` is told who holds it: it throws to refuse, or returns to be asked again in a second.
 */
export async function withLock<T>(file: string, onBusy: (pid: number) => void, work: () => Promise<T>): Promise<T> {
    mkdirSync(dirname(file), { recursive: true });
    for (;;) {
        if (take(file)) break;
        const holder = readHolder(file);
        if (holder !== undefined && isAlive(holder)) {
            onBusy(holder);
            await new Promise((settle) => setTimeout(settle, 1000));
        } else {
            rmSync(file, { force: true });
        }
    }
    const release = () => rmSync(file, { force: true });
    process.on("exit", release);
    try {
        return await work();
    } finally {
        process.off("exit", release);
        release();
    }
}

/** By a link, so that nobody ever sees the lock without its holder in it. */
function take(file: string): boolean {
    const own = `${file}.${process.pid}`;
    writeFileSync(own, String(process.pid));
    try {
        linkSync(own, file);
        return true;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        return false;
    } finally {
        rmSync(own, { force: true });
    }
}

/** The process that holds a lock, alive or not. */
export function readHolder(file: string): number | undefined {
    try {
        return Number(readFileSync(file, "utf8")) || undefined;
    } catch {
        return undefined;
    }
}

/** Whether a process of this number runs on this machine. */
export function isAlive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return !isZombie(pid);
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}

/** Killed, but its parent has not asked how it ended: in a container whose first process asks nobody, that lasts for ever. */
function isZombie(pid: number): boolean {
    try {
        return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
        return false;
    }
}
