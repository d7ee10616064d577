/** What people see of a fleet: alarms with what to do first, and a row of the dashboard. */
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../../conventions/environment.ts";
import type { AlarmRow } from "../../parts/alarm.ts";
import type { DashboardRow } from "../../parts/dashboard.ts";
import { agentNamespace, fleetDimension } from "./agent.ts";
import { type FleetPlan, leastInService } from "./plan.ts";

/** The alarm that stops an instance refresh; its name is needed before it exists. */
export const statusAlarm = { key: "status-check", severity: "warning" } as const;

export function alarmRows(
    name: string,
    args: FleetPlan & { readonly environment: Environment },
    groupName: pulumi.Output<string>,
): AlarmRow[] {
    const dimensions = { AutoScalingGroupName: groupName };
    const inside = { [fleetDimension]: `${args.environment.name}-${name}` };
    const least = leastInService(args);
    const { cpuPercent = 90, memoryPercent = 90, diskPercent = 80 } = args.alarms ?? {};
    return [
        ...(least === 0
            ? []
            : [
                  {
                      key: "in-service",
                      severity: "critical",
                      description: `Fewer than ${least} instances in service for five minutes. Read the group's activity, then the system log of the newest instance.`,
                      namespace: "AWS/AutoScaling",
                      metric: "GroupInServiceInstances",
                      dimensions,
                      statistic: "Minimum",
                      periodSeconds: 60,
                      periods: 5,
                      comparison: "below",
                      threshold: least,
                      silence: "wrong",
                  } satisfies AlarmRow,
              ]),
        {
            ...statusAlarm,
            description: "An instance fails EC2's status check. The group replaces it; if it comes back, look at the newest template.",
            namespace: "AWS/EC2",
            metric: "StatusCheckFailed",
            dimensions,
            statistic: "Maximum",
            periodSeconds: 60,
            periods: 5,
            comparison: "atLeast",
            threshold: 1,
            silence: "fine",
        },
        {
            key: "cpu",
            severity: "warning",
            description: `Processors above ${cpuPercent} % for 15 minutes: scaling has reached the maximum, or is too slow.`,
            namespace: "AWS/EC2",
            metric: "CPUUtilization",
            dimensions,
            statistic: "Average",
            periodSeconds: 300,
            periods: 3,
            comparison: "above",
            threshold: cpuPercent,
            silence: "fine",
        },
        {
            key: "memory",
            severity: "critical",
            description: `An instance uses more than ${memoryPercent} % of its memory: the container is about to be killed. Find the leak, or take a larger type.`,
            namespace: agentNamespace,
            metric: "mem_used_percent",
            dimensions: inside,
            statistic: "Maximum",
            periodSeconds: 60,
            periods: 5,
            comparison: "above",
            threshold: memoryPercent,
            silence: "unknown",
        },
        {
            key: "disk",
            severity: "warning",
            description: `A volume is more than ${diskPercent} % full. Replacing the instance frees it; rootVolumeGiB or dataVolume.sizeGiB mends it.`,
            namespace: agentNamespace,
            metric: "disk_used_percent",
            dimensions: inside,
            statistic: "Maximum",
            periodSeconds: 300,
            periods: 3,
            comparison: "above",
            threshold: diskPercent,
            silence: "unknown",
        },
    ];
}

export function dashboardRow(name: string, environment: Environment, groupName: pulumi.Output<string>): DashboardRow {
    const group = { AutoScalingGroupName: groupName };
    const inside = { [fleetDimension]: `${environment.name}-${name}` };
    const metric = (label: string, namespace: string, metric: string, statistic: string) => ({
        label,
        namespace,
        metric,
        dimensions: namespace === agentNamespace ? inside : group,
        statistic,
    });
    return {
        title: `Fleet ${name}`,
        graphs: [
            {
                title: "Instances",
                metrics: [
                    metric("in service", "AWS/AutoScaling", "GroupInServiceInstances", "Minimum"),
                    metric("wanted", "AWS/AutoScaling", "GroupDesiredCapacity", "Maximum"),
                    metric("most", "AWS/AutoScaling", "GroupMaxSize", "Maximum"),
                ],
            },
            {
                title: "Processors",
                unit: "Percent",
                metrics: [
                    metric("average", "AWS/EC2", "CPUUtilization", "Average"),
                    metric("busiest", "AWS/EC2", "CPUUtilization", "Maximum"),
                ],
            },
            {
                title: "Memory and disk",
                unit: "Percent",
                metrics: [
                    metric("memory", agentNamespace, "mem_used_percent", "Maximum"),
                    metric("disk", agentNamespace, "disk_used_percent", "Maximum"),
                ],
            },
            {
                title: "Network",
                unit: "Bytes",
                metrics: [metric("in", "AWS/EC2", "NetworkIn", "Sum"), metric("out", "AWS/EC2", "NetworkOut", "Sum")],
            },
        ],
    };
}
