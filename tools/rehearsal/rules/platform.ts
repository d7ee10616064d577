/** Keys, secrets, identities, logs, alarms, functions, backups. */
import { isList, isObject, type Json, numberOf, textOf } from "../values.ts";
import { label, others, type Rule, says, target, text, texts, type View } from "../view.ts";

function document(value: Json | undefined): Json | undefined {
    if (typeof value !== "string") return value;
    try {
        return JSON.parse(value) as Json;
    } catch {
        return undefined;
    }
}

/** May this service take on the role? Undefined if the role is not ours to look at. */
function trusts(view: View, role: string | undefined, service: string): boolean | undefined {
    const found = target(view, "iam/role", role);
    return found && JSON.stringify(document(found.inputs.assumeRolePolicy) ?? "").includes(service);
}

function mustTrust(path: string, service: string, code: string, words: string): Rule["check"] {
    return (view) => {
        const role = texts(view, path)[0];
        return trusts(view, role, service) === false ? says(code, words, `The trust policy of ${role} must name ${service}.`) : undefined;
    };
}

function policyIn(property: string, code: string): Rule["check"] {
    return (view) => {
        const value = view.inputs[property];
        if (typeof value !== "string" || value === "" || text(view, property) === undefined) return undefined;
        const parsed = document(value);
        if (!isObject(parsed)) return says(code, `${property} contains invalid JSON.`);
        const statements = isList(parsed.Statement) ? parsed.Statement : [parsed.Statement ?? null];
        for (const item of statements) {
            if (!isObject(item)) return says(code, `${property} has no Statement.`);
            if (item.Effect !== "Allow" && item.Effect !== "Deny")
                return says(code, `${property}: a statement has Effect Allow or Deny, got ${JSON.stringify(item.Effect)}.`);
            if (item.Action === undefined && item.NotAction === undefined)
                return says(code, `${property}: Policy statement must contain actions.`);
        }
        return undefined;
    };
}

const limits: { readonly [type: string]: readonly [string, number] } = {
    "iam/policy": ["policy", 6144],
    "iam/rolePolicy": ["policy", 10240],
    "iam/role": ["assumeRolePolicy", 4096],
    "kms/key": ["policy", 32768],
};

const alarm: Rule["check"] = (view) => {
    const { inputs } = view;
    const queries = isList(inputs.metricQueries) ? inputs.metricQueries : [];
    if (queries.length > 0 === (inputs.metricName !== undefined))
        return says("ValidationError", "An alarm has either metricName or metricQueries.");
    const shown = queries.filter((query) => isObject(query) && query.returnData === true);
    if (queries.length > 0 && shown.length !== 1)
        return says("ValidationError", `Exactly one of the metric queries has returnData true, got ${shown.length}.`);
    if (inputs.statistic !== undefined && inputs.extendedStatistic !== undefined)
        return says("ValidationError", "An alarm has either statistic or extendedStatistic.");
    if (inputs.threshold !== undefined && inputs.thresholdMetricId !== undefined)
        return says("ValidationError", "An alarm has either threshold or thresholdMetricId.");
    const [period, periods, points] = [
        numberOf(inputs.period),
        numberOf(inputs.evaluationPeriods) ?? 1,
        numberOf(inputs.datapointsToAlarm),
    ];
    if (period !== undefined && ![10, 20, 30].includes(period) && period % 60 !== 0)
        return says("ValidationError", `period is 10, 20, 30 or a multiple of 60, got ${period}.`);
    if (points !== undefined && points > periods)
        return says("ValidationError", `datapointsToAlarm (${points}) must not exceed evaluationPeriods (${periods}).`);
    const longest = (period ?? 0) >= 3600 ? 7 * 86400 : 86400;
    if (period !== undefined && period * periods > longest)
        return says(
            "ValidationError",
            `Metrics cannot be checked across more than ${longest / 86400} day(s): EvaluationPeriods (${periods}) * Period (${period}).`,
        );
    for (const name of ["alarmActions", "okActions", "insufficientDataActions"]) {
        const actions = texts(view, name);
        if (actions.length > 5) return says("ValidationError", `${name} has at most 5 actions, got ${actions.length}.`);
        const far = actions.find((arn) => arn.startsWith("arn:aws:sns:") && arn.split(":")[3] !== view.region);
        if (far !== undefined)
            return says("ValidationError", `Invalid region ${far.split(":")[3]} specified. Only ${view.region} is supported: ${far}.`);
    }
    return undefined;
};

const plan: Rule["check"] = (view) => {
    for (const rule of isList(view.inputs.rules) ? view.inputs.rules : []) {
        if (!isObject(rule)) continue;
        const name = textOf(rule.ruleName) ?? "";
        const lives = [
            rule.lifecycle,
            ...(isList(rule.copyActions) ? rule.copyActions.map((copy) => (isObject(copy) ? (copy.lifecycle ?? null) : null)) : []),
        ];
        for (const life of lives) {
            if (!isObject(life)) continue;
            const [cold, gone] = [numberOf(life.coldStorageAfter), numberOf(life.deleteAfter)];
            if (cold !== undefined && gone !== undefined && gone < cold + 90)
                return says(
                    "InvalidParameterValueException",
                    `Error in rule ${name}: DeleteAfterDays (${gone}) must be at least 90 days after MoveToColdStorageAfterDays (${cold}).`,
                );
            if (rule.enableContinuousBackup === true && life === rule.lifecycle && (gone ?? 36) > 35)
                return says(
                    "InvalidParameterValueException",
                    `Error in rule ${name}: a continuous backup is kept for 35 days at most, got ${gone ?? "for ever"}.`,
                );
        }
        const [start, end] = [numberOf(rule.startWindow), numberOf(rule.completionWindow)];
        if (start !== undefined && start < 60)
            return says("InvalidParameterValueException", `Error in rule ${name}: startWindow is at least 60 minutes, got ${start}.`);
        if (start !== undefined && end !== undefined && end < start + 60)
            return says(
                "InvalidParameterValueException",
                `Error in rule ${name}: completionWindow (${end}) must be at least 60 minutes greater than startWindow (${start}).`,
            );
    }
    return undefined;
};

const protectedTypes: { readonly [type: string]: readonly [property: string, on: Json, words: string] } = {
    "cloudwatch/logGroup": ["deletionProtectionEnabled", true, "ValidationException: The log group is protected against deletion"],
    "cognito/userPool": [
        "deletionProtection",
        "ACTIVE",
        "InvalidParameterException: The user pool cannot be deleted because deletion protection is activated",
    ],
    "eks/cluster": [
        "deletionProtection",
        true,
        "InvalidRequestException: The cluster cannot be deleted because deletion protection is enabled",
    ],
};

export const platformRules: readonly Rule[] = [
    {
        id: "policy-json",
        types: ["iam/policy", "iam/rolePolicy", "iam/userPolicy", "kms/key", "sqs/queuePolicy"],
        when: "plan",
        check: policyIn("policy", "MalformedPolicyDocument"),
    },
    { id: "trust-json", types: ["iam/role"], when: "plan", check: policyIn("assumeRolePolicy", "MalformedPolicyDocument") },
    {
        id: "IAM-2",
        types: Object.keys(limits),
        when: "plan",
        check: (view) => {
            const [property = "", most = 0] = limits[view.type.short] ?? [];
            const value = text(view, property);
            const size = value === undefined ? 0 : value.replace(/\s/g, "").length;
            return size > most
                ? says("LimitExceeded", `Cannot exceed quota for ${property} size: ${most}, got ${size} characters without white space.`)
                : undefined;
        },
    },
    {
        id: "IAM-3",
        types: ["iam/rolePolicyAttachment"],
        when: "call",
        check: (view) => {
            const all = [...view.cloud.all("iam/rolePolicyAttachment")].filter((thing) => thing.inputs.role === view.inputs.role);
            return all.length >= 20
                ? says("LimitExceeded", `Cannot exceed quota for PoliciesPerRole: 20 (${text(view, "role")}).`)
                : undefined;
        },
    },
    {
        id: "KMS-1",
        types: ["kms/key"],
        when: "plan",
        check: (view) => {
            const policy = text(view, "policy");
            if (
                policy === undefined ||
                view.inputs.bypassPolicyLockoutSafetyCheck === true ||
                /iam::\d{12}:|"AWS":"?\*/.test(policy.replace(/\s/g, ""))
            )
                return undefined;
            return says(
                "MalformedPolicyDocumentException",
                "The new key policy will not allow you to update the key policy in the future.",
                `Keep a statement for arn:aws:iam::${view.account}:root.`,
            );
        },
    },
    {
        id: "CW-3",
        types: ["cloudwatch/logGroup"],
        when: "call",
        check: (view) => {
            const key = target(view, "kms/key", text(view, "kmsKeyId")) ?? target(view, "kms/replicaKey", text(view, "kmsKeyId"));
            if (!key) return undefined;
            if (key.region !== view.region)
                return says("InvalidParameterException", `The KMS key ${key.id} is in ${key.region}, the log group in ${view.region}.`);
            return /logs\.[\w.*${}-]*amazonaws\.com/.test(JSON.stringify(key.outputs.policy ?? ""))
                ? undefined
                : says(
                      "InvalidParameterException",
                      `The specified KMS Key Id could not be used: the policy of ${key.id} does not admit logs.${view.region}.amazonaws.com.`,
                  );
        },
    },
    {
        id: "GEN-3",
        types: [
            "rds/instance",
            "rds/cluster",
            "elasticache/replicationGroup",
            "elasticache/serverlessCache",
            "s3/bucketServerSideEncryptionConfiguration",
            "secretsmanager/secret",
            "sns/topic",
            "sqs/queue",
            "backup/vault",
            "dynamodb/table",
            "efs/fileSystem",
            "kinesis/stream",
        ],
        when: "call",
        check: (view) => {
            const given = [
                ...texts(view, "kmsKeyId"),
                ...texts(view, "kmsKeyArn"),
                ...texts(view, "kmsMasterKeyId"),
                ...texts(view, "rules.applyServerSideEncryptionByDefault.kmsMasterKeyId"),
            ];
            const far = given.find((arn) => /^arn:[\w-]+:kms:/.test(arn) && arn.split(":")[3] !== view.region);
            return far === undefined
                ? undefined
                : says(
                      "KMSKeyNotAccessibleFault",
                      `The key ${far} is not in ${view.region}.`,
                      "Use a key, or a replica key, of the resource's own region.",
                  );
        },
    },
    {
        id: "lambda-trust",
        types: ["lambda/function"],
        when: "call",
        check: mustTrust(
            "role",
            "lambda.amazonaws.com",
            "InvalidParameterValueException",
            "The role defined for the function cannot be assumed by Lambda.",
        ),
    },
    {
        id: "flow-log-trust",
        types: ["ec2/flowLog"],
        when: "call",
        check: mustTrust(
            "iamRoleArn",
            "vpc-flow-logs.amazonaws.com",
            "InvalidParameter",
            "Access denied for LogDestination. Unable to assume the given IAM role.",
        ),
    },
    {
        id: "monitoring-trust",
        types: ["rds/instance", "rds/clusterInstance"],
        when: "call",
        check: mustTrust(
            "monitoringRoleArn",
            "monitoring.rds.amazonaws.com",
            "InvalidParameterValue",
            "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING.",
        ),
    },
    {
        id: "replication-trust",
        types: ["s3/bucketReplicationConfig"],
        when: "call",
        check: mustTrust("role", "s3.amazonaws.com", "InvalidRequest", "The replication role cannot be assumed by S3."),
    },
    {
        id: "backup-trust",
        types: ["backup/selection"],
        when: "call",
        check: mustTrust(
            "iamRoleArn",
            "backup.amazonaws.com",
            "InvalidParameterValueException",
            "IAM Role is not authorized to call AWS Backup.",
        ),
    },
    {
        id: "SEC-5",
        types: ["secretsmanager/secretRotation"],
        when: "call",
        patient: true,
        check: (view) => {
            const arn = text(view, "rotationLambdaArn");
            const rotator = target(view, "lambda/function", arn);
            if (!rotator) return undefined;
            const permitted = [...view.cloud.all("lambda/permission")].some(
                (thing) =>
                    target(view, "lambda/function", textOf(thing.inputs.function))?.id === rotator.id &&
                    thing.inputs.principal === "secretsmanager.amazonaws.com",
            );
            return permitted
                ? undefined
                : says(
                      "AccessDeniedException",
                      `Secrets Manager cannot invoke the specified Lambda function: ${arn}.`,
                      "Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com, and depend on that lambda.Permission.",
                  );
        },
    },
    {
        id: "SEC-6",
        types: ["secretsmanager/secretRotation"],
        when: "plan",
        check: (view) => {
            const rule = view.inputs.rotationRules;
            const each = isObject(rule) ? numberOf(rule.automaticallyAfterDays) : undefined;
            return each === undefined || (each >= 1 && each <= 1000)
                ? undefined
                : says("InvalidParameterException", `automaticallyAfterDays is from 1 to 1000, got ${each}.`);
        },
    },
    { id: "CW-8", types: ["cloudwatch/metricAlarm"], when: "plan", check: alarm },
    { id: "BAK-1", types: ["backup/plan"], when: "plan", check: plan },
    {
        id: "BUD-6",
        types: ["costexplorer/anomalyMonitor"],
        when: "call",
        check: (view) => {
            for (const other of others(view, "costexplorer/anomalyMonitor"))
                if (
                    view.inputs.monitorType === "DIMENSIONAL" &&
                    other.inputs.monitorType === "DIMENSIONAL" &&
                    other.inputs.monitorDimension === view.inputs.monitorDimension
                )
                    return says(
                        "LimitExceededException",
                        `Limit exceeded on dimensional spend monitor creation: ${label(other)} is the account's one for ${text(view, "monitorDimension")}.`,
                        "Make it in one stack of the account.",
                    );
            return undefined;
        },
    },
    {
        id: "CDN-28",
        types: ["cloudwatch/logDeliverySource"],
        when: "plan",
        check: (view) =>
            text(view, "resourceArn")?.includes(":cloudfront:") && view.region !== "us-east-1"
                ? says("ValidationException", `Log delivery of a distribution is set up in us-east-1, not in ${view.region}.`)
                : undefined,
    },
    {
        id: "delete-protected",
        types: Object.keys(protectedTypes),
        when: "delete",
        check: (view) => {
            const [property = "", on = true, words = ""] = protectedTypes[view.self?.type ?? ""] ?? [];
            return view.inputs[property] === on ? `${words}: ${view.self?.id}. Lift ${property}, run up, then destroy.` : undefined;
        },
    },
    {
        id: "delete-role",
        types: ["iam/role"],
        when: "delete",
        patient: true,
        check: (view) => {
            if (view.inputs.forceDetachPolicies === true) return undefined;
            for (const [type, words] of [
                ["iam/rolePolicyAttachment", "must detach all policies first"],
                ["iam/instanceProfile", "must remove roles from instance profile first"],
            ] as const)
                for (const thing of view.cloud.all(type))
                    if (thing.inputs.role === view.self?.id)
                        return says("DeleteConflict", `Cannot delete entity, ${words}: ${label(thing)}.`);
            return undefined;
        },
    },
    {
        id: "delete-primary-key",
        types: ["kms/key"],
        when: "delete",
        patient: true,
        check: (view) => {
            for (const thing of view.cloud.all("kms/replicaKey"))
                if (thing.inputs.primaryKeyArn === view.self?.outputs.arn)
                    return says(
                        "KMSInvalidStateException",
                        `${view.self?.id} has the replica key ${label(thing)} and cannot be deleted before it.`,
                        "Destroy the recovery stack first.",
                    );
            return undefined;
        },
    },
];
