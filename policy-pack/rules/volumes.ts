/** Disks: EBS volumes and the block devices of instances and launch templates. */
import { expects, isTrue } from "../core/conditions.ts";
import { each, notApplicable } from "../core/finding.ts";
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
];
