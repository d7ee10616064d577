/** Settings of the load balancer: who may knock, how it speaks to clients, how it treats each target. */
import { z } from "zod";
import { arnOf, cidrBlock, mapKey } from "../../conventions/fields.ts";
import { nearest, oneOf } from "../../conventions/refusal.ts";

/** AWS's own names. All of them refuse TLS 1.1 and older; those with PQ also offer post-quantum key exchange (AWS "Security policies", 2026). */
export const tlsPolicies = [
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
] as const;

/** Priority of the rule that takes what no other rule takes; rules of the settings and of targets stay below it. */
export const lastPriority = 50_000;

const cidrsIpv4 = z.array(cidrBlock({ prefix: [0, 32], anywhere: true })).min(1);
const cidrIpv6 = z.cidrv6({ error: (issue) => `expected an IPv6 block such as 2001:db8::/32, got ${JSON.stringify(issue.input)}` });

const healthCheck = z
    .strictObject({
        path: z
            .string()
            .startsWith("/", "must start with /")
            .optional()
            .describe("Path asked for. Default: what the service says of itself."),
        matcher: z
            .string()
            .min(1)
            .optional()
            .describe('Codes that mean healthy: "200", "200-299", "200,204"; gRPC codes such as "0" or "0-99". Default: 200, for gRPC 0.'),
        intervalSeconds: z.int().min(5).max(300).default(15).describe("Seconds between checks, 5 to 300."),
        timeoutSeconds: z.int().min(2).max(120).default(5).describe("Seconds to wait for an answer, 2 to 120 and less than the interval."),
        healthyThreshold: z.int().min(2).max(10).default(2).describe("Good checks in a row before traffic comes."),
        unhealthyThreshold: z.int().min(2).max(10).default(3).describe("Bad checks in a row before traffic goes elsewhere."),
    })
    .superRefine((check, context) => {
        if (check.timeoutSeconds >= check.intervalSeconds) {
            context.addIssue({
                code: "custom",
                path: ["timeoutSeconds"],
                message: `must be less than intervalSeconds (${check.intervalSeconds}), got ${check.timeoutSeconds}`,
            });
        }
    });

const stickiness = z.discriminatedUnion("kind", [
    z.strictObject({
        kind: z.literal("loadBalancerCookie"),
        seconds: z.int().min(1).max(604_800).default(86_400).describe("How long a client stays with its target."),
    }),
    z.strictObject({
        kind: z.literal("applicationCookie"),
        cookieName: z
            .string()
            .regex(/^(?!AWSALB)[\w.-]{1,255}$/, "expected the name of the application's own cookie, which must not begin with AWSALB")
            .describe("Cookie that the application sets."),
        seconds: z.int().min(1).max(604_800).default(86_400).describe("How long a client stays with its target."),
    }),
]);

/** How traffic is spread over the members of one target. What the service itself says (port, path) comes from the service. */
export const TargetTuning = z
    .strictObject({
        algorithm: z
            .enum(["round_robin", "least_outstanding_requests", "weighted_random"])
            .default("least_outstanding_requests")
            .describe("How a member is chosen. least_outstanding_requests suits requests of unequal cost."),
        anomalyMitigation: z
            .boolean()
            .default(false)
            .describe("Send less to members that err more than the others. Needs algorithm weighted_random."),
        slowStartSeconds: z
            .int()
            .refine((value) => value === 0 || (value >= 30 && value <= 900), {
                error: (issue) => `expected 0 (off) or 30 to 900, got ${JSON.stringify(issue.input)}`,
            })
            .default(0)
            .describe("Seconds in which a new member is given its full share little by little; 0 is off. Needs algorithm round_robin."),
        deregistrationDelaySeconds: z
            .int()
            .min(0)
            .max(3600)
            .default(60)
            .describe("Seconds that a leaving member may finish its requests; every deployment waits this long."),
        stickiness: stickiness.optional().describe("Keep a client with its member. Absent: no stickiness."),
        healthCheck: healthCheck.prefault({}).describe("When a member is fit for traffic."),
        crossZone: z.boolean().optional().describe("Spread over members of all zones. Default: as the load balancer does, which is on."),
        minimumHealthyPercentage: z
            .int()
            .min(1)
            .max(100)
            .optional()
            .describe("Zones with fewer healthy members than this leave DNS. Default: a zone leaves when it has none."),
    })
    .superRefine((target, context) => {
        if (target.anomalyMitigation && target.algorithm !== "weighted_random") {
            context.addIssue({
                code: "custom",
                path: ["anomalyMitigation"],
                message: `needs algorithm "weighted_random", got "${target.algorithm}"`,
            });
        }
        if (target.slowStartSeconds > 0 && target.algorithm !== "round_robin") {
            context.addIssue({
                code: "custom",
                path: ["slowStartSeconds"],
                message: `needs algorithm "round_robin", got "${target.algorithm}"`,
            });
        }
    });
export type TargetTuning = Readonly<z.infer<typeof TargetTuning>>;

const rule = z
    .strictObject({
        priority: z
            .int()
            .min(1)
            .max(lastPriority - 1)
            .describe("Lower goes first; unique. Changing it replaces nothing."),
        hosts: z.array(z.string().min(1).max(128)).min(1).optional().describe("Host names, with * and ? as wildcards."),
        paths: z
            .array(z.string().startsWith("/", "must start with /").max(128))
            .min(1)
            .optional()
            .describe("Paths, with * and ? as wildcards."),
        methods: z
            .array(z.string().regex(/^[A-Z_-]{1,40}$/, "expected a method in capitals such as GET"))
            .min(1)
            .optional()
            .describe("Request methods."),
        sources: cidrsIpv4.optional().describe("Blocks of the clients as the load balancer sees them (behind a CDN: the CDN's)."),
        header: z
            .strictObject({ name: z.string().min(1).max(40), values: z.array(z.string().min(1).max(128)).min(1) })
            .optional()
            .describe("A header and the values that match, with wildcards."),
        action: z
            .discriminatedUnion("kind", [
                z.strictObject({
                    kind: z.literal("redirect"),
                    host: z.string().optional().describe("Default: the host asked for."),
                    path: z.string().startsWith("/", "must start with /").optional().describe("Default: the path asked for."),
                    permanent: z.boolean().default(false).describe("301 instead of 302. Browsers keep a 301 for good."),
                }),
                z.strictObject({
                    kind: z.literal("respond"),
                    statusCode: z
                        .string()
                        .regex(/^[245]\d\d$/, 'expected a code such as "403" or "503"')
                        .describe("Status of the answer."),
                    contentType: z
                        .enum(["text/plain", "text/css", "text/html", "application/javascript", "application/json"])
                        .default("text/plain"),
                    body: z.string().max(1024).optional().describe("At most 1,024 characters."),
                }),
            ])
            .describe("What happens to a request that matches every condition."),
    })
    .superRefine((value, context) => {
        const values = [value.hosts, value.paths, value.methods, value.sources, value.header?.values].reduce(
            (sum, list) => sum + (list?.length ?? 0),
            0,
        );
        if (values === 0) {
            context.addIssue({ code: "custom", message: "needs at least one of hosts, paths, methods, sources or header" });
        }
        if (values > 5) {
            context.addIssue({ code: "custom", message: `has ${values} condition values, a rule takes at most 5: split it` });
        }
    });

/** Changing `internal` replaces the load balancer and its DNS name; alias records follow. */
export const LoadBalancerSettings = z
    .strictObject({
        internal: z
            .boolean()
            .default(false)
            .describe("Without public addresses, reached through a CDN's VPC origin or from inside. A change replaces the load balancer."),
        admit: z
            .union(
                [
                    z.enum(["cloudfront", "anywhere"]),
                    z.strictObject({
                        cidrs: cidrsIpv4.describe("IPv4 blocks."),
                        cidrsIpv6: z.array(cidrIpv6).min(1).optional().describe("IPv6 blocks; needs addressType dualstack."),
                    }),
                ],
                { error: (issue) => `expected ${oneOf(["cloudfront", "anywhere"])} or {cidrs: [...]}, got ${JSON.stringify(issue.input)}` },
            )
            .describe("Who may knock: CloudFront's servers only (AWS's own list of them), everybody, or given blocks."),
        addressType: z
            .enum(["ipv4", "dualstack", "dualstack-without-public-ipv4"])
            .default("ipv4")
            .describe("dualstack needs IPv6 blocks on every subnet of the tier."),
        tlsPolicy: z
            .enum(tlsPolicies, {
                error: (issue) => {
                    const near = nearest(String(issue.input), tlsPolicies);
                    return `expected ${oneOf(tlsPolicies)}, got ${JSON.stringify(issue.input)}${near === undefined ? "" : `: did you mean ${near}?`}`;
                },
            })
            .default("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09")
            .describe("TLS versions and ciphers offered to clients, by AWS's name. Older policies than TLS 1.2 are not on the list."),
        extraCertificates: z
            .record(mapKey, arnOf("acm"))
            .default({})
            .describe(
                "Certificates for further names, by key: ARNs of issued ones in this region. The right one is chosen by the name that the client asks for.",
            ),
        idleTimeoutSeconds: z
            .int()
            .min(1)
            .max(4000)
            .default(60)
            .describe("Seconds without a byte before a connection is closed. The application's own keep-alive must be longer."),
        clientKeepAliveSeconds: z.int().min(60).max(604_800).default(3600).describe("Longest life of a client's connection."),
        http2: z.boolean().default(true).describe("Offer HTTP/2 to clients."),
        desyncMitigation: z
            .enum(["defensive", "strictest"])
            .default("defensive")
            .describe("What to do with requests that two servers could read differently."),
        preserveHost: z.boolean().default(true).describe("Hand the Host header on as the client wrote it."),
        forwardedFor: z.enum(["append", "preserve", "remove"]).default("append").describe("What happens to X-Forwarded-For."),
        forwardedPort: z.boolean().default(false).describe("Add the client's port to X-Forwarded-For."),
        tlsHeaders: z.boolean().default(false).describe("Tell targets the TLS version and cipher of the client in headers."),
        zonalShift: z.boolean().default(true).describe("Let ARC move traffic away from a zone that is ill."),
        minimumCapacityUnits: z
            .int()
            .min(100)
            .optional()
            .describe("Load balancer capacity units kept ready for sudden load, paid by the hour. Default: none."),
        wafFailOpen: z.boolean().default(false).describe("Let requests through when the firewall does not answer."),
        headers: z
            .strictObject({
                strictTransportSecurity: z
                    .string()
                    .default("max-age=31536000; includeSubDomains")
                    .describe("Strict-Transport-Security of every answer."),
                frames: z.enum(["DENY", "SAMEORIGIN"]).default("DENY").describe("X-Frame-Options: who may frame the pages."),
                contentSecurityPolicy: z
                    .string()
                    .max(1024)
                    .optional()
                    .describe("Content-Security-Policy of every answer. Default: what the application sends."),
            })
            .prefault({})
            .describe("Headers added to what targets answer; nosniff is always on and the Server header always off."),
        logs: z
            .strictObject({
                connections: z.boolean().default(true).describe("Log every connection with its TLS version and cipher."),
                healthChecks: z.boolean().default(false).describe("Log every health check with the reason it failed."),
            })
            .prefault({})
            .describe("Beside the access logs, which are always on."),
        targets: z
            .record(mapKey, TargetTuning)
            .default({})
            .describe("How traffic is spread, by key of the target: the service of the stack is `app`. Default: the defaults."),
        rules: z
            .record(mapKey, rule)
            .default({})
            .describe("Redirects and fixed answers, by key. Requests that no rule takes go to the target without conditions."),
        alarms: z
            .strictObject({
                errorsPerMinute: z
                    .int()
                    .min(1)
                    .default(10)
                    .describe("5xx answers a minute, of the targets or of the load balancer itself, that are too many."),
                responseSeconds: z
                    .number()
                    .positive()
                    .default(2)
                    .describe("95th percentile of the targets' response time that is too long."),
                healthyTargets: z
                    .int()
                    .min(0)
                    .default(1)
                    .describe("Healthy members each target must have; 0 where none run, such as a pilot light."),
            })
            .prefault({})
            .describe("When to call somebody."),
    })
    .superRefine((settings, context) => {
        if (settings.internal && settings.addressType !== "ipv4") {
            context.addIssue({
                code: "custom",
                path: ["addressType"],
                message: `must be "ipv4" when internal is true, got "${settings.addressType}"`,
            });
        }
        if (typeof settings.admit === "object" && settings.admit.cidrsIpv6 !== undefined && settings.addressType === "ipv4") {
            context.addIssue({ code: "custom", path: ["admit", "cidrsIpv6"], message: 'needs addressType "dualstack", got "ipv4"' });
        }
        if (typeof settings.admit === "object") {
            refuseRepeats(settings.admit.cidrs, ["admit", "cidrs"], context);
            refuseRepeats(settings.admit.cidrsIpv6 ?? [], ["admit", "cidrsIpv6"], context);
        }
        const byPriority = new Map<number, string>();
        for (const [key, each] of Object.entries(settings.rules)) {
            const other = byPriority.get(each.priority);
            if (other !== undefined) {
                context.addIssue({
                    code: "custom",
                    path: ["rules", key, "priority"],
                    message: `${each.priority} is already the priority of rules.${other}`,
                });
            }
            byPriority.set(each.priority, key);
        }
    });
export type LoadBalancerSettings = Readonly<z.infer<typeof LoadBalancerSettings>>;

/** The same source twice is refused by EC2 minutes later (InvalidPermission.Duplicate). */
function refuseRepeats(blocks: readonly string[], path: string[], context: z.RefinementCtx): void {
    for (const [index, block] of blocks.entries()) {
        if (blocks.indexOf(block) !== index) {
            context.addIssue({ code: "custom", path: [...path, index], message: `${block} is there twice` });
        }
    }
}
