/**
 * Owns what people meet first: the names, their certificates, the firewall and the CDN.
 * Does not own what it publishes: the load balancer and the bucket stay their own, and let the edge in themselves.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { globalRegion } from "../../conventions/regions.ts";
import { type AlarmRow, type AlarmTopics, createAlarms } from "../parts/alarm.ts";
import type { DashboardRow, Graph } from "../parts/dashboard.ts";
import { nameTag } from "../parts/tags.ts";
import { Cdn, type PublishedAssets, type PublishedLoadBalancer } from "./cdn.ts";
import { type Certificates, createCertificates } from "./certificates.ts";
import { Firewall } from "./firewall.ts";
import { behindCdn, guardedNames, originName, originProblems, planRouting, viewerNames } from "./plan.ts";
import { createQueryLog } from "./query-log.ts";
import type { EdgeSettings } from "./settings.ts";

export type { PublishedAssets, PublishedLoadBalancer } from "./cdn.ts";

export interface EdgeArgs extends EdgeSettings {
    readonly environment: Environment;
    /** Key of the home region that log groups may use: for a firewall at the load balancer. */
    readonly logsKeyArn: pulumi.Input<string>;
    /** The same in us-east-1: for a firewall at the CDN, for its access logs in a log group, and for the query log of a zone. */
    readonly edgeLogsKeyArn?: pulumi.Input<string>;
    /** Takes the CDN's access logs under `cloudfront/`. */
    readonly logBucket: {
        readonly name: pulumi.Input<string>;
        readonly arn: pulumi.Input<string>;
        readonly domainName: pulumi.Input<string>;
    };
    readonly alarmTopics: AlarmTopics;
    /** Topics in us-east-1: an alarm notifies topics of its own region only. Default: those of home when home is us-east-1, else no such alarms. */
    readonly edgeAlarmTopics?: AlarmTopics;
}

/** What the edge publishes. One of the two at least. */
export interface Origins {
    readonly loadBalancer?: PublishedLoadBalancer;
    readonly assets?: PublishedAssets;
}

export class Edge extends pulumi.ComponentResource {
    /** The default version of a managed rule group is AWS's, but it is no input unless pinned; nothing here is changed behind our back. */
    public static readonly governedElsewhere = [] as const satisfies readonly { type: string; property: string; by: string }[];

    /** Issued certificate of the home region, for the load balancer. */
    public readonly certificateArn: pulumi.Output<string>;
    /** Web ACL for the load balancer. Absent without a firewall, and where the firewall stands at the CDN. */
    public readonly webAclArn?: pulumi.Output<string>;
    /** Where people go. */
    public readonly url: string;
    /** To be entered at the parent of a zone that was created here. */
    public readonly nameServers?: pulumi.Output<string[]>;

    private readonly name: string;
    private readonly args: EdgeArgs;
    private readonly child: pulumi.CustomResourceOptions;
    private readonly zoneId: pulumi.Output<string>;
    private readonly certificates: Certificates;
    private readonly firewall?: Firewall;
    private readonly graphs: Graph[] = [];

    public constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:edge:Edge", name, {}, opts);
        this.name = name;
        this.args = args;
        this.child = { parent: this };
        this.url = `https://${args.domain}`;

        const zone = this.createZone();
        this.zoneId = zone.id;
        this.createIssuerRecords();
        this.certificates = createCertificates(name, args, this.zoneId, this.child);
        this.certificateArn = this.certificates.homeArn;
        this.watchCertificates();
        const firewall = this.createFirewall();
        if (firewall !== undefined) {
            this.firewall = firewall;
            this.watchFirewall(firewall);
            if (args.cdn === undefined) {
                this.webAclArn = firewall.arn;
            }
        }
        if (zone.nameServers !== undefined) {
            this.nameServers = zone.nameServers;
        }
        this.registerOutputs({
            certificateArn: this.certificateArn,
            ...(this.webAclArn !== undefined && { webAclArn: this.webAclArn }),
            url: this.url,
            ...(this.nameServers !== undefined && { nameServers: this.nameServers }),
        });
    }

    /** Puts the names, and the CDN if there is one, in front of what is given. Called once, when both exist. */
    public publish(origins: Origins): { readonly distributionArn?: pulumi.Output<string> } {
        const { args } = this;
        const { loadBalancer } = origins;
        if (args.serves === "viewers" && args.cdn !== undefined) {
            // stacks/rules.ts asks the same of the settings, in the voice of refusal; whoever comes here has not asked.
            const problems = originProblems(args, { loadBalancer: loadBalancer !== undefined, assets: origins.assets !== undefined });
            if (problems.length > 0) {
                throw new TypeError(problems.map(({ path, message }) => `${path} ${message}`).join("; "));
            }
            const { distribution, distributionArn } = this.createCdn(args.cdn, origins);
            const there = { name: distribution.domainName, zoneId: distribution.hostedZoneId, evaluateTargetHealth: false };
            for (const each of viewerNames(args)) {
                this.createAlias(each, there);
            }
            if (loadBalancer !== undefined && !loadBalancer.internal) {
                this.createRoutedAlias(originName(args), loadBalancer);
            }
            this.createHealthCheck(args.domain);
            return { distributionArn };
        }
        if (loadBalancer !== undefined) {
            const healthCheckId = this.createHealthCheck(loadBalancer.dnsName);
            for (const each of behindCdn(args) ? [originName(args)] : viewerNames(args)) {
                this.createRoutedAlias(each, loadBalancer, healthCheckId);
            }
        }
        return {};
    }

    public get dashboardRow(): DashboardRow {
        return { title: "Edge", graphs: this.graphs };
    }

    private createZone(): { readonly id: pulumi.Output<string>; readonly nameServers?: pulumi.Output<string[]> } {
        const { zone, environment, acceleratedRecovery, queryLogs, edgeLogsKeyArn } = this.args;
        if (!("create" in zone)) {
            return { id: pulumi.output(zone.id) };
        }
        const created = new aws.route53.Zone(
            `${this.name}-zone`,
            {
                name: zone.create,
                comment: environment.name,
                ...(acceleratedRecovery && { enableAcceleratedRecovery: true }),
                forceDestroy: environment.expendable,
                tags: nameTag(environment, `${this.name}-zone`),
            },
            { ...this.child, protect: !environment.expendable },
        );
        if (queryLogs) {
            if (edgeLogsKeyArn === undefined) {
                throw new TypeError(`${this.name} logs the queries of its zone in us-east-1, which needs edgeLogsKeyArn`);
            }
            const args = { environment, zone: created, zoneName: zone.create, keyArn: edgeLogsKeyArn };
            createQueryLog(`${this.name}-queries`, args, this.child);
        }
        // Certificates wait for these to be entered at the parent, and the stack's outputs come only after them.
        created.nameServers.apply((servers) =>
            pulumi.log.info(`Name servers of ${zone.create}, to be entered at its parent: ${servers.join(", ")}`, created),
        );
        return { id: created.zoneId, nameServers: created.nameServers };
    }

    /** One stack of several that share the names guards them: not the one behind another's CDN, nor a secondary. */
    private createIssuerRecords(): void {
        const { certificateIssuers, routing, serves } = this.args;
        const second = serves === "origin" || (routing?.kind === "failover" && routing.role === "secondary");
        if (certificateIssuers.length === 0 || second) {
            return;
        }
        for (const each of guardedNames(this.args)) {
            new aws.route53.Record(
                `${this.name}-issuers-${each}`,
                {
                    zoneId: this.zoneId,
                    name: each,
                    type: "CAA",
                    ttl: 3600,
                    records: certificateIssuers.map((issuer) => `0 issue "${issuer}"`).sort(),
                },
                this.child,
            );
        }
    }

    private createFirewall(): Firewall | undefined {
        const { cdn, edgeLogsKeyArn, environment, firewall, logsKeyArn } = this.args;
        if (firewall === undefined) {
            return undefined;
        }
        const logsKey = cdn === undefined ? logsKeyArn : edgeLogsKeyArn;
        if (logsKey === undefined) {
            throw new TypeError(`${this.name} has a firewall in us-east-1, whose log needs edgeLogsKeyArn`);
        }
        const scope = cdn === undefined ? "REGIONAL" : "CLOUDFRONT";
        return new Firewall(`${this.name}-firewall`, { ...firewall, environment, scope, logsKeyArn: logsKey }, this.child);
    }

    private createCdn(settings: NonNullable<EdgeSettings["cdn"]>, origins: Origins): Cdn {
        const { args } = this;
        const cdn = new Cdn(
            `${this.name}-cdn`,
            {
                ...settings,
                ...origins,
                environment: args.environment,
                aliases: viewerNames(args),
                certificateArn: this.certificates.edgeArn ?? this.certificateArn,
                originName: originName(args),
                ...(this.firewall !== undefined && { webAclArn: this.firewall.arn }),
                logBucketArn: args.logBucket.arn,
                ...(args.edgeLogsKeyArn !== undefined && { edgeLogsKeyArn: args.edgeLogsKeyArn }),
            },
            this.child,
        );
        this.watchCdn(cdn.distribution, settings);
        return cdn;
    }

    private createAlias(
        domain: string,
        target: { readonly name: pulumi.Input<string>; readonly zoneId: pulumi.Input<string>; readonly evaluateTargetHealth: boolean },
        routing: Partial<aws.route53.RecordArgs> = {},
    ): void {
        for (const type of ["A", "AAAA"] as const) {
            new aws.route53.Record(
                `${this.name}-${domain}-${type.toLowerCase()}`,
                { zoneId: this.zoneId, name: domain, type, aliases: [target], ...routing },
                this.child,
            );
        }
    }

    /** Names of a load balancer may be shared with another stack's; the alias heeds the load balancer's own health besides. */
    private createRoutedAlias(domain: string, loadBalancer: PublishedLoadBalancer, healthCheckId?: pulumi.Output<string>): void {
        const { environment, routing } = this.args;
        const target = { name: loadBalancer.dnsName, zoneId: loadBalancer.zoneId, evaluateTargetHealth: true };
        this.createAlias(
            domain,
            target,
            routing === undefined
                ? {}
                : { ...planRouting(routing, environment.region), ...(healthCheckId !== undefined && { healthCheckId }) },
        );
    }

    /** Asks from outside. The checkers do not look at the certificate, so the load balancer's own name will do. */
    private createHealthCheck(fqdn: pulumi.Input<string>): pulumi.Output<string> | undefined {
        const { environment, healthCheck } = this.args;
        if (healthCheck === undefined) {
            return undefined;
        }
        const check = new aws.route53.HealthCheck(
            `${this.name}-health`,
            {
                type: healthCheck.searchString === undefined ? "HTTPS" : "HTTPS_STR_MATCH",
                fqdn,
                port: 443,
                enableSni: true,
                resourcePath: healthCheck.path,
                ...(healthCheck.searchString !== undefined && { searchString: healthCheck.searchString }),
                requestInterval: healthCheck.intervalSeconds,
                failureThreshold: healthCheck.failureThreshold,
                tags: nameTag(environment, `${this.name}-health`),
            },
            this.child,
        );
        const at = { namespace: "AWS/Route53", dimensions: { HealthCheckId: check.id } };
        this.graphs.push({
            title: "Health seen from outside",
            region: globalRegion,
            metrics: [{ label: "share of checkers", ...at, metric: "HealthCheckPercentageHealthy", statistic: "Average" }],
        });
        this.alarm([
            {
                ...at,
                key: "unreachable",
                severity: "critical",
                description: `${this.url} does not answer from outside. See the load balancer's alarms first, then the CDN's.`,
                metric: "HealthCheckStatus",
                statistic: "Minimum",
                periodSeconds: 60,
                periods: 2,
                comparison: "below",
                threshold: 1,
                silence: "wrong",
                region: globalRegion,
            },
        ]);
        return check.id;
    }

    private watchCertificates(): void {
        const row = (key: string, CertificateArn: pulumi.Output<string>, region?: string): AlarmRow => ({
            key,
            severity: "critical",
            description:
                "A certificate is about to expire and ACM could not renew it. Its proof, a CNAME in the zone, is missing or not delegated.",
            namespace: "AWS/CertificateManager",
            metric: "DaysToExpiry",
            dimensions: { CertificateArn },
            statistic: "Minimum",
            periodSeconds: 86_400,
            periods: 1,
            comparison: "below",
            threshold: this.args.alarms.certificateDays,
            silence: "unknown",
            ...(region !== undefined && { region }),
        });
        const { homeArn, edgeArn } = this.certificates;
        this.alarm([
            row("certificate", homeArn),
            ...(edgeArn === undefined || this.args.environment.region === globalRegion
                ? []
                : [row("edge-certificate", edgeArn, globalRegion)]),
        ]);
    }

    private watchFirewall(firewall: Firewall): void {
        const { alarms, cdn, environment } = this.args;
        const region = cdn === undefined ? {} : { region: globalRegion };
        const at = {
            namespace: "AWS/WAFV2",
            dimensions: { WebACL: firewall.metricName, Rule: "ALL", ...(cdn === undefined && { Region: environment.region }) },
            statistic: "Sum",
        };
        this.graphs.push({
            title: "Firewall",
            ...region,
            metrics: [
                { label: "allowed", ...at, metric: "AllowedRequests" },
                { label: "blocked", ...at, metric: "BlockedRequests" },
                { label: "counted", ...at, metric: "CountedRequests" },
            ],
        });
        this.alarm([
            {
                ...at,
                ...region,
                key: "blocked",
                severity: "warning",
                description: "The firewall blocks far more than usual: an attack, or a rule that hits honest people. See its log.",
                metric: "BlockedRequests",
                periodSeconds: 300,
                periods: 1,
                comparison: "above",
                threshold: alarms.blockedPerFiveMinutes,
                silence: "fine",
            },
        ]);
    }

    private watchCdn(distribution: aws.cloudfront.Distribution, settings: NonNullable<EdgeSettings["cdn"]>): void {
        const at = { namespace: "AWS/CloudFront", dimensions: { DistributionId: distribution.id, Region: "Global" } };
        const when = {
            ...at,
            periodSeconds: 300,
            periods: 3,
            breachingPeriods: 2,
            comparison: "above",
            silence: "fine",
            region: globalRegion,
        } as const;
        this.graphs.push(
            {
                title: "Requests at the CDN",
                region: globalRegion,
                metrics: [{ label: "requests", ...at, metric: "Requests", statistic: "Sum" }],
            },
            {
                title: "Errors at the CDN",
                unit: "percent",
                region: globalRegion,
                metrics: [
                    { label: "5xx", ...at, metric: "5xxErrorRate", statistic: "Average" },
                    { label: "4xx", ...at, metric: "4xxErrorRate", statistic: "Average" },
                ],
            },
        );
        this.alarm([
            {
                ...when,
                key: "cdn-errors",
                severity: "critical",
                description:
                    "Viewers get 5xx from the CDN. See the load balancer's alarms; if they are silent, the way from CloudFront to it.",
                metric: "5xxErrorRate",
                statistic: "Average",
                threshold: this.args.alarms.errorPercent,
            },
            ...(settings.detailedMetrics
                ? [
                      {
                          ...when,
                          key: "origin-slow",
                          severity: "warning",
                          description: "The origin answers the CDN slowly. See the load balancer's response time.",
                          metric: "OriginLatency",
                          statistic: "p90",
                          threshold: this.args.alarms.originMilliseconds,
                      } as const,
                  ]
                : []),
        ]);
    }

    /** Each row to the topics of its region. */
    private alarm(rows: readonly AlarmRow[]): void {
        const { alarmTopics, edgeAlarmTopics, environment } = this.args;
        const atHome = environment.region === globalRegion;
        for (const row of rows) {
            const topics = row.region === undefined ? alarmTopics : (edgeAlarmTopics ?? (atHome ? alarmTopics : {}));
            createAlarms(this.name, environment, topics, [row], this.child);
        }
    }
}
