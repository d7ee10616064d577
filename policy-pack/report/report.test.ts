import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { readConfiguration } from "../core/configuration.ts";
import { Judge } from "../core/judge.ts";
import { unknown } from "../core/values.ts";
import type { Waiver } from "../core/waivers.ts";
import { rules } from "../rules/index.ts";
import { createLocator } from "./locate.ts";
import { evidenceReport, jsonReport, junitReport, sarifReport } from "./machine.ts";
import { markdownPage, terminalPage, verdictLine } from "./page.ts";
import { blockersOf, evidenceOf, makeReport, ratchet, violationsOf } from "./report.ts";
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

function reportOn(content: unknown, waivers: readonly Waiver[] = []) {
    const { settings } = readConfiguration(some, {}, "2026-11-21");
    return makeReport(new Judge(some, settings, waivers), some, stackFromState(content));
}

const content = state(
    database("shop", { storageEncrypted: false }),
    database("legacy", { publiclyAccessible: true }),
    database("later", { storageEncrypted: unknown }),
);
const report = reportOn(content, [waiver]);

describe("a report", () => {
    it("tells what stops a deploy, what is waived and what waits", () => {
        expect(verdictLine(report)).to.equal(
            "3 resources of prod against 5 rules (regulated): 1 violation stops it, 1 waived, 1 to be judged after the deploy",
        );
        expect(blockersOf(report).map((entry) => [entry.rule.id, entry.name])).to.deep.equal([["rds-storage-encrypted", "shop"]]);
    });

    it("is a page that a person can act on", () => {
        expect(terminalPage(report)).to.equal(`Stops the deploy

  Every RDS instance encrypts its storage
    high · rds-storage-encrypted · FSBP RDS.3 · CIS 5.0 2.2.1
    rds/instance shop
      storageEncrypted  expected true, got false
    Why: An unencrypted instance cannot be encrypted later; its snapshots and replicas stay readable to whoever gets hold of them.
    Fix: Set \`storageEncrypted: true\`. On an existing instance: copy a snapshot with a key and restore from it.
    https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-3

Waived
  rds-not-public on rds/instance legacy: until 2027-01-31 by data@example.com (DATA-7), read from outside <until> the tunnel is up

To be judged after the deploy, with \`pulumi policy analyze\`
  rds-storage-encrypted: later (storageEncrypted)

3 resources of prod against 5 rules (regulated): 1 violation stops it, 1 waived, 1 to be judged after the deploy
`);
    });

    it("is a comment for a pull request in which nothing can break out of a cell", () => {
        const page = markdownPage(report);
        expect(page).to.contain("| high | [rds-storage-encrypted](https://docs.aws.amazon.com/");
        expect(page).to.contain("read from outside &lt;until> the tunnel is up");
    });

    it("is JSON with everything a program may ask", () => {
        const parsed = JSON.parse(jsonReport(report));
        expect(parsed.blocked).to.equal(true);
        expect(parsed.violations[0]).to.include({ rule: "rds-storage-encrypted", level: "mandatory", name: "shop" });
        expect(parsed.violations[0].controls.nist).to.include("SC-28");
        expect(parsed.waived[0].waiver.ticket).to.equal("DATA-7");
        expect(parsed.undetermined[0].messages).to.deep.equal(["storageEncrypted"]);
    });

    it("is JUnit in which only what stops a deploy has failed", () => {
        const xml = junitReport(report);
        expect(xml).to.contain('<testsuite name="rds-storage-encrypted" tests="3" failures="1" errors="0" skipped="1">');
        expect(xml.match(/<failure /g)).to.have.length(1);
        expect(xml).to.contain('<skipped message="waived until 2027-01-31 by data@example.com"/>');
    });

    it("is SARIF with failures only, places, and suppressions for what is waived", () => {
        const run = JSON.parse(sarifReport(report)).runs[0];
        expect(run.results.map((result: { ruleId: string; level: string }) => [result.ruleId, result.level])).to.deep.equal([
            ["rds-not-public", "error"],
            ["rds-storage-encrypted", "error"],
        ]);
        for (const result of run.results) {
            expect(run.tool.driver.rules[result.ruleIndex].id).to.equal(result.ruleId);
            expect(result.locations[0].physicalLocation.region.startLine).to.be.greaterThan(0);
            expect(result.partialFingerprints["ruleAndResource/v1"]).to.match(/^[0-9a-f]{32}$/);
        }
        expect(run.results[0].suppressions[0].justification).to.contain("DATA-7");
    });

    it("has the same fingerprints when the words or the order change", () => {
        const other = reportOn(state(database("later", {}), database("shop", { storageEncrypted: undefined })));
        expect(violationsOf(other)[0]?.fingerprint).to.equal(violationsOf(report)[0]?.fingerprint);
    });

    it("gives an auditor what was judged, with what result", () => {
        const control = evidenceOf(report).find((evidence) => evidence.framework === "fsbp" && evidence.control === "RDS.3");
        expect(control).to.include({ passed: 1, failed: 1, waived: 0, undetermined: 1 });
        expect(JSON.parse(evidenceReport(report)).controls).not.to.be.empty;
    });

    it("with a baseline stops only for what is new", () => {
        const before = reportOn(state(database("shop", { storageEncrypted: false })));
        const now = ratchet(
            reportOn(state(database("shop", { storageEncrypted: false }), database("fresh", { storageEncrypted: false }))),
            before,
        );
        expect(blockersOf(now).map((entry) => entry.name)).to.deep.equal(["fresh"]);
        expect(verdictLine(now)).to.contain("1 known from the baseline");
        expect(JSON.parse(sarifReport(now)).runs[0].results.map((result: { baselineState: string }) => result.baselineState)).to.deep.equal(
            ["new", "unchanged"],
        );
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
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config:\n  shop:network:\n    zones: 2\n  shop:loadBalancer:\n    domain: x\n");
    writeFileSync(join(folder, "index.ts"), 'const name = "data";\nconst bucket = new aws.s3.Bucket(\n    "data",\n);\n');
    const locate = createLocator(folder, folder, "prod");
    const at = (found: string, type: string, name: string) =>
        locate({ resource: { urn: found, name, token: type } } as unknown as Parameters<typeof locate>[0]);

    it("is the key of the stack file that its component reads", () => {
        const listener = "urn:pulumi:prod::shop::terrace:load-balancer:LoadBalancer$aws:lb/listener:Listener::web";
        expect(at(listener, "aws:lb/listener:Listener", "web")).to.deep.equal({ file: "Pulumi.prod.yaml", line: 4 });
    });

    it("is the line of a program that makes it, never one that only has the word", () => {
        expect(at(urn("aws:s3/bucket:Bucket", "data"), "aws:s3/bucket:Bucket", "data")).to.deep.equal({ file: "index.ts", line: 3 });
        expect(at(urn("aws:sqs/queue:Queue", "data"), "aws:sqs/queue:Queue", "data")).to.equal(undefined);
    });
});
