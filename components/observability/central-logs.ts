/** The central log group and what is made of its lines: counts, alarms, masks, anomalies. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { type AlarmRow, type AlarmTopics, createAlarms } from "../parts/alarm.ts";
import { createLogGroup } from "../parts/log-group.ts";
import { nameTag } from "../parts/tags.ts";
import type { ObservabilitySettings } from "./settings.ts";

type LogsSettings = NonNullable<ObservabilitySettings["logs"]>;

export interface CentralLogs {
    readonly name: string;
    readonly environment: Environment;
    readonly keyArn: pulumi.Input<string>;
    readonly settings: LogsSettings;
    readonly alarmTopics: AlarmTopics;
    readonly opts: pulumi.CustomResourceOptions;
}

/** Name of the central log group, known beforehand so that workloads can be told it. */
export function centralLogName(environmentName: string): string {
    return `/${environmentName}/application`;
}

export function createCentralLogs(central: CentralLogs): {
    readonly group: aws.cloudwatch.LogGroup;
    readonly alarms: readonly aws.cloudwatch.MetricAlarm[];
} {
    const { name, environment, keyArn, opts, settings } = central;
    const group = createLogGroup(`${name}-logs`, environment, { logName: centralLogName(environment.name), keyArn }, opts);
    const alarms = createFilters(central, group);
    if (settings.masked.length > 0) {
        new aws.cloudwatch.LogDataProtectionPolicy(
            `${name}-masks`,
            { logGroupName: group.name, policyDocument: maskDocument(`${environment.name}-masks`, settings.masked) },
            opts,
        );
    }
    return { group, alarms: [...alarms, ...createAnomalies(central, group)] };
}

function createFilters(
    { name, environment, settings, alarmTopics, opts }: CentralLogs,
    group: aws.cloudwatch.LogGroup,
): aws.cloudwatch.MetricAlarm[] {
    const filters = Object.entries(settings.metricFilters).sort(([one], [other]) => (one < other ? -1 : 1));
    // One namespace an environment: a filter's metric has no dimensions that could tell two environments of one account apart.
    const namespace = `${environment.name}/logs`;
    for (const [key, filter] of filters) {
        new aws.cloudwatch.LogMetricFilter(
            `${name}-filter-${key}`,
            {
                name: `${environment.name}-${key}`,
                logGroupName: group.name,
                pattern: filter.pattern,
                metricTransformation: { name: key, namespace, value: filter.value, unit: filter.unit, defaultValue: "0" },
            },
            opts,
        );
    }
    const rows = filters.flatMap(([key, { alarm }]): AlarmRow[] =>
        alarm === undefined
            ? []
            : [
                  {
                      key: `filter-${key}`,
                      severity: alarm.severity,
                      description: alarm.description,
                      namespace,
                      metric: key,
                      dimensions: {},
                      statistic: "Sum",
                      periodSeconds: alarm.periodMinutes * 60,
                      periods: alarm.periods,
                      comparison: "atLeast",
                      threshold: alarm.threshold,
                      silence: "fine",
                  },
              ],
    );
    return createAlarms(name, environment, alarmTopics, rows, opts);
}

const frequencies = { 5: "FIVE_MIN", 10: "TEN_MIN", 15: "FIFTEEN_MIN", 30: "THIRTY_MIN", 60: "ONE_HOUR" } as const;

function createAnomalies(
    { name, environment, settings, alarmTopics, opts }: CentralLogs,
    group: aws.cloudwatch.LogGroup,
): aws.cloudwatch.MetricAlarm[] {
    if (settings.anomalies === undefined) {
        return [];
    }
    const detectorName = `${environment.name}-application`;
    new aws.cloudwatch.LogAnomalyDetector(
        `${name}-anomalies`,
        {
            detectorName,
            logGroupArnLists: [group.arn],
            enabled: true,
            evaluationFrequency: frequencies[settings.anomalies.everyMinutes],
            anomalyVisibilityTime: settings.anomalies.trainedDays,
            tags: nameTag(environment, `${name}-anomalies`),
        },
        opts,
    );
    const row: AlarmRow = {
        key: "anomalies",
        severity: "warning",
        description: `Unusual lines in ${centralLogName(environment.name)}: open Logs, Log anomalies in the console.`,
        namespace: "AWS/Logs",
        metric: "AnomalyCount",
        dimensions: { LogAnomalyDetector: detectorName, LogAnomalyPriority: "HIGH" },
        statistic: "Sum",
        periodSeconds: 3_600,
        periods: 1,
        comparison: "atLeast",
        threshold: 1,
        silence: "fine",
    };
    return createAlarms(name, environment, alarmTopics, [row], opts);
}

/** AWS wants the same list twice, once to count what was found and once to mask it. */
function maskDocument(documentName: string, masked: readonly string[]): pulumi.Output<string> {
    const identifiers = [...new Set(masked)].sort().map((each) => `arn:aws:dataprotection::aws:data-identifier/${each}`);
    return pulumi.jsonStringify({
        Name: documentName,
        Version: "2021-06-01",
        Statement: [
            { Sid: "find", DataIdentifier: identifiers, Operation: { Audit: { FindingsDestination: {} } } },
            { Sid: "mask", DataIdentifier: identifiers, Operation: { Deidentify: { MaskConfig: {} } } },
        ],
    });
}
