/** Caches, buckets and tables. */
import { isList, isObject, type Json, numberOf, textOf } from "../values.ts";
import { label, names, type Rule, says, target, text, texts, type View, zonesOfSubnets } from "../view.ts";
import { windowsOverlap } from "./databases.ts";

const combination = "InvalidParameterCombination";

const cacheShape: Rule["check"] = (view) => {
    const { inputs } = view;
    const number = numberOf(inputs.numCacheClusters);
    const [shards, replicas] = [numberOf(inputs.numNodeGroups), numberOf(inputs.replicasPerNodeGroup)];
    if (number !== undefined && (shards !== undefined || replicas !== undefined))
        return says(
            combination,
            "numCacheClusters conflicts with numNodeGroups and replicasPerNodeGroup.",
            "Give one form of the topology.",
        );
    const nodes = number ?? (replicas === undefined ? 1 : 1 + replicas);
    if (inputs.automaticFailoverEnabled === true && nodes < 2 && (shards ?? 1) < 2)
        return says(combination, "if automaticFailoverEnabled is true, numCacheClusters must be greater than 1.");
    if (inputs.multiAzEnabled === true && inputs.automaticFailoverEnabled !== true)
        return says(combination, "automaticFailoverEnabled must be true if multiAzEnabled is true.");
    if (inputs.multiAzEnabled === true && nodes < 2) return says(combination, "Multi-AZ needs at least one replica.");
    if (number !== undefined && (number < 1 || number > 6))
        return says("InvalidParameterValue", `numCacheClusters is from 1 to 6, got ${number}.`);
    if (replicas !== undefined && (replicas < 0 || replicas > 5))
        return says("InvalidParameterValue", `replicasPerNodeGroup is from 0 to 5, got ${replicas}.`);
    if ((shards ?? 1) > 1 && inputs.automaticFailoverEnabled !== true)
        return says(combination, "Redis and Valkey with cluster mode enabled need automaticFailoverEnabled.");
    if (inputs.globalReplicationGroupId === undefined && inputs.nodeType === undefined)
        return says("InvalidParameterValue", "nodeType is required unless globalReplicationGroupId is given.");
    const token = text(view, "authToken");
    if (token !== undefined && inputs.transitEncryptionEnabled !== true)
        return says(combination, "authToken needs transitEncryptionEnabled.");
    if (token !== undefined && inputs.userGroupIds !== undefined) return says(combination, "authToken conflicts with userGroupIds.");
    if (token !== undefined && !/^[A-Za-z0-9!&#$^<>-]{16,128}$/.test(token))
        return says("InvalidParameterValue", "Invalid AuthToken provided.", "It has 16 to 128 letters, digits and ! & # $ ^ < > -");
    if (inputs.kmsKeyId !== undefined && inputs.atRestEncryptionEnabled !== true && inputs.atRestEncryptionEnabled !== "true")
        return says(combination, "kmsKeyId needs atRestEncryptionEnabled.");
    const azs = texts(view, "preferredCacheClusterAzs");
    if (azs.length > 0 && number !== undefined && azs.length !== number)
        return says("InvalidParameterValue", `preferredCacheClusterAzs has ${azs.length} zones for ${number} cache clusters.`);
    const [daily, weekly] = [text(view, "snapshotWindow"), text(view, "maintenanceWindow")];
    return daily !== undefined && weekly !== undefined && windowsOverlap(daily, weekly)
        ? says("InvalidParameterValue", `The snapshot window and maintenance window must not overlap: ${daily} and ${weekly}.`)
        : undefined;
};

const cacheFamily: Rule["check"] = (view) => {
    const group = target(view, "elasticache/parameterGroup", text(view, "parameterGroupName"));
    const version = text(view, "engineVersion");
    const engine = text(view, "engine") ?? "redis";
    if (!group || version === undefined) return undefined;
    const wanted = version.startsWith("6") ? `${engine}6.x` : `${engine}${version.split(".")[0]}`;
    return group.inputs.family === wanted
        ? undefined
        : says(
              combination,
              `Expected a parameter group of family ${wanted}, but found one of family ${textOf(group.inputs.family)}: ${group.id}.`,
          );
};

const classes = ["STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];

const lifecycle: Rule["check"] = (view) => {
    const seen = new Set<string>();
    for (const rule of isList(view.inputs.rules) ? view.inputs.rules : []) {
        if (!isObject(rule)) continue;
        const id = textOf(rule.id) ?? "";
        if (seen.has(id)) return says("InvalidArgument", `Rule ID must be unique. Found same ID for more than one rule: ${id}.`);
        seen.add(id);
        let [rank, before] = [0, -1];
        for (const step of isList(rule.transitions) ? rule.transitions : []) {
            if (!isObject(step)) continue;
            const [to, days] = [textOf(step.storageClass) ?? "", numberOf(step.days)];
            if (/_IA$/.test(to) && days !== undefined && days < 30)
                return says(
                    "InvalidArgument",
                    `'Days' in Transition action must be greater than or equal to 30 for storageClass '${to}', got ${days} in rule ${id}.`,
                );
            if (classes.indexOf(to) < rank)
                return says("InvalidArgument", `Transitions go down only: ${to} comes after ${classes[rank]} in rule ${id}.`);
            if (days !== undefined && days <= before)
                return says(
                    "InvalidArgument",
                    `'Days' in the Transition action for StorageClass '${to}' for rule ${id} must be greater than that of the one before it.`,
                );
            [rank, before] = [classes.indexOf(to), days ?? before];
        }
        const end = isObject(rule.expiration) ? numberOf(rule.expiration.days) : undefined;
        if (end !== undefined && end <= before)
            return says(
                "InvalidArgument",
                `'Days' in the Expiration action for rule ${id} (${end}) must be greater than 'Days' in the Transition action (${before}).`,
            );
        const actions = [
            "transitions",
            "expiration",
            "noncurrentVersionTransitions",
            "noncurrentVersionExpiration",
            "abortIncompleteMultipartUpload",
        ];
        if (!actions.some((name) => rule[name] !== undefined))
            return says("InvalidRequest", `At least one action needs to be specified in rule ${id}.`);
    }
    return undefined;
};

export function versioned(view: View, bucket: string): boolean {
    return [...view.cloud.all("s3/bucketVersioning")].some(
        (thing) => thing.inputs.bucket === bucket && JSON.stringify(thing.inputs).includes('"status":"Enabled"'),
    );
}

const replication: Rule["check"] = (view) => {
    const own = text(view, "bucket") ?? "";
    if (!versioned(view, own))
        return says(
            "InvalidRequest",
            `Versioning must be 'Enabled' on the bucket to apply a replication configuration: ${own}.`,
            "Make it depend on the bucket's versioning.",
        );
    const priorities = new Set<Json>();
    for (const rule of isList(view.inputs.rules) ? view.inputs.rules : []) {
        if (!isObject(rule) || !isObject(rule.destination)) continue;
        const bucket = target(view, "s3/bucket", textOf(rule.destination.bucket));
        if (!bucket && textOf(rule.destination.account) === undefined)
            return says("InvalidRequest", `Destination bucket must exist: ${textOf(rule.destination.bucket)}.`);
        if (bucket && !versioned(view, bucket.id))
            return says("InvalidRequest", `Destination bucket must have versioning enabled: ${bucket.id}.`);
        if (rule.priority !== undefined && priorities.has(rule.priority))
            return says("InvalidRequest", `Found duplicate priority ${String(rule.priority)} in replication rules.`);
        priorities.add(rule.priority ?? null);
        const kms = JSON.stringify(rule.sourceSelectionCriteria ?? {}).includes('"sseKmsEncryptedObjects":{"status":"Enabled"');
        if (kms && !isObject(rule.destination.encryptionConfiguration))
            return says(
                "InvalidRequest",
                "SourceSelectionCriteria for SSE-KMS needs a replica KMS key: destination.encryptionConfiguration.replicaKmsKeyId.",
            );
    }
    return undefined;
};

function openPolicy(policy: Json | undefined): boolean {
    const document = typeof policy === "string" ? (JSON.parse(policy) as Json) : policy;
    const statements = isObject(document) ? (isList(document.Statement) ? document.Statement : [document.Statement ?? null]) : [];
    return statements.some(
        (item) =>
            isObject(item) &&
            item.Effect === "Allow" &&
            item.Condition === undefined &&
            (item.Principal === "*" || (isObject(item.Principal) && item.Principal.AWS === "*")),
    );
}

export const storageRules: readonly Rule[] = [
    { id: "EC-1", types: ["elasticache/replicationGroup"], when: "plan", check: cacheShape },
    { id: "EC-24", types: ["elasticache/replicationGroup"], when: "call", check: cacheFamily },
    {
        id: "EC-multi-az",
        types: ["elasticache/replicationGroup"],
        when: "call",
        check: (view) => {
            const group = target(view, "elasticache/subnetGroup", text(view, "subnetGroupName"));
            if (view.inputs.multiAzEnabled !== true || !group) return undefined;
            const zones = new Set(zonesOfSubnets(view, texts({ ...view, inputs: group.inputs }, "subnetIds")));
            return zones.size < 2
                ? says(combination, `Multi-AZ needs subnets in two zones, subnet group ${group.id} has them in ${[...zones].join(", ")}.`)
                : undefined;
        },
    },
    {
        id: "EC-27",
        types: ["elasticache/serverlessCache"],
        when: "call",
        check: (view) => {
            const subnets = texts(view, "subnetIds");
            const zones = new Set(zonesOfSubnets(view, subnets));
            return subnets.length > 0 && (zones.size < 2 || zones.size > 3 || zones.size < subnets.length)
                ? says(
                      "InvalidParameterValue",
                      `A serverless cache takes two or three subnets in different zones, these are in ${[...zones].join(", ")}.`,
                  )
                : undefined;
        },
    },
    {
        id: "delete-cache-group",
        types: ["elasticache/subnetGroup", "elasticache/parameterGroup"],
        when: "delete",
        patient: true,
        check: (view) => {
            for (const thing of view.cloud.all("elasticache/replicationGroup"))
                if (
                    thing.region === view.self?.region &&
                    (names(thing, "subnetGroupName", view.self.id) || names(thing, "parameterGroupName", view.self.id))
                )
                    return says(
                        view.self.type === "elasticache/subnetGroup" ? "CacheSubnetGroupInUse" : "InvalidCacheParameterGroupState",
                        `${view.self.id} is currently in use by a cache cluster: ${label(thing)}.`,
                    );
            return undefined;
        },
    },
    {
        id: "bucket-region",
        types: [
            "s3/bucketVersioning",
            "s3/bucketPolicy",
            "s3/bucketPublicAccessBlock",
            "s3/bucketServerSideEncryptionConfiguration",
            "s3/bucketLifecycleConfiguration",
            "s3/bucketOwnershipControls",
            "s3/bucketLogging",
            "s3/bucketReplicationConfig",
            "s3/bucketNotification",
            "s3/bucketAcl",
            "s3/bucketCorsConfiguration",
            "s3/bucketObjectLockConfiguration",
            "s3/bucketObjectv2",
            "s3/bucketObject",
            "s3/bucketMetric",
            "s3/inventory",
            "s3/bucketIntelligentTieringConfiguration",
        ],
        when: "call",
        check: (view) => {
            const bucket = target(view, "s3/bucket", text(view, "bucket"));
            return bucket && bucket.region !== view.region
                ? says(
                      "PermanentRedirect",
                      `The bucket you are attempting to access must be addressed using the specified endpoint: ${bucket.id} is in ${bucket.region}, not in ${view.region}.`,
                      `Give region: "${bucket.region}".`,
                  )
                : undefined;
        },
    },
    {
        id: "S3-5",
        types: ["s3/bucketAcl"],
        when: "call",
        check: (view) => {
            const bucket = text(view, "bucket");
            const open = [...view.cloud.all("s3/bucketOwnershipControls")].some(
                (thing) => thing.inputs.bucket === bucket && !JSON.stringify(thing.inputs).includes("BucketOwnerEnforced"),
            );
            return open
                ? undefined
                : says(
                      "AccessControlListNotSupported",
                      `The bucket does not allow ACLs: ${bucket}.`,
                      "Its ownership controls must be ObjectWriter or BucketOwnerPreferred, and come first.",
                  );
        },
    },
    {
        id: "S3-6",
        types: ["s3/bucketPolicy"],
        when: "call",
        check: (view) => {
            const bucket = text(view, "bucket");
            const blocked = [...view.cloud.all("s3/bucketPublicAccessBlock")].some(
                (thing) => thing.inputs.bucket === bucket && thing.inputs.blockPublicPolicy === true,
            );
            if (blocked && openPolicy(view.inputs.policy))
                return says(
                    "AccessDenied",
                    `User is not authorized to perform: s3:PutBucketPolicy on resource: ${bucket} because public policies are prevented by the BlockPublicPolicy setting.`,
                );
            const size = JSON.stringify(view.inputs.policy).length;
            return size > 20480 ? says("PolicyTooLarge", `Bucket policies are limited to 20 KB in size, got ${size} bytes.`) : undefined;
        },
    },
    { id: "S3-10", types: ["s3/bucketLifecycleConfiguration"], when: "plan", check: lifecycle },
    { id: "S3-15", types: ["s3/bucketReplicationConfig"], when: "call", check: replication },
    {
        id: "S3-20",
        types: ["s3/bucketObjectLockConfiguration"],
        when: "call",
        check: (view) =>
            versioned(view, text(view, "bucket") ?? "") ||
            target(view, "s3/bucket", text(view, "bucket"))?.inputs.objectLockEnabled === true
                ? undefined
                : says(
                      "InvalidBucketState",
                      `Versioning must be 'Enabled' on the bucket to apply an Object Lock configuration: ${text(view, "bucket")}.`,
                  ),
    },
    {
        id: "S3-22",
        types: ["s3/bucketLogging"],
        when: "call",
        check: (view) => {
            const [own, to] = [text(view, "bucket"), text(view, "targetBucket")];
            if (own === to)
                return says(
                    "InvalidTargetBucketForLogging",
                    `Bucket ${own} would log to itself, which grows without end.`,
                    "Take a log bucket.",
                );
            const bucket = target(view, "s3/bucket", to);
            return bucket && bucket.region !== view.region
                ? says("CrossLocationLoggingProhibited", `Cross S3 location logging not allowed: ${to} is in ${bucket.region}.`)
                : undefined;
        },
    },
    {
        id: "S3-25",
        types: ["s3/bucketNotification"],
        when: "call",
        patient: true,
        check: (view) => {
            for (const arn of texts(view, "lambdaFunctions.lambdaFunctionArn")) {
                const permitted = [...view.cloud.all("lambda/permission")].some(
                    (thing) =>
                        [target(view, "lambda/function", arn)?.id, arn].includes(textOf(thing.inputs.function)) &&
                        thing.inputs.principal === "s3.amazonaws.com",
                );
                if (!permitted)
                    return says(
                        "InvalidArgument",
                        `Unable to validate the following destination configurations: ${arn}.`,
                        "A lambda.Permission for s3.amazonaws.com must be there first.",
                    );
            }
            return undefined;
        },
    },
    {
        id: "delete-bucket",
        types: ["s3/bucket"],
        when: "delete",
        patient: true,
        check: (view) => {
            const id = view.self?.id ?? "";
            if (view.inputs.forceDestroy === true) return undefined;
            for (const type of ["s3/bucketObjectv2", "s3/bucketObject", "s3/logObject"])
                for (const thing of view.cloud.all(type))
                    if (thing.inputs.bucket === id)
                        return says(
                            "BucketNotEmpty",
                            `The bucket you tried to delete is not empty: ${id} holds ${type === "s3/logObject" ? `what ${textOf(thing.inputs.writer)} wrote into it` : label(thing)}.`,
                            "You must delete all versions in the bucket, or set forceDestroy to true, run up, then destroy.",
                        );
            return undefined;
        },
    },
    {
        id: "delete-table",
        types: ["dynamodb/table"],
        when: "delete",
        check: (view) =>
            view.inputs.deletionProtectionEnabled === true
                ? says(
                      "ValidationException",
                      `Resource cannot be deleted as it is currently protected against deletion: table ${view.self?.id}.`,
                      "Disable deletion protection first.",
                  )
                : undefined,
    },
    {
        id: "DDB-keys",
        types: ["dynamodb/table"],
        when: "plan",
        check: (view) => {
            const declared = new Set(texts(view, "attributes.name"));
            const used = [
                text(view, "hashKey"),
                text(view, "rangeKey"),
                ...texts(view, "globalSecondaryIndexes.hashKey"),
                ...texts(view, "globalSecondaryIndexes.rangeKey"),
                ...texts(view, "localSecondaryIndexes.rangeKey"),
            ].filter((name) => name !== undefined);
            const missing = used.find((name) => !declared.has(name));
            const spare = [...declared].find(
                (name) => !used.includes(name) && !JSON.stringify(view.inputs.globalSecondaryIndexes ?? []).includes(`"${name}"`),
            );
            if (missing !== undefined)
                return says("ValidationException", `Some index key attribute is not defined in attributes: ${missing}.`);
            return spare === undefined
                ? undefined
                : says("ValidationException", `all attributes must be indexed. Unused attributes: ["${spare}"].`);
        },
    },
    {
        id: "one-cache-logger",
        types: ["elasticache/replicationGroup"],
        when: "plan",
        check: (view) =>
            isList(view.inputs.logDeliveryConfigurations) && view.inputs.logDeliveryConfigurations.length > 2
                ? says(combination, "logDeliveryConfigurations has slow-log and engine-log, at most two.")
                : undefined,
    },
];
