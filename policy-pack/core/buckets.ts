/** A bucket and the resources that S3 splits its settings into. */
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";
import type { Values } from "./values.ts";

/** The resources of `type` that configure this bucket. */
export function partsOf(bucket: ResourceView, type: string, stack: StackView): readonly ResourceView[] {
    return stack.referrers(bucket, type, "bucket");
}

/** Where services are told to write their logs to, in buckets that must be under S3's own key. */
const logTargets: readonly (readonly [type: string, property: string])[] = [
    ["s3/bucketLogging", "targetBucket"],
    ["s3/bucket", "logging"],
    ["lb/loadBalancer", "accessLogs"],
    ["lb/loadBalancer", "connectionLogs"],
    ["lb/loadBalancer", "healthCheckLogs"],
    ["elb/loadBalancer", "accessLogs"],
    ["cloudfront/distribution", "loggingConfig"],
];

/** Whether S3, load balancers or distributions write their access logs here. */
export function isLogTarget(bucket: ResourceView, stack: StackView): boolean {
    return logTargets.some(([type, property]) => stack.referrers(bucket, type, property).length > 0);
}

/** The bucket that a part configures; undefined where it is another stack's. */
export function bucketOf(part: ResourceView, stack: StackView): ResourceView | undefined {
    return stack.references(part, "bucket", "s3/bucket")[0];
}

/** What a bucket encrypts with, inline or split; undefined where it is left to S3's own default. */
export function encryptionOf(bucket: ResourceView, stack: StackView): Values | undefined {
    const split = partsOf(bucket, "s3/bucketServerSideEncryptionConfiguration", stack).flatMap((holder) => holder.list("rules"));
    return [...split, ...bucket.list("serverSideEncryptionConfiguration.rule")][0];
}

export const algorithm = "applyServerSideEncryptionByDefault.sseAlgorithm";
