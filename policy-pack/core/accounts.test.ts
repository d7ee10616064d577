import { expect } from "chai";
import { describe, it } from "mocha";
import { accountIn, ownAccounts } from "./accounts.ts";
import { ResourceView } from "./resource.ts";
import { StackView } from "./stack.ts";
import { UnknownValue } from "./values.ts";

const role = "arn:aws:iam::123456789012:role/app";

function bucket(outputs: object, provider?: object): ResourceView {
    const urn = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::assets";
    return new ResourceView({
        urn,
        type: "aws:s3/bucket:Bucket",
        name: "assets",
        props: {},
        outputs,
        ...(provider ? { provider: { name: "aws", props: provider } } : {}),
    });
}

describe("one's own accounts", () => {
    it("are read from an ARN or an id", () => {
        expect([role, "123456789012", "arn:aws:s3:::assets", "arn:aws:iam::cloudfront:user/x", "AIDA1234"].map(accountIn)).to.deep.equal([
            "123456789012",
            "123456789012",
            undefined,
            undefined,
            undefined,
        ]);
    });

    it("are those that the provider is held to, as a list or as JSON", () => {
        for (const allowedAccountIds of [["210987654321"], '["210987654321"]']) {
            const held = bucket({ arn: role }, { allowedAccountIds });
            expect(ownAccounts(held, new StackView([held]))).to.deep.equal(["210987654321"]);
        }
    });

    it("are else those of what has been created, and unknown before", () => {
        const created = bucket({ arn: role });
        expect(ownAccounts(created, new StackView([created]))).to.deep.equal(["123456789012"]);
        const planned = bucket({});
        expect(() => ownAccounts(planned, new StackView([planned])))
            .to.throw()
            .that.satisfies((problem: unknown) => problem instanceof UnknownValue && problem.path === "account");
    });
});
