/** What S3 does to objects as they age: which moves it accepts, and the rules of a bucket in a fixed order. */
export const storageClasses = ["STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"] as const;
export type StorageClass = (typeof storageClasses)[number];

/** Moves only go down. AWS "Transitioning objects using Amazon S3 Lifecycle", 2026-11. */
const below: { readonly [from in StorageClass]: readonly StorageClass[] } = {
    STANDARD_IA: ["INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"],
    INTELLIGENT_TIERING: ["ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"],
    ONEZONE_IA: ["GLACIER", "DEEP_ARCHIVE"],
    GLACIER_IR: ["GLACIER", "DEEP_ARCHIVE"],
    GLACIER: ["DEEP_ARCHIVE"],
    DEEP_ARCHIVE: [],
};

const infrequent: ReadonlySet<StorageClass> = new Set<StorageClass>(["STANDARD_IA", "ONEZONE_IA"]);
const infrequentDays = 30;

export interface Transition {
    readonly storageClass: StorageClass;
    readonly afterDays: number;
}

export interface LifecycleRule {
    readonly prefix?: string | undefined;
    readonly tags?: Readonly<Record<string, string>> | undefined;
    readonly minimumBytes?: number | undefined;
    readonly transitions: readonly Transition[];
    readonly noncurrentTransitions: readonly Transition[];
    readonly expireAfterDays?: number | undefined;
}

interface Refusal {
    readonly path: readonly (string | number)[];
    readonly message: string;
}

/** Why S3 would refuse the rule, which it says only at the call. */
export function lifecycleRefusals(rule: LifecycleRule): Refusal[] {
    const last = rule.transitions.at(-1);
    const expiry =
        last !== undefined && rule.expireAfterDays !== undefined && rule.expireAfterDays <= last.afterDays
            ? [
                  {
                      path: ["expireAfterDays"],
                      message: `must be more than the day of the last transition (${last.afterDays}), got ${rule.expireAfterDays}`,
                  },
              ]
            : [];
    return [
        ...transitionRefusals("transitions", rule.transitions),
        ...transitionRefusals("noncurrentTransitions", rule.noncurrentTransitions),
        ...expiry,
    ];
}

function transitionRefusals(path: string, transitions: readonly Transition[]): Refusal[] {
    return transitions.flatMap((transition, index) => {
        const { storageClass, afterDays } = transition;
        if (infrequent.has(storageClass) && afterDays < infrequentDays) {
            return [
                { path: [path, index, "afterDays"], message: `expected ${infrequentDays} or more for ${storageClass}, got ${afterDays}` },
            ];
        }
        const before = transitions[index - 1];
        if (before === undefined) {
            return [];
        }
        if (!below[before.storageClass].includes(storageClass)) {
            return [{ path: [path, index, "storageClass"], message: `S3 moves nothing from ${before.storageClass} to ${storageClass}` }];
        }
        const earliest = before.afterDays + (infrequent.has(before.storageClass) ? infrequentDays : 1);
        return afterDays < earliest
            ? [
                  {
                      path: [path, index, "afterDays"],
                      message: `expected ${earliest} or more after ${before.storageClass} on day ${before.afterDays}, got ${afterDays}`,
                  },
              ]
            : [];
    });
}

/** One rule as S3 takes it. */
export interface PlannedRule {
    readonly id: string;
    readonly status: "Enabled";
    readonly filter: {
        readonly prefix?: string;
        readonly objectSizeGreaterThan?: number;
        readonly tag?: { readonly key: string; readonly value: string };
        readonly and?: { readonly prefix?: string; readonly objectSizeGreaterThan?: number; readonly tags?: Record<string, string> };
    };
    readonly transitions?: { readonly days: number; readonly storageClass: StorageClass }[];
    readonly noncurrentVersionTransitions?: { readonly noncurrentDays: number; readonly storageClass: StorageClass }[];
    readonly expiration?: { readonly days: number } | { readonly expiredObjectDeleteMarker: true };
    readonly noncurrentVersionExpiration?: { readonly noncurrentDays: number; readonly newerNoncurrentVersions?: number };
    readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation: number };
}

/** Unfinished uploads are invisible and billed; a week is longer than any upload that is still alive. */
const unfinishedDays = 7;

/** All rules of a bucket: its own by key, then housekeeping, whose ids hold a hyphen and so never meet a key. */
export function planLifecycle(bucket: {
    readonly lifecycle: Readonly<Record<string, LifecycleRule>>;
    readonly versions: { readonly keepDays: number; readonly keepNewest?: number | undefined };
    readonly intelligentTiering?: object | undefined;
}): PlannedRule[] {
    const own = Object.entries(bucket.lifecycle)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([key, rule]) => planRule(key, rule));
    const tiering: PlannedRule[] =
        bucket.intelligentTiering === undefined
            ? []
            : [
                  {
                      id: "to-intelligent-tiering",
                      status: "Enabled",
                      filter: {},
                      transitions: [{ days: 0, storageClass: "INTELLIGENT_TIERING" }],
                  },
              ];
    return [
        ...own,
        ...tiering,
        {
            id: "old-and-unfinished",
            status: "Enabled",
            filter: {},
            abortIncompleteMultipartUpload: { daysAfterInitiation: unfinishedDays },
            expiration: { expiredObjectDeleteMarker: true },
            noncurrentVersionExpiration: {
                noncurrentDays: bucket.versions.keepDays,
                ...(bucket.versions.keepNewest !== undefined && { newerNoncurrentVersions: bucket.versions.keepNewest }),
            },
        },
    ];
}

function planRule(id: string, rule: LifecycleRule): PlannedRule {
    return {
        id,
        status: "Enabled",
        filter: planFilter(rule),
        ...(rule.transitions.length > 0 && {
            transitions: rule.transitions.map(({ afterDays, storageClass }) => ({ days: afterDays, storageClass })),
        }),
        ...(rule.noncurrentTransitions.length > 0 && {
            noncurrentVersionTransitions: rule.noncurrentTransitions.map(({ afterDays, storageClass }) => ({
                noncurrentDays: afterDays,
                storageClass,
            })),
        }),
        ...(rule.expireAfterDays !== undefined && { expiration: { days: rule.expireAfterDays } }),
    };
}

/** S3 takes one criterion bare, and several only inside `and`. */
function planFilter(rule: LifecycleRule): PlannedRule["filter"] {
    const tags = Object.entries(rule.tags ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
    const criteria = {
        ...(rule.prefix !== undefined && { prefix: rule.prefix }),
        ...(rule.minimumBytes !== undefined && { objectSizeGreaterThan: rule.minimumBytes }),
    };
    const count = Object.keys(criteria).length + tags.length;
    if (count > 1) {
        return { and: { ...criteria, ...(tags.length > 0 && { tags: Object.fromEntries(tags) }) } };
    }
    const [tag] = tags;
    return tag === undefined ? criteria : { tag: { key: tag[0], value: tag[1] } };
}
