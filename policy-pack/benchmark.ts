/**
 * Prints what the pack costs: node policy-pack/benchmark.ts. Through the SDK's own handlers, with resources of 30 properties, so
 * the numbers hold for an engine. Start-up is measured in a process of its own.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { tokenOf } from "./core/types.ts";
import { Pack } from "./pulumi.ts";
import { rules } from "./rules/index.ts";

const require = createRequire(import.meta.url);
const server = require("@pulumi/policy/server");
const messages = require("@pulumi/pulumi/proto/analyzer_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");
const folder = dirname(fileURLToPath(import.meta.url));

/** Types in proportion to what a stack has; each rule family meets some. */
const types = [...new Set(rules.flatMap((rule) => (rule.scope === "stack" ? [] : rule.on)))].filter((type) => type.includes("/"));

function resources(count: number): readonly unknown[] {
    return Array.from({ length: count }, (_, index) => {
        const type = tokenOf(types[index % types.length] ?? "ec2/vpc");
        const filling = Array.from({ length: 30 }, (_each, at) => [
            `property${at}`,
            at % 3 === 0 ? { nested: [`value${at}`, at] } : `value${at}`,
        ]);
        const resource = new messages.AnalyzerResource();
        resource.setType(type);
        resource.setName(`resource${index}`);
        resource.setUrn(`urn:pulumi:prod::shop::${type}::resource${index}`);
        resource.setProperties(Struct.fromJavaScript(Object.fromEntries(filling)));
        resource.setOptions(new messages.AnalyzerResourceOptions());
        return resource;
    });
}

type Handler = (call: { request: unknown }, done: () => void) => void;

function ask(handler: Handler, request: unknown): Promise<void> {
    return new Promise((resolve) => handler({ request }, () => resolve()));
}

/** Milliseconds a resource, and milliseconds for a whole stack. */
async function measure(): Promise<void> {
    const pack = new Pack(rules, "2026-11-21");
    pack.configure({ terrace: { profile: "regulated" } });
    const analyze = server.makeAnalyzeRpcFun("terrace", "0", "advisory", pack.policies) as Handler;
    const analyzeStack = server.makeAnalyzeStackRpcFun("terrace", "0", "advisory", pack.policies) as Handler;
    const some = resources(500);
    for (let round = 0; round < 3; round++) {
        const start = performance.now();
        for (const resource of some) {
            await ask(analyze, resource);
        }
        const middle = performance.now();
        const request = new messages.AnalyzeStackRequest();
        request.setResourcesList(some);
        await ask(analyzeStack, request);
        const end = performance.now();
        if (round > 0) {
            console.log(
                `${rules.length} rules, 500 resources of ${types.length} types: ${((middle - start) / 500).toFixed(3)} ms a resource, ${(end - middle).toFixed(0)} ms for all relations`,
            );
        }
    }
}

/** As the language host starts it: until the port is printed. */
async function measureStart(): Promise<void> {
    const run = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const start = performance.now();
    const child = spawn(process.execPath, [run, "127.0.0.1:1", folder], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
    const elapsed = performance.now() - start;
    const { readFileSync } = await import("node:fs");
    const peak = process.platform === "linux" ? /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] : undefined;
    console.log(`start: ${elapsed.toFixed(0)} ms${peak === undefined ? "" : `, ${Math.round(Number(peak) / 1024)} MiB`}`);
    child.kill();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    await measure();
    await measureStart();
}
