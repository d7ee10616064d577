/** SSM parameters and documents, and the settings of Systems Manager. */
import { expects, oneOf, present } from "../core/conditions.ts";
import { credentialInScript, credentialNamed } from "../core/credentials.ts";
import { all, compliant, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import { Values } from "../core/values.ts";
import { parseYaml } from "../core/yaml.ts";

const parameter = "ssm/parameter";
const document = "ssm/document";
const setting = "ssm/serviceSetting";

/** The setting's path, whether the program wrote it alone or in an ARN. */
function settingOf(resource: ResourceView): string {
    return (resource.text("settingId") ?? "").replace(/^arn:.*:servicesetting\//, "/");
}

/** The content of a document, which SSM takes as JSON and as YAML; JSON is YAML too. Undefined where it is neither. */
function contentOf(resource: ResourceView): Values | undefined {
    try {
        const content: unknown = parseYaml(resource.text("content") ?? "");
        return content !== null && typeof content === "object" ? new Values(content, "content") : undefined;
    } catch (problem) {
        if (problem instanceof Error) {
            return undefined;
        }
        throw problem;
    }
}

export const parameters: readonly Rule[] = [
    {
        id: "ssm-parameter-secure-string",
        title: "What is secret is a SecureString",
        why: "A parameter of type String is shown in the console and in every list to whoever may look.",
        fix: 'Set `type: "SecureString"`, or keep it in Secrets Manager; changing the type replaces the parameter\'s value, not its name.',
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["REST"] },
        on: [parameter],
        judge: (resource) => {
            const type = resource.text("type");
            if (type === "SecureString") {
                return compliant;
            }
            const name = (resource.isUnknown("name") ? undefined : resource.text("name")) ?? resource.name;
            const value = resource.text("value") ?? resource.text("insecureValue") ?? "";
            const kind = credentialNamed(name.slice(name.lastIndexOf("/") + 1), value);
            return kind === undefined ? compliant : violation("type", `expected "SecureString" for ${kind}, got "${type}"`);
        },
    },
    {
        id: "ssm-parameter-cmk",
        title: "Every SecureString is encrypted with a key of your own",
        why: "The account's default key lets every principal of the account read whatever their own policy allows.",
        fix: "Set `keyId` to your key.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: [parameter],
        judge: (resource) =>
            resource.text("type") === "SecureString"
                ? all(
                      () => expects(resource, "keyId", present("a KMS key")),
                      () =>
                          !resource.isUnknown("keyId") && resource.text("keyId") === "alias/aws/ssm"
                              ? violation("keyId", 'expected a key of your own, got "alias/aws/ssm"')
                              : compliant,
                  )
                : notApplicable("no SecureString"),
    },
    {
        id: "ssm-document-not-public",
        title: "No document of Systems Manager is shared with everybody",
        why: "Documents hold paths, addresses and commands of the inside, and the account's name with them.",
        fix: 'Name accounts in `permissions.accountIds`; the setting for public sharing belongs on "Disable".',
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["SSM.4", "SSM.7"], hipaa: ["ACCNET"] },
        on: [document, setting],
        judge: (resource) => {
            if (resource.type === setting) {
                return settingOf(resource) === "/ssm/documents/console/public-sharing-permission"
                    ? expects(resource, "settingValue", oneOf("Disable"))
                    : notApplicable("another setting");
            }
            const accounts = (resource.text("permissions.accountIds") ?? "").split(",").map((account) => account.trim());
            return accounts.some((account) => account.toLowerCase() === "all")
                ? violation("permissions.accountIds", 'expected account ids, got "All"')
                : compliant;
        },
    },
    {
        id: "ssm-document-no-credentials",
        title: "No document of Systems Manager holds a credential",
        why: "Whoever may start a document may read it, and each start writes its text into the history.",
        fix: "Read the secret where it is used: `{{ssm-secure:name}}` in plugins that take it, else by the instance's role.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["308(a)(5)(ii)(D)"] },
        on: [document],
        judge: (resource) => {
            const kind = credentialInScript((resource.text("content") ?? "").replaceAll("\\n", "\n"));
            return kind === undefined ? compliant : violation("content", `expected a reference to a secret, got ${kind}`);
        },
    },
    {
        id: "ssm-session-logging",
        title: "Every shell session is recorded and encrypted with a key of your own",
        why: "After an incident, what was typed is known only if the session document said where to write it.",
        fix: "Set `cloudWatchLogGroupName` or `s3BucketName`, its `…EncryptionEnabled`, and `kmsKeyId` in the document's inputs.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["AUD"] },
        on: [document],
        judge: (resource) => {
            if (resource.text("documentType") !== "Session") {
                return notApplicable("no session document");
            }
            const content = contentOf(resource);
            if (content === undefined) {
                return violation("content", "expected JSON or YAML, got other text");
            }
            if (content.text("sessionType") === "Port") {
                return notApplicable("a forwarded port carries a protocol of its own, which Session Manager cannot record");
            }
            const logged = content.has("inputs.cloudWatchLogGroupName") || content.has("inputs.s3BucketName");
            return all(
                () => (logged ? compliant : violation("content.inputs", "expected a log group or a bucket for what is typed, got neither")),
                () => expects(content, "inputs.kmsKeyId", present("a KMS key")),
                () => encrypted(content, "cloudWatchLogGroupName", "cloudWatchEncryptionEnabled"),
                () => encrypted(content, "s3BucketName", "s3EncryptionEnabled"),
            );
        },
    },
    {
        id: "ssm-automation-logging",
        title: "Where the setting is managed, what automations run is logged",
        why: "Scripts in runbooks change accounts; their output is gone with the execution's page unless it goes to CloudWatch.",
        fix: 'Set `settingValue: "CloudWatch"`.',
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["SSM.6"], hipaa: ["AUD"] },
        on: [setting],
        judge: (resource) =>
            settingOf(resource) === "/ssm/automation/customer-script-log-destination"
                ? expects(resource, "settingValue", oneOf("CloudWatch"))
                : notApplicable("another setting"),
    },
];

/** The flags make Session Manager refuse a target that is not encrypted. */
function encrypted(content: Values, target: string, flag: string) {
    return !content.has(`inputs.${target}`) || content.flag(`inputs.${flag}`) === true
        ? compliant
        : violation(`content.inputs.${flag}`, `expected true beside ${target}, got ${String(content.raw(`inputs.${flag}`) ?? "nothing")}`);
}
