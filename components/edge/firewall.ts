/** The web ACL, its address sets and its log. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { globalRegion } from "../../conventions/regions.ts";
import { createLogGroup } from "../parts/log-group.ts";
import { nameTag } from "../parts/tags.ts";
import { type FirewallSettings, familyOf, type ManagedGroup, managedGroups } from "./firewall-settings.ts";

export interface FirewallArgs extends FirewallSettings {
    readonly environment: Environment;
    /** CLOUDFRONT stands in us-east-1 with all that belongs to it; REGIONAL at home. */
    readonly scope: "CLOUDFRONT" | "REGIONAL";
    /** Key of the region in which the web ACL stands. */
    readonly logsKeyArn: pulumi.Input<string>;
}

type Rule = aws.types.input.wafv2.WebAclRule;
type Mode = FirewallSettings["mode"];

/** Places in the order of evaluation. Fixed, so that a rule that comes or goes moves no other. */
const places = { allow: 10, deny: 20, countries: 30, rate: 40, groups: 100 } as const;

export class Firewall {
    public readonly arn: pulumi.Output<string>;
    /** Dimension of the web ACL's metrics. */
    public readonly metricName: string;
    private readonly name: string;
    private readonly args: FirewallArgs;
    private readonly there: { readonly region?: string };
    private readonly opts: pulumi.CustomResourceOptions;

    public constructor(name: string, args: FirewallArgs, opts: pulumi.CustomResourceOptions) {
        this.name = name;
        this.args = args;
        this.opts = opts;
        this.there = args.scope === "CLOUDFRONT" ? { region: globalRegion } : {};
        this.metricName = `${args.environment.name}-${name}`;
        const acl = this.createAcl();
        this.createLog(acl);
        this.arn = acl.arn;
    }

    private createAcl(): aws.wafv2.WebAcl {
        const { args } = this;
        return new aws.wafv2.WebAcl(
            this.name,
            {
                ...this.there,
                scope: args.scope,
                description: `Web ACL of ${args.environment.name}`,
                ...(args.bodyKiB !== undefined && {
                    associationConfig: { requestBodies: [{ cloudfront: { defaultSizeInspectionLimit: `KB_${args.bodyKiB}` } }] },
                }),
                defaultAction: { allow: {} },
                rules: [
                    ...this.addressRules("allow"),
                    ...this.addressRules("deny"),
                    ...this.countryRule(),
                    ...this.rateRule(),
                    ...this.groupRules(),
                ],
                visibilityConfig: visibility(this.metricName),
                tags: nameTag(args.environment, this.name),
            },
            this.opts,
        );
    }

    private addressRules(list: "allow" | "deny"): Rule[] {
        const blocks = this.args[list] ?? [];
        return (["IPV4", "IPV6"] as const).flatMap((family, index) => {
            const addresses = blocks.filter((block) => familyOf(block) === family).sort();
            if (addresses.length === 0) {
                return [];
            }
            const key = `${list}-${family.toLowerCase()}`;
            const set = new aws.wafv2.IpSet(
                `${this.name}-${key}`,
                {
                    ...this.there,
                    scope: this.args.scope,
                    ipAddressVersion: family,
                    addresses,
                    description: `Addresses that ${list === "allow" ? "always" : "never"} pass`,
                    tags: nameTag(this.args.environment, `${this.name}-${key}`),
                },
                this.opts,
            );
            return [
                {
                    name: key,
                    priority: places[list] + index,
                    action: list === "allow" ? { allow: {} } : action(this.args.mode),
                    statement: { ipSetReferenceStatement: { arn: set.arn } },
                    visibilityConfig: visibility(key),
                },
            ];
        });
    }

    private countryRule(): Rule[] {
        const { denyCountries, mode } = this.args;
        return denyCountries === undefined
            ? []
            : [
                  {
                      name: "countries",
                      priority: places.countries,
                      action: action(mode),
                      statement: { geoMatchStatement: { countryCodes: [...denyCountries].sort() } },
                      visibilityConfig: visibility("countries"),
                  },
              ];
    }

    private rateRule(): Rule[] {
        const { rateLimit, mode } = this.args;
        return rateLimit === undefined
            ? []
            : [
                  {
                      name: "rate",
                      priority: places.rate,
                      action: action(rateLimit.mode ?? mode),
                      statement: {
                          rateBasedStatement: {
                              aggregateKeyType: "IP",
                              limit: rateLimit.requests,
                              evaluationWindowSec: rateLimit.windowSeconds,
                          },
                      },
                      visibilityConfig: visibility("rate"),
                  },
              ];
    }

    private groupRules(): Rule[] {
        return (Object.keys(managedGroups) as ManagedGroup[]).flatMap((group, index) => {
            const chosen = this.args.groups[group];
            if (chosen === undefined) {
                return [];
            }
            return [
                {
                    name: group,
                    priority: places.groups + index * 10,
                    overrideAction: (chosen.mode ?? this.args.mode) === "count" ? { count: {} } : { none: {} },
                    statement: {
                        managedRuleGroupStatement: {
                            vendorName: "AWS",
                            name: group,
                            ...(chosen.version !== undefined && { version: chosen.version }),
                            ...(chosen.count.length > 0 && {
                                ruleActionOverrides: chosen.count.map((name) => ({ name, actionToUse: { count: {} } })),
                            }),
                            ...(group === "AWSManagedRulesBotControlRuleSet" && {
                                managedRuleGroupConfigs: [{ awsManagedRulesBotControlRuleSet: { inspectionLevel: "COMMON" } }],
                            }),
                        },
                    },
                    visibilityConfig: visibility(group),
                },
            ];
        });
    }

    /** The name is not free: WAF writes to log groups that begin with aws-waf-logs- and to no other. */
    private createLog(acl: aws.wafv2.WebAcl): void {
        const { environment, logs, logsKeyArn } = this.args;
        const group = createLogGroup(
            `${this.name}-log`,
            environment,
            { ...this.there, logName: `aws-waf-logs-${environment.name}-${this.name}`, keyArn: logsKeyArn },
            this.opts,
        );
        const secret = [...new Set(["authorization", "cookie", ...logs.redactHeaders])].sort();
        new aws.wafv2.WebAclLoggingConfiguration(
            `${this.name}-logging`,
            {
                ...this.there,
                resourceArn: acl.arn,
                logDestinationConfigs: [group.arn],
                redactedFields: secret.map((name) => ({ singleHeader: { name } })),
                ...(!logs.allowed && {
                    loggingFilter: {
                        defaultBehavior: "DROP",
                        filters: [
                            {
                                behavior: "KEEP",
                                requirement: "MEETS_ANY",
                                conditions: ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"].map((each) => ({ actionCondition: { action: each } })),
                            },
                        ],
                    },
                }),
            },
            this.opts,
        );
    }
}

function action(mode: Mode) {
    return mode === "count" ? { count: {} } : { block: {} };
}

function visibility(metricName: string) {
    return { cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}
