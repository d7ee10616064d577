/** Alarms as rows of data: what is measured, when it is wrong, how bad that is, and what to do. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";

/** `critical` wakes somebody; `warning` is read in the morning. */
export type Severity = "critical" | "warning";

/** Topics by severity. A severity without a topic has no alarms in this environment. */
export type AlarmTopics = Readonly<Partial<Record<Severity, pulumi.Input<string>>>>;

export interface AlarmRow {
    /** Part of the logical name: never changes. */
    readonly key: string;
    readonly severity: Severity;
    /** What is wrong and what to do first, for the person who is woken. */
    readonly description: string;
    readonly namespace: string;
    readonly metric: string;
    readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
    /** `Average`, `Sum`, `Maximum`, `Minimum`, or a percentile such as `p95`. */
    readonly statistic: string;
    readonly periodSeconds: number;
    /** Periods looked at, and how many of them must be wrong (all, unless said). */
    readonly periods: number;
    readonly breachingPeriods?: number;
    readonly comparison: "above" | "atLeast" | "below" | "atMost";
    readonly threshold: pulumi.Input<number>;
    /** What silence means. A counter that is absent when zero is `fine`; a heartbeat that stops is `wrong`. */
    readonly silence: "fine" | "wrong" | "unknown";
    /** Only for metrics that live in us-east-1 (CloudFront, Route 53). */
    readonly region?: string;
}

const comparisons = {
    above: "GreaterThanThreshold",
    atLeast: "GreaterThanOrEqualToThreshold",
    below: "LessThanThreshold",
    atMost: "LessThanOrEqualToThreshold",
} as const;

const silences = { fine: "notBreaching", wrong: "breaching", unknown: "missing" } as const;

/** One alarm a row whose severity has a topic. Named `<environment>-<owner>-<key>`, so that a page at night says which one it is. */
export function createAlarms(
    owner: string,
    environment: Environment,
    topics: AlarmTopics,
    rows: readonly AlarmRow[],
    opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm[] {
    return rows.flatMap((row) => {
        const topic = topics[row.severity];
        return topic === undefined ? [] : [createAlarm(owner, environment, topic, row, opts)];
    });
}

function createAlarm(
    owner: string,
    environment: Environment,
    topic: pulumi.Input<string>,
    row: AlarmRow,
    opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
    const percentile = row.statistic.startsWith("p");
    return new aws.cloudwatch.MetricAlarm(
        `${owner}-${row.key}`,
        {
            ...(row.region !== undefined && { region: row.region }),
            name: `${environment.name}-${owner}-${row.key}`,
            alarmDescription: `${row.severity}: ${row.description}`,
            namespace: row.namespace,
            metricName: row.metric,
            dimensions: row.dimensions,
            ...(percentile ? { extendedStatistic: row.statistic } : { statistic: row.statistic }),
            period: row.periodSeconds,
            evaluationPeriods: row.periods,
            datapointsToAlarm: row.breachingPeriods ?? row.periods,
            comparisonOperator: comparisons[row.comparison],
            threshold: row.threshold,
            treatMissingData: silences[row.silence],
            alarmActions: [topic],
            okActions: [topic],
        },
        opts,
    );
}
