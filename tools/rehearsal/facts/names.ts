/**
 * Physical names: which property holds it, how long it may be, of what it is made, and where it must be the only one.
 * Facts of 2026-11-21 (API models, registry schemas); a type without a row gets the general rule of `nameRuleOf`.
 */
export type NameScope = "world" | "account" | "region" | "none" | { readonly within: readonly string[] };

export interface NameRule {
    readonly property: string;
    readonly max: number;
    readonly min?: number;
    readonly pattern?: RegExp;
    /** The pattern in words, for the refusal. */
    readonly says?: string;
    readonly scope: NameScope;
    /** Role and role are the same name. */
    readonly foldsCase?: boolean;
    /** The name is what `id` is, too. */
    readonly isId?: boolean;
    /** Begins so when Pulumi names it. */
    readonly autoPrefix?: string;
    /** Code that AWS answers with when the name is taken. */
    readonly taken?: string;
}

const word = { pattern: /^[\w-]+$/, says: "letters, digits, _ and -" } as const;
const dotted = { pattern: /^[\w.-]+$/, says: "letters, digits, . _ and -" } as const;
const iam = { pattern: /^[\w+=,.@-]+$/, says: "letters, digits and + = , . @ _ -", foldsCase: true } as const;
const host = { pattern: /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/, says: "letters, digits and inner hyphens" } as const;
const lower = {
    pattern: /^[a-z](?:[a-z0-9]|-(?=[a-z0-9]))*$/,
    says: "lower-case letters, digits and single inner hyphens, a letter first",
} as const;
const any = { pattern: /^[^\n]+$/, says: "one line of text" } as const;
const cached = { pattern: /^[a-z0-9](?:[a-z0-9-]*)$/, says: "lower-case letters, digits and hyphens" } as const;

function row(property: string, max: number, form: object, scope: NameScope, more: object = {}): NameRule {
    return { property, max, scope, ...form, ...more };
}

const region = "region";
const account = "account";

export const nameRules: { readonly [type: string]: NameRule } = {
    "acm/certificate": row("domainName", 253, any, "none"),
    "apigateway/restApi": row("name", 255, any, "none"),
    "apigatewayv2/api": row("name", 128, any, "none"),
    "apigatewayv2/stage": row(
        "name",
        128,
        { pattern: /^(\$default|[\w-]+)$/, says: "letters, digits, _ and -, or $default" },
        { within: ["apiId"] },
    ),
    "apigatewayv2/vpcLink": row("name", 128, any, "none"),
    "arcregionswitch/plan": row("name", 32, host, account),
    "athena/namedQuery": row("name", 128, any, "none"),
    "athena/workgroup": row("name", 128, dotted, region, { isId: true }),
    "autoscaling/group": row("name", 255, { pattern: /^[^:]+$/, says: "no colon" }, region, { isId: true, taken: "AlreadyExists" }),
    "autoscaling/lifecycleHook": row(
        "name",
        255,
        { pattern: /^[\w/-]+$/, says: "letters, digits, _ - and /" },
        { within: ["autoscalingGroupName"] },
    ),
    "autoscaling/policy": row("name", 255, any, { within: ["autoscalingGroupName"] }, { isId: true }),
    "backup/plan": row("name", 50, dotted, "none"),
    "backup/selection": row("name", 50, dotted, { within: ["planId"] }),
    "backup/vault": row("name", 50, word, region, { min: 2, isId: true, taken: "AlreadyExistsException" }),
    "budgets/budget": row("name", 100, { pattern: /^[^:\\]+$/, says: "no colon and no backslash" }, account, {
        taken: "DuplicateRecordException",
    }),
    "cloudfront/cachePolicy": row("name", 128, word, account, { taken: "CachePolicyAlreadyExists" }),
    "cloudfront/function": row("name", 64, word, account, { isId: true, taken: "FunctionAlreadyExists" }),
    "cloudfront/keyValueStore": row("name", 64, word, account, { taken: "EntityAlreadyExists" }),
    "cloudfront/originAccessControl": row("name", 64, any, account, { taken: "OriginAccessControlAlreadyExists" }),
    "cloudfront/originRequestPolicy": row("name", 128, word, account, { taken: "OriginRequestPolicyAlreadyExists" }),
    "cloudfront/responseHeadersPolicy": row("name", 128, word, account, { taken: "ResponseHeadersPolicyAlreadyExists" }),
    "cloudtrail/trail": row("name", 128, dotted, region, { min: 3, taken: "TrailAlreadyExistsException" }),
    "cloudwatch/compositeAlarm": row("alarmName", 255, any, region),
    "cloudwatch/dashboard": row("dashboardName", 255, word, account, { isId: true }),
    "cloudwatch/eventBus": row("name", 256, { pattern: /^[/.\w-]+$/, says: "letters, digits and / . _ -" }, region, { isId: true }),
    "cloudwatch/eventRule": row("name", 64, dotted, { within: ["eventBusName"] }, { isId: true }),
    "cloudwatch/logGroup": row("name", 512, { pattern: /^[.\-_/#A-Za-z0-9]+$/, says: "letters, digits and . - _ / #" }, region, {
        isId: true,
        taken: "ResourceAlreadyExistsException",
    }),
    "cloudwatch/logMetricFilter": row(
        "name",
        512,
        { pattern: /^[^:*]+$/, says: "no colon and no asterisk" },
        { within: ["logGroupName"] },
        { isId: true },
    ),
    "cloudwatch/logResourcePolicy": row("policyName", 512, any, region, { isId: true }),
    "cloudwatch/metricAlarm": row("name", 255, any, region, { isId: true }),
    "codebuild/project": row("name", 150, word, region, { min: 2, taken: "ResourceAlreadyExistsException" }),
    "codeconnections/connection": row("name", 32, any, region),
    "codedeploy/application": row("name", 100, { pattern: /^[\w+=,.@-]+$/, says: "letters, digits and + = , . @ _ -" }, region, {
        taken: "ApplicationAlreadyExistsException",
    }),
    "codepipeline/pipeline": row("name", 100, { pattern: /^[\w.@-]+$/, says: "letters, digits and . @ _ -" }, region, {
        isId: true,
        taken: "PipelineNameInUseException",
    }),
    "cognito/identityPool": row(
        "identityPoolName",
        128,
        { pattern: /^[\w\s+=,.@-]+$/, says: "letters, digits, space and + = , . @ _ -" },
        "none",
    ),
    "cognito/userPool": row("name", 128, { pattern: /^[\w\s+=,.@-]+$/, says: "letters, digits, space and + = , . @ _ -" }, "none"),
    "cognito/userPoolClient": row("name", 128, { pattern: /^[\w\s+=,.@-]+$/, says: "letters, digits, space and + = , . @ _ -" }, "none"),
    "cognito/userPoolDomain": row(
        "domain",
        63,
        { pattern: /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, says: "lower-case letters, digits and inner hyphens" },
        "world",
        { isId: true },
    ),
    "costexplorer/anomalyMonitor": row("name", 1024, any, "none"),
    "costexplorer/anomalySubscription": row("name", 1024, any, "none"),
    "dynamodb/table": row("name", 255, dotted, region, { min: 3, isId: true, taken: "ResourceInUseException" }),
    "ec2/keyPair": row("keyName", 255, any, region, { isId: true, taken: "InvalidKeyPair.Duplicate" }),
    "ec2/launchTemplate": row("name", 128, { pattern: /^[\w()./-]+$/, says: "letters, digits and ( ) . / _ -" }, region, {
        min: 3,
        taken: "InvalidLaunchTemplateName.AlreadyExistsException",
    }),
    "ec2/managedPrefixList": row("name", 255, { pattern: /^(?!com\.amazonaws)/, says: "not beginning with com.amazonaws" }, "none"),
    "ec2/placementGroup": row("name", 255, any, region, { isId: true, taken: "InvalidPlacementGroup.Duplicate" }),
    "ec2/securityGroup": row(
        "name",
        255,
        {
            pattern: /^(?!sg-)[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/,
            says: "letters, digits, space and ._-:/()#,@[]+=&;{}!$*, not beginning with sg-",
        },
        { within: ["vpcId"] },
        { foldsCase: true, taken: "InvalidGroup.Duplicate" },
    ),
    "ecr/repository": row(
        "name",
        256,
        { pattern: /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/, says: "lower-case letters, digits and inner . _ - /" },
        region,
        { min: 2, isId: true, taken: "RepositoryAlreadyExistsException" },
    ),
    "ecs/cluster": row("name", 255, word, region),
    "ecs/service": row("name", 255, word, { within: ["cluster"] }),
    "ecs/taskDefinition": row("family", 255, word, "none"),
    "efs/fileSystem": row("creationToken", 64, any, region, { taken: "FileSystemAlreadyExists" }),
    "eks/cluster": row("name", 100, { pattern: /^[A-Za-z0-9][\w-]*$/, says: "letters, digits, _ and -, a letter or digit first" }, region, {
        isId: true,
        taken: "ResourceInUseException",
    }),
    "eks/fargateProfile": row("fargateProfileName", 63, word, { within: ["clusterName"] }),
    "eks/nodeGroup": row(
        "nodeGroupName",
        63,
        { pattern: /^[A-Za-z0-9][\w-]*$/, says: "letters, digits, _ and -, a letter or digit first" },
        { within: ["clusterName"] },
    ),
    "elasticache/cluster": row("clusterId", 50, lower, region, { isId: true, taken: "CacheClusterAlreadyExists" }),
    "elasticache/parameterGroup": row("name", 255, lower, region, { isId: true, taken: "CacheParameterGroupAlreadyExists" }),
    "elasticache/replicationGroup": row("replicationGroupId", 40, lower, region, { isId: true, taken: "ReplicationGroupAlreadyExists" }),
    "elasticache/serverlessCache": row("name", 40, lower, region, { isId: true, taken: "ServerlessCacheAlreadyExistsFault" }),
    "elasticache/subnetGroup": row("name", 255, cached, region, { isId: true, taken: "CacheSubnetGroupAlreadyExists" }),
    "elasticache/user": row("userId", 40, lower, region, { isId: true, taken: "UserAlreadyExists" }),
    "elasticache/userGroup": row("userGroupId", 40, lower, region, { isId: true, taken: "UserGroupAlreadyExists" }),
    "elasticbeanstalk/application": row("name", 100, { pattern: /^[^/]+$/, says: "no slash" }, region, {
        isId: true,
        taken: "InvalidParameterValue",
    }),
    "elasticbeanstalk/applicationVersion": row(
        "name",
        100,
        { pattern: /^[^/]+$/, says: "no slash" },
        { within: ["application"] },
        { isId: true },
    ),
    "elasticbeanstalk/configurationTemplate": row(
        "name",
        100,
        { pattern: /^[^/]+$/, says: "no slash" },
        { within: ["application"] },
        { isId: true },
    ),
    "elasticbeanstalk/environment": row("name", 40, host, region, { min: 4, taken: "InvalidParameterValue" }),
    "emrserverless/application": row("name", 64, any, "none"),
    "glue/catalogDatabase": row(
        "name",
        255,
        { pattern: /^[^A-Z]+$/, says: "no upper-case letters, AWS stores them as lower-case" },
        region,
        { taken: "AlreadyExistsException" },
    ),
    "glue/crawler": row("name", 255, any, region, { isId: true, taken: "AlreadyExistsException" }),
    "glue/job": row("name", 255, any, region, { isId: true, taken: "AlreadyExistsException" }),
    "iam/group": row("name", 128, iam, account, { isId: true, taken: "EntityAlreadyExists" }),
    "iam/instanceProfile": row("name", 128, iam, account, { isId: true, taken: "EntityAlreadyExists" }),
    "iam/openIdConnectProvider": row("url", 255, any, account, { taken: "EntityAlreadyExists" }),
    "iam/policy": row("name", 128, iam, account, { taken: "EntityAlreadyExists" }),
    "iam/role": row("name", 64, iam, account, { isId: true, taken: "EntityAlreadyExists" }),
    "iam/user": row("name", 64, iam, account, { isId: true, taken: "EntityAlreadyExists" }),
    "kinesis/firehoseDeliveryStream": row("name", 64, dotted, region, { taken: "ResourceInUseException" }),
    "kinesis/stream": row("name", 128, dotted, region, { taken: "ResourceInUseException" }),
    "kms/alias": row(
        "name",
        256,
        { pattern: /^alias\/(?!aws\/)[a-zA-Z0-9:/_-]+$/, says: "alias/ and then letters, digits and / _ -, not alias/aws/" },
        region,
        { isId: true, autoPrefix: "alias/", taken: "AlreadyExistsException" },
    ),
    "lambda/alias": row(
        "name",
        128,
        { pattern: /^(?!\d+$)[\w-]+$/, says: "letters, digits, _ and -, not digits alone" },
        { within: ["functionName"] },
    ),
    "lambda/function": row("name", 64, word, region, { isId: true, taken: "ResourceConflictException" }),
    "lambda/layerVersion": row("layerName", 140, word, "none"),
    "lambda/permission": row("statementId", 100, word, { within: ["function"] }, { isId: true, taken: "ResourceConflictException" }),
    "lb/loadBalancer": row(
        "name",
        32,
        {
            pattern: /^(?!internal-)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/,
            says: "letters, digits and inner hyphens, not beginning with internal-",
        },
        region,
        { taken: "DuplicateLoadBalancerName" },
    ),
    "lb/targetGroup": row("name", 32, host, region, { taken: "DuplicateTargetGroupName" }),
    "lightsail/bucket": row("name", 54, cached, "world", { min: 3, isId: true }),
    "lightsail/database": row("relationalDatabaseName", 255, word, region, { min: 2, isId: true, taken: "InvalidInputException" }),
    "lightsail/instance": row("name", 254, { pattern: /^\w[\w.-]*\w$/, says: "letters, digits and inner . _ -" }, region, {
        isId: true,
        taken: "InvalidInputException",
    }),
    "lightsail/lb": row("name", 255, word, region, { isId: true, taken: "InvalidInputException" }),
    "lightsail/staticIp": row("name", 255, word, region, { isId: true, taken: "InvalidInputException" }),
    "mediaconvert/queue": row("name", 150, any, region, { isId: true }),
    "pipes/pipe": row("name", 64, dotted, region, { isId: true }),
    "rds/cluster": row("clusterIdentifier", 63, lower, region, { isId: true, taken: "DBClusterAlreadyExistsFault" }),
    "rds/clusterInstance": row("identifier", 63, lower, region, { isId: true, taken: "DBInstanceAlreadyExists" }),
    "rds/clusterParameterGroup": row("name", 255, lower, region, { isId: true, taken: "DBParameterGroupAlreadyExists" }),
    "rds/eventSubscription": row(
        "name",
        254,
        { pattern: /^[a-zA-Z][a-zA-Z0-9-]*$/, says: "letters, digits and -, a letter first" },
        region,
        { isId: true, taken: "SubscriptionAlreadyExist" },
    ),
    "rds/globalCluster": row("globalClusterIdentifier", 63, lower, account, { isId: true, taken: "GlobalClusterAlreadyExistsFault" }),
    "rds/instance": row("identifier", 63, lower, region, { taken: "DBInstanceAlreadyExists" }),
    "rds/optionGroup": row("name", 255, { pattern: /^[a-zA-Z][a-zA-Z0-9-]*$/, says: "letters, digits and -, a letter first" }, region, {
        isId: true,
        taken: "OptionGroupAlreadyExistsFault",
    }),
    "rds/parameterGroup": row("name", 255, lower, region, { isId: true, taken: "DBParameterGroupAlreadyExists" }),
    "rds/proxy": row(
        "name",
        63,
        { pattern: /^[a-zA-Z](?:[a-zA-Z0-9]|-(?!-))*$/, says: "letters, digits and single hyphens, a letter first" },
        region,
        { isId: true, taken: "DBProxyAlreadyExistsFault" },
    ),
    "rds/subnetGroup": row(
        "name",
        255,
        { pattern: /^(?!default$)[a-z0-9 ._-]+$/, says: "lower-case letters, digits, space and . _ -, not default" },
        region,
        { isId: true, taken: "DBSubnetGroupAlreadyExists" },
    ),
    "redshiftserverless/namespace": row("namespaceName", 64, cached, region, { min: 3, isId: true }),
    "redshiftserverless/workgroup": row("workgroupName", 64, cached, region, { min: 3, isId: true }),
    "rekognition/collection": row("collectionId", 255, dotted, region, { isId: true }),
    "route53/zone": row("name", 255, { pattern: /^[a-z0-9_*][a-z0-9_.*-]*$/, says: "a domain name in lower case" }, "none"),
    "s3/accessPoint": row("name", 50, cached, region, { min: 3 }),
    "s3/bucket": row(
        "bucket",
        63,
        {
            pattern:
                /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]*[a-z0-9](?<!-s3alias)(?<!--ol-s3)$/,
            says: "lower-case letters, digits, dots and hyphens, a letter or digit at both ends",
        },
        "world",
        { min: 3, isId: true, taken: "BucketAlreadyOwnedByYou" },
    ),
    "scheduler/schedule": row("name", 64, dotted, { within: ["groupName"] }),
    "secretsmanager/secret": row("name", 512, { pattern: /^[\w/+=.@-]+$/, says: "letters, digits and / _ + = . @ -" }, region, {
        taken: "ResourceExistsException",
    }),
    "servicediscovery/privateDnsNamespace": row("name", 253, any, { within: ["vpc"] }),
    "sfn/stateMachine": row("name", 80, word, region, { taken: "StateMachineAlreadyExists" }),
    "sns/topic": row("name", 256, { pattern: /^[\w-]+(\.fifo)?$/, says: "letters, digits, _ and -, and .fifo for a FIFO topic" }, region, {
        taken: "InvalidParameter",
    }),
    "sqs/queue": row("name", 80, { pattern: /^[\w-]+(\.fifo)?$/, says: "letters, digits, _ and -, and .fifo for a FIFO queue" }, region, {
        taken: "QueueNameExists",
    }),
    "ssm/document": row(
        "name",
        128,
        { pattern: /^(?!aws|amazon|amzn)[\w.-]+$/, says: "letters, digits and . _ -, not beginning with aws, amazon or amzn" },
        region,
        { min: 3, isId: true, taken: "DocumentAlreadyExists" },
    ),
    "ssm/parameter": row(
        "name",
        1011,
        { pattern: /^(?!\/?(aws|ssm)(\/|$))[\w./-]+$/i, says: "letters, digits and . _ - /, not beginning with aws or ssm" },
        region,
        { isId: true, taken: "ParameterAlreadyExists" },
    ),
    "synthetics/canary": row("name", 255, { pattern: /^[a-z0-9_-]+$/, says: "lower-case letters, digits, _ and -" }, region, {
        isId: true,
    }),
    "wafv2/ipSet": row("name", 128, word, { within: ["scope"] }, { taken: "WAFDuplicateItemException" }),
    "wafv2/regexPatternSet": row("name", 128, word, { within: ["scope"] }, { taken: "WAFDuplicateItemException" }),
    "wafv2/ruleGroup": row("name", 128, word, { within: ["scope"] }, { taken: "WAFDuplicateItemException" }),
    "wafv2/webAcl": row("name", 128, word, { within: ["scope"] }, { taken: "WAFDuplicateItemException" }),
    "xray/group": row("groupName", 32, any, region),
};

/** Named by Pulumi when absent although the property is not called `name` and the table above has no row. */
export const otherAutonamed: { readonly [type: string]: { readonly property: string; readonly max: number } } = {
    "docdb/cluster": { property: "clusterIdentifier", max: 63 },
    "docdb/clusterInstance": { property: "identifier", max: 63 },
    "neptune/cluster": { property: "clusterIdentifier", max: 63 },
    "neptune/clusterInstance": { property: "identifier", max: 63 },
    "s3/bucketObject": { property: "key", max: 1024 },
    "s3/bucketObjectv2": { property: "key", max: 1024 },
};

/** Properties of the table which Pulumi leaves alone: the program must give them, or AWS does. */
const given = new Set(["acm/certificate", "efs/fileSystem", "iam/openIdConnectProvider"]);

/** The property that Pulumi fills with a name, and how long that may be. */
export function autonamed(
    type: string,
    inputs: ReadonlyMap<string, { readonly optional: boolean; readonly shape: { readonly kind: string } }>,
) {
    if (given.has(type)) return undefined;
    const rule = nameRules[type];
    const found = rule ?? otherAutonamed[type] ?? { property: "name", max: 255 };
    const member = inputs.get(found.property);
    if (!member?.optional || member.shape.kind !== "string") return undefined;
    return { property: found.property, max: found.max, prefix: rule?.autoPrefix ?? "" };
}
