import { expect } from "chai";
import { describe, it } from "mocha";
import { credentials, escalations, runners, sharing, stores } from "../core/risky-actions.ts";
import { Parameters } from "../core/rule.ts";
import { unknown } from "../core/values.ts";
import { type Bag, type Change, describeOn, describeRule, resourceOf, testDay } from "../testing.ts";
import { identity } from "./identity.ts";

const types = ["iam/policy", "iam/rolePolicy", "iam/userPolicy", "iam/groupPolicy", "iam/role", "ssoadmin/permissionSetInlinePolicy"];

type Statements = readonly object[];

/** A document where the type keeps it, as text in one and as an object in others. */
function holding(type: string, statements: Statements): Bag {
    const document = { Version: "2012-10-17", Statement: statements };
    switch (type) {
        case "iam/role":
            return { inlinePolicies: [{ name: "own", policy: JSON.stringify(document) }] };
        case "ssoadmin/permissionSetInlinePolicy":
            return { inlinePolicy: JSON.stringify(document) };
        default:
            return { policy: type === "iam/policy" ? document : JSON.stringify(document) };
    }
}

function at(type: string): string {
    return { "iam/role": "inlinePolicies[0].policy", "ssoadmin/permissionSetInlinePolicy": "inlinePolicy" }[type] ?? "policy";
}

const own = "arn:aws:s3:::orders/*";
const allow = (Action: string | readonly string[], Resource: string | readonly string[] = "*", more: object = {}) => ({
    Effect: "Allow",
    Action,
    Resource,
    ...more,
});
const deny = (Action: string | readonly string[], more: object = {}) => ({ Effect: "Deny", Action, Resource: "*", ...more });
const read = allow("s3:GetObject", own);
const tagged = { Condition: { StringEquals: { "aws:ResourceTag/environment": "dev" } } };

/** One rule about documents, on every type that has one. `says` follows the path of the document. */
function describeDocuments(cases: {
    readonly rule: string;
    readonly right: readonly Statements[];
    readonly wrong: readonly (readonly [statements: Statements, says: string])[];
    readonly parameters?: Bag;
}): void {
    for (const type of types) {
        const change = (statements: Statements): Change => ({ change: holding(type, statements) });
        describeRule({
            rule: cases.rule,
            type,
            compliant: holding(type, [read]),
            alsoCompliant: cases.right.map(change),
            violations: cases.wrong.map(([statements, says]) => ({ ...change(statements), says: [says.replace("$", at(type))] })),
            ...(cases.parameters && { parameters: cases.parameters }),
        });
    }
}

describeDocuments({
    rule: "iam-no-admin-star",
    right: [[allow("*", own)], [allow("s3:*")], [deny("*")], [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }]],
    wrong: [
        [[read, allow("*")], "$.Statement[1]  expected named actions or resources, got every action on every resource"],
        [
            [allow(["s3:GetObject", "*:*"], ["arn:aws:*"])],
            "$.Statement[0]  expected named actions or resources, got every action on every resource",
        ],
        [
            [allow("*", "*", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } })],
            "$.Statement[0]  expected named actions or resources, got every action on every resource",
        ],
    ],
});

describeDocuments({
    rule: "iam-no-service-wildcard",
    right: [[allow(["s3:Get*", "execute-api:*"])], [deny("s3:*")], [allow("*")]],
    wrong: [
        [[allow("s3:*", own)], '$.Statement[0].Action  expected named actions, got "s3:*"'],
        [[allow(["ec2:Describe*", "sqs:**", "SNS:*"])], '$.Statement[0].Action  expected named actions, got "sqs:**", "sns:*"'],
        [[allow("*", own)], '$.Statement[0].Action  expected named actions, got "*"'],
    ],
    parameters: { allowed: ["execute-api"] },
});

describeDocuments({
    rule: "iam-no-allow-by-exclusion",
    right: [[{ Effect: "Deny", NotAction: "sts:*", Resource: "*" }], [{ Effect: "Deny", Action: "s3:*", NotResource: own }]],
    wrong: [
        [
            [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }],
            "$.Statement[0].NotAction  expected Action, got NotAction in a statement that allows",
        ],
        [
            [read, { Effect: "Allow", Action: "s3:GetObject", NotResource: own }],
            "$.Statement[1].NotResource  expected Resource, got NotResource in a statement that allows",
        ],
    ],
});

describeDocuments({
    rule: "iam-no-resource-wildcard-write",
    right: [
        [allow("s3:PutObject", own)],
        [allow(["s3:ListAllMyBuckets", "ec2:Describe*", "cloudwatch:PutMetricData", "ssmmessages:OpenDataChannel"])],
        [allow(["ecr:GetAuthorizationToken", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"])],
        [allow("ec2:TerminateInstances", "*", tagged)],
        [allow("logs:PutLogEvents", "arn:aws:logs:eu-west-1:123456789012:*")],
        [allow("sqs:SendMessage", "arn:aws:s3:::*")],
        [deny("s3:DeleteObject")],
    ],
    wrong: [
        [[allow("s3:PutObject")], "$.Statement[0].Resource  expected the resources that s3:PutObject may change, got every one"],
        [
            [allow("sqs:Send*", "arn:aws:sqs:*:*:*")],
            "$.Statement[0].Resource  expected the resources that sqs:SendMessage may change, got every one",
        ],
        [
            [allow(["ec2:TerminateInstances", "dynamodb:*Item"])],
            "$.Statement[0].Resource  expected the resources that ec2:TerminateInstances, dynamodb:BatchWriteItem, dynamodb:DeleteItem and 2 more may change, got every one",
        ],
    ],
});

describeDocuments({
    rule: "iam-no-privilege-escalation",
    right: [
        [allow("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/app/*")],
        [
            allow("iam:PutRolePolicy", "*", {
                Condition: { StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/b" } },
            }),
        ],
        [allow("iam:PassRole"), allow("ec2:DescribeInstances")],
        [allow("iam:PassRole", "arn:aws:iam::123456789012:role/app"), allow("ec2:RunInstances")],
        [allow(["iam:Get*", "iam:AttachRolePolicy"]), deny("iam:Attach*")],
        [allow("*")],
    ],
    wrong: [
        [
            [allow("iam:Attach*")],
            "$.Statement[0]  expected no way to more than is granted, got iam:AttachGroupPolicy, iam:AttachRolePolicy, iam:AttachUserPolicy on every resource",
        ],
        [
            [allow("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/*")],
            "$.Statement[0]  expected no way to more than is granted, got iam:PutRolePolicy on every resource",
        ],
        [
            [allow("iam:PassRole"), allow(["logs:PutLogEvents", "lambda:Create*"], "arn:aws:lambda:eu-west-1:123456789012:function:x")],
            "$.Statement[0]  expected no way to more than is granted, got iam:PassRole with lambda:CreateFunction on every resource",
        ],
    ],
});

describeDocuments({
    rule: "iam-no-permissions-management",
    right: [
        [allow("s3:PutBucketPolicy", "arn:aws:s3:::orders")],
        [allow("kms:CreateGrant", "*", { Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } } })],
    ],
    wrong: [
        [
            [allow(["s3:PutBucket*", "sqs:AddPermission"], ["arn:aws:s3:::*"])],
            "$.Statement[0]  expected named resources or a condition for s3:PutBucketAcl, s3:PutBucketPolicy, s3:PutBucketPublicAccessBlock, got every resource",
        ],
    ],
});

describeDocuments({
    rule: "iam-no-credentials-exposure",
    right: [
        [allow("sts:AssumeRole", "arn:aws:iam::123456789012:role/deploy")],
        [allow(["ecr:GetAuthorizationToken", "sts:GetCallerIdentity"])],
    ],
    wrong: [
        [[allow("sts:AssumeRole")], "$.Statement[0]  expected named resources or a condition for sts:AssumeRole, got every resource"],
        [
            [allow("rds-db:connect", "arn:aws:rds-db:*:*:dbuser:*/*")],
            "$.Statement[0]  expected named resources or a condition for rds-db:connect, got every resource",
        ],
    ],
});

describeDocuments({
    rule: "iam-no-data-exfiltration",
    right: [
        [allow("ssm:GetParameter", "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/*")],
        [allow("secretsmanager:BatchGetSecretValue")],
    ],
    wrong: [
        [
            [allow(["s3:Get*", "s3:List*"])],
            "$.Statement[0]  expected named resources or a condition for s3:GetObject, s3:GetObjectVersion, got every resource",
        ],
        [
            [allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:*")],
            "$.Statement[0]  expected named resources or a condition for secretsmanager:GetSecretValue, got every resource",
        ],
        [
            [allow("ssm:*")],
            "$.Statement[0]  expected named resources or a condition for ssm:GetParameter, ssm:GetParameterHistory, ssm:GetParameters, ssm:GetParametersByPath, got every resource",
        ],
    ],
});

const passed = { Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } } };

for (const [rule, actions] of [
    ["iam-no-permissions-management", sharing],
    ["iam-no-credentials-exposure", credentials],
    ["iam-no-data-exfiltration", stores],
] as const) {
    describeRule({
        rule,
        type: "iam/policy",
        compliant: holding("iam/policy", [read]),
        violations: actions.map((action) => ({
            change: holding("iam/policy", [allow(action)]),
            says: [`policy.Statement[0]  expected named resources or a condition for ${action}, got every resource`],
        })),
    });
}

describeRule({
    rule: "iam-no-privilege-escalation",
    type: "iam/policy",
    compliant: holding("iam/policy", [read]),
    violations: [
        ...escalations.map((action) => [allow(action), action] as const),
        ...runners.map((action) => [allow(["iam:PassRole", action]), `iam:PassRole with ${action}`] as const),
    ].map(([statement, found]) => ({
        change: holding("iam/policy", [statement]),
        says: [`policy.Statement[0]  expected no way to more than is granted, got ${found} on every resource`],
    })),
});

describeDocuments({
    rule: "iam-passrole-scoped",
    right: [
        [allow("iam:PassRole", "arn:aws:iam::123456789012:role/task")],
        [allow("iam:PassRole", "arn:aws:iam::123456789012:role/shop-*", passed)],
        [deny("iam:PassRole")],
    ],
    wrong: [
        [[allow("iam:PassRole")], "$.Statement[0].Resource  expected the ARNs of roles for iam:PassRole, got every role"],
        [
            [allow("iam:Pass*", "arn:aws:iam::*:role/*", passed)],
            "$.Statement[0].Resource  expected the ARNs of roles for iam:PassRole, got every role",
        ],
        [
            [allow("iam:PassRole", "arn:aws:iam::123456789012:role/shop-*")],
            '$.Statement[0].Condition  expected iam:PassedToService beside "arn:aws:iam::123456789012:role/shop-*", got none',
        ],
        ...[{ "iam:PassedToService": "*" }, { "iam:AssociatedResourceArn": "arn:aws:ec2:eu-west-1:123456789012:instance/i-1" }].map(
            (StringLike) =>
                [
                    [allow("iam:PassRole", "arn:aws:iam::123456789012:role/shop-*", { Condition: { StringLike } })],
                    '$.Statement[0].Condition  expected iam:PassedToService beside "arn:aws:iam::123456789012:role/shop-*", got none',
                ] as const,
        ),
    ],
});

describeDocuments({
    rule: "iam-kms-decrypt-scoped",
    right: [
        [allow("kms:Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/1")],
        [allow("kms:Decrypt", "*", { Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } } })],
        [allow("kms:GenerateDataKey")],
    ],
    wrong: [
        [[allow("kms:Decrypt")], "$.Statement[0]  expected named resources or a condition for kms:Decrypt, got every resource"],
        [
            [allow("kms:*", "arn:aws:kms:eu-west-1:123456789012:key/*")],
            "$.Statement[0]  expected named resources or a condition for kms:Decrypt, kms:ReEncryptFrom, got every resource",
        ],
    ],
});

for (const [rule, statement] of [
    ["iam-no-admin-star", allow("*")],
    ["iam-no-service-wildcard", allow("s3:*")],
] as const) {
    describeRule({
        rule,
        type: "iam/policy",
        parameters: { boundaries: ["other", "subj"] },
        notApplicable: [{ change: holding("iam/policy", [statement]) }],
        violations: [],
    });
    describeRule({ rule, type: "iam/role", notApplicable: [{ change: { assumeRolePolicy: "{}" } }], violations: [] });
}

describeOn(["iam/userPolicy", "iam/userPolicyAttachment"], {
    rule: "iam-no-user-policies",
    violations: [{ says: ["expected a policy on a group or role, got one on a user"] }],
});

describeRule({
    rule: "iam-no-user-policies",
    type: "iam/policyAttachment",
    compliant: { roles: ["app"], policyArn: "arn:aws:iam::123456789012:policy/read" },
    violations: [{ change: { users: ["ann"] }, says: ["users  expected a policy on a group or role, got one on a user"] }],
    unknownIsWrong: ["users"],
});

describeOn(["iam/rolePolicy", "iam/userPolicy", "iam/groupPolicy"], {
    rule: "iam-no-inline-policies",
    violations: [{ says: ["expected a managed policy, got an inline one"] }],
});

describeRule({
    rule: "iam-no-inline-policies",
    type: "iam/role",
    compliant: {},
    violations: [{ change: holding("iam/role", [read]), says: ["inlinePolicies  expected a managed policy, got an inline one"] }],
    unknownIsWrong: ["inlinePolicies"],
});

for (const [type, property] of [
    ["backup/vaultPolicy", "policy"],
    ["ecr/repositoryPolicy", "policy"],
    ["iam/groupPolicy", "policy"],
    ["iam/policy", "policy"],
    ["iam/role", "assumeRolePolicy"],
    ["iam/rolePolicy", "policy"],
    ["iam/userPolicy", "policy"],
    ["kms/key", "policy"],
    ["kms/keyPolicy", "policy"],
    ["s3/bucketPolicy", "policy"],
    ["secretsmanager/secretPolicy", "policy"],
    ["sns/topicPolicy", "policy"],
    ["sqs/queuePolicy", "policy"],
    ["ssoadmin/permissionSetInlinePolicy", "inlinePolicy"],
] as const) {
    const text = (document: unknown): Bag => ({ [property]: JSON.stringify(document) });
    const variable = allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*");
    const words = "Calling [toJSON] on an [Output<T>] is not supported.\n\nTo get the value of an Output as a JSON value…";
    describeRule({
        rule: "policy-document-valid",
        type,
        compliant: text({ Version: "2012-10-17", Statement: [read] }),
        alsoCompliant: [
            { change: { [property]: { Statement: read } } },
            { change: text({ Version: "2012-10-17", Statement: variable }) },
            { change: text({ Version: "2008-10-17", Statement: [read] }) },
        ],
        violations: [
            { change: { [property]: "{" }, says: [`${property}  expected a JSON object, got other text`] },
            { change: { [property]: "[]" }, says: [`${property}  expected a JSON object, got other text`] },
            { change: text({ Version: "2012-10-17" }), says: [`${property}  expected a Statement, got none`] },
            {
                change: text({ Statement: [allow("s3:GetObject", words)] }),
                says: [
                    `${property}  expected the values of outputs (\`pulumi.jsonStringify\`, \`apply\`), got Pulumi's words about an output`,
                ],
            },
            {
                change: text({ Statement: [{ ...read, Effect: "allow" }, "s3:GetObject"] }),
                says: [
                    `${property}.Statement[0].Effect  expected "Allow" or "Deny", got "allow"`,
                    `${property}.Statement[1]  expected an object, got other text`,
                ],
            },
            {
                change: text({ Statement: { Effect: "Allow", Resource: "*" } }),
                says: [`${property}.Statement[0]  expected either Action or NotAction, got both or neither`],
            },
            {
                change: text({ Version: "2008-10-17", Statement: variable }),
                says: [`${property}.Version  expected "2012-10-17" for a policy with variables, got "2008-10-17"`],
            },
            {
                change: text({ Statement: variable }),
                says: [`${property}.Version  expected "2012-10-17" for a policy with variables, got nothing`],
            },
        ],
        notApplicable: [{ change: { [property]: undefined } }],
    });
}

function judge(id: string, statements: Statements, name?: string) {
    const rule = identity.find((each) => each.id === id);
    const defaults = Object.entries(rule?.parameters ?? {}).map(([key, parameter]) => [key, parameter.default as string[]] as const);
    return rule?.scope === undefined
        ? rule?.judge(resourceOf("iam/policy", holding("iam/policy", statements), name), new Parameters(new Map(defaults), testDay))
        : undefined;
}

describe("what a document allows", () => {
    it("is not asked of a permissions boundary, known by its name", () => {
        expect(judge("iam-no-admin-star", [allow("*")], "team-boundary")).to.have.property("kind", "notApplicable");
        expect(judge("iam-no-admin-star", [allow("*")], "team")).to.have.property("kind", "violation");
    });

    it("is undetermined where a part that decides is an output, and wrong whatever else is one", () => {
        const open = [allow("s3:GetObject", unknown), allow(["iam:PutRolePolicy", "iam:PassRole"], unknown), allow("kms:Decrypt", unknown)];
        const about = {
            "iam-no-data-exfiltration": allow("s3:GetObject"),
            "iam-no-privilege-escalation": allow("iam:PutRolePolicy"),
            "iam-passrole-scoped": allow("iam:PassRole"),
            "iam-kms-decrypt-scoped": allow("kms:Decrypt"),
        };
        for (const [id, wrong] of Object.entries(about)) {
            expect(judge(id, open), id).to.have.property("kind", "undetermined");
            expect(judge(id, [...open, wrong]), id).to.have.property("kind", "violation");
        }
    });

    it("is known where no output decides", () => {
        expect(judge("iam-no-admin-star", [allow("s3:GetObject", unknown)])).to.have.property("kind", "compliant");
        expect(judge("iam-no-service-wildcard", [allow("s3:GetObject", unknown)])).to.have.property("kind", "compliant");
        expect(judge("iam-passrole-scoped", [allow("s3:GetObject", unknown)])).to.have.property("kind", "compliant");
    });
});
