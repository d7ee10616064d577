import { expect } from "chai";
import { Account, network } from "../account.fixture.ts";
import type { Json, Props } from "../values.ts";

describe("rehearsal: data sources", () => {
    let account: Account;
    const ask = (name: string, args: { readonly [key: string]: Json } = {}): Props => {
        const [module = "", base = ""] = name.split("/");
        return account.provider.invoke(account.target("ec2/vpc", "x").configuration, `aws:${module}/${base}:${base}`, args);
    };
    beforeEach(() => {
        account = new Account();
    });
    afterEach(() => account.remove());

    it("zones are those of the region", () => {
        expect(ask("index/getAvailabilityZones").names).to.deep.equal(["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
        expect(ask("index/getAvailabilityZones", { region: "us-west-1" }).names).to.deep.equal(["us-west-1a", "us-west-1c"]);
        expect(ask("index/getAvailabilityZones", { filters: [{ name: "zone-type", values: ["local-zone"] }] }).names).to.deep.equal([]);
    });

    it("the caller, the region and the default tags are those of the provider", () => {
        expect(ask("index/getCallerIdentity").accountId).to.equal("111122223333");
        expect(ask("index/getRegion")).to.include({ region: "eu-west-1", description: "Europe (Ireland)" });
        expect(ask("index/getPartition").partition).to.equal("aws");
    });

    it("a policy document is rendered as the provider renders it", () => {
        const { json } = ask("iam/getPolicyDocument", {
            statements: [
                {
                    sid: "Read",
                    actions: ["s3:GetObject", "s3:ListBucket"],
                    resources: ["*"],
                    principals: [{ type: "Service", identifiers: ["ec2.amazonaws.com"] }],
                    conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: ["111122223333"] }],
                },
            ],
        });
        expect(JSON.parse(String(json))).to.deep.equal({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "Read",
                    Effect: "Allow",
                    Action: ["s3:ListBucket", "s3:GetObject"],
                    Resource: "*",
                    Principal: { Service: "ec2.amazonaws.com" },
                    Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
                },
            ],
        });
        expect(String(json).startsWith('{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Sid": "Read",')).to.equal(true);
    });

    it("two statements with one Sid are refused", async () => {
        const twice = { sid: "A", actions: ["s3:*"], resources: ["*"] };
        expect(await account.refusal(() => ask("iam/getPolicyDocument", { statements: [twice, twice] }))).to.equal(
            'duplicate Sid "A" in iam.getPolicyDocument: give each statement its own.',
        );
    });

    it("a password has the length and the characters that were asked for", () => {
        const { randomPassword } = ask("secretsmanager/getRandomPassword", { passwordLength: 40, excludePunctuation: true });
        expect(randomPassword).to.match(/^[A-Za-z0-9]{40}$/);
    });

    it("an image is the same for the same question", () => {
        const question = { mostRecent: true, owners: ["amazon"], filters: [{ name: "name", values: ["al2023-ami-*-arm64"] }] };
        expect(ask("ec2/getAmi", question).id)
            .to.match(/^ami-0[0-9a-f]{16}$/)
            .and.to.equal(ask("ec2/getAmi", question).id);
        expect(ask("ec2/getAmi", question).architecture).to.equal("arm64");
    });

    it("public parameters exist, others only when somebody stored them", async () => {
        expect(ask("ssm/getParameter", { name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64" }).value).to.match(
            /^ami-/,
        );
        expect(await account.refusal(() => ask("ssm/getParameter", { name: "/app/x" }))).to.equal(
            'ParameterNotFound: there is no SSM parameter "/app/x" in eu-west-1.',
        );
        await account.make("ssm/parameter", "x", { name: "/app/x", type: "String", value: "7" });
        expect(ask("ssm/getParameter", { name: "/app/x" }).value).to.equal("7");
    });

    it("a VPC and its subnets are found by tag and by filter", async () => {
        const { vpc, a } = await network(account);
        expect(ask("ec2/getVpc", { id: vpc.id }).cidrBlock).to.equal("10.0.0.0/16");
        expect(
            ask("ec2/getSubnets", {
                filters: [
                    { name: "vpc-id", values: [vpc.id] },
                    { name: "availability-zone", values: ["eu-west-1a"] },
                ],
            }).ids,
        ).to.deep.equal([a.id]);
        expect(await account.refusal(() => ask("ec2/getVpc", { id: "vpc-0" }))).to.match(/^no matching EC2 VPC found in eu-west-1/);
    });

    it("a domain's public zone is taken to be there, a private one must have been made", async () => {
        const zone = ask("route53/getZone", { name: "example.com" });
        expect(zone.zoneId).to.match(/^Z0[A-Z0-9]{18}$/);
        expect(ask("route53/getZone", { name: "example.com." }).zoneId).to.equal(zone.zoneId);
        expect(await account.refusal(() => ask("route53/getZone", { name: "internal", privateZone: true }))).to.match(
            /^no matching Route 53 Hosted Zone found/,
        );
    });

    it("CloudFront's own policies are found by name, with the known ones in the refusal", async () => {
        expect(ask("cloudfront/getCachePolicy", { name: "Managed-CachingDisabled" }).id).to.equal("4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
        expect(await account.refusal(() => ask("cloudfront/getCachePolicy", { name: "Managed-Caching" }))).to.match(
            /^no matching CloudFront cachePolicy found for name "Managed-Caching"\. Managed ones are Managed-CachingOptimized,/,
        );
    });

    it("who writes load-balancer logs is known for old regions and refused for new ones", async () => {
        expect(ask("elb/getServiceAccount", { region: "us-east-1" }).arn).to.equal("arn:aws:iam::127311923021:root");
        expect(await account.refusal(() => ask("elb/getServiceAccount", { region: "eu-south-2" }))).to.match(
            /^unknown ELB service account for eu-south-2/,
        );
    });

    it("a wrong argument is refused, and a data source without an answer is named", async () => {
        expect(await account.refusal(() => ask("ec2/getVpc", { ids: "x" }))).to.equal(
            "aws:ec2/getVpc:getVpc cannot be asked:\n  ids  unknown property; the nearest known one is id",
        );
        expect(await account.refusal(() => ask("pricing/getProduct", { serviceCode: "AmazonEC2", filters: [] }))).to.match(
            /^aws:pricing\/getProduct:getProduct is not rehearsed/,
        );
    });
});
