/** What a public zone was asked, line by line. Route 53 writes to log groups in us-east-1 only, and only where a resource policy lets it. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { globalRegion } from "../../conventions/regions.ts";
import { createLogGroup } from "../parts/log-group.ts";
import { policyDocument } from "../parts/role.ts";

export function createQueryLog(
    name: string,
    args: {
        readonly environment: Environment;
        readonly zone: aws.route53.Zone;
        /** Plain: the log group is called after it. */
        readonly zoneName: string;
        /** Key in us-east-1 that log groups may use. */
        readonly keyArn: pulumi.Input<string>;
    },
    opts: pulumi.CustomResourceOptions,
): void {
    const { environment, zone, zoneName, keyArn } = args;
    const logName = `/aws/route53/${zoneName}`;
    const group = createLogGroup(`${name}-log`, environment, { region: globalRegion, logName, keyArn }, opts);
    const permission = new aws.cloudwatch.LogResourcePolicy(
        `${name}-log-permission`,
        {
            region: globalRegion,
            policyName: `${environment.name}-${name}`,
            policyDocument: policyDocument([
                {
                    Sid: "WriteQueries",
                    Effect: "Allow",
                    Principal: { Service: "route53.amazonaws.com" },
                    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                    Resource: `arn:aws:logs:${globalRegion}:${environment.accountId}:log-group:${logName}:*`,
                    Condition: {
                        StringEquals: { "aws:SourceAccount": environment.accountId },
                        ArnLike: { "aws:SourceArn": zone.arn },
                    },
                },
            ]),
        },
        opts,
    );
    new aws.route53.QueryLog(
        name,
        { zoneId: zone.zoneId, cloudwatchLogGroupArn: group.arn },
        // Route 53 writes a line to try the permission when the configuration is made.
        { ...opts, dependsOn: [permission] },
    );
}
