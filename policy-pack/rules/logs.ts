/** CloudWatch Logs: how long they are kept, under which key, and who may write or read them. */
import { expects, present } from "../core/conditions.ts";
import { compliant, type Finding, notApplicable, violation } from "../core/finding.ts";
import { fromJson } from "../core/json.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import { letsNobodyIn } from "../core/resource-policy.ts";
import type { Parameters, Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import { findTag, tagOf, tagWord } from "../core/tags.ts";
import { UnknownValue, unknownSentinels } from "../core/values.ts";

const group = "cloudwatch/logGroup";

function isSensitive(resource: ResourceView, parameters: Parameters): boolean {
    const key = findTag(resource, (each) => parameters.texts("tags").includes(tagWord(each)));
    return key !== undefined && parameters.texts("values").includes((tagOf(resource, key) ?? "").toLowerCase());
}

/** Whether a data protection policy masks what it finds: one that only counts leaves it readable. */
function masks(policy: ResourceView): boolean {
    const operations = statementsOf(policy.raw("policyDocument")).map((statement) => statement.Operation);
    const found = operations.some((operation) => typeof operation === "object" && operation !== null && "Deidentify" in operation);
    if (!found && operations.some((operation) => unknownSentinels.has(operation))) {
        throw new UnknownValue("policyDocument");
    }
    return found;
}

function statementsOf(raw: unknown): readonly { readonly Operation?: unknown }[] {
    const document = fromJson(raw) as { readonly Statement?: unknown } | undefined;
    return [document?.Statement ?? []].flat() as { readonly Operation?: unknown }[];
}

function judgeProtection(resource: ResourceView, parameters: Parameters, stack: StackView): Finding {
    if (resource.type !== group) {
        return masks(resource)
            ? compliant
            : violation("policyDocument", "expected a statement with the operation Deidentify, got none: what is found stays readable");
    }
    if (!isSensitive(resource, parameters)) {
        return notApplicable("not tagged as sensitive");
    }
    const ofAccount = stack.ofType("cloudwatch/logAccountPolicy").some((each) => each.text("policyType") === "DATA_PROTECTION_POLICY");
    return ofAccount || stack.referrers(resource, "cloudwatch/logDataProtectionPolicy", "logGroupName").length > 0
        ? compliant
        : violation("", "expected a LogDataProtectionPolicy for what is tagged as sensitive, got none");
}

export const logs: readonly Rule[] = [
    {
        id: "log-group-retention",
        title: "Every log group keeps its logs long enough, and not for ever",
        why: "Too short, and the question asked after a month has no answer; left out, logs are kept and paid for until somebody looks at the bill.",
        fix: "Set `retentionInDays` (Terrace: `environment.logRetentionDays`); 2192 days are the six years of HIPAA's documentation.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["AUD"] },
        link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        parameters: {
            minimumDays: { about: "Days that logs must be kept.", default: { development: 1, production: 30, regulated: 365 } },
            forever: { about: "Whether keeping them for ever is right.", default: false },
        },
        on: [group],
        judge: (resource, parameters) => {
            if (resource.text("logGroupClass") === "DELIVERY") {
                return notApplicable("AWS keeps this class for two days, whatever is written");
            }
            const days = resource.number("retentionInDays") ?? 0;
            const minimum = parameters.number("minimumDays");
            const good = days === 0 ? parameters.flag("forever") : days >= minimum;
            return good
                ? compliant
                : violation("retentionInDays", `expected at least ${minimum} days, got ${days === 0 ? "for ever" : days}`);
        },
    },
    {
        id: "log-group-kms",
        title: "Every log group is encrypted with a KMS key",
        why: "Logs hold what programs were given: addresses, names, sometimes tokens.",
        fix: "Set `kmsKeyId`; the key's policy must let logs.<region>.amazonaws.com use it.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: [group],
        judge: (resource) => expects(resource, "kmsKeyId", present("a KMS key")),
    },
    {
        id: "log-group-data-protection",
        title: "Logs that are tagged as sensitive have their personal data masked",
        why: "Everybody who may read a log reads the names and numbers in it; masked, only who holds logs:Unmask does.",
        fix: "Add a `cloudwatch.LogDataProtectionPolicy` whose statements have the operations Audit and Deidentify.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["ACC"] },
        link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html",
        parameters: {
            tags: {
                about: "Ends of the keys of tags that say how sensitive something is.",
                default: ["dataclass", "dataclassification", "classification", "sensitivity", "confidentiality"],
            },
            values: { about: "Values that mean personal data.", default: ["phi", "pii", "sensitive", "confidential", "restricted"] },
        },
        scope: "relation",
        on: [group, "cloudwatch/logDataProtectionPolicy"],
        judge: judgeProtection,
    },
    {
        id: "log-policy-not-public",
        title: "No policy of CloudWatch Logs lets in everybody",
        why: "Who may write to a group can bury what happened; who may subscribe to a destination gets a copy of all that passes.",
        fix: "Name the service or the account in `Principal`, or put a condition on aws:SourceAccount or aws:PrincipalOrgID.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        on: ["cloudwatch/logResourcePolicy", "cloudwatch/logDestinationPolicy"],
        judge: (resource) =>
            letsNobodyIn(resource, resource.type === "cloudwatch/logDestinationPolicy" ? "accessPolicy" : "policyDocument"),
    },
];
