/**
 * Owns how an environment tells people about itself: topics by severity, the dashboard, the central log group, saved queries, the alarm
 * above all alarms. Does not own the alarms: each component brings its own and gets `alarmTopics` to ring.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { globalRegion } from "../../conventions/regions.ts";
import type { AlarmTopics } from "../parts/alarm.ts";
import type { DashboardRow } from "../parts/dashboard.ts";
import { nameTag } from "../parts/tags.ts";
import { createCentralLogs } from "./central-logs.ts";
import { layOut } from "./dashboard.ts";
import { createEdgeKey } from "./edge-key.ts";
import type { ObservabilitySettings } from "./settings.ts";
import { createTopics } from "./topics.ts";

export interface ObservabilityArgs extends ObservabilitySettings {
    readonly environment: Environment;
    readonly logsKeyArn: pulumi.Input<string>;
    /** Must let the services of `topics.ts` use it: a message they cannot encrypt vanishes silently. */
    readonly notificationsKeyArn: pulumi.Input<string>;
    /** Whether anything lives in us-east-1 (CloudFront, Route 53): its alarms ring only topics that stand there. */
    readonly edge: boolean;
    /** Key in us-east-1 for the topics there, such as that of the domain edgeLogs. Absent: the component makes its own. */
    readonly edgeKeyArn?: pulumi.Input<string>;
}

export class Observability extends pulumi.ComponentResource {
    public static readonly governedElsewhere: readonly { readonly type: string; readonly property: string; readonly by: string }[] = [
        {
            type: "aws:sns/topicSubscription:TopicSubscription",
            property: "pendingConfirmation",
            by: "the person who follows the link in the mail",
        },
    ];

    public readonly alarmTopics: AlarmTopics;
    /** Topics in us-east-1: those of the environment where it stands there, none where nothing of it does. */
    public readonly edgeAlarmTopics: AlarmTopics;
    /** For what belongs to no component; absent unless settings ask for it. */
    public readonly centralLogGroup: { readonly name: pulumi.Output<string>; readonly arn: pulumi.Output<string> } | undefined;

    private readonly name: string;
    /** Alarms of its own, which the alarm above all may name too. */
    private ownAlarms: readonly pulumi.Resource[] = [];
    private readonly args: ObservabilityArgs;

    public constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:observability:Observability", name, {}, opts);
        this.name = name;
        this.args = args;
        this.alarmTopics = createTopics(
            { name, environment: args.environment, keyArn: args.notificationsKeyArn, opts: { parent: this } },
            args.alarms,
        );
        this.edgeAlarmTopics = this.createEdgeTopics();
        this.centralLogGroup = this.createLogs();
        this.createQueries();
        this.createQuietTimes();
        this.registerOutputs({
            alarmTopics: this.alarmTopics,
            edgeAlarmTopics: this.edgeAlarmTopics,
            ...(this.centralLogGroup !== undefined && { centralLogGroupName: this.centralLogGroup.name }),
        });
    }

    /** Draws the environment's dashboard, a row a component, in the order given. Called once, last; without `dashboard` in the settings it draws nothing. */
    public show(rows: readonly DashboardRow[]): void {
        const { dashboard, environment } = this.args;
        if (dashboard === undefined) {
            return;
        }
        new aws.cloudwatch.Dashboard(
            `${this.name}-dashboard`,
            {
                dashboardName: environment.name,
                dashboardBody: pulumi.jsonStringify({
                    start: `-PT${dashboard.lastHours}H`,
                    periodOverride: "inherit",
                    widgets: layOut(rows, environment.region),
                }),
            },
            { parent: this },
        );
    }

    /**
     * Makes the alarm above all alarms, after `alarmed`, the components whose alarms it reads: AWS refuses a rule that names an alarm
     * which does not exist. Called once, last; without `serviceHealth` in the settings it makes nothing.
     */
    public judgeHealth(alarmed: readonly pulumi.Resource[]): void {
        const { serviceHealth, environment } = this.args;
        const topic = serviceHealth && this.alarmTopics[serviceHealth.severity];
        if (serviceHealth === undefined || topic === undefined) {
            return;
        }
        const fullName = (alarm: string) => `${environment.name}-${alarm}`;
        new aws.cloudwatch.CompositeAlarm(
            `${this.name}-health`,
            {
                alarmName: fullName("service-health"),
                alarmDescription: `${serviceHealth.severity}: users are affected. The alarms that ring beside this one say where.`,
                alarmRule: [...new Set(serviceHealth.alarms)]
                    .sort()
                    .map((alarm) => `ALARM("${fullName(alarm)}")`)
                    .join(" OR "),
                alarmActions: [topic],
                okActions: [topic],
                ...(serviceHealth.quietWhile !== undefined && {
                    actionsSuppressor: { alarm: fullName(serviceHealth.quietWhile), waitPeriod: 60, extensionPeriod: 120 },
                }),
                tags: nameTag(environment, `${this.name}-health`),
            },
            { parent: this, dependsOn: [...this.ownAlarms, ...alarmed] },
        );
    }

    private createEdgeTopics(): AlarmTopics {
        const { environment, edge, edgeKeyArn, alarms } = this.args;
        if (environment.region === globalRegion) {
            return this.alarmTopics;
        }
        if (!edge || (alarms.critical === undefined && alarms.warning === undefined)) {
            return {};
        }
        const name = `${this.name}-edge`;
        const opts = { parent: this };
        const keyArn = edgeKeyArn ?? createEdgeKey(`${name}-key`, environment, opts).arn;
        return createTopics({ name, environment, keyArn, region: globalRegion, opts }, alarms);
    }

    private createLogs(): Observability["centralLogGroup"] {
        const { logs, environment, logsKeyArn } = this.args;
        if (logs === undefined) {
            return undefined;
        }
        const { group, alarms } = createCentralLogs({
            name: this.name,
            environment,
            keyArn: logsKeyArn,
            settings: logs,
            alarmTopics: this.alarmTopics,
            opts: { parent: this },
        });
        this.ownAlarms = alarms;
        return { name: group.name, arn: group.arn };
    }

    private createQueries(): void {
        const central = this.centralLogGroup;
        for (const [key, { query, logGroups }] of Object.entries(this.args.queries)) {
            const chosen = logGroups.length > 0 ? logGroups : central && [central.name];
            new aws.cloudwatch.QueryDefinition(
                `${this.name}-query-${key}`,
                {
                    name: `${this.args.environment.name}/${key}`,
                    queryString: query,
                    ...(chosen !== undefined && { logGroupNames: chosen }),
                },
                { parent: this },
            );
        }
    }

    private createQuietTimes(): void {
        const { environment, quiet } = this.args;
        for (const [key, { schedule, duration, timezone, alarms }] of Object.entries(quiet)) {
            new aws.cloudwatch.AlarmMuteRule(
                `${this.name}-quiet-${key}`,
                {
                    name: `${environment.name}-${key}`,
                    rule: { schedule: { expression: schedule, duration, timezone } },
                    muteTargets: { alarmNames: alarms.map((alarm) => `${environment.name}-${alarm}`) },
                    tags: nameTag(environment, `${this.name}-quiet-${key}`),
                },
                { parent: this },
            );
        }
    }
}
