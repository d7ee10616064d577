import { type Case, departs, judged, trust } from "./rules.fixture.ts";

const subnet: Case["good"] = ({ vpc }) => ({ vpcId: vpc.id, cidrBlock: "10.0.9.0/24", availabilityZone: "eu-west-1a" });
const door = { ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "10.0.0.0/16" } as const;

judged("the network", [
    {
        title: "NET-1 a VPC's block is from /16 to /28",
        type: "ec2/vpc",
        good: () => ({ cidrBlock: "10.8.0.0/16" }),
        bad: () => ({ cidrBlock: "10.0.0.0/12" }),
        words: "InvalidVpc.Range: The CIDR '10.0.0.0/12' is invalid. A VPC has a block from /16 to /28, this is /12.",
    },
    {
        title: "NET-5 a block with host bits set is refused with the block meant",
        type: "ec2/vpc",
        good: () => ({ cidrBlock: "10.8.0.0/16" }),
        bad: () => ({ cidrBlock: "10.8.1.0/16" }),
        words: 'InvalidParameterValue: "10.8.1.0/16" is not a valid IPv4 CIDR block; did you mean "10.8.0.0/16"?',
    },
    {
        title: "NET-2 a subnet lies inside its VPC",
        type: "ec2/subnet",
        good: subnet,
        bad: () => ({ cidrBlock: "10.9.0.0/24" }),
        words: `InvalidSubnet.Range: The CIDR '10.9.0.0/24' is invalid. It lies outside ec2.vpc {vpc} ("main") (10.0.0.0/16).`,
    },
    {
        title: "NET-3 subnets of one VPC do not overlap",
        type: "ec2/subnet",
        good: subnet,
        bad: () => ({ cidrBlock: "10.0.0.128/25" }),
        words: `InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with another subnet. ec2.subnet {a} ("a") has 10.0.0.0/24.`,
    },
    {
        title: "a subnet stands in a zone of its region",
        type: "ec2/subnet",
        good: subnet,
        bad: () => ({ availabilityZone: "eu-west-1z" }),
        words: "InvalidParameterValue: Value (eu-west-1z) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: eu-west-1a, eu-west-1b, eu-west-1c.",
    },
    {
        title: "a VPC that does not exist is refused as EC2 does",
        type: "ec2/subnet",
        good: subnet,
        bad: () => ({ vpcId: "vpc-0123" }),
        words: "InvalidVpcID.NotFound: The vpc ID 'vpc-0123' does not exist. ec2.subnet vpcId must name one that exists in eu-west-1.",
    },
    {
        title: "a VPC of another region is refused with where it is",
        type: "ec2/subnet",
        good: subnet,
        bad: () => ({ region: "eu-central-1", availabilityZone: "eu-central-1a" }),
        words: `InvalidVpcID.NotFound: The vpc ID '{vpc}' does not exist. ec2.vpc {vpc} ("main") is in eu-west-1; ec2.subnet vpcId needs one of eu-central-1.`,
    },
    {
        title: "a VPC has one internet gateway",
        type: "ec2/internetGateway",
        good: async ({ make }) => ({ vpcId: (await make("ec2/vpc", { cidrBlock: "10.1.0.0/16" })).id }),
        bad: ({ vpc }) => ({ vpcId: vpc.id }),
        words: `Resource.AlreadyAssociated: resource {vpc} already has an internet gateway attached, ec2.internetGateway {gateway} ("gateway").`,
    },
    {
        title: "NET-15 a public NAT gateway needs an address",
        type: "ec2/natGateway",
        good: async ({ make, a }) => ({ subnetId: a.id, allocationId: (await make("ec2/eip", {})).id }),
        bad: () => ({ allocationId: undefined }),
        words: "MissingParameter: A public NAT gateway needs the allocationId of an Elastic IP.",
    },
    {
        title: "NET-16 a regional NAT gateway takes no subnet",
        type: "ec2/natGateway",
        good: ({ vpc }) => ({ availabilityMode: "regional", vpcId: vpc.id }),
        bad: ({ a }) => ({ subnetId: a.id }),
        words: "InvalidParameter: A regional NAT gateway takes no subnetId and no allocationId. Give addresses in availabilityZoneAddresses, or leave them to AWS.",
    },
    {
        title: "NET-17 a public NAT gateway needs an attached internet gateway",
        type: "ec2/natGateway",
        good: async ({ make, a }) => ({ subnetId: a.id, allocationId: (await make("ec2/eip", {})).id }),
        bad: async ({ make }) => {
            const vpc = await make("ec2/vpc", { cidrBlock: "10.1.0.0/16" });
            return { subnetId: (await make("ec2/subnet", { vpcId: vpc.id, cidrBlock: "10.1.0.0/24" })).id, vpcId: vpc.id };
        },
        words: "Gateway.NotAttached: Network vpc-0… has no Internet gateway attached. Make the NAT gateway depend on the internet gateway.",
    },
    {
        title: "NET-34 a table has one route a destination",
        type: "ec2/route",
        good: async ({ make, vpc, gateway }) => ({
            routeTableId: (await make("ec2/routeTable", { vpcId: vpc.id })).id,
            destinationCidrBlock: "0.0.0.0/0",
            gatewayId: gateway.id,
        }),
        bad: () => ({ destinationPrefixListId: "pl-1" }),
        words: "InvalidParameterCombination: A route has exactly one destination (destinationCidrBlock, destinationIpv6CidrBlock, destinationPrefixListId, …), got destinationCidrBlock and destinationPrefixListId.",
    },
    {
        title: "NET-23 all protocols have no ports",
        type: "vpc/securityGroupIngressRule",
        good: ({ group }) => ({ ...door, securityGroupId: group.id }),
        bad: () => ({ ipProtocol: "-1" }),
        words: "InvalidParameterValue: ipProtocol -1 means all protocols and ports, so fromPort and toPort must be left out.",
    },
    {
        title: "NET-26 a rule's description has no apostrophe",
        type: "vpc/securityGroupIngressRule",
        good: ({ group }) => ({ ...door, securityGroupId: group.id, description: "from the network" }),
        bad: () => ({ description: "the network's" }),
        words: "InvalidParameterValue: Invalid rule description 'the network's'. It must be shorter than 256 characters of a-z, A-Z, 0-9, space and ._-:/()#,@[]+=&;{}!$*",
    },
    {
        title: "a group that does not exist is refused",
        type: "vpc/securityGroupIngressRule",
        good: ({ group }) => ({ ...door, securityGroupId: group.id }),
        bad: () => ({ securityGroupId: "sg-0abc" }),
        words: "InvalidGroup.NotFound: The security group 'sg-0abc' does not exist. vpc.securityGroupIngressRule securityGroupId must name one that exists in eu-west-1.",
    },
    {
        title: "NET-10 private DNS of a service is on for one endpoint of a VPC",
        type: "ec2/vpcEndpoint",
        good: ({ vpc, a }) => ({
            vpcId: vpc.id,
            serviceName: "com.amazonaws.eu-west-1.ssm",
            vpcEndpointType: "Interface",
            subnetIds: [a.id],
            privateDnsEnabled: true,
        }),
        bad: ({ a, b }) => ({ subnetIds: [a.id, b.id, a.id] }),
        words: "DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of eu-west-1a. Give one subnet a zone.",
    },
    {
        title: "an endpoint's service is one of its region",
        type: "ec2/vpcEndpoint",
        good: ({ vpc }) => ({ vpcId: vpc.id, serviceName: "com.amazonaws.eu-west-1.s3" }),
        bad: () => ({ serviceName: "com.amazonaws.eu-west-2.s3" }),
        words: "InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.eu-west-2.s3' does not exist in eu-west-1.",
    },
    {
        title: "NET-39 flow logs into CloudWatch need a role",
        type: "ec2/flowLog",
        good: async ({ make, vpc }) => ({
            vpcId: vpc.id,
            trafficType: "ALL",
            logDestination: (await make("cloudwatch/logGroup", { name: "/flow" })).get("arn"),
            iamRoleArn: (await make("iam/role", { assumeRolePolicy: trust("vpc-flow-logs.amazonaws.com") })).get("arn"),
        }),
        bad: () => ({ iamRoleArn: undefined }),
        words: "InvalidParameter: DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs. Give iamRoleArn.",
    },
    {
        title: "a load balancer and its subnets are in one VPC",
        type: "lb/loadBalancer",
        good: ({ a, b }) => ({ name: "one", subnets: [a.id, b.id] }),
        bad: async ({ make }) => {
            const vpc = await make("ec2/vpc", { cidrBlock: "10.1.0.0/16" });
            return { name: "two", securityGroups: [(await make("ec2/securityGroup", { vpcId: vpc.id })).id] };
        },
        words: "InvalidParameterValue: The subnets and security groups of one lb.loadBalancer must be in one VPC, these are in {vpc} and vpc-0….",
    },
]);

departs("the network", [
    {
        title: "a VPC with something in it is not deleted",
        keeps: async ({ make }) => {
            const vpc = await make("ec2/vpc", { cidrBlock: "10.1.0.0/16" });
            return [vpc, await make("ec2/subnet", { vpcId: vpc.id, cidrBlock: "10.1.0.0/24" })];
        },
        words: /^DependencyViolation: The vpc 'vpc-\w+' has dependencies and cannot be deleted\. ec2\.subnet/,
    },
    {
        title: "a subnet with a NAT gateway in it is not deleted",
        keeps: async ({ make, b }) => [b, await make("ec2/natGateway", { subnetId: b.id, allocationId: (await make("ec2/eip", {})).id })],
        words: /^DependencyViolation: The subnet 'subnet-\w+' has dependencies and cannot be deleted\. ec2\.natGateway/,
    },
    {
        title: "an address in use is not released",
        keeps: async ({ make, b }) => {
            const eip = await make("ec2/eip", {});
            return [eip, await make("ec2/natGateway", { subnetId: b.id, allocationId: eip.id })];
        },
        words: /^InvalidIPAddress\.InUse: /,
    },
    {
        title: "a group that another group's rule names is not deleted",
        keeps: async ({ make, vpc, group }) => {
            const other = await make("ec2/securityGroup", { vpcId: vpc.id });
            return [
                other,
                await make("vpc/securityGroupIngressRule", {
                    ...door,
                    cidrIpv4: null,
                    referencedSecurityGroupId: other.id,
                    securityGroupId: group.id,
                }),
            ];
        },
        words: /^DependencyViolation: resource sg-\w+ has a dependent object/,
    },
    {
        title: "a route table with a subnet tied to it is not deleted",
        keeps: async ({ make, vpc, a }) => {
            const table = await make("ec2/routeTable", { vpcId: vpc.id });
            return [table, await make("ec2/routeTableAssociation", { routeTableId: table.id, subnetId: a.id })];
        },
        words: /^DependencyViolation: The routeTable 'rtb-\w+' has dependencies/,
    },
    {
        title: "an internet gateway is not detached under a load balancer",
        keeps: async ({ make, gateway, a, b }) => [gateway, await make("lb/loadBalancer", { subnets: [a.id, b.id] })],
        words: /^DependencyViolation: Network vpc-\w+ has some mapped public address/,
    },
]);
