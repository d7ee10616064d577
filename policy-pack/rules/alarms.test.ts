import { describeOn, describeRule, subject } from "../testing.ts";

const topic = "arn:aws:sns:eu-west-1:123456789012:alarms";

describeOn(["cloudwatch/metricAlarm", "cloudwatch/compositeAlarm"], {
    rule: "alarm-has-actions",
    compliant: { alarmActions: [topic] },
    others: [],
    alsoCompliant: [
        {
            change: { alarmActions: undefined },
            others: [{ name: "all", type: "cloudwatch/compositeAlarm", links: { alarmRule: subject } }],
        },
        {
            change: { actionsEnabled: false },
            others: [{ name: "check", type: "route53/healthCheck", links: { cloudwatchAlarmName: subject } }],
        },
    ],
    violations: [
        { change: { alarmActions: undefined }, says: ["alarmActions  expected somebody to tell, got nobody"] },
        { change: { alarmActions: [] }, says: ["alarmActions  expected somebody to tell, got nobody"] },
        { change: { actionsEnabled: false }, says: ["actionsEnabled  expected true or nothing, got false"] },
    ],
    unknownIsFine: ["alarmActions"],
});

const patterns: Readonly<Record<string, string>> = {
    "refused API calls": '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
    "sign-in without MFA": '{($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed !="Yes")}',
    "use of root": '{$.userIdentity.type="Root" && $.eventType !="AwsServiceEvent"}',
    "IAM policies": "{($.eventName=DeleteRolePolicy) || ($.eventName=PutRolePolicy)}",
    CloudTrail: "{($.eventName=DeleteTrail) || ($.eventName=StopLogging)}",
    "failed sign-in": '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    "disabled or deleted keys": "{($.eventName=DisableKey) || ($.eventName=ScheduleKeyDeletion)}",
    "bucket policies": "{($.eventName=PutBucketPolicy)}",
    "AWS Config": "{($.eventName=StopConfigurationRecorder)}",
    "security groups": "{($.eventName=AuthorizeSecurityGroupIngress)}",
    "network ACLs": "{($.eventName=ReplaceNetworkAclEntry)}",
    gateways: "{($.eventName=AttachInternetGateway)}",
    "route tables": "{($.eventName=ReplaceRoute)}",
    VPCs: "{($.eventName=ModifyVpcAttribute)}",
    "AWS Organizations": "{($.eventSource=organizations.amazonaws.com)}",
};
const events = Object.keys(patterns);
const group = { name: "group", type: "cloudwatch/logGroup" };
const filter = (event: string) => ({
    name: `filter ${event}`,
    type: "cloudwatch/logMetricFilter",
    props: { pattern: patterns[event], metricTransformation: { name: event, namespace: "CIS", value: "1" } },
    links: { logGroupName: "group" },
});
const alarm = (event: string, more: object = {}) => ({
    name: `alarm ${event}`,
    type: "cloudwatch/metricAlarm",
    props: { metricName: event, namespace: "CIS", alarmActions: [topic], ...more },
});
const complete = events.flatMap((event) => [filter(event), alarm(event)]);
const without = (event: string, ...instead: typeof complete) => [
    group,
    ...complete.filter(({ name }) => !name.endsWith(` ${event}`)),
    ...instead,
];
const missing = (...names: readonly string[]) => [
    `expected a filter with an alarm for each of 15 events, got none for ${names.join(", ")}`,
];

describeRule({
    rule: "cis-metric-filters",
    type: "cloudtrail/trail",
    links: { cloudWatchLogsGroupArn: "group" },
    compliant: {},
    others: [group, ...complete],
    violations: [
        ...events.map((event) => ({ others: without(event), says: missing(event) })),
        { others: without("use of root", filter("use of root")), says: missing("use of root") },
        {
            others: without("use of root", filter("use of root"), alarm("use of root", { alarmActions: [] })),
            says: missing("use of root"),
        },
        {
            others: without("use of root", filter("use of root"), alarm("use of root", { actionsEnabled: false })),
            says: missing("use of root"),
        },
        {
            others: without("use of root", filter("use of root"), alarm("use of root", { namespace: "other" })),
            says: missing("use of root"),
        },
        {
            others: without("use of root", { ...filter("use of root"), links: { logGroupName: "elsewhere" } }, alarm("use of root")),
            says: missing("use of root"),
        },
    ],
    notApplicable: [{ links: { cloudWatchLogsGroupArn: [] } }],
});

const type = ["rds/instance", "rds/cluster", "lb/loadBalancer", "lambda/function", "sqs/queue", "elasticache/replicationGroup"];
const watching = { name: "alarm", type: "cloudwatch/metricAlarm", links: { dimensions: subject } };

describeOn(type, {
    rule: "critical-resources-have-alarms",
    compliant: {},
    others: [watching],
    alsoCompliant: [{ others: [{ ...watching, links: { metricQueries: subject } }] }],
    violations: [
        {
            others: [{ ...watching, type: "cloudwatch/dashboard", links: { dashboardBody: subject } }],
            says: ["expected an alarm on one of its metrics, got none in this stack"],
        },
    ],
});

describeRule({
    rule: "critical-resources-have-alarms",
    type: "lambda/function",
    parameters: { except: ["subj"] },
    notApplicable: [{ others: [] }],
    violations: [],
});

const halves: readonly (readonly [event: string, pattern: string])[] = [
    ["refused API calls", '{($.errorCode="AccessDenied*")}'],
    ["refused API calls", '{($.errorCode="*UnauthorizedOperation")}'],
    ["sign-in without MFA", '{($.additionalEventData.MFAUsed !="Yes")}'],
    ["use of root", '{($.userIdentity.userName="Root")}'],
    ["use of root", '{($.userIdentity.type="IAMUser")}'],
    ["failed sign-in", '{($.errorMessage="Failed authentication")}'],
];

describeRule({
    rule: "cis-metric-filters",
    type: "cloudtrail/trail",
    links: { cloudWatchLogsGroupArn: "group" },
    compliant: {},
    others: [group, ...complete],
    violations: halves.map(([event, pattern]) => ({
        others: without(event, { ...filter(event), props: { ...filter(event).props, pattern } }, alarm(event)),
        says: missing(event),
    })),
});
