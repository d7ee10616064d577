/** Rules between the keys of a fleet: what AWS refuses ten minutes in, or accepts and never does. */
import { instanceTypeRefusal, isBurstable, sharedArchitecture } from "./instance-types.ts";
import type { FleetShape } from "./settings.ts";

interface Found {
    readonly path: (string | number)[];
    readonly message: string;
}

type Draft = Omit<FleetShape, "image">;

export function fleetProblems(settings: Draft): Found[] {
    return [
        ...capacityProblems(settings),
        ...scalingProblems(settings),
        ...instanceProblems(settings),
        ...replacementProblems(settings),
        ...volumeProblems(["rootVolumeIops"], ["rootVolumeThroughputMiBps"], {
            sizeGiB: settings.rootVolumeGiB ?? 20,
            iops: settings.rootVolumeIops,
            throughputMiBps: settings.rootVolumeThroughputMiBps,
        }),
        ...(settings.dataVolume === undefined
            ? []
            : volumeProblems(["dataVolume", "iops"], ["dataVolume", "throughputMiBps"], settings.dataVolume)),
        ...Object.entries(settings.variables ?? {})
            .filter(([, value]) => /[\r\n]/.test(value))
            .map(([name]) => ({ path: ["variables", name], message: "must be one line" })),
    ];
}

function capacityProblems({ capacity: { minimum, maximum, desired } }: Draft): Found[] {
    const found: Found[] = [];
    if (minimum > maximum) {
        found.push({ path: ["capacity", "minimum"], message: `must not exceed capacity.maximum (${maximum}), got ${minimum}` });
    }
    if (desired !== undefined && (desired < minimum || desired > maximum)) {
        found.push({
            path: ["capacity", "desired"],
            message: `must lie between capacity.minimum (${minimum}) and capacity.maximum (${maximum}), got ${desired}`,
        });
    }
    return found;
}

function scalingProblems({ capacity, scaling, spot, warmPool }: Draft): Found[] {
    const found: Found[] = [];
    const tracked = scaling?.cpuPercent !== undefined || scaling?.requestsPerTarget !== undefined;
    if (tracked && capacity.minimum === capacity.maximum) {
        found.push({
            path: ["scaling"],
            message: `can never act while capacity.minimum equals capacity.maximum (${capacity.maximum}): raise the maximum or leave tracking out`,
        });
    }
    for (const key of ["predictive", "disableScaleIn"] as const) {
        if (scaling?.[key] !== undefined && !tracked) {
            found.push({ path: ["scaling", key], message: "needs scaling.cpuPercent or scaling.requestsPerTarget" });
        }
    }
    for (const [key, schedule] of Object.entries(scaling?.schedules ?? {})) {
        const path = ["scaling", "schedules", key];
        const minimum = schedule.minimum ?? capacity.minimum;
        const maximum = schedule.maximum ?? capacity.maximum;
        if (schedule.minimum === undefined && schedule.maximum === undefined && schedule.desired === undefined) {
            found.push({ path, message: "changes nothing: set minimum, maximum or desired" });
        } else if (minimum > maximum) {
            found.push({ path, message: `the minimum (${minimum}) must not exceed the maximum (${maximum})` });
        } else if (schedule.desired !== undefined && (schedule.desired < minimum || schedule.desired > maximum)) {
            found.push({
                path: [...path, "desired"],
                message: `must lie between the minimum (${minimum}) and the maximum (${maximum}), got ${schedule.desired}`,
            });
        }
    }
    if (warmPool !== undefined && spot !== undefined) {
        found.push({ path: ["warmPool"], message: "AWS keeps no warm pool for a group with spot instances: leave out warmPool or spot" });
    }
    if (warmPool?.maximumPreparedCapacity !== undefined && warmPool.maximumPreparedCapacity < capacity.minimum) {
        found.push({
            path: ["warmPool", "maximumPreparedCapacity"],
            message: `must not be below capacity.minimum (${capacity.minimum}), got ${warmPool.maximumPreparedCapacity}`,
        });
    }
    return found;
}

function instanceProblems({ instanceTypes, cpuCredits, refresh, machineImageId }: Draft): Found[] {
    const found: Found[] = [];
    const known = instanceTypes.length > 0 && instanceTypes.every((type) => instanceTypeRefusal(type) === undefined);
    if (known && sharedArchitecture(instanceTypes) === undefined) {
        const listed = instanceTypes.map((type) => `${type} ${sharedArchitecture([type])}`).join(", ");
        found.push({
            path: ["instanceTypes"],
            message: `must share one architecture, because one machine image serves them all, got ${listed}`,
        });
    }
    instanceTypes.forEach((type, index) => {
        if (instanceTypes.indexOf(type) !== index) {
            found.push({ path: ["instanceTypes", index], message: `${type} is listed twice` });
        }
    });
    if (cpuCredits !== undefined && !instanceTypes.every(isBurstable)) {
        found.push({ path: ["cpuCredits"], message: "only T families have credits: leave it out, or list T types only" });
    }
    if (refresh?.autoRollback === true && machineImageId === undefined) {
        found.push({
            path: ["refresh", "autoRollback"],
            message: "needs machineImageId, because AWS rolls no template back that looks its image up at launch",
        });
    }
    return found;
}

function replacementProblems(settings: Draft): Found[] {
    const found: Found[] = [];
    for (const key of ["refresh", "maintenance"] as const) {
        const { minimumHealthyPercent: minimum = 100, maximumHealthyPercent: maximum = 110 } = settings[key] ?? {};
        if (maximum - minimum > 100) {
            found.push({
                path: [key, "maximumHealthyPercent"],
                message: `must not exceed ${key}.minimumHealthyPercent (${minimum}) by more than 100, got ${maximum}`,
            });
        }
    }
    const checkpoints = settings.refresh?.checkpointPercents;
    if (checkpoints !== undefined) {
        const ascends = checkpoints.every((each, index) => index === 0 || each > (checkpoints[index - 1] ?? 0));
        if (!ascends || checkpoints.at(-1) !== 100) {
            found.push({ path: ["refresh", "checkpointPercents"], message: `must ascend and end with 100, got ${checkpoints.join(", ")}` });
        }
    } else if (settings.refresh?.checkpointDelaySeconds !== undefined) {
        found.push({ path: ["refresh", "checkpointDelaySeconds"], message: "needs refresh.checkpointPercents" });
    }
    return found;
}

/** gp3: at most 500 operations per GiB, and a quarter MiB/s per operation. */
function volumeProblems(
    iopsPath: string[],
    throughputPath: string[],
    volume: { readonly sizeGiB: number; readonly iops?: number | undefined; readonly throughputMiBps?: number | undefined },
): Found[] {
    const found: Found[] = [];
    const { sizeGiB, iops = 3000, throughputMiBps = 125 } = volume;
    if (volume.iops !== undefined && iops > Math.max(3000, 500 * sizeGiB)) {
        found.push({ path: iopsPath, message: `must not exceed 500 per GiB (${500 * sizeGiB}), got ${iops}` });
    }
    if (throughputMiBps > iops / 4) {
        found.push({
            path: throughputPath,
            message: `must not exceed a quarter of the I/O operations (${iops / 4}), got ${throughputMiBps}`,
        });
    }
    return found;
}
