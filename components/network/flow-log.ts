/** Who talked to whom: the flow log of a network, to a log group of its own or to the environment's log bucket. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { createLogGroup } from "../parts/log-group.ts";
import { ServiceRole } from "../parts/role.ts";
import { nameTag } from "../parts/tags.ts";
import type { NetworkSettings } from "./settings.ts";

type FlowLogs = NonNullable<NetworkSettings["flowLogs"]>;

/** AWS's default fields and those that say which way a packet went and whose it was behind a NAT or load balancer. A change replaces the log. */
const fields = [
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
    "vpc-id",
    "subnet-id",
    "az-id",
    "tcp-flags",
    "pkt-srcaddr",
    "pkt-dstaddr",
    "flow-direction",
    "traffic-path",
];

export function createFlowLog(
    owner: string,
    vpcId: pulumi.Input<string>,
    wiring: {
        readonly environment: Environment;
        readonly logsKeyArn: pulumi.Input<string>;
        readonly flowLogBucketArn?: pulumi.Input<string>;
    },
    settings: FlowLogs,
    opts: pulumi.CustomResourceOptions,
): void {
    const name = `${owner}-flow-log`;
    const common = {
        vpcId,
        trafficType: settings.traffic,
        maxAggregationInterval: settings.aggregationSeconds,
        logFormat: fields.map((field) => `\${${field}}`).join(" "),
        tags: nameTag(wiring.environment, name),
    };
    if (settings.destination === "s3") {
        if (wiring.flowLogBucketArn === undefined) {
            throw new Error(`${owner} writes flow logs to S3 and was given no flowLogBucketArn`);
        }
        const destinationOptions = { fileFormat: "parquet", hiveCompatiblePartitions: true, perHourPartition: true };
        new aws.ec2.FlowLog(
            name,
            { ...common, logDestinationType: "s3", logDestination: wiring.flowLogBucketArn, destinationOptions },
            { ...opts, deleteBeforeReplace: true },
        );
        return;
    }
    const group = createLogGroup(
        name,
        wiring.environment,
        {
            logName: `/${wiring.environment.name}/${owner}/flow`,
            keyArn: wiring.logsKeyArn,
            ...(settings.retentionDays !== undefined && { retentionDays: settings.retentionDays }),
        },
        { ...opts, protect: !wiring.environment.expendable },
    );
    const role = new ServiceRole(
        name,
        { environment: wiring.environment, service: "vpc-flow-logs.amazonaws.com", description: "Writes the flow log of the network" },
        opts,
    );
    role.permit("write", [
        { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: pulumi.interpolate`${group.arn}:*` },
        { Effect: "Allow", Action: ["logs:DescribeLogGroups", "logs:DescribeLogStreams"], Resource: "*" },
    ]);
    new aws.ec2.FlowLog(
        name,
        { ...common, logDestinationType: "cloud-watch-logs", logDestination: group.arn, iamRoleArn: role.role.arn },
        { ...opts, dependsOn: role.attachments, deleteBeforeReplace: true },
    );
}
