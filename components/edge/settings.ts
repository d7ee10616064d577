/** Settings of the edge: the names people type, their certificates, and what stands in front of the application. */
import { z } from "zod";
import { domainName } from "../../conventions/fields.ts";
import { CdnSettings } from "./cdn-settings.ts";
import { FirewallSettings } from "./firewall-settings.ts";

const zone = z
    .union(
        [
            z.strictObject({
                create: domainName.describe(
                    "Name of a zone to create. Its name servers must be entered at the parent before certificates are issued.",
                ),
            }),
            z.strictObject({
                id: z
                    .string()
                    .regex(/^Z[A-Z0-9]{5,31}$/, "expected the id of a hosted zone such as Z0123456789ABCDEFGHIJ")
                    .describe("Id of a zone that exists."),
                name: domainName.describe("Its name."),
            }),
        ],
        { error: (issue) => `expected {create: example.com} or {id: Z…, name: example.com}, got ${JSON.stringify(issue.input)}` },
    )
    .describe("Hosted zone that holds the names. One that exists is best: a second zone of the same name answers nobody.");

const routing = z
    .discriminatedUnion("kind", [
        z.strictObject({
            kind: z.literal("failover"),
            role: z.enum(["primary", "secondary"]).describe("Who answers while the primary is well."),
        }),
        z.strictObject({
            kind: z.literal("weighted"),
            weight: z
                .int()
                .min(0)
                .max(255)
                .describe("Share of this stack: its weight over the sum of all. 0 in every stack means equal shares."),
        }),
        z.strictObject({ kind: z.literal("latency") }),
    ])
    .describe(
        "How this stack shares the name of its load balancer with another stack. The set identifier is the role or the region, so two stacks never meet.",
    );

/** Changing `domain`, `alternativeNames` or the CDN's presence makes new certificates beside the old ones. Changing a created zone's name replaces it. */
export const EdgeSettings = z
    .strictObject({
        domain: domainName.describe("Name that people type, such as app.example.com. At most 64 characters."),
        zone,
        alternativeNames: z.array(domainName).max(8).default([]).describe("Further names of the same application, in the same zone."),
        serves: z
            .enum(["viewers", "origin"])
            .default("viewers")
            .describe("origin: another stack's CDN stands in front, and this stack only answers to origin.<domain> (recovery)."),
        keyAlgorithm: z
            .enum(["RSA_2048", "EC_prime256v1"])
            .default("RSA_2048")
            .describe("Key of the certificates. A change makes new ones."),
        certificateIssuers: z
            .array(domainName)
            .default(["amazon.com"])
            .describe(
                "Who may issue certificates for these names (CAA records). Empty: no record; so in a stack whose names another stack already guards.",
            ),
        acceleratedRecovery: z.boolean().default(false).describe("Keep a created zone changeable while us-east-1 is down."),
        queryLogs: z
            .boolean()
            .default(false)
            .describe(
                "Log every question to a created zone, in us-east-1, kept for environment.logRetentionDays and paid by volume. Takes one of the ten resource policies that CloudWatch Logs has there for an account.",
            ),
        cdn: CdnSettings.optional().describe("CloudFront before the application. Absent: names point at the load balancer."),
        firewall: FirewallSettings.optional().describe("Web ACL: at the CDN when there is one, else at the load balancer. Absent: none."),
        routing: routing.optional(),
        healthCheck: z
            .strictObject({
                path: z.string().startsWith("/", "must start with /").max(255).describe("Path asked for from outside AWS's regions."),
                searchString: z
                    .string()
                    .min(1)
                    .max(255)
                    .optional()
                    .describe("Text that the first 5,120 bytes of the answer must hold. Adding or removing it replaces the check."),
                intervalSeconds: z.literal([10, 30]).default(30).describe("10 costs extra. A change replaces the check."),
                failureThreshold: z
                    .int()
                    .min(1)
                    .max(10)
                    .default(3)
                    .describe("Failures in a row before it counts as ill: with 30 seconds, 3 make about 90 seconds."),
            })
            .optional()
            .describe(
                "Route 53 health check: of the load balancer, or of the whole way through the CDN. Moves traffic under routing. Absent: routing heeds the load balancer's own health.",
            ),
        alarms: z
            .strictObject({
                errorPercent: z.number().positive().max(100).default(5).describe("Share of 5xx answers at the CDN that is too much."),
                originMilliseconds: z
                    .int()
                    .min(1)
                    .default(3000)
                    .describe("90th percentile of the time the origin takes. Needs cdn.detailedMetrics."),
                certificateDays: z
                    .int()
                    .min(1)
                    .max(60)
                    .default(30)
                    .describe("Days before expiry. AWS renews earlier: an alarm means that it could not."),
                blockedPerFiveMinutes: z
                    .int()
                    .min(1)
                    .default(1000)
                    .describe("Requests blocked by the firewall in five minutes that deserve a look."),
            })
            .prefault({})
            .describe("When to call somebody."),
    })
    .superRefine((settings, context) => {
        const zoneName = "create" in settings.zone ? settings.zone.create : settings.zone.name;
        const outside = (name: string) => name !== zoneName && !name.endsWith(`.${zoneName}`);
        const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
        if (settings.domain.length > 64) {
            refuse(["domain"], `must have at most 64 characters for a certificate, got ${settings.domain.length}`);
        }
        for (const [path, name] of [
            [["domain"], settings.domain] as const,
            ...settings.alternativeNames.map((each, index) => [["alternativeNames", index], each] as const),
        ]) {
            if (outside(name)) {
                refuse([...path], `must be ${zoneName} or end with .${zoneName}, the zone's name, got ${JSON.stringify(name)}`);
            }
        }
        const names = [settings.domain, ...settings.alternativeNames];
        for (const [index, name] of settings.alternativeNames.entries()) {
            if (names.indexOf(name) !== index + 1) {
                refuse(["alternativeNames", index], `${name} is there twice`);
            }
            if (name === `origin.${settings.domain}`) {
                refuse(["alternativeNames", index], `${name} is the name by which a CDN reaches the load balancer: choose another`);
            }
        }
        if (settings.serves === "origin" && settings.cdn !== undefined) {
            refuse(["cdn"], 'cannot stand in a stack that serves "origin": its CDN is another stack\'s');
        }
        if (settings.serves === "origin" && settings.firewall !== undefined) {
            refuse(
                ["firewall"],
                'cannot stand in a stack that serves "origin": all its requests come from CloudFront, so a rate limit would block everybody. It stands at the CDN',
            );
        }
        if (settings.serves === "origin" && settings.healthCheck !== undefined) {
            refuse(
                ["healthCheck"],
                'cannot reach a load balancer that admits CloudFront only (serves "origin"): routing heeds its own health',
            );
        }
        if (settings.firewall?.bodyKiB !== undefined && settings.cdn === undefined) {
            refuse(["firewall", "bodyKiB"], "needs cdn: a load balancer's web ACL inspects 8 KiB");
        }
        if (settings.acceleratedRecovery && !("create" in settings.zone)) {
            refuse(["acceleratedRecovery"], "needs zone.create: it is a property of the zone, set by whoever created it");
        }
        if (settings.queryLogs && !("create" in settings.zone)) {
            refuse(["queryLogs"], "needs zone.create: a zone has one query log, set by whoever created it");
        }
    });
export type EdgeSettings = Readonly<z.infer<typeof EdgeSettings>>;
