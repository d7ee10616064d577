import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { Ajv } from "ajv";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { readConfiguration } from "../core/configuration.ts";
import { Judge } from "../core/judge.ts";
import { unknown } from "../core/values.ts";
import type { Waiver } from "../core/waivers.ts";
import { rules } from "../rules/index.ts";
import { createLocator } from "./locate.ts";
import { evidenceReport, jsonReport, junitReport, sarifReport } from "./machine.ts";
import { markdownPage, terminalPage, verdictLine } from "./page.ts";
import { blockersOf, evidenceOf, fingerprintOf, makeReport, ratchet, violationsOf } from "./report.ts";
import { stackFromInventory, stackFromPreview, stackFromState } from "./sources.ts";

const urn = (type: string, name: string) => `urn:pulumi:prod::shop::${type}::${name}`;
const root = { urn: urn("pulumi:pulumi:Stack", "shop-prod"), type: "pulumi:pulumi:Stack" };
const database = (name: string, inputs: object) => ({
    urn: urn("aws:rds/instance:Instance", name),
    type: "aws:rds/instance:Instance",
    id: name,
    inputs: { engine: "oracle-ee", multiAz: true, storageEncrypted: true, ...inputs },
    outputs: {},
});
const bucket = { urn: urn("aws:s3/bucketV2:BucketV2", "data"), type: "aws:s3/bucketV2:BucketV2", id: "data-1", inputs: {} };
const state = (...resources: readonly unknown[]) => ({ version: 3, deployment: { resources: [root, ...resources] } });

const waiver: Waiver = {
    rule: "rds-not-public",
    resource: "rds/instance::legacy",
    stacks: ["prod"],
    reason: "read from outside <until> the tunnel is up",
    owner: "data@example.com",
    ticket: "DATA-7",
    expires: "2027-01-31",
};

const wanted = new Set(["rds-storage-encrypted", "rds-not-public", "s3-tls-only-policy", "sg-description-required"]);
const some = rules.filter((rule) => wanted.has(rule.id) || rule.id === "policy-waiver-valid");

function reportOn(content: unknown, waivers: readonly Waiver[] = [], notes: readonly string[] = []) {
    const { settings } = readConfiguration(some, {}, "2026-11-21");
    return makeReport(new Judge(some, settings, waivers), some, stackFromState(content), {
        locate: ({ resource }) => (resource.name === "store" ? { file: "index.ts", line: 12 } : undefined),
        notes,
        projectFile: "shop/Pulumi.yaml",
    });
}

const content = state(
    database("shop", { storageEncrypted: false }),
    database("store", { storageEncrypted: undefined }),
    { urn: urn("aws:ec2/securityGroup:SecurityGroup", "web"), type: "aws:ec2/securityGroup:SecurityGroup", inputs: {} },
    database("legacy", { publiclyAccessible: true }),
    database("later", { storageEncrypted: unknown }),
);
const report = reportOn(content, [waiver], ["The pack's table of versions and end dates was read 400 days ago."]);

describe("a report", () => {
    it("tells what stops a deploy, what is waived and what waits", () => {
        expect(verdictLine(report)).to.equal(
            "5 resources of prod against 5 rules (regulated): 2 violations stop it, 1 piece of advice, 1 waived, 1 to be judged after the deploy",
        );
        expect(blockersOf(report).map((entry) => [entry.rule.id, entry.name])).to.deep.equal([
            ["rds-storage-encrypted", "shop"],
            ["rds-storage-encrypted", "store"],
        ]);
        expect(verdictLine(reportOn(state()))).to.equal("no resources of prod against 5 rules (regulated): nothing to say");
    });

    it("is a page that a person can act on", () => {
        expect(terminalPage(report)).to.equal(`To be judged after the deploy, with \`pulumi policy analyze\`
  rds/instance later  storageEncrypted: rds-storage-encrypted

Waived
  rds-not-public on rds/instance legacy: until 2027-01-31 by data@example.com (DATA-7), read from outside <until> the tunnel is up

Advice (\`npm run terrace -- policy explain <rule>\` says why)

  Every security group and every rule of one says what it is for
    low · sg-description-required
    ec2/securityGroup web
      description  expected words of your own, got nothing
    Fix: Set \`description\` on the group and on each rule. On the group itself a change replaces it, so set it from the start.

Stops the deploy

  Every RDS instance encrypts its storage
    high · rds-storage-encrypted · FSBP RDS.3 · CIS 5.0 2.2.1
    rds/instance shop
      storageEncrypted  expected true, got false
    rds/instance store  index.ts:12
      storageEncrypted  expected true, got nothing
    Why: An unencrypted instance cannot be encrypted later; its snapshots and replicas stay readable to whoever gets hold of them.
    Fix: Set \`storageEncrypted: true\`. On an existing instance: copy a snapshot with a key and restore from it.
    https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-3

The pack's table of versions and end dates was read 400 days ago.

5 resources of prod against 5 rules (regulated): 2 violations stop it, 1 piece of advice, 1 waived, 1 to be judged after the deploy
`);
    });

    it("is a comment for a pull request, one row a rule, in which nothing can break out of a cell", () => {
        const link = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-3";
        expect(markdownPage(report)).to.equal(`## Policy: prod

5 resources of prod against 5 rules (regulated): 2 violations stop it, 1 piece of advice, 1 waived, 1 to be judged after the deploy

> The pack's table of versions and end dates was read 400 days ago.

### Stops the deploy

| severity | rule | where and what | fix |
|---|---|---|---|
| high | **Every RDS instance encrypts its storage**<br>[rds-storage-encrypted](${link}) | rds/instance **shop**<br>storageEncrypted  expected true, got false<br><br>rds/instance **store**<br>\`index.ts:12\`<br>storageEncrypted  expected true, got nothing | Set \`storageEncrypted: true\`. On an existing instance: copy a snapshot with a key and restore from it. |

<details><summary>Advice (1)</summary>

| severity | rule | where and what | fix |
|---|---|---|---|
| low | **Every security group and every rule of one says what it is for**<br>[sg-description-required](https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/) | ec2/securityGroup **web**<br>description  expected words of your own, got nothing | Set \`description\` on the group and on each rule. On the group itself a change replaces it, so set it from the start. |

</details>

### Waived

| rule | resource | reason | owner | ticket | until |
|---|---|---|---|---|---|
| rds-not-public | rds/instance **legacy** | read from outside &lt;until> the tunnel is up | data@example.com | DATA-7 | 2027-01-31 |

<details><summary>To be judged after the deploy (1)</summary>

- rds/instance later  storageEncrypted: rds-storage-encrypted

</details>
`);
    });

    it("fits into a comment, whatever is in it", () => {
        const many = Array.from({ length: 40 }, (_, index) => database(`shop-${index}`, { storageEncrypted: false }));
        expect(markdownPage(reportOn(state(...many)))).to.contain(
            "**shop-17**<br>storageEncrypted  expected true, got false<br><br>and 30 more |",
        );
        const long = reportOn(state(database(`x${"y".repeat(70_000)}`, { storageEncrypted: false })));
        expect(markdownPage(long)).to.equal(
            `## Policy: prod\n\n${verdictLine(long)}\n\nThe rest is too long for a comment: \`npm run terrace -- policy check\` prints all of it.\n`,
        );
    });

    it("is JSON with everything a program may ask", () => {
        const parsed = JSON.parse(jsonReport(report));
        expect(parsed).to.deep.include({
            ...{ version: 1, pack: "0.1.0", stack: "prod", profile: "regulated", date: "2026-11-21" },
            ...{ rules: 5, resources: 5, blocked: true },
            notes: ["The pack's table of versions and end dates was read 400 days ago."],
        });
        expect(parsed.violations.map((found: { name: string }) => found.name)).to.deep.equal(["shop", "store", "web"]);
        expect(parsed.violations[1]).to.deep.equal({
            rule: "rds-storage-encrypted",
            title: "Every RDS instance encrypts its storage",
            severity: "high",
            level: "mandatory",
            urn: urn("aws:rds/instance:Instance", "store"),
            type: "rds/instance",
            name: "store",
            messages: ["storageEncrypted  expected true, got nothing"],
            fix: "Set `storageEncrypted: true`. On an existing instance: copy a snapshot with a key and restore from it.",
            link: "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-3",
            controls: parsed.violations[0].controls,
            fingerprint: fingerprintOf("rds-storage-encrypted", urn("aws:rds/instance:Instance", "store")),
            location: { file: "index.ts", line: 12 },
        });
        expect(parsed.violations[0].controls).to.deep.include({ fsbp: ["RDS.3"], cis5: ["2.2.1"] });
        expect(parsed.violations[0].controls.nist).to.include("SC-28");
        expect(parsed.waived.map((found: { waiver: Waiver }) => found.waiver)).to.deep.equal([waiver]);
        expect(parsed.undetermined.map((found: { messages: string[] }) => found.messages)).to.deep.equal([["storageEncrypted"]]);
    });

    it("is JUnit in which only what stops a deploy has failed", () => {
        const xml = junitReport(report);
        expect(xml.split("\n", 2)).to.deep.equal([
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<testsuites name="policy prod" tests="10" failures="2">',
        ]);
        expect(xml).to.contain(`  <testsuite name="rds-storage-encrypted" tests="4" failures="2" errors="0" skipped="1">
    <testcase classname="rds/instance" name="later: Every RDS instance encrypts its storage">
      <skipped message="not known before the deploy: storageEncrypted"/>
    </testcase>
    <testcase classname="rds/instance" name="legacy: Every RDS instance encrypts its storage"/>
    <testcase classname="rds/instance" name="shop: Every RDS instance encrypts its storage">
      <failure type="high" message="storageEncrypted  expected true, got false">storageEncrypted  expected true, got false
Fix: Set \`storageEncrypted: true\`. On an existing instance: copy a snapshot with a key and restore from it.
${urn("aws:rds/instance:Instance", "shop")}</failure>
    </testcase>
`);
        expect(xml).to.contain(
            '<skipped message="waived until 2027-01-31 by data@example.com (DATA-7): read from outside &lt;until&gt; the tunnel is up"/>',
        );
        // Advice fails nothing.
        expect(
            xml,
        ).to.contain(`<testcase classname="ec2/securityGroup" name="web: Every security group and every rule of one says what it is for">
      <system-out>description  expected words of your own, got nothing</system-out>`);
    });

    it("is SARIF with failures only, places, and suppressions for what is waived", () => {
        const [run, ...more] = JSON.parse(sarifReport(report)).runs;
        expect(more).to.deep.equal([]);
        expect(run.results.map((result: { ruleId: string; level: string }) => [result.ruleId, result.level])).to.deep.equal([
            ["rds-not-public", "error"],
            ["rds-storage-encrypted", "error"],
            ["rds-storage-encrypted", "error"],
            ["sg-description-required", "note"],
        ]);
        for (const result of run.results) {
            expect(run.tool.driver.rules[result.ruleIndex].id).to.equal(result.ruleId);
        }
        expect(run.results[2]).to.deep.equal({
            ruleId: "rds-storage-encrypted",
            ruleIndex: 1,
            level: "error",
            message: {
                text: "rds/instance store: storageEncrypted  expected true, got nothing. Fix: Set `storageEncrypted: true`. On an existing instance: copy a snapshot with a key and restore from it.",
            },
            locations: [
                {
                    physicalLocation: {
                        artifactLocation: { uri: "index.ts", uriBaseId: "%SRCROOT%" },
                        region: { startLine: 12 },
                    },
                    logicalLocations: [{ name: "store", fullyQualifiedName: urn("aws:rds/instance:Instance", "store"), kind: "resource" }],
                },
            ],
            partialFingerprints: {
                "ruleAndResource/v1": fingerprintOf("rds-storage-encrypted", urn("aws:rds/instance:Instance", "store")),
            },
        });
        // What no file can be found for lies in the project's own.
        expect(run.results[1].locations[0].physicalLocation).to.deep.equal({
            artifactLocation: { uri: "shop/Pulumi.yaml", uriBaseId: "%SRCROOT%" },
            region: { startLine: 1 },
        });
        expect(run.results[0].suppressions).to.deep.equal([
            {
                kind: "external",
                status: "accepted",
                justification: "read from outside <until> the tunnel is up (data@example.com, DATA-7, until 2027-01-31)",
            },
        ]);
    });

    it("is SARIF as its schema has it", () => {
        const formats = {
            "uri-reference": (text: string) => URL.canParse(text, "file:///"),
            uri: URL.canParse,
            "date-time": true as const,
        };
        const schema = JSON.parse(readFileSync(join(import.meta.dirname, "facts", "sarif-2.1.0.schema.json"), "utf8"));
        const validate = new Ajv({ strict: false, unicodeRegExp: false, allErrors: true, formats }).compile(schema);
        for (const each of [report, reportOn(state()), ratchet(report, report)]) {
            validate(JSON.parse(sarifReport(each)));
            expect(validate.errors).to.equal(null);
        }
        expect(validate({ version: "2.1.0", runs: [{ tool: { driver: {} } }] })).to.equal(false);
    });

    it("has the same fingerprints when the words, the order or the lines change", () => {
        const fingerprints = (each: ReturnType<typeof reportOn>) =>
            Object.fromEntries(violationsOf(each).map((entry) => [`${entry.rule.id} ${entry.name}`, entry.fingerprint]));
        const { settings } = readConfiguration(some, {}, "2027-01-01");
        const other = makeReport(
            new Judge(some, settings),
            some,
            stackFromState(state(database("store", {}), database("shop", { storageEncrypted: undefined }))),
            { locate: () => ({ file: "moved.ts", line: 99 }) },
        );
        const before = fingerprints(report);
        expect(new Set(Object.values(before)).size).to.equal(3);
        expect(fingerprints(other)["rds-storage-encrypted shop"]).to.equal(before["rds-storage-encrypted shop"]);
        // Kept from release to release: a reader of old reports knows it.
        expect(before["rds-storage-encrypted shop"]).to.equal("79b501fbf3cb306806784f00d0acae7c");
    });

    it("gives an auditor what was judged on which resource, with what result, and who signed for the rest", () => {
        const control = (framework: string, id: string) =>
            evidenceOf(report).find((evidence) => evidence.framework === framework && evidence.control === id);
        const at = (name: string) => ({ rule: "rds-storage-encrypted", urn: urn("aws:rds/instance:Instance", name) });
        expect(control("fsbp", "RDS.3")).to.deep.equal({
            framework: "fsbp",
            control: "RDS.3",
            rules: ["rds-storage-encrypted"],
            ...{ passed: 1, failed: 2, waived: 0, undetermined: 1 },
            judged: [
                { ...at("later"), verdict: "undetermined" },
                { ...at("legacy"), verdict: "compliant" },
                { ...at("shop"), verdict: "violation" },
                { ...at("store"), verdict: "violation" },
            ],
        });
        expect(control("fsbp", "RDS.2")).to.include({ passed: 3, failed: 0, waived: 1, undetermined: 0 });
        expect(control("fsbp", "RDS.2")?.judged.filter((each) => each.waiver)).to.deep.equal([
            { rule: "rds-not-public", urn: urn("aws:rds/instance:Instance", "legacy"), verdict: "violation", waiver },
        ]);
        expect(JSON.parse(evidenceReport(report))).to.deep.include({ stack: "prod", date: "2026-11-21", controls: evidenceOf(report) });
    });

    it("with a baseline stops only for what is new", () => {
        const before = reportOn(state(database("shop", { storageEncrypted: false })));
        const now = ratchet(
            reportOn(state(database("shop", { storageEncrypted: false }), database("fresh", { storageEncrypted: false }))),
            before,
        );
        expect(blockersOf(now).map((entry) => entry.name)).to.deep.equal(["fresh"]);
        expect(verdictLine(now)).to.contain("1 known from the baseline");
        const states = (each: typeof now) =>
            JSON.parse(sarifReport(each)).runs[0].results.map((result: { baselineState?: string }) => result.baselineState);
        expect(states(now)).to.deep.equal(["new", "unchanged"]);
        expect(states(before)).to.deep.equal([undefined]);
        expect(junitReport(now).match(/<failure /g)).to.have.length(1);
        expect(terminalPage(now)).to.contain("rds/instance fresh").and.not.to.contain("rds/instance shop");
    });
});

describe("the places that resources come from", () => {
    const secret = (plaintext?: string) => ({
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        ...(plaintext === undefined ? { ciphertext: "v1:xyz" } : { plaintext: JSON.stringify(plaintext) }),
    });

    it("open a secret that is readable, and take one that is not for a value not known", () => {
        const stack = stackFromState(state(database("shop", { engine: secret("postgres"), username: secret() })));
        const [found] = stack.ofType("rds/instance");
        expect(found?.text("engine")).to.equal("postgres");
        expect(found?.isUnknown("username")).to.equal(true);
        const [shown] = stackFromPreview({ steps: [{ op: "create", newState: database("shop", { username: "[secret]" }) }] }).ofType(
            "rds/instance",
        );
        expect(shown?.isUnknown("username")).to.equal(true);
    });

    it("leave out what a state is about to delete", () => {
        expect(stackFromState(state({ ...bucket, delete: true })).ofType("s3/bucket")).to.deep.equal([]);
    });

    it("read the steps of a preview, the last one of each resource", () => {
        const stack = stackFromPreview({
            steps: [
                { op: "create-replacement", newState: bucket },
                { op: "replace", newState: { ...bucket, inputs: { bucket: "named" } } },
                { op: "delete-replaced", oldState: bucket },
            ],
        });
        expect(stack.ofType("s3/bucket").map((found) => found.text("bucket"))).to.deep.equal(["named"]);
    });

    it("read an inventory with its links", () => {
        const policy = {
            urn: urn("aws:s3/bucketPolicy:BucketPolicy", "data"),
            type: "aws:s3/bucketPolicy:BucketPolicy",
            inputs: { bucket: unknown, policy: unknown },
            propertyDependencies: { bucket: [bucket.urn], policy: [bucket.urn] },
        };
        const stack = stackFromInventory({ resources: [bucket, policy] });
        const [found] = stack.ofType("s3/bucket");
        expect(found && stack.referrers(found, "s3/bucketPolicy", "bucket").map((each) => each.name)).to.deep.equal(["data"]);
    });

    it("refuse a file that is something else", () => {
        expect(() => stackFromState({})).to.throw("expected the output of `pulumi stack export`");
        expect(() => stackFromPreview([])).to.throw("expected the output of `pulumi preview --json`");
    });
});

describe("where in the files a resource is decided", () => {
    const folder = mkdtempSync(join(tmpdir(), "policy-locate-"));
    after(() => rmSync(folder, { recursive: true }));
    const write = (file: string, lines: readonly string[]): void => {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), `${lines.join("\n")}\n`);
    };
    write("Pulumi.prod.yaml", [
        "config:",
        "  shop:environment:",
        "    logRetentionDays: 14",
        "  shop:database:",
        "    backup: {retentionDays: 1}",
        "    multiAz: false",
        "  shop:loadBalancer:",
        "    domain: x",
        "  storage:",
        "    buckets:",
        "      userUploads:",
        "        role: uploads",
    ]);
    write("pack/PulumiPolicy.yaml", ["runtime: nodejs"]);
    write("pack/rule.ts", ['new aws.s3.Bucket("data");']);
    write("zoo/index.ts", ['const name = "data";', "const bucket = new aws.s3.Bucket(", '    "data",', ");"]);
    write("Pulumi.yaml", ["name: shop"]);
    const locate = createLocator(folder, dirname(folder), "prod");
    const place = (chain: string, name: string, { path = "", fix = "" } = {}) => {
        const type = chain.slice(chain.lastIndexOf("$") + 1);
        const found = locate({
            resource: { urn: urn(chain, name), name, token: type, type: type === "pulumi:pulumi:Stack" ? type : "" },
            rule: { fix },
            finding: { kind: "violation", violations: [{ path, message: "" }] },
        } as unknown as Parameters<typeof locate>[0]);
        return found && `${relative(basename(folder), found.file)}:${found.line}`;
    };
    const listener = "terrace:load-balancer:LoadBalancer$aws:lb/listener:Listener";
    const instance = "terrace:database:DatabaseInstance$aws:rds/instance:Instance";
    const uploads = "terrace:storage:Storage$aws:s3/bucket:Bucket";

    it("is the key of the stack file that its component reads", () => {
        expect(place(listener, "balancer-https")).to.equal("Pulumi.prod.yaml:7");
        expect(place(`terrace:shop/web:Shop$${listener}`, "balancer-https")).to.equal("Pulumi.prod.yaml:7");
    });

    it("is the setting that the fix names, else the one that is called like the property", () => {
        expect(place(instance, "database-primary", { fix: "Raise it (Terrace: `database.backup.retentionDays`)." })).to.equal(
            "Pulumi.prod.yaml:5",
        );
        expect(place(instance, "database-log", { fix: "Raise it (Terrace: `environment.logRetentionDays`)." })).to.equal(
            "Pulumi.prod.yaml:3",
        );
        expect(place(instance, "database-primary", { path: "multiAz", fix: "Set it (Terrace: `monitoring.on`)." })).to.equal(
            "Pulumi.prod.yaml:6",
        );
        expect(place(instance, "database-primary", { path: "multiAz[0].x" })).to.equal("Pulumi.prod.yaml:6");
        expect(place(instance, "database-primary", { path: "port" })).to.equal("Pulumi.prod.yaml:4");
    });

    it("is the entry that the user has named", () => {
        expect(place(uploads, "storage-user-uploads-policy")).to.equal("Pulumi.prod.yaml:11");
        expect(place(uploads, "storage-logs")).to.equal("Pulumi.prod.yaml:9");
    });

    it("is the line of a program that makes it, never one that only has the word, and never a policy pack", () => {
        expect(place("aws:s3/bucket:Bucket", "data")).to.equal("zoo/index.ts:3");
        expect(place("aws:sqs/queue:Queue", "data")).to.equal(undefined);
        expect(place("terrace:unheard/of:It$aws:s3/bucket:Bucket", "data")).to.equal("zoo/index.ts:3");
    });

    it("of the stack as a whole is its file, where there is one", () => {
        expect(place("pulumi:pulumi:Stack", "shop-prod")).to.equal("Pulumi.prod.yaml:1");
        const other = createLocator(folder, folder, "dev");
        expect(other({ resource: { type: "pulumi:pulumi:Stack" } } as unknown as Parameters<typeof other>[0])).to.equal(undefined);
    });
});
