/** ElastiCache: replication groups, single clusters and serverless caches. */
import { atLeast, expects, isTrue, oneOfOrNothing } from "../core/conditions.ts";
import { all, compliant, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";

export const caches: readonly Rule[] = [
    {
        id: "elasticache-at-rest-encryption",
        title: "Every cache encrypts what it keeps on disk",
        why: "Sessions and tokens lie in a cache; its backups and swap are as readable as a database's.",
        fix: "Set `atRestEncryptionEnabled: true`; on an existing group this replaces it.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["ElastiCache.4"], hipaa: ["REST"] },
        on: ["elasticache/replicationGroup"],
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
        on: ["elasticache/replicationGroup", "elasticache/cluster"],
        judge: (resource) => {
            if (resource.has("replicationGroupId") || resource.has("globalReplicationGroupId")) {
                return notApplicable("a member follows its group");
            }
            return all(
                () => expects(resource, "transitEncryptionEnabled", isTrue),
                () =>
                    resource.type === "elasticache/cluster"
                        ? compliant
                        : expects(resource, "transitEncryptionMode", oneOfOrNothing("required")),
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
        on: ["elasticache/replicationGroup"],
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
];
