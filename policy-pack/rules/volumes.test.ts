import { describeRule } from "../testing.ts";

describeRule({
    rule: "ebs-volume-encrypted",
    type: "ebs/volume",
    compliant: { encrypted: true },
    violations: [{ change: { encrypted: undefined }, says: ["encrypted  expected true, got nothing"] }],
});

for (const type of ["ec2/instance", "ec2/launchConfiguration"]) {
    describeRule({
        rule: "ec2-root-volume-encrypted",
        type,
        compliant: { rootBlockDevice: { encrypted: true } },
        violations: [
            { change: { rootBlockDevice: undefined }, says: ["rootBlockDevice.encrypted  expected true, got nothing"] },
            { change: { rootBlockDevice: { encrypted: false } }, says: ["rootBlockDevice.encrypted  expected true, got false"] },
        ],
        notApplicable: type === "ec2/instance" ? [{ change: { rootBlockDevice: undefined, launchTemplate: { id: "lt-1" } } }] : [],
    });
    describeRule({
        rule: "ec2-block-devices-encrypted",
        type,
        compliant: { ebsBlockDevices: [{ deviceName: "/dev/sdf", encrypted: true }] },
        alsoCompliant: [{ change: { ebsBlockDevices: undefined } }],
        violations: [
            {
                change: { ebsBlockDevices: [{ deviceName: "/dev/sdf", encrypted: true }, { deviceName: "/dev/sdg" }] },
                says: ["ebsBlockDevices[1].encrypted  expected true, got nothing"],
            },
        ],
    });
}

describeRule({
    rule: "ec2-block-devices-encrypted",
    type: "ec2/launchTemplate",
    compliant: { blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true" } }] },
    alsoCompliant: [{ change: { blockDeviceMappings: [{ deviceName: "/dev/sdb", noDevice: "" }] } }],
    violations: [
        {
            change: { blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 30 } }] },
            says: ["blockDeviceMappings[0].ebs.encrypted  expected true, got nothing"],
        },
    ],
});

const key = "arn:aws:kms:eu-west-1:123456789012:key/1";
const disk = (ebs: object) => ({ blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs }] });

for (const [type, good, change, path] of [
    ["ebs/volume", { kmsKeyId: key }, { kmsKeyId: undefined }, "kmsKeyId"],
    ["ec2/instance", { rootBlockDevice: { kmsKeyId: key } }, { rootBlockDevice: { encrypted: true } }, "rootBlockDevice.kmsKeyId"],
    ["ec2/launchTemplate", disk({ kmsKeyId: key }), disk({ encrypted: true }), "blockDeviceMappings[0].ebs.kmsKeyId"],
] as const) {
    describeRule({
        rule: "ebs-volume-cmk",
        type,
        compliant: good,
        violations: [{ change, says: [`${path}  expected a key of your own, got nothing`] }],
        unknownIsFine: ["kmsKeyId"],
    });
}

describeRule({
    rule: "ebs-default-encryption",
    type: "ebs/encryptionByDefault",
    compliant: {},
    violations: [{ change: { enabled: false }, says: ["enabled  expected true or nothing, got false"] }],
});

describeRule({
    rule: "ebs-snapshot-copy-cmk",
    type: "ebs/snapshotCopy",
    compliant: { encrypted: true, kmsKeyId: key },
    violations: [
        { change: { encrypted: undefined }, says: ["encrypted  expected true, got nothing"] },
        { change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a key of your own, got nothing"] },
    ],
    unknownIsFine: ["kmsKeyId"],
});

const selection = (props: object) => ({ name: "selection", type: "backup/selection", props: { ...props } });

describeRule({
    rule: "ebs-in-backup-plan",
    type: "ebs/volume",
    compliant: { tagsAll: { backup: "daily" } },
    others: [selection({ selectionTags: [{ type: "STRINGEQUALS", key: "backup", value: "daily" }] })],
    alsoCompliant: [
        { others: [selection({ resources: ["arn:aws:ec2:*:*:volume/*"] })] },
        { others: [{ name: "selection", type: "backup/selection", links: { resources: ["subject"] } }] },
        { others: [selection({ resources: ["*"], conditions: [{ stringEquals: [{ key: "aws:ResourceTag/backup", value: "daily" }] }] })] },
    ],
    violations: [
        { others: [], says: ["expected a backup selection that takes it in, got no selection in this stack"] },
        {
            others: [selection({ selectionTags: [{ type: "STRINGEQUALS", key: "backup", value: "weekly" }] })],
            says: ["expected a backup selection that takes it in, got none that does"],
        },
        {
            others: [selection({ resources: ["arn:aws:rds:*:*:db:*"] })],
            says: ["expected a backup selection that takes it in, got none that does"],
        },
    ],
});

for (const [type, good, change, path] of [
    ["ebs/volume", { type: "gp3" }, { type: undefined }, "type"],
    ["ec2/instance", { rootBlockDevice: { volumeType: "gp3" } }, { rootBlockDevice: { volumeType: "gp2" } }, "rootBlockDevice.volumeType"],
    ["ec2/launchTemplate", disk({ volumeType: "gp3" }), disk({ volumeType: "gp2" }), "blockDeviceMappings[0].ebs.volumeType"],
    ["rds/instance", {}, { storageType: "gp2" }, "storageType"],
] as const) {
    describeRule({ rule: "gp3-not-gp2", type, compliant: good, violations: [{ change, says: [`${path}  expected "gp3", got "gp2"`] }] });
}

describeRule({
    rule: "ebs-volume-cmk",
    type: "ec2/instance",
    compliant: { ebsBlockDevices: [{ kmsKeyId: key }] },
    violations: [
        {
            change: { ebsBlockDevices: [{ kmsKeyId: key }, { encrypted: true }] },
            says: ["ebsBlockDevices[1].kmsKeyId  expected a key of your own, got nothing"],
        },
    ],
});

describeRule({
    rule: "gp3-not-gp2",
    type: "ec2/instance",
    compliant: { ebsBlockDevices: [{ volumeType: "gp3" }] },
    // Left out, the image decides.
    alsoCompliant: [{ change: { ebsBlockDevices: [{ volumeSize: 10 }] } }],
    violations: [
        {
            change: { ebsBlockDevices: [{ volumeType: "standard" }] },
            says: ['ebsBlockDevices[0].volumeType  expected "gp3", got "standard"'],
        },
    ],
});
