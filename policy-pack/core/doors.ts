/** The rules of a security group in one shape, whichever of the four ways the program wrote them in. */
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";
import type { Values } from "./values.ts";

export type Direction = "ingress" | "egress";

export interface Door {
    /** The rule's place in the resource: `ingress[0]`, or empty where the resource is one rule. */
    readonly values: Values;
    readonly direction: Direction;
    /** `tcp`, `udp`, `icmp`, a number of another protocol, or `all`. */
    readonly protocol: string;
    readonly from: number;
    readonly to: number;
    /** Address blocks; a group or a prefix list as the other side is none. */
    readonly blocks: readonly string[];
    /** Property that holds the blocks, for messages. */
    readonly blocksPath: string;
}

/** Types that hold doors; all of them are `on` of every rule about security groups. */
export const doorTypes = [
    "ec2/securityGroup",
    "ec2/defaultSecurityGroup",
    "ec2/securityGroupRule",
    "vpc/securityGroupIngressRule",
    "vpc/securityGroupEgressRule",
] as const;

const protocols: Readonly<Record<string, string>> = { "-1": "all", all: "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6" };

/** How to read each door lazily, so that an unknown in one does not hide another. */
export function doorsOf(resource: ResourceView, direction: Direction): readonly (() => Door)[] {
    switch (resource.type) {
        case "ec2/securityGroup":
        case "ec2/defaultSecurityGroup":
            return resource.list(direction).map((values) => () => listDoor(values, direction));
        case "ec2/securityGroupRule":
            return [() => listDoor(resource, direction)].filter(() => resource.text("type") === direction);
        case "vpc/securityGroupIngressRule":
            return direction === "ingress" ? [() => standaloneDoor(resource, direction)] : [];
        case "vpc/securityGroupEgressRule":
            return direction === "egress" ? [() => standaloneDoor(resource, direction)] : [];
        default:
            return [];
    }
}

/** The ways into a group: its own rules and those that stand alone. */
export function waysInto(group: ResourceView, stack: StackView): readonly (() => Door)[] {
    const alone = ["ec2/securityGroupRule", "vpc/securityGroupIngressRule"].flatMap((type) =>
        stack.referrers(group, type, "securityGroupId"),
    );
    return [group, ...alone].flatMap((holder) => doorsOf(holder, "ingress"));
}

function listDoor(values: Values, direction: Direction): Door {
    const blocks = [...values.texts("cidrBlocks"), ...values.texts("ipv6CidrBlocks")];
    const blocksPath = values.has("cidrBlocks") ? "cidrBlocks" : "ipv6CidrBlocks";
    return {
        values,
        direction,
        ...span(values, "protocol"),
        blocks,
        blocksPath: values.pathOf(blocksPath),
    };
}

function standaloneDoor(values: Values, direction: Direction): Door {
    const blocksPath = values.has("cidrIpv4") || !values.has("cidrIpv6") ? "cidrIpv4" : "cidrIpv6";
    return {
        values,
        direction,
        ...span(values, "ipProtocol"),
        blocks: [values.text("cidrIpv4"), values.text("cidrIpv6")].filter((block) => block !== undefined),
        blocksPath: values.pathOf(blocksPath),
    };
}

function span(values: Values, protocolPath: string): Pick<Door, "protocol" | "from" | "to"> {
    const written = (values.text(protocolPath) ?? "-1").toLowerCase();
    const protocol = protocols[written] ?? written;
    if (protocol === "all") {
        // AWS ignores the ports of an all-protocol rule: 0 to 0 there means every port.
        return { protocol, from: 0, to: 65535 };
    }
    const from = values.number("fromPort") ?? 0;
    return { protocol, from: Math.max(from, 0), to: values.number("toPort") ?? (from <= 0 ? 65535 : from) };
}

/** Whether traffic of this kind passes. */
export function opens(door: Pick<Door, "protocol" | "from" | "to">, protocol: "tcp" | "udp", port: number): boolean {
    return door.protocol === "all" || (door.protocol === protocol && door.from <= port && port <= door.to);
}

/** `tcp 22`, `tcp 0-65535`, `all protocols`. */
export function describeDoor(door: Pick<Door, "protocol" | "from" | "to">): string {
    if (door.protocol === "all") {
        return "every port of every protocol";
    }
    return door.from === door.to ? `${door.protocol} ${door.from}` : `${door.protocol} ${door.from}-${door.to}`;
}
