/** What is decided about a fleet before anything exists. Pure. */
import { isBurstable, sharedArchitecture } from "./instance-types.ts";
import type { FleetSettings } from "./settings.ts";

/** What of the settings decides the plan: neither what the container is told nor what the load balancer asks. */
export type FleetPlan = Omit<FleetSettings, "image" | "variables" | "kind" | "healthPath">;

export interface Capacity {
    readonly minimum: number;
    readonly maximum: number;
    readonly desired: number;
}

/** Size of the group; all zero while it is stopped, so that nothing can start an instance. */
export function capacityOf({ capacity, stopped }: FleetPlan): Capacity {
    return stopped === true
        ? { minimum: 0, maximum: 0, desired: 0 }
        : { minimum: capacity.minimum, maximum: capacity.maximum, desired: capacity.desired ?? capacity.minimum };
}

/** Fewest instances that the group ever means to have: below it something is broken. Schedules may go under the minimum. */
export function leastInService(settings: FleetPlan): number {
    const scheduled = schedulesOf(settings).map(([, schedule]) => schedule.minimum ?? settings.capacity.minimum);
    return Math.min(capacityOf(settings).minimum, ...scheduled);
}

type Schedule = NonNullable<NonNullable<FleetSettings["scaling"]>["schedules"]>[string];

export function schedulesOf({ scaling, stopped }: FleetPlan): [key: string, schedule: Schedule][] {
    return stopped === true ? [] : Object.entries(scaling?.schedules ?? {});
}

/** Parameter in which AWS publishes the newest Amazon Linux 2023 image. EC2 reads it at each launch (facts/aws-2026.md 3.7). */
export function machineImageOf({ machineImageId, instanceTypes }: FleetPlan): string {
    const architecture = sharedArchitecture(instanceTypes);
    if (architecture === undefined) {
        throw new RangeError(`no single architecture for ${instanceTypes.join(", ")}: the settings should have refused this`);
    }
    return machineImageId ?? `resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`;
}

/** Sent for T families only: EC2 refuses it for others. */
export function cpuCreditsOf({ instanceTypes, cpuCredits }: FleetPlan): "standard" | "unlimited" | undefined {
    return instanceTypes.every(isBurstable) ? (cpuCredits ?? "standard") : undefined;
}

/** Several types or spot need a mixed-instances policy; one on-demand type is simpler to read without. */
export function isMixed({ instanceTypes, spot }: FleetPlan): boolean {
    return instanceTypes.length > 1 || spot !== undefined;
}

export interface TrackingPolicy {
    readonly key: string;
    readonly metric: "ASGAverageCPUUtilization" | "ALBRequestCountPerTarget";
    readonly target: number;
}

/** Target-tracking policies. With two, the group has as many instances as the hungrier one wants. */
export function trackingOf({ scaling }: FleetPlan): TrackingPolicy[] {
    const policies: TrackingPolicy[] = [];
    if (scaling?.cpuPercent !== undefined) {
        policies.push({ key: "cpu", metric: "ASGAverageCPUUtilization", target: scaling.cpuPercent });
    }
    if (scaling?.requestsPerTarget !== undefined) {
        policies.push({ key: "requests", metric: "ALBRequestCountPerTarget", target: scaling.requestsPerTarget });
    }
    return policies;
}

/** Port of the container on the instance: the fleet's own, or one on the loopback behind the proxy. */
export function publishedOn({ port, reverseProxy }: FleetPlan): { readonly address: string; readonly port: number } {
    return reverseProxy === undefined ? { address: "0.0.0.0", port } : { address: "127.0.0.1", port: port === 18080 ? 18081 : 18080 };
}

export interface SecretReference {
    readonly arn: string;
    /** Key of a JSON secret; the whole text without it. */
    readonly key: string | undefined;
}

/** Takes `<arn>` or `<arn>:<json key>` apart: an ARN of Secrets Manager has seven parts, the key is the eighth. */
export function secretReference(reference: string): SecretReference {
    const parts = reference.split(":");
    const [key] = parts.slice(7);
    if (!reference.startsWith("arn:aws:secretsmanager:") || parts.length < 7 || parts.length > 8) {
        throw new RangeError(`expected the ARN of a secret, or the ARN, a colon and a key, got ${JSON.stringify(reference)}`);
    }
    if (key !== undefined && !/^[\w.-]+$/.test(key)) {
        throw new RangeError(`expected a key of letters, digits, full stops, hyphens and underscores, got ${JSON.stringify(key)}`);
    }
    return { arn: parts.slice(0, 7).join(":"), key };
}

/** Platform for which an image must be built to run on the fleet. */
export function imagePlatformOf({ instanceTypes }: Pick<FleetPlan, "instanceTypes">): "linux/arm64" | "linux/amd64" {
    return sharedArchitecture(instanceTypes) === "arm64" ? "linux/arm64" : "linux/amd64";
}
