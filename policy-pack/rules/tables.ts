/** DynamoDB tables and DAX clusters. */
import { inBackupPlan } from "../core/backups.ts";
import { atLeast, expects, isTrue, oneOf, present } from "../core/conditions.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import { letsNobodyIn } from "../core/resource-policy.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import type { Values } from "../core/values.ts";

function isOnDemand(table: ResourceView): boolean {
    return table.text("billingMode") === "PAY_PER_REQUEST";
}

/** The scalable target of a table or of one of its indexes, by the name that Application Auto Scaling gives it. */
function isTargetOf(target: ResourceView, table: ResourceView, index: string | undefined, stack: StackView): boolean {
    const linked = stack.references(target, "resourceId").includes(table);
    if (index === undefined && linked) {
        return true;
    }
    const id = target.text("resourceId") ?? "";
    const name = table.isUnknown("name") ? undefined : table.text("name");
    const suffix = index === undefined ? "" : `/index/${index}`;
    return linked ? id.endsWith(suffix) : name !== undefined && id === `table/${name}${suffix}`;
}

/** A target without a policy never moves. Reads and writes of a table are two targets with one resource id. */
function isScaled(target: ResourceView, stack: StackView): boolean {
    return stack
        .ofType("appautoscaling/policy")
        .filter((policy) => policy.text("scalableDimension") === target.text("scalableDimension"))
        .some(
            (policy) => stack.references(policy, "resourceId").includes(target) || policy.text("resourceId") === target.text("resourceId"),
        );
}

/** Judges that reads and writes of the table, or of one index, are scaled. */
function scales(table: ResourceView, index: string | undefined, stack: StackView): Finding {
    const kind = index === undefined ? "table" : "index";
    return each(["Read", "Write"], (way) => {
        const dimension = `dynamodb:${kind}:${way}CapacityUnits`;
        const target = stack
            .ofType("appautoscaling/target")
            .find((each) => each.text("scalableDimension") === dimension && isTargetOf(each, table, index, stack));
        return target !== undefined && isScaled(target, stack)
            ? compliant
            : violation(
                  index === undefined ? "" : `globalSecondaryIndexes (${index})`,
                  `expected an Application Auto Scaling ${target === undefined ? "target" : "policy"} for ${dimension}, got none`,
              );
    });
}

/** A replica follows the table in little: backups and key are its own. */
function replicaFinding(replica: Values, ownKey: boolean): Finding {
    return all(
        () => expects(replica, "pointInTimeRecovery", isTrue),
        () => (ownKey ? expects(replica, "kmsKeyArn", present("a key of its region, as the table has one")) : compliant),
    );
}

export const tables: readonly Rule[] = [
    {
        id: "dynamodb-cmk",
        title: "Every table is encrypted with a key of your own",
        why: "DynamoDB always encrypts; only your own key can be taken away and tells who used it.",
        fix: "Set `serverSideEncryption: { enabled: true, kmsKeyArn }`.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["312(a)(2)(iv)"] },
        on: ["dynamodb/table"],
        judge: (resource) =>
            all(
                () =>
                    resource.flag("serverSideEncryption.enabled") === true
                        ? compliant
                        : violation("serverSideEncryption.enabled", "expected true, got no key of your own"),
                () =>
                    resource.has("serverSideEncryption") && !resource.has("serverSideEncryption.kmsKeyArn")
                        ? violation("serverSideEncryption.kmsKeyArn", "expected a key of your own, got nothing")
                        : compliant,
            ),
    },
    {
        id: "dax-encrypted",
        title: "Every DAX cluster encrypts its cache and its connections",
        why: "DAX holds rows of the table in memory and on disk; neither encryption can be added later.",
        fix: 'Set `serverSideEncryption: { enabled: true }` and `clusterEndpointEncryptionType: "TLS"`.',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["DynamoDB.3", "DynamoDB.7"], hipaa: ["REST"] },
        on: ["dax/cluster"],
        judge: (resource) =>
            all(
                () => expects(resource, "serverSideEncryption.enabled", isTrue),
                () => expects(resource, "clusterEndpointEncryptionType", oneOf("TLS")),
            ),
    },
    {
        id: "dynamodb-pitr",
        title: "Every table can be restored to any second",
        why: "Without it, what a faulty release or a wrong delete took out of a table is gone.",
        fix: "Set `pointInTimeRecovery: { enabled: true }`.",
        severity: "high",
        levels: standing.resilience,
        controls: { fsbp: ["DynamoDB.2"], hipaa: ["BKP"] },
        on: ["dynamodb/table"],
        judge: (resource) => expects(resource, "pointInTimeRecovery.enabled", isTrue),
    },
    {
        id: "dynamodb-deletion-protection",
        title: "No table can be deleted by mistake",
        why: "A changed key replaces a table, and a replaced table begins empty.",
        fix: "Set `deletionProtectionEnabled: true`.",
        severity: "medium",
        levels: standing.resilience,
        controls: { fsbp: ["DynamoDB.6"], hipaa: ["AVAIL"] },
        on: ["dynamodb/table", "dynamodb/tableReplica"],
        judge: (resource) => expects(resource, "deletionProtectionEnabled", isTrue),
    },
    {
        id: "dynamodb-scaling",
        title: "Tables grow with their load",
        why: "At a fixed capacity the busiest hour is throttled and all others are paid for in vain.",
        fix: 'Set `billingMode: "PAY_PER_REQUEST"`, or give reads and writes, of each index too, an `appautoscaling.Target` and `Policy`.',
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["DynamoDB.1"], hipaa: ["AVAIL"] },
        scope: "relation",
        on: ["dynamodb/table"],
        judge: (resource, _parameters, stack) =>
            isOnDemand(resource)
                ? compliant
                : all(
                      () => scales(resource, undefined, stack),
                      () => each(resource.list("globalSecondaryIndexes"), (index) => scales(resource, index.text("name") ?? "", stack)),
                  ),
    },
    {
        id: "dynamodb-on-demand-cap",
        title: "Tables on demand have a ceiling",
        why: "A loop in a test reads and writes as fast as it can, and DynamoDB bills each request.",
        fix: "Set `onDemandThroughput: { maxReadRequestUnits, maxWriteRequestUnits }`.",
        severity: "low",
        levels: standing.onRequest,
        controls: {},
        on: ["dynamodb/table"],
        judge: (resource) =>
            isOnDemand(resource)
                ? each(["maxReadRequestUnits", "maxWriteRequestUnits"], (limit) =>
                      // AWS reads -1 as no ceiling.
                      expects(resource, `onDemandThroughput.${limit}`, atLeast(1)),
                  )
                : notApplicable("its capacity is its ceiling"),
    },
    {
        id: "dynamodb-in-backup-plan",
        title: "Every table is in a backup plan",
        why: "Recovery to a point in time ends after 35 days, and with the account or region.",
        fix: "Give it the tag that the plan selects by, or add its ARN to a `backup.Selection`.",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["DynamoDB.4"], hipaa: ["BKP"] },
        scope: "relation",
        on: ["dynamodb/table"],
        judge: (resource, _parameters, stack) => inBackupPlan(resource, stack),
    },
    {
        id: "dynamodb-replica-protection",
        title: "Replicas of tables are kept like the table",
        why: "Backups and keys are not copied with the rows: the day a region is lost, the replica is the table.",
        fix: "Set `pointInTimeRecovery: true` on each replica, and `kmsKeyArn` to a key of its region where the table has one.",
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["BKP"] },
        scope: "relation",
        on: ["dynamodb/table", "dynamodb/tableReplica"],
        judge: (resource, _parameters, stack) => {
            if (resource.type === "dynamodb/tableReplica") {
                const [table] = stack.references(resource, "globalTableArn", "dynamodb/table");
                return replicaFinding(resource, table?.has("serverSideEncryption.kmsKeyArn") ?? false);
            }
            return resource.has("replicas")
                ? each(resource.list("replicas"), (replica) => replicaFinding(replica, resource.has("serverSideEncryption.kmsKeyArn")))
                : notApplicable("the table has no replicas");
        },
    },
    {
        id: "dynamodb-no-public-policy",
        title: "No table lets strangers in by its own policy",
        why: "A table's own policy can let in any AWS account, past every role of yours.",
        fix: "Name the accounts or roles in `Principal`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCNET"] },
        on: ["dynamodb/resourcePolicy"],
        judge: (resource) => letsNobodyIn(resource),
    },
    {
        id: "dax-multi-az",
        title: "Every DAX cluster has a node to spare",
        why: "A cluster of one node sends every read to the table while it is replaced.",
        fix: "Set `replicationFactor` to 3, one node for each zone.",
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        parameters: { minimumNodes: { about: "Nodes of a cluster.", default: 2 } },
        on: ["dax/cluster"],
        judge: (resource, parameters) => expects(resource, "replicationFactor", atLeast(parameters.number("minimumNodes"), "nodes")),
    },
];
