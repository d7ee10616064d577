import { type Bag, describeRule, subject } from "../testing.ts";

const https = { protocol: "tcp", ruleNo: 100, action: "allow", cidrBlock: "0.0.0.0/0", fromPort: 443, toPort: 443 };
const answers = { ...https, ruleNo: 110, fromPort: 32768, toPort: 65535 };
const ssh = { ...https, ruleNo: 120, fromPort: 22, toPort: 22 };
const denied = (entry: Bag) => ({ ...entry, ruleNo: 50, action: "deny" });
const refused = (port: number, service: string, blocks: string) =>
    `expected no way from the internet to port ${port} (${service}), got ${blocks} allowed`;

for (const type of ["ec2/networkAcl", "ec2/defaultNetworkAcl"]) {
    describeRule({
        rule: "nacl-no-public-admin-ports",
        type,
        compliant: { ingress: [https, answers] },
        alsoCompliant: [
            { change: { ingress: [ssh, denied(ssh)] } },
            { change: { ingress: [{ ...ssh, action: "deny" }] } },
            { change: { ingress: [{ ...ssh, cidrBlock: "203.0.113.0/29" }] } },
            { change: { egress: [ssh] } },
            { change: { ingress: undefined } },
            { change: { ingress: [{ ...ssh, protocol: "udp" }] } },
            { change: { ingress: [{ ...ssh, protocol: "17" }] } },
            // The office may, everybody else may not, whatever comes after.
            { change: { ingress: [{ ...ssh, ruleNo: 40, cidrBlock: "203.0.113.0/29" }, denied(ssh), ssh] } },
            { change: { ingress: [denied({ ...ssh, fromPort: 0, toPort: 0, protocol: "-1" }), ssh] } },
        ],
        violations: [
            { change: { ingress: [https, ssh] }, says: [`ingress[1].cidrBlock  ${refused(22, "SSH", "0.0.0.0/0")}`] },
            {
                change: { ingress: [{ ...ssh, protocol: "-1", fromPort: 0, toPort: 0 }] },
                says: [
                    `ingress[0].cidrBlock  ${refused(22, "SSH", "0.0.0.0/0")}`,
                    `ingress[0].cidrBlock  ${refused(3389, "Remote Desktop", "0.0.0.0/0")}`,
                ],
            },
            {
                change: {
                    ingress: [
                        { ...ssh, cidrBlock: "0.0.0.0/1" },
                        { ...ssh, ruleNo: 130, cidrBlock: "128.0.0.0/1" },
                    ],
                },
                says: [`ingress[0].cidrBlock  ${refused(22, "SSH", "0.0.0.0/1 and 128.0.0.0/1")}`],
            },
            // Tied to no port, an entry is about every one.
            {
                change: { ingress: [{ ...https, protocol: "6", fromPort: undefined, toPort: undefined }] },
                says: [
                    `ingress[0].cidrBlock  ${refused(22, "SSH", "0.0.0.0/0")}`,
                    `ingress[0].cidrBlock  ${refused(3389, "Remote Desktop", "0.0.0.0/0")}`,
                ],
            },
            // A denial that comes later, of the other version, or of half of everybody, closes nothing.
            {
                change: { ingress: [ssh, { ...denied(ssh), ruleNo: 200 }] },
                says: [`ingress[0].cidrBlock  ${refused(22, "SSH", "0.0.0.0/0")}`],
            },
            {
                change: { ingress: [denied(ssh), { ...ssh, cidrBlock: undefined, ipv6CidrBlock: "::/0" }] },
                says: [`ingress[1].cidrBlock  ${refused(22, "SSH", "::/0")}`],
            },
            {
                change: { ingress: [{ ...denied(ssh), cidrBlock: "0.0.0.0/1" }, ssh] },
                says: [`ingress[1].cidrBlock  ${refused(22, "SSH", "0.0.0.0/0")}`],
            },
            {
                change: {
                    ingress: [
                        { ...ssh, cidrBlock: "203.0.113.0/29" },
                        { ...ssh, ruleNo: 130 },
                    ],
                },
                says: [`ingress[1].cidrBlock  ${refused(22, "SSH", "0.0.0.0/0")}`],
            },
            {
                change: { ingress: [{ ...ssh, cidrBlock: undefined, ipv6CidrBlock: "::/0" }] },
                says: [`ingress[0].cidrBlock  ${refused(22, "SSH", "::/0")}`],
            },
        ],
    });
    describeRule({
        rule: "nacl-no-allow-all-ports",
        type,
        compliant: { ingress: [https, answers] },
        alsoCompliant: [
            { change: { ingress: undefined } },
            { change: { ingress: [{ ...https, protocol: "-1", cidrBlock: "10.0.0.0/8" }] } },
            { change: { ingress: [{ ...https, protocol: "-1", action: "deny" }] } },
        ],
        violations: [
            {
                change: { ingress: [{ ...https, protocol: "-1" }] },
                says: ["ingress[0].protocol  expected named ports, got every protocol from 0.0.0.0/0"],
            },
        ],
    });
}

const single = { networkAclId: "acl-1", ruleNumber: 100, ruleAction: "allow", egress: false, protocol: "tcp", cidrBlock: "0.0.0.0/0" };

describeRule({
    rule: "nacl-no-public-admin-ports",
    type: "ec2/networkAclRule",
    compliant: { ...single, fromPort: 443, toPort: 443 },
    alsoCompliant: [{ change: { ruleAction: "deny", fromPort: 22, toPort: 22 } }],
    violations: [{ change: { fromPort: 3000, toPort: 4000 }, says: [`cidrBlock  ${refused(3389, "Remote Desktop", "0.0.0.0/0")}`] }],
    notApplicable: [{ change: { egress: true, fromPort: 22, toPort: 22 } }],
});

describeRule({
    rule: "nacl-no-allow-all-ports",
    type: "ec2/networkAclRule",
    compliant: { ...single, fromPort: 443, toPort: 443 },
    violations: [{ change: { protocol: "-1" }, says: ["protocol  expected named ports, got every protocol from 0.0.0.0/0"] }],
    notApplicable: [{ change: { egress: true } }],
});

describeRule({
    rule: "nacl-attached",
    type: "ec2/networkAcl",
    compliant: { subnetIds: ["subnet-1"] },
    alsoCompliant: [
        {
            change: { subnetIds: undefined },
            others: [{ name: "first", type: "ec2/networkAclAssociation", links: { networkAclId: subject } }],
        },
    ],
    violations: [{ change: { subnetIds: [] }, says: ["subnetIds  expected at least one subnet, got none"] }],
    unknownIsFine: ["subnetIds"],
});
