/** What a fleet's instances may do, and so the container on them. */
import * as pulumi from "@pulumi/pulumi";
import { arn, type Environment } from "../../../conventions/environment.ts";
import type { Statement } from "../../parts/role.ts";
import { ecrImage } from "../image/reference.ts";
import { agentNamespace } from "./agent.ts";
import { secretReference } from "./plan.ts";

/** Write its logs and metrics, read its agent's configuration, and pull its image where that lies in ECR. */
export function runtimeStatements(
    environment: Environment,
    own: { readonly logGroups: readonly string[]; readonly agentParameter: string; readonly image: pulumi.Input<string> },
): Statement[] {
    return [
        {
            Sid: "WriteLogs",
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            Resource: own.logGroups.map((group) => arn(environment, "logs", `log-group:${group}:*`)),
        },
        // The action knows no resources: it is bound by namespace.
        {
            Sid: "WriteMetrics",
            Effect: "Allow",
            Action: "cloudwatch:PutMetricData",
            Resource: "*",
            Condition: { StringEquals: { "cloudwatch:namespace": agentNamespace } },
        },
        {
            Sid: "ReadAgentConfiguration",
            Effect: "Allow",
            Action: "ssm:GetParameter",
            Resource: arn(environment, "ssm", `parameter${own.agentParameter}`),
        },
        ...(typeof own.image === "string" && ecrImage(own.image) === undefined ? [] : pullStatements(own.image)),
    ];
}

/** Read exactly these secrets, and decrypt with their key when Secrets Manager asks. Sorted by variable, so that order changes nothing. */
export function secretStatements(
    environment: Environment,
    secrets: Readonly<Record<string, pulumi.Input<string>>>,
    keyArn: pulumi.Input<string>,
): Statement[] {
    const references = Object.keys(secrets)
        .sort()
        .flatMap((name) => secrets[name] ?? []);
    return [
        {
            Sid: "ReadSecrets",
            Effect: "Allow",
            Action: "secretsmanager:GetSecretValue",
            Resource: references.map((reference) => pulumi.output(reference).apply((text) => secretReference(text).arn)),
        },
        {
            Sid: "DecryptSecrets",
            Effect: "Allow",
            Action: "kms:Decrypt",
            Resource: keyArn,
            Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${environment.region}.amazonaws.com` } },
        },
    ];
}

function pullStatements(image: pulumi.Input<string>): Statement[] {
    const repository = pulumi.output(image).apply((reference) => {
        const found = ecrImage(reference);
        if (found === undefined) {
            throw new Error(`an image that is only known during an up must lie in ECR, got ${JSON.stringify(reference)}`);
        }
        return `arn:aws:ecr:${found.region}:${found.accountId}:repository/${found.repository}`;
    });
    return [
        { Sid: "LogInToRegistry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
        {
            Sid: "PullImage",
            Effect: "Allow",
            Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            Resource: repository,
        },
    ];
}
