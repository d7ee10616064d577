/**
 * The address ledger: which block belongs to which tier in which zone, for four zones and all tiers, from the first day.
 * Blocks that nobody uses yet are kept for those who will, so that a further zone or tier never moves a subnet. Pure.
 *
 *   half of the network   app      four zones of an eighth each
 *   an eighth             public   four zones
 *   an eighth             data     four zones
 *   a sixteenth           cache    reserved, four zones
 *   a sixteenth           intra    reserved, four zones
 *   an eighth             spare    nobody's
 */
import { Address6 } from "ip-address";
import { blockAt, blockRefusal, contains, overlaps } from "../../conventions/cidr.ts";
import type { Problem } from "../../conventions/refusal.ts";
import { type Region, zoneLetters } from "../../conventions/regions.ts";

export const tiers = ["public", "app", "data"] as const;
export type Tier = (typeof tiers)[number];

/** Tiers that have addresses and no subnets yet. */
export const reservedTiers = ["cache", "intra"] as const;
export type ReservedTier = (typeof reservedTiers)[number];

export const slots = [0, 1, 2, 3] as const;

/** Widest and narrowest network that the ledger divides. */
export const cidrPrefix = [16, 20] as const;

/** Where a tier lies: its prefix length beyond the network's, and which block of that length it is. Never changes: it moves subnets. */
const places: { readonly [tier in Tier | ReservedTier]: readonly [bits: number, index: number] } = {
    app: [1, 0],
    public: [3, 4],
    data: [3, 5],
    cache: [4, 12],
    intra: [4, 13],
};

/** Block of a whole tier, for rules that speak of the tier. */
export function tierBlock(cidr: string, tier: Tier | ReservedTier): string {
    const [bits, index] = places[tier];
    return blockAt(cidr, prefixOf(cidr) + bits, index);
}

/** Block of a tier in one zone slot, 0 to 3. */
export function subnetBlock(cidr: string, tier: Tier | ReservedTier, slot: number): string {
    const block = tierBlock(cidr, tier);
    return blockAt(block, prefixOf(block) + 2, slot);
}

/** Block that no tier has. */
export function spareBlock(cidr: string): string {
    return blockAt(cidr, prefixOf(cidr) + 3, 7);
}

/** A secondary block is divided into four, one a zone slot. */
export function secondaryBlock(cidr: string, slot: number): string {
    return blockAt(cidr, prefixOf(cidr) + 2, slot);
}

/** The /64 of a tier in a zone slot, out of the /56 that Amazon gives. Sixteen are kept a tier. Data stays IPv4. */
export function ipv6SubnetBlock(block: string, tier: "public" | "app", slot: number): string {
    const first = new Address6(block).startAddress().bigInt();
    const index = BigInt((tier === "app" ? 0 : 16) + slot);
    return `${Address6.fromBigInt(first + (index << 64n)).correctForm()}/64`;
}

/** Why a network cannot have this block, or undefined. */
export function networkBlockRefusal(value: string): string | undefined {
    const prefix = prefixOf(value);
    const [widest, narrowest] = cidrPrefix;
    if (prefix > narrowest && prefix <= 32) {
        return `is too small: /${prefix} leaves ${data(prefix)} in each of four zones for the data tier, and the ledger needs /${narrowest} or wider`;
    }
    if (prefix < widest) {
        return `is too wide: AWS takes /${widest} at most, got /${prefix}`;
    }
    return blockRefusal(value, cidrPrefix) ?? dockerRefusal(value);
}

function data(prefix: number): string {
    const subnet = prefix + 5;
    return subnet > 28 ? "no subnet that AWS makes (/28 at least)" : `a /${subnet} of ${2 ** (32 - subnet) - 5} addresses`;
}

/** Docker's bridge takes 172.17.0.0/16 on every instance: what lies there in the network cannot be reached from a container. */
export function dockerRefusal(value: string): string | undefined {
    return overlaps(value, "172.17.0.0/16")
        ? `overlaps 172.17.0.0/16, which Docker takes on every instance, so that containers could not reach it`
        : undefined;
}

const families = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
const shared = "100.64.0.0/10";

/** Why a secondary block cannot join the primary one, or undefined. AWS mixes no families of private space. */
export function secondaryRefusal(primary: string, secondary: string): string | undefined {
    if (overlaps(primary, secondary)) {
        return `overlaps the network's own block ${primary}`;
    }
    const family = families.find((each) => contains(each, primary)) ?? shared;
    const allowed = family === shared ? [shared] : [family, shared];
    return allowed.some((each) => contains(each, secondary))
        ? dockerRefusal(secondary)
        : `expected a block in ${allowed.join(" or ")}, because AWS does not mix families of private space with ${primary}, got ${secondary}`;
}

/** A zone in which the network has subnets. */
export interface Zone {
    /** Part of logical names. */
    readonly letter: string;
    /** As AWS says it: `eu-west-1a`. */
    readonly name: string;
    /** Place in the ledger. */
    readonly slot: number;
    /** Whether machines run here; otherwise its subnets only satisfy services that want two zones. */
    readonly workload: boolean;
}

export interface ZoneChoice {
    readonly zones: number;
    readonly zoneNames?: readonly string[] | undefined;
}

/** Zones of a network, in the order of their slots: those of the workloads, and always two. */
export function zonesOf(choice: ZoneChoice, region: Region): readonly Zone[] {
    return namesOf(choice, region)
        .slice(0, Math.max(2, choice.zones))
        .map((name, slot) => ({ letter: name.slice(-1), name, slot, workload: slot < choice.zones }));
}

/** What is wrong with the choice of zones in this region; the settings alone cannot know. Paths begin at the network's block. */
export function zoneProblems(choice: ZoneChoice, region: Region): Problem[] {
    const foreign = (choice.zoneNames ?? []).flatMap((name, index) =>
        name.slice(0, -1) === region
            ? []
            : [{ path: `zoneNames.${index}`, message: `expected a zone of ${region} such as ${region}a, got ${JSON.stringify(name)}` }],
    );
    const known = namesOf(choice, region).length;
    return known >= choice.zones
        ? foreign
        : [
              ...foreign,
              {
                  path: "zones",
                  message: `expected at most ${known}, the zones that ${region} offers to every account, got ${choice.zones}`,
              },
          ];
}

function namesOf(choice: ZoneChoice, region: Region): readonly string[] {
    return choice.zoneNames ?? zoneLetters[region].map((letter) => `${region}${letter}`);
}

function prefixOf(block: string): number {
    return Number(block.split("/")[1]);
}
