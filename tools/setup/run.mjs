/**
 * node tools/setup/run.mjs <file.ts> [arguments]: makes the clone ready, then runs the file.
 *
 * Runs before anything is installed, under whatever Node the machine has, so it is plain JavaScript and imports nothing but Node.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { cacheFolder, projectRoot } from "./cache-folder.mjs";
import { runStep, StepFailed } from "./step.mjs";

/** The first Node that runs TypeScript without a flag. */
const oldestNode = [22, 18];
const pinnedNode = "24.21.0";

try {
    process.exitCode = await main(process.argv.slice(2));
} catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(`\n${error.message}\n`);
    process.exitCode = 1;
}

/** @param {string[]} args */
async function main(args) {
    const [file, ...rest] = args;
    if (file === undefined) throw new StepFailed("usage: node tools/setup/run.mjs <file.ts> [arguments]");
    if (dependenciesAreStale()) await installDependencies();
    const node = await ensureNode();
    return await runUnder(node, [resolve(projectRoot, file), ...rest]);
}

/** Compares what npm wrote down when it last installed with what the lock file asks for; an interrupted install has written nothing. */
function dependenciesAreStale() {
    const installed = readPackages(join(projectRoot, "node_modules", ".package-lock.json"));
    if (installed === undefined) return true;
    const wanted = readPackages(join(projectRoot, "package-lock.json")) ?? {};
    return Object.entries(wanted).some(
        ([folder, { version, optional, link }]) => folder !== "" && !optional && !link && installed[folder]?.version !== version,
    );
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, link?: boolean }> | undefined}
 */
function readPackages(file) {
    try {
        return JSON.parse(readFileSync(file, "utf8")).packages;
    } catch {
        return undefined;
    }
}

async function installDependencies() {
    await runStep({
        title: "Installing the dependencies that package-lock.json names (npm ci)",
        expected: "about 1 minute",
        command: npmCommand(["ci", "--no-audit", "--no-fund"]),
        directory: projectRoot,
        remedy: "Check that `npm ping` answers, or point npm at a mirror with `npm config set registry URL`, and run the command again.",
    });
}

/** Answers with a Node that strips types: the one that runs this, or a pinned one from the registry, kept for all clones of the user. */
async function ensureNode() {
    if (isNewEnough(process.versions.node)) return process.execPath;
    const folder = join(cacheFolder(), "node", pinnedNode);
    const packageName = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
    const bin = join(folder, "node_modules", packageName, "bin");
    const node = join(bin, process.platform === "win32" ? "node.exe" : "node");
    // npm writes its own list last, so its presence means that the install was not cut short.
    if (!existsSync(node) || !existsSync(join(folder, "node_modules", ".package-lock.json"))) {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder, { recursive: true });
        await runStep({
            title: `Fetching Node ${pinnedNode} from the npm registry, because this machine's is ${process.versions.node}`,
            expected: "about 10 seconds",
            command: npmCommand(["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", `${packageName}@${pinnedNode}`]),
            directory: folder,
            remedy: `Install Node ${oldestNode.join(".")} or newer (https://nodejs.org) and run the command again.`,
        });
    }
    linkForNpx(node);
    return node;
}

/** @param {string} version */
function isNewEnough(version) {
    const [major = 0, minor = 0] = version.split(".").map(Number);
    const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
    return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** `npx pulumi` and npm scripts look in node_modules/.bin first; the rest of node_modules is left as npm made it. */
function linkForNpx(/** @type {string} */ node) {
    if (process.platform === "win32") return;
    const link = join(projectRoot, "node_modules", ".bin", "node");
    if (existsSync(link)) return;
    try {
        rmSync(link, { force: true });
        symlinkSync(node, link);
    } catch {
        // A read-only node_modules only means that `npx pulumi` runs under the machine's own Node.
    }
}

/** @param {string[]} args */
function npmCommand(args) {
    const npm = process.env.npm_execpath;
    return npm?.endsWith("npm-cli.js") ? [process.execPath, npm, ...args] : ["npm", ...args];
}

/**
 * @param {string} node
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function runUnder(node, args) {
    const child = spawn(node, args, {
        stdio: "inherit",
        env: {
            ...process.env,
            PATH: [dirname(node), join(projectRoot, "node_modules", ".bin"), process.env.PATH].join(delimiter),
            NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheFolder(), "compiled"),
        },
    });
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
        // A terminal sends Ctrl-C to the whole group; passing it on as well would count as a second, impatient one.
        process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY) || child.kill(signal));
    }
    return new Promise((settle, reject) => {
        child.on("error", reject);
        child.on("exit", (code, signal) => settle(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
}
