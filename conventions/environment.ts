/** What every component may know of the environment it stands in. All of it is plain and known before the first resource. */
import type { Region } from "./regions.ts";

export interface Environment {
    /** `<project>-<stack>`: begins every name that a person reads in a console. Never part of a logical name: see decision 2. */
    readonly name: string;
    readonly accountId: string;
    readonly region: Region;
    /** True where data may be thrown away: no protection, no final snapshots, buckets emptied on destroy. */
    readonly expendable: boolean;
    readonly logRetentionDays: number;
    /** Tag that the backup plan selects by; absent where the environment has no backup plan. */
    readonly backupTag?: Readonly<Record<string, string>>;
}

/** ARN of something in the environment's own account and region. */
export function arn(environment: Environment, service: string, resource: string): string {
    return `arn:aws:${service}:${environment.region}:${environment.accountId}:${resource}`;
}

/** Key of the tag that says which environment a thing belongs to (value: `environment.name`). The provider's default tags put it on everything, so permissions may rely on it. */
export const environmentTag = "terrace:environment";
