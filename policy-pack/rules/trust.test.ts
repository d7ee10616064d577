import { describeOn, describeRule, subject } from "../testing.ts";

const role = "iam/role";
const own = "123456789012";
const foreign = "210987654321";

const trusting = (statement: object) => ({ assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) });
const assume = (Principal: unknown, Condition?: object) => ({
    Effect: "Allow",
    Principal,
    Action: "sts:AssumeRole",
    ...(Condition && { Condition }),
});

describeRule({
    rule: "iam-trust-no-wildcard",
    type: role,
    compliant: trusting(assume({ Service: "lambda.amazonaws.com" })),
    alsoCompliant: [
        { change: trusting(assume("*", { StringEquals: { "aws:PrincipalOrgID": "o-1" } })) },
        { change: trusting({ ...assume("*"), Effect: "Deny" }) },
    ],
    violations: [
        {
            change: trusting(assume("*")),
            says: ["assumeRolePolicy.Statement[0]  expected named principals or a condition on who calls, got anybody"],
        },
        {
            change: { assumeRolePolicy: { Statement: [assume({ AWS: ["*"] }, { StringEquals: { "sts:ExternalId": "told" } })] } },
            says: ["assumeRolePolicy.Statement[0]  expected named principals or a condition on who calls, got anybody"],
        },
    ],
});

const web = (issuer: string, Condition: object) => ({
    ...assume({ Federated: `arn:aws:iam::${own}:oidc-provider/${issuer}` }, Condition),
    Action: "sts:AssumeRoleWithWebIdentity",
});
const github = "token.actions.githubusercontent.com";
const cluster = "oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF";
const audience = { [`${github}:aud`]: "sts.amazonaws.com" };
const ofGithub = (sub: string) => trusting(web(github, { StringEquals: audience, StringLike: { [`${github}:sub`]: sub } }));
const ofCluster = (sub: string) =>
    trusting(web(cluster, { StringEquals: { [`${cluster}:aud`]: "sts.amazonaws.com" }, StringLike: { [`${cluster}:sub`]: sub } }));
const condition = "assumeRolePolicy.Statement[0].Condition";

describeRule({
    rule: "iam-oidc-trust-scoped",
    type: role,
    compliant: ofGithub("repo:acme/shop:environment:prod"),
    alsoCompliant: [
        { change: ofGithub("repo:acme/*") },
        { change: ofGithub("repository_owner_id:4711:repository_id:*") },
        { change: ofGithub("repo:acme/shop:ref:refs/heads/main") },
        { change: ofCluster("system:serviceaccount:shop:api") },
        { change: ofCluster("system:serviceaccount:shop:*") },
        {
            change: trusting(
                web("gitlab.com", { StringLike: { "gitlab.com:sub": "project_path:acme/shop:*", "gitlab.com:aud": "https://gitlab.com" } }),
            ),
        },
        {
            change: trusting(
                web(github, {
                    StringLike: { ...audience, [`${github}:sub`]: "*", [`${github}:job_workflow_ref`]: "acme/flows/.github/*" },
                }),
            ),
        },
        {
            change: trusting({
                ...web(github, { StringEquals: { "cognito-identity.amazonaws.com:aud": "eu-west-1:pool" } }),
                Principal: { Federated: "cognito-identity.amazonaws.com" },
            }),
        },
        {
            change: trusting({
                ...assume({ Federated: `arn:aws:iam::${own}:saml-provider/company` }),
                Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            }),
        },
        { change: trusting(assume({ Service: "ec2.amazonaws.com" })) },
    ],
    violations: [
        {
            change: trusting({ ...web(github, { StringEquals: audience }), Action: ["sts:TagSession", "sts:AssumeRoleWith*"] }),
            says: [`${condition}  expected the subject of ${github}'s tokens (:sub), got any`],
        },
        {
            change: trusting(web(github, { StringEquals: audience })),
            says: [`${condition}  expected the subject of ${github}'s tokens (:sub), got any`],
        },
        {
            change: trusting(web(github, { StringLike: { [`${github}:sub`]: "repo:acme/shop:*" } })),
            says: [`${condition}  expected the audience of ${github}'s tokens (:aud), got any`],
        },
        { change: ofGithub("*"), says: [`${condition}  expected a full name of an owner in ${github}:sub, got "*"`] },
        { change: ofGithub("repo:*"), says: [`${condition}  expected a full name of an owner in ${github}:sub, got "repo:*"`] },
        {
            change: ofGithub("repository_owner:*"),
            says: [`${condition}  expected a full name of an owner in ${github}:sub, got "repository_owner:*"`],
        },
        { change: ofGithub("repo:acme*"), says: [`${condition}  expected a full name of an owner in ${github}:sub, got "repo:acme*"`] },
        {
            change: ofCluster("system:serviceaccount:*"),
            says: [`${condition}  expected a full name of an owner in ${cluster.toLowerCase()}:sub, got "system:serviceaccount:*"`],
        },
        {
            change: trusting(web(github, { StringEquals: audience, StringEqualsIfExists: { [`${github}:sub`]: "repo:acme/shop:*" } })),
            says: [`${condition}  expected the subject of ${github}'s tokens (:sub), got any`],
        },
        {
            change: trusting(web(github, { StringEquals: audience, StringNotLike: { [`${github}:sub`]: "repo:evil/*" } })),
            says: [`${condition}  expected the subject of ${github}'s tokens (:sub), got any`],
        },
    ],
});

describeRule({
    rule: "iam-trust-confused-deputy",
    type: role,
    compliant: trusting(assume({ Service: "scheduler.amazonaws.com" }, { StringEquals: { "aws:SourceAccount": own } })),
    alsoCompliant: [
        // These say nothing about their source, so a condition would lock them out.
        { change: trusting(assume({ Service: ["ec2.amazonaws.com", "lambda.amazonaws.com"] })) },
        { change: trusting(assume({ Service: "states.amazonaws.com" }, { ArnLike: { "aws:SourceArn": `arn:aws:states:*:${own}:*` } })) },
    ],
    violations: [
        {
            change: trusting(assume({ Service: ["ec2.amazonaws.com", "scheduler.amazonaws.com"] })),
            says: ["assumeRolePolicy.Statement[0]  expected a condition on the source for scheduler.amazonaws.com, got none"],
        },
        {
            change: trusting(assume({ Service: "scheduler.amazonaws.com" }, { StringEqualsIfExists: { "aws:SourceAccount": own } })),
            says: ["assumeRolePolicy.Statement[0]  expected a condition on the source for scheduler.amazonaws.com, got none"],
        },
    ],
});

const supplier = { AWS: `arn:aws:iam::${foreign}:root` };

describeRule({
    rule: "iam-cross-account-external-id",
    type: role,
    provider: { allowedAccountIds: JSON.stringify([own]) },
    parameters: { accounts: ["333333333333"] },
    compliant: trusting(assume(supplier, { StringEquals: { "sts:ExternalId": "agreed" } })),
    others: [],
    alsoCompliant: [
        { change: trusting(assume({ AWS: [`arn:aws:iam::${own}:role/deploy`, own, "333333333333"] })) },
        { change: trusting(assume({ AWS: own })) },
        { change: trusting(assume({ Service: "ec2.amazonaws.com" })), provider: {} },
        { change: trusting(assume(supplier, { Bool: { "aws:MultiFactorAuthPresent": "true" } })) },
        { change: trusting(assume(supplier, { StringEquals: { "aws:PrincipalOrgID": "o-1" } })) },
    ],
    violations: [
        {
            change: trusting(assume(supplier)),
            says: [`assumeRolePolicy.Statement[0]  expected sts:ExternalId or aws:PrincipalOrgID for ${foreign}, got neither`],
        },
        {
            change: trusting(assume({ AWS: [own, foreign] }, { BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } })),
            says: [`assumeRolePolicy.Statement[0]  expected sts:ExternalId or aws:PrincipalOrgID for ${foreign}, got neither`],
        },
    ],
});

const awsPolicy = (name: string) => `arn:aws:iam::aws:policy/${name}`;
const attachments = ["iam/rolePolicyAttachment", "iam/groupPolicyAttachment", "iam/userPolicyAttachment", "iam/policyAttachment"];
const lists = [
    [role, "managedPolicyArns"],
    ["iam/rolePolicyAttachmentsExclusive", "policyArns"],
] as const;

describeOn(attachments, {
    rule: "iam-no-broad-managed-policies",
    compliant: { policyArn: awsPolicy("service-role/AWSLambdaBasicExecutionRole") },
    alsoCompliant: [
        { change: { policyArn: `arn:aws:iam::${own}:policy/ShopFullAccess` } },
        { change: { policyArn: awsPolicy("AmazonS3ReadOnlyAccess") } },
        { change: { policyArn: awsPolicy("AWSCloudShellFullAccess") } },
    ],
    violations: [
        ...["AdministratorAccess", "AmazonS3FullAccess", "AWSLambda_FullAccess", "CloudWatchFullAccessV2"].map((name) => ({
            change: { policyArn: awsPolicy(name) },
            says: [`policyArn  expected a policy that names what is needed, got "${name}"`],
        })),
        {
            change: { policyArn: "arn:aws-us-gov:iam::aws:policy/job-function/DatabaseAdministrator" },
            says: ['policyArn  expected a policy that names what is needed, got "DatabaseAdministrator"'],
        },
    ],
});

describeOn(attachments, {
    rule: "iam-no-broad-managed-policies",
    parameters: { allowed: ["AWSCloudShellFullAccess", "AmazonS3*"] },
    compliant: { policyArn: awsPolicy("AmazonS3FullAccess") },
    violations: [
        {
            change: { policyArn: awsPolicy("AmazonSQSFullAccess") },
            says: ['policyArn  expected a policy that names what is needed, got "AmazonSQSFullAccess"'],
        },
    ],
});

describeOn(attachments, {
    rule: "iam-no-cloudshell-full",
    compliant: { policyArn: awsPolicy("AWSSupportAccess") },
    violations: [
        {
            change: { policyArn: awsPolicy("AWSCloudShellFullAccess") },
            says: ['policyArn  expected a policy without file transfer, got "AWSCloudShellFullAccess"'],
        },
    ],
});

for (const [type, property] of lists) {
    describeRule({
        rule: "iam-no-broad-managed-policies",
        type,
        compliant: { [property]: [awsPolicy("ReadOnlyAccess")] },
        violations: [
            {
                change: { [property]: [awsPolicy("ReadOnlyAccess"), awsPolicy("PowerUserAccess")] },
                says: [`${property}[1]  expected a policy that names what is needed, got "PowerUserAccess"`],
            },
        ],
    });
    describeRule({
        rule: "iam-no-cloudshell-full",
        type,
        compliant: {},
        violations: [
            {
                change: { [property]: [awsPolicy("AWSCloudShellFullAccess")] },
                says: [`${property}[0]  expected a policy without file transfer, got "AWSCloudShellFullAccess"`],
            },
        ],
    });
}

const boundary = `arn:aws:iam::${own}:policy/team-boundary`;

for (const type of [role, "iam/user"]) {
    describeRule({
        rule: "iam-permissions-boundary",
        type,
        compliant: { permissionsBoundary: boundary },
        violations: [
            { change: { permissionsBoundary: undefined }, says: ["permissionsBoundary  expected the ARN of a boundary, got nothing"] },
        ],
    });
    describeRule({
        rule: "iam-permissions-boundary",
        type,
        parameters: { arns: ["arn:aws:iam::*:policy/admin-*", "arn:aws:iam::*:policy/team-*"] },
        compliant: { permissionsBoundary: boundary },
        violations: [
            {
                change: { permissionsBoundary: awsPolicy("PowerUserAccess") },
                says: [
                    `permissionsBoundary  expected arn:aws:iam::*:policy/admin-* or arn:aws:iam::*:policy/team-*, got "${awsPolicy("PowerUserAccess")}"`,
                ],
            },
        ],
    });
}

describeRule({
    rule: "iam-max-session-duration",
    type: role,
    compliant: {},
    alsoCompliant: [{ change: { maxSessionDuration: 14_400 } }],
    violations: [{ change: { maxSessionDuration: 43_200 }, says: ["maxSessionDuration  expected at most 14400 seconds, got 43200"] }],
});

describeRule({
    rule: "iam-max-session-duration",
    type: "ssoadmin/permissionSet",
    compliant: {},
    alsoCompliant: ["PT4H", "PT239M", "PT3H59M60S"].map((sessionDuration) => ({ change: { sessionDuration } })),
    violations: ["PT12H", "PT4H1M", "PT241M", "PT4H1S", "PT3H59M61S"].map((sessionDuration) => ({
        change: { sessionDuration },
        says: [`sessionDuration  expected at most 14400 seconds, got "${sessionDuration}"`],
    })),
});

describeRule({
    rule: "iam-root-access-central",
    type: "iam/organizationsFeatures",
    compliant: { enabledFeatures: ["RootSessions", "RootCredentialsManagement"] },
    violations: [
        {
            change: { enabledFeatures: ["RootSessions"] },
            says: ['enabledFeatures  expected a list with "RootCredentialsManagement" and "RootSessions", got ["RootSessions"]'],
        },
    ],
});

describeRule({
    rule: "iam-no-users",
    type: "iam/user",
    violations: [{ says: ["expected a role or permission set, got a user"] }],
});

describeRule({
    rule: "iam-no-users",
    type: "iam/userLoginProfile",
    violations: [{ says: ["expected a role or permission set, got a password for the console"] }],
});

describeRule({
    rule: "iam-no-access-keys",
    type: "iam/accessKey",
    violations: [{ says: ["expected a role, got an access key"] }],
});

describeRule({
    rule: "iam-user-in-group",
    type: "iam/user",
    compliant: {},
    others: [{ name: "membership", type: "iam/userGroupMembership", props: { groups: ["readers"] }, links: { user: subject } }],
    alsoCompliant: [{ others: [{ name: "members", type: "iam/groupMembership", links: { users: [subject] } }] }],
    violations: [{ others: [], says: ["expected membership of a group, got none"] }],
});

const strong = {
    minimumPasswordLength: 14,
    passwordReusePrevention: 24,
    requireLowercaseCharacters: true,
    requireUppercaseCharacters: true,
    requireNumbers: true,
    requireSymbols: true,
    maxPasswordAge: 90,
};

describeRule({
    rule: "iam-password-policy",
    type: "iam/accountPasswordPolicy",
    compliant: strong,
    violations: [
        { change: { minimumPasswordLength: 8 }, says: ["minimumPasswordLength  expected at least 14 characters, got 8"] },
        { change: { passwordReusePrevention: undefined }, says: ["passwordReusePrevention  expected at least 24 passwords, got nothing"] },
        {
            change: { requireSymbols: false, requireNumbers: undefined },
            says: ["requireNumbers  expected true, got nothing", "requireSymbols  expected true, got false"],
        },
        {
            change: { requireLowercaseCharacters: false, requireUppercaseCharacters: false },
            says: ["requireLowercaseCharacters  expected true, got false", "requireUppercaseCharacters  expected true, got false"],
        },
        { change: { maxPasswordAge: 365 }, says: ["maxPasswordAge  expected at most 90 days, got 365"] },
    ],
});

describeRule({
    rule: "iam-password-policy",
    type: "iam/accountPasswordPolicy",
    parameters: { maximumAgeDays: 0 },
    compliant: { ...strong, maxPasswordAge: undefined },
    violations: [{ change: { requireNumbers: false }, says: ["requireNumbers  expected true, got false"] }],
});

/** Ends in 2036. */
const lasting = `-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIUTuvDhxAXylb2p6ahFRp4x1w0u3EwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQc2hvcC5leGFtcGxlLmNvbTAeFw0yNjExMjExNTQ1MjZaFw0z
NjExMTgxNTQ1MjZaMBsxGTAXBgNVBAMMEHNob3AuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASH9UxFRNQPejnnbep9reP8GJ9/sLrZarp0rKhq
0z3GhR/f+9YXWuzyuJuNoy0C81/YFTriJ3y33lXn3X9tOgTdo1MwUTAdBgNVHQ4E
FgQU9Ubn8IRUwMrXhr3yIxlAX+iUz9owHwYDVR0jBBgwFoAU9Ubn8IRUwMrXhr3y
IxlAX+iUz9owDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBsFSCt
k7Tc4CBqH9CvG8EthvvDjUOKj9x7GEbPWRKIWQIhAIOD6/XVQttuSdoAiKA3B7Wl
RHT6QfO6hWAomUjbXW07
-----END CERTIFICATE-----`;

/** Ends on 2026-12-01, ten days after the day of the tests. */
const ending = `-----BEGIN CERTIFICATE-----
MIIBijCCATGgAwIBAgIUIvyNpoOhCSe55PSYzjB4935BS/kwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQc2hvcC5leGFtcGxlLmNvbTAeFw0yNjExMjExNTQ1MjZaFw0y
NjEyMDExNTQ1MjZaMBsxGTAXBgNVBAMMEHNob3AuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQBoc0neJHoQphr3DH/nMgqifB6txv4z6YOXAY3
v7v+Qq+aTi0bCoYuUR1cVQ9jfKk6qPbqK1eMHs9BVauY51eKo1MwUTAdBgNVHQ4E
FgQUUb3UF9S1tbr+pRosOffpq7esRywwHwYDVR0jBBgwFoAUUb3UF9S1tbr+pRos
Offpq7esRywwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAyxeYy
0z0JD90MovUToWxoB9qlblYfx3G6vnWLjy2gSwIgWWiibXrFfSiVLb6WSpueQNA8
AID/DPErGTY7zrqVwMo=
-----END CERTIFICATE-----`;

describeRule({
    rule: "iam-server-certificate",
    type: "iam/serverCertificate",
    compliant: { certificateBody: lasting, privateKey: "in a secret" },
    violations: [
        {
            change: { certificateBody: ending },
            says: ["certificateBody  expected a certificate that lasts 30 days more, got one that ends on 2026-12-01"],
        },
        { change: { certificateBody: "MII" }, says: ["certificateBody  expected a certificate in PEM, got other text"] },
    ],
    secrets: ["in a secret"],
});

describeRule({
    rule: "iam-no-server-certificates",
    type: "iam/serverCertificate",
    compliant: {},
    violations: [{ change: { privateKey: "in a secret" }, says: ["privateKey  expected a certificate of ACM, got one"] }],
    unknownIsWrong: ["privateKey"],
    secrets: ["in a secret"],
});

const detector = (name: string, region: string) => ({ name, type: "guardduty/detector", props: { region } });
const analyzer = (name: string, region: string, type?: string) => ({
    name,
    type: "accessanalyzer/analyzer",
    props: { analyzerName: name, region, ...(type && { type }) },
});

describeRule({
    rule: "iam-access-analyzer",
    compliant: {},
    others: [detector("ireland", "eu-west-1"), analyzer("outside", "eu-west-1")],
    alsoCompliant: [{ others: [analyzer("outside", "eu-west-1", "ORGANIZATION")] }],
    violations: [
        {
            others: [detector("ireland", "eu-west-1"), detector("frankfurt", "eu-central-1"), analyzer("outside", "eu-west-1")],
            says: ["expected an analyzer for outside access in eu-central-1, got none"],
        },
        {
            others: [analyzer("unused", "eu-west-1", "ACCOUNT_UNUSED_ACCESS")],
            says: ["expected an analyzer for outside access in eu-west-1, got none"],
        },
        {
            others: [{ name: "passwords", type: "iam/accountPasswordPolicy" }],
            says: ["expected an analyzer for outside access in the provider's region, got none"],
        },
    ],
    notApplicable: [{ others: [{ name: "bucket", type: "s3/bucket" }] }],
});

const passwords = { name: "passwords", type: "iam/accountPasswordPolicy" };
const attached = (policyArn: string, name = "attached") => ({
    name,
    type: "iam/rolePolicyAttachment",
    props: { policyArn, role: "on-call" },
});

describeRule({
    rule: "iam-support-role",
    compliant: {},
    others: [passwords, attached(awsPolicy("AWSSupportAccess")), attached(awsPolicy("ReadOnlyAccess"), "other")],
    violations: [{ others: [passwords, attached(awsPolicy("ReadOnlyAccess"))], says: ["expected a role with AWSSupportAccess, got none"] }],
    notApplicable: [{ others: [attached(awsPolicy("ReadOnlyAccess"))] }],
});
