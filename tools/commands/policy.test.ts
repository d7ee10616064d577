import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { projectRoot } from "../setup/cache-folder.mjs";

const folder = mkdtempSync(join(tmpdir(), "policy-command-"));
const write = (file: string, content: unknown): string => {
    const path = join(folder, file);
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
};

function policy(...args: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(projectRoot, "tools", "cli.ts"), "policy", ...args], {
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "1" },
    });
    return { status, stdout, stderr };
}

const urn = (type: string, name: string) => `urn:pulumi:prod::shop::${type}::${name}`;
const database = (name: string, isPublic: boolean) => ({
    urn: urn("aws:rds/instance:Instance", name),
    type: "aws:rds/instance:Instance",
    inputs: { engine: "oracle-ee", publiclyAccessible: isPublic },
});
const state = (file: string, ...resources: readonly object[]) =>
    write(file, {
        version: 3,
        deployment: { resources: [{ urn: urn("pulumi:pulumi:Stack", "shop-prod"), type: "pulumi:pulumi:Stack" }, ...resources] },
    });

/** Everything off but one rule, so that the rules to come do not change what is expected here. */
const onlyOne = write("only-one.json", {
    terrace: {
        profile: "development",
        rules: {
            ...Object.fromEntries(
                JSON.parse(policy("list", "--profile", "development", "--json").stdout).map((rule: { id: string }) => [
                    rule.id,
                    "disabled",
                ]),
            ),
            "rds-not-public": "mandatory",
            "policy-waiver-valid": "mandatory",
        },
    },
});
const wide = state("wide.json", database("crm", true), database("shop", false));
const closed = state("closed.json", database("crm", false));
const waiver = (changes: object) =>
    write(
        "waivers.json",
        JSON.stringify([
            {
                rule: "rds-not-public",
                resource: "rds/instance::crm",
                stacks: ["prod"],
                reason: "the partner's tunnel is not up yet",
                owner: "data@example.com",
                ticket: "DATA-3",
                expires: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
                ...changes,
            },
        ]),
    );
const check = (file: string, ...args: readonly string[]) => policy("check", "--state", file, "--config", onlyOne, ...args);

describe("terrace policy check", function () {
    this.timeout(120_000);
    after(() => rmSync(folder, { recursive: true }));

    it("ends with 5 when something stops the deploy, with 0 when nothing does", () => {
        const refused = check(wide);
        expect(refused.status).to.equal(5);
        expect(refused.stdout).to.equal(`Stops the deploy

  No database has a public address
    critical · rds-not-public · FSBP RDS.2 · CIS 5.0 2.2.3
    rds/instance crm
      publiclyAccessible  expected false or nothing, got true
    Why: A database on the internet is one password away from everybody.
    Fix: Leave \`publiclyAccessible\` out, and reach it with Session Manager's port forwarding.
    https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-2

2 resources of prod against 2 rules (development): 1 violation stops it
`);
        expect(check(closed)).to.deep.equal({
            status: 0,
            stdout: "1 resource of prod against 2 rules (development): nothing to say\n",
            stderr: "",
        });
    });

    it("prints one format and writes others", () => {
        const [sarif, junit, evidence] = ["policy.sarif", "policy.xml", "evidence.json"].map((file) => join(folder, file)) as [
            string,
            string,
            string,
        ];
        const { status, stdout } = check(
            wide,
            ...["--json", "--report", `sarif=${sarif}`, "--report", `junit=${junit}`, "--report", `evidence=${evidence}`],
        );
        expect(status).to.equal(5);
        expect(JSON.parse(stdout)).to.include({ stack: "prod", blocked: true });
        expect(JSON.parse(readFileSync(sarif, "utf8")).runs[0].results).to.have.length(1);
        expect(readFileSync(junit, "utf8")).to.contain('<testsuites name="policy prod" tests="3" failures="1">');
        expect(JSON.parse(readFileSync(evidence, "utf8")).controls.map((each: { control: string }) => each.control)).to.include("RDS.2");
    });

    it("stops with a baseline only for what is new", () => {
        expect(check(wide, "--baseline", wide)).to.include({
            status: 0,
            stdout: "2 resources of prod against 2 rules (development): 1 known from the baseline\n",
        });
        expect(check(wide, "--baseline", closed).status).to.equal(5);
    });

    it("lets a waived violation pass and prints it", () => {
        const { status, stdout } = check(wide, "--waivers", waiver({}));
        expect(status).to.equal(0);
        expect(stdout).to.match(
            /^Waived\n {2}rds-not-public on rds\/instance crm: until \S+ by data@example.com \(DATA-3\), the partner's tunnel is not up yet\n/,
        );
    });

    it("stops for a waiver that nothing needs any more", () => {
        const { status, stdout } = check(closed, "--waivers", waiver({}));
        expect(status).to.equal(5);
        expect(stdout).to.contain("waivers[0]  nothing in prod violates rds-not-public on rds/instance::crm any more: delete the waiver");
    });

    it("judges nothing by waivers or a configuration that are wrong, and says all that is", () => {
        const file = waiver({ expires: "2020-01-01", resource: "**" });
        expect(check(wide, "--waivers", file)).to.deep.equal({
            status: 1,
            stdout: "",
            stderr: `
${file} cannot be used:

  waivers[0].resource  is too broad: expected a type and a name such as "ec2/instance::bastion-*", got "**"
  waivers[0].expires   has run out on 2020-01-01: mend the resource, or have data@example.com renew the waiver

`,
        });
        const config = write("bad.json", { terrace: { rules: { "rds-not-publik": "advisory" } } });
        expect(policy("check", "--state", wide, "--config", config))
            .to.include({ status: 1 })
            .and.property("stderr")
            .to.equal(`
The policy pack's configuration cannot be used:

  terrace.rules.rds-not-publik  unknown key; the nearest known one is "rds-not-public"

`);
    });

    it("says which file is of no use", () => {
        const other = write("other.json", "{}");
        expect(policy("check", "--state", other).stderr.trim()).to.equal(
            `${other}: expected the output of \`pulumi stack export\`, got a file without deployment.resources`,
        );
        expect(policy("check", "--preview", join(folder, "none.json")).stderr.trim()).to.equal(`${join(folder, "none.json")} is not there`);
        expect(policy("check", "--state", write("text.json", "no")).stderr).to.contain("text.json is not JSON: ");
    });
});

describe("terrace policy explain and list", function () {
    this.timeout(120_000);

    it("explain a rule in full, and ask back for a misspelt one", () => {
        const { stdout } = policy("explain", "rds-not-public");
        expect(stdout).to.contain("\nFix:       Leave `publiclyAccessible` out, and reach it with Session Manager's port forwarding.\n");
        expect(stdout).to.contain("\nLevels:    development mandatory, production mandatory, regulated mandatory\n");
        expect(policy("explain", "rds-not-publik")).to.deep.equal({
            status: 1,
            stdout: "",
            stderr: '\nno rule is called "rds-not-publik"; the nearest is "rds-not-public"\n\n',
        });
    });

    it("list what a profile holds to", () => {
        const ids = (profile: string) =>
            JSON.parse(policy("list", "--profile", profile, "--json").stdout).map((rule: { id: string; level: string }) => rule.id);
        expect(ids("development")).to.include("rds-not-public").and.not.to.include("rds-multi-az");
        expect(ids("production")).to.include("rds-multi-az");
    });
});
