/** What is decided about a database before it exists: engines, classes, parameters, thresholds, names. */

export type Engine = "postgres" | "mysql";

interface EngineRow {
    readonly port: number;
    /** Major versions in standard support (facts/aws-2026.md 3.1, 2026-11). MySQL 8.0 left it on 2026-07-31. */
    readonly majors: readonly string[];
    readonly logs: readonly string[];
    readonly defaultLogs: readonly string[];
    readonly longestDatabaseName: number;
    /** Words that RDS refuses as the name of the master user, and those that attackers try first. */
    readonly reservedUsers: readonly string[];
    /** Bytes of memory behind each connection in RDS's own default of max_connections, and its ceiling. */
    readonly bytesPerConnection: number;
    readonly mostConnections: number;
    /** How far behind a replica is in trouble. One of PostgreSQL reports 300 seconds while its primary has nothing to write. */
    readonly replicaLagSeconds: number;
}

export const engines: { readonly [engine in Engine]: EngineRow } = {
    postgres: {
        port: 5432,
        majors: ["17", "18"],
        logs: ["postgresql", "upgrade", "iam-db-auth-error"],
        defaultLogs: ["postgresql", "upgrade"],
        longestDatabaseName: 63,
        reservedUsers: ["admin", "postgres", "rdsadmin", "rdsrepladmin", "root", "user", "public", "default"],
        bytesPerConnection: 9_531_392,
        mostConnections: 5000,
        replicaLagSeconds: 360,
    },
    mysql: {
        port: 3306,
        majors: ["8.4"],
        // No audit: it needs an option group with the MariaDB audit plug-in.
        logs: ["error", "slowquery", "general", "iam-db-auth-error"],
        defaultLogs: ["error", "slowquery"],
        longestDatabaseName: 64,
        reservedUsers: ["admin", "mysql", "rdsadmin", "rdsrepladmin", "root", "user", "public", "default"],
        bytesPerConnection: 12_582_880,
        mostConnections: 100_000,
        replicaLagSeconds: 60,
    },
};

/** The major version that a version belongs to, or undefined where the engine has none such. */
export function majorOf(engine: Engine, version: string): string | undefined {
    return engines[engine].majors.find((major) => version === major || version.startsWith(`${major}.`));
}

/** Family of the parameter group: `postgres17`, `mysql8.4`. */
export function familyOf(engine: Engine, version: string): string {
    return `${engine}${majorOf(engine, version) ?? version}`;
}

/** Whether the version names a minor, which automatic upgrades would leave behind (the program would then ask for a downgrade). */
export function isPinned(engine: Engine, version: string): boolean {
    return version !== majorOf(engine, version);
}

const burstable = { micro: 1, small: 2, medium: 4, large: 8, xlarge: 16, "2xlarge": 32 } as const;
const general = {
    large: 8,
    xlarge: 16,
    "2xlarge": 32,
    "4xlarge": 64,
    "8xlarge": 128,
    "12xlarge": 192,
    "16xlarge": 256,
    "24xlarge": 384,
} as const;
const memory = Object.fromEntries(Object.entries(general).map(([size, GiB]) => [size, GiB * 2]));

/** Memory in GiB by size, by family of classes. A class without a row is refused: its alarms would have no threshold. */
const families: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    ...Object.fromEntries(["t3", "t4g"].map((family) => [family, burstable])),
    ...Object.fromEntries(["m5", "m6g", "m6gd", "m6i", "m6id", "m7g", "m7i", "m8g"].map((family) => [family, general])),
    ...Object.fromEntries(["r5", "r6g", "r6gd", "r6i", "r6id", "r7g", "r7i", "r8g"].map((family) => [family, memory])),
};

export const classFamilies = Object.keys(families);

/** CPU credits that a burstable class can hold, by size (24 hours of earning). */
const creditCeiling: Readonly<Record<string, number>> = {
    micro: 288,
    small: 576,
    medium: 576,
    large: 864,
    xlarge: 2304,
    "2xlarge": 4608,
};

function partsOf(instanceClass: string): { readonly family: string; readonly size: string } {
    const [, family = "", size = ""] = instanceClass.split(".");
    return { family, size };
}

/** Memory of a class such as `db.m7g.large`, or undefined where the tables have no row. */
export function memoryGiB(instanceClass: string): number | undefined {
    const { family, size } = partsOf(instanceClass);
    return instanceClass.startsWith("db.") ? families[family]?.[size] : undefined;
}

/** Whether Database Insights exists for the class: not for MySQL on micro and small. */
export function insightsAvailable(engine: Engine, instanceClass: string): boolean {
    return engine !== "mysql" || !["micro", "small"].includes(partsOf(instanceClass).size);
}

const GiB = 1024 ** 3;

/** From here on gp3 has 12,000 IOPS and 500 MiB/s as its base and takes more; below, neither may be given at all. */
export const provisionableGiB = 400;

export interface Thresholds {
    readonly freeStorageBytes: number;
    readonly freeableMemoryBytes: number;
    readonly connections: number;
    /** Only burstable classes have credits. */
    readonly cpuCredits?: number;
}

/** When an instance is in trouble, from its size. */
export function thresholdsOf(
    engine: Engine,
    instanceClass: string,
    sizeGiB: number,
    percent: { readonly freeStorage: number; readonly connections: number },
    parameters: Readonly<Record<string, string | number | boolean>>,
): Thresholds {
    const total = memoryGiB(instanceClass) ?? 1;
    const row = engines[engine];
    // RDS keeps part of a class for itself: measured limits are those of about 95% of it less a quarter GiB.
    const ownDefault = Math.min(row.mostConnections, ((total * 0.95 - 0.25) * GiB) / row.bytesPerConnection);
    const limit = Number(parameters.max_connections ?? ownDefault) || ownDefault;
    const { family, size } = partsOf(instanceClass);
    const credits = family.startsWith("t") ? creditCeiling[size] : undefined;
    return {
        freeStorageBytes: Math.floor((sizeGiB * GiB * percent.freeStorage) / 100),
        freeableMemoryBytes: Math.floor(total * GiB * 0.05),
        connections: Math.floor((limit * percent.connections) / 100),
        ...(credits !== undefined && { cpuCredits: Math.floor(credits / 10) }),
    };
}

export interface Parameter {
    readonly name: string;
    readonly value: string;
    readonly applyMethod: "immediate" | "pending-reboot";
}

/**
 * Parameters that take effect at once. All others wait for a reboot, which RDS accepts for every parameter, while it refuses
 * `immediate` for a static one. Only what the program sets itself or what people change most is listed.
 */
const dynamic = new Set([
    "auto_explain.log_min_duration",
    "autovacuum_analyze_scale_factor",
    "autovacuum_naptime",
    "autovacuum_vacuum_cost_limit",
    "autovacuum_vacuum_scale_factor",
    "effective_cache_size",
    "hot_standby_feedback",
    "idle_in_transaction_session_timeout",
    "innodb_io_capacity",
    "innodb_lock_wait_timeout",
    "interactive_timeout",
    "lock_timeout",
    "log_connections",
    "log_disconnections",
    "log_lock_waits",
    "log_min_duration_statement",
    "log_output",
    "log_queries_not_using_indexes",
    "log_statement",
    "log_temp_files",
    "general_log",
    "long_query_time",
    "maintenance_work_mem",
    "max_allowed_packet",
    "max_standby_archive_delay",
    "max_standby_streaming_delay",
    "random_page_cost",
    "require_secure_transport",
    "slow_query_log",
    "statement_timeout",
    "wait_timeout",
    "work_mem",
]);

/** Parameters that no setting may undo: clients speak TLS 1.2 or newer, or not at all. */
const invariants: { readonly [engine in Engine]: Readonly<Record<string, string>> } = {
    postgres: { "rds.force_ssl": "1", ssl_min_protocol_version: "TLSv1.2" },
    mysql: { require_secure_transport: "1", tls_version: "TLSv1.2,TLSv1.3" },
};

/** Whether the program keeps the parameter for itself. */
export function isInvariant(engine: Engine, name: string): boolean {
    return name in invariants[engine];
}

function logging(engine: Engine, version: string, logs: readonly string[], slowQueryMillis: number): Record<string, string> {
    if (engine === "mysql") {
        return {
            // RDS exports only what is written to files; the engine's default writes to tables.
            log_output: "FILE",
            slow_query_log: logs.includes("slowquery") ? "1" : "0",
            long_query_time: String(slowQueryMillis / 1000),
            general_log: logs.includes("general") ? "1" : "0",
        };
    }
    return {
        log_min_duration_statement: String(slowQueryMillis),
        log_statement: "ddl",
        log_lock_waits: "1",
        log_disconnections: "1",
        // From 18 on it is a list and no longer a switch; there, log_disconnections says who came and for how long.
        ...(majorOf(engine, version) === "17" && { log_connections: "1" }),
    };
}

/** The parameter group's content, sorted so that order never makes a difference. */
export function parametersOf(
    settings: { readonly engine: Engine; readonly version: string; readonly slowQueryMillis: number },
    logs: readonly string[],
    own: Readonly<Record<string, string | number | boolean>>,
): Parameter[] {
    const { engine, version, slowQueryMillis } = settings;
    const written = Object.fromEntries(
        Object.entries(own).map(([name, value]) => [name, typeof value === "boolean" ? (value ? "1" : "0") : String(value)]),
    );
    return Object.entries({ ...logging(engine, version, logs, slowQueryMillis), ...written, ...invariants[engine] })
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, value]) => ({ name, value, applyMethod: dynamic.has(name) ? "immediate" : "pending-reboot" }));
}

/** Who keeps the master password: RDS itself, until something needs replicas, which RDS's own secret does not go with. */
export function secretSourceOf(settings: {
    readonly secret?: "rds" | "own" | undefined;
    readonly replicas: Readonly<Record<string, unknown>>;
}): "rds" | "own" {
    return settings.secret ?? (Object.keys(settings.replicas).length > 0 ? "own" : "rds");
}

/** Identifier of an instance: fixed, because RDS writes its logs to groups of that name, and they must exist before it. */
export function identifierOf(environmentName: string, name: string, replica?: string): string {
    return [environmentName, name, ...(replica === undefined ? [] : [replica])].join("-").toLowerCase();
}

/** Where RDS writes one of an instance's logs. */
export function logNameOf(identifier: string, log: string): string {
    return `/aws/rds/instance/${identifier}/${log}`;
}
