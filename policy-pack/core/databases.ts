/** Databases that take what they are from another one. */
import type { ResourceView } from "./resource.ts";

/** Readers follow their source and are made anew from it. */
export function isReplica(resource: ResourceView): boolean {
    return resource.has(resource.type === "rds/instance" ? "replicateSourceDb" : "replicationSourceIdentifier");
}

/** Aurora's members hold nothing and take most of their settings from the cluster. */
export function isAuroraMember(resource: ResourceView): boolean {
    return resource.type === "rds/instance" && (resource.text("engine") ?? "").startsWith("aurora");
}

/** What holds nothing that its source or cluster does not. */
export function followsAnother(resource: ResourceView): boolean {
    return isReplica(resource) || isAuroraMember(resource);
}
