import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Environment } from "../../conventions/environment.ts";
import { type KeyDomain, type KeyStatement, keyDomains, keyPolicy } from "./key-policy.ts";
import { KeysSettings } from "./settings.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
};
const sound = { deletionWindowDays: 30 };

function refusals(settings: unknown): string[] {
    const parsed = KeysSettings.safeParse(settings);
    return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

function statement(domain: KeyDomain, sid: string): KeyStatement {
    const found = keyPolicy(environment, [domain], []).find((each) => each.Sid === sid);
    expect(found, `${domain} has no statement ${sid}`).not.equal(undefined);
    return found as KeyStatement;
}

describe("settings of the keys", () => {
    it("take a deletion window alone", () => {
        expect(KeysSettings.parse(sound)).deep.equal({ deletionWindowDays: 30, multiRegion: false, shared: false, administrators: [] });
    });

    it("refuse an administrator that a key policy cannot match", () => {
        expect(refusals({ ...sound, administrators: ["arn:aws:iam::123456789012:role/*"] })).deep.equal([
            'administrators.0: expected the ARN of an IAM role or user that exists, such as arn:aws:iam::123456789012:role/security, got "arn:aws:iam::123456789012:role/*"',
        ]);
    });

    it("refuse the same administrator twice", () => {
        const role = "arn:aws:iam::123456789012:role/security";
        expect(refusals({ ...sound, administrators: [role, role] })).deep.equal(["administrators: names the same principal twice"]);
    });

    for (const [key, value] of [
        ["deletionWindowDays", 6],
        ["deletionWindowDays", 31],
        ["rotationDays", 89],
        ["rotationDays", 2561],
    ] as const) {
        it(`refuse ${key} of ${value}, as AWS would at the call`, () => {
            expect(refusals({ ...sound, [key]: value })).to.have.lengthOf(1);
        });
    }
});

describe("a key policy", () => {
    it("lets the account's own IAM manage every key, or nobody could", () => {
        for (const domain of keyDomains) {
            expect(keyPolicy(environment, [domain], [])[0]).deep.include({
                Principal: { AWS: "arn:aws:iam::123456789012:root" },
                Action: "kms:*",
            });
        }
    });

    it("opens no key to a service without binding it to this account", () => {
        for (const domain of keyDomains) {
            for (const each of keyPolicy(environment, [domain], []).slice(1)) {
                expect(JSON.stringify(each.Condition), `${domain} ${each.Sid}`).to.include(environment.accountId);
            }
        }
    });

    it("lets administrators change a key and not read with it", () => {
        const [, administer] = keyPolicy(environment, ["database"], ["arn:aws:iam::123456789012:role/security"]);
        expect(administer?.Action).to.include("kms:PutKeyPolicy");
        expect(administer?.Action).to.not.include("kms:Decrypt");
    });

    it("lists administrators in one order, so that reordering the settings changes nothing", () => {
        const roles = ["arn:aws:iam::123456789012:role/b", "arn:aws:iam::123456789012:role/a"];
        expect(keyPolicy(environment, ["logs"], roles)).deep.equal(keyPolicy(environment, ["logs"], [...roles].reverse()));
    });

    it("names the regional logs service, and us-east-1's for the edge", () => {
        expect(statement("logs", "LogGroups").Principal).deep.equal({ Service: "logs.eu-west-1.amazonaws.com" });
        expect(statement("edgeLogs", "LogGroups").Principal).deep.equal({ Service: "logs.us-east-1.amazonaws.com" });
    });

    it("lets alarms, budgets, cost alerts, backups and RDS publish to encrypted topics", () => {
        expect(statement("notifications", "Publish").Principal.Service).to.include.members([
            "cloudwatch.amazonaws.com",
            "budgets.amazonaws.com",
            "costalerts.amazonaws.com",
            "backup.amazonaws.com",
            "events.rds.amazonaws.com",
        ]);
    });

    it("names the role of Auto Scaling in a condition only: a fresh account does not have it yet", () => {
        const grants = statement("volumes", "AutoScalingGrants");
        expect(JSON.stringify(grants.Principal)).to.not.include("AWSServiceRoleForAutoScaling");
        expect(grants.Condition).deep.equal({
            StringEquals: { "kms:CallerAccount": "123456789012" },
            ArnEquals: {
                "aws:PrincipalArn":
                    "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
            },
            Bool: { "kms:GrantIsForAWSResource": "true" },
        });
    });

    it("names each statement once where one key serves every domain of a region", () => {
        const home = keyDomains.filter((domain) => domain !== "edgeLogs");
        const ids = keyPolicy(environment, home, ["arn:aws:iam::123456789012:role/security"]).map(({ Sid }) => Sid);
        expect(ids).deep.equal([...new Set(ids)]);
        expect(ids).to.include.members(["LogGroups", "Distributions", "AutoScaling", "Publish"]);
    });

    it("stays far below the 32 KB that AWS takes", () => {
        const administrators = Array.from({ length: 20 }, (_, index) => `arn:aws:iam::123456789012:role/${"r".repeat(60)}${index}`);
        for (const domain of keyDomains) {
            expect(JSON.stringify(keyPolicy(environment, [domain], administrators)).length).to.be.below(16_000);
        }
    });
});

describe("keys", () => {
    const created: pulumi.runtime.MockResourceArgs[] = [];
    const of = (type: string) => created.filter((each) => each.type === type);

    async function build(domains: readonly KeyDomain[], settings = {}, expendable = false) {
        created.length = 0;
        await pulumi.runtime.setMocks({
            call: () => ({}),
            newResource: (resource) => {
                created.push(resource);
                return { id: `${resource.name}-id`, state: { ...resource.inputs, arn: `arn:${resource.name}`, keyId: resource.name } };
            },
        });
        const aws = await import("@pulumi/aws");
        const { Keys } = await import("./keys.ts");
        const provider = new aws.Provider("explicit", { region: "eu-west-1" });
        const args = { ...KeysSettings.parse({ ...sound, ...settings }), environment: { ...environment, expendable }, domains };
        const keys = new Keys("keys", args, { provider });
        await pulumi.runtime.disconnect();
        return keys;
    }

    it("make one rotated key and one alias a domain, and nothing else", async () => {
        await build(keyDomains);
        expect(of("aws:kms/key:Key").map((key) => key.name)).to.have.members(
            keyDomains.map((domain) => `keys-${domain === "edgeLogs" ? "edge-logs" : domain}`),
        );
        expect(of("aws:kms/key:Key").every((key) => key.inputs.enableKeyRotation === true)).equal(true);
        expect(of("aws:kms/alias:Alias").map((alias) => alias.inputs.name)).to.include("alias/shop-prod-database");
        expect(created.filter((each) => each.type.startsWith("aws:"))).to.have.lengthOf(2 * keyDomains.length);
    });

    it("leave the time between rotations to AWS unless the settings say it", async () => {
        await build(["logs"]);
        expect(of("aws:kms/key:Key")[0]?.inputs).to.not.have.property("rotationPeriodInDays");
        await build(["logs"], { rotationDays: 180 });
        expect(of("aws:kms/key:Key")[0]?.inputs.rotationPeriodInDays).equal(180);
    });

    it("carry the explicit provider and the component's name", async () => {
        await build(["logs", "edgeLogs"]);
        for (const each of created.filter((one) => one.type.startsWith("aws:"))) {
            expect(each.provider, each.name).to.include("::explicit");
            expect(each.name).to.match(/^keys-/);
        }
    });

    it("set a region only on the key of the edge", async () => {
        await build(["logs", "edgeLogs"]);
        expect(
            created.filter((each) => each.inputs.region === "us-east-1" && each.type.startsWith("aws:")).map((each) => each.name),
        ).deep.equal(["keys-edge-logs", "keys-edge-logs-alias"]);
    });

    it("become multi-Region only where data is copied to another region", async () => {
        await build(keyDomains, { multiRegion: true });
        const travelling = of("aws:kms/key:Key").filter((key) => key.inputs.multiRegion === true);
        expect(travelling.map((key) => key.name)).to.have.members([
            "keys-database",
            "keys-storage",
            "keys-volumes",
            "keys-secrets",
            "keys-backup",
        ]);
    });

    it("are one key when shared, and a second where the region is another", async () => {
        await build(keyDomains, { shared: true, multiRegion: true });
        expect(of("aws:kms/key:Key").map(({ name, inputs }) => [name, inputs.description, inputs.multiRegion, inputs.region])).deep.equal([
            ["keys-shared", "shop-prod: All that is encrypted", true, undefined],
            ["keys-edge-logs", "shop-prod: Log groups and alarm topics of the edge", false, "us-east-1"],
        ]);
        expect(of("aws:kms/alias:Alias")[0]?.inputs.name).equal("alias/shop-prod-shared");
        const keys = await build(["logs", "database"], { shared: true });
        expect(keys.arn("logs")).equal(keys.arn("database"));
    });

    it("throw when asked for a domain that was not made", async () => {
        const keys = await build(["logs"]);
        expect(() => keys.arn("database")).to.throw("keys has no key for database: name the domain in args.domains");
    });
});
