/**
 * One bucket with all the resources that S3 splits it into. Versioning, encryption, ownership and the block on public access are not
 * settings. The order between the parts is S3's: it refuses two changes of one bucket at a time and asks for versioning first.
 */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { policyDocument, type Statement } from "../parts/role.ts";
import { nameTag } from "../parts/tags.ts";
import type { PlannedRule } from "./lifecycle.ts";

export interface BucketShape {
    readonly environment: Environment;
    /** Physical name, where another stack must know it beforehand. */
    readonly bucketName?: string;
    /** Absent: SSE-S3, which is all that load balancers and S3's own access logs can write. */
    readonly keyArn?: pulumi.Input<string>;
    readonly lifecycle: readonly PlannedRule[];
    readonly objectLock: boolean;
    readonly tags: Readonly<Record<string, string>>;
}

export class GuardedBucket {
    public readonly bucket: aws.s3.Bucket;
    public readonly versioning: aws.s3.BucketVersioning;
    private readonly name: string;
    private readonly opts: pulumi.CustomResourceOptions;
    private readonly guards: pulumi.Resource[];

    public constructor(name: string, shape: BucketShape, opts: pulumi.CustomResourceOptions) {
        this.name = name;
        this.opts = opts;
        const { environment } = shape;
        this.bucket = new aws.s3.Bucket(
            name,
            {
                ...(shape.bucketName !== undefined && { bucket: shape.bucketName }),
                objectLockEnabled: shape.objectLock,
                forceDestroy: environment.expendable,
                tags: { ...nameTag(environment, name), ...shape.tags },
            },
            { ...opts, protect: !environment.expendable },
        );
        const ofBucket = { bucket: this.bucket.id };
        this.guards = [
            new aws.s3.BucketOwnershipControls(
                `${name}-ownership`,
                { ...ofBucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
                opts,
            ),
            new aws.s3.BucketPublicAccessBlock(
                `${name}-public-access`,
                { ...ofBucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
                opts,
            ),
        ];
        this.createEncryption(shape);
        this.versioning = new aws.s3.BucketVersioning(
            `${name}-versioning`,
            { ...ofBucket, versioningConfiguration: { status: "Enabled" } },
            opts,
        );
        new aws.s3.BucketLifecycleConfiguration(
            `${name}-lifecycle`,
            { ...ofBucket, rules: [...shape.lifecycle] },
            { ...opts, dependsOn: [this.versioning] },
        );
    }

    /** The bucket's one policy: a second would silently overwrite it. */
    public setPolicy(statements: readonly Statement[]): aws.s3.BucketPolicy {
        return new aws.s3.BucketPolicy(
            `${this.name}-policy`,
            { bucket: this.bucket.id, policy: policyDocument(statements) },
            { ...this.opts, dependsOn: this.guards },
        );
    }

    private createEncryption(shape: BucketShape): void {
        new aws.s3.BucketServerSideEncryptionConfiguration(
            `${this.name}-encryption`,
            {
                bucket: this.bucket.id,
                rules: [
                    shape.keyArn === undefined
                        ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
                        : {
                              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: shape.keyArn },
                              // One request to KMS an hour and bucket instead of one an object.
                              bucketKeyEnabled: true,
                          },
                ],
            },
            this.opts,
        );
    }
}
