/** Arithmetic of IPv4 blocks, on top of ip-address. Blocks are strings such as `10.20.0.0/16`. */
import { Address4 } from "ip-address";

const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Why `value` is no block that a network may have, or undefined. */
export function blockRefusal(value: string, [widest, narrowest]: readonly [number, number], anywhere = false): string | undefined {
    const example = `10.20.0.0/${widest}`;
    if (!/\/\d+$/.test(value) || !Address4.isValid(value)) {
        return `expected an IPv4 block such as ${example}, got ${JSON.stringify(value)}`;
    }
    const block = new Address4(value);
    if (block.startAddress().correctForm() !== block.correctForm()) {
        return `has host bits set: the block that holds it is ${block.startAddress().correctForm()}/${block.subnetMask}, got ${JSON.stringify(value)}`;
    }
    if (block.subnetMask < widest || block.subnetMask > narrowest) {
        return `expected a prefix length from /${widest} to /${narrowest}, got /${block.subnetMask}`;
    }
    return anywhere || privateBlocks.some((each) => contains(each, value))
        ? undefined
        : `expected private address space (${privateBlocks.join(", ")}), got ${JSON.stringify(value)}`;
}

/** Whether `inner` lies wholly inside `outer`. */
export function contains(outer: string, inner: string): boolean {
    const [out, into] = [new Address4(outer), new Address4(inner)];
    return into.subnetMask >= out.subnetMask && into.isInSubnet(out);
}

/** Whether two blocks share an address. Blocks nest or are apart, so one must hold the other. */
export function overlaps(one: string, other: string): boolean {
    return contains(one, other) || contains(other, one);
}

/** The `index`-th block of prefix length `prefix` inside `block`. Out of range is our own bug. */
export function blockAt(block: string, prefix: number, index: number): string {
    const parent = new Address4(block);
    const size = 2n ** BigInt(32 - prefix);
    if (prefix < parent.subnetMask || BigInt(index) >= 2n ** BigInt(prefix - parent.subnetMask) || index < 0) {
        throw new RangeError(`no block ${index} of /${prefix} in ${block}`);
    }
    const first = parent.startAddress().bigInt() + size * BigInt(index);
    return `${Address4.fromBigInt(first).correctForm()}/${prefix}`;
}
