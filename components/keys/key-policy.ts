/** Who may use which key. Pure: a key policy holds nothing that is unknown before the first resource, so a preview shows it whole. */
import type { Environment } from "../../conventions/environment.ts";
import { globalRegion } from "../../conventions/regions.ts";

export const keyDomains = [
    "logs",
    "edgeLogs",
    "database",
    "cache",
    "storage",
    "volumes",
    "secrets",
    "notifications",
    "backup",
    "sessions",
] as const;

/** What a key encrypts. One key a domain, so that access to logs is not access to the database. */
export type KeyDomain = (typeof keyDomains)[number];

/** A statement without references: everything in a key policy is known beforehand. */
export interface KeyStatement {
    readonly Sid: string;
    readonly Effect: "Allow";
    readonly Principal: Readonly<Record<string, string | readonly string[]>>;
    readonly Action: string | readonly string[];
    readonly Resource: "*";
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

interface DomainRow {
    /** What a console shows beside the key. */
    readonly holds: string;
    /** Part of the logical name and of the alias: for ever. */
    readonly part: string;
    /** Data that recovery in another region copies: only these keys become multi-Region. */
    readonly travels: boolean;
    /** Where the key must stand if not in the environment's region. */
    readonly region?: typeof globalRegion;
    /** Services that use the key on their own, not by the caller's permissions. */
    readonly services: (environment: Environment) => readonly KeyStatement[];
}

const use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];
const none = (): readonly KeyStatement[] => [];

/**
 * Services that act with the caller's permissions (RDS, ElastiCache, Secrets Manager, AWS Backup, EBS for a person) need no statement:
 * the account's IAM policies decide, because of the first statement of every key.
 */
export const domainRows: { readonly [domain in KeyDomain]: DomainRow } = {
    logs: {
        holds: "Log groups",
        part: "logs",
        travels: false,
        services: (environment) => [logGroups(environment, environment.region)],
    },
    edgeLogs: {
        holds: "Log groups and alarm topics of the edge",
        part: "edge-logs",
        travels: false,
        region: globalRegion,
        services: (environment) => [logGroups(environment, globalRegion), publishers(environment)],
    },
    database: { holds: "Databases, their snapshots and their insights", part: "database", travels: true, services: none },
    cache: { holds: "Caches and their snapshots", part: "cache", travels: false, services: none },
    storage: {
        holds: "Objects in buckets",
        part: "storage",
        travels: true,
        services: (environment) => [distributions(environment), logDelivery(environment)],
    },
    volumes: { holds: "Volumes of instances", part: "volumes", travels: true, services: autoScaling },
    secrets: { holds: "Secrets and parameters", part: "secrets", travels: true, services: none },
    notifications: {
        holds: "Topics and queues of alarms, budgets and events",
        part: "notifications",
        travels: false,
        services: (environment) => [publishers(environment)],
    },
    backup: { holds: "Recovery points of AWS Backup", part: "backup", travels: true, services: none },
    sessions: { holds: "Shell sessions on their way between person and instance", part: "sessions", travels: false, services: none },
};

/** The whole policy of a key for `domains`, which stand in one region. Statements of two domains do not share an id. */
export function keyPolicy(
    environment: Environment,
    domains: readonly KeyDomain[],
    administrators: readonly string[],
): readonly KeyStatement[] {
    return [
        accountDelegation(environment),
        ...(administrators.length > 0 ? [administration(administrators)] : []),
        ...domains.flatMap((domain) => domainRows[domain].services(environment)),
    ];
}

/** Without this one a key can become unmanageable for everybody, and AWS refuses to create it. */
function accountDelegation(environment: Environment): KeyStatement {
    return {
        Sid: "DelegateToIam",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${environment.accountId}:root` },
        Action: "kms:*",
        Resource: "*",
    };
}

function administration(administrators: readonly string[]): KeyStatement {
    return {
        Sid: "Administer",
        Effect: "Allow",
        Principal: { AWS: [...administrators].sort() },
        Action: [
            "kms:CancelKeyDeletion",
            "kms:CreateAlias",
            "kms:DeleteAlias",
            "kms:DescribeKey",
            "kms:DisableKey",
            "kms:DisableKeyRotation",
            "kms:EnableKey",
            "kms:EnableKeyRotation",
            "kms:GetKeyPolicy",
            "kms:GetKeyRotationStatus",
            "kms:ListAliases",
            "kms:ListGrants",
            "kms:ListKeyPolicies",
            "kms:ListResourceTags",
            "kms:PutKeyPolicy",
            "kms:ReplicateKey",
            "kms:RevokeGrant",
            "kms:RotateKeyOnDemand",
            "kms:ScheduleKeyDeletion",
            "kms:TagResource",
            "kms:UntagResource",
            "kms:UpdateAlias",
            "kms:UpdateKeyDescription",
            "kms:UpdatePrimaryRegion",
        ],
        Resource: "*",
    };
}

/** CloudWatch Logs names the log group in the encryption context; only groups of this account may use the key. */
function logGroups(environment: Environment, region: string): KeyStatement {
    return {
        Sid: "LogGroups",
        Effect: "Allow",
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: use,
        Resource: "*",
        Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${environment.accountId}:*` } },
    };
}

/** CloudFront by origin access control: reads, and writes where a behaviour lets PUT through. Distributions of this account only. */
function distributions(environment: Environment): KeyStatement {
    return {
        Sid: "Distributions",
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: { ArnLike: { "aws:SourceArn": `arn:aws:cloudfront::${environment.accountId}:distribution/*` } },
    };
}

/** Flow logs and other vended logs into an encrypted bucket. Load balancers cannot: their bucket takes Amazon's own keys (SSE-S3). */
function logDelivery(environment: Environment): KeyStatement {
    return {
        Sid: "LogDelivery",
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: use,
        Resource: "*",
        Condition: {
            StringEquals: { "aws:SourceAccount": environment.accountId },
            ArnLike: { "aws:SourceArn": `arn:aws:logs:*:${environment.accountId}:*` },
        },
    };
}

/** Services that publish to an encrypted topic or queue by themselves; without this their messages vanish without a trace. */
function publishers(environment: Environment): KeyStatement {
    return {
        Sid: "Publish",
        Effect: "Allow",
        Principal: {
            Service: [
                "backup.amazonaws.com",
                "budgets.amazonaws.com",
                "cloudwatch.amazonaws.com",
                "costalerts.amazonaws.com",
                "events.amazonaws.com",
                "events.rds.amazonaws.com",
                "rds.amazonaws.com",
                "s3.amazonaws.com",
                "sns.amazonaws.com",
            ],
        },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceAccount": environment.accountId } },
    };
}

/**
 * Auto Scaling launches instances by its service-linked role. In an account that never had a scaling group that role does not exist yet,
 * and AWS refuses a key policy that names it as principal: so it is a condition here, which may name what comes later.
 */
function autoScaling(environment: Environment): readonly KeyStatement[] {
    const role = `arn:aws:iam::${environment.accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
    const bound = { StringEquals: { "kms:CallerAccount": environment.accountId }, ArnEquals: { "aws:PrincipalArn": role } };
    return [
        { Sid: "AutoScaling", Effect: "Allow", Principal: { AWS: "*" }, Action: use, Resource: "*", Condition: bound },
        {
            Sid: "AutoScalingGrants",
            Effect: "Allow",
            Principal: { AWS: "*" },
            Action: "kms:CreateGrant",
            Resource: "*",
            Condition: { ...bound, Bool: { "kms:GrantIsForAWSResource": "true" } },
        },
    ];
}
