/** Security groups, in whichever of the four styles their rules are written. */
import { type Door, describeDoor, doorsOf, doorTypes, opens } from "../core/doors.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { internetBlocks, prefixLength } from "../core/internet.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";

const doors = [...doorTypes];
const ingressDoors = doors.filter((type) => type !== "vpc/securityGroupEgressRule");
const egressDoors = doors.filter((type) => type !== "vpc/securityGroupIngressRule");

/** Judges each door of a resource on its own. */
function eachDoor(resource: ResourceView, direction: "ingress" | "egress", judge: (door: Door) => Finding): Finding {
    const found = doorsOf(resource, direction);
    if (found.length === 0 && !resource.type.endsWith("ecurityGroup")) {
        return notApplicable(`no ${direction} rule`);
    }
    return each(found, (door) => judge(door()));
}

/** Refuses a door to the internet that `closed` picks, naming the ports and the blocks. */
function closedToInternet(door: Door, expected: string, closed: (door: Door) => boolean): Finding {
    const blocks = closed(door) ? internetBlocks(door.blocks) : [];
    return blocks.length === 0
        ? compliant
        : violation(door.blocksPath, `expected ${expected}, got ${blocks.join(" and ")} on ${describeDoor(door)}`);
}

/** Doors whose other side is an address; a group or a prefix list is a decision already. */
function anyPortOf(ports: readonly number[]): (door: Door) => boolean {
    return (door) => ports.some((port) => opens(door, "tcp", port) || opens(door, "udp", port));
}

/** A name in the letters that EC2 takes. */
function asDescription(name: string): string {
    return name.replace(/[^\w ./:()#,@[\]+=&;{}!$*-]/g, "-").slice(0, 255);
}

export const securityGroups: readonly Rule[] = [
    {
        id: "sg-no-public-ssh",
        title: "No security group opens SSH to the internet",
        why: "Port 22 on a public address is tried with stolen and guessed keys within minutes of its first packet, all day, for ever.",
        fix: "Take the rule away and open sessions with Session Manager; for a fixed office, give its own block (203.0.113.7/32).",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.13"], cis3: ["5.2", "5.3"], cis5: ["5.3", "5.4"], hipaa: ["ACCSG"] },
        on: ingressDoors,
        judge: (resource) =>
            eachDoor(resource, "ingress", (door) =>
                closedToInternet(door, "no way from the internet to port 22 (SSH)", (each) => opens(each, "tcp", 22)),
            ),
    },
    {
        id: "sg-no-public-rdp",
        title: "No security group opens Remote Desktop to the internet",
        why: "Port 3389 is how ransomware gets in most often; it answers over TCP and UDP.",
        fix: "Take the rule away and use Session Manager's port forwarding or Fleet Manager.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.14"], cis3: ["5.2", "5.3"], cis5: ["5.3", "5.4"], hipaa: ["ACCSG"] },
        on: ingressDoors,
        judge: (resource) =>
            eachDoor(resource, "ingress", (door) =>
                closedToInternet(door, "no way from the internet to port 3389 (Remote Desktop)", anyPortOf([3389])),
            ),
    },
    {
        id: "sg-no-public-high-risk-ports",
        title: "No security group opens a database, cache, file share or admin console to the internet",
        why: "These services trust whoever reaches them, or have been broken without a password before.",
        fix: "Name the security group of the client instead of an address block.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.19"], cis5: ["5.1.2"], hipaa: ["ACCSG"] },
        parameters: {
            ports: {
                about: "Ports that nothing on the internet has business with.",
                default: [
                    ..."20 21 23 25 110 111 135 139 143 445 1433 1434 2049 2375 2376 3000 3306 4333 5000 5432 5500 5601 5985 5986".split(
                        " ",
                    ),
                    ..."6379 8080 8088 8888 9042 9092 9200 9300 11211 27017".split(" "),
                ],
            },
        },
        on: ingressDoors,
        judge: (resource, parameters) =>
            eachDoor(resource, "ingress", (door) => {
                const open = parameters.texts("ports").filter((port) => anyPortOf([Number(port)])(door));
                const shown = open.length > 4 ? `${open.slice(0, 4).join(", ")} and ${open.length - 4} more` : open.join(", ");
                return closedToInternet(door, `no way from the internet to port ${shown}`, () => open.length > 0);
            }),
    },
    {
        id: "sg-public-ports-allowlist",
        title: "Security groups open only web ports to the internet",
        why: "Each public port is a program that must be patched the day a hole in it is known.",
        fix: "Open 443 (and 80 for the redirect) on the load balancer alone, or add the port to this rule's `ports`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.18"], hipaa: ["ACCSG"] },
        parameters: { ports: { about: "Ports that the internet may reach.", default: ["80", "443"] } },
        on: ingressDoors,
        judge: (resource, parameters) =>
            eachDoor(resource, "ingress", (door) =>
                closedToInternet(
                    door,
                    `only port ${parameters.texts("ports").join(", ")} from the internet`,
                    (each) => each.protocol === "all" || each.from !== each.to || !parameters.texts("ports").includes(String(each.from)),
                ),
            ),
    },
    {
        id: "sg-no-all-protocols-ingress",
        title: "No security group lets in every port of a wide address block",
        why: "An all-ports rule opens what is installed next month, too.",
        fix: "Name protocol and ports, or the security group that the traffic comes from.",
        severity: "critical",
        levels: standing.production,
        controls: { fsbp: ["EC2.18"], hipaa: ["ACCSG"] },
        parameters: { narrowestPrefix: { about: "Blocks with a shorter prefix than this are wide.", default: 28 } },
        on: ingressDoors,
        judge: (resource, parameters) =>
            eachDoor(resource, "ingress", (door) => {
                const wide = door.blocks.filter((block) => (prefixLength(block) ?? 128) < parameters.number("narrowestPrefix"));
                const everything = door.protocol === "all" || (door.from === 0 && door.to >= 65535 && door.protocol !== "icmp");
                return everything && wide.length > 0
                    ? violation(door.blocksPath, `expected named ports, got ${describeDoor(door)} from ${wide.join(" and ")}`)
                    : compliant;
            }),
    },
    {
        id: "sg-restrict-egress",
        title: "Security groups name where traffic may go",
        why: "A way out to everywhere is how data leaves after a break-in.",
        fix: "Let out 443 to what is needed: prefix lists, endpoints, the group of the database.",
        severity: "medium",
        levels: standing.regulated,
        controls: {},
        on: egressDoors,
        judge: (resource) =>
            eachDoor(resource, "egress", (door) =>
                closedToInternet(
                    door,
                    "named ports or destinations",
                    (each) => each.protocol === "all" || (each.from === 0 && each.to >= 65535),
                ),
            ),
    },
    {
        id: "sg-description-required",
        title: "Every security group and every rule of one says what it is for",
        why: "In a year nobody dares to close a door that nobody explains.",
        fix: "Set `description` on the group and on each rule. On the group itself a change replaces it, so set it from the start.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        on: doors.filter((type) => type !== "ec2/defaultSecurityGroup"),
        judge: (resource) => {
            const described = (values: Pick<ResourceView, "text" | "pathOf">): Finding => {
                const text = values.text("description") ?? "";
                return text !== "" && text !== "Managed by Pulumi"
                    ? compliant
                    : violation(values.pathOf("description"), `expected words of your own, got ${text === "" ? "nothing" : `"${text}"`}`);
            };
            return all(
                () => described(resource),
                () =>
                    resource.type === "ec2/securityGroup"
                        ? each([...resource.list("ingress"), ...resource.list("egress")], described)
                        : compliant,
            );
        },
        // On a group it would replace the group.
        remedy: (resource) => (resource.type === "ec2/securityGroup" ? undefined : { description: asDescription(resource.name) }),
    },
    {
        id: "default-sg-closed",
        title: "The default security group of every VPC is adopted and empty",
        why: "Whatever is started without a group lands in the default one, where all members trust each other.",
        fix: "Add an `ec2.DefaultSecurityGroup` with this `vpcId` and neither `ingress` nor `egress`.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["EC2.2"], cis3: ["5.4"], cis5: ["5.5"], hipaa: ["312(e)(1)"] },
        scope: "relation",
        on: ["ec2/vpc", "ec2/defaultSecurityGroup"],
        judge: (resource, _parameters, stack) =>
            resource.type === "ec2/vpc"
                ? stack.referrers(resource, "ec2/defaultSecurityGroup", "vpcId").length > 0
                    ? compliant
                    : violation("", "expected a DefaultSecurityGroup that empties this VPC's default group, got none")
                : all(
                      ...(["ingress", "egress"] as const).map(
                          (direction) => () =>
                              resource.has(direction)
                                  ? violation(direction, `expected no rule, got ${resource.list(direction).length}`)
                                  : compliant,
                      ),
                  ),
    },
    {
        id: "sg-no-mixed-rule-styles",
        title: "A security group has its rules either inline or stand-alone",
        why: "With both, each `up` takes away the rules of the other style, and traffic stops at every second deploy.",
        fix: "Move the inline `ingress` and `egress` into `vpc.SecurityGroupIngressRule` and `vpc.SecurityGroupEgressRule`.",
        severity: "medium",
        levels: standing.everywhere,
        controls: {},
        link: "https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/",
        scope: "relation",
        on: ["ec2/securityGroup"],
        judge: (resource, _parameters, stack) => {
            const styles = ["ec2/securityGroupRule", "vpc/securityGroupIngressRule", "vpc/securityGroupEgressRule"];
            const alone = styles.flatMap((type) => stack.referrers(resource, type, "securityGroupId"));
            const inline = (["ingress", "egress"] as const).find((direction) => resource.has(direction));
            return inline !== undefined && alone.length > 0
                ? violation(
                      inline,
                      `expected one style of rules, got inline ones beside ${alone.length} stand-alone (${alone[0]?.name ?? ""})`,
                  )
                : compliant;
        },
    },
    {
        id: "sg-unused",
        title: "Every security group is used by something",
        why: "A forgotten group is an open door waiting for the first thing that is put behind it.",
        fix: "Delete the group.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["EC2.22"] },
        scope: "relation",
        on: ["ec2/securityGroup"],
        judge: (resource, _parameters, stack) => {
            const rules = new Set(["ec2/securityGroupRule", "vpc/securityGroupIngressRule", "vpc/securityGroupEgressRule"]);
            const users = stack
                .referrersOf(resource)
                .filter(({ resource: other, property }) => !rules.has(other.type) || property !== "securityGroupId");
            return users.length > 0 ? compliant : violation("", "expected something that uses the group, got nothing in this stack");
        },
    },
];
