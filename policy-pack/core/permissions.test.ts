import { expect } from "chai";
import { describe, it } from "mocha";
import { resourceOf } from "../testing.ts";
import { grantsOnEvery, isAdministration, isHeld, permissionDocuments, reachesAnywhere, reachesEvery, writesOf } from "./permissions.ts";
import { parseDocument, type Statement } from "./policy-document.ts";
import { UnknownValue, unknown } from "./values.ts";

function read(...statements: readonly unknown[]): readonly Statement[] {
    return parseDocument({ Statement: statements }, "policy") ?? [];
}

function one(statement: unknown): Statement {
    const [found] = read(statement);
    if (found === undefined) {
        throw new Error("no statement");
    }
    return found;
}

const on = (Resource: string, Action = "*") => one({ Effect: "Allow", Action, Resource });

describe("how far a permission reaches", () => {
    it("is everything by *, by a service's * and by every one of a kind", () => {
        for (const [pattern, action] of [
            ["*", "s3:GetObject"],
            ["arn:*", "s3:GetObject"],
            ["arn:aws:*", "s3:GetObject"],
            ["arn:aws:s3:::*", "s3:GetObject"],
            ["arn:aws:s3:::*/*", "s3:GetObject"],
            ["arn:aws:dynamodb:*:*:table/*", "dynamodb:Scan"],
            ["arn:aws:iam::123456789012:role/*", "sts:AssumeRole"],
        ] as const) {
            expect(reachesEvery(on(pattern), action), pattern).to.equal(true);
        }
    });

    it("is not everything by a named bucket, another service, or a name that is not known yet", () => {
        for (const [pattern, action] of [
            ["arn:aws:s3:::orders/*", "s3:GetObject"],
            ["arn:aws:s3:::*", "sqs:SendMessage"],
            ["arn:aws:dynamodb:*:*:table/orders*", "dynamodb:Scan"],
            ["arn:aws:iam::123456789012:role/app/*", "iam:PassRole"],
            ["arn:aws:sqs:eu-west-1:123456789012:orders", "sqs:SendMessage"],
            [`${unknown}/*`, "s3:GetObject"],
        ] as const) {
            expect(reachesEvery(on(pattern), action), pattern).to.equal(false);
        }
    });

    it("tells every resource of one account from every resource anywhere", () => {
        expect(reachesAnywhere(on("arn:aws:logs:eu-west-1:123456789012:*"), "logs:PutLogEvents")).to.equal(false);
        expect(reachesAnywhere(on("arn:aws:logs:*:*:*"), "logs:PutLogEvents")).to.equal(true);
        expect(reachesAnywhere(one({ Effect: "Allow", Action: "s3:*", NotResource: "arn:aws:s3:::a" }), "s3:PutObject")).to.equal(true);
    });

    it("is held by conditions on what is touched, not by those on when and by whom", () => {
        const when = (Condition: unknown) => isHeld(one({ Effect: "Allow", Action: "*", Resource: "*", Condition }));
        expect(when({ StringEquals: { "aws:ResourceTag/environment": "dev" } })).to.equal(true);
        expect(when({ StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } })).to.equal(true);
        expect(when({ Bool: { "aws:MultiFactorAuthPresent": "true" } })).to.equal(false);
        expect(when({ StringEquals: { "aws:PrincipalOrgID": "o-1" } })).to.equal(false);
        expect(when({ StringNotEquals: { "aws:ResourceTag/environment": "prod" } })).to.equal(false);
        expect(when({ StringLike: { "iam:PassedToService": "*" } })).to.equal(false);
    });

    it("is taken back by a Deny without conditions, not by one that somebody can slip past", () => {
        const allow = { Effect: "Allow", Action: "iam:*", Resource: "*" };
        const deny = { Effect: "Deny", Action: "iam:Create*", Resource: "*" };
        const granted = (...statements: readonly unknown[]) => {
            const document = read(...statements);
            return ["iam:CreateAccessKey", "iam:PassRole"].filter((action) =>
                document.some((statement) => grantsOnEvery(statement, action, document)),
            );
        };
        expect(granted(allow)).to.deep.equal(["iam:CreateAccessKey", "iam:PassRole"]);
        expect(granted(allow, deny)).to.deep.equal(["iam:PassRole"]);
        expect(granted(allow, { ...deny, Condition: { Bool: { "aws:ViaAWSService": "false" } } })).to.include("iam:CreateAccessKey");
        expect(granted({ Effect: "Allow", NotAction: "iam:Create*", Resource: "*" })).to.deep.equal(["iam:PassRole"]);
    });

    it("is administration only with every action on every resource", () => {
        expect(isAdministration(on("*"))).to.equal(true);
        expect(isAdministration(on("arn:aws:*:*:*:*", "*:*"))).to.equal(true);
        expect(isAdministration(on("arn:aws:s3:::*"))).to.equal(false);
        expect(isAdministration(on("*", "s3:*"))).to.equal(false);
        expect(isAdministration(one({ Effect: "Deny", Action: "*", Resource: "*" }))).to.equal(false);
    });
});

describe("the documents of a resource", () => {
    it("are found where each type keeps them", () => {
        const policy = { Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] };
        for (const [type, props] of [
            ["iam/policy", { policy }],
            ["ssoadmin/permissionSetInlinePolicy", { inlinePolicy: policy }],
            ["iam/role", { inlinePolicies: [{ name: "read", policy }] }],
        ] as const) {
            const found = permissionDocuments(resourceOf(type, props)).flatMap((document) => document());
            expect(found.map((statement) => statement.actions)).to.deep.equal([["s3:getobject"]]);
        }
    });

    it("do not hide each other", () => {
        const [known, hidden] = permissionDocuments(
            resourceOf("iam/role", {
                inlinePolicies: [
                    { name: "a", policy: { Statement: [] } },
                    { name: "b", policy: unknown },
                ],
            }),
        );
        expect(known?.()).to.deep.equal([]);
        expect(() => hidden?.())
            .to.throw()
            .that.satisfies((problem: unknown) => problem instanceof UnknownValue && problem.path === "inlinePolicies[1].policy");
    });
});

describe("what a statement changes", () => {
    const writes = (...Action: readonly string[]) => writesOf(one({ Effect: "Allow", Action, Resource: "*" }));

    it("is found by name and by pattern, once", () => {
        expect(writes("s3:PutObject", "dynamodb:deleteitem")).to.deep.equal(["s3:PutObject", "dynamodb:DeleteItem"]);
        expect(writes("sqs:Send*", "sqs:SendMessage")).to.deep.equal(["sqs:SendMessage"]);
        expect(writes("ec2:*")).to.include("ec2:TerminateInstances").and.not.to.include("ec2:CreateNetworkInterface");
    });

    it("is nothing where an action only reads, or AWS cannot hold it to a resource", () => {
        expect(
            writes("s3:Get*", "ecr:GetAuthorizationToken", "ssmmessages:OpenDataChannel", "ssm:UpdateInstanceInformation"),
        ).to.deep.equal([]);
    });
});
