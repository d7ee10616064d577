import { expect } from "chai";
import { describe, it } from "mocha";
import { isLoopback, providerList } from "./provider-inputs.ts";
import { UnknownValue, unknown, Values } from "./values.ts";

describe("the inputs of a provider", () => {
    it("are lists, be they written as such or as JSON", () => {
        for (const allowedAccountIds of [["1", "2"], '["1","2"]']) {
            expect(providerList(new Values({ allowedAccountIds }), "allowedAccountIds").map((each) => each.text(""))).to.deep.equal([
                "1",
                "2",
            ]);
        }
        expect(providerList(new Values({}), "allowedAccountIds")).to.deep.equal([]);
    });

    it("may not be known yet", () => {
        let problem: unknown;
        try {
            providerList(new Values({ endpoints: unknown }), "endpoints");
        } catch (thrown) {
            problem = thrown;
        }
        expect(problem).to.be.instanceOf(UnknownValue);
    });

    it("tell an emulator from AWS", () => {
        const to = (s3: string) => isLoopback(new Values({ endpoints: JSON.stringify([{ sts: "https://sts.amazonaws.com", s3 }]) }));
        expect(["http://localhost:4566", "http://127.0.0.1:5000", "https://s3.eu-west-1.amazonaws.com"].map(to)).to.deep.equal([
            true,
            true,
            false,
        ]);
        expect(isLoopback(new Values({}))).to.equal(false);
    });
});
