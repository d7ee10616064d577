import { expect } from "chai";
import { describe, it } from "mocha";
import { type Bag, resourceOf } from "../testing.ts";
import { describeDoor, doorsOf, opens, waysInto } from "./doors.ts";
import { ResourceView } from "./resource.ts";
import { StackView } from "./stack.ts";
import { tokenOf } from "./types.ts";

/** What a rule is read as: `tcp 22-22 of 10.0.0.0/8 (cidrBlocks)`. */
function read(type: string, props: Bag, direction: "ingress" | "egress" = "ingress"): readonly string[] {
    return doorsOf(resourceOf(type, props), direction).map((door) => {
        const { protocol, from, to, blocks, blocksPath } = door();
        return `${protocol} ${from}-${to} of ${blocks.join(" and ")} (${blocksPath})`;
    });
}

const ssh = { protocol: "tcp", fromPort: 22, toPort: 22 };

describe("a security group's rules in one shape", () => {
    it("are read from the group, of either version of addresses", () => {
        const rules = [
            { ...ssh, cidrBlocks: ["10.0.0.0/8"] },
            { ...ssh, ipv6CidrBlocks: ["::/0"] },
            { ...ssh, cidrBlocks: ["10.0.0.0/8"], ipv6CidrBlocks: ["::/0"] },
        ];
        for (const type of ["ec2/securityGroup", "ec2/defaultSecurityGroup"]) {
            for (const direction of ["ingress", "egress"] as const) {
                expect(read(type, { [direction]: rules }, direction)).to.deep.equal([
                    `tcp 22-22 of 10.0.0.0/8 (${direction}[0].cidrBlocks)`,
                    `tcp 22-22 of ::/0 (${direction}[1].ipv6CidrBlocks)`,
                    `tcp 22-22 of 10.0.0.0/8 and ::/0 (${direction}[2].cidrBlocks)`,
                ]);
            }
            expect(read(type, { egress: rules })).to.deep.equal([]);
        }
    });

    it("are read from a rule that stands alone, of either version of addresses", () => {
        const rule = { ipProtocol: "tcp", fromPort: 22, toPort: 22 };
        for (const [type, direction, other] of [
            ["vpc/securityGroupIngressRule", "ingress", "egress"],
            ["vpc/securityGroupEgressRule", "egress", "ingress"],
        ] as const) {
            expect(read(type, { ...rule, cidrIpv4: "0.0.0.0/0" }, direction)).to.deep.equal(["tcp 22-22 of 0.0.0.0/0 (cidrIpv4)"]);
            expect(read(type, { ...rule, cidrIpv6: "::/0" }, direction)).to.deep.equal(["tcp 22-22 of ::/0 (cidrIpv6)"]);
            expect(read(type, { ...rule, referencedSecurityGroupId: "sg-1" }, direction)).to.deep.equal(["tcp 22-22 of  (cidrIpv4)"]);
            expect(read(type, { ...rule, cidrIpv4: "0.0.0.0/0" }, other)).to.deep.equal([]);
        }
        const old = { ...ssh, type: "ingress", cidrBlocks: ["0.0.0.0/0"] };
        expect(read("ec2/securityGroupRule", old)).to.deep.equal(["tcp 22-22 of 0.0.0.0/0 (cidrBlocks)"]);
        expect(read("ec2/securityGroupRule", old, "egress")).to.deep.equal([]);
        expect(read("ec2/vpc", old)).to.deep.equal([]);
    });

    it("have the ports that AWS takes them for", () => {
        const ports = (rule: Bag) => read("ec2/securityGroupRule", { type: "ingress", ...rule })[0]?.split(" of ")[0];
        for (const [rule, expected] of [
            [{ protocol: "-1", fromPort: 0, toPort: 0 }, "all 0-65535"],
            [{ protocol: "All", fromPort: 22, toPort: 22 }, "all 0-65535"],
            [{}, "all 0-65535"],
            [{ protocol: "6", fromPort: 22, toPort: 23 }, "tcp 22-23"],
            [{ protocol: "17", fromPort: 53, toPort: 53 }, "udp 53-53"],
            [{ protocol: "TCP", fromPort: 22, toPort: 22 }, "tcp 22-22"],
            [{ protocol: "1", fromPort: -1, toPort: -1 }, "icmp 0--1"],
            [{ protocol: "58", fromPort: -1, toPort: -1 }, "icmpv6 0--1"],
            [{ protocol: "tcp", fromPort: 22 }, "tcp 22-22"],
            [{ protocol: "tcp", fromPort: 1 }, "tcp 1-1"],
            [{ protocol: "tcp" }, "tcp 0-65535"],
            [{ protocol: "tcp", fromPort: 0 }, "tcp 0-65535"],
            [{ protocol: "tcp", fromPort: -1 }, "tcp 0-65535"],
            [{ protocol: "50" }, "50 0-65535"],
        ] as const) {
            expect(ports(rule), JSON.stringify(rule)).to.equal(expected);
        }
    });

    it("let through what is between their ports, both included", () => {
        const door = { protocol: "tcp", from: 20, to: 22 };
        expect([19, 20, 21, 22, 23].map((port) => opens(door, "tcp", port))).to.deep.equal([false, true, true, true, false]);
        expect(opens(door, "udp", 21)).to.equal(false);
        expect(opens({ ...door, protocol: "all" }, "udp", 80)).to.equal(true);
    });

    it("are told in few words", () => {
        expect(describeDoor({ protocol: "tcp", from: 22, to: 22 })).to.equal("tcp 22");
        expect(describeDoor({ protocol: "udp", from: 0, to: 65535 })).to.equal("udp 0-65535");
        expect(describeDoor({ protocol: "all", from: 0, to: 65535 })).to.equal("every port of every protocol");
    });

    it("lead into a group from wherever they are written", () => {
        const make = (type: string, name: string, props: Bag) =>
            new ResourceView({
                urn: `urn:pulumi:prod::shop::${tokenOf(type)}::${name}`,
                type: tokenOf(type),
                name,
                props,
                outputs: { ...props, id: `id-of-${name}` },
            });
        const group = make("ec2/securityGroup", "web", { ingress: [{ ...ssh, cidrBlocks: ["10.0.0.0/8"] }] });
        const stack = new StackView([
            group,
            make("ec2/securityGroupRule", "old", { type: "ingress", securityGroupId: "id-of-web", ...ssh, cidrBlocks: ["10.1.0.0/16"] }),
            make("ec2/securityGroupRule", "out", { type: "egress", securityGroupId: "id-of-web", ...ssh, cidrBlocks: ["10.2.0.0/16"] }),
            make("vpc/securityGroupIngressRule", "new", { securityGroupId: "id-of-web", ipProtocol: "-1", cidrIpv4: "10.3.0.0/16" }),
            make("vpc/securityGroupIngressRule", "other", { securityGroupId: "id-of-it", ipProtocol: "-1", cidrIpv4: "10.4.0.0/16" }),
        ]);
        expect(waysInto(group, stack).flatMap((door) => door().blocks)).to.deep.equal(["10.0.0.0/8", "10.1.0.0/16", "10.3.0.0/16"]);
    });
});
