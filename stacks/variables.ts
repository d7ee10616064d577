/** How the application learns of what it may use: the names of environment variables are part of the contract with images. */
import type * as pulumi from "@pulumi/pulumi";
import type { Cache } from "../components/cache/cache.ts";
import type { DatabaseInstance } from "../components/database/instance/database-instance.ts";
import type { Storage } from "../components/storage/storage.ts";

interface Services {
    readonly database: DatabaseInstance | undefined;
    readonly cache: Cache | undefined;
    readonly storage: Storage;
}

/** Plain variables. What the stack file says wins over what is worked out here. */
export function variablesOf(
    own: Readonly<Record<string, string>> | undefined,
    { database, cache, storage }: Services,
): Record<string, pulumi.Input<string>> {
    return {
        ...(database && {
            DATABASE_HOST: database.host,
            DATABASE_PORT: String(database.port),
            DATABASE_NAME: database.databaseName,
            DATABASE_TLS: "required",
            ...prefixed("DATABASE_READER", database.readerHosts),
        }),
        ...(cache && { CACHE_HOST: cache.host, CACHE_READER: cache.readerHost, CACHE_PORT: String(cache.port), CACHE_TLS: "required" }),
        ...(cache?.signedName && cache.username && { CACHE_NAME: cache.signedName, CACHE_USER: cache.username }),
        ...prefixed("BUCKET", Object.fromEntries(storage.keys.map((key) => [key, storage.bucket(key).name]))),
        ...own,
    };
}

/** Variables whose values are secrets: read on the instance when the service starts, as the JSON that the secret holds. */
export function secretVariablesOf({ database, cache }: Services): Record<string, pulumi.Input<string>> {
    return {
        ...(database && { DATABASE_SECRET: database.secretArn }),
        ...(cache?.secretArn && { CACHE_SECRET: cache.secretArn }),
    };
}

function prefixed(prefix: string, values: Readonly<Record<string, pulumi.Input<string>>>): Record<string, pulumi.Input<string>> {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}_${key.toUpperCase()}`, value]));
}
