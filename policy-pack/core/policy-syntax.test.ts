import { expect } from "chai";
import { describe, it } from "mocha";
import { attempt } from "./finding.ts";
import { judgeSyntax } from "./policy-syntax.ts";
import { unknown } from "./values.ts";

const right = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const judge = (document: unknown) => attempt(() => judgeSyntax(document, "policy"));

describe("the syntax of a policy document", () => {
    it("is undetermined where a part that decides is not known yet", () => {
        for (const [Statement, path] of [
            [unknown, "policy.Statement"],
            [[right, unknown], "policy.Statement[1]"],
            [{ ...right, Effect: unknown }, "policy.Statement[0].Effect"],
            [{ ...right, Action: unknown }, "policy.Statement[0].Action"],
        ] as const) {
            expect(judge({ Version: "2012-10-17", Statement })).to.deep.equal({ kind: "undetermined", path });
        }
    });

    it("is wrong whatever else is not known yet", () => {
        expect(judge({ Statement: [unknown, { ...right, Effect: "Permit" }] })).to.have.property("kind", "violation");
    });

    it("does not wait for what does not decide", () => {
        expect(judge({ Version: "2012-10-17", Statement: { ...right, Resource: unknown } })).to.have.property("kind", "compliant");
    });
});
