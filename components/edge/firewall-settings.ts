/** Settings of the web ACL: which of AWS's rules, how many requests, whose addresses, and whether to block or only to count. */
import { isIPv4 } from "node:net";
import { z } from "zod";
import { cidrBlock } from "../../conventions/fields.ts";

/** Capacity units of AWS's managed rule groups, from facts/constraints.md WAF-6 (2026-11). In the order in which requests meet them. */
export const managedGroups = {
    AWSManagedRulesAmazonIpReputationList: 25,
    AWSManagedRulesAnonymousIpList: 50,
    AWSManagedRulesKnownBadInputsRuleSet: 200,
    AWSManagedRulesCommonRuleSet: 700,
    AWSManagedRulesAdminProtectionRuleSet: 100,
    AWSManagedRulesSQLiRuleSet: 200,
    AWSManagedRulesLinuxRuleSet: 200,
    AWSManagedRulesUnixRuleSet: 100,
    AWSManagedRulesWindowsRuleSet: 200,
    AWSManagedRulesPHPRuleSet: 100,
    AWSManagedRulesWordPressRuleSet: 100,
    AWSManagedRulesBotControlRuleSet: 50,
} as const;
export type ManagedGroup = keyof typeof managedGroups;
const groupNames = Object.keys(managedGroups) as [ManagedGroup, ...ManagedGroup[]];

const mode = z.enum(["block", "count"]);

export const countries = z.array(z.string().regex(/^[A-Z]{2}$/, "expected a country code of two capitals such as DE")).min(1);

const cidr = z.union([cidrBlock({ prefix: [1, 32], anywhere: true }), z.cidrv6()], {
    error: (issue) => `expected an IPv4 or IPv6 block such as 203.0.113.0/24, got ${JSON.stringify(issue.input)}`,
});

/** Changing the scope (a CDN comes or goes) makes another web ACL; anything else is a change in place. */
export const FirewallSettings = z
    .strictObject({
        mode: mode.describe("block, or count: everything passes and is logged. Count first where rules are new."),
        groups: z
            .partialRecord(
                z.enum(groupNames),
                z.strictObject({
                    version: z
                        .string()
                        .regex(/^Version_\d+\.\d+$/, 'expected a version such as "Version_1.4"')
                        .optional()
                        .describe("Pinned version. Default: AWS's default, which it moves."),
                    count: z
                        .array(z.string().regex(/^\w+$/))
                        .default([])
                        .describe("Rules of the group that only count, such as SizeRestrictions_BODY where people upload."),
                    mode: mode.optional().describe("For this group alone. Default: the firewall's mode."),
                }),
            )
            .default({
                AWSManagedRulesAmazonIpReputationList: { count: [] },
                AWSManagedRulesKnownBadInputsRuleSet: { count: [] },
                AWSManagedRulesCommonRuleSet: { count: [] },
            })
            .describe(
                "AWS's managed rule groups, by AWS's name. AWSManagedRulesSQLiRuleSet where a database is asked; Bot Control costs extra.",
            ),
        rateLimit: z
            .strictObject({
                requests: z.int().min(10).max(2_000_000_000).describe("Requests of one address within the window."),
                windowSeconds: z.literal([60, 120, 300, 600]).default(300).describe("Window: 60, 120, 300 or 600 seconds."),
                mode: mode.optional().describe("For this rule alone. Default: the firewall's mode."),
            })
            .optional()
            .describe("How much one address may ask. Absent: no limit."),
        allow: z.array(cidr).min(1).optional().describe("Blocks that pass without any further rule, the rate limit included."),
        deny: z.array(cidr).min(1).optional().describe("Blocks that never pass."),
        denyCountries: countries.optional().describe("Countries whose requests never pass."),
        bodyKiB: z
            .literal([16, 32, 48, 64])
            .optional()
            .describe(
                "How much of a body is inspected behind a CDN; more than 16 costs extra. A load balancer's is 8 and cannot change. Default: 16.",
            ),
        logs: z
            .strictObject({
                allowed: z.boolean().default(false).describe("Log requests that passed untouched too: as many lines as requests."),
                redactHeaders: z
                    .array(z.string().regex(/^[a-z0-9_-]+$/, "expected a header in lower case"))
                    .default([])
                    .describe("Headers left out of the log beside authorization and cookie, which always are."),
            })
            .prefault({})
            .describe("Log of what was blocked or counted; always on."),
    })
    .superRefine((settings, context) => {
        const units = Object.keys(settings.groups).reduce((sum, name) => sum + managedGroups[name as ManagedGroup], 0);
        if (units > 4900) {
            context.addIssue({ code: "custom", path: ["groups"], message: `need ${units} capacity units together, a web ACL takes 5000` });
        }
        for (const list of ["allow", "deny"] as const) {
            for (const [index, block] of (settings[list] ?? []).entries()) {
                if (settings[list]?.indexOf(block) !== index) {
                    context.addIssue({ code: "custom", path: [list, index], message: `${block} is there twice` });
                }
            }
        }
    });
export type FirewallSettings = Readonly<z.infer<typeof FirewallSettings>>;

/** Address family of a block that the schema let through. */
export function familyOf(block: string): "IPV4" | "IPV6" {
    return isIPv4(block.split("/")[0] ?? "") ? "IPV4" : "IPV6";
}
