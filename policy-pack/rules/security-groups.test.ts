import { type Cases, describeRule } from "../testing.ts";

const group = "ec2/securityGroup";
const rule = "ec2/securityGroupRule";
const ingress = "vpc/securityGroupIngressRule";
const defaultGroup = "ec2/defaultSecurityGroup";

/** Cases of a rule that closes one port to the internet, in every style that a door can be written in. */
function closedPort(id: string, port: number, expected: string): readonly Cases[] {
    const web = { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] };
    const opened = { protocol: "tcp", fromPort: port, toPort: port, cidrBlocks: ["0.0.0.0/0"] };
    const inline = (type: string): Cases => ({
        rule: id,
        type,
        compliant: { ingress: [web] },
        alsoCompliant: [
            { change: { ingress: [] } },
            { change: { ingress: [{ ...opened, cidrBlocks: ["10.0.0.0/8", "203.0.113.0/29"] }] } },
            { change: { ingress: [{ ...opened, cidrBlocks: [], securityGroups: ["sg-1"] }] } },
            { change: { ingress: [{ ...opened, cidrBlocks: [], ipv6CidrBlocks: ["fc00::/7"] }] } },
            { change: { egress: [opened] } },
        ],
        violations: [
            { change: { ingress: [web, opened] }, says: [`ingress[1].cidrBlocks  expected ${expected}, got 0.0.0.0/0 on tcp ${port}`] },
            {
                change: { ingress: [{ ...opened, fromPort: 0, toPort: 65535 }] },
                says: [`ingress[0].cidrBlocks  expected ${expected}, got 0.0.0.0/0 on tcp 0-65535`],
            },
            {
                change: { ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }] },
                says: [`ingress[0].cidrBlocks  expected ${expected}, got 0.0.0.0/0 on every port of every protocol`],
            },
            {
                change: { ingress: [{ ...opened, cidrBlocks: ["128.0.0.0/1", "0.0.0.0/1"] }] },
                says: [`ingress[0].cidrBlocks  expected ${expected}, got 0.0.0.0/1 and 128.0.0.0/1 on tcp ${port}`],
            },
            {
                change: { ingress: [{ ...opened, cidrBlocks: [], ipv6CidrBlocks: ["::/0"] }] },
                says: [`ingress[0].ipv6CidrBlocks  expected ${expected}, got ::/0 on tcp ${port}`],
            },
            {
                change: { ingress: [{ ...opened, cidrBlocks: [], ipv6CidrBlocks: ["2000::/3"] }] },
                says: [`ingress[0].ipv6CidrBlocks  expected ${expected}, got 2000::/3 on tcp ${port}`],
            },
        ],
    });
    return [
        inline(group),
        inline(defaultGroup),
        {
            rule: id,
            type: rule,
            compliant: { type: "ingress", ...web, securityGroupId: "sg-1" },
            alsoCompliant: [{ change: { ...opened, cidrBlocks: ["192.0.2.0/24"] } }],
            notApplicable: [{ change: { ...opened, type: "egress" } }],
            unknownIsFine: [],
            violations: [
                { change: opened, says: [`cidrBlocks  expected ${expected}, got 0.0.0.0/0 on tcp ${port}`] },
                {
                    change: { protocol: "6", fromPort: port - 2, toPort: port + 2, cidrBlocks: ["0.0.0.0/0"] },
                    says: [`cidrBlocks  expected ${expected}, got 0.0.0.0/0 on tcp ${port - 2}-${port + 2}`],
                },
            ],
        },
        {
            rule: id,
            type: ingress,
            compliant: { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0", securityGroupId: "sg-1" },
            alsoCompliant: [{ change: { fromPort: port, toPort: port, cidrIpv4: undefined, referencedSecurityGroupId: "sg-2" } }],
            violations: [
                {
                    change: { fromPort: port, toPort: port },
                    says: [`cidrIpv4  expected ${expected}, got 0.0.0.0/0 on tcp ${port}`],
                },
                {
                    change: { ipProtocol: "-1", fromPort: undefined, toPort: undefined, cidrIpv4: "64.0.0.0/2" },
                    says: [`cidrIpv4  expected ${expected}, got 64.0.0.0/2 on every port of every protocol`],
                },
            ],
        },
    ];
}

for (const cases of [
    ...closedPort("sg-no-public-ssh", 22, "no way from the internet to port 22 (SSH)"),
    ...closedPort("sg-no-public-rdp", 3389, "no way from the internet to port 3389 (Remote Desktop)"),
]) {
    describeRule(cases);
}
