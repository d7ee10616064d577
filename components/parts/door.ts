/**
 * The way into a component: a security group without rules, and one standalone pair of rules a relation.
 * Inline rules and standalone ones undo each other, so there are no inline ones anywhere.
 */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { nameTag } from "./tags.ts";

/** Whoever has a security group can be let in. */
export interface Peer {
    readonly securityGroupId: pulumi.Input<string>;
}

export class Door {
    public readonly securityGroupId: pulumi.Output<string>;
    private readonly name: string;
    private readonly opts: pulumi.CustomResourceOptions;

    /** `description` is for ever: changing it replaces the group. */
    public constructor(
        name: string,
        args: { readonly environment: Environment; readonly vpcId: pulumi.Input<string>; readonly description: string },
        opts: pulumi.CustomResourceOptions,
    ) {
        this.name = name;
        this.opts = opts;
        // No rules given: the provider removes the allow-all egress that AWS adds.
        const group = new aws.ec2.SecurityGroup(
            name,
            { vpcId: args.vpcId, description: args.description, revokeRulesOnDelete: true, tags: nameTag(args.environment, name) },
            opts,
        );
        this.securityGroupId = group.id;
    }

    /** Lets members of `peer`'s group reach `port` here: ingress on this side, egress on the peer's. `key` is for ever. */
    public allowFrom(key: string, peer: Peer, port: number): void {
        const rule = { ipProtocol: "tcp", fromPort: port, toPort: port };
        new aws.vpc.SecurityGroupIngressRule(
            `${this.name}-from-${key}`,
            { ...rule, securityGroupId: this.securityGroupId, referencedSecurityGroupId: peer.securityGroupId, description: `From ${key}` },
            this.opts,
        );
        new aws.vpc.SecurityGroupEgressRule(
            `${this.name}-egress-${key}`,
            {
                ...rule,
                securityGroupId: peer.securityGroupId,
                referencedSecurityGroupId: this.securityGroupId,
                description: `To ${this.name}`,
            },
            this.opts,
        );
    }

    /** Lets a block or a managed prefix list reach `port` here. */
    public admit(
        key: string,
        source:
            | { readonly cidrIpv4: pulumi.Input<string> }
            | { readonly cidrIpv6: pulumi.Input<string> }
            | { readonly prefixListId: pulumi.Input<string> },
        port: number,
    ): void {
        new aws.vpc.SecurityGroupIngressRule(
            `${this.name}-from-${key}`,
            {
                securityGroupId: this.securityGroupId,
                ipProtocol: "tcp",
                fromPort: port,
                toPort: port,
                description: `From ${key}`,
                ...source,
            },
            this.opts,
        );
    }

    /** Lets members of this group reach `port` outside. */
    public letOut(
        key: string,
        target:
            | { readonly cidrIpv4: pulumi.Input<string> }
            | { readonly cidrIpv6: pulumi.Input<string> }
            | { readonly prefixListId: pulumi.Input<string> },
        port: number,
    ): void {
        new aws.vpc.SecurityGroupEgressRule(
            `${this.name}-to-${key}`,
            { securityGroupId: this.securityGroupId, ipProtocol: "tcp", fromPort: port, toPort: port, description: `To ${key}`, ...target },
            this.opts,
        );
    }
}
