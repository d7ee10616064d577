/** One stack file: the components' blocks composed strictly, and the rules between blocks. Pure: no Pulumi, no file, no clock. */
import { z } from "zod";
import { AccessSettings } from "../components/access/settings.ts";
import { BackupSettings } from "../components/backup/settings.ts";
import { BudgetSettings } from "../components/budget/settings.ts";
import { CacheSettings } from "../components/cache/settings.ts";
import { ComputeSettings } from "../components/compute/settings.ts";
import { DatabaseSettings } from "../components/database/settings.ts";
import { EdgeSettings } from "../components/edge/settings.ts";
import { KeysSettings } from "../components/keys/settings.ts";
import { LoadBalancerSettings } from "../components/load-balancer/settings.ts";
import { NetworkSettings } from "../components/network/settings.ts";
import { ObservabilitySettings } from "../components/observability/settings.ts";
import { StorageSettings } from "../components/storage/settings.ts";
import type { Problem } from "../conventions/refusal.ts";
import { EnvironmentSettings } from "./environment.ts";
import { problemsOf } from "./problems.ts";
import { rules } from "./rules.ts";

/** Presence is the switch: what has no block does not exist. */
export const StackSettings = z.strictObject({
    environment: EnvironmentSettings.describe("Whose environment this is, where it stands, and how precious it is."),
    keys: KeysSettings.describe("Encryption keys, one a domain."),
    observability: ObservabilitySettings.describe("Who is told of alarms, and the dashboard."),
    storage: StorageSettings.describe("Buckets, and the one that services write their logs to."),
    network: NetworkSettings.describe("Network, its zones and its ways out."),
    access: AccessSettings.optional().describe("Shell sessions by Session Manager: who, where, and what is recorded. Absent: nobody."),
    edge: EdgeSettings.optional().describe("Domain, certificates, firewall and CDN. Absent: nothing is published."),
    loadBalancer: LoadBalancerSettings.optional().describe("Application load balancer. Needs edge, for its certificate. Absent: none."),
    database: DatabaseSettings.optional().describe("Relational database. Absent: none."),
    cache: CacheSettings.optional().describe("In-memory cache. Absent: none."),
    compute: ComputeSettings.optional().describe("What runs the application. Absent: nothing does."),
    backup: BackupSettings.optional().describe("AWS Backup of what holds data. Absent: only the services' own backups."),
    budget: BudgetSettings.optional().describe("Monthly budget and its alerts. Absent: none."),
});
export type StackSettings = Readonly<z.infer<typeof StackSettings>>;

export type Parsed =
    | { readonly settings: StackSettings; readonly problems?: undefined }
    | { readonly settings?: undefined; readonly problems: readonly Problem[] };

/** Settings, or every problem there is: the shape of each block, and the rules between blocks wherever their blocks are sound. */
export function parseSettings(raw: unknown): Parsed {
    const parsed = StackSettings.safeParse(raw);
    if (parsed.success) {
        const problems = rules.flatMap((rule) => rule(parsed.data));
        return problems.length > 0 ? { problems } : { settings: freeze(parsed.data) };
    }
    const sound = withoutGuessing(soundBlocks(raw), raw);
    const between = rules.flatMap((rule) => attempt(() => rule(sound as StackSettings)));
    return { problems: [...problemsOf(StackSettings, raw, parsed.error.issues), ...between] };
}

/** The blocks that parse alone, so that one broken block does not hide what is wrong between the others. */
function soundBlocks(raw: unknown): Partial<StackSettings> {
    const blocks = typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>) : {};
    return Object.fromEntries(
        Object.entries(StackSettings.shape).flatMap(([key, schema]) => {
            const block = schema.safeParse(blocks[key]);
            return block.success && block.data !== undefined ? [[key, block.data]] : [];
        }),
    );
}

/** A block that is there and refused is not an absent one: whoever asks for it learns nothing. */
function withoutGuessing(sound: Partial<StackSettings>, raw: unknown): Partial<StackSettings> {
    const written = new Set(Object.keys((raw ?? {}) as object));
    return new Proxy(sound, {
        get(blocks, key) {
            if (written.has(String(key)) && !(key in blocks)) throw new TypeError(`${String(key)} is refused`);
            return blocks[key as keyof StackSettings];
        },
    });
}

/** A rule that needs a block which is itself refused has nothing to say yet. */
function attempt(rule: () => readonly Problem[]): readonly Problem[] {
    try {
        return rule();
    } catch (error) {
        if (error instanceof TypeError) {
            return [];
        }
        throw error;
    }
}

function freeze<T>(value: T): T {
    if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
        Object.values(Object.freeze(value)).forEach(freeze);
    }
    return value;
}
