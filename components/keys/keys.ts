/**
 * Owns the encryption keys of an environment: one a domain, rotated, each with a policy for the services that use it on their own.
 * Does not own who in the account may use them: that is IAM's, by the first statement of every policy.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { nameTag } from "../parts/tags.ts";
import { domainRows, type KeyDomain, keyPolicy } from "./key-policy.ts";
import type { KeysSettings } from "./settings.ts";

export type { KeyDomain } from "./key-policy.ts";

export interface KeysArgs extends KeysSettings {
    readonly environment: Environment;
    /** Domains that something in this stack encrypts with. A key costs a dollar a month. */
    readonly domains: readonly KeyDomain[];
}

export class Keys extends pulumi.ComponentResource {
    private readonly name: string;
    private readonly arns: ReadonlyMap<KeyDomain, pulumi.Output<string>>;

    public constructor(name: string, args: KeysArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:keys:Keys", name, {}, opts);
        this.name = name;
        this.arns = new Map(
            groupsOf(args).flatMap(({ part, domains }) => {
                const { arn } = this.createKey(part, domains, args);
                return domains.map((domain) => [domain, arn] as const);
            }),
        );
        this.registerOutputs({ arns: Object.fromEntries(this.arns) });
    }

    /** ARN of the domain's key, in the environment's region; that of `edgeLogs` is in us-east-1. Asking for one that was not made is our own bug. */
    public arn(domain: KeyDomain): pulumi.Output<string> {
        const found = this.arns.get(domain);
        if (found === undefined) {
            throw new Error(`${this.name} has no key for ${domain}: name the domain in args.domains`);
        }
        return found;
    }

    private createKey(part: string, domains: readonly KeyDomain[], args: KeysArgs): aws.kms.Key {
        const rows = domains.map((domain) => domainRows[domain]);
        const name = `${this.name}-${part}`;
        const region = rows[0]?.region;
        const placed = { ...(region !== undefined && { region }) };
        const key = new aws.kms.Key(
            name,
            {
                ...placed,
                description: `${args.environment.name}: ${rows.length > 1 ? "All that is encrypted" : rows[0]?.holds}`,
                deletionWindowInDays: args.deletionWindowDays,
                ...(args.rotationDays !== undefined && { rotationPeriodInDays: args.rotationDays }),
                multiRegion: args.multiRegion && rows.some(({ travels }) => travels),
                policy: JSON.stringify({ Version: "2012-10-17", Statement: keyPolicy(args.environment, domains, args.administrators) }),
                tags: nameTag(args.environment, name),
                enableKeyRotation: true,
                bypassPolicyLockoutSafetyCheck: false,
            },
            { parent: this, protect: !args.environment.expendable },
        );
        new aws.kms.Alias(
            `${name}-alias`,
            { ...placed, name: `alias/${args.environment.name}-${part}`, targetKeyId: key.keyId },
            { parent: this },
        );
        return key;
    }
}

/** Which domains share a key. One that must stand in another region has its own in any case. */
function groupsOf({ shared, domains }: KeysArgs): readonly { readonly part: string; readonly domains: readonly KeyDomain[] }[] {
    const together = shared ? domains.filter((domain) => domainRows[domain].region === undefined) : [];
    const apart = domains.filter((domain) => !together.includes(domain));
    return [
        ...(together.length > 0 ? [{ part: "shared", domains: together }] : []),
        ...apart.map((domain) => ({ part: domainRows[domain].part, domains: [domain] })),
    ];
}
