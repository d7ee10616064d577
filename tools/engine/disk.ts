/**
 * A disk that fills up while the engine writes its state leaves half of it under the right name, after minutes of trying again. So a run
 * that writes begins only with room enough, is asked to stop while there is room left for its last state, and has a copy of the first one.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statfsSync } from "node:fs";

export interface Room {
    readonly toBegin: number;
    readonly toGoOn: number;
}

const mebibyte = 1024 * 1024;
export const enoughRoom: Room = { toBegin: 64 * mebibyte, toGoOn: 16 * mebibyte };

/** What is wrong with the room left in `folder`, in words; undefined if there is enough. */
export function lackOfRoom(folder: string, needed: number): string | undefined {
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    if (free >= needed) return undefined;
    return `The disk is full: ${folder} has ${Math.floor(free / mebibyte)} MiB left, and a rehearsal needs ${Math.floor(needed / mebibyte)}.`;
}

/** Aborts when room runs out. */
export function watchRoom(folder: string, needed: number): { readonly signal: AbortSignal; stop(): void } {
    const controller = new AbortController();
    const timer = setInterval(() => {
        // Whoever takes the folder away has another trouble than a full disk.
        const lack = existsSync(folder) ? lackOfRoom(folder, needed) : undefined;
        if (lack !== undefined) controller.abort(lack);
    }, 250);
    return { signal: controller.signal, stop: () => clearInterval(timer) };
}

/** Keeps what the state was before a run that writes it. */
export function keepCopy(state: string, copy: string): void {
    copyFileSync(state, `${copy}.new`);
    renameSync(`${copy}.new`, copy);
}

/** Brings the copy back where the state was cut off. What the run had made since, the rehearsal cloud gives to the next one. */
export function healState(state: string, copy: string): void {
    if (existsSync(copy) && existsSync(state) && !isWhole(state)) {
        copyFileSync(copy, `${state}.healed`);
        renameSync(`${state}.healed`, state);
    }
    rmSync(copy, { force: true });
}

function isWhole(state: string): boolean {
    try {
        JSON.parse(readFileSync(state, "utf8"));
        return true;
    } catch {
        return false;
    }
}
