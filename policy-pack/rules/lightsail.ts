/** Lightsail: its firewall is not a security group, and its defaults are not closed. */
import { absent, expects, isTrue, notFalse, notTrue, oneOf } from "../core/conditions.ts";
import { compliant, each, violation } from "../core/finding.ts";
import { internetBlocks } from "../core/internet.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";
import type { Values } from "../core/values.ts";

const link = "https://docs.aws.amazon.com/lightsail/latest/userguide/understanding-firewall-and-port-mappings-in-amazon-lightsail.html";

/** Blocks that a port is open to. Lightsail opens to everybody where no block is given. */
function openTo(port: Values): readonly string[] {
    const blocks = [...port.texts("cidrs"), ...port.texts("ipv6Cidrs")];
    return blocks.length === 0 && !port.has("cidrListAliases") ? ["0.0.0.0/0"] : internetBlocks(blocks);
}

function covers(port: Values, number: number): boolean {
    const protocol = port.text("protocol");
    return (
        protocol === "all" || (protocol === "tcp" && (port.number("fromPort") ?? 0) <= number && number <= (port.number("toPort") ?? 65535))
    );
}

const admin = [
    [22, "SSH"],
    [3389, "Remote Desktop"],
] as const;

export const lightsail: readonly Rule[] = [
    {
        id: "lightsail-no-public-admin-ports",
        title: "No Lightsail instance opens SSH or Remote Desktop to the internet",
        why: "Lightsail's firewall is the only lock an instance has; there is no private subnet behind it.",
        fix: 'Give `cidrs` with your own block, or `cidrListAliases: ["lightsail-connect"]` for the browser console.',
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.13", "EC2.14"], cis3: ["5.2"], cis5: ["5.3"], hipaa: ["ACCSG"] },
        link,
        on: ["lightsail/instancePublicPorts"],
        judge: (resource) =>
            each(resource.list("portInfos"), (port) =>
                each(admin, ([number, service]) => {
                    const blocks = covers(port, number) ? openTo(port) : [];
                    return blocks.length === 0
                        ? compliant
                        : violation(
                              port.pathOf("cidrs"),
                              `expected no way from the internet to port ${number} (${service}), got ${blocks.join(" and ")}`,
                          );
                }),
            ),
    },
    {
        id: "lightsail-firewall-declared",
        title: "Every Lightsail instance has its firewall declared",
        why: "Without an `InstancePublicPorts`, Lightsail opens SSH (Remote Desktop on Windows) and HTTP to everybody.",
        fix: "Add a `lightsail.InstancePublicPorts` for the instance; it replaces the defaults as a whole.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.13"], cis3: ["5.2"], cis5: ["5.3"], hipaa: ["ACCSG"] },
        link,
        scope: "relation",
        on: ["lightsail/instance"],
        judge: (resource, _parameters, stack) =>
            stack.referrers(resource, "lightsail/instancePublicPorts", "instanceName").length > 0
                ? compliant
                : violation("", "expected an InstancePublicPorts for the instance, got Lightsail's defaults, which open SSH to everybody"),
    },
    {
        id: "lightsail-database-not-public",
        title: "No Lightsail database is reachable from the internet",
        why: "A public database is one password away from everybody.",
        fix: "Leave `publiclyAccessible` out.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["RDS.2"], hipaa: ["ACCNET"] },
        link: "https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-configuring-database-public-mode.html",
        on: ["lightsail/database"],
        judge: (resource) => expects(resource, "publiclyAccessible", notTrue),
    },
    {
        id: "lightsail-database-high-availability",
        title: "Every Lightsail database has a standby",
        why: "A standard plan is one machine in one zone.",
        fix: "Choose a `bundleId` with `_ha_`, such as `small_ha_2_0`.",
        severity: "high",
        levels: standing.resilience,
        controls: { fsbp: ["RDS.5"], hipaa: ["AVAIL"] },
        link: "https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-high-availability-databases.html",
        on: ["lightsail/database"],
        judge: (resource) =>
            expects(resource, "bundleId", { expected: "a plan with _ha_ in its name", accepts: (value) => String(value).includes("_ha_") }),
    },
    {
        id: "lightsail-database-backups",
        title: "Every Lightsail database keeps its automatic backups",
        why: "With backups off there is no way back to yesterday.",
        fix: "Leave `backupRetentionEnabled` out or true.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["RDS.11"], hipaa: ["BKP"] },
        link: "https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-databases.html",
        on: ["lightsail/database"],
        judge: (resource) => expects(resource, "backupRetentionEnabled", notFalse),
    },
    {
        id: "lightsail-balancer-https",
        title: "Lightsail load balancers send plain requests to HTTPS",
        why: "A load balancer without the redirect serves passwords in the clear to whoever forgets the s.",
        fix: "Add a `lightsail.LbCertificateAttachment` and a `lightsail.LbHttpsRedirectionPolicy` with `enabled: true`.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["ELB.1"], hipaa: ["TRANSIT"] },
        link: "https://docs.aws.amazon.com/lightsail/latest/userguide/enable-https-redirection.html",
        scope: "relation",
        on: ["lightsail/lb"],
        judge: (resource, _parameters, stack) => {
            const [policy] = stack.referrers(resource, "lightsail/lbHttpsRedirectionPolicy", "lbName");
            return policy === undefined
                ? violation("", "expected an LbHttpsRedirectionPolicy for the load balancer, got none")
                : expects(policy, "enabled", isTrue);
        },
    },
    {
        id: "lightsail-instance-snapshots",
        title: "Every Lightsail instance takes daily snapshots",
        why: "The instance's disk is the only copy of what is on it.",
        fix: 'Set `addOn: { type: "AutoSnapshot", snapshotTime: "03:00", status: "Enabled" }`.',
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["BKP"] },
        link: "https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-configuring-automatic-snapshots.html",
        on: ["lightsail/instance"],
        judge: (resource) => expects(resource, "addOn.status", oneOf("Enabled")),
    },
    {
        id: "lightsail-no-key-pair",
        title: "No Lightsail instance is opened with a shared key pair",
        why: "A key file is copied, never rotated, and tells nobody who used it.",
        fix: "Leave `keyPairName` out and connect with the browser console.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["ACCIP"] },
        link: "https://docs.aws.amazon.com/lightsail/latest/userguide/understanding-ssh-in-amazon-lightsail.html",
        on: ["lightsail/instance"],
        judge: (resource) => expects(resource, "keyPairName", absent("no key pair")),
    },
];
