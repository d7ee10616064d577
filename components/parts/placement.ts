/** Where in a network a component stands. The network makes it; everybody else only reads it. */
import type * as pulumi from "@pulumi/pulumi";

export interface Placement {
    readonly vpcId: pulumi.Input<string>;
    /** Block of the whole network, plain. */
    readonly cidr: string;
    /** Subnets of the tier in every zone of the network (always two or more: load balancers and subnet groups need two). */
    readonly subnetIds: readonly pulumi.Input<string>[];
    /** Subnets of the zones in which workloads run: `network.zones` of them. */
    readonly workloadSubnetIds: readonly pulumi.Input<string>[];
    /** Names of the zones behind `workloadSubnetIds`, in the same order, such as `eu-west-1a`. */
    readonly workloadZones: readonly string[];
}
