/** Glue and Athena: what is known about the data, and queries over it. */
import { absent, expects, isTrue, notFalse, oneOf, present, show } from "../core/conditions.ts";
import { credentialNamed } from "../core/credentials.ts";
import { all, compliant, each, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { allowsAnybody, documentAt } from "../core/policy-document.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import { Values } from "../core/values.ts";

const workgroup = "athena/workgroup";

function kindOfJob(job: ResourceView): string {
    return job.text("command.name") ?? "glueetl";
}

/** Names of arguments hold dots, so that they are no paths. */
function argumentsOf(job: ResourceView, property: string): readonly (readonly [string, Values])[] {
    return Object.entries((job.raw(property) ?? {}) as object).map(([name, value]) => [name, new Values(value, `${property}.${name}`)]);
}

/** Notebooks of the Spark engine keep no query results and count no scanned bytes. */
function isSpark(group: ResourceView): boolean {
    return (group.text("configuration.engineVersion.selectedEngineVersion") ?? "").startsWith("PySpark");
}

const spark = notApplicable("a workgroup of the Spark engine");

export const catalogs: readonly Rule[] = [
    {
        id: "glue-security-configuration-set",
        title: "Glue's jobs, crawlers and endpoints have a security configuration",
        why: "Without one, logs and bookmarks lie under keys that are not yours.",
        fix: "Make a `glue.SecurityConfiguration` and name it in `securityConfiguration`.",
        severity: "medium",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: ["glue/job", "glue/crawler", "glue/devEndpoint"],
        judge: (resource) => expects(resource, "securityConfiguration", present("a security configuration")),
    },
    {
        id: "glue-security-configuration-encrypted",
        title: "Security configurations of Glue encrypt logs, bookmarks and results",
        why: "A configuration that is named everywhere and encrypts nothing is the worst of both.",
        fix: 'Set `cloudwatchEncryptionMode: "SSE-KMS"`, `jobBookmarksEncryptionMode: "CSE-KMS"` and `s3EncryptionMode: "SSE-KMS"`, each with a key.',
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["REST"] },
        on: ["glue/securityConfiguration"],
        judge: (resource) => {
            const parts = [
                ["cloudwatchEncryption.cloudwatchEncryptionMode", oneOf("SSE-KMS")],
                ["jobBookmarksEncryption.jobBookmarksEncryptionMode", oneOf("CSE-KMS")],
                ["s3Encryption.s3EncryptionMode", oneOf("SSE-KMS", "SSE-S3")],
            ] as const;
            return each(parts, ([path, condition]) => expects(resource, `encryptionConfiguration.${path}`, condition));
        },
    },
    {
        id: "glue-catalog-encrypted",
        title: "The data catalogue and the passwords in it are encrypted",
        why: "Names of tables and columns say what there is to steal, and connections hold the passwords to it.",
        fix: 'Set `encryptionAtRest.catalogEncryptionMode: "SSE-KMS"` and `connectionPasswordEncryption.returnConnectionPasswordEncrypted: true`, each with a key.',
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["REST"] },
        on: ["glue/dataCatalogEncryptionSettings"],
        judge: (resource) =>
            all(
                () =>
                    expects(
                        resource,
                        "dataCatalogEncryptionSettings.encryptionAtRest.catalogEncryptionMode",
                        oneOf("SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE"),
                    ),
                () =>
                    expects(
                        resource,
                        "dataCatalogEncryptionSettings.connectionPasswordEncryption.returnConnectionPasswordEncrypted",
                        isTrue,
                    ),
            ),
    },
    {
        id: "glue-catalog-not-public",
        title: "The data catalogue is open to nobody unknown",
        why: "A catalogue that anybody may read is the map of all the data; one that anybody may change sends queries elsewhere.",
        fix: "Name accounts or roles as principals, or add a condition on aws:PrincipalOrgID.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        on: ["glue/resourcePolicy"],
        judge: (resource) =>
            each(documentAt(resource, "policy") ?? [], (statement) =>
                allowsAnybody(statement)
                    ? violation(statement.path, "expected named principals or a condition that leaves out strangers, got anybody")
                    : compliant,
            ),
    },
    {
        id: "glue-supported-version",
        title: "Glue's Spark jobs run a version that AWS still mends",
        why: "Versions before 3.0 get no more patches, and since April 2026 their jobs do not start.",
        fix: 'Set `glueVersion: "5.0"` or newer and try the job on it.',
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["Glue.4"], hipaa: ["PATCH"] },
        parameters: { minimum: { about: "Oldest version that is accepted.", default: "3.0" } },
        on: ["glue/job"],
        judge: (resource, parameters) => {
            if (!["glueetl", "gluestreaming"].includes(kindOfJob(resource))) {
                return notApplicable("not a Spark job");
            }
            const version = resource.text("glueVersion");
            if (version === undefined) {
                return notApplicable("AWS chooses the version");
            }
            return Number.parseFloat(version) >= Number.parseFloat(parameters.text("minimum"))
                ? compliant
                : violation("glueVersion", `expected ${parameters.text("minimum")} or newer, got ${show(version)}`);
        },
    },
    {
        id: "glue-job-no-secrets",
        title: "No Glue job is given a credential as an argument",
        why: "Arguments are shown in the console, in the logs and to whoever may read the job.",
        fix: "Pass the name of a secret, and let the job read it from Secrets Manager.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["308(a)(5)(ii)(D)"] },
        on: ["glue/job"],
        judge: (resource) =>
            each(["defaultArguments", "nonOverridableArguments"], (property) =>
                each(argumentsOf(resource, property), ([name, value]) => {
                    const text = value.text("");
                    const kind = text === undefined ? undefined : credentialNamed(name.replace(/^--/, ""), text);
                    return kind === undefined ? compliant : violation(value.path, `expected the name of a secret, got ${kind}`);
                }),
            ),
    },
    {
        id: "glue-connection-ssl",
        title: "Glue connects to databases over TLS",
        why: "A JDBC connection sends password and rows in the clear unless it is told not to.",
        fix: 'Set `connectionProperties: { JDBC_ENFORCE_SSL: "true" }`.',
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["TRANSIT"] },
        on: ["glue/connection"],
        judge: (resource) => {
            switch (resource.text("connectionType") ?? "JDBC") {
                case "JDBC":
                    return expects(resource, "connectionProperties.JDBC_ENFORCE_SSL", isTrue);
                case "KAFKA":
                    return expects(resource, "connectionProperties.KAFKA_SSL_ENABLED", notFalse);
                default:
                    return notApplicable("decided elsewhere on this kind of connection");
            }
        },
    },
    {
        id: "glue-connection-no-password",
        title: "No Glue connection holds a password",
        why: "Whoever may call GetConnection reads it, and so does whoever reads the program's state.",
        fix: "Put user and password into Secrets Manager and set `SECRET_ID` in `connectionProperties`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["308(a)(5)(ii)(D)"] },
        on: ["glue/connection"],
        judge: (resource) =>
            each(["PASSWORD", "KAFKA_SASL_SCRAM_PASSWORD", "KAFKA_CLIENT_KEYSTORE_PASSWORD"], (name) =>
                expects(resource, `connectionProperties.${name}`, absent("a secret's name in SECRET_ID")),
            ),
    },
    {
        id: "athena-workgroup-encrypted",
        title: "Athena's workgroups say how results are encrypted",
        why: "Left open, results lie under whatever the bucket's default key is today, and each client may choose another.",
        fix: 'Set `configuration.resultConfiguration.encryptionConfiguration` to "SSE_KMS" and a key, or use managed query results.',
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["Athena.1"], hipaa: ["REST"] },
        on: [workgroup],
        judge: (resource) =>
            // Managed results lie in AWS's own storage, always encrypted.
            resource.flag("configuration.managedQueryResultsConfiguration.enabled") === true
                ? compliant
                : expects(
                      resource,
                      "configuration.resultConfiguration.encryptionConfiguration.encryptionOption",
                      oneOf("SSE_S3", "SSE_KMS", "CSE_KMS"),
                  ),
    },
    {
        id: "athena-enforce-workgroup",
        title: "Athena's workgroups overrule what clients ask for",
        why: "Otherwise a client may write its results, unencrypted, into any bucket.",
        fix: "Leave `configuration.enforceWorkgroupConfiguration` out or true.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["REST"] },
        on: [workgroup],
        judge: (resource) => expects(resource, "configuration.enforceWorkgroupConfiguration", notFalse),
    },
    {
        id: "athena-database-encrypted",
        title: "What Athena writes when it makes a database is encrypted as you say",
        why: "The query that makes the database writes its result into the bucket like any other.",
        fix: "Set `encryptionConfiguration`, or name a `workgroup` that decides it.",
        severity: "medium",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: ["athena/database"],
        judge: (resource) =>
            resource.has("workgroup")
                ? notApplicable("its workgroup decides")
                : expects(resource, "encryptionConfiguration.encryptionOption", oneOf("SSE_S3", "SSE_KMS", "CSE_KMS")),
    },
    {
        id: "athena-workgroup-logging",
        title: "Athena's workgroups report their queries to CloudWatch",
        why: "Scanned bytes and failed queries are first seen there, and nobody can alarm on what is not measured.",
        fix: "Leave `configuration.publishCloudwatchMetricsEnabled` out or true.",
        severity: "low",
        levels: standing.production,
        controls: { fsbp: ["Athena.4"], hipaa: ["AUD"] },
        on: [workgroup],
        judge: (resource) => expects(resource, "configuration.publishCloudwatchMetricsEnabled", notFalse),
    },
    {
        id: "athena-scan-limit",
        title: "No single query may scan without limit",
        why: "Athena is paid by the byte that is scanned, and a query without a partition scans everything.",
        fix: "Set `configuration.bytesScannedCutoffPerQuery`, 1099511627776 for a tebibyte.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        on: [workgroup],
        judge: (resource) =>
            isSpark(resource) ? spark : expects(resource, "configuration.bytesScannedCutoffPerQuery", present("a limit in bytes")),
    },
];
