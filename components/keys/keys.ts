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
        this.arns = new Map(args.domains.map((domain) => [domain, this.createKey(domain, args).arn]));
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

    private createKey(domain: KeyDomain, args: KeysArgs): aws.kms.Key {
        const row = domainRows[domain];
        const name = `${this.name}-${row.part}`;
        const placed = { ...(row.region !== undefined && { region: row.region }) };
        const key = new aws.kms.Key(
            name,
            {
                ...placed,
                description: `${args.environment.name}: ${row.holds}`,
                deletionWindowInDays: args.deletionWindowDays,
                ...(args.rotationDays !== undefined && { rotationPeriodInDays: args.rotationDays }),
                multiRegion: args.multiRegion && row.travels,
                policy: JSON.stringify({ Version: "2012-10-17", Statement: keyPolicy(args.environment, domain, args.administrators) }),
                tags: nameTag(args.environment, name),
                enableKeyRotation: true,
                bypassPolicyLockoutSafetyCheck: false,
            },
            { parent: this, protect: !args.environment.expendable },
        );
        new aws.kms.Alias(
            `${name}-alias`,
            { ...placed, name: `alias/${args.environment.name}-${row.part}`, targetKeyId: key.keyId },
            { parent: this },
        );
        return key;
    }
}
