/** How Pulumi itself is used: which account, whose credentials, and what a wrong deploy could take away. */
import { accountIn } from "../core/accounts.ts";
import { absent, expects, listed, notTrue, show } from "../core/conditions.ts";
import { followsAnother } from "../core/databases.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { listAt } from "../core/json.ts";
import { standing } from "../core/levels.ts";
import { isLoopback } from "../core/provider-inputs.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Parameters, Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import { zoneOf } from "../core/zones.ts";

const optionsPage = "https://www.pulumi.com/docs/iac/concepts/options";
const providerPage = "https://www.pulumi.com/registry/packages/aws/api-docs/provider/";

/** What cannot be made anew by running the program again. */
const stateful = [
    "rds/instance",
    "rds/cluster",
    "dynamodb/table",
    "s3/bucket",
    "efs/fileSystem",
    "docdb/cluster",
    "neptune/cluster",
    "redshift/cluster",
    "opensearch/domain",
];

const remade = notApplicable("made anew from its source or cluster");

/** `prod=123456789012` speaks of stack prod alone. */
function accountsFor(stack: string, parameters: Parameters): readonly string[] {
    return parameters.texts("accounts").flatMap((written) => {
        const [first = "", second] = written.split("=");
        return second === undefined ? [first] : first === stack ? [second] : [];
    });
}

function judgeAccount(resource: ResourceView, parameters: Parameters): Finding {
    const held = listAt(resource, "allowedAccountIds").map((each) => each.text("") ?? "");
    const assumed = listAt(resource, "assumeRoles").map((role) => accountIn(role.text("roleArn") ?? "") ?? "");
    const touched = held.length > 0 ? held : assumed;
    if (touched.length === 0) {
        return violation("allowedAccountIds", "expected the account that the provider may touch, got nothing");
    }
    const allowed = accountsFor(resource.stack, parameters);
    const strange = touched.filter((account) => allowed.length > 0 && !allowed.includes(account));
    return strange.length === 0 ? compliant : violation("allowedAccountIds", `expected ${listed(allowed)}, got ${listed(strange, "and")}`);
}

function judgeProviders(stack: StackView): Finding {
    const served = stack.resources.filter(
        (resource) =>
            resource.token.startsWith("aws:") && (resource.provider === undefined || /^default(_\d|$)/.test(resource.provider.name)),
    );
    const names = served.slice(0, 3).map((resource) => resource.name);
    const more = served.length > names.length ? ` and ${served.length - names.length} more` : "";
    return served.length === 0
        ? compliant
        : violation("", `expected a provider of the program's own, got the default one for ${names.join(", ")}${more}`);
}

/** Properties that keep others out, by the first part of the path. */
const guards = new Set([
    "*",
    "acl",
    "assumeRolePolicy",
    "atRestEncryptionEnabled",
    "blockPublicAcls",
    "blockPublicPolicy",
    "cidrBlocks",
    "cidrIpv4",
    "cidrIpv6",
    "deletionProtection",
    "deletionProtectionEnabled",
    "egress",
    "enableDeletionProtection",
    "enableKeyRotation",
    "encrypted",
    "encryptionConfiguration",
    "iamDatabaseAuthenticationEnabled",
    "ignorePublicAcls",
    "ingress",
    "inlinePolicies",
    "ipv6CidrBlocks",
    "kmsKeyArn",
    "kmsKeyId",
    "managedPolicyArns",
    "metadataOptions",
    "policy",
    "policyDocument",
    "publiclyAccessible",
    "restrictPublicBuckets",
    "securityGroups",
    "serverSideEncryption",
    "serverSideEncryptionConfiguration",
    "sslPolicy",
    "storageEncrypted",
    "transitEncryptionEnabled",
    "viewerCertificate",
    "vpcSecurityGroupIds",
]);

/** Left to resources of their own, these are ignored with good reason: AWS shows both ways of writing them as one. */
const shared = ["ingress", "egress", "inlinePolicies", "managedPolicyArns"];

function judgeIgnored(resource: ResourceView): Finding {
    return each(resource.options.ignoreChanges, (path) => {
        const property = path.split(/[.[]/, 1)[0] ?? "";
        const left = shared.includes(property) && !resource.has(property);
        return guards.has(property) && !left
            ? violation("ignoreChanges", `expected nothing that keeps others out, got ${show(path)}`)
            : compliant;
    });
}

/** Outputs with a credential that @pulumi/aws does not mark by itself. */
const unmarked: Readonly<Record<string, string>> = {
    "appstream/directoryConfig": "serviceAccountCredentials",
    "chime/voiceConnectorTerminationCredentials": "credentials",
    "directoryservice/trust": "trustPassword",
    "kms/customKeyStore": "keyStorePassword",
    "quicksight/dataSource": "credentials",
};

/** Types whose zones another rule judges, or which stand in one zone by nature. */
const zonal = /^(ec2\/(?!vpcEndpoint$)|autoscaling\/|lb\/|elb\/|lambda\/|efs\/|rds\/|redshift\/cluster$|eks\/nodeGroup$|codebuild\/)/;
const placing = /^(subnet|vpc|network|brokerNode|endpoint|clientSubnets)/;

function subnetsOf(resource: ResourceView, stack: StackView): readonly ResourceView[] {
    const properties = new Set([...resource.keys(""), ...Object.keys(resource.propertyDependencies)]);
    return [...properties]
        .filter((property) => placing.test(property))
        .flatMap((property) => stack.references(resource, property, "ec2/subnet", "ec2/defaultSubnet"));
}

function instanceZone(instance: ResourceView, stack: StackView): readonly string[] {
    const zone = instance.isUnknown("availabilityZone") ? undefined : instance.text("availabilityZone");
    return zone === undefined ? stack.references(instance, "subnetId", "ec2/subnet").map(zoneOf) : [zone];
}

function judgeZones(stack: StackView): Finding {
    if (new Set(stack.ofType("ec2/subnet").map(zoneOf)).size < 2) {
        return notApplicable("the subnets of this stack lie in one zone");
    }
    const placed = stack.resources.filter((resource) => resource.token.startsWith("aws:") && !zonal.test(resource.type));
    const inOneZone = (resource: ResourceView, zones: readonly string[], what: string): Finding =>
        new Set(zones).size === 1
            ? violation("", `expected ${what} of ${resource.name} in at least two zones, got ${zones[0]}`)
            : compliant;
    return all(
        () => each(placed, (resource) => inOneZone(resource, subnetsOf(resource, stack).map(zoneOf), "the subnets")),
        () =>
            each(stack.ofType("lb/targetGroup"), (group) => {
                const targets = stack
                    .referrers(group, "lb/targetGroupAttachment", "targetGroupArn")
                    .flatMap((attachment) => stack.references(attachment, "targetId", "ec2/instance"));
                return inOneZone(
                    group,
                    targets.flatMap((instance) => instanceZone(instance, stack)),
                    "the targets",
                );
            }),
    );
}

export const deployment: readonly Rule[] = [
    {
        id: "allowed-accounts",
        title: "A provider is held to the account that it is meant for",
        why: "With the wrong profile in a shell, the program builds production in another account, or development in production.",
        fix: "Give the provider `allowedAccountIds`, or `assumeRoles` with a role of that account.",
        severity: "high",
        levels: standing.regulated,
        controls: { nist: ["CM-5"] },
        link: providerPage,
        parameters: {
            accounts: {
                about: "Accounts that are allowed; `prod=123456789012` holds for stack prod alone. Empty: any, if named.",
                default: [],
            },
        },
        on: ["provider"],
        judge: judgeAccount,
    },
    {
        id: "explicit-provider",
        title: "Everything is made by a provider that the program names",
        why: "The default provider takes its account and region from whatever shell the program runs in.",
        fix: "Make an `aws.Provider` and hand it to the components as `provider`; the setting pulumi:disable-default-providers refuses the other.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        link: "https://www.pulumi.com/docs/iac/concepts/providers/",
        scope: "stack",
        judge: judgeProviders,
    },
    {
        id: "provider-no-static-keys",
        title: "No provider is given keys",
        why: "Keys in a program are in its history, in the state and in every log of a failed deploy, and they do not run out.",
        fix: "Leave `accessKey`, `secretKey` and `token` out; use a profile, OIDC or `assumeRoles`.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        link: providerPage,
        on: ["provider"],
        judge: (resource) =>
            isLoopback(resource)
                ? notApplicable("an emulator takes any key")
                : all(
                      () => expects(resource, "accessKey", absent("no keys in the program")),
                      () => expects(resource, "secretKey", absent("no keys in the program")),
                      () => expects(resource, "token", absent("no keys in the program")),
                  ),
    },
    {
        id: "provider-tls-verified",
        title: "No provider talks to AWS without verifying who answers",
        why: "Whoever answers in AWS's place gets the signed calls, and the secrets in them.",
        fix: "Leave `insecure` out; a proxy's certificate belongs in `customCaBundle`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["TRANSIT"] },
        link: providerPage,
        on: ["provider"],
        judge: (resource) => (isLoopback(resource) ? notApplicable("an emulator") : expects(resource, "insecure", notTrue)),
    },
    {
        id: "protect-stateful",
        title: "Pulumi refuses to delete what holds data",
        why: "A changed name or a removed line is a deletion to Pulumi, and a property that cannot be changed is a replacement.",
        fix: "Set the option `protect: true` (Terrace: `environment.expendable: false`).",
        severity: "high",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        link: `${optionsPage}/protect/`,
        on: [...stateful, "kms/key", "cognito/userPool", "route53/zone", "backup/vault"],
        judge: (resource) => {
            if (resource.options.protect || resource.options.retainOnDelete === true) {
                return compliant;
            }
            return followsAnother(resource) ? remade : violation("protect", "expected true, got false");
        },
    },
    {
        id: "no-delete-before-replace-stateful",
        title: "Nothing that holds data is deleted before its successor stands",
        why: "If the successor cannot be made, neither is left.",
        fix: "Leave `deleteBeforeReplace` out, or protect the resource so that it is not replaced at all.",
        severity: "high",
        levels: standing.resilience,
        controls: { hipaa: ["BKP"] },
        link: `${optionsPage}/deletebeforereplace/`,
        on: stateful,
        judge: (resource) => {
            if (resource.options.deleteBeforeReplace !== true || resource.options.protect) {
                return compliant;
            }
            return followsAnother(resource) ? remade : violation("deleteBeforeReplace", "expected false, got true");
        },
    },
    {
        id: "no-ignore-security-changes",
        title: "No change to what keeps others out is ignored",
        why: "What is ignored stays as somebody left it in the console, and the program goes on saying otherwise.",
        fix: "Take the property out of `ignoreChanges`, and into the program the value that it should have.",
        severity: "medium",
        levels: standing.production,
        controls: { nist: ["CM-6"] },
        link: `${optionsPage}/ignorechanges/`,
        on: ["*"],
        judge: judgeIgnored,
    },
    {
        id: "secret-outputs-marked",
        title: "Credentials that the provider does not mark are marked as secrets",
        why: "What is not marked stands in the state and in the output of `pulumi up` in the clear.",
        fix: "Name the property in `additionalSecretOutputs`, or give it with `pulumi.secret` and leave this rule off: the pack cannot see that.",
        severity: "medium",
        levels: standing.onRequest,
        controls: { hipaa: ["ACC"] },
        link: `${optionsPage}/additionalsecretoutputs/`,
        on: Object.keys(unmarked),
        judge: (resource) => {
            const property = unmarked[resource.type] ?? "";
            if (!resource.has(property)) {
                return notApplicable("no credential");
            }
            return (resource.options.additionalSecretOutputs ?? []).includes(property)
                ? compliant
                : violation("additionalSecretOutputs", `expected ${show(property)} among them, got none`);
        },
    },
    {
        id: "no-single-az-dependency",
        title: "Nothing that others lean on stands in one zone",
        why: "Where all else spans two zones, the one thing that does not decides when everything is down.",
        fix: "Give it the subnets of two zones, or a second target in another zone.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AVAIL"] },
        link: "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/use-fault-isolation-to-protect-your-workload.html",
        scope: "stack",
        judge: judgeZones,
    },
];
