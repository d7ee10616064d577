import { expect } from "chai";
import { describe, it } from "mocha";
import { allowsAction, allowsAnybody, covers, deniesPlainTransport, parseDocument, type Statement } from "./policy-document.ts";
import { UnknownValue, unknown } from "./values.ts";

function one(statement: unknown): Statement {
    const [found] = parseDocument({ Statement: statement }, "policy") ?? [];
    if (found === undefined) {
        throw new Error("no statement");
    }
    return found;
}

const open = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" };

describe("a policy document", () => {
    it("is read from text and from an object, with one statement or many", () => {
        for (const document of [{ Statement: open }, { Statement: [open] }, JSON.stringify({ Statement: open })]) {
            expect(parseDocument(document, "policy")?.map((statement) => statement.actions)).to.deep.equal([["s3:getobject"]]);
        }
        for (const none of ["not JSON", "7", 7, "null", null]) {
            expect(parseDocument(none, "policy")).to.equal(undefined);
        }
        expect(parseDocument({ Statement: ["text", null, open] }, "policy")).to.have.length(1);
        const named = one({ ...open, Sid: "Open" });
        expect([named.sid, one({ ...open, Sid: 7 }).sid, one(open).sid]).to.deep.equal(["Open", undefined, undefined]);
        expect(one({ ...open, Principal: null }).principals).to.deep.equal([]);
    });

    it("is open to anybody by *, by AWS:* and by NotPrincipal, never by a Deny", () => {
        expect(allowsAnybody(one(open))).to.equal(true);
        expect(allowsAnybody(one({ ...open, Principal: { AWS: ["*"] } }))).to.equal(true);
        expect(allowsAnybody(one({ ...open, Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::1:root" } }))).to.equal(true);
        expect(allowsAnybody(one({ ...open, Effect: "Deny" }))).to.equal(false);
        expect(allowsAnybody(one({ ...open, Principal: { Service: "*" } }))).to.equal(false);
    });

    it("is narrowed by a condition on who calls, not by one that everybody meets", () => {
        const when = (Condition: unknown) => allowsAnybody(one({ ...open, Condition }));
        expect(when({ StringEquals: { "aws:PrincipalOrgID": "o-1" } })).to.equal(false);
        expect(when({ ArnLike: { "AWS:SourceArn": ["arn:aws:cloudfront::1:distribution/A"] } })).to.equal(false);
        expect(when({ StringLike: { "aws:PrincipalOrgID": "*" } })).to.equal(true);
        expect(when({ StringNotEquals: { "aws:PrincipalOrgID": "o-1" } })).to.equal(true);
        expect(when({ Bool: { "aws:SecureTransport": "true" } })).to.equal(true);
        expect(when({ IpAddress: { "aws:SourceIp": ["0.0.0.0/0"] } })).to.equal(true);
        expect(when({ StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } })).to.equal(true);
        expect(when({ "ForAllValues:StringEquals": { "aws:PrincipalOrgPaths": "o-1/*" } })).to.equal(true);
        expect(when({ Null: { "aws:SourceVpce": "false" } })).to.equal(true);
    });

    it("is narrowed by every key that leaves out strangers, in every way of comparing", () => {
        const when = (operator: string, key: string, value: unknown) =>
            allowsAnybody(one({ ...open, Condition: { [operator]: { [key]: value } } }));
        for (const [key, value] of [
            ["aws:PrincipalOrgID", "o-1"],
            ["aws:PrincipalOrgPaths", "o-1/r-1/*"],
            ["aws:PrincipalAccount", "123456789012"],
            ["aws:PrincipalArn", "arn:aws:iam::123456789012:role/*"],
            ["aws:SourceAccount", "123456789012"],
            ["aws:SourceArn", "arn:aws:s3:::data-*"],
            ["aws:SourceOrgID", "o-1"],
            ["aws:SourceOrgPaths", "o-1/*"],
            ["aws:SourceOwner", "123456789012"],
            ["aws:SourceVpc", "vpc-1"],
            ["aws:SourceVpce", "vpce-1"],
            ["aws:userid", "AROAEXAMPLE:*"],
            ["kms:CallerAccount", "123456789012"],
            ["kms:ViaService", "s3.eu-west-1.amazonaws.com"],
            ["s3:DataAccessPointAccount", "123456789012"],
            ["s3:DataAccessPointArn", "arn:aws:s3:eu-west-1:123456789012:accesspoint/*"],
        ] as const) {
            for (const operator of ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"]) {
                expect(when(operator, key, value), `${operator} ${key}`).to.equal(false);
            }
        }
        for (const key of ["aws:SourceIp", "aws:VpcSourceIp"]) {
            expect(when("IpAddress", key, ["203.0.113.0/24", "10.0.0.0/8"])).to.equal(false);
            expect(when("IpAddress", key, ["0.0.0.0/1", "128.0.0.0/1"])).to.equal(true);
            expect(when("NotIpAddress", key, "203.0.113.0/24")).to.equal(true);
        }
        expect(when("Bool", "elasticfilesystem:AccessedViaMountTarget", "true")).to.equal(false);
        expect(when("StringEquals", "aws:UserAgent", "mine")).to.equal(true);
    });

    it("is not narrowed by a pattern of any account, nor by one stranger among friends", () => {
        const when = (key: string, ...values: readonly string[]) =>
            allowsAnybody(one({ ...open, Condition: { ArnLike: { [key]: values } } }));
        for (const value of ["*", "?*", "arn:aws:iam::*:root", "arn:aws:sns:*:????????????:orders", "arn:aws:s3:::*"]) {
            expect(when("aws:PrincipalArn", value), value).to.equal(true);
        }
        expect(when("aws:PrincipalArn", "arn:aws:iam::123456789012:root", "arn:aws:iam::*:root")).to.equal(true);
        expect(when("aws:PrincipalArn")).to.equal(true);
    });

    it("knows wildcards in actions, and what NotAction leaves over", () => {
        expect(covers("s3:get*", "s3:getobject")).to.equal(true);
        expect(covers("s3:?et*", "s3:putobject")).to.equal(false);
        expect(covers("s3:?etobject", "s3:getobject")).to.equal(true);
        expect(covers("s3:getobject", "s3:getobjectacl")).to.equal(false);
        expect(covers("s3.get*", "s3:getobject")).to.equal(false);
        expect(allowsAction(one({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }), "s3:PutObject")).to.equal(true);
        expect(allowsAction(one({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }), "iam:PassRole")).to.equal(false);
        expect(allowsAction(one({ Effect: "Deny", Action: "*", Resource: "*" }), "s3:PutObject")).to.equal(false);
    });

    it("refuses plain transport only for everybody", () => {
        const refusal = { ...open, Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": false } } };
        expect(deniesPlainTransport(one(refusal))).to.equal(true);
        expect(deniesPlainTransport(one({ ...refusal, Principal: { AWS: "arn:aws:iam::1:root", Service: "*" } }))).to.equal(true);
        const twofold = { Bool: { "aws:SecureTransport": false, "aws:ViaAWSService": false } };
        expect(deniesPlainTransport(one({ ...refusal, Condition: twofold }))).to.equal(true);
        expect(deniesPlainTransport(one({ ...refusal, Principal: { AWS: "arn:aws:iam::1:user/x" } }))).to.equal(false);
        expect(deniesPlainTransport(one({ ...refusal, Condition: { Bool: { "aws:SecureTransport": "true" } } }))).to.equal(false);
    });

    it("tells where it is not known yet, and only when that is asked for", () => {
        const statement = one({ ...open, Effect: "Deny", Principal: { AWS: unknown }, Resource: [unknown] });
        expect(() => statement.principals)
            .to.throw()
            .that.satisfies((problem: unknown) => problem instanceof UnknownValue && problem.path === "policy.Statement[0].Principal.AWS");
        expect(statement.allows).to.equal(false);
        expect(() => parseDocument({ Statement: unknown }, "policy")).to.throw();
        const [known, hidden] = parseDocument({ Statement: [open, unknown] }, "policy") ?? [];
        expect(known?.allows).to.equal(true);
        expect(() => hidden?.allows)
            .to.throw()
            .that.satisfies((problem: unknown) => problem instanceof UnknownValue && problem.path === "policy.Statement[1]");
        expect(statement.actions).to.deep.equal(["s3:getobject"]);
    });
});
