/** EFS file systems: who mounts them, and what becomes of their files. */
import { inBackupPlan } from "../core/backups.ts";
import { absent, expects, isTrue, matching, notTrue, present } from "../core/conditions.ts";
import { all, compliant, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { covers, deniesPlainTransport, type Statement } from "../core/policy-document.ts";
import { letsNobodyIn, someStatement } from "../core/resource-policy.ts";
import type { Rule } from "../core/rule.ts";
import { zoneOf } from "../core/zones.ts";

const fileSystem = "efs/fileSystem";

function refusesPlainMounts(statement: Statement): boolean {
    return deniesPlainTransport(statement) && statement.actions.some((action) => covers(action, "elasticfilesystem:clientmount"));
}

export const files: readonly Rule[] = [
    {
        id: "efs-encrypted",
        title: "Every file system is encrypted",
        why: "Encryption of a file system is decided at its creation, once.",
        fix: "Set `encrypted: true`; an existing file system is replaced, so copy its files first.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["EFS.1", "EFS.8"], cis3: ["2.4.1"], cis5: ["2.3.1"], hipaa: ["REST"] },
        on: [fileSystem],
        judge: (resource) => expects(resource, "encrypted", isTrue),
    },
    {
        id: "efs-cmk",
        title: "File systems are encrypted with a key of your own",
        why: "Only a key of your own can be taken away from a reader, and tells who used it.",
        fix: "Set `kmsKeyId`; on an existing file system this replaces it.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: [fileSystem],
        judge: (resource) => expects(resource, "kmsKeyId", present("a key of your own")),
    },
    {
        id: "efs-backup",
        title: "Every file system is backed up",
        why: "A deletion reaches all clients of a file system at once, and there are no versions to go back to.",
        fix: 'Add an `efs.BackupPolicy` with `status: "ENABLED"`, or tag the file system for a backup plan.',
        severity: "medium",
        levels: standing.resilience,
        controls: { fsbp: ["EFS.2", "EFS.7"], hipaa: ["BKP"] },
        scope: "relation",
        on: [fileSystem],
        judge: (resource, _parameters, stack) => {
            const automatic = stack
                .referrers(resource, "efs/backupPolicy", "fileSystemId")
                .some((policy) => policy.text("backupPolicy.status") === "ENABLED");
            return automatic ? compliant : inBackupPlan(resource, stack);
        },
    },
    {
        id: "efs-access-point-enforced",
        title: "Access points hold their users to one directory and one identity",
        why: "Through a bare access point a client is whoever it says it is, from the root of the file system down.",
        fix: "Set `rootDirectory.path` to a directory and `posixUser` to an identity of its own.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["EFS.3", "EFS.4"] },
        on: ["efs/accessPoint"],
        judge: (resource) =>
            all(
                () => expects(resource, "rootDirectory.path", matching(/^\/+[^/]/, "a directory below the root")),
                () => expects(resource, "posixUser", present("an identity")),
            ),
    },
    {
        id: "efs-regional",
        title: "File systems stand in several zones",
        why: "A file system of one zone is away with its zone, and gone if the zone is destroyed.",
        fix: "Leave `availabilityZoneName` out; this replaces the file system.",
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        on: [fileSystem],
        judge: (resource) => expects(resource, "availabilityZoneName", absent("a file system of the region")),
    },
    {
        id: "efs-mount-targets-multi-az",
        title: "File systems can be mounted in two zones",
        why: "A client without a mount target in its zone hangs when the other zone is lost, though the files are there.",
        fix: "Add an `efs.MountTarget` in a subnet of each zone that has clients.",
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        scope: "relation",
        on: [fileSystem],
        judge: (resource, _parameters, stack) => {
            if (resource.has("availabilityZoneName")) {
                return notApplicable("a file system of one zone");
            }
            const targets = stack.referrers(resource, "efs/mountTarget", "fileSystemId");
            if (targets.length === 0) {
                return notApplicable("mounted from another stack");
            }
            const subnets = targets.flatMap((target) => stack.references(target, "subnetId", "ec2/subnet", "ec2/defaultSubnet"));
            if (targets.length > 1 && subnets.length < targets.length) {
                // EFS refuses a second mount target in a zone.
                return compliant;
            }
            const zones = targets.length > 1 ? new Set(subnets.map(zoneOf)).size : targets.length;
            return zones > 1 ? compliant : violation("", `expected mount targets in at least 2 zones, got ${zones}`);
        },
    },
    {
        id: "efs-mount-target-private",
        title: "Mount targets stand in private subnets",
        why: "A file server has no business where machines get public addresses by themselves.",
        fix: "Give `subnetId` a subnet without `mapPublicIpOnLaunch`.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACCNET"] },
        scope: "relation",
        on: ["efs/mountTarget"],
        judge: (resource, _parameters, stack) => {
            const [subnet] = stack.references(resource, "subnetId", "ec2/subnet");
            if (subnet === undefined) {
                return notApplicable("a subnet of another stack");
            }
            return expects(subnet, "mapPublicIpOnLaunch", notTrue).kind === "compliant"
                ? compliant
                : violation("subnetId", `expected a private subnet, got ${subnet.name} with mapPublicIpOnLaunch`);
        },
    },
    {
        id: "efs-tls-policy",
        title: "File systems refuse to be mounted without TLS",
        why: "NFS sends files and who asks for them in the clear.",
        fix: "Add an `efs.FileSystemPolicy`: Deny, Principal AWS *, Action *, Condition Bool aws:SecureTransport false.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["TRANSIT"] },
        scope: "relation",
        on: [fileSystem],
        judge: (resource, _parameters, stack) =>
            someStatement(stack.referrers(resource, "efs/fileSystemPolicy", "fileSystemId"), refusesPlainMounts)
                ? compliant
                : violation("", "expected a FileSystemPolicy that refuses mounts without TLS, got none"),
    },
    {
        id: "efs-no-public-policy",
        title: "No file system lets in everybody",
        why: "A policy for everybody leaves a security group as the only thing between the files and the network.",
        fix: "Name the principals, or add the condition elasticfilesystem:AccessedViaMountTarget.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCNET"] },
        on: ["efs/fileSystemPolicy"],
        judge: (resource) => letsNobodyIn(resource),
    },
    {
        id: "efs-lifecycle",
        title: "Files that nobody opens move to cheaper storage",
        why: "Most files are never opened again, and the first class of storage costs more than ten times the next.",
        fix: 'Add `lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }]`.',
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        on: [fileSystem],
        judge: (resource) =>
            resource.list("lifecyclePolicies").some((policy) => policy.has("transitionToIa") || policy.has("transitionToArchive"))
                ? compliant
                : violation("lifecyclePolicies", "expected transitionToIa or transitionToArchive, got neither"),
    },
];
