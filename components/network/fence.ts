/**
 * Network ACLs by tier: the coarse second fence behind the security groups. They are stateless, so answers need rules of their own.
 * Nothing comes in on 22 or 3389, from nowhere: ranges are split around them. Pure.
 */
import type { Tier } from "./ledger.ts";

export interface FenceRule {
    /** Order in which AWS looks; stable, because changing one takes the rule away for a moment. */
    readonly number: number;
    readonly protocol: "all" | "tcp" | "udp" | "icmp" | "icmpv6";
    /** Where it comes from or goes to, an IPv4 or IPv6 block. */
    readonly peer: string;
    readonly ports?: readonly [from: number, to: number];
    readonly icmp?: readonly [type: number, code: number];
}

export interface Fence {
    readonly ingress: readonly FenceRule[];
    readonly egress: readonly FenceRule[];
}

export interface FencePlan {
    readonly cidr: string;
    readonly appBlock: string;
    readonly dataBlock: string;
    readonly secondaryCidrs: readonly string[];
    readonly ipv6: boolean;
    readonly dataPorts: readonly number[];
}

/** AWS's quota of rules in one direction, less the two that it adds itself. Raising it to 40 costs throughput. */
export const mostRules = 18;

/** Ports that nobody ever listens on to be reached: SSH and RDP. Shells are opened by Session Manager. */
export const shellPorts: readonly number[] = [22, 3389];

const everywhere = "0.0.0.0/0";
const everywhereIpv6 = "::/0";

export function fenceOf(tier: Tier, plan: FencePlan): Fence {
    return { public: publicFence, app: appFence, data: dataFence }[tier](plan);
}

/** Load balancers take 80 and 443 from everywhere; NAT gateways take what the other tiers send, and the answers to it. */
function publicFence(plan: FencePlan): Fence {
    const web = (first: number, peer: string): FenceRule[] => [
        { number: first, protocol: "tcp", peer, ports: [80, 80] },
        { number: first + 10, protocol: "tcp", peer, ports: [443, 443] },
    ];
    return {
        ingress: [...web(10, everywhere), ...(plan.ipv6 ? web(50, everywhereIpv6) : []), ...answers(plan), ...within(plan)],
        egress: outward(plan),
    };
}

/** From outside only answers come in: what NAT translates back, and what the gateway endpoints of S3 and DynamoDB return. */
function appFence(plan: FencePlan): Fence {
    return { ingress: [...answers(plan), ...within(plan)], egress: outward(plan) };
}

/** The app tier reaches the ports of databases and caches; they answer it, talk among themselves, and reach nothing else. */
function dataFence(plan: FencePlan): Fence {
    const clients = [plan.appBlock, ...plan.secondaryCidrs];
    const inward = clients.flatMap((peer, client) =>
        plan.dataPorts.map(
            (port, index): FenceRule => ({ number: 200 + 100 * client + 10 * index, protocol: "tcp", peer, ports: [port, port] }),
        ),
    );
    return {
        ingress: [...ephemeral(100, "tcp", plan.dataBlock), ...inward],
        egress: [plan.dataBlock, ...clients].map((peer, index) => ({
            number: 100 + 10 * index,
            protocol: "tcp",
            peer,
            ports: [1024, 65535],
        })),
    };
}

/** Answers arrive on ephemeral ports, and a router that cannot forward a packet says so by ICMP; without that, connections hang. */
function answers(plan: FencePlan): FenceRule[] {
    return [
        ...ephemeral(100, "tcp", everywhere),
        { number: 120, protocol: "udp", peer: everywhere, ports: [1024, 65535] },
        { number: 130, protocol: "icmp", peer: everywhere, icmp: [3, 4] },
        ...(plan.ipv6
            ? [
                  ...ephemeral(200, "tcp", everywhereIpv6),
                  { number: 220, protocol: "udp", peer: everywhereIpv6, ports: [1024, 65535] } as const,
                  { number: 230, protocol: "icmpv6", peer: everywhereIpv6, icmp: [2, 0] } as const,
              ]
            : []),
    ];
}

/** Inside the network also the low ports: HTTPS between tiers and to endpoints, mail and time on their way to NAT. */
function within(plan: FencePlan): FenceRule[] {
    return [plan.cidr, ...plan.secondaryCidrs].flatMap((peer, index): FenceRule[] => [
        { number: 300 + 20 * index, protocol: "tcp", peer, ports: [23, 1023] },
        { number: 310 + 20 * index, protocol: "udp", peer, ports: [1, 1023] },
    ]);
}

function outward(plan: FencePlan): FenceRule[] {
    return [
        { number: 100, protocol: "all", peer: everywhere },
        ...(plan.ipv6 ? [{ number: 110, protocol: "all", peer: everywhereIpv6 } as const] : []),
    ];
}

function ephemeral(first: number, protocol: "tcp", peer: string): FenceRule[] {
    return [
        { number: first, protocol, peer, ports: [1024, 3388] },
        { number: first + 10, protocol, peer, ports: [3390, 65535] },
    ];
}
