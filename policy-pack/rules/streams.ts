/** Kinesis data streams and Firehose delivery streams. */
import { absent, expects, isTrue, oneOf, show } from "../core/conditions.ts";
import { compliant, each, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import { letsNobodyIn } from "../core/resource-policy.ts";
import type { Rule } from "../core/rule.ts";

/** Hours that Kinesis keeps records where a stream says nothing. */
const defaultRetentionHours = 24;

const destinations = [
    "extendedS3Configuration",
    "redshiftConfiguration",
    "elasticsearchConfiguration",
    "opensearchConfiguration",
    "opensearchserverlessConfiguration",
    "splunkConfiguration",
    "httpEndpointConfiguration",
    "icebergConfiguration",
    "snowflakeConfiguration",
] as const;

/** Where destinations take a credential in the clear. */
const destinationCredentials = [
    "redshiftConfiguration.password",
    "splunkConfiguration.hecToken",
    "httpEndpointConfiguration.accessKey",
    "snowflakeConfiguration.privateKey",
    "snowflakeConfiguration.keyPassphrase",
] as const;

/** What a delivery stream buffers is then encrypted by its source. */
function isFedByStream(resource: ResourceView): boolean {
    return resource.has("kinesisSourceConfiguration") || resource.has("mskSourceConfiguration");
}

export const streams: readonly Rule[] = [
    {
        id: "kinesis-encrypted",
        title: "Every stream encrypts its records",
        why: "A stream keeps up to a year of events.",
        fix: 'Set `encryptionType: "KMS"` and `kmsKeyId` ("alias/aws/kinesis" will do).',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["Kinesis.1"], hipaa: ["REST"] },
        on: ["kinesis/stream"],
        judge: (resource) =>
            expects(resource, "encryptionType", { expected: '"KMS"', accepts: (value) => String(value).toUpperCase() === "KMS" }),
    },
    {
        id: "firehose-encrypted",
        title: "Every delivery stream encrypts what it buffers",
        why: "Firehose keeps records for a day when its destination is away.",
        fix: "Set `serverSideEncryption: { enabled: true }`; a stream fed by Kinesis is encrypted by its source.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["DataFirehose.1"], hipaa: ["REST"] },
        on: ["kinesis/firehoseDeliveryStream"],
        judge: (resource) =>
            isFedByStream(resource) || resource.flag("serverSideEncryption.enabled") === true
                ? compliant
                : violation("serverSideEncryption.enabled", "expected true, or a Kinesis stream as the source, got neither"),
    },
    {
        id: "kinesis-cmk",
        title: "Every stream is encrypted with a key of your own",
        why: "Under AWS's key, only the right to the stream protects it, and nobody sees who decrypts.",
        fix: "Set `kmsKeyId` to your key; mind that KMS bills each producer and consumer for its calls.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: ["kinesis/stream"],
        judge: (resource) =>
            resource.has("kmsKeyId") && (resource.isUnknown("kmsKeyId") || resource.text("kmsKeyId") !== "alias/aws/kinesis")
                ? compliant
                : violation("kmsKeyId", `expected a key of your own, got ${show(resource.raw("kmsKeyId"))}`),
    },
    {
        id: "kinesis-retention",
        title: "Streams keep records long enough to read them again",
        why: "A consumer that fails on Friday evening finds, on Monday, that a day's retention has thrown the weekend away.",
        fix: "Raise `retentionPeriod` (it is billed by shard and hour beyond the first day).",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["Kinesis.3"], hipaa: ["BKP"] },
        parameters: { minimumHours: { about: "Hours that records are kept.", default: 168 } },
        on: ["kinesis/stream"],
        judge: (resource, parameters) => {
            const hours = resource.number("retentionPeriod") ?? defaultRetentionHours;
            const minimum = parameters.number("minimumHours");
            return hours >= minimum ? compliant : violation("retentionPeriod", `expected at least ${minimum} hours, got ${hours}`);
        },
    },
    {
        id: "kinesis-no-public-policy",
        title: "No stream lets strangers read or write",
        why: "A stream's own policy can let in any AWS account, past every role of yours.",
        fix: "Name the accounts or roles in `Principal`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCNET"] },
        on: ["kinesis/resourcePolicy"],
        judge: (resource) => letsNobodyIn(resource),
    },
    {
        id: "firehose-cmk",
        title: "Delivery streams encrypt what they buffer with a key of your own",
        why: "Only your own key can be taken away and tells who used it.",
        fix: 'Set `serverSideEncryption: { enabled: true, keyType: "CUSTOMER_MANAGED_CMK", keyArn }`.',
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: ["kinesis/firehoseDeliveryStream"],
        judge: (resource) =>
            isFedByStream(resource)
                ? notApplicable("encrypted by its source")
                : expects(resource, "serverSideEncryption.keyType", oneOf("CUSTOMER_MANAGED_CMK")),
    },
    {
        id: "firehose-credentials-in-secrets-manager",
        title: "Delivery streams take their destinations' credentials from Secrets Manager",
        why: "A password in the stream's own settings stands in the program's state and never changes.",
        fix: "Set `secretsManagerConfiguration: { enabled: true, secretArn, roleArn }` of the destination and leave the credential out.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { hipaa: ["ACC"], nist: ["IA-5"] },
        on: ["kinesis/firehoseDeliveryStream"],
        judge: (resource) =>
            each(destinationCredentials, (property) => expects(resource, property, absent("a secret in Secrets Manager instead"))),
    },
    {
        id: "firehose-error-logging",
        title: "Delivery streams log what they could not deliver",
        why: "Firehose gives up after its retries, and without a log nobody learns why records are missing.",
        fix: "Set `cloudwatchLoggingOptions: { enabled: true, logGroupName, logStreamName }` of the destination.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["AUD"] },
        on: ["kinesis/firehoseDeliveryStream"],
        judge: (resource) =>
            each(
                destinations.filter((destination) => resource.has(destination)),
                (destination) => expects(resource, `${destination}.cloudwatchLoggingOptions.enabled`, isTrue),
            ),
    },
];
