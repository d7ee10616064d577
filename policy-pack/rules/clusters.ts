/** EMR: clusters of machines that work on data, and their security configurations. */
import { groupsClosedToInternet } from "../core/attached-groups.ts";
import { expects, isTrue, notFalse, oneOf, present, show } from "../core/conditions.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { eachPicked } from "../core/picked.ts";
import type { ResourceView } from "../core/resource.ts";
import { isPublicSubnet } from "../core/routes.ts";
import type { Rule } from "../core/rule.ts";
import { Values } from "../core/values.ts";

const cluster = "emr/cluster";

/** Judges the document of a security configuration, which AWS takes as one text. */
function inDocument(resource: ResourceView, judge: (encryption: Values) => Finding): Finding {
    let document: unknown;
    try {
        document = JSON.parse(resource.text("configuration") ?? "");
    } catch (problem) {
        if (problem instanceof SyntaxError) {
            return violation("configuration", "expected a JSON document, got something else");
        }
        throw problem;
    }
    return judge(new Values(document, "configuration").at("EncryptionConfiguration"));
}

function endsByItself(resource: ResourceView): boolean {
    return resource.flag("keepJobFlowAliveWhenNoSteps") === false || resource.has("autoTerminationPolicy.idleTimeout");
}

export const clusters: readonly Rule[] = [
    {
        id: "emr-security-configuration",
        title: "Every EMR cluster has a security configuration",
        why: "Encryption of disks and of traffic between nodes is decided there and nowhere else, before the cluster starts.",
        fix: "Make an `emr.SecurityConfiguration` and name it in `securityConfiguration`; this replaces the cluster.",
        severity: "high",
        levels: standing.production,
        controls: { hipaa: ["REST"] },
        on: [cluster],
        judge: (resource) => expects(resource, "securityConfiguration", present("a security configuration")),
    },
    {
        id: "emr-at-rest-encryption",
        title: "Security configurations of EMR encrypt the disks",
        why: "What a job spills to disk is the data itself, on machines that go back to AWS an hour later.",
        fix: "Set `EnableAtRestEncryption` and a `LocalDiskEncryptionConfiguration` with a KMS key and `EnableEbsEncryption`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["EMR.3"], hipaa: ["REST"] },
        on: ["emr/securityConfiguration"],
        judge: (resource) =>
            inDocument(resource, (encryption) => {
                const disks = encryption.at("AtRestEncryptionConfiguration").at("LocalDiskEncryptionConfiguration");
                return all(
                    () => expects(encryption, "EnableAtRestEncryption", isTrue),
                    () => expects(disks, "EncryptionKeyProviderType", oneOf("AwsKms", "Custom")),
                    () =>
                        // EBS takes KMS keys only; with a key provider of one's own LUKS encrypts the disks instead.
                        disks.text("EncryptionKeyProviderType") === "AwsKms" ? expects(disks, "EnableEbsEncryption", isTrue) : compliant,
                );
            }),
    },
    {
        id: "emr-in-transit-encryption",
        title: "Security configurations of EMR encrypt what nodes send each other",
        why: "A shuffle sends most of the data across the network, in the clear unless told otherwise.",
        fix: "Set `EnableInTransitEncryption` and `TLSCertificateConfiguration`, with certificates in S3 or a provider of your own.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["EMR.4"], hipaa: ["TRANSIT"] },
        on: ["emr/securityConfiguration"],
        judge: (resource) =>
            inDocument(resource, (encryption) =>
                all(
                    () => expects(encryption, "EnableInTransitEncryption", isTrue),
                    () =>
                        expects(
                            encryption.at("InTransitEncryptionConfiguration").at("TLSCertificateConfiguration"),
                            "CertificateProviderType",
                            oneOf("PEM", "Custom"),
                        ),
                ),
            ),
    },
    {
        id: "emr-kerberos",
        title: "Users of an EMR cluster prove who they are",
        why: "Without Kerberos, whoever reaches a node is whatever Hadoop user they say they are.",
        fix: "Set `kerberosAttributes`, and the Kerberos part of the security configuration.",
        severity: "low",
        levels: standing.onRequest,
        controls: { hipaa: ["ACCID"] },
        on: [cluster],
        judge: (resource) => expects(resource, "kerberosAttributes", present("Kerberos")),
    },
    {
        id: "emr-logging",
        title: "Every EMR cluster keeps its logs outside itself",
        why: "The logs of a cluster that failed are gone with its machines.",
        fix: "Set `logUri` to a folder of a bucket; `logEncryptionKmsKeyId` for a key of your own.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["AUD"] },
        on: [cluster],
        judge: (resource) => expects(resource, "logUri", present("a place in S3")),
    },
    {
        id: "emr-block-public-access",
        title: "EMR refuses to start clusters that the internet can reach",
        why: "Notebooks and consoles of a cluster run what they are sent, without asking who sends it.",
        fix: "Set `blockPublicSecurityGroupRules: true` and permit no ports but, at most, 22.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["EMR.2"], hipaa: ["ACCNET"] },
        on: ["emr/blockPublicAccessConfiguration"],
        judge: (resource) =>
            all(
                () => expects(resource, "blockPublicSecurityGroupRules", isTrue),
                () =>
                    each(resource.list("permittedPublicSecurityGroupRuleRanges"), (range) => {
                        const [from, to] = [range.number("minRange"), range.number("maxRange")];
                        return from === 22 && to === 22
                            ? compliant
                            : violation(range.path, `expected no ports, or 22 alone, got ${from} to ${to}`);
                    }),
            ),
    },
    {
        id: "emr-no-public-primary",
        title: "No EMR cluster stands in a public subnet",
        why: "In a public subnet the primary node, which can do anything to the cluster, can get an address on the internet.",
        fix: "Name private subnets in `ec2Attributes`, with a NAT gateway or endpoints for S3 and the services it uses.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["EMR.1"], hipaa: ["ACCNET"] },
        scope: "relation",
        on: [cluster],
        judge: (resource, _parameters, stack) => {
            const types = ["ec2/subnet", "ec2/defaultSubnet"];
            if (stack.references(resource, "ec2Attributes", ...types).length > 0) {
                return eachPicked(resource, "ec2Attributes", stack, types, (subnet) =>
                    subnet.type === "ec2/defaultSubnet" || isPublicSubnet(subnet, stack)
                        ? violation("ec2Attributes", `expected a private subnet, got ${subnet.name}, which is public`)
                        : compliant,
                );
            }
            return resource.has("ec2Attributes.subnetId") || resource.has("ec2Attributes.subnetIds")
                ? notApplicable("a subnet of another stack")
                : violation("ec2Attributes", "expected a private subnet, got none, which means a default and public one");
        },
    },
    {
        id: "emr-sg-not-open",
        title: "No security group lets the internet into an EMR cluster",
        why: "The ports of Hadoop, Spark and their notebooks trust whoever reaches them.",
        fix: "Take the rule away; reach the cluster by Session Manager or from a named security group.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCSG"] },
        scope: "relation",
        on: [cluster],
        judge: (resource, _parameters, stack) =>
            groupsClosedToInternet(resource, "ec2Attributes", stack, "no way from the internet", () => true),
    },
    {
        id: "emr-auto-termination",
        title: "An EMR cluster ends when its work does, or cannot be ended by mistake",
        why: "A forgotten cluster costs as much as a busy one; a wanted one takes its HDFS with it when it ends.",
        fix: "Set `autoTerminationPolicy: { idleTimeout }` or `keepJobFlowAliveWhenNoSteps: false`; in production `terminationProtection: true` will do.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        parameters: {
            protectionSuffices: {
                about: "Whether a cluster may run for ever when it is protected from being ended.",
                default: { development: false, production: true, regulated: true },
            },
        },
        on: [cluster],
        judge: (resource, parameters) => {
            const suffices = parameters.flag("protectionSuffices");
            if (endsByItself(resource) || (suffices && resource.flag("terminationProtection") === true)) {
                return compliant;
            }
            return suffices
                ? violation("autoTerminationPolicy", "expected one, or terminationProtection: true, got neither")
                : violation("autoTerminationPolicy", `expected one, got ${show(resource.raw("autoTerminationPolicy"))}`);
        },
    },
    {
        id: "emr-serverless-capacity-cap",
        title: "An EMR Serverless application has a ceiling on what it may cost",
        why: "It grows as far as the account's quota while a job asks for more.",
        fix: "Set `maximumCapacity: { cpu, memory }`.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        on: ["emrserverless/application"],
        judge: (resource) => expects(resource, "maximumCapacity", present("a ceiling")),
    },
    {
        id: "emr-serverless-auto-stop",
        title: "An EMR Serverless application stops when it is idle",
        why: "Capacity that was warmed up is paid for until the application stops.",
        fix: "Leave `autoStopConfiguration` out, or keep it enabled.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        on: ["emrserverless/application"],
        judge: (resource) => expects(resource, "autoStopConfiguration.enabled", notFalse),
    },
];
