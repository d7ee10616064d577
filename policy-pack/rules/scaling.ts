/** Auto Scaling groups. */
import { compliant, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";
import { spansZones } from "../core/zones.ts";

export const scaling: readonly Rule[] = [
    {
        id: "asg-multi-az",
        title: "Every Auto Scaling group spans two zones",
        why: "A group in one zone cannot replace what that zone takes down.",
        fix: "Give `vpcZoneIdentifiers` the subnets of two zones or more (Terrace: `network.zones`).",
        severity: "high",
        levels: standing.resilience,
        controls: { fsbp: ["AutoScaling.2"], hipaa: ["AVAIL"] },
        scope: "relation",
        on: ["autoscaling/group"],
        judge: (resource, _parameters, stack) => {
            if (resource.has("availabilityZones")) {
                const zones = resource.texts("availabilityZones");
                return new Set(zones).size >= 2
                    ? compliant
                    : violation("availabilityZones", `expected at least 2 zones, got ${zones.join(", ")}`);
            }
            return spansZones(resource, "vpcZoneIdentifiers", stack, 2);
        },
    },
];
