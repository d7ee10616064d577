/** Load balancers, target groups, listeners, and the fleets behind them. */
import { architectureOf } from "../facts/managed.ts";
import { isList, isObject, numberOf, textOf } from "../values.ts";
import { label, others, type Rule, says, target, text, texts, type View, vpcsOf, zonesOfSubnets } from "../view.ts";
import { hasInternetGateway } from "./network.ts";

const isNetwork = (view: View): boolean => view.inputs.loadBalancerType === "network" || view.inputs.loadBalancerType === "gateway";

function subnetsOf(view: View): string[] {
    return [...texts(view, "subnets"), ...texts(view, "subnetMappings.subnetId")];
}

/** Every certificate that a listener or a distribution uses must have been issued. */
export function notIssued(view: View, arn: string | undefined, code: string): string | undefined {
    const certificate = target(view, "acm/certificate", arn);
    if (!certificate || certificate.outputs.status === "ISSUED") return undefined;
    return says(
        code,
        `The certificate '${arn}' must have a fully-qualified domain name, a supported signature, and a supported key size: it is ${textOf(certificate.outputs.status)}.`,
        "Use certificateArn of the acm.CertificateValidation, which waits until it is issued.",
    );
}

function forwardedGroups(inputs: View["inputs"], path: string): string[] {
    const view = { inputs } as View;
    return [...texts(view, `${path}.targetGroupArn`), ...texts(view, `${path}.forward.targetGroups.arn`)];
}

function actionsFit(view: View, loadBalancerArn: string | undefined, path: string): string | undefined {
    const balancer = target(view, "lb/loadBalancer", loadBalancerArn);
    for (const arn of forwardedGroups(view.inputs, path)) {
        const group = target(view, "lb/targetGroup", arn);
        if (!group || !balancer) continue;
        if (group.inputs.vpcId !== undefined && group.inputs.vpcId !== balancer.outputs.vpcId)
            return says(
                "InvalidConfigurationRequest",
                `The target group '${arn}' is in ${textOf(group.inputs.vpcId)}, but the load balancer is in ${textOf(balancer.outputs.vpcId)}.`,
            );
        const http = String(group.inputs.protocol ?? "").startsWith("HTTP") || group.inputs.targetType === "lambda";
        const network = balancer.inputs.loadBalancerType === "network";
        if (http === network)
            return says(
                "InvalidConfigurationRequest",
                `Target group '${arn}' of protocol ${textOf(group.inputs.protocol)} does not fit a ${network ? "network" : "application"} load balancer.`,
            );
        for (const other of [...view.cloud.all("lb/listener"), ...view.cloud.all("lb/listenerRule")]) {
            const theirs =
                textOf(other.inputs.loadBalancerArn) ??
                textOf(target(view, "lb/listener", textOf(other.inputs.listenerArn))?.inputs.loadBalancerArn);
            if (
                theirs !== undefined &&
                theirs !== loadBalancerArn &&
                forwardedGroups(other.inputs, other.type === "lb/listener" ? "defaultActions" : "actions").includes(arn)
            )
                return says(
                    "TargetGroupAssociationLimit",
                    `The following target groups cannot be associated with more than one load balancer: ${arn}.`,
                    `${label(other)} belongs to another one.`,
                );
        }
    }
    return undefined;
}

/** Whoever writes logs into a bucket must be let in, and the bucket must be able to take them. */
function logBucket(view: View, block: "accessLogs" | "connectionLogs"): string | undefined {
    const settings = view.inputs[block];
    if (!isObject(settings) || settings.enabled === false || textOf(settings.bucket) === undefined) return undefined;
    const bucket = target(view, "s3/bucket", textOf(settings.bucket));
    const code = "InvalidConfigurationRequest";
    if (!bucket)
        return says(
            code,
            `Access Denied for bucket: ${textOf(settings.bucket)}. Please check S3bucket permission.`,
            "There is no such bucket.",
        );
    if (bucket.region !== view.region)
        return says(code, `The bucket ${bucket.id} is in ${bucket.region}, the load balancer in ${view.region}.`);
    const policy = [...view.cloud.all("s3/bucketPolicy")].find((thing) => thing.inputs.bucket === bucket.id);
    if (!policy || !/elasticloadbalancing|logdelivery|iam::\d{12}:root/.test(JSON.stringify(policy.inputs.policy)))
        return says(
            code,
            `Access Denied for bucket: ${bucket.id}. Please check S3bucket permission.`,
            `Its policy must let logdelivery.elasticloadbalancing.amazonaws.com write, and must be there first: add dependsOn.`,
        );
    const encryption = [...view.cloud.all("s3/bucketServerSideEncryptionConfiguration")].find((thing) => thing.inputs.bucket === bucket.id);
    if (!isNetwork(view) && encryption && JSON.stringify(encryption.inputs).includes('"sseAlgorithm":"aws:kms'))
        return says(
            code,
            `Access Denied for bucket: ${bucket.id}. Please check S3bucket permission.`,
            "Load balancers write only to buckets encrypted with SSE-S3 (AES256).",
        );
    return undefined;
}

export const balancingRules: readonly Rule[] = [
    {
        id: "ALB-1",
        types: ["lb/loadBalancer"],
        when: "call",
        check: (view) => {
            const zones = zonesOfSubnets(view, subnetsOf(view));
            if (!isNetwork(view) && new Set(zones).size < 2)
                return says(
                    "ValidationError",
                    "At least two subnets in two different Availability Zones must be specified.",
                    `These are in ${[...new Set(zones)].join(", ") || "none"}.`,
                );
            const twice = zones.find((zone, index) => zones.indexOf(zone) !== index);
            return (
                twice &&
                says(
                    "InvalidConfigurationRequest",
                    `A load balancer cannot be attached to multiple subnets in the same Availability Zone (${twice}).`,
                )
            );
        },
    },
    {
        id: "ALB-4",
        types: ["lb/loadBalancer"],
        when: "call",
        check: (view) => {
            const [vpc] = vpcsOf(view, "ec2/subnet", subnetsOf(view));
            if (view.inputs.internal === true || hasInternetGateway(view, vpc)) return undefined;
            return says(
                "InvalidSubnet",
                `VPC ${vpc} has no internet gateway.`,
                "An internet-facing load balancer needs one; make it depend on the gateway, or set internal.",
            );
        },
    },
    {
        id: "ALB-19",
        types: ["lb/loadBalancer"],
        when: "call",
        check: (view) => logBucket(view, "accessLogs") ?? logBucket(view, "connectionLogs"),
    },
    {
        id: "ALB-8",
        types: ["lb/targetGroup"],
        when: "plan",
        check: (view) => {
            const lambda = view.inputs.targetType === "lambda";
            const missing = ["port", "protocol", "vpcId"].filter((name) => view.inputs[name] === undefined);
            if (!lambda && missing.length > 0)
                return says(
                    "ValidationError",
                    `${missing.join(", ")} must be given for target type ${text(view, "targetType") ?? "instance"}.`,
                );
            const check = view.inputs.healthCheck;
            if (!isObject(check)) return undefined;
            const http = String(view.inputs.protocol ?? "").startsWith("HTTP");
            if (http && check.protocol === "TCP")
                return says(
                    "ValidationError",
                    "healthCheck.protocol TCP is not for an HTTP or HTTPS target group.",
                    "Take HTTP with a path.",
                );
            if (check.protocol === "TCP" && (check.path !== undefined || check.matcher !== undefined))
                return says("ValidationError", "A TCP health check has no path and no matcher.");
            const [interval, timeout] = [numberOf(check.interval) ?? 30, numberOf(check.timeout)];
            return timeout !== undefined && timeout >= interval
                ? says("ValidationError", `Health check timeout '${timeout}' must be smaller than the interval '${interval}'.`)
                : undefined;
        },
    },
    {
        id: "ALB-11",
        types: ["lb/targetGroup"],
        when: "plan",
        check: (view) => {
            const slow = numberOf(view.inputs.slowStart) ?? 0;
            if (slow !== 0 && (slow < 30 || slow > 900)) return says("ValidationError", `slowStart is 0 or from 30 to 900, got ${slow}.`);
            const algorithm = text(view, "loadBalancingAlgorithmType") ?? "round_robin";
            if (slow !== 0 && algorithm !== "round_robin")
                return says("ValidationError", `slowStart goes only with round_robin, got ${algorithm}.`);
            return view.inputs.loadBalancingAnomalyMitigation === "on" && algorithm !== "weighted_random"
                ? says("ValidationError", "loadBalancingAnomalyMitigation goes only with weighted_random.")
                : undefined;
        },
    },
    {
        id: "ALB-6",
        types: ["lb/listener"],
        when: "call",
        check: (view) => {
            const secure = ["HTTPS", "TLS"].includes(text(view, "protocol") ?? "");
            const arn = text(view, "certificateArn");
            if (secure && arn === undefined)
                return says("ValidationError", "A certificate must be specified for HTTPS listeners.", "Give certificateArn.");
            if (!secure && arn !== undefined)
                return says(
                    "ValidationError",
                    `certificateArn goes only with HTTPS or TLS, protocol is ${text(view, "protocol") ?? "HTTP"}.`,
                );
            return notIssued(view, arn, "UnsupportedCertificate");
        },
    },
    {
        id: "listener-certificate",
        types: ["lb/listenerCertificate"],
        when: "call",
        check: (view) => notIssued(view, text(view, "certificateArn"), "UnsupportedCertificate"),
    },
    {
        id: "listener-port",
        types: ["lb/listener"],
        when: "call",
        check: (view) => {
            for (const other of others(view, "lb/listener"))
                if (other.inputs.loadBalancerArn === view.inputs.loadBalancerArn && other.inputs.port === view.inputs.port)
                    return says(
                        "DuplicateListener",
                        `A listener already exists on this port for this load balancer: ${label(other)} on ${String(view.inputs.port)}.`,
                    );
            return undefined;
        },
    },
    {
        id: "ALB-32",
        types: ["lb/listener"],
        when: "call",
        check: (view) => actionsFit(view, text(view, "loadBalancerArn"), "defaultActions"),
    },
    {
        id: "ALB-16",
        types: ["lb/listenerRule"],
        when: "call",
        check: (view) =>
            actionsFit(view, textOf(target(view, "lb/listener", text(view, "listenerArn"))?.inputs.loadBalancerArn), "actions"),
    },
    {
        id: "ALB-17",
        types: ["lb/listenerRule"],
        when: "call",
        check: (view) => {
            for (const other of others(view, "lb/listenerRule"))
                if (
                    view.inputs.priority !== undefined &&
                    other.inputs.listenerArn === view.inputs.listenerArn &&
                    other.inputs.priority === view.inputs.priority
                )
                    return says(
                        "PriorityInUse",
                        `Priority '${String(view.inputs.priority)}' is currently in use.`,
                        `${label(other)} has it.`,
                    );
            return undefined;
        },
    },
    {
        id: "ASG-1",
        types: ["autoscaling/group"],
        when: "plan",
        check: (view) => {
            const [low, high, wanted] = [
                numberOf(view.inputs.minSize),
                numberOf(view.inputs.maxSize),
                numberOf(view.inputs.desiredCapacity),
            ];
            if (low !== undefined && high !== undefined && low > high)
                return says("ValidationError", `Max bound, ${high}, must be greater than or equal to min bound, ${low}.`);
            if (wanted !== undefined && ((low !== undefined && wanted < low) || (high !== undefined && wanted > high)))
                return says(
                    "ValidationError",
                    `Desired capacity:${wanted} must be between the specified min size:${low} and max size:${high}.`,
                );
            const sources = ["launchTemplate", "mixedInstancesPolicy", "launchConfiguration"].filter(
                (name) => view.inputs[name] !== undefined,
            );
            if (sources.length !== 1)
                return says(
                    "ValidationError",
                    `Valid requests must contain exactly one of launchTemplate, mixedInstancesPolicy or launchConfiguration, got ${sources.join(" and ") || "none"}.`,
                );
            return view.inputs.vpcZoneIdentifiers !== undefined && view.inputs.availabilityZones !== undefined
                ? says("ValidationError", "vpcZoneIdentifiers conflicts with availabilityZones.", "Give the subnets only.")
                : undefined;
        },
    },
    {
        id: "ASG-8",
        types: ["autoscaling/group"],
        when: "plan",
        check: (view) => {
            const life = numberOf(view.inputs.maxInstanceLifetime) ?? 0;
            return life === 0 || (life >= 86400 && life <= 31536000)
                ? undefined
                : says("ValidationError", `maxInstanceLifetime is 0 or from 86400 to 31536000 seconds, got ${life}.`);
        },
    },
    {
        id: "ASG-9",
        types: ["ec2/launchTemplate"],
        when: "plan",
        check: (view) => {
            if (
                isList(view.inputs.networkInterfaces) &&
                view.inputs.networkInterfaces.length > 0 &&
                view.inputs.vpcSecurityGroupIds !== undefined
            )
                return says(
                    "InvalidParameterCombination",
                    "Network interfaces and an instance-level security groups may not be specified on the same request.",
                    "Put the groups into the interface.",
                );
            const data = text(view, "userData");
            if (data === undefined) return undefined;
            const bytes = Buffer.from(data, "base64");
            if (bytes.toString("base64").replace(/=+$/, "") !== data.replace(/\s/g, "").replace(/=+$/, ""))
                return says("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.", "Encode userData of a launch template.");
            return bytes.length > 16384
                ? says("InvalidParameterValue", `User data is limited to 16384 bytes, got ${bytes.length}.`, "Keep bulk in a bucket.")
                : undefined;
        },
    },
    {
        id: "ASG-12",
        types: ["ec2/launchTemplate", "ec2/instance"],
        when: "plan",
        check: (view) => {
            const image = text(view, "imageId") ?? text(view, "ami");
            if (image === undefined) return undefined;
            if (!/^(ami-[0-9a-f]{8,17}|resolve:ssm:.+)$/.test(image))
                return says("InvalidAMIID.Malformed", `Invalid id: "${image}" (expecting "ami-…" or "resolve:ssm:…").`);
            const type = text(view, "instanceType");
            const built = /arm64/.test(image) ? "arm64" : /x86_64/.test(image) ? "x86_64" : undefined;
            if (type === undefined || built === undefined || architectureOf(type) === built) return undefined;
            return says(
                "InvalidParameterValue",
                `The architecture '${architectureOf(type)}' of the specified instance type does not match the architecture '${built}' of the specified AMI.`,
                `${type} and ${image} do not go together.`,
            );
        },
    },
    {
        id: "ASG-15",
        types: ["ec2/launchTemplate"],
        when: "plan",
        check: (view) => {
            const { blockDeviceMappings } = view.inputs;
            for (const mapping of isList(blockDeviceMappings) ? blockDeviceMappings : []) {
                const disk = isObject(mapping) && isObject(mapping.ebs) ? mapping.ebs : {};
                const [size, iops, throughput] = [numberOf(disk.volumeSize), numberOf(disk.iops), numberOf(disk.throughput)];
                if (throughput !== undefined && disk.volumeType !== "gp3")
                    return says(
                        "InvalidParameterCombination",
                        `The parameter throughput is not supported for ${textOf(disk.volumeType) ?? "gp2"} volumes.`,
                    );
                if (
                    disk.volumeType === "gp3" &&
                    iops !== undefined &&
                    (iops < 3000 || (size !== undefined && iops > Math.max(3000, size * 500)))
                )
                    return says(
                        "InvalidParameterCombination",
                        `gp3 has from 3000 to 500 IOPS a GiB, got ${iops} for ${size ?? "the image's"} GiB.`,
                    );
                if (disk.volumeType === "gp3" && throughput !== undefined && throughput > (iops ?? 3000) / 4)
                    return says(
                        "InvalidParameterCombination",
                        `gp3 throughput is at most a quarter of its IOPS (${(iops ?? 3000) / 4} MiB/s), got ${throughput}.`,
                    );
            }
            return undefined;
        },
    },
    {
        id: "delete-balancer",
        types: ["lb/loadBalancer"],
        when: "delete",
        check: (view) =>
            view.inputs.enableDeletionProtection === true
                ? says(
                      "OperationNotPermitted",
                      `Load balancer '${view.self?.id}' cannot be deleted because deletion protection is enabled.`,
                      "Set enableDeletionProtection to false, run up, then destroy.",
                  )
                : undefined,
    },
    {
        id: "delete-target-group",
        types: ["lb/targetGroup"],
        when: "delete",
        patient: true,
        check: (view) => {
            for (const other of [...view.cloud.all("lb/listener"), ...view.cloud.all("lb/listenerRule")])
                if (
                    forwardedGroups(other.inputs, other.type === "lb/listener" ? "defaultActions" : "actions").includes(view.self?.id ?? "")
                )
                    return says(
                        "ResourceInUse",
                        `Target group '${view.self?.id}' is currently in use by a listener or a rule: ${label(other)}.`,
                    );
            return undefined;
        },
    },
];
