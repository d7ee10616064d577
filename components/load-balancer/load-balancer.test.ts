import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { Environment } from "../../conventions/environment.ts";
import { nameRefusal } from "../../conventions/names.ts";
import { type Inventory, type InventoryResource, takeInventory } from "../../tools/inventory/inventory.ts";
import { LoadBalancer, type TargetRule } from "./load-balancer.ts";
import { LoadBalancerSettings } from "./settings.ts";
import { blockKey, planConditions, planTarget } from "./target.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
};
const target = { port: 8080, healthPath: "/healthz" };

function refusals(settings: unknown): string[] {
    const parsed = LoadBalancerSettings.safeParse(settings);
    return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

function create(settings: object, opts: { environment?: Environment; rule?: TargetRule } = {}): Promise<Inventory> {
    return takeInventory("shop", "prod", () => {
        const provider = new aws.Provider("given", { region: "eu-west-1" });
        const balancer = new LoadBalancer(
            "balancer",
            {
                ...LoadBalancerSettings.parse(settings),
                environment: opts.environment ?? environment,
                placement: { vpcId: "vpc-1", subnetIds: ["subnet-a", "subnet-b"] },
                certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1",
                accessLogBucketName: "logs",
                alarmTopics: {
                    critical: "arn:aws:sns:eu-west-1:123456789012:critical",
                    warning: "arn:aws:sns:eu-west-1:123456789012:warning",
                },
            },
            { provider },
        );
        balancer.addTarget("app", target, opts.rule);
        balancer.attachWebAcl("arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/edge/1");
    });
}

function of(inventory: Inventory, type: string): InventoryResource[] {
    return inventory.resources.filter((resource) => resource.type === type);
}

function one(inventory: Inventory, name: string): Readonly<Record<string, unknown>> {
    const [found, another] = inventory.resources.filter((resource) => resource.name === name && resource.custom);
    expect(found, name).not.equal(undefined);
    expect(another, `${name} is there once`).equal(undefined);
    return found?.inputs ?? {};
}

const groups = "aws:ec2/securityGroup:SecurityGroup";
const ways = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

describe("load balancer settings", () => {
    it("need nothing but who may knock", () => {
        expect(refusals({ admit: "anywhere" })).deep.equal([]);
        expect(refusals({})).deep.equal(['admit: expected "cloudfront" or "anywhere" or {cidrs: [...]}, got undefined']);
    });

    const cases: [string, object, string[]][] = [
        [
            "a TLS policy that still speaks TLS 1.0",
            { tlsPolicy: "ELBSecurityPolicy-2016-08" },
            [
                'tlsPolicy: expected "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09" or "ELBSecurityPolicy-TLS13-1-3-2021-06", got "ELBSecurityPolicy-2016-08"',
            ],
        ],
        [
            "dual stack inside",
            { internal: true, addressType: "dualstack" },
            ['addressType: must be "ipv4" when internal is true, got "dualstack"'],
        ],
        [
            "IPv6 sources without IPv6",
            { admit: { cidrs: ["203.0.113.0/24"], cidrsIpv6: ["2001:db8::/32"] } },
            ['admit.cidrsIpv6: needs addressType "dualstack", got "ipv4"'],
        ],
        ["a source twice", { admit: { cidrs: ["203.0.113.0/24", "203.0.113.0/24"] } }, ["admit.cidrs.1: 203.0.113.0/24 is there twice"]],
        [
            "anomaly mitigation without weighted random",
            { targets: { app: { anomalyMitigation: true } } },
            ['targets.app.anomalyMitigation: needs algorithm "weighted_random", got "least_outstanding_requests"'],
        ],
        [
            "slow start without round robin",
            { targets: { app: { slowStartSeconds: 60 } } },
            ['targets.app.slowStartSeconds: needs algorithm "round_robin", got "least_outstanding_requests"'],
        ],
        [
            "a slow start shorter than ELB takes",
            { targets: { app: { algorithm: "round_robin", slowStartSeconds: 5 } } },
            ["targets.app.slowStartSeconds: expected 0 (off) or 30 to 900, got 5"],
        ],
        [
            "a check that waits longer than its interval",
            { targets: { app: { healthCheck: { timeoutSeconds: 15 } } } },
            ["targets.app.healthCheck.timeoutSeconds: must be less than intervalSeconds (15), got 15"],
        ],
        [
            "two rules of one priority",
            {
                rules: {
                    old: { priority: 10, hosts: ["old.example.com"], action: { kind: "redirect", host: "example.com" } },
                    closed: { priority: 10, paths: ["/admin/*"], action: { kind: "respond", statusCode: "403" } },
                },
            },
            ["rules.closed.priority: 10 is already the priority of rules.old"],
        ],
        [
            "a rule without conditions",
            { rules: { all: { priority: 10, action: { kind: "respond", statusCode: "503" } } } },
            ["rules.all: needs at least one of hosts, paths, methods, sources or header"],
        ],
        [
            "a rule with six condition values",
            {
                rules: {
                    many: { priority: 10, paths: ["/a", "/b", "/c", "/d", "/e", "/f"], action: { kind: "respond", statusCode: "403" } },
                },
            },
            ["rules.many: has 6 condition values, a rule takes at most 5: split it"],
        ],
    ];
    for (const [what, settings, words] of cases) {
        it(`refuse ${what}`, () => {
            expect(refusals({ admit: "anywhere", ...settings })).deep.equal(words);
        });
    }

    it("refuse a key that nobody knows", () => {
        expect(refusals({ admit: "anywhere", deletionProtection: false })).deep.equal([': Unrecognized key: "deletionProtection"']);
    });
});

describe("a target's plan", () => {
    it("checks health by the service's own path unless the settings name another", () => {
        expect(planTarget(target).healthCheck).deep.include({ path: "/healthz", matcher: "200", interval: 15, timeout: 5 });
        const tuned = LoadBalancerSettings.parse({
            admit: "anywhere",
            targets: { app: { healthCheck: { path: "/ready", matcher: "200-299" } } },
        });
        expect(planTarget(target, tuned.targets.app).healthCheck).deep.include({ path: "/ready", matcher: "200-299" });
    });

    it("asks a gRPC service for gRPC codes", () => {
        expect(planTarget({ ...target, protocolVersion: "GRPC" }).healthCheck.matcher).equal("0");
    });

    it("takes every path when it has no rule", () => {
        expect(planConditions(undefined)).deep.equal([{ pathPattern: { values: ["/*"] } }]);
        expect(planConditions({ hosts: ["api.example.com"], paths: ["/v1/*"] })).deep.equal([
            { hostHeader: { values: ["api.example.com"] } },
            { pathPattern: { values: ["/v1/*"] } },
        ]);
    });

    it("names sources by their block, not by their place in the list", () => {
        expect([blockKey("203.0.113.0/24"), blockKey("2001:DB8::/32")]).deep.equal(["203-0-113-0-24", "2001-db8---32"]);
    });
});

describe("LoadBalancer", () => {
    it("serves HTTPS only: port 80 redirects and unknown requests get 404", async () => {
        const inventory = await create({ admit: "anywhere" });
        expect(one(inventory, "balancer-https")).deep.include({
            port: 443,
            protocol: "HTTPS",
            sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
            routingHttpResponseServerEnabled: false,
            routingHttpResponseXContentTypeOptionsHeaderValue: "nosniff",
            defaultActions: [
                {
                    type: "fixed-response",
                    fixedResponse: { statusCode: "404", contentType: "text/plain", messageBody: "Nothing is served here." },
                },
            ],
        });
        expect(one(inventory, "balancer-http")).deep.include({
            port: 80,
            defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
        });
    });

    it("logs, drops invalid headers and refuses deletion, whatever the settings", async () => {
        expect(one(await create({ admit: "anywhere" }), "balancer-application")).deep.include({
            accessLogs: { enabled: true, bucket: "logs", prefix: "load-balancer/access" },
            connectionLogs: { enabled: true, bucket: "logs", prefix: "load-balancer/connections" },
            dropInvalidHeaderFields: true,
            enableDeletionProtection: true,
            enableZonalShift: true,
            internal: false,
        });
        const expendable = await create({ admit: "anywhere" }, { environment: { ...environment, expendable: true } });
        expect(one(expendable, "balancer-application").enableDeletionProtection).equal(false);
    });

    it("admits CloudFront at port 443 only, by a group of its own, and has no listener at port 80", async () => {
        const inventory = await create({ admit: "cloudfront", internal: true });
        expect(of(inventory, groups).map((each) => each.name)).deep.equal(["balancer", "balancer-cloudfront"]);
        expect(of(inventory, ways).map((each) => [each.name, each.inputs.fromPort])).deep.equal([
            ["balancer-cloudfront-from-origins", 443],
        ]);
        expect(of(inventory, "aws:lb/listener:Listener").map((each) => each.name)).deep.equal(["balancer-https"]);
        expect(one(inventory, "balancer-application").securityGroups).to.have.length(2);
    });

    it("admits given blocks and nobody else", async () => {
        const inventory = await create({ admit: { cidrs: ["203.0.113.0/24"], cidrsIpv6: ["2001:db8::/32"] }, addressType: "dualstack" });
        expect(of(inventory, ways).map((each) => [each.name, each.inputs.cidrIpv4 ?? each.inputs.cidrIpv6, each.inputs.toPort])).deep.equal(
            [
                ["balancer-from-2001-db8---32", "2001:db8::/32", 443],
                ["balancer-from-2001-db8---32-http", "2001:db8::/32", 80],
                ["balancer-from-203-0-113-0-24", "203.0.113.0/24", 443],
                ["balancer-from-203-0-113-0-24-http", "203.0.113.0/24", 80],
            ],
        );
    });

    it("sends what no rule takes to the target without a rule, by a rule of its own", async () => {
        const inventory = await create({ admit: "anywhere" });
        expect(one(inventory, "balancer-app-rule")).deep.include({ priority: 50_000, conditions: [{ pathPattern: { values: ["/*"] } }] });
        const chosen = await create({ admit: "anywhere" }, { rule: { hosts: ["api.example.com"], priority: 20 } });
        expect(one(chosen, "balancer-app-rule")).deep.include({
            priority: 20,
            conditions: [{ hostHeader: { values: ["api.example.com"] } }],
        });
    });

    it("leaves the listener untouched when a service comes", async () => {
        const without = await takeInventory("shop", "prod", () => {
            new LoadBalancer("balancer", {
                ...LoadBalancerSettings.parse({ admit: "anywhere" }),
                environment,
                placement: { vpcId: "vpc-1", subnetIds: ["subnet-a", "subnet-b"] },
                certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1",
                accessLogBucketName: "logs",
                alarmTopics: {},
            });
        });
        expect(one(await create({ admit: "anywhere" }), "balancer-https")).deep.equal(one(without, "balancer-https"));
    });

    it("refuses a second target without a rule, a taken priority and a key too long for a target group", async () => {
        const failures: string[] = [];
        await takeInventory("shop", "prod", () => {
            const balancer = new LoadBalancer("balancer", {
                ...LoadBalancerSettings.parse({
                    admit: "anywhere",
                    rules: { closed: { priority: 10, paths: ["/admin/*"], action: { kind: "respond", statusCode: "403" } } },
                }),
                environment,
                placement: { vpcId: "vpc-1", subnetIds: ["subnet-a", "subnet-b"] },
                certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1",
                accessLogBucketName: "logs",
                alarmTopics: {},
            });
            balancer.addTarget("app", target);
            for (const attempt of [
                () => balancer.addTarget("other", target),
                () => balancer.addTarget("api", target, { paths: ["/api/*"], priority: 10 }),
                () => balancer.addTarget("administration", target, { paths: ["/x"], priority: 11 }),
                () => balancer.addTarget("administrations", target, { paths: ["/y"], priority: 12 }),
                () => balancer.addTarget("administrations2", target, { paths: ["/z"], priority: 13 }),
            ]) {
                try {
                    attempt();
                } catch (error) {
                    failures.push(String(error));
                }
            }
        });
        expect(failures).deep.equal([
            "RangeError: target other has no rule, and neither has target app: only one target takes what is left",
            "RangeError: priority 10 of target api is already taken by rules.closed",
            "RangeError: balancer-administrations2-0000000 has 33 characters, aws:lb/targetGroup:TargetGroup takes at most 32",
        ]);
    });

    it("hands its provider to every child, names each after itself, and gives no name too long", async () => {
        const inventory = await create({
            admit: "anywhere",
            extraCertificates: { shop: "arn:aws:acm:eu-west-1:123456789012:certificate/2" },
            rules: {
                old: { priority: 10, hosts: ["old.example.com"], action: { kind: "redirect", host: "example.com", permanent: true } },
            },
        });
        const children = inventory.resources.filter((each) => each.custom && each.type.startsWith("aws:"));
        expect(children.length).equal(17);
        for (const child of children) {
            expect(child.provider, child.name).contain("pulumi:providers:aws::given");
            expect(child.name.startsWith("balancer"), child.name).equal(true);
            expect(nameRefusal(child.type, String(child.inputs.name ?? `${child.name}-0000000`)), child.urn).equal(undefined);
        }
    });

    it("calls somebody when members are absent, unless none is wanted", async () => {
        const names = (inventory: Inventory) => of(inventory, "aws:cloudwatch/metricAlarm:MetricAlarm").map((each) => each.name);
        expect(names(await create({ admit: "anywhere" }))).deep.equal([
            "balancer-app-absent",
            "balancer-app-errors",
            "balancer-app-slow",
            "balancer-app-unfit",
            "balancer-own-errors",
            "balancer-rejected-connections",
        ]);
        expect(names(await create({ admit: "anywhere", alarms: { healthyTargets: 0 } }))).not.contain("balancer-app-absent");
    });
});
