import type { Json } from "../values.ts";
import { balancer, type Case, certificate, departs, issued, judged, type World } from "./rules.fixture.ts";

const behaviour = {
    targetOriginId: "app",
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
};
const distribution: Case["good"] = () => ({
    enabled: true,
    origins: [
        {
            originId: "app",
            domainName: "origin.example.com",
            customOriginConfig: { httpPort: 80, httpsPort: 443, originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] },
        },
    ],
    defaultCacheBehavior: behaviour,
    restrictions: { geoRestriction: { restrictionType: "none" } },
    viewerCertificate: { cloudfrontDefaultCertificate: true },
});
const record = async ({ make }: World) => ({
    zoneId: (await make("route53/zone", { name: "example.com" })).id,
    name: "www",
    type: "A",
    ttl: 60,
    records: ["192.0.2.1"],
});
const metrics = { cloudwatchMetricsEnabled: true, metricName: "m", sampledRequestsEnabled: true };
const rule = (name: string, priority: number, more: { readonly [key: string]: Json } = {}) => ({
    name,
    priority,
    visibilityConfig: metrics,
    overrideAction: { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesCommonRuleSet" } },
    ...more,
});
const acl: Case["good"] = () => ({
    name: "acl",
    scope: "REGIONAL",
    defaultAction: { allow: {} },
    visibilityConfig: metrics,
    rules: [rule("common", 1)],
});
const edgeAcl = (world: World, scope: string) =>
    world.make("wafv2/webAcl", {
        ...(acl(world) as object),
        name: scope,
        scope,
        region: scope === "CLOUDFRONT" ? "us-east-1" : "eu-west-1",
    });

judged("the edge", [
    {
        title: "R53-1 a record without an alias has a ttl and records",
        type: "route53/record",
        good: record,
        bad: () => ({ ttl: undefined }),
        words: "InvalidInput: A record without aliases needs ttl and records.",
    },
    {
        title: "R53-2 a routing policy needs an identifier",
        type: "route53/record",
        good: record,
        bad: () => ({ weightedRoutingPolicies: [{ weight: 1 }] }),
        words: "InvalidInput: weightedRoutingPolicies needs setIdentifier.",
    },
    {
        title: "R53-4 a primary needs a health check",
        type: "route53/record",
        good: record,
        bad: () => ({ failoverRoutingPolicies: [{ type: "PRIMARY" }], setIdentifier: "one" }),
        words: "InvalidInput: A PRIMARY failover record needs a healthCheckId or evaluateTargetHealth, or it never fails over.",
    },
    {
        title: "R53-6 no CNAME at the apex",
        type: "route53/record",
        good: record,
        bad: () => ({ name: "example.com", type: "CNAME", records: ["a.example.org"] }),
        words: "InvalidChangeBatch: RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com. Take an alias.",
    },
    {
        title: "R53-7 an alias names the zone of its target",
        type: "route53/record",
        good: async (world) => {
            const target = await balancer(world);
            return {
                zoneId: (await world.make("route53/zone", { name: "example.com" })).id,
                name: "www",
                type: "A",
                aliases: [{ name: target.get("dnsName"), zoneId: target.get("zoneId"), evaluateTargetHealth: true }],
            };
        },
        bad: () => ({ aliases: [{ name: "gone-1.eu-west-1.elb.amazonaws.com", zoneId: "Z32O12XQLNTSW2", evaluateTargetHealth: true }] }),
        words: "InvalidChangeBatch: Tried to create an alias that targets gone-1.eu-west-1.elb.amazonaws.com., type A in zone Z32O12XQLNTSW2, but the alias target name does not lie within the target zone. There is no such load balancer or distribution.",
    },
    {
        title: "a zone that does not exist is refused",
        type: "route53/record",
        good: record,
        bad: () => ({ zoneId: "Z0NONE" }),
        words: "NoSuchHostedZone: No hosted zone found with ID: Z0NONE. route53.record zoneId must name one that exists.",
    },
    {
        title: "ACM-1 a certificate is issued when its record is there",
        type: "acm/certificateValidation",
        good: async (world) => ({ certificateArn: (await certificate(world, "www.example.com")).id }),
        bad: async ({ make }) => ({
            certificateArn: (await make("acm/certificate", { domainName: "lost.example.com", validationMethod: "DNS" })).id,
        }),
        words: "RequestError: waiting for ACM Certificate (arn:aws:acm:eu-west-1:111122223333:certificate/UUID) to be issued: timeout while waiting for state to become 'ISSUED' (last state: 'PENDING_VALIDATION', timeout: 1h15m0s). The record _KEY.lost.example.com is in no zone of the account.",
    },
    {
        title: "CDN-7 a behaviour goes to a known origin",
        type: "cloudfront/distribution",
        good: distribution,
        bad: () => ({ defaultCacheBehavior: { ...behaviour, targetOriginId: "api" } }),
        words: "NoSuchOrigin: One or more of your origins or origin groups do not exist: api. Known are app.",
    },
    {
        title: "CDN-2 an alias needs a certificate of its own",
        type: "cloudfront/distribution",
        good: distribution,
        bad: () => ({ aliases: ["www.example.com"] }),
        words: "InvalidViewerCertificate: To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name.",
    },
    {
        title: "CDN-1 a distribution's certificate is in us-east-1",
        type: "cloudfront/distribution",
        good: async (world) => ({
            ...(await distribution(world)),
            viewerCertificate: {
                acmCertificateArn: (await issued(world, "www.example.com", { region: "us-east-1" })).id,
                sslSupportMethod: "sni-only",
            },
        }),
        bad: async (world) => ({
            viewerCertificate: { acmCertificateArn: (await issued(world, "home.example.com")).id, sslSupportMethod: "sni-only" },
        }),
        words: `InvalidViewerCertificate: The specified SSL certificate arn:aws:acm:eu-west-1:111122223333:certificate/UUID doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain. acm.certificate arn:aws:acm:eu-west-1:111122223333:certificate/UUID ("r5") is in eu-west-1; cloudfront.distribution viewerCertificate.acmCertificateArn needs one of us-east-1.`,
    },
    {
        title: "CDN-6 a distribution's web ACL is one of scope CLOUDFRONT",
        type: "cloudfront/distribution",
        good: async (world) => ({ ...(await distribution(world)), webAclId: (await edgeAcl(world, "CLOUDFRONT")).get("arn") }),
        bad: () => ({ webAclId: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/x/y" }),
        words: "InvalidWebACLId: Web ACL arn:aws:wafv2:us-east-1:111122223333:global/webacl/x/y is not a web ACL of scope CLOUDFRONT in us-east-1. cloudfront.distribution webAclId must name one that exists in us-east-1.",
    },
    {
        title: "a cache policy that does not exist is refused",
        type: "cloudfront/distribution",
        good: distribution,
        bad: () => ({ defaultCacheBehavior: { ...behaviour, cachePolicyId: "0-0" } }),
        words: "NoSuchCachePolicy: The cache policy 0-0 doesn't exist. cloudfront.distribution defaultCacheBehavior.cachePolicyId must name one that exists.",
    },
    {
        title: "CDN-17 an error page has a code and a path",
        type: "cloudfront/distribution",
        good: distribution,
        bad: () => ({ customErrorResponses: [{ errorCode: 404, responseCode: 200 }] }),
        words: "InvalidArgument: A custom error response has both responseCode and responsePagePath, or neither.",
    },
    {
        title: "WAF-3 a web ACL of the edge is made in us-east-1",
        type: "wafv2/webAcl",
        good: acl,
        bad: () => ({ scope: "CLOUDFRONT" }),
        words: "WAFInvalidParameterException: The scope is not valid. CLOUDFRONT web ACLs are made in us-east-1, this one in eu-west-1.",
    },
    {
        title: "WAF-1 priorities differ",
        type: "wafv2/webAcl",
        good: acl,
        bad: () => ({ rules: [rule("one", 1), rule("two", 1)] }),
        words: 'WAFInvalidParameterException: Error reason: rules "one" and "two" have the same priority 1.',
    },
    {
        title: "WAF-2 a rule group is overridden, not acted on",
        type: "wafv2/webAcl",
        good: acl,
        bad: () => ({ rules: [rule("one", 1, { action: { block: {} } })] }),
        words: 'WAFInvalidParameterException: Rule "one" refers to a rule group: it has overrideAction, not action.',
    },
    {
        title: "WAF-4 a log destination is called aws-waf-logs-…",
        type: "wafv2/webAclLoggingConfiguration",
        good: async (world) => ({
            resourceArn: (await world.make("wafv2/webAcl", acl(world) as { readonly [key: string]: Json })).get("arn"),
            logDestinationConfigs: [(await world.make("cloudwatch/logGroup", { name: "aws-waf-logs-app" })).get("arn")],
        }),
        bad: async ({ make }) => ({ logDestinationConfigs: [(await make("cloudwatch/logGroup", { name: "waf" })).get("arn")] }),
        words: "WAFInvalidParameterException: Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes: arn:aws:logs:eu-west-1:111122223333:log-group:waf. The log group, bucket or stream must be called aws-waf-logs-….",
    },
    {
        title: "WAF-13 an association is with something that exists",
        type: "wafv2/webAclAssociation",
        good: async (world) => ({
            resourceArn: (await balancer(world)).id,
            webAclArn: (await world.make("wafv2/webAcl", acl(world) as { readonly [key: string]: Json })).get("arn"),
        }),
        bad: () => ({ webAclArn: "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/x/y" }),
        words: "WAFNonexistentItemException: AWS WAF couldn't perform the operation because the web ACL arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/x/y doesn't exist. wafv2.webAclAssociation webAclArn must name one that exists in eu-west-1.",
    },
]);

departs("the edge", [
    {
        title: "R53-16 a zone with records is not deleted",
        keeps: async (world) => {
            const zone = await world.make("route53/zone", { name: "example.com" });
            return [zone, await world.make("route53/record", { zoneId: zone.id, name: "www", type: "A", ttl: 60, records: ["192.0.2.1"] })];
        },
        words: /^HostedZoneNotEmpty: /,
    },
    {
        title: "WAF-15 a web ACL in use is not deleted",
        keeps: async (world) => {
            const used = await edgeAcl(world, "REGIONAL");
            return [
                used,
                await world.make("wafv2/webAclAssociation", { resourceArn: (await balancer(world)).id, webAclArn: used.get("arn") }),
            ];
        },
        words: /^WAFAssociatedItemException: /,
    },
    {
        title: "CDN-22 an access control in use is not deleted",
        keeps: async (world) => {
            const control = await world.make("cloudfront/originAccessControl", {
                originAccessControlOriginType: "s3",
                signingBehavior: "always",
                signingProtocol: "sigv4",
            });
            return [
                control,
                await world.make("cloudfront/distribution", {
                    ...(await distribution(world)),
                    origins: [{ originId: "app", domainName: "b.s3.eu-west-1.amazonaws.com", originAccessControlId: control.id }],
                }),
            ];
        },
        words: /^InUse: cloudfront\.originAccessControl E\w+ is still attached to cloudfront\.distribution/,
    },
]);
