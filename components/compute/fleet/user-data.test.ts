import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { agentConfiguration } from "./agent.ts";
import { type BootPlan, renderUserData } from "./user-data.ts";

const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf";
const keySecret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf";
const logs = { systemLogGroup: "/shop-prod/app/system", applicationLogGroup: "/shop-prod/app/application" };

const least: BootPlan = {
    region: "eu-west-1",
    image: "public.ecr.aws/nginx/nginx:1.29",
    command: [],
    port: 8080,
    containerPort: 8080,
    published: { address: "0.0.0.0", port: 8080 },
    variables: {},
    secrets: {},
    logGroup: logs.applicationLogGroup,
    agentParameter: "/shop-prod/app/cloudwatch-agent",
    agentConfiguration: agentConfiguration({ fleet: "shop-prod-app", ...logs, mountPaths: [], reverseProxy: false }),
    dataMountPath: undefined,
    reverseProxy: undefined,
};

const most: BootPlan = {
    ...least,
    image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    command: ["serve", "--greeting", "it's on"],
    containerPort: 3000,
    published: { address: "127.0.0.1", port: 18080 },
    variables: { ZONE: "a", GREETING: `it's "quoted" $HOME \`id\` \\`, CACHE_HOST: "cache.internal" },
    secrets: { PRIVATE_KEY: keySecret, DATABASE_PASSWORD: `${secret}:password`, DATABASE_USER: `${secret}:username` },
    agentConfiguration: agentConfiguration({ fleet: "shop-prod-app", ...logs, mountPaths: ["/data"], reverseProxy: true }),
    dataMountPath: "/data",
    reverseProxy: { maximumBodyMiB: 50, readTimeoutSeconds: 30 },
};

/** What an instance is really given. After a change that is meant: write what the failing test shows, and read the difference. */
function golden(name: string): string {
    return readFileSync(new URL(`golden/${name}.sh`, import.meta.url), "utf8");
}

/** Content of a file that the script writes. */
function written(text: string, path: string): string {
    const [, rest] = text.split(`cat >${path} <<'END_OF_FILE'\n`);
    return rest?.split("\nEND_OF_FILE\n")[0] ?? "";
}

describe("user data", () => {
    it("of the plainest fleet is golden/least.sh", () => {
        expect(renderUserData(least)).equal(golden("least"));
    });

    it("of a fleet with everything is golden/most.sh", () => {
        expect(renderUserData(most)).equal(golden("most"));
    });

    it("is bash that parses, and so is the script inside it", () => {
        for (const plan of [least, most]) {
            const text = renderUserData(plan);
            for (const script of [text, written(text, "/usr/local/sbin/application-start")]) {
                expect(script).match(/^#!\/bin\/bash\n/);
                execFileSync("bash", ["-n"], { input: script });
            }
        }
    });

    it("does not change with the order in which variables and secrets are given", () => {
        const reversed = (map: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(map).reverse());
        expect(renderUserData({ ...most, variables: reversed(most.variables), secrets: reversed(most.secrets) })).equal(
            renderUserData(most),
        );
    });

    it("changes when the agent's configuration does, so that instances are replaced", () => {
        expect(renderUserData({ ...least, agentConfiguration: "{}" })).not.equal(renderUserData(least));
    });

    it("logs in to the registry's own region, and nowhere when the image is public", () => {
        expect(renderUserData(most)).contain("get-login-password --region eu-central-1");
        expect(renderUserData(least)).not.contain("docker login");
    });

    it("is refused above 16 KiB, before encoding", () => {
        const variables = { LONG: "x".repeat(15_000) };
        expect(() => renderUserData({ ...least, variables })).throw(
            /^the instance's first-boot script has \d+ bytes, EC2 takes at most 16384: pass fewer or shorter variables$/,
        );
    });

    const refused: [string, Partial<BootPlan>, string][] = [
        [
            "a variable of two lines",
            { variables: { KEY: "one\ntwo" } },
            "variable KEY has more than one line: pass it as a secret, or encode it",
        ],
        [
            "a variable that is plain and secret",
            { variables: { KEY: "one" }, secrets: { KEY: secret } },
            "variable KEY is given twice, as a plain value and as a secret: choose one",
        ],
        [
            "a secret called PATH",
            { secrets: { PATH: secret } },
            "a secret cannot be called PATH, because the start script uses that name itself",
        ],
        [
            "what is no secret's ARN",
            { secrets: { KEY: "hunter2" } },
            'expected the ARN of a secret, or the ARN, a colon and a key, got "hunter2"',
        ],
        [
            "a key that jq would read as a program",
            { secrets: { KEY: `${secret}:a"b` } },
            'expected a key of letters, digits, full stops, hyphens and underscores, got "a\\"b"',
        ],
    ];
    for (const [what, change, message] of refused) {
        it(`refuses ${what}`, () => {
            expect(() => renderUserData({ ...least, ...change })).throw(message);
        });
    }
});

const values = {
    [secret]: JSON.stringify({ username: "app", password: `p'a"s$s\\` }),
    [keySecret]: "-----BEGIN KEY-----\nabc\n-----END KEY-----",
};

/** What `docker run` was given. */
interface Started {
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
}

describe("the start script", () => {
    let folder: string;
    let started: Started;

    before(() => {
        folder = mkdtempSync(join(tmpdir(), "terrace-fleet-"));
        started = start(most, values);
    });

    after(() => rmSync(folder, { recursive: true }));

    /** Runs the script among stand-ins for aws, docker and jq; answers with how the container was started. */
    function start(plan: BootPlan, secrets: Readonly<Record<string, string>>): Started {
        const stub = (name: string, body: string) =>
            writeFileSync(join(folder, name), `#!${process.execPath}\nconst fs = require("node:fs");\n${body}\n`, { mode: 0o755 });
        stub(
            "aws",
            `const at = process.argv.indexOf("--secret-id");
            console.log(at < 0 ? "token" : ${JSON.stringify(secrets)}[process.argv[at + 1]]);`,
        );
        stub(
            "jq",
            `const value = JSON.parse(fs.readFileSync(0, "utf8"))[process.argv[process.argv.indexOf("key") + 1]];
            if (value === undefined) process.exit(1);
            console.log(value);`,
        );
        stub(
            "docker",
            `if (process.argv[2] === "image") process.exit(1);
            if (process.argv[2] === "run") fs.writeFileSync(${JSON.stringify(join(folder, "run.json"))}, JSON.stringify({ args: process.argv.slice(3), env: process.env }));`,
        );
        writeFileSync(join(folder, "instance-id"), "i-0abc");
        const script = written(renderUserData(plan), "/usr/local/sbin/application-start")
            .replaceAll("/usr/bin/docker", join(folder, "docker"))
            .replaceAll("/var/lib/cloud/data/instance-id", join(folder, "instance-id"));
        execFileSync("bash", ["-c", script], { env: { PATH: `${folder}:/usr/local/bin:/usr/bin:/bin` }, stdio: "pipe" });
        return JSON.parse(readFileSync(join(folder, "run.json"), "utf8"));
    }

    it("gives the container its secrets letter by letter, line breaks and quotes included", () => {
        const { env, args } = started;
        expect(env).include({ DATABASE_USER: "app", DATABASE_PASSWORD: `p'a"s$s\\`, PRIVATE_KEY: values[keySecret] });
        expect(args).include.members(["DATABASE_USER", "DATABASE_PASSWORD", "PRIVATE_KEY"]);
    });

    it("shows no secret among the arguments, which every process of the machine can read", () => {
        const { args } = started;
        expect(args.join("\n")).not.contain("BEGIN KEY").and.not.contain("p'a");
    });

    it("gives the container its plain variables without letting bash read them", () => {
        const { args } = started;
        expect(args).include(`GREETING=it's "quoted" $HOME \`id\` \\`);
    });

    it("ends with the image and its command", () => {
        expect(started.args.slice(-4)).deep.equal([most.image, "serve", "--greeting", "it's on"]);
        expect(start(least, {}).args.at(-1)).equal(least.image);
    });

    it("fails when a secret lacks its key, instead of starting a container without it", () => {
        expect(() => start(most, { ...values, [secret]: "{}" })).throw();
    });
});

describe("the agent's configuration", () => {
    const plan = { fleet: "shop-prod-app", ...logs, mountPaths: ["/data"], reverseProxy: true };

    it("measures memory and disk by the fleet's dimension, which needs no call to EC2", () => {
        const { metrics } = JSON.parse(agentConfiguration(plan));
        expect(metrics.aggregation_dimensions).deep.equal([["Fleet"]]);
        expect(metrics.metrics_collected.mem.append_dimensions).deep.equal({ Fleet: "shop-prod-app" });
        expect(metrics.metrics_collected.disk.resources).deep.equal(["/", "/data"]);
        expect(Object.keys(metrics.append_dimensions)).deep.equal(["InstanceId"]);
    });

    it("writes to the fleet's own log groups only, and creates none by a retention", () => {
        const files: { log_group_name: string; retention_in_days?: number }[] = JSON.parse(agentConfiguration(plan)).logs.logs_collected
            .files.collect_list;
        expect(new Set(files.map((file) => file.log_group_name))).deep.equal(new Set(Object.values(logs)));
        expect(files.some((file) => file.retention_in_days !== undefined)).equal(false);
    });

    it("leaves NGINX's logs out where there is no proxy", () => {
        expect(agentConfiguration({ ...plan, reverseProxy: false })).not.contain("nginx");
    });

    it("fits a standard parameter with a long environment name", () => {
        const long = "e".repeat(60);
        expect(() =>
            agentConfiguration({ ...plan, systemLogGroup: `/${long}/compute/system`, applicationLogGroup: `/${long}/compute/application` }),
        ).not.throw();
        expect(() => agentConfiguration({ ...plan, systemLogGroup: "x".repeat(600) })).throw(/standard parameter takes at most 4096/);
    });
});
