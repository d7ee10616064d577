import { expect } from "chai";
import { guardedNames, homeCertificateNames, loadBalancerProblems, managedPolicies, originProblems, planBehaviour } from "./plan.ts";
import { EdgeSettings } from "./settings.ts";

const minimal = { domain: "app.example.com", zone: { id: "Z0123456789ABC", name: "example.com" } };
const assets = { path: "/assets/*", to: "assets" };

function refusals(settings: object): string[] {
    const parsed = EdgeSettings.safeParse({ ...minimal, ...settings });
    return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

const parse = (settings: object) => EdgeSettings.parse({ ...minimal, ...settings });

describe("edge settings", () => {
    it("need a domain and its zone, nothing else", () => {
        expect(refusals({})).deep.equal([]);
    });

    const cases: [string, object, string[]][] = [
        [
            "a domain outside the zone",
            { domain: "app.example.org" },
            ['domain: must be example.com or end with .example.com, the zone\'s name, got "app.example.org"'],
        ],
        [
            "a name that only ends like the zone",
            { alternativeNames: ["notexample.com"] },
            ['alternativeNames.0: must be example.com or end with .example.com, the zone\'s name, got "notexample.com"'],
        ],
        [
            "a wildcard",
            { domain: "*.example.com" },
            ['domain: expected a domain name in lower case such as app.example.com, got "*.example.com"'],
        ],
        [
            "a domain too long for a certificate",
            { domain: `${"a".repeat(60)}.example.com` },
            ["domain: must have at most 64 characters for a certificate, got 72"],
        ],
        ["a name twice", { alternativeNames: ["app.example.com"] }, ["alternativeNames.0: app.example.com is there twice"]],
        [
            "the origin's name among the viewers'",
            { alternativeNames: ["origin.app.example.com"] },
            ["alternativeNames.0: origin.app.example.com is the name by which a CDN reaches the load balancer: choose another"],
        ],
        [
            "a zone by its name alone",
            { zone: "example.com" },
            ['zone: expected {create: example.com} or {id: Z…, name: example.com}, got "example.com"'],
        ],
        [
            "a CDN behind another stack's CDN",
            { serves: "origin", cdn: {} },
            ['cdn: cannot stand in a stack that serves "origin": its CDN is another stack\'s'],
        ],
        [
            "a firewall that would see CloudFront's addresses only",
            { serves: "origin", firewall: { mode: "block" } },
            [
                'firewall: cannot stand in a stack that serves "origin": all its requests come from CloudFront, so a rate limit would block everybody. It stands at the CDN',
            ],
        ],
        [
            "a health check against a closed door",
            { serves: "origin", healthCheck: { path: "/healthz" } },
            ['healthCheck: cannot reach a load balancer that admits CloudFront only (serves "origin"): routing heeds its own health'],
        ],
        [
            "a body limit without a CDN",
            { firewall: { mode: "count", bodyKiB: 32 } },
            ["firewall.bodyKiB: needs cdn: a load balancer's web ACL inspects 8 KiB"],
        ],
        [
            "accelerated recovery of a zone that is not ours",
            { acceleratedRecovery: true },
            ["acceleratedRecovery: needs zone.create: it is a property of the zone, set by whoever created it"],
        ],
        [
            "the queries of a zone that somebody else made",
            { queryLogs: true },
            ["queryLogs: needs zone.create: a zone has one query log, set by whoever created it"],
        ],
        ["a pattern twice", { cdn: { behaviours: [assets, assets] } }, ["cdn.behaviours.1.path: /assets/* is there twice"]],
        [
            "writing to assets",
            { cdn: { behaviours: [{ ...assets, methods: "all" }] } },
            ['cdn.behaviours.0.methods: must be "read" for assets: the bucket is written by deployments only'],
        ],
        [
            "a Host header for S3",
            { cdn: { behaviours: [{ ...assets, cache: "origin" }] } },
            [
                'cdn.behaviours.0.cache: expected "long" or "none" for assets: "origin" would send the viewer\'s Host header to S3, which refuses it',
            ],
        ],
        [
            "a failover that could never act",
            { cdn: { failover: { domain: "origin.recovery.example.com" }, behaviours: [{ path: "/api/*", to: "loadBalancer" }] } },
            ['cdn.failover: needs a behaviour to loadBalancer with methods "read": CloudFront fails over for GET, HEAD and OPTIONS only'],
        ],
        [
            "half an error page",
            { cdn: { errors: [{ code: 404, page: "/index.html" }] } },
            ["cdn.errors.0.responseCode: page and responseCode go together"],
        ],
        ["a root object with a slash", { cdn: { defaultRootObject: "/index.html" } }, ["cdn.defaultRootObject: must not start with /"]],
        [
            "a rule group that AWS does not have",
            { firewall: { mode: "block", groups: { AWSManagedRulesSqlRuleSet: {} } } },
            ['firewall.groups: Unrecognized key: "AWSManagedRulesSqlRuleSet"'],
        ],
        [
            "a block twice",
            { firewall: { mode: "block", deny: ["203.0.113.0/24", "203.0.113.0/24"] } },
            ["firewall.deny.1: 203.0.113.0/24 is there twice"],
        ],
        [
            "a country by its name",
            { firewall: { mode: "block", denyCountries: ["Germany"] } },
            ["firewall.denyCountries.0: expected a country code of two capitals such as DE"],
        ],
    ];
    for (const [what, settings, words] of cases) {
        it(`refuse ${what}`, () => {
            expect(refusals(settings)).deep.equal(words);
        });
    }

    it("refuse a firewall that does not say whether it blocks", () => {
        expect(refusals({ firewall: {} })).have.length(1);
    });
});

describe("the edge's names", () => {
    it("put the origin's name on the home certificate exactly when a CDN stands in front", () => {
        expect(homeCertificateNames(parse({ alternativeNames: ["www.example.com"] }))).deep.equal(["app.example.com", "www.example.com"]);
        for (const settings of [{ cdn: {} }, { serves: "origin" }]) {
            expect(homeCertificateNames(parse(settings))).deep.equal(["app.example.com", "origin.app.example.com"]);
        }
    });

    it("are guarded once: names below a guarded one inherit", () => {
        expect(guardedNames(parse({ domain: "example.com", alternativeNames: ["www.example.com"] }))).deep.equal(["example.com"]);
        expect(guardedNames(parse({ alternativeNames: ["www.example.com"] }))).deep.equal(["app.example.com", "www.example.com"]);
    });
});

describe("a behaviour", () => {
    it("keeps nothing of the application and hands it everything, unless told otherwise", () => {
        expect(planBehaviour({ to: "loadBalancer", compress: true }, false)).deep.include({
            targetOriginId: "load-balancer",
            cachePolicyId: managedPolicies.cache.none,
            originRequestPolicyId: managedPolicies.allViewer,
            viewerProtocolPolicy: "redirect-to-https",
        });
    });

    it("hands no cookie to an application whose answers are kept for everybody", () => {
        expect(planBehaviour({ to: "loadBalancer", cache: "long", methods: "read", compress: true }, false).originRequestPolicyId).equal(
            managedPolicies.hostOnly,
        );
    });

    it("never sends the Host header to S3", () => {
        expect(planBehaviour({ to: "assets", compress: true }, true)).not.have.property("originRequestPolicyId");
    });

    it("fails over for reading only, and for the application only", () => {
        expect(planBehaviour({ to: "loadBalancer", methods: "read", compress: true }, true).targetOriginId).equal("failover");
        expect(planBehaviour({ to: "loadBalancer", methods: "all", compress: true }, true).targetOriginId).equal("load-balancer");
        expect(planBehaviour({ to: "assets", methods: "read", compress: true }, true).targetOriginId).equal("assets");
        expect(planBehaviour({ to: "loadBalancer", methods: "read", compress: true }, false).targetOriginId).equal("load-balancer");
    });
});

describe("what the edge asks of the rest of the stack", () => {
    const balancer = { internal: false, admit: "cloudfront", idleTimeoutSeconds: 60 };

    it("is satisfied by the usual pairs", () => {
        expect(loadBalancerProblems(parse({ cdn: {} }), { ...balancer, internal: true })).deep.equal([]);
        expect(loadBalancerProblems(parse({ serves: "origin", routing: { kind: "failover", role: "secondary" } }), balancer)).deep.equal(
            [],
        );
        expect(loadBalancerProblems(parse({ healthCheck: { path: "/" } }), { ...balancer, admit: "anywhere" })).deep.equal([]);
    });

    const refused: [string, object, Parameters<typeof loadBalancerProblems>[1], string][] = [
        [
            "a way round the CDN",
            { cdn: {} },
            { ...balancer, admit: "anywhere" },
            'loadBalancer.admit: must be "cloudfront" behind a CDN (edge.cdn), or people walk round its firewall',
        ],
        [
            "a door that nobody passes",
            {},
            balancer,
            'loadBalancer.admit: is "cloudfront", but nothing stands in front: add edge.cdn, or admit "anywhere"',
        ],
        [
            "routing without a record",
            { cdn: {}, routing: { kind: "latency" } },
            { ...balancer, internal: true },
            "edge.routing: has no record to act on: an internal load balancer behind a CDN is reached by a VPC origin, not by name. Use edge.cdn.failover",
        ],
        [
            "an origin that the other stack cannot reach",
            { serves: "origin" },
            { ...balancer, internal: true },
            'loadBalancer.internal: must be false where edge.serves is "origin": the other stack\'s CDN reaches it by name',
        ],
        [
            "names that lead to private addresses",
            {},
            { ...balancer, internal: true, admit: "anywhere" },
            "loadBalancer.internal: makes it unreachable from outside, and edge has no cdn whose VPC origin could reach it; add edge.cdn or take internal away",
        ],
        [
            "a check that is always ill",
            { healthCheck: { path: "/" } },
            { ...balancer, admit: { cidrs: ["203.0.113.0/24"] } },
            'edge.healthCheck: needs loadBalancer.admit "anywhere": Route 53 asks from the internet, and a closed door is always ill',
        ],
        [
            "connections kept longer than the load balancer keeps them",
            { cdn: { origin: { keepAliveSeconds: 60 } } },
            balancer,
            "edge.cdn.origin.keepAliveSeconds: must be less than loadBalancer.idleTimeoutSeconds (60), got 60: CloudFront would write to connections just closed, and answer 502",
        ],
    ];
    for (const [what, settings, loadBalancer, words] of refused) {
        it(`refuses ${what}`, () => {
            expect(loadBalancerProblems(parse(settings), loadBalancer).map((each) => `${each.path}: ${each.message}`)).deep.equal([words]);
        });
    }

    it("names behaviours whose origin the stack does not have, and assets that nothing leads to", () => {
        const words = (settings: object, has: { loadBalancer: boolean; assets: boolean }) =>
            originProblems(parse(settings), has).map((each) => `${each.path}: ${each.message}`);
        expect(words({ cdn: { behaviours: [assets] } }, { loadBalancer: true, assets: false })).deep.equal([
            'edge.cdn.behaviours.0.to: is "assets", but the stack has no bucket for assets',
        ]);
        expect(words({ cdn: {} }, { loadBalancer: true, assets: true })).deep.equal([
            'edge.cdn.behaviours: send nothing to the bucket for assets: add {path: "/assets/*", to: assets}',
        ]);
        expect(words({ cdn: {} }, { loadBalancer: false, assets: false })).deep.equal([
            "edge.cdn: has nothing to publish: add a load balancer or a bucket for assets",
        ]);
        expect(words({}, { loadBalancer: false, assets: false })).deep.equal([]);
    });
});
