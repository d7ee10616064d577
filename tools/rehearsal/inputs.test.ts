import { expect } from "chai";
import { Account } from "./account.fixture.ts";
import { againstForm, nearest } from "./inputs.ts";
import { secret, UNKNOWN } from "./values.ts";

describe("rehearsal: inputs", () => {
    let account: Account;
    beforeEach(() => {
        account = new Account();
    });
    afterEach(() => account.remove());

    const cases: readonly [title: string, type: string, props: Parameters<Account["check"]>[2], words: string][] = [
        [
            "an unknown property is refused with the nearest known one",
            "ec2/vpc",
            { cidrBlok: "10.0.0.0/16" },
            "cidrBlok: unknown property; the nearest known one is cidrBlock",
        ],
        ["a missing required property is refused", "ec2/subnet", { cidrBlock: "10.0.0.0/24" }, "vpcId: required, and not given"],
        [
            "text where a number belongs is refused",
            "rds/instance",
            { instanceClass: "db.t4g.micro", allocatedStorage: "20" },
            'allocatedStorage: expected a number, got string "20"',
        ],
        ["a number where text belongs is refused", "lb/targetGroup", { name: 5 }, "name: expected a string, got number 5"],
        [
            "one value where a list belongs is refused",
            "rds/subnetGroup",
            { subnetIds: "subnet-1" },
            'subnetIds: expected a list, got string "subnet-1"',
        ],
        [
            "an unknown property deep inside is named by its path",
            "wafv2/webAcl",
            {
                scope: "REGIONAL",
                defaultAction: { alow: {} },
                visibilityConfig: { cloudwatchMetricsEnabled: true, metricName: "m", sampledRequestsEnabled: true },
            },
            "defaultAction.alow: unknown property; the nearest known one is allow",
        ],
        [
            "a value outside a closed set is refused with the set",
            "s3/bucketObjectv2",
            { bucket: "b", key: "k", storageClass: "COLD" },
            'storageClass: expected one of "STANDARD", "REDUCED_REDUNDANCY", "GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "OUTPOSTS", "GLACIER_IR", "SNOW", "EXPRESS_ONEZONE", got string "COLD"',
        ],
        [
            "a number outside its range is refused",
            "rds/instance",
            { instanceClass: "db.t4g.micro", backupRetentionPeriod: 40 },
            "backupRetentionPeriod: expected a number from 0 to 35, got number 40",
        ],
        [
            "what is not an ARN is refused where one belongs",
            "rds/instance",
            { instanceClass: "db.t4g.micro", kmsKeyId: "alias/mine" },
            'kmsKeyId: expected an ARN (arn:aws:…), got string "alias/mine"',
        ],
        [
            "a region that does not exist is refused with the nearest one",
            "ec2/vpc",
            { cidrBlock: "10.0.0.0/16", region: "eu-wst-1" },
            "region: invalid AWS Region: eu-wst-1; the nearest known one is eu-west-1",
        ],
        [
            "a name with a character that AWS does not take is refused",
            "iam/role",
            { name: "a role", assumeRolePolicy: "{}" },
            'name: may hold letters, digits and + = , . @ _ -, got "a role"',
        ],
        [
            "a bucket name in capitals is refused",
            "s3/bucket",
            { bucket: "Assets" },
            'bucket: may hold lower-case letters, digits, dots and hyphens, a letter or digit at both ends, got "Assets"',
        ],
        [
            "a load balancer's name of 33 characters is refused",
            "lb/loadBalancer",
            { name: "a".repeat(33), subnets: [] },
            `name: must be at most 32 characters, got "${"a".repeat(33)}" (33)`,
        ],
    ];
    for (const [title, type, props, words] of cases)
        it(title, async () => {
            expect(await account.refusal(() => account.check(type, "x", props))).to.contain(words);
        });

    it("every problem is said at once", async () => {
        const said = await account.refusal(() => account.check("ec2/subnet", "x", { cidr: "10.0.0.0/24", mapPublicIpOnLaunch: "yes" }));
        expect(said.split("\n")).to.have.length(3);
    });

    it("unknown and secret parts are skipped and kept as they are", () => {
        const inputs = account.check("rds/instance", "db", {
            instanceClass: UNKNOWN,
            engine: "postgres",
            username: "app",
            allocatedStorage: 20,
            password: secret("correct-horse"),
        });
        expect(inputs.instanceClass).to.equal(UNKNOWN);
        expect(inputs.password).to.deep.equal(secret("correct-horse"));
    });

    it("a resource type that @pulumi/aws does not declare is an error", async () => {
        expect(await account.refusal(() => account.check("ec2/nonsense", "x", {}))).to.equal(
            "unknown resource type aws:ec2/nonsense:Nonsense: the installed @pulumi/aws does not declare it.",
        );
    });

    it("a name that Pulumi gives is the logical name, a hyphen and seven hexadecimal digits, and stays", () => {
        const first = account.check("sns/topic", "alarms", {});
        expect(first.name).to.match(/^alarms-[0-9a-f]{7}$/);
        expect(account.check("sns/topic", "alarms", {}, first).name).to.equal(first.name);
    });

    it("a name that would not fit with its suffix is refused before anything is made", async () => {
        const logical = "a-balancer-with-a-long-name";
        expect(await account.refusal(() => account.check("lb/loadBalancer", logical, { subnets: [] }))).to.contain(
            `name '${logical}-' plus 7 random chars is longer than maximum length 32`,
        );
    });

    it("the provider's default tags reach tags and tagsAll, and the resource's own win", () => {
        const tagged = new Account([], { region: "eu-west-1", defaultTags: '{"tags":{"owner":"platform","stage":"dev"}}' });
        const inputs = tagged.check("sqs/queue", "jobs", { tags: { stage: "prod" } });
        expect(inputs.tagsAll).to.deep.equal({ owner: "platform", stage: "prod" });
        expect(inputs.tags).to.deep.equal(inputs.tagsAll);
        tagged.remove();
    });

    it("a provider that does not allow the rehearsal account is refused in the words of the AWS provider", async () => {
        account.provider.configure({ region: "eu-west-1", allowedAccountIds: '["111122223333"]' });
        const said = await account.refusal(() =>
            account.provider.configure({ region: "eu-west-1", allowedAccountIds: '["999999999999"]' }),
        );
        expect(said).to.match(/^AWS account ID not allowed: 111122223333\./);
    });

    it("an unknown argument of the provider is refused", () => {
        expect(account.provider.checkConfiguration({ regoin: "eu-west-1" })).to.deep.equal([
            { property: "regoin", reason: "unknown property; the nearest known one is region" },
        ]);
    });

    it("forms say what they accept", () => {
        expect(againstForm("cidr", "10.0.0.0/16")).to.equal(undefined);
        expect(againstForm("cidr", "10.0.0.0")).to.equal('expected an address block such as 10.0.0.0/16, got string "10.0.0.0"');
        expect(againstForm("1..", 0)).to.equal("expected a number of at least 1, got number 0");
        expect(againstForm("one of 7 731", 731)).to.equal(undefined);
        expect(nearest("vpc", ["subnet"])).to.equal(undefined);
    });
});
