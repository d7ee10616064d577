/**
 * The key of the topics in us-east-1. A key of another region cannot encrypt them, and `alias/aws/sns` cannot be used by CloudWatch,
 * whose messages would vanish silently. Nothing is stored under it: losing it loses nothing, so it is not protected.
 */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { globalRegion } from "../../conventions/regions.ts";
import { policyDocument } from "../parts/role.ts";
import { nameTag } from "../parts/tags.ts";
import { publishers } from "./topics.ts";

export function createEdgeKey(name: string, environment: Environment, opts: pulumi.CustomResourceOptions): aws.kms.Key {
    const { accountId } = environment;
    const key = new aws.kms.Key(
        name,
        {
            region: globalRegion,
            description: `${environment.name}: alarm topics in ${globalRegion}`,
            enableKeyRotation: true,
            deletionWindowInDays: environment.expendable ? 7 : 30,
            policy: policyDocument([
                {
                    Sid: "AccountDecides",
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
                    Action: "kms:*",
                    Resource: "*",
                },
                {
                    Sid: "ServicesOfThisAccountPublish",
                    Effect: "Allow",
                    Principal: { Service: publishers },
                    Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
                    Resource: "*",
                    Condition: { StringEquals: { "aws:SourceAccount": accountId } },
                },
            ]),
            tags: nameTag(environment, name),
        },
        opts,
    );
    new aws.kms.Alias(
        `${name}-alias`,
        { region: globalRegion, name: `alias/${environment.name}-edge-notifications`, targetKeyId: key.keyId },
        opts,
    );
    return key;
}
