/** Settings of a relational database on RDS instances: one primary, its standby, and replicas that answer reads. */
import { z } from "zod";
import { dailyWindow, mapKey, port, weeklyWindow } from "../../../conventions/fields.ts";
import { oneOf } from "../../../conventions/refusal.ts";
import { windowMinutes, windowsOverlap } from "../../../conventions/windows.ts";
import {
    classFamilies,
    type Engine,
    engines,
    insightsAvailable,
    isInvariant,
    majorOf,
    memoryGiB,
    provisionableGiB,
    secretSourceOf,
} from "./plan.ts";

const instanceClass = z.string().refine((value) => memoryGiB(value) !== undefined, {
    error: (issue) =>
        `expected a class such as db.m7g.large, of the families ${classFamilies.join(", ")}, got ${JSON.stringify(issue.input)}`,
});

const parameters = z.record(
    z.string().regex(/^[a-z][a-z0-9_.]*$/, "expected the name of an engine parameter"),
    z.union([z.string(), z.number(), z.boolean()]),
);

const zone = z.string().regex(/^[a-z]$/, "expected the letter of a zone, such as b");

const iops = z.int().min(12_000).max(64_000);
const throughputMiBps = z.int().min(500).max(4000);

const storage = z.strictObject({
    sizeGiB: z.int().min(20).max(65_536).describe("Size at creation, 20 to 65536 GiB. Can grow, never shrink."),
    maximumGiB: z
        .int()
        .max(65_536)
        .optional()
        .describe("How far RDS may let it grow by itself: at least a tenth more than sizeGiB. Absent: it does not grow."),
    iops: iops
        .optional()
        .describe("Operations per second, 12000 to 64000; from 400 GiB only. Default: what gp3 includes (3000, from 400 GiB 12000)."),
    throughputMiBps: throughputMiBps
        .optional()
        .describe(
            "MiB per second, 500 to 4000, at most a quarter of iops; from 400 GiB only. Default: what gp3 includes (125, from 400 GiB 500).",
        ),
});

const replica = z.strictObject({
    class: instanceClass.describe("Class of the instance; the primary's or larger, or it falls behind."),
    zone: zone.optional().describe("Letter of its zone. Changing it replaces the replica. Default: RDS chooses."),
    multiAz: z.boolean().optional().describe("Whether it has a standby of its own. Default: none; false takes one away that is there."),
    storage: z
        .strictObject({ maximumGiB: z.int().max(65_536).optional(), iops: iops.optional(), throughputMiBps: throughputMiBps.optional() })
        .optional()
        .describe("What differs from the primary's storage. The size itself is the primary's."),
    parameters: parameters.default({}).describe("Engine parameters that differ from the primary's, such as max_standby_streaming_delay."),
    backupRetentionDays: z
        .int()
        .min(0)
        .max(35)
        .default(0)
        .describe("Own automated backups, 0 to 35 days. Once promoted it has the primary's."),
    promoted: z
        .boolean()
        .default(false)
        .describe(
            "True cuts it loose from the primary, for good: it becomes a database of its own with the data of that moment, in place.",
        ),
});

const secondsOfMonitoring = z.literal([0, 1, 5, 10, 15, 30, 60]);
const insightsDays = [7, ...Array.from({ length: 23 }, (_, month) => 31 * (month + 1)), 465, 731].sort((a, b) => a - b);

const eventCategories = [
    "availability",
    "backup",
    "configuration change",
    "creation",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "read replica",
    "recovery",
    "restoration",
    "security",
    "security patching",
] as const;

const restore = z
    .union([
        z.strictObject({ snapshot: z.string().min(1).describe("Identifier or ARN of the snapshot.") }),
        z.strictObject({
            instance: z.string().min(1).describe("Identifier of the instance whose automated backups are read; it must still exist."),
            time: z.iso.datetime().optional().describe("Moment in UTC, such as 2026-11-20T09:30:00Z. Default: the latest possible."),
        }),
        z.strictObject({
            automatedBackupArn: z
                .string()
                .startsWith("arn:")
                .describe("ARN of backups that outlived their instance, or came from another region."),
            time: z.iso.datetime().optional().describe("Moment in UTC. Default: the latest possible."),
        }),
    ])
    .describe(
        "Where the data comes from when the instance is created. Read at that moment only: to set or remove it later changes nothing. " +
            "username and databaseName must be the source's.",
    );

const shape = z.strictObject({
    kind: z.literal("instance"),
    engine: z.enum(["postgres", "mysql"]).describe("Engine, in RDS's own words. Changing it replaces the database."),
    version: z
        .string({ error: 'expected a version in quotes, such as "17"' })
        .describe(
            'Major ("17", "18"; "8.4"), and RDS upgrades the minor by itself; or a minor ("17.10"), and it stays until changed here.',
        ),
    class: instanceClass.describe("Class of the primary, such as db.t4g.micro. Changed in place, in the maintenance window."),
    multiAz: z.boolean().describe("Whether a standby in another zone takes over within one or two minutes."),
    databaseName: z.string().default("app").describe("Database made at creation. Changing it replaces the instance. Default: app."),
    username: z.string().default("appadmin").describe("Master user. Changing it replaces the instance. Default: appadmin."),
    port: port.min(1150).optional().describe("Port. Default: the engine's (5432, 3306)."),
    storage: storage.describe("Encrypted gp3 storage."),
    replicas: z
        .record(mapKey, replica)
        .default({})
        .describe("Readers by key. Adding one touches nothing else. With any, backup.retentionDays must be 1 or more. At most 15."),
    backup: z
        .strictObject({
            retentionDays: z.int().min(0).max(35).describe("Days that any moment can be restored of, 0 (no backups) to 35."),
            window: dailyWindow
                .default("02:00-02:45")
                .describe("Daily window of the snapshot, UTC, 30 minutes or more. Default: 02:00-02:45."),
        })
        .describe("RDS's own backups. What AWS Backup keeps comes on top, by tag."),
    maintenanceWindow: weeklyWindow
        .default("sun:03:00-sun:04:00")
        .describe(
            "Weekly window of changes and minor upgrades, UTC, 30 minutes or more, apart from the backup's. Default: sun:03:00-sun:04:00.",
        ),
    applyImmediately: z
        .boolean()
        .default(false)
        .describe(
            "Whether changes that restart the instance happen at once. Default: they wait for the maintenance window, though `up` says done.",
        ),
    allowMajorUpgrade: z
        .boolean()
        .default(false)
        .describe("Must be true in the `up` that raises the major version. Take a snapshot before."),
    parameters: parameters.default({}).describe("Engine parameters over the program's own. TLS is not among them."),
    slowQueryMillis: z.int().min(0).max(3_600_000).default(1000).describe("Statements slower than this are logged, in milliseconds."),
    logs: z
        .array(z.string())
        .optional()
        .describe("Logs sent to CloudWatch: postgresql, upgrade, iam-db-auth-error; error, slowquery, general, iam-db-auth-error."),
    secret: z
        .enum(["rds", "own"])
        .optional()
        .describe(
            "Who keeps the master password. rds: RDS makes, keeps and rotates it; not possible with replicas. " +
                "own: a secret of the program's, rotated by a function. Default: rds without replicas, own with.",
        ),
    rotationDays: z.int().min(1).max(365).default(30).describe("Days between rotations of an own secret. RDS rotates its own every 7."),
    iamAuthentication: z.boolean().default(true).describe("Whether database users may log in with IAM tokens instead of passwords."),
    certificateAuthority: z
        .enum(["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"])
        .default("rds-ca-rsa2048-g1")
        .describe("Authority behind the server's certificate; clients must trust it. Default: rds-ca-rsa2048-g1."),
    monitoringIntervalSeconds: secondsOfMonitoring
        .default(60)
        .describe("Enhanced monitoring of the operating system: every 1, 5, 10, 15, 30 or 60 seconds; 0 is none."),
    insights: z
        .strictObject({
            mode: z.enum(["standard", "advanced"]).describe("Database Insights; advanced costs by vCPU and keeps 465 days."),
            retentionDays: z
                .literal(insightsDays)
                .optional()
                .describe("7, a multiple of 31 up to 713, or 731. Default: 7, for advanced 465."),
        })
        .optional()
        .describe(
            "Default: what RDS does by itself, so standard, kept 7 days, which is free; none where the class has none (MySQL on micro and small). " +
                "To go back from advanced, write standard.",
        ),
    events: z
        .array(z.enum(eventCategories))
        .min(1)
        .optional()
        .describe("RDS events sent to the alarm topic. The topic's key must let events.rds.amazonaws.com use it. Default: none."),
    alarms: z
        .strictObject({
            cpuPercent: z.int().min(1).max(100).default(90).describe("CPU over 15 minutes. Default: 90."),
            freeStoragePercent: z.int().min(1).max(50).default(10).describe("Free storage as a share of sizeGiB. Default: 10."),
            connectionsPercent: z.int().min(1).max(100).default(80).describe("Connections as a share of max_connections. Default: 80."),
            replicaLagSeconds: z
                .int()
                .min(1)
                .optional()
                .describe(
                    "How far a replica may fall behind. Default: 60; for postgres 360, as an idle primary makes its replicas report 300.",
                ),
            latencyMillis: z.int().min(1).default(50).describe("Mean time of a disk operation over 15 minutes. Default: 50."),
        })
        .prefault({})
        .describe("When somebody is told."),
    restore: restore.optional(),
});

type Shape = z.infer<typeof shape>;
type Refuse = (path: readonly (string | number)[], message: string) => void;

function checkEngine(settings: Shape, refuse: Refuse): void {
    const { engine, version, databaseName, username, logs } = settings;
    const row = engines[engine];
    if (majorOf(engine, version) === undefined || !/^[\d.]*\d$/.test(version)) {
        refuse(["version"], `expected ${oneOf(row.majors)} or a minor of it for ${engine}, got ${JSON.stringify(version)}`);
    }
    if (!/^[a-z][a-z0-9_]*$/i.test(databaseName) || databaseName.length > row.longestDatabaseName) {
        refuse(
            ["databaseName"],
            `expected a letter, then letters, digits and underscores, ${row.longestDatabaseName} in all at most, got ${JSON.stringify(databaseName)}`,
        );
    }
    if (!/^[a-z][a-z0-9_]{0,15}$/i.test(username)) {
        refuse(["username"], `expected a letter, then letters, digits and underscores, 16 in all at most, got ${JSON.stringify(username)}`);
    } else if (row.reservedUsers.includes(username.toLowerCase()) || /^(pg|rds)_/i.test(username)) {
        refuse(
            ["username"],
            `is a name that ${engine} or RDS keeps for itself, or that attackers try first, got ${JSON.stringify(username)}`,
        );
    }
    for (const [index, log] of (logs ?? []).entries()) {
        if (!row.logs.includes(log)) {
            refuse(["logs", index], `expected ${oneOf(row.logs)} for ${engine}, got ${JSON.stringify(log)}`);
        }
    }
}

function checkParameters(engine: Engine, path: readonly string[], map: Shape["parameters"], refuse: Refuse): void {
    for (const name of Object.keys(map)) {
        if (isInvariant(engine, name)) {
            refuse([...path, name], "is not a setting: clients speak TLS 1.2 or newer, or not at all");
        }
    }
}

function checkPerformance(
    path: readonly string[],
    sizeGiB: number,
    own: { readonly iops?: number | undefined; readonly throughputMiBps?: number | undefined },
    refuse: Refuse,
): void {
    if (sizeGiB < provisionableGiB) {
        for (const key of ["iops", "throughputMiBps"] as const) {
            if (own[key] !== undefined) {
                refuse(
                    [...path, key],
                    `can be given from ${provisionableGiB} GiB on; below, gp3 has 3000 operations and 125 MiB/s, got ${own[key]}`,
                );
            }
        }
        return;
    }
    const operations = own.iops ?? 12_000;
    if (operations > sizeGiB * 50) {
        refuse([...path, "iops"], `must not exceed 50 a GiB (${sizeGiB * 50}), got ${operations}`);
    }
    if (own.throughputMiBps !== undefined && own.throughputMiBps * 4 > operations) {
        refuse([...path, "throughputMiBps"], `must not exceed a quarter of iops (${operations / 4}), got ${own.throughputMiBps}`);
    }
}

function checkStorage({ storage: own }: Shape, refuse: Refuse): void {
    const least = Math.ceil((own.sizeGiB * 11) / 10);
    if (own.maximumGiB !== undefined && own.maximumGiB < least) {
        refuse(["storage", "maximumGiB"], `must exceed sizeGiB (${own.sizeGiB}) by a tenth, so ${least} or more, got ${own.maximumGiB}`);
    }
    checkPerformance(["storage"], own.sizeGiB, own, refuse);
}

function checkReplicas(settings: Shape, refuse: Refuse): void {
    const entries = Object.entries(settings.replicas);
    if (entries.length > 15) {
        refuse(["replicas"], `expected at most 15, got ${entries.length}`);
    }
    if (entries.length > 0 && settings.backup.retentionDays === 0) {
        refuse(["backup", "retentionDays"], "must be at least 1, because replicas start from a backup of the primary, got 0");
    }
    if (entries.length > 0 && settings.secret === "rds") {
        refuse(["secret"], 'RDS does not keep the password of a primary with replicas: expected "own", got "rds"');
    }
    for (const [key, own] of entries) {
        const path = ["replicas", key];
        if (own.multiAz === true && own.zone !== undefined) {
            refuse([...path, "zone"], `cannot be chosen with multiAz, got ${JSON.stringify(own.zone)}`);
        }
        if (own.storage?.maximumGiB !== undefined && own.storage.maximumGiB < Math.ceil((settings.storage.sizeGiB * 11) / 10)) {
            refuse(
                [...path, "storage", "maximumGiB"],
                `must exceed the primary's sizeGiB (${settings.storage.sizeGiB}) by a tenth, got ${own.storage.maximumGiB}`,
            );
        }
        checkPerformance([...path, "storage"], settings.storage.sizeGiB, own.storage ?? {}, refuse);
        checkParameters(settings.engine, [...path, "parameters"], own.parameters, refuse);
    }
}

function checkWindows({ backup, maintenanceWindow }: Shape, refuse: Refuse): void {
    for (const [path, window] of [
        [["backup", "window"], backup.window],
        [["maintenanceWindow"], maintenanceWindow],
    ] as const) {
        if (windowMinutes(window) < 30) {
            refuse(path, `must last 30 minutes or more, got ${window}`);
        }
    }
    if (windowsOverlap(backup.window, maintenanceWindow)) {
        refuse(["maintenanceWindow"], `must not overlap backup.window (${backup.window}), got ${maintenanceWindow}`);
    }
}

function checkInsights(settings: Shape, refuse: Refuse): void {
    const { insights, engine } = settings;
    if (insights === undefined) {
        return;
    }
    if (insights.retentionDays !== undefined && (insights.mode === "advanced") !== (insights.retentionDays === 465)) {
        refuse(["insights", "retentionDays"], `is 465 in mode advanced and only there, got ${insights.retentionDays} in ${insights.mode}`);
    }
    const classes = [settings.class, ...Object.values(settings.replicas).map((own) => own.class)];
    for (const each of classes.filter((own) => !insightsAvailable(engine, own))) {
        refuse(["insights"], `is not to be had for ${engine} on ${each}: remove it or take a larger class`);
    }
}

export const DatabaseInstanceSettings = shape.superRefine((settings, context) => {
    const refuse: Refuse = (path, message) => context.addIssue({ code: "custom", path: [...path], message });
    checkEngine(settings, refuse);
    checkParameters(settings.engine, ["parameters"], settings.parameters, refuse);
    checkStorage(settings, refuse);
    checkReplicas(settings, refuse);
    checkWindows(settings, refuse);
    checkInsights(settings, refuse);
    if (secretSourceOf(settings) === "rds" && settings.rotationDays !== 30) {
        refuse(
            ["rotationDays"],
            `concerns an own secret only, while RDS keeps this one: set secret to "own", got ${settings.rotationDays}`,
        );
    }
});
export type DatabaseInstanceSettings = Readonly<z.infer<typeof DatabaseInstanceSettings>>;
