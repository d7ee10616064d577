/** The pack in a program that has nothing of Terrace, judged by the real engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { stringify } from "yaml";
import type { Rule } from "../../policy-pack/core/rule.ts";
import { createJudge } from "../../policy-pack/pulumi.ts";
import { makeReport } from "../../policy-pack/report/report.ts";
import { stackFromPreview } from "../../policy-pack/report/sources.ts";
import { rules } from "../../policy-pack/rules/index.ts";
import { ensureEngine, type RunResult } from "../../tools/engine/engine.ts";
import { startRehearsalCloud } from "../../tools/rehearsal/server.ts";
import { type Violation, violationsOf } from "../../tools/rehearse/changes.ts";
import { rehearse } from "../../tools/rehearse/rehearse.ts";
import { projectRoot } from "../../tools/setup/cache-folder.mjs";
import { SmallProject } from "./small-project.ts";

const pack = join(projectRoot, "policy-pack");

/** The mildest profile, so that the account's own rules stay out of it, and two rules of production by name. */
const configuration = {
    terrace: { profile: "development", rules: { "rds-multi-az": "mandatory", "nacl-no-public-admin-ports": "mandatory" } },
};

/** Rule → names of the resources in careless.ts that it must refuse. */
const wrong: Readonly<Record<string, readonly string[]>> = {
    "sg-no-public-ssh": ["all-protocols", "inline", "new-rule", "old-rule", "port-range", "two-halves", "version-six"],
    "nacl-no-public-admin-ports": ["edge"],
    "lightsail-no-public-admin-ports": ["blog"],
    "eb-no-ssh-source": ["shop"],
    "rds-storage-encrypted": ["ledger"],
    "rds-multi-az": ["archive"],
    "rds-not-public": ["open"],
    "s3-public-access-block": ["site"],
    "s3-no-public-acl": ["site"],
    "s3-tls-only-policy": ["site"],
    "ebs-volume-encrypted": ["disk"],
    "ec2-imdsv2-required": ["server"],
    "ec2-root-volume-encrypted": ["server"],
};

const nameOf = ({ urn = "" }: Violation) => urn.slice(urn.lastIndexOf("::") + 2);
const refused = (found: readonly Violation[]) => found.filter(({ mandatory }) => mandatory);

describe("the policy pack in a program without Terrace", () => {
    let project: SmallProject;
    before(() => {
        project = new SmallProject();
        project.write("Pulumi.dev.yaml", stringify({ config: { "aws:region": "eu-west-1", "aws:allowedAccountIds": ["111111111111"] } }));
    });
    after(() => project.remove());

    const use = (program: "careless" | "careful") =>
        project.write("index.ts", readFileSync(join(import.meta.dirname, "plain-program", `${program}.ts`), "utf8"));
    const preview = async (config: object, waivers: readonly object[] = []): Promise<RunResult> => {
        const { terrace, ...others } = config as { terrace?: object };
        project.write("waivers.yaml", stringify(waivers));
        const withWaivers = { terrace: { ...terrace, waivers: join(project.directory, "waivers.yaml") }, ...others };
        project.write("policy.json", JSON.stringify(withWaivers));
        return await project.run("preview", { policyPacks: [pack], policyPackConfigs: [join(project.directory, "policy.json")] });
    };

    let told: Promise<RunResult> | undefined;
    /** What the engine says of the careless program: asked once for all tests. */
    const careless = async (): Promise<RunResult> => {
        use("careless");
        told ??= preview(configuration);
        return await told;
    };

    it("stops a preview, naming each rule, each resource and each fix", async () => {
        const { exitCode, events } = await careless();
        // 5 in Pulumi's table of exit codes; 3.259 still ends with 1.
        expect(exitCode).to.be.oneOf([1, 5]);
        const found = refused(violationsOf(events));
        for (const [id, names] of Object.entries(wrong)) {
            const own = found.filter(({ rule }) => rule === id);
            expect(own.map(nameOf).sort(), id).to.deep.equal(names);
            const { title, fix } = rules.find((rule) => rule.id === id) as Rule;
            for (const { message, pack: name } of own) {
                expect(name).to.equal("terrace");
                expect(message.startsWith(title), message).to.equal(true);
                expect(message.endsWith(`Fix: ${fix}`), message).to.equal(true);
            }
        }
    });

    it("says the same without an engine, of what `pulumi preview --json` printed", async () => {
        const { events } = await careless();
        const byEngine = violationsOf(events).map(({ rule, mandatory, urn = "" }) => `${mandatory ? "must" : "should"} ${rule} on ${urn}`);
        const { stdout } = await project.run("preview", { extraArguments: ["--json"] });
        const judge = createJudge(rules, configuration, new Date().toISOString().slice(0, 10));
        const report = makeReport(judge, rules, stackFromPreview(JSON.parse(stdout)));
        const byReport = report.entries
            .filter(({ verdict }) => verdict === "violation")
            .map(({ rule, level, urn }) => `${level === "mandatory" ? "must" : "should"} ${rule.id} on ${urn}`);
        expect(byReport.length).to.be.greaterThan(30);
        expect(byReport.sort()).to.deep.equal(byEngine.filter((line) => !line.startsWith("should terrace on")).sort());
    });

    it("tells in the rehearsal what is wrong, where, and what to type, and ends with 5", async () => {
        use("careless");
        const lines: string[] = [];
        const outcome = await rehearse(
            {
                engine: await ensureEngine(),
                startCloud: startRehearsalCloud,
                projectDirectory: project.directory,
                stateDirectory: project.stateDirectory,
                say: (line) => lines.push(line.trimEnd()),
                signal: new AbortController().signal,
                ...{ policy: true, previewOnly: true, destroy: false, unprotect: false, faults: [], config: {} },
                stream: process.stderr,
            },
            "dev",
        );
        expect([outcome.ended, outcome.exitCode]).to.deep.equal(["refused by policy", 5]);
        const page = stripVTControlCharacters(lines.join("\n"));
        expect(page).to.contain(
            [
                "  refused  rds-storage-encrypted",
                "    on  rds/instance  ledger",
                "    Every RDS instance encrypts its storage (FSBP RDS.3 · CIS 5.0 2.2.1)",
                "    storageEncrypted  expected true, got false",
                "    Fix: Set `storageEncrypted: true`. On an existing instance: copy a snapshot with a key and restore from it.",
            ].join("\n"),
        );
        expect(page).to.match(/Refused by policy: \d+ times; nothing was changed\.$/m);
    });

    it("lets the mended program pass", async () => {
        use("careful");
        const { exitCode, events, stderr } = await preview(configuration);
        expect(refused(violationsOf(events))).to.deep.equal([]);
        expect(exitCode, stderr).to.equal(0);
    });

    it("lets a waived violation pass and prints who signed for it", async () => {
        use("careful");
        project.write(
            "index.ts",
            `${readFileSync(join(project.directory, "index.ts"), "utf8")}
new aws.ebs.Volume("scratch", { availabilityZone: "eu-west-1a", size: 10, type: "gp3", encrypted: false });
`,
        );
        const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
        const waiver = {
            rule: "ebs-volume-encrypted",
            resource: "ebs/volume::scratch",
            stacks: ["dev"],
            reason: "holds nothing that is not public already",
            owner: "data@example.com",
            ticket: "DATA-12",
            expires: soon,
        };
        const { exitCode, events, stdout } = await preview(configuration, [waiver]);
        expect(exitCode).to.equal(0);
        const [waived, ...more] = violationsOf(events).filter(({ rule }) => rule === "ebs-volume-encrypted");
        expect(more).to.deep.equal([]);
        expect(waived).to.include({ mandatory: false });
        expect(stdout).to.contain(`Waived until ${soon} by data@example.com: holds nothing that is not public already`);
    });

    it("mends by itself what it is allowed to, before anything is made", async () => {
        project.write(
            "index.ts",
            `import * as aws from "@pulumi/aws";
             const vpc = new aws.ec2.Vpc("main", { cidrBlock: "10.0.0.0/16" });
             const group = new aws.ec2.SecurityGroup("server", { vpcId: vpc.id, description: "The server" });
             new aws.vpc.SecurityGroupIngressRule("office", {
                 securityGroupId: group.id, ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "203.0.113.7/32",
             });
             new aws.kms.Key("data", { description: "data" });
             const bucket = new aws.s3.Bucket("uploads", { tags: { owner: "data" } });
             new aws.s3.BucketVersioning("uploads-versions", { bucket: bucket.id, versioningConfiguration: { status: "Suspended" } });`,
        );
        const mending = ["kms-key-rotation", "required-tags", "s3-versioning-kept", "sg-description-required"];
        const rules = {
            ...Object.fromEntries(["s3-public-access-block", "s3-tls-only-policy"].map((id) => [id, "disabled"])),
            ...Object.fromEntries(mending.map((id) => [id, { level: "mandatory" }])),
            "required-tags": { level: "mandatory", keys: ["environment"] },
        };
        const asked = { terrace: { profile: "development", rules } };
        const before = refused(violationsOf((await preview(asked)).events)).map(({ rule }) => rule);
        expect([...new Set(before)].sort()).to.deep.equal(mending);

        const { exitCode, events } = await preview({ ...asked, "terrace-remediation": "remediate" });
        expect(exitCode).to.equal(0);
        expect(refused(violationsOf(events))).to.deep.equal([]);
        const inputsOf = (name: string) =>
            events.find(({ resourcePreEvent }) => resourcePreEvent?.metadata.urn.endsWith(`::${name}`))?.resourcePreEvent?.metadata.new
                ?.inputs;
        expect(inputsOf("office")).to.include({ description: "office", cidrIpv4: "203.0.113.7/32" });
        expect(inputsOf("data")).to.include({ description: "data", enableKeyRotation: true });
        expect(inputsOf("uploads")?.tags).to.deep.equal({ owner: "data", environment: "dev" });
        expect(inputsOf("uploads-versions")?.versioningConfiguration.status).to.equal("Enabled");
    });

    it("stops before the first resource at a configuration that is wrong, with the nearest right word", async () => {
        use("careful");
        const { exitCode, stdout, stderr, events } = await preview({
            terrace: { profile: "development", rules: { "rds-multi-as": "advisory" } },
        });
        expect(exitCode).not.to.equal(0);
        expect(`${stdout}${stderr}`).to.contain('terrace.rules.rds-multi-as  unknown key; the nearest known one is "rds-multi-az"');
        expect(events.filter(({ resourcePreEvent }) => resourcePreEvent?.metadata.type.startsWith("aws:"))).to.deep.equal([]);
    });
});
