/** Services that a network can reach without the internet, and what may pass there. Pure. */

/**
 * Interface endpoints, by the last part of the service's name, with the prefix of its IAM actions. `null`: no endpoint policy is set,
 * because the service takes none or we have not read that it does. Each costs about 7 dollars a month and zone: from four endpoints in
 * three zones on, a NAT gateway is cheaper (facts/aws-2026.md 5.1).
 */
export const interfaceServices = {
    athena: "athena",
    autoscaling: "autoscaling",
    cloudformation: "cloudformation",
    "codedeploy-commands-secure": null,
    ec2: "ec2",
    "ecr.api": "ecr",
    "ecr.dkr": "ecr",
    ecs: "ecs",
    "ecs-agent": null,
    "ecs-telemetry": null,
    eks: null,
    "eks-auth": null,
    elasticbeanstalk: null,
    "elasticbeanstalk-health": null,
    elasticloadbalancing: "elasticloadbalancing",
    events: "events",
    "execute-api": "execute-api",
    glue: "glue",
    "kinesis-firehose": "firehose",
    "kinesis-streams": "kinesis",
    kms: "kms",
    lambda: "lambda",
    logs: "logs",
    monitoring: "cloudwatch",
    secretsmanager: "secretsmanager",
    sns: "sns",
    sqs: "sqs",
    ssm: "ssm",
    ssmmessages: "ssmmessages",
    states: "states",
    sts: "sts",
    xray: "xray",
} as const satisfies Record<string, string | null>;

export type InterfaceService = keyof typeof interfaceServices;
export const interfaceServiceNames = Object.keys(interfaceServices) as readonly InterfaceService[];

/** Free, so always there. */
export const gatewayServices = ["s3", "dynamodb"] as const;
export type GatewayService = (typeof gatewayServices)[number];

/** What Session Manager needs where there is no NAT; the network's S3 gateway does the rest. */
export const sessionServices: readonly InterfaceService[] = ["ssm", "ssmmessages"];

/** Services of `needed` that a network with no NAT and these endpoints cannot reach. */
export function missingEndpoints(
    network: { readonly nat: string; readonly endpoints: readonly InterfaceService[] },
    needed: readonly InterfaceService[],
): readonly InterfaceService[] {
    return network.nat === "none" ? needed.filter((service) => !network.endpoints.includes(service)) : [];
}

/** Part of the logical name of a service's endpoint. */
export function endpointPart(service: string): string {
    return `endpoint-${service.replaceAll(".", "-")}`;
}

/**
 * Only identities of this account pass, so that stolen keys of another account cannot carry data out through the endpoint. Calls that AWS
 * does not sign for anybody (a token exchanged at STS) carry no account and pass.
 */
export function interfacePolicy(service: InterfaceService, accountId: string): string | undefined {
    const prefix = interfaceServices[service];
    return prefix === null
        ? undefined
        : document([
              {
                  Sid: "OwnIdentities",
                  Effect: "Allow",
                  Principal: "*",
                  Action: `${prefix}:*`,
                  Resource: "*",
                  Condition: { StringEqualsIfExists: { "aws:PrincipalAccount": accountId } },
              },
          ]);
}

/**
 * Whatever is wanted with the account's own buckets and tables; of S3 also reading elsewhere, because images, packages and the agents'
 * updates lie in AWS's buckets, whose names differ by region and grow in number. Nothing can be written to somebody else's bucket.
 */
export function gatewayPolicy(service: GatewayService, accountId: string): string {
    const own = {
        Sid: "OwnResources",
        Effect: "Allow",
        Principal: "*",
        Action: `${service}:*`,
        Resource: "*",
        Condition: { StringEquals: { "aws:ResourceAccount": accountId } },
    };
    const read = { Sid: "ReadElsewhere", Effect: "Allow", Principal: "*", Action: ["s3:GetObject", "s3:ListBucket"], Resource: "*" };
    return document(service === "s3" ? [own, read] : [own]);
}

function document(statements: readonly object[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
