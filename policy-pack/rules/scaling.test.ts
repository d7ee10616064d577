import { describeRule, subject } from "../testing.ts";

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

const type = "autoscaling/group";

describeRule({
    rule: "asg-elb-health-check",
    type,
    compliant: { targetGroupArns: ["arn"], healthCheckType: "ELB" },
    alsoCompliant: [{ change: { healthCheckType: "EC2,ELB" } }],
    violations: [
        { change: { healthCheckType: "EC2" }, says: ['healthCheckType  expected "ELB", got "EC2"'] },
        {
            change: { targetGroupArns: undefined, healthCheckType: undefined },
            others: [{ name: "attachment", type: "autoscaling/attachment", links: { autoscalingGroupName: subject } }],
            says: ['healthCheckType  expected "ELB", got nothing'],
        },
    ],
    notApplicable: [{ change: { targetGroupArns: [], healthCheckType: undefined } }],
    unknownIsFine: ["targetGroupArns"],
});

describeRule({
    rule: "asg-launch-template",
    type,
    compliant: { launchTemplate: { id: "lt-1" } },
    violations: [
        { change: { launchConfiguration: "old" }, says: ["launchConfiguration  expected launchTemplate or mixedInstancesPolicy, got one"] },
    ],
    unknownIsWrong: ["launchConfiguration"],
});

describeRule({
    rule: "asg-launch-template",
    type: "ec2/launchConfiguration",
    violations: [{ says: ["expected a LaunchTemplate, got a LaunchConfiguration"] }],
});

const overrides = (...list: readonly unknown[]) => ({ mixedInstancesPolicy: { launchTemplate: { overrides: list } } });

describeRule({
    rule: "asg-mixed-instance-types",
    type,
    compliant: overrides({ instanceType: "m7g.large" }, { instanceType: "m6g.large" }),
    alsoCompliant: [{ change: overrides({ instanceRequirements: { vcpuCount: { min: 2 } } }) }],
    violations: [
        {
            change: { mixedInstancesPolicy: undefined },
            says: ["mixedInstancesPolicy.launchTemplate.overrides  expected at least 2 types, got 0"],
        },
    ],
});

describeRule({
    rule: "asg-min-size",
    type,
    compliant: { minSize: 2 },
    violations: [{ change: { minSize: 1 }, says: ["minSize  expected at least 2, got 1"] }],
});

describeRule({
    rule: "asg-max-size-cap",
    type,
    compliant: { maxSize: 50 },
    violations: [{ change: { maxSize: 51 }, says: ["maxSize  expected at most 50, got 51"] }],
});

describeRule({
    rule: "asg-cooldown",
    type,
    compliant: { defaultInstanceWarmup: 60 },
    alsoCompliant: [{ change: { defaultInstanceWarmup: undefined, defaultCooldown: 60 } }],
    violations: [{ change: { defaultInstanceWarmup: undefined }, says: ["defaultInstanceWarmup  expected seconds, got nothing"] }],
    unknownIsFine: ["defaultInstanceWarmup"],
});

const events = ["LAUNCH", "LAUNCH_ERROR", "TERMINATE", "TERMINATE_ERROR"].map((event) => `autoscaling:EC2_INSTANCE_${event}`);
const notification = (notifications: readonly string[]) => [
    { name: "told", type: "autoscaling/notification", props: { notifications }, links: { groupNames: [subject] } },
];

describeRule({
    rule: "asg-notifications",
    type,
    compliant: {},
    others: notification(events),
    violations: [
        {
            others: notification(events.slice(0, 3)),
            says: ["expected notifications of 4 events, got none of autoscaling:EC2_INSTANCE_TERMINATE_ERROR"],
        },
    ],
});

describeRule({
    rule: "asg-tags-propagated",
    type,
    compliant: { tags: [{ key: "team", value: "shop", propagateAtLaunch: true }] },
    violations: [
        {
            change: { tags: [{ key: "team", value: "shop", propagateAtLaunch: false }] },
            says: ["tags[0].propagateAtLaunch  expected true, got false"],
        },
    ],
});

for (const property of ["loadBalancers", "trafficSources"]) {
    describeRule({
        rule: "asg-elb-health-check",
        type,
        compliant: { [property]: ["one"], healthCheckType: "ELB" },
        violations: [{ change: { healthCheckType: "EC2" }, says: ['healthCheckType  expected "ELB", got "EC2"'] }],
    });
}

describeRule({
    rule: "asg-mixed-instance-types",
    type,
    compliant: overrides({ instanceType: "m7g.large" }, { instanceType: "m6g.large" }),
    violations: [
        {
            change: overrides({ instanceType: "m7g.large" }),
            says: ["mixedInstancesPolicy.launchTemplate.overrides  expected at least 2 types, got 1"],
        },
    ],
});
