/** What the edge decides before anything exists: names, who bears them, and what other blocks must say for it to work. No Pulumi here. */
import type { Problem } from "../../conventions/refusal.ts";
import type { Behaviour } from "./cdn-settings.ts";
import type { EdgeSettings } from "./settings.ts";

/** Parts of the settings that decide about names. */
type Naming = Pick<EdgeSettings, "domain" | "alternativeNames" | "serves" | "cdn" | "zone">;

/** Names that people type. */
export function viewerNames(settings: Naming): readonly string[] {
    return [settings.domain, ...settings.alternativeNames];
}

/**
 * Name by which CloudFront reaches the load balancer. CloudFront checks the origin's certificate against it, and no certificate can bear
 * the load balancer's own name. Behind a VPC origin nobody resolves it; it is the name in the handshake only.
 */
export function originName(settings: Pick<Naming, "domain">): string {
    return `origin.${settings.domain}`;
}

/** Whether a CDN, here or in another stack, stands in front of the load balancer. */
export function behindCdn(settings: Pick<Naming, "serves" | "cdn">): boolean {
    return settings.cdn !== undefined || settings.serves === "origin";
}

/** Names on the certificate of the home region, the first of which is its subject. */
export function homeCertificateNames(settings: Naming): readonly string[] {
    return [...viewerNames(settings), ...(behindCdn(settings) ? [originName(settings)] : [])];
}

/** Names that need a CAA record of their own: the others inherit one from a name above them. */
export function guardedNames(settings: Naming): readonly string[] {
    const names = viewerNames(settings);
    return names.filter((name) => !names.some((other) => name.endsWith(`.${other}`)));
}

/** What makes a record one of a set that several stacks hold together. */
export function planRouting(routing: NonNullable<EdgeSettings["routing"]>, region: string) {
    switch (routing.kind) {
        case "failover":
            return { setIdentifier: routing.role, failoverRoutingPolicies: [{ type: routing.role.toUpperCase() }] };
        case "weighted":
            return { setIdentifier: region, weightedRoutingPolicies: [{ weight: routing.weight }] };
        case "latency":
            return { setIdentifier: region, latencyRoutingPolicies: [{ region }] };
    }
}

/** CloudFront's managed policies by id: they are the same in every account (CloudFront guide, "managed policies"), so nothing is looked up. */
export const managedPolicies = {
    cache: {
        long: "658327ea-f89d-4fab-a63d-7e88639e58f6",
        origin: "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
        none: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    },
    /** Everything that the viewer sent, the Host header included: the application sees the name that people typed. */
    allViewer: "216adef6-5c7f-47e4-b989-5492eafa07d3",
    /** The Host header alone: what is kept for everybody must not depend on whose cookies came with the first request. */
    hostOnly: "bf0718e1-ba1e-49d1-88b1-f726733018ae",
} as const;

const readMethods = ["GET", "HEAD", "OPTIONS"];
const allMethods = [...readMethods, "PUT", "POST", "PATCH", "DELETE"];

/** Origins by the id that behaviours name. */
export const originIds = { loadBalancer: "load-balancer", assets: "assets", second: "second", group: "failover" } as const;

/** Inputs that the default behaviour and the ordered ones share. */
export function planBehaviour(behaviour: Omit<Behaviour, "path">, failover: boolean) {
    const toAssets = behaviour.to === "assets";
    const methods = behaviour.methods ?? (toAssets ? "read" : "all");
    const cache = behaviour.cache ?? (toAssets ? "long" : "none");
    const mayFailOver = failover && !toAssets && methods === "read";
    return {
        targetOriginId: toAssets ? originIds.assets : mayFailOver ? originIds.group : originIds.loadBalancer,
        allowedMethods: methods === "read" ? readMethods : allMethods,
        cachedMethods: ["GET", "HEAD"],
        cachePolicyId: managedPolicies.cache[cache],
        // S3 refuses the viewer's Host header, so assets get nothing beyond what the cache policy sends.
        ...(!toAssets && { originRequestPolicyId: cache === "long" ? managedPolicies.hostOnly : managedPolicies.allViewer }),
        compress: behaviour.compress,
        viewerProtocolPolicy: "redirect-to-https",
    };
}

/** What the load balancer's block must say. For stacks/rules.ts, which alone sees both. */
export function loadBalancerProblems(
    edge: EdgeSettings,
    loadBalancer: { readonly internal: boolean; readonly admit: unknown; readonly idleTimeoutSeconds: number },
): readonly Problem[] {
    const problems: Problem[] = [];
    const behind = behindCdn(edge);
    if (behind && loadBalancer.admit !== "cloudfront") {
        problems.push({
            path: "loadBalancer.admit",
            message: `must be "cloudfront" behind a CDN (${edge.cdn === undefined ? 'edge.serves "origin"' : "edge.cdn"}), or people walk round its firewall`,
        });
    }
    if (!behind && loadBalancer.admit === "cloudfront") {
        problems.push({
            path: "loadBalancer.admit",
            message: 'is "cloudfront", but nothing stands in front: add edge.cdn, or admit "anywhere"',
        });
    }
    if (edge.cdn !== undefined && edge.cdn.origin.keepAliveSeconds >= loadBalancer.idleTimeoutSeconds) {
        problems.push({
            path: "edge.cdn.origin.keepAliveSeconds",
            message: `must be less than loadBalancer.idleTimeoutSeconds (${loadBalancer.idleTimeoutSeconds}), got ${edge.cdn.origin.keepAliveSeconds}: CloudFront would write to connections just closed, and answer 502`,
        });
    }
    if (edge.cdn !== undefined && loadBalancer.internal && edge.routing !== undefined) {
        problems.push({
            path: "edge.routing",
            message:
                "has no record to act on: an internal load balancer behind a CDN is reached by a VPC origin, not by name. Use edge.cdn.failover",
        });
    }
    if (!behind && loadBalancer.internal) {
        problems.push({
            path: "loadBalancer.internal",
            message:
                "makes it unreachable from outside, and edge has no cdn whose VPC origin could reach it; add edge.cdn or take internal away",
        });
    }
    if (edge.serves === "origin" && loadBalancer.internal) {
        problems.push({
            path: "loadBalancer.internal",
            message: 'must be false where edge.serves is "origin": the other stack\'s CDN reaches it by name',
        });
    }
    if (edge.cdn === undefined && edge.healthCheck !== undefined && loadBalancer.admit !== "anywhere") {
        problems.push({
            path: "edge.healthCheck",
            message: 'needs loadBalancer.admit "anywhere": Route 53 asks from the internet, and a closed door is always ill',
        });
    }
    return problems;
}

/** What the CDN's behaviours need of the rest of the stack. For stacks/rules.ts. */
export function originProblems(edge: EdgeSettings, has: { readonly loadBalancer: boolean; readonly assets: boolean }): readonly Problem[] {
    if (edge.cdn === undefined) {
        return [];
    }
    const missing = edge.cdn.behaviours.flatMap((behaviour, index) =>
        has[behaviour.to]
            ? []
            : [
                  {
                      path: `edge.cdn.behaviours.${index}.to`,
                      message: `is ${JSON.stringify(behaviour.to)}, but the stack has no ${behaviour.to === "assets" ? "bucket for assets" : "load balancer"}`,
                  },
              ],
    );
    const unreachable = has.assets && has.loadBalancer && !edge.cdn.behaviours.some((behaviour) => behaviour.to === "assets");
    return [
        ...missing,
        ...(unreachable
            ? [{ path: "edge.cdn.behaviours", message: 'send nothing to the bucket for assets: add {path: "/assets/*", to: assets}' }]
            : []),
        ...(has.loadBalancer || has.assets
            ? []
            : [{ path: "edge.cdn", message: "has nothing to publish: add a load balancer or a bucket for assets" }]),
    ];
}
