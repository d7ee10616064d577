/** Roles that services take, and documents that say who may do what. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";

/** One statement of an IAM policy. Actions are named; `*` as an action is refused by the policy pack. */
export interface Statement {
    readonly Sid?: string;
    readonly Effect: "Allow" | "Deny";
    readonly Action: string | readonly string[];
    readonly Resource: pulumi.Input<string> | readonly pulumi.Input<string>[];
    readonly Principal?: "*" | Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>>>;
}

/** A policy document as JSON text. Unknown only while something in it is. */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
    return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/** A role that `service` (`ec2.amazonaws.com`) takes in this account only, with its managed policies attached one by one. */
export class ServiceRole {
    public readonly role: aws.iam.Role;
    /** Wait for these, not only for the role: a role without its policies is refused minutes later. */
    public readonly attachments: pulumi.Resource[] = [];
    private readonly name: string;
    private readonly opts: pulumi.CustomResourceOptions;

    public constructor(
        name: string,
        args: {
            readonly environment: Environment;
            readonly service: string;
            readonly description: string;
            /** AWS-managed policies by key: `{ssm: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}`. */
            readonly managedPolicies?: Readonly<Record<string, string>>;
            /** Set false for services whose calls carry no source account (EC2 instances). */
            readonly boundToAccount?: boolean;
        },
        opts: pulumi.CustomResourceOptions,
    ) {
        this.name = name;
        this.opts = opts;
        this.role = new aws.iam.Role(
            name,
            {
                path: `/${args.environment.name}/`,
                description: args.description,
                assumeRolePolicy: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [
                        {
                            Effect: "Allow",
                            Principal: { Service: args.service },
                            Action: "sts:AssumeRole",
                            ...((args.boundToAccount ?? true) && {
                                Condition: { StringEquals: { "aws:SourceAccount": args.environment.accountId } },
                            }),
                        },
                    ],
                }),
            },
            opts,
        );
        for (const [key, policyArn] of Object.entries(args.managedPolicies ?? {})) {
            this.attachments.push(new aws.iam.RolePolicyAttachment(`${name}-${key}`, { role: this.role.name, policyArn }, opts));
        }
    }

    /** Permits the statements by a policy of its own. `key` is for ever. */
    public permit(key: string, statements: readonly Statement[]): void {
        this.attachments.push(
            new aws.iam.RolePolicy(`${this.name}-${key}`, { role: this.role.name, policy: policyDocument(statements) }, this.opts),
        );
    }
}
