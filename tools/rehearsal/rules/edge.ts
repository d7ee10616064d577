/** Names, certificates, CloudFront and WAF. */

import type { Thing } from "../state.ts";
import { isList, isObject, type Json, numberOf, textOf, textsOf } from "../values.ts";
import { label, names, others, type Rule, says, target, text, texts, type View } from "../view.ts";
import { notIssued } from "./balancing.ts";
import { hasInternetGateway } from "./network.ts";

function absolute(view: View, inputs: Thing["inputs"]): string {
    const zone = textOf(view.cloud.find("route53/zone", textOf(inputs.zoneId) ?? "")?.outputs.name) ?? "";
    const name = (textOf(inputs.name) ?? "").replace(/\.$/, "").toLowerCase();
    return zone === "" || name === zone || name.endsWith(`.${zone}`) ? name : name === "" ? zone : `${name}.${zone}`;
}

const policies = [
    "weightedRoutingPolicies",
    "failoverRoutingPolicies",
    "latencyRoutingPolicies",
    "geolocationRoutingPolicies",
    "geoproximityRoutingPolicy",
    "cidrRoutingPolicy",
    "multivalueAnswerRoutingPolicy",
] as const;

const recordShape: Rule["check"] = (view) => {
    const { inputs } = view;
    const alias = isList(inputs.aliases) && inputs.aliases.length > 0;
    if (alias && (inputs.ttl !== undefined || inputs.records !== undefined))
        return says("InvalidInput", "An alias record takes no ttl and no records.");
    if (!alias && (inputs.ttl === undefined || inputs.records === undefined))
        return says("InvalidInput", "A record without aliases needs ttl and records.");
    const routed = policies.filter((name) => inputs[name] !== undefined && inputs[name] !== false);
    if (routed.length > 1) return says("InvalidInput", `A record has one routing policy, got ${routed.join(" and ")}.`);
    if (routed.length === 1 && inputs.setIdentifier === undefined) return says("InvalidInput", `${routed[0]} needs setIdentifier.`);
    if (routed.length === 0 && inputs.setIdentifier !== undefined) return says("InvalidInput", "setIdentifier needs a routing policy.");
    const primary = texts(view, "failoverRoutingPolicies.type")[0] === "PRIMARY";
    const watched =
        inputs.healthCheckId !== undefined ||
        (isList(inputs.aliases) && inputs.aliases.some((item) => isObject(item) && item.evaluateTargetHealth === true));
    return primary && !watched
        ? says("InvalidInput", "A PRIMARY failover record needs a healthCheckId or evaluateTargetHealth, or it never fails over.")
        : undefined;
};

/** Outputs in which a type shows the host name and the zone that an alias needs. */
const aliasTargets: readonly [string, string, string][] = [
    ["lb/loadBalancer", "dnsName", "zoneId"],
    ["cloudfront/distribution", "domainName", "hostedZoneId"],
    ["apigatewayv2/domainName", "", ""],
    ["s3/bucket", "websiteDomain", "hostedZoneId"],
    ["elasticbeanstalk/environment", "cname", ""],
];

const record: Rule["check"] = (view) => {
    const [name, type] = [absolute(view, view.inputs), text(view, "type")];
    const zone = view.cloud.find("route53/zone", text(view, "zoneId") ?? "");
    const apex = name === textOf(zone?.outputs.name);
    if (type === "CNAME" && apex)
        return says(
            "InvalidChangeBatch",
            `RRSet of type CNAME with DNS name ${name}. is not permitted at apex in zone ${name}.`,
            "Take an alias.",
        );
    for (const other of others(view, "route53/record")) {
        if (other.inputs.zoneId !== view.inputs.zoneId || absolute(view, other.inputs) !== name) continue;
        if (other.inputs.type !== type) {
            if (type === "CNAME" || other.inputs.type === "CNAME")
                return says(
                    "InvalidChangeBatch",
                    `RRSet of type ${type} with DNS name ${name}. is not permitted because a conflicting RRSet of type ${textOf(other.inputs.type)} with the same DNS name already exists.`,
                );
            continue;
        }
        const both = view.inputs.setIdentifier !== undefined && other.inputs.setIdentifier !== undefined;
        if (both && other.inputs.setIdentifier !== view.inputs.setIdentifier) continue;
        if (view.inputs.allowOverwrite === true && !both) continue;
        return says(
            "InvalidChangeBatch",
            `Tried to create resource record set [name='${name}.', type='${type}'] but it already exists: ${label(other)}.`,
            "Keep one, or set allowOverwrite for a validation record that two stacks share.",
        );
    }
    for (const alias of isList(view.inputs.aliases) ? view.inputs.aliases : []) {
        if (!isObject(alias)) continue;
        const [host, zoneId] = [textOf(alias.name)?.toLowerCase().replace(/\.$/, "") ?? "", textOf(alias.zoneId)];
        if (host.endsWith(".cloudfront.net") && alias.evaluateTargetHealth === true)
            return says("InvalidInput", "evaluateTargetHealth must be false for a CloudFront alias.", "Take a health check.");
        if (!/\.(elb\.amazonaws\.com|cloudfront\.net|elb\.[a-z0-9-]+\.amazonaws\.com)$/.test(host)) continue;
        const found = aliasTargets.flatMap(([kind, hostOutput, zoneOutput]) =>
            [...view.cloud.all(kind)]
                .filter((thing) => textOf(thing.outputs[hostOutput])?.toLowerCase() === host.replace(/^dualstack\./, ""))
                .map((thing) => ({ thing, zone: textOf(thing.outputs[zoneOutput]) })),
        )[0];
        if (!found)
            return says(
                "InvalidChangeBatch",
                `Tried to create an alias that targets ${host}., type ${type} in zone ${zoneId}, but the alias target name does not lie within the target zone.`,
                "There is no such load balancer or distribution.",
            );
        if (found.zone !== undefined && found.zone !== zoneId)
            return says(
                "InvalidChangeBatch",
                `Tried to create an alias that targets ${host}. in zone ${zoneId}, but that target's zone is ${found.zone}.`,
                `Give the zone of ${label(found.thing)}, not the domain's.`,
            );
    }
    return undefined;
};

const validation: Rule["check"] = (view) => {
    const certificate = target(view, "acm/certificate", text(view, "certificateArn"));
    if (!certificate) return undefined;
    const options = isList(certificate.outputs.domainValidationOptions) ? certificate.outputs.domainValidationOptions : [];
    const have = new Set([...view.cloud.all("route53/record")].map((thing) => absolute(view, thing.inputs)));
    for (const option of options) {
        const wanted = isObject(option) ? (textOf(option.resourceRecordName) ?? "").replace(/\.$/, "") : "";
        if (wanted !== "" && !have.has(wanted))
            return says(
                "RequestError",
                `waiting for ACM Certificate (${certificate.id}) to be issued: timeout while waiting for state to become 'ISSUED' (last state: 'PENDING_VALIDATION', timeout: 1h15m0s).`,
                `The record ${wanted} is in no zone of the account.`,
            );
    }
    return undefined;
};

function covers(names: readonly string[], host: string): boolean {
    return names.includes(host) || names.includes(`*.${host.split(".").slice(1).join(".")}`);
}

const distributionShape: Rule["check"] = (view) => {
    const { inputs } = view;
    const origins = new Set([...texts(view, "origins.originId"), ...texts(view, "originGroups.originId")]);
    const behaviours = [inputs.defaultCacheBehavior, ...(isList(inputs.orderedCacheBehaviors) ? inputs.orderedCacheBehaviors : [])];
    for (const behaviour of behaviours) {
        if (!isObject(behaviour)) continue;
        const to = textOf(behaviour.targetOriginId);
        if (to !== undefined && !origins.has(to) && !JSON.stringify(inputs.origins ?? []).includes("04da6b54"))
            return says(
                "NoSuchOrigin",
                `One or more of your origins or origin groups do not exist: ${to}.`,
                `Known are ${[...origins].join(", ")}.`,
            );
        if (behaviour.cachePolicyId !== undefined && behaviour.forwardedValues !== undefined)
            return says(
                "InvalidArgument",
                "The parameter ForwardedValues cannot be used when a cache policy is associated to the cache behavior.",
            );
    }
    const certificate = isObject(inputs.viewerCertificate) ? inputs.viewerCertificate : {};
    const aliases = isList(inputs.aliases) ? inputs.aliases : [];
    if (aliases.length > 0 && certificate.cloudfrontDefaultCertificate === true)
        return says(
            "InvalidViewerCertificate",
            "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate that validates your authorization to use the domain name.",
        );
    if (certificate.acmCertificateArn !== undefined && certificate.sslSupportMethod === undefined)
        return says("InvalidArgument", "acmCertificateArn needs sslSupportMethod (sni-only).");
    if (certificate.sslSupportMethod === "vip")
        return says("InvalidArgument", "sslSupportMethod vip is refused for new distributions.", "Take sni-only.");
    for (const response of isList(inputs.customErrorResponses) ? inputs.customErrorResponses : [])
        if (isObject(response) && (response.responseCode === undefined) !== (response.responsePagePath === undefined))
            return says("InvalidArgument", "A custom error response has both responseCode and responsePagePath, or neither.");
    const comment = text(view, "comment");
    if (comment !== undefined && comment.length > 128)
        return says("InvalidArgument", `comment is at most 128 characters, got ${comment.length}.`);
    const patterns = texts(view, "orderedCacheBehaviors.pathPattern");
    const twice = patterns.find((pattern, index) => patterns.indexOf(pattern) !== index);
    return twice === undefined ? undefined : says("InvalidArgument", `The parameter PathPattern contains ${twice} twice.`);
};

const distribution: Rule["check"] = (view) => {
    const arn = texts(view, "viewerCertificate.acmCertificateArn")[0];
    const certificate = target(view, "acm/certificate", arn);
    const bad = notIssued(view, arn, "InvalidViewerCertificate");
    if (bad !== undefined) return bad;
    const own = certificate ? textsOf(certificate.outputs.subjectAlternativeNames) : undefined;
    for (const alias of texts(view, "aliases")) {
        if (own && !covers(own, alias))
            return says(
                "InvalidViewerCertificate",
                `The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that you're trying to add: ${alias}.`,
                `It covers ${own.join(", ")}.`,
            );
        for (const other of others(view, "cloudfront/distribution"))
            if (names(other, "aliases", alias))
                return says(
                    "CNAMEAlreadyExists",
                    `One or more of the CNAMEs you provided are already associated with a different resource: ${alias} with ${label(other)}.`,
                );
    }
    const acl = target(view, "wafv2/webAcl", text(view, "webAclId"));
    if (acl && acl.inputs.scope !== "CLOUDFRONT")
        return says("InvalidWebACLId", `Web ACL ${acl.id} has scope ${textOf(acl.inputs.scope)}, a distribution needs CLOUDFRONT.`);
    return undefined;
};

const chargedGroups: { readonly [name: string]: number } = {
    AWSManagedRulesCommonRuleSet: 700,
    AWSManagedRulesKnownBadInputsRuleSet: 200,
    AWSManagedRulesSQLiRuleSet: 200,
    AWSManagedRulesLinuxRuleSet: 200,
    AWSManagedRulesUnixRuleSet: 100,
    AWSManagedRulesWindowsRuleSet: 200,
    AWSManagedRulesPHPRuleSet: 100,
    AWSManagedRulesWordPressRuleSet: 100,
    AWSManagedRulesAdminProtectionRuleSet: 100,
    AWSManagedRulesAmazonIpReputationList: 25,
    AWSManagedRulesAnonymousIpList: 50,
    AWSManagedRulesBotControlRuleSet: 50,
    AWSManagedRulesATPRuleSet: 50,
    AWSManagedRulesACFPRuleSet: 50,
    AWSManagedRulesAntiDDoSRuleSet: 50,
};

const webAcl: Rule["check"] = (view) => {
    const rules = isList(view.inputs.rules) ? view.inputs.rules : [];
    if (view.inputs.scope === "CLOUDFRONT" && view.region !== "us-east-1")
        return says(
            "WAFInvalidParameterException",
            "The scope is not valid.",
            `CLOUDFRONT web ACLs are made in us-east-1, this one in ${view.region}.`,
        );
    const seen = new Map<Json, string>();
    let capacity = 0;
    for (const rule of rules) {
        if (!isObject(rule)) continue;
        const name = textOf(rule.name) ?? "";
        const twin = seen.get(rule.priority ?? null);
        if (twin !== undefined)
            return says(
                "WAFInvalidParameterException",
                `Error reason: rules "${twin}" and "${name}" have the same priority ${String(rule.priority)}.`,
            );
        seen.set(rule.priority ?? null, name);
        const statement = isObject(rule.statement) ? rule.statement : {};
        const group = statement.managedRuleGroupStatement ?? statement.ruleGroupReferenceStatement;
        if (group !== undefined && rule.action !== undefined)
            return says("WAFInvalidParameterException", `Rule "${name}" refers to a rule group: it has overrideAction, not action.`);
        if (group !== undefined && rule.overrideAction === undefined)
            return says("WAFInvalidParameterException", `Rule "${name}" refers to a rule group and needs overrideAction.`);
        if (group === undefined && rule.action === undefined) return says("WAFInvalidParameterException", `Rule "${name}" needs action.`);
        const managed = isObject(group) && group.vendorName === "AWS" ? textOf(group.name) : undefined;
        if (managed !== undefined && chargedGroups[managed] === undefined)
            return says(
                "WAFNonexistentItemException",
                `AWS WAF couldn't find the managed rule group ${managed}.`,
                `Known are ${Object.keys(chargedGroups).join(", ")}.`,
            );
        capacity += managed === undefined ? 2 : (chargedGroups[managed] ?? 0);
        const rate = isObject(statement.rateBasedStatement) ? numberOf(statement.rateBasedStatement.limit) : undefined;
        if (rate !== undefined && (rate < 10 || rate > 2_000_000_000))
            return says("WAFInvalidParameterException", `Rate limit is from 10 to 2000000000, got ${rate}.`);
    }
    return capacity > 5000
        ? says("WAFLimitsExceededException", `A web ACL has at most 5000 WCU, these rules need ${capacity}.`)
        : undefined;
};

export const edgeRules: readonly Rule[] = [
    { id: "R53-1", types: ["route53/record"], when: "plan", check: recordShape },
    { id: "R53-18", types: ["route53/record"], when: "call", check: record },
    { id: "ACM-1", types: ["acm/certificateValidation"], when: "call", patient: true, check: validation },
    {
        id: "ACM-5",
        types: ["acm/certificate"],
        when: "plan",
        check: (view) => {
            const all = new Set([text(view, "domainName"), ...texts(view, "subjectAlternativeNames")]);
            if ((text(view, "domainName")?.length ?? 0) > 64)
                return says("ValidationException", "The first domain name of a certificate is at most 64 characters.");
            return all.size > 10
                ? says("LimitExceededException", `The number of domain names is limited to 10 for a certificate, got ${all.size}.`)
                : undefined;
        },
    },
    { id: "CDN-7", types: ["cloudfront/distribution"], when: "plan", check: distributionShape },
    { id: "CDN-1", types: ["cloudfront/distribution"], when: "call", check: distribution },
    {
        id: "CDN-18",
        types: ["cloudfront/vpcOrigin"],
        when: "call",
        check: (view) => {
            const arn = texts(view, "vpcOriginEndpointConfig.arn")[0];
            const balancer = target(view, "lb/loadBalancer", arn);
            if (arn?.includes(":loadbalancer/") && !balancer) return says("EntityNotFound", `Load balancer '${arn}' not found.`);
            return balancer && !hasInternetGateway(view, textOf(balancer.outputs.vpcId))
                ? says(
                      "InvalidArgument",
                      `VPC ${textOf(balancer.outputs.vpcId)} of the origin has no internet gateway.`,
                      "A VPC origin needs one attached, although nothing goes through it.",
                  )
                : undefined;
        },
    },
    { id: "WAF-1", types: ["wafv2/webAcl"], when: "plan", check: webAcl },
    {
        id: "WAF-3",
        types: ["wafv2/ipSet", "wafv2/regexPatternSet", "wafv2/ruleGroup"],
        when: "plan",
        check: (view) =>
            view.inputs.scope === "CLOUDFRONT" && view.region !== "us-east-1"
                ? says(
                      "WAFInvalidParameterException",
                      "The scope is not valid.",
                      `CLOUDFRONT things are made in us-east-1, this one in ${view.region}.`,
                  )
                : undefined,
    },
    {
        id: "WAF-4",
        types: ["wafv2/webAclLoggingConfiguration"],
        when: "call",
        check: (view) => {
            const wrong = texts(view, "logDestinationConfigs").find((arn) => !/aws-waf-logs-/.test(arn.split(":").slice(5).join(":")));
            return wrong === undefined
                ? undefined
                : says(
                      "WAFInvalidParameterException",
                      `Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes: ${wrong}.`,
                      "The log group, bucket or stream must be called aws-waf-logs-….",
                  );
        },
    },
    {
        id: "WAF-13",
        types: ["wafv2/webAclAssociation"],
        when: "call",
        check: (view) => {
            const arn = text(view, "resourceArn") ?? "";
            if (arn.includes(":cloudfront:"))
                return says("WAFInvalidParameterException", "A distribution takes its web ACL by webAclId, not by an association.");
            const acl = target(view, "wafv2/webAcl", text(view, "webAclArn"));
            if (acl && acl.inputs.scope !== "REGIONAL")
                return says(
                    "WAFInvalidParameterException",
                    `Web ACL ${acl.id} has scope ${textOf(acl.inputs.scope)}, an association needs REGIONAL.`,
                );
            for (const other of others(view, "wafv2/webAclAssociation"))
                if (other.inputs.resourceArn === arn)
                    return says("WAFInvalidOperationException", `${arn} already has a web ACL: ${label(other)}.`);
            return undefined;
        },
    },
    {
        id: "delete-certificate",
        types: ["acm/certificate"],
        when: "delete",
        patient: true,
        check: (view) => {
            const id = view.self?.id ?? "";
            for (const [type, path] of [
                ["lb/listener", "certificateArn"],
                ["lb/listenerCertificate", "certificateArn"],
                ["cloudfront/distribution", "viewerCertificate.acmCertificateArn"],
            ] as const)
                for (const thing of view.cloud.all(type))
                    if (names(thing, path, id))
                        return says("ResourceInUseException", `Certificate ${id} in account ${view.account} is in use by ${label(thing)}.`);
            return undefined;
        },
    },
    {
        id: "delete-web-acl",
        types: ["wafv2/webAcl"],
        when: "delete",
        patient: true,
        check: (view) => {
            const arn = textOf(view.self?.outputs.arn) ?? "";
            for (const [type, path] of [
                ["wafv2/webAclAssociation", "webAclArn"],
                ["cloudfront/distribution", "webAclId"],
            ] as const)
                for (const thing of view.cloud.all(type))
                    if (names(thing, path, arn))
                        return says(
                            "WAFAssociatedItemException",
                            `AWS WAF couldn't perform the operation because your resource is being used by another resource: ${label(thing)}.`,
                        );
            return undefined;
        },
    },
    {
        id: "delete-zone",
        types: ["route53/zone"],
        when: "delete",
        patient: true,
        check: (view) => {
            for (const thing of view.cloud.all("route53/record"))
                if (thing.inputs.zoneId === view.self?.id && view.inputs.forceDestroy !== true)
                    return says(
                        "HostedZoneNotEmpty",
                        `The specified hosted zone contains non-required resource record sets and so cannot be deleted: ${label(thing)}.`,
                    );
            return undefined;
        },
    },
    {
        id: "delete-edge-part",
        types: [
            "cloudfront/originAccessControl",
            "cloudfront/responseHeadersPolicy",
            "cloudfront/cachePolicy",
            "cloudfront/originRequestPolicy",
            "cloudfront/vpcOrigin",
            "cloudfront/function",
        ],
        when: "delete",
        patient: true,
        check: (view) => {
            const mark = textOf(view.self?.outputs.arn) ?? "";
            for (const thing of view.cloud.all("cloudfront/distribution")) {
                const all = JSON.stringify(thing.inputs);
                if (all.includes(`"${view.self?.id}"`) || (mark !== "" && all.includes(`"${mark}"`)))
                    return says("InUse", `${view.type.short.replace("/", ".")} ${view.self?.id} is still attached to ${label(thing)}.`);
            }
            return undefined;
        },
    },
];
