/** What a reference to a container image says. */

/** Why `reference` does not say exactly which image runs, or undefined. */
export function referenceRefusal(reference: string): string | undefined {
    const named =
        /^(?<name>[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9][a-z0-9._-]*)*)(:(?<tag>[\w][\w.-]{0,127}))?(@(?<digest>sha256:[0-9a-f]{64}))?$/;
    const groups = named.exec(reference)?.groups;
    if (groups === undefined) {
        return `expected an image reference such as public.ecr.aws/nginx/nginx:1.29, got ${JSON.stringify(reference)}`;
    }
    const { tag, digest } = groups;
    if (digest === undefined && (tag === undefined || tag === "latest")) {
        return `needs a tag other than latest, or a digest: instances started on different days must run the same code, got ${JSON.stringify(reference)}`;
    }
    return undefined;
}

export interface EcrImage {
    readonly registry: string;
    readonly accountId: string;
    readonly region: string;
    readonly repository: string;
}

/** Where a reference points to in a private ECR registry, or undefined when it points elsewhere. */
export function ecrImage(reference: string): EcrImage | undefined {
    const groups =
        /^(?<registry>(?<account>\d{12})\.dkr[.-]ecr(-fips)?\.(?<region>[a-z0-9-]+)\.(amazonaws\.com|on\.aws))\/(?<repository>[a-z0-9._/-]+)/.exec(
            reference,
        )?.groups;
    const { registry, account, region, repository } = groups ?? {};
    return registry !== undefined && account !== undefined && region !== undefined && repository !== undefined
        ? { registry, accountId: account, region, repository }
        : undefined;
}
