/** What changes the size of a fleet by itself: tracking, forecast, schedules. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../../conventions/environment.ts";
import { type FleetPlan, schedulesOf, trackingOf } from "./plan.ts";

export function createScaling(
    name: string,
    args: FleetPlan & { readonly environment: Environment; readonly target?: { readonly requestLabel: pulumi.Input<string> } },
    groupName: pulumi.Output<string>,
    opts: pulumi.CustomResourceOptions,
): void {
    const { environment, scaling, target } = args;
    const policies = trackingOf(args);
    if (target === undefined && scaling?.requestsPerTarget !== undefined) {
        throw new Error(`${name}: scaling.requestsPerTarget needs a target group, and none was wired to this fleet`);
    }
    for (const { key, metric, target: value } of policies) {
        new aws.autoscaling.Policy(
            `${name}-track-${key}`,
            {
                autoscalingGroupName: groupName,
                policyType: "TargetTrackingScaling",
                targetTrackingConfiguration: {
                    targetValue: value,
                    disableScaleIn: scaling?.disableScaleIn ?? false,
                    predefinedMetricSpecification: {
                        predefinedMetricType: metric,
                        ...(target !== undefined && metric === "ALBRequestCountPerTarget" && { resourceLabel: target.requestLabel }),
                    },
                },
            },
            opts,
        );
    }
    const forecast = policies[0];
    if (scaling?.predictive !== undefined && forecast !== undefined) {
        const byRequests = forecast.metric === "ALBRequestCountPerTarget";
        new aws.autoscaling.Policy(
            `${name}-forecast`,
            {
                autoscalingGroupName: groupName,
                policyType: "PredictiveScaling",
                predictiveScalingConfiguration: {
                    mode: scaling.predictive.mode,
                    schedulingBufferTime: `${scaling.predictive.bufferSeconds ?? 300}`,
                    maxCapacityBreachBehavior: "HonorMaxCapacity",
                    metricSpecification: {
                        targetValue: forecast.target,
                        predefinedMetricPairSpecification: {
                            predefinedMetricType: byRequests ? "ALBRequestCount" : "ASGCPUUtilization",
                            ...(target !== undefined && byRequests && { resourceLabel: target.requestLabel }),
                        },
                    },
                },
            },
            opts,
        );
    }
    for (const [key, schedule] of schedulesOf(args)) {
        new aws.autoscaling.Schedule(
            `${name}-schedule-${key}`,
            {
                autoscalingGroupName: groupName,
                scheduledActionName: `${environment.name}-${name}-${key}`,
                recurrence: schedule.recurrence,
                timeZone: schedule.timeZone ?? "Etc/UTC",
                // -1 leaves it as it is; the provider's default is 0, which would empty the group.
                minSize: schedule.minimum ?? -1,
                maxSize: schedule.maximum ?? -1,
                desiredCapacity: schedule.desired ?? -1,
            },
            opts,
        );
    }
}
