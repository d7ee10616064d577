/** Network ACLs: their rules have an order, and a Deny before an Allow closes what the Allow would open. */
import { compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { internetBlocks } from "../core/internet.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import type { Values } from "../core/values.ts";

interface Entry {
    readonly values: Values;
    readonly number: number;
    readonly allows: boolean;
    readonly blocks: readonly string[];
    readonly protocol: string;
    readonly from: number;
    readonly to: number;
}

const types = ["ec2/networkAcl", "ec2/defaultNetworkAcl", "ec2/networkAclRule"];

/** Incoming entries, in the order in which AWS asks them. */
function entriesOf(resource: ResourceView): readonly Entry[] {
    if (resource.type === "ec2/networkAclRule") {
        return resource.flag("egress") === true ? [] : [entry(resource, "ruleNumber", "ruleAction")];
    }
    return resource
        .list("ingress")
        .map((values) => entry(values, "ruleNo", "action"))
        .toSorted((one, other) => one.number - other.number);
}

function entry(values: Values, number: string, action: string): Entry {
    const protocol = values.text("protocol") ?? "-1";
    const all = protocol === "-1" || protocol === "all";
    const blocks = [values.text("cidrBlock"), values.text("ipv6CidrBlock")].filter((block) => block !== undefined && block !== "");
    const ports = all ? { from: 0, to: 65535 } : { from: values.number("fromPort") ?? 0, to: values.number("toPort") ?? 65535 };
    return {
        values,
        number: values.number(number) ?? 0,
        allows: (values.text(action) ?? "").toLowerCase() === "allow",
        blocks: blocks.map(String),
        protocol: all ? "all" : protocol === "6" ? "tcp" : protocol === "17" ? "udp" : protocol,
        ...ports,
    };
}

function covers(each: Entry, protocol: string, port: number): boolean {
    return (each.protocol === "all" || each.protocol === protocol) && each.from <= port && port <= each.to;
}

/** The block of all addresses of the same version: a denial of one version says nothing of the other. */
function everywhere(block: string): string {
    return block.includes(":") ? "::/0" : "0.0.0.0/0";
}

/** Refuses the port when an entry lets the internet in that no earlier one has turned away. */
function closed(entries: readonly Entry[], port: number, service: string): Finding {
    const open: Entry[] = [];
    const denied = new Set<string>();
    for (const each of entries.filter((candidate) => covers(candidate, "tcp", port))) {
        if (each.allows) {
            open.push({ ...each, blocks: each.blocks.filter((block) => !denied.has(everywhere(block))) });
        } else {
            // A denial of less leaves the rest to later entries.
            for (const block of each.blocks.filter((one) => one === everywhere(one))) {
                denied.add(block);
            }
        }
    }
    const blocks = internetBlocks(open.flatMap((each) => each.blocks));
    const first = open.find((each) => each.blocks.some((block) => blocks.includes(block)));
    return first === undefined
        ? compliant
        : violation(
              first.values.pathOf("cidrBlock"),
              `expected no way from the internet to port ${port} (${service}), got ${blocks.join(" and ")} allowed`,
          );
}

export const networkAcls: readonly Rule[] = [
    {
        id: "nacl-no-public-admin-ports",
        title: "No network ACL lets the internet reach SSH or Remote Desktop",
        why: "The ACL is the second lock: it holds on the day somebody opens a security group by mistake.",
        fix: "Allow 443 and 80, and 1024-65535 for answers from a block that is yours; or deny 22 and 3389 with a lower rule number.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["EC2.21"], cis3: ["5.1"], cis5: ["5.2"], hipaa: ["ACCNET"] },
        on: types,
        judge: (resource) => {
            const entries = entriesOf(resource);
            if (entries.length === 0) {
                return resource.type === "ec2/networkAclRule" ? notApplicable("an outgoing rule") : compliant;
            }
            return each(
                [
                    [22, "SSH"],
                    [3389, "Remote Desktop"],
                ] as const,
                ([port, service]) => closed(entries, port, service),
            );
        },
    },
    {
        id: "nacl-no-allow-all-ports",
        title: "No network ACL lets every port in from everywhere",
        why: "An ACL that allows everything is the default one with more to read.",
        fix: "List the ports that the tier serves and 1024-65535 for answers.",
        severity: "medium",
        levels: standing.regulated,
        controls: {},
        on: types,
        judge: (resource) => {
            const entries = entriesOf(resource);
            if (entries.length === 0 && resource.type === "ec2/networkAclRule") {
                return notApplicable("an outgoing rule");
            }
            return each(entries, (one) =>
                one.allows && one.protocol === "all" && internetBlocks(one.blocks).length > 0
                    ? violation(one.values.pathOf("protocol"), `expected named ports, got every protocol from ${one.blocks.join(" and ")}`)
                    : compliant,
            );
        },
    },
    {
        id: "nacl-attached",
        title: "Every network ACL guards a subnet",
        why: "An ACL without a subnet is a lock lying beside the door.",
        fix: "Set `subnetIds`, or add an `ec2.NetworkAclAssociation`; else delete the ACL.",
        severity: "low",
        levels: standing.advice,
        controls: { fsbp: ["EC2.16"] },
        scope: "relation",
        on: ["ec2/networkAcl"],
        judge: (resource, _parameters, stack) =>
            resource.has("subnetIds") || stack.referrers(resource, "ec2/networkAclAssociation", "networkAclId").length > 0
                ? compliant
                : violation("subnetIds", "expected at least one subnet, got none"),
    },
];
