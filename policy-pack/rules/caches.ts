/** ElastiCache: replication groups, single clusters and serverless caches. */
import { atLeast, expects, isTrue, noneOf, notFalse, oneOf, oneOfOrNothing, present, show } from "../core/conditions.ts";
import { all, compliant, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { cacheEngines, supportOf } from "../core/lifecycle.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";

const group = "elasticache/replicationGroup";
const cluster = "elasticache/cluster";
const serverless = "elasticache/serverlessCache";

/** Node clusters of a group, and groups of another region's global one, take these things from there. */
function followsAnother(resource: ResourceView): boolean {
    return resource.has(resource.type === cluster ? "replicationGroupId" : "globalReplicationGroupId");
}

const follows = notApplicable("follows its group");

/** Left out, a group is Redis; a cluster always says. */
function engineOf(resource: ResourceView): string {
    return (resource.text("engine") ?? "redis").toLowerCase();
}

/** Versions newer than the table are left alone: they came out since. */
function isOlderThanAll(engine: string, major: string): boolean {
    const listed = Object.keys(cacheEngines.until).filter((key) => key.startsWith(`${engine} `));
    return listed.length > 0 && listed.every((key) => Number(key.slice(engine.length)) > Number(major));
}

/** A strategy for the token is refused without one; it is what there is to see where the token itself is drawn only in a deploy. */
function hasCredentials(resource: ResourceView): boolean {
    return (
        ["userGroupIds", "authToken", "authTokenWo", "authTokenWoVersion"].some((property) => resource.has(property)) ||
        ["ROTATE", "SET"].includes(resource.text("authTokenUpdateStrategy") ?? "")
    );
}

export const caches: readonly Rule[] = [
    {
        id: "elasticache-at-rest-encryption",
        title: "Every cache encrypts what it keeps on disk",
        why: "Sessions and tokens lie in a cache; its backups and swap are as readable as a database's.",
        fix: "Set `atRestEncryptionEnabled: true`; on an existing group this replaces it.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["ElastiCache.4"], hipaa: ["REST"] },
        on: [group],
        judge: (resource) =>
            resource.has("globalReplicationGroupId")
                ? notApplicable("a secondary group follows its global one")
                : expects(resource, "atRestEncryptionEnabled", isTrue),
    },
    {
        id: "elasticache-in-transit-encryption",
        title: "Every cache talks TLS and nothing else",
        why: "Redis and Valkey send the password first and in plain text when TLS is off.",
        fix: "Set `transitEncryptionEnabled: true` and leave `transitEncryptionMode` at `required`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["ElastiCache.5"], hipaa: ["TRANSIT"] },
        on: [group, cluster],
        judge: (resource) => {
            if (resource.has("replicationGroupId") || resource.has("globalReplicationGroupId")) {
                return notApplicable("a member follows its group");
            }
            return all(
                () => expects(resource, "transitEncryptionEnabled", isTrue),
                () => (resource.type === cluster ? compliant : expects(resource, "transitEncryptionMode", oneOfOrNothing("required"))),
            );
        },
    },
    {
        id: "elasticache-multi-az",
        title: "Every cache group fails over to another zone",
        why: "Without a replica elsewhere, a lost zone empties the cache and all its readers fall on the database at once.",
        fix: "Set `multiAzEnabled` and `automaticFailoverEnabled` to true and `numCacheClusters` to 2 or more (sharded: `replicasPerNodeGroup` ≥ 1).",
        severity: "high",
        levels: standing.resilience,
        controls: { fsbp: ["ElastiCache.3"], hipaa: ["AVAIL"] },
        on: [group],
        judge: (resource) => {
            if (resource.has("globalReplicationGroupId")) {
                return notApplicable("a secondary group is the copy");
            }
            return all(
                () => expects(resource, "multiAzEnabled", isTrue),
                () => expects(resource, "automaticFailoverEnabled", isTrue),
                () => {
                    const replicas = resource.number("replicasPerNodeGroup");
                    if (replicas !== undefined) {
                        return replicas >= 1 ? compliant : violation("replicasPerNodeGroup", `expected at least 1, got ${replicas}`);
                    }
                    return expects(resource, "numCacheClusters", atLeast(2, "nodes"));
                },
            );
        },
    },
    {
        id: "elasticache-auth",
        title: "No cache answers without a login",
        why: "Otherwise every process that reaches the port reads all sessions, and can empty them.",
        fix: "Give `userGroupIds` (serverless: `userGroupId`) or an `authToken`; both need transit encryption.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["ElastiCache.6"], hipaa: ["ACCID"] },
        on: [group, serverless],
        judge: (resource) => {
            if (resource.type === serverless) {
                return engineOf(resource) === "memcached"
                    ? notApplicable("Memcached knows no users")
                    : expects(resource, "userGroupId", present("a user group"));
            }
            if (followsAnother(resource)) {
                return follows;
            }
            return hasCredentials(resource) ? compliant : violation("userGroupIds", "expected userGroupIds or authToken, got neither");
        },
    },
    {
        id: "elasticache-user-authenticated",
        title: "Every user of a cache has a password or a role",
        why: "A user without a password is a group's back door, whatever the others are asked.",
        fix: 'Set `authenticationMode: { type: "iam" }` or passwords; a default user that nobody uses gets `accessString: "off -@all"`.',
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCID"] },
        on: ["elasticache/user"],
        judge: (resource): Finding => {
            if (/^off\b/.test(resource.text("accessString") ?? "")) {
                return notApplicable("switched off");
            }
            return all(
                () =>
                    resource.flag("noPasswordRequired") === true
                        ? violation("noPasswordRequired", "expected false or nothing, got true")
                        : compliant,
                () =>
                    resource.has("authenticationMode") ? expects(resource, "authenticationMode.type", oneOf("iam", "password")) : compliant,
            );
        },
    },
    {
        id: "elasticache-cmk",
        title: "Caches are encrypted with a key of your own",
        why: "Only a key of your own can be taken away from a reader, and tells who used it.",
        fix: "Set `kmsKeyId`; on an existing cache this replaces it.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: [group, serverless],
        judge: (resource) =>
            resource.type === group && followsAnother(resource) ? follows : expects(resource, "kmsKeyId", present("a key of your own")),
    },
    {
        id: "elasticache-backup-retention",
        title: "Caches keep enough days of backups",
        why: "After a lost group or a wrong FLUSHALL there is nothing to fill the cache from but the database.",
        fix: "Set `snapshotRetentionLimit` (Terrace: `cache.snapshots.retentionDays`).",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["ElastiCache.1"], hipaa: ["BKP"] },
        parameters: { minimumDays: { about: "Days of backups.", default: { development: 1, production: 1, regulated: 15 } } },
        on: [group, cluster, serverless],
        judge: (resource, parameters) => {
            if (resource.type === cluster && (followsAnother(resource) || engineOf(resource) === "memcached")) {
                return notApplicable("follows its group, or an engine without backups");
            }
            return resource.type === group && followsAnother(resource)
                ? follows
                : expects(resource, "snapshotRetentionLimit", atLeast(parameters.number("minimumDays"), "days"));
        },
    },
    {
        id: "elasticache-auto-minor-upgrade",
        title: "Caches take minor versions by themselves",
        why: "Minor versions are how holes in the engine are closed.",
        fix: "Leave `autoMinorVersionUpgrade` out or true.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["ElastiCache.2"], hipaa: ["PATCH"] },
        on: [group, cluster],
        judge: (resource) =>
            resource.type === cluster && engineOf(resource) === "memcached"
                ? notApplicable("Memcached is not upgraded by AWS")
                : expects(resource, "autoMinorVersionUpgrade", notFalse),
    },
    {
        id: "elasticache-supported-version",
        title: "Caches run a version in standard support",
        why: "After its end a version gets no fixes, and extended support is billed by the hour of every node.",
        fix: "Raise `engineVersion`; going from Redis to Valkey is a change of `engine` in place.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["PATCH"] },
        link: cacheEngines.source,
        on: [group, cluster],
        judge: (resource, parameters) => {
            const version = resource.text("engineVersion");
            if (version === undefined || followsAnother(resource) || engineOf(resource) === "memcached") {
                return notApplicable("AWS chooses the version, the group does, or the engine has no ends");
            }
            const [major = ""] = version.split(".");
            const support = supportOf(cacheEngines, `${engineOf(resource)} ${major}`, parameters.today);
            const expected = `expected a version in standard support, got ${version}`;
            if (support.kind === "ended") {
                return violation("engineVersion", `${expected}, which left it on ${support.on}`);
            }
            return support.kind === "unlisted" && isOlderThanAll(engineOf(resource), major)
                ? violation("engineVersion", `${expected}, older than all that AWS still lists`)
                : compliant;
        },
    },
    {
        id: "elasticache-subnet-group",
        title: "Caches stand in subnets that were chosen for them",
        why: "Without a subnet group a cache lands in the default VPC, beside its public subnets.",
        fix: "Set `subnetGroupName` to an `elasticache.SubnetGroup` of private subnets.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["ElastiCache.7"], hipaa: ["ACCNET"] },
        on: [group, cluster],
        judge: (resource) => {
            if (resource.type === cluster && followsAnother(resource)) {
                return follows;
            }
            // A name that only the deploy tells is that of a group of this program, and none of those can be called default.
            return resource.isUnknown("subnetGroupName")
                ? compliant
                : expects(resource, "subnetGroupName", {
                      expected: "a subnet group of your own",
                      accepts: (value) => value !== undefined && value !== "" && value !== "default",
                  });
        },
    },
    {
        id: "elasticache-non-default-port",
        title: "Caches do not listen on the port that everybody tries",
        why: "It keeps out nobody who looks, and much of the noise.",
        fix: "Set `port` to another one; on an existing cache this replaces it.",
        severity: "low",
        levels: standing.onRequest,
        controls: {},
        on: [group, cluster],
        judge: (resource) => {
            if (resource.type === cluster && followsAnother(resource)) {
                return follows;
            }
            const usual = engineOf(resource) === "memcached" ? 11_211 : 6379;
            return resource.has("port")
                ? expects(resource, "port", noneOf(usual))
                : violation("port", `expected other than ${usual}, got nothing`);
        },
    },
    {
        id: "elasticache-log-delivery",
        title: "Caches send their slow log and their engine log",
        why: "Which command held up all others is told by the slow log, and by nothing else afterwards.",
        fix: 'Add one of `logDeliveryConfigurations` with `logType: "slow-log"` and one with `"engine-log"`.',
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AUD"] },
        on: [group],
        judge: (resource) => {
            const sent = resource.list("logDeliveryConfigurations").map((delivery) => delivery.text("logType"));
            const missing = ["slow-log", "engine-log"].filter((log) => !sent.includes(log));
            return missing.length === 0
                ? compliant
                : violation("logDeliveryConfigurations", `expected slow-log and engine-log, got ${sent.join(", ") || "nothing"}`);
        },
    },
    {
        id: "elasticache-serverless-limits",
        title: "Serverless caches have a ceiling",
        why: "A loop that fills the cache is billed by the gigabyte and by the command, with no end of its own.",
        fix: "Set `cacheUsageLimits` with `dataStorage.maximum` and `ecpuPerSeconds[0].maximum`.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        on: [serverless],
        judge: (resource) =>
            all(
                () => expects(resource, "cacheUsageLimits.dataStorage.maximum", atLeast(1, "GB")),
                () => expects(resource, "cacheUsageLimits.ecpuPerSeconds.maximum", atLeast(1000, "a second")),
            ),
    },
    {
        id: "elasticache-valkey",
        title: "Caches run Valkey instead of Redis",
        why: "It speaks the same protocol for a fifth less a node and a third less serverless, and Redis gets no newer versions from AWS.",
        fix: 'Set `engine: "valkey"`; the provider\'s default is still Redis. An existing cache is changed in place.',
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        on: [group, serverless],
        judge: (resource) =>
            resource.type === group && followsAnother(resource)
                ? follows
                : engineOf(resource) === "redis"
                  ? violation("engine", `expected "valkey", got ${show(resource.text("engine"))}`)
                  : compliant,
    },
];
