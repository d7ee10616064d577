/** Names of buckets that another stack must know beforehand. Pure. */

/** Bucket names are one space for the whole world: the account and the region make it ours. */
export function fixedBucketName(
    environment: { readonly name: string; readonly accountId: string; readonly region: string },
    key: string,
): string {
    return `${environment.name}-${key}-${environment.accountId}-${environment.region}`;
}
