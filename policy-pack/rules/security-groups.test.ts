import { expect } from "chai";
import { describe, it } from "mocha";
import { Parameters, type ResourceRule } from "../core/rule.ts";
import { type Cases, describeRule, resourceOf, subject, testDay } from "../testing.ts";
import { securityGroups } from "./security-groups.ts";

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

const web = { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"], description: "customers" };
const standalone = { type: "ingress", securityGroupId: "sg-1", ...web };
const modern = { securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0", description: "customers" };

/** Tries a rule about doors in each of the styles: `door` is put where the style has it. */
function everyStyle(
    id: string,
    expected: string,
    got: string,
    door: { readonly protocol: string; readonly from: number; readonly to: number; readonly block: string },
): void {
    const listed = { protocol: door.protocol, fromPort: door.from, toPort: door.to, cidrBlocks: [door.block] };
    for (const type of [group, defaultGroup]) {
        describeRule({
            rule: id,
            type,
            compliant: { ingress: [web] },
            alsoCompliant: [{ change: { ingress: undefined } }, { change: { ingress: [{ ...listed, cidrBlocks: [], self: true }] } }],
            violations: [{ change: { ingress: [listed] }, says: [`ingress[0].cidrBlocks  expected ${expected}, got ${got}`] }],
        });
    }
    describeRule({
        rule: id,
        type: rule,
        compliant: standalone,
        violations: [{ change: listed, says: [`cidrBlocks  expected ${expected}, got ${got}`] }],
        notApplicable: [{ change: { ...listed, type: "egress" } }],
    });
    describeRule({
        rule: id,
        type: ingress,
        compliant: modern,
        violations: [
            {
                change: { ipProtocol: door.protocol, fromPort: door.from, toPort: door.to, cidrIpv4: door.block },
                says: [`cidrIpv4  expected ${expected}, got ${got}`],
            },
        ],
    });
}

everyStyle("sg-no-public-high-risk-ports", "no way from the internet to port 5432", "0.0.0.0/0 on tcp 5432", {
    protocol: "tcp",
    from: 5432,
    to: 5432,
    block: "0.0.0.0/0",
});
everyStyle("sg-public-ports-allowlist", "only port 80, 443 from the internet", "0.0.0.0/0 on tcp 440-450", {
    protocol: "tcp",
    from: 440,
    to: 450,
    block: "0.0.0.0/0",
});
everyStyle("sg-no-all-protocols-ingress", "named ports", "every port of every protocol from 10.0.0.0/16", {
    protocol: "-1",
    from: 0,
    to: 0,
    block: "10.0.0.0/16",
});

describeRule({
    rule: "sg-no-public-high-risk-ports",
    type: group,
    compliant: { ingress: [web] },
    violations: [
        {
            change: { ingress: [{ ...web, fromPort: 0, toPort: 65535 }] },
            says: [
                "ingress[0].cidrBlocks  expected no way from the internet to port 20, 21, 23, 25 and 30 more, got 0.0.0.0/0 on tcp 0-65535",
            ],
        },
    ],
});

const everywhere = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] };
const named = "expected named ports or destinations, got 0.0.0.0/0 on every port of every protocol";

for (const type of [group, defaultGroup]) {
    describeRule({
        rule: "sg-restrict-egress",
        type,
        compliant: { egress: [web] },
        alsoCompliant: [{ change: { ingress: [everywhere] } }, { change: { egress: [{ ...everywhere, cidrBlocks: ["10.0.0.0/8"] }] } }],
        violations: [{ change: { egress: [everywhere] }, says: [`egress[0].cidrBlocks  ${named}`] }],
    });
}

describeRule({
    rule: "sg-restrict-egress",
    type: rule,
    compliant: { ...standalone, type: "egress" },
    violations: [{ change: everywhere, says: [`cidrBlocks  ${named}`] }],
    notApplicable: [{ change: { type: "ingress" } }],
});

describeRule({
    rule: "sg-restrict-egress",
    type: "vpc/securityGroupEgressRule",
    compliant: modern,
    violations: [{ change: { ipProtocol: "-1", fromPort: undefined, toPort: undefined }, says: [`cidrIpv4  ${named}`] }],
});

describeRule({
    rule: "sg-description-required",
    type: group,
    compliant: { description: "the shop's load balancer", ingress: [web] },
    violations: [
        { change: { description: undefined }, says: ["description  expected words of your own, got nothing"] },
        { change: { description: "Managed by Pulumi" }, says: ['description  expected words of your own, got "Managed by Pulumi"'] },
        {
            change: { ingress: [{ ...web, description: undefined }], egress: [web, { ...web, description: "" }] },
            says: [
                "ingress[0].description  expected words of your own, got nothing",
                "egress[1].description  expected words of your own, got nothing",
            ],
        },
    ],
});

describe("sg-description-required", () => {
    const mend = (type: string, name: string) => {
        const mended = securityGroups.find((each) => each.id === "sg-description-required") as ResourceRule;
        return mended.remedy?.(resourceOf(type, {}, name), new Parameters(new Map(), testDay));
    };

    it("mends a rule with its name, in the letters that EC2 takes", () => {
        expect(mend(rule, "web-from_office: 443 (TCP)")).to.deep.equal({ description: "web-from_office: 443 (TCP)" });
        expect(mend(ingress, "web<-büro")).to.deep.equal({ description: "web--b-ro" });
        expect(mend(ingress, "x".repeat(300))).to.deep.equal({ description: "x".repeat(255) });
    });

    it("leaves a group alone, which a new description would replace", () => {
        expect(mend(group, "web")).to.equal(undefined);
    });
});

for (const [type, compliant] of [
    [rule, standalone],
    [ingress, modern],
    ["vpc/securityGroupEgressRule", modern],
] as const) {
    describeRule({
        rule: "sg-description-required",
        type,
        compliant,
        violations: [{ change: { description: undefined }, says: ["description  expected words of your own, got nothing"] }],
    });
}

describeRule({
    rule: "default-sg-closed",
    type: "ec2/vpc",
    compliant: {},
    others: [{ name: "default", type: defaultGroup, links: { vpcId: subject } }],
    violations: [{ others: [], says: ["expected a DefaultSecurityGroup that empties this VPC's default group, got none"] }],
});

describeRule({
    rule: "default-sg-closed",
    type: defaultGroup,
    compliant: { vpcId: "vpc-1" },
    alsoCompliant: [{ change: { ingress: [], egress: [] } }],
    violations: [
        { change: { ingress: [web] }, says: ["ingress  expected no rule, got 1"] },
        { change: { egress: [everywhere, web] }, says: ["egress  expected no rule, got 2"] },
    ],
});

const alone = (type: string) => ({ name: "web", type, links: { securityGroupId: subject } });

describeRule({
    rule: "sg-no-mixed-rule-styles",
    type: group,
    compliant: {},
    others: [alone(ingress)],
    alsoCompliant: [{ change: { ingress: [web] }, others: [] }],
    violations: [rule, ingress, "vpc/securityGroupEgressRule"].map((type) => ({
        change: { egress: [web] },
        others: [alone(type)],
        says: ["egress  expected one style of rules, got inline ones beside 1 stand-alone (web)"],
    })),
    unknownIsWrong: ["egress"],
});

describeRule({
    rule: "sg-unused",
    type: group,
    compliant: {},
    others: [{ name: "app", type: "ec2/launchTemplate", links: { vpcSecurityGroupIds: [subject] } }],
    violations: [{ others: [alone(ingress)], says: ["expected something that uses the group, got nothing in this stack"] }],
});

const wideAll = { ...everywhere, cidrBlocks: ["10.0.0.0/16"] };
const tooWide = (what: string, from = "10.0.0.0/16") => [`ingress[0].cidrBlocks  expected named ports, got ${what} from ${from}`];

describeRule({
    rule: "sg-no-all-protocols-ingress",
    type: group,
    compliant: { ingress: [{ ...wideAll, cidrBlocks: ["10.0.0.0/28"] }] },
    alsoCompliant: [
        { change: { ingress: [{ ...wideAll, cidrBlocks: [], ipv6CidrBlocks: ["2001:db8::1/128"] }] } },
        { change: { ingress: [{ ...wideAll, protocol: "tcp", fromPort: 1, toPort: 65535 }] } },
        { change: { ingress: [{ ...wideAll, protocol: "tcp", fromPort: 0, toPort: 65534 }] } },
        // Types of messages, not ports.
        { change: { ingress: [{ ...wideAll, protocol: "icmp", fromPort: -1, toPort: -1 }] } },
    ],
    violations: [
        {
            change: { ingress: [{ ...wideAll, cidrBlocks: ["10.0.0.0/27"] }] },
            says: tooWide("every port of every protocol", "10.0.0.0/27"),
        },
        { change: { ingress: [{ ...wideAll, protocol: "tcp", fromPort: 0, toPort: 65535 }] }, says: tooWide("tcp 0-65535") },
        { change: { ingress: [{ ...wideAll, protocol: "udp", fromPort: 0, toPort: 65535 }] }, says: tooWide("udp 0-65535") },
        {
            change: { ingress: [{ ...wideAll, cidrBlocks: ["10.0.0.0/28", "10.1.0.0/16", "10.2.0.0/16"] }] },
            says: tooWide("every port of every protocol", "10.1.0.0/16 and 10.2.0.0/16"),
        },
    ],
});

describeRule({
    rule: "sg-restrict-egress",
    type: group,
    compliant: { egress: [{ ...everywhere, protocol: "tcp", fromPort: 1, toPort: 65535 }] },
    alsoCompliant: [{ change: { egress: [{ ...everywhere, protocol: "udp", fromPort: 0, toPort: 65534 }] } }],
    violations: [
        {
            change: { egress: [{ ...everywhere, protocol: "tcp", fromPort: 0, toPort: 65535 }] },
            says: ["egress[0].cidrBlocks  expected named ports or destinations, got 0.0.0.0/0 on tcp 0-65535"],
        },
    ],
});

describeRule({
    rule: "sg-public-ports-allowlist",
    type: group,
    compliant: { ingress: [web, { ...web, fromPort: 80, toPort: 80 }] },
    alsoCompliant: [{ change: { ingress: [{ ...web, fromPort: 22, toPort: 22, cidrBlocks: ["10.0.0.0/8"] }] } }],
    violations: [
        {
            change: { ingress: [{ ...web, fromPort: 443, toPort: 444 }] },
            says: ["ingress[0].cidrBlocks  expected only port 80, 443 from the internet, got 0.0.0.0/0 on tcp 443-444"],
        },
        {
            change: { ingress: [{ ...web, fromPort: 8443, toPort: 8443 }] },
            says: ["ingress[0].cidrBlocks  expected only port 80, 443 from the internet, got 0.0.0.0/0 on tcp 8443"],
        },
        {
            change: { ingress: [everywhere] },
            says: ["ingress[0].cidrBlocks  expected only port 80, 443 from the internet, got 0.0.0.0/0 on every port of every protocol"],
        },
    ],
});

describeRule({
    rule: "sg-no-public-high-risk-ports",
    type: group,
    compliant: { ingress: [web] },
    violations: [
        {
            change: { ingress: [{ ...web, fromPort: 20, toPort: 25 }] },
            says: ["ingress[0].cidrBlocks  expected no way from the internet to port 20, 21, 23, 25, got 0.0.0.0/0 on tcp 20-25"],
        },
        {
            change: { ingress: [{ ...web, fromPort: 20, toPort: 110 }] },
            says: [
                "ingress[0].cidrBlocks  expected no way from the internet to port 20, 21, 23, 25 and 1 more, got 0.0.0.0/0 on tcp 20-110",
            ],
        },
        {
            change: { ingress: [{ ...web, protocol: "udp", fromPort: 11211, toPort: 11211 }] },
            says: ["ingress[0].cidrBlocks  expected no way from the internet to port 11211, got 0.0.0.0/0 on udp 11211"],
        },
    ],
});

describeRule({
    rule: "sg-no-mixed-rule-styles",
    type: group,
    compliant: {},
    others: [alone(ingress)],
    violations: [
        {
            change: { ingress: [web] },
            others: [alone(ingress), { ...alone(rule), name: "other" }],
            says: ["ingress  expected one style of rules, got inline ones beside 2 stand-alone (other)"],
        },
    ],
    unknownIsWrong: ["ingress"],
});

describeRule({
    rule: "sg-unused",
    type: group,
    compliant: {},
    // Somebody who lets its members in uses it.
    others: [{ name: "database", type: ingress, links: { referencedSecurityGroupId: subject } }],
    alsoCompliant: [{ others: [{ name: "database", type: rule, links: { sourceSecurityGroupId: subject } }] }],
    violations: [rule, "vpc/securityGroupEgressRule"].map((type) => ({
        others: [alone(type)],
        says: ["expected something that uses the group, got nothing in this stack"],
    })),
});
