/** Settings of the CDN: what it keeps, where it asks, what it adds to answers, who may look. */
import { z } from "zod";
import { domainName, region } from "../../conventions/fields.ts";
import { countries } from "./firewall-settings.ts";

const behaviour = z
    .strictObject({
        path: z
            .string()
            .regex(/^\/?[\w.*?$/~"'@:+&-]{1,254}$/, "expected a path pattern such as /assets/* or *.png")
            .describe("Path pattern; the first of the list that matches wins."),
        to: z.enum(["assets", "loadBalancer"]).describe("The static bucket, or the application."),
        cache: z
            .enum(["long", "origin", "none"])
            .optional()
            .describe(
                "long: a day or what the origin says, ignoring cookies and query; origin: only what Cache-Control allows; none. Default: long for assets, none for the application.",
            ),
        methods: z
            .enum(["read", "all"])
            .optional()
            .describe("read: GET, HEAD, OPTIONS. Default: read for assets, all for the application. Failover needs read."),
        compress: z.boolean().default(true).describe("gzip and Brotli where the viewer takes them."),
    })
    .superRefine((each, context) => {
        if (each.to === "assets" && each.methods === "all") {
            context.addIssue({
                code: "custom",
                path: ["methods"],
                message: 'must be "read" for assets: the bucket is written by deployments only',
            });
        }
        if (each.to === "assets" && each.cache === "origin") {
            context.addIssue({
                code: "custom",
                path: ["cache"],
                message: 'expected "long" or "none" for assets: "origin" would send the viewer\'s Host header to S3, which refuses it',
            });
        }
    });
export type Behaviour = z.infer<typeof behaviour>;

const errorPage = z
    .strictObject({
        code: z.literal([400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]).describe("Status that the origin answered."),
        cachedSeconds: z.int().min(0).max(31_536_000).default(10).describe("How long the error is kept."),
        page: z
            .string()
            .startsWith("/", "must start with /")
            .optional()
            .describe("Page shown instead, such as /index.html for an application in the browser."),
        responseCode: z.int().min(200).max(599).optional().describe("Status shown with the page."),
    })
    .superRefine((each, context) => {
        if ((each.page === undefined) !== (each.responseCode === undefined)) {
            context.addIssue({
                code: "custom",
                path: [each.page === undefined ? "page" : "responseCode"],
                message: "page and responseCode go together",
            });
        }
    });

const headers = z.strictObject({
    contentSecurityPolicy: z
        .string()
        .min(1)
        .max(1783)
        .optional()
        .describe("Content-Security-Policy of every answer. Default: what the application sends."),
    frames: z.enum(["DENY", "SAMEORIGIN"]).default("DENY").describe("X-Frame-Options: who may frame the pages."),
    referrer: z
        .enum(["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"])
        .default("strict-origin-when-cross-origin")
        .describe("Referrer-Policy."),
    strictTransport: z
        .strictObject({
            seconds: z.int().min(0).max(63_072_000).default(31_536_000).describe("How long browsers must keep to HTTPS."),
            subdomains: z.boolean().default(true).describe("Names below too."),
            preload: z.boolean().default(false).describe("Ask for a place in browsers' built-in lists. Leaving them takes months."),
        })
        .prefault({})
        .describe("Strict-Transport-Security."),
    remove: z
        .array(z.string().regex(/^[A-Za-z0-9-]+$/))
        .max(10)
        .default(["Server", "X-Powered-By"])
        .describe("Headers of the origin that viewers never see."),
    custom: z
        .record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().min(1))
        .default({})
        .describe("Further headers on every answer."),
});

export const CdnSettings = z
    .strictObject({
        priceClass: z
            .enum(["PriceClass_100", "PriceClass_200", "PriceClass_All"])
            .default("PriceClass_100")
            .describe("Where it is served from. 100: North America, Europe, Israel."),
        tls: z
            .enum(["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"])
            .default("TLSv1.2_2021")
            .describe("Oldest TLS and ciphers offered to viewers, by AWS's name."),
        http3: z.boolean().default(true).describe("Offer HTTP/3 beside HTTP/2."),
        behaviours: z
            .array(behaviour)
            .max(74)
            .default([])
            .describe("Paths treated otherwise than the default, which sends everything to the application and keeps nothing."),
        defaultRootObject: z
            .string()
            .regex(/^[^/].*$/, "must not start with /")
            .optional()
            .describe("Object served for /. Default: index.html when only assets are published, else what the application answers."),
        errors: z.array(errorPage).max(11).default([]).describe("Pages shown for errors."),
        countries: z
            .union([z.strictObject({ allow: countries }), z.strictObject({ deny: countries })], {
                error: "expected {allow: [...]} or {deny: [...]}",
            })
            .optional()
            .describe("Countries that may, or may not, look. Default: all may."),
        origin: z
            .strictObject({
                connectionAttempts: z.int().min(1).max(3).default(3).describe("Tries before giving up, or failing over."),
                connectionTimeoutSeconds: z.int().min(1).max(10).default(5).describe("Seconds to wait for a connection."),
                readTimeoutSeconds: z.int().min(1).max(120).default(30).describe("Seconds to wait for an answer."),
                keepAliveSeconds: z
                    .int()
                    .min(1)
                    .max(120)
                    .default(30)
                    .describe("Seconds an idle connection to the origin is kept. Less than the load balancer's idle timeout."),
                shield: region.optional().describe("Region of a further cache before the origin. Default: none."),
            })
            .prefault({})
            .describe("How the application is asked."),
        failover: z
            .strictObject({
                domain: domainName.describe(
                    "Name of the second origin, such as that of the recovery region; its certificate must bear it.",
                ),
                statusCodes: z
                    .array(z.literal([403, 404, 500, 502, 503, 504]))
                    .min(1)
                    .default([500, 502, 503, 504])
                    .describe("Answers of the first origin that make CloudFront ask the second."),
            })
            .optional()
            .describe("Second origin for behaviours to the application with methods read; writing never fails over. Absent: none."),
        headers: headers.prefault({}).describe("Headers added to every answer, the origin's own overridden; nosniff is always on."),
        logs: z
            .enum(["bucket", "logGroup"])
            .default("bucket")
            .describe("Where access logs go: the log bucket, or a log group in us-east-1, dearer and searchable at once."),
        detailedMetrics: z
            .boolean()
            .default(false)
            .describe("Origin latency, cache hit rate and error rate by status, for a monthly fee a metric; brings the latency alarm."),
        retainOnDelete: z
            .boolean()
            .default(false)
            .describe(
                "Switch off instead of deleting on destroy, which saves some fifteen minutes and leaves a disabled distribution behind.",
            ),
    })
    .superRefine((settings, context) => {
        for (const [index, each] of settings.behaviours.entries()) {
            if (settings.behaviours.findIndex((other) => other.path === each.path) !== index) {
                context.addIssue({ code: "custom", path: ["behaviours", index, "path"], message: `${each.path} is there twice` });
            }
        }
        for (const [index, each] of settings.errors.entries()) {
            if (settings.errors.findIndex((other) => other.code === each.code) !== index) {
                context.addIssue({ code: "custom", path: ["errors", index, "code"], message: `${each.code} is there twice` });
            }
        }
        if (settings.failover !== undefined && !settings.behaviours.some((each) => each.to === "loadBalancer" && each.methods === "read")) {
            context.addIssue({
                code: "custom",
                path: ["failover"],
                message: 'needs a behaviour to loadBalancer with methods "read": CloudFront fails over for GET, HEAD and OPTIONS only',
            });
        }
    });
export type CdnSettings = Readonly<z.infer<typeof CdnSettings>>;
