/** Who may take a role that opens sessions, what such a role may do, and what an instance needs to be opened. */
import type * as pulumi from "@pulumi/pulumi";
import { arn, type Environment, environmentTag } from "../../conventions/environment.ts";
import type { Statement } from "../parts/role.ts";
import { documentNames } from "./session-documents.ts";
import type { AccessSettings } from "./settings.ts";

type RoleSettings = AccessSettings["roles"][string];

/** Exact principals are named; those with * cannot be, so their accounts are, bound to the pattern. */
export function trustStatements({ principals, mfa }: Pick<RoleSettings, "principals" | "mfa">): readonly object[] {
    const condition = mfa ? { Bool: { "aws:MultiFactorAuthPresent": "true" } } : {};
    const exact = principals.filter((each) => !each.includes("*")).sort();
    const patterns = principals.filter((each) => each.includes("*")).sort();
    const accounts = [...new Set(patterns.map((each) => each.split(":")[4] ?? ""))];
    return [
        ...(exact.length > 0 ? [statement({ AWS: exact }, condition)] : []),
        ...accounts.map((account) =>
            statement(
                { AWS: `arn:aws:iam::${account}:root` },
                { ...condition, ArnLike: { "aws:PrincipalArn": patterns.filter((each) => each.includes(`::${account}:`)) } },
            ),
        ),
    ];
}

function statement(principal: object, condition: object): object {
    return {
        Effect: "Allow",
        Principal: principal,
        Action: "sts:AssumeRole",
        ...(Object.keys(condition).length > 0 && { Condition: condition }),
    };
}

/** Documents that a role may open a session with; no other, the account's default included. */
export function documentsOf(environment: Environment, role: Pick<RoleSettings, "shell" | "forward" | "commands">): readonly string[] {
    const names = documentNames(environment.name);
    return [...(role.shell ? [names.shell] : []), ...(role.forward ? [names.forward] : []), ...role.commands.map(names.command)];
}

/** IAM's own variable, filled in when somebody calls. */
const owner = "${aws:userid}";

/**
 * A session needs the instance and the document, each permitted for itself. The instance must carry this environment's tag. The document
 * check stands in both statements, because AWS asks of each by itself whether a document was named.
 */
export function operatorStatements(
    environment: Environment,
    role: Pick<RoleSettings, "shell" | "forward" | "commands">,
    sessionsKeyArn: pulumi.Input<string>,
): readonly Statement[] {
    const documentCheck = { BoolIfExists: { "ssm:SessionDocumentAccessCheck": "true" } };
    const documents = documentsOf(environment, role).map((name) => arn(environment, "ssm", `document/${name}`));
    return [
        {
            Sid: "StartOnThisEnvironment",
            Effect: "Allow",
            Action: "ssm:StartSession",
            Resource: arn(environment, "ec2", "instance/*"),
            Condition: { ...documentCheck, StringEquals: { [`ssm:resourceTag/${environmentTag}`]: environment.name } },
        },
        { Sid: "StartWithTheseDocuments", Effect: "Allow", Action: "ssm:StartSession", Resource: documents, Condition: documentCheck },
        // A session is known by its owner in two ways: by its name on the data channel, by its tag elsewhere.
        {
            Sid: "OwnChannels",
            Effect: "Allow",
            Action: "ssmmessages:OpenDataChannel",
            Resource: arn(environment, "ssm", `session/${owner}-*`),
        },
        {
            Sid: "OwnSessions",
            Effect: "Allow",
            Action: ["ssm:ResumeSession", "ssm:TerminateSession"],
            Resource: arn(environment, "ssm", "session/*"),
            Condition: { StringLike: { "ssm:resourceTag/aws:ssmmessages:session-id": [owner, `${owner}-*`] } },
        },
        { Sid: "Encrypt", Effect: "Allow", Action: "kms:GenerateDataKey", Resource: sessionsKeyArn },
        { Sid: "ReadDocuments", Effect: "Allow", Action: ["ssm:DescribeDocument", "ssm:GetDocument"], Resource: documents },
        {
            Sid: "Look",
            Effect: "Allow",
            Action: [
                "ec2:DescribeInstances",
                "ssm:DescribeInstanceInformation",
                "ssm:DescribeInstanceProperties",
                "ssm:DescribeSessions",
                "ssm:GetConnectionStatus",
            ],
            Resource: "*",
        },
    ];
}

/** What the role of an instance needs so that its sessions open, are encrypted and are recorded. */
export function instanceStatements(target: {
    readonly sessionsKeyArn: pulumi.Input<string>;
    readonly logGroupStreams: pulumi.Input<string>;
    readonly bucketArn: pulumi.Input<string>;
    readonly bucketObjects: pulumi.Input<string>;
    readonly bucketKeyArn?: pulumi.Input<string>;
}): readonly Statement[] {
    return [
        {
            Sid: "SessionChannels",
            Effect: "Allow",
            Action: [
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            Resource: "*",
        },
        { Sid: "SessionKey", Effect: "Allow", Action: "kms:Decrypt", Resource: target.sessionsKeyArn },
        { Sid: "SessionLog", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: target.logGroupStreams },
        { Sid: "SessionLogGroups", Effect: "Allow", Action: ["logs:DescribeLogGroups", "logs:DescribeLogStreams"], Resource: "*" },
        { Sid: "SessionObjects", Effect: "Allow", Action: "s3:PutObject", Resource: target.bucketObjects },
        { Sid: "SessionBucket", Effect: "Allow", Action: "s3:GetEncryptionConfiguration", Resource: target.bucketArn },
        ...(target.bucketKeyArn === undefined
            ? []
            : [{ Sid: "SessionBucketKey", Effect: "Allow", Action: "kms:GenerateDataKey", Resource: target.bucketKeyArn } as const]),
    ];
}
