/** Fields that several settings share, each with the words in which it refuses. */
import { z } from "zod";
import { blockRefusal } from "./cidr.ts";
import { regions } from "./regions.ts";

/** An IPv4 block with no host bits set and a prefix length in the given range. Public space is refused unless `anywhere`. */
export function cidrBlock(range: { readonly prefix: readonly [number, number]; readonly anywhere?: boolean }): z.ZodString {
    return z.string().superRefine((value, context) => {
        const refusal = blockRefusal(value, range.prefix, range.anywhere ?? false);
        if (refusal !== undefined) {
            context.addIssue({ code: "custom", message: refusal });
        }
    });
}

function text(pattern: RegExp, expected: string): z.ZodString {
    return z.string().regex(pattern, { error: (issue) => `expected ${expected}, got ${JSON.stringify(issue.input)}` });
}

/** Key of a map whose entries become resources: it is in their names for ever, so renaming one replaces them. */
export const mapKey = text(/^[a-z][a-z0-9]{0,15}$/, "a name of 1 to 16 lower-case letters and digits that starts with a letter");

export const accountId = text(/^\d{12}$/, 'an account id of twelve digits in quotes, such as "123456789012"');

export const region = z.enum(regions);

export const domainName = text(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    "a domain name in lower case such as app.example.com",
);

export const emailAddress = text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "an e-mail address");

/** Port of a service. */
export const port = z.int().min(1).max(65535);

/** Window of a day in UTC, `hh:mm-hh:mm`. */
export const dailyWindow = text(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, "a UTC window such as 02:00-03:00");

/** Window of a week in UTC, `ddd:hh:mm-ddd:hh:mm`. */
export const weeklyWindow = text(
    /^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d$/,
    "a UTC window such as sun:04:00-sun:05:00",
);

/** ARN of any service; `service` narrows it. */
export function arnOf(service: string): z.ZodString {
    return text(new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]*:(\\d{12}|aws)?:.+$`), `an ARN of ${service}`);
}

/** Retention that CloudWatch Logs accepts, in days; other numbers are refused by AWS at the call. */
export const logRetentionDays = z.literal([
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]);

/** What a person reads: printable, no line breaks. */
export const words = text(/^[^\p{Cc}]{1,200}$/u, "one line of at most 200 characters");
