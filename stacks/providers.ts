/** The only provider: the account it may touch, the region it works in, the tags it puts on everything. */
import * as aws from "@pulumi/aws";
import type { EnvironmentSettings } from "./environment.ts";

/** A call to another account than `settings.account` is refused by the provider before anything is created. */
export function createProvider(settings: EnvironmentSettings, tags: Readonly<Record<string, string>>): aws.Provider {
    return new aws.Provider("aws", {
        region: settings.region,
        allowedAccountIds: [settings.account],
        defaultTags: { tags },
    });
}
