/** VPCs, subnets and the ways out of them. */
import { expects, isTrue, notFalse, notTrue, oneOf, oneOfOrNothing } from "../core/conditions.ts";
import { all, compliant, each, notApplicable, violation } from "../core/finding.ts";
import { prefixLength } from "../core/internet.ts";
import { standing } from "../core/levels.ts";
import { allowsAnybody, documentAt } from "../core/policy-document.ts";
import { internetRoutes } from "../core/routes.ts";
import type { Rule } from "../core/rule.ts";
import { zoneOf } from "../core/zones.ts";

export const network: readonly Rule[] = [
    {
        id: "no-default-vpc",
        title: "Nothing is built on the default VPC",
        why: "Every subnet of the default VPC is public and gives each machine a public address.",
        fix: "Create an `ec2.Vpc` with private subnets.",
        severity: "medium",
        levels: standing.everywhere,
        controls: {},
        link: "https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html",
        on: ["ec2/defaultVpc"],
        judge: () => violation("", "expected a VPC of your own, got the account's default one"),
    },
    {
        id: "nat-gateway-per-az",
        title: "Every zone has a NAT gateway of its own",
        why: "With one gateway, its zone takes the way out of all the others down with it.",
        fix: 'Terrace: `network.nat: "perZone"` or `"regional"`; else one `ec2.NatGateway` in a public subnet of each zone.',
        severity: "medium",
        levels: { development: "disabled", production: "advisory", regulated: "advisory" },
        controls: { hipaa: ["AVAIL"] },
        scope: "relation",
        on: ["ec2/vpc"],
        judge: (resource, _parameters, stack) => {
            const subnets = stack.referrers(resource, "ec2/subnet", "vpcId");
            const every = stack.ofType("ec2/natGateway");
            const gateways = every.filter((gateway) =>
                stack.references(gateway, "subnetId", "ec2/subnet").some((subnet) => subnets.includes(subnet)),
            );
            const regional = every.filter(
                (gateway) =>
                    gateway.text("availabilityMode") === "regional" && stack.references(gateway, "vpcId", "ec2/vpc").includes(resource),
            );
            if (gateways.length === 0 || regional.length > 0) {
                return regional.length > 0 ? compliant : notApplicable("no NAT gateway");
            }
            const zones = new Set(subnets.map((subnet) => zoneOf(subnet)));
            const served = new Set(
                gateways.flatMap((gateway) => stack.references(gateway, "subnetId", "ec2/subnet").map((subnet) => zoneOf(subnet))),
            );
            const without = [...zones].filter((zone) => !served.has(zone)).toSorted();
            return without.length === 0
                ? compliant
                : violation("", `expected a NAT gateway in each zone, got none in ${without.join(", ")}`);
        },
    },
    {
        id: "vpc-flow-logs",
        title: "Every VPC records its traffic",
        why: "After a break-in the first question is who talked to whom, and only flow logs know.",
        fix: "Add an `ec2.FlowLog` with this `vpcId` (Terrace: `network.flowLogs`).",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["EC2.6"], cis3: ["3.7"], cis5: ["3.7"], hipaa: ["AUD2"] },
        scope: "relation",
        on: ["ec2/vpc"],
        judge: (resource, _parameters, stack) =>
            stack.referrers(resource, "ec2/flowLog", "vpcId").length > 0
                ? compliant
                : violation("", "expected a FlowLog for the VPC, got none"),
    },
    {
        id: "flow-log-traffic-type",
        title: "Flow logs record refused traffic too",
        why: "What was refused shows who is looking for a way in.",
        fix: 'Set `trafficType: "ALL"`.',
        severity: "low",
        levels: standing.productionAdvice,
        controls: { cis3: ["3.7"], cis5: ["3.7"], hipaa: ["AUD2"] },
        on: ["ec2/flowLog"],
        judge: (resource) =>
            resource.has("transitGatewayId") || resource.has("transitGatewayAttachmentId")
                ? notApplicable("a transit gateway records all")
                : expects(resource, "trafficType", oneOf("ALL", "REJECT")),
    },
    {
        id: "subnet-no-auto-public-ip",
        title: "No subnet gives out public addresses by itself",
        why: "A machine started in the wrong subnet is on the internet before anybody has looked.",
        fix: "Leave `mapPublicIpOnLaunch` out; load balancers and NAT gateways do not need it.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["EC2.15"], hipaa: ["ACCNET"] },
        parameters: { allowed: { about: "Parts of names of subnets that may.", default: [] } },
        on: ["ec2/subnet", "ec2/defaultSubnet"],
        judge: (resource, parameters) =>
            parameters.texts("allowed").some((part) => resource.name.includes(part))
                ? notApplicable("allowed by name")
                : expects(resource, "mapPublicIpOnLaunch", notTrue),
    },
    {
        id: "private-subnet-no-igw-route",
        title: "No private subnet has a route to the internet gateway",
        why: "With that route, one public address on a machine is all that is missing.",
        fix: "Send 0.0.0.0/0 of the tier's route table to a NAT gateway, or take the route away.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["312(e)(1)"] },
        parameters: {
            tiers: {
                about: "Words in a subnet's name by which it is meant to be private.",
                default: ["private", "app", "data", "database", "cache", "internal", "isolated"],
            },
        },
        scope: "relation",
        on: ["ec2/subnet"],
        judge: (resource, parameters, stack) => {
            const words = resource.name.toLowerCase().split(/[^a-z]+/);
            if (words.includes("public") || !parameters.texts("tiers").some((tier) => words.includes(tier))) {
                return notApplicable("its name does not call it private");
            }
            return each(internetRoutes(resource, stack), ({ holder, path }) =>
                violation(`${holder.name}.${path}`, "expected no way from a private subnet to the internet gateway, got one"),
            );
        },
    },
    {
        id: "peering-route-least-access",
        title: "A peering connection carries only the addresses that are needed",
        why: "A route for the whole peer network joins two blast radii into one.",
        fix: "Route the blocks of the subnets that are called, not the peer's whole VPC.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { cis3: ["5.5"], cis5: ["5.6"] },
        parameters: { widestPrefix: { about: "Shortest prefix that a peering route may have.", default: 20 } },
        on: ["ec2/route", "ec2/routeTable"],
        judge: (resource, parameters) => {
            const table = resource.type === "ec2/routeTable";
            const routes = (table ? resource.list("routes") : [resource]).filter((route) => route.has("vpcPeeringConnectionId"));
            if (routes.length === 0) {
                return notApplicable("no peering route");
            }
            const property = table ? "cidrBlock" : "destinationCidrBlock";
            return each(routes, (route) => {
                const prefix = prefixLength(route.text(property) ?? "");
                const widest = parameters.number("widestPrefix");
                return prefix !== undefined && prefix < widest
                    ? violation(route.pathOf(property), `expected a block of /${widest} or narrower, got ${route.text(property)}`)
                    : compliant;
            });
        },
    },
    {
        id: "vpc-endpoints-required",
        title: "A VPC reaches the AWS services it uses without the internet",
        why: "Without endpoints, every object and secret goes out through NAT, is charged there, and cannot be held to your own accounts.",
        fix: "Add `ec2.VpcEndpoint`s (Terrace: `network.endpoints`); those for S3 and DynamoDB cost nothing.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { fsbp: ["EC2.10", "EC2.55", "EC2.56", "EC2.57"], hipaa: ["314(b)"] },
        parameters: {
            services: {
                about: "Services that need an endpoint, by the end of their name.",
                default: {
                    development: ["s3"],
                    production: ["s3", "dynamodb"],
                    regulated: ["s3", "dynamodb", "ssm", "ssmmessages", "logs", "secretsmanager", "sts"],
                },
            },
        },
        scope: "relation",
        on: ["ec2/vpc"],
        judge: (resource, parameters, stack) => {
            const names = stack.referrers(resource, "ec2/vpcEndpoint", "vpcId").map((endpoint) => endpoint.text("serviceName") ?? "");
            const missing = parameters.texts("services").filter((service) => !names.some((name) => name.endsWith(`.${service}`)));
            return missing.length === 0
                ? compliant
                : violation("", `expected endpoints for ${parameters.texts("services").join(", ")}, got none for ${missing.join(", ")}`);
        },
    },
    {
        id: "vpc-endpoint-policy-scoped",
        title: "No endpoint lets anybody do anything",
        why: "An endpoint's policy is what keeps a stolen key of another account from carrying your data out through it.",
        fix: "Allow the services' actions under a condition such as aws:PrincipalOrgID or aws:ResourceAccount.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: {},
        on: ["ec2/vpcEndpoint", "ec2/vpcEndpointPolicy"],
        judge: (resource) => {
            if (!resource.has("policy")) {
                return notApplicable("no policy of its own");
            }
            const wide = (documentAt(resource, "policy") ?? []).find(
                (statement) =>
                    allowsAnybody(statement) &&
                    statement.actions.includes("*") &&
                    statement.resources.includes("*") &&
                    statement.conditions.length === 0,
            );
            return wide ? violation(wide.path, "expected named actions, resources or callers, got * of each") : compliant;
        },
    },
    {
        id: "vpc-endpoint-service-manual-accept",
        title: "Nobody connects to an endpoint service without being asked in",
        why: "Without acceptance, whoever is allowed by principal, now or later, is inside at once.",
        fix: "Set `acceptanceRequired: true`.",
        severity: "medium",
        levels: standing.production,
        controls: {},
        on: ["ec2/vpcEndpointService"],
        judge: (resource) => expects(resource, "acceptanceRequired", isTrue),
    },
    {
        id: "vpc-block-public-access",
        title: "Where the account's block on public access is managed, it is on",
        why: "Block Public Access of VPCs is the one switch above all route tables and groups.",
        fix: 'Set `internetGatewayBlockMode` to "block-ingress" or "block-bidirectional".',
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { fsbp: ["EC2.172"] },
        on: ["ec2/vpcBlockPublicAccessOptions"],
        judge: (resource) => expects(resource, "internetGatewayBlockMode", oneOf("block-ingress", "block-bidirectional")),
    },
    {
        id: "subnets-span-azs",
        title: "A VPC's subnets lie in two zones or more",
        why: "What has no subnet in a second zone cannot move there when the first is gone.",
        fix: "Add subnets in another zone (Terrace: `network.zones`).",
        severity: "high",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        parameters: { minimum: { about: "Zones that are enough.", default: 2 } },
        scope: "relation",
        on: ["ec2/vpc"],
        judge: (resource, parameters, stack) => {
            const subnets = stack.referrers(resource, "ec2/subnet", "vpcId");
            if (subnets.length === 0) {
                return notApplicable("no subnet of this stack");
            }
            const zones = [...new Set(subnets.map((subnet) => zoneOf(subnet)))].toSorted();
            return zones.length >= parameters.number("minimum")
                ? compliant
                : violation("", `expected subnets in at least ${parameters.number("minimum")} zones, got ${zones.join(", ")}`);
        },
    },
    {
        id: "eip-unattached",
        title: "Every elastic address is in use",
        why: "An address that points at nothing is paid for, and a record that still names it can be taken over once it is let go.",
        fix: "Attach the address or delete it.",
        severity: "low",
        levels: standing.advice,
        controls: { fsbp: ["EC2.12"] },
        scope: "relation",
        on: ["ec2/eip"],
        judge: (resource, _parameters, stack) => {
            const users = stack.referrersOf(resource).filter(({ resource: other }) => other.type !== "route53/record");
            return resource.has("instance") || resource.has("networkInterface") || users.length > 0
                ? compliant
                : violation("", "expected something that uses the address, got nothing in this stack");
        },
    },
    {
        id: "tgw-no-auto-accept",
        title: "No transit gateway takes in attachments unasked",
        why: "With auto-accept, any account it is shared with joins your network by itself.",
        fix: 'Leave `autoAcceptSharedAttachments` out or "disable".',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["EC2.23"] },
        on: ["ec2transitgateway/transitGateway"],
        judge: (resource) => expects(resource, "autoAcceptSharedAttachments", oneOfOrNothing("disable")),
    },
    {
        id: "vpn-tunnel-logging",
        title: "Both tunnels of a VPN connection write logs",
        why: "A tunnel that flaps, or that somebody probes, tells of it nowhere else.",
        fix: "Set `tunnel1LogOptions` and `tunnel2LogOptions` with `cloudwatchLogOptions: { logEnabled: true, logGroupArn }`.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { fsbp: ["EC2.171"], hipaa: ["AUD"] },
        on: ["ec2/vpnConnection"],
        judge: (resource) =>
            all(
                () => expects(resource, "tunnel1LogOptions.cloudwatchLogOptions.logEnabled", isTrue),
                () => expects(resource, "tunnel2LogOptions.cloudwatchLogOptions.logEnabled", isTrue),
            ),
    },
    {
        id: "client-vpn-logging",
        title: "Every client VPN endpoint writes who connected",
        why: "Who was inside, from where and when, is what an investigation starts from.",
        fix: "Set `connectionLogOptions: { enabled: true, cloudwatchLogGroup }`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["EC2.51"], hipaa: ["AUD"] },
        on: ["ec2clientvpn/endpoint"],
        judge: (resource) => expects(resource, "connectionLogOptions.enabled", isTrue),
    },
    {
        id: "eni-source-dest-check",
        title: "No machine forwards other machines' traffic",
        why: "Without the check, a taken machine can pose as its neighbours.",
        fix: "Leave `sourceDestCheck` out; a NAT instance is better a NAT gateway.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["EC2.180"] },
        on: ["ec2/networkInterface", "ec2/instance"],
        judge: (resource) => expects(resource, "sourceDestCheck", notFalse),
    },
];
