/** For tests: a stack file with every block, as the engine hands it over, and what is said against a change of it. */
import { overlaid } from "./overlay.ts";
import { parseSettings } from "./settings.ts";

type Block = Readonly<Record<string, unknown>>;

const everything: Block = {
    environment: {
        account: "123456789012",
        region: "eu-west-1",
        expendable: false,
        profile: "production",
        logRetentionDays: 30,
        owner: "platform@example.com",
    },
    keys: { deletionWindowDays: 30 },
    observability: { alarms: { critical: { emails: ["on-call@example.com"] }, warning: { emails: ["team@example.com"] } } },
    storage: { buckets: { assets: { role: "assets" } } },
    network: { cidr: "10.80.0.0/16", zones: 2, nat: "single" },
    access: { roles: { operators: { principals: ["arn:aws:iam::123456789012:role/operators"] } } },
    edge: { domain: "shop.example.com", zone: { create: "shop.example.com" } },
    loadBalancer: { admit: "anywhere" },
    database: {
        kind: "instance",
        engine: "postgres",
        version: "17",
        class: "db.t4g.small",
        multiAz: true,
        storage: { sizeGiB: 20 },
        backup: { retentionDays: 7 },
    },
    cache: { kind: "nodes", nodeType: "cache.t4g.small", replicas: 1, snapshots: { retentionDays: 1 } },
    compute: {
        kind: "fleet",
        image: { reference: "public.ecr.aws/nginx/nginx:1.29" },
        port: 8080,
        healthPath: "/",
        instanceTypes: ["t4g.small"],
        capacity: { minimum: 2, maximum: 4 },
        scaling: { cpuPercent: 60 },
    },
    backup: { rules: { daily: { schedule: "cron(0 3 * * ? *)", deleteAfterDays: 35 } } },
    budget: { monthlyUsd: 100, emails: ["team@example.com"] },
};

/** The changes as overlay.ts takes them. */
export function stackWith(changes: Block = {}): Record<string, unknown> {
    return overlaid(everything, changes) as Record<string, unknown>;
}

/** `path  message` of everything that is wrong with the stack so changed. */
export function problemsWith(changes: Block): string[] {
    return (parseSettings(stackWith(changes)).problems ?? []).map(({ path, message }) => `${path}  ${message}`);
}
