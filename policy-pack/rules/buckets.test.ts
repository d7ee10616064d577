import { unknown } from "../core/values.ts";
import { describeOn, describeRule, subject } from "../testing.ts";

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
        notApplicable: [
            ["s3/bucketLogging", "targetBucket"],
            ["s3/bucketLoggingV2", "targetBucket"],
            ["s3/bucket", "logging"],
            ["lb/loadBalancer", "accessLogs"],
            ["alb/loadBalancer", "connectionLogs"],
            ["lb/loadBalancer", "healthCheckLogs"],
            ["elb/loadBalancer", "accessLogs"],
            ["cloudfront/distribution", "loggingConfig"],
        ].map(([writer = "", property = ""]) => ({
            others: [part(type, encryption("AES256")), { name: "writer", type: writer, links: { [property]: subject } }],
        })),
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
        {
            others: [
                part("s3/bucketPolicy", {
                    policy: policy({
                        ...refusal,
                        Action: ["s3:GetObject", "s3:*"],
                        Resource: ["arn:aws:s3:::assets", "arn:aws:s3:::assets/*"],
                    }),
                }),
            ],
        },
        { others: [part("s3/bucketPolicy", { policy: policy({ ...refusal, Principal: { AWS: ["*"] } }) })] },
        { change: { policy: policy(refusal) }, others: [] },
        { others: [part("s3/bucketPolicy", { policy: policy(refusal, { ...refusal, Effect: "Allow", Principal: "*" }) })] },
        // What is not known yet hides nothing.
        { others: [part("s3/bucketPolicy", { policy: { Statement: [{ Effect: "Allow", Principal: { AWS: unknown } }, refusal] } })] },
        { change: { policy: unknown }, others: [part("s3/bucketPolicy", { policy: policy(refusal) })] },
    ],
    violations: [
        { others: [], says: ["expected a bucket policy that refuses requests without TLS, got no policy"] },
        ...[
            { ...refusal, Effect: "Allow" },
            { ...refusal, Action: "s3:GetObject" },
            { ...refusal, Condition: undefined },
            { ...refusal, Condition: { Bool: { "aws:SecureTransport": "true" } } },
            { ...refusal, Principal: { AWS: "arn:aws:iam::123456789012:root" } },
            { ...refusal, Resource: "arn:aws:s3:::assets" },
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
    alsoCompliant: [
        { change: { publicAccessBlockConfiguration: undefined } },
        { change: { publicAccessBlockConfiguration: { blockPublicAcls: true } } },
    ],
    violations: [
        {
            change: { publicAccessBlockConfiguration: { ...flags, restrictPublicBuckets: false } },
            says: ["publicAccessBlockConfiguration.restrictPublicBuckets  expected true, got false"],
        },
    ],
});

describeRule({
    rule: "s3-access-point-bpa",
    type: "s3control/multiRegionAccessPoint",
    compliant: { details: { name: "everywhere", publicAccessBlock: flags } },
    alsoCompliant: [{ change: { details: { name: "everywhere" } } }],
    violations: [
        {
            change: { details: { name: "everywhere", publicAccessBlock: { ...flags, blockPublicPolicy: false } } },
            says: ["details.publicAccessBlock.blockPublicPolicy  expected true, got false"],
        },
    ],
});

describeRule({
    rule: "s3-account-public-access-block",
    type: "s3/accountPublicAccessBlock",
    compliant: flags,
    violations: [
        { change: { blockPublicAcls: undefined }, says: ["blockPublicAcls  expected true, got nothing"] },
        { change: { restrictPublicBuckets: false }, says: ["restrictPublicBuckets  expected true, got false"] },
    ],
});

const reading = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::assets/*" };
const organisation = { StringEquals: { "aws:PrincipalOrgID": "o-1" } };
const everybody = "policy.Statement[0]  expected named principals, or a condition on the account or organisation, got everybody";

describeOn(["s3/bucketPolicy", bucket, "s3/accessPoint", "s3control/accessPointPolicy"], {
    rule: "s3-no-public-policy",
    compliant: { policy: policy(refusal, { ...reading, Condition: organisation }) },
    alsoCompliant: [
        { change: { policy: policy({ ...reading, Principal: { Service: "cloudfront.amazonaws.com" } }) } },
        { change: { policy: policy({ ...reading, Principal: { AWS: "arn:aws:iam::123456789012:role/app" } }) } },
    ],
    violations: [
        { change: { policy: policy(reading) }, says: [everybody] },
        { change: { policy: policy({ ...reading, Principal: { AWS: "*" }, Condition: refusal.Condition }) }, says: [everybody] },
    ],
    notApplicable: [{ change: { policy: undefined } }],
});

const administration = {
    Effect: "Allow",
    Principal: { AWS: ["arn:aws:iam::123456789012:role/deploy", "arn:aws:iam::210987654321:root"] },
    Action: "s3:Put*",
    Resource: "*",
};
const handedOn =
    "policy.Statement[0]  expected no s3:PutBucketAcl, s3:PutBucketPolicy, s3:PutEncryptionConfiguration, s3:PutObjectAcl for another account, got it for 210987654321";

describeRule({
    rule: "s3-policy-cross-account",
    type: "s3/bucketPolicy",
    provider: { allowedAccountIds: '["123456789012"]' },
    compliant: { policy: policy({ ...administration, Action: ["s3:GetObject", "s3:PutObject"] }) },
    alsoCompliant: [
        { change: { policy: policy({ ...administration, Effect: "Deny" }) } },
        { change: { policy: policy({ ...administration, Principal: { AWS: "123456789012" } }) } },
        { change: { policy: policy({ ...administration, Principal: { Service: "logging.s3.amazonaws.com" } }) } },
    ],
    violations: [
        { change: { policy: policy(administration) }, says: [handedOn] },
        { change: { policy: policy({ ...administration, Principal: { AWS: "210987654321" } }) }, says: [handedOn] },
        {
            change: { policy: policy({ ...administration, Action: "s3:DeleteBucketPolicy" }) },
            says: ["policy.Statement[0]  expected no s3:DeleteBucketPolicy for another account, got it for 210987654321"],
        },
    ],
});

describeRule({
    rule: "s3-policy-cross-account",
    type: "s3/bucketPolicy",
    provider: { allowedAccountIds: ["123456789012"] },
    parameters: { trusted: ["210987654321"] },
    compliant: { policy: policy(administration) },
    violations: [],
});

const lockout = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: ["arn:aws:s3:::assets", "arn:aws:s3:::assets/*"] };
const locked = "policy.Statement[0]  expected a condition or named principals on a Deny of everything, got neither";

describeOn(["s3/bucketPolicy", bucket], {
    rule: "s3-policy-no-lockout",
    compliant: { policy: policy(refusal) },
    alsoCompliant: [
        { change: { policy: policy({ ...lockout, Action: "s3:DeleteObject" }) } },
        { change: { policy: policy({ ...lockout, Resource: "arn:aws:s3:::assets/*" }) } },
        ...[
            { Principal: undefined, NotPrincipal: { AWS: ["arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/admin"] } },
            { Principal: { AWS: "arn:aws:iam::123456789012:role/app" } },
        ].map((who) => ({ change: { policy: policy({ ...lockout, ...who }) } })),
    ],
    violations: [
        { change: { policy: policy(lockout) }, says: [locked] },
        { change: { policy: policy({ ...lockout, Action: ["s3:GetObject", "s3:Put*"] }) }, says: [locked] },
        {
            change: { policy: policy({ ...lockout, Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::123456789012:root" } }) },
            says: [locked],
        },
    ],
    notApplicable: [{ change: { policy: undefined } }],
});

const modern = { ...refusal, Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } };

describeRule({
    rule: "s3-min-tls-version",
    type: "s3/bucketPolicy",
    compliant: { policy: policy(modern) },
    alsoCompliant: [{ change: { policy: policy({ ...modern, Condition: { NumericLessThanEquals: { "s3:TlsVersion": 1.1 } } }) } }],
    violations: [
        refusal,
        { ...modern, Effect: "Allow" },
        { ...modern, Principal: { AWS: "123456789012" } },
        { ...modern, Condition: { NumericLessThan: { "s3:TlsVersion": "1.1" } } },
        { ...modern, Condition: { NumericLessThanEquals: { "s3:TlsVersion": "1" } } },
    ].map((statement) => ({
        change: { policy: policy(statement) },
        says: ["policy  expected a Deny for everybody where s3:TlsVersion is below 1.2, got none"],
    })),
});

const objects = { name: "assets", type: bucket };

describeRule({
    rule: "s3-acls-disabled",
    type: "s3/bucketOwnershipControls",
    compliant: { rule: { objectOwnership: "BucketOwnerEnforced" } },
    links: { bucket: "assets" },
    others: [objects],
    violations: [
        {
            change: { rule: { objectOwnership: "ObjectWriter" } },
            says: ['rule.objectOwnership  expected "BucketOwnerEnforced", got "ObjectWriter"'],
        },
    ],
    notApplicable: [
        {
            change: { rule: { objectOwnership: "BucketOwnerPreferred" } },
            others: [objects, { name: "cdn", type: "cloudfront/distribution", links: { loggingConfig: "assets" } }],
        },
    ],
});

const byKey = (more: object) => ({ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, ...more });
const byOwn = { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
const encryptionPart = "s3/bucketServerSideEncryptionConfiguration";

describeRule({
    rule: "s3-bucket-key-enabled",
    type: encryptionPart,
    compliant: { rules: [byKey({ bucketKeyEnabled: true })] },
    violations: [{ change: { rules: [byKey({})] }, says: ["rules[0].bucketKeyEnabled  expected true, got nothing"] }],
    notApplicable: [
        { change: { rules: [byOwn] } },
        { change: { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms:dsse" } }] } },
    ],
});

describeRule({
    rule: "s3-bucket-key-enabled",
    type: bucket,
    compliant: { serverSideEncryptionConfiguration: { rule: byKey({ bucketKeyEnabled: true }) } },
    violations: [
        {
            change: { serverSideEncryptionConfiguration: { rule: byKey({ bucketKeyEnabled: false }) } },
            says: ["serverSideEncryptionConfiguration.rule.bucketKeyEnabled  expected true, got false"],
        },
    ],
    notApplicable: [{ change: { serverSideEncryptionConfiguration: undefined } }],
});

describeRule({
    rule: "s3-no-customer-keys",
    type: encryptionPart,
    compliant: { rules: [byKey({})] },
    alsoCompliant: [{ change: { rules: [byKey({ blockedEncryptionTypes: ["SSE-C"] })] } }],
    violations: [
        {
            change: { rules: [byKey({ blockedEncryptionTypes: ["NONE"] })] },
            says: ['rules[0].blockedEncryptionTypes  expected "SSE-C" or nothing, got "NONE"'],
        },
    ],
});

const cors = (origin: string, ...methods: readonly string[]) => [{ allowedOrigins: [origin], allowedMethods: methods }];

describeOn(["s3/bucketCorsConfiguration", bucket], {
    rule: "s3-cors-restricted",
    compliant: { corsRules: cors("https://shop.example.com", "PUT", "GET") },
    alsoCompliant: [{ change: { corsRules: cors("*", "GET", "HEAD") } }, { change: { corsRules: undefined } }],
    violations: [
        {
            change: { corsRules: cors("*", "GET", "PUT") },
            says: ["corsRules[0].allowedOrigins  expected named sites for GET, PUT, got *"],
        },
        {
            change: { corsRules: cors("https://*", "DELETE") },
            says: ["corsRules[0].allowedOrigins  expected named sites for DELETE, got *"],
        },
        {
            change: { corsRules: [{ allowedOrigins: ["https://shop.example.com", "http://*"], allowedMethods: ["POST"] }] },
            says: ["corsRules[0].allowedOrigins  expected named sites for POST, got *"],
        },
    ],
});

const served = "expected CloudFront in front of a private bucket, got a website endpoint";

describeRule({
    rule: "s3-no-website-endpoint",
    type: "s3/bucketWebsiteConfiguration",
    violations: [{ change: { indexDocument: { suffix: "index.html" } }, says: [served] }],
    notApplicable: [{ change: { redirectAllRequestsTo: { hostName: "www.example.com" } } }],
    unknownIsWrong: ["indexDocument"],
});

describeRule({
    rule: "s3-no-website-endpoint",
    type: bucket,
    compliant: {},
    violations: [{ change: { website: { indexDocument: "index.html" } }, says: [`website  ${served}`] }],
    notApplicable: [{ change: { website: { redirectAllRequestsTo: "www.example.com" } } }],
});
