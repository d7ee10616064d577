/** Keys, secrets, identities, compute, messages, observation: everything that is not network, data or edge. */
import { capitals, hex, lowers, uuid } from "../ids.ts";
import { numberOf, textOf } from "../values.ts";
import { text, type View } from "../view.ts";
import type { Family, Maker } from "./make.ts";

/** The name in an ARN or a URL: `…:topic-name`, `…/queue-name`. */
function tail(value: string | undefined): string {
    return value?.split(/[:/]/).at(-1) ?? "";
}

function unique(prefix: string): Maker {
    return (view) => ({
        uniqueId: `${prefix}${capitals(view.seed, 17)}`,
        createDate: view.self?.outputs.createDate ?? view.now,
        name: view.name ?? "",
    });
}

const key: Maker = (view, { id, arn }) => ({
    keyId: id,
    arn,
    policy: view.inputs.policy ?? defaultKeyPolicy(view),
    description: view.inputs.description ?? "",
    isEnabled: view.inputs.isEnabled ?? true,
    multiRegion: view.inputs.multiRegion ?? view.type.short === "kms/replicaKey",
    keyUsage: view.inputs.keyUsage ?? "ENCRYPT_DECRYPT",
    customerMasterKeySpec: view.inputs.customerMasterKeySpec ?? "SYMMETRIC_DEFAULT",
    keySpec: "SYMMETRIC_DEFAULT",
    rotationPeriodInDays: view.inputs.rotationPeriodInDays ?? (view.inputs.enableKeyRotation === true ? 365 : 0),
    keyRotationEnabled: view.inputs.enableKeyRotation ?? false,
});

function defaultKeyPolicy(view: View): string {
    const root = `arn:aws:iam::${view.account}:root`;
    return JSON.stringify({
        Version: "2012-10-17",
        Id: "key-default-1",
        Statement: [{ Sid: "Enable IAM User Permissions", Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" }],
    });
}

function version(view: View & { readonly seed: string }): number {
    return (numberOf(view.self?.outputs.version) ?? 0) + 1;
}

export const platform: Family = {
    variables: {
        "ssm/parameter": (view) => ({ bareName: (view.name ?? "").replace(/^\//, "") }),
        "iam/openIdConnectProvider": (view) => ({ host: (text(view, "url") ?? "").replace(/^https:\/\//, "") }),
        "sns/topicSubscription": (view) => ({ topicName: tail(text(view, "topic")) }),
        "ecs/service": (view) => ({ clusterName: tail(text(view, "cluster")) }),
        "ecs/taskDefinition": (view) => ({
            revision: [...view.cloud.all("ecs/taskDefinition")].filter((other) => other.inputs.family === view.inputs.family).length + 1,
        }),
        "lambda/layerVersion": () => ({ version: 1 }),
    },
    ids: {
        "kms/key": (view) => (view.inputs.multiRegion === true ? `mrk-${hex(view.seed, 32)}` : uuid(view.seed)),
        "kms/replicaKey": (view) => tail(text(view, "primaryKeyArn")),
        "sqs/queue": (view) => `https://sqs.${view.region}.amazonaws.com/${view.account}/${view.name}`,
        "sqs/queuePolicy": (view) => text(view, "queueUrl") ?? "",
        "sqs/redrivePolicy": (view) => text(view, "queueUrl") ?? "",
        "sns/topicPolicy": (view) => text(view, "arn") ?? "",
        "iam/rolePolicy": (view) => `${text(view, "role")}:${view.name}`,
        "iam/userPolicy": (view) => `${text(view, "user")}:${view.name}`,
        "iam/rolePolicyAttachment": (view) => `${text(view, "role")}/${text(view, "policyArn")}`,
        "iam/userPolicyAttachment": (view) => `${text(view, "user")}/${text(view, "policyArn")}`,
        "secretsmanager/secretVersion": (view) => `${text(view, "secretId")}|terraform-${lowers(view.seed, 26)}`,
        "secretsmanager/secretRotation": (view) => text(view, "secretId") ?? "",
        "secretsmanager/secretPolicy": (view) => text(view, "secretArn") ?? "",
        "cloudwatch/eventTarget": (view) => `${text(view, "rule")}-${text(view, "targetId") ?? `terraform-${hex(view.seed, 20)}`}`,
        "cloudwatch/logSubscriptionFilter": (view) => `cwlsf-${hex(view.seed, 9)}`,
        "cloudwatch/logDataProtectionPolicy": (view) => text(view, "logGroupName") ?? "",
        "cloudwatch/logDelivery": (view) => lowers(view.seed, 16),
        "backup/vaultPolicy": (view) => text(view, "backupVaultName") ?? "",
        "backup/vaultLockConfiguration": (view) => text(view, "backupVaultName") ?? "",
        "backup/vaultNotifications": (view) => text(view, "backupVaultName") ?? "",
        "backup/regionSettings": (view) => view.region,
        "backup/globalSettings": (view) => view.account,
        "budgets/budget": (view) => `${view.account}:${view.name}`,
        // The provider's own id is the resource's alone, which a table has twice: for its reads and for its writes.
        "appautoscaling/target": (view) => `${text(view, "resourceId")}|${text(view, "scalableDimension")}`,
        "eks/nodeGroup": (view) => `${text(view, "clusterName")}:${view.name}`,
        "eks/addon": (view) => `${text(view, "clusterName")}:${text(view, "addonName")}`,
        "eks/accessEntry": (view) => `${text(view, "clusterName")}:${text(view, "principalArn")}`,
        "eks/fargateProfile": (view) => `${text(view, "clusterName")}:${view.name}`,
        "elasticbeanstalk/environment": (view) => `e-${lowers(view.seed, 10)}`,
        "cognito/userPool": (view) => `${view.region}_${capitals(view.seed, 9)}`,
        "cognito/userPoolClient": (view) => lowers(view.seed, 26),
        "cognito/identityPool": (view) => `${view.region}:${uuid(view.seed)}`,
        "autoscaling/attachment": (view) => `${text(view, "autoscalingGroupName")}-${hex(view.seed, 20)}`,
        "autoscaling/schedule": (view) => `${text(view, "autoscalingGroupName")}/${text(view, "scheduledActionName")}`,
        "lambda/functionUrl": (view) => tail(text(view, "functionName")),
        "lambda/permission": (view) => text(view, "statementId") ?? `terraform-${hex(view.seed, 20)}`,
        "accessanalyzer/analyzer": (view) => text(view, "analyzerName") ?? "",
        "guardduty/detector": (view) => hex(view.seed, 32),
        "ec2/keyPair": (view) => view.name ?? "",
    },
    outputs: {
        "kms/key": key,
        "kms/replicaKey": key,
        "kms/alias": (view) => {
            const target = text(view, "targetKeyId") ?? "";
            const found =
                view.cloud.findArn(target) ??
                view.cloud.find("kms/key", target, view.region) ??
                view.cloud.find("kms/replicaKey", target, view.region);
            return { name: view.name ?? "", targetKeyArn: found?.outputs.arn ?? target, targetKeyId: found?.id ?? target };
        },
        "secretsmanager/secret": (view, { arn }) => ({
            name: view.name ?? "",
            arn,
            policy: view.inputs.policy ?? "",
            replicas: view.inputs.replicas ?? [],
        }),
        "secretsmanager/secretVersion": (view, { id }) => ({
            versionId: id.split("|")[1] ?? "",
            arn: text(view, "secretId") ?? "",
            versionStages: view.inputs.versionStages ?? ["AWSCURRENT"],
            hasSecretStringWo: view.inputs.secretStringWo !== undefined,
            secretStringWo: null,
        }),
        "secretsmanager/secretRotation": () => ({ rotationEnabled: true }),
        "ssm/parameter": (view) => ({
            name: view.name ?? "",
            version: version(view),
            tier: view.inputs.tier ?? "Standard",
            dataType: view.inputs.dataType ?? "text",
            keyId: view.inputs.keyId ?? (view.inputs.type === "SecureString" ? "alias/aws/ssm" : ""),
            hasValueWo: view.inputs.valueWo !== undefined,
            insecureValue: view.inputs.insecureValue ?? (view.inputs.type === "SecureString" ? "" : (view.inputs.value ?? "")),
            value: view.inputs.value ?? view.inputs.insecureValue ?? "",
            valueWo: null,
        }),
        "ssm/document": (view) => ({
            documentVersion: String((numberOf(Number(view.self?.outputs.documentVersion ?? 0)) ?? 0) + 1),
            defaultVersion: "1",
            latestVersion: "1",
            status: "Active",
            schemaVersion: "1.0",
            hash: hex(String(view.inputs.content), 64),
            hashType: "Sha256",
            owner: view.account,
            platformTypes: ["Linux"],
            parameters: [],
        }),
        "iam/role": unique("AROA"),
        "iam/user": unique("AIDA"),
        "iam/group": unique("AGPA"),
        "iam/instanceProfile": unique("AIPA"),
        "iam/policy": (view, { arn }) => ({ policyId: `ANPA${capitals(view.seed, 17)}`, attachmentCount: 0, arn, name: view.name ?? "" }),
        "iam/openIdConnectProvider": (view, { arn }) => ({
            arn,
            thumbprintLists: view.inputs.thumbprintLists ?? [],
            url: (text(view, "url") ?? "").replace(/^https:\/\//, ""),
        }),
        "sqs/queue": (view, { id, arn }) => ({
            url: id,
            arn,
            name: view.name ?? "",
            policy: view.inputs.policy ?? "",
            redrivePolicy: view.inputs.redrivePolicy ?? "",
        }),
        "sns/topic": (view, { arn }) => ({
            arn,
            name: view.name ?? "",
            owner: view.account,
            policy: view.inputs.policy ?? "",
            displayName: view.inputs.displayName ?? "",
            beginningArchiveTime: "",
        }),
        "sns/topicSubscription": (view) => {
            const waits = ["email", "email-json", "http", "https"].includes(text(view, "protocol") ?? "");
            return { pendingConfirmation: waits, confirmationWasAuthenticated: !waits, ownerId: view.account, filterPolicyScope: "" };
        },
        "cloudwatch/logGroup": (view) => ({
            name: view.name ?? "",
            logGroupClass: view.inputs.logGroupClass ?? "STANDARD",
            retentionInDays: view.inputs.retentionInDays ?? 0,
        }),
        "cloudwatch/eventTarget": (view) => ({ targetId: view.inputs.targetId ?? `terraform-${hex(view.seed, 20)}` }),
        "cloudwatch/metricAlarm": () => ({ evaluateLowSampleCountPercentiles: "" }),
        "cloudwatch/queryDefinition": (view) => ({ queryDefinitionId: uuid(view.seed) }),
        "backup/vault": (view) => ({
            name: view.name ?? "",
            recoveryPoints: 0,
            kmsKeyArn: view.inputs.kmsKeyArn ?? `arn:aws:kms:${view.region}:${view.account}:key/aws-backup`,
        }),
        "backup/plan": (view) => ({ version: lowers(`${view.seed}/${view.now}`, 48) }),
        "autoscaling/group": (view) => ({
            name: view.name ?? "",
            desiredCapacity: view.inputs.desiredCapacity ?? view.self?.outputs.desiredCapacity ?? view.inputs.minSize ?? 0,
            availabilityZones: zones(view),
            healthCheckType: view.inputs.healthCheckType ?? "EC2",
            defaultCooldown: view.inputs.defaultCooldown ?? 300,
            serviceLinkedRoleArn: `arn:aws:iam::${view.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
            vpcZoneIdentifiers: view.inputs.vpcZoneIdentifiers ?? [],
            targetGroupArns: view.inputs.targetGroupArns ?? [],
            warmPoolSize: 0,
            predictedCapacity: 0,
        }),
        "lambda/function": (view, { arn }) => ({
            arn,
            invokeArn: `arn:aws:apigateway:${view.region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
            qualifiedArn: `${arn}:${view.inputs.publish === true ? version(view) : "$LATEST"}`,
            qualifiedInvokeArn: `arn:aws:apigateway:${view.region}:lambda:path/2015-03-31/functions/${arn}:$LATEST/invocations`,
            version: view.inputs.publish === true ? String(version(view)) : "$LATEST",
            architectures: view.inputs.architectures ?? ["x86_64"],
            codeSha256: hex(`${view.seed}/code`, 44),
            sourceCodeSize: 1024,
            lastModified: view.now,
            signingJobArn: "",
            signingProfileVersionArn: "",
            responseStreamingInvokeArn: `arn:aws:apigateway:${view.region}:lambda:path/2021-11-15/functions/${arn}/response-streaming-invocations`,
            loggingConfig: view.inputs.loggingConfig ?? { logFormat: "Text", logGroup: `/aws/lambda/${view.name}` },
            ephemeralStorage: view.inputs.ephemeralStorage ?? { size: 512 },
            tracingConfig: view.inputs.tracingConfig ?? { mode: "PassThrough" },
        }),
        "ecr/repository": (view) => ({
            repositoryUrl: `${view.account}.dkr.ecr.${view.region}.amazonaws.com/${view.name}`,
            registryId: view.account,
            name: view.name ?? "",
        }),
        "eks/cluster": (view, { id }) => ({
            name: view.name ?? id,
            clusterId: id,
            endpoint: `https://${capitals(view.seed, 32)}.gr7.${view.region}.eks.amazonaws.com`,
            certificateAuthority: { data: Buffer.from(`certificate of ${id}`).toString("base64") },
            identities: [{ oidcs: [{ issuer: `https://oidc.eks.${view.region}.amazonaws.com/id/${capitals(view.seed, 32)}` }] }],
            version: view.inputs.version ?? "1.34",
            platformVersion: "eks.1",
            status: "ACTIVE",
            createdAt: view.self?.outputs.createdAt ?? view.now,
        }),
        "elasticbeanstalk/environment": (view) => {
            const host = `${view.inputs.cnamePrefix ?? `${view.name}.eba-${lowers(view.seed, 8)}`}.${view.region}.elasticbeanstalk.com`;
            return {
                cname: host,
                endpointUrl: host,
                name: view.name ?? "",
                allSettings: view.inputs.settings ?? [],
                autoscalingGroups: [`awseb-e-${lowers(view.seed, 10)}-AWSEBAutoScalingGroup-${capitals(view.seed, 12)}`],
                loadBalancers: [],
                instances: [],
                launchConfigurations: [],
                queues: [],
                triggers: [],
            };
        },
        "cognito/userPool": (view, { id }) => ({
            endpoint: `cognito-idp.${view.region}.amazonaws.com/${id}`,
            name: view.name ?? "",
            creationDate: view.now,
            lastModifiedDate: view.now,
            estimatedNumberOfUsers: 0,
        }),
        "cognito/userPoolClient": (view) => ({
            clientSecret: view.inputs.generateSecret === true ? lowers(`${view.seed}/secret`, 52) : "",
        }),
        "apigatewayv2/api": (view, { id }) => ({
            apiEndpoint: `https://${id}.execute-api.${view.region}.amazonaws.com`,
            executionArn: `arn:aws:execute-api:${view.region}:${view.account}:${id}`,
        }),
        "apigateway/restApi": (view, { id }) => ({
            rootResourceId: lowers(`${view.seed}/root`, 10),
            executionArn: `arn:aws:execute-api:${view.region}:${view.account}:${id}`,
            createdDate: view.now,
        }),
        "iam/accessKey": (view) => ({
            secret: lowers(view.seed, 40),
            sesSmtpPasswordV4: lowers(`${view.seed}/smtp`, 44),
            createDate: view.now,
            status: "Active",
        }),
    },
    renewed: {
        "ssm/parameter": ["version"],
        "secretsmanager/secretVersion": ["versionId"],
        "lambda/function": ["version", "qualifiedArn", "qualifiedInvokeArn", "lastModified", "codeSha256"],
        "backup/plan": ["version"],
        "ssm/document": ["documentVersion", "latestVersion", "hash"],
    },
    sensitive: {
        "secretsmanager/secretVersion": ["secretString", "secretBinary"],
        "ssm/parameter": ["value"],
        "cognito/userPoolClient": ["clientSecret"],
        "iam/accessKey": ["secret", "sesSmtpPasswordV4"],
    },
};

function zones(view: View): string[] {
    const subnets = view.inputs.vpcZoneIdentifiers;
    const found = Array.isArray(subnets)
        ? subnets.map((id) => textOf(view.cloud.find("ec2/subnet", String(id))?.outputs.availabilityZone))
        : [];
    return [...new Set(found.filter((zone) => zone !== undefined))].sort();
}
