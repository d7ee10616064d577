/**
 * Owns what an environment may cost: a monthly budget, and a watch for the unusual. Both tell; neither stops anything.
 * Billing is one for the whole world: nothing here has a region, and the topics may stand in any.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Environment, environmentTag } from "../../conventions/environment.ts";
import type { AlarmTopics } from "../parts/alarm.ts";
import { nameTag } from "../parts/tags.ts";
import type { BudgetSettings } from "./settings.ts";

export interface BudgetArgs extends BudgetSettings {
    readonly environment: Environment;
    /** Topics of this account; their policy and key must let `budgets` and `costalerts` in. */
    readonly alarmTopics: AlarmTopics;
}

export class Budget extends pulumi.ComponentResource {
    public static readonly governedElsewhere: readonly { readonly type: string; readonly property: string; readonly by: string }[] = [
        { type: "aws:budgets/budget:Budget", property: "timePeriodStart", by: "AWS Budgets, which begins with the month of creation" },
    ];

    /** Name of the budget, as the mails show it. */
    public readonly budgetName: pulumi.Output<string>;

    private readonly name: string;
    private readonly args: BudgetArgs;

    public constructor(name: string, args: BudgetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:budget:Budget", name, {}, opts);
        this.name = name;
        this.args = args;
        this.refuseSilence();
        const tag = this.activateTag();
        this.budgetName = this.createBudget(tag).name;
        this.createAnomalies(tag);
        this.registerOutputs({ budgetName: this.budgetName });
    }

    private refuseSilence(): void {
        const { emails, alarmTopics } = this.args;
        if (emails.length === 0 && alarmTopics.critical === undefined && alarmTopics.warning === undefined) {
            throw new Error("budget: nobody would hear of it: add budget.emails or observability.alarms");
        }
    }

    private activateTag(): pulumi.Resource[] {
        return this.args.activateTag
            ? [new aws.costexplorer.CostAllocationTag(`${this.name}-tag`, { tagKey: environmentTag, status: "Active" }, { parent: this })]
            : [];
    }

    private createBudget(tag: pulumi.Resource[]): aws.budgets.Budget {
        const { environment, monthlyUsd, actualPercents, forecastPercents } = this.args;
        return new aws.budgets.Budget(
            `${this.name}-monthly`,
            {
                name: `${environment.name}-monthly`,
                budgetType: "COST",
                timeUnit: "MONTHLY",
                limitAmount: String(monthlyUsd),
                limitUnit: "USD",
                costFilters: this.describeFilters(),
                // What a team can do something about. Credits and refunds would hide what things cost.
                costTypes: { includeCredit: false, includeRefund: false, includeSupport: false, includeTax: false },
                notifications: [
                    ...actualPercents.map((threshold) => this.describeNotification("ACTUAL", threshold)),
                    ...forecastPercents.map((threshold) => this.describeNotification("FORECASTED", threshold)),
                ],
                tags: nameTag(environment, `${this.name}-monthly`),
            },
            { parent: this, dependsOn: tag, ignoreChanges: ["timePeriodStart"] },
        );
    }

    private describeFilters(): aws.types.input.budgets.BudgetCostFilter[] {
        const { environment, scope, services } = this.args;
        return [
            ...(services.length > 0 ? [{ name: "Service", values: [...services].sort() }] : []),
            ...(scope === "environment" ? [{ name: "TagKeyValue", values: [`user:${environmentTag}$${environment.name}`] }] : []),
        ];
    }

    private describeNotification(notificationType: "ACTUAL" | "FORECASTED", threshold: number): aws.types.input.budgets.BudgetNotification {
        const { emails, alarmTopics } = this.args;
        const spent = notificationType === "ACTUAL" && threshold >= 100;
        // A topic that is missing is made good by the other: a message too loud is better than none.
        const topic = spent ? (alarmTopics.critical ?? alarmTopics.warning) : (alarmTopics.warning ?? alarmTopics.critical);
        return {
            notificationType,
            threshold,
            thresholdType: "PERCENTAGE",
            comparisonOperator: "GREATER_THAN",
            ...(emails.length > 0 && { subscriberEmailAddresses: [...emails].sort() }),
            ...(topic !== undefined && { subscriberSnsTopicArns: [topic] }),
        };
    }

    private createAnomalies(tag: pulumi.Resource[]): void {
        const { environment, anomalies, alarmTopics, emails } = this.args;
        if (anomalies === undefined) {
            return;
        }
        const opts = { parent: this };
        const monitor = new aws.costexplorer.AnomalyMonitor(
            `${this.name}-anomalies`,
            {
                name: environment.name,
                monitorType: "CUSTOM",
                // The empty keys are what AWS answers with: without them every preview would show a replacement.
                monitorSpecification: JSON.stringify({
                    And: null,
                    CostCategories: null,
                    Dimensions: null,
                    Not: null,
                    Or: null,
                    Tags: { Key: environmentTag, MatchOptions: null, Values: [environment.name] },
                }),
                tags: nameTag(environment, `${this.name}-anomalies`),
            },
            { ...opts, dependsOn: tag },
        );
        const topic = alarmTopics.warning ?? alarmTopics.critical;
        const subscribe = (key: string, frequency: string, subscribers: aws.types.input.costexplorer.AnomalySubscriptionSubscriber[]) =>
            new aws.costexplorer.AnomalySubscription(
                `${this.name}-anomalies-${key}`,
                {
                    name: `${environment.name}-${key}`,
                    frequency,
                    monitorArnLists: [monitor.arn],
                    subscribers,
                    thresholdExpression: describeThreshold(anomalies),
                    tags: nameTag(environment, `${this.name}-anomalies-${key}`),
                },
                opts,
            );
        if (topic !== undefined) {
            subscribe("topic", "IMMEDIATE", [{ type: "SNS", address: topic }]);
        }
        if (emails.length > 0) {
            subscribe(
                "mail",
                anomalies.mails.toUpperCase(),
                [...emails].sort().map((address) => ({ type: "EMAIL", address })),
            );
        }
    }
}

function describeThreshold(
    anomalies: NonNullable<BudgetSettings["anomalies"]>,
): aws.types.input.costexplorer.AnomalySubscriptionThresholdExpression {
    const atLeast = (key: string, value: number) => ({
        dimension: { key, matchOptions: ["GREATER_THAN_OR_EQUAL"], values: [String(value)] },
    });
    const sum = atLeast("ANOMALY_TOTAL_IMPACT_ABSOLUTE", anomalies.minimumUsd);
    return anomalies.minimumPercent === undefined
        ? sum
        : { ands: [sum, atLeast("ANOMALY_TOTAL_IMPACT_PERCENTAGE", anomalies.minimumPercent)] };
}
