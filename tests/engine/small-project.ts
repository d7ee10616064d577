/**
 * A Pulumi project of a few resources in a folder of its own, for what concerns the engine and not the flagship.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { ensureEngine, type RunOptions, type RunResult, runPulumi } from "../../tools/engine/engine.ts";
import { parseFault } from "../../tools/rehearsal/faults.ts";
import { startRehearsalCloud } from "../../tools/rehearsal/server.ts";
import { projectRoot } from "../../tools/setup/cache-folder.mjs";

const account = "111111111111";

const program = `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
const config = new pulumi.Config();
const provider = new aws.Provider("aws", { region: "eu-west-1", allowedAccountIds: ["${account}"] });
for (let topic = 0; topic < config.requireNumber("topics"); topic++) {
    new aws.sns.Topic(\`topic-\${topic}\`, { name: \`small-topic-\${topic}\`, displayName: config.get("title") }, { provider });
}
export const password = config.getSecret("password");
`;

const pack = `
import { PolicyPack } from "@pulumi/policy";
new PolicyPack("small", { policies: [{
    name: "topics-are-few", description: "No third topic", enforcementLevel: "mandatory",
    validateResource: ({ name }, report) => { if (name === "topic-2") report("Fix: ask for two topics."); },
}] });
`;

export class SmallProject {
    public readonly directory: string;
    public readonly stateDirectory: string;
    public readonly policyPack: string;
    /** Relates to what the stack file says. */
    public readonly stackFile: string;

    public constructor() {
        // Inside the project, so that its programs find the project's packages.
        const base = join(projectRoot, ".terrace", "tests");
        mkdirSync(base, { recursive: true });
        this.directory = mkdtempSync(join(base, "small-"));
        this.stateDirectory = join(this.directory, "state");
        this.policyPack = join(this.directory, "pack");
        this.stackFile = join(this.directory, "Pulumi.dev.yaml");
        this.write(
            "Pulumi.yaml",
            stringify({ name: "small", runtime: { name: "nodejs", options: { typescript: false } }, main: "index.ts" }),
        );
        this.write("package.json", JSON.stringify({ name: "small", type: "module", main: "index.ts" }));
        this.write("index.ts", program);
        mkdirSync(this.policyPack);
        this.write("pack/PulumiPolicy.yaml", stringify({ runtime: "nodejs" }));
        this.write("pack/package.json", JSON.stringify({ name: "small", version: "1.0.0", type: "module", main: "main.mjs" }));
        this.write("pack/main.mjs", 'import "./index.ts";\n');
        this.write("pack/index.ts", pack);
        this.configure({ topics: 2 });
    }

    public configure(config: Readonly<Record<string, unknown>>): void {
        this.write("Pulumi.dev.yaml", stringify({ config }));
    }

    /** One command against the account's rehearsal cloud, which is started for it as `npm start` does. */
    public async run(
        operation: "preview" | "up" | "destroy",
        { faults = [], ...options }: Partial<RunOptions> & { readonly faults?: readonly string[] } = {},
    ): Promise<RunResult> {
        const cloud = await startRehearsalCloud({
            stateFile: join(this.stateDirectory, "cloud", `${account}.json`),
            accountId: account,
            faults: faults.map(parseFault),
        });
        try {
            return await runPulumi(await ensureEngine(), operation, {
                projectDirectory: this.directory,
                stateDirectory: this.stateDirectory,
                stack: "dev",
                providerPort: cloud.port,
                ...options,
            });
        } finally {
            await cloud.stop();
        }
    }

    public remove(): void {
        rmSync(this.directory, { recursive: true, force: true });
    }

    /** Puts another file into the project, or another program in the place of its own. */
    public write(file: string, text: string): void {
        writeFileSync(join(this.directory, file), text);
    }
}
