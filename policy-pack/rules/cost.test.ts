import { type Bag, describeRule, subject } from "../testing.ts";

const notice = (notificationType: string, more: Bag = { subscriberEmailAddresses: ["team@example.com"] }) => ({
    notificationType,
    comparisonOperator: "GREATER_THAN",
    threshold: 80,
    thresholdType: "PERCENTAGE",
    ...more,
});
const budget = (more: Bag = {}) => ({
    name: "monthly",
    type: "budgets/budget",
    props: { budgetType: "COST", notifications: [notice("ACTUAL"), notice("FORECASTED")], ...more },
});
const bucket = { name: "bucket", type: "s3/bucket" };
const silent = (missing: string) => [`expected a budget that tells somebody of ACTUAL and FORECASTED cost, got none of ${missing}`];

describeRule({
    rule: "budget-required",
    compliant: {},
    others: [bucket, budget()],
    alsoCompliant: [
        { others: [bucket, { ...budget({ notifications: [] }), name: "first" }, budget()] },
        {
            others: [
                bucket,
                budget({
                    notifications: [
                        notice("ACTUAL", { subscriberSnsTopicArns: ["arn"] }),
                        notice("FORECASTED", { subscriberSnsTopicArns: ["arn"] }),
                    ],
                }),
            ],
        },
    ],
    violations: [
        { others: [bucket], says: ["expected a budget of type COST, got none in this stack"] },
        { others: [bucket, budget({ budgetType: "USAGE" })], says: ["expected a budget of type COST, got none in this stack"] },
        { others: [bucket, budget({ notifications: [notice("ACTUAL")] })], says: silent('"FORECASTED"') },
        { others: [bucket, budget({ notifications: [notice("ACTUAL", {}), notice("FORECASTED")] })], says: silent('"ACTUAL"') },
        { others: [bucket, budget({ notifications: undefined })], says: silent('"ACTUAL" or "FORECASTED"') },
    ],
    notApplicable: [{ others: [{ name: "aws", type: "provider" }] }],
});

describeRule({
    rule: "budget-notifies",
    type: "budgets/budget",
    compliant: { notifications: [notice("ACTUAL", {}), notice("ACTUAL")] },
    violations: [
        { change: { notifications: [notice("ACTUAL", {})] }, says: ["notifications  expected somebody to tell, got nobody"] },
        { change: { notifications: undefined }, says: ["notifications  expected somebody to tell, got nobody"] },
    ],
});

const over = (got: number) => [`limitAmount  expected at most 1000 USD a month, got ${got}`];

describeRule({
    rule: "budget-limit-cap",
    type: "budgets/budget",
    parameters: { maximum: 1000 },
    compliant: { budgetType: "COST", limitAmount: "1000", limitUnit: "USD", timeUnit: "MONTHLY" },
    alsoCompliant: [
        { change: { limitAmount: "12000", timeUnit: "ANNUALLY" } },
        { change: { limitAmount: "3000", timeUnit: "QUARTERLY" } },
        { change: { limitAmount: "32", timeUnit: "DAILY" } },
    ],
    violations: [
        { change: { limitAmount: "1001" }, says: over(1001) },
        { change: { limitAmount: "15000", timeUnit: "ANNUALLY" }, says: over(1250) },
        { change: { limitAmount: "3600", timeUnit: "QUARTERLY" }, says: over(1200) },
        { change: { limitAmount: "48", timeUnit: "DAILY" }, says: over(1460) },
        {
            change: { limitAmount: undefined, plannedLimits: [{ amount: "900" }, { amount: "1100" }] },
            says: over(1100),
        },
    ],
    notApplicable: [
        { change: { budgetType: "USAGE", limitAmount: "5000" } },
        { change: { limitUnit: "EUR", limitAmount: "5000" } },
        { change: { limitAmount: undefined, autoAdjustData: { autoAdjustType: "HISTORICAL" } } },
    ],
});

describeRule({
    rule: "budget-limit-cap",
    type: "budgets/budget",
    notApplicable: [{ change: { budgetType: "COST", limitAmount: "1000000", timeUnit: "MONTHLY" } }],
    violations: [],
});

const monitor = { name: "monitor", type: "costexplorer/anomalyMonitor" };
const subscription = (subscribers: readonly unknown[]) => ({
    name: "told",
    type: "costexplorer/anomalySubscription",
    props: { subscribers },
});
const told = subscription([{ type: "EMAIL", address: "team@example.com" }]);

describeRule({
    rule: "cost-anomaly-monitor",
    compliant: {},
    others: [monitor, told],
    violations: [
        { others: [told], says: ["expected an AnomalyMonitor, got none in this stack"] },
        {
            others: [monitor, subscription([])],
            says: ["expected an AnomalySubscription with somebody to tell, got none in this stack"],
        },
        {
            others: [],
            says: [
                "expected an AnomalyMonitor, got none in this stack",
                "expected an AnomalySubscription with somebody to tell, got none in this stack",
            ],
        },
    ],
});

const gateways = (count: number) => Array.from({ length: count }, (_each, index) => ({ name: `nat-${index}`, type: "ec2/natGateway" }));

describeRule({
    rule: "nat-gateway-count-cap",
    compliant: {},
    others: gateways(6),
    violations: [{ others: gateways(7), says: ["expected no more NAT gateways than 6, got 7"] }],
});

describeRule({
    rule: "nat-gateway-count-cap",
    parameters: { maximum: 1 },
    compliant: {},
    others: gateways(1),
    violations: [{ others: gateways(2), says: ["expected no more NAT gateways than 1, got 2"] }],
});

describeRule({
    rule: "nonprod-scheduling",
    type: "autoscaling/group",
    compliant: {},
    others: [{ name: "night", type: "autoscaling/schedule", links: { autoscalingGroupName: subject } }],
    violations: [
        {
            others: [{ name: "night", type: "autoscaling/schedule" }],
            says: ["expected an autoscaling Schedule for the hours in which nobody works, got none"],
        },
    ],
});

const schedule = (call: string) => [
    { name: "night", type: "scheduler/schedule", props: { target: { arn: `arn:aws:scheduler:::aws-sdk:${call}` } } },
];
const running = ["expected a scheduler Schedule that calls rds:stopDBInstance, got none in this stack"];

describeRule({
    rule: "nonprod-scheduling",
    type: "rds/instance",
    compliant: { engine: "postgres" },
    others: schedule("rds:stopDBInstance"),
    alsoCompliant: [
        { others: [...schedule("ec2:stopInstances"), ...schedule("rds:stopDBCluster").map((each) => ({ ...each, name: "other" }))] },
    ],
    violations: [
        { others: [], says: running },
        { others: schedule("rds:startDBInstance"), says: running },
    ],
    notApplicable: [{ change: { engine: "aurora-postgresql" }, others: [] }],
});

const idle = ["expected something that uses the disk, got nothing in this stack"];

describeRule({
    rule: "ebs-volume-unattached",
    type: "ebs/volume",
    compliant: { size: 10 },
    others: [{ name: "attachment", type: "ec2/volumeAttachment", links: { volumeId: subject } }],
    violations: [
        { others: [bucket], says: idle },
        { others: [{ name: "plan", type: "backup/selection", links: { resources: [subject] } }], says: idle },
        { others: [{ name: "copy", type: "ebs/snapshot", links: { volumeId: subject } }], says: idle },
        { others: [{ name: "alarm", type: "cloudwatch/metricAlarm", links: { dimensions: subject } }], says: idle },
    ],
});
