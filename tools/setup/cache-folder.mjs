import { accessSync, constants, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/**
 * What is costly to make and the same for every clone (the engine, a newer Node, compiled code) lies in a folder of the user's, so that a
 * second clone starts at once. A machine whose home cannot be written to (some CI) keeps it in the project.
 *
 * @returns {string}
 */
export function cacheFolder() {
    const base = process.env.XDG_CACHE_HOME || (process.platform === "win32" && process.env.LOCALAPPDATA) || join(homedir(), ".cache");
    for (const folder of [process.env.TERRACE_CACHE, join(base, "terrace")]) {
        if (folder && canWrite(folder)) return folder;
    }
    const inProject = join(projectRoot, ".terrace", "cache");
    mkdirSync(inProject, { recursive: true });
    return inProject;
}

/** @param {string} folder */
function canWrite(folder) {
    try {
        mkdirSync(folder, { recursive: true });
        accessSync(folder, constants.W_OK);
        return true;
    } catch {
        return false;
    }
}
