import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { unknown } from "./core/values.ts";
import { createJudge, Pack } from "./pulumi.ts";
import { rules } from "./rules/index.ts";
import { testDay } from "./testing.ts";

const require = createRequire(import.meta.url);
const server = require("@pulumi/policy/server") as Record<"makeAnalyzeRpcFun" | "makeAnalyzeStackRpcFun" | "makeRemediateRpcFun", Make>;
const messages = require("@pulumi/pulumi/proto/analyzer_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");

type Make = (
    name: string,
    version: string,
    level: string,
    policies: unknown,
) => (call: { request: unknown }, done: (error: unknown, response: Response) => void) => Promise<void>;
interface Response {
    getDiagnosticsList(): readonly { getPolicyname(): string; getMessage(): string; getEnforcementlevel(): number; getUrn(): string }[];
}
interface Given {
    readonly type: string;
    readonly name: string;
    readonly props: object;
    readonly links?: Readonly<Record<string, readonly string[]>>;
}

const urn = (type: string, name: string) => `urn:pulumi:prod::shop::${type}::${name}`;

function request(
    kind: string,
    given: Given,
): Record<string, (value: unknown) => void> & { getPropertydependenciesMap(): Map<string, unknown> } {
    const made = new messages[kind]();
    made.setType(given.type);
    made.setName(given.name);
    made.setUrn(urn(given.type, given.name));
    made.setProperties(Struct.fromJavaScript(given.props));
    made.setOptions(new messages.AnalyzerResourceOptions());
    return made;
}

/** What the SDK's own handlers answer, as the engine would get it. */
async function analyze(pack: Pack, given: Given) {
    return await ask(server.makeAnalyzeRpcFun("terrace", "1.0.0", "advisory", pack.policies), request("AnalyzeRequest", given));
}

async function analyzeStack(pack: Pack, resources: readonly Given[]) {
    const made = new messages.AnalyzeStackRequest();
    made.setResourcesList(
        resources.map((given) => {
            const resource = request("AnalyzerResource", given);
            for (const [property, urns] of Object.entries(given.links ?? {})) {
                const dependencies = new messages.AnalyzerPropertyDependencies();
                dependencies.setUrnsList(urns);
                resource.getPropertydependenciesMap().set(property, dependencies);
            }
            return resource;
        }),
    );
    return await ask(server.makeAnalyzeStackRpcFun("terrace", "1.0.0", "advisory", pack.policies), made);
}

function ask(
    handler: ReturnType<Make>,
    made: unknown,
): Promise<readonly { readonly rule: string; readonly message: string; readonly stops: boolean; readonly urn: string }[]> {
    return new Promise((resolve, reject) => {
        void handler({ request: made }, (error, response) =>
            error
                ? reject(error)
                : resolve(
                      response.getDiagnosticsList().map((found) => ({
                          rule: found.getPolicyname(),
                          message: found.getMessage(),
                          stops: found.getEnforcementlevel() === 1,
                          urn: found.getUrn(),
                      })),
                  ),
        );
    });
}

/** The inputs as the engine would go on with them, or undefined where they stay. */
async function remediate(pack: Pack, given: Given): Promise<unknown> {
    const policies = pack.policies.map((policy) => ({ ...policy, enforcementLevel: "remediate" }));
    const handler = server.makeRemediateRpcFun("terrace", "1.0.0", "advisory", policies);
    const answer = await new Promise<Remediation | undefined>((resolve, reject) => {
        void handler({ request: request("AnalyzeRequest", given) }, (error, response) =>
            error ? reject(error) : resolve((response as unknown as RemediateResponse).getRemediationsList()[0]),
        );
    });
    return answer?.getProperties()?.toJavaScript();
}

interface Remediation {
    getProperties(): { toJavaScript(): object } | undefined;
}
interface RemediateResponse {
    getRemediationsList(): readonly Remediation[];
}

function secret(value: string): object {
    return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

function pack(configuration: Readonly<Record<string, unknown>> = {}): Pack {
    const made = new Pack(rules, testDay);
    made.configure(configuration);
    return made;
}

const folder = mkdtempSync(join(tmpdir(), "policy-pack-"));
after(() => rmSync(folder, { recursive: true }));

/** A configuration with one waiver in a file of its own. */
function waived(rule: string, resource: string) {
    const file = join(folder, `${rule}.json`);
    const signed = { reason: "the tunnel is not up yet", owner: "network@example.com", ticket: "NET-1", expires: "2027-01-31" };
    writeFileSync(file, JSON.stringify([{ rule, resource, stacks: ["prod"], ...signed }]));
    return { terrace: { waivers: file } };
}

const group = {
    type: "aws:ec2/securityGroup:SecurityGroup",
    name: "web",
    props: { description: "web", ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"], description: "x" }] },
};
const bucket = { type: "aws:s3/bucket:Bucket", name: "data", props: {} };
const block = (value: boolean) => ({
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    name: "data",
    props: { bucket: unknown, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: value },
    links: { bucket: [urn(bucket.type, bucket.name)] },
});

describe("the pack behind the SDK's own handlers", () => {
    it("reports a violation under the rule's name, with what to type", async () => {
        const found = (await analyze(pack(), group)).find((each) => each.rule === "sg-no-public-ssh");
        expect(found?.stops).to.equal(true);
        expect(found?.message).to.equal(
            [
                "No security group opens SSH to the internet (FSBP EC2.13 · CIS 5.0 5.3, 5.4)",
                "    ingress[0].cidrBlocks  expected no way from the internet to port 22 (SSH), got 0.0.0.0/0 on tcp 22",
                "    Fix: Take the rule away and open sessions with Session Manager; for a fixed office, give its own block (203.0.113.7/32).",
            ].join("\n"),
        );
    });

    it("takes the level from the configuration", async () => {
        const soft = await analyze(pack({ "sg-no-public-ssh": "advisory" }), group);
        expect(soft.find((each) => each.rule === "sg-no-public-ssh")?.stops).to.equal(false);
        const off = await analyze(pack({ terrace: { rules: { "sg-no-public-ssh": "disabled" } } }), group);
        expect(off.map((each) => each.rule)).not.to.include("sg-no-public-ssh");
    });

    it("judges a relation in a first preview, while the bucket's id is not known", async () => {
        const bad = await analyzeStack(pack(), [bucket, block(false)]);
        expect(bad.find((each) => each.rule === "s3-public-access-block")).to.include({ stops: true, urn: urn(bucket.type, bucket.name) });
        const good = await analyzeStack(pack(), [bucket, block(true)]);
        expect(good.map((each) => each.rule)).not.to.include("s3-public-access-block");
    });

    it("judges relations on what the program wrote, not on what AWS filled in", async () => {
        const made = pack();
        const written = { ...group, props: { description: "web" } };
        const rule = {
            type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            name: "web",
            props: {},
            links: { securityGroupId: [urn(group.type, group.name)] },
        };
        await analyze(made, written);
        // What comes back at the end holds the stand-alone rule inside the group.
        expect((await analyzeStack(made, [group, rule])).map((each) => each.rule)).not.to.include("sg-no-mixed-rule-styles");
    });

    it("says once what it could not judge yet, as advice, on the stack", async () => {
        const made = pack();
        await analyze(made, { ...group, props: { description: "web", ingress: unknown } });
        const [found, ...more] = (await analyzeStack(made, [])).filter((each) => each.rule === "terrace");
        expect(more).to.deep.equal([]);
        expect(found?.stops).to.equal(false);
        expect(found?.message)
            .to.match(/^\d+ rules wait for values that only the deploy will tell/)
            .and.to.contain("sg-no-public-ssh  web (ingress)");
        expect((await analyzeStack(made, [])).filter((each) => each.rule === "terrace")).to.deep.equal([]);
    });

    it("mends only what is asked for, and keeps the rest of the inputs as it was", async () => {
        const untagged = { "required-tags": "disabled" };
        const [, mender] = pack().policies;
        expect(mender).to.include({ name: "terrace-remediation", enforcementLevel: "disabled" });
        const door = {
            type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            name: "office",
            props: {
                securityGroupId: unknown,
                ipProtocol: "tcp",
                fromPort: 443,
                toPort: 443,
                cidrIpv4: secret("203.0.113.7/32"),
                tags: { team: "web" },
            },
        };
        expect(await remediate(pack(untagged), door)).to.deep.equal({ ...door.props, description: "office" });
        expect(await remediate(pack(untagged), { ...door, props: { ...door.props, description: "the office" } })).to.equal(undefined);
    });

    it("mends nothing that is waived or switched off", async () => {
        const key = { type: "aws:kms/key:Key", name: "data", props: { description: "data", tags: { environment: "prod" } } };
        expect(await remediate(pack(), key)).to.deep.equal({ ...key.props, enableKeyRotation: true });
        expect(await remediate(pack({ "kms-key-rotation": "disabled" }), key)).to.equal(undefined);
        expect(await remediate(pack(waived("kms-key-rotation", "kms/key::data")), key)).to.equal(undefined);
    });

    it("reports a waived violation as advice with who signed for it, and a waiver that nothing needs as a violation", async () => {
        const made = pack(waived("sg-no-public-ssh", "ec2/securityGroup::web"));
        const found = (await analyze(made, group)).find((each) => each.rule === "sg-no-public-ssh");
        expect(found?.stops).to.equal(false);
        expect(found?.message).to.contain("\n    Waived until 2027-01-31 by network@example.com: the tunnel is not up yet");
        expect((await analyzeStack(made, [group])).map((each) => each.rule)).not.to.include("policy-waiver-valid");

        made.configure(waived("sg-no-public-ssh", "ec2/securityGroup::web"));
        const unused = (await analyzeStack(made, [bucket])).find((each) => each.rule === "policy-waiver-valid");
        expect(unused?.stops).to.equal(true);
        expect(unused?.message).to.contain(
            "waivers[0]  nothing in prod violates sg-no-public-ssh on ec2/securityGroup::web any more: delete the waiver",
        );
    });

    it("says when its tables of dates are past their horizon, as advice", async () => {
        const made = new Pack([], "2027-12-31");
        made.configure({});
        const [found, ...more] = await analyzeStack(made, []);
        expect(more).to.deep.equal([]);
        expect(found).to.include({ rule: "terrace", stops: false });
        expect(found?.message).to.match(/^The pack's table of versions and end dates was read 405 days ago/);
    });

    it("refuses a bad configuration with all that is wrong", () => {
        expect(() => createJudge(rules, { "rds-multi-as": "advisory" }, testDay)).to.throw(
            'rds-multi-as  unknown key; the nearest known one is "rds-multi-az"',
        );
        expect(() => createJudge(rules, { terrace: { waivers: "/nowhere.yaml" } }, testDay)).to.throw("/nowhere.yaml cannot be used");
    });
});

describe("a start of the pack", () => {
    it("brings in neither @pulumi/aws nor anything that only tests and reports need", () => {
        const script = `
            import { createRequire } from "node:module";
            await import(${JSON.stringify(new URL("pulumi.ts", import.meta.url).href)});
            await import(${JSON.stringify(new URL("rules/index.ts", import.meta.url).href)});
            console.log(JSON.stringify(Object.keys(createRequire(${JSON.stringify(import.meta.url)}).cache)));`;
        const loaded: readonly string[] = JSON.parse(
            execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" }),
        );
        const packages = new Set(loaded.map((file) => /.*node_modules.((?:@[^\\/]+.)?[^\\/]+)/.exec(file)?.[1]?.replace("\\", "/")));
        expect([...packages].sort()).to.deep.equal(["ip-address"]);
    });
});
