import { describeRule } from "../testing.ts";

const group = "elasticache/replicationGroup";

describeRule({
    rule: "elasticache-at-rest-encryption",
    type: group,
    compliant: { atRestEncryptionEnabled: true },
    alsoCompliant: [{ change: { atRestEncryptionEnabled: "true" } }],
    violations: [{ change: { atRestEncryptionEnabled: undefined }, says: ["atRestEncryptionEnabled  expected true, got nothing"] }],
    notApplicable: [{ change: { globalReplicationGroupId: "global" } }],
});

describeRule({
    rule: "elasticache-in-transit-encryption",
    type: group,
    compliant: { transitEncryptionEnabled: true, transitEncryptionMode: "required" },
    alsoCompliant: [{ change: { transitEncryptionMode: undefined } }],
    violations: [
        { change: { transitEncryptionEnabled: false }, says: ["transitEncryptionEnabled  expected true, got false"] },
        {
            change: { transitEncryptionMode: "preferred" },
            says: ['transitEncryptionMode  expected "required" or nothing, got "preferred"'],
        },
    ],
    notApplicable: [{ change: { globalReplicationGroupId: "global" } }],
});

describeRule({
    rule: "elasticache-in-transit-encryption",
    type: "elasticache/cluster",
    compliant: { transitEncryptionEnabled: true },
    violations: [{ change: { transitEncryptionEnabled: undefined }, says: ["transitEncryptionEnabled  expected true, got nothing"] }],
    notApplicable: [{ change: { replicationGroupId: "group" } }],
});

describeRule({
    rule: "elasticache-multi-az",
    type: group,
    compliant: { multiAzEnabled: true, automaticFailoverEnabled: true, numCacheClusters: 2 },
    alsoCompliant: [{ change: { numCacheClusters: undefined, numNodeGroups: 2, replicasPerNodeGroup: 1 } }],
    violations: [
        { change: { multiAzEnabled: undefined }, says: ["multiAzEnabled  expected true, got nothing"] },
        { change: { automaticFailoverEnabled: false }, says: ["automaticFailoverEnabled  expected true, got false"] },
        { change: { numCacheClusters: 1 }, says: ["numCacheClusters  expected at least 2 nodes, got 1"] },
        { change: { replicasPerNodeGroup: 0 }, says: ["replicasPerNodeGroup  expected at least 1, got 0"] },
    ],
    notApplicable: [{ change: { globalReplicationGroupId: "global" } }],
});
