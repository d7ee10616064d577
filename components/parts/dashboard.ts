/** What a component shows on the environment's dashboard: a row of graphs, as data. components/observability draws it. */
import type * as pulumi from "@pulumi/pulumi";

export interface Graph {
    readonly title: string;
    readonly unit?: string;
    readonly metrics: readonly {
        readonly label: string;
        readonly namespace: string;
        readonly metric: string;
        readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
        readonly statistic: string;
    }[];
    /** Default: 300. Longer for metrics that come once a day (S3's sizes). */
    readonly periodSeconds?: number;
    /** Only for metrics that live in us-east-1. */
    readonly region?: string;
}

export interface DashboardRow {
    readonly title: string;
    readonly graphs: readonly Graph[];
}
