/**
 * Owns the network of an environment: its blocks, subnets by tier and zone, ways in and out, network ACLs and flow logs.
 * Does not own who may reach whom inside it: that is the doors of the components, see parts/door.ts.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { type AlarmTopics, createAlarms } from "../parts/alarm.ts";
import type { DashboardRow } from "../parts/dashboard.ts";
import { Door } from "../parts/door.ts";
import type { Placement } from "../parts/placement.ts";
import { nameTag } from "../parts/tags.ts";
import { endpointPart, gatewayPolicy, gatewayServices, interfacePolicy } from "./endpoint-services.ts";
import { fenceOf } from "./fence.ts";
import { fenceArgs } from "./fence-args.ts";
import { createFlowLog } from "./flow-log.ts";
import { ipv6SubnetBlock, secondaryBlock, subnetBlock, type Tier, tierBlock, tiers, type Zone, zonesOf } from "./ledger.ts";
import { type NatSite, natAlarms, natGraphs, usageGraph } from "./monitoring.ts";
import type { NetworkSettings } from "./settings.ts";

export interface NetworkArgs extends NetworkSettings {
    readonly environment: Environment;
    readonly logsKeyArn: pulumi.Input<string>;
    readonly alarmTopics: AlarmTopics;
    /** Bucket that takes flow logs; its policy must already let `delivery.logs.amazonaws.com` write. Needed with destination s3. */
    readonly flowLogBucketArn?: pulumi.Input<string>;
}

type ByZone<T> = ReadonlyMap<string, T>;

export class Network extends pulumi.ComponentResource {
    /** What AWS moves by itself: a subnet that leaves its ACL falls back to the default one. */
    public static readonly governedElsewhere = [
        { type: "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", property: "subnetIds", by: "EC2, which keeps subnets without an ACL there" },
    ] as const;

    public readonly vpcId: pulumi.Output<string>;
    /** Block of the whole network. */
    public readonly cidr: string;
    /** Services with an interface endpoint here. */
    public readonly endpointServices: readonly string[];
    /** Public addresses from which the app tier calls out, for other people's allow-lists. Empty without NAT. */
    public readonly natAddresses: pulumi.Output<string>[];
    public readonly dashboardRow: DashboardRow;
    private readonly name: string;
    private readonly zones: readonly Zone[];
    private readonly subnets: ReadonlyMap<string, ByZone<aws.ec2.Subnet>>;

    public constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:network:Network", name, {}, opts);
        this.name = name;
        this.cidr = args.cidr;
        this.zones = zonesOf(args, args.environment.region);
        this.endpointServices = args.endpoints;

        const vpc = this.createVpc(args);
        this.vpcId = vpc.id;
        this.emptyDefaults(vpc, args);
        this.chooseDhcp(args);
        this.subnets = this.createSubnets(vpc, args);
        this.createFences(args);
        const wayOut = this.createPublicRoutes(args);
        const appTables = this.createAppTables(args);
        this.createDataTable(args);
        const sites = this.createNat(args, wayOut.ready);
        this.routeOut(args, appTables, sites);
        this.createEndpoints(args, [wayOut.table, ...appTables.values()]);
        if (args.flowLogs) {
            createFlowLog(this.name, this.vpcId, args, args.flowLogs, { parent: this });
        }

        createAlarms(this.name, args.environment, args.alarmTopics, natAlarms(sites), { parent: this });
        this.natAddresses = sites.flatMap((site) => site.addresses.map((address) => address.publicIp));
        this.dashboardRow = { title: "Network", graphs: [...natGraphs(sites), usageGraph(this.vpcId)] };
        this.registerOutputs({ vpcId: this.vpcId, natAddresses: this.natAddresses });
    }

    /** Where a component of this tier stands. Machines that need the way out at boot also depend on the network itself (`dependsOn`). */
    public placement(tier: Tier): Placement {
        return this.placementIn(tier);
    }

    /** Where a component stands in a secondary block. Asking for a key that the settings do not have is our own bug. */
    public secondaryPlacement(key: string): Placement {
        return this.placementIn(`secondary-${key}`);
    }

    private placementIn(group: string): Placement {
        const subnets = this.subnets.get(group);
        if (subnets === undefined) {
            throw new Error(`${this.name} has no subnets called ${group}: it has ${[...this.subnets.keys()].join(", ")}`);
        }
        const ids = (zones: readonly Zone[]) => zones.flatMap(({ letter }) => subnets.get(letter)?.id ?? []);
        const workload = this.zones.filter((zone) => zone.workload);
        return {
            vpcId: this.vpcId,
            cidr: this.cidr,
            subnetIds: ids(this.zones),
            workloadSubnetIds: ids(workload),
            workloadZones: workload.map((zone) => zone.name),
        };
    }

    private createVpc(args: NetworkArgs): aws.ec2.Vpc {
        return new aws.ec2.Vpc(
            this.name,
            {
                cidrBlock: args.cidr,
                assignGeneratedIpv6CidrBlock: args.ipv6,
                enableNetworkAddressUsageMetrics: true,
                tags: nameTag(args.environment, this.name),
                // Both, or the private names of interface endpoints and databases do not resolve.
                enableDnsSupport: true,
                enableDnsHostnames: true,
            },
            { parent: this },
        );
    }

    /** What AWS makes with every network lets everything through: it is taken over and emptied, so that only what is declared works. */
    private emptyDefaults(vpc: aws.ec2.Vpc, args: NetworkArgs): void {
        const name = `${this.name}-default`;
        const tags = nameTag(args.environment, `${name}-unused`);
        const ignoreChanges = Network.governedElsewhere.map((each) => each.property);
        new aws.ec2.DefaultSecurityGroup(name, { vpcId: vpc.id, ingress: [], egress: [], tags }, { parent: this });
        new aws.ec2.DefaultNetworkAcl(
            name,
            { defaultNetworkAclId: vpc.defaultNetworkAclId, ingress: [], egress: [], tags },
            { parent: this, ignoreChanges },
        );
        new aws.ec2.DefaultRouteTable(name, { defaultRouteTableId: vpc.defaultRouteTableId, routes: [], tags }, { parent: this });
    }

    private chooseDhcp({ dhcp, environment }: NetworkArgs): void {
        if (dhcp === undefined) {
            return;
        }
        const name = `${this.name}-dhcp`;
        const options = new aws.ec2.VpcDhcpOptions(
            name,
            {
                domainNameServers: dhcp.nameServers,
                ...(dhcp.domainName !== undefined && { domainName: dhcp.domainName }),
                ...(dhcp.timeServers !== undefined && { ntpServers: dhcp.timeServers }),
                tags: nameTag(environment, name),
            },
            { parent: this },
        );
        new aws.ec2.VpcDhcpOptionsAssociation(name, { vpcId: this.vpcId, dhcpOptionsId: options.id }, { parent: this });
    }

    private createSubnets(vpc: aws.ec2.Vpc, args: NetworkArgs): ReadonlyMap<string, ByZone<aws.ec2.Subnet>> {
        const groups = tiers.map((tier): [string, ByZone<aws.ec2.Subnet>] => {
            const ipv6 = args.ipv6 && tier !== "data" ? tier : undefined;
            const subnet = (zone: Zone) =>
                this.createSubnet(`${this.name}-${tier}-${zone.letter}`, tier, zone, args, {
                    cidrBlock: subnetBlock(args.cidr, tier, zone.slot),
                    ...(ipv6 && {
                        // Unknown in a preview, and absent under mocks.
                        ipv6CidrBlock: vpc.ipv6CidrBlock.apply((block) => (block ? ipv6SubnetBlock(block, ipv6, zone.slot) : "")),
                        assignIpv6AddressOnCreation: true,
                    }),
                });
            return [tier, new Map(this.zones.map((zone) => [zone.letter, subnet(zone)]))];
        });
        const secondaries = Object.entries(args.secondaryCidrs).map(([key, block]): [string, ByZone<aws.ec2.Subnet>] => {
            const name = `${this.name}-secondary-${key}`;
            const joined = new aws.ec2.VpcIpv4CidrBlockAssociation(name, { vpcId: vpc.id, cidrBlock: block }, { parent: this });
            const subnet = (zone: Zone) =>
                this.createSubnet(`${name}-${zone.letter}`, "app", zone, args, { cidrBlock: secondaryBlock(block, zone.slot) }, joined);
            return [`secondary-${key}`, new Map(this.zones.map((zone) => [zone.letter, subnet(zone)]))];
        });
        return new Map([...groups, ...secondaries]);
    }

    private createSubnet(
        name: string,
        tier: Tier,
        zone: Zone,
        args: NetworkArgs,
        addresses: Pick<aws.ec2.SubnetArgs, "cidrBlock" | "ipv6CidrBlock" | "assignIpv6AddressOnCreation">,
        after?: pulumi.Resource,
    ): aws.ec2.Subnet {
        return new aws.ec2.Subnet(
            name,
            {
                ...addresses,
                vpcId: this.vpcId,
                availabilityZone: zone.name,
                tags: { ...args.subnetTags[tier], ...nameTag(args.environment, name), "terrace:tier": tier },
                mapPublicIpOnLaunch: false,
            },
            { parent: this, ...(after && { dependsOn: after }) },
        );
    }

    private createFences(args: NetworkArgs): void {
        const plan = {
            cidr: args.cidr,
            appBlock: tierBlock(args.cidr, "app"),
            dataBlock: tierBlock(args.cidr, "data"),
            secondaryCidrs: Object.values(args.secondaryCidrs),
            ipv6: args.ipv6,
            dataPorts: args.dataPorts,
        };
        const secondaries = Object.keys(args.secondaryCidrs).map((key) => `secondary-${key}`);
        for (const tier of tiers) {
            const name = `${this.name}-${tier}`;
            const members = [tier, ...(tier === "app" ? secondaries : [])].flatMap((group) => [
                ...(this.subnets.get(group)?.values() ?? []),
            ]);
            new aws.ec2.NetworkAcl(
                name,
                {
                    vpcId: this.vpcId,
                    subnetIds: members.map((subnet) => subnet.id),
                    ...fenceArgs(fenceOf(tier, plan)),
                    tags: { ...nameTag(args.environment, name), "terrace:tier": tier },
                },
                { parent: this },
            );
        }
    }

    /** The public tier reaches the internet, and is reached from it, through one table in all zones. */
    private createPublicRoutes(args: NetworkArgs): { readonly table: aws.ec2.RouteTable; readonly ready: readonly pulumi.Resource[] } {
        const gateway = new aws.ec2.InternetGateway(
            this.name,
            { vpcId: this.vpcId, tags: nameTag(args.environment, this.name) },
            { parent: this },
        );
        const table = this.createTable("public", args);
        const out = { routeTableId: table.id, gatewayId: gateway.id };
        const routes = [
            new aws.ec2.Route(`${this.name}-public-out`, { ...out, destinationCidrBlock: "0.0.0.0/0" }, { parent: this }),
            ...(args.ipv6
                ? [new aws.ec2.Route(`${this.name}-public-out-ipv6`, { ...out, destinationIpv6CidrBlock: "::/0" }, { parent: this })]
                : []),
        ];
        const associations = this.zones.flatMap((zone) => this.associate("public", zone, table));
        return { table, ready: [gateway, ...routes, ...associations] };
    }

    /** A table a zone from the first day, so that a change of NAT only moves routes. */
    private createAppTables(args: NetworkArgs): ByZone<aws.ec2.RouteTable> {
        return new Map(
            this.zones.map((zone) => {
                const table = this.createTable(`app-${zone.letter}`, args);
                for (const group of ["app", ...Object.keys(args.secondaryCidrs).map((key) => `secondary-${key}`)]) {
                    this.associate(group, zone, table);
                }
                return [zone.letter, table];
            }),
        );
    }

    /** The data tier has no way out: its table knows nothing but the network itself. */
    private createDataTable(args: NetworkArgs): void {
        const table = this.createTable("data", args);
        for (const zone of this.zones) {
            this.associate("data", zone, table);
        }
    }

    private createTable(part: string, args: NetworkArgs): aws.ec2.RouteTable {
        const name = `${this.name}-${part}`;
        return new aws.ec2.RouteTable(name, { vpcId: this.vpcId, tags: nameTag(args.environment, name) }, { parent: this });
    }

    private associate(group: string, zone: Zone, table: aws.ec2.RouteTable): aws.ec2.RouteTableAssociation[] {
        const subnet = this.subnets.get(group)?.get(zone.letter);
        return subnet === undefined
            ? []
            : [
                  new aws.ec2.RouteTableAssociation(
                      `${this.name}-${group}-${zone.letter}`,
                      { subnetId: subnet.id, routeTableId: table.id },
                      { parent: this },
                  ),
              ];
    }

    /** NAT gateways with addresses of their own; they fail at birth if the way to the internet is not there yet. */
    private createNat(args: NetworkArgs, ready: readonly pulumi.Resource[]): readonly NatSite[] {
        const working = this.zones.filter((zone) => zone.workload);
        const opts = { parent: this, dependsOn: [...ready] };
        const address = (part: string) => {
            const name = `${this.name}-${part}`;
            return new aws.ec2.Eip(name, { domain: "vpc", tags: nameTag(args.environment, name) }, { parent: this, dependsOn: [...ready] });
        };
        if (args.nat === "regional") {
            const name = `${this.name}-nat-regional`;
            const addresses = working.map((zone) => ({ zone, eip: address(`nat-regional-${zone.letter}`) }));
            const gateway = new aws.ec2.NatGateway(
                name,
                {
                    vpcId: this.vpcId,
                    availabilityMode: "regional",
                    connectivityType: "public",
                    availabilityZoneAddresses: addresses.map(({ zone, eip }) => ({ availabilityZone: zone.name, allocationIds: [eip.id] })),
                    tags: nameTag(args.environment, name),
                },
                opts,
            );
            return [{ part: "nat-regional", gateway, addresses: addresses.map(({ eip }) => eip) }];
        }
        const zones = { none: [], single: working.slice(0, 1), perZone: working }[args.nat];
        return zones.flatMap((zone) => {
            const subnet = this.subnets.get("public")?.get(zone.letter);
            if (subnet === undefined) {
                return [];
            }
            const part = `nat-${zone.letter}`;
            const eip = address(part);
            const gateway = new aws.ec2.NatGateway(
                `${this.name}-${part}`,
                {
                    subnetId: subnet.id,
                    allocationId: eip.id,
                    connectivityType: "public",
                    tags: nameTag(args.environment, `${this.name}-${part}`),
                },
                opts,
            );
            return [{ part, letter: zone.letter, gateway, addresses: [eip] }];
        });
    }

    /** Each zone goes out through its own gateway where there is one, else through the first. */
    private routeOut(args: NetworkArgs, tables: ByZone<aws.ec2.RouteTable>, sites: readonly NatSite[]): void {
        for (const [letter, table] of tables) {
            const site = sites.find((each) => each.letter === letter) ?? sites[0];
            if (site) {
                new aws.ec2.Route(
                    `${this.name}-app-${letter}-out`,
                    { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: site.gateway.id },
                    { parent: this },
                );
            }
        }
        if (args.ipv6) {
            const name = `${this.name}-egress-only`;
            const gateway = new aws.ec2.EgressOnlyInternetGateway(
                name,
                { vpcId: this.vpcId, tags: nameTag(args.environment, name) },
                { parent: this },
            );
            for (const [letter, table] of tables) {
                new aws.ec2.Route(
                    `${this.name}-app-${letter}-out-ipv6`,
                    { routeTableId: table.id, destinationIpv6CidrBlock: "::/0", egressOnlyGatewayId: gateway.id },
                    { parent: this },
                );
            }
        }
    }

    private createEndpoints(args: NetworkArgs, tables: readonly aws.ec2.RouteTable[]): void {
        const { accountId, region } = args.environment;
        for (const service of gatewayServices) {
            const name = `${this.name}-${endpointPart(service)}`;
            new aws.ec2.VpcEndpoint(
                name,
                {
                    vpcId: this.vpcId,
                    serviceName: `com.amazonaws.${region}.${service}`,
                    vpcEndpointType: "Gateway",
                    routeTableIds: tables.map((table) => table.id),
                    policy: gatewayPolicy(service, accountId),
                    tags: nameTag(args.environment, name),
                },
                { parent: this },
            );
        }
        if (args.endpoints.length === 0) {
            return;
        }
        const door = new Door(
            `${this.name}-endpoints`,
            { environment: args.environment, vpcId: this.vpcId, description: "Interface endpoints: HTTPS from inside the network" },
            { parent: this },
        );
        door.admit("network", { cidrIpv4: args.cidr }, 443);
        for (const [key, block] of Object.entries(args.secondaryCidrs)) {
            door.admit(`secondary-${key}`, { cidrIpv4: block }, 443);
        }
        const { workloadSubnetIds } = this.placement("app");
        for (const service of args.endpoints) {
            const name = `${this.name}-${endpointPart(service)}`;
            const policy = interfacePolicy(service, accountId);
            new aws.ec2.VpcEndpoint(
                name,
                {
                    vpcId: this.vpcId,
                    serviceName: `com.amazonaws.${region}.${service}`,
                    vpcEndpointType: "Interface",
                    subnetIds: [...workloadSubnetIds],
                    securityGroupIds: [door.securityGroupId],
                    privateDnsEnabled: true,
                    ...(policy !== undefined && { policy }),
                    tags: nameTag(args.environment, name),
                },
                { parent: this },
            );
        }
    }
}
