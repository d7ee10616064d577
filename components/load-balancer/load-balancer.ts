/**
 * Owns the way in for HTTP: the application load balancer, its listeners, its door, one target group and one rule a service.
 * Does not own names, certificates or the firewall (components/edge), nor the members of its targets: those register themselves.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { type AlarmRow, type AlarmTopics, createAlarms } from "../parts/alarm.ts";
import type { DashboardRow, Graph } from "../parts/dashboard.ts";
import { Door } from "../parts/door.ts";
import type { Placement } from "../parts/placement.ts";
import { nameTag } from "../parts/tags.ts";
import { type LoadBalancerSettings, lastPriority } from "./settings.ts";
import { blockKey, checkTargetName, planConditions, planTarget, type TargetRule, type TargetSettings } from "./target.ts";

export type { TargetRule, TargetSettings } from "./target.ts";

const namespace = "AWS/ApplicationELB";

/** AWS's list of the addresses that CloudFront reaches origins from. It counts as 55 rules, so it has a group of its own. */
const cloudfrontPrefixList = "com.amazonaws.global.cloudfront.origin-facing";

export interface LoadBalancerArgs extends LoadBalancerSettings {
    readonly environment: Environment;
    /** Public tier, or the app tier when `internal`. */
    readonly placement: Pick<Placement, "vpcId" | "subnetIds">;
    /** Issued certificate of this region: take it from the validation, not from the request. */
    readonly certificateArn: pulumi.Input<string>;
    /** Bucket of this region, encrypted with SSE-S3, that lets log delivery write under `load-balancer/`. */
    readonly accessLogBucketName: pulumi.Input<string>;
    readonly alarmTopics: AlarmTopics;
}

export interface Target {
    /** Known once a listener sends traffic to the group: services refuse a group without one. */
    readonly targetGroupArn: pulumi.Output<string>;
    /** `app/…/targetgroup/…`: names the target in scaling policies on requests per member. */
    readonly requestLabel: pulumi.Output<string>;
    /** Alarms on what the service answers, without those that also ring while instances are replaced as planned: what may stop a deployment. */
    readonly errorAlarmNames: readonly pulumi.Output<string>[];
}

export class LoadBalancer extends pulumi.ComponentResource {
    /** Deployment tools shift the weights of a rule while they switch versions; nothing does so yet. */
    public static readonly governedElsewhere = [] as const satisfies readonly { type: string; property: string; by: string }[];

    public readonly arn: pulumi.Output<string>;
    public readonly dnsName: pulumi.Output<string>;
    /** Zone of `dnsName`, for alias records. Not the zone of the stack. */
    public readonly zoneId: pulumi.Output<string>;
    public readonly securityGroupId: pulumi.Output<string>;
    /** The HTTPS listener. */
    public readonly listenerArn: pulumi.Output<string>;
    public readonly internal: boolean;

    private readonly name: string;
    private readonly args: LoadBalancerArgs;
    private readonly child: pulumi.CustomResourceOptions;
    private readonly balancer: aws.lb.LoadBalancer;
    private readonly listener: aws.lb.Listener;
    private readonly priorities = new Map<number, string>();
    private readonly targetGraphs: Graph["metrics"][number][][] = [];

    public constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:load-balancer:LoadBalancer", name, {}, opts);
        this.name = name;
        this.args = args;
        this.internal = args.internal;
        this.child = { parent: this };

        const door = this.createDoor();
        this.balancer = this.createBalancer([door.securityGroupId, ...this.createCloudfrontDoor()]);
        this.listener = this.createListener();
        this.createRedirect();
        this.createExtraCertificates();
        this.createRules();
        this.createAlarms();

        this.arn = this.balancer.arn;
        this.dnsName = this.balancer.dnsName;
        this.zoneId = this.balancer.zoneId;
        this.securityGroupId = door.securityGroupId;
        this.listenerArn = this.listener.arn;
        this.registerOutputs({
            arn: this.arn,
            dnsName: this.dnsName,
            zoneId: this.zoneId,
            securityGroupId: this.securityGroupId,
            listenerArn: this.listenerArn,
            internal: this.internal,
        });
    }

    /**
     * Sends requests to a service. Without `rule` it takes all that no other rule takes; only one target may.
     * Every target is a rule of its own and the listener's default stays a 404, so no service that comes or goes touches the listener.
     */
    public addTarget(key: string, target: TargetSettings, rule?: TargetRule): Target {
        const name = `${this.name}-${key}`;
        checkTargetName(name);
        this.takePriority(rule?.priority ?? lastPriority, `target ${key}`);
        const group = new aws.lb.TargetGroup(
            name,
            {
                ...planTarget(target, this.args.targets[key]),
                vpcId: this.args.placement.vpcId,
                tags: nameTag(this.args.environment, name),
            },
            this.child,
        );
        const sent = new aws.lb.ListenerRule(
            `${name}-rule`,
            {
                listenerArn: this.listener.arn,
                priority: rule?.priority ?? lastPriority,
                conditions: planConditions(rule),
                actions: [{ type: "forward", targetGroupArn: group.arn }],
                tags: nameTag(this.args.environment, name),
            },
            this.child,
        );
        const errorAlarms = this.watchTarget(key, group);
        return {
            targetGroupArn: pulumi.all([group.arn, sent.id]).apply(([arn]) => arn),
            requestLabel: pulumi.interpolate`${this.balancer.arnSuffix}/${group.arnSuffix}`,
            errorAlarmNames: errorAlarms.map((alarm) => alarm.name),
        };
    }

    /** Puts the load balancer behind a REGIONAL web ACL. A load balancer takes one. */
    public attachWebAcl(webAclArn: pulumi.Input<string>): void {
        new aws.wafv2.WebAclAssociation(
            `${this.name}-firewall`,
            { resourceArn: this.balancer.arn, webAclArn },
            // Right after its creation the load balancer is not known to WAF; the listener takes long enough.
            { ...this.child, dependsOn: [this.listener] },
        );
    }

    public get dashboardRow(): DashboardRow {
        const LoadBalancer = this.balancer.arnSuffix;
        const one = (label: string, metric: string, statistic: string) => ({
            label,
            namespace,
            metric,
            dimensions: { LoadBalancer },
            statistic,
        });
        return {
            title: "Load balancer",
            graphs: [
                {
                    title: "Requests",
                    metrics: [one("requests", "RequestCount", "Sum"), one("new connections", "NewConnectionCount", "Sum")],
                },
                {
                    title: "Answers",
                    metrics: [
                        one("5xx of targets", "HTTPCode_Target_5XX_Count", "Sum"),
                        one("5xx of the load balancer", "HTTPCode_ELB_5XX_Count", "Sum"),
                        one("4xx of targets", "HTTPCode_Target_4XX_Count", "Sum"),
                    ],
                },
                {
                    title: "Response time",
                    unit: "seconds",
                    metrics: [one("median", "TargetResponseTime", "p50"), one("95th percentile", "TargetResponseTime", "p95")],
                },
                { title: "Healthy members", metrics: this.targetGraphs.flat() },
            ],
        };
    }

    private createDoor(): Door {
        const { admit, environment, placement } = this.args;
        const door = new Door(this.name, { environment, vpcId: placement.vpcId, description: "Load balancer" }, this.child);
        if (admit === "cloudfront") {
            return door;
        }
        const dual = this.args.addressType !== "ipv4";
        const sources =
            admit === "anywhere"
                ? [{ key: "anywhere", cidrIpv4: "0.0.0.0/0" }, ...(dual ? [{ key: "anywhere6", cidrIpv6: "::/0" }] : [])]
                : [
                      ...admit.cidrs.map((cidrIpv4) => ({ key: blockKey(cidrIpv4), cidrIpv4 })),
                      ...(admit.cidrsIpv6 ?? []).map((cidrIpv6) => ({ key: blockKey(cidrIpv6), cidrIpv6 })),
                  ];
        for (const { key, ...source } of sources) {
            door.admit(key, source, 443);
            door.admit(`${key}-http`, source, 80);
        }
        return door;
    }

    /** Port 443 only: CloudFront never asks by HTTP, and the list twice would be more rules than a group takes. */
    private createCloudfrontDoor(): pulumi.Output<string>[] {
        const { admit, environment, placement } = this.args;
        if (admit !== "cloudfront") {
            return [];
        }
        const list = aws.ec2.getManagedPrefixListOutput({ name: cloudfrontPrefixList }, { parent: this });
        const door = new Door(
            `${this.name}-cloudfront`,
            { environment, vpcId: placement.vpcId, description: "CloudFront to the load balancer" },
            this.child,
        );
        door.admit("origins", { prefixListId: list.id }, 443);
        return [door.securityGroupId];
    }

    private createBalancer(securityGroups: pulumi.Output<string>[]): aws.lb.LoadBalancer {
        const { args } = this;
        const log = (what: string) => ({ enabled: true, bucket: args.accessLogBucketName, prefix: `load-balancer/${what}` });
        return new aws.lb.LoadBalancer(
            `${this.name}-application`,
            {
                loadBalancerType: "application",
                internal: args.internal,
                ipAddressType: args.addressType,
                subnets: [...args.placement.subnetIds],
                securityGroups,
                idleTimeout: args.idleTimeoutSeconds,
                clientKeepAlive: args.clientKeepAliveSeconds,
                enableHttp2: args.http2,
                desyncMitigationMode: args.desyncMitigation,
                preserveHostHeader: args.preserveHost,
                xffHeaderProcessingMode: args.forwardedFor,
                enableXffClientPort: args.forwardedPort,
                enableTlsVersionAndCipherSuiteHeaders: args.tlsHeaders,
                enableZonalShift: args.zonalShift,
                enableWafFailOpen: args.wafFailOpen,
                ...(args.minimumCapacityUnits !== undefined && {
                    minimumLoadBalancerCapacity: { capacityUnits: args.minimumCapacityUnits },
                }),
                ...(args.logs.connections && { connectionLogs: log("connections") }),
                ...(args.logs.healthChecks && { healthCheckLogs: log("health-checks") }),
                accessLogs: log("access"),
                dropInvalidHeaderFields: true,
                enableDeletionProtection: !args.environment.expendable,
                tags: nameTag(args.environment, this.name),
            },
            this.child,
        );
    }

    private createListener(): aws.lb.Listener {
        const { headers } = this.args;
        return new aws.lb.Listener(
            `${this.name}-https`,
            {
                loadBalancerArn: this.balancer.arn,
                port: 443,
                protocol: "HTTPS",
                sslPolicy: this.args.tlsPolicy,
                certificateArn: this.args.certificateArn,
                routingHttpResponseStrictTransportSecurityHeaderValue: headers.strictTransportSecurity,
                routingHttpResponseXFrameOptionsHeaderValue: headers.frames,
                routingHttpResponseXContentTypeOptionsHeaderValue: "nosniff",
                ...(headers.contentSecurityPolicy !== undefined && {
                    routingHttpResponseContentSecurityPolicyHeaderValue: headers.contentSecurityPolicy,
                }),
                routingHttpResponseServerEnabled: false,
                defaultActions: [
                    {
                        type: "fixed-response",
                        fixedResponse: { statusCode: "404", contentType: "text/plain", messageBody: "Nothing is served here." },
                    },
                ],
                tags: nameTag(this.args.environment, `${this.name}-https`),
            },
            this.child,
        );
    }

    /** Only where somebody may knock at port 80: CloudFront never does. */
    private createRedirect(): void {
        if (this.args.admit === "cloudfront") {
            return;
        }
        new aws.lb.Listener(
            `${this.name}-http`,
            {
                loadBalancerArn: this.balancer.arn,
                port: 80,
                protocol: "HTTP",
                defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
                tags: nameTag(this.args.environment, `${this.name}-http`),
            },
            this.child,
        );
    }

    private createExtraCertificates(): void {
        for (const [key, certificateArn] of Object.entries(this.args.extraCertificates)) {
            new aws.lb.ListenerCertificate(
                `${this.name}-certificate-${key}`,
                { listenerArn: this.listener.arn, certificateArn },
                this.child,
            );
        }
    }

    private createRules(): void {
        for (const [key, rule] of Object.entries(this.args.rules)) {
            this.takePriority(rule.priority, `rules.${key}`);
            const { action } = rule;
            new aws.lb.ListenerRule(
                `${this.name}-rule-${key}`,
                {
                    listenerArn: this.listener.arn,
                    priority: rule.priority,
                    conditions: [
                        ...(rule.hosts === undefined && rule.paths === undefined ? [] : planConditions(pick(rule))),
                        ...(rule.methods === undefined ? [] : [{ httpRequestMethod: { values: rule.methods } }]),
                        ...(rule.sources === undefined ? [] : [{ sourceIp: { values: rule.sources } }]),
                        ...(rule.header === undefined
                            ? []
                            : [{ httpHeader: { httpHeaderName: rule.header.name, values: rule.header.values } }]),
                    ],
                    actions: [
                        action.kind === "redirect"
                            ? {
                                  type: "redirect",
                                  redirect: {
                                      protocol: "HTTPS",
                                      port: "443",
                                      ...(action.host !== undefined && { host: action.host }),
                                      ...(action.path !== undefined && { path: action.path }),
                                      statusCode: action.permanent ? "HTTP_301" : "HTTP_302",
                                  },
                              }
                            : {
                                  type: "fixed-response",
                                  fixedResponse: {
                                      statusCode: action.statusCode,
                                      contentType: action.contentType,
                                      ...(action.body !== undefined && { messageBody: action.body }),
                                  },
                              },
                    ],
                    tags: nameTag(this.args.environment, `${this.name}-${key}`),
                },
                this.child,
            );
        }
    }

    private createAlarms(): void {
        const LoadBalancer = this.balancer.arnSuffix;
        const count = { namespace, dimensions: { LoadBalancer }, statistic: "Sum", periodSeconds: 60, silence: "fine" } as const;
        this.alarm([
            {
                ...count,
                key: "own-errors",
                severity: "critical",
                description:
                    "The load balancer itself answers 5xx: no member is fit, or none answers in time. See the health of the targets.",
                metric: "HTTPCode_ELB_5XX_Count",
                periods: 5,
                breachingPeriods: 3,
                comparison: "above",
                threshold: this.args.alarms.errorsPerMinute,
            },
            {
                ...count,
                key: "rejected-connections",
                severity: "warning",
                description: "Connections were refused because the load balancer was full. Reserve capacity units.",
                metric: "RejectedConnectionCount",
                periods: 1,
                comparison: "above",
                threshold: 0,
            },
        ]);
    }

    /** Returns the alarms on errors. */
    private watchTarget(key: string, group: aws.lb.TargetGroup): readonly aws.cloudwatch.MetricAlarm[] {
        const { alarms } = this.args;
        const at = {
            namespace,
            dimensions: { LoadBalancer: this.balancer.arnSuffix, TargetGroup: group.arnSuffix },
            periodSeconds: 60,
            periods: 5,
            silence: "fine",
        } as const;
        this.targetGraphs.push([
            { label: key, namespace, metric: "HealthyHostCount", dimensions: at.dimensions, statistic: "Minimum" },
            { label: `${key}, unfit`, namespace, metric: "UnHealthyHostCount", dimensions: at.dimensions, statistic: "Maximum" },
        ]);
        const errors = this.alarm([
            {
                ...at,
                key: `${key}-errors`,
                severity: "critical",
                description: `${key} answers 5xx. See its logs and its last deployment.`,
                metric: "HTTPCode_Target_5XX_Count",
                statistic: "Sum",
                breachingPeriods: 3,
                comparison: "above",
                threshold: alarms.errorsPerMinute,
            },
        ]);
        this.alarm([
            {
                ...at,
                key: `${key}-slow`,
                severity: "warning",
                description: `${key} answers slowly. See its CPU, then its database.`,
                metric: "TargetResponseTime",
                statistic: "p95",
                breachingPeriods: 4,
                comparison: "above",
                threshold: alarms.responseSeconds,
            },
            {
                ...at,
                key: `${key}-unfit`,
                severity: "warning",
                description: `A member of ${key} fails its health check. See why in its logs; the group replaces it.`,
                metric: "UnHealthyHostCount",
                statistic: "Maximum",
                comparison: "above",
                threshold: 0,
            },
            ...(alarms.healthyTargets === 0
                ? []
                : [
                      {
                          ...at,
                          key: `${key}-absent`,
                          severity: "critical",
                          description: `${key} has fewer healthy members than ${alarms.healthyTargets}. See its group's activity.`,
                          metric: "HealthyHostCount",
                          statistic: "Minimum",
                          comparison: "below",
                          threshold: alarms.healthyTargets,
                          silence: "wrong",
                      } as const,
                  ]),
        ]);
        return errors;
    }

    private alarm(rows: readonly AlarmRow[]): readonly aws.cloudwatch.MetricAlarm[] {
        return createAlarms(this.name, this.args.environment, this.args.alarmTopics, rows, this.child);
    }

    /** Two rules of one priority are refused by ELB. Whoever composes the stack hears it before anything is created. */
    private takePriority(priority: number, who: string): void {
        const holder = this.priorities.get(priority);
        if (holder !== undefined) {
            throw new RangeError(
                priority === lastPriority
                    ? `${who} has no rule, and neither has ${holder}: only one target takes what is left`
                    : `priority ${priority} of ${who} is already taken by ${holder}`,
            );
        }
        this.priorities.set(priority, who);
    }
}

function pick(rule: { readonly hosts?: readonly string[] | undefined; readonly paths?: readonly string[] | undefined }) {
    return { ...(rule.hosts !== undefined && { hosts: rule.hosts }), ...(rule.paths !== undefined && { paths: rule.paths }) };
}
