/**
 * Prints what the pack costs: node policy-pack/benchmark.ts. Through the SDK's own handlers, with resources of 30 properties, so
 * the numbers hold for an engine. Starts are of processes of their own, beside those of a pack without a rule. Each number is the best
 * of some rounds: what else the machine does only ever adds.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** What rules look at longest: documents, doors, settings, devices, tags. With the filling, 30 properties. */
const real = {
    policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: ["s3:GetObject", "kms:Decrypt", "sqs:SendMessage", "iam:PassRole"].map((action) => ({
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::123456789012:role/app" },
            Action: [action],
            Resource: ["arn:aws:s3:::data/*"],
            Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        })),
    }),
    ingress: [22, 443, 5432].map((port) => ({ protocol: "tcp", fromPort: port, toPort: port, cidrBlocks: ["10.0.0.0/8", "192.0.2.0/24"] })),
    settings: ["MinSize", "MaxSize", "EC2KeyName"].map((name) => ({ namespace: "aws:autoscaling:asg", name, value: "2" })),
    blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true", volumeType: "gp3" } }],
    environment: { variables: { STAGE: "prod", TABLE: "orders", LOG_LEVEL: "info" } },
    userData: Buffer.from("#!/bin/sh\nyum install -y nginx\nsystemctl start nginx\n").toString("base64"),
    tags: { owner: "data@example.com", environment: "prod", project: "shop" },
    engine: "postgres",
    engineVersion: "17.4",
    name: "shop",
};
const propertyCount = 30;

/** Each resource refers to the three before it. */
function resources(count: number): readonly unknown[] {
    const made = Array.from({ length: count }, (_, index) => ({
        type: tokenOf(types[index % types.length] ?? "ec2/vpc"),
        name: `resource${index}`,
    }));
    const urns = made.map(({ type, name }) => `urn:pulumi:prod::shop::${type}::${name}`);
    return made.map(({ type, name }, index) => {
        const filling = Array.from({ length: propertyCount - Object.keys(real).length }, (_, at) => [`property${at}`, `value${at}`]);
        const resource = new messages.AnalyzerResource();
        resource.setType(type);
        resource.setName(name);
        resource.setUrn(urns[index]);
        resource.setProperties(Struct.fromJavaScript({ ...real, ...Object.fromEntries(filling) }));
        resource.setOptions(new messages.AnalyzerResourceOptions());
        for (const [at, property] of ["vpcId", "subnetIds", "bucket"].entries()) {
            const dependencies = new messages.AnalyzerPropertyDependencies();
            dependencies.setUrnsList(urns.slice(Math.max(0, index - 1 - at), index - at));
            resource.getPropertydependenciesMap().set(property, dependencies);
        }
        return resource;
    });
}

type Handler = (call: { request: unknown }, done: () => void) => void;

function ask(handler: Handler, request: unknown): Promise<void> {
    return new Promise((resolve) => handler({ request }, () => resolve()));
}

interface Row {
    readonly what: string;
    readonly measured: string;
    readonly target: string;
}

async function measureJudging(): Promise<readonly Row[]> {
    const pack = new Pack(rules, "2026-11-21");
    pack.configure({ terrace: { profile: "regulated" } });
    const analyze = server.makeAnalyzeRpcFun("terrace", "0", "advisory", pack.policies) as Handler;
    const analyzeStack = server.makeAnalyzeStackRpcFun("terrace", "0", "advisory", pack.policies) as Handler;
    const some = resources(500);
    const request = new messages.AnalyzeStackRequest();
    request.setResourcesList(some);
    let resource = Number.POSITIVE_INFINITY;
    let stack = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round++) {
        const start = performance.now();
        for (const each of some) {
            await ask(analyze, each);
        }
        const middle = performance.now();
        await ask(analyzeStack, request);
        resource = Math.min(resource, (middle - start) / some.length);
        stack = Math.min(stack, performance.now() - middle);
    }
    return [
        { what: `a resource of 30 properties, ${rules.length} rules`, measured: `${resource.toFixed(2)} ms`, target: "1 ms" },
        { what: `relations and stack of 500 resources, ${types.length} types`, measured: `${stack.toFixed(0)} ms`, target: "1000 ms" },
    ];
}

interface Start {
    readonly milliseconds: number;
    readonly mebibytes: number | undefined;
}

/** As the language host starts it: until the port is printed. */
async function measureStart(directory: string): Promise<Start> {
    const run = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const start = performance.now();
    const child = spawn(process.execPath, [run, "127.0.0.1:1", directory], { cwd: directory, stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
    const milliseconds = performance.now() - start;
    const peak = process.platform === "linux" ? /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] : undefined;
    // Long enough to write what the next start reads.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    child.kill();
    return { milliseconds, mebibytes: peak === undefined ? undefined : Number(peak) / 1024 };
}

async function measureStarts(what: string, directory: string, target: string): Promise<Row> {
    const starts: Start[] = [];
    for (let round = 0; round < 5; round++) {
        starts.push(await measureStart(directory));
    }
    const best = Math.min(...starts.map(({ milliseconds }) => milliseconds));
    const memory = Math.min(...starts.map(({ mebibytes }) => mebibytes ?? Number.NaN));
    return { what, measured: `${best.toFixed(0)} ms${Number.isNaN(memory) ? "" : `, ${memory.toFixed(0)} MiB`}`, target };
}

/** The SDK alone: a pack that has nothing to say. */
async function measureEmpty(): Promise<Row> {
    // Inside the folder, so that it finds the same SDK.
    const directory = mkdtempSync(join(folder, ".empty-"));
    try {
        writeFileSync(join(directory, "PulumiPolicy.yaml"), "runtime: nodejs\n");
        writeFileSync(
            join(directory, "package.json"),
            JSON.stringify({ name: "empty", version: "0.0.1", type: "module", main: "main.mjs" }),
        );
        writeFileSync(
            join(directory, "main.mjs"),
            'import { PolicyPack } from "@pulumi/policy";\nnew PolicyPack("empty", { policies: [] });\n',
        );
        return await measureStarts("start of a pack without a rule", directory, "-");
    } finally {
        rmSync(directory, { recursive: true });
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const rows = [
        ...(await measureJudging()),
        await measureStarts("start, second and later", folder, "1000 ms, 170 MiB"),
        await measureEmpty(),
    ];
    console.log("| what | measured | at most |\n|---|---|---|");
    for (const { what, measured, target } of rows) {
        console.log(`| ${what} | ${measured} | ${target} |`);
    }
}
