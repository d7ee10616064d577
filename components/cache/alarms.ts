/** What is watched of a cache, and what is drawn. */
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmRow } from "../parts/alarm.ts";
import type { DashboardRow } from "../parts/dashboard.ts";
import { creditCeilingOf, nodesOf } from "./plan.ts";
import type { NodesSettings, ServerlessSettings } from "./settings.ts";

const namespace = "AWS/ElastiCache";

type Rule = Pick<AlarmRow, "key" | "severity" | "description" | "metric" | "comparison" | "threshold"> & Partial<AlarmRow>;

function complete(dimensions: AlarmRow["dimensions"]): (rule: Rule) => AlarmRow {
    return (rule) => ({
        namespace,
        dimensions,
        statistic: "Average",
        periodSeconds: 300,
        periods: 3,
        silence: "unknown",
        ...rule,
    });
}

/** Alarms of every node: after a failover any of them may be the one that writes. `groupId` is what ElastiCache calls the group. */
export function nodeAlarms(settings: NodesSettings, groupId: pulumi.Output<string>): AlarmRow[] {
    return nodesOf(settings).flatMap((node) =>
        nodeRules(settings, node).map(complete({ CacheClusterId: groupId.apply((id) => `${id}-${node}`) })),
    );
}

function nodeRules({ alarms, nodeType, replicas }: NodesSettings, node: string): Rule[] {
    const credits = creditCeilingOf(nodeType);
    return [
        {
            key: `${node}-cpu`,
            severity: "warning",
            description: `The engine of node ${node} is above ${alarms.cpuPercent}% for 15 minutes. Look for slow commands in the slow log.`,
            metric: "EngineCPUUtilization",
            comparison: "above",
            threshold: alarms.cpuPercent,
        },
        {
            key: `${node}-memory`,
            severity: "warning",
            description: `Node ${node} uses more than ${alarms.memoryPercent}% of its memory. Keys without an end, or a larger nodeType is due.`,
            metric: "DatabaseMemoryUsagePercentage",
            comparison: "above",
            threshold: alarms.memoryPercent,
        },
        {
            key: `${node}-evictions`,
            severity: "warning",
            description: `Node ${node} drops more than ${alarms.evictions} keys in 5 minutes for want of memory.`,
            metric: "Evictions",
            statistic: "Sum",
            comparison: "above",
            threshold: alarms.evictions,
        },
        {
            key: `${node}-connections`,
            severity: "warning",
            description: `Node ${node} has more than ${alarms.connections} connections; at 65000 it refuses. Look for clients that open one a request.`,
            metric: "CurrConnections",
            statistic: "Maximum",
            comparison: "above",
            threshold: alarms.connections,
        },
        ...(replicas === 0 ? [] : [lagRule(node, alarms.replicaLagSeconds)]),
        ...(credits === undefined ? [] : [creditRule(node, Math.floor(credits / 10))]),
    ];
}

function lagRule(node: string, seconds: number): Rule {
    return {
        key: `${node}-lag`,
        severity: "warning",
        description: `Node ${node} is more than ${seconds} seconds behind the primary: a failover would lose them.`,
        metric: "ReplicationLag",
        statistic: "Maximum",
        periodSeconds: 60,
        periods: 5,
        comparison: "above",
        threshold: seconds,
        // Only replicas report it.
        silence: "fine",
    };
}

function creditRule(node: string, threshold: number): Rule {
    return {
        key: `${node}-credits`,
        severity: "warning",
        description: `A tenth of the CPU credits of node ${node} is left. Take a nodeType that is not burstable.`,
        metric: "CPUCreditBalance",
        comparison: "below",
        threshold,
    };
}

export function serverlessAlarms({ limits }: ServerlessSettings, name: pulumi.Output<string>): AlarmRow[] {
    const rules: Rule[] = [
        {
            key: "throttled",
            severity: "critical",
            description: "Calls are refused: the cache is at limits.ecpuPerSecond, or load grew faster than it scales.",
            metric: "ThrottledCmds",
            statistic: "Sum",
            periodSeconds: 60,
            comparison: "above",
            threshold: 0,
            silence: "fine",
        },
        {
            key: "data",
            severity: "warning",
            description: `More than 80% of limits.dataGB (${limits.dataGB}) is used; at the limit, keys are dropped.`,
            metric: "BytesUsedForCache",
            statistic: "Maximum",
            comparison: "above",
            threshold: limits.dataGB * 800_000_000,
        },
        {
            key: "work",
            severity: "warning",
            description: `More than 80% of limits.ecpuPerSecond (${limits.ecpuPerSecond}) is used for 15 minutes.`,
            metric: "ElastiCacheProcessingUnits",
            statistic: "Sum",
            comparison: "above",
            threshold: limits.ecpuPerSecond * 240,
            silence: "fine",
        },
    ];
    return rules.map(complete({ clusterId: name }));
}

interface Drawn {
    readonly title: string;
    readonly unit: string;
    readonly metric: string;
    readonly statistic: string;
}

function rowOf(drawn: readonly Drawn[], watched: Readonly<Record<string, AlarmRow["dimensions"]>>): DashboardRow {
    const graphs = drawn.map(({ title, unit, metric, statistic }) => ({
        title,
        unit,
        metrics: Object.entries(watched).map(([label, dimensions]) => ({ label, namespace, metric, dimensions, statistic })),
    }));
    return { title: "Cache", graphs };
}

const nodeGraphs: readonly Drawn[] = [
    { title: "Engine CPU", unit: "Percent", metric: "EngineCPUUtilization", statistic: "Average" },
    { title: "Memory in use", unit: "Percent", metric: "DatabaseMemoryUsagePercentage", statistic: "Maximum" },
    { title: "Hit rate", unit: "Percent", metric: "CacheHitRate", statistic: "Average" },
    { title: "Evictions", unit: "Count", metric: "Evictions", statistic: "Sum" },
    { title: "Connections", unit: "Count", metric: "CurrConnections", statistic: "Maximum" },
    { title: "Replication lag", unit: "Seconds", metric: "ReplicationLag", statistic: "Maximum" },
];

/** One line a node. */
export function nodeDashboardRow(settings: NodesSettings, groupId: pulumi.Output<string>): DashboardRow {
    const watched = nodesOf(settings).map((node) => [node, { CacheClusterId: groupId.apply((id) => `${id}-${node}`) }] as const);
    return rowOf(nodeGraphs, Object.fromEntries(watched));
}

const serverlessGraphs: readonly Drawn[] = [
    { title: "Processing units", unit: "Count", metric: "ElastiCacheProcessingUnits", statistic: "Sum" },
    { title: "Data", unit: "Bytes", metric: "BytesUsedForCache", statistic: "Maximum" },
    { title: "Hit rate", unit: "Percent", metric: "CacheHitRate", statistic: "Average" },
    { title: "Throttled", unit: "Count", metric: "ThrottledCmds", statistic: "Sum" },
    { title: "Connections", unit: "Count", metric: "CurrConnections", statistic: "Maximum" },
];

export function serverlessDashboardRow(name: pulumi.Output<string>): DashboardRow {
    return rowOf(serverlessGraphs, { cache: { clusterId: name } });
}
