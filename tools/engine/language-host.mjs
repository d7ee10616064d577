/**
 * The Node language host, for an engine built from source: there the official `pulumi-language-nodejs` is missing, because no registry
 * serves its source. It is the small gRPC service that the engine asks to start programs and policy packs; the SDK ships the generated
 * service and the programs it starts. With an official Pulumi CLI the official host lies beside it and this file is not used.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");
const messages = require("@pulumi/pulumi/proto/language_pb.js");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb.js");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb.js");
const { version } = require("@pulumi/pulumi/package.json");

/** The SDK's programs end with this when they have told the engine what went wrong themselves. */
const alreadyReported = 32;
// The engine passes its address last; `Handshake` may bring a later one.
let engineAddress = process.argv.at(-1) ?? "";

/**
 * Starts the program and answers when it ends.
 *
 * @param {any} call
 * @param {(error: Error | null, answer: any) => void} answer
 */
function run(call, answer) {
    const request = call.request;
    const info = request.getInfo();
    const directory = info.getProgramDirectory();
    const options = info.getOptions()?.toJavaScript() ?? {};
    const flags = {
        monitor: request.getMonitorAddress(),
        engine: engineAddress,
        organization: request.getOrganization(),
        project: request.getProject(),
        stack: request.getStack(),
        pwd: request.getPwd(),
        parallel: String(request.getParallel()),
        "root-directory": info.getRootDirectory(),
    };
    const child = spawn(
        process.execPath,
        [
            ...(typeof options.nodeargs === "string" ? options.nodeargs.split(" ").filter(Boolean) : []),
            sdkProgram("run", directory),
            ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]),
            ...(request.getDryrun() ? ["--dry-run"] : []),
            resolve(directory, info.getEntryPoint()),
            ...request.getArgsList(),
        ],
        {
            cwd: request.getPwd() || directory,
            stdio: ["ignore", "inherit", "inherit"],
            env: {
                ...process.env,
                PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
                PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
                PULUMI_NODEJS_TYPESCRIPT: String(options.typescript === true),
            },
        },
    );
    children.add(child);
    child.on("error", (error) => answer(null, new messages.RunResponse().setError(`the program cannot be started: ${error.message}`)));
    child.on("close", (code, signal) => {
        children.delete(child);
        const response = new messages.RunResponse();
        if (code === alreadyReported) response.setBail(true);
        else if (code !== 0) response.setError(`the program ended with ${signal ?? `exit code ${code}`}`);
        answer(null, response);
    });
}

/**
 * Starts a policy pack and passes on what it prints: its first line is the port that the engine dials.
 *
 * @param {any} call
 */
function runPlugin(call) {
    const request = call.request;
    if (request.getKind() !== "analyzer") {
        return call.emit("error", { code: grpc.status.UNIMPLEMENTED, message: `plugins of kind "${request.getKind()}" are not supported` });
    }
    const info = request.getInfo();
    const directory = info?.getProgramDirectory() || request.getPwd();
    const child = spawn(process.execPath, [sdkProgram("run-policy-pack", directory), ...request.getArgsList(), directory], {
        cwd: directory,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...Object.fromEntries(request.getEnvList().map(nameAndValue)) },
    });
    children.add(child);
    child.stdout.on("data", (chunk) => call.write(new messages.RunPluginResponse().setStdout(chunk)));
    child.stderr.on("data", (chunk) => call.write(new messages.RunPluginResponse().setStderr(chunk)));
    child.on("close", (code) => {
        children.delete(child);
        call.write(new messages.RunPluginResponse().setExitcode(code ?? 1));
        call.end();
    });
    // The engine ends a pack by closing the stream; the pack does not notice that by itself.
    call.on("cancelled", () => child.kill());
}

/** @param {string} entry */
function nameAndValue(entry) {
    const split = entry.indexOf("=");
    return [entry.slice(0, split), entry.slice(split + 1)];
}

/**
 * The SDK of the program's own folder, so that program and runner are one version.
 *
 * @param {string} name
 * @param {string} directory
 */
function sdkProgram(name, directory) {
    return createRequire(join(directory, "package.json")).resolve(`@pulumi/pulumi/cmd/${name}`);
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();
process.on("SIGTERM", () => {
    for (const child of children) child.kill();
    process.exit(0);
});

/** @param {(request: any) => any} make */
function answerWith(make) {
    return (/** @type {any} */ call, /** @type {(error: Error | null, answer: any) => void} */ answer) => answer(null, make(call.request));
}

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(LanguageRuntimeService, {
    run,
    runPlugin,
    handshake: answerWith((request) => {
        engineAddress = request.getEngineAddress() || engineAddress;
        return new messages.LanguageHandshakeResponse();
    }),
    getRequiredPlugins: answerWith(() => new messages.GetRequiredPluginsResponse()),
    getRequiredPackages: answerWith(() => new messages.GetRequiredPackagesResponse()),
    getProgramDependencies: answerWith(() => new messages.GetProgramDependenciesResponse()),
    getPluginInfo: answerWith(() => new PluginInfo().setVersion(version)),
    about: answerWith(() => new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    // `npm ci` has run before the engine starts.
    installDependencies: (/** @type {any} */ call) => call.end(),
    cancel: answerWith(() => new Empty()),
});
server.bindAsync(
    "127.0.0.1:0",
    grpc.ServerCredentials.createInsecure(),
    (/** @type {Error | null} */ error, /** @type {number} */ port) => {
        if (error) throw error;
        console.log(port);
    },
);
