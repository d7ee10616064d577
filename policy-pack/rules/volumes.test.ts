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
