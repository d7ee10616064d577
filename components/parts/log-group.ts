/** Log groups exist before the service that writes to them, or the service makes one that keeps everything for ever, unencrypted. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";

/**
 * `logName` is where the service writes: `/aws/rds/instance/<id>/postgresql`, `aws-waf-logs-…`, or `/<environment>/<what>`.
 * The key must let `logs.<region>.amazonaws.com` use it: the logs key of components/keys does.
 */
export function createLogGroup(
    name: string,
    environment: Environment,
    args: {
        readonly logName: pulumi.Input<string>;
        readonly keyArn: pulumi.Input<string>;
        readonly retentionDays?: number;
        readonly region?: string;
    },
    opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
        name,
        {
            ...(args.region !== undefined && { region: args.region }),
            name: args.logName,
            kmsKeyId: args.keyArn,
            retentionInDays: args.retentionDays ?? environment.logRetentionDays,
            skipDestroy: false,
        },
        opts,
    );
}
