import { expect } from "chai";
import { describe, it } from "mocha";
import { attempt } from "../core/finding.ts";
import { Parameters } from "../core/rule.ts";
import { StackView } from "../core/stack.ts";
import { unknown } from "../core/values.ts";
import { describeRule, resourceOf, subject, testDay } from "../testing.ts";
import { logs } from "./logs.ts";

const type = "cloudwatch/logGroup";

describeRule({
    rule: "log-group-retention",
    type,
    compliant: { retentionInDays: 365 },
    alsoCompliant: [{ change: { retentionInDays: 2192 } }],
    violations: [
        { change: { retentionInDays: 364 }, says: ["retentionInDays  expected at least 365 days, got 364"] },
        { change: { retentionInDays: 0 }, says: ["retentionInDays  expected at least 365 days, got for ever"] },
        { change: { retentionInDays: undefined }, says: ["retentionInDays  expected at least 365 days, got for ever"] },
    ],
    notApplicable: [{ change: { logGroupClass: "DELIVERY", retentionInDays: undefined } }],
});

describeRule({
    rule: "log-group-retention",
    type,
    parameters: { minimumDays: 30, forever: true },
    compliant: { retentionInDays: 30 },
    alsoCompliant: [{ change: { retentionInDays: undefined } }],
    violations: [{ change: { retentionInDays: 14 }, says: ["retentionInDays  expected at least 30 days, got 14"] }],
});

describeRule({
    rule: "log-group-kms",
    type,
    compliant: { kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1" },
    violations: [{ change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a KMS key, got nothing"] }],
    unknownIsFine: ["kmsKeyId"],
});

const masking = { name: "masking", type: "cloudwatch/logDataProtectionPolicy", links: { logGroupName: subject } };
const unprotected = "expected a LogDataProtectionPolicy for what is tagged as sensitive, got none";

describeRule({
    rule: "log-group-data-protection",
    type,
    compliant: { tags: { "acme:data-class": "PHI" } },
    others: [masking],
    alsoCompliant: [
        { others: [{ name: "account", type: "cloudwatch/logAccountPolicy", props: { policyType: "DATA_PROTECTION_POLICY" } }] },
    ],
    violations: [
        { others: [], says: [unprotected] },
        { others: [{ ...masking, links: {} }], says: [unprotected] },
        {
            others: [{ name: "account", type: "cloudwatch/logAccountPolicy", props: { policyType: "SUBSCRIPTION_FILTER_POLICY" } }],
            says: [unprotected],
        },
        { change: { tags: { classification: "confidential" } }, others: [], says: [unprotected] },
    ],
    notApplicable: [{ change: { tags: { "acme:data-class": "public" } } }, { change: { tags: { team: "phi" } } }],
});

const protection = (...operations: readonly unknown[]) => ({
    policyDocument: JSON.stringify({
        Name: "personal",
        Version: "2021-06-01",
        Statement: operations.map((Operation) => ({
            DataIdentifier: ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"],
            Operation,
        })),
    }),
});
const audit = { Audit: { FindingsDestination: {} } };

describeRule({
    rule: "log-group-data-protection",
    type: "cloudwatch/logDataProtectionPolicy",
    compliant: protection(audit, { Deidentify: { MaskConfig: {} } }),
    violations: [
        {
            change: protection(audit),
            says: ["policyDocument  expected a statement with the operation Deidentify, got none: what is found stays readable"],
        },
    ],
});

const everybody = "expected named principals, or a condition on the account or organisation, got everybody";
const allowing = (Principal: unknown, more: object = {}) =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Principal, Action: "logs:PutLogEvents", Resource: "*", ...more }] });

describeRule({
    rule: "log-policy-not-public",
    type: "cloudwatch/logResourcePolicy",
    compliant: { policyDocument: allowing({ Service: "es.amazonaws.com" }) },
    alsoCompliant: [
        { change: { policyDocument: allowing("*", { Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } }) } },
    ],
    violations: [{ change: { policyDocument: allowing("*") }, says: [`policyDocument.Statement[0]  ${everybody}`] }],
});

describeRule({
    rule: "log-policy-not-public",
    type: "cloudwatch/logDestinationPolicy",
    compliant: { accessPolicy: allowing({ AWS: "123456789012" }) },
    violations: [{ change: { accessPolicy: allowing({ AWS: "*" }) }, says: [`accessPolicy.Statement[0]  ${everybody}`] }],
});

describe("log-group-data-protection", () => {
    it("waits for an operation that is not known yet", () => {
        const rule = logs.find((each) => each.id === "log-group-data-protection");
        const policy = resourceOf("cloudwatch/logDataProtectionPolicy", protection(audit, unknown));
        const finding = attempt(() =>
            rule?.scope === "relation" ? rule.judge(policy, new Parameters(new Map(), testDay), new StackView([policy])) : expect.fail(),
        );
        expect(finding).to.deep.equal({ kind: "undetermined", path: "policyDocument" });
    });
});
