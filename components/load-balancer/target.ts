/** What a target group and its rule look like, decided before either exists. No Pulumi here. */
import { nameRefusal } from "../../conventions/names.ts";
import { TargetTuning } from "./settings.ts";

/** What a service says of itself: the contract between a compute component and the load balancer. */
export interface TargetSettings {
    /** Port that members listen on. A change replaces the target group; the new one stands before the old one goes. */
    readonly port: number;
    /** Path that answers 200 while the service is fit for traffic. */
    readonly healthPath: string;
    /** Between load balancer and members. `HTTPS` accepts any certificate that a member shows. Default: HTTP. */
    readonly protocol?: "HTTP" | "HTTPS";
    readonly protocolVersion?: "HTTP1" | "HTTP2" | "GRPC";
    /** What registers: instances of an Auto Scaling group, or addresses of tasks and pods. Default: instance. */
    readonly targetType?: "instance" | "ip";
}

/** Which requests a target takes. No rule: all that no other rule takes. */
export interface TargetRule {
    readonly hosts?: readonly string[];
    readonly paths?: readonly string[];
    readonly priority: number;
}

/** Inputs of the target group that are known before the first resource. */
export function planTarget(target: TargetSettings, tuning: TargetTuning = TargetTuning.parse({})) {
    const check = tuning.healthCheck;
    const version = target.protocolVersion ?? "HTTP1";
    return {
        port: target.port,
        protocol: target.protocol ?? "HTTP",
        protocolVersion: version,
        targetType: target.targetType ?? "instance",
        loadBalancingAlgorithmType: tuning.algorithm,
        loadBalancingAnomalyMitigation: tuning.anomalyMitigation ? "on" : "off",
        slowStart: tuning.slowStartSeconds,
        deregistrationDelay: tuning.deregistrationDelaySeconds,
        ...(tuning.crossZone !== undefined && { loadBalancingCrossZoneEnabled: String(tuning.crossZone) }),
        ...(tuning.stickiness !== undefined && { stickiness: planStickiness(tuning.stickiness) }),
        ...(tuning.minimumHealthyPercentage !== undefined && {
            // Both halves in full: what is left out comes back with AWS's values and looks like a change.
            targetGroupHealth: {
                dnsFailover: {
                    minimumHealthyTargetsCount: "1",
                    minimumHealthyTargetsPercentage: String(tuning.minimumHealthyPercentage),
                },
                unhealthyStateRouting: { minimumHealthyTargetsCount: 1, minimumHealthyTargetsPercentage: "off" },
            },
        }),
        healthCheck: {
            enabled: true,
            protocol: target.protocol ?? "HTTP",
            port: "traffic-port",
            path: check.path ?? target.healthPath,
            matcher: check.matcher ?? (version === "GRPC" ? "0" : "200"),
            interval: check.intervalSeconds,
            timeout: check.timeoutSeconds,
            healthyThreshold: check.healthyThreshold,
            unhealthyThreshold: check.unhealthyThreshold,
        },
    };
}

function planStickiness(stickiness: NonNullable<TargetTuning["stickiness"]>) {
    return stickiness.kind === "loadBalancerCookie"
        ? { enabled: true, type: "lb_cookie", cookieDuration: stickiness.seconds }
        : { enabled: true, type: "app_cookie", cookieName: stickiness.cookieName, cookieDuration: stickiness.seconds };
}

/** Conditions of a rule. All must match; any value of one is enough. A rule must have one: the last one matches every path. */
export function planConditions(rule: Omit<TargetRule, "priority"> | undefined) {
    const conditions = [
        ...(rule?.hosts === undefined ? [] : [{ hostHeader: { values: [...rule.hosts] } }]),
        ...(rule?.paths === undefined ? [] : [{ pathPattern: { values: [...rule.paths] } }]),
    ];
    return conditions.length > 0 ? conditions : [{ pathPattern: { values: ["/*"] } }];
}

/** Throws when the engine's name of a target group would be longer than ELB takes: 24 characters before the engine's eight. */
export function checkTargetName(logicalName: string): void {
    const refusal = nameRefusal("aws:lb/targetGroup:TargetGroup", `${logicalName}-0000000`);
    if (refusal !== undefined) {
        throw new RangeError(refusal);
    }
}

/** A block as part of a logical name: `10.0.0.0/8` is `10-0-0-0-8`. Two blocks never meet in one name, because a block has one canonical form. */
export function blockKey(block: string): string {
    return block.toLowerCase().replaceAll(/[.:/]/g, "-");
}
