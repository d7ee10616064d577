import { expect } from "chai";
import { describe, it } from "mocha";
import { Parameters } from "../core/rule.ts";
import { StackView } from "../core/stack.ts";
import { unknown } from "../core/values.ts";
import { type Bag, describeRule, type Other, resourceOf, subject, testDay } from "../testing.ts";
import { detection } from "./detection.ts";

const make = (type: string, name: string, props: Bag = {}): Other => ({ type, name, props });
const passwords = make("iam/accountPasswordPolicy", "passwords");
const application = [make("s3/bucket", "bucket"), make("lambda/function", "function")];

const detector = (name: string, props: Bag = {}) => make("guardduty/detector", name, { region: "eu-west-1", ...props });
const elsewhere = make("macie2/account", "elsewhere", { region: "eu-central-1" });

describeRule({
    rule: "guardduty-enabled",
    compliant: {},
    others: [detector("ireland")],
    alsoCompliant: [{ others: [detector("ireland", { enable: true }), detector("frankfurt", { region: "eu-central-1" }), elsewhere] }],
    violations: [
        { others: [passwords], says: ["expected a detector of GuardDuty in the provider's region, got none"] },
        { others: [detector("ireland"), elsewhere], says: ["expected a detector of GuardDuty in eu-central-1, got none"] },
        { others: [detector("ireland", { enable: false })], says: ["ireland.enable  expected true or nothing, got false"] },
    ],
    notApplicable: [{ others: application }],
});

const features = [
    "S3_DATA_EVENTS",
    "EKS_AUDIT_LOGS",
    "EBS_MALWARE_PROTECTION",
    "RDS_LOGIN_EVENTS",
    "LAMBDA_NETWORK_LOGS",
    "RUNTIME_MONITORING",
];
const feature = (name: string, status = "ENABLED"): Other => ({
    name,
    type: "guardduty/detectorFeature",
    props: { name, status },
    links: { detectorId: subject },
});

describeRule({
    rule: "guardduty-features",
    type: "guardduty/detector",
    compliant: {},
    others: features.map((name) => feature(name)),
    violations: [
        {
            others: features.map((name) => feature(name, name === "RDS_LOGIN_EVENTS" ? "DISABLED" : "ENABLED")),
            says: [`expected ${features.join(", ")}, got no RDS_LOGIN_EVENTS`],
        },
        { others: [], says: [`expected ${features.join(", ")}, got no ${features.join(", ")}`] },
    ],
});

const scanned = ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"];
const enabler = (resourceTypes: readonly string[]) =>
    make("inspector2/enabler", "inspector", { region: "eu-west-1", accountIds: ["123456789012"], resourceTypes });

describeRule({
    rule: "inspector-enabled",
    compliant: {},
    others: [enabler(scanned)],
    alsoCompliant: [{ others: [enabler([...scanned, "CODE_REPOSITORY"])] }],
    violations: [
        {
            others: [enabler(["EC2", "ECR"])],
            says: ["inspector.resourceTypes  expected EC2, ECR, LAMBDA, LAMBDA_CODE, got no LAMBDA, LAMBDA_CODE"],
        },
        { others: [detector("ireland")], says: ["expected an Enabler of Inspector in eu-west-1, got none"] },
    ],
    notApplicable: [{ others: application }],
});

const on = make("cfg/recorderStatus", "status", { isEnabled: true });
const channel = make("cfg/deliveryChannel", "channel", { s3BucketName: "config" });
const everything = { recordingGroup: { allSupported: true, includeGlobalResourceTypes: true } };

describeRule({
    rule: "config-recorder-all",
    type: "cfg/recorder",
    compliant: everything,
    others: [on, channel],
    alsoCompliant: [
        { change: { recordingGroup: undefined }, others: [on, channel, make("cfg/recorder", "home", everything)] },
        { others: [make("cfg/recorderStatus", "off", { isEnabled: false }), on, channel] },
        { change: { recordingGroup: { includeGlobalResourceTypes: true } } },
    ],
    violations: [
        {
            change: { recordingGroup: { allSupported: false, resourceTypes: ["AWS::S3::Bucket"] } },
            says: [
                "recordingGroup.allSupported  expected true or nothing, got false",
                "recordingGroup.includeGlobalResourceTypes  expected true on one recorder of the stack, got none",
            ],
        },
        { others: [channel], says: ["expected a RecorderStatus with isEnabled, got none"] },
        {
            others: [make("cfg/recorderStatus", "status", { isEnabled: false }), channel],
            says: ["expected a RecorderStatus with isEnabled, got none"],
        },
        {
            others: [on, make("cfg/deliveryChannel", "channel", { region: "eu-central-1" })],
            says: ["expected a DeliveryChannel in the recorder's region, got none"],
        },
    ],
});

describeRule({
    rule: "config-recorder-present",
    compliant: {},
    others: [make("cfg/recorder", "recorder", { region: "eu-west-1" }), detector("ireland")],
    violations: [
        {
            others: [make("cfg/recorder", "recorder", { region: "eu-west-1" }), elsewhere],
            says: ["expected a Recorder of Config in eu-central-1, got none"],
        },
    ],
    notApplicable: [{ others: application }],
});

describeRule({
    rule: "config-aggregator-all-regions",
    type: "cfg/configurationAggregator",
    compliant: { accountAggregationSource: { accountIds: ["123456789012"], allRegions: true } },
    alsoCompliant: [
        {
            change: {
                accountAggregationSource: undefined,
                organizationAggregationSource: { allRegions: true, roleArn: "arn:aws:iam::1:role/x" },
            },
        },
    ],
    violations: [
        {
            change: { accountAggregationSource: { accountIds: ["123456789012"], regions: ["eu-west-1"] } },
            says: ["accountAggregationSource.allRegions  expected true, got a list of regions"],
        },
        {
            change: { organizationAggregationSource: { roleArn: "arn:aws:iam::1:role/x" } },
            says: ["organizationAggregationSource.allRegions  expected true, got nothing"],
        },
    ],
});

const hub = (props: Bag = {}) => make("securityhub/account", "hub", { region: "eu-west-1", ...props });
const subscription = (standardsArn: string, region = "eu-west-1") =>
    make("securityhub/standardsSubscription", "standard", { standardsArn, region });
const fsbp = "arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0";

describeRule({
    rule: "securityhub-enabled",
    compliant: {},
    others: [hub({ enableDefaultStandards: false }), subscription(fsbp)],
    alsoCompliant: [
        { others: [hub()] },
        {
            others: [
                hub({ enableDefaultStandards: false }),
                subscription(fsbp),
                { ...subscription("arn:aws:securityhub:eu-west-1::standards/pci-dss/v/4.0.1"), name: "cards" },
            ],
        },
        { others: [make("securityhub/accountV2", "hub", { region: "eu-west-1" })] },
        {
            others: [
                hub({ enableDefaultStandards: false }),
                subscription("arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0"),
            ],
        },
    ],
    violations: [
        { others: [passwords], says: ["expected an account of Security Hub in the provider's region, got none"] },
        {
            others: [hub({ enableDefaultStandards: false }), subscription("arn:aws:securityhub:eu-west-1::standards/pci-dss/v/4.0.1")],
            says: ["hub  expected a StandardsSubscription to FSBP or CIS in its region, got none"],
        },
        {
            others: [hub({ enableDefaultStandards: false }), subscription(fsbp, "eu-central-1")],
            says: ["hub  expected a StandardsSubscription to FSBP or CIS in its region, got none"],
        },
    ],
    notApplicable: [{ others: application }],
});

describeRule({
    rule: "macie-enabled",
    compliant: {},
    others: [make("macie2/account", "macie", { region: "eu-west-1" })],
    violations: [
        { others: [detector("ireland")], says: ["expected an account of Macie in eu-west-1, got none"] },
        { others: [make("macie2/account", "macie", { status: "PAUSED" })], says: ['macie.status  expected "ENABLED", got "PAUSED"'] },
    ],
    notApplicable: [{ others: application }],
});

const contact = (alternateContactType: string) => make("account/alternativeContact", "contact", { alternateContactType });

describeRule({
    rule: "security-contact",
    compliant: {},
    others: [contact("SECURITY"), { ...contact("BILLING"), name: "bills" }],
    violations: [{ others: [contact("BILLING")], says: ["expected an AlternativeContact for SECURITY, got none"] }],
    notApplicable: [{ others: application }],
});

describe("what an account must have", () => {
    const judge = (id: string, ...resources: readonly Other[]) => {
        const rule = detection.find((each) => each.id === id);
        const stack = new StackView(resources.map(({ type, name, props }) => resourceOf(type, props ?? {}, name)));
        return rule?.scope === "stack" ? rule.judge(stack, new Parameters(new Map(), testDay)) : undefined;
    };

    it("is undetermined while a switch is not known yet, and missing whatever is not known", () => {
        expect(judge("guardduty-enabled", detector("ireland", { enable: unknown }))).to.have.property("kind", "undetermined");
        expect(judge("guardduty-enabled", detector("ireland", { enable: unknown }), elsewhere)).to.have.property("kind", "violation");
        expect(judge("macie-enabled", make("macie2/account", "macie", { status: unknown }))).to.have.property("kind", "undetermined");
    });
});
