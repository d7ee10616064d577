import { describeRule, subject } from "../testing.ts";

const bucket = "s3/bucket";
const flags = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
const part = (type: string, props: Readonly<Record<string, unknown>>) => ({ name: "part", type, props, links: { bucket: subject } });

describeRule({
    rule: "s3-public-access-block",
    type: bucket,
    compliant: {},
    others: [part("s3/bucketPublicAccessBlock", flags)],
    violations: [
        { others: [], says: ["expected a BucketPublicAccessBlock for the bucket, got none"] },
        ...Object.keys(flags).map((flag) => ({
            others: [part("s3/bucketPublicAccessBlock", { ...flags, [flag]: false })],
            says: [`part.${flag}  expected true, got false`],
        })),
    ],
});

const encryption = (algorithm: string) => ({ rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: algorithm } }] });

for (const type of ["s3/bucketServerSideEncryptionConfiguration", "s3/bucketServerSideEncryptionConfigurationV2"]) {
    describeRule({
        rule: "s3-encryption-kms",
        type: bucket,
        compliant: {},
        others: [part(type, encryption("aws:kms"))],
        alsoCompliant: [
            { others: [part(type, encryption("aws:kms:dsse"))] },
            {
                change: {
                    serverSideEncryptionConfiguration: { rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } } },
                },
                others: [],
            },
        ],
        violations: [
            { others: [], says: ['expected server-side encryption with "aws:kms", got S3\'s own default'] },
            {
                others: [part(type, encryption("AES256"))],
                says: ['rules[0].applyServerSideEncryptionByDefault.sseAlgorithm  expected "aws:kms" or "aws:kms:dsse", got "AES256"'],
            },
        ],
    });
}

const refusal = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } };
const policy = (...statements: readonly unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });

describeRule({
    rule: "s3-tls-only-policy",
    type: bucket,
    compliant: {},
    others: [part("s3/bucketPolicy", { policy: policy(refusal) })],
    alsoCompliant: [
        { others: [part("s3/bucketPolicy", { policy: { Statement: refusal } })] },
        { others: [part("s3/bucketPolicy", { policy: policy({ ...refusal, Principal: { AWS: ["*"] } }) })] },
        { change: { policy: policy(refusal) }, others: [] },
    ],
    violations: [
        { others: [], says: ["expected a bucket policy that refuses requests without TLS, got no policy"] },
        ...[
            { ...refusal, Effect: "Allow" },
            { ...refusal, Action: "s3:GetObject" },
            { ...refusal, Condition: undefined },
            { ...refusal, Condition: { Bool: { "aws:SecureTransport": "true" } } },
            { ...refusal, Principal: { AWS: "arn:aws:iam::123456789012:root" } },
        ].map((statement) => ({
            others: [part("s3/bucketPolicy", { policy: policy(statement) })],
            says: ["policy  expected a Deny of s3:* for everybody where aws:SecureTransport is false, got none"],
        })),
    ],
});

describeRule({
    rule: "s3-no-public-acl",
    type: bucket,
    compliant: { acl: "private" },
    alsoCompliant: [{ change: { acl: "log-delivery-write" } }],
    violations: [
        { change: { acl: "public-read" }, says: ['acl  expected "private" or nothing, got "public-read"'] },
        {
            change: { grants: [{ type: "Group", uri: "http://acs.amazonaws.com/groups/global/AllUsers" }] },
            says: ["grants[0]  expected no grant to everybody, got AllUsers"],
        },
    ],
});

describeRule({
    rule: "s3-no-public-acl",
    type: "s3/bucketAcl",
    compliant: { acl: "private" },
    violations: [
        { change: { acl: "public-read-write" }, says: ['acl  expected "private" or nothing, got "public-read-write"'] },
        {
            change: {
                accessControlPolicy: { grants: [{ grantee: { uri: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers" } }] },
            },
            says: ["accessControlPolicy.grants[0]  expected no grant to everybody, got AuthenticatedUsers"],
        },
    ],
});

describeRule({
    rule: "s3-access-point-bpa",
    type: "s3/accessPoint",
    compliant: { publicAccessBlockConfiguration: flags },
    alsoCompliant: [{ change: { publicAccessBlockConfiguration: undefined } }],
    violations: [
        {
            change: { publicAccessBlockConfiguration: { ...flags, restrictPublicBuckets: false } },
            says: ["publicAccessBlockConfiguration.restrictPublicBuckets  expected true, got false"],
        },
    ],
});
