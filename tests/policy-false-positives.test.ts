/**
 * What other tools are known to cry wolf at (facts: policy-rules.md, c.2), as programs write it. Each test has the innocent form, of
 * which the rule must say nothing, and beside it the guilty one, which proves that the rule was looking.
 */
import { expect } from "chai";
import { readConfiguration } from "../policy-pack/core/configuration.ts";
import { Judge } from "../policy-pack/core/judge.ts";
import { type ResourceSource, ResourceView } from "../policy-pack/core/resource.ts";
import { StackView } from "../policy-pack/core/stack.ts";
import { unknown } from "../policy-pack/core/values.ts";
import { rules } from "../policy-pack/rules/index.ts";

interface Given {
    readonly token: string;
    readonly name: string;
    readonly inputs?: Readonly<Record<string, unknown>>;
    /** Property → names of the resources whose outputs it is made of. */
    readonly links?: Readonly<Record<string, readonly string[]>>;
}

const { settings } = readConfiguration(
    rules,
    { terrace: { profile: "regulated", rules: Object.fromEntries(rules.map(({ id }) => [id, "mandatory"])) } },
    "2026-11-21",
);
const judge = new Judge(rules, settings);

function make(token: string, name: string, inputs: Given["inputs"] = {}, links: Given["links"] = {}): Given {
    return { token, name, inputs, links };
}

/** `rule on name` of every violation, in a first preview: what a resource refers to is linked, not known. */
function violated(...all: readonly Given[]): readonly string[] {
    const urnOf = ({ token, name }: Given) => `urn:pulumi:prod::shop::${token}::${name}`;
    const urns = new Map(all.map((given) => [given.name, urnOf(given)]));
    const views = all.map((given) => {
        const linked = Object.keys(given.links ?? {}).map((property) => [property, unknown]);
        const source: ResourceSource = {
            urn: urnOf(given),
            type: given.token,
            name: given.name,
            props: { ...Object.fromEntries(linked), ...given.inputs },
            propertyDependencies: Object.fromEntries(
                Object.entries(given.links ?? {}).map(([property, names]) => [property, names.map((name) => urns.get(name) ?? "")]),
            ),
        };
        return new ResourceView(source);
    });
    return judge
        .judgeAll(new StackView(views))
        .filter(({ finding }) => finding.kind === "violation")
        .map(({ rule, resource }) => `${rule.id} on ${resource.name}`);
}

function document(...statements: readonly object[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const role = "arn:aws:iam::123456789012:role/app";

describe("buckets and their split settings", () => {
    const bucket = (token: string) => make(token, "data", { bucket: "data" });
    const kms = (token: string) =>
        make(token, "encryption", { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }] }, { bucket: ["data"] });
    const families = [
        ["aws:s3/bucket:Bucket", "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"],
        ["aws:s3/bucket:Bucket", "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"],
        ["aws:s3/bucketV2:BucketV2", "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"],
    ] as const;

    for (const [own, split] of families) {
        it(`${own} with ${split} is encrypted`, () => {
            expect(violated(bucket(own), kms(split))).not.to.include("s3-encryption-kms on data");
            expect(violated(bucket(own))).to.include("s3-encryption-kms on data");
        });
    }

    it("versioning in a resource of its own counts", () => {
        const versioned = (status: string) =>
            make("aws:s3/bucketVersioning:BucketVersioning", "versions", { versioningConfiguration: { status } }, { bucket: ["data"] });
        expect(violated(bucket("aws:s3/bucket:Bucket"), versioned("Enabled"))).not.to.include("s3-versioning on data");
        expect(violated(bucket("aws:s3/bucket:Bucket"), versioned("Suspended"))).to.include("s3-versioning on data");
    });

    it("the bucket that takes the logs is not asked to log its own reading", () => {
        const logs = make("aws:s3/bucket:Bucket", "logs", { bucket: "logs" });
        const logging = make("aws:s3/bucketLogging:BucketLogging", "logging", {}, { bucket: ["data"], targetBucket: ["logs"] });
        const found = violated(bucket("aws:s3/bucket:Bucket"), logs, logging);
        expect(found).not.to.include("s3-access-logging on logs");
        expect(violated(bucket("aws:s3/bucket:Bucket"))).to.include("s3-access-logging on data");
    });

    it("replication to another region and event notifications are asked of nobody unless by name", () => {
        for (const id of ["s3-replication", "s3-event-notifications", "s3-mfa-delete"]) {
            expect(rules.find((rule) => rule.id === id)?.levels).to.deep.equal({
                development: "disabled",
                production: "disabled",
                regulated: "disabled",
            });
        }
    });
});

describe("addresses and doors", () => {
    const group = (block: string, port = 22, direction = "ingress") =>
        make("aws:ec2/securityGroup:SecurityGroup", "web", {
            description: "web",
            [direction]: [{ protocol: "tcp", fromPort: port, toPort: port, cidrBlocks: [block], description: "x" }],
        });

    for (const block of ["203.0.113.0/29", "198.51.100.0/23", "10.0.0.0/8", "100.64.0.0/10"]) {
        it(`${block} is not the internet`, () => {
            expect(violated(group(block))).not.to.include("sg-no-public-ssh on web");
        });
    }

    it("0.0.0.0/0 is, and so is a /2 of it", () => {
        expect(violated(group("0.0.0.0/0"))).to.include("sg-no-public-ssh on web");
        expect(violated(group("64.0.0.0/2"))).to.include("sg-no-public-ssh on web");
    });

    it("80 and 443 are for everybody; 8080 is not", () => {
        for (const port of [80, 443]) {
            expect(violated(group("0.0.0.0/0", port)).filter((line) => /^sg-(no-public|public-ports|no-all)/.test(line))).to.deep.equal([]);
        }
        expect(violated(group("0.0.0.0/0", 8080))).to.include("sg-public-ports-allowlist on web");
    });

    it("a way out is no way in", () => {
        expect(violated(group("0.0.0.0/0", 22, "egress")).filter((line) => /^sg-(no-public|public-ports)/.test(line))).to.deep.equal([]);
    });

    it("a denial in a network ACL is no opening", () => {
        const acl = (action: string) =>
            make("aws:ec2/networkAcl:NetworkAcl", "edge", {
                ingress: [{ ruleNo: 100, action, protocol: "tcp", fromPort: 22, toPort: 22, cidrBlock: "0.0.0.0/0" }],
            });
        expect(violated(acl("deny"))).not.to.include("nacl-no-public-admin-ports on edge");
        expect(violated(acl("allow"))).to.include("nacl-no-public-admin-ports on edge");
    });

    it("a group is in use by whatever names it, of a type known to nobody", () => {
        const own = make("aws:ec2/securityGroup:SecurityGroup", "web", { description: "web" });
        for (const token of ["aws:lambda/function:Function", "aws:mq/broker:Broker", "aws:next/year:Thing"]) {
            expect(violated(own, make(token, "user", {}, { securityGroups: ["web"] })), token).not.to.include("sg-unused on web");
        }
        expect(violated(own)).to.include("sg-unused on web");
    });
});

describe("policy documents", () => {
    const account = { AWS: "arn:aws:iam::123456789012:root" };
    const key = (...statements: readonly object[]) => make("aws:kms/key:Key", "data", { policy: document(...statements) });

    it("a key's own policy speaks of the key as *, which is itself", () => {
        const own = { Effect: "Allow", Principal: account, Action: "kms:*", Resource: "*" };
        expect(violated(key(own)).filter((line) => /public|no-admin|wildcard/.test(line))).to.deep.equal([]);
        expect(violated(key({ ...own, Principal: "*" }))).to.include("kms-no-public-policy on data");
    });

    it("a Deny for everybody lets in nobody", () => {
        const denial = {
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: "*",
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        };
        const policy = (statement: object) =>
            make("aws:s3/bucketPolicy:BucketPolicy", "policy", { bucket: "data", policy: document(statement) });
        expect(violated(policy(denial))).not.to.include("s3-no-public-policy on policy");
        expect(violated(policy({ ...denial, Effect: "Allow" }))).to.include("s3-no-public-policy on policy");
    });

    it("everybody of one's own organisation, account or endpoint is not everybody", () => {
        const open = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" };
        const queue = (statement: object) =>
            make("aws:sqs/queuePolicy:QueuePolicy", "policy", { queueUrl: "q", policy: document(statement) });
        for (const condition of [
            { StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } },
            { StringEquals: { "aws:SourceAccount": "123456789012" } },
            { ArnEquals: { "aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:orders" } },
        ]) {
            expect(violated(queue({ ...open, Condition: condition })), JSON.stringify(condition)).not.to.include(
                "sqs-no-public-policy on policy",
            );
        }
        expect(violated(queue(open))).to.include("sqs-no-public-policy on policy");
    });

    it("the objects of one bucket are no wildcard", () => {
        const policy = (action: string, resource: string) =>
            make("aws:iam/rolePolicy:RolePolicy", "app", {
                role: "app",
                policy: document({ Effect: "Allow", Action: [action], Resource: [resource] }),
            });
        const wild = /^iam-no-(admin|service|resource)/;
        expect(violated(policy("s3:PutObject", "arn:aws:s3:::data/*")).filter((line) => wild.test(line))).to.deep.equal([]);
        expect(violated(policy("s3:*", "arn:aws:s3:::data/*"))).to.include("iam-no-service-wildcard on app");
        expect(violated(policy("s3:PutObject", "*"))).to.include("iam-no-resource-wildcard-write on app");
    });

    it("a service that assumes a role is no stranger", () => {
        const trust = (principal: object) =>
            make("aws:iam/role:Role", "app", {
                assumeRolePolicy: document({ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }),
            });
        expect(violated(trust({ Service: "ec2.amazonaws.com" }))).not.to.include("iam-trust-no-wildcard on app");
        expect(violated(trust({ AWS: "*" }))).to.include("iam-trust-no-wildcard on app");
        expect(violated(trust({ AWS: role }))).not.to.include("iam-trust-no-wildcard on app");
    });
});

describe("databases", () => {
    const instance = (inputs: object) =>
        make("aws:rds/instance:Instance", "shop", { engine: "postgres", engineVersion: "17.4", instanceClass: "db.t4g.small", ...inputs });

    it("a read replica has its source's backups, encryption and standby", () => {
        const found = violated(instance({ replicateSourceDb: "primary" }));
        for (const id of ["rds-backup-retention", "rds-storage-encrypted", "rds-multi-az", "rds-managed-master-password"]) {
            expect(found).not.to.include(`${id} on shop`);
            expect(violated(instance({}))).to.include(`${id} on shop`);
        }
    });

    it("a member of an Aurora cluster has its cluster's encryption and zones", () => {
        const cluster = make("aws:rds/cluster:Cluster", "orders", { engine: "aurora-postgresql", storageEncrypted: true });
        const member = (name: string) =>
            make("aws:rds/clusterInstance:ClusterInstance", name, { engine: "aurora-postgresql" }, { clusterIdentifier: ["orders"] });
        const found = violated(cluster, member("one"), member("two"));
        expect(found.filter((line) => /-(storage-encrypted|multi-az|backup-retention) on (one|two)$/.test(line))).to.deep.equal([]);
        expect(found).not.to.include("aurora-multi-az on orders");
        expect(violated(cluster, member("one"))).to.include("aurora-multi-az on orders");
    });

    it("a cluster that says nothing of its mode is provisioned Aurora, and is judged as such", () => {
        const cluster = make("aws:rds/cluster:Cluster", "orders", { engine: "aurora-mysql" });
        expect(violated(cluster)).to.include("aurora-storage-encrypted on orders");
    });
});

describe("what answers the internet", () => {
    const balancer = make("aws:lb/loadBalancer:LoadBalancer", "web", { loadBalancerType: "application", internal: false });

    it("a web ACL is associated by either name of the load balancer", () => {
        const association = make("aws:wafv2/webAclAssociation:WebAclAssociation", "waf", {}, { resourceArn: ["web"] });
        const old = { ...balancer, token: "aws:alb/loadBalancer:LoadBalancer" };
        expect(violated(balancer, association)).not.to.include("alb-waf-associated on web");
        expect(violated(old, association)).not.to.include("alb-waf-associated on web");
        expect(violated(old)).to.include("alb-waf-associated on web");
    });

    it("an origin access control is found on the origin", () => {
        const distribution = (origin: object) =>
            make("aws:cloudfront/distribution:Distribution", "site", {
                origins: [{ originId: "assets", domainName: "assets.s3.eu-west-1.amazonaws.com", ...origin }],
            });
        expect(violated(distribution({ originAccessControlId: unknown }))).not.to.include("cloudfront-oac on site");
        expect(violated(distribution({}))).to.include("cloudfront-oac on site");
    });

    it("a function that is called and waited for needs no place for failures", () => {
        expect(rules.find((rule) => rule.id === "lambda-async-failure-target")?.levels.regulated).to.equal("disabled");
    });
});

describe("values that only the deploy tells", () => {
    it("are neither passed nor refused", () => {
        const volume = new ResourceView({
            urn: "urn:pulumi:prod::shop::aws:ebs/volume:Volume::disk",
            type: "aws:ebs/volume:Volume",
            name: "disk",
            props: { encrypted: unknown },
        });
        const found = judge.judgeResource(volume).find(({ rule }) => rule.id === "ebs-volume-encrypted");
        expect(found?.finding).to.deep.equal({ kind: "undetermined", path: "encrypted" });
    });
});
