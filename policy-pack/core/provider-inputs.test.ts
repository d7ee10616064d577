import { expect } from "chai";
import { describe, it } from "mocha";
import { isLoopback } from "./provider-inputs.ts";
import { Values } from "./values.ts";

describe("a provider's endpoints", () => {
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
