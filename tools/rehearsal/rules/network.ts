/** Rules of the network: addresses, routes, doors. Ids are those of the facts. */
import { Address4 } from "ip-address";
import { managedPrefixList } from "../data-sources/account.ts";
import { zonesOf } from "../facts/regions.ts";
import type { Thing } from "../state.ts";
import { isList, numberOf, textOf } from "../values.ts";
import { inputText, label, others, type Rule, says, target, text, texts, type View, vpcsOf, zonesOfSubnets } from "../view.ts";

function block(cidr: string | undefined): Address4 | undefined {
    return cidr !== undefined && Address4.isValid(cidr) && cidr.includes("/") ? new Address4(cidr) : undefined;
}

export function overlap(a: Address4, b: Address4): boolean {
    return a.isInSubnet(b) || b.isInSubnet(a);
}

function sized(kind: string, path: string, code: string): Rule["check"] {
    return (view) => {
        const cidr = text(view, path);
        const own = block(cidr);
        if (!own) return undefined;
        if (own.subnetMask < 16 || own.subnetMask > 28)
            return says(code, `The CIDR '${cidr}' is invalid.`, `A ${kind} has a block from /16 to /28, this is /${own.subnetMask}.`);
        if (own.startAddress().correctForm() !== own.addressMinusSuffix)
            return says(
                "InvalidParameterValue",
                `"${cidr}" is not a valid IPv4 CIDR block; did you mean "${own.startAddress().correctForm()}/${own.subnetMask}"?`,
            );
        return undefined;
    };
}

function blocksOf(vpc: Thing, view: View): Address4[] {
    const more = [...view.cloud.all("ec2/vpcIpv4CidrBlockAssociation")].filter((thing) => thing.inputs.vpcId === vpc.id);
    return [vpc, ...more].flatMap((thing) => block(inputText(thing, "cidrBlock")) ?? []);
}

function attachedGateway(view: View, vpcId: string): Thing | undefined {
    for (const thing of view.cloud.all("ec2/internetGateway")) if (thing.inputs.vpcId === vpcId) return thing;
    for (const thing of view.cloud.all("ec2/internetGatewayAttachment")) if (thing.inputs.vpcId === vpcId) return thing;
    return undefined;
}

export function hasInternetGateway(view: View, vpcId: string | undefined): boolean {
    return vpcId === undefined || attachedGateway(view, vpcId) !== undefined;
}

const natShape: Rule["check"] = (view) => {
    const { inputs } = view;
    const given = (name: string) => inputs[name] !== undefined;
    if (inputs.availabilityMode === "regional") {
        if (!given("vpcId")) return says("InvalidParameter", "A regional NAT gateway needs vpcId.");
        if (given("subnetId") || given("allocationId"))
            return says(
                "InvalidParameter",
                "A regional NAT gateway takes no subnetId and no allocationId.",
                "Give addresses in availabilityZoneAddresses, or leave them to AWS.",
            );
        return inputs.connectivityType === "private" ? says("InvalidParameter", "A regional NAT gateway is public.") : undefined;
    }
    if (!given("subnetId")) return says("MissingParameter", "A zonal NAT gateway needs subnetId.");
    if (inputs.connectivityType === "private")
        return given("allocationId") ? says("InvalidParameter", "A private NAT gateway takes no allocationId.") : undefined;
    return given("allocationId") ? undefined : says("MissingParameter", "A public NAT gateway needs the allocationId of an Elastic IP.");
};

const destinations = ["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"] as const;
const routeTargets = [
    "gatewayId",
    "natGatewayId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
    "networkInterfaceId",
    "egressOnlyGatewayId",
    "carrierGatewayId",
    "coreNetworkArn",
    "localGatewayId",
    "odbNetworkArn",
] as const;

function exactlyOne(view: View, candidates: readonly string[], what: string): string | undefined {
    const given = candidates.filter((name) => view.inputs[name] !== undefined);
    if (given.length === 1) return undefined;
    return says(
        "InvalidParameterCombination",
        `A route has exactly one ${what} (${candidates.slice(0, 4).join(", ")}, …), got ${given.length === 0 ? "none" : given.join(" and ")}.`,
    );
}

const ruleSource = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"] as const;

function rulesOfGroup(view: View): Thing[] {
    return [...others(view, view.type.short)].filter((thing) => thing.inputs.securityGroupId === view.inputs.securityGroupId);
}

const rulesTypes = ["vpc/securityGroupIngressRule", "vpc/securityGroupEgressRule"];

function ruleKey(inputs: Thing["inputs"]): string {
    const all = inputs.ipProtocol === "-1" || inputs.ipProtocol === "all";
    return [
        all ? "-1" : inputs.ipProtocol,
        all ? "" : inputs.fromPort,
        all ? "" : inputs.toPort,
        ...ruleSource.map((name) => inputs[name] ?? ""),
    ].join("|");
}

function weight(view: View, thing: { readonly inputs: Thing["inputs"] }): number {
    const list = textOf(thing.inputs.prefixListId);
    return list === undefined
        ? 1
        : (managedPrefixList(list, view.region)?.weight ??
              numberOf(view.cloud.find("ec2/managedPrefixList", list)?.inputs.maxEntries) ??
              1);
}

const doorText = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/;

export const networkRules: readonly Rule[] = [
    { id: "NET-1", types: ["ec2/vpc"], when: "plan", check: sized("VPC", "cidrBlock", "InvalidVpc.Range") },
    { id: "NET-4", types: ["ec2/subnet"], when: "plan", check: sized("subnet", "cidrBlock", "InvalidSubnet.Range") },
    {
        id: "NET-2",
        types: ["ec2/subnet"],
        when: "call",
        check: (view) => {
            const vpc = target(view, "ec2/vpc", text(view, "vpcId"));
            const own = block(text(view, "cidrBlock"));
            if (!vpc || !own) return undefined;
            const blocks = blocksOf(vpc, view);
            if (blocks.length === 0 || blocks.some((outer) => own.isInSubnet(outer))) return undefined;
            return says(
                "InvalidSubnet.Range",
                `The CIDR '${text(view, "cidrBlock")}' is invalid.`,
                `It lies outside ${label(vpc)} (${blocks.map((outer) => outer.address).join(", ")}).`,
            );
        },
    },
    {
        id: "NET-3",
        types: ["ec2/subnet"],
        when: "call",
        check: (view) => {
            const own = block(text(view, "cidrBlock"));
            if (!own) return undefined;
            for (const other of others(view, "ec2/subnet")) {
                const theirs = block(inputText(other, "cidrBlock"));
                if (other.inputs.vpcId === view.inputs.vpcId && theirs && overlap(own, theirs))
                    return says(
                        "InvalidSubnet.Conflict",
                        `The CIDR '${text(view, "cidrBlock")}' conflicts with another subnet.`,
                        `${label(other)} has ${inputText(other, "cidrBlock")}.`,
                    );
            }
            return undefined;
        },
    },
    {
        id: "subnet-zone",
        types: ["ec2/subnet"],
        when: "plan",
        check: (view) => {
            const zone = text(view, "availabilityZone");
            const zones = zonesOf(view.region).map(({ name }) => name);
            if (zone === undefined || zones.includes(zone) || zone.split("-").length > 3) return undefined;
            return says(
                "InvalidParameterValue",
                `Value (${zone}) for parameter availabilityZone is invalid.`,
                `Subnets can currently only be created in the following availability zones: ${zones.join(", ")}.`,
            );
        },
    },
    {
        id: "one-gateway",
        types: ["ec2/internetGateway"],
        when: "call",
        check: (view) => {
            for (const other of others(view, "ec2/internetGateway"))
                if (view.inputs.vpcId !== undefined && other.inputs.vpcId === view.inputs.vpcId)
                    return says(
                        "Resource.AlreadyAssociated",
                        `resource ${text(view, "vpcId")} already has an internet gateway attached, ${label(other)}.`,
                    );
            return undefined;
        },
    },
    { id: "NET-15", types: ["ec2/natGateway"], when: "plan", check: natShape },
    {
        id: "NET-17",
        types: ["ec2/natGateway"],
        when: "call",
        check: (view) => {
            if (view.inputs.connectivityType === "private") return undefined;
            const vpcId = text(view, "vpcId") ?? textOf(view.cloud.find("ec2/subnet", text(view, "subnetId") ?? "")?.inputs.vpcId);
            if (hasInternetGateway(view, vpcId)) return undefined;
            return says(
                "Gateway.NotAttached",
                `Network ${vpcId} has no Internet gateway attached.`,
                "Make the NAT gateway depend on the internet gateway.",
            );
        },
    },
    {
        id: "address-in-use",
        types: ["ec2/natGateway"],
        when: "call",
        check: (view) => {
            for (const other of others(view, "ec2/natGateway"))
                if (view.inputs.allocationId !== undefined && other.inputs.allocationId === view.inputs.allocationId)
                    return says(
                        "Resource.AlreadyAssociated",
                        `Elastic IP address [${text(view, "allocationId")}] is already associated with ${label(other)}.`,
                        "Give each NAT gateway its own.",
                    );
            return undefined;
        },
    },
    { id: "route-destination", types: ["ec2/route"], when: "plan", check: (view) => exactlyOne(view, destinations, "destination") },
    { id: "route-target", types: ["ec2/route"], when: "plan", check: (view) => exactlyOne(view, routeTargets, "target") },
    {
        id: "NET-34",
        types: ["ec2/route"],
        when: "call",
        check: (view) => {
            for (const other of others(view, "ec2/route"))
                if (
                    other.inputs.routeTableId === view.inputs.routeTableId &&
                    destinations.some((name) => view.inputs[name] !== undefined && other.inputs[name] === view.inputs[name])
                )
                    return says(
                        "RouteAlreadyExists",
                        `The route identified by ${destinations.map((name) => text(view, name)).find(Boolean)} already exists.`,
                        `${label(other)} is in the same table.`,
                    );
            return undefined;
        },
    },
    {
        id: "NET-21",
        types: ["ec2/route", ...rulesTypes],
        when: "call",
        check: (view) => {
            const parent =
                target(view, "ec2/routeTable", text(view, "routeTableId")) ??
                target(view, "ec2/securityGroup", text(view, "securityGroupId"));
            const inline = parent?.type === "ec2/routeTable" ? ["routes"] : view.type.short === rulesTypes[0] ? ["ingress"] : ["egress"];
            const clash = inline.find((name) => isList(parent?.inputs[name]) && parent.inputs[name].length > 0);
            if (!parent || clash === undefined) return undefined;
            return says(
                "ConflictingOwners",
                `${label(parent)} has its own ${clash} inside.`,
                "They and this one would undo each other on every run; keep to separate resources.",
            );
        },
    },
    {
        id: "gateway-in-vpc",
        types: ["ec2/route"],
        when: "call",
        check: (view) => {
            const table = target(view, "ec2/routeTable", text(view, "routeTableId"));
            const gateway = target(view, "ec2/internetGateway", text(view, "gatewayId"));
            if (!table || !gateway || gateway.inputs.vpcId === undefined || table.inputs.vpcId === gateway.inputs.vpcId) return undefined;
            return says("InvalidParameterValue", `route table ${table.id} and network gateway ${gateway.id} belong to different networks.`);
        },
    },
    {
        id: "NET-33",
        types: ["ec2/routeTableAssociation"],
        when: "call",
        check: (view) => {
            const subnet = target(view, "ec2/subnet", text(view, "subnetId"));
            const table = target(view, "ec2/routeTable", text(view, "routeTableId"));
            if (subnet && table && subnet.inputs.vpcId !== table.inputs.vpcId)
                return says("InvalidParameterValue", `Route table ${table.id} and subnet ${subnet.id} belong to different networks.`);
            for (const other of others(view, "ec2/routeTableAssociation"))
                if (view.inputs.subnetId !== undefined && other.inputs.subnetId === view.inputs.subnetId)
                    return says(
                        "Resource.AlreadyAssociated",
                        `the specified association for route table ${text(view, "routeTableId")} conflicts with an existing association.`,
                        `Subnet ${text(view, "subnetId")} is in ${text({ ...view, inputs: other.inputs }, "routeTableId")} through ${label(other)}.`,
                    );
            return undefined;
        },
    },
    {
        id: "NET-23",
        types: rulesTypes,
        when: "plan",
        check: (view) => {
            const protocol = text(view, "ipProtocol");
            const ported = view.inputs.fromPort !== undefined || view.inputs.toPort !== undefined;
            if (protocol === "-1" && ported)
                return says(
                    "InvalidParameterValue",
                    "ipProtocol -1 means all protocols and ports, so fromPort and toPort must be left out.",
                );
            if (
                ["tcp", "udp", "6", "17"].includes(protocol ?? "") &&
                (view.inputs.fromPort === undefined || view.inputs.toPort === undefined)
            )
                return says("InvalidParameterValue", `ipProtocol ${protocol} needs fromPort and toPort.`);
            const given = ruleSource.filter((name) => view.inputs[name] !== undefined);
            if (given.length !== 1)
                return says(
                    "InvalidParameterCombination",
                    `a rule has exactly one of ${ruleSource.join(", ")}, got ${given.length === 0 ? "none" : given.join(" and ")}.`,
                );
            const [from, to] = [numberOf(view.inputs.fromPort), numberOf(view.inputs.toPort)];
            return from !== undefined && to !== undefined && from > to
                ? says("InvalidParameterValue", `Invalid TCP port range (${from}:${to}): fromPort is above toPort.`)
                : undefined;
        },
    },
    {
        id: "NET-26",
        types: [...rulesTypes, "ec2/securityGroup"],
        when: "plan",
        check: (view) => {
            const said = text(view, "description");
            if (said === undefined || (doorText.test(said) && said.length < 256)) return undefined;
            return says(
                "InvalidParameterValue",
                `Invalid rule description '${said}'.`,
                "It must be shorter than 256 characters of a-z, A-Z, 0-9, space and ._-:/()#,@[]+=&;{}!$*",
            );
        },
    },
    {
        id: "NET-28",
        types: rulesTypes,
        when: "call",
        check: (view) => {
            const key = ruleKey(view.inputs);
            const twin = rulesOfGroup(view).find((other) => ruleKey(other.inputs) === key);
            return (
                twin &&
                says(
                    "InvalidPermission.Duplicate",
                    `the specified rule "${key.replaceAll("|", " ").trim()}" already exists.`,
                    `${label(twin)} is the same rule of ${text(view, "securityGroupId")}.`,
                )
            );
        },
    },
    {
        id: "NET-27",
        types: rulesTypes,
        when: "call",
        check: (view) => {
            const sum = rulesOfGroup(view).reduce((total, other) => total + weight(view, other), weight(view, view));
            return sum > 60
                ? says(
                      "RulesPerSecurityGroupLimitExceeded",
                      `The maximum number of rules per security group has been reached: ${sum} of 60 in ${text(view, "securityGroupId")}.`,
                      "CloudFront's prefix list counts as 55; give it a group of its own.",
                  )
                : undefined;
        },
    },
    {
        id: "group-in-vpc",
        types: rulesTypes,
        when: "call",
        check: (view) => {
            const own = target(view, "ec2/securityGroup", text(view, "securityGroupId"));
            const other = target(view, "ec2/securityGroup", text(view, "referencedSecurityGroupId"));
            if (!own || !other || own.outputs.vpcId === other.outputs.vpcId) return undefined;
            const peered = [...view.cloud.all("ec2/vpcPeeringConnection")].some((thing) =>
                [thing.inputs.vpcId, thing.inputs.peerVpcId].includes(own.outputs.vpcId ?? ""),
            );
            return peered
                ? undefined
                : says(
                      "InvalidGroup.NotFound",
                      `You have specified two resources that belong to different networks: ${own.id} and ${other.id}.`,
                  );
        },
    },
    {
        id: "NET-30",
        types: ["ec2/networkAclRule"],
        when: "call",
        check: (view) => {
            const number = numberOf(view.inputs.ruleNumber) ?? 0;
            if (number < 1 || number > 32766)
                return says("InvalidParameterValue", `Value (${number}) for parameter ruleNumber is invalid.`, "Take one from 1 to 32766.");
            for (const other of others(view, "ec2/networkAclRule"))
                if (
                    other.inputs.networkAclId === view.inputs.networkAclId &&
                    other.inputs.ruleNumber === number &&
                    (other.inputs.egress ?? false) === (view.inputs.egress ?? false)
                )
                    return says(
                        "NetworkAclEntryAlreadyExists",
                        `The network acl entry identified by ${number} already exists.`,
                        `${label(other)} has the number in the same direction.`,
                    );
            return undefined;
        },
    },
    {
        id: "NET-9",
        types: ["ec2/vpcEndpoint"],
        when: "call",
        check: (view) => {
            if (view.inputs.privateDnsEnabled !== true) return undefined;
            const vpc = target(view, "ec2/vpc", text(view, "vpcId"));
            if (!vpc || (vpc.inputs.enableDnsHostnames === true && vpc.inputs.enableDnsSupport !== false)) return undefined;
            return says(
                "InvalidParameter",
                `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.id}.`,
            );
        },
    },
    {
        id: "NET-10",
        types: ["ec2/vpcEndpoint"],
        when: "call",
        check: (view) => {
            for (const other of others(view, "ec2/vpcEndpoint"))
                if (
                    view.inputs.privateDnsEnabled === true &&
                    other.inputs.privateDnsEnabled === true &&
                    other.inputs.vpcId === view.inputs.vpcId &&
                    other.inputs.serviceName === view.inputs.serviceName
                )
                    return says(
                        "InvalidParameter",
                        `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${text(view, "serviceName")} in the VPC ${text(view, "vpcId")}.`,
                        `${label(other)} has it.`,
                    );
            return undefined;
        },
    },
    {
        id: "endpoint-service",
        types: ["ec2/vpcEndpoint"],
        when: "call",
        check: (view) => {
            const name = text(view, "serviceName");
            const found = /^(?:com|aws)\.(?:amazonaws|sagemaker|api)\.([a-z]{2}-[a-z-]+-\d)\./.exec(name ?? "");
            if (!found || found[1] === view.region || view.inputs.serviceRegion !== undefined) return undefined;
            return says("InvalidServiceName", `The Vpc Endpoint Service '${name}' does not exist in ${view.region}.`);
        },
    },
    {
        id: "NET-11",
        types: ["ec2/vpcEndpoint"],
        when: "call",
        check: (view) => {
            const zones = zonesOfSubnets(view, texts(view, "subnetIds"));
            const twice = zones.find((zone, index) => zones.indexOf(zone) !== index);
            return (
                twice &&
                says(
                    "DuplicateSubnetsInSameZone",
                    `Found another VPC endpoint subnet in the availability zone of ${twice}.`,
                    "Give one subnet a zone.",
                )
            );
        },
    },
    {
        id: "NET-39",
        types: ["ec2/flowLog"],
        when: "plan",
        check: (view) => {
            const kind = text(view, "logDestinationType") ?? "cloud-watch-logs";
            if (kind === "cloud-watch-logs" && view.inputs.iamRoleArn === undefined)
                return says(
                    "InvalidParameter",
                    "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.",
                    "Give iamRoleArn.",
                );
            if (kind === "s3" && view.inputs.iamRoleArn !== undefined)
                return says("InvalidParameter", "DeliverLogsPermissionArn is not applicable for s3 delivery.", "Leave iamRoleArn out.");
            const interval = numberOf(view.inputs.maxAggregationInterval);
            return interval === undefined || interval === 60 || interval === 600
                ? undefined
                : says("InvalidParameter", `maxAggregationInterval is 60 or 600, got ${interval}.`);
        },
    },
    {
        id: "one-vpc",
        types: [
            "lb/loadBalancer",
            "ec2/vpcEndpoint",
            "elasticache/subnetGroup",
            "rds/subnetGroup",
            "autoscaling/group",
            "efs/mountTarget",
            "lambda/function",
            "eks/cluster",
        ],
        when: "call",
        check: (view) => {
            const subnets = [
                ...texts(view, "subnets"),
                ...texts(view, "subnetIds"),
                ...texts(view, "vpcZoneIdentifiers"),
                ...texts(view, "vpcConfig.subnetIds"),
                ...texts(view, "subnetId"),
            ];
            const groups = [
                ...texts(view, "securityGroups"),
                ...texts(view, "securityGroupIds"),
                ...texts(view, "vpcConfig.securityGroupIds"),
            ];
            const vpcs = new Set([...vpcsOf(view, "ec2/subnet", subnets), ...vpcsOf(view, "ec2/securityGroup", groups)]);
            return vpcs.size > 1
                ? says(
                      "InvalidParameterValue",
                      `The subnets and security groups of one ${view.type.short.replace("/", ".")} must be in one VPC, these are in ${[...vpcs].join(" and ")}.`,
                  )
                : undefined;
        },
    },
];
