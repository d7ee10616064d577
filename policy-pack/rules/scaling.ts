/** Auto Scaling groups. */
import { absent, atLeast, atMost, expects, isTrue } from "../core/conditions.ts";
import { compliant, each, notApplicable, violation } from "../core/finding.ts";
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
    {
        id: "asg-elb-health-check",
        title: "A group behind a load balancer replaces what the load balancer calls unhealthy",
        why: "A machine that runs but no longer answers stays in the group for ever when only its power is watched.",
        fix: 'Set `healthCheckType: "ELB"` and a grace period as long as the start takes.',
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["AutoScaling.1"], hipaa: ["AUD"] },
        scope: "relation",
        on: ["autoscaling/group"],
        judge: (resource, _parameters, stack) => {
            const attached = ["targetGroupArns", "loadBalancers", "trafficSources"].some((property) => resource.has(property));
            return attached || stack.referrers(resource, "autoscaling/attachment", "autoscalingGroupName").length > 0
                ? expects(resource, "healthCheckType", { expected: '"ELB"', accepts: (value) => String(value).split(",").includes("ELB") })
                : notApplicable("no load balancer");
        },
    },
    {
        id: "asg-launch-template",
        title: "Every group starts its machines from a launch template",
        why: "Launch configurations can no longer be made in new accounts and know nothing newer than 2022.",
        fix: "Set `launchTemplate` or `mixedInstancesPolicy` instead of `launchConfiguration`.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["AutoScaling.9"] },
        on: ["autoscaling/group", "ec2/launchConfiguration"],
        judge: (resource) =>
            resource.type === "ec2/launchConfiguration"
                ? violation("", "expected a LaunchTemplate, got a LaunchConfiguration")
                : expects(resource, "launchConfiguration", absent("launchTemplate or mixedInstancesPolicy")),
    },
    {
        id: "asg-mixed-instance-types",
        title: "A group can start on more than one type of machine",
        why: "When a zone has no more of one type, a group that knows only that type cannot grow or heal.",
        fix: "Set `mixedInstancesPolicy.launchTemplate.overrides` with two types or more, or instance requirements.",
        severity: "low",
        levels: standing.onRequest,
        controls: { fsbp: ["AutoScaling.6"] },
        on: ["autoscaling/group"],
        judge: (resource) => {
            const overrides = resource.list("mixedInstancesPolicy.launchTemplate.overrides");
            return overrides.length > 1 || overrides.some((override) => override.has("instanceRequirements"))
                ? compliant
                : violation("mixedInstancesPolicy.launchTemplate.overrides", `expected at least 2 types, got ${overrides.length}`);
        },
    },
    {
        id: "asg-min-size",
        title: "Every group keeps at least two machines",
        why: "With one, each deploy and each failure is an outage.",
        fix: "Set `minSize` to 2 or more.",
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        parameters: { minimum: { about: "Machines that are enough.", default: 2 } },
        on: ["autoscaling/group"],
        judge: (resource, parameters) => expects(resource, "minSize", atLeast(parameters.number("minimum"))),
    },
    {
        id: "asg-max-size-cap",
        title: "No group can grow beyond what the environment may cost",
        why: "A loop in a scaling policy, or an attack, is billed by the machine.",
        fix: "Lower `maxSize`, or raise this rule's `maximum` for the environment.",
        severity: "medium",
        levels: standing.advice,
        controls: {},
        parameters: { maximum: { about: "Machines at most.", default: { development: 4, production: 50, regulated: 50 } } },
        on: ["autoscaling/group"],
        judge: (resource, parameters) => expects(resource, "maxSize", atMost(parameters.number("maximum"))),
    },
    {
        id: "asg-cooldown",
        title: "Every group waits for new machines before it counts them",
        why: "Without a warm-up, the group takes the load of a start for a reason to start more.",
        fix: "Set `defaultInstanceWarmup` to the seconds that a start takes.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        on: ["autoscaling/group"],
        judge: (resource) =>
            resource.has("defaultInstanceWarmup") || resource.has("defaultCooldown")
                ? compliant
                : violation("defaultInstanceWarmup", "expected seconds, got nothing"),
    },
    {
        id: "asg-notifications",
        title: "Somebody is told when a group starts or ends machines",
        why: "A group that replaces its machines all night hides the fault that makes it.",
        fix: "Add an `autoscaling.Notification` with launch, terminate and both error events.",
        severity: "low",
        levels: standing.onRequest,
        controls: {},
        scope: "relation",
        on: ["autoscaling/group"],
        judge: (resource, _parameters, stack) => {
            const events = ["LAUNCH", "LAUNCH_ERROR", "TERMINATE", "TERMINATE_ERROR"].map((event) => `autoscaling:EC2_INSTANCE_${event}`);
            const told = stack
                .referrers(resource, "autoscaling/notification", "groupNames")
                .flatMap((notification) => notification.texts("notifications"));
            const missing = events.filter((event) => !told.includes(event));
            return missing.length === 0
                ? compliant
                : violation("", `expected notifications of ${events.length} events, got none of ${missing.join(", ")}`);
        },
    },
    {
        id: "asg-tags-propagated",
        title: "A group hands its tags on to its machines",
        why: "Costs, backups and permissions by tag stop at the group otherwise.",
        fix: "Set `propagateAtLaunch: true` on each tag.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        on: ["autoscaling/group"],
        judge: (resource) => each(resource.list("tags"), (tag) => expects(tag, "propagateAtLaunch", isTrue)),
    },
];
