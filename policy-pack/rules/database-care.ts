/** How databases are kept: backups, upgrades, logs, who may log in. */
import { inBackupPlan } from "../core/backups.ts";
import { absent, atLeast, expects, isTrue, noneOf, notFalse, notTrue, present, show } from "../core/conditions.ts";
import { followsAnother, isAuroraMember, isReplica } from "../core/databases.ts";
import { all, compliant, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { databaseEngines, supportOf } from "../core/lifecycle.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";

const servers = ["rds/instance", "rds/cluster"];
const all3 = [...servers, "rds/clusterInstance"];

const follows = notApplicable("follows its cluster or source");

/** A secondary cluster of a global database takes logins from the primary. */
function isSecondary(resource: ResourceView): boolean {
    return resource.has("globalClusterIdentifier") && !resource.has("masterUsername");
}

/** Logs that each engine can send; by the beginning of its name, longest first. */
const engineLogs: readonly (readonly [engine: string, logs: readonly string[]])[] = [
    ["aurora-postgresql", ["postgresql"]],
    ["aurora-mysql", ["audit", "error"]],
    ["postgres", ["postgresql"]],
    ["mysql", ["error"]],
    ["mariadb", ["error"]],
    ["oracle", ["alert", "audit"]],
    ["sqlserver", ["error"]],
];

const defaultPorts: Readonly<Record<string, number>> = {
    postgres: 5432,
    "aurora-postgresql": 5432,
    mysql: 3306,
    mariadb: 3306,
    "aurora-mysql": 3306,
};

/** The row of lifecycle.ts for what a program wrote: `17.4` is `postgres 17`, `8.0.mysql_aurora.3.10.0` is `aurora-mysql 8.0`. */
function lifecycleKey(engine: string, version: string): string {
    const [first = "", second = ""] = version.split(".");
    return engine.includes("mysql") ? `${engine} ${first}.${second}` : `${engine} ${first}`;
}

export const databaseCare: readonly Rule[] = [
    {
        id: "rds-cmk",
        title: "Databases are encrypted with a key of your own",
        why: "A snapshot under AWS's own key cannot be copied to the account or region where it would be safe.",
        fix: "Set `kmsKeyId`; on an existing database this replaces it.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: servers,
        judge: (resource) => (followsAnother(resource) ? follows : expects(resource, "kmsKeyId", present("a key of your own"))),
    },
    {
        id: "rds-backup-retention",
        title: "Databases keep enough days of backups",
        why: "A fault that is noticed on Monday was made on Friday.",
        fix: "Raise `backupRetentionPeriod` (Terrace: `database.backup.retentionDays`).",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["RDS.11"], hipaa: ["BKP"] },
        parameters: { minimumDays: { about: "Days of backups.", default: { development: 1, production: 7, regulated: 14 } } },
        on: servers,
        judge: (resource, parameters) =>
            followsAnother(resource)
                ? follows
                : expects(resource, "backupRetentionPeriod", atLeast(parameters.number("minimumDays"), "days")),
    },
    {
        id: "rds-deletion-protection",
        title: "No database can be deleted by mistake",
        why: "One wrong stack name at a prompt is enough.",
        fix: "Set `deletionProtection: true`.",
        severity: "medium",
        levels: standing.resilience,
        controls: { fsbp: ["RDS.7", "RDS.8"], hipaa: ["AVAIL"] },
        on: [...servers, "rds/globalCluster"],
        judge: (resource) =>
            resource.type !== "rds/globalCluster" && followsAnother(resource) ? follows : expects(resource, "deletionProtection", isTrue),
    },
    {
        id: "rds-iam-auth",
        title: "Databases let in roles instead of passwords",
        why: "A token of fifteen minutes cannot be left in a file.",
        fix: "Set `iamDatabaseAuthenticationEnabled: true` and grant rds-db:connect.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { fsbp: ["RDS.10", "RDS.12"], hipaa: ["308(a)(3)(ii)(A)"] },
        on: servers,
        judge: (resource) =>
            /^(oracle|sqlserver|db2|custom)/.test(resource.text("engine") ?? "") || followsAnother(resource)
                ? notApplicable("not on this engine, or decided elsewhere")
                : expects(resource, "iamDatabaseAuthenticationEnabled", isTrue),
    },
    {
        id: "rds-auto-minor-upgrade",
        title: "Databases take minor versions by themselves",
        why: "Minor versions are how holes in the engine are closed.",
        fix: "Leave `autoMinorVersionUpgrade` out; on a long-term version of Aurora waive this rule for the cluster.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["RDS.13", "RDS.35"], cis3: ["2.3.2"], cis5: ["2.2.2"], hipaa: ["PATCH"] },
        on: all3,
        judge: (resource) => expects(resource, "autoMinorVersionUpgrade", notFalse),
    },
    {
        id: "rds-log-exports",
        title: "Databases send their logs to CloudWatch",
        why: "Logs that stay on the database are gone with it, and are what an intruder deletes first.",
        fix: "List the engine's logs in `enabledCloudwatchLogsExports`.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["RDS.9", "RDS.34", "RDS.36", "RDS.37", "RDS.40", "RDS.42"], hipaa: ["LOGIN"] },
        on: servers,
        judge: (resource) => {
            if (isAuroraMember(resource)) {
                return follows;
            }
            if (isReplica(resource) && !resource.has("engine")) {
                return resource.has("enabledCloudwatchLogsExports")
                    ? compliant
                    : violation("enabledCloudwatchLogsExports", "expected the engine's logs, got nothing");
            }
            const engine = resource.text("engine") ?? "";
            const [, wanted] = engineLogs.find(([name]) => engine.startsWith(name)) ?? [];
            if (wanted === undefined) {
                return notApplicable("this engine sends no logs");
            }
            const sent = resource.texts("enabledCloudwatchLogsExports");
            const missing = wanted.filter((log) => !sent.includes(log));
            return missing.length === 0
                ? compliant
                : violation(
                      "enabledCloudwatchLogsExports",
                      `expected ${wanted.join(", ")}, got ${sent.length === 0 ? "nothing" : sent.join(", ")}`,
                  );
        },
    },
    {
        id: "rds-audit-logging-parameters",
        title: "Parameter groups record who connects and what is changed",
        why: "A log that nobody fills is no evidence.",
        fix: "PostgreSQL: `log_connections` = 1 and `pgaudit.log` or `log_statement`; Aurora MySQL: `server_audit_logging` = 1.",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["RDS.45"], hipaa: ["LOGIN"] },
        on: ["rds/parameterGroup", "rds/clusterParameterGroup"],
        judge: (resource) => {
            const family = resource.text("family") ?? "";
            const value = (name: string): string | undefined =>
                resource
                    .list("parameters")
                    .find((parameter) => parameter.text("name") === name)
                    ?.text("value");
            if (family.startsWith("aurora-mysql")) {
                return value("server_audit_logging") === "1"
                    ? compliant
                    : violation("parameters", `expected server_audit_logging=1, got ${show(value("server_audit_logging"))}`);
            }
            if (!/postgres/.test(family) || (family.startsWith("aurora") && resource.type === "rds/parameterGroup")) {
                return notApplicable("decided by an option group or by the cluster's group");
            }
            return all(
                () => {
                    const connections = value("log_connections");
                    // From PostgreSQL 18 it is a list of stages.
                    return connections !== undefined && !["0", "off", ""].includes(connections)
                        ? compliant
                        : violation("parameters", `expected log_connections=1, got ${show(connections)}`);
                },
                () => {
                    const statements = value("pgaudit.log") ?? value("log_statement");
                    return statements !== undefined && statements !== "none"
                        ? compliant
                        : violation("parameters", `expected pgaudit.log or log_statement, got ${show(statements)}`);
                },
            );
        },
    },
    {
        id: "rds-enhanced-monitoring",
        title: "Databases report their operating system's numbers",
        why: "Memory, swap and the busiest process explain what CPU and connections do not.",
        fix: "Set `monitoringInterval: 60` and `monitoringRoleArn`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["RDS.6"], hipaa: ["AUD"] },
        on: ["rds/instance", "rds/clusterInstance"],
        judge: (resource) => expects(resource, "monitoringInterval", atLeast(1, "seconds")),
    },
    {
        id: "rds-performance-insights",
        title: "Databases tell which statement they are waiting for",
        why: "Without it a slow evening is explained by guessing.",
        fix: "Set `performanceInsightsEnabled: true` or `databaseInsightsMode`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        on: ["rds/instance", "rds/clusterInstance"],
        judge: (resource) =>
            resource.type === "rds/instance" && resource.has("databaseInsightsMode")
                ? compliant
                : expects(resource, "performanceInsightsEnabled", isTrue),
    },
    {
        id: "rds-performance-insights-cmk",
        title: "What Performance Insights keeps is encrypted with a key of your own",
        why: "It keeps the text of statements, and statements hold data.",
        fix: "Set `performanceInsightsKmsKeyId`; it cannot be changed later.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: all3,
        judge: (resource) =>
            resource.flag("performanceInsightsEnabled") === true
                ? expects(resource, "performanceInsightsKmsKeyId", present("a key of your own"))
                : notApplicable("not switched on"),
    },
    {
        id: "rds-copy-tags-to-snapshot",
        title: "Snapshots carry their database's tags",
        why: "Who owns a snapshot, and how long it must be kept, is in the tags.",
        fix: "Set `copyTagsToSnapshot: true`.",
        severity: "low",
        levels: standing.advice,
        controls: { fsbp: ["RDS.16", "RDS.17", "RDS.47", "RDS.48"] },
        on: servers,
        judge: (resource) =>
            resource.type === "rds/instance" && followsAnother(resource) ? follows : expects(resource, "copyTagsToSnapshot", isTrue),
    },
    {
        id: "rds-non-default-port",
        title: "Databases do not listen on the port that everybody tries",
        why: "It keeps out nobody who looks, and much of the noise.",
        fix: "Set `port` to another one.",
        severity: "low",
        levels: standing.onRequest,
        controls: { fsbp: ["RDS.23"] },
        on: servers,
        judge: (resource) => {
            const usual = defaultPorts[resource.text("engine") ?? ""];
            if (usual === undefined || followsAnother(resource)) {
                return notApplicable("no usual port, or decided elsewhere");
            }
            const port = resource.number("port");
            return port === undefined || port === usual ? violation("port", `expected other than ${usual}, got ${show(port)}`) : compliant;
        },
    },
    {
        id: "rds-non-default-admin",
        title: "The administrator of a database has a name of its own",
        why: "With the usual name, half of the login is known.",
        fix: "Choose another `username` (`masterUsername` of a cluster); it cannot be changed later.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { fsbp: ["RDS.24", "RDS.25"] },
        on: servers,
        judge: (resource) => {
            if (followsAnother(resource) || (resource.type === "rds/cluster" && isSecondary(resource))) {
                return follows;
            }
            return expects(
                resource,
                resource.type === "rds/cluster" ? "masterUsername" : "username",
                noneOf("admin", "administrator", "postgres", "root", "sa", "master"),
            );
        },
    },
    {
        id: "rds-managed-master-password",
        title: "No database password lies in the program's state",
        why: "`password` is written into the state file and every backup of it.",
        fix: "Set `manageMasterUserPassword: true`; with replicas or a global database, `passwordWo` (`masterPasswordWo`) from a secret.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["308(a)(5)(ii)(D)"] },
        on: servers,
        judge: (resource) => {
            const cluster = resource.type === "rds/cluster";
            if (followsAnother(resource) || (cluster && isSecondary(resource))) {
                return follows;
            }
            const writeOnly = cluster ? "masterPasswordWo" : "passwordWo";
            return all(
                () => expects(resource, cluster ? "masterPassword" : "password", absent(`manageMasterUserPassword or ${writeOnly}`)),
                (): Finding =>
                    resource.has(writeOnly) ||
                    resource.has(`${writeOnly}Version`) ||
                    resource.has("snapshotIdentifier") ||
                    resource.flag("manageMasterUserPassword") === true
                        ? compliant
                        : violation("manageMasterUserPassword", `expected true or ${writeOnly}, got neither`),
            );
        },
    },
    {
        id: "rds-current-ca",
        title: "Databases present a certificate of a current authority",
        why: "The authorities of 2019 ended in August 2024; clients that check refuse them.",
        fix: 'Leave `caCertIdentifier` out or set "rds-ca-rsa2048-g1".',
        severity: "medium",
        levels: standing.everywhere,
        controls: {},
        link: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html",
        on: ["rds/instance", "rds/clusterInstance"],
        judge: (resource) =>
            expects(resource, "caCertIdentifier", {
                expected: 'an authority of generation g1 or newer such as "rds-ca-rsa2048-g1", or nothing',
                accepts: (value) => value === undefined || /-g\d+$/.test(String(value)),
            }),
    },
    {
        id: "rds-in-backup-plan",
        title: "Every database is in a backup plan",
        why: "RDS's own backups go with the database, its account and its region.",
        fix: "Give it the tag that the plan selects by, or add its ARN to a `backup.Selection`.",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["RDS.26"], hipaa: ["BKP"] },
        scope: "relation",
        on: servers,
        judge: (resource, _parameters, stack) => (followsAnother(resource) ? follows : inBackupPlan(resource, stack)),
    },
    {
        id: "rds-final-snapshot",
        title: "A database that is deleted leaves a snapshot behind",
        why: "Without one, deletion takes the data and, by default, all automated backups.",
        fix: "Leave `skipFinalSnapshot` false, set `finalSnapshotIdentifier`, and `deleteAutomatedBackups: false`.",
        severity: "high",
        levels: standing.resilience,
        controls: { hipaa: ["BKP"] },
        on: servers,
        judge: (resource) => (followsAnother(resource) ? follows : expects(resource, "skipFinalSnapshot", notTrue)),
    },
    {
        id: "rds-extended-support-off",
        title: "Databases run a version in standard support and are never billed for an older one by surprise",
        why: "Past its date a version is enrolled in Extended Support by itself, at the price of a second, small database for each virtual CPU.",
        fix: 'Upgrade, and set `engineLifecycleSupport: "open-source-rds-extended-support-disabled"`.',
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["PATCH"] },
        link: databaseEngines.source,
        on: servers,
        judge: (resource, parameters) => {
            const engine = resource.text("engine") ?? "";
            if (!/^(aurora-)?(mysql|postgres(ql)?)$/.test(engine) || followsAnother(resource)) {
                return notApplicable("no Extended Support on this engine, or decided elsewhere");
            }
            return all(
                () => {
                    const version = resource.text("engineVersion");
                    const support =
                        version === undefined ? undefined : supportOf(databaseEngines, lifecycleKey(engine, version), parameters.today);
                    return support?.kind === "ended"
                        ? violation(
                              "engineVersion",
                              `expected a version in standard support, got ${version}, which left it on ${support.on}`,
                          )
                        : compliant;
                },
                () =>
                    expects(resource, "engineLifecycleSupport", {
                        expected: '"open-source-rds-extended-support-disabled"',
                        accepts: (value) => value === "open-source-rds-extended-support-disabled",
                    }),
            );
        },
    },
    {
        id: "rds-no-vulnerable-postgres",
        title: "No PostgreSQL runs a version with a known way out of the database",
        why: "Old minor versions let a login read files of the server (log_fdw and its kin).",
        fix: "Take the newest minor version; with `autoMinorVersionUpgrade`, name only the major one.",
        severity: "medium",
        levels: standing.everywhere,
        controls: { hipaa: ["PATCH"] },
        link: "https://aws.amazon.com/security/security-bulletins/AWS-2022-004/",
        on: servers,
        judge: (resource) => {
            const [major = Number.NaN, minor] = (resource.text("engineVersion") ?? "").split(".").map(Number);
            const fixed: Readonly<Record<number, number>> = { 10: 18, 11: 13, 12: 8, 13: 4 };
            if (!/postgres/.test(resource.text("engine") ?? "")) {
                return notApplicable("not PostgreSQL");
            }
            const first = fixed[major];
            return major < 10 || (first !== undefined && minor !== undefined && minor < first)
                ? violation(
                      "engineVersion",
                      `expected ${first === undefined ? "a supported version" : `${major}.${first} or newer`}, got ${show(resource.text("engineVersion"))}`,
                  )
                : compliant;
        },
    },
    {
        id: "aurora-backtrack",
        title: "Aurora MySQL can be wound back",
        why: "A wrong DELETE is undone in seconds instead of an hour's restore.",
        fix: "Set `backtrackWindow` to seconds, 86400 for a day; only at creation.",
        severity: "low",
        levels: standing.onRequest,
        controls: { fsbp: ["RDS.14"] },
        on: ["rds/cluster"],
        judge: (resource) =>
            resource.text("engine") === "aurora-mysql" && !resource.has("globalClusterIdentifier")
                ? expects(resource, "backtrackWindow", atLeast(1, "seconds"))
                : notApplicable("only Aurora MySQL, and not in a global database"),
    },
    {
        id: "rds-snapshot-private-encrypted",
        title: "Snapshots of databases are shared with nobody unknown",
        why: "A public snapshot is the whole database for whoever asks.",
        fix: 'Take "all" out of `sharedAccounts`; give copies a `kmsKeyId`.',
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["RDS.1", "RDS.4"], hipaa: ["REST"] },
        on: ["rds/snapshot", "rds/snapshotCopy", "rds/clusterSnapshotCopy"],
        judge: (resource) =>
            all(
                () =>
                    resource.texts("sharedAccounts").includes("all")
                        ? violation("sharedAccounts", 'expected account ids, got "all"')
                        : compliant,
                () => (resource.type === "rds/snapshot" ? compliant : expects(resource, "kmsKeyId", present("a key of your own"))),
            ),
    },
    {
        id: "rds-event-subscription",
        title: "Somebody is told when a database fails or is maintained",
        why: "A failover at night explains the errors of the morning, if one knows of it.",
        fix: "Cover failure, maintenance, and configuration change in `eventCategories`, or leave it out for all.",
        severity: "low",
        levels: standing.advice,
        controls: { fsbp: ["RDS.19", "RDS.20", "RDS.21", "RDS.22"] },
        on: ["rds/eventSubscription"],
        judge: (resource) => {
            const wanted: Readonly<Record<string, readonly string[]>> = {
                "db-instance": ["maintenance", "configuration change", "failure"],
                "db-cluster": ["maintenance", "failure"],
                "db-parameter-group": ["configuration change"],
                "db-security-group": ["configuration change", "failure"],
            };
            const categories = resource.texts("eventCategories");
            const missing = (wanted[resource.text("sourceType") ?? ""] ?? []).filter((category) => !categories.includes(category));
            return all(
                () => expects(resource, "enabled", notFalse),
                () =>
                    categories.length === 0 || missing.length === 0
                        ? compliant
                        : violation("eventCategories", `expected ${missing.join(", ")} too, got ${categories.join(", ")}`),
            );
        },
    },
    {
        id: "rds-storage-autoscaling-capped",
        title: "A database's disk grows by itself, up to a limit",
        why: "A full disk stops the database; a disk without limit is filled by one bad query and never shrinks again.",
        fix: "Set `maxAllocatedStorage` above `allocatedStorage`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AVAIL"] },
        parameters: { maximumGiB: { about: "Largest limit.", default: { development: 100, production: 16384, regulated: 16384 } } },
        on: ["rds/instance"],
        judge: (resource, parameters) => {
            if (followsAnother(resource)) {
                return follows;
            }
            const limit = resource.number("maxAllocatedStorage") ?? 0;
            const maximum = parameters.number("maximumGiB");
            return limit > 0 && limit <= maximum
                ? compliant
                : violation("maxAllocatedStorage", `expected from 1 to ${maximum} GiB, got ${limit === 0 ? "nothing" : limit}`);
        },
    },
    {
        id: "rds-activity-stream-cmk",
        title: "Activity streams are encrypted with a key of your own",
        why: "The stream holds every statement with its values.",
        fix: "Set `kmsKeyId` to a symmetric key of yours, not an alias of AWS's.",
        severity: "low",
        levels: standing.production,
        controls: {},
        on: ["rds/clusterActivityStream"],
        judge: (resource) =>
            resource.isUnknown("kmsKeyId")
                ? compliant
                : expects(resource, "kmsKeyId", {
                      expected: "a key of your own",
                      accepts: (value) => value !== undefined && !String(value).includes("alias/aws/"),
                  }),
    },
    {
        id: "db-class-allowlist",
        title: "Databases and caches are of the sizes that the environment allows",
        why: "One letter too many in a stack file costs a salary before the bill tells.",
        fix: "Choose a class that matches this rule's `classes`, or widen it for the environment.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: {},
        parameters: {
            classes: {
                about: "Patterns of allowed classes; * is any run of characters.",
                default: { development: ["db.t*", "cache.t*", "db.serverless"], production: ["*"], regulated: ["*"] },
            },
        },
        on: ["rds/instance", "rds/clusterInstance", "elasticache/replicationGroup", "redshift/cluster"],
        judge: (resource, parameters) => {
            const property = resource.type.startsWith("rds/") ? "instanceClass" : "nodeType";
            const value = resource.text(property);
            const allowed = parameters.texts("classes");
            const matches = (pattern: string): boolean =>
                new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(value ?? "");
            return value === undefined || allowed.some(matches)
                ? compliant
                : violation(property, `expected ${allowed.join(", ")}, got "${value}"`);
        },
    },
];
