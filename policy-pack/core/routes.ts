/** Which subnets the internet can reach: those whose route table leads to an internet gateway. */
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";
import type { Values } from "./values.ts";

/** Where the way to the whole internet is written. */
export interface WayOut {
    readonly holder: ResourceView;
    readonly path: string;
}

/** The routes of the subnet's table to an internet gateway for all addresses; empty for a private subnet. */
export function internetRoutes(subnet: ResourceView, stack: StackView): readonly WayOut[] {
    const associations = stack.referrers(subnet, "ec2/routeTableAssociation", "subnetId");
    const tables = associations.flatMap((association) =>
        stack.references(association, "routeTableId", "ec2/routeTable", "ec2/defaultRouteTable"),
    );
    return tables.flatMap((table) => [
        ...table
            .list("routes")
            .filter((route) => isEverywhere(route, "cidrBlock", "ipv6CidrBlock") && toGateway(table, "routes", route, stack))
            .map((route) => ({ holder: table, path: route.path })),
        ...stack
            .referrers(table, "ec2/route", "routeTableId")
            .filter(
                (route) =>
                    isEverywhere(route, "destinationCidrBlock", "destinationIpv6CidrBlock") && toGateway(route, "gatewayId", route, stack),
            )
            .map((route) => ({ holder: route, path: "gatewayId" })),
    ]);
}

export function isPublicSubnet(subnet: ResourceView, stack: StackView): boolean {
    return subnet.flag("mapPublicIpOnLaunch") === true || internetRoutes(subnet, stack).length > 0;
}

function isEverywhere(route: Values, four: string, six: string): boolean {
    return route.text(four) === "0.0.0.0/0" || route.text(six) === "::/0";
}

/** `gatewayId` may name a virtual private gateway or an endpoint too. */
function toGateway(holder: ResourceView, property: string, route: Values, stack: StackView): boolean {
    if (!route.has("gatewayId")) {
        return false;
    }
    return route.isUnknown("gatewayId")
        ? stack.references(holder, property, "ec2/internetGateway").length > 0
        : (route.text("gatewayId") ?? "").startsWith("igw-") || stack.references(holder, property, "ec2/internetGateway").length > 0;
}
