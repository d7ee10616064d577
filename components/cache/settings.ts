/** Settings of the in-memory cache: nodes that run all the time, or serverless, which starts at a few dollars a month. */
import { z } from "zod";
import { arnOf, dailyWindow, port, weeklyWindow } from "../../conventions/fields.ts";
import { oneOf } from "../../conventions/refusal.ts";
import { windowMinutes, windowsOverlap } from "../../conventions/windows.ts";
import { cacheEngines } from "./plan.ts";

const engine = z
    .enum(["valkey", "redis"])
    .default("valkey")
    .describe(
        "Engine. redis to valkey is changed in place, valkey to redis replaces the cache. Default: valkey, which costs a fifth less.",
    );

const users = {
    access: z
        .string()
        .regex(/^on /, 'expected an access string that begins with "on "')
        .default("on ~* +@all -@dangerous +info")
        .describe("What the user may do, as an ACL of the engine. Default: everything but what is dangerous for others."),
};

const generation = z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe("Raise by one to rotate: the new secret is current, the one before still opens until the next time.");

const token = z.strictObject({ kind: z.literal("token").describe("One AUTH token for all clients, no user name."), generation });
const password = z.strictObject({ kind: z.literal("password").describe("A user with a password."), generation, ...users });
const iam = z.strictObject({ kind: z.literal("iam").describe("A user that logs in with IAM tokens; there is no secret."), ...users });

const alarms = {
    cpuPercent: z.int().min(1).max(100).default(80).describe("CPU of the engine over 15 minutes. Default: 80."),
    memoryPercent: z.int().min(1).max(100).default(85).describe("Memory in use. Default: 85."),
    evictions: z.int().min(0).default(1000).describe("Keys dropped for want of memory in 5 minutes. Default: 1000."),
    connections: z.int().min(1).max(65_000).default(50_000).describe("Connections to a node, which takes 65000. Default: 50000."),
    replicaLagSeconds: z.int().min(1).default(30).describe("How far a replica may fall behind. Default: 30."),
};

const nodes = z.strictObject({
    kind: z.literal("nodes"),
    engine,
    version: z
        .string({ error: 'expected a version in quotes, such as "8.2"' })
        .optional()
        .describe("Version; patches come by themselves. A lower one replaces the cache. Default: 8.2, for redis 7.1."),
    nodeType: z
        .string()
        .regex(/^cache\.(t3|t4g|m5|m6g|m7g|r5|r6g|r7g|c7gn)\.[a-z0-9]+$/, {
            error: (issue) =>
                `expected a node such as cache.t4g.micro, of the families t3, t4g, m5, m6g, m7g, r5, r6g, r7g or c7gn, got ${JSON.stringify(issue.input)}`,
        })
        .describe("Type of every node. Changed in place while the cache serves. r6gd is left out: it would need data tiering."),
    replicas: z
        .int()
        .min(0)
        .max(5)
        .describe(
            "Copies of each shard in other zones, 0 to 5. From 1 on the cache fails over by itself. More touches no node that is there.",
        ),
    shards: z
        .int()
        .min(1)
        .max(90)
        .optional()
        .describe(
            "Cluster mode: keys are spread over so many shards, and clients must speak it. Absent: one shard, no cluster mode. Neither turns into the other in place.",
        ),
    port: port
        .min(1150)
        .refine((value) => value !== 8005, "8005 is ElastiCache's own")
        .default(6379)
        .describe("Port. Changing it replaces the cache. Default: 6379."),
    parameters: z
        .record(z.string(), z.union([z.string(), z.number()]))
        .default({})
        .describe("Engine parameters, such as maxmemory-policy."),
    authentication: z
        .discriminatedUnion("kind", [token, password, iam])
        .prefault({ kind: "token" })
        .describe("How clients prove who they are. Default: an AUTH token."),
    snapshots: z
        .strictObject({
            retentionDays: z.int().min(0).max(35).describe("Daily snapshots kept, 0 to 35."),
            window: dailyWindow.default("03:00-04:00").describe("Daily window, UTC, an hour or more. Default: 03:00-04:00."),
        })
        .describe("Copies to start again from; what was written since the last one is lost."),
    maintenanceWindow: weeklyWindow
        .default("sun:04:30-sun:05:30")
        .describe("Weekly window of changes and patches, UTC, an hour or more, apart from the snapshots'. Default: sun:04:30-sun:05:30."),
    applyImmediately: z.boolean().default(false).describe("Whether changes happen at once. Default: they wait for the maintenance window."),
    notifications: z
        .boolean()
        .default(false)
        .describe("Whether ElastiCache's events go to the alarm topic, whose key must let elasticache use it."),
    alarms: z.strictObject(alarms).prefault({}).describe("When somebody is told."),
    restore: z
        .strictObject({ snapshot: z.string().min(1).describe("Name of the snapshot.") })
        .optional()
        .describe("What the cache starts from. Read at creation only."),
});

const serverless = z.strictObject({
    kind: z.literal("serverless"),
    engine,
    majorVersion: z
        .string({ error: 'expected a major version in quotes, such as "8"' })
        .optional()
        .describe("Major version. Changing it replaces the cache. Default: 8, for redis 7."),
    limits: z
        .strictObject({
            dataGB: z.int().min(1).max(5000).describe("Most data, 1 to 5000 GB; beyond, keys are dropped."),
            ecpuPerSecond: z
                .int()
                .min(1000)
                .max(15_000_000)
                .describe("Most work, 1000 to 15000000 processing units a second; beyond, calls are refused."),
        })
        .describe("What the cache may grow to, and so what it may cost."),
    authentication: z
        .discriminatedUnion("kind", [password, iam])
        .prefault({ kind: "password" })
        .describe("How clients prove who they are. Serverless knows no AUTH token. Default: a user with a password."),
    snapshots: z
        .strictObject({
            retentionDays: z.int().min(0).max(35).describe("Daily snapshots kept, 0 to 35."),
            time: z
                .string()
                .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time of day in UTC such as 03:00")
                .default("03:00")
                .describe("When, UTC. Default: 03:00."),
        })
        .describe("Copies to start again from."),
    restore: z
        .strictObject({ snapshotArns: z.array(arnOf("(elasticache|s3)")).min(1).describe("ARNs of the snapshots.") })
        .optional()
        .describe("What the cache starts from. Read at creation only."),
});

type Nodes = z.infer<typeof nodes>;
type Refuse = (path: readonly (string | number)[], message: string) => void;

function checkNodes(settings: Nodes, refuse: Refuse): void {
    const { versions } = cacheEngines[settings.engine];
    if (settings.version !== undefined && !versions.includes(settings.version)) {
        refuse(["version"], `expected ${oneOf(versions)} for ${settings.engine}, got ${JSON.stringify(settings.version)}`);
    }
    if ("cluster-enabled" in settings.parameters) {
        refuse(["parameters", "cluster-enabled"], "follows from shards");
    }
    const { snapshots, maintenanceWindow } = settings;
    for (const [path, window] of [
        [["snapshots", "window"], snapshots.window],
        [["maintenanceWindow"], maintenanceWindow],
    ] as const) {
        if (windowMinutes(window) < 60) {
            refuse(path, `must last 60 minutes or more, got ${window}`);
        }
    }
    if (windowsOverlap(snapshots.window, maintenanceWindow)) {
        refuse(["maintenanceWindow"], `must not overlap snapshots.window (${snapshots.window}), got ${maintenanceWindow}`);
    }
}

export const CacheSettings = z.discriminatedUnion("kind", [nodes, serverless]).superRefine((settings, context) => {
    const refuse: Refuse = (path, message) => context.addIssue({ code: "custom", path: [...path], message });
    if (settings.kind === "nodes") {
        checkNodes(settings, refuse);
        return;
    }
    const majors = cacheEngines[settings.engine].serverlessMajors;
    if (settings.majorVersion !== undefined && !majors.includes(settings.majorVersion)) {
        refuse(["majorVersion"], `expected ${oneOf(majors)} for ${settings.engine}, got ${JSON.stringify(settings.majorVersion)}`);
    }
});
export type CacheSettings = Readonly<z.infer<typeof CacheSettings>>;
export type NodesSettings = Extract<CacheSettings, { kind: "nodes" }>;
export type ServerlessSettings = Extract<CacheSettings, { kind: "serverless" }>;
