/** Topics that alarms and services publish to, with their policy and subscriptions. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import type { AlarmTopics, Severity } from "../parts/alarm.ts";
import { policyDocument, type Statement } from "../parts/role.ts";
import { nameTag } from "../parts/tags.ts";
import type { ObservabilitySettings, Receivers } from "./settings.ts";

/** Everything that tells people something. The key of the topics must let the same services use it, or messages vanish silently. */
export const publishers = [
    "backup.amazonaws.com",
    "budgets.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "costalerts.amazonaws.com",
    "events.amazonaws.com",
    "events.rds.amazonaws.com",
] as const;

export const severities = ["critical", "warning"] as const satisfies readonly Severity[];

export interface TopicPlace {
    readonly name: string;
    readonly environment: Environment;
    readonly keyArn: pulumi.Input<string>;
    /** Only where the topics stand in us-east-1 and the environment does not. */
    readonly region?: string;
    readonly opts: pulumi.CustomResourceOptions;
}

/** One topic a severity that has receivers. */
export function createTopics(place: TopicPlace, alarms: ObservabilitySettings["alarms"]): AlarmTopics {
    const topics: Partial<Record<Severity, pulumi.Output<string>>> = {};
    for (const severity of severities) {
        const receivers = alarms[severity];
        if (receivers !== undefined) {
            topics[severity] = createTopic(place, severity, receivers);
        }
    }
    return topics;
}

function createTopic(place: TopicPlace, severity: Severity, receivers: Receivers): pulumi.Output<string> {
    const { environment, opts } = place;
    const name = `${place.name}-${severity}`;
    const region = place.region === undefined ? {} : { region: place.region };
    const topic = new aws.sns.Topic(
        name,
        {
            ...region,
            displayName: `${environment.name} ${severity}`,
            kmsMasterKeyId: place.keyArn,
            // Only receivers by HTTPS check signatures: they get SHA-256 instead of AWS's SHA-1.
            ...(Object.keys(receivers.endpoints).length > 0 && { signatureVersion: 2 }),
            tags: nameTag(environment, name),
        },
        opts,
    );
    new aws.sns.TopicPolicy(
        `${name}-policy`,
        { ...region, arn: topic.arn, policy: policyDocument(topicStatements(topic.arn, environment.accountId)) },
        opts,
    );
    subscribe(name, topic.arn, receivers, region, opts);
    return topic.arn;
}

function topicStatements(topicArn: pulumi.Output<string>, accountId: string): Statement[] {
    return [
        {
            Sid: "ServicesOfThisAccountPublish",
            Effect: "Allow",
            Principal: { Service: publishers },
            Action: "sns:Publish",
            Resource: topicArn,
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
        },
        {
            Sid: "DenyPlainHttp",
            Effect: "Deny",
            Principal: "*",
            Action: "sns:Publish",
            Resource: topicArn,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
    ];
}

function subscribe(
    name: string,
    topic: pulumi.Output<string>,
    receivers: Receivers,
    region: { readonly region?: string },
    opts: pulumi.CustomResourceOptions,
): void {
    for (const address of receivers.emails) {
        // The address itself is the key: any shortening could make two people one.
        new aws.sns.TopicSubscription(`${name}-${address}`, { ...region, topic, protocol: "email", endpoint: address }, opts);
    }
    for (const [key, endpoint] of Object.entries(receivers.endpoints)) {
        new aws.sns.TopicSubscription(
            `${name}-${key}-endpoint`,
            {
                ...region,
                topic,
                protocol: "https",
                endpoint: pulumi.secret(endpoint.url),
                endpointAutoConfirms: endpoint.confirms,
            },
            opts,
        );
    }
    if (region.region === undefined) {
        for (const [key, endpoint] of Object.entries(receivers.queues)) {
            new aws.sns.TopicSubscription(`${name}-${key}-queue`, { topic, protocol: "sqs", endpoint }, opts);
        }
    }
}
