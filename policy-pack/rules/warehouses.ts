/** Redshift clusters and serverless workgroups. */
import { groupsClosedToInternet } from "../core/attached-groups.ts";
import { absent, atLeast, expects, isTrue, noneOf, notFalse, notTrue, present, show } from "../core/conditions.ts";
import { opens } from "../core/doors.ts";
import { all, compliant, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import { spansZones } from "../core/zones.ts";

const cluster = "redshift/cluster";
const workgroup = "redshiftserverless/workgroup";
const namespace = "redshiftserverless/namespace";

const usualPort = 5439;

/** Parameters of a group are `name` and `value`, those of a workgroup `parameterKey` and `parameterValue`. */
function parameterOf(group: ResourceView, name: string): string | undefined {
    return group
        .list("parameters")
        .find((parameter) => parameter.text("name") === name)
        ?.text("value");
}

function isRestored(resource: ResourceView): boolean {
    return ["snapshotIdentifier", "snapshotArn"].some((source) => resource.has(source));
}

const restored = notApplicable("a restored cluster keeps what its snapshot had");

/** DC and DS nodes keep data on their own disks, in one zone. */
function isOldNode(resource: ResourceView): boolean {
    return /^(dc|ds)\d/.test(resource.text("nodeType") ?? "");
}

/** What AWS calls the first database of a warehouse when nobody says. */
const defaultDatabase = "dev";

export const warehouses: readonly Rule[] = [
    {
        id: "redshift-encrypted",
        title: "Every warehouse is encrypted",
        why: "A warehouse is where all the data comes together.",
        fix: "Leave `encrypted` out or true, and give `kmsKeyId`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["Redshift.10"], hipaa: ["REST", "AUD"] },
        on: [cluster],
        judge: (resource) => expects(resource, "encrypted", notFalse),
    },
    {
        id: "redshift-cmk",
        title: "Warehouses are encrypted with a key of your own",
        why: "Only with a key of your own can you say who may read the data, and take that back.",
        fix: "Set `kmsKeyId`; on an existing cluster AWS moves the data to the new key while it stays readable.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: [cluster, namespace],
        judge: (resource) => expects(resource, "kmsKeyId", present("a key of your own")),
    },
    {
        id: "redshift-not-public",
        title: "No warehouse has a public address",
        why: "A warehouse on the internet is one password away from everybody.",
        fix: "Set `publiclyAccessible: false`; older providers made it true by default.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["Redshift.1", "RedshiftServerless.3"], hipaa: ["ACCNET"] },
        on: [cluster, workgroup],
        judge: (resource) => expects(resource, "publiclyAccessible", notTrue),
    },
    {
        id: "redshift-require-tls",
        title: "Every warehouse refuses connections without TLS",
        why: "Parameter groups of the older family accept plain connections until `require_ssl` is set.",
        fix: "Leave `clusterParameterGroupName` out, or attach a `redshift.ParameterGroup` with `require_ssl` = true.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["Redshift.2"], hipaa: ["TRANSIT"] },
        scope: "relation",
        on: [cluster],
        judge: (resource, _parameters, stack) => {
            const property = "clusterParameterGroupName";
            // The default group of clusters made since January 2025 is of family redshift-2.0, which refuses plain connections.
            const [group] = stack.references(resource, property, "redshift/parameterGroup");
            if (group === undefined) {
                return !resource.has(property) || resource.text(property) === "default.redshift-2.0"
                    ? compliant
                    : violation(property, "expected a parameter group with require_ssl=true, got none of this stack");
            }
            const value = parameterOf(group, "require_ssl");
            return value === "true" || (value === undefined && group.text("family") === "redshift-2.0")
                ? compliant
                : violation(property, `expected require_ssl=true in ${group.name}, got ${show(value)}`);
        },
    },
    {
        id: "redshift-in-vpc",
        title: "Every warehouse stands in subnets that the program chose",
        why: "Without a subnet group the cluster lands in the account's default VPC, whose subnets are public.",
        fix: "Make a `redshift.SubnetGroup` of private subnets and set `clusterSubnetGroupName`.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACCNET"] },
        on: [cluster],
        judge: (resource) => expects(resource, "clusterSubnetGroupName", present("a subnet group")),
    },
    {
        id: "redshift-enhanced-vpc-routing",
        title: "What a warehouse loads and unloads travels through the VPC",
        why: "Otherwise COPY and UNLOAD go round security groups, endpoint policies and flow logs, to any bucket in the world.",
        fix: "Set `enhancedVpcRouting: true` and give the subnets a gateway endpoint for S3.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["Redshift.7"], hipaa: ["312(e)(1)"] },
        on: [cluster],
        judge: (resource) => expects(resource, "enhancedVpcRouting", isTrue),
    },
    {
        id: "redshift-sg-restricted",
        title: "No security group opens a warehouse's port to the internet",
        why: "The group is what is left when somebody makes the cluster public for an afternoon.",
        fix: "Name the security groups of the clients instead of an address block.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["Redshift.15"], hipaa: ["ACCSG"] },
        scope: "relation",
        on: [cluster, workgroup],
        judge: (resource, _parameters, stack) => {
            const port = resource.number("port") ?? usualPort;
            const property = resource.type === cluster ? "vpcSecurityGroupIds" : "securityGroupIds";
            const expected = `no way from the internet to port ${port}`;
            return groupsClosedToInternet(resource, property, stack, expected, (door) => opens(door, "tcp", port));
        },
    },
    {
        id: "redshift-audit-logging",
        title: "Every warehouse records who connected and what was tried",
        why: "Without it a leak can be seen in a newspaper and nowhere else.",
        fix: "Add a `redshift.Logging` for the cluster, to a bucket or to CloudWatch.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["Redshift.4"], hipaa: ["REST", "AUD"] },
        scope: "relation",
        on: [cluster],
        judge: (resource, _parameters, stack) =>
            stack.referrers(resource, "redshift/logging", "clusterIdentifier").length > 0
                ? compliant
                : violation("", "expected a Logging for the cluster, got none"),
    },
    {
        id: "redshift-user-activity-logging",
        title: "Warehouses record each statement",
        why: "Connection logs say who came; only this says what was read.",
        fix: "Set parameter `enable_user_activity_logging` = true.",
        severity: "medium",
        levels: standing.regulated,
        controls: { hipaa: ["AUD"] },
        on: ["redshift/parameterGroup"],
        judge: (resource) => {
            const value = parameterOf(resource, "enable_user_activity_logging");
            return value === "true" ? compliant : violation("parameters", `expected enable_user_activity_logging=true, got ${show(value)}`);
        },
    },
    {
        id: "redshift-snapshot-retention",
        title: "Warehouses keep enough days of snapshots",
        why: "A load that went wrong on Friday is found in Monday's report; the default is one day.",
        fix: "Raise `automatedSnapshotRetentionPeriod`.",
        severity: "medium",
        levels: standing.everywhere,
        controls: { fsbp: ["Redshift.3"], hipaa: ["BKP"] },
        parameters: { minimumDays: { about: "Days of snapshots.", default: { development: 1, production: 7, regulated: 14 } } },
        on: [cluster],
        judge: (resource, parameters) => {
            const minimum = atLeast(parameters.number("minimumDays"), "days");
            return expects(resource, "automatedSnapshotRetentionPeriod", { ...minimum, accepts: (value) => minimum.accepts(value ?? 1) });
        },
    },
    {
        id: "redshift-snapshot-copy",
        title: "Snapshots that go to another region stay under a key of your own",
        why: "A copy under AWS's key is a second set of the data, without your say over who reads it.",
        fix: "Make a `redshift.SnapshotCopyGrant` with `kmsKeyId` in the target region and name it in `snapshotCopyGrantName`.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["BKP", "REST"] },
        on: ["redshift/snapshotCopy", "redshift/snapshotCopyGrant"],
        judge: (resource) =>
            resource.type === "redshift/snapshotCopy"
                ? expects(resource, "snapshotCopyGrantName", present("a grant for a key of your own"))
                : expects(resource, "kmsKeyId", present("a key of your own")),
    },
    {
        id: "redshift-final-snapshot",
        title: "A warehouse that is deleted leaves a snapshot behind",
        why: "Its automated snapshots go with it.",
        fix: "Leave `skipFinalSnapshot` false and set `finalSnapshotIdentifier`.",
        severity: "high",
        levels: standing.resilience,
        controls: { hipaa: ["BKP"] },
        on: [cluster],
        judge: (resource) => expects(resource, "skipFinalSnapshot", notTrue),
    },
    {
        id: "redshift-version-upgrade",
        title: "Warehouses take new versions of the engine by themselves",
        why: "Versions are how holes in the engine are closed.",
        fix: "Leave `allowVersionUpgrade` out, and set `preferredMaintenanceWindow` to a quiet hour.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["Redshift.6"], hipaa: ["PATCH", "308(a)(7)(ii)(A)"] },
        on: [cluster],
        judge: (resource) => expects(resource, "allowVersionUpgrade", notFalse),
    },
    {
        id: "redshift-current-node-type",
        title: "Warehouses run on nodes that AWS still makes",
        why: "DC and DS nodes are no longer offered for new clusters, and keep their data on disks of one zone.",
        fix: 'Resize to RA3, "ra3.large" upwards, or move to Redshift Serverless.',
        severity: "medium",
        levels: standing.production,
        controls: {},
        on: [cluster],
        judge: (resource) =>
            isOldNode(resource)
                ? violation("nodeType", `expected an RA3 node or newer, got ${show(resource.text("nodeType"))}`)
                : compliant,
    },
    {
        id: "redshift-multi-az",
        title: "A warehouse survives the loss of its zone",
        why: "In one zone, its outage is a restore of the whole warehouse from a snapshot.",
        fix: "Set `multiAz: true`, or `availabilityZoneRelocationEnabled: true`, which costs nothing and takes minutes more.",
        severity: "medium",
        levels: standing.resilience,
        controls: { fsbp: ["Redshift.18"], hipaa: ["AVAIL"] },
        on: [cluster],
        judge: (resource) => {
            if (isOldNode(resource)) {
                return notApplicable("these nodes keep their data in one zone");
            }
            return resource.flag("multiAz") === true || resource.flag("availabilityZoneRelocationEnabled") === true
                ? compliant
                : violation("multiAz", "expected true, or availabilityZoneRelocationEnabled: true, got neither");
        },
    },
    {
        id: "redshift-subnet-group-multi-az",
        title: "Every subnet group of a warehouse spans two zones",
        why: "A cluster can be moved only to a zone that its subnet group has a subnet in.",
        fix: "Give `subnetIds` of two zones, three for `multiAz`.",
        severity: "medium",
        levels: standing.resilience,
        controls: { fsbp: ["Redshift.16"], hipaa: ["AVAIL"] },
        scope: "relation",
        on: ["redshift/subnetGroup"],
        judge: (resource, _parameters, stack) => spansZones(resource, "subnetIds", stack, 2),
    },
    {
        id: "redshift-managed-password",
        title: "No warehouse's password lies in the program's state",
        why: "The password is written into the state file and every backup of it.",
        fix: "Set `manageMasterPassword: true` (serverless: `manageAdminPassword`), or give `masterPasswordWo` (`adminUserPasswordWo`) from a secret.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["308(a)(5)(ii)(D)"] },
        on: [cluster, namespace],
        judge: (resource) =>
            resource.type === cluster
                ? expects(resource, "masterPassword", absent("manageMasterPassword or masterPasswordWo"))
                : expects(resource, "adminUserPassword", absent("manageAdminPassword or adminUserPasswordWo")),
    },
    {
        id: "redshift-non-default-admin",
        title: "The administrator of a warehouse has a name of its own",
        why: "With the usual name, half of the login is known.",
        fix: "Choose another `masterUsername` (serverless: `adminUsername`); on a cluster it cannot be changed later.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { fsbp: ["Redshift.8", "RedshiftServerless.5"] },
        on: [cluster, namespace],
        judge: (resource) =>
            resource.type === cluster && isRestored(resource)
                ? restored
                : expects(resource, resource.type === cluster ? "masterUsername" : "adminUsername", noneOf("awsuser", "admin")),
    },
    {
        id: "redshift-non-default-db",
        title: "The first database of a warehouse has a name of its own",
        why: "A client without a database name lands in `dev`, and so does whoever guesses.",
        fix: "Choose another `databaseName` (serverless: `dbName`); it cannot be changed later.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["Redshift.9", "RedshiftServerless.7"] },
        on: [cluster, namespace],
        judge: (resource) =>
            resource.type === cluster && isRestored(resource)
                ? restored
                : expects(resource, resource.type === cluster ? "databaseName" : "dbName", {
                      expected: `other than "${defaultDatabase}", the default`,
                      accepts: (value) => ![undefined, defaultDatabase].includes(value as string | undefined),
                  }),
    },
    {
        id: "redshift-non-default-port",
        title: "Warehouses do not listen on the port that everybody tries",
        why: "It keeps out nobody who looks, and much of the noise.",
        fix: "Set `port` to another one; RA3 nodes take 5431 to 5455 and 8191 to 8215.",
        severity: "low",
        levels: standing.onRequest,
        controls: {},
        on: [cluster, workgroup],
        judge: (resource) =>
            expects(resource, "port", {
                expected: `other than ${usualPort}, the default`,
                accepts: (value) => value !== undefined && Number(value) !== usualPort,
            }),
    },
    {
        id: "redshift-serverless-baseline",
        title: "Serverless warehouses route through the VPC, insist on TLS and keep logs",
        why: "Serverless has these switches in other places than a cluster, and all but TLS are off at first.",
        fix: 'Workgroup: `enhancedVpcRouting: true` and `require_ssl` not false; namespace: `logExports: ["connectionlog", "userlog"]`.',
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["RedshiftServerless.1", "RedshiftServerless.2", "RedshiftServerless.6"], hipaa: ["ACCNET"] },
        on: [workgroup, namespace],
        judge: (resource) => {
            if (resource.type === namespace) {
                const sent = resource.texts("logExports");
                return ["connectionlog", "userlog"].every((log) => sent.includes(log))
                    ? compliant
                    : violation(
                          "logExports",
                          `expected "connectionlog" and "userlog", got ${sent.length === 0 ? "nothing" : show(sent.join(", "))}`,
                      );
            }
            return all(
                () => expects(resource, "enhancedVpcRouting", isTrue),
                () => {
                    const setting = resource
                        .list("configParameters")
                        .find((parameter) => parameter.text("parameterKey") === "require_ssl")
                        ?.text("parameterValue");
                    return setting?.toLowerCase() === "false"
                        ? violation("configParameters", `expected require_ssl=true or nothing, got ${show(setting)}`)
                        : compliant;
                },
            );
        },
    },
    {
        id: "redshift-serverless-rpu-cap",
        title: "A serverless warehouse has a ceiling on what it may cost",
        why: "One bad join scales it up for as long as it runs.",
        fix: "Set `maxCapacity`, or add a `redshiftserverless.UsageLimit` for the workgroup.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        scope: "relation",
        on: [workgroup],
        judge: (resource, _parameters, stack) =>
            resource.has("maxCapacity") || stack.referrers(resource, "redshiftserverless/usageLimit", "resourceArn").length > 0
                ? compliant
                : violation("maxCapacity", "expected a ceiling or a UsageLimit, got neither"),
    },
];
