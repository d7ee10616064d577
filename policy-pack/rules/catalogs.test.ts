import { unknown } from "../core/values.ts";
import { describeOn, describeRule } from "../testing.ts";

const workgroup = "athena/workgroup";
const job = "glue/job";

describeOn([job, "glue/crawler", "glue/devEndpoint"], {
    rule: "glue-security-configuration-set",
    compliant: { securityConfiguration: "encrypted" },
    violations: [
        { change: { securityConfiguration: undefined }, says: ["securityConfiguration  expected a security configuration, got nothing"] },
    ],
    unknownIsFine: ["securityConfiguration"],
});

const encryption = (cloudwatch: string, bookmarks: string, s3: string) => ({
    encryptionConfiguration: {
        cloudwatchEncryption: { cloudwatchEncryptionMode: cloudwatch },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: bookmarks },
        s3Encryption: { s3EncryptionMode: s3 },
    },
});

describeRule({
    rule: "glue-security-configuration-encrypted",
    type: "glue/securityConfiguration",
    compliant: encryption("SSE-KMS", "CSE-KMS", "SSE-KMS"),
    alsoCompliant: [{ change: encryption("SSE-KMS", "CSE-KMS", "SSE-S3") }],
    violations: [
        {
            change: encryption("DISABLED", "CSE-KMS", "SSE-KMS"),
            says: ['encryptionConfiguration.cloudwatchEncryption.cloudwatchEncryptionMode  expected "SSE-KMS", got "DISABLED"'],
        },
        {
            change: { encryptionConfiguration: {} },
            says: [
                'encryptionConfiguration.cloudwatchEncryption.cloudwatchEncryptionMode  expected "SSE-KMS", got nothing',
                'encryptionConfiguration.jobBookmarksEncryption.jobBookmarksEncryptionMode  expected "CSE-KMS", got nothing',
                'encryptionConfiguration.s3Encryption.s3EncryptionMode  expected "SSE-KMS" or "SSE-S3", got nothing',
            ],
        },
    ],
});

const settings = (mode: string, passwords: boolean) => ({
    dataCatalogEncryptionSettings: {
        encryptionAtRest: { catalogEncryptionMode: mode },
        connectionPasswordEncryption: { returnConnectionPasswordEncrypted: passwords },
    },
});

describeRule({
    rule: "glue-catalog-encrypted",
    type: "glue/dataCatalogEncryptionSettings",
    compliant: settings("SSE-KMS", true),
    alsoCompliant: [{ change: settings("SSE-KMS-WITH-SERVICE-ROLE", true) }],
    violations: [
        {
            change: settings("DISABLED", false),
            says: [
                'dataCatalogEncryptionSettings.encryptionAtRest.catalogEncryptionMode  expected "SSE-KMS" or "SSE-KMS-WITH-SERVICE-ROLE", got "DISABLED"',
                "dataCatalogEncryptionSettings.connectionPasswordEncryption.returnConnectionPasswordEncrypted  expected true, got false",
            ],
        },
    ],
});

const policy = (principal: unknown, more: object = {}) =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Principal: principal, Action: "glue:Get*", Resource: "*", ...more }] });

describeRule({
    rule: "glue-catalog-not-public",
    type: "glue/resourcePolicy",
    compliant: { policy: policy({ AWS: "arn:aws:iam::123456789012:root" }) },
    alsoCompliant: [
        { change: { policy: policy("*", { Effect: "Deny" }) } },
        { change: { policy: policy("*", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-abc" } } }) } },
    ],
    violations: [
        {
            change: { policy: policy({ AWS: "*" }) },
            says: ["policy.Statement[0]  expected named principals or a condition that leaves out strangers, got anybody"],
        },
    ],
});

describeRule({
    rule: "glue-supported-version",
    type: job,
    compliant: { glueVersion: "5.0", command: { scriptLocation: "s3://scripts/a.py" } },
    alsoCompliant: [{ change: { glueVersion: "3.0", command: { name: "gluestreaming" } } }, { change: { glueVersion: "10.0" } }],
    violations: [{ change: { glueVersion: "2.0" }, says: ['glueVersion  expected 3.0 or newer, got "2.0"'] }],
    notApplicable: [
        { change: { glueVersion: undefined } },
        { change: { glueVersion: "1.0", command: { name: "pythonshell", pythonVersion: "3.9" } } },
    ],
});

describeRule({
    rule: "glue-job-no-secrets",
    type: job,
    compliant: { defaultArguments: { "--db-secret-name": "shop/database", "--password": "arn:aws:secretsmanager:eu-west-1:1:secret:x" } },
    alsoCompliant: [{ change: { defaultArguments: undefined } }],
    violations: [
        {
            change: { defaultArguments: { "--table": unknown, "--db_password": "correct-horse" } },
            says: ["defaultArguments.--db_password  expected the name of a secret, got what its name calls a secret"],
        },
        {
            change: { defaultArguments: { "--shop.db.password": "correct-horse" } },
            says: ["defaultArguments.--shop.db.password  expected the name of a secret, got what its name calls a secret"],
        },
        {
            change: { nonOverridableArguments: { "--source": "postgres://etl:correct-horse@db.example.com/shop" } },
            says: ["nonOverridableArguments.--source  expected the name of a secret, got a URL with a password in it"],
        },
    ],
    secrets: ["correct-horse"],
});

describeRule({
    rule: "glue-connection-ssl",
    type: "glue/connection",
    compliant: { connectionProperties: { JDBC_CONNECTION_URL: "jdbc:postgresql://db/shop", JDBC_ENFORCE_SSL: "true" } },
    alsoCompliant: [{ change: { connectionType: "KAFKA", connectionProperties: { KAFKA_BOOTSTRAP_SERVERS: "b-1:9094" } } }],
    violations: [
        {
            change: { connectionProperties: { JDBC_CONNECTION_URL: "jdbc:postgresql://db/shop" } },
            says: ["connectionProperties.JDBC_ENFORCE_SSL  expected true, got nothing"],
        },
        {
            change: { connectionType: "KAFKA", connectionProperties: { KAFKA_SSL_ENABLED: "false" } },
            says: ['connectionProperties.KAFKA_SSL_ENABLED  expected true or nothing, got "false"'],
        },
    ],
    notApplicable: [{ change: { connectionType: "NETWORK" } }],
});

describeRule({
    rule: "glue-connection-no-password",
    type: "glue/connection",
    compliant: { connectionProperties: { JDBC_CONNECTION_URL: "jdbc:postgresql://db/shop", SECRET_ID: "shop/database" } },
    alsoCompliant: [{ change: { connectionProperties: undefined } }],
    violations: [
        {
            change: { connectionProperties: { USERNAME: "etl", PASSWORD: "correct-horse" } },
            says: ["connectionProperties.PASSWORD  expected a secret's name in SECRET_ID, got one"],
        },
        ...["KAFKA_SASL_SCRAM_PASSWORD", "KAFKA_CLIENT_KEYSTORE_PASSWORD"].map((name) => ({
            change: { connectionType: "KAFKA", connectionProperties: { [name]: "correct-horse" } },
            says: [`connectionProperties.${name}  expected a secret's name in SECRET_ID, got one`],
        })),
    ],
    unknownIsFine: ["connectionType"],
    secrets: ["correct-horse"],
});

const results = (encryptionOption: string) => ({
    configuration: { resultConfiguration: { outputLocation: "s3://results/", encryptionConfiguration: { encryptionOption } } },
});

describeRule({
    rule: "athena-workgroup-encrypted",
    type: workgroup,
    compliant: results("SSE_KMS"),
    alsoCompliant: [{ change: results("SSE_S3") }, { change: { configuration: { managedQueryResultsConfiguration: { enabled: true } } } }],
    violations: [
        {
            change: { configuration: { resultConfiguration: { outputLocation: "s3://results/" } } },
            says: [
                'configuration.resultConfiguration.encryptionConfiguration.encryptionOption  expected "SSE_S3", "SSE_KMS" or "CSE_KMS", got nothing',
            ],
        },
    ],
});

describeRule({
    rule: "athena-enforce-workgroup",
    type: workgroup,
    compliant: {},
    violations: [
        {
            change: { configuration: { enforceWorkgroupConfiguration: false } },
            says: ["configuration.enforceWorkgroupConfiguration  expected true or nothing, got false"],
        },
    ],
});

describeRule({
    rule: "athena-database-encrypted",
    type: "athena/database",
    compliant: { bucket: "results", encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKey: "arn" } },
    violations: [
        {
            change: { encryptionConfiguration: undefined },
            says: ['encryptionConfiguration.encryptionOption  expected "SSE_S3", "SSE_KMS" or "CSE_KMS", got nothing'],
        },
    ],
    notApplicable: [{ change: { encryptionConfiguration: undefined, workgroup: "analysts" } }],
});

describeRule({
    rule: "athena-workgroup-logging",
    type: workgroup,
    compliant: {},
    violations: [
        {
            change: { configuration: { publishCloudwatchMetricsEnabled: false } },
            says: ["configuration.publishCloudwatchMetricsEnabled  expected true or nothing, got false"],
        },
    ],
});

describeRule({
    rule: "athena-scan-limit",
    type: workgroup,
    compliant: { configuration: { bytesScannedCutoffPerQuery: 1_099_511_627_776 } },
    violations: [
        {
            change: { configuration: undefined },
            says: ["configuration.bytesScannedCutoffPerQuery  expected a limit in bytes, got nothing"],
        },
    ],
    notApplicable: [{ change: { configuration: { engineVersion: { selectedEngineVersion: "PySpark engine version 3" } } } }],
});
