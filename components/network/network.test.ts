import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Environment } from "../../conventions/environment.ts";
import { nameRules } from "../../conventions/names.ts";
import type { Network } from "./network.ts";
import { NetworkSettings } from "./settings.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
};
const sound = { cidr: "10.20.0.0/16", zones: 3, nat: "perZone" };
const topics = { critical: "arn:aws:sns:eu-west-1:123456789012:critical", warning: "arn:aws:sns:eu-west-1:123456789012:warning" };

interface Created {
    readonly type: string;
    readonly name: string;
    // biome-ignore lint/suspicious/noExplicitAny: whatever the engine was sent
    readonly inputs: Record<string, any>;
    readonly provider?: string;
}

async function build(change: object = {}, wiring: object = {}) {
    const created: Created[] = [];
    await pulumi.runtime.setMocks({
        call: () => ({}),
        newResource: ({ type, name, inputs, provider }) => {
            created.push({ type, name, inputs, ...(provider !== undefined && { provider }) });
            const ipv6 = type === "aws:ec2/vpc:Vpc" ? { ipv6CidrBlock: "2a05:d018:ab:cd00::/56" } : {};
            const known = { arn: `arn:${name}`, publicIp: `ip-of-${name}`, defaultNetworkAclId: "acl", defaultRouteTableId: "rtb" };
            return { id: `${name}#${type.split(":").at(-1)}`, state: { ...known, ...ipv6, ...inputs } };
        },
    });
    const aws = await import("@pulumi/aws");
    const module = await import("./network.ts");
    const provider = new aws.Provider("explicit", { region: "eu-west-1" });
    const network = new module.Network(
        "network",
        {
            ...NetworkSettings.parse({ ...sound, ...change }),
            environment,
            logsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/logs",
            alarmTopics: topics,
            ...wiring,
        },
        { provider },
    );
    await pulumi.runtime.disconnect();
    const children = created.filter((each) => each.type.startsWith("aws:"));
    const of = (type: string) => children.filter((each) => each.type.endsWith(`:${type}`));
    const names = (type: string) =>
        of(type)
            .map((each) => each.name)
            .sort();
    return { network, children, of, names };
}

const full = {
    ipv6: true,
    endpoints: ["ssm", "ssmmessages", "ecr.api"],
    flowLogs: { destination: "cloudwatch" },
    secondaryCidrs: { pods: "100.64.0.0/16" },
    dhcp: { domainName: "shop.internal" },
};

function resolved<T>(output: pulumi.Input<T>): Promise<T> {
    return new Promise((resolve) => pulumi.output(output).apply((value) => resolve(value as T)));
}

const idsOf = (ids: readonly pulumi.Input<string>[]) => Promise.all(ids.map(resolved));

describe("a network", () => {
    it("gives every child the explicit provider, a name that begins with its own, and a type with a row of names", async () => {
        const { children } = await build(full);
        for (const each of children) {
            expect(each.provider, each.name).to.include("::explicit");
            expect(each.name).to.match(/^network/);
            expect(nameRules, each.type).to.have.property(each.type);
        }
    });

    it("has subnets of every tier in two zones where machines run in one, and places machines in the first only", async () => {
        const { network, names } = await build({ zones: 1, nat: "single" });
        expect(names("Subnet")).deep.equal([
            "network-app-a",
            "network-app-b",
            "network-data-a",
            "network-data-b",
            "network-public-a",
            "network-public-b",
        ]);
        expect(names("NatGateway")).deep.equal(["network-nat-a"]);
        const placement = network.placement("app");
        expect(await idsOf(placement.subnetIds)).deep.equal(["network-app-a#Subnet", "network-app-b#Subnet"]);
        expect(await idsOf(placement.workloadSubnetIds)).deep.equal(["network-app-a#Subnet"]);
        expect(placement.workloadZones).deep.equal(["eu-west-1a"]);
    });

    it("only adds when a zone is added: nothing that was there changes its place", async () => {
        const virginia = { environment: { ...environment, region: "us-east-1" } };
        const three = await build({ zones: 3 }, virginia);
        const four = await build({ zones: 4 }, virginia);
        const fixed = (children: readonly Created[]) =>
            new Map(
                children
                    .filter((each) => /:(Subnet|RouteTable|Route|RouteTableAssociation|NatGateway|Eip)$/.test(each.type))
                    .map((each) => [`${each.type} ${each.name}`, each.inputs]),
            );
        const later = fixed(four.children);
        for (const [urn, inputs] of fixed(three.children)) {
            expect(later.get(urn), urn).deep.equal(inputs);
        }
        expect(later.has("aws:ec2/subnet:Subnet network-data-d")).equal(true);
    });

    it("keeps subnets, tables and associations whatever the way out", async () => {
        const fixed = /:(Subnet|RouteTable|RouteTableAssociation|NetworkAcl|Vpc|VpcEndpoint)$/;
        const without = (await build({ nat: "none" })).children.filter((each) => fixed.test(each.type));
        for (const nat of ["single", "perZone", "regional"]) {
            const { children } = await build({ nat });
            expect(
                children.filter((each) => fixed.test(each.type)),
                nat,
            ).deep.members(without);
        }
    });

    it("sends each zone out through its own gateway, all through one with single, and none without NAT", async () => {
        const ways = async (nat: string) =>
            Object.fromEntries(
                (await build({ nat }))
                    .of("Route")
                    .flatMap((each) => (each.inputs.natGatewayId ? [[each.name, each.inputs.natGatewayId]] : [])),
            );
        expect(await ways("perZone")).deep.equal({
            "network-app-a-out": "network-nat-a#NatGateway",
            "network-app-b-out": "network-nat-b#NatGateway",
            "network-app-c-out": "network-nat-c#NatGateway",
        });
        expect(new Set(Object.values(await ways("single")))).deep.equal(new Set(["network-nat-a#NatGateway"]));
        expect(new Set(Object.values(await ways("regional")))).deep.equal(new Set(["network-nat-regional#NatGateway"]));
        expect(await ways("none")).deep.equal({});
    });

    it("makes a regional gateway without subnet or allocation, with an address in each zone where machines run", async () => {
        const { of, network } = await build({ nat: "regional" });
        const inputs = of("NatGateway")[0]?.inputs;
        expect(inputs).to.not.have.any.keys("subnetId", "allocationId");
        expect(inputs?.availabilityZoneAddresses).deep.equal(
            ["a", "b", "c"].map((letter) => ({
                availabilityZone: `eu-west-1${letter}`,
                allocationIds: [`network-nat-regional-${letter}#Eip`],
            })),
        );
        expect(await idsOf(network.natAddresses)).deep.equal(["a", "b", "c"].map((letter) => `ip-of-network-nat-regional-${letter}`));
    });

    it("gives the data tier no way out", async () => {
        const { of } = await build(full);
        expect(of("Route").filter((each) => each.inputs.routeTableId === "network-data#RouteTable")).deep.equal([]);
    });

    it("gives no subnet public addresses, and no tier but public the internet gateway", async () => {
        const { of } = await build(full);
        expect(of("Subnet").filter((each) => each.inputs.mapPublicIpOnLaunch !== false)).deep.equal([]);
        expect(new Set(of("Route").flatMap((each) => (each.inputs.gatewayId ? [each.inputs.routeTableId] : [])))).deep.equal(
            new Set(["network-public#RouteTable"]),
        );
    });

    it("empties the default group, ACL and table that AWS makes", async () => {
        const { of } = await build();
        expect(of("DefaultSecurityGroup")[0]?.inputs).to.include({ vpcId: "network#Vpc" });
        for (const type of ["DefaultSecurityGroup", "DefaultNetworkAcl"]) {
            expect(of(type)[0]?.inputs, type).to.deep.include({ ingress: [], egress: [] });
        }
        expect(of("DefaultRouteTable")[0]?.inputs.routes).deep.equal([]);
    });

    it("puts every subnet behind the ACL of its tier", async () => {
        const { of } = await build(full);
        const fenced = of("NetworkAcl").flatMap((each) => each.inputs.subnetIds as string[]);
        expect(fenced.sort()).deep.equal(
            of("Subnet")
                .map((each) => `${each.name}#Subnet`)
                .sort(),
        );
    });

    it("always has the free gateways, on the public and app tables", async () => {
        const { of } = await build({ nat: "none" });
        const gateways = of("VpcEndpoint");
        expect(gateways.map((each) => each.inputs.serviceName).sort()).deep.equal([
            "com.amazonaws.eu-west-1.dynamodb",
            "com.amazonaws.eu-west-1.s3",
        ]);
        for (const each of gateways) {
            expect(each.inputs.routeTableIds).deep.equal([
                "network-public#RouteTable",
                "network-app-a#RouteTable",
                "network-app-b#RouteTable",
                "network-app-c#RouteTable",
            ]);
            expect(each.inputs.policy).to.include('"aws:ResourceAccount":"123456789012"');
        }
    });

    it("reaches interface endpoints in the app tier over HTTPS from inside only", async () => {
        const { of, network } = await build(full);
        const rules = of("SecurityGroupIngressRule").map(({ inputs }) => [inputs.cidrIpv4, inputs.fromPort, inputs.toPort]);
        expect(rules.sort()).deep.equal([
            ["10.20.0.0/16", 443, 443],
            ["100.64.0.0/16", 443, 443],
        ]);
        const interfaces = of("VpcEndpoint").filter((each) => each.inputs.vpcEndpointType === "Interface");
        expect(interfaces.map((each) => each.name).sort()).deep.equal([
            "network-endpoint-ecr-api",
            "network-endpoint-ssm",
            "network-endpoint-ssmmessages",
        ]);
        expect(interfaces.every((each) => each.inputs.privateDnsEnabled === true)).equal(true);
        expect(network.endpointServices).deep.equal(["ssm", "ssmmessages", "ecr.api"]);
    });

    it("writes flow logs to an encrypted group that a role may write to, or to the bucket without one", async () => {
        const cloudwatch = await build({ flowLogs: { destination: "cloudwatch", retentionDays: 365 } });
        expect(cloudwatch.of("LogGroup")[0]?.inputs).to.include({
            name: "/shop-prod/network/flow",
            retentionInDays: 365,
            kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/logs",
        });
        expect(cloudwatch.of("FlowLog")[0]?.inputs.iamRoleArn).equal("arn:network-flow-log");
        const s3 = await build({ flowLogs: { destination: "s3" } }, { flowLogBucketArn: "arn:aws:s3:::logs" });
        expect(s3.of("FlowLog")[0]?.inputs).to.include({ logDestinationType: "s3", logDestination: "arn:aws:s3:::logs" });
        expect(s3.of("Role")).deep.equal([]);
    });

    it("wakes somebody when a gateway runs out of ports, and has no alarms where there is no gateway", async () => {
        expect((await build()).names("MetricAlarm")).deep.equal(
            ["a", "b", "c"].flatMap((letter) => [`network-nat-${letter}-drops`, `network-nat-${letter}-ports`]),
        );
        expect((await build({ nat: "none" })).names("MetricAlarm")).deep.equal([]);
    });

    it("gives public and app subnets a /64 each over IPv6, and the app tier a way out that lets nobody in", async () => {
        const { of } = await build(full);
        const blocks = of("Subnet").flatMap((each) => (each.inputs.ipv6CidrBlock ? [each.inputs.ipv6CidrBlock] : []));
        expect(new Set(blocks).size).equal(6);
        expect(
            of("Route")
                .filter((each) => each.inputs.egressOnlyGatewayId)
                .map((each) => each.inputs.routeTableId),
        ).to.have.members(["network-app-a#RouteTable", "network-app-b#RouteTable", "network-app-c#RouteTable"]);
    });

    it("places workloads in a secondary block by its key, and throws for a key that nobody declared", async () => {
        const { network }: { network: Network } = await build(full);
        expect(await idsOf(network.secondaryPlacement("pods").subnetIds)).to.have.lengthOf(3);
        expect(() => network.secondaryPlacement("pots")).to.throw(
            "network has no subnets called secondary-pots: it has public, app, data, secondary-pods",
        );
    });
});
