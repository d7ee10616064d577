/**
 * Ids, ARNs and the other names that AWS gives. They follow from what is created and in which order, not from chance,
 * so that the same rehearsal twice reads the same.
 */
import { createHash } from "node:crypto";

export function hex(seed: string, length: number): string {
    return createHash("sha256").update(seed).digest("hex").slice(0, length);
}

/** Capital letters and digits, as in CloudFront and Route 53 ids. */
export function capitals(seed: string, length: number): string {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const bytes = createHash("sha512").update(seed).digest();
    return Array.from({ length }, (_, index) => alphabet[(bytes[index % bytes.length] ?? 0) % alphabet.length]).join("");
}

export function lowers(seed: string, length: number): string {
    return capitals(seed, length).toLowerCase();
}

/** `0a1b2c3d-…`, as KMS keys have them. */
export function uuid(seed: string): string {
    const text = hex(seed, 32);
    return [text.slice(0, 8), text.slice(8, 12), `4${text.slice(13, 16)}`, `a${text.slice(17, 20)}`, text.slice(20, 32)].join("-");
}

export function partitionOf(region: string): string {
    if (region.startsWith("cn-")) return "aws-cn";
    if (region.startsWith("us-gov-")) return "aws-us-gov";
    return "aws";
}

export function dnsSuffixOf(region: string): string {
    return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}
