/** Bucket policies, as statements in a fixed order: every bucket's own, the log bucket's, and what workloads need in their roles. */
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { globalRegion } from "../../conventions/regions.ts";
import type { Statement } from "../parts/role.ts";
import type { BucketRole } from "./settings.ts";

type Arn = pulumi.Input<string>;

/** Prefixes of the log bucket. Services write under them, and lifecycle and queries rely on them. */
export const logPrefixes = {
    loadBalancer: "load-balancer",
    access: "s3",
    inventory: "inventory",
    cloudFront: "cloudfront",
    flowLogs: "flow-logs",
    sessions: "sessions",
    backupReports: "backup-reports",
} as const;

/** In the form that S3 answers with. */
const everybody = { AWS: "*" } as const;

/** Nobody, the account's own people and AWS services included, talks to a bucket in the clear, by TLS older than 1.2, or with keys of their own. */
export function guardStatements(bucketArn: pulumi.Output<string>): Statement[] {
    const everything = [bucketArn, bucketArn.apply((arn) => `${arn}/*`)];
    const deny = { Effect: "Deny", Principal: everybody, Action: "s3:*", Resource: everything } as const;
    return [
        { Sid: "DenyPlainHttp", ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } },
        { Sid: "DenyOldTls", ...deny, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
        {
            // Objects under a key that only the uploader has are lost to everybody else: what ransom is made of. S3 refuses it by
            // itself in buckets made since April 2026, and anybody who may change a bucket's encryption can allow it again.
            Sid: "DenyCustomerKeys",
            ...deny,
            Action: "s3:PutObject",
            Resource: bucketArn.apply((arn) => `${arn}/*`),
            Condition: { Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" } },
        },
    ];
}

/**
 * Refuses uploads that ask for another encryption or another key than the bucket's. Uploads that ask for nothing get the default,
 * hence `Null`: `…IfExists` would match those too and refuse every plain upload.
 */
export function encryptionStatements(bucketArn: pulumi.Output<string>, keyArn: Arn): Statement[] {
    const algorithm = "s3:x-amz-server-side-encryption";
    const key = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    const deny = {
        Effect: "Deny",
        Principal: everybody,
        Action: "s3:PutObject",
        Resource: bucketArn.apply((arn) => `${arn}/*`),
    } as const;
    return [
        { Sid: "DenyOtherEncryption", ...deny, Condition: { Null: { [algorithm]: "false" }, StringNotEquals: { [algorithm]: "aws:kms" } } },
        { Sid: "DenyOtherKey", ...deny, Condition: { Null: { [key]: "false" }, StringNotEquals: { [key]: keyArn } } },
    ];
}

/** CloudFront reads through origin access control, and only for these distributions. */
export function distributionStatements(bucketArn: pulumi.Output<string>, distributionArns: readonly Arn[]): Statement[] {
    return [
        {
            // Not s3:ListBucket: a request for "/" would then list the bucket to the world. A missing object is answered 403.
            Sid: "DistributionReads",
            Effect: "Allow",
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action: "s3:GetObject",
            Resource: bucketArn.apply((arn) => `${arn}/*`),
            Condition: { ArnEquals: { "aws:SourceArn": [...distributionArns] } },
        },
    ];
}

/**
 * Who may deliver logs. Each service's own form: load balancers are held to the account by the path (they send no source account),
 * the others by the account and the kind of source.
 */
export function logDeliveryStatements(
    bucketArn: pulumi.Output<string>,
    environment: Environment,
    extra: { readonly inventory: boolean; readonly backupReports: boolean },
): Statement[] {
    const { accountId, region } = environment;
    const under = (path: string) => bucketArn.apply((arn) => `${arn}/${path}`);
    const fromBuckets = { StringEquals: { "aws:SourceAccount": accountId }, ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } };
    // CloudFront's deliveries stand in us-east-1, flow logs' at home.
    const regions = [...new Set([region, globalRegion])].sort();
    const fromDeliveries = {
        StringEquals: { "aws:SourceAccount": accountId },
        ArnLike: { "aws:SourceArn": regions.map((each) => `arn:aws:logs:${each}:${accountId}:*`) },
    };
    return [
        {
            Sid: "LoadBalancersWrite",
            Effect: "Allow",
            Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: under(`${logPrefixes.loadBalancer}*/AWSLogs/${accountId}/*`),
        },
        {
            Sid: "AccessLogsWrite",
            Effect: "Allow",
            Principal: { Service: "logging.s3.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: under(`${logPrefixes.access}/*`),
            Condition: fromBuckets,
        },
        {
            Sid: "DeliveriesWrite",
            Effect: "Allow",
            Principal: { Service: "delivery.logs.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: [
                under(`AWSLogs/${accountId}/*`),
                under(`${logPrefixes.cloudFront}/*`),
                under(`${logPrefixes.flowLogs}/*`),
                under(`${logPrefixes.loadBalancer}*/AWSLogs/${accountId}/*`),
            ],
            Condition: {
                ...fromDeliveries,
                StringEquals: { ...fromDeliveries.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
            },
        },
        {
            Sid: "DeliveriesCheck",
            Effect: "Allow",
            Principal: { Service: "delivery.logs.amazonaws.com" },
            Action: ["s3:GetBucketAcl", "s3:ListBucket"],
            Resource: bucketArn,
            Condition: fromDeliveries,
        },
        ...(extra.inventory
            ? [
                  {
                      Sid: "InventoriesWrite",
                      Effect: "Allow",
                      Principal: { Service: "s3.amazonaws.com" },
                      Action: "s3:PutObject",
                      Resource: under(`${logPrefixes.inventory}/*`),
                      Condition: {
                          ...fromBuckets,
                          StringEquals: { ...fromBuckets.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
                      },
                  } as const,
              ]
            : []),
        ...(extra.backupReports
            ? [
                  {
                      Sid: "BackupReportsWrite",
                      Effect: "Allow",
                      Principal: {
                          AWS: `arn:aws:iam::${accountId}:role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports`,
                      },
                      Action: "s3:PutObject",
                      Resource: under(`${logPrefixes.backupReports}/*`),
                      Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } },
                  } as const,
              ]
            : []),
    ];
}

export type Access = "read" | "write" | "readWrite";

/** What a workload's role needs: the bucket, and its key through S3 only. Archives are never deleted from by a workload. */
export function workloadStatements(
    key: string,
    bucket: { readonly role: BucketRole; readonly arn: pulumi.Output<string> },
    access: Access,
    keyArn: Arn,
    environment: Environment,
): Statement[] {
    const reads = access !== "write";
    const writes = access !== "read";
    const sid = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
    return [
        {
            Sid: `${sid}Bucket`,
            Effect: "Allow",
            Action: ["s3:GetBucketLocation", ...(reads ? ["s3:ListBucket"] : []), ...(writes ? ["s3:ListBucketMultipartUploads"] : [])],
            Resource: bucket.arn,
        },
        {
            Sid: `${sid}Objects`,
            Effect: "Allow",
            Action: [
                ...(reads ? ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion"] : []),
                ...(writes ? ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject", "s3:PutObjectTagging"] : []),
                ...(access === "readWrite" && bucket.role !== "archive" ? ["s3:DeleteObject"] : []),
            ],
            Resource: bucket.arn.apply((arn) => `${arn}/*`),
        },
        {
            Sid: `${sid}Key`,
            Effect: "Allow",
            // Multipart uploads decrypt what they have written before, so writing needs Decrypt too.
            Action: ["kms:Decrypt", ...(writes ? ["kms:GenerateDataKey"] : [])],
            Resource: keyArn,
            Condition: { StringEquals: { "kms:ViaService": `s3.${environment.region}.amazonaws.com` } },
        },
    ];
}

/** What the replication role needs, at both ends. */
export function replicationStatements(
    source: { readonly arn: pulumi.Output<string>; readonly keyArn: Arn; readonly region: string },
    destinations: readonly { readonly bucketArn: string; readonly keyArn: string }[],
): Statement[] {
    return [
        { Sid: "SourceBucket", Effect: "Allow", Action: ["s3:GetReplicationConfiguration", "s3:ListBucket"], Resource: source.arn },
        {
            Sid: "SourceObjects",
            Effect: "Allow",
            Action: ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"],
            Resource: source.arn.apply((arn) => `${arn}/*`),
        },
        {
            Sid: "SourceKey",
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: source.keyArn,
            Condition: { StringEquals: { "kms:ViaService": `s3.${source.region}.amazonaws.com` } },
        },
        {
            Sid: "DestinationObjects",
            Effect: "Allow",
            Action: ["s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
            Resource: destinations.map((each) => `${each.bucketArn}/*`),
        },
        {
            Sid: "DestinationKeys",
            Effect: "Allow",
            Action: ["kms:Encrypt", "kms:GenerateDataKey"],
            Resource: [...new Set(destinations.map((each) => each.keyArn))],
            Condition: { StringLike: { "kms:ViaService": "s3.*.amazonaws.com" } },
        },
    ];
}
