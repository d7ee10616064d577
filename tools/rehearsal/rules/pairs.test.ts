/** Rules that need two of a kind: the first is made, the second clashes with it. */
import { expect } from "chai";
import { Account, type Made, network } from "../account.fixture.ts";
import type { Json } from "../values.ts";
import { balancer, type World } from "./rules.fixture.ts";

type Props = { readonly [key: string]: Json };

const twins: readonly [title: string, type: string, first: (world: World) => Promise<Props>, other: Props, words: RegExp][] = [
    [
        "NET-34 the same destination twice in a table",
        "ec2/route",
        async ({ make, vpc, gateway }) => ({
            routeTableId: (await make("ec2/routeTable", { vpcId: vpc.id })).id,
            destinationCidrBlock: "0.0.0.0/0",
            gatewayId: gateway.id,
        }),
        { destinationCidrBlock: "10.9.0.0/16" },
        /^RouteAlreadyExists: The route identified by 0\.0\.0\.0\/0 already exists/,
    ],
    [
        "NET-28 the same door twice",
        "vpc/securityGroupIngressRule",
        async ({ group }) => ({ securityGroupId: group.id, ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "10.0.0.0/8" }),
        { fromPort: 80, toPort: 80 },
        /^InvalidPermission\.Duplicate: the specified rule "tcp 443 443 10\.0\.0\.0\/8" already exists/,
    ],
    [
        "NET-30 the same rule number twice in a direction",
        "ec2/networkAclRule",
        async ({ make, vpc }) => ({
            networkAclId: (await make("ec2/networkAcl", { vpcId: vpc.id })).id,
            ruleNumber: 100,
            protocol: "tcp",
            ruleAction: "allow",
            cidrBlock: "0.0.0.0/0",
            fromPort: 1,
            toPort: 2,
        }),
        { egress: true },
        /^NetworkAclEntryAlreadyExists: The network acl entry identified by 100 already exists/,
    ],
    [
        "NET-33 a subnet tied to two tables",
        "ec2/routeTableAssociation",
        async ({ make, vpc, a }) => ({ routeTableId: (await make("ec2/routeTable", { vpcId: vpc.id })).id, subnetId: a.id }),
        {},
        /^Resource\.AlreadyAssociated: the specified association/,
    ],
    [
        "NET-10 private DNS of a service at two endpoints",
        "ec2/vpcEndpoint",
        async ({ vpc, a }) => ({
            vpcId: vpc.id,
            serviceName: "com.amazonaws.eu-west-1.ssm",
            vpcEndpointType: "Interface",
            subnetIds: [a.id],
            privateDnsEnabled: true,
        }),
        { privateDnsEnabled: false },
        /^InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS domain/,
    ],
    [
        "two listeners at one port",
        "lb/listener",
        async (world) => ({
            loadBalancerArn: (await balancer(world)).id,
            port: 80,
            protocol: "HTTP",
            defaultActions: [{ type: "fixed-response", fixedResponse: { contentType: "text/plain" } }],
        }),
        { port: 81 },
        /^DuplicateListener: A listener already exists on this port/,
    ],
    [
        "ALB-17 one priority twice",
        "lb/listenerRule",
        async (world) => ({
            listenerArn: (
                await world.make("lb/listener", {
                    loadBalancerArn: (await balancer(world)).id,
                    port: 80,
                    defaultActions: [{ type: "fixed-response", fixedResponse: { contentType: "text/plain" } }],
                })
            ).id,
            priority: 10,
            actions: [{ type: "fixed-response", fixedResponse: { contentType: "text/plain" } }],
            conditions: [{ pathPattern: { values: ["/"] } }],
        }),
        { priority: 11 },
        /^PriorityInUse: Priority '10' is currently in use/,
    ],
    [
        "R53-18 one record twice",
        "route53/record",
        async ({ make }) => ({
            zoneId: (await make("route53/zone", { name: "example.com" })).id,
            name: "www",
            type: "A",
            ttl: 60,
            records: ["192.0.2.1"],
        }),
        { name: "app" },
        /^InvalidChangeBatch: Tried to create resource record set \[name='www\.example\.com\.', type='A'\] but it already exists/,
    ],
    [
        "BUD-6 the account's one monitor of services twice",
        "costexplorer/anomalyMonitor",
        async () => ({ monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" }),
        { monitorDimension: "LINKED_ACCOUNT" },
        /^LimitExceededException: Limit exceeded on dimensional spend monitor creation/,
    ],
    [
        "one address for two NAT gateways",
        "ec2/natGateway",
        async ({ make, a }) => ({ subnetId: a.id, allocationId: (await make("ec2/eip", {})).id }),
        {},
        /^Resource\.AlreadyAssociated: Elastic IP address \[eipalloc-\w+\] is already associated/,
    ],
];

describe("rehearsal: rules of pairs", () => {
    let account: Account;
    let world: World;
    beforeEach(async () => {
        account = new Account();
        let count = 0;
        world = {
            ...(await network(account)),
            account,
            make: (type, props, name): Promise<Made> => account.make(type, name ?? `r${++count}`, props),
        };
    });
    afterEach(() => account.remove());

    for (const [title, type, first, other, words] of twins)
        it(`${title} is refused, and a different one is not`, async () => {
            const props = await first(world);
            await world.make(type, props, "first");
            expect(await account.refusal(world.make(type, props, "second"))).to.match(words);
            if (Object.keys(other).length > 0)
                expect(await account.refusal(world.make(type, { ...props, ...other }, "third"))).to.equal("");
        });

    it("NET-27 CloudFront's prefix list and eight other rules are more than a group holds", async () => {
        const list = account.provider.invoke(
            account.target("ec2/vpc", "x").configuration,
            "aws:ec2/getManagedPrefixList:getManagedPrefixList",
            { name: "com.amazonaws.global.cloudfront.origin-facing" },
        );
        const rule = { securityGroupId: world.group.id, ipProtocol: "tcp", fromPort: 443, toPort: 443 };
        await world.make("vpc/securityGroupIngressRule", { ...rule, prefixListId: String(list.id) });
        for (let index = 0; index < 5; index++)
            await world.make("vpc/securityGroupIngressRule", { ...rule, cidrIpv4: `10.${index}.0.0/16` });
        expect(await account.refusal(world.make("vpc/securityGroupIngressRule", { ...rule, cidrIpv4: "10.9.0.0/16" }))).to.match(
            /^RulesPerSecurityGroupLimitExceeded: .*61 of 60/,
        );
    });
});
