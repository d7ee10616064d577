/**
 * Physical names. Two kinds, and no third (decision 2):
 * - the engine's own: logical name, hyphen, seven hex digits. For everything nobody has to know beforehand, so that a replacement can
 *   stand beside what it replaces;
 * - fixed: what people or other systems find by name (log groups, alarms, documents). They begin with the environment's name.
 * A type without a row is an error, found by the test that walks every resource of every stack.
 */
export interface NameRule {
    /** Longest name that AWS accepts, in characters. */
    readonly max: number;
    /** Shape of the whole name. */
    readonly pattern: RegExp;
}

const hyphenated = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
const lowerHyphenated = /^[a-z](?!.*--)(?:[a-z0-9-]*[a-z0-9])?$/;
const wordish = /^[\w+=,.@-]+$/;
const path = /^[\w./#-]+$/;
const printable = /^[\x20-\x7e]+$/;

/** Limits by type, from facts/constraints.md section 2 (AWS API models, 2026-11). `null`: the type has no physical name. */
export const nameRules: Readonly<Record<string, NameRule | null>> = {
    "aws:acm/certificate:Certificate": null,
    "aws:acm/certificateValidation:CertificateValidation": null,
    "aws:autoscaling/group:Group": { max: 255, pattern: /^[^:]+$/ },
    "aws:autoscaling/lifecycleHook:LifecycleHook": { max: 255, pattern: path },
    "aws:autoscaling/policy:Policy": { max: 255, pattern: printable },
    "aws:autoscaling/schedule:Schedule": { max: 255, pattern: printable },
    "aws:backup/framework:Framework": { max: 256, pattern: /^[a-zA-Z]\w*$/ },
    "aws:backup/plan:Plan": { max: 50, pattern: /^[\w.-]+$/ },
    "aws:backup/regionSettings:RegionSettings": null,
    "aws:backup/reportPlan:ReportPlan": { max: 256, pattern: /^[a-zA-Z]\w*$/ },
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": { max: 50, pattern: /^\w+$/ },
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": { max: 50, pattern: /^\w+$/ },
    "aws:backup/selection:Selection": { max: 50, pattern: /^[\w.-]+$/ },
    "aws:backup/vault:Vault": { max: 50, pattern: /^[\w-]{2,}$/ },
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": null,
    "aws:backup/vaultNotifications:VaultNotifications": null,
    "aws:backup/vaultPolicy:VaultPolicy": null,
    "aws:budgets/budget:Budget": { max: 100, pattern: /^[^:\\]+$/ },
    "aws:cloudfront/cachePolicy:CachePolicy": { max: 128, pattern: /^[\w-]+$/ },
    "aws:cloudfront/distribution:Distribution": null,
    "aws:cloudfront/function:Function": { max: 64, pattern: /^[\w-]+$/ },
    "aws:cloudfront/monitoringSubscription:MonitoringSubscription": null,
    "aws:cloudfront/originAccessControl:OriginAccessControl": { max: 64, pattern: printable },
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": { max: 128, pattern: /^[\w-]+$/ },
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": { max: 128, pattern: /^[\w-]+$/ },
    "aws:cloudfront/vpcOrigin:VpcOrigin": { max: 64, pattern: printable },
    "aws:cloudwatch/alarmMuteRule:AlarmMuteRule": { max: 255, pattern: printable },
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": { max: 255, pattern: printable },
    "aws:cloudwatch/dashboard:Dashboard": { max: 255, pattern: /^[\w-]+$/ },
    "aws:cloudwatch/eventRule:EventRule": { max: 64, pattern: /^[\w.-]+$/ },
    "aws:cloudwatch/eventTarget:EventTarget": null,
    "aws:cloudwatch/logAnomalyDetector:LogAnomalyDetector": { max: 255, pattern: printable },
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": null,
    "aws:cloudwatch/logDelivery:LogDelivery": null,
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": { max: 60, pattern: /^[\w-]+$/ },
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": { max: 60, pattern: /^[\w-]+$/ },
    "aws:cloudwatch/logGroup:LogGroup": { max: 512, pattern: path },
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": { max: 512, pattern: /^[^:*]+$/ },
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": { max: 255, pattern: printable },
    "aws:cloudwatch/metricAlarm:MetricAlarm": { max: 255, pattern: printable },
    "aws:cloudwatch/queryDefinition:QueryDefinition": { max: 255, pattern: printable },
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": { max: 1024, pattern: printable },
    "aws:costexplorer/anomalySubscription:AnomalySubscription": { max: 1024, pattern: printable },
    "aws:costexplorer/costAllocationTag:CostAllocationTag": null,
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": null,
    "aws:ec2/defaultRouteTable:DefaultRouteTable": null,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": null,
    "aws:ec2/eip:Eip": null,
    "aws:ec2/flowLog:FlowLog": null,
    "aws:ec2/internetGateway:InternetGateway": null,
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": null,
    "aws:ec2/launchTemplate:LaunchTemplate": { max: 128, pattern: /^[\w()./-]{3,}$/ },
    "aws:ec2/natGateway:NatGateway": null,
    "aws:ec2/networkAcl:NetworkAcl": null,
    "aws:ec2/networkAclAssociation:NetworkAclAssociation": null,
    "aws:ec2/networkAclRule:NetworkAclRule": null,
    "aws:ec2/route:Route": null,
    "aws:ec2/routeTable:RouteTable": null,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": null,
    "aws:ec2/securityGroup:SecurityGroup": { max: 255, pattern: /^(?!sg-)[\w .:/()#,@[\]+=&;{}!$*-]+$/ },
    "aws:ec2/subnet:Subnet": null,
    "aws:ec2/vpc:Vpc": null,
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": null,
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": null,
    "aws:ec2/vpcEndpoint:VpcEndpoint": null,
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": null,
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": null,
    "aws:ecr/repository:Repository": { max: 256, pattern: /^[a-z0-9](?:[a-z0-9._/-]*[a-z0-9])?$/ },
    "aws:elasticache/parameterGroup:ParameterGroup": { max: 255, pattern: lowerHyphenated },
    "aws:elasticache/replicationGroup:ReplicationGroup": { max: 40, pattern: lowerHyphenated },
    "aws:elasticache/serverlessCache:ServerlessCache": { max: 40, pattern: lowerHyphenated },
    "aws:elasticache/subnetGroup:SubnetGroup": { max: 255, pattern: lowerHyphenated },
    "aws:elasticache/user:User": { max: 40, pattern: lowerHyphenated },
    "aws:elasticache/userGroup:UserGroup": { max: 40, pattern: lowerHyphenated },
    "aws:elasticache/userGroupAssociation:UserGroupAssociation": null,
    "aws:iam/instanceProfile:InstanceProfile": { max: 128, pattern: wordish },
    "aws:iam/policy:Policy": { max: 128, pattern: wordish },
    "aws:iam/role:Role": { max: 64, pattern: wordish },
    "aws:iam/rolePolicy:RolePolicy": { max: 128, pattern: wordish },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": null,
    "aws:kms/alias:Alias": { max: 256, pattern: /^alias\/(?!aws\/)[\w/-]+$/ },
    "aws:kms/key:Key": null,
    "aws:kms/replicaKey:ReplicaKey": null,
    "aws:lambda/function:Function": { max: 64, pattern: /^[\w-]+$/ },
    "aws:lambda/permission:Permission": { max: 100, pattern: /^[\w-]+$/ },
    "aws:lb/listener:Listener": null,
    "aws:lb/listenerCertificate:ListenerCertificate": null,
    "aws:lb/listenerRule:ListenerRule": null,
    "aws:lb/loadBalancer:LoadBalancer": { max: 32, pattern: /^(?!internal-)[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/ },
    "aws:lb/targetGroup:TargetGroup": { max: 32, pattern: hyphenated },
    "aws:rds/instance:Instance": { max: 63, pattern: lowerHyphenated },
    "aws:rds/parameterGroup:ParameterGroup": { max: 255, pattern: lowerHyphenated },
    "aws:rds/subnetGroup:SubnetGroup": { max: 255, pattern: /^[a-z0-9._ -]+$/ },
    "aws:rds/eventSubscription:EventSubscription": { max: 255, pattern: hyphenated },
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": null,
    "aws:route53/healthCheck:HealthCheck": null,
    "aws:route53/queryLog:QueryLog": null,
    "aws:route53/record:Record": null,
    "aws:route53/zone:Zone": null,
    "aws:s3/bucket:Bucket": { max: 63, pattern: /^[a-z0-9](?:[a-z0-9.-]{1,61}[a-z0-9])$/ },
    "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration": null,
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": null,
    "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration": { max: 64, pattern: printable },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": null,
    "aws:s3/bucketLogging:BucketLogging": null,
    "aws:s3/bucketMetric:BucketMetric": { max: 64, pattern: /^[\w.-]+$/ },
    "aws:s3/bucketNotification:BucketNotification": null,
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": null,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": null,
    "aws:s3/bucketPolicy:BucketPolicy": null,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": null,
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": null,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": null,
    "aws:s3/bucketVersioning:BucketVersioning": null,
    "aws:s3/inventory:Inventory": { max: 64, pattern: /^[\w.-]+$/ },
    "aws:secretsmanager/secret:Secret": { max: 512, pattern: /^[\w/+=.@-]+$/ },
    "aws:secretsmanager/secretPolicy:SecretPolicy": null,
    "aws:secretsmanager/secretRotation:SecretRotation": null,
    "aws:secretsmanager/secretVersion:SecretVersion": null,
    "aws:sns/topic:Topic": { max: 256, pattern: /^[\w-]+$/ },
    "aws:sns/topicPolicy:TopicPolicy": null,
    "aws:sns/topicSubscription:TopicSubscription": null,
    "aws:sqs/queue:Queue": { max: 80, pattern: /^[\w-]+$/ },
    "aws:ssm/document:Document": { max: 128, pattern: /^(?!aws|amazon|amzn)[\w.-]{3,}$/i },
    "aws:ssm/parameter:Parameter": { max: 1011, pattern: /^\/?(?!aws\/|ssm\/)[\w./-]+$/i },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": null,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": null,
    "aws:wafv2/ipSet:IpSet": { max: 128, pattern: /^[\w-]+$/ },
    "aws:wafv2/webAcl:WebAcl": { max: 128, pattern: /^[\w-]+$/ },
    "aws:wafv2/webAclAssociation:WebAclAssociation": null,
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": null,
    "awsx:ecr:Image": null,
};

/** Characters that the engine adds to a logical name: a hyphen and seven hex digits. */
export const autonameSuffixLength = 8;

/** Why `name` cannot be the physical name of a resource of `type`, or undefined. */
export function nameRefusal(type: string, name: string): string | undefined {
    const rule = nameRules[type];
    if (rule === undefined) {
        return `${type} has no row in conventions/names.ts: add its limits, or null if it has no physical name`;
    }
    if (rule === null) {
        return undefined;
    }
    if (name.length > rule.max) {
        return `${name} has ${name.length} characters, ${type} takes at most ${rule.max}`;
    }
    return rule.pattern.test(name) ? undefined : `${name} does not match ${rule.pattern}, which ${type} asks for`;
}
