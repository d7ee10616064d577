/** VPCs, subnets and the ways out of them. */
import { compliant, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";
import { zoneOf } from "../core/zones.ts";

export const network: readonly Rule[] = [
    {
        id: "no-default-vpc",
        title: "Nothing is built on the default VPC",
        why: "Every subnet of the default VPC is public and gives each machine a public address.",
        fix: "Create an `ec2.Vpc` with private subnets.",
        severity: "medium",
        levels: standing.everywhere,
        controls: {},
        link: "https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html",
        on: ["ec2/defaultVpc"],
        judge: () => violation("", "expected a VPC of your own, got the account's default one"),
    },
    {
        id: "nat-gateway-per-az",
        title: "Every zone has a NAT gateway of its own",
        why: "With one gateway, its zone takes the way out of all the others down with it.",
        fix: 'Terrace: `network.nat: "perZone"` or `"regional"`; else one `ec2.NatGateway` in a public subnet of each zone.',
        severity: "medium",
        levels: { development: "disabled", production: "advisory", regulated: "advisory" },
        controls: { hipaa: ["AVAIL"] },
        scope: "relation",
        on: ["ec2/vpc"],
        judge: (resource, _parameters, stack) => {
            const subnets = stack.referrers(resource, "ec2/subnet", "vpcId");
            const all = stack.ofType("ec2/natGateway");
            const gateways = all.filter((gateway) =>
                stack.references(gateway, "subnetId", "ec2/subnet").some((subnet) => subnets.includes(subnet)),
            );
            const regional = all.filter(
                (gateway) =>
                    gateway.text("availabilityMode") === "regional" && stack.references(gateway, "vpcId", "ec2/vpc").includes(resource),
            );
            if (gateways.length === 0 || regional.length > 0) {
                return regional.length > 0 ? compliant : notApplicable("no NAT gateway");
            }
            const zones = new Set(subnets.map((subnet) => zoneOf(subnet)));
            const served = new Set(
                gateways.flatMap((gateway) => stack.references(gateway, "subnetId", "ec2/subnet").map((subnet) => zoneOf(subnet))),
            );
            const without = [...zones].filter((zone) => !served.has(zone)).toSorted();
            return without.length === 0
                ? compliant
                : violation("", `expected a NAT gateway in each zone, got none in ${without.join(", ")}`);
        },
    },
];
