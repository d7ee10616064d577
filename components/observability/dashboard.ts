/** Lays rows of graphs out as the body of a CloudWatch dashboard. Pure: metrics and dimensions may still be unknown, the layout never is. */
import type { DashboardRow, Graph } from "../parts/dashboard.ts";

/** CloudWatch's grid is 24 wide; a row of more graphs than fit breaks. */
const width = 24;
const perLine = 4;
const graphHeight = 6;
/** AWS refuses a dashboard of more. */
export const mostWidgets = 500;

interface Widget {
    readonly type: "metric" | "text" | "alarm";
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: Readonly<Record<string, unknown>>;
}

export function layOut(rows: readonly DashboardRow[], region: string): Widget[] {
    const widgets: Widget[] = [];
    let y = 0;
    for (const row of rows) {
        if (row.graphs.length === 0) {
            continue;
        }
        widgets.push({ type: "text", x: 0, y, width, height: 1, properties: { markdown: `## ${row.title}` } });
        y += 1;
        const columns = Math.min(row.graphs.length, perLine);
        const each = Math.floor(width / columns);
        for (const [index, graph] of row.graphs.entries()) {
            const line = Math.floor(index / columns);
            widgets.push({
                type: "metric",
                x: (index % columns) * each,
                y: y + line * graphHeight,
                width: each,
                height: graphHeight,
                properties: describeGraph(graph, region),
            });
        }
        y += Math.ceil(row.graphs.length / columns) * graphHeight;
    }
    if (widgets.length > mostWidgets) {
        throw new RangeError(`a dashboard holds ${mostWidgets} widgets, these rows make ${widgets.length}`);
    }
    return widgets;
}

function describeGraph(graph: Graph, region: string): Readonly<Record<string, unknown>> {
    return {
        title: graph.title,
        view: "timeSeries",
        stacked: false,
        region: graph.region ?? region,
        period: graph.periodSeconds ?? 300,
        metrics: graph.metrics.map((metric) => [
            metric.namespace,
            metric.metric,
            ...Object.entries(metric.dimensions).flat(),
            { label: metric.label, stat: metric.statistic },
        ]),
        ...(graph.unit !== undefined && { yAxis: { left: { label: graph.unit, showUnits: false } } }),
    };
}
