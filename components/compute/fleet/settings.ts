/** The `compute` block of kind `fleet`: virtual machines that run one container each, in an auto scaling group. */
import { z } from "zod";
import { mapKey, port, words } from "../../../conventions/fields.ts";
import { ImageSettings } from "../image/settings.ts";
import { instanceTypeRefusal } from "./instance-types.ts";
import { fleetProblems } from "./rules.ts";

/** Name of an environment variable. */
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
    error: (issue) => `expected a name of letters, digits and underscores that starts with no digit, got ${JSON.stringify(issue.input)}`,
});

const percent = z.int().min(1).max(100);

const instanceType = z.string().superRefine((value, context) => {
    const message = instanceTypeRefusal(value);
    if (message !== undefined) {
        context.addIssue({ code: "custom", message });
    }
});

const gp3 = {
    iops: z
        .int()
        .min(3000)
        .max(80000)
        .optional()
        .describe("I/O operations a second, at most 500 per GiB. Default 3000, which is in the price."),
    throughputMiBps: z
        .int()
        .min(125)
        .max(1000)
        .optional()
        .describe("MiB a second, at most a quarter of the I/O operations. Default 125, which is in the price."),
};

const Capacity = z.strictObject({
    minimum: z.int().min(0).max(1000).describe("Fewest instances. 0 is a pilot light: the group exists and runs nothing."),
    maximum: z.int().min(1).max(1000).describe("Most instances, whatever scaling asks for: the limit of the bill."),
    desired: z
        .int()
        .min(0)
        .max(1000)
        .optional()
        .describe("Instances at creation. Default: minimum. Later edits do nothing, because scaling owns the number from then on."),
});

const Schedule = z.strictObject({
    recurrence: z
        .string()
        .regex(/^(\S+\s+){4}\S+$/, {
            error: (issue) => `expected five cron fields such as 0 20 * * MON-FRI, got ${JSON.stringify(issue.input)}`,
        })
        .describe("When, as five cron fields."),
    timeZone: z
        .string()
        .refine(isTimeZone, { error: (issue) => `expected an IANA time zone such as Europe/Berlin, got ${JSON.stringify(issue.input)}` })
        .optional()
        .describe("IANA name of the zone in which `recurrence` is read, daylight saving included. Default: Etc/UTC."),
    minimum: z.int().min(0).max(1000).optional().describe("Fewest instances from then on. Default: as it is."),
    maximum: z.int().min(0).max(1000).optional().describe("Most instances from then on. Default: as it is."),
    desired: z.int().min(0).max(1000).optional().describe("Instances at that moment; scaling moves on from there. Default: as it is."),
});

const Scaling = z.strictObject({
    cpuPercent: percent.optional().describe("Average processor use that target tracking keeps, percent. Default: not tracked."),
    requestsPerTarget: z
        .int()
        .min(1)
        .optional()
        .describe("Requests a minute and instance that target tracking keeps; needs a load balancer in front. Default: not tracked."),
    disableScaleIn: z.boolean().optional().describe("True: tracking only adds instances and never takes one away. Default false."),
    predictive: z
        .strictObject({
            mode: z
                .enum(["ForecastOnly", "ForecastAndScale"])
                .describe("ForecastOnly draws the forecast and does nothing, to be watched for a fortnight before ForecastAndScale."),
            bufferSeconds: z.int().min(0).max(3600).optional().describe("How long before the hour instances start, seconds. Default 300."),
        })
        .optional()
        .describe("Forecasts load of the next two days from the past fortnight, on the metric that is tracked. Default: none."),
    schedules: z
        .record(mapKey, Schedule)
        .optional()
        .describe("Changes of size at fixed times, by key. Renaming a key replaces the action; nothing runs meanwhile."),
});

const Spot = z.strictObject({
    onDemandBaseCapacity: z.int().min(0).describe("Instances that are never spot, counted first."),
    onDemandPercentageAboveBaseCapacity: z.int().min(0).max(99).describe("Share of on-demand instances beyond the base, percent."),
    allocationStrategy: z
        .enum(["price-capacity-optimized", "capacity-optimized", "capacity-optimized-prioritized", "lowest-price"])
        .optional()
        .describe("How pools are chosen. Default price-capacity-optimized, which AWS advises; lowest-price is interrupted most."),
    maximumPriceUsd: z.number().positive().optional().describe("Most that an hour may cost, USD. Default: the on-demand price."),
    capacityRebalance: z
        .boolean()
        .optional()
        .describe("True starts a replacement when AWS warns that an interruption is likely. Default true."),
});

const replacement = {
    minimumHealthyPercent: z
        .int()
        .min(0)
        .max(100)
        .optional()
        .describe("Share of the wanted capacity that stays in service, percent. Default 100: new ones start before old ones end."),
    maximumHealthyPercent: z
        .int()
        .min(100)
        .max(200)
        .optional()
        .describe("Most that may run meanwhile, percent of the wanted capacity; at most 100 above the minimum. Default 110."),
};

const Refresh = z.strictObject({
    ...replacement,
    autoRollback: z
        .boolean()
        .optional()
        .describe("True puts the former template back when a refresh fails; needs `machineImageId`. Default false: a failure stops it."),
    checkpointPercents: z
        .array(percent)
        .min(1)
        .max(20)
        .optional()
        .describe("Shares of replaced instances at which the refresh pauses, ascending and ending with 100. Default: no pause."),
    checkpointDelaySeconds: z.int().min(0).max(172800).optional().describe("Length of each pause, seconds. Default 3600."),
});

const WarmPool = z.strictObject({
    state: z
        .enum(["Stopped", "Running"])
        .describe("Stopped pays for volumes only and starts in seconds; Running pays in full. Hibernated: see the README."),
    minimum: z.int().min(0).optional().describe("Fewest prepared instances. Default 0."),
    maximumPreparedCapacity: z
        .int()
        .min(0)
        .optional()
        .describe("Most instances prepared and in service together. Default: capacity.maximum."),
    reuseOnScaleIn: z.boolean().optional().describe("True puts instances back into the pool instead of ending them. Default false."),
});

const DataVolume = z.strictObject({
    sizeGiB: z.int().min(1).max(65536).describe("Size, GiB. It lives and dies with its instance: what must last belongs elsewhere."),
    mountPath: z
        .string()
        .regex(/^(\/[a-z0-9][a-z0-9._-]*)+$/, { error: (issue) => `expected a path such as /data, got ${JSON.stringify(issue.input)}` })
        .refine((path) => !/^\/(bin|boot|dev|etc|lib|lib64|proc|root|run|sbin|sys|tmp|usr|var)(\/|$)/.test(path), {
            error: (issue) => `must not hide a folder of the system, got ${JSON.stringify(issue.input)}`,
        })
        .describe("Where it is mounted, on the instance and in the container."),
    ...gp3,
});

const ReverseProxy = z.strictObject({
    maximumBodyMiB: z.int().min(1).max(1024).optional().describe("Largest request body, MiB. Default 10."),
    readTimeoutSeconds: z.int().min(1).max(3600).optional().describe("Wait for the application's answer, seconds. Default 60."),
});

const AlarmThresholds = z.strictObject({
    cpuPercent: percent.optional().describe("Warning when average processor use stays above it for 15 minutes. Default 90."),
    memoryPercent: percent.optional().describe("Critical when an instance's memory use stays above it for 5 minutes. Default 90."),
    diskPercent: percent.optional().describe("Warning when a volume is fuller than this. Default 80."),
});

/**
 * Everything but `capacity.desired` may change in place. What is written on the instances (image, port, variables, volumes, types)
 * makes a new version of the launch template, and a refresh that replaces them one batch after the other.
 */
const Shape = z.strictObject({
    kind: z.literal("fleet").describe("Virtual machines in an auto scaling group, one container each."),
    image: ImageSettings.describe("Container image: a reference, or how to build one."),
    port: port.describe("Port on which instances serve HTTP and are health-checked."),
    containerPort: port.optional().describe("Port on which the container listens. Default: port."),
    healthPath: z
        .string()
        .regex(/^\/[!-~]{0,1023}$/, { error: (issue) => `expected a path such as /health, got ${JSON.stringify(issue.input)}` })
        .describe("Path that answers 200 when the application can serve. The load balancer asks it."),
    command: z.array(words).min(1).optional().describe("Command in place of the image's own. Default: the image's."),
    variables: z
        .record(variableName, z.string())
        .optional()
        .describe("Environment variables of the container, one line each. No secrets: they are readable in the console. Default: none."),
    instanceTypes: z
        .array(instanceType)
        .min(1)
        .max(20)
        .describe("Instance types of one architecture, most wanted first. With more than one, the group takes what it can get."),
    capacity: Capacity.describe("Size of the group."),
    stopped: z
        .boolean()
        .optional()
        .describe("True ends all instances and switches schedules off, and keeps everything else. Default false."),
    scaling: Scaling.optional().describe("What changes the size by itself. Default: nothing, the group keeps its desired capacity."),
    spot: Spot.optional().describe("Spare capacity at a discount that may be taken back at two minutes' notice. Default: none."),
    cpuCredits: z
        .enum(["standard", "unlimited"])
        .optional()
        .describe("T families only: standard slows down when credits are spent, unlimited bills on. Default standard."),
    machineImageId: z
        .string()
        .regex(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/, {
            error: (issue) => `expected an image id such as ami-0123456789abcdef0, got ${JSON.stringify(issue.input)}`,
        })
        .optional()
        .describe("Amazon Linux 2023 image to stay with. Default: the newest at each launch, so that every new instance is patched."),
    rootVolumeGiB: z.int().min(8).max(1024).optional().describe("Size of the root volume, GiB: system, images, logs. Default 20."),
    rootVolumeIops: gp3.iops,
    rootVolumeThroughputMiBps: gp3.throughputMiBps,
    dataVolume: DataVolume.optional().describe("A second volume for scratch data. Default: none."),
    detailedMonitoring: z.boolean().optional().describe("Metrics of EC2 every minute instead of every five. Default true, billed."),
    reverseProxy: ReverseProxy.optional().describe("NGINX on each instance, in front of the container. Default: none."),
    healthCheckType: z
        .enum(["ELB", "EC2"])
        .optional()
        .describe("Who says that an instance is broken. Default ELB behind a load balancer; EC2 keeps broken ones for inspection."),
    healthCheckGracePeriodSeconds: z
        .int()
        .min(60)
        .max(7200)
        .optional()
        .describe("Time from start to the first health check that counts, seconds; longer than a boot takes. Default 300."),
    defaultInstanceWarmupSeconds: z
        .int()
        .min(0)
        .max(3600)
        .optional()
        .describe("Time after which a new instance counts in metrics and refreshes, seconds. Default 120."),
    waitForCapacityMinutes: z
        .int()
        .min(0)
        .max(60)
        .optional()
        .describe("How long `up` waits for the first instances to serve before it fails, minutes; 0 does not wait. Default 15."),
    maximumInstanceLifetimeDays: z
        .int()
        .min(1)
        .max(365)
        .optional()
        .describe("Age at which an instance is replaced, days, so that patches arrive. Default 30."),
    protectFromScaleIn: z.boolean().optional().describe("True: scaling in ends no instance that is not released first. Default false."),
    terminationPolicies: z
        .array(
            z.enum([
                "AllocationStrategy",
                "OldestLaunchTemplate",
                "OldestInstance",
                "NewestInstance",
                "ClosestToNextInstanceHour",
                "Default",
            ]),
        )
        .min(1)
        .optional()
        .describe("Who goes first when scaling in, in order. Default: AWS's, which balances zones and ends the oldest template first."),
    zoneDistribution: z
        .enum(["balanced-best-effort", "balanced-only"])
        .optional()
        .describe("When a zone has no capacity: launch elsewhere, or keep the balance and wait. Default balanced-best-effort."),
    warmPool: WarmPool.optional().describe("Instances that have booted once and wait. Default: none."),
    refresh: Refresh.optional().describe("How a new template reaches the instances: always, rolling. Default: new ones first, 10 % more."),
    maintenance: z
        .strictObject(replacement)
        .optional()
        .describe("Limits for replacements that AWS starts itself (health, age, balance). Default: as for refresh."),
    alarms: AlarmThresholds.optional().describe("When the fleet's alarms ring."),
});
export type FleetShape = Readonly<z.infer<typeof Shape>>;

export const FleetSettings = Shape.superRefine((settings, context) => {
    for (const { path, message } of fleetProblems(settings)) {
        context.addIssue({ code: "custom", path, message });
    }
});
export type FleetSettings = FleetShape;

function isTimeZone(name: string): boolean {
    try {
        new Intl.DateTimeFormat("en", { timeZone: name });
        return /^[A-Za-z]+(\/[A-Za-z0-9_+-]+)+$/.test(name);
    } catch {
        return false;
    }
}
