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
        expect(parseDocument("not JSON", "policy")).to.equal(undefined);
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

    it("knows wildcards in actions, and what NotAction leaves over", () => {
        expect(covers("s3:get*", "s3:getobject")).to.equal(true);
        expect(covers("s3:?et*", "s3:putobject")).to.equal(false);
        expect(allowsAction(one({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }), "s3:PutObject")).to.equal(true);
        expect(allowsAction(one({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }), "iam:PassRole")).to.equal(false);
        expect(allowsAction(one({ Effect: "Deny", Action: "*", Resource: "*" }), "s3:PutObject")).to.equal(false);
    });

    it("refuses plain transport only for everybody", () => {
        const refusal = { ...open, Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": false } } };
        expect(deniesPlainTransport(one(refusal))).to.equal(true);
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
