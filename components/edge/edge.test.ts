import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Environment } from "../../conventions/environment.ts";
import { nameRefusal } from "../../conventions/names.ts";
import { type Inventory, type InventoryResource, takeInventory } from "../../tools/inventory/inventory.ts";
import { Edge, type EdgeArgs, type Origins } from "./edge.ts";
import { EdgeSettings } from "./settings.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
};
const topic = (region: string, severity: string) => `arn:aws:sns:${region}:123456789012:${severity}`;
const topics = (region: string) => ({ critical: topic(region, "critical"), warning: topic(region, "warning") });

const balancer = {
    arn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/balancer/1",
    dnsName: "balancer.eu-west-1.elb.amazonaws.com",
    zoneId: "Z32O12XQLNTSW2",
};
const origins = {
    loadBalancer: { ...balancer, internal: true },
    assets: {
        key: "assets",
        bucketName: "shop-assets",
        bucketArn: "arn:aws:s3:::shop-assets",
        regionalDomainName: "shop-assets.s3.eu-west-1.amazonaws.com",
    },
};

function argsOf(settings: object, more: Partial<EdgeArgs> = {}): EdgeArgs {
    return {
        ...EdgeSettings.parse({ domain: "app.example.com", zone: { id: "Z0123456789ABC", name: "example.com" }, ...settings }),
        environment,
        logsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1",
        edgeLogsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/2",
        logBucket: { name: "shop-logs", arn: "arn:aws:s3:::shop-logs", domainName: "shop-logs.s3.eu-west-1.amazonaws.com" },
        alarmTopics: topics("eu-west-1"),
        edgeAlarmTopics: topics("us-east-1"),
        ...more,
    };
}

/** One edge that publishes; what it returned and what it created. */
async function publish(settings: object, given: Origins = origins, more: Partial<EdgeArgs> = {}) {
    const seen: { edge?: Edge; published?: { distributionArn?: pulumi.Output<string> } } = {};
    const inventory = await takeInventory("shop", "prod", () => {
        const provider = new aws.Provider("given", { region: "eu-west-1" });
        seen.edge = new Edge("edge", argsOf(settings, more), { provider });
        seen.published = seen.edge.publish(given);
    });
    return { inventory, edge: seen.edge, published: seen.published };
}

const of = (inventory: Inventory, type: string): InventoryResource[] => inventory.resources.filter((each) => each.type === type);
const names = (resources: InventoryResource[]) => resources.map((each) => each.name).sort();

function one(inventory: Inventory, type: string, name: string): Readonly<Record<string, unknown>> {
    const found = of(inventory, type).filter((each) => each.name === name);
    expect(found, `${type} ${name} among ${names(of(inventory, type)).join(", ")}`).have.length(1);
    return found[0]?.inputs ?? {};
}

const types = {
    record: "aws:route53/record:Record",
    certificate: "aws:acm/certificate:Certificate",
    distribution: "aws:cloudfront/distribution:Distribution",
    acl: "aws:wafv2/webAcl:WebAcl",
    alarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
} as const;

const full = {
    alternativeNames: ["www.example.com"],
    cdn: {
        behaviours: [{ path: "/assets/*", to: "assets" }],
        countries: { deny: ["KP"] },
        detailedMetrics: true,
        logs: "logGroup",
    },
    firewall: {
        mode: "block",
        groups: { AWSManagedRulesCommonRuleSet: { count: ["SizeRestrictions_BODY"] }, AWSManagedRulesSQLiRuleSet: { mode: "count" } },
        rateLimit: { requests: 2000 },
        allow: ["198.51.100.7/32"],
        deny: ["203.0.113.0/24", "2001:db8::/32"],
        denyCountries: ["KP"],
    },
    healthCheck: { path: "/healthz" },
};

describe("Edge without a CDN", () => {
    it("points every name at the load balancer and heeds its health", async () => {
        const { inventory, published } = await publish({ alternativeNames: ["www.example.com"] });
        expect(names(of(inventory, types.record))).deep.equal([
            "edge-app.example.com-a",
            "edge-app.example.com-aaaa",
            "edge-issuers-app.example.com",
            "edge-issuers-www.example.com",
            "edge-validation-app.example.com",
            "edge-validation-www.example.com",
            "edge-www.example.com-a",
            "edge-www.example.com-aaaa",
        ]);
        expect(one(inventory, types.record, "edge-app.example.com-a")).deep.equal({
            zoneId: "Z0123456789ABC",
            name: "app.example.com",
            type: "A",
            aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true }],
        });
        expect(one(inventory, types.record, "edge-issuers-app.example.com").records).deep.equal(['0 issue "amazon.com"']);
        expect(published).deep.equal({});
        expect(of(inventory, types.certificate).map((each) => each.inputs.region)).deep.equal([undefined]);
    });

    it("stands its firewall at home and hands it to the load balancer", async () => {
        const { inventory, edge } = await publish({ firewall: { mode: "count" } });
        expect(edge?.webAclArn).not.equal(undefined);
        const acl = one(inventory, types.acl, "edge-firewall");
        expect([acl.scope, acl.region]).deep.equal(["REGIONAL", undefined]);
        expect(one(inventory, "aws:cloudwatch/logGroup:LogGroup", "edge-firewall-log")).deep.include({
            name: "aws-waf-logs-shop-prod-edge-firewall",
            kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1",
        });
    });

    it("shares its name with another stack by policy, and by its own health check", async () => {
        const { inventory } = await publish({
            routing: { kind: "failover", role: "primary" },
            healthCheck: { path: "/healthz", searchString: "ok" },
        });
        expect(one(inventory, types.record, "edge-app.example.com-a")).deep.include({
            setIdentifier: "primary",
            failoverRoutingPolicies: [{ type: "PRIMARY" }],
        });
        expect(one(inventory, types.record, "edge-app.example.com-a")).have.property("healthCheckId");
        expect(one(inventory, "aws:route53/healthCheck:HealthCheck", "edge-health")).deep.include({
            type: "HTTPS_STR_MATCH",
            fqdn: balancer.dnsName,
            searchString: "ok",
            requestInterval: 30,
        });
        const weighted = await publish({ routing: { kind: "weighted", weight: 10 } });
        expect(one(weighted.inventory, types.record, "edge-app.example.com-aaaa")).deep.include({
            setIdentifier: "eu-west-1",
            weightedRoutingPolicies: [{ weight: 10 }],
        });
        const latency = await publish({ routing: { kind: "latency" } });
        expect(one(latency.inventory, types.record, "edge-app.example.com-a")).deep.include({
            setIdentifier: "eu-west-1",
            latencyRoutingPolicies: [{ region: "eu-west-1" }],
        });
    });

    it("answers to the origin's name alone behind another stack's CDN, and leaves the guarding of names to that stack", async () => {
        const { inventory } = await publish(
            { serves: "origin", routing: { kind: "failover", role: "secondary" } },
            { loadBalancer: { ...balancer, internal: false } },
        );
        expect(names(of(inventory, types.record))).deep.equal([
            "edge-origin.app.example.com-a",
            "edge-origin.app.example.com-aaaa",
            "edge-validation-app.example.com",
            "edge-validation-origin.app.example.com",
        ]);
    });
});

describe("Edge with a CDN", () => {
    it("reaches an internal load balancer by a VPC origin, over TLS, without a record for it", async () => {
        const { inventory, published } = await publish(full);
        expect(published?.distributionArn).not.equal(undefined);
        const distribution = one(inventory, types.distribution, "edge-cdn");
        const [first, second] = distribution.origins as Record<string, unknown>[];
        expect(first).deep.include({ originId: "load-balancer", domainName: "origin.app.example.com" });
        expect(first).have.property("vpcOriginConfig");
        expect(second).deep.include({ originId: "assets", domainName: "shop-assets.s3.eu-west-1.amazonaws.com" });
        expect(distribution).deep.include({
            aliases: ["app.example.com", "www.example.com"],
            httpVersion: "http2and3",
            enabled: true,
        });
        expect(distribution.viewerCertificate).deep.include({ sslSupportMethod: "sni-only", minimumProtocolVersion: "TLSv1.2_2021" });
        expect(names(of(inventory, types.record)).filter((each) => each.startsWith("edge-origin"))).deep.equal([]);
        expect(one(inventory, types.record, "edge-app.example.com-a").aliases).have.nested.property("[0].evaluateTargetHealth", false);
        expect(one(inventory, "aws:cloudfront/vpcOrigin:VpcOrigin", "edge-cdn-vpc-origin").vpcOriginEndpointConfig).deep.include({
            originProtocolPolicy: "https-only",
            originSslProtocols: { items: ["TLSv1.2"], quantity: 1 },
        });
    });

    it("reaches a public load balancer by its origin name, which another stack may share", async () => {
        const { inventory } = await publish(
            { cdn: {}, routing: { kind: "failover", role: "primary" } },
            { loadBalancer: { ...balancer, internal: false } },
        );
        expect(one(inventory, types.distribution, "edge-cdn").origins).have.nested.property(
            "[0].customOriginConfig.originProtocolPolicy",
            "https-only",
        );
        expect(one(inventory, types.record, "edge-origin.app.example.com-a")).deep.include({ setIdentifier: "primary" });
        expect(one(inventory, types.record, "edge-app.example.com-a")).not.have.property("setIdentifier");
    });

    it("serves the bucket alone when there is no load balancer", async () => {
        const distribution = one((await publish({ cdn: {} }, { assets: origins.assets })).inventory, types.distribution, "edge-cdn");
        expect(distribution.defaultRootObject).equal("index.html");
        expect(distribution.defaultCacheBehavior).deep.include({ targetOriginId: "assets", allowedMethods: ["GET", "HEAD", "OPTIONS"] });
    });

    it("asks a second origin when reading fails, and says so in a group", async () => {
        const distribution = one(
            (
                await publish({
                    cdn: {
                        failover: { domain: "origin.recovery.example.com" },
                        behaviours: [
                            { path: "/catalogue/*", to: "loadBalancer", methods: "read" },
                            { path: "/assets/*", to: "assets" },
                        ],
                    },
                })
            ).inventory,
            types.distribution,
            "edge-cdn",
        );
        expect(distribution.originGroups).deep.equal([
            {
                originId: "failover",
                failoverCriteria: { statusCodes: [500, 502, 503, 504] },
                members: [{ originId: "load-balancer" }, { originId: "second" }],
            },
        ]);
        expect(distribution.orderedCacheBehaviors).have.nested.property("[0].targetOriginId", "failover");
        expect(distribution.defaultCacheBehavior).have.property("targetOriginId", "load-balancer");
    });

    it("stands in us-east-1 with all that CloudFront wants there, and nothing else does", async () => {
        const { inventory } = await publish(full);
        const there = inventory.resources.filter(
            (each) => each.inputs.region === "us-east-1" && each.custom && each.type.startsWith("aws:"),
        );
        expect(names(there)).deep.equal([
            "edge-blocked",
            "edge-cdn-errors",
            "edge-cdn-log",
            "edge-cdn-logs",
            "edge-cdn-logs",
            "edge-cdn-logs",
            "edge-edge-certificate",
            "edge-edge-certificate",
            "edge-edge-certificate-validation",
            "edge-firewall",
            "edge-firewall-allow-ipv4",
            "edge-firewall-deny-ipv4",
            "edge-firewall-deny-ipv6",
            "edge-firewall-log",
            "edge-firewall-logging",
            "edge-origin-slow",
            "edge-unreachable",
        ]);
        for (const each of there.filter((resource) => resource.type === types.alarm)) {
            expect((each.inputs.alarmActions as string[])[0], each.name).contain(":us-east-1:");
        }
    });

    it("proves each name once for both certificates", async () => {
        const { inventory } = await publish(full);
        expect(
            of(inventory, types.certificate).map((each) => [each.name, each.inputs.domainName, each.inputs.subjectAlternativeNames]),
        ).deep.equal([
            ["edge-certificate", "app.example.com", ["www.example.com", "origin.app.example.com"]],
            ["edge-edge-certificate", "app.example.com", ["www.example.com"]],
        ]);
        expect(names(of(inventory, types.record)).filter((each) => each.startsWith("edge-validation-"))).deep.equal([
            "edge-validation-app.example.com",
            "edge-validation-origin.app.example.com",
            "edge-validation-www.example.com",
        ]);
    });

    it("has one certificate where home is us-east-1", async () => {
        const { inventory } = await publish(
            { cdn: {} },
            { loadBalancer: origins.loadBalancer },
            { environment: { ...environment, region: "us-east-1" } },
        );
        expect(names(of(inventory, types.certificate))).deep.equal(["edge-certificate"]);
        expect(names(of(inventory, types.alarm))).deep.equal(["edge-cdn-errors", "edge-certificate"]);
    });

    it("refuses to send a path to what nobody gave it", async () => {
        const settings = argsOf({ cdn: { behaviours: [{ path: "/assets/*", to: "assets" }] } });
        let refusal = "";
        await takeInventory("shop", "prod", () => {
            try {
                new Edge("edge", settings).publish({ loadBalancer: origins.loadBalancer });
            } catch (error) {
                refusal = String(error);
            }
        });
        expect(refusal).equal('TypeError: edge.cdn.behaviours.0.to is "assets", but the stack has no bucket for assets');
    });

    it("orders the firewall's rules by fixed places, and counts what was asked to be counted", async () => {
        const rules = one((await publish(full)).inventory, types.acl, "edge-firewall").rules as Record<string, unknown>[];
        expect(rules.map((rule) => [rule.name, rule.priority, rule.action ?? rule.overrideAction])).deep.equal([
            ["allow-ipv4", 10, { allow: {} }],
            ["deny-ipv4", 20, { block: {} }],
            ["deny-ipv6", 21, { block: {} }],
            ["countries", 30, { block: {} }],
            ["rate", 40, { block: {} }],
            ["AWSManagedRulesCommonRuleSet", 130, { none: {} }],
            ["AWSManagedRulesSQLiRuleSet", 150, { count: {} }],
        ]);
        expect(rules[5]).have.nested.property("statement.managedRuleGroupStatement.ruleActionOverrides[0].name", "SizeRestrictions_BODY");
    });

    it("keeps authorization and cookies out of the firewall's log, and what passed untouched too", async () => {
        const logging = one(
            (await publish(full)).inventory,
            "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
            "edge-firewall-logging",
        );
        expect(logging.redactedFields).deep.equal([{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }]);
        expect(logging.loggingFilter).have.property("defaultBehavior", "DROP");
    });

    it("has no alarm in us-east-1 where there is no topic there", async () => {
        const { edgeAlarmTopics: _, ...without } = argsOf(full);
        const inventory = await takeInventory("shop", "prod", () => void new Edge("edge", without).publish(origins));
        expect(names(of(inventory, types.alarm))).deep.equal(["edge-certificate"]);
    });

    it("hands its provider to every child, names each after itself, and gives no name too long", async () => {
        const { inventory } = await publish(full);
        const children = inventory.resources.filter((each) => each.custom && each.type.startsWith("aws:"));
        for (const child of children) {
            expect(child.provider, child.name).contain("pulumi:providers:aws::given");
            expect(child.name.startsWith("edge-"), child.name).equal(true);
            expect(nameRefusal(child.type, String(child.inputs.name ?? `${child.name}-0000000`)), child.urn).equal(undefined);
        }
        expect(children.length).equal(35);
    });
});

describe("the zone", () => {
    it("is protected where data is precious, and emptied on destroy where it is not", async () => {
        const { inventory, edge } = await publish({ zone: { create: "example.com" } }, {});
        const [zone] = of(inventory, "aws:route53/zone:Zone");
        expect([zone?.protect, zone?.inputs.forceDestroy]).deep.equal([true, false]);
        expect(edge?.nameServers).not.equal(undefined);
        const expendable = await publish({ zone: { create: "example.com" } }, {}, { environment: { ...environment, expendable: true } });
        const [other] = of(expendable.inventory, "aws:route53/zone:Zone");
        expect([other?.protect, other?.inputs.forceDestroy]).deep.equal([false, true]);
    });

    it("says what it was asked in us-east-1, encrypted, for as long as the environment keeps logs", async () => {
        const { inventory } = await publish({ zone: { create: "example.com" }, queryLogs: true }, {});
        expect(one(inventory, "aws:cloudwatch/logGroup:LogGroup", "edge-queries-log")).deep.include({
            region: "us-east-1",
            name: "/aws/route53/example.com",
            kmsKeyId: "arn:aws:kms:us-east-1:123456789012:key/2",
            retentionInDays: 90,
        });
        const log = of(inventory, "aws:route53/queryLog:QueryLog")[0];
        expect([log?.name, log?.inputs.region]).deep.equal(["edge-queries", undefined]);
        expect(log?.dependencies.map((each) => each.split("::").at(-1))).to.include.members([
            "edge-zone",
            "edge-queries-log",
            "edge-queries-log-permission",
        ]);
    });

    it("lets Route 53 write for this zone of this account, by one policy and into one group", async () => {
        const given: Record<string, unknown>[] = [];
        await pulumi.runtime.setMocks(
            {
                newResource: ({ type, name, inputs }) => {
                    if (type === "aws:cloudwatch/logResourcePolicy:LogResourcePolicy") {
                        given.push(inputs);
                    }
                    return { id: `${name}-id`, state: { ...inputs, arn: `arn:aws:route53:::hostedzone/${name}`, nameServers: [] } };
                },
                call: () => ({}),
            },
            "shop",
            "prod",
        );
        new Edge("edge", argsOf({ zone: { create: "example.com" }, queryLogs: true, certificateIssuers: [] }));
        await pulumi.runtime.disconnect();
        expect(given.map(({ region, policyName }) => [region, policyName])).deep.equal([["us-east-1", "shop-prod-edge-queries"]]);
        expect(JSON.parse(String(given[0]?.policyDocument)).Statement).deep.equal([
            {
                Sid: "WriteQueries",
                Effect: "Allow",
                Principal: { Service: "route53.amazonaws.com" },
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                Resource: "arn:aws:logs:us-east-1:123456789012:log-group:/aws/route53/example.com:*",
                Condition: {
                    StringEquals: { "aws:SourceAccount": "123456789012" },
                    ArnLike: { "aws:SourceArn": "arn:aws:route53:::hostedzone/edge-zone" },
                },
            },
        ]);
    });

    it("logs nothing unless asked, and refuses to log without a key in us-east-1", async () => {
        const { inventory } = await publish({ zone: { create: "example.com" } }, {});
        expect(inventory.resources.filter(({ name }) => name.startsWith("edge-queries"))).deep.equal([]);
        const { edgeLogsKeyArn: _, ...without } = argsOf({ zone: { create: "example.com" }, queryLogs: true });
        await takeInventory("shop", "prod", () => {
            expect(() => new Edge("edge", without)).to.throw("edge logs the queries of its zone in us-east-1, which needs edgeLogsKeyArn");
        });
    });

    it("gets the proof that ACM asks for, name by name", async () => {
        const proofs = new Map<string, unknown>();
        await pulumi.runtime.setMocks(
            {
                newResource: ({ type, name, inputs }) => {
                    if (type === types.record) {
                        proofs.set(name, [inputs.name, inputs.records]);
                    }
                    const proof = (domainName: string) => ({
                        domainName,
                        resourceRecordName: `_proof.${domainName}`,
                        resourceRecordType: "CNAME",
                        resourceRecordValue: `${domainName}.acm.aws`,
                    });
                    const asked = [inputs.domainName, ...(inputs.subjectAlternativeNames ?? [])].reverse().map(proof);
                    return {
                        id: `${name}-id`,
                        state: { ...inputs, arn: `arn:${name}`, ...(type === types.certificate && { domainValidationOptions: asked }) },
                    };
                },
                call: () => ({}),
            },
            "shop",
            "prod",
        );
        new Edge("edge", argsOf({ alternativeNames: ["www.example.com"] }));
        await pulumi.runtime.disconnect();
        expect(proofs.get("edge-validation-app.example.com")).deep.equal(["_proof.app.example.com", ["app.example.com.acm.aws"]]);
        expect(proofs.get("edge-validation-www.example.com")).deep.equal(["_proof.www.example.com", ["www.example.com.acm.aws"]]);
    });
});
