/** Settings of the network: its addresses, its zones, its ways out, what it writes down. */
import { z } from "zod";
import { blockRefusal, overlaps } from "../../conventions/cidr.ts";
import { cidrBlock, domainName, logRetentionDays, mapKey, port } from "../../conventions/fields.ts";
import { nearest, oneOf } from "../../conventions/refusal.ts";
import { interfaceServiceNames } from "./endpoint-services.ts";
import { shellPorts } from "./fence.ts";
import { networkBlockRefusal, secondaryRefusal, tiers } from "./ledger.ts";

/** A secondary block is divided by four, and the narrowest subnet of AWS is /28. */
const secondaryPrefix = [16, 24] as const;

const networkBlock = z.string().superRefine((value, context) => {
    const message = networkBlockRefusal(value);
    if (message !== undefined) {
        context.addIssue({ code: "custom", message });
    }
});

const zoneName = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, {
    error: (issue) => `expected the name of an availability zone such as eu-west-1a, got ${JSON.stringify(issue.input)}`,
});

const endpoint = z.enum(interfaceServiceNames, {
    error: (issue) => {
        const near = typeof issue.input === "string" ? nearest(issue.input, interfaceServiceNames) : undefined;
        const gateway = issue.input === "s3" || issue.input === "dynamodb" ? "; S3 and DynamoDB are always there, as gateways" : "";
        return `expected ${near === undefined ? oneOf(interfaceServiceNames) : oneOf([near])}, got ${JSON.stringify(issue.input)}${gateway}`;
    },
});

const dataPort = port.refine((value) => !shellPorts.includes(value), {
    error: (issue) => `must not be a shell's port (${shellPorts.join(", ")}): use Session Manager, got ${JSON.stringify(issue.input)}`,
});

const capture = {
    traffic: z
        .enum(["ALL", "ACCEPT", "REJECT"])
        .default("ALL")
        .describe("Which traffic. A change starts a new flow log; records already written stay."),
    aggregationSeconds: z
        .literal([60, 600], { error: (issue) => `expected 60 or 600, got ${JSON.stringify(issue.input)}` })
        .default(600)
        .describe("Seconds that one record sums up, 60 or 600. 60 writes up to ten times as much."),
};

const flowLogs = z.discriminatedUnion(
    "destination",
    [
        z.strictObject({
            destination: z.literal("cloudwatch").describe("A log group of the environment: easy to search, dear to keep."),
            ...capture,
            retentionDays: logRetentionDays.optional().describe("Days to keep. Default: the environment's logRetentionDays."),
        }),
        z.strictObject({
            destination: z
                .literal("s3")
                .describe("The environment's log bucket, as Parquet by the hour: cheap to keep. Its lifecycle decides how long."),
            ...capture,
        }),
    ],
    {
        error: (issue) =>
            `expected destination "cloudwatch" or "s3", got ${JSON.stringify((issue.input as { destination?: unknown } | undefined)?.destination)}`,
    },
);

const dhcp = z.strictObject({
    domainName: domainName.optional().describe("Domain that instances append to short names. Default: - the region's own."),
    nameServers: z
        .array(z.union([z.ipv4(), z.literal("AmazonProvidedDNS")]))
        .min(1)
        .max(4)
        .default(["AmazonProvidedDNS"])
        .describe("Name servers. With others than AmazonProvidedDNS the interface endpoints' private names do not resolve."),
    timeServers: z.array(z.ipv4()).min(1).max(4).optional().describe("NTP servers. Default: - Amazon's, which needs no route."),
});

const tagsOf = z.record(z.string().regex(/^(?!aws:)[\w\s.:/=+@-]{1,128}$/, "expected a tag key"), z.string().max(256));

export const NetworkSettings = z
    .strictObject({
        cidr: networkBlock.describe(
            "Address block of the whole network, /16 to /20, apart from every other stack's. Changing it replaces the network and all that stands in it.",
        ),
        zones: z
            .int()
            .min(1)
            .max(4)
            .describe(
                "Zones in which machines run. Raising it adds subnets and touches nothing else. With 1, a second zone still has subnets, because load balancers and subnet groups want two; nothing runs there.",
            ),
        zoneNames: z
            .array(zoneName)
            .min(2)
            .max(4)
            .optional()
            .describe(
                "Names of the zones, in the order of their addresses. Append only: a zone that changes its place replaces its subnets. Default: the region's, from conventions/regions.ts.",
            ),
        nat: z
            .enum(["none", "single", "perZone", "regional"], {
                error: (issue) => `expected "none", "single", "perZone" or "regional", got ${JSON.stringify(issue.input)}`,
            })
            .describe(
                "Way out for the app tier. none: only endpoints. single: one gateway, which fails with its zone (about 35 dollars a month). perZone: one a zone. regional: one that AWS spreads over the zones, at perZone's price. A change moves routes and keeps subnets; public addresses change.",
            ),
        endpoints: z
            .array(endpoint)
            .max(40)
            .refine((services) => new Set(services).size === services.length, "names a service twice: a network has one endpoint a service")
            .default([])
            .describe(
                "Interface endpoints by service, about 7 dollars a month and zone each. S3 and DynamoDB are always there, as gateways.",
            ),
        flowLogs: flowLogs.optional().describe("Record of who talked to whom. Absent: none is kept."),
        ipv6: z
            .boolean()
            .default(false)
            .describe("Amazon's IPv6 addresses for the public and app tiers; the app tier's way out is one-way. Changes in place."),
        dataPorts: z
            .array(dataPort)
            .min(1)
            .max(5)
            .refine((ports) => new Set(ports).size === ports.length, "names a port twice")
            .default([3306, 5432, 6379, 6380])
            .describe(
                "TCP ports on which the app tier reaches the data tier, through the network ACL. Append, so that rules keep their numbers.",
            ),
        secondaryCidrs: z
            .record(mapKey, cidrBlock({ prefix: secondaryPrefix }))
            .refine((blocks) => Object.keys(blocks).length <= 2, "expected at most two: the network ACLs have no room for more")
            .default({})
            .describe(
                "Further blocks by key, each with an app-like subnet a zone, for instance for pods. Removing one deletes its subnets.",
            ),
        dhcp: dhcp.optional().describe("DHCP options. Default: - AWS's. A change replaces the options and nothing else."),
        subnetTags: z
            .partialRecord(z.enum(tiers), tagsOf)
            .default({})
            .describe("Further tags of a tier's subnets, such as kubernetes.io/role/internal-elb. Change in place."),
    })
    .superRefine((network, context) => {
        // Blocks that are refused by themselves have been told; comparing them would say it twice.
        const blocks = Object.entries(network.secondaryCidrs).filter(
            ([, block]) => networkBlockRefusal(network.cidr) === undefined && blockRefusal(block, secondaryPrefix) === undefined,
        );
        for (const [index, [key, block]] of blocks.entries()) {
            const clash = blocks.slice(0, index).find(([, earlier]) => overlaps(earlier, block));
            const message = secondaryRefusal(network.cidr, block) ?? (clash && `overlaps ${clash[0]} (${clash[1]})`);
            if (message !== undefined) {
                context.addIssue({ code: "custom", path: ["secondaryCidrs", key], message });
            }
        }
        if (network.zoneNames && new Set(network.zoneNames).size < network.zoneNames.length) {
            context.addIssue({ code: "custom", path: ["zoneNames"], message: "names a zone twice" });
        }
        if (network.zoneNames && network.zoneNames.length < network.zones) {
            context.addIssue({
                code: "custom",
                path: ["zoneNames"],
                message: `must name at least as many zones as zones says (${network.zones}), got ${network.zoneNames.length}`,
            });
        }
        if (network.endpoints.length > 0 && network.dhcp && !network.dhcp.nameServers.includes("AmazonProvidedDNS")) {
            context.addIssue({
                code: "custom",
                path: ["dhcp", "nameServers"],
                message: "must include AmazonProvidedDNS while there are interface endpoints, because only it knows their private names",
            });
        }
    });
export type NetworkSettings = Readonly<z.infer<typeof NetworkSettings>>;
