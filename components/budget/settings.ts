/** Settings of `budget`: what a month may cost, and who hears of it before it does. */
import { z } from "zod";
import { emailAddress } from "../../conventions/fields.ts";

/** AWS takes so many notifications a budget, and so many addresses a notification. */
const mostNotifications = 5;
const mostAddresses = 10;

const percent = z.number().min(1).max(1_000);
const distinct = (words: string) => ({ error: `expected each ${words} once` });

const Anomalies = z.strictObject({
    minimumUsd: z.number().min(1).describe("An anomaly counts from this sum on, in USD."),
    minimumPercent: percent.optional().describe("And from this share above the expected cost. Default: the sum alone decides."),
    mails: z
        .enum(["daily", "weekly"])
        .default("daily")
        .describe("How often the addresses get a summary. The alarm topic hears at once: AWS sends single anomalies to topics only."),
});

export const BudgetSettings = z
    .strictObject({
        monthlyUsd: z.number().min(1).max(100_000_000).describe("What the environment may cost a month, in USD, tax and support left out."),
        actualPercents: z
            .array(percent)
            .min(1)
            .refine((list) => new Set(list).size === list.length, distinct("percentage"))
            .default([50, 80, 100])
            .describe("Shares of it at which people hear what was spent. Those from 100 on ring critical."),
        forecastPercents: z
            .array(percent)
            .refine((list) => new Set(list).size === list.length, distinct("percentage"))
            .default([100])
            .describe("The same for what AWS expects by the end of the month; silent until it has seen about five weeks."),
        emails: z
            .array(emailAddress)
            .max(mostAddresses)
            .refine((list) => new Set(list).size === list.length, distinct("address"))
            .default([])
            .describe("Addresses that hear directly, without confirming anything. At most 10. The alarm topics hear in any case."),
        scope: z
            .enum(["environment", "account"])
            .default("environment")
            .describe(
                "environment: only what carries the tag terrace:environment. The tag must be activated as a cost allocation tag in the billing " +
                    "account (see activateTag), or the budget reads zero for ever. account: everything in the account.",
            ),
        services: z
            .array(z.string().min(1).max(100))
            .default([])
            .describe("Only these services, by the names on the bill, such as Amazon Relational Database Service. Default: all."),
        activateTag: z
            .boolean()
            .default(false)
            .describe(
                "Activates the tag for cost allocation. Works only in the billing (management) account, from a day after the first resource " +
                    "carries it, and for one stack: elsewhere do it once by hand.",
            ),
        anomalies: Anomalies.optional().describe("Watches for unusual cost of the environment, at no charge. Default: none."),
    })
    .superRefine((budget, context) => {
        const count = budget.actualPercents.length + budget.forecastPercents.length;
        if (count > mostNotifications) {
            context.addIssue({
                code: "custom",
                path: ["actualPercents"],
                message: `expected at most ${mostNotifications} percentages together with forecastPercents, got ${count}`,
            });
        }
        if (budget.anomalies !== undefined && budget.scope === "account") {
            context.addIssue({
                code: "custom",
                path: ["anomalies"],
                message: 'expected scope "environment": a monitor of a whole account is one an account, which AWS makes by itself',
            });
        }
    });
export type BudgetSettings = Readonly<z.infer<typeof BudgetSettings>>;
