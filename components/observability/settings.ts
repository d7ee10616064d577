/** Settings of `observability`: who hears of what, the dashboard, and what is made of the central log group. */
import { z } from "zod";
import { emailAddress, mapKey, words } from "../../conventions/fields.ts";

const severity = z.enum(["critical", "warning"]);

const Receivers = z
    .strictObject({
        emails: z
            .array(emailAddress)
            .default([])
            .describe(
                "Addresses. Each gets a mail with a link and hears nothing until somebody follows it. Renaming one replaces its subscription.",
            ),
        endpoints: z
            .record(
                mapKey,
                z.strictObject({
                    url: z
                        .string()
                        .regex(/^https:\/\/[^\s]+$/, {
                            error: (issue) => `expected an address that begins with https://, got ${JSON.stringify(issue.input)}`,
                        })
                        .describe(
                            "Where to send. Usually holds a token, so it is kept as a secret. Changing it replaces the subscription.",
                        ),
                    confirms: z
                        .boolean()
                        .default(true)
                        .describe(
                            "Whether the receiver confirms by itself within a minute (PagerDuty, Opsgenie and the like do). False: by hand.",
                        ),
                }),
            )
            .default({})
            .describe("Services that page or chat, by key."),
        queues: z
            .record(mapKey, z.string().regex(/^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/, { error: () => "expected the ARN of an SQS queue" }))
            .default({})
            .describe("Queues by key. Their own policy and key must let the topic send. Not subscribed to the topic in us-east-1."),
    })
    .superRefine((receivers, context) => {
        const twice = receivers.emails.filter((address, index) => receivers.emails.indexOf(address) !== index);
        for (const address of new Set(twice)) {
            context.addIssue({ code: "custom", path: ["emails"], message: `names ${address} twice` });
        }
    });
export type Receivers = Readonly<z.infer<typeof Receivers>>;

const FilterAlarm = z.strictObject({
    severity: severity.describe("critical wakes somebody, warning is read in the morning."),
    description: words.describe("What is wrong and what to do first, for the person who is woken."),
    threshold: z.number().min(0).default(1).describe("Sum over a period from which it is too much."),
    periodMinutes: z.int().min(1).max(60).default(5).describe("Length of a period."),
    periods: z.int().min(1).max(24).default(1).describe("Periods in a row that must be too much."),
});

const MetricFilter = z.strictObject({
    pattern: z
        .string()
        .max(1024)
        .describe(
            'CloudWatch\'s filter pattern, such as ERROR, or { $.level = "error" } for JSON. AWS checks its syntax only at the call.',
        ),
    value: z.string().min(1).max(100).default("1").describe("What a match counts: a number, or a field such as $.duration."),
    unit: z.enum(["Count", "Seconds", "Milliseconds", "Bytes", "Percent", "None"]).default("Count").describe("Unit of the metric."),
    alarm: FilterAlarm.optional().describe("When the count is too high. Default: only counted."),
});

const dataIdentifiers = [
    "Address",
    "AwsSecretKey",
    "CreditCardExpiration",
    "CreditCardNumber",
    "CreditCardSecurityCode",
    "EmailAddress",
    "IpAddress",
    "LatLong",
    "Name",
    "OpenSshPrivateKey",
    "PgpPrivateKey",
    "PkcsPrivateKey",
    "PuttyPrivateKey",
    "VehicleIdentificationNumber",
] as const;

const Logs = z.strictObject({
    metricFilters: z.record(mapKey, MetricFilter).default({}).describe("Counts lines of the central log group, by key. At most 100."),
    masked: z
        .array(z.enum(dataIdentifiers))
        .default([])
        .describe(
            "Data that is masked in the central log group for all who lack logs:Unmask, by AWS's names. 0.12 USD a GB scanned. Default: none.",
        ),
    anomalies: z
        .strictObject({
            everyMinutes: z
                .literal([5, 10, 15, 30, 60])
                .default(15)
                .describe("How often the group is looked at. Must not be more often than the application logs."),
            trainedDays: z.int().min(7).max(90).default(21).describe("Days after which an unusual pattern counts as usual."),
        })
        .optional()
        .describe(
            "Learns the usual patterns of the central log group and warns of unusual ones of high priority. Free for the standard class.",
        ),
});

export const ObservabilitySettings = z
    .strictObject({
        alarms: z
            .strictObject({
                critical: Receivers.optional().describe("Who is woken. Absent: critical alarms do not exist."),
                warning: Receivers.optional().describe("Who reads in the morning. Absent: warnings do not exist."),
            })
            .default({})
            .describe("Receivers by severity. Presence of a severity decides whether its topic and its alarms exist in this environment."),
        dashboard: z
            .strictObject({
                lastHours: z.int().min(1).max(720).default(3).describe("Hours it shows when opened."),
            })
            .optional()
            .describe("The environment's dashboard, a row a component. 3 USD a month after the first three of an account."),
        logs: Logs.optional().describe(
            "A central log group, /<environment>/application, for what belongs to no component. Kept for logRetentionDays.",
        ),
        queries: z
            .record(
                mapKey,
                z.strictObject({
                    query: z.string().min(1).max(10_000).describe("CloudWatch Logs Insights query."),
                    logGroups: z
                        .array(z.string().regex(/^[\w./#-]{1,512}$/, { error: () => "expected the name of a log group" }))
                        .max(50)
                        .default([])
                        .describe("Names of the groups it reads. Default: the central one where there is one, else chosen on opening."),
                }),
            )
            .default({})
            .describe("Saved queries by key, shown in the console under the environment's name."),
        serviceHealth: z
            .strictObject({
                severity: severity.describe("Whose receivers hear of it."),
                alarms: z
                    .array(
                        z.string().regex(/^[\w-]{1,200}$/, { error: () => "expected the name of an alarm without the environment's name" }),
                    )
                    .min(1)
                    .max(100)
                    .describe(
                        "Alarms any of which means that users are affected, without the environment's name: balancer-errors. Not those of the edge, which live in us-east-1.",
                    ),
                quietWhile: z
                    .string()
                    .regex(/^[\w-]{1,200}$/)
                    .optional()
                    .describe("An alarm that keeps it quiet while it rings, such as one that a deployment raises. Default: none."),
            })
            .optional()
            .describe("One alarm above the others, for a status page or a pager that should ring once. 0.50 USD a month."),
        quiet: z
            .record(
                mapKey,
                z.strictObject({
                    schedule: z
                        .string()
                        .regex(/^(cron|at)\(.+\)$/, { error: () => "expected cron(...) or at(...)" })
                        .describe("When it begins."),
                    duration: z
                        .string()
                        .regex(/^P(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?)?$/, { error: () => "expected a duration such as PT2H" })
                        .describe("How long it lasts."),
                    timezone: z.string().min(1).max(50).default("UTC").describe("Time zone of the schedule, such as Europe/Berlin."),
                    alarms: z
                        .array(z.string().min(1).max(255))
                        .min(1)
                        .max(100)
                        .describe("Alarms that are silent then, without the environment's name."),
                }),
            )
            .default({})
            .describe("Maintenance windows, by key: alarms still change their state, but tell nobody."),
    })
    .superRefine((settings, context) => {
        const heard = (named: "critical" | "warning", path: (string | number)[]) => {
            if (settings.alarms[named] === undefined) {
                context.addIssue({ code: "custom", path, message: `nobody would hear of it: add observability.alarms.${named}` });
            }
        };
        for (const [key, filter] of Object.entries(settings.logs?.metricFilters ?? {})) {
            if (filter.alarm !== undefined) {
                heard(filter.alarm.severity, ["logs", "metricFilters", key, "alarm", "severity"]);
            }
        }
        if (settings.serviceHealth !== undefined) {
            heard(settings.serviceHealth.severity, ["serviceHealth", "severity"]);
        }
        for (const named of ["critical", "warning"] as const) {
            const receivers = settings.alarms[named];
            const count =
                receivers && receivers.emails.length + Object.keys(receivers.endpoints).length + Object.keys(receivers.queues).length;
            if (count === 0) {
                context.addIssue({
                    code: "custom",
                    path: ["alarms", named],
                    message: "has no receiver: add emails, endpoints or queues, or drop the severity",
                });
            }
        }
    });
export type ObservabilitySettings = Readonly<z.infer<typeof ObservabilitySettings>>;
