import { expect } from "chai";
import { describe, it } from "mocha";
import { resourceOf } from "../testing.ts";
import { isBaseline, regionsWithout } from "./baseline.ts";
import { StackView } from "./stack.ts";

const stackOf = (...types: readonly string[]) => new StackView(types.map((type) => resourceOf(type, {}, type)));

describe("a stack that keeps an account", () => {
    for (const type of [
        "accessanalyzer/analyzer",
        "account/alternativeContact",
        "account/primaryContact",
        "cfg/recorder",
        "guardduty/detector",
        "iam/accountPasswordPolicy",
        "inspector2/enabler",
        "macie2/account",
        "s3/accountPublicAccessBlock",
        "securityhub/account",
        "securityhub/accountV2",
    ]) {
        it(`is known by ${type}`, () => {
            expect(isBaseline(stackOf("ec2/vpc", type))).to.equal(true);
        });
    }

    it("is not any other", () => {
        expect(isBaseline(stackOf("ec2/vpc", "s3/bucket"))).to.equal(false);
    });

    it("lacks what it has in no region, and in each region that it serves otherwise", () => {
        const detector = (region: string) => resourceOf("guardduty/detector", { region }, `detector-${region}`);
        const recorder = (region: string) => resourceOf("cfg/recorder", { region }, `recorder-${region}`);
        const stack = new StackView([detector("eu-west-1"), detector("us-east-1"), recorder("eu-west-1")]);
        expect(regionsWithout(stack, stack.ofType("cfg/recorder"))).to.deep.equal(["us-east-1"]);
        expect(regionsWithout(stack, stack.ofType("guardduty/detector"))).to.deep.equal([]);
        expect(regionsWithout(stackOf("account/primaryContact"), [])).to.deep.equal(["the provider's region"]);
    });
});
