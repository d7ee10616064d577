/** Access to provider-rules.json, with what terraform-provider-aws 6 changed since 5.100 and what the probe got wrong. */
import { readFileSync } from "node:fs";
import type { Json } from "../values.ts";

interface Row {
    readonly replace?: string;
    readonly enums?: { readonly [path: string]: string };
    readonly forms?: { readonly [path: string]: string };
    readonly defaults?: { readonly [name: string]: Json };
}

export interface TypeRules {
    readonly replaces: ReadonlySet<string>;
    readonly enums: { readonly [path: string]: readonly string[] };
    /** "0..35", "1..", "..10", "length 1..64", "one of 0 1 5", "arn", "cidr", "json" */
    readonly forms: { readonly [path: string]: string };
    readonly defaults: { readonly [name: string]: Json };
}

/** Added to what replaces; a leading minus takes away. Forms set to "" are dropped: the probe saw one of several alternatives. */
const corrections: {
    readonly [type: string]: { readonly replace?: string; readonly forms?: { readonly [path: string]: string }; readonly enums?: string };
} = {
    "ec2/natGateway": { replace: "availabilityMode vpcId" },
    "s3/bucket": { replace: "bucketNamespace" },
    "rds/instance": { forms: { performanceInsightsRetentionPeriod: "" } },
    "rds/cluster": { forms: { performanceInsightsRetentionPeriod: "" } },
    "rds/clusterInstance": { forms: { performanceInsightsRetentionPeriod: "" } },
    "elasticache/replicationGroup": { replace: "-transitEncryptionEnabled -engine" },
    "backup/vaultLockConfiguration": { replace: "changeableForDays maxRetentionDays minRetentionDays" },
};

const none: TypeRules = { replaces: new Set(), enums: {}, forms: {}, defaults: {} };
let rows: { readonly [type: string]: Row } | undefined;
const known = new Map<string, TypeRules>();

export function rulesOf(type: string): TypeRules {
    const cached = known.get(type);
    if (cached) return cached;
    rows ??= JSON.parse(readFileSync(new URL("./provider-rules.json", import.meta.url), "utf8")) as { readonly [type: string]: Row };
    const row = rows[type];
    const correction = corrections[type];
    if (!row && !correction) return none;
    const replaces = new Set(row?.replace?.split(" "));
    for (const path of correction?.replace?.split(" ") ?? []) {
        if (path.startsWith("-")) replaces.delete(path.slice(1));
        else replaces.add(path);
    }
    const forms = Object.fromEntries(Object.entries({ ...row?.forms, ...correction?.forms }).filter(([, form]) => form !== ""));
    const dropped = new Set(correction?.enums?.split(" "));
    const enums = Object.fromEntries(
        Object.entries(row?.enums ?? {}).flatMap(([path, values]) => (dropped.has(path) ? [] : [[path, values.split("|")]])),
    );
    const rules = { replaces, enums, forms, defaults: row?.defaults ?? {} };
    known.set(type, rules);
    return rules;
}
