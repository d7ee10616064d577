/** CloudFront distributions. */
import { absent, expects, listed, matching, noneOf, oneOf, present, show } from "../core/conditions.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import type { Values } from "../core/values.ts";

const distribution = "cloudfront/distribution";

/** The default behaviour and the ordered ones. */
function behaviorsOf(resource: ResourceView): readonly Values[] {
    return [...resource.list("defaultCacheBehavior"), ...resource.list("orderedCacheBehaviors")];
}

/** A bucket by its own address; a website endpoint is an ordinary web server. */
const bucketAddress = /^(.+)\.s3[.-](?!website)([a-z0-9.-]+\.)?amazonaws\.com(\.cn)?$/;

/** What is neither a web server nor something in a VPC is a bucket, and so is a web server at a bucket's address. */
function isBucket(origin: Values): boolean {
    if (origin.has("customOriginConfig")) {
        return bucketAddress.test(origin.text("domainName") ?? "");
    }
    return !origin.has("vpcOriginConfig");
}

/** The origins that the default behaviour asks, a group's members for the group. */
function defaultOrigins(resource: ResourceView): readonly Values[] {
    const target = resource.text("defaultCacheBehavior.targetOriginId");
    const group = resource.list("originGroups").find((each) => each.text("originId") === target);
    const ids = group === undefined ? [target] : group.list("members").map((member) => member.text("originId"));
    return resource.list("origins").filter((origin) => ids.includes(origin.text("originId")));
}

/** The second version of access logs: a source that names the distribution, and a delivery from it. */
function deliversLogs(resource: ResourceView, stack: StackView): boolean {
    return stack
        .referrers(resource, "cloudwatch/logDeliverySource", "resourceArn")
        .some((source) => stack.referrers(source, "cloudwatch/logDelivery", "deliverySourceName").length > 0);
}

/** Policies of other stacks and AWS's own are taken at their word. */
function addsHeaders(behavior: Values, property: string, resource: ResourceView, stack: StackView): Finding {
    if (behavior.has("functionAssociations") || behavior.has("lambdaFunctionAssociations")) {
        return notApplicable("a function may add the headers");
    }
    if (!behavior.has("responseHeadersPolicyId")) {
        return violation(behavior.pathOf("responseHeadersPolicyId"), "expected a response headers policy, got nothing");
    }
    const policies = stack.references(resource, property, "cloudfront/responseHeadersPolicy");
    const bare = policies.find((policy) => !policy.has("securityHeadersConfig.strictTransportSecurity"));
    return bare === undefined
        ? compliant
        : violation(behavior.pathOf("responseHeadersPolicyId"), `expected strictTransportSecurity in the policy, got ${bare.name} without`);
}

/** TLS 1.2 and nothing older, and no plain HTTP, on the way to the origin. */
function speaksTls(config: Values, protocols: string): Finding {
    return all(
        () => expects(config, "originProtocolPolicy", oneOf("https-only")),
        () => {
            const old = config.texts(protocols).filter((protocol) => protocol !== "TLSv1.2");
            return old.length === 0
                ? compliant
                : violation(config.pathOf(protocols), `expected "TLSv1.2" alone, got ${old.join(", ")} too`);
        },
    );
}

export const distributions: readonly Rule[] = [
    {
        id: "cloudfront-viewer-https",
        title: "Every behaviour of a distribution serves HTTPS only",
        why: "One behaviour that allows HTTP is enough to take a session's cookie.",
        fix: 'Set `viewerProtocolPolicy: "redirect-to-https"` on the default and every ordered behaviour.',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["CloudFront.3"], hipaa: ["TRANSIT"] },
        on: [distribution],
        judge: (resource) =>
            each(behaviorsOf(resource), (behavior) => expects(behavior, "viewerProtocolPolicy", oneOf("redirect-to-https", "https-only"))),
    },
    {
        id: "cloudfront-min-tls",
        title: "Every distribution refuses what is older than TLS 1.2",
        why: "CloudFront's own default still answers TLS 1.0.",
        fix: 'Set `viewerCertificate.minimumProtocolVersion: "TLSv1.2_2021"`, which needs a certificate of your own.',
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["CloudFront.15"], hipaa: ["TRANSIT"] },
        on: [distribution],
        judge: (resource) =>
            resource.flag("viewerCertificate.cloudfrontDefaultCertificate") === true
                ? violation("viewerCertificate", "expected a certificate of your own, got CloudFront's, which answers TLS 1.0")
                : expects(
                      resource,
                      "viewerCertificate.minimumProtocolVersion",
                      matching(/^TLSv1\.(2_20(2[1-9]|[3-9]\d)|3_\d{4})$/, '"TLSv1.2_2021" or newer'),
                  ),
    },
    {
        id: "cloudfront-origin-tls",
        title: "Every distribution speaks TLS 1.2 with its origins",
        why: "A viewer's HTTPS is worth nothing when the second half of the way is plain.",
        fix: 'Set `customOriginConfig: { originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] }`.',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["CloudFront.9", "CloudFront.10"], hipaa: ["TRANSIT"] },
        on: [distribution, "cloudfront/vpcOrigin"],
        judge: (resource) => {
            if (resource.type === "cloudfront/vpcOrigin") {
                return speaksTls(resource.at("vpcOriginEndpointConfig"), "originSslProtocols.items");
            }
            const custom = resource.list("origins").filter((origin) => origin.has("customOriginConfig"));
            return custom.length === 0
                ? notApplicable("no custom origin")
                : each(custom, (origin) => speaksTls(origin.at("customOriginConfig"), "originSslProtocols"));
        },
    },
    {
        id: "cloudfront-custom-certificate",
        title: "Distributions present a certificate for a name of their own",
        why: "Behind CloudFront's own certificate the name is CloudFront's too, and can never move elsewhere.",
        fix: "Set `viewerCertificate.acmCertificateArn` to a certificate in us-east-1, and `aliases`.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { fsbp: ["CloudFront.7"] },
        on: [distribution],
        judge: (resource) =>
            resource.has("viewerCertificate.iamCertificateId")
                ? compliant
                : expects(resource, "viewerCertificate.acmCertificateArn", present("a certificate of your own")),
    },
    {
        id: "cloudfront-sni",
        title: "Distributions share their addresses",
        why: "An address of its own (vip) costs 600 USD a month and serves browsers that died before 2010.",
        fix: 'Set `viewerCertificate.sslSupportMethod: "sni-only"`.',
        severity: "low",
        levels: standing.production,
        controls: { fsbp: ["CloudFront.8"] },
        on: [distribution],
        judge: (resource) => expects(resource, "viewerCertificate.sslSupportMethod", noneOf("vip")),
    },
    {
        id: "cloudfront-logging",
        title: "Every distribution writes down who asked for what",
        why: "What the edge answers or refuses never reaches the logs of the servers behind it.",
        fix: "Add a `cloudwatch.LogDeliverySource`, a destination and a `LogDelivery` in us-east-1, or set `loggingConfig`.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["CloudFront.5"], hipaa: ["AUD"] },
        scope: "relation",
        on: [distribution],
        judge: (resource, _parameters, stack) =>
            resource.has("loggingConfig.bucket") ||
            resource.has("defaultCacheBehavior.realtimeLogConfigArn") ||
            deliversLogs(resource, stack)
                ? compliant
                : violation("", "expected loggingConfig or a log delivery for the distribution, got neither"),
    },
    {
        id: "cloudfront-waf",
        title: "Every distribution stands behind a web ACL",
        why: "Scanners find a new name within minutes; without a web ACL each of their requests reaches the application.",
        fix: "Set `webAclId` to the ARN of a web ACL of scope CLOUDFRONT.",
        severity: "medium",
        levels: standing.resilience,
        controls: { fsbp: ["CloudFront.6"] },
        on: [distribution],
        judge: (resource) => expects(resource, "webAclId", present("a web ACL")),
    },
    {
        id: "cloudfront-oac",
        title: "Buckets are read through an origin access control",
        why: "Without it the bucket has to be open to everybody, and everybody can go round the distribution.",
        fix: "Set `originAccessControlId` of the origin and let cloudfront.amazonaws.com with this distribution's ARN read the bucket.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["CloudFront.13"], hipaa: ["ACCNET"] },
        on: [distribution, "cloudfront/originAccessControl"],
        judge: (resource) => {
            if (resource.type !== distribution) {
                return expects(resource, "signingBehavior", oneOf("always", "no-override"));
            }
            return each(resource.list("origins"), (origin) => {
                if (origin.has("originAccessControlId") || !isBucket(origin)) {
                    return compliant;
                }
                const got = origin.has("s3OriginConfig.originAccessIdentity") ? "an origin access identity, its predecessor" : "nothing";
                return violation(origin.pathOf("originAccessControlId"), `expected an origin access control, got ${got}`);
            });
        },
    },
    {
        id: "cloudfront-lambda-oac",
        title: "Function URLs are called through an origin access control",
        why: "Without it the function has to be open to everybody, past the distribution and its web ACL.",
        fix: 'Set `originAccessControlId` to one of `originAccessControlOriginType: "lambda"`, and AWS_IAM on the function URL.',
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACCNET"] },
        link: "https://docs.aws.amazon.com/config/latest/developerguide/cloudfront-origin-lambda-url-oac-enabled.html",
        on: [distribution],
        judge: (resource) =>
            each(
                resource.list("origins").filter((origin) => !origin.has("vpcOriginConfig")),
                (origin) =>
                    !origin.has("originAccessControlId") && /\.lambda-url\.[a-z0-9-]+\.on\.aws$/.test(origin.text("domainName") ?? "")
                        ? violation(origin.pathOf("originAccessControlId"), "expected an origin access control, got nothing")
                        : compliant,
            ),
    },
    {
        id: "cloudfront-key-groups",
        title: "Signed addresses are checked by key groups",
        why: "The older trusted signers need a key pair that only the account's root user can make, and cannot be rotated by a program.",
        fix: "Name `cloudfront.KeyGroup`s in `trustedKeyGroups` and leave `trustedSigners` out.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACCID"] },
        link: "https://docs.aws.amazon.com/config/latest/developerguide/cloudfront-distribution-key-group-enabled.html",
        on: [distribution],
        judge: (resource) => each(behaviorsOf(resource), (behavior) => expects(behavior, "trustedSigners", absent("trustedKeyGroups"))),
    },
    {
        id: "cloudfront-default-root-object",
        title: "A distribution of files answers its bare name with one of them",
        why: "Without a root object the name alone gets an error, or the list of everything in the bucket.",
        fix: 'Set `defaultRootObject: "index.html"`.',
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { fsbp: ["CloudFront.1"] },
        on: [distribution],
        judge: (resource) =>
            defaultOrigins(resource).some(isBucket)
                ? expects(resource, "defaultRootObject", present("a root object"))
                : notApplicable("the bare name is answered by an application"),
    },
    {
        id: "cloudfront-origin-failover",
        title: "Every distribution has a second origin to ask",
        why: "When the origin's region is down, the edge is up and has nothing to say.",
        fix: "Add `originGroups` with two members and `failoverCriteria`, and let the behaviours name the group.",
        severity: "low",
        levels: standing.onRequest,
        controls: { fsbp: ["CloudFront.4"], hipaa: ["AVAIL"] },
        on: [distribution],
        judge: (resource) => expects(resource, "originGroups", present("a group of origins")),
    },
    {
        id: "cloudfront-response-headers",
        title: "Every answer of a distribution tells browsers to stay on HTTPS",
        why: "A browser that was never told tries plain HTTP first, and whoever runs the network answers.",
        fix: "Set `responseHeadersPolicyId` on each behaviour to a policy with `securityHeadersConfig.strictTransportSecurity`.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: {},
        scope: "relation",
        on: [distribution],
        judge: (resource, _parameters, stack) =>
            all(
                ...["defaultCacheBehavior", "orderedCacheBehaviors"]
                    .filter((property) => resource.has(property))
                    .map((property) => () => each(resource.list(property), (behavior) => addsHeaders(behavior, property, resource, stack))),
            ),
    },
    {
        id: "cloudfront-geo-restriction",
        title: "Distributions answer only the countries that they are for",
        why: "Where there are no customers, what comes is mostly attacks, and some countries must not be served by law.",
        fix: 'Set `restrictions.geoRestriction` to a `"whitelist"` (or `"blacklist"`) of countries.',
        severity: "low",
        levels: standing.onRequest,
        controls: {},
        on: [distribution],
        judge: (resource) => expects(resource, "restrictions.geoRestriction.restrictionType", oneOf("whitelist", "blacklist")),
    },
    {
        id: "cloudfront-s3-origin-exists",
        title: "Distributions read buckets that are yours",
        why: "The name of a bucket that is gone is free: whoever takes it serves his own files under your domain.",
        fix: "Refer to the bucket as `bucket.bucketRegionalDomainName`; name one of another stack in this rule's `elsewhere`.",
        severity: "high",
        levels: standing.productionAdvice,
        controls: { fsbp: ["CloudFront.12"] },
        parameters: { elsewhere: { about: "Names of buckets of other stacks.", default: [] } },
        scope: "relation",
        on: [distribution],
        judge: (resource, parameters, stack) =>
            each(resource.list("origins"), (origin) => {
                // What only the deploy tells is made by this deploy.
                const [, name] = origin.isUnknown("domainName") ? [] : (bucketAddress.exec(origin.text("domainName") ?? "") ?? []);
                const known = stack.ofType("s3/bucket").some((bucket) => bucket.outputs.knownTexts("bucket")[0] === name);
                return name === undefined || known || parameters.texts("elsewhere").includes(name)
                    ? compliant
                    : violation(origin.pathOf("domainName"), `expected a bucket of this stack, got "${name}" of another or of nobody`);
            }),
    },
    {
        id: "cloudfront-price-class",
        title: "Distributions are served from as many places as they need",
        why: "Every place of PriceClass_All is paid for, also for an experiment that three people look at.",
        fix: 'Set `priceClass: "PriceClass_100"`; left out, it is PriceClass_All.',
        severity: "low",
        levels: standing.advice,
        controls: {},
        parameters: {
            classes: {
                about: "Price classes that may be.",
                default: {
                    development: ["PriceClass_100"],
                    production: ["PriceClass_100", "PriceClass_200", "PriceClass_All"],
                    regulated: ["PriceClass_100", "PriceClass_200", "PriceClass_All"],
                },
            },
        },
        on: [distribution],
        judge: (resource, parameters) => {
            const allowed = parameters.texts("classes");
            const got = resource.text("priceClass");
            return allowed.includes(got ?? "PriceClass_All")
                ? compliant
                : violation("priceClass", `expected ${listed(allowed)}, got ${show(got)}`);
        },
    },
];
