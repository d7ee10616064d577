/** Databases, caches, tables and storage. */
import { factsOf } from "../facts/regions.ts";
import { capitals, dnsSuffixOf, hex, lowers } from "../ids.ts";
import { numberOf, type Props, textOf } from "../values.ts";
import { text, texts } from "../view.ts";
import type { Family, Maker, MakeView } from "./make.ts";

const enginePorts: { readonly [engine: string]: number } = {
    mysql: 3306,
    mariadb: 3306,
    postgres: 5432,
    "aurora-mysql": 3306,
    "aurora-postgresql": 5432,
    "oracle-se2": 1521,
    "sqlserver-ex": 1433,
};

/** The newest version of a major that a program may leave open. */
const newest: { readonly [engine: string]: { readonly [major: string]: string } } = {
    postgres: { "": "18.1", "18": "18.1", "17": "17.7", "16": "16.11", "15": "15.15", "14": "14.20" },
    mysql: { "": "8.4.7", "8.4": "8.4.7", "8.0": "8.0.44" },
    mariadb: { "": "11.8.5", "11.8": "11.8.5", "11.4": "11.4.9", "10.11": "10.11.15" },
    "aurora-postgresql": { "": "17.7", "17": "17.7", "16": "16.11", "15": "15.15" },
    "aurora-mysql": { "": "8.0.mysql_aurora.3.11.0", "8.0": "8.0.mysql_aurora.3.11.0" },
};

export function actualVersion(engine: string, wanted: string | undefined): string {
    return newest[engine]?.[wanted ?? ""] ?? wanted ?? "1.0";
}

/** The default parameter group's family: postgres17, mysql8.4. */
export function familyOf(engine: string, version: string): string {
    const [major = "", minor = ""] = version.split(".");
    if (engine === "postgres" || engine === "aurora-postgresql") return `${engine}${major}`;
    return `${engine}${major}.${minor}`;
}

function inherited(view: MakeView): Props {
    const source = textOf(view.inputs.replicateSourceDb);
    if (source === undefined) return {};
    const thing =
        view.cloud.findArn(source) ??
        [...view.cloud.all("rds/instance")].find((db) => db.outputs.identifier === source && db.region === view.region);
    const { engine, engineVersion, engineVersionActual, allocatedStorage, username, dbName, storageType } = thing?.outputs ?? {};
    return Object.fromEntries(
        Object.entries({ engine, engineVersion, engineVersionActual, allocatedStorage, username, dbName, storageType }).filter(
            ([, value]) => value !== undefined,
        ),
    ) as Props;
}

function managedSecret(view: MakeView, switchName: string, cluster: boolean): Props {
    if (view.inputs[switchName] !== true) return { masterUserSecrets: [] };
    const kind = cluster ? "rds!cluster" : "rds!db";
    return {
        masterUserSecrets: [
            {
                secretArn: `arn:aws:secretsmanager:${view.region}:${view.account}:secret:${kind}-${hex(view.seed, 8)}-${lowers(view.seed, 6)}`,
                secretStatus: "active",
                kmsKeyId: view.inputs.masterUserSecretKmsKeyId ?? `arn:aws:kms:${view.region}:${view.account}:alias/aws/secretsmanager`,
            },
        ],
    };
}

/** The middle of host names, the same for everything of an account in a region. */
function accountPart(view: MakeView, service: string): string {
    return `c${lowers(`${view.account}/${view.region}/${service}`, 11)}`;
}

function rdsHost(view: MakeView, name: string): string {
    return `${name}.${accountPart(view, "rds")}.${view.region}.rds.${dnsSuffixOf(view.region)}`;
}

const instance: Maker = (view, { id }) => {
    const from = inherited(view);
    const engine = text(view, "engine") ?? textOf(from.engine) ?? textOf(view.self?.outputs.engine) ?? "postgres";
    const version = textOf(from.engineVersionActual) ?? actualVersion(engine, text(view, "engineVersion"));
    const port = numberOf(view.inputs.port) ?? enginePorts[engine] ?? 3306;
    const address = rdsHost(view, view.name ?? id);
    const subnetGroup = view.cloud.find("rds/subnetGroup", text(view, "dbSubnetGroupName") ?? "", view.region);
    return {
        ...from,
        identifier: view.name ?? id,
        identifierPrefix: view.inputs.identifierPrefix ?? "",
        engine,
        engineVersion: view.inputs.engineVersion ?? from.engineVersion ?? version,
        engineVersionActual: version,
        address,
        endpoint: `${address}:${port}`,
        port,
        hostedZoneId: `Z${capitals(`${view.region}/rds`, 13)}`,
        resourceId: view.self?.outputs.resourceId ?? `db-${capitals(view.seed, 26)}`,
        status: "available",
        allocatedStorage: view.inputs.allocatedStorage ?? from.allocatedStorage ?? 20,
        storageType: view.inputs.storageType ?? from.storageType ?? "gp2",
        backupRetentionPeriod: view.inputs.backupRetentionPeriod ?? 0,
        backupWindow: view.inputs.backupWindow ?? "03:11-03:41",
        maintenanceWindow: view.inputs.maintenanceWindow ?? "sun:04:32-sun:05:02",
        caCertIdentifier: view.inputs.caCertIdentifier ?? "rds-ca-rsa2048-g1",
        engineLifecycleSupport: view.inputs.engineLifecycleSupport ?? "open-source-rds-extended-support",
        licenseModel: engine === "postgres" ? "postgresql-license" : "general-public-license",
        multiAz: view.inputs.multiAz ?? false,
        networkType: view.inputs.networkType ?? "IPV4",
        availabilityZone: view.inputs.availabilityZone ?? `${view.region}a`,
        parameterGroupName: view.inputs.parameterGroupName ?? `default.${familyOf(engine, version)}`,
        optionGroupName: view.inputs.optionGroupName ?? `default:${familyOf(engine, version).replace(/(\d)\.(\d)/, "$1-$2")}`,
        replicas: [],
        dbSubnetGroupName: view.inputs.dbSubnetGroupName ?? textOf(subnetGroup?.outputs.name) ?? "default",
        kmsKeyId:
            view.inputs.kmsKeyId ?? (view.inputs.storageEncrypted === true ? `arn:aws:kms:${view.region}:${view.account}:key/aws-rds` : ""),
        vpcSecurityGroupIds: view.inputs.vpcSecurityGroupIds ?? [],
        listenerEndpoints: [],
        ...managedSecret(view, "manageMasterUserPassword", false),
    };
};

const cluster: Maker = (view, { id }) => {
    const engine = text(view, "engine") ?? "aurora-postgresql";
    const version = actualVersion(engine, text(view, "engineVersion"));
    const name = view.name ?? id;
    const [head, ...tail] = rdsHost(view, name).split(".");
    return {
        clusterIdentifier: name,
        clusterResourceId: view.self?.outputs.clusterResourceId ?? `cluster-${capitals(view.seed, 26)}`,
        endpoint: `${head}.cluster-${tail.join(".")}`,
        readerEndpoint: `${head}.cluster-ro-${tail.join(".")}`,
        engineVersion: view.inputs.engineVersion ?? version,
        engineVersionActual: version,
        port: view.inputs.port ?? enginePorts[engine] ?? 5432,
        hostedZoneId: `Z${capitals(`${view.region}/rds`, 13)}`,
        clusterMembers: view.self?.outputs.clusterMembers ?? [],
        dbClusterParameterGroupName: view.inputs.dbClusterParameterGroupName ?? `default.${familyOf(engine, version)}`,
        preferredBackupWindow: view.inputs.preferredBackupWindow ?? "03:11-03:41",
        preferredMaintenanceWindow: view.inputs.preferredMaintenanceWindow ?? "sun:04:32-sun:05:02",
        backupRetentionPeriod: view.inputs.backupRetentionPeriod ?? 1,
        ...managedSecret(view, "manageMasterUserPassword", true),
    };
};

const replicationGroup: Maker = (view, { id }) => {
    const part = lowers(`${view.account}/${view.region}/cache`, 6);
    const zone = `${view.region.replace(/^(\w+)-(\w)\w*-(\d)$/, "$1$2$3")}.cache.${dnsSuffixOf(view.region)}`;
    const name = view.name ?? id;
    const clustered = view.inputs.clusterMode === "enabled" || (numberOf(view.inputs.numNodeGroups) ?? 1) > 1;
    const shards = numberOf(view.inputs.numNodeGroups) ?? 1;
    const each = 1 + (numberOf(view.inputs.replicasPerNodeGroup) ?? 0);
    const count = numberOf(view.inputs.numCacheClusters) ?? shards * each;
    const tls = view.inputs.transitEncryptionEnabled === true;
    const members = Array.from({ length: count }, (_, index) => `${name}-${String(index + 1).padStart(3, "0")}`);
    const engine = text(view, "engine") ?? "redis";
    return {
        replicationGroupId: name,
        engine,
        engineVersion: view.inputs.engineVersion ?? (engine === "valkey" ? "8.1" : "7.1"),
        engineVersionActual: view.inputs.engineVersion ?? (engine === "valkey" ? "8.1.0" : "7.1.0"),
        memberClusters: members,
        numCacheClusters: count,
        numNodeGroups: shards,
        replicasPerNodeGroup: view.inputs.replicasPerNodeGroup ?? count / shards - 1,
        clusterEnabled: clustered,
        clusterMode: view.inputs.clusterMode ?? (clustered ? "enabled" : "disabled"),
        port: view.inputs.port ?? 6379,
        configurationEndpointAddress: clustered ? `clustercfg.${name}.${part}.${zone}` : "",
        primaryEndpointAddress: clustered ? "" : `${tls ? "master." : ""}${name}.${part}${tls ? "" : ".ng.0001"}.${zone}`,
        readerEndpointAddress: clustered ? "" : `${tls ? "replica." : ""}${name}${tls ? "" : "-ro"}.${part}.${zone}`,
        parameterGroupName:
            view.inputs.parameterGroupName ?? `default.${engine}${engine === "valkey" ? "8" : "7"}${clustered ? ".cluster.on" : ""}`,
        maintenanceWindow: view.inputs.maintenanceWindow ?? "sun:05:00-sun:06:00",
        snapshotWindow: view.inputs.snapshotWindow ?? "03:00-04:00",
        networkType: view.inputs.networkType ?? "ipv4",
        ipDiscovery: view.inputs.ipDiscovery ?? "ipv4",
    };
};

function bucketOutputs(view: MakeView, bucket: string): Props {
    const facts = factsOf(view.region);
    return {
        bucket,
        bucketDomainName: `${bucket}.s3.${dnsSuffixOf(view.region)}`,
        bucketRegionalDomainName: `${bucket}.s3.${view.region}.${dnsSuffixOf(view.region)}`,
        hostedZoneId: facts?.s3Zone ?? `Z${capitals(view.region, 13)}`,
        bucketRegion: view.region,
        region: view.region,
        websiteDomain: "",
        websiteEndpoint: "",
        acl: "",
        requestPayer: "BucketOwner",
        objectLockEnabled: view.inputs.objectLockEnabled ?? false,
    };
}

export const data: Family = {
    ids: {
        "rds/instance": (view) => `db-${capitals(view.seed, 26)}`,
        "s3/bucketObject": (view) => `${text(view, "bucket")}/${text(view, "key")}`,
        "s3/bucketObjectv2": (view) => `${text(view, "bucket")}/${text(view, "key")}`,
        "rds/instanceAutomatedBackupsReplication": (view) =>
            `arn:aws:rds:${view.region}:${view.account}:auto-backup:ab-${lowers(view.seed, 27)}`,
        "s3/bucketIntelligentTieringConfiguration": (view) => `${text(view, "bucket")}:${text(view, "name")}`,
        "s3/inventory": (view) => `${text(view, "bucket")}:${view.name}`,
        "s3/bucketMetric": (view) => `${text(view, "bucket")}:${view.name}`,
    },
    outputs: {
        "rds/instance": instance,
        "rds/cluster": cluster,
        "rds/clusterInstance": (view, { id }) => {
            const of = view.cloud.find("rds/cluster", text(view, "clusterIdentifier") ?? "", view.region);
            const first = [...view.cloud.all("rds/clusterInstance")].every(
                (other) => other.inputs.clusterIdentifier !== of?.id || other.id === id,
            );
            return {
                identifier: view.name ?? id,
                endpoint: rdsHost(view, view.name ?? id),
                port: of?.outputs.port ?? 5432,
                writer: first,
                engineVersion: view.inputs.engineVersion ?? of?.outputs.engineVersion ?? "",
                engineVersionActual: of?.outputs.engineVersionActual ?? "",
                dbiResourceId: `db-${capitals(view.seed, 26)}`,
                storageEncrypted: of?.inputs.storageEncrypted ?? false,
                kmsKeyId: of?.outputs.kmsKeyId ?? "",
                caCertIdentifier: view.inputs.caCertIdentifier ?? "rds-ca-rsa2048-g1",
            };
        },
        "rds/globalCluster": (view) => ({
            globalClusterResourceId: `cluster-${lowers(view.seed, 17)}`,
            globalClusterMembers: [],
            engineVersionActual: view.inputs.engineVersion ?? "",
        }),
        "rds/subnetGroup": (view) => ({
            name: view.name ?? "",
            description: view.inputs.description ?? "Managed by Pulumi",
            vpcId: view.cloud.find("ec2/subnet", texts(view, "subnetIds")[0] ?? "")?.inputs.vpcId ?? "",
            supportedNetworkTypes: ["IPV4"],
        }),
        "rds/parameterGroup": (view) => ({ name: view.name ?? "", description: view.inputs.description ?? "Managed by Pulumi" }),
        "rds/proxy": (view) => ({ endpoint: `${view.name}.proxy-${accountPart(view, "rds")}.${view.region}.rds.amazonaws.com` }),
        "elasticache/replicationGroup": replicationGroup,
        "elasticache/serverlessCache": (view) => {
            const host = `${view.name}-${lowers(view.seed, 6)}.serverless.${view.region.replace(/^(\w+)-(\w)\w*-(\d)$/, "$1$2$3")}.cache.amazonaws.com`;
            return {
                endpoints: [{ address: host, port: 6379 }],
                readerEndpoints: [{ address: host, port: 6380 }],
                fullEngineVersion: `${view.inputs.majorEngineVersion ?? "8"}.1`,
                majorEngineVersion: view.inputs.majorEngineVersion ?? "8",
                status: "available",
                description: view.inputs.description ?? " ",
                dailySnapshotTime: view.inputs.dailySnapshotTime ?? "03:00",
                snapshotRetentionLimit: view.inputs.snapshotRetentionLimit ?? 0,
            };
        },
        "elasticache/subnetGroup": (view) => ({
            description: view.inputs.description ?? "Managed by Pulumi",
            vpcId: view.cloud.find("ec2/subnet", texts(view, "subnetIds")[0] ?? "")?.inputs.vpcId ?? "",
        }),
        "elasticache/parameterGroup": (view) => ({ description: view.inputs.description ?? "Managed by Pulumi" }),
        "dynamodb/table": (view, { arn }) => ({
            streamArn: view.inputs.streamEnabled === true ? `${arn}/stream/2026-11-21T00:00:00.000` : "",
            streamLabel: view.inputs.streamEnabled === true ? "2026-11-21T00:00:00.000" : "",
            readCapacity: view.inputs.readCapacity ?? 0,
            writeCapacity: view.inputs.writeCapacity ?? 0,
        }),
        "s3/bucket": (view, { id }) => bucketOutputs(view, view.name ?? id),
        "s3/bucketObject": (view) => ({ etag: hex(view.seed, 32), versionId: lowers(view.seed, 32) }),
        "s3/bucketObjectv2": (view) => ({ etag: hex(view.seed, 32), versionId: lowers(view.seed, 32) }),
        "efs/fileSystem": (view, { id }) => ({
            dnsName: `${id}.efs.${view.region}.amazonaws.com`,
            creationToken: view.inputs.creationToken ?? `terraform-${hex(view.seed, 20)}`,
            performanceMode: view.inputs.performanceMode ?? "generalPurpose",
            sizeInBytes: [{ value: 6144, valueInIa: 0, valueInStandard: 6144 }],
            numberOfMountTargets: 0,
        }),
        "efs/mountTarget": (view, { id }) => ({
            fileSystemArn: `arn:aws:elasticfilesystem:${view.region}:${view.account}:file-system/${text(view, "fileSystemId")}`,
            dnsName: `${text(view, "fileSystemId")}.efs.${view.region}.amazonaws.com`,
            networkInterfaceId: `eni-0${hex(id, 16)}`,
        }),
    },
    renewed: { "rds/instance": ["replicas"] },
    sensitive: {
        "rds/instance": ["password", "passwordWo"],
        "rds/cluster": ["masterPassword"],
        "elasticache/replicationGroup": ["authToken"],
        "elasticache/user": ["passwords"],
    },
};
