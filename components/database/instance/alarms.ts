/** What is watched of an instance, and what is drawn. */
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmRow } from "../../parts/alarm.ts";
import type { DashboardRow, Graph } from "../../parts/dashboard.ts";
import { type Engine, engines, type Thresholds, thresholdsOf } from "./plan.ts";
import type { DatabaseInstanceSettings } from "./settings.ts";

const namespace = "AWS/RDS";

/** One instance as its alarms see it. */
export interface Watched {
    readonly identifier: pulumi.Input<string>;
    readonly class: string;
    readonly parameters: DatabaseInstanceSettings["parameters"];
    readonly role: "primary" | "replica";
}

type Rule = Pick<AlarmRow, "key" | "severity" | "description" | "metric" | "comparison" | "threshold"> & Partial<AlarmRow>;

/** Alarms of one instance. A stopped instance is silent, and that is not a fault of its own: `unknown`. */
export function alarmsOf(settings: DatabaseInstanceSettings, watched: Watched): AlarmRow[] {
    const { alarms, engine, storage } = settings;
    // Autoscaling acts at a tenth; somebody is woken only when it does not.
    const freeStorage = storage.maximumGiB === undefined ? alarms.freeStoragePercent : alarms.freeStoragePercent / 2;
    const percent = { freeStorage, connections: alarms.connectionsPercent };
    const thresholds = thresholdsOf(engine, watched.class, storage.sizeGiB, percent, watched.parameters);
    const rules = [
        ...sharedRules(settings, thresholds, freeStorage),
        ...(watched.role === "replica"
            ? [lagRule(alarms.replicaLagSeconds ?? engines[engine].replicaLagSeconds)]
            : primaryRules(engine, alarms.latencyMillis)),
    ];
    return rules.map((rule) => ({
        namespace,
        dimensions: { DBInstanceIdentifier: watched.identifier },
        statistic: "Average",
        periodSeconds: 300,
        periods: 3,
        silence: "unknown",
        ...rule,
    }));
}

function sharedRules({ alarms, storage }: DatabaseInstanceSettings, thresholds: Thresholds, freeStorage: number): Rule[] {
    return [
        {
            key: "cpu",
            severity: "warning",
            description: `CPU above ${alarms.cpuPercent}% for 15 minutes. Look for the statement that loads it in Database Insights.`,
            metric: "CPUUtilization",
            comparison: "above",
            threshold: alarms.cpuPercent,
        },
        {
            key: "storage",
            severity: "critical",
            description:
                `Less than ${freeStorage}% of the storage is free; a full disk stops the database. ` +
                (storage.maximumGiB === undefined
                    ? "Raise storage.sizeGiB."
                    : "RDS grows it at most every 6 hours: see whether storage.maximumGiB is reached."),
            metric: "FreeStorageSpace",
            statistic: "Minimum",
            comparison: "below",
            threshold: thresholds.freeStorageBytes,
        },
        {
            key: "memory",
            severity: "warning",
            description: "Less than 5% of the memory can be freed. Look for many connections or large sorts, or take a larger class.",
            metric: "FreeableMemory",
            comparison: "below",
            threshold: thresholds.freeableMemoryBytes,
        },
        {
            key: "connections",
            severity: "warning",
            description: `More than ${alarms.connectionsPercent}% of max_connections are in use. Look for clients that do not give theirs back.`,
            metric: "DatabaseConnections",
            statistic: "Maximum",
            comparison: "above",
            threshold: thresholds.connections,
        },
        {
            key: "queue",
            severity: "warning",
            description:
                "More than 64 disk operations wait on average for 15 minutes. Look for scans of whole tables, or raise storage.iops.",
            metric: "DiskQueueDepth",
            comparison: "above",
            threshold: 64,
        },
        ...(thresholds.cpuCredits === undefined ? [] : [creditRule(thresholds.cpuCredits)]),
    ];
}

function creditRule(threshold: number): Rule {
    return {
        key: "credits",
        severity: "warning",
        description: "A tenth of the CPU credits is left; beyond them the class costs more. Take a class that is not burstable.",
        metric: "CPUCreditBalance",
        comparison: "below",
        threshold,
    };
}

function lagRule(seconds: number): Rule {
    return {
        key: "lag",
        severity: "warning",
        description: `The replica is more than ${seconds} seconds behind. Look for long transactions or a class smaller than the primary's.`,
        metric: "ReplicaLag",
        periodSeconds: 60,
        periods: 5,
        comparison: "above",
        threshold: seconds,
    };
}

function primaryRules(engine: Engine, latencyMillis: number): Rule[] {
    const latency = (key: string, metric: string, what: string): Rule => ({
        key,
        severity: "warning",
        description: `A ${what} of the disk takes more than ${latencyMillis} ms on average for 15 minutes.`,
        metric,
        comparison: "above",
        threshold: latencyMillis / 1000,
    });
    return [
        latency("read-latency", "ReadLatency", "read"),
        latency("write-latency", "WriteLatency", "write"),
        ...(engine === "postgres" ? [wraparoundRule] : []),
    ];
}

const wraparoundRule: Rule = {
    key: "wraparound",
    severity: "critical",
    description:
        "Half of the transaction numbers are used up: PostgreSQL stops writing at 2.1 billion. Find what keeps autovacuum from freezing rows.",
    metric: "MaximumUsedTransactionIDs",
    statistic: "Maximum",
    comparison: "above",
    threshold: 1_000_000_000,
};

/** Each graph shows every instance, so that a replica is read beside its primary. */
export function dashboardRowOf(title: string, instances: Readonly<Record<string, pulumi.Input<string>>>): DashboardRow {
    const graph = (what: string, metric: string, unit: string, statistic = "Average"): Graph => ({
        title: what,
        unit,
        metrics: Object.entries(instances).map(([label, DBInstanceIdentifier]) => ({
            label,
            namespace,
            metric,
            dimensions: { DBInstanceIdentifier },
            statistic,
        })),
    });
    return {
        title,
        graphs: [
            graph("CPU", "CPUUtilization", "Percent"),
            graph("Connections", "DatabaseConnections", "Count", "Maximum"),
            graph("Freeable memory", "FreeableMemory", "Bytes", "Minimum"),
            graph("Free storage", "FreeStorageSpace", "Bytes", "Minimum"),
            graph("Read latency", "ReadLatency", "Seconds"),
            graph("Write latency", "WriteLatency", "Seconds"),
            ...(Object.keys(instances).length > 1 ? [graph("Replica lag", "ReplicaLag", "Seconds", "Maximum")] : []),
        ],
    };
}
