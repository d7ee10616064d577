import { expect } from "chai";
import fc from "fast-check";
import { type Fence, type FencePlan, type FenceRule, fenceOf, mostRules, shellPorts } from "./fence.ts";
import { tierBlock, tiers } from "./ledger.ts";

const cidr = "10.20.0.0/16";
const plain: FencePlan = {
    cidr,
    appBlock: tierBlock(cidr, "app"),
    dataBlock: tierBlock(cidr, "data"),
    secondaryCidrs: [],
    ipv6: false,
    dataPorts: [3306, 5432, 6379, 6380],
};
const plans = fc
    .record({
        ipv6: fc.boolean(),
        secondaryCidrs: fc.subarray(["100.64.0.0/16", "10.99.0.0/20"]),
        dataPorts: fc.uniqueArray(
            fc.integer({ min: 1024, max: 65535 }).filter((port) => !shellPorts.includes(port)),
            { minLength: 1, maxLength: 5 },
        ),
    })
    .map((some): FencePlan => ({ ...plain, ...some }));

const admits = (rules: readonly FenceRule[], peer: string, port: number, protocol = "tcp") =>
    rules.some(
        (rule) =>
            rule.peer === peer &&
            (rule.protocol === "all" ||
                (rule.protocol === protocol && rule.ports !== undefined && rule.ports[0] <= port && port <= rule.ports[1])),
    );

const directions = ({ ingress, egress }: Fence) => [ingress, egress];

describe("a network ACL", () => {
    it("admits SSH and RDP from nowhere, in no tier, over neither protocol", () => {
        fc.assert(
            fc.property(plans, fc.constantFrom(...tiers), fc.constantFrom(...shellPorts), (plan, tier, port) => {
                expect(fenceOf(tier, plan).ingress.filter((rule) => admits([rule], rule.peer, port))).deep.equal([]);
            }),
        );
    });

    it("never has more rules in a direction than AWS's quota, nor two of one number", () => {
        fc.assert(
            fc.property(plans, fc.constantFrom(...tiers), (plan, tier) => {
                for (const rules of directions(fenceOf(tier, plan))) {
                    expect(rules.length).to.be.at.most(mostRules);
                    expect(new Set(rules.map((rule) => rule.number)).size).equal(rules.length);
                }
            }),
        );
    });

    it("lets answers back into the public and app tiers, because it remembers nothing", () => {
        for (const tier of ["public", "app"] as const) {
            expect(admits(fenceOf(tier, plain).ingress, "0.0.0.0/0", 49_152), tier).equal(true);
            expect(admits(fenceOf(tier, plain).ingress, "0.0.0.0/0", 49_152, "udp"), tier).equal(true);
        }
    });

    it("admits the web from the internet to the public tier only", () => {
        expect(admits(fenceOf("public", plain).ingress, "0.0.0.0/0", 443)).equal(true);
        expect(admits(fenceOf("app", plain).ingress, "0.0.0.0/0", 443)).equal(false);
        expect(admits(fenceOf("app", plain).ingress, cidr, 443)).equal(true);
    });

    it("admits the app tier to the data tier on the ports of data only, and nobody from outside", () => {
        const { ingress, egress } = fenceOf("data", plain);
        expect(admits(ingress, plain.appBlock, 5432)).equal(true);
        expect(admits(ingress, plain.appBlock, 8080)).equal(false);
        expect(ingress.some((rule) => rule.peer === "0.0.0.0/0" || rule.peer === cidr)).equal(false);
        expect(egress.some((rule) => rule.peer === "0.0.0.0/0")).equal(false);
    });

    it("lets the data tier answer every client that it admits", () => {
        fc.assert(
            fc.property(plans, (plan) => {
                const { ingress, egress } = fenceOf("data", plan);
                expect(new Set(egress.map((rule) => rule.peer))).deep.equal(new Set(ingress.map((rule) => rule.peer)));
            }),
        );
    });

    it("says the same over IPv6 where the tier has it, and keeps IPv4's rule numbers", () => {
        const both = { ...plain, ipv6: true };
        expect(admits(fenceOf("public", both).ingress, "::/0", 443)).equal(true);
        expect(admits(fenceOf("app", both).ingress, "::/0", 443)).equal(false);
        expect(fenceOf("data", both)).deep.equal(fenceOf("data", plain));
        for (const tier of tiers) {
            expect(fenceOf(tier, both).ingress).to.deep.include.members([...fenceOf(tier, plain).ingress]);
        }
    });

    it("keeps the numbers of other rules when a port or a block is appended", () => {
        const more = { ...plain, dataPorts: [...plain.dataPorts, 27_017], secondaryCidrs: ["100.64.0.0/16"] };
        for (const tier of tiers) {
            expect(fenceOf(tier, more).ingress).to.deep.include.members([...fenceOf(tier, plain).ingress]);
        }
    });
});
