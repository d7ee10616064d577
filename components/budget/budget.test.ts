import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { Environment } from "../../conventions/environment.ts";
import { nameRefusal } from "../../conventions/names.ts";
import { Recorder, refusalsOf } from "../parts/recorder.ts";
import { Budget } from "./budget.ts";
import { BudgetSettings } from "./settings.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
};
const topics = { critical: "arn:aws:sns:eu-west-1:123456789012:critical", warning: "arn:aws:sns:eu-west-1:123456789012:warning" };
const sound = { monthlyUsd: 900, emails: ["b@example.com", "a@example.com"] };
const recorder = new Recorder();

async function build(settings: object = {}, alarmTopics: object = topics) {
    return recorder.record(
        () =>
            new Budget(
                "budget",
                { ...BudgetSettings.parse({ ...sound, ...settings }), environment, alarmTopics },
                { provider: new aws.Provider("explicit") },
            ),
    );
}

describe("settings of the budget", () => {
    it("ask for the sum and nothing else", () => {
        expect(BudgetSettings.parse({ monthlyUsd: 100 })).to.deep.include({
            actualPercents: [50, 80, 100],
            forecastPercents: [100],
            scope: "environment",
        });
        expect(refusalsOf(BudgetSettings, {})).to.have.lengthOf(1);
    });

    it("refuse more percentages than a budget has notifications", () => {
        expect(refusalsOf(BudgetSettings, { monthlyUsd: 1, actualPercents: [10, 20, 30, 40, 50] })).deep.equal([
            "actualPercents: expected at most 5 percentages together with forecastPercents, got 6",
        ]);
    });

    it("refuse the same percentage and the same address twice", () => {
        expect(
            refusalsOf(BudgetSettings, { monthlyUsd: 1, actualPercents: [80, 80], emails: ["a@example.com", "a@example.com"] }),
        ).deep.equal(["actualPercents: expected each percentage once", "emails: expected each address once"]);
    });

    it("refuse to watch a whole account for the unusual, which AWS does by itself", () => {
        expect(refusalsOf(BudgetSettings, { monthlyUsd: 1, scope: "account", anomalies: { minimumUsd: 20 } })).deep.equal([
            'anomalies: expected scope "environment": a monitor of a whole account is one an account, which AWS makes by itself',
        ]);
    });
});

describe("a budget", () => {
    it("counts what carries the environment's tag, in the form that bills use", async () => {
        await build();
        expect(recorder.inputs("budget-monthly")).to.deep.include({
            name: "shop-prod-monthly",
            limitAmount: "900",
            costFilters: [{ name: "TagKeyValue", values: ["user:terrace:environment$shop-prod"] }],
        });
    });

    it("counts everything, or single services, when told to", async () => {
        await build({ scope: "account" });
        expect(recorder.inputs("budget-monthly").costFilters).deep.equal([]);
        await build({ scope: "account", services: ["B", "A"] });
        expect(recorder.inputs("budget-monthly").costFilters).deep.equal([{ name: "Service", values: ["A", "B"] }]);
    });

    it("wakes somebody only when the money is spent", async () => {
        await build();
        const notifications = recorder.inputs("budget-monthly").notifications as Record<string, unknown>[];
        expect(notifications.map((each) => [each.notificationType, each.threshold, each.subscriberSnsTopicArns])).deep.equal([
            ["ACTUAL", 50, [topics.warning]],
            ["ACTUAL", 80, [topics.warning]],
            ["ACTUAL", 100, [topics.critical]],
            ["FORECASTED", 100, [topics.warning]],
        ]);
        expect(notifications[0]?.subscriberEmailAddresses).deep.equal(["a@example.com", "b@example.com"]);
    });

    it("tells the other severity where one has nobody", async () => {
        await build({}, { warning: topics.warning });
        const notifications = recorder.inputs("budget-monthly").notifications as Record<string, unknown>[];
        expect(new Set(notifications.flatMap((each) => each.subscriberSnsTopicArns))).deep.equal(new Set([topics.warning]));
    });

    it("refuses to be made where nobody would hear of it", async () => {
        await recorder.record(() => {
            const args = { ...BudgetSettings.parse({ monthlyUsd: 1 }), environment, alarmTopics: {} };
            expect(() => new Budget("budget", args)).to.throw("budget: nobody would hear of it: add budget.emails or observability.alarms");
        });
    });

    it("carries the explicit provider, the component's name and lawful physical names, and no region: billing has none", async () => {
        await build({ anomalies: { minimumUsd: 20 }, activateTag: true });
        expect(recorder.made).to.have.lengthOf(5);
        for (const each of recorder.made) {
            expect(each.provider, each.name).to.include("::explicit");
            expect(each.name).to.match(/^budget-/);
            expect(nameRefusal(each.type, String(each.inputs.name))).equal(undefined);
            expect(each.inputs).not.to.have.property("region");
        }
    });

    it("sends single anomalies to the topic and summaries to the addresses, as AWS allows no other way", async () => {
        await build({ anomalies: { minimumUsd: 20, minimumPercent: 30, mails: "weekly" } });
        expect(recorder.inputs("budget-anomalies-topic")).to.deep.include({
            frequency: "IMMEDIATE",
            subscribers: [{ type: "SNS", address: topics.warning }],
        });
        expect(recorder.inputs("budget-anomalies-mail")).to.deep.include({
            frequency: "WEEKLY",
            subscribers: [
                { type: "EMAIL", address: "a@example.com" },
                { type: "EMAIL", address: "b@example.com" },
            ],
        });
        const { thresholdExpression } = recorder.inputs("budget-anomalies-mail");
        expect(thresholdExpression).deep.equal({
            ands: [
                { dimension: { key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE", matchOptions: ["GREATER_THAN_OR_EQUAL"], values: ["20"] } },
                { dimension: { key: "ANOMALY_TOTAL_IMPACT_PERCENTAGE", matchOptions: ["GREATER_THAN_OR_EQUAL"], values: ["30"] } },
            ],
        });
    });

    it("watches the environment's tag only: a monitor of all services is one an account", async () => {
        await build({ anomalies: { minimumUsd: 20 } });
        const { monitorType, monitorSpecification } = recorder.inputs("budget-anomalies");
        expect(monitorType).equal("CUSTOM");
        expect(JSON.parse(String(monitorSpecification)).Tags).deep.equal({
            Key: "terrace:environment",
            MatchOptions: null,
            Values: ["shop-prod"],
        });
    });
});
