import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { internetBlocks, isPrivateBlock, prefixLength } from "./internet.ts";

describe("what counts as the internet", () => {
    it("is all of it, or a stretch that no one owner has", () => {
        for (const blocks of [["0.0.0.0/0"], ["::/0"], ["0.0.0.0/1"], ["64.0.0.0/2"], ["2000::/3"], ["4.0.0.0/7"]]) {
            expect(internetBlocks(blocks)).to.deep.equal(blocks);
        }
    });

    it("is not a block of one owner, nor private space of any size", () => {
        for (const block of [
            "203.0.113.0/24",
            "3.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "fc00::/7",
            "2001:db8::/32",
            "sg-1",
            "pl-1",
            "",
        ]) {
            expect(internetBlocks([block])).to.deep.equal([]);
        }
    });

    it("is found however it is cut into pieces and shuffled", () => {
        const pieces = (prefix: number): string[] =>
            Array.from({ length: 2 ** prefix }, (_, index) => `${(index << (8 - prefix)) & 255}.0.0.0/${prefix}`);
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 8 }), fc.integer(), (prefix, seed) => {
                const shuffled = pieces(prefix).toSorted((one, other) => ((one.length * seed) % 7) - ((other.length * seed) % 7));
                expect(internetBlocks(shuffled)).to.have.length(2 ** prefix);
            }),
            { numRuns: 30 },
        );
    });

    it("begins where a stretch is longer than any one owner's, to the address", () => {
        expect(internetBlocks(["3.0.0.0/8", "4.0.0.0/32"])).to.deep.equal(["3.0.0.0/8", "4.0.0.0/32"]);
        expect(internetBlocks(["3.0.0.0/8", "4.0.0.1/32"])).to.deep.equal([]);
        expect(internetBlocks(["2600::/16"])).to.deep.equal([]);
        expect(internetBlocks(["2600::/15"])).to.deep.equal(["2600::/15"]);
        // One inside the other makes no longer stretch.
        expect(internetBlocks(["3.0.0.0/8", "3.128.0.0/9", "3.1.0.0/16"])).to.deep.equal([]);
        expect(internetBlocks(["3.0.0.0/8", "3.1.0.0/16", "4.0.0.0/32"])).to.have.length(3);
    });

    it("is not the whole of a private space, and is what goes beyond it", () => {
        for (const block of [
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "fe80::/10",
        ]) {
            expect(internetBlocks([block]), block).to.deep.equal([]);
            expect(isPrivateBlock(block), block).to.equal(true);
        }
        expect(internetBlocks(["10.0.0.0/8", "11.0.0.0/8"])).to.have.length(2);
        expect(internetBlocks(["9.0.0.0/8", "10.0.0.0/8"])).to.have.length(2);
    });

    it("names only the blocks that open it", () => {
        expect(internetBlocks(["10.0.0.0/8", "128.0.0.0/1", "203.0.113.7/32", "0.0.0.0/1"])).to.deep.equal([
            "0.0.0.0/1",
            "10.0.0.0/8",
            "128.0.0.0/1",
            "203.0.113.7/32",
        ]);
        expect(internetBlocks(["203.0.113.7/32", "64.0.0.0/2", "198.51.100.0/24"])).to.deep.equal(["64.0.0.0/2"]);
    });
});

describe("a block", () => {
    it("is private when it lies wholly in private space", () => {
        expect(["10.1.0.0/16", "10.0.0.0/7", "8.8.8.8/32", "fd00::/8", "x"].map(isPrivateBlock)).to.deep.equal([
            true,
            false,
            false,
            true,
            false,
        ]);
    });

    it("has a prefix length, a bare address the longest", () => {
        expect(["10.0.0.0/8", "10.0.0.1", "::/0", "nothing"].map(prefixLength)).to.deep.equal([8, 32, 0, undefined]);
    });
});
