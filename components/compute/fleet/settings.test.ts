import { expect } from "chai";
import { ComputeSettings } from "../settings.ts";
import { instanceTypeRefusal, isBurstable, sharedArchitecture } from "./instance-types.ts";
import { FleetSettings } from "./settings.ts";

const sound = {
    kind: "fleet",
    image: { reference: "public.ecr.aws/nginx/nginx:1.29" },
    port: 8080,
    healthPath: "/health",
    instanceTypes: ["t4g.small"],
    capacity: { minimum: 2, maximum: 6 },
};

function refusals(change: object): string[] {
    const parsed = FleetSettings.safeParse({ ...sound, ...change });
    return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe("fleet settings", () => {
    it("need an image, a port, a health path, instance types and a capacity, and nothing else", () => {
        expect(refusals({})).deep.equal([]);
        const missing = FleetSettings.safeParse({ kind: "fleet" });
        expect(missing.error?.issues.map((issue) => issue.path.join("."))).have.members([
            "image",
            "port",
            "healthPath",
            "instanceTypes",
            "capacity",
        ]);
    });

    it("are chosen by kind", () => {
        expect(ComputeSettings.parse(sound).kind).equal("fleet");
        expect(ComputeSettings.safeParse({ ...sound, kind: "flotilla" }).success).equal(false);
    });

    it("accept all of it at once", () => {
        expect(
            refusals({
                image: {
                    build: { context: "app", dockerfile: "app/Dockerfile", target: "run", arguments: { VERSION: "1" }, keptImages: 10 },
                },
                containerPort: 3000,
                command: ["serve", "--quiet"],
                variables: { LOG_LEVEL: "info" },
                instanceTypes: ["m8g.large", "m7g.large", "c8g.large"],
                capacity: { minimum: 2, maximum: 12, desired: 3 },
                stopped: false,
                scaling: {
                    cpuPercent: 65,
                    requestsPerTarget: 1000,
                    disableScaleIn: true,
                    predictive: { mode: "ForecastOnly", bufferSeconds: 600 },
                    schedules: { evening: { recurrence: "0 20 * * MON-FRI", timeZone: "Europe/Berlin", minimum: 1, desired: 1 } },
                },
                spot: { onDemandBaseCapacity: 2, onDemandPercentageAboveBaseCapacity: 25, maximumPriceUsd: 0.1 },
                machineImageId: "ami-0123456789abcdef0",
                rootVolumeGiB: 30,
                rootVolumeIops: 4000,
                rootVolumeThroughputMiBps: 500,
                dataVolume: { sizeGiB: 100, mountPath: "/data" },
                detailedMonitoring: true,
                reverseProxy: { maximumBodyMiB: 50 },
                healthCheckType: "ELB",
                healthCheckGracePeriodSeconds: 240,
                defaultInstanceWarmupSeconds: 90,
                waitForCapacityMinutes: 20,
                maximumInstanceLifetimeDays: 14,
                protectFromScaleIn: true,
                terminationPolicies: ["OldestLaunchTemplate", "Default"],
                zoneDistribution: "balanced-only",
                refresh: { autoRollback: true, checkpointPercents: [10, 50, 100], checkpointDelaySeconds: 300 },
                maintenance: { minimumHealthyPercent: 90, maximumHealthyPercent: 120 },
                alarms: { cpuPercent: 85, memoryPercent: 80, diskPercent: 70 },
            }),
        ).deep.equal([]);
    });

    const cases: [string, object, string[]][] = [
        [
            "both an image and a way to build one",
            { image: { reference: "public.ecr.aws/nginx/nginx:1.29", build: { context: "." } } },
            ["image: expected either reference or build, got both"],
        ],
        ["no image", { image: {} }, ["image: expected either reference or build, got neither"]],
        [
            "an image without a tag",
            { image: { reference: "public.ecr.aws/nginx/nginx" } },
            [
                'image.reference: needs a tag other than latest, or a digest: instances started on different days must run the same code, got "public.ecr.aws/nginx/nginx"',
            ],
        ],
        [
            "the tag latest",
            { image: { reference: "nginx:latest" } },
            [
                'image.reference: needs a tag other than latest, or a digest: instances started on different days must run the same code, got "nginx:latest"',
            ],
        ],
        [
            "what is no reference",
            { image: { reference: "https://example.com/image:1" } },
            ['image.reference: expected an image reference such as public.ecr.aws/nginx/nginx:1.29, got "https://example.com/image:1"'],
        ],
        [
            "two architectures",
            { instanceTypes: ["t4g.small", "t3.small"] },
            ["instanceTypes: must share one architecture, because one machine image serves them all, got t4g.small arm64, t3.small x86_64"],
        ],
        [
            "a family that nobody wrote down",
            { instanceTypes: ["m7q.large"] },
            ['instanceTypes.0: "m7q" is no family of components/compute/fleet/instance-types.ts, the nearest is m7g'],
        ],
        [
            "a size that does not exist",
            { instanceTypes: ["m7g.big"] },
            ['instanceTypes.0: expected an instance type such as t4g.small or m7g.large, got "m7g.big"'],
        ],
        ["a type twice", { instanceTypes: ["m7g.large", "m7g.large"] }, ["instanceTypes.1: m7g.large is listed twice"]],
        [
            "a minimum above the maximum",
            { capacity: { minimum: 8, maximum: 4 } },
            ["capacity.minimum: must not exceed capacity.maximum (4), got 8"],
        ],
        [
            "a desired capacity outside",
            { capacity: { minimum: 2, maximum: 4, desired: 5 } },
            ["capacity.desired: must lie between capacity.minimum (2) and capacity.maximum (4), got 5"],
        ],
        [
            "tracking that can never act",
            { capacity: { minimum: 2, maximum: 2 }, scaling: { cpuPercent: 65 } },
            ["scaling: can never act while capacity.minimum equals capacity.maximum (2): raise the maximum or leave tracking out"],
        ],
        [
            "a forecast of nothing",
            { scaling: { predictive: { mode: "ForecastOnly" } } },
            ["scaling.predictive: needs scaling.cpuPercent or scaling.requestsPerTarget"],
        ],
        [
            "a schedule that changes nothing",
            { scaling: { schedules: { night: { recurrence: "0 20 * * *" } } } },
            ["scaling.schedules.night: changes nothing: set minimum, maximum or desired"],
        ],
        [
            "a schedule whose minimum exceeds the group's maximum",
            { scaling: { schedules: { peak: { recurrence: "0 8 * * *", minimum: 9 } } } },
            ["scaling.schedules.peak: the minimum (9) must not exceed the maximum (6)"],
        ],
        [
            "a schedule's desired capacity outside",
            { scaling: { schedules: { night: { recurrence: "0 20 * * *", desired: 0 } } } },
            ["scaling.schedules.night.desired: must lie between the minimum (2) and the maximum (6), got 0"],
        ],
        [
            "four cron fields",
            { scaling: { schedules: { night: { recurrence: "0 20 * *", minimum: 1 } } } },
            ['scaling.schedules.night.recurrence: expected five cron fields such as 0 20 * * MON-FRI, got "0 20 * *"'],
        ],
        [
            "a time zone that is none",
            { scaling: { schedules: { night: { recurrence: "0 20 * * *", timeZone: "CET+1", minimum: 1 } } } },
            ['scaling.schedules.night.timeZone: expected an IANA time zone such as Europe/Berlin, got "CET+1"'],
        ],
        [
            "a warm pool of spot instances",
            { spot: { onDemandBaseCapacity: 0, onDemandPercentageAboveBaseCapacity: 0 }, warmPool: { state: "Stopped" } },
            ["warmPool: AWS keeps no warm pool for a group with spot instances: leave out warmPool or spot"],
        ],
        [
            "a warm pool smaller than the group",
            { warmPool: { state: "Stopped", maximumPreparedCapacity: 1 } },
            ["warmPool.maximumPreparedCapacity: must not be below capacity.minimum (2), got 1"],
        ],
        [
            "credits for a type that has none",
            { instanceTypes: ["m7g.large"], cpuCredits: "standard" },
            ["cpuCredits: only T families have credits: leave it out, or list T types only"],
        ],
        [
            "a rollback that AWS cannot do",
            { refresh: { autoRollback: true } },
            ["refresh.autoRollback: needs machineImageId, because AWS rolls no template back that looks its image up at launch"],
        ],
        [
            "limits more than 100 apart",
            { refresh: { minimumHealthyPercent: 50, maximumHealthyPercent: 160 } },
            ["refresh.maximumHealthyPercent: must not exceed refresh.minimumHealthyPercent (50) by more than 100, got 160"],
        ],
        [
            "checkpoints that stop short",
            { refresh: { checkpointPercents: [20, 50] } },
            ["refresh.checkpointPercents: must ascend and end with 100, got 20, 50"],
        ],
        [
            "a pause without checkpoints",
            { refresh: { checkpointDelaySeconds: 60 } },
            ["refresh.checkpointDelaySeconds: needs refresh.checkpointPercents"],
        ],
        [
            "more operations than the volume can have",
            { dataVolume: { sizeGiB: 8, mountPath: "/data", iops: 5000 } },
            ["dataVolume.iops: must not exceed 500 per GiB (4000), got 5000"],
        ],
        [
            "more throughput than the operations carry",
            { rootVolumeThroughputMiBps: 1000 },
            ["rootVolumeThroughputMiBps: must not exceed a quarter of the I/O operations (750), got 1000"],
        ],
        [
            "a volume over the system",
            { dataVolume: { sizeGiB: 8, mountPath: "/var/lib" } },
            ['dataVolume.mountPath: must not hide a folder of the system, got "/var/lib"'],
        ],
        ["a variable of two lines", { variables: { KEY: "one\ntwo" } }, ["variables.KEY: must be one line"]],
    ];
    for (const [what, change, expected] of cases) {
        it(`refuse ${what}`, () => {
            expect(refusals(change)).deep.equal(expected);
        });
    }

    it("say what every key is for", () => {
        const silent = Object.entries(FleetSettings.shape).flatMap(([key, schema]) => (schema.description === undefined ? [key] : []));
        expect(silent).deep.equal([]);
    });
});

describe("an instance type", () => {
    it("says its architecture by its family", () => {
        expect(sharedArchitecture(["t4g.small", "m9g.large", "i8ge.metal-24xl"])).equal("arm64");
        expect(sharedArchitecture(["t3.small", "m7i-flex.large", "m8a.large"])).equal("x86_64");
        expect(sharedArchitecture(["t4g.small", "t3a.small"])).equal(undefined);
    });

    it("of a generation without Nitro is refused", () => {
        expect(instanceTypeRefusal("t2.micro")).match(/"t2" is no family/);
    });

    it("has credits only in T families", () => {
        expect(["t3.small", "t4g.small", "m7g.large", "trn1.2xlarge"].map(isBurstable)).deep.equal([true, true, false, false]);
    });
});
