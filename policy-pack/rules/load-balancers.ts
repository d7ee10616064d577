/** Load balancers of the second generation, under either of their tokens, and their listeners. */
import { expects, listed, show } from "../core/conditions.ts";
import { compliant, each, notApplicable, violation } from "../core/finding.ts";
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
];
