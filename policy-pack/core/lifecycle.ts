/**
 * Until when AWS supports what. Dates are data: rules compare them with the day of judgement, so a runtime starts to be refused on
 * its day, without a new version of the pack. Read on `readOn` from the AWS pages named beside each table; past `horizonDays` the
 * table itself warns, because what came out since is not in it.
 */

export const readOn = "2026-11-21";
const horizonDays = 150;

export interface Lifecycle {
    /** Where the dates can be read again. */
    readonly source: string;
    /** Version → last day of standard support; `undefined` where AWS has set none. */
    readonly until: Readonly<Record<string, string | undefined>>;
}

export const lambdaRuntimes: Lifecycle = {
    source: "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",
    until: {
        "python3.14": "2029-06-30",
        "python3.13": "2029-06-30",
        "python3.12": "2028-10-31",
        "python3.11": "2027-06-30",
        "python3.10": "2026-10-31",
        "python3.9": "2025-12-15",
        "python3.8": "2024-10-14",
        "nodejs24.x": "2028-04-30",
        "nodejs22.x": "2027-04-30",
        "nodejs20.x": "2026-04-30",
        "nodejs18.x": "2025-09-01",
        "nodejs16.x": "2024-06-12",
        java25: "2029-06-30",
        java21: "2029-06-30",
        java17: "2027-06-30",
        java11: "2027-06-30",
        "java8.al2": "2027-06-30",
        java8: "2024-01-08",
        dotnet10: "2028-11-14",
        dotnet8: "2026-11-10",
        dotnet6: "2024-12-20",
        "ruby4.0": undefined,
        "ruby3.4": undefined,
        "ruby3.3": undefined,
        "ruby3.2": "2026-03-31",
        "provided.al2023": "2029-06-30",
        "provided.al2": "2026-07-31",
        provided: "2024-01-08",
        "go1.x": "2024-01-08",
    },
};

export const eksVersions: Lifecycle = {
    source: "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
    until: {
        "1.36": "2027-08-02",
        "1.35": "2027-03-27",
        "1.34": "2026-12-02",
        "1.33": "2026-07-29",
        "1.32": "2026-03-23",
        "1.31": "2025-11-26",
        "1.30": "2025-07-23",
        "1.29": "2025-03-23",
    },
};

/** By engine and major version as RDS writes them. */
export const databaseEngines: Lifecycle = {
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html",
    until: {
        "postgres 18": "2031-02-28",
        "postgres 17": "2030-02-28",
        "postgres 16": "2029-02-28",
        "postgres 15": "2028-02-29",
        "postgres 14": "2027-02-28",
        "postgres 13": "2026-02-28",
        "postgres 12": "2025-02-28",
        "postgres 11": "2024-02-29",
        "mysql 8.4": "2029-07-31",
        "mysql 8.0": "2026-07-31",
        "mysql 5.7": "2024-02-29",
        "aurora-postgresql 18": "2031-02-28",
        "aurora-postgresql 17": "2030-02-28",
        "aurora-postgresql 16": "2029-02-28",
        "aurora-postgresql 15": "2028-02-29",
        "aurora-postgresql 14": "2027-02-28",
        "aurora-postgresql 13": "2026-02-28",
        "aurora-mysql 8.4": "2032-04-30",
        "aurora-mysql 8.0": "2028-04-30",
        "aurora-mysql 5.7": "2024-10-31",
    },
};

export const cacheEngines: Lifecycle = {
    source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/extended-support.html",
    until: {
        "valkey 9": undefined,
        "valkey 8": undefined,
        "valkey 7": undefined,
        "redis 7": undefined,
        "redis 6": "2027-01-31",
        "redis 5": "2026-01-31",
        "redis 4": "2026-01-31",
    },
};

export type Support =
    | { readonly kind: "supported"; readonly until: string | undefined }
    | { readonly kind: "ended"; readonly on: string }
    | { readonly kind: "unlisted" };

/** How a version stands on a day. One that the table does not know is said to be so, never taken for supported. */
export function supportOf(lifecycle: Lifecycle, version: string, today: string): Support {
    if (!Object.hasOwn(lifecycle.until, version)) {
        return { kind: "unlisted" };
    }
    const until = lifecycle.until[version];
    return until !== undefined && until < today ? { kind: "ended", on: until } : { kind: "supported", until };
}

/** What to say when the tables are past their horizon. */
export function staleness(today: string): string | undefined {
    const age = Math.floor((Date.parse(today) - Date.parse(readOn)) / 86_400_000);
    return age > horizonDays
        ? `The pack's table of versions and end dates was read ${age} days ago (${readOn}); versions that came out since are taken for unknown. Renew policy-pack/core/lifecycle.ts.`
        : undefined;
}
