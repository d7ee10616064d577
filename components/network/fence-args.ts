/** A fence as EC2 wants it. Rules stand inside the ACL and not beside it: whatever somebody adds by hand is then seen and taken away. */
import type * as aws from "@pulumi/aws";
import type { Fence, FenceRule } from "./fence.ts";

/** EC2 answers with numbers whatever it was told, so numbers it is. */
const protocols: { readonly [protocol in FenceRule["protocol"]]: string } = { all: "-1", tcp: "6", udp: "17", icmp: "1", icmpv6: "58" };

export function fenceArgs({ ingress, egress }: Fence): Required<Pick<aws.ec2.NetworkAclArgs, "ingress" | "egress">> {
    return { ingress: ingress.map(entry), egress: egress.map(entry) };
}

function entry(rule: FenceRule) {
    const [fromPort, toPort] = rule.ports ?? [0, 0];
    // Zeros, too, are said: EC2 answers with them, and an update of the subnets would otherwise seem to change every rule.
    const [icmpType, icmpCode] = rule.icmp ?? [0, 0];
    return {
        ruleNo: rule.number,
        action: "allow",
        protocol: protocols[rule.protocol],
        fromPort,
        toPort,
        ...(rule.peer.includes(":") ? { ipv6CidrBlock: rule.peer } : { cidrBlock: rule.peer }),
        icmpType,
        icmpCode,
    };
}
