/** What is decided about a cache before it exists: versions, families, node names, thresholds. */
import { createHash } from "node:crypto";

export type CacheEngine = "valkey" | "redis";

interface EngineRow {
    /** Versions of node groups that can be made today (facts/aws-2026.md 3.3, 2026-11). Redis OSS stops at 7.1. */
    readonly versions: readonly string[];
    readonly defaultVersion: string;
    /** Major versions of serverless caches. */
    readonly serverlessMajors: readonly string[];
}

export const cacheEngines: { readonly [engine in CacheEngine]: EngineRow } = {
    valkey: { versions: ["7.2", "8.0", "8.1", "8.2", "9.0", "9.1"], defaultVersion: "8.2", serverlessMajors: ["7", "8"] },
    redis: { versions: ["7.0", "7.1"], defaultVersion: "7.1", serverlessMajors: ["7"] },
};

/** Family of the parameter group: `valkey8`, `redis7`. */
export function cacheFamilyOf(engine: CacheEngine, version: string): string {
    return `${engine}${version.split(".")[0]}`;
}

/** Names that ElastiCache gives to the nodes of a group, after the group's own: `001`, or by shard `0001-001`. They only grow. */
export function nodesOf(settings: { readonly replicas: number; readonly shards?: number | undefined }): string[] {
    const number = (index: number, width: number) => String(index + 1).padStart(width, "0");
    const members = Array.from({ length: settings.replicas + 1 }, (_, index) => number(index, 3));
    return settings.shards === undefined
        ? members
        : Array.from({ length: settings.shards }, (_, shard) => members.map((member) => `${number(shard, 4)}-${member}`)).flat();
}

/** CPU credits that a burstable node can hold, by size; other nodes have none. */
export function creditCeilingOf(nodeType: string): number | undefined {
    const [, family = "", size = ""] = nodeType.split(".");
    const ceilings: Readonly<Record<string, number>> = { micro: 288, small: 576, medium: 576 };
    return family.startsWith("t") ? ceilings[size] : undefined;
}

/** `name` if it fits, else its beginning and a digest of the whole, so that two long names stay apart. */
export function shorten(name: string, longest: number): string {
    if (name.length <= longest) {
        return name;
    }
    const digest = createHash("sha256").update(name).digest("hex").slice(0, 6);
    return `${name.slice(0, longest - 7).replace(/-+$/, "")}-${digest}`;
}
