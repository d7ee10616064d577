import { describeRule, subject } from "../testing.ts";

describeRule({
    rule: "no-default-vpc",
    type: "ec2/defaultVpc",
    violations: [{ says: ["expected a VPC of your own, got the account's default one"] }],
});

const subnet = (name: string, zone: string) => ({ name, type: "ec2/subnet", props: { availabilityZone: zone }, links: { vpcId: subject } });
const gateway = (name: string, place: string) => ({ name, type: "ec2/natGateway", links: { subnetId: place } });
const subnets = [subnet("a", "eu-west-1a"), subnet("b", "eu-west-1b")];

describeRule({
    rule: "nat-gateway-per-az",
    type: "ec2/vpc",
    compliant: {},
    others: [...subnets, gateway("one", "a"), gateway("two", "b")],
    alsoCompliant: [
        {
            others: [
                ...subnets,
                { name: "nat", type: "ec2/natGateway", props: { availabilityMode: "regional" }, links: { vpcId: subject } },
            ],
        },
    ],
    violations: [{ others: [...subnets, gateway("one", "a")], says: ["expected a NAT gateway in each zone, got none in eu-west-1b"] }],
    notApplicable: [{ others: subnets }],
});

describeRule({
    rule: "vpc-flow-logs",
    type: "ec2/vpc",
    compliant: {},
    others: [{ name: "flow", type: "ec2/flowLog", links: { vpcId: subject } }],
    violations: [{ others: [], says: ["expected a FlowLog for the VPC, got none"] }],
});

describeRule({
    rule: "flow-log-traffic-type",
    type: "ec2/flowLog",
    compliant: { trafficType: "ALL" },
    violations: [{ change: { trafficType: "ACCEPT" }, says: ['trafficType  expected "ALL" or "REJECT", got "ACCEPT"'] }],
    notApplicable: [{ change: { trafficType: undefined, transitGatewayId: "tgw-1" } }],
});

for (const type of ["ec2/subnet", "ec2/defaultSubnet"]) {
    describeRule({
        rule: "subnet-no-auto-public-ip",
        type,
        compliant: {},
        violations: [{ change: { mapPublicIpOnLaunch: true }, says: ["mapPublicIpOnLaunch  expected false or nothing, got true"] }],
    });
}

const table = { name: "table", type: "ec2/routeTable" };
const association = { name: "association", type: "ec2/routeTableAssociation", links: { subnetId: "subject", routeTableId: "table" } };
const internet = { name: "internet", type: "ec2/internetGateway" };
const route = (destination: string, to: string) => ({
    name: "out",
    type: "ec2/route",
    props: { destinationCidrBlock: destination },
    links: { routeTableId: "table", [to]: to === "gatewayId" ? "internet" : "nat" },
});
const nat = { name: "nat", type: "ec2/natGateway" };

describeRule({
    rule: "private-subnet-no-igw-route",
    type: "ec2/subnet",
    parameters: { tiers: ["subject"] },
    compliant: {},
    others: [table, association, nat, route("0.0.0.0/0", "natGatewayId")],
    violations: [
        {
            others: [table, association, internet, route("0.0.0.0/0", "gatewayId")],
            says: ["out.gatewayId  expected no way from a private subnet to the internet gateway, got one"],
        },
        {
            others: [{ ...table, props: { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] } }, association],
            says: ["table.routes[0]  expected no way from a private subnet to the internet gateway, got one"],
        },
    ],
});

describeRule({
    rule: "private-subnet-no-igw-route",
    type: "ec2/subnet",
    notApplicable: [{ others: [table, association, internet, route("0.0.0.0/0", "gatewayId")] }],
    violations: [],
});

describeRule({
    rule: "peering-route-least-access",
    type: "ec2/route",
    compliant: { vpcPeeringConnectionId: "pcx-1", destinationCidrBlock: "10.1.16.0/20" },
    violations: [
        {
            change: { destinationCidrBlock: "10.1.0.0/16" },
            says: ["destinationCidrBlock  expected a block of /20 or narrower, got 10.1.0.0/16"],
        },
    ],
    notApplicable: [{ change: { vpcPeeringConnectionId: undefined } }],
});

describeRule({
    rule: "peering-route-least-access",
    type: "ec2/routeTable",
    compliant: { routes: [{ vpcPeeringConnectionId: "pcx-1", cidrBlock: "10.1.16.0/20" }] },
    violations: [
        {
            change: { routes: [{ vpcPeeringConnectionId: "pcx-1", cidrBlock: "10.0.0.0/8" }] },
            says: ["routes[0].cidrBlock  expected a block of /20 or narrower, got 10.0.0.0/8"],
        },
    ],
    notApplicable: [{ change: { routes: [{ natGatewayId: "nat-1", cidrBlock: "0.0.0.0/0" }] } }],
});

const endpoint = (service: string) => ({
    name: service,
    type: "ec2/vpcEndpoint",
    props: { serviceName: `com.amazonaws.eu-west-1.${service}` },
    links: { vpcId: subject },
});

describeRule({
    rule: "vpc-endpoints-required",
    type: "ec2/vpc",
    parameters: { services: ["s3", "ssm"] },
    compliant: {},
    others: [endpoint("s3"), endpoint("ssm")],
    violations: [{ others: [endpoint("s3"), endpoint("ssmmessages")], says: ["expected endpoints for s3, ssm, got none for ssm"] }],
});

const anything = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };

for (const type of ["ec2/vpcEndpoint", "ec2/vpcEndpointPolicy"]) {
    describeRule({
        rule: "vpc-endpoint-policy-scoped",
        type,
        compliant: { policy: JSON.stringify({ Statement: { ...anything, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } } }) },
        alsoCompliant: [{ change: { policy: JSON.stringify({ Statement: { ...anything, Effect: "Deny" } }) } }],
        violations: [
            {
                change: { policy: JSON.stringify({ Statement: [anything] }) },
                says: ["policy.Statement[0]  expected named actions, resources or callers, got * of each"],
            },
        ],
        notApplicable: [{ change: { policy: undefined } }],
    });
}

describeRule({
    rule: "vpc-endpoint-service-manual-accept",
    type: "ec2/vpcEndpointService",
    compliant: { acceptanceRequired: true },
    violations: [{ change: { acceptanceRequired: false }, says: ["acceptanceRequired  expected true, got false"] }],
});

describeRule({
    rule: "vpc-block-public-access",
    type: "ec2/vpcBlockPublicAccessOptions",
    compliant: { internetGatewayBlockMode: "block-bidirectional" },
    violations: [
        {
            change: { internetGatewayBlockMode: "off" },
            says: ['internetGatewayBlockMode  expected "block-ingress" or "block-bidirectional", got "off"'],
        },
    ],
});

describeRule({
    rule: "subnets-span-azs",
    type: "ec2/vpc",
    compliant: {},
    others: subnets,
    violations: [{ others: [subnet("a", "eu-west-1a")], says: ["expected subnets in at least 2 zones, got eu-west-1a"] }],
    notApplicable: [{ others: [] }],
});

describeRule({
    rule: "eip-unattached",
    type: "ec2/eip",
    compliant: { domain: "vpc" },
    others: [{ name: "nat", type: "ec2/natGateway", links: { allocationId: subject } }],
    alsoCompliant: [{ change: { instance: "i-1" }, others: [] }],
    violations: [{ others: [], says: ["expected something that uses the address, got nothing in this stack"] }],
});

describeRule({
    rule: "tgw-no-auto-accept",
    type: "ec2transitgateway/transitGateway",
    compliant: {},
    violations: [
        {
            change: { autoAcceptSharedAttachments: "enable" },
            says: ['autoAcceptSharedAttachments  expected "disable" or nothing, got "enable"'],
        },
    ],
});

const logged = { cloudwatchLogOptions: { logEnabled: true } };

describeRule({
    rule: "vpn-tunnel-logging",
    type: "ec2/vpnConnection",
    compliant: { tunnel1LogOptions: logged, tunnel2LogOptions: logged },
    violations: [1, 2].map((tunnel) => ({
        change: { [`tunnel${tunnel}LogOptions`]: undefined },
        says: [`tunnel${tunnel}LogOptions.cloudwatchLogOptions.logEnabled  expected true, got nothing`],
    })),
});

describeRule({
    rule: "client-vpn-logging",
    type: "ec2clientvpn/endpoint",
    compliant: { connectionLogOptions: { enabled: true, cloudwatchLogGroup: "vpn" } },
    violations: [
        { change: { connectionLogOptions: { enabled: false } }, says: ["connectionLogOptions.enabled  expected true, got false"] },
    ],
});

for (const type of ["ec2/networkInterface", "ec2/instance"]) {
    describeRule({
        rule: "eni-source-dest-check",
        type,
        compliant: {},
        violations: [{ change: { sourceDestCheck: false }, says: ["sourceDestCheck  expected true or nothing, got false"] }],
    });
}

describeRule({
    rule: "subnet-no-auto-public-ip",
    type: "ec2/subnet",
    parameters: { allowed: ["subject"] },
    violations: [],
    notApplicable: [{ change: { mapPublicIpOnLaunch: true } }],
});
