import { expect } from "chai";
import fc from "fast-check";
import { blockAt, blockRefusal, contains, overlaps } from "./cidr.ts";

describe("address blocks", () => {
    it("refuses what is no block, with an example of one", () => {
        expect(blockRefusal("ten", [16, 20])).to.equal('expected an IPv4 block such as 10.20.0.0/16, got "ten"');
        expect(blockRefusal("10.20.0.0", [16, 20])).to.equal('expected an IPv4 block such as 10.20.0.0/16, got "10.20.0.0"');
    });

    it("refuses host bits and names the block that was meant", () => {
        expect(blockRefusal("10.20.7.0/16", [16, 20])).to.equal(
            'has host bits set: the block that holds it is 10.20.0.0/16, got "10.20.7.0/16"',
        );
    });

    it("refuses a prefix out of range and public space", () => {
        expect(blockRefusal("10.20.0.0/24", [16, 20])).to.equal("expected a prefix length from /16 to /20, got /24");
        expect(blockRefusal("52.1.0.0/16", [16, 20])).to.contain("expected private address space");
        expect(blockRefusal("52.1.0.0/16", [16, 20], true)).to.equal(undefined);
    });

    it("cuts a block into parts that are inside it and apart from one another", () => {
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 15 }), (one, other) => {
                const [a, b] = [blockAt("10.20.0.0/16", 20, one), blockAt("10.20.0.0/16", 20, other)];
                expect(contains("10.20.0.0/16", a)).to.equal(true);
                expect(overlaps(a, b)).to.equal(one === other);
            }),
        );
    });

    it("has no part beyond the last", () => {
        expect(() => blockAt("10.20.0.0/16", 20, 16)).to.throw("no block 16 of /20 in 10.20.0.0/16");
    });
});
