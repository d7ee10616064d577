/** Load balancers, certificates, names, CloudFront and WAF. */
import { factsOf } from "../facts/regions.ts";
import { capitals, hex, lowers } from "../ids.ts";
import { isList, type Json, textOf } from "../values.ts";
import { text, texts, type View } from "../view.ts";
import type { Family } from "./make.ts";

/** The part of an ARN after a word: `app/main/0123456789abcdef`. */
function after(arn: string | undefined, word: string): string {
    return arn?.split(`:${word}/`)[1] ?? "";
}

function certificateNames(view: View): string[] {
    return [...new Set([text(view, "domainName") ?? "", ...texts(view, "subjectAlternativeNames")])].filter((name) => name !== "");
}

/** One record for each name; a name and its wildcard share theirs. */
function validationOptions(names: readonly string[], seed: string): Json[] {
    return names.map((name) => {
        const bare = name.replace(/^\*\./, "");
        const key = hex(`${seed}/${bare}`, 32);
        return {
            domainName: name,
            resourceRecordName: `_${key}.${bare}.`,
            resourceRecordType: "CNAME",
            resourceRecordValue: `_${hex(`${key}/value`, 32)}.acm-validations.aws.`,
        };
    });
}

function scopePart(view: View): string {
    return view.inputs.scope === "CLOUDFRONT" ? "global" : "regional";
}

const nameServers = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk", "ns-3.awsdns-03.com", "ns-4.awsdns-04.net"];

function fqdn(view: View): string {
    const zone = textOf(view.cloud.find("route53/zone", text(view, "zoneId") ?? "")?.outputs.name) ?? "";
    const name = (text(view, "name") ?? "").replace(/\.$/, "");
    if (zone === "" || name === zone || name.endsWith(`.${zone}`)) return name;
    return name === "" ? zone : `${name}.${zone}`;
}

export const edge: Family = {
    variables: {
        "lb/loadBalancer": (view) => ({
            kind: view.inputs.loadBalancerType === "network" ? "net" : view.inputs.loadBalancerType === "gateway" ? "gwy" : "app",
        }),
        "lb/listener": (view) => ({ loadBalancer: after(text(view, "loadBalancerArn"), "loadbalancer") }),
        "lb/listenerRule": (view) => ({ listener: after(text(view, "listenerArn"), "listener") }),
        "wafv2/webAcl": (view) => ({ wafScope: scopePart(view) }),
        "wafv2/ipSet": (view) => ({ wafScope: scopePart(view) }),
        "wafv2/ruleGroup": (view) => ({ wafScope: scopePart(view) }),
        "wafv2/regexPatternSet": (view) => ({ wafScope: scopePart(view) }),
    },
    ids: {
        "acm/certificateValidation": (view) => view.now,
        "lb/targetGroupAttachment": (view) => `${text(view, "targetGroupArn")}-${hex(view.seed, 26)}`,
        "lb/listenerCertificate": (view) => `${text(view, "listenerArn")}_${text(view, "certificateArn")}`,
        "route53/zone": (view) => `Z0${capitals(view.seed, 18)}`,
        "route53/record": (view) =>
            [text(view, "zoneId"), fqdn(view), text(view, "type"), text(view, "setIdentifier")]
                .filter((part) => part !== undefined)
                .join("_"),
        "wafv2/webAclAssociation": (view) => `${text(view, "webAclArn")},${text(view, "resourceArn")}`,
        "wafv2/webAclLoggingConfiguration": (view) => text(view, "resourceArn") ?? "",
        "cloudfront/monitoringSubscription": (view) => text(view, "distributionId") ?? "",
        "cloudfront/vpcOrigin": (view) => `vo_${lowers(view.seed, 22)}`,
        "cloudfront/publicKey": (view) => `K${capitals(view.seed, 13)}`,
    },
    outputs: {
        "lb/loadBalancer": (view, { arn }) => {
            const network = view.inputs.loadBalancerType === "network";
            const facts = factsOf(view.region);
            const zone = (network ? facts?.nlbZone : facts?.albZone) ?? `Z${capitals(`${view.region}/elb`, 13)}`;
            const subnets = [...texts(view, "subnets"), ...texts(view, "subnetMappings.subnetId")];
            const number = hex(`${view.seed}/dns`, network ? 16 : 9);
            const digits = network ? number : [...number].map((digit) => Number.parseInt(digit, 16) % 10).join("");
            return {
                name: view.name ?? "",
                arn,
                arnSuffix: after(arn, "loadbalancer"),
                dnsName: `${view.inputs.internal === true ? "internal-" : ""}${view.name}-${digits}.${network ? `elb.${view.region}` : `${view.region}.elb`}.amazonaws.com`,
                zoneId: zone,
                canonicalHostedZoneId: zone,
                subnets,
                vpcId: view.cloud.find("ec2/subnet", subnets[0] ?? "")?.inputs.vpcId ?? "",
                ipAddressType: view.inputs.ipAddressType ?? "ipv4",
                internal: view.inputs.internal ?? false,
                loadBalancerType: view.inputs.loadBalancerType ?? "application",
                securityGroups: view.inputs.securityGroups ?? [],
            };
        },
        "lb/targetGroup": (view, { arn }) => ({
            name: view.name ?? "",
            arn,
            arnSuffix: `targetgroup/${after(arn, "targetgroup")}`,
            ipAddressType: view.inputs.ipAddressType ?? "ipv4",
            protocolVersion: view.inputs.protocolVersion ?? (String(view.inputs.protocol ?? "").startsWith("HTTP") ? "HTTP1" : ""),
            loadBalancingAlgorithmType: view.inputs.loadBalancingAlgorithmType ?? "round_robin",
            loadBalancerArns: view.self?.outputs.loadBalancerArns ?? [],
        }),
        "lb/listener": (view) => ({
            protocol: view.inputs.protocol ?? "HTTP",
            sslPolicy: view.inputs.sslPolicy ?? (view.inputs.protocol === "HTTPS" ? "ELBSecurityPolicy-2016-08" : ""),
        }),
        "acm/certificate": (view, { arn }) => {
            const imported = view.inputs.certificateBody !== undefined;
            const names = certificateNames(view);
            return {
                domainValidationOptions: imported ? [] : validationOptions(names, view.account),
                status: imported ? "ISSUED" : (view.self?.outputs.status ?? "PENDING_VALIDATION"),
                type: imported ? "IMPORTED" : "AMAZON_ISSUED",
                subjectAlternativeNames: names,
                validationMethod: view.inputs.validationMethod ?? (imported ? "NONE" : "DNS"),
                keyAlgorithm: view.inputs.keyAlgorithm ?? "RSA_2048",
                renewalEligibility: "INELIGIBLE",
                pendingRenewal: false,
                notAfter: "",
                notBefore: "",
                validationEmails: [],
                arn,
            };
        },
        "acm/certificateValidation": (view) => ({ certificateArn: text(view, "certificateArn") ?? "" }),
        "route53/zone": (view, { id, arn }) => ({
            name: (view.name ?? "").replace(/\.$/, ""),
            zoneId: id,
            arn,
            comment: view.inputs.comment ?? "Managed by Pulumi",
            nameServers: isList(view.inputs.vpcs) && view.inputs.vpcs.length > 0 ? [] : nameServers,
            primaryNameServer: nameServers[0] ?? "",
        }),
        "route53/record": (view) => ({ fqdn: fqdn(view), name: view.inputs.name ?? "" }),
        "route53/healthCheck": (view, { id, arn }) => ({
            arn,
            regions: view.inputs.regions ?? [],
            ipAddress: view.inputs.ipAddress ?? "",
            id,
        }),
        "cloudfront/distribution": (view, { id }) => ({
            domainName: `d${lowers(view.seed, 13)}.cloudfront.net`,
            hostedZoneId: "Z2FDTNDATAQYW2",
            status: "Deployed",
            etag: `E${capitals(`${view.seed}/${view.now}`, 13)}`,
            callerReference: `terraform-${hex(view.seed, 20)}`,
            inProgressValidationBatches: 0,
            lastModifiedTime: view.now,
            trustedKeyGroups: [],
            trustedSigners: [],
            loggingV1Enabled: view.inputs.loggingConfig !== undefined,
            id,
        }),
        "cloudfront/vpcOrigin": (view) => ({ etag: `E${capitals(view.seed, 13)}` }),
        "cloudfront/originAccessControl": (view) => ({
            etag: `E${capitals(view.seed, 13)}`,
            name: view.name ?? "",
            description: view.inputs.description ?? "Managed by Pulumi",
        }),
        "cloudfront/function": (view) => ({
            etag: `E${capitals(`${view.seed}/${String(view.inputs.code).length}`, 13)}`,
            liveStageEtag: `E${capitals(view.seed, 13)}`,
            status: "UNASSOCIATED",
        }),
        "wafv2/webAcl": (view, { id }) => ({
            capacity: isList(view.inputs.rules) ? view.inputs.rules.length * 25 : 0,
            lockToken: hex(`${view.seed}/lock`, 32),
            applicationIntegrationUrl: "",
            description: view.inputs.description ?? "",
            id,
            name: view.name ?? "",
        }),
        "wafv2/ipSet": (view) => ({ lockToken: hex(`${view.seed}/lock`, 32), name: view.name ?? "" }),
    },
    renewed: { "cloudfront/distribution": ["etag", "lastModifiedTime"], "cloudfront/function": ["etag"] },
};
