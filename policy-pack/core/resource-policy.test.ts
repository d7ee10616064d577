import { expect } from "chai";
import { describe, it } from "mocha";
import { resourceOf } from "../testing.ts";
import { someStatement } from "./resource-policy.ts";
import { UnknownValue, unknown } from "./values.ts";

const holder = (policy: unknown, name: string) => resourceOf("s3/bucketPolicy", { policy }, name);
const refusal = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [unknown] };
const denies = (statement: { readonly allows: boolean; readonly principals: readonly string[] }) =>
    !statement.allows && statement.principals.includes("*");

describe("a statement among policies", () => {
    it("is found although other documents, statements and members are not known yet", () => {
        expect(someStatement([holder(unknown, "one"), holder({ Statement: [unknown, refusal] }, "other")], denies)).to.equal(true);
    });

    it("is missing only where all is known", () => {
        const allowed = { ...refusal, Effect: "Allow" };
        expect(someStatement([holder({ Statement: allowed }, "one")], denies)).to.equal(false);
        expect(() => someStatement([holder({ Statement: [{ ...refusal, Effect: unknown }, allowed] }, "one")], denies))
            .to.throw()
            .that.satisfies((problem: unknown) => problem instanceof UnknownValue && problem.path === "one.policy.Statement[0].Effect");
    });
});
