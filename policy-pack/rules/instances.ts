/** EC2 instances and the templates they are started from. */
import { absent, atMost, expects, isTrue, notTrue, oneOf, present } from "../core/conditions.ts";
import { credentialInScript, decodeBase64 } from "../core/credentials.ts";
import { compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";

const machines = ["ec2/instance", "ec2/launchTemplate", "ec2/launchConfiguration"];

/** An instance from a launch template takes what it does not say from there. */
function fromTemplate(resource: ResourceView, property: string): boolean {
    return resource.type === "ec2/instance" && resource.has("launchTemplate") && !resource.has(property);
}

const elsewhere = notApplicable("decided by the launch template");

/** Families that AWS no longer builds; each has a successor that is faster and cheaper. */
const oldFamilies = /^(a1|c1|c3|c4|cc2|cr1|d2|f1|g2|g3s?|h1|hs1|i2|i3p|m1|m2|m3|m4|p2|p3|r3|r4|t1|t2|x1)\./;

export const instances: readonly Rule[] = [
    {
        id: "ec2-imdsv2-required",
        title: "The metadata service of every instance asks for a session token",
        why: "With version 1, one tricked request of a web server is enough to read the role's credentials.",
        fix: 'Set `metadataOptions: { httpTokens: "required" }`.',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.8", "EC2.170", "AutoScaling.3"], cis3: ["5.6"], cis5: ["5.7"], hipaa: ["ACC"] },
        on: [...machines, "ec2/instanceMetadataDefaults"],
        judge: (resource) => {
            if (fromTemplate(resource, "metadataOptions")) {
                return elsewhere;
            }
            const options = resource.type === "ec2/instanceMetadataDefaults" ? resource : resource.at("metadataOptions");
            return options.text("httpEndpoint") === "disabled" ? compliant : expects(options, "httpTokens", oneOf("required"));
        },
    },
    {
        id: "ec2-imds-hop-limit",
        title: "Metadata answers do not travel further than the instance",
        why: "With a longer way, a container or a proxy on the machine reads the machine's own credentials.",
        fix: "Set `metadataOptions.httpPutResponseHopLimit: 1`; 2 where containers must reach it.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["AutoScaling.4"] },
        parameters: { maximum: { about: "Hops that are allowed; container hosts need 2.", default: 2 } },
        on: ["ec2/instance", "ec2/launchTemplate"],
        judge: (resource, parameters) =>
            resource.has("metadataOptions.httpPutResponseHopLimit")
                ? expects(resource, "metadataOptions.httpPutResponseHopLimit", atMost(parameters.number("maximum")))
                : compliant,
    },
    {
        id: "ec2-no-public-ip",
        title: "No instance has a public address",
        why: "A machine with a public address is one wrong security group away from the internet.",
        fix: "Leave `associatePublicIpAddress` out, put the machine into a private subnet and a load balancer in front.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["EC2.9", "EC2.25", "AutoScaling.5"], hipaa: ["ACCNET"] },
        on: machines,
        judge: (resource) =>
            resource.type === "ec2/launchTemplate"
                ? each(resource.list("networkInterfaces"), (card) => expects(card, "associatePublicIpAddress", notTrue))
                : expects(resource, "associatePublicIpAddress", notTrue),
    },
    {
        id: "ec2-in-vpc",
        title: "Every instance names the subnet it stands in",
        why: "Without one it lands in the default VPC, where every subnet is public.",
        fix: "Set `subnetId`.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACCNET"] },
        on: ["ec2/instance"],
        judge: (resource) =>
            ["subnetId", "networkInterfaces", "primaryNetworkInterface", "launchTemplate"].some((property) => resource.has(property))
                ? compliant
                : violation("subnetId", "expected a subnet, got nothing"),
    },
    {
        id: "ec2-instance-profile",
        title: "Every instance acts under a role",
        why: "A machine without a role is given keys in a file sooner or later.",
        fix: "Set `iamInstanceProfile` (with AmazonSSMManagedInstanceCore for Session Manager).",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { cis3: ["1.18"], cis5: ["1.17"], hipaa: ["ACCIP"] },
        on: ["ec2/instance", "ec2/launchTemplate"],
        judge: (resource) =>
            fromTemplate(resource, "iamInstanceProfile")
                ? elsewhere
                : expects(resource, "iamInstanceProfile", present("an instance profile")),
    },
    {
        id: "ec2-detailed-monitoring",
        title: "Every instance is measured each minute",
        why: "With five-minute metrics, scaling and alarms come four minutes late.",
        fix: "Set `monitoring: true`; in a launch template, `monitoring: { enabled: true }`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AUD"] },
        on: machines,
        judge: (resource) => {
            if (fromTemplate(resource, "monitoring")) {
                return elsewhere;
            }
            switch (resource.type) {
                case "ec2/launchTemplate":
                    return expects(resource, "monitoring.enabled", isTrue);
                case "ec2/launchConfiguration":
                    // On unless it is switched off.
                    return expects(resource, "enableMonitoring", { expected: "true or nothing", accepts: (value) => value !== false });
                default:
                    return expects(resource, "monitoring", isTrue);
            }
        },
    },
    {
        id: "ec2-ebs-optimized",
        title: "Instances have a line of their own to their disks",
        why: "On old families, disk and network traffic share one line, and a backup slows the service.",
        fix: "Choose a current family, where it is always so, or set `ebsOptimized: true`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["308(a)(7)(i)"] },
        on: ["ec2/instance", "ec2/launchTemplate"],
        judge: (resource) => {
            const type = resource.text("instanceType");
            return type === undefined || !oldFamilies.test(type)
                ? notApplicable("always so on this family")
                : expects(resource, "ebsOptimized", isTrue);
        },
    },
    {
        id: "ec2-termination-protection",
        title: "An instance that stands alone cannot be ended by mistake",
        why: "A machine that no group replaces is gone with its disks after one click.",
        fix: "Set `disableApiTermination: true`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        on: ["ec2/instance"],
        judge: (resource) => expects(resource, "disableApiTermination", isTrue),
    },
    {
        id: "ec2-no-secrets-in-userdata",
        title: "No credential is written into user data",
        why: "User data is readable from the machine, in the console and in every describe call, for as long as the machine or template lives.",
        fix: "Keep it in Secrets Manager and let the script fetch it under the instance's role.",
        severity: "critical",
        levels: standing.everywhere,
        controls: {},
        on: machines,
        judge: (resource) => {
            const properties = ["userData", "userDataBase64"].filter(
                (property) => resource.has(property) && !(property === "userDataBase64" && resource.type === "ec2/launchTemplate"),
            );
            return each(properties, (property): Finding => {
                const kind = credentialInScript(decodeBase64(resource.text(property) ?? ""));
                return kind === undefined ? compliant : violation(property, `expected no credential, got ${kind}`);
            });
        },
    },
    {
        id: "ec2-no-key-pair",
        title: "No instance is opened with a shared key pair",
        why: "A key file is copied, never rotated, and tells nobody who used it.",
        fix: "Leave `keyName` out and open sessions with Session Manager.",
        severity: "low",
        levels: standing.production,
        controls: {},
        on: machines,
        judge: (resource) => expects(resource, "keyName", absent("no key pair")),
    },
    {
        id: "ec2-current-generation",
        title: "Instances are of a family that AWS still builds",
        why: "Old families cost more for less, some still virtualise in the old way, and they are retired at short notice.",
        fix: "Choose the same letter with a newer number, such as m7g or t4g.",
        severity: "low",
        levels: standing.advice,
        controls: { fsbp: ["EC2.24"] },
        on: machines,
        judge: (resource) => {
            const type = resource.text("instanceType");
            return type !== undefined && oldFamilies.test(type)
                ? violation("instanceType", `expected a current family, got "${type}"`)
                : compliant;
        },
    },
    {
        id: "ec2-single-eni",
        title: "An instance has one network card",
        why: "A second card is a bridge between two networks that no route table shows.",
        fix: "Attach one network interface; route between subnets instead.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["EC2.17"] },
        on: ["ec2/instance"],
        judge: (resource) => {
            const cards = resource.list("networkInterfaces").length;
            return cards <= 1 ? compliant : violation("networkInterfaces", `expected one, got ${cards}`);
        },
    },
    {
        id: "instance-type-allowlist",
        title: "Machines are of the sizes that the environment allows",
        why: "One letter too many in a stack file costs a salary before the bill tells.",
        fix: "Choose a size that matches this rule's `types`, or widen it for the environment.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: {},
        parameters: {
            types: {
                about: "Patterns of allowed types; * is any run of characters.",
                default: { development: ["t*.nano", "t*.micro", "t*.small", "t*.medium"], production: ["*"], regulated: ["*"] },
            },
        },
        on: ["ec2/instance", "ec2/launchTemplate", "ec2/launchConfiguration"],
        judge: (resource, parameters) => {
            const type = resource.text("instanceType");
            const allowed = parameters.texts("types");
            return type === undefined || allowed.some((pattern) => matches(pattern, type))
                ? compliant
                : violation("instanceType", `expected ${allowed.join(", ")}, got "${type}"`);
        },
    },
    {
        id: "graviton-preferred",
        title: "Machines run on AWS's own processors where they can",
        why: "The same work on Graviton costs a fifth less and draws less power.",
        fix: "Choose a type with a g after the number (t4g, m7g) and an arm64 image.",
        severity: "low",
        levels: standing.onRequest,
        controls: {},
        on: ["ec2/instance", "ec2/launchTemplate"],
        judge: (resource) => {
            const type = resource.text("instanceType");
            return type === undefined || /^[a-z]+\d+g/.test(type)
                ? compliant
                : violation("instanceType", `expected a Graviton type, got "${type}"`);
        },
    },
    {
        id: "ami-encrypted-and-private",
        title: "Machine images are encrypted and shared with nobody unknown",
        why: "An image holds whatever was on the disk: code, keys, histories of shells.",
        fix: "Set `encrypted: true` on copies; give launch permission to account ids; block public sharing.",
        severity: "high",
        levels: standing.everywhere,
        controls: {},
        link: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html",
        on: ["ec2/amiCopy", "ec2/amiLaunchPermission", "ec2/imageBlockPublicAccess"],
        judge: (resource) => {
            switch (resource.type) {
                case "ec2/amiCopy":
                    return expects(resource, "encrypted", isTrue);
                case "ec2/amiLaunchPermission":
                    return expects(resource, "group", absent("an account or organisation"));
                default:
                    return expects(resource, "state", oneOf("block-new-sharing"));
            }
        },
    },
    {
        id: "ebs-snapshot-not-public",
        title: "Snapshots cannot be shared with everybody",
        why: "Public snapshots are copied by strangers within hours; what they hold cannot be called back.",
        fix: 'Set `state: "block-all-sharing"`.',
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.1"], hipaa: ["ACCNET"] },
        on: ["ebs/snapshotBlockPublicAccess"],
        judge: (resource) => expects(resource, "state", oneOf("block-all-sharing", "block-new-sharing")),
    },
];

function matches(pattern: string, text: string): boolean {
    const expression = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
    return new RegExp(`^${expression}$`).test(text);
}
