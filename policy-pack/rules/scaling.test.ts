import { describeRule } from "../testing.ts";

const subnet = (name: string, zone: string) => ({ name, type: "ec2/subnet", props: { availabilityZone: zone } });

describeRule({
    rule: "asg-multi-az",
    type: "autoscaling/group",
    compliant: { minSize: 2 },
    links: { vpcZoneIdentifiers: ["one", "two"] },
    others: [subnet("one", "eu-west-1a"), subnet("two", "eu-west-1b")],
    alsoCompliant: [{ change: { availabilityZones: ["eu-west-1a", "eu-west-1b"] }, links: { vpcZoneIdentifiers: [] } }],
    violations: [
        {
            others: [subnet("one", "eu-west-1a"), subnet("two", "eu-west-1a")],
            says: ["vpcZoneIdentifiers  expected subnets in at least 2 zones, got eu-west-1a"],
        },
        { change: { availabilityZones: ["eu-west-1a"] }, says: ["availabilityZones  expected at least 2 zones, got eu-west-1a"] },
    ],
});
