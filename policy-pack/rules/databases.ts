/** RDS instances and Aurora clusters. */
import { expects, isTrue, notTrue, show } from "../core/conditions.ts";
import { isAuroraMember } from "../core/databases.ts";
import { all, compliant, each, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";

import type { Values } from "../core/values.ts";
import { spansZones } from "../core/zones.ts";

/** Parameters by which a server refuses a client without TLS; engines that are not here have no such parameter. */
const tlsParameters: readonly {
    readonly engines: RegExp;
    readonly name: string;
    readonly on: readonly string[];
    readonly default: boolean;
}[] = [
    // PostgreSQL 15 and later have it on in the default group; 14 and earlier do not.
    { engines: /^(aurora-)?postgres(ql)?/, name: "rds.force_ssl", on: ["1"], default: true },
    { engines: /^(aurora-)?mysql|^mariadb/, name: "require_secure_transport", on: ["ON", "1"], default: false },
    { engines: /^sqlserver/, name: "rds.force_ssl", on: ["1"], default: false },
];

function tlsFinding(
    resource: ResourceView,
    property: string,
    groups: readonly ResourceView[],
    parameters: readonly Values[],
): ReturnType<typeof violation> {
    const engine = resource.text("engine") ?? "";
    const tls = tlsParameters.find((each) => each.engines.test(engine));
    if (tls === undefined) {
        return notApplicable(`${show(engine)} has no parameter that refuses plain connections`);
    }
    const group = groups[0];
    const version = Number.parseFloat(resource.text("engineVersion") ?? "");
    if (group === undefined) {
        return tls.default && version >= 15 && !resource.has(property)
            ? compliant
            : violation(
                  property,
                  `expected a parameter group with ${tls.name}=${tls.on[0] ?? ""}, got ${resource.has(property) ? "one from elsewhere" : "the default group"}`,
              );
    }
    const found = parameters.find((values) => values.text("name") === tls.name);
    const setting = found?.text("value");
    if (setting === undefined && tls.default && version >= 15) {
        return compliant;
    }
    return setting !== undefined && tls.on.includes(setting.toUpperCase())
        ? compliant
        : violation(property, `expected ${tls.name}=${tls.on[0] ?? ""} in ${group.name}, got ${show(setting)}`);
}

export const databases: readonly Rule[] = [
    {
        id: "rds-storage-encrypted",
        title: "Every RDS instance encrypts its storage",
        why: "An unencrypted instance cannot be encrypted later; its snapshots and replicas stay readable to whoever gets hold of them.",
        fix: "Set `storageEncrypted: true`. On an existing instance: copy a snapshot with a key and restore from it.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["RDS.3"], cis3: ["2.3.1"], cis5: ["2.2.1"], hipaa: ["REST"] },
        on: ["rds/instance"],
        judge: (resource) => {
            if (isAuroraMember(resource)) {
                return notApplicable("an Aurora member is encrypted as its cluster is");
            }
            if (resource.has("replicateSourceDb") || resource.has("snapshotIdentifier")) {
                return notApplicable("a replica or restore is encrypted as its source is");
            }
            return expects(resource, "storageEncrypted", isTrue);
        },
    },
    {
        id: "aurora-storage-encrypted",
        title: "Every Aurora cluster encrypts its storage",
        why: "A cluster's encryption is fixed at its creation, and so is that of every snapshot and secondary region.",
        fix: "Set `storageEncrypted: true` on the cluster and on the global cluster.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["RDS.27"], cis3: ["2.3.1"], cis5: ["2.2.1"], hipaa: ["REST"] },
        on: ["rds/cluster", "rds/globalCluster"],
        judge: (resource) =>
            ["snapshotIdentifier", "replicationSourceIdentifier", "sourceDbClusterIdentifier"].some((source) => resource.has(source))
                ? notApplicable("a copy is encrypted as its source is")
                : expects(resource, "storageEncrypted", isTrue),
    },
    {
        id: "rds-multi-az",
        title: "Every RDS instance has a standby in another zone",
        why: "With one zone, its failure is an outage of hours and a restore from backup; with a standby it is a minute.",
        fix: "Set `multiAz: true` (Terrace: `database.multiAz`).",
        severity: "high",
        levels: standing.resilience,
        controls: { fsbp: ["RDS.5"], cis5: ["2.2.4"], hipaa: ["AVAIL"] },
        on: ["rds/instance"],
        judge: (resource) => {
            if (isAuroraMember(resource)) {
                return notApplicable("Aurora spreads over zones by its members");
            }
            return resource.has("replicateSourceDb")
                ? notApplicable("a replica has its source to fall back on")
                : expects(resource, "multiAz", isTrue);
        },
    },
    {
        id: "aurora-multi-az",
        title: "Every Aurora cluster has members in two zones",
        why: "The storage survives a zone; a cluster with one member still waits ten minutes or more for a new one.",
        fix: "Add a second `rds.ClusterInstance`; with `availabilityZone` set, in another zone.",
        severity: "high",
        levels: standing.resilience,
        controls: { fsbp: ["RDS.15"], cis5: ["2.2.4"], hipaa: ["AVAIL"] },
        scope: "relation",
        on: ["rds/cluster"],
        judge: (resource, _parameters, stack) => {
            const engine = resource.text("engine") ?? "";
            if (!engine.startsWith("aurora")) {
                return notApplicable("a Multi-AZ cluster always has three members in three zones");
            }
            const members = stack.referrers(resource, "rds/clusterInstance", "clusterIdentifier");
            if (members.length === 0 && resource.has("globalClusterIdentifier")) {
                return notApplicable("a secondary cluster without members is a pilot light");
            }
            if (members.length < 2) {
                return violation("", `expected at least 2 members, got ${members.length}`);
            }
            const placed = members.map((member) => member.text("availabilityZone"));
            return placed.includes(undefined) || new Set(placed).size > 1
                ? compliant
                : violation("", `expected members in 2 zones, got ${members.length} in ${placed[0]}`);
        },
    },
    {
        id: "rds-subnet-group-multi-az",
        title: "Database subnet groups span two zones and no public subnet",
        why: "A group decides where a standby can go, and whether a database can ever be reached from outside.",
        fix: "Give the group the data tier's subnets of at least two zones.",
        severity: "high",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        scope: "relation",
        on: ["rds/subnetGroup"],
        judge: (resource, _parameters, stack) =>
            all(
                () =>
                    each(stack.references(resource, "subnetIds", "ec2/subnet"), (subnet) =>
                        subnet.flag("mapPublicIpOnLaunch") === true
                            ? violation("subnetIds", `expected private subnets only, got ${subnet.name}, which gives out public addresses`)
                            : compliant,
                    ),
                () => spansZones(resource, "subnetIds", stack, 2),
            ),
    },
    {
        id: "rds-not-public",
        title: "No database has a public address",
        why: "A database on the internet is one password away from everybody.",
        fix: "Leave `publiclyAccessible` out, and reach it with Session Manager's port forwarding.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["RDS.2"], cis3: ["2.3.3"], cis5: ["2.2.3"], hipaa: ["ACCNET"] },
        on: ["rds/instance", "rds/clusterInstance"],
        judge: (resource) => expects(resource, "publiclyAccessible", notTrue),
    },
    {
        id: "rds-force-tls",
        title: "Database servers refuse connections without TLS",
        why: "A client that falls back to plain text sends the password and every row where the network can read them.",
        fix: "Attach a parameter group with `rds.force_ssl` = 1 (PostgreSQL, SQL Server) or `require_secure_transport` = ON (MySQL, MariaDB).",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["RDS.38", "RDS.39", "RDS.41", "RDS.44"], hipaa: ["TRANSIT"] },
        scope: "relation",
        on: ["rds/instance", "rds/cluster"],
        judge: (resource, _parameters, stack) => {
            const cluster = resource.type === "rds/cluster";
            if (isAuroraMember(resource)) {
                return notApplicable("decided by the cluster's parameter group");
            }
            if (resource.has("replicateSourceDb") && !resource.has("engine") && !resource.has("parameterGroupName")) {
                return notApplicable("a replica in the same region takes its source's parameter group");
            }
            const property = cluster ? "dbClusterParameterGroupName" : "parameterGroupName";
            const groups = stack.references(resource, property, cluster ? "rds/clusterParameterGroup" : "rds/parameterGroup");
            const source = stack.references(resource, "replicateSourceDb", "rds/instance")[0];
            return tlsFinding(
                resource.has("engine") ? resource : (source ?? resource),
                property,
                groups,
                groups[0]?.list("parameters") ?? [],
            );
        },
    },
    {
        id: "rds-proxy-tls",
        title: "Database proxies refuse clients without TLS",
        why: "A proxy that accepts plain text undoes the server's own demand for TLS.",
        fix: "Set `requireTls: true` on the proxy.",
        severity: "medium",
        levels: standing.everywhere,
        controls: { fsbp: ["RDS.43"], hipaa: ["TRANSIT"] },
        on: ["rds/proxy"],
        judge: (resource) => expects(resource, "requireTls", isTrue),
    },
];
