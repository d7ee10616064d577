import { spawn } from "node:child_process";

/** A step that did not work, said so that the reader can mend it. */
export class StepFailed extends Error {}

/**
 * @typedef {object} Step
 * @property {string} title What is being done, and why when that is not plain.
 * @property {string} expected How long it usually takes.
 * @property {string[]} command
 * @property {string} directory
 * @property {string} remedy What to do when it fails.
 * @property {NodeJS.ProcessEnv} [environment]
 * @property {number} [timeoutSeconds] Ends the command; without it, it may take as long as it likes.
 * @property {(line: string) => string | undefined} [progress] Turns a line of the command's output into what has been reached.
 */

/**
 * Runs one named step: on a terminal with the time ticking, elsewhere with one line when it starts and one when it ends.
 *
 * @param {Step} step
 * @returns {Promise<void>}
 */
export async function runStep(step) {
    const started = Date.now();
    const onTerminal = process.stderr.isTTY && !process.env.CI;
    /** @type {string[]} */
    const output = [];
    let reached = "";
    if (!onTerminal) console.error(`- ${step.title}, ${step.expected} …`);
    const paint = () =>
        process.stderr.write(`\r\u001b[2K- ${step.title}, ${step.expected}: ${seconds(started)}${reached && `, ${reached}`}`);
    const ticking = onTerminal ? setInterval(paint, 500) : undefined;
    const failure = await execute(step, (line) => {
        output.push(line);
        reached = step.progress?.(line) ?? reached;
    });
    clearInterval(ticking);
    if (onTerminal) process.stderr.write("\r\u001b[2K");
    if (failure === undefined) {
        console.error(onTerminal ? `- ${step.title}: ${seconds(started)}` : `  done in ${seconds(started)}`);
        return;
    }
    throw new StepFailed(
        [`${step.title}: ${failure}`, "", ...telling(output).map((line) => `    ${line}`), "", `  ${step.remedy}`].join("\n"),
    );
}

/**
 * What a reader needs of a long output: npm says what is wrong first and its usage last, most others say it last.
 *
 * @param {string[]} output
 */
function telling(output) {
    const lines = output.filter((line) => line.trim() !== "");
    const errors = lines.filter((line) => /^npm error ./.test(line));
    return errors.length > 0 ? errors.slice(0, 12) : lines.slice(-12);
}

/**
 * @param {Step} step
 * @param {(line: string) => void} onLine
 * @returns {Promise<string | undefined>} Why it failed.
 */
function execute({ command, directory, environment, timeoutSeconds }, onLine) {
    const [program = "", ...args] = command;
    return new Promise((settle) => {
        const child = spawn(program, args, {
            cwd: directory,
            env: environment ?? process.env,
            stdio: ["ignore", "pipe", "pipe"],
            shell: process.platform === "win32" && program === "npm",
            ...(timeoutSeconds !== undefined && { timeout: timeoutSeconds * 1000, killSignal: "SIGKILL" }),
        });
        for (const stream of [child.stdout, child.stderr]) {
            let rest = "";
            stream.setEncoding("utf8").on("data", (/** @type {string} */ chunk) => {
                const lines = (rest + chunk).split(/\r?\n/);
                rest = lines.pop() ?? "";
                lines.forEach(onLine);
            });
            stream.on("end", () => rest && onLine(rest));
        }
        child.on("error", (error) => settle(`\`${program}\` cannot be started (${error.message})`));
        child.on("close", (code, signal) => {
            if (code === 0) settle(undefined);
            else if (signal === "SIGKILL" && timeoutSeconds !== undefined) settle(`gave up after ${timeoutSeconds} s`);
            else settle(`\`${command.slice(0, 2).join(" ")}\` ended with ${signal ?? `exit code ${code}`}`);
        });
    });
}

/** @param {number} since */
function seconds(since) {
    return `${Math.round((Date.now() - since) / 1000)} s`;
}
