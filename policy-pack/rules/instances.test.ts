import { describeRule } from "../testing.ts";

const machines = ["ec2/instance", "ec2/launchTemplate", "ec2/launchConfiguration"];

for (const type of machines) {
    describeRule({
        rule: "ec2-imdsv2-required",
        type,
        compliant: { metadataOptions: { httpTokens: "required" } },
        alsoCompliant: [{ change: { metadataOptions: { httpEndpoint: "disabled" } } }],
        violations: [
            {
                change: { metadataOptions: undefined },
                says: ['httpTokens  expected "required", got nothing'].map((line) => `metadataOptions.${line}`),
            },
            {
                change: { metadataOptions: { httpTokens: "optional" } },
                says: ['metadataOptions.httpTokens  expected "required", got "optional"'],
            },
        ],
        notApplicable: type === "ec2/instance" ? [{ change: { metadataOptions: undefined, launchTemplate: { id: "lt-1" } } }] : [],
    });
    describeRule({
        rule: "ec2-no-public-ip",
        type,
        compliant: {},
        violations:
            type === "ec2/launchTemplate"
                ? [
                      {
                          change: { networkInterfaces: [{ associatePublicIpAddress: "true" }] },
                          says: ['networkInterfaces[0].associatePublicIpAddress  expected false or nothing, got "true"'],
                      },
                  ]
                : [{ change: { associatePublicIpAddress: true }, says: ["associatePublicIpAddress  expected false or nothing, got true"] }],
    });
    describeRule({
        rule: "ec2-no-key-pair",
        type,
        compliant: {},
        violations: [{ change: { keyName: "team" }, says: ["keyName  expected no key pair, got one"] }],
        unknownIsWrong: ["keyName"],
    });
    describeRule({
        rule: "ec2-current-generation",
        type,
        compliant: { instanceType: "t4g.small" },
        alsoCompliant: [{ change: { instanceType: "t3a.large" } }, { change: { instanceType: "i3en.large" } }],
        violations: [{ change: { instanceType: "t2.micro" }, says: ['instanceType  expected a current family, got "t2.micro"'] }],
    });
    describeRule({
        rule: "instance-type-allowlist",
        type,
        parameters: { types: ["t*.micro", "m7g.large"] },
        compliant: { instanceType: "t4g.micro" },
        violations: [{ change: { instanceType: "m7g.xlarge" }, says: ['instanceType  expected t*.micro, m7g.large, got "m7g.xlarge"'] }],
    });
    const script = `#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY=${"wJalrXUtnFEMI"}K7MDENG\n`;
    describeRule({
        rule: "ec2-no-secrets-in-userdata",
        type,
        compliant: { userData: "#!/bin/sh\nDB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id db)\n" },
        violations: [
            {
                change: { userData: Buffer.from(script).toString("base64") },
                says: ["userData  expected no credential, got what its name calls a secret"],
            },
            { change: { userData: script }, says: ["userData  expected no credential, got what its name calls a secret"] },
        ],
        secrets: [`${"wJalrXUtnFEMI"}K7MDENG`],
    });
}

describeRule({
    rule: "ec2-imdsv2-required",
    type: "ec2/instanceMetadataDefaults",
    compliant: { httpTokens: "required" },
    violations: [{ change: { httpTokens: "no-preference" }, says: ['httpTokens  expected "required", got "no-preference"'] }],
});

for (const type of ["ec2/instance", "ec2/launchTemplate"]) {
    describeRule({
        rule: "ec2-imds-hop-limit",
        type,
        compliant: { metadataOptions: { httpPutResponseHopLimit: 2 } },
        alsoCompliant: [{ change: { metadataOptions: undefined } }],
        violations: [
            {
                change: { metadataOptions: { httpPutResponseHopLimit: 3 } },
                says: ["metadataOptions.httpPutResponseHopLimit  expected at most 2, got 3"],
            },
        ],
    });
    describeRule({
        rule: "ec2-instance-profile",
        type,
        compliant: { iamInstanceProfile: type === "ec2/instance" ? "app" : { name: "app" } },
        violations: [
            { change: { iamInstanceProfile: undefined }, says: ["iamInstanceProfile  expected an instance profile, got nothing"] },
        ],
        notApplicable: type === "ec2/instance" ? [{ change: { iamInstanceProfile: undefined, launchTemplate: { id: "lt-1" } } }] : [],
        unknownIsFine: ["iamInstanceProfile"],
    });
    describeRule({
        rule: "ec2-ebs-optimized",
        type,
        compliant: { instanceType: "m4.large", ebsOptimized: true },
        violations: [{ change: { ebsOptimized: undefined }, says: ["ebsOptimized  expected true, got nothing"] }],
        notApplicable: [{ change: { instanceType: "m7g.large", ebsOptimized: undefined } }],
    });
    describeRule({
        rule: "graviton-preferred",
        type,
        compliant: { instanceType: "m7g.large" },
        alsoCompliant: [{ change: { instanceType: "c7gn.large" } }],
        violations: [{ change: { instanceType: "m7i.large" }, says: ['instanceType  expected a Graviton type, got "m7i.large"'] }],
    });
}

for (const [type, good, change, says] of [
    ["ec2/instance", { monitoring: true }, { monitoring: undefined }, "monitoring  expected true, got nothing"],
    [
        "ec2/launchTemplate",
        { monitoring: { enabled: true } },
        { monitoring: { enabled: false } },
        "monitoring.enabled  expected true, got false",
    ],
    ["ec2/launchConfiguration", {}, { enableMonitoring: false }, "enableMonitoring  expected true or nothing, got false"],
] as const) {
    describeRule({ rule: "ec2-detailed-monitoring", type, compliant: good, violations: [{ change, says: [says] }] });
}

describeRule({
    rule: "ec2-in-vpc",
    type: "ec2/instance",
    compliant: { subnetId: "subnet-1" },
    violations: [{ change: { subnetId: undefined }, says: ["subnetId  expected a subnet, got nothing"] }],
    unknownIsFine: ["subnetId"],
});

describeRule({
    rule: "ec2-termination-protection",
    type: "ec2/instance",
    compliant: { disableApiTermination: true },
    violations: [{ change: { disableApiTermination: undefined }, says: ["disableApiTermination  expected true, got nothing"] }],
});

describeRule({
    rule: "ec2-single-eni",
    type: "ec2/instance",
    compliant: { networkInterfaces: [{ deviceIndex: 0 }] },
    violations: [
        { change: { networkInterfaces: [{ deviceIndex: 0 }, { deviceIndex: 1 }] }, says: ["networkInterfaces  expected one, got 2"] },
    ],
});

describeRule({
    rule: "ami-encrypted-and-private",
    type: "ec2/amiCopy",
    compliant: { encrypted: true },
    violations: [{ change: { encrypted: undefined }, says: ["encrypted  expected true, got nothing"] }],
});

describeRule({
    rule: "ami-encrypted-and-private",
    type: "ec2/amiLaunchPermission",
    compliant: { accountId: "123456789012" },
    violations: [{ change: { group: "all" }, says: ["group  expected an account or organisation, got one"] }],
    unknownIsWrong: ["group"],
});

describeRule({
    rule: "ami-encrypted-and-private",
    type: "ec2/imageBlockPublicAccess",
    compliant: { state: "block-new-sharing" },
    violations: [{ change: { state: "unblocked" }, says: ['state  expected "block-new-sharing", got "unblocked"'] }],
});

describeRule({
    rule: "ebs-snapshot-not-public",
    type: "ebs/snapshotBlockPublicAccess",
    compliant: { state: "block-all-sharing" },
    violations: [{ change: { state: "unblocked" }, says: ['state  expected "block-all-sharing" or "block-new-sharing", got "unblocked"'] }],
});

for (const place of ["networkInterfaces", "primaryNetworkInterface", "launchTemplate"]) {
    describeRule({
        rule: "ec2-in-vpc",
        type: "ec2/instance",
        compliant: { [place]: place === "networkInterfaces" ? [{ networkInterfaceId: "eni-1" }] : { id: "x-1" } },
        violations: [{ change: { [place]: undefined }, says: ["subnetId  expected a subnet, got nothing"] }],
        unknownIsFine: [place],
    });
}

const leak = Buffer.from(`#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY=${"wJalrXUtnFEMI"}K7MDENG\n`).toString("base64");

for (const type of ["ec2/instance", "ec2/launchConfiguration"]) {
    describeRule({
        rule: "ec2-no-secrets-in-userdata",
        type,
        compliant: { userDataBase64: Buffer.from("#!/bin/sh\ntrue\n").toString("base64") },
        violations: [
            { change: { userDataBase64: leak }, says: ["userDataBase64  expected no credential, got what its name calls a secret"] },
        ],
    });
}
