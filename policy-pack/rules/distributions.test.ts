import { describeRule, type Other, subject } from "../testing.ts";

const type = "cloudfront/distribution";
const behavior = (viewerProtocolPolicy: string) => ({ targetOriginId: "app", viewerProtocolPolicy });

describeRule({
    rule: "cloudfront-viewer-https",
    type,
    compliant: { defaultCacheBehavior: behavior("redirect-to-https"), orderedCacheBehaviors: [behavior("https-only")] },
    violations: [
        {
            change: { defaultCacheBehavior: behavior("allow-all") },
            says: ['defaultCacheBehavior.viewerProtocolPolicy  expected "redirect-to-https" or "https-only", got "allow-all"'],
        },
        {
            change: { orderedCacheBehaviors: [behavior("https-only"), behavior("allow-all")] },
            says: ['orderedCacheBehaviors[1].viewerProtocolPolicy  expected "redirect-to-https" or "https-only", got "allow-all"'],
        },
    ],
});

describeRule({
    rule: "cloudfront-min-tls",
    type,
    compliant: { viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2021" } },
    alsoCompliant: [{ change: { viewerCertificate: { minimumProtocolVersion: "TLSv1.3_2025" } } }],
    violations: [
        {
            change: { viewerCertificate: { cloudfrontDefaultCertificate: true } },
            says: ["viewerCertificate  expected a certificate of your own, got CloudFront's, which answers TLS 1.0"],
        },
        {
            change: { viewerCertificate: { acmCertificateArn: "arn" } },
            says: ['viewerCertificate.minimumProtocolVersion  expected "TLSv1.2_2021" or newer, got nothing'],
        },
        {
            change: { viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2019" } },
            says: ['viewerCertificate.minimumProtocolVersion  expected "TLSv1.2_2021" or newer, got "TLSv1.2_2019"'],
        },
    ],
});

const origin = (originProtocolPolicy: string, ...originSslProtocols: readonly string[]) => ({
    originId: "app",
    customOriginConfig: { originProtocolPolicy, originSslProtocols },
});

describeRule({
    rule: "cloudfront-origin-tls",
    type,
    compliant: { origins: [origin("https-only", "TLSv1.2")] },
    violations: [
        {
            change: { origins: [origin("http-only", "TLSv1.2")] },
            says: ['origins[0].customOriginConfig.originProtocolPolicy  expected "https-only", got "http-only"'],
        },
        {
            change: { origins: [origin("https-only", "TLSv1", "TLSv1.2")] },
            says: ['origins[0].customOriginConfig.originSslProtocols  expected "TLSv1.2" alone, got TLSv1 too'],
        },
    ],
    notApplicable: [{ change: { origins: [{ originId: "bucket", s3OriginConfig: {} }] } }],
});

const vpcOrigin = (originProtocolPolicy: string, ...items: readonly string[]) => ({
    vpcOriginEndpointConfig: { originProtocolPolicy, originSslProtocols: { items, quantity: items.length } },
});

describeRule({
    rule: "cloudfront-origin-tls",
    type: "cloudfront/vpcOrigin",
    compliant: vpcOrigin("https-only", "TLSv1.2"),
    violations: [
        {
            change: vpcOrigin("match-viewer", "TLSv1.1", "TLSv1.2"),
            says: [
                'vpcOriginEndpointConfig.originProtocolPolicy  expected "https-only", got "match-viewer"',
                'vpcOriginEndpointConfig.originSslProtocols.items  expected "TLSv1.2" alone, got TLSv1.1 too',
            ],
        },
    ],
});

describeRule({
    rule: "cloudfront-custom-certificate",
    type,
    compliant: { viewerCertificate: { acmCertificateArn: "arn", sslSupportMethod: "sni-only" } },
    alsoCompliant: [{ change: { viewerCertificate: { iamCertificateId: "id" } } }],
    violations: [
        {
            change: { viewerCertificate: { cloudfrontDefaultCertificate: true } },
            says: ["viewerCertificate.acmCertificateArn  expected a certificate of your own, got nothing"],
        },
    ],
});

describeRule({
    rule: "cloudfront-sni",
    type,
    compliant: { viewerCertificate: { acmCertificateArn: "arn", sslSupportMethod: "sni-only" } },
    alsoCompliant: [{ change: { viewerCertificate: { cloudfrontDefaultCertificate: true } } }],
    violations: [
        {
            change: { viewerCertificate: { acmCertificateArn: "arn", sslSupportMethod: "vip" } },
            says: ['viewerCertificate.sslSupportMethod  expected other than "vip", got "vip"'],
        },
    ],
});

const source: Other = { name: "source", type: "cloudwatch/logDeliverySource", links: { resourceArn: subject } };
const delivery: Other = { name: "delivery", type: "cloudwatch/logDelivery", links: { deliverySourceName: "source" } };
const silent = "expected loggingConfig or a log delivery for the distribution, got neither";

describeRule({
    rule: "cloudfront-logging",
    type,
    compliant: {},
    others: [source, delivery],
    alsoCompliant: [
        { change: { loggingConfig: { bucket: "logs.s3.amazonaws.com" } }, others: [] },
        { change: { defaultCacheBehavior: { realtimeLogConfigArn: "arn" } }, others: [] },
    ],
    violations: [
        { others: [], says: [silent] },
        { others: [source], says: [silent] },
    ],
});

describeRule({
    rule: "cloudfront-waf",
    type,
    compliant: { webAclId: "arn" },
    violations: [{ change: { webAclId: undefined }, says: ["webAclId  expected a web ACL, got nothing"] }],
    unknownIsFine: ["webAclId"],
});

const bucketDomain = "shop-assets.s3.eu-west-1.amazonaws.com";
const files = { originId: "files", domainName: bucketDomain, originAccessControlId: "control" };
const app = { ...origin("https-only", "TLSv1.2"), domainName: "app.example.com" };
const inVpc = { originId: "vpc", domainName: "origin.example.com", vpcOriginConfig: { vpcOriginId: "vpc" } };

describeRule({
    rule: "cloudfront-oac",
    type,
    compliant: { origins: [files, app, inVpc] },
    alsoCompliant: [{ change: { origins: [{ ...app, domainName: "shop.s3-website.eu-west-1.amazonaws.com" }] } }],
    violations: [
        {
            change: { origins: [app, { ...files, originAccessControlId: undefined }] },
            says: ["origins[1].originAccessControlId  expected an origin access control, got nothing"],
        },
        {
            change: { origins: [{ originId: "files", domainName: bucketDomain, s3OriginConfig: { originAccessIdentity: "identity" } }] },
            says: ["origins[0].originAccessControlId  expected an origin access control, got an origin access identity, its predecessor"],
        },
        {
            change: { origins: [{ ...app, domainName: "shop-assets.s3.amazonaws.com" }] },
            says: ["origins[0].originAccessControlId  expected an origin access control, got nothing"],
        },
    ],
});

describeRule({
    rule: "cloudfront-oac",
    type: "cloudfront/originAccessControl",
    compliant: { originAccessControlOriginType: "s3", signingBehavior: "always" },
    violations: [{ change: { signingBehavior: "never" }, says: ['signingBehavior  expected "always" or "no-override", got "never"'] }],
});

const functionUrl = { ...app, domainName: "abc123.lambda-url.eu-west-1.on.aws" };

describeRule({
    rule: "cloudfront-lambda-oac",
    type,
    compliant: { origins: [{ ...functionUrl, originAccessControlId: "control" }, app, inVpc] },
    violations: [
        {
            change: { origins: [app, functionUrl] },
            says: ["origins[1].originAccessControlId  expected an origin access control, got nothing"],
        },
    ],
});

describeRule({
    rule: "cloudfront-key-groups",
    type,
    compliant: { defaultCacheBehavior: { trustedKeyGroups: ["group"] }, orderedCacheBehaviors: [{ pathPattern: "/open/*" }] },
    violations: [
        {
            change: { defaultCacheBehavior: { trustedSigners: ["self"] } },
            says: ["defaultCacheBehavior.trustedSigners  expected trustedKeyGroups, got one"],
        },
        {
            change: { orderedCacheBehaviors: [{ trustedSigners: ["123456789012"] }] },
            says: ["orderedCacheBehaviors[0].trustedSigners  expected trustedKeyGroups, got one"],
        },
    ],
});

const group = { originId: "both", members: [{ originId: "files" }, { originId: "app" }] };

describeRule({
    rule: "cloudfront-default-root-object",
    type,
    compliant: { origins: [app, files], defaultCacheBehavior: { targetOriginId: "files" }, defaultRootObject: "index.html" },
    violations: [
        { change: { defaultRootObject: undefined }, says: ["defaultRootObject  expected a root object, got nothing"] },
        {
            change: { defaultRootObject: undefined, originGroups: [group], defaultCacheBehavior: { targetOriginId: "both" } },
            says: ["defaultRootObject  expected a root object, got nothing"],
        },
    ],
    notApplicable: [{ change: { defaultCacheBehavior: { targetOriginId: "app" }, defaultRootObject: undefined } }],
    unknownIsFine: ["defaultRootObject"],
});

describeRule({
    rule: "cloudfront-origin-failover",
    type,
    compliant: { originGroups: [group] },
    violations: [{ change: { originGroups: undefined }, says: ["originGroups  expected a group of origins, got nothing"] }],
    unknownIsFine: ["originGroups"],
});

const headed = (responseHeadersPolicyId?: string) => ({ targetOriginId: "app", responseHeadersPolicyId });
const headers = (props: Readonly<Record<string, unknown>>): Other => ({ name: "headers", type: "cloudfront/responseHeadersPolicy", props });
const strict = headers({ securityHeadersConfig: { strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, override: true } } });

describeRule({
    rule: "cloudfront-response-headers",
    type,
    compliant: { defaultCacheBehavior: headed("id-of-headers"), orderedCacheBehaviors: [headed("id-of-headers")] },
    others: [strict],
    // Of another stack, or AWS's own.
    alsoCompliant: [{ others: [] }],
    violations: [
        {
            change: { defaultCacheBehavior: headed() },
            says: ["defaultCacheBehavior.responseHeadersPolicyId  expected a response headers policy, got nothing"],
        },
        {
            change: { orderedCacheBehaviors: [headed()] },
            says: ["orderedCacheBehaviors[0].responseHeadersPolicyId  expected a response headers policy, got nothing"],
        },
    ],
});

describeRule({
    rule: "cloudfront-response-headers",
    type,
    compliant: { defaultCacheBehavior: headed("id-of-headers") },
    links: { defaultCacheBehavior: "headers" },
    others: [strict],
    violations: [
        {
            others: [headers({ corsConfig: { accessControlAllowCredentials: false } })],
            says: ["defaultCacheBehavior.responseHeadersPolicyId  expected strictTransportSecurity in the policy, got headers without"],
        },
    ],
    notApplicable: [{ change: { defaultCacheBehavior: { ...headed(), functionAssociations: [{ eventType: "viewer-response" }] } } }],
});

const restricted = (restrictionType: string) => ({ restrictions: { geoRestriction: { restrictionType, locations: ["DE"] } } });

describeRule({
    rule: "cloudfront-geo-restriction",
    type,
    compliant: restricted("whitelist"),
    alsoCompliant: [{ change: restricted("blacklist") }],
    violations: [
        {
            change: restricted("none"),
            says: ['restrictions.geoRestriction.restrictionType  expected "whitelist" or "blacklist", got "none"'],
        },
    ],
});

const bucket: Other = { name: "assets", type: "s3/bucket", props: { bucket: "shop-assets" } };

describeRule({
    rule: "cloudfront-s3-origin-exists",
    type,
    compliant: { origins: [files, app] },
    others: [bucket],
    violations: [
        {
            change: { origins: [app, { ...files, domainName: "shop-assets-old.s3.amazonaws.com" }] },
            says: ['origins[1].domainName  expected a bucket of this stack, got "shop-assets-old" of another or of nobody'],
        },
        {
            others: [],
            says: ['origins[0].domainName  expected a bucket of this stack, got "shop-assets" of another or of nobody'],
        },
    ],
});

describeRule({
    rule: "cloudfront-s3-origin-exists",
    type,
    parameters: { elsewhere: ["shop-assets"] },
    compliant: { origins: [files] },
    violations: [],
});

describeRule({
    rule: "cloudfront-price-class",
    type,
    parameters: { classes: ["PriceClass_100", "PriceClass_200"] },
    compliant: { priceClass: "PriceClass_100" },
    violations: [
        {
            change: { priceClass: "PriceClass_All" },
            says: ['priceClass  expected "PriceClass_100" or "PriceClass_200", got "PriceClass_All"'],
        },
        { change: { priceClass: undefined }, says: ['priceClass  expected "PriceClass_100" or "PriceClass_200", got nothing'] },
    ],
});
