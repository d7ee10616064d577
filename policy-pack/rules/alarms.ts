/** CloudWatch alarms: that something watches what matters, and that somebody hears it. */
import { compliant, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";

const alarmTypes = ["cloudwatch/metricAlarm", "cloudwatch/compositeAlarm"];

/** The events of CIS 4.1 to 4.15, each with texts of which a filter pattern holds all. */
const cisEvents: readonly (readonly [event: string, texts: readonly string[]])[] = [
    ["refused API calls", ["AccessDenied", "UnauthorizedOperation"]],
    ["sign-in without MFA", ["ConsoleLogin", "MFAUsed"]],
    ["use of root", ["userIdentity.type", "Root"]],
    ["IAM policies", ["PutRolePolicy"]],
    ["CloudTrail", ["StopLogging"]],
    ["failed sign-in", ["ConsoleLogin", "Failed authentication"]],
    ["disabled or deleted keys", ["ScheduleKeyDeletion"]],
    ["bucket policies", ["PutBucketPolicy"]],
    ["AWS Config", ["StopConfigurationRecorder"]],
    ["security groups", ["AuthorizeSecurityGroupIngress"]],
    ["network ACLs", ["ReplaceNetworkAclEntry"]],
    ["gateways", ["AttachInternetGateway"]],
    ["route tables", ["ReplaceRoute"]],
    ["VPCs", ["ModifyVpcAttribute"]],
    ["AWS Organizations", ["organizations.amazonaws.com"]],
];

function tellsSomebody(alarm: ResourceView): boolean {
    return alarm.flag("actionsEnabled") !== false && alarm.has("alarmActions");
}

/** Whether an alarm that tells somebody watches the metric that the filter counts into. */
function isHeard(filter: ResourceView, stack: StackView): boolean {
    const metric = filter.text("metricTransformation.name");
    const namespace = filter.text("metricTransformation.namespace");
    return stack
        .ofType("cloudwatch/metricAlarm")
        .some((alarm) => alarm.text("metricName") === metric && alarm.text("namespace") === namespace && tellsSomebody(alarm));
}

function judgeCisFilters(trail: ResourceView, stack: StackView): Finding {
    if (!trail.has("cloudWatchLogsGroupArn")) {
        return notApplicable("the trail sends nothing to CloudWatch");
    }
    const groups = stack.references(trail, "cloudWatchLogsGroupArn", "cloudwatch/logGroup");
    const filters = stack
        .ofType("cloudwatch/logMetricFilter")
        .filter((filter) => stack.references(filter, "logGroupName").some((group) => groups.includes(group)));
    const missing = cisEvents.filter(
        ([, texts]) =>
            !filters.some((filter) => texts.every((text) => (filter.text("pattern") ?? "").includes(text)) && isHeard(filter, stack)),
    );
    return missing.length === 0
        ? compliant
        : violation(
              "",
              `expected a filter with an alarm for each of ${cisEvents.length} events, got none for ${missing.map(([event]) => event).join(", ")}`,
          );
}

export const alarms: readonly Rule[] = [
    {
        id: "alarm-has-actions",
        title: "Every alarm tells somebody or does something",
        why: "An alarm that turns red in a console is seen by whoever happens to look.",
        fix: "Put an SNS topic or an action into `alarmActions` and leave `actionsEnabled` out (Terrace: `observability.alarms`).",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["AUD"] },
        link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
        scope: "relation",
        on: alarmTypes,
        judge: (resource, _parameters, stack) => {
            // A composite alarm, a health check, a rollback: whatever asks for this alarm's state acts in its place.
            if (tellsSomebody(resource) || stack.referrersOf(resource).length > 0) {
                return compliant;
            }
            return resource.has("alarmActions")
                ? violation("actionsEnabled", "expected true or nothing, got false")
                : violation("alarmActions", "expected somebody to tell, got nobody");
        },
    },
    {
        id: "cis-metric-filters",
        title: "What CIS wants to be told of is filtered out of the trail, and somebody is told",
        why: "A trail that nobody reads explains a break-in afterwards; an alarm on the use of root may stop it.",
        fix: "Add a `cloudwatch.LogMetricFilter` on the trail's log group and a `cloudwatch.MetricAlarm` with actions for each event, or rely on Security Hub (CIS 4.16) and switch this rule off.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {
            cis3: cisEvents.map((_event, index) => `4.${index + 1}`),
            cis5: cisEvents.map((_event, index) => `4.${index + 1}`),
            hipaa: ["308(a)(6)(i)"],
        },
        link: "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html",
        scope: "relation",
        on: ["cloudtrail/trail"],
        judge: (resource, _parameters, stack) => judgeCisFilters(resource, stack),
    },
    {
        id: "critical-resources-have-alarms",
        title: "What customers wait for has an alarm",
        why: "Without one, the first to report that the database is full is a customer.",
        fix: "Add a `cloudwatch.MetricAlarm` whose `dimensions` name it, or name it in `except`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AUD"] },
        link: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html",
        parameters: { except: { about: "Parts of names of what nobody waits for.", default: [] } },
        scope: "relation",
        on: ["rds/instance", "rds/cluster", "lb/loadBalancer", "lambda/function", "sqs/queue", "elasticache/replicationGroup"],
        judge: (resource, parameters, stack) => {
            if (parameters.texts("except").some((part) => resource.name.includes(part))) {
                return notApplicable("excepted by name");
            }
            return stack.referrersOf(resource).some(({ resource: other }) => other.type === "cloudwatch/metricAlarm")
                ? compliant
                : violation("", "expected an alarm on one of its metrics, got none in this stack");
        },
    },
];
