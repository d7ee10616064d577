/** EC2's network: what a VPC and the things in it answer. */
import { Address4 } from "ip-address";
import { zonesOf } from "../facts/regions.ts";
import { hex } from "../ids.ts";
import { textOf, textsOf } from "../values.ts";
import { text, texts } from "../view.ts";
import type { Family, MakeView } from "./make.ts";

function dhcp(view: MakeView): string {
    return `dopt-0${hex(`${view.account}/${view.region}/dhcp`, 16)}`;
}

/** The id that AWS gave the companion when it made the VPC. */
function companion(view: MakeView, type: string): string {
    const vpc = text(view, "vpcId") ?? textOf(view.cloud.find("ec2/routeTable", text(view, "defaultRouteTableId") ?? "")?.inputs.vpcId);
    for (const thing of view.cloud.all(type))
        if (thing.implicit && thing.inputs.vpcId === vpc && thing.region === view.region) return thing.id;
    return `unknown-${hex(view.seed, 8)}`;
}

function addressIn(cidr: string | undefined, seed: string): string {
    if (cidr === undefined || !Address4.isValid(cidr)) return "10.0.0.10";
    const offset = BigInt(4 + (Number.parseInt(hex(seed, 4), 16) % 8));
    return Address4.fromBigInt(new Address4(cidr).startAddress().bigInt() + offset).correctForm();
}

/** Documentation addresses, so that nobody takes them for real ones. */
function publicAddress(seed: string): string {
    return `203.0.113.${1 + (Number.parseInt(hex(seed, 4), 16) % 254)}`;
}

function subnetCidr(view: MakeView, subnetId: string | undefined): string | undefined {
    return subnetId === undefined ? undefined : textOf(view.cloud.find("ec2/subnet", subnetId)?.inputs.cidrBlock);
}

function ipv6Block(view: MakeView): string {
    return `2001:db8:${hex(view.seed, 4)}:${hex(view.seed, 8).slice(4, 6)}00::/56`;
}

const serviceNameOf = (view: MakeView): string => text(view, "serviceName") ?? "";

export const network: Family = {
    ids: {
        "ec2/defaultSecurityGroup": (view) => companion(view, "ec2/securityGroup"),
        "ec2/defaultNetworkAcl": (view) => text(view, "defaultNetworkAclId") ?? companion(view, "ec2/networkAcl"),
        "ec2/defaultRouteTable": (view) => text(view, "defaultRouteTableId") ?? companion(view, "ec2/routeTable"),
        "ec2/route": (view) =>
            `r-${text(view, "routeTableId")}${hex(`${text(view, "destinationCidrBlock") ?? text(view, "destinationIpv6CidrBlock") ?? text(view, "destinationPrefixListId")}`, 10)}`,
        "ec2/networkAclRule": (view) =>
            `nacl-${hex(`${text(view, "networkAclId")}/${view.inputs.ruleNumber}/${view.inputs.egress ?? false}`, 10)}`,
        "ec2/mainRouteTableAssociation": (view) => `rtbassoc-0${hex(view.seed, 16)}`,
        "ec2/vpcEndpointRouteTableAssociation": (view) => `a-${text(view, "vpcEndpointId")}${hex(view.seed, 10)}`,
        "ec2/ebsEncryptionByDefault": () => "terraform-ebs-encryption",
        "ebs/encryptionByDefault": (view) => `${view.account}-${view.region}`,
    },
    outputs: {
        "ec2/vpc": (view, { id }) => ({
            defaultSecurityGroupId: `sg-0${hex(`${id}/default`, 16)}`,
            mainRouteTableId: `rtb-0${hex(`${id}/main`, 16)}`,
            defaultRouteTableId: `rtb-0${hex(`${id}/main`, 16)}`,
            defaultNetworkAclId: `acl-0${hex(`${id}/default`, 16)}`,
            dhcpOptionsId: dhcp(view),
            enableDnsHostnames: view.inputs.enableDnsHostnames ?? false,
            enableDnsSupport: view.inputs.enableDnsSupport ?? true,
            instanceTenancy: view.inputs.instanceTenancy ?? "default",
            ...(view.inputs.assignGeneratedIpv6CidrBlock === true
                ? { ipv6CidrBlock: ipv6Block(view), ipv6AssociationId: `vpc-cidr-assoc-0${hex(`${id}/6`, 16)}` }
                : {}),
        }),
        "ec2/subnet": (view) => {
            const zones = zonesOf(view.region);
            const zone =
                zones.find(({ name, id }) => name === text(view, "availabilityZone") || id === text(view, "availabilityZoneId")) ??
                zones[0];
            return {
                availabilityZone: zone?.name ?? "",
                availabilityZoneId: zone?.id ?? "",
                privateDnsHostnameTypeOnLaunch: view.inputs.privateDnsHostnameTypeOnLaunch ?? "ip-name",
                ipv6CidrBlockAssociationId: view.inputs.ipv6CidrBlock === undefined ? "" : `subnet-cidr-assoc-0${hex(view.seed, 16)}`,
            };
        },
        "ec2/routeTable": (view) => ({ routes: view.inputs.routes ?? [], propagatingVgws: view.inputs.propagatingVgws ?? [] }),
        "ec2/defaultRouteTable": (view, { id }) => ({ vpcId: view.cloud.find("ec2/routeTable", id)?.inputs.vpcId ?? "" }),
        "ec2/route": () => ({ origin: "CreateRoute", state: "active", instanceId: "", instanceOwnerId: "" }),
        "ec2/eip": (view, { id }) => {
            const address = publicAddress(view.seed);
            const zone = view.region === "us-east-1" ? "compute-1" : `${view.region}.compute`;
            return {
                allocationId: id,
                domain: "vpc",
                publicIp: address,
                publicDns: `ec2-${address.replaceAll(".", "-")}.${zone}.amazonaws.com`,
                networkBorderGroup: view.region,
                publicIpv4Pool: "amazon",
            };
        },
        "ec2/natGateway": (view) => {
            const eip = view.cloud.find("ec2/eip", text(view, "allocationId") ?? "");
            return {
                availabilityMode: view.inputs.availabilityMode ?? "zonal",
                connectivityType: view.inputs.connectivityType ?? "public",
                networkInterfaceId: `eni-0${hex(`${view.seed}/eni`, 16)}`,
                associationId: `eipassoc-0${hex(`${view.seed}/as`, 16)}`,
                privateIp: addressIn(subnetCidr(view, text(view, "subnetId")), view.seed),
                publicIp: eip?.outputs.publicIp ?? (view.inputs.connectivityType === "private" ? "" : publicAddress(view.seed)),
                vpcId: view.inputs.vpcId ?? view.cloud.find("ec2/subnet", text(view, "subnetId") ?? "")?.inputs.vpcId ?? "",
            };
        },
        "ec2/securityGroup": (view) => ({
            name: view.name ?? "",
            description: view.inputs.description ?? "Managed by Pulumi",
            ingress: view.inputs.ingress ?? [],
            egress: view.inputs.egress ?? [],
        }),
        "ec2/defaultSecurityGroup": (view) => ({
            name: "default",
            description: "default VPC security group",
            ingress: view.inputs.ingress ?? [],
            egress: view.inputs.egress ?? [],
        }),
        "vpc/securityGroupIngressRule": (_view, { id }) => ({ securityGroupRuleId: id }),
        "vpc/securityGroupEgressRule": (_view, { id }) => ({ securityGroupRuleId: id }),
        "ec2/securityGroupRule": (_view, { id }) => ({ securityGroupRuleId: id.replace("sgrule-", "sgr-") }),
        "ec2/vpcEndpoint": (view, { id }) => {
            const service = serviceNameOf(view).split(".").at(-1) ?? "service";
            const interfaces = textsOf(view.inputs.subnetIds).map((subnet) => `eni-0${hex(`${id}/${subnet}`, 16)}`);
            const gateway = (view.inputs.vpcEndpointType ?? "Gateway") === "Gateway";
            return {
                state: "available",
                vpcEndpointType: view.inputs.vpcEndpointType ?? "Gateway",
                ipAddressType: view.inputs.ipAddressType ?? "ipv4",
                prefixListId: gateway ? `pl-0${hex(`${view.region}/${service}`, 16)}` : "",
                networkInterfaceIds: interfaces,
                dnsEntries: gateway
                    ? []
                    : [
                          {
                              dnsName: `${id}-${hex(id, 8)}.${service}.${view.region}.vpce.amazonaws.com`,
                              hostedZoneId: `Z${hex(view.region, 12).toUpperCase()}`,
                          },
                      ],
                routeTableIds: view.inputs.routeTableIds ?? [],
                securityGroupIds: view.inputs.securityGroupIds ?? [],
                subnetIds: view.inputs.subnetIds ?? [],
                policy:
                    view.inputs.policy ??
                    '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}',
                cidrBlocks: [],
                requesterManaged: false,
            };
        },
        "ec2/flowLog": (view, { arn }) => ({
            arn,
            logDestinationType: view.inputs.logDestinationType ?? "cloud-watch-logs",
            logFormat:
                view.inputs.logFormat ??
                "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
            maxAggregationInterval: view.inputs.maxAggregationInterval ?? 600,
        }),
        "ec2/networkInterface": (view) => {
            const address = addressIn(subnetCidr(view, text(view, "subnetId")), view.seed);
            return {
                privateIp: address,
                privateIps: [address],
                macAddress: "02:00:00:00:00:01",
                securityGroups: texts(view, "securityGroups"),
            };
        },
        "ec2/instance": (view) => {
            const cidr = subnetCidr(view, text(view, "subnetId"));
            const address = addressIn(cidr, view.seed);
            const subnet = view.cloud.find("ec2/subnet", text(view, "subnetId") ?? "");
            const open = view.inputs.associatePublicIpAddress === true;
            return {
                instanceState: "running",
                privateIp: address,
                privateDns: `ip-${address.replaceAll(".", "-")}.${view.region}.compute.internal`,
                publicIp: open ? publicAddress(view.seed) : "",
                publicDns: "",
                primaryNetworkInterfaceId: `eni-0${hex(`${view.seed}/eni`, 16)}`,
                availabilityZone: view.inputs.availabilityZone ?? subnet?.outputs.availabilityZone ?? `${view.region}a`,
                vpcSecurityGroupIds: view.inputs.vpcSecurityGroupIds ?? [],
            };
        },
        "ec2/managedPrefixList": () => ({ version: 1 }),
        "ec2/vpcPeeringConnection": () => ({ acceptStatus: "active" }),
        "ec2/launchTemplate": (view) => {
            const before = view.self?.outputs.latestVersion;
            const version = typeof before === "number" ? before + 1 : 1;
            const wanted =
                typeof view.inputs.defaultVersion === "number"
                    ? view.inputs.defaultVersion
                    : view.inputs.updateDefaultVersion === true
                      ? version
                      : (view.self?.outputs.defaultVersion ?? 1);
            return { latestVersion: version, defaultVersion: wanted, name: view.name ?? "" };
        },
    },
    renewed: { "ec2/launchTemplate": ["latestVersion", "defaultVersion"], "ec2/managedPrefixList": ["version"] },
};
