/** Disks: EBS volumes and the block devices of instances and launch templates. */
import { inBackupPlan } from "../core/backups.ts";
import { expects, isTrue, notFalse, present } from "../core/conditions.ts";
import { all, compliant, each, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";

export const volumes: readonly Rule[] = [
    {
        id: "ebs-volume-encrypted",
        title: "Every EBS volume is encrypted",
        why: "A volume's snapshots are shared and copied as files are; unencrypted, they are readable wherever they land.",
        fix: "Set `encrypted: true`; an existing volume is replaced, so copy its snapshot with a key first.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.3"], cis3: ["2.2.1"], cis5: ["5.1.1"], hipaa: ["REST"] },
        on: ["ebs/volume"],
        judge: (resource) => expects(resource, "encrypted", isTrue),
    },
    {
        id: "ec2-root-volume-encrypted",
        title: "Every instance encrypts its root disk",
        why: "Logs, swap, credentials and half-written files lie on the root disk.",
        fix: "Set `rootBlockDevice: { encrypted: true }`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.3"], cis3: ["2.2.1"], cis5: ["5.1.1"], hipaa: ["REST"] },
        on: ["ec2/instance", "ec2/launchConfiguration"],
        judge: (resource) =>
            resource.has("launchTemplate") && !resource.has("rootBlockDevice")
                ? notApplicable("the disks are the launch template's")
                : expects(resource, "rootBlockDevice.encrypted", isTrue),
    },
    {
        id: "ec2-block-devices-encrypted",
        title: "Every block device of an instance or launch template is encrypted",
        why: "One forgotten data disk is the copy that leaks.",
        fix: "Set `encrypted: true` on each block device; in a launch template, on `ebs` of each mapping.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.3", "EC2.181", "EC2.173"], cis3: ["2.2.1"], cis5: ["5.1.1"], hipaa: ["REST"] },
        on: ["ec2/instance", "ec2/launchConfiguration", "ec2/launchTemplate"],
        judge: (resource) =>
            resource.type === "ec2/launchTemplate"
                ? each(
                      resource.list("blockDeviceMappings").filter((mapping) => mapping.has("ebs")),
                      (mapping) => expects(mapping, "ebs.encrypted", isTrue),
                  )
                : each(resource.list("ebsBlockDevices"), (device) => expects(device, "encrypted", isTrue)),
    },
    {
        id: "ebs-volume-cmk",
        title: "Disks are encrypted with a key of your own",
        why: "Snapshots under AWS's own key cannot be shared with another account, and nobody can take the key away.",
        fix: "Set `kmsKeyId` to your key.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: ["ebs/volume", "ec2/instance", "ec2/launchTemplate"],
        judge: (resource) => {
            switch (resource.type) {
                case "ebs/volume":
                    return expects(resource, "kmsKeyId", present("a key of your own"));
                case "ec2/launchTemplate":
                    return each(
                        resource.list("blockDeviceMappings").filter((mapping) => mapping.has("ebs")),
                        (mapping) => expects(mapping, "ebs.kmsKeyId", present("a key of your own")),
                    );
                default:
                    return each([...resource.list("rootBlockDevice"), ...resource.list("ebsBlockDevices")], (device) =>
                        expects(device, "kmsKeyId", present("a key of your own")),
                    );
            }
        },
    },
    {
        id: "ebs-default-encryption",
        title: "Where the account's default encryption of disks is managed, it is on",
        why: "The default catches every disk that somebody makes by hand.",
        fix: "Leave `enabled` out or true.",
        severity: "medium",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.7"], cis3: ["2.2.1"], cis5: ["5.1.1"], hipaa: ["REST"] },
        on: ["ebs/encryptionByDefault"],
        judge: (resource) => expects(resource, "enabled", notFalse),
    },
    {
        id: "ebs-snapshot-copy-cmk",
        title: "Copies of snapshots are encrypted with a key of your own",
        why: "A copy in another region is the one that is looked after least.",
        fix: "Set `encrypted: true` and `kmsKeyId` to a key of the target region.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["REST"] },
        on: ["ebs/snapshotCopy"],
        judge: (resource) =>
            all(
                () => expects(resource, "encrypted", isTrue),
                () => expects(resource, "kmsKeyId", present("a key of your own")),
            ),
    },
    {
        id: "ebs-in-backup-plan",
        title: "Every volume is in a backup plan",
        why: "A disk that is not in the plan is missed on the day it is needed.",
        fix: "Give the volume the tag that the plan selects by, or add its ARN to a `backup.Selection`.",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["EC2.28"], hipaa: ["BKP"] },
        scope: "relation",
        on: ["ebs/volume"],
        judge: (resource, _parameters, stack) => inBackupPlan(resource, stack),
    },
    {
        id: "gp3-not-gp2",
        title: "Disks are of the cheaper generation",
        why: "gp3 costs a fifth less than gp2 and is as fast on the smallest disk.",
        fix: 'Set the volume type to "gp3".',
        severity: "low",
        levels: standing.advice,
        controls: {},
        link: "https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html",
        on: ["ebs/volume", "ec2/instance", "ec2/launchTemplate", "rds/instance"],
        judge: (resource) => {
            const [holders, property] =
                resource.type === "rds/instance"
                    ? [[resource], "storageType"]
                    : resource.type === "ebs/volume"
                      ? [[resource], "type"]
                      : resource.type === "ec2/launchTemplate"
                        ? [resource.list("blockDeviceMappings").filter((mapping) => mapping.has("ebs")), "ebs.volumeType"]
                        : [[...resource.list("rootBlockDevice"), ...resource.list("ebsBlockDevices")], "volumeType"];
            // What a new volume is without a word: gp2 everywhere but for RDS and AMIs that say otherwise.
            const implied = resource.type === "rds/instance" || resource.type === "ec2/instance" || resource.type === "ec2/launchTemplate";
            return each(holders, (holder) => {
                const type = holder.text(property) ?? (implied ? undefined : "gp2");
                return type === "gp2" || type === "standard"
                    ? violation(holder.pathOf(property), `expected "gp3", got "${type}"`)
                    : compliant;
            });
        },
    },
];
