import { describeOn, describeRule, type Other, subject } from "../testing.ts";

const acl = "wafv2/webAcl";
const group = "wafv2/ruleGroup";

const visible = { cloudwatchMetricsEnabled: true, metricName: "rule", sampledRequestsEnabled: true };
const rule = (more: object) => ({ name: "rule", priority: 1, visibilityConfig: visible, ...more });
const managed = (name: string, overrideAction: object = { none: {} }) =>
    rule({ overrideAction, statement: { managedRuleGroupStatement: { name, vendorName: "AWS" } } });
const limit = rule({ action: { block: {} }, statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: "IP" } } });
const calling = rule({ overrideAction: { none: {} }, statement: { ruleGroupReferenceStatement: { arn: "id-of-group" } } });

const common = "AWSManagedRulesCommonRuleSet";
const badInputs = "AWSManagedRulesKnownBadInputsRuleSet";

const apart = (props: Readonly<Record<string, unknown>>, name = "apart"): Other => ({
    name,
    type: "wafv2/webAclRule",
    props,
    links: { webAclArn: subject },
});
const associated = (props: Readonly<Record<string, unknown>>): Other => ({
    name: "associated",
    type: "wafv2/webAclRuleGroupAssociation",
    props,
    links: { webAclArn: subject },
});
const ownGroup = (...rules: readonly object[]): Other => ({ name: "group", type: group, props: { rules } });

describeRule({
    rule: "waf-has-rules",
    type: acl,
    compliant: { rules: [managed(common), limit] },
    others: [],
    alsoCompliant: [
        { change: { rules: undefined }, others: [apart(managed(common))] },
        { change: { rules: undefined }, others: [associated({ managedRuleGroup: { name: common } })] },
        { change: { rules: undefined, ruleJson: JSON.stringify([{ Name: "x", Action: { Block: {} } }]) } },
    ],
    violations: [
        { change: { rules: undefined }, says: ["rules  expected at least one rule, got none"] },
        { change: { ruleJson: "no JSON", rules: [] }, says: ["rules  expected at least one rule, got none"] },
        { change: { rules: [limit, rule({})] }, says: ["rules[1].action  expected action or overrideAction, got neither"] },
    ],
});

describeRule({
    rule: "waf-has-rules",
    type: group,
    compliant: { rules: [limit] },
    alsoCompliant: [{ change: { rules: undefined, rulesJson: JSON.stringify([{ Name: "x", Action: { Count: {} } }]) } }],
    violations: [{ change: { rules: [] }, says: ["rules  expected at least one rule, got none"] }],
});

const inJson = (counts: boolean) =>
    JSON.stringify(
        [common, badInputs].map((Name) => ({
            OverrideAction: counts ? { Count: {} } : { None: {} },
            Statement: { ManagedRuleGroupStatement: { Name, VendorName: "AWS" } },
        })),
    );

describeRule({
    rule: "waf-managed-baseline",
    type: acl,
    compliant: { rules: [managed(common), managed(badInputs)] },
    others: [],
    alsoCompliant: [
        { change: { rules: [managed(common)] }, others: [apart(managed(badInputs))] },
        { change: { rules: [managed(common)] }, others: [associated({ managedRuleGroup: { name: badInputs } })] },
        { change: { rules: undefined, ruleJson: inJson(false) } },
    ],
    violations: [
        {
            change: { rules: [limit] },
            says: [`rules  expected ${common}, got no managed group`, `rules  expected ${badInputs}, got no managed group`],
        },
        { change: { rules: [managed(common)] }, says: [`rules  expected ${badInputs}, got ${common}`] },
        {
            change: { rules: [managed(common), managed(badInputs, { count: {} })] },
            says: [`rules  expected ${badInputs} to refuse, got it counting only`],
        },
        {
            change: { rules: [managed(common)] },
            others: [associated({ managedRuleGroup: { name: badInputs }, overrideAction: "count" })],
            says: [`rules  expected ${badInputs} to refuse, got it counting only`],
        },
        {
            change: { rules: undefined, ruleJson: inJson(true) },
            says: [
                `rules  expected ${common} to refuse, got it counting only`,
                `rules  expected ${badInputs} to refuse, got it counting only`,
            ],
        },
    ],
});

const unlimited = ["rules  expected a rule with a rateBasedStatement, got none"];

describeRule({
    rule: "waf-rate-limit",
    type: acl,
    compliant: { rules: [managed(common), limit] },
    others: [],
    alsoCompliant: [
        { change: { rules: [] }, others: [apart(limit)] },
        { change: { rules: [calling] }, others: [ownGroup(limit)], links: { rules: "group" } },
        {
            change: { rules: [] },
            others: [
                {
                    ...associated({ ruleGroupReference: { arn: "id-of-group" } }),
                    links: { webAclArn: subject, ruleGroupReference: "group" },
                },
                ownGroup(limit),
            ],
        },
        { change: { rules: [] }, others: [{ ...apart(calling), links: { webAclArn: subject, statement: "group" } }, ownGroup(limit)] },
    ],
    violations: [
        { change: { rules: [managed(common)] }, says: unlimited },
        { change: { rules: [calling] }, others: [ownGroup(rule({ action: { block: {} } }))], links: { rules: "group" }, says: unlimited },
    ],
    notApplicable: [
        { change: { rules: [calling] } },
        { change: { rules: [] }, others: [associated({ ruleGroupReference: { arn: "elsewhere" } })] },
    ],
});

const logging: Other = { name: "logging", type: "wafv2/webAclLoggingConfiguration", links: { resourceArn: subject } };

describeRule({
    rule: "waf-logging",
    type: acl,
    compliant: {},
    others: [logging],
    violations: [{ others: [], says: ["expected a WebAclLoggingConfiguration for the web ACL, got none"] }],
});

const header = (name: string) => ({ singleHeader: { name } });
const owner = (...fieldKeys: readonly string[]): Other => ({
    name: "owner",
    type: acl,
    props: { dataProtectionConfig: { dataProtections: [{ action: "HASH", field: { fieldType: "SINGLE_HEADER", fieldKeys } }] } },
});

describeRule({
    rule: "waf-log-redaction",
    type: "wafv2/webAclLoggingConfiguration",
    compliant: { redactedFields: [header("Authorization"), header("cookie"), { queryString: {} }] },
    links: { resourceArn: "owner" },
    others: [owner()],
    alsoCompliant: [
        { change: { redactedFields: [header("cookie")] }, others: [owner("authorization")] },
        { change: { redactedFields: undefined }, others: [owner("authorization", "cookie")] },
    ],
    violations: [
        { change: { redactedFields: undefined }, says: ["redactedFields  expected authorization, cookie too, got nothing"] },
        { change: { redactedFields: [header("cookie")] }, says: ["redactedFields  expected authorization too, got cookie"] },
        {
            change: { redactedFields: [header("cookie")] },
            others: [
                {
                    ...owner(),
                    props: {
                        dataProtectionConfig: {
                            dataProtections: [{ field: { fieldType: "SINGLE_COOKIE", fieldKeys: ["authorization"] } }],
                        },
                    },
                },
            ],
            says: ["redactedFields  expected authorization too, got cookie"],
        },
    ],
});

const blind = { ...visible, cloudwatchMetricsEnabled: false };

describeOn([acl, group], {
    rule: "waf-metrics",
    compliant: { visibilityConfig: visible, rules: [limit] },
    violations: [
        { change: { visibilityConfig: blind }, says: ["visibilityConfig.cloudwatchMetricsEnabled  expected true, got false"] },
        {
            change: { rules: [limit, rule({ visibilityConfig: blind })] },
            says: ["rules[1].visibilityConfig.cloudwatchMetricsEnabled  expected true, got false"],
        },
    ],
});

describeRule({
    rule: "waf-metrics",
    type: acl,
    compliant: { visibilityConfig: visible, ruleJson: JSON.stringify([{ VisibilityConfig: { CloudWatchMetricsEnabled: true } }]) },
    violations: [
        {
            change: { ruleJson: JSON.stringify([{ VisibilityConfig: { CloudWatchMetricsEnabled: false } }]) },
            says: ["ruleJson[0].visibilityConfig.cloudwatchMetricsEnabled  expected true, got false"],
        },
    ],
});

describeRule({
    rule: "waf-no-mixed-rule-styles",
    type: acl,
    compliant: { rules: [limit] },
    others: [],
    alsoCompliant: [
        { change: { rules: undefined }, others: [apart(limit), associated({})] },
        { options: { ignoreChanges: ["rules"] }, others: [associated({})] },
    ],
    violations: [
        { others: [apart(limit)], says: ["rules  expected no inline rules beside resources, got apart"] },
        {
            change: { rules: undefined, ruleJson: "[]" },
            others: [associated({})],
            says: ["ruleJson  expected no inline rules beside resources, got associated"],
        },
    ],
    unknownIsFine: ["rules", "ruleJson"],
});

describeRule({
    rule: "waf-unused",
    type: acl,
    compliant: {},
    others: [{ name: "association", type: "wafv2/webAclAssociation", links: { webAclArn: subject } }],
    alsoCompliant: [{ others: [{ name: "cdn", type: "cloudfront/distribution", links: { webAclId: subject } }] }],
    violations: [{ others: [logging, apart(limit)], says: ["expected a resource that it protects, got none in this stack"] }],
});

describeOn(["waf/webAcl", "wafregional/webAcl"], {
    rule: "no-waf-classic",
    violations: [{ says: ["expected wafv2.WebAcl, got WAF Classic"] }],
});
