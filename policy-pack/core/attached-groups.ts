/** Whether the security groups that something wears let the internet in. */
import { type Door, describeDoor, waysInto } from "./doors.ts";
import { compliant, each, type Finding, notApplicable, violation } from "./finding.ts";
import { internetBlocks } from "./internet.ts";
import { eachPicked } from "./picked.ts";
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";

/** Judges the doors that `picks` chooses, of every group of this stack that `property` names. */
export function groupsClosedToInternet(
    resource: ResourceView,
    property: string,
    stack: StackView,
    expected: string,
    picks: (door: Door) => boolean,
): Finding {
    if (stack.references(resource, property, "ec2/securityGroup").length === 0) {
        return notApplicable("no security group of this stack");
    }
    return eachPicked(resource, property, stack, ["ec2/securityGroup"], (group) =>
        each(waysInto(group, stack), (read) => {
            const door = read();
            const blocks = picks(door) ? internetBlocks(door.blocks) : [];
            return blocks.length === 0
                ? compliant
                : violation(property, `expected ${expected}, got ${blocks.join(" and ")} on ${describeDoor(door)} in ${group.name}`);
        }),
    );
}
