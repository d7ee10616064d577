/** In how many availability zones something stands, told by the subnets that it names. */
import { compliant, type Finding, violation } from "./finding.ts";
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";
import { UnknownValue } from "./values.ts";

/** The zones of the subnets in `property`. Throws when a subnet is not of this stack and so cannot be asked. */
export function zonesOf(resource: ResourceView, property: string, stack: StackView): readonly string[] {
    // Who refers to whom is known by first-level property; the subnets of a function stand in `vpcConfig.subnetIds`.
    const [block = property] = property.split(".");
    const subnets = stack.references(resource, block, "ec2/subnet", "ec2/defaultSubnet");
    const wanted = resource.isUnknown(property) ? subnets.length : resource.list(property).length;
    if (subnets.length === 0 || subnets.length < wanted) {
        throw new UnknownValue(resource.pathOf(property));
    }
    return [...new Set(subnets.map((subnet) => zoneOf(subnet)))];
}

export function zoneOf(subnet: ResourceView): string {
    const zone = subnet.text("availabilityZone") ?? subnet.text("availabilityZoneId");
    if (zone === undefined) {
        // AWS picks one, and only the deploy tells which.
        throw new UnknownValue(`${subnet.name}.availabilityZone`);
    }
    return zone;
}

/** Refuses subnets that lie in fewer zones than `minimum`. One subnet is one zone, whoever made it. */
export function spansZones(resource: ResourceView, property: string, stack: StackView, minimum: number): Finding {
    const expected = `expected subnets in at least ${minimum} zones`;
    if (!resource.isUnknown(property) && resource.list(property).length < minimum) {
        return violation(property, `${expected}, got ${resource.list(property).length} subnets`);
    }
    const zones = zonesOf(resource, property, stack);
    return zones.length >= minimum ? compliant : violation(property, `${expected}, got ${zones.toSorted().join(", ")}`);
}
