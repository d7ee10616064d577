/** What can go wrong with a way out, and what a network shows of itself. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmRow } from "../parts/alarm.ts";
import type { Graph } from "../parts/dashboard.ts";

/** A NAT gateway and the addresses it calls out from. */
export interface NatSite {
    /** `nat-a`, `nat-regional`: part of logical names. */
    readonly part: string;
    /** Zone that it serves alone; a regional one serves all. */
    readonly letter?: string;
    readonly gateway: aws.ec2.NatGateway;
    readonly addresses: readonly aws.ec2.Eip[];
}

const namespace = "AWS/NATGateway";

export function natAlarms(sites: readonly NatSite[]): AlarmRow[] {
    return sites.flatMap(({ part, gateway }): AlarmRow[] => {
        const common = {
            namespace,
            dimensions: { NatGatewayId: gateway.id },
            statistic: "Sum",
            periodSeconds: 300,
            comparison: "above",
            silence: "fine",
        } as const;
        return [
            {
                ...common,
                key: `${part}-ports`,
                severity: "critical",
                description:
                    "The NAT gateway has no port left for a destination, so new connections out fail. Look for a client that opens connections and keeps none; a further address on the gateway helps.",
                metric: "ErrorPortAllocation",
                periods: 3,
                breachingPeriods: 2,
                threshold: 0,
            },
            {
                ...common,
                key: `${part}-drops`,
                severity: "warning",
                description:
                    "The NAT gateway drops packets. If it goes on for an hour, open a case with AWS and compare with the health dashboard.",
                metric: "PacketsDropCount",
                periods: 3,
                threshold: 100,
            },
        ];
    });
}

export function natGraphs(sites: readonly NatSite[]): Graph[] {
    const graph = (title: string, metric: string, statistic: string, unit: string): Graph => ({
        title,
        unit,
        metrics: sites.map(({ part, gateway }) => ({
            label: part,
            namespace,
            metric,
            dimensions: { NatGatewayId: gateway.id },
            statistic,
        })),
    });
    return sites.length === 0
        ? []
        : [
              graph("Bytes out through NAT", "BytesOutToDestination", "Sum", "bytes"),
              graph("Connections through NAT", "ActiveConnectionCount", "Maximum", "connections"),
              graph("Connections that found no port", "ErrorPortAllocation", "Sum", "connections"),
          ];
}

/** AWS counts addresses in use; a network holds 64,000 of them, by quota. */
export function usageGraph(vpcId: pulumi.Input<string>): Graph {
    return {
        title: "Addresses in use",
        unit: "addresses",
        metrics: [
            {
                label: "network",
                namespace: "AWS/EC2",
                metric: "NetworkAddressUsage",
                dimensions: { "Per-VPC Metrics": vpcId },
                statistic: "Maximum",
            },
        ],
    };
}
