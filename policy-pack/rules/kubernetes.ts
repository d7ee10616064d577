/** EKS. */
import { expects, isTrue, listed, oneOf, present, show } from "../core/conditions.ts";
import { all, compliant, type Finding, notApplicable, violation } from "../core/finding.ts";
import { internetBlocks } from "../core/internet.ts";
import { standing } from "../core/levels.ts";
import { eksVersions, supportOf } from "../core/lifecycle.ts";
import { eachPicked } from "../core/picked.ts";
import { isPublicSubnet } from "../core/routes.ts";
import type { Rule } from "../core/rule.ts";
import { zonesOf } from "../core/zones.ts";

const cluster = "eks/cluster";
const nodes = "eks/nodeGroup";

const allLogs = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/** `1.34` → 34. */
function minorOf(version: string): number {
    return Number(version.split(".")[1]);
}

const newest = Math.max(...Object.keys(eksVersions.until).map(minorOf));

function inStandardSupport(version: string, today: string): Finding {
    const support = supportOf(eksVersions, version, today);
    // EKS gives each version 14 months, so one that came out after the table was read outlives the table.
    if (support.kind === "supported" || minorOf(version) > newest) {
        return compliant;
    }
    const since = support.kind === "ended" ? `which left it on ${support.on}` : "which left it years ago or never was";
    return violation("version", `expected a version in standard support, got ${show(version)}, ${since}`);
}

export const kubernetes: readonly Rule[] = [
    {
        id: "eks-private-endpoint",
        title: "The API of a cluster is reached from inside the network alone",
        why: "The API server is the key to everything that runs; a hole in it is tried on every public one within a day.",
        fix: "Set `vpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true }` and come through a VPN or Session Manager.",
        severity: "high",
        levels: standing.regulated,
        controls: { fsbp: ["EKS.1"], hipaa: ["ACCNET"] },
        on: [cluster],
        judge: (resource) =>
            expects(resource, "vpcConfig.endpointPublicAccess", {
                expected: "false (true is the default)",
                accepts: (value) => value === false || value === "false",
            }),
    },
    {
        id: "eks-public-cidrs-restricted",
        title: "A public API of a cluster is open to known addresses alone",
        why: "Left out, `publicAccessCidrs` is the whole internet.",
        fix: "List the offices' and builders' blocks in `vpcConfig.publicAccessCidrs`, or set `endpointPublicAccess: false`.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["EKS.1"], hipaa: ["ACCNET"] },
        on: [cluster],
        judge: (resource) => {
            if (resource.flag("vpcConfig.endpointPublicAccess") === false) {
                return notApplicable("the API is private");
            }
            const path = "vpcConfig.publicAccessCidrs";
            const open = resource.has(path) ? internetBlocks(resource.texts(path)) : ["nothing, which means 0.0.0.0/0"];
            return open.length === 0 ? compliant : violation(path, `expected known address blocks, got ${open.join(" and ")}`);
        },
    },
    {
        id: "eks-secrets-encrypted",
        title: "The secrets of a cluster are encrypted with a key of your own",
        why: "Otherwise they lie under AWS's own key, and nobody but AWS can take the key away from a stolen copy.",
        fix: 'Set `encryptionConfig: { provider: { keyArn }, resources: ["secrets"] }`; it can be added later and never taken away.',
        severity: "high",
        levels: standing.regulated,
        controls: { fsbp: ["EKS.3"], hipaa: ["REST"] },
        on: [cluster],
        judge: (resource) => {
            const covered = resource.texts("encryptionConfig.resources");
            return covered.includes("secrets")
                ? compliant
                : violation("encryptionConfig.resources", `expected "secrets", got ${show(covered[0])}`);
        },
    },
    {
        id: "eks-control-plane-logs",
        title: "The control plane of a cluster records what it is asked",
        why: "Who read which secret, and who changed a role binding, stands in the audit log and nowhere else.",
        fix: "List the logs in `enabledClusterLogTypes`, and give their log group a retention.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["EKS.8"], hipaa: ["AUD"] },
        parameters: {
            types: {
                about: "Logs that must be kept.",
                default: { development: ["audit"], production: ["api", "audit", "authenticator"], regulated: allLogs },
            },
        },
        on: [cluster],
        judge: (resource, parameters) => {
            const kept = resource.texts("enabledClusterLogTypes");
            const missing = parameters.texts("types").filter((type) => !kept.includes(type));
            return missing.length === 0
                ? compliant
                : violation("enabledClusterLogTypes", `expected ${listed(missing, "and")} too, got ${listed(kept, "and") || "nothing"}`);
        },
    },
    {
        id: "eks-supported-version",
        title: "Clusters and nodes run a version of Kubernetes in standard support",
        why: "After its date a cluster costs six times as much an hour, and a year later AWS upgrades it by itself.",
        fix: "Raise `version` one minor step at a time: cluster first, then nodes.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["EKS.2"], hipaa: ["PATCH"] },
        on: [cluster, nodes],
        judge: (resource, parameters) => {
            const version = resource.text("version");
            return version === undefined
                ? notApplicable(resource.type === cluster ? "AWS takes its newest version" : "nodes take their cluster's version")
                : inStandardSupport(version, parameters.today);
        },
    },
    {
        id: "eks-standard-support-policy",
        title: "No cluster slips into extended support",
        why: "It is the default, and six times the price of a cluster an hour.",
        fix: 'Set `upgradePolicy: { supportType: "STANDARD" }`: AWS then upgrades at the end of support, instead of charging.',
        severity: "low",
        levels: standing.advice,
        controls: {},
        on: [cluster],
        judge: (resource) => expects(resource, "upgradePolicy.supportType", oneOf("STANDARD")),
    },
    {
        id: "eks-access-entries-only",
        title: "Who may use a cluster is said by access entries alone",
        why: "The aws-auth map can be edited from inside, one slip in it locks everybody out, and the cluster's creator is an administrator that nobody listed.",
        fix: 'Set `accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false }` and add `eks.AccessEntry`.',
        severity: "medium",
        levels: standing.regulated,
        controls: { hipaa: ["ACCID"] },
        on: [cluster],
        judge: (resource) =>
            all(
                () => expects(resource, "accessConfig.authenticationMode", oneOf("API")),
                () =>
                    expects(resource, "accessConfig.bootstrapClusterCreatorAdminPermissions", {
                        expected: "false (true is the default)",
                        accepts: (value) => value === false || value === "false",
                    }),
            ),
    },
    {
        id: "eks-deletion-protection",
        title: "No cluster can be deleted by mistake",
        why: "Everything that runs on it goes with it.",
        fix: "Set `deletionProtection: true`.",
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        on: [cluster],
        judge: (resource) => expects(resource, "deletionProtection", isTrue),
    },
    {
        id: "eks-node-ssh-restricted",
        title: "Nodes take SSH from named security groups alone",
        why: "A key without `sourceSecurityGroupIds` opens port 22 of every node to the whole internet.",
        fix: "Leave `remoteAccess` out and use Session Manager, or set `sourceSecurityGroupIds`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCSG"] },
        on: [nodes],
        judge: (resource) =>
            resource.has("remoteAccess.ec2SshKey")
                ? expects(resource, "remoteAccess.sourceSecurityGroupIds", present("security groups"))
                : notApplicable("no remote access"),
    },
    {
        id: "eks-nodes-private-multi-az",
        title: "Nodes stand in private subnets of at least two zones",
        why: "A node needs no address on the internet, and nodes of one zone stop with it.",
        fix: "Give `subnetIds` of private subnets in two zones; one node group a zone will do too.",
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL", "ACCNET"] },
        scope: "relation",
        on: [nodes],
        judge: (resource, _parameters, stack) =>
            all(
                () =>
                    eachPicked(resource, "subnetIds", stack, ["ec2/subnet"], (subnet) =>
                        isPublicSubnet(subnet, stack)
                            ? violation("subnetIds", `expected private subnets, got ${subnet.name}, which is public`)
                            : compliant,
                    ),
                () => {
                    const [owner] = stack.references(resource, "clusterName", cluster);
                    const groups = owner === undefined ? [resource] : stack.referrers(owner, nodes, "clusterName");
                    const zones = new Set(groups.flatMap((group) => zonesOf(group, "subnetIds", stack)));
                    return zones.size >= 2
                        ? compliant
                        : violation("subnetIds", `expected subnets in at least 2 zones, got ${[...zones].join(", ")}`);
                },
            ),
    },
    {
        id: "eks-supported-node-image",
        title: "Nodes run an image that AWS still mends",
        why: "Support of the Amazon Linux 2 images for EKS ended in November 2025, and of Amazon Linux 2 itself in June 2026.",
        fix: 'Set `amiType` to "AL2023_x86_64_STANDARD" (or its ARM sibling) or a Bottlerocket one; this replaces the nodes.',
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["PATCH"] },
        link: "https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-build-scripts.html",
        on: [nodes],
        judge: (resource) =>
            expects(resource, "amiType", {
                expected: "an image of Amazon Linux 2023 or Bottlerocket",
                accepts: (value) => !String(value).startsWith("AL2_"),
            }),
    },
    {
        id: "eks-node-auto-repair",
        title: "Nodes that fail are replaced by themselves",
        why: "A node that hangs keeps its pods until somebody notices.",
        fix: "Set `nodeRepairConfig: { enabled: true }`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AVAIL"] },
        on: [nodes],
        judge: (resource) => expects(resource, "nodeRepairConfig.enabled", isTrue),
    },
];
