import { expect } from "chai";
import { nameRefusal } from "./names.ts";

describe("physical names", () => {
    it("refuses a name longer than AWS takes", () => {
        expect(nameRefusal("aws:lb/targetGroup:TargetGroup", "a".repeat(33))).to.equal(
            `${"a".repeat(33)} has 33 characters, aws:lb/targetGroup:TargetGroup takes at most 32`,
        );
        expect(nameRefusal("aws:lb/targetGroup:TargetGroup", "balancer-app-3f2a1bc")).to.equal(undefined);
    });

    it("refuses characters that AWS does not take", () => {
        expect(nameRefusal("aws:rds/instance:Instance", "prod--database")).to.contain("does not match");
        expect(nameRefusal("aws:ssm/document:Document", "aws-terrace")).to.contain("does not match");
    });

    it("asks for a row before a type may be used", () => {
        expect(nameRefusal("aws:new/thing:Thing", "x")).to.equal(
            "aws:new/thing:Thing has no row in conventions/names.ts: add its limits, or null if it has no physical name",
        );
    });
});
