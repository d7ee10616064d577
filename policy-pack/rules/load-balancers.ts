/** Load balancers of the second generation, under either of their tokens, and their listeners. */
import { expects, isTrue, listed, matching, notFalse, oneOf, oneOfOrNothing, show } from "../core/conditions.ts";
import { all, compliant, each, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import { spansZones } from "../core/zones.ts";

/** Policies that offer TLS 1.2 at least, without the ciphers that AWS keeps for old clients. */
const tlsPolicies = [
    /^ELBSecurityPolicy-TLS13-1-3(-FIPS)?-(PQ-)?\d{4}-\d\d$/,
    /^ELBSecurityPolicy-TLS13-1-2(-Res|-FIPS|-Res-FIPS)?-(PQ-)?\d{4}-\d\d$/,
    /^ELBSecurityPolicy-FS-1-2-Res-(2019-08|2020-10)$/,
    /^ELBSecurityPolicy-TLS-1-2-2017-01$/,
];

function isSecure(listener: ResourceView): boolean {
    return ["HTTPS", "TLS"].includes((listener.text("protocol") ?? "").toUpperCase());
}

/** Left out, a load balancer is an application load balancer. */
function kindOf(resource: ResourceView): string {
    return resource.text("loadBalancerType") ?? "application";
}

const notAnApplication = notApplicable("not an application load balancer");

export const loadBalancers: readonly Rule[] = [
    {
        id: "alb-http-redirects-https",
        title: "A plain HTTP listener does nothing but send to HTTPS",
        why: "What is served over HTTP can be read and changed by every network on its way.",
        fix: 'Set `defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }]`.',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["ELB.1", "ELB.18"], hipaa: ["TRANSIT"] },
        on: ["lb/listener"],
        judge: (resource) => {
            if ((resource.text("protocol") ?? "").toUpperCase() !== "HTTP") {
                return notApplicable("not an HTTP listener");
            }
            return each(resource.list("defaultActions"), (action) => {
                const redirect = (action.text("redirect.protocol") ?? "").toUpperCase();
                return action.text("type") === "redirect" && redirect === "HTTPS"
                    ? compliant
                    : violation(action.path, `expected a redirect to HTTPS, got ${show(action.text("type"))}`);
            });
        },
    },
    {
        id: "elb-listener-tls-policy",
        title: "Every TLS listener refuses what is older than TLS 1.2",
        why: "Without a policy of its own, a listener still speaks TLS 1.0 with ciphers that have been broken.",
        fix: 'Set `sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"` or one of its kin.',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["ELB.17"], hipaa: ["TRANSIT"] },
        on: ["lb/listener"],
        judge: (resource) =>
            isSecure(resource)
                ? expects(resource, "sslPolicy", {
                      expected: `a policy for TLS 1.2 or 1.3 such as ${listed(["ELBSecurityPolicy-TLS13-1-2-Res-2021-06"])}`,
                      accepts: (value) => tlsPolicies.some((pattern) => pattern.test(String(value))),
                  })
                : notApplicable("not a TLS listener"),
    },
    {
        id: "elb-multi-az",
        title: "Every load balancer stands in two zones",
        why: "A load balancer goes down with the only zone it has.",
        fix: "Give `subnets` one subnet in each of two zones or more.",
        severity: "high",
        levels: standing.resilience,
        controls: { fsbp: ["ELB.13"], hipaa: ["AVAIL"] },
        scope: "relation",
        on: ["lb/loadBalancer"],
        judge: (resource, _parameters, stack) => spansZones(resource, resource.has("subnets") ? "subnets" : "subnetMappings", stack, 2),
    },
    {
        id: "nlb-listener-tls",
        title: "Network load balancers end TLS themselves",
        why: "A TCP listener passes on whatever comes, encrypted or not, and nobody sees which.",
        fix: 'Set `protocol: "TLS"` with a certificate; to pass TLS through on purpose, add the port to this rule\'s `passthrough`.',
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { fsbp: ["ELB.18"], hipaa: ["TRANSIT"] },
        parameters: { passthrough: { about: "Ports whose encrypted traffic is passed through.", default: ["443"] } },
        on: ["lb/listener"],
        judge: (resource, parameters) => {
            const protocol = (resource.text("protocol") ?? "").toUpperCase();
            if (!["TCP", "UDP", "TCP_UDP", "TLS"].includes(protocol)) {
                return notApplicable("not a network load balancer's listener");
            }
            return protocol === "TLS" || parameters.texts("passthrough").includes(resource.text("port") ?? "")
                ? compliant
                : violation("protocol", `expected "TLS", got "${protocol}"`);
        },
    },
    {
        id: "elb-listener-acm-certificate",
        title: "Every TLS listener has a certificate that renews itself",
        why: "An uploaded certificate runs out on a Sunday.",
        fix: "Set `certificateArn` to an ACM certificate validated by DNS.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["REST"] },
        on: ["lb/listener"],
        judge: (resource) => {
            if (!isSecure(resource)) {
                return notApplicable("not a TLS listener");
            }
            // Whose certificate it is shows once it is known; that there is one shows at once.
            return resource.isUnknown("certificateArn")
                ? compliant
                : expects(resource, "certificateArn", matching(/^arn:aws[a-z-]*:acm:/, "an ACM certificate"));
        },
    },
    {
        id: "alb-drop-invalid-headers",
        title: "Every application load balancer drops malformed headers",
        why: "Two programs that read a broken header differently are how requests are smuggled past the first.",
        fix: "Set `dropInvalidHeaderFields: true`.",
        severity: "medium",
        levels: standing.everywhere,
        controls: { fsbp: ["ELB.4"], hipaa: ["TRANSIT"] },
        on: ["lb/loadBalancer"],
        judge: (resource) => (kindOf(resource) === "application" ? expects(resource, "dropInvalidHeaderFields", isTrue) : notAnApplication),
    },
    {
        id: "elb-access-logs",
        title: "Every load balancer writes access logs",
        why: "They are the only record of who asked for what, also when the application was down.",
        fix: "Set `accessLogs: { enabled: true, bucket }`.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["ELB.5"], hipaa: ["AUD"] },
        on: ["lb/loadBalancer"],
        judge: (resource) =>
            kindOf(resource) === "gateway"
                ? notApplicable("a gateway load balancer has none")
                : expects(resource, "accessLogs.enabled", isTrue),
    },
    {
        id: "elb-deletion-protection",
        title: "No load balancer can be deleted by mistake",
        why: "A new one has another address, and every record and allow list that names the old one is wrong.",
        fix: "Set `enableDeletionProtection: true`.",
        severity: "medium",
        levels: standing.resilience,
        controls: { fsbp: ["ELB.6"], hipaa: ["AVAIL"] },
        on: ["lb/loadBalancer"],
        judge: (resource) => expects(resource, "enableDeletionProtection", isTrue),
    },
    {
        id: "nlb-cross-zone",
        title: "Network load balancers share the load between zones",
        why: "Without it, clients that picked one zone's address wear out that zone's machines while the others idle.",
        fix: "Set `enableCrossZoneLoadBalancing: true`.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AVAIL"] },
        on: ["lb/loadBalancer"],
        judge: (resource) =>
            kindOf(resource) === "application"
                ? notApplicable("always so on an application load balancer")
                : expects(resource, "enableCrossZoneLoadBalancing", isTrue),
    },
    {
        id: "alb-desync-mitigation",
        title: "Application load balancers refuse requests that two programs could read differently",
        why: "Request smuggling lets one client speak with another's session.",
        fix: 'Leave `desyncMitigationMode` at "defensive", or set "strictest".',
        severity: "medium",
        levels: standing.everywhere,
        controls: { fsbp: ["ELB.12"] },
        on: ["lb/loadBalancer", "elb/loadBalancer"],
        judge: (resource) =>
            resource.type === "lb/loadBalancer" && kindOf(resource) !== "application"
                ? notAnApplication
                : expects(resource, "desyncMitigationMode", oneOfOrNothing("defensive", "strictest")),
    },
    {
        id: "alb-waf-associated",
        title: "Every application load balancer on the internet stands behind a web ACL",
        why: "The requests that try last week's hole are the same everywhere, and a managed rule set knows them.",
        fix: "Add a `wafv2.WebAclAssociation` for it (Terrace: `edge.firewall`).",
        severity: "high",
        levels: standing.resilience,
        controls: { fsbp: ["ELB.16"] },
        scope: "relation",
        on: ["lb/loadBalancer"],
        judge: (resource, _parameters, stack) => {
            if (kindOf(resource) !== "application" || resource.flag("internal") === true) {
                return notApplicable("not an application load balancer on the internet");
            }
            const associations = [
                ...stack.referrers(resource, "wafv2/webAclAssociation", "resourceArn"),
                ...stack.referrers(resource, "wafregional/webAclAssociation", "resourceArn"),
            ];
            return associations.length > 0 ? compliant : violation("", "expected a WebAclAssociation for the load balancer, got none");
        },
    },
    {
        id: "elb-internet-facing-approved",
        title: "Only named load balancers face the internet",
        why: "Each public address is one more to guard; a new one should be somebody's decision.",
        fix: "Set `internal: true`, or add a part of the name to this rule's `allowed`.",
        severity: "medium",
        levels: standing.onRequest,
        controls: { hipaa: ["ACCNET"] },
        parameters: { allowed: { about: "Parts of names of load balancers that may.", default: [] } },
        on: ["lb/loadBalancer"],
        judge: (resource, parameters) =>
            parameters.texts("allowed").some((part) => resource.name.includes(part))
                ? notApplicable("allowed by name")
                : expects(resource, "internal", isTrue),
    },
    {
        id: "target-group-health-check",
        title: "Every target group asks its targets how they are",
        why: "Without a path of its own, a check of / passes while the application behind it is broken.",
        fix: "Set `healthCheck: { path, matcher }` to something that fails when the service does.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["AVAIL"] },
        on: ["lb/targetGroup"],
        judge: (resource) => {
            if (resource.text("targetType") === "lambda") {
                return notApplicable("a function is asked by its errors");
            }
            const http = ["HTTP", "HTTPS"].includes(
                (resource.text("healthCheck.protocol") ?? resource.text("protocol") ?? "").toUpperCase(),
            );
            return all(
                () => expects(resource, "healthCheck.enabled", notFalse),
                () =>
                    !http || resource.has("healthCheck.path") ? compliant : violation("healthCheck.path", "expected a path, got nothing"),
            );
        },
    },
    {
        id: "target-group-encrypted",
        title: "Traffic from the load balancer to its targets is encrypted",
        why: "Where regulated data must be encrypted on every hop, the inside of the VPC is one.",
        fix: 'Set `protocol: "HTTPS"` or "TLS" on the target group and a certificate on the targets.',
        severity: "low",
        levels: standing.onRequest,
        controls: { hipaa: ["TRANSIT"] },
        on: ["lb/targetGroup"],
        judge: (resource) =>
            ["lambda", "alb"].includes(resource.text("targetType") ?? "")
                ? notApplicable("carried by AWS")
                : expects(resource, "protocol", oneOf("HTTPS", "TLS", "GENEVE")),
    },
    {
        id: "no-classic-elb",
        title: "Nothing stands behind a classic load balancer",
        why: "The classic kind has no web ACL, no redirect, no HTTP/2 and no TLS 1.3.",
        fix: "Use `lb.LoadBalancer` with listeners and target groups.",
        severity: "medium",
        levels: standing.everywhere,
        controls: { fsbp: ["ELB.2", "ELB.3", "ELB.7", "ELB.9", "ELB.10", "ELB.14"], hipaa: ["TRANSIT", "AVAIL"] },
        on: ["elb/loadBalancer"],
        judge: () => violation("", "expected an application or network load balancer, got a classic one"),
    },
];
