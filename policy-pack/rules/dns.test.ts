import { describeOn, describeRule, type Other, subject } from "../testing.ts";

const zone = "route53/zone";
const record = "route53/record";
const privately = { change: { vpcs: [{ vpcId: "vpc" }] } };
const ofZone = (type: string, property: string, props: Readonly<Record<string, unknown>> = {}, name = type): Other => ({
    name,
    type,
    props,
    links: { [property]: subject },
});

describeRule({
    rule: "route53-query-logging",
    type: zone,
    compliant: { name: "example.com" },
    others: [ofZone("route53/queryLog", "zoneId")],
    violations: [{ others: [], says: ["expected a QueryLog for the zone, got none"] }],
    notApplicable: [privately],
});

const signingKey = ofZone("route53/keySigningKey", "hostedZoneId");

describeRule({
    rule: "route53-dnssec",
    type: zone,
    compliant: { name: "example.com" },
    others: [signingKey, ofZone("route53/hostedZoneDnsSec", "hostedZoneId")],
    violations: [
        {
            others: [],
            says: ["expected a KeySigningKey for the zone, got none", "expected a HostedZoneDnsSec that signs the zone, got none"],
        },
        {
            others: [signingKey, ofZone("route53/hostedZoneDnsSec", "hostedZoneId", { signingStatus: "NOT_SIGNING" })],
            says: ["expected a HostedZoneDnsSec that signs the zone, got none"],
        },
    ],
    notApplicable: [privately],
});

const own: Other = { name: "own", type: zone, props: { name: "example.com" } };
const address: Other = { name: "address", type: "ec2/eip" };
const aliasOf = (name: string) => [{ name, zoneId: "Z1", evaluateTargetHealth: true }];

describeRule({
    rule: "route53-dangling-record",
    type: record,
    compliant: { type: "CNAME", records: ["mail.supplier.example"] },
    links: { zoneId: "own" },
    others: [own],
    alsoCompliant: [
        { change: { type: "A", records: ["10.1.2.3"] } },
        { change: { type: "TXT", records: ["v=spf1 -all"] } },
        { change: { type: "CNAME", records: ["_x.acm-validations.aws"] } },
    ],
    violations: [
        {
            change: { type: "CNAME", records: ["shop.s3-website-eu-west-1.amazonaws.com"] },
            says: ['records  expected a resource of this program, got "shop.s3-website-eu-west-1.amazonaws.com" written out'],
        },
        {
            change: { type: "A", records: ["10.1.2.3", "52.1.2.3"] },
            says: ['records  expected a resource of this program, got "52.1.2.3" written out'],
        },
        {
            change: { type: "A", records: undefined, aliases: aliasOf("shop-prod.eu-west-1.elasticbeanstalk.com") },
            says: ['aliases  expected a resource of this program, got "shop-prod.eu-west-1.elasticbeanstalk.com" written out'],
        },
    ],
    // Of this program, or looked up by it.
    unknownIsFine: ["type", "records", "aliases"],
    notApplicable: [
        { change: { type: "A", records: ["id-of-address"] }, links: { records: "address", zoneId: "own" }, others: [own, address] },
        {
            change: { type: "A", records: ["52.1.2.3"] },
            others: [{ ...own, props: { vpcs: [{ vpcId: "vpc" }] } }],
        },
    ],
});

describeRule({
    rule: "route53-dangling-record",
    type: record,
    parameters: { elsewhere: [".elb.amazonaws.com", "52.1.2.3"] },
    compliant: { type: "A", records: ["52.1.2.3"] },
    alsoCompliant: [{ change: { records: undefined, aliases: aliasOf("web-1.eu-west-1.elb.amazonaws.com") } }],
    violations: [
        {
            change: { records: ["52.1.2.4"] },
            says: ['records  expected a resource of this program, got "52.1.2.4" written out'],
        },
    ],
    unknownIsFine: ["records"],
});

describeOn(["route53domains/registeredDomain", "route53domains/domain"], {
    rule: "route53-domain-lock",
    compliant: { domainName: "example.com" },
    violations: [
        ...["transferLock", "autoRenew", "adminPrivacy", "billingPrivacy", "registrantPrivacy", "techPrivacy"].map((property) => ({
            change: { [property]: false },
            says: [`${property}  expected true or nothing, got false`],
        })),
    ],
});

describeRule({
    rule: "route53-caa-record",
    type: zone,
    compliant: { name: "example.com" },
    others: [ofZone(record, "zoneId", { type: "A" }, "web"), ofZone(record, "zoneId", { type: "CAA" }, "issuers")],
    violations: [{ others: [ofZone(record, "zoneId", { type: "A" })], says: ["expected a record of type CAA in the zone, got none"] }],
    notApplicable: [privately],
});

const unchecked = ["healthCheckId  expected a health check, got nothing"];
const unheeded = [{ name: "cdn", zoneId: "Z1", evaluateTargetHealth: false }];

describeRule({
    rule: "route53-failover-health-check",
    type: record,
    compliant: { failoverRoutingPolicies: [{ type: "PRIMARY" }], healthCheckId: "check" },
    alsoCompliant: [{ change: { healthCheckId: undefined, aliases: aliasOf("balancer") } }],
    violations: [
        { change: { healthCheckId: undefined }, says: unchecked },
        { change: { healthCheckId: undefined, aliases: unheeded }, says: unchecked },
    ],
    notApplicable: [{ change: { failoverRoutingPolicies: [{ type: "SECONDARY" }] } }, { change: { failoverRoutingPolicies: undefined } }],
    unknownIsFine: ["healthCheckId", "aliases"],
});

const weighted = { weightedRoutingPolicies: [{ weight: 10 }] };

describeRule({
    rule: "route53-shared-record-health-check",
    type: record,
    compliant: { ...weighted, healthCheckId: "check" },
    alsoCompliant: [{ change: { healthCheckId: undefined, aliases: aliasOf("balancer") } }],
    violations: [
        { change: { healthCheckId: undefined }, says: unchecked },
        {
            change: { healthCheckId: undefined, weightedRoutingPolicies: undefined, latencyRoutingPolicies: [{ region: "eu-west-1" }] },
            says: unchecked,
        },
        {
            change: { healthCheckId: undefined, weightedRoutingPolicies: undefined, multivalueAnswerRoutingPolicy: true },
            says: unchecked,
        },
    ],
    notApplicable: [{ change: { weightedRoutingPolicies: undefined } }],
    unknownIsFine: ["healthCheckId", "weightedRoutingPolicies", "latencyRoutingPolicies", "multivalueAnswerRoutingPolicy"],
});

describeRule({
    rule: "route53-failover-ttl",
    type: record,
    compliant: { failoverRoutingPolicies: [{ type: "PRIMARY" }], ttl: 60 },
    alsoCompliant: [{ change: { ttl: undefined, aliases: aliasOf("balancer") } }],
    violations: [
        { change: { ttl: 300 }, says: ["ttl  expected at most 60 seconds, got 300"] },
        {
            change: { failoverRoutingPolicies: undefined, healthCheckId: "check", ttl: 300 },
            says: ["ttl  expected at most 60 seconds, got 300"],
        },
    ],
    notApplicable: [{ change: { failoverRoutingPolicies: undefined, ttl: 300 } }],
    unknownIsFine: ["failoverRoutingPolicies", "healthCheckId"],
});

describeRule({
    rule: "route53-no-force-destroy",
    type: zone,
    compliant: {},
    violations: [{ change: { forceDestroy: true }, says: ["forceDestroy  expected false or nothing, got true"] }],
});
