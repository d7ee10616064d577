/** RDS and Aurora. */
import { familyOf } from "../outputs/data.ts";
import type { Thing } from "../state.ts";
import { type Json, numberOf, type Props, textOf } from "../values.ts";
import { label, names, type Rule, says, target, text, texts, type View, vpcsOf, zonesOfSubnets } from "../view.ts";

const combination = "InvalidParameterCombination";
const invalid = "InvalidParameterValue";

function sourceOf(view: View): Thing | undefined {
    const wanted = text(view, "replicateSourceDb");
    if (wanted === undefined) return undefined;
    if (wanted.startsWith("arn:")) return view.cloud.findArn(wanted);
    for (const thing of view.cloud.all("rds/instance"))
        if (thing.region === view.region && (textOf(thing.outputs.identifier) === wanted || thing.id === wanted)) return thing;
    return undefined;
}

const windows = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

function minutes(time: string): number {
    const [hours = "0", rest = "0"] = time.split(":");
    return Number(hours) * 60 + Number(rest);
}

/** Does a daily window touch a weekly one? Both in UTC, both may run past midnight. */
export function windowsOverlap(daily: string, weekly: string): boolean {
    const [start = "", end = ""] = daily.split("-");
    const [begin = "", finish = ""] = weekly.split("-");
    const week = 7 * 1440;
    const at = (moment: string) => days.indexOf(moment.slice(0, 3).toLowerCase()) * 1440 + minutes(moment.slice(4));
    const [from, length] = [at(begin), (at(finish) - at(begin) + week) % week];
    const daylength = (minutes(end) - minutes(start) + 1440) % 1440;
    return days.some((_, day) => {
        const one = day * 1440 + minutes(start);
        return (one - from + week) % week < length || (from - one + week) % week < daylength;
    });
}

const exportsOf: { readonly [engine: string]: readonly string[] } = {
    postgres: ["postgresql", "upgrade", "iam-db-auth-error"],
    mysql: ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
    mariadb: ["audit", "error", "general", "slowquery", "iam-db-auth-error"],
    "aurora-postgresql": ["postgresql", "instance", "iam-db-auth-error"],
    "aurora-mysql": ["audit", "error", "general", "slowquery", "instance", "iam-db-auth-error"],
};

const storage: Rule["check"] = (view) => {
    const { inputs } = view;
    const [size, most, iops, throughput] = [
        numberOf(inputs.allocatedStorage),
        numberOf(inputs.maxAllocatedStorage) ?? 0,
        numberOf(inputs.iops),
        numberOf(inputs.storageThroughput),
    ];
    const kind = text(view, "storageType");
    if (size !== undefined && most !== 0 && most <= size)
        return says(
            combination,
            `Max storage size must be greater than storage size: maxAllocatedStorage ${most}, allocatedStorage ${size}.`,
        );
    if (size !== undefined && size < 20)
        return says(
            invalid,
            `Invalid storage size for engine name ${text(view, "engine")} and storage type ${kind ?? "gp2"}: ${size}.`,
            "It begins at 20 GiB.",
        );
    if (kind === "gp3" && size !== undefined && size < 400 && (iops !== undefined || throughput !== undefined))
        return says(
            combination,
            `You can't specify IOPS or storage throughput for engine ${text(view, "engine")} and a storage size less than 400.`,
            "Leave iops and storageThroughput out.",
        );
    if (kind === "gp3" && size !== undefined && size >= 400 && iops !== undefined && iops < 12000)
        return says(combination, `From 400 GiB gp3 has 12000 IOPS at least, got ${iops}.`);
    if (throughput !== undefined && kind !== "gp3")
        return says(combination, `storageThroughput goes only with gp3, storageType is ${kind ?? "gp2"}.`);
    if (iops !== undefined && size !== undefined && iops > size * 50 && kind !== "gp3")
        return says(combination, `iops is at most 50 times the GiB, got ${iops} for ${size}.`);
    return undefined;
};

const master: Rule["check"] = (view) => {
    const { inputs } = view;
    const engine = text(view, "engine") ?? "";
    const sources = ["replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime", "s3Import"].filter(
        (name) => inputs[name] !== undefined,
    );
    if (sources.length > 1) return says(combination, `only one of ${sources.join(", ")} may be given.`);
    const passwords = ["password", "passwordWo", "manageMasterUserPassword"].filter(
        (name) => inputs[name] !== undefined && inputs[name] !== false,
    );
    if (passwords.length > 1) return says(combination, `only one of ${passwords.join(", ")} may be given.`);
    if (inputs.replicateSourceDb !== undefined) {
        const extra = ["engine", "engineVersion", "username", "dbName", "password", "passwordWo", "manageMasterUserPassword"].filter(
            (name) => name !== "engineVersion" && inputs[name] !== undefined,
        );
        return extra.length > 0
            ? says(
                  combination,
                  `${extra.join(", ")} ${extra.length > 1 ? "conflict" : "conflicts"} with replicateSourceDb: a replica has them from its source.`,
              )
            : undefined;
    }
    if (sources.length > 0) return undefined;
    const missing = ["engine", "username", "allocatedStorage"].filter((name) => inputs[name] === undefined);
    if (missing.length > 0)
        return says("MissingParameter", `${missing.join(", ")} must be given when the instance is not a replica and not restored.`);
    if (passwords.length === 0) return says(invalid, "MasterUserPassword must be given: password, passwordWo or manageMasterUserPassword.");
    if (inputs.passwordWo !== undefined && inputs.passwordWoVersion === undefined)
        return says(combination, "passwordWo needs passwordWoVersion.");
    const password = text(view, "password") ?? text(view, "passwordWo");
    if (
        password !== undefined &&
        (password.length < 8 || password.length > (engine === "postgres" ? 128 : 41) || /[/"@ ]|[^\x20-\x7e]/.test(password))
    )
        return says(
            invalid,
            `The parameter MasterUserPassword is not a valid password.`,
            `8 to ${engine === "postgres" ? 128 : 41} printable ASCII characters besides '/', '@', '"', ' ' may be used.`,
        );
    const user = text(view, "username");
    const reserved = new Set(["rdsadmin", "rds_superuser", ...(engine === "postgres" ? ["admin", "postgresql", "rdsrepladmin"] : [])]);
    if (user !== undefined && (!/^[a-zA-Z]\w*$/.test(user) || user.length > (engine === "postgres" ? 63 : 16) || reserved.has(user)))
        return says(
            invalid,
            `MasterUsername ${user} cannot be used as it is a reserved word used by the engine or not letters, digits and _ with a letter first.`,
        );
    const name = text(view, "dbName");
    return name !== undefined && !/^[a-zA-Z]\w*$/.test(name)
        ? says(invalid, `DBName must begin with a letter and contain only alphanumeric characters, got "${name}".`)
        : undefined;
};

const watching: Rule["check"] = (view) => {
    const { inputs } = view;
    const interval = numberOf(inputs.monitoringInterval) ?? 0;
    if (interval !== 0 && inputs.monitoringRoleArn === undefined)
        return says(combination, "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.");
    if (interval === 0 && inputs.monitoringRoleArn !== undefined)
        return says(combination, "monitoringRoleArn needs a monitoringInterval other than 0.");
    const kept = numberOf(inputs.performanceInsightsRetentionPeriod);
    if (kept !== undefined && kept !== 7 && kept !== 731 && !(kept % 31 === 0 && kept <= 23 * 31) && kept !== 465)
        return says(invalid, `Invalid Performance Insights retention period ${kept}.`, "It is 7, a multiple of 31 up to 713, or 731.");
    if (inputs.databaseInsightsMode === "advanced" && (inputs.performanceInsightsEnabled !== true || (kept ?? 0) < 31))
        return says(
            combination,
            "To enable the Advanced mode of Database Insights, Performance Insights must be enabled with a retention of 465 days.",
        );
    const small = /^db\.(t2|t3|t4g)\.(micro|small)$/.test(text(view, "instanceClass") ?? "");
    if (small && inputs.performanceInsightsEnabled === true && /mysql|mariadb/.test(text(view, "engine") ?? ""))
        return says(
            combination,
            `Performance Insights not supported for this configuration: ${text(view, "engine")} on ${text(view, "instanceClass")}.`,
        );
    const allowed = exportsOf[text(view, "engine") ?? ""];
    const wrong = allowed && texts(view, "enabledCloudwatchLogsExports").find((log) => !allowed.includes(log));
    return wrong === undefined
        ? undefined
        : says(
              combination,
              `You cannot use the log type '${wrong}' with engine version ${text(view, "engine")}.`,
              `It has ${allowed?.join(", ")}.`,
          );
};

const replica: Rule["check"] = (view) => {
    const wanted = text(view, "replicateSourceDb");
    if (wanted === undefined) return undefined;
    const source = sourceOf(view);
    if (!source)
        return says(
            "DBInstanceNotFound",
            `DBInstance ${wanted} not found.`,
            wanted.startsWith("arn:") ? "" : `A source in another region than ${view.region} is named by its ARN.`,
        );
    if ((numberOf(source.inputs.backupRetentionPeriod) ?? 0) === 0 && source.inputs.replicateSourceDb === undefined)
        return says(
            "InvalidDBInstanceState",
            `Automated backups are not enabled for this database instance: ${textOf(source.outputs.identifier)}.`,
            "To enable automated backups, set its backupRetentionPeriod to a non-zero value.",
        );
    if (source.inputs.manageMasterUserPassword === true)
        return says(
            combination,
            `You can't create a read replica of ${textOf(source.outputs.identifier)}, because RDS manages its master password in Secrets Manager.`,
            "Use a secret of your own.",
        );
    const encrypted = source.inputs.storageEncrypted === true;
    if (source.region !== view.region && encrypted && view.inputs.kmsKeyId === undefined)
        return says(combination, "A replica of an encrypted instance in another region needs kmsKeyId, a key of its own region.");
    if (!encrypted && view.inputs.storageEncrypted === true)
        return says(combination, "You cannot create an encrypted Read Replica from an unencrypted DB instance.");
    if (encrypted && view.inputs.storageEncrypted !== true)
        return says(
            combination,
            "A replica of an encrypted instance is encrypted.",
            "Set storageEncrypted to true, or the next run wants to replace it.",
        );
    if (
        source.region === view.region &&
        view.inputs.dbSubnetGroupName !== undefined &&
        view.inputs.dbSubnetGroupName !== source.inputs.dbSubnetGroupName
    )
        return says(
            "DBSubnetGroupNotAllowedFault",
            "DbSubnetGroup should not be specified for read replicas that are created in the same region as the master.",
        );
    const siblings = [...view.cloud.all("rds/instance")].filter(
        (thing) => thing.inputs.replicateSourceDb === wanted && thing.id !== view.self?.id,
    );
    return siblings.length >= 15
        ? says("InstanceQuotaExceeded", `${textOf(source.outputs.identifier)} already has 15 read replicas.`)
        : undefined;
};

function placed(view: View): string | undefined {
    const group = target(view, "rds/subnetGroup", text(view, "dbSubnetGroupName"));
    if (!group) return undefined;
    const [vpc] = vpcsOf(view, "ec2/subnet", texts({ ...view, inputs: group.inputs }, "subnetIds"));
    const [other] = [...vpcsOf(view, "ec2/securityGroup", texts(view, "vpcSecurityGroupIds"))].filter((id) => id !== vpc);
    return vpc !== undefined && other !== undefined
        ? says(
              combination,
              `The DB instance and EC2 security group are in different VPCs. The DB instance is in ${vpc} and the EC2 security group is in ${other}.`,
          )
        : undefined;
}

function familyFits(view: View, groupType: string, property: string, actual: Json | undefined): string | undefined {
    const group = target(view, groupType, text(view, property));
    const version = text(view, "engineVersion") ?? textOf(actual);
    const engine = text(view, "engine");
    if (!group || version === undefined || engine === undefined) return undefined;
    const wanted = familyOf(
        engine,
        version.includes(".") || engine.endsWith("postgres") || engine.includes("postgresql") ? version : `${version}.0`,
    );
    return group.inputs.family === wanted
        ? undefined
        : says(
              combination,
              `The parameter group ${group.id} with DBParameterGroupFamily ${textOf(group.inputs.family)} can't be used for this instance.`,
              `Please use a parameter group with DBParameterGroupFamily ${wanted}.`,
          );
}

function older(before: Props, now: Props): string | undefined {
    const [was, is] = [textOf(before.engineVersion), textOf(now.engineVersion)];
    const [had, has] = [numberOf(before.allocatedStorage), numberOf(now.allocatedStorage)];
    if (had !== undefined && has !== undefined && has < had && now.maxAllocatedStorage === undefined)
        return says(combination, `Requested allocated storage of ${has} is less than the current ${had}: storage never shrinks.`);
    if (was === undefined || is === undefined || was === is) return undefined;
    const [a, b] = [was, is].map((version) => version.split(".").map(Number));
    const steps = (a ?? []).map((part, index) => (b?.[index] ?? part) - part);
    const first = steps.find((step) => step !== 0) ?? 0;
    if (first < 0) return says(combination, `Cannot upgrade ${textOf(now.engine)} from ${was} to ${is}: that is a downgrade.`);
    const major = steps[0] !== 0 || (/mysql|mariadb/.test(textOf(now.engine) ?? "") && (steps[1] ?? 0) !== 0);
    return major && now.allowMajorVersionUpgrade !== true
        ? says(combination, `The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version (${was} to ${is}).`)
        : undefined;
}

export const databaseRules: readonly Rule[] = [
    { id: "RDS-16", types: ["rds/instance"], when: "plan", check: storage },
    { id: "RDS-44", types: ["rds/instance"], when: "plan", check: master },
    { id: "RDS-38", types: ["rds/instance"], when: "plan", check: watching },
    {
        id: "RDS-13",
        types: ["rds/instance"],
        when: "plan",
        check: (view) => {
            const { inputs } = view;
            if (inputs.multiAz === true && inputs.availabilityZone !== undefined)
                return says(combination, "Requesting a specific availability zone is not valid for Multi-AZ instances.");
            if (inputs.kmsKeyId !== undefined && inputs.storageEncrypted !== true && inputs.replicateSourceDb === undefined)
                return says(combination, "kmsKeyId needs storageEncrypted true.");
            const kind = text(view, "instanceClass");
            if (kind !== undefined && !/^db\.[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9.]+$/.test(kind))
                return says(invalid, `Invalid DB Instance class: ${kind}.`);
            const port = numberOf(inputs.port);
            return port !== undefined && port < 1150 ? says(invalid, `The port ${port} is not from 1150 to 65535.`) : undefined;
        },
    },
    {
        id: "RDS-26",
        types: ["rds/instance"],
        when: "plan",
        check: (view) => {
            const [daily, weekly] = [text(view, "backupWindow"), text(view, "maintenanceWindow")];
            if (daily !== undefined && !windows.test(daily))
                return says(invalid, `(${daily}) must satisfy the format of "hh24:mi-hh24:mi".`);
            if (weekly !== undefined && !/^\w{3}:\d\d:\d\d-\w{3}:\d\d:\d\d$/.test(weekly))
                return says(invalid, `(${weekly}) must satisfy the format of "ddd:hh24:mi-ddd:hh24:mi".`);
            return daily !== undefined && weekly !== undefined && windowsOverlap(daily, weekly)
                ? says(invalid, `The backup window and maintenance window must not overlap: ${daily} and ${weekly}.`)
                : undefined;
        },
    },
    {
        id: "RDS-14",
        types: ["rds/subnetGroup"],
        when: "call",
        check: (view) => {
            const zones = new Set(zonesOfSubnets(view, texts(view, "subnetIds")));
            return zones.size < 2
                ? says(
                      "DBSubnetGroupDoesNotCoverEnoughAZs",
                      `The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: ${[...zones].join(", ")}.`,
                      "Add subnets to cover at least 2 AZs.",
                  )
                : undefined;
        },
    },
    { id: "RDS-1", types: ["rds/instance"], when: "call", check: replica },
    { id: "rds-vpc", types: ["rds/instance", "rds/cluster"], when: "call", check: placed },
    {
        id: "RDS-29",
        types: ["rds/instance"],
        when: "call",
        check: (view) => familyFits(view, "rds/parameterGroup", "parameterGroupName", view.self?.outputs.engineVersionActual),
    },
    {
        id: "AUR-family",
        types: ["rds/cluster"],
        when: "call",
        check: (view) =>
            familyFits(view, "rds/clusterParameterGroup", "dbClusterParameterGroupName", view.self?.outputs.engineVersionActual),
    },
    {
        id: "RDS-33",
        types: ["rds/instance", "rds/cluster"],
        when: "call",
        check: (view) => (view.self ? older(view.self.inputs, view.inputs) : undefined),
    },
    {
        id: "AUR-engine",
        types: ["rds/clusterInstance"],
        when: "call",
        check: (view) => {
            const cluster = target(view, "rds/cluster", text(view, "clusterIdentifier"));
            if (cluster && cluster.inputs.engine !== view.inputs.engine)
                return says(
                    combination,
                    `The engine of the instance (${text(view, "engine")}) must be that of cluster ${cluster.id} (${textOf(cluster.inputs.engine)}).`,
                );
            return cluster &&
                text(view, "instanceClass") === "db.serverless" &&
                cluster.inputs.serverlessv2ScalingConfiguration === undefined
                ? says(
                      combination,
                      `Set the Serverless v2 scaling configuration on the parent DB cluster ${cluster.id} before creating a Serverless v2 DB instance.`,
                  )
                : undefined;
        },
    },
    {
        id: "backup-copy",
        types: ["rds/instanceAutomatedBackupsReplication"],
        when: "call",
        check: (view) => {
            const source = view.cloud.findArn(text(view, "sourceDbInstanceArn") ?? "");
            if (!source) return says("DBInstanceNotFound", `DBInstance ${text(view, "sourceDbInstanceArn")} not found.`);
            if (source.region === view.region)
                return says(
                    "InvalidParameterValue",
                    `Automated backups are replicated to another region, ${view.region} is the source's own.`,
                );
            return source.inputs.storageEncrypted === true && view.inputs.kmsKeyId === undefined
                ? says(combination, "The source is encrypted: kmsKeyId, a key of the destination region, is required.")
                : undefined;
        },
    },
    {
        id: "delete-database",
        types: ["rds/instance", "rds/cluster"],
        when: "delete",
        check: (view) => {
            const what = view.self?.type === "rds/cluster" ? "Cluster" : "Instance";
            if (view.inputs.deletionProtection === true)
                return says(
                    combination,
                    `Cannot delete protected DB ${what}, please disable deletion protection and try again.`,
                    `${label(view.self ?? { urn: "", type: "", id: "" })}: set deletionProtection to false, run up, then destroy.`,
                );
            const last = text(view, "finalSnapshotIdentifier");
            if (view.inputs.replicateSourceDb !== undefined)
                return view.inputs.skipFinalSnapshot === true
                    ? undefined
                    : says(combination, "A final snapshot cannot be taken of a read replica.", "Set skipFinalSnapshot to true.");
            if (view.inputs.skipFinalSnapshot === true) return undefined;
            if (last === undefined)
                return says(
                    "InvalidParameterCombination",
                    "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
                    "Give finalSnapshotIdentifier or set skipFinalSnapshot.",
                );
            const taken = view.cloud.find("rds/finalSnapshot", last, view.self?.region);
            return (
                taken &&
                says(
                    "DBSnapshotAlreadyExists",
                    `Cannot create the snapshot because a snapshot with the identifier ${last} already exists.`,
                    "An earlier destroy took it; choose another finalSnapshotIdentifier.",
                )
            );
        },
    },
    {
        id: "RDS-8",
        types: ["rds/instance"],
        when: "delete",
        patient: true,
        check: (view) => {
            const own = [textOf(view.self?.outputs.identifier), textOf(view.self?.outputs.arn)];
            for (const thing of view.cloud.all("rds/instance"))
                if (thing.inputs.replicateSourceDb !== undefined && own.includes(textOf(thing.inputs.replicateSourceDb)))
                    return says(
                        "InvalidDBInstanceState",
                        `${own[0]} still has the read replica ${label(thing)}.`,
                        "Deleting the source would promote it to a database of its own: delete or promote the replica first.",
                    );
            return undefined;
        },
    },
    {
        id: "delete-cluster",
        types: ["rds/cluster"],
        when: "delete",
        patient: true,
        check: (view) => {
            for (const thing of view.cloud.all("rds/clusterInstance"))
                if (thing.inputs.clusterIdentifier === view.self?.id)
                    return says(
                        "InvalidDBClusterStateFault",
                        `Cluster cannot be deleted, it still contains DB instances in non-deleting state: ${label(thing)}.`,
                    );
            return undefined;
        },
    },
    {
        id: "delete-database-group",
        types: ["rds/subnetGroup", "rds/parameterGroup", "rds/optionGroup", "rds/clusterParameterGroup"],
        when: "delete",
        patient: true,
        check: (view) => {
            const properties = [
                "dbSubnetGroupName",
                "parameterGroupName",
                "optionGroupName",
                "dbClusterParameterGroupName",
                "dbParameterGroupName",
            ];
            for (const type of ["rds/instance", "rds/cluster", "rds/clusterInstance"])
                for (const thing of view.cloud.all(type))
                    if (thing.region === view.self?.region && properties.some((property) => names(thing, property, view.self?.id ?? "")))
                        return says(
                            "InvalidDBParameterGroupState",
                            `One or more database instances are still members of ${view.self?.id}, so the group cannot be deleted: ${label(thing)}.`,
                        );
            return undefined;
        },
    },
];
