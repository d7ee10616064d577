import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { Environment } from "../../conventions/environment.ts";
import { nameRefusal } from "../../conventions/names.ts";
import type { DashboardRow } from "../parts/dashboard.ts";
import { Recorder, refusalsOf } from "../parts/recorder.ts";
import { layOut } from "./dashboard.ts";
import { Observability } from "./observability.ts";
import { ObservabilitySettings } from "./settings.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
};
const wiring = {
    logsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/logs",
    notificationsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/n",
};

const alarms = {
    critical: { emails: ["oncall@example.com"], endpoints: { pager: { url: "https://pager.example.com/secret" } } },
    warning: { emails: ["team@example.com"] },
};
const everything = {
    alarms,
    dashboard: {},
    logs: {
        metricFilters: {
            errors: { pattern: "ERROR", alarm: { severity: "warning", description: "Errors in the log", threshold: 5 } },
            logins: { pattern: "{ $.event = login }" },
        },
        masked: ["EmailAddress", "CreditCardNumber"],
        anomalies: {},
    },
    queries: { slow: { query: "fields @message | limit 20" } },
    serviceHealth: { severity: "critical", alarms: ["balancer-errors", "database-cpu"], quietWhile: "deploying" },
    quiet: { patching: { schedule: "cron(0 2 * * *)", duration: "PT2H", alarms: ["database-cpu"] } },
};

const recorder = new Recorder();

async function build(
    settings: unknown,
    more: { environment?: Environment; edge?: boolean; edgeKeyArn?: string; join?: (it: Observability) => void } = {},
) {
    return recorder.record(() => {
        const { join, ...args } = { environment, edge: false, ...more };
        const it = new Observability(
            "observability",
            { ...ObservabilitySettings.parse(settings), ...wiring, ...args },
            { provider: new aws.Provider("explicit") },
        );
        join?.(it);
        return it;
    });
}

const row: DashboardRow = {
    title: "Database",
    graphs: [
        {
            title: "CPU",
            unit: "%",
            metrics: [{ label: "cpu", namespace: "AWS/RDS", metric: "CPUUtilization", dimensions: { Id: "db" }, statistic: "Average" }],
        },
    ],
};

describe("settings of the observability", () => {
    it("need nothing, and then nothing is told to anybody", () => {
        expect(ObservabilitySettings.parse({})).deep.equal({ alarms: {}, queries: {}, quiet: {} });
    });

    it("refuse a severity without a receiver", () => {
        expect(refusalsOf(ObservabilitySettings, { alarms: { critical: {} } })).deep.equal([
            "alarms.critical: has no receiver: add emails, endpoints or queues, or drop the severity",
        ]);
    });

    it("refuse alarms that nobody would hear", () => {
        const metricFilters = { errors: { pattern: "ERROR", alarm: { severity: "critical", description: "Errors" } } };
        expect(
            refusalsOf(ObservabilitySettings, {
                alarms: { warning: alarms.warning },
                logs: { metricFilters },
                serviceHealth: { severity: "critical", alarms: ["a"] },
            }),
        ).deep.equal([
            "logs.metricFilters.errors.alarm.severity: nobody would hear of it: add observability.alarms.critical",
            "serviceHealth.severity: nobody would hear of it: add observability.alarms.critical",
        ]);
    });

    it("refuse an endpoint in the clear and an address twice", () => {
        const critical = { emails: ["a@example.com", "a@example.com"], endpoints: { pager: { url: "http://pager.example.com" } } };
        expect(refusalsOf(ObservabilitySettings, { alarms: { critical } })).deep.equal([
            'alarms.critical.endpoints.pager.url: expected an address that begins with https://, got "http://pager.example.com"',
            "alarms.critical.emails: names a@example.com twice",
        ]);
    });

    it("refuse a duration and a schedule that CloudWatch would", () => {
        const quiet = { patching: { schedule: "every night", duration: "2 hours", alarms: ["a"] } };
        expect(refusalsOf(ObservabilitySettings, { quiet })).deep.equal([
            "quiet.patching.schedule: expected cron(...) or at(...)",
            "quiet.patching.duration: expected a duration such as PT2H",
        ]);
    });
});

describe("observability", () => {
    it("makes nothing where settings ask for nothing", async () => {
        const it = await build({}, { edge: true, join: (each) => each.show([row]) });
        expect(recorder.made).deep.equal([]);
        expect(it.alarmTopics).deep.equal({});
        expect(it.edgeAlarmTopics).deep.equal({});
        expect(it.centralLogGroup).equal(undefined);
    });

    it("makes a topic, its policy and its subscriptions for each severity that has receivers, and none else", async () => {
        const it = await build({ alarms: { critical: alarms.critical } });
        expect(recorder.made.map((each) => each.name)).to.have.members([
            "observability-critical",
            "observability-critical-policy",
            "observability-critical-oncall@example.com",
            "observability-critical-pager-endpoint",
        ]);
        expect(it.alarmTopics).to.have.all.keys("critical");
    });

    it("carries the explicit provider, the component's name and lawful physical names", async () => {
        await build(everything, {
            edge: true,
            join: (it) => {
                it.show([row]);
                it.judgeHealth([]);
            },
        });
        for (const each of recorder.made) {
            expect(each.provider, each.name).to.include("::explicit");
            expect(each.name).to.match(/^observability-/);
            const named = each.inputs.name ?? each.inputs.dashboardName ?? each.inputs.alarmName ?? each.inputs.detectorName ?? each.name;
            expect(nameRefusal(each.type, named), each.name).equal(undefined);
        }
        expect(recorder.made).to.have.lengthOf(27);
    });

    it("encrypts topics with a key that publishers can use, and signs by SHA-256 what goes out by HTTPS", async () => {
        await build({ alarms });
        expect(recorder.inputs("observability-critical")).to.include({ kmsMasterKeyId: wiring.notificationsKeyArn, signatureVersion: 2 });
        expect(recorder.inputs("observability-warning")).to.include({ kmsMasterKeyId: wiring.notificationsKeyArn });
        expect(recorder.inputs("observability-warning")).not.to.have.property("signatureVersion");
    });

    it("lets only services of this account publish, and nobody in the clear", async () => {
        await build({ alarms });
        const { ServicesOfThisAccountPublish, DenyPlainHttp } = recorder.statements("observability-critical-policy", "policy");
        expect(ServicesOfThisAccountPublish).to.deep.include({ Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } });
        expect(ServicesOfThisAccountPublish?.Principal).deep.equal({
            Service: [
                "backup.amazonaws.com",
                "budgets.amazonaws.com",
                "cloudwatch.amazonaws.com",
                "costalerts.amazonaws.com",
                "events.amazonaws.com",
                "events.rds.amazonaws.com",
            ],
        });
        expect(DenyPlainHttp).to.deep.include({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
    });

    it("keeps the address of an endpoint secret: it usually holds a token", async () => {
        await build({ alarms });
        const { endpoint } = recorder.inputs("observability-critical-pager-endpoint");
        expect(endpoint).to.deep.include({ value: "https://pager.example.com/secret" });
    });

    it("stands in us-east-1 too where the edge does, under a key of that region", async () => {
        const it = await build({ alarms }, { edge: true });
        const there = recorder.made.filter((each) => each.inputs.region === "us-east-1").map((each) => each.name);
        expect(there).deep.equal(recorder.made.filter((each) => each.name.startsWith("observability-edge-")).map((each) => each.name));
        expect(there).to.include.members(["observability-edge-key", "observability-edge-critical", "observability-edge-warning"]);
        expect(it.edgeAlarmTopics).to.have.all.keys("critical", "warning");
        expect(it.edgeAlarmTopics).not.equal(it.alarmTopics);
    });

    it("takes a key of us-east-1 that it is given, and makes none", async () => {
        await build({ alarms }, { edge: true, edgeKeyArn: "arn:aws:kms:us-east-1:123456789012:key/edge" });
        expect(recorder.of("aws:kms/key:Key")).deep.equal([]);
        expect(recorder.inputs("observability-edge-critical").kmsMasterKeyId).equal("arn:aws:kms:us-east-1:123456789012:key/edge");
    });

    it("has one set of topics where the environment itself stands in us-east-1", async () => {
        const it = await build({ alarms }, { edge: true, environment: { ...environment, region: "us-east-1" } });
        expect(it.edgeAlarmTopics).equal(it.alarmTopics);
        expect(recorder.made.filter((each) => each.inputs.region !== undefined)).deep.equal([]);
    });

    it("counts lines in a namespace of the environment and alarms where asked to", async () => {
        await build(everything);
        expect(recorder.inputs("observability-filter-errors", "aws:cloudwatch/logMetricFilter")).to.deep.include({
            pattern: "ERROR",
            metricTransformation: { name: "errors", namespace: "shop-prod/logs", value: "1", unit: "Count", defaultValue: "0" },
        });
        expect(recorder.of("aws:cloudwatch/metricAlarm:MetricAlarm").map((each) => each.inputs.name)).deep.equal([
            "shop-prod-observability-filter-errors",
            "shop-prod-observability-anomalies",
        ]);
    });

    it("masks the same data that it looks for, in one order", async () => {
        await build(everything);
        const { Statement } = JSON.parse(String(recorder.inputs("observability-masks").policyDocument));
        expect(Statement[0].DataIdentifier).deep.equal(Statement[1].DataIdentifier);
        expect(Statement[0].DataIdentifier).deep.equal([
            "arn:aws:dataprotection::aws:data-identifier/CreditCardNumber",
            "arn:aws:dataprotection::aws:data-identifier/EmailAddress",
        ]);
    });

    it("judges health by alarms of this environment, in one order", async () => {
        await build(everything, { join: (it) => it.judgeHealth([]) });
        expect(recorder.inputs("observability-health")).to.deep.include({
            alarmName: "shop-prod-service-health",
            alarmRule: 'ALARM("shop-prod-balancer-errors") OR ALARM("shop-prod-database-cpu")',
            actionsSuppressor: { alarm: "shop-prod-deploying", waitPeriod: 60, extensionPeriod: 120 },
        });
    });

    it("points a saved query at the central log group unless it names its own", async () => {
        await build({ ...everything, queries: { slow: { query: "x" }, own: { query: "y", logGroups: ["/aws/rds/a"] } } });
        expect(recorder.inputs("observability-query-slow").logGroupNames).deep.equal(["/shop-prod/application"]);
        expect(recorder.inputs("observability-query-own").logGroupNames).deep.equal(["/aws/rds/a"]);
    });

    it("draws the rows in the order given", async () => {
        await build(everything, { join: (it) => it.show([row, { ...row, title: "Cache" }]) });
        const { dashboardName, dashboardBody } = recorder.inputs("observability-dashboard");
        expect(dashboardName).equal("shop-prod");
        const { widgets } = JSON.parse(String(dashboardBody));
        expect(
            widgets.map(
                (widget: { properties: { markdown?: string; title?: string } }) => widget.properties.markdown ?? widget.properties.title,
            ),
        ).deep.equal(["## Database", "CPU", "## Cache", "CPU"]);
    });
});

describe("a dashboard", () => {
    it("lets no two widgets overlap and none leave the grid, whatever the number of graphs", () => {
        const [graph] = row.graphs;
        const rows = [1, 2, 3, 4, 5, 9].map((count) => ({
            title: String(count),
            graphs: Array.from({ length: count }, () => graph ?? { title: "", metrics: [] }),
        }));
        const taken = new Set<string>();
        for (const { x, y, width, height } of layOut(rows, "eu-west-1")) {
            expect(x + width).to.be.at.most(24);
            for (let column = x; column < x + width; column++) {
                for (let line = y; line < y + height; line++) {
                    expect(taken.has(`${column},${line}`), `${column},${line}`).equal(false);
                    taken.add(`${column},${line}`);
                }
            }
        }
    });

    it("shows a metric of us-east-1 from there and a daily one by the day", () => {
        const graph = { title: "Size", metrics: [], region: "us-east-1", periodSeconds: 86_400 };
        const [, widget] = layOut([{ title: "Storage", graphs: [graph] }], "eu-west-1");
        expect(widget?.properties).to.include({ region: "us-east-1", period: 86_400 });
    });

    it("leaves out a row without graphs", () => {
        expect(layOut([{ title: "Empty", graphs: [] }], "eu-west-1")).deep.equal([]);
    });

    it("refuses more widgets than AWS takes", () => {
        const rows = Array.from({ length: 251 }, () => row);
        expect(() => layOut(rows, "eu-west-1")).to.throw("a dashboard holds 500 widgets, these rows make 502");
    });
});
