/** What a stack costs: that somebody has set a limit, hears of it in time, and that nothing idle is paid for. */
import { listed } from "../core/conditions.ts";
import { isAuroraMember } from "../core/databases.ts";
import { all, compliant, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Parameters, Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import type { Values } from "../core/values.ts";

const budgetPage = "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html";

function reachesSomebody(notification: Values): boolean {
    return notification.has("subscriberEmailAddresses") || notification.has("subscriberSnsTopicArns");
}

/** Kinds of notification that a budget lacks. */
function missingNotifications(budget: ResourceView): readonly string[] {
    const kinds = budget
        .list("notifications")
        .filter(reachesSomebody)
        .map((notification) => notification.text("notificationType"));
    return ["ACTUAL", "FORECASTED"].filter((kind) => !kinds.includes(kind));
}

function judgeBudgets(stack: StackView): Finding {
    if (!stack.resources.some((resource) => resource.token.startsWith("aws:"))) {
        return notApplicable("nothing of AWS in this stack");
    }
    const budgets = stack.ofType("budgets/budget").filter((budget) => budget.text("budgetType") === "COST");
    const lacking = budgets.map(missingNotifications);
    if (lacking.some((missing) => missing.length === 0)) {
        return compliant;
    }
    return lacking[0] === undefined
        ? violation("", "expected a budget of type COST, got none in this stack")
        : violation("", `expected a budget that tells somebody of ACTUAL and FORECASTED cost, got none of ${listed(lacking[0])}`);
}

/** Months that one period of a budget lasts. */
const months: Readonly<Record<string, number>> = { DAILY: 12 / 365, MONTHLY: 1, QUARTERLY: 3, ANNUALLY: 12 };

function judgeLimit(resource: ResourceView, parameters: Parameters): Finding {
    const maximum = parameters.number("maximum");
    if (maximum === 0) {
        return notApplicable("no limit is configured");
    }
    if (resource.text("budgetType") !== "COST" || (resource.text("limitUnit") ?? "USD") !== "USD" || resource.has("autoAdjustData")) {
        return notApplicable("no fixed limit in dollars");
    }
    const amounts = [resource.number("limitAmount"), ...resource.list("plannedLimits").map((limit) => limit.number("amount"))];
    const monthly = Math.max(...amounts.map((amount) => amount ?? 0)) / (months[resource.text("timeUnit") ?? ""] ?? 1);
    return monthly <= maximum ? compliant : violation("limitAmount", `expected at most ${maximum} USD a month, got ${Math.round(monthly)}`);
}

function judgeAnomalies(stack: StackView): Finding {
    const monitors = stack.ofType("costexplorer/anomalyMonitor");
    const subscriptions = stack.ofType("costexplorer/anomalySubscription");
    return all(
        () => (monitors.length > 0 ? compliant : violation("", "expected an AnomalyMonitor, got none in this stack")),
        () =>
            subscriptions.some((subscription) => subscription.has("subscribers"))
                ? compliant
                : violation("", "expected an AnomalySubscription with somebody to tell, got none in this stack"),
    );
}

/** EventBridge Scheduler stops a database by calling the API itself. */
function stopsDatabases(schedule: ResourceView): boolean {
    return /:aws-sdk:rds:stopDB(Instance|Cluster)$/.test(schedule.text("target.arn") ?? "");
}

function judgeSchedule(resource: ResourceView, stack: StackView): Finding {
    if (resource.type === "autoscaling/group") {
        return stack.referrers(resource, "autoscaling/schedule", "autoscalingGroupName").length > 0
            ? compliant
            : violation("", "expected an autoscaling Schedule for the hours in which nobody works, got none");
    }
    if (isAuroraMember(resource)) {
        return notApplicable("its cluster is stopped as a whole");
    }
    return stack.ofType("scheduler/schedule").some(stopsDatabases)
        ? compliant
        : violation("", "expected a scheduler Schedule that calls rds:stopDBInstance, got none in this stack");
}

/** What refers to a disk and does not use it. */
const onlookers = new Set(["backup/selection", "ebs/snapshot", "cloudwatch/metricAlarm"]);

export const cost: readonly Rule[] = [
    {
        id: "budget-required",
        title: "A stack has a budget that warns before and when it is spent",
        why: "A forgotten cluster is noticed on the invoice, five weeks later.",
        fix: "Add a `budgets.Budget` of type COST with an ACTUAL and a FORECASTED notification (Terrace: `budget`), or switch this rule off where a baseline stack has one for the account.",
        severity: "medium",
        levels: standing.regulated,
        controls: {},
        link: budgetPage,
        scope: "stack",
        judge: judgeBudgets,
    },
    {
        id: "budget-notifies",
        title: "Every budget tells somebody",
        why: "A budget without a notification is a number in a console.",
        fix: "Give one of `notifications` a `subscriberEmailAddresses` or `subscriberSnsTopicArns`.",
        severity: "medium",
        levels: standing.production,
        controls: {},
        link: budgetPage,
        on: ["budgets/budget"],
        judge: (resource) =>
            resource.list("notifications").some(reachesSomebody)
                ? compliant
                : violation("notifications", "expected somebody to tell, got nobody"),
    },
    {
        id: "budget-limit-cap",
        title: "No budget is larger than the environment may cost",
        why: "A limit that was raised to end the warnings warns of nothing.",
        fix: "Set `maximum` of this rule for the environment, and `limitAmount` within it.",
        severity: "medium",
        levels: standing.production,
        controls: {},
        link: budgetPage,
        parameters: { maximum: { about: "Dollars a month. 0: no limit.", default: 0 } },
        on: ["budgets/budget"],
        judge: judgeLimit,
    },
    {
        id: "cost-anomaly-monitor",
        title: "Somebody is told when a service suddenly costs more",
        why: "A runaway loop stays below a monthly budget for days; it stands out against the day before at once.",
        fix: "Add a `costexplorer.AnomalyMonitor` for services and an `AnomalySubscription`, once an account.",
        severity: "low",
        levels: standing.onRequest,
        controls: {},
        link: "https://docs.aws.amazon.com/cost-management/latest/userguide/manage-ad.html",
        scope: "stack",
        judge: judgeAnomalies,
    },
    {
        id: "nat-gateway-count-cap",
        title: "A stack has no more NAT gateways than it needs",
        why: "A NAT gateway costs by the hour whether anything passes or not; three in a development stack often cost more than what they serve.",
        fix: 'Terrace: `network.nat: "single"` or `"none"`; else fewer `ec2.NatGateway`s, or a larger `maximum`.',
        severity: "low",
        levels: standing.advice,
        controls: {},
        link: "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html",
        parameters: { maximum: { about: "NAT gateways of one stack.", default: { development: 1, production: 6, regulated: 6 } } },
        scope: "stack",
        judge: (stack, parameters) => {
            const count = stack.ofType("ec2/natGateway").length;
            const maximum = parameters.number("maximum");
            return count <= maximum ? compliant : violation("", `expected no more NAT gateways than ${maximum}, got ${count}`);
        },
    },
    {
        id: "nonprod-scheduling",
        title: "What nobody uses at night is switched off at night",
        why: "Of a week's 168 hours people work in 45; the rest is paid for nothing.",
        fix: "Add an `autoscaling.Schedule` for the group, or a `scheduler.Schedule` on arn:aws:scheduler:::aws-sdk:rds:stopDBInstance; switch the rule on in the configuration of what is not production.",
        severity: "low",
        levels: standing.onRequest,
        controls: {},
        link: "https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html",
        scope: "relation",
        on: ["autoscaling/group", "rds/instance"],
        judge: (resource, _parameters, stack) => judgeSchedule(resource, stack),
    },
    {
        id: "ebs-volume-unattached",
        title: "Every disk belongs to a machine",
        why: "A disk without a machine is paid for, backed up and forgotten, with whatever data is on it.",
        fix: "Attach it with `ec2.VolumeAttachment`, or take a snapshot and delete it.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        link: "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-attaching-volume.html",
        scope: "relation",
        on: ["ebs/volume"],
        judge: (resource, _parameters, stack) =>
            stack.referrersOf(resource).some(({ resource: other }) => !onlookers.has(other.type))
                ? compliant
                : violation("", "expected something that uses the disk, got nothing in this stack"),
    },
];
