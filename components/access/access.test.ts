import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Environment } from "../../conventions/environment.ts";
import { nameRefusal } from "../../conventions/names.ts";
import type { Statement } from "../parts/role.ts";
import { operatorStatements, trustStatements } from "./permissions.ts";
import { AccessSettings } from "./settings.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
};
const developer = "arn:aws:iam::123456789012:role/developer";
const sound = {
    forwardPorts: [5432],
    commands: { tail: { line: "journalctl --follow --unit app", description: "Follow the log of the application" } },
    roles: {
        operator: { principals: [developer], forward: true },
        support: { principals: [developer], shell: false, commands: ["tail"] },
    },
};

function refusals(change: object): string[] {
    const parsed = AccessSettings.safeParse({ ...sound, ...change });
    return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe("settings of access", () => {
    it("may be empty: then sessions are recorded and nobody may open one", () => {
        expect(AccessSettings.parse({})).deep.equal({
            idleMinutes: 20,
            maximumMinutes: 240,
            accountPreferences: false,
            forwardPorts: [],
            commands: {},
            roles: {},
        });
    });

    const role = { principals: [developer] };
    for (const [title, change, words] of [
        [
            "an idle time beyond the longest session",
            { idleMinutes: 60, maximumMinutes: 30 },
            ["idleMinutes: must not exceed maximumMinutes (30), got 60"],
        ],
        [
            "SSH as a forwarded port",
            { forwardPorts: [22] },
            ["forwardPorts.0: must not be a shell's port (22, 3389): what is typed there is not recorded, got 22"],
        ],
        [
            "a command that is not declared, with the one that is meant",
            { roles: { support: { ...role, commands: ["tial"] } } },
            ['roles.support.commands.0: expected a key of commands, "tail", got "tial"'],
        ],
        ["forwarding where no port is named", { forwardPorts: [] }, ["roles.operator.forward: needs forwardPorts, which names no port"]],
        [
            "a role that may do nothing",
            { roles: { idle: { ...role, shell: false } } },
            ["roles.idle: may do nothing: give it shell, forward or commands, or leave it out"],
        ],
        [
            "a role's user without the component's",
            { roles: { operator: { ...role, runAsUser: "deploy" } } },
            ["roles.operator.runAsUser: needs access.runAsUser, because Session Manager looks at neither or at both"],
        ],
        [
            "a whole account as principal",
            { roles: { operator: { principals: ["arn:aws:iam::123456789012:root"] } } },
            [
                'roles.operator.principals.0: expected the ARN of a role or user such as arn:aws:iam::123456789012:role/operator, or with * for a role of Identity Center, got "arn:aws:iam::123456789012:root"',
            ],
        ],
        [
            "a parameter in a command",
            { commands: { tail: { line: "cat {{ file }}", description: "Any file" } } },
            ["commands.tail.line: must not hold {{, which Session Manager would take for a parameter"],
        ],
    ] as const) {
        it(`refuse ${title}`, () => {
            expect(refusals(change)).deep.equal(words);
        });
    }
});

describe("a role that opens sessions", () => {
    const statement = (statements: readonly Statement[], sid: string) => statements.find((each) => each.Sid === sid);
    const shell = operatorStatements(environment, { shell: true, forward: false, commands: [] }, "key");

    it("reaches only instances that carry this environment's tag", () => {
        expect(statement(shell, "StartOnThisEnvironment")).to.deep.include({
            Resource: "arn:aws:ec2:eu-west-1:123456789012:instance/*",
            Condition: {
                BoolIfExists: { "ssm:SessionDocumentAccessCheck": "true" },
                StringEquals: { "ssm:resourceTag/terrace:environment": "shop-prod" },
            },
        });
    });

    it("names its documents, and so not the account's default one, which records elsewhere", () => {
        expect(statement(shell, "StartWithTheseDocuments")?.Resource).deep.equal([
            "arn:aws:ssm:eu-west-1:123456789012:document/shop-prod-session",
        ]);
        const commands = operatorStatements(environment, { shell: false, forward: false, commands: ["tail"] }, "key");
        expect(statement(commands, "StartWithTheseDocuments")?.Resource).deep.equal([
            "arn:aws:ssm:eu-west-1:123456789012:document/shop-prod-command-tail",
        ]);
    });

    it("asks for the document in every statement that starts a session, or the check is void", () => {
        const starts = shell.filter((each) => [each.Action].flat().includes("ssm:StartSession"));
        expect(starts).to.have.lengthOf(2);
        for (const each of starts) {
            expect(each.Condition?.BoolIfExists, each.Sid).deep.equal({ "ssm:SessionDocumentAccessCheck": "true" });
        }
    });

    it("ends and resumes no session but its own", () => {
        expect(JSON.stringify(statement(shell, "OwnSessions")?.Condition)).to.include("${aws:userid}");
        expect(statement(shell, "OwnChannels")?.Resource).equal("arn:aws:ssm:eu-west-1:123456789012:session/${aws:userid}-*");
    });

    it("writes nothing and sends no commands past the sessions", () => {
        for (const each of shell) {
            expect([each.Action].flat().join(" ")).to.not.match(/SendCommand|Put|Create|Delete|Update|\*/);
        }
    });

    it("is taken with a second factor by exactly those who are named", () => {
        expect(trustStatements({ principals: [developer], mfa: true })).deep.equal([
            {
                Effect: "Allow",
                Principal: { AWS: [developer] },
                Action: "sts:AssumeRole",
                Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
            },
        ]);
    });

    it("is taken by a role of Identity Center through its account and the pattern of its name", () => {
        const pattern = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Operator_*";
        expect(trustStatements({ principals: [pattern], mfa: false })).deep.equal([
            {
                Effect: "Allow",
                Principal: { AWS: "arn:aws:iam::123456789012:root" },
                Action: "sts:AssumeRole",
                Condition: { ArnLike: { "aws:PrincipalArn": [pattern] } },
            },
        ]);
    });

    it("has a trust that AWS still takes with ten principals of usual length", () => {
        const principals = Array.from({ length: 10 }, (_, index) => `${developer}-of-the-team-${index}`);
        expect(JSON.stringify({ Version: "2012-10-17", Statement: trustStatements({ principals, mfa: true }) }).length).to.be.below(2048);
    });
});

describe("access", () => {
    async function build(change: object = {}, expendable = false) {
        const created: pulumi.runtime.MockResourceArgs[] = [];
        await pulumi.runtime.setMocks({
            call: () => ({}),
            newResource: (resource) => {
                created.push(resource);
                return { id: resource.name, state: { arn: `arn:${resource.name}`, name: resource.name, ...resource.inputs } };
            },
        });
        const aws = await import("@pulumi/aws");
        const { Access } = await import("./access.ts");
        const provider = new aws.Provider("explicit", { region: "eu-west-1" });
        const access = new Access(
            "access",
            {
                ...AccessSettings.parse({ ...sound, ...change }),
                environment: { ...environment, expendable },
                sessionsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/sessions",
                logsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/logs",
                logBucket: { name: "logs", arn: "arn:aws:s3:::logs" },
            },
            { provider },
        );
        await pulumi.runtime.disconnect();
        const children = created.filter((each) => each.type.startsWith("aws:"));
        const documents = new Map(
            children
                .filter((each) => each.type.endsWith(":Document"))
                .map((each) => [each.inputs.name as string, JSON.parse(each.inputs.content as string)]),
        );
        return { access, children, documents };
    }

    it("gives every child the explicit provider, a name that begins with its own, and a physical name that AWS takes", async () => {
        const { children } = await build({ accountPreferences: true });
        for (const each of children) {
            expect(each.provider, each.name).to.include("::explicit");
            expect(each.name).to.match(/^access-/);
            expect(nameRefusal(each.type, each.inputs.name ?? each.name)).equal(undefined);
        }
    });

    it("makes a document for the shell, the forwarded ports and each command", async () => {
        const { documents } = await build();
        expect([...documents.keys()].sort()).deep.equal(["shop-prod-command-tail", "shop-prod-forward", "shop-prod-session"]);
    });

    it("encrypts and records every session in which somebody types or runs something", async () => {
        const { documents } = await build({ accountPreferences: true });
        for (const name of ["shop-prod-session", "shop-prod-command-tail", "SSM-SessionManagerRunShell"]) {
            expect(documents.get(name).inputs, name).to.include({
                kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/sessions",
                s3BucketName: "logs",
                s3EncryptionEnabled: true,
                cloudWatchLogGroupName: "/shop-prod/sessions",
                cloudWatchEncryptionEnabled: true,
                cloudWatchStreamingEnabled: true,
                idleSessionTimeout: "20",
                maxSessionDuration: "240",
            });
        }
    });

    it("leaves the account's default document alone unless it is told to own it", async () => {
        expect((await build()).documents.has("SSM-SessionManagerRunShell")).equal(false);
    });

    it("forwards the listed ports only", async () => {
        const { documents } = await build();
        expect(documents.get("shop-prod-forward").parameters.portNumber.allowedValues).deep.equal(["5432"]);
    });

    it("tags a role with the user that its shells run as", async () => {
        const { children } = await build({
            runAsUser: "operator",
            roles: { one: { principals: [developer] }, two: { principals: [developer], runAsUser: "deploy" } },
        });
        const users = children.filter((each) => each.type.endsWith(":Role")).map((each) => each.inputs.tags);
        expect(users).deep.equal([{ SSMSessionRunAs: "operator" }, { SSMSessionRunAs: "deploy" }]);
    });

    it("permits an instance to write under the sessions' prefix of the bucket and nowhere else in it", async () => {
        const { access } = await build();
        const put = access.instanceStatements().find((each) => [each.Action].flat().includes("s3:PutObject"));
        const resource = await new Promise((resolve) => pulumi.output(put?.Resource).apply(resolve));
        expect(resource).equal("arn:aws:s3:::logs/sessions/*");
    });

    it("has one role a key and gives out its ARN", async () => {
        const { access } = await build();
        expect(Object.keys(access.operatorRoleArns)).deep.equal(["operator", "support"]);
    });
});
