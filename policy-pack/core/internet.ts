/** Address arithmetic: when is a list of blocks the internet? */
import { Address4, Address6 } from "ip-address";

interface Range {
    readonly first: bigint;
    readonly last: bigint;
    readonly block: string;
}

function ranges4(...blocks: readonly string[]): readonly Range[] {
    return blocks.map((block) => range(new Address4(block), block));
}

function ranges6(...blocks: readonly string[]): readonly Range[] {
    return blocks.map((block) => range(new Address6(block), block));
}

function range(address: Address4 | Address6, block: string): Range {
    return { first: address.startAddress().bigInt(), last: address.endAddress().bigInt(), block };
}

/** Space that is not routed on the internet, whatever its size. */
const private4 = ranges4("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16");
const private6 = ranges6("fc00::/7", "fe80::/10");

/** A stretch of public space longer than a /8 (IPv6: a /16) belongs to no one owner, so nobody can have meant it. */
const widest4 = 1n << 24n;
const widest6 = 1n << 112n;

/** Blocks among `blocks` that together open the door to the internet; empty when none does. `0.0.0.0/1` with `128.0.0.0/1` is no way round. */
export function internetBlocks(blocks: readonly string[]): readonly string[] {
    const everywhere = blocks.filter((block) => block === "0.0.0.0/0" || block === "::/0");
    if (everywhere.length > 0) {
        return everywhere;
    }
    const four = blocks.filter((block) => Address4.isValid(block)).flatMap((block) => ranges4(block));
    const six = blocks.filter((block) => block.includes(":") && Address6.isValid(block)).flatMap((block) => ranges6(block));
    return [...wide(four, private4, widest4), ...wide(six, private6, widest6)];
}

/** Whether one block lies wholly in private space. Text that is no block does not. */
export function isPrivateBlock(block: string): boolean {
    const [own, spaces] = Address4.isValid(block)
        ? [ranges4(block)[0], private4]
        : Address6.isValid(block)
          ? [ranges6(block)[0], private6]
          : [undefined, []];
    return own !== undefined && spaces.some((space) => space.first <= own.first && own.last <= space.last);
}

/** Prefix length of a block; a bare address is 32 or 128. */
export function prefixLength(block: string): number | undefined {
    if (Address4.isValid(block)) {
        return new Address4(block).subnetMask;
    }
    return Address6.isValid(block) ? new Address6(block).subnetMask : undefined;
}

function wide(ranges: readonly Range[], spaces: readonly Range[], limit: bigint): readonly string[] {
    const found: string[] = [];
    let run: Range[] = [];
    let end = -2n;
    const close = (): void => {
        const first = run[0]?.first ?? 0n;
        if (run.length > 0 && end - first + 1n > limit && !spaces.some((space) => space.first <= first && end <= space.last)) {
            found.push(...run.map((each) => each.block));
        }
    };
    for (const each of ranges.toSorted((one, other) => (one.first < other.first ? -1 : one.first > other.first ? 1 : 0))) {
        if (each.first > end + 1n) {
            close();
            run = [];
            end = -2n;
        }
        run.push(each);
        end = each.last > end ? each.last : end;
    }
    close();
    return found;
}
