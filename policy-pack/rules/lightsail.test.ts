import { describeRule, subject } from "../testing.ts";

const web = { protocol: "tcp", fromPort: 443, toPort: 443, cidrs: ["0.0.0.0/0"] };

describeRule({
    rule: "lightsail-no-public-admin-ports",
    type: "lightsail/instancePublicPorts",
    compliant: { portInfos: [web] },
    alsoCompliant: [
        { change: { portInfos: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrs: ["203.0.113.7/32"] }] } },
        { change: { portInfos: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrListAliases: ["lightsail-connect"] }] } },
    ],
    violations: [
        {
            change: { portInfos: [web, { protocol: "tcp", fromPort: 22, toPort: 22 }] },
            says: ["portInfos[1].cidrs  expected no way from the internet to port 22 (SSH), got 0.0.0.0/0"],
        },
        {
            change: { portInfos: [{ protocol: "tcp", fromPort: 3000, toPort: 4000, cidrs: ["0.0.0.0/1", "128.0.0.0/1"] }] },
            says: ["portInfos[0].cidrs  expected no way from the internet to port 3389 (Remote Desktop), got 0.0.0.0/1 and 128.0.0.0/1"],
        },
        {
            change: { portInfos: [{ protocol: "all", fromPort: 0, toPort: 65535, ipv6Cidrs: ["::/0"] }] },
            says: [
                "portInfos[0].cidrs  expected no way from the internet to port 22 (SSH), got ::/0",
                "portInfos[0].cidrs  expected no way from the internet to port 3389 (Remote Desktop), got ::/0",
            ],
        },
    ],
});

describeRule({
    rule: "lightsail-firewall-declared",
    type: "lightsail/instance",
    compliant: {},
    others: [{ name: "ports", type: "lightsail/instancePublicPorts", props: { portInfos: [web] }, links: { instanceName: subject } }],
    violations: [
        {
            others: [],
            says: ["expected an InstancePublicPorts for the instance, got Lightsail's defaults, which open SSH to everybody"],
        },
    ],
});

describeRule({
    rule: "lightsail-database-not-public",
    type: "lightsail/database",
    compliant: {},
    violations: [{ change: { publiclyAccessible: true }, says: ["publiclyAccessible  expected false or nothing, got true"] }],
});

describeRule({
    rule: "lightsail-database-high-availability",
    type: "lightsail/database",
    compliant: { bundleId: "small_ha_2_0" },
    violations: [{ change: { bundleId: "small_2_0" }, says: ['bundleId  expected a plan with _ha_ in its name, got "small_2_0"'] }],
});

describeRule({
    rule: "lightsail-database-backups",
    type: "lightsail/database",
    compliant: {},
    violations: [{ change: { backupRetentionEnabled: false }, says: ["backupRetentionEnabled  expected true or nothing, got false"] }],
});

const redirect = (enabled: boolean) => ({
    name: "redirect",
    type: "lightsail/lbHttpsRedirectionPolicy",
    props: { enabled },
    links: { lbName: subject },
});

describeRule({
    rule: "lightsail-balancer-https",
    type: "lightsail/lb",
    compliant: {},
    others: [redirect(true)],
    violations: [
        { others: [], says: ["expected an LbHttpsRedirectionPolicy for the load balancer, got none"] },
        { others: [redirect(false)], says: ["enabled  expected true, got false"] },
    ],
});

describeRule({
    rule: "lightsail-instance-snapshots",
    type: "lightsail/instance",
    compliant: { addOn: { type: "AutoSnapshot", snapshotTime: "03:00", status: "Enabled" } },
    violations: [
        { change: { addOn: undefined }, says: ['addOn.status  expected "Enabled", got nothing'] },
        { change: { addOn: { type: "AutoSnapshot", status: "Disabled" } }, says: ['addOn.status  expected "Enabled", got "Disabled"'] },
    ],
});

describeRule({
    rule: "lightsail-no-key-pair",
    type: "lightsail/instance",
    compliant: {},
    unknownIsWrong: ["keyPairName"],
    violations: [{ change: { keyPairName: "team" }, says: ["keyPairName  expected no key pair, got one"] }],
});

const from = (port: object) => ({ portInfos: [{ protocol: "tcp", cidrs: ["0.0.0.0/0"], ...port }] });

describeRule({
    rule: "lightsail-no-public-admin-ports",
    type: "lightsail/instancePublicPorts",
    compliant: from({ fromPort: 23, toPort: 3388 }),
    alsoCompliant: [{ change: from({ protocol: "udp", fromPort: 0, toPort: 65535 }) }],
    violations: [
        {
            change: from({ fromPort: 22, toPort: 3388 }),
            says: ["portInfos[0].cidrs  expected no way from the internet to port 22 (SSH), got 0.0.0.0/0"],
        },
        {
            change: from({ fromPort: 23, toPort: 3389 }),
            says: ["portInfos[0].cidrs  expected no way from the internet to port 3389 (Remote Desktop), got 0.0.0.0/0"],
        },
    ],
});
