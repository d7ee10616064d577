import { expect } from "chai";
import fc from "fast-check";
import { contains, overlaps } from "../../conventions/cidr.ts";
import { type Region, regions } from "../../conventions/regions.ts";
import {
    ipv6SubnetBlock,
    networkBlockRefusal,
    reservedTiers,
    secondaryBlock,
    secondaryRefusal,
    slots,
    spareBlock,
    subnetBlock,
    tierBlock,
    tiers,
    zoneProblems,
    zonesOf,
} from "./ledger.ts";

const allTiers = [...tiers, ...reservedTiers];

/** Any network that the settings let through. */
const networks = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 16, max: 20 }))
    .map(([second, third, prefix]) => {
        const step = 2 ** Math.max(0, 24 - prefix);
        return `10.${second}.${prefix === 16 ? 0 : third - (third % step)}.0/${prefix}`;
    })
    .filter((cidr) => networkBlockRefusal(cidr) === undefined);

function everyBlock(cidr: string): string[] {
    return [...allTiers.flatMap((tier) => slots.map((slot) => subnetBlock(cidr, tier, slot))), spareBlock(cidr)];
}

describe("the address ledger", () => {
    it("gives no address to two subnets, and none outside the network", () => {
        fc.assert(
            fc.property(networks, (cidr) => {
                const blocks = everyBlock(cidr);
                for (const [index, block] of blocks.entries()) {
                    expect(contains(cidr, block), `${block} in ${cidr}`).equal(true);
                    expect(blocks.slice(index + 1).filter((other) => overlaps(block, other))).deep.equal([]);
                }
            }),
            { numRuns: 50 },
        );
    });

    it("gives away every address of the network, so that nothing lies outside the ledger", () => {
        fc.assert(
            fc.property(networks, (cidr) => {
                const size = (block: string) => 2 ** (32 - Number(block.split("/")[1]));
                expect(everyBlock(cidr).reduce((sum, block) => sum + size(block), 0)).equal(size(cidr));
            }),
            { numRuns: 50 },
        );
    });

    it("keeps every subnet of a tier inside the tier's own block, of which the network ACLs speak", () => {
        fc.assert(
            fc.property(networks, fc.constantFrom(...allTiers), fc.constantFrom(...slots), (cidr, tier, slot) => {
                expect(contains(tierBlock(cidr, tier), subnetBlock(cidr, tier, slot))).equal(true);
            }),
        );
    });

    it("leaves a load balancer its /27 and every tier more than AWS's own five addresses, even in a /20", () => {
        for (const tier of allTiers) {
            expect(Number(subnetBlock("10.0.0.0/20", tier, 3).split("/")[1]), tier).to.be.at.most(27);
        }
    });

    it("has always been this: a block that moves replaces a subnet and all that stands in it", () => {
        expect(Object.fromEntries(allTiers.map((tier) => [tier, slots.map((slot) => subnetBlock("10.20.0.0/16", tier, slot))]))).deep.equal(
            {
                public: ["10.20.128.0/21", "10.20.136.0/21", "10.20.144.0/21", "10.20.152.0/21"],
                app: ["10.20.0.0/19", "10.20.32.0/19", "10.20.64.0/19", "10.20.96.0/19"],
                data: ["10.20.160.0/21", "10.20.168.0/21", "10.20.176.0/21", "10.20.184.0/21"],
                cache: ["10.20.192.0/22", "10.20.196.0/22", "10.20.200.0/22", "10.20.204.0/22"],
                intra: ["10.20.208.0/22", "10.20.212.0/22", "10.20.216.0/22", "10.20.220.0/22"],
            },
        );
        expect(spareBlock("10.20.0.0/16")).equal("10.20.224.0/19");
    });

    it("divides a secondary block into four and Amazon's IPv6 block into one /64 a subnet", () => {
        expect(slots.map((slot) => secondaryBlock("100.64.0.0/16", slot)).at(-1)).equal("100.64.192.0/18");
        const ipv6 = (["public", "app"] as const).flatMap((tier) =>
            slots.map((slot) => ipv6SubnetBlock("2a05:d018:ab:cd00::/56", tier, slot)),
        );
        expect(new Set(ipv6).size).equal(8);
        expect(ipv6[0]).equal("2a05:d018:ab:cd10::/64");
    });
});

describe("a network's block", () => {
    for (const [value, words] of [
        [
            "10.20.0.0/24",
            "is too small: /24 leaves no subnet that AWS makes (/28 at least) in each of four zones for the data tier, and the ledger needs /20 or wider",
        ],
        [
            "10.20.0.0/21",
            "is too small: /21 leaves a /26 of 59 addresses in each of four zones for the data tier, and the ledger needs /20 or wider",
        ],
        ["10.0.0.0/8", "is too wide: AWS takes /16 at most, got /8"],
        ["10.20.1.0/16", 'has host bits set: the block that holds it is 10.20.0.0/16, got "10.20.1.0/16"'],
        ["my network", 'expected an IPv4 block such as 10.20.0.0/16, got "my network"'],
        ["172.17.0.0/16", "overlaps 172.17.0.0/16, which Docker takes on every instance, so that containers could not reach it"],
        ["8.8.0.0/16", 'expected private address space (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10), got "8.8.0.0/16"'],
    ] as const) {
        it(`cannot be ${value}`, () => {
            expect(networkBlockRefusal(value)).equal(words);
        });
    }

    it("takes no secondary block of another family of private space, because AWS does not", () => {
        expect(secondaryRefusal("10.20.0.0/16", "192.168.0.0/16")).equal(
            "expected a block in 10.0.0.0/8 or 100.64.0.0/10, because AWS does not mix families of private space with 10.20.0.0/16, got 192.168.0.0/16",
        );
        expect(secondaryRefusal("10.20.0.0/16", "100.64.0.0/16")).equal(undefined);
        expect(secondaryRefusal("10.20.0.0/16", "10.20.128.0/20")).equal("overlaps the network's own block 10.20.0.0/16");
    });
});

describe("the zones of a network", () => {
    it("keep their slots when a zone is added, whatever the region", () => {
        fc.assert(
            fc.property(fc.constantFrom(...regions), fc.integer({ min: 1, max: 3 }), (region: Region, zones) => {
                const now = zonesOf({ zones }, region);
                const later = zonesOf({ zones: zones + 1 }, region);
                expect(later.slice(0, now.length).map(({ name, slot }) => ({ name, slot }))).deep.equal(
                    now.map(({ name, slot }) => ({ name, slot })),
                );
            }),
        );
    });

    it("are two where machines run in one, because load balancers and subnet groups want two", () => {
        expect(zonesOf({ zones: 1 }, "eu-west-1")).deep.equal([
            { letter: "a", name: "eu-west-1a", slot: 0, workload: true },
            { letter: "b", name: "eu-west-1b", slot: 1, workload: false },
        ]);
    });

    it("cannot be more than the region offers", () => {
        expect(zoneProblems({ zones: 3 }, "us-west-1")).deep.equal([
            { path: "zones", message: "expected at most 2, the zones that us-west-1 offers to every account, got 3" },
        ]);
        expect(zoneProblems({ zones: 4 }, "us-east-1")).deep.equal([]);
    });

    it("cannot be another region's", () => {
        expect(zoneProblems({ zones: 2, zoneNames: ["us-west-1b", "us-west-2c"] }, "us-west-1")).deep.equal([
            { path: "zoneNames.1", message: 'expected a zone of us-west-1 such as us-west-1a, got "us-west-2c"' },
        ]);
    });
});
