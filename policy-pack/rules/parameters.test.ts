import { describeRule } from "../testing.ts";

const parameter = "ssm/parameter";
const document = "ssm/document";
const setting = "ssm/serviceSetting";

describeRule({
    rule: "ssm-parameter-secure-string",
    type: parameter,
    compliant: { name: "/shop/database/password", type: "SecureString", value: "hunter2hunter2" },
    alsoCompliant: [
        { change: { name: "/shop/url", type: "String", value: "https://shop.example.com" } },
        // Where a secret lies is no secret.
        { change: { type: "String", value: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop" } },
        { change: { name: "/shop/hosts", type: "StringList", value: "a,b" } },
    ],
    violations: [
        { change: { type: "String" }, says: ['type  expected "SecureString" for what its name calls a secret, got "String"'] },
        {
            change: { name: "/shop/partner", type: "StringList", value: undefined, insecureValue: "AKIAIOSFODNN7EXAMPLE" },
            says: ['type  expected "SecureString" for an AWS access key id, got "StringList"'],
        },
    ],
    unknownIsFine: ["name", "value", "insecureValue"],
    secrets: ["hunter2hunter2", "AKIAIOSFODNN7EXAMPLE"],
});

describeRule({
    rule: "ssm-parameter-secure-string",
    type: parameter,
    compliant: { name: "/shop/flags", type: "String", value: "on" },
    violations: [
        {
            change: { value: "-----BEGIN RSA PRIVATE KEY-----" },
            says: ['type  expected "SecureString" for a private key, got "String"'],
        },
    ],
});

describeRule({
    rule: "ssm-parameter-cmk",
    type: parameter,
    compliant: { type: "SecureString", keyId: "alias/secrets" },
    violations: [
        { change: { keyId: undefined }, says: ["keyId  expected a KMS key, got nothing"] },
        { change: { keyId: "alias/aws/ssm" }, says: ['keyId  expected a key of your own, got "alias/aws/ssm"'] },
    ],
    notApplicable: [{ change: { type: "String", keyId: undefined } }],
    unknownIsFine: ["keyId"],
});

describeRule({
    rule: "ssm-document-not-public",
    type: document,
    compliant: { permissions: { type: "Share", accountIds: "123456789012,210987654321" } },
    alsoCompliant: [{ change: { permissions: undefined } }],
    violations: [
        {
            change: { permissions: { type: "Share", accountIds: "All" } },
            says: ['permissions.accountIds  expected account ids, got "All"'],
        },
        {
            change: { permissions: { type: "Share", accountIds: "123456789012, all" } },
            says: ['permissions.accountIds  expected account ids, got "All"'],
        },
    ],
});

const sharing = "/ssm/documents/console/public-sharing-permission";

describeRule({
    rule: "ssm-document-not-public",
    type: setting,
    compliant: { settingId: sharing, settingValue: "Disable" },
    alsoCompliant: [{ change: { settingId: `arn:aws:ssm:eu-west-1:123456789012:servicesetting${sharing}` } }],
    violations: [{ change: { settingValue: "Enable" }, says: ['settingValue  expected "Disable", got "Enable"'] }],
    notApplicable: [{ change: { settingId: "/ssm/parameter-store/high-throughput-enabled" } }],
});

const run = (...lines: readonly string[]) => ({
    content: JSON.stringify({
        schemaVersion: "2.2",
        mainSteps: [{ action: "aws:runShellScript", name: "run", inputs: { runCommand: [lines.join("\n")] } }],
    }),
});

describeRule({
    rule: "ssm-document-no-credentials",
    type: document,
    compliant: run("systemctl restart shop", "export DB_PASSWORD={{ssm-secure:shop}}"),
    violations: [
        {
            change: run("aws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE"),
            says: ["content  expected a reference to a secret, got an AWS access key id"],
        },
        {
            change: run("set -eu", "export DB_PASSWORD=hunter2hunter2", "shop migrate"),
            says: ["content  expected a reference to a secret, got what its name calls a secret"],
        },
    ],
    secrets: ["hunter2hunter2", "AKIAIOSFODNN7EXAMPLE"],
});

const inputs = { cloudWatchLogGroupName: "/shop/sessions", cloudWatchEncryptionEnabled: true, kmsKeyId: "alias/sessions" };
const session = (more: object, sessionType = "Standard_Stream") => ({
    documentType: "Session",
    content: JSON.stringify({ schemaVersion: "1.0", sessionType, inputs: { ...inputs, ...more } }),
});

describeRule({
    rule: "ssm-session-logging",
    type: document,
    compliant: session({}),
    alsoCompliant: [
        { change: session({ cloudWatchLogGroupName: "", s3BucketName: "sessions", s3EncryptionEnabled: true }) },
        {
            change: {
                documentFormat: "YAML",
                content: [
                    "schemaVersion: '1.0'",
                    "sessionType: Standard_Stream",
                    "inputs:",
                    "  kmsKeyId: alias/sessions",
                    "  s3BucketName: sessions",
                    "  s3EncryptionEnabled: true",
                ].join("\n"),
            },
        },
    ],
    violations: [
        {
            change: session({ cloudWatchLogGroupName: "" }),
            says: ["content.inputs  expected a log group or a bucket for what is typed, got neither"],
        },
        { change: session({ kmsKeyId: "" }), says: ["content.inputs.kmsKeyId  expected a KMS key, got nothing"] },
        {
            change: session({ cloudWatchEncryptionEnabled: false, s3BucketName: "sessions" }),
            says: [
                "content.inputs.cloudWatchEncryptionEnabled  expected true beside cloudWatchLogGroupName, got false",
                "content.inputs.s3EncryptionEnabled  expected true beside s3BucketName, got nothing",
            ],
        },
        { change: { content: "null" }, says: ["content  expected JSON or YAML, got other text"] },
        { change: { content: "only words" }, says: ["content  expected JSON or YAML, got other text"] },
        { change: { content: "a: [" }, says: ["content  expected JSON or YAML, got other text"] },
    ],
    notApplicable: [{ change: { documentType: "Command" } }, { change: session({ cloudWatchLogGroupName: "" }, "Port") }],
});

describeRule({
    rule: "ssm-automation-logging",
    type: setting,
    compliant: { settingId: "/ssm/automation/customer-script-log-destination", settingValue: "CloudWatch" },
    violations: [{ change: { settingValue: "None" }, says: ['settingValue  expected "CloudWatch", got "None"'] }],
    notApplicable: [{ change: { settingId: sharing, settingValue: "Enable" } }],
});
