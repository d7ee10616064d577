/** What AWS keeps you from deleting in a network, because something still stands in it. */
import type { Thing } from "../state.ts";
import { textOf } from "../values.ts";
import { label, names, type Rule, says, type View } from "../view.ts";

/** Types with the paths at which they hold a subnet or a group in use. */
const subnetUsers: readonly [string, string][] = [
    ["ec2/natGateway", "subnetId"],
    ["lb/loadBalancer", "subnets"],
    ["lb/loadBalancer", "subnetMappings.subnetId"],
    ["ec2/vpcEndpoint", "subnetIds"],
    ["efs/mountTarget", "subnetId"],
    ["ec2/instance", "subnetId"],
    ["autoscaling/group", "vpcZoneIdentifiers"],
    ["lambda/function", "vpcConfig.subnetIds"],
    ["eks/cluster", "vpcConfig.subnetIds"],
    ["ecs/service", "networkConfiguration.subnets"],
    ["elasticache/subnetGroup", "subnetIds"],
    ["elasticache/serverlessCache", "subnetIds"],
    ["rds/subnetGroup", "subnetIds"],
    ["rds/proxy", "vpcSubnetIds"],
];
const groupUsers: readonly [string, string][] = [
    ["lb/loadBalancer", "securityGroups"],
    ["ec2/vpcEndpoint", "securityGroupIds"],
    ["efs/mountTarget", "securityGroups"],
    ["ec2/instance", "vpcSecurityGroupIds"],
    ["rds/instance", "vpcSecurityGroupIds"],
    ["rds/cluster", "vpcSecurityGroupIds"],
    ["elasticache/replicationGroup", "securityGroupIds"],
    ["elasticache/serverlessCache", "securityGroupIds"],
    ["lambda/function", "vpcConfig.securityGroupIds"],
    ["vpc/securityGroupIngressRule", "referencedSecurityGroupId"],
    ["vpc/securityGroupEgressRule", "referencedSecurityGroupId"],
    ["rds/proxy", "vpcSecurityGroupIds"],
    ["ecs/service", "networkConfiguration.securityGroups"],
];

export function userOf(view: View, users: readonly [string, string][]): Thing | undefined {
    const id = view.self?.id ?? "";
    for (const [type, path] of users) for (const thing of view.cloud.all(type)) if (names(thing, path, id)) return thing;
    return undefined;
}

const vpcTenants = [
    "ec2/subnet",
    "ec2/securityGroup",
    "ec2/internetGateway",
    "ec2/vpcEndpoint",
    "ec2/networkAcl",
    "ec2/routeTable",
    "ec2/natGateway",
    "ec2/vpnGateway",
];

export const networkDeletions: readonly Rule[] = [
    {
        id: "delete-vpc",
        types: ["ec2/vpc"],
        when: "delete",
        patient: true,
        check: (view) => {
            for (const type of vpcTenants)
                for (const thing of view.cloud.all(type))
                    if (!thing.implicit && thing.inputs.vpcId === view.self?.id)
                        return says(
                            "DependencyViolation",
                            `The vpc '${view.self?.id}' has dependencies and cannot be deleted.`,
                            `${label(thing)} is in it.`,
                        );
            return undefined;
        },
    },
    {
        id: "delete-subnet",
        types: ["ec2/subnet"],
        when: "delete",
        patient: true,
        check: (view) => {
            const user = userOf(view, subnetUsers);
            return (
                user &&
                says(
                    "DependencyViolation",
                    `The subnet '${view.self?.id}' has dependencies and cannot be deleted.`,
                    `${label(user)} is in it.`,
                )
            );
        },
    },
    {
        id: "delete-group",
        types: ["ec2/securityGroup"],
        when: "delete",
        patient: true,
        check: (view) => {
            const user = userOf(view, groupUsers);
            if (!user || user.inputs.securityGroupId === view.self?.id) return undefined;
            return says("DependencyViolation", `resource ${view.self?.id} has a dependent object.`, `${label(user)} uses it.`);
        },
    },
    {
        id: "delete-route-table",
        types: ["ec2/routeTable"],
        when: "delete",
        patient: true,
        check: (view) => {
            const user = userOf(view, [["ec2/routeTableAssociation", "routeTableId"]]);
            return (
                user &&
                says(
                    "DependencyViolation",
                    `The routeTable '${view.self?.id}' has dependencies and cannot be deleted.`,
                    `${label(user)} ties a subnet to it.`,
                )
            );
        },
    },
    {
        id: "delete-gateway",
        types: ["ec2/internetGateway"],
        when: "delete",
        patient: true,
        check: (view) => {
            const vpc = textOf(view.self?.inputs.vpcId);
            for (const type of ["ec2/natGateway", "lb/loadBalancer"])
                for (const thing of view.cloud.all(type))
                    if (
                        vpc !== undefined &&
                        thing.outputs.vpcId === vpc &&
                        thing.inputs.connectivityType !== "private" &&
                        thing.inputs.internal !== true
                    )
                        return says(
                            "DependencyViolation",
                            `Network ${vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
                            `${label(thing)} has some.`,
                        );
            return undefined;
        },
    },
    {
        id: "delete-address",
        types: ["ec2/eip"],
        when: "delete",
        patient: true,
        check: (view) => {
            const user = userOf(view, [["ec2/natGateway", "allocationId"]]);
            return (
                user &&
                says("InvalidIPAddress.InUse", `Address ${textOf(view.self?.outputs.publicIp)} is in use.`, `${label(user)} has it.`)
            );
        },
    },
];
