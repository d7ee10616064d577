import { expect } from "chai";
import { describe, it } from "mocha";
import { resourceOf } from "../testing.ts";
import { waysInto } from "./doors.ts";
import { StackView } from "./stack.ts";

describe("who refers to whom", () => {
    const subnet = resourceOf("ec2/subnet", { id: "subnet-0123" }, "subnet");
    const group = resourceOf("ec2/securityGroup", { id: "sg-0123", ingress: [{ protocol: "tcp", fromPort: 1, toPort: 1 }] }, "group");

    it("is found by an id that is written inside a block, once", () => {
        const cluster = resourceOf("emr/cluster", { ec2Attributes: { subnetId: "subnet-0123", subnetIds: ["subnet-0123"] } });
        const stack = new StackView([subnet, group, cluster]);
        expect(stack.references(cluster, "ec2Attributes")).to.deep.equal([subnet]);
    });

    it("puts the stand-alone rules of a group beside its own", () => {
        const alone = resourceOf("vpc/securityGroupIngressRule", { securityGroupId: "sg-0123", ipProtocol: "tcp", fromPort: 2, toPort: 2 });
        const other = resourceOf("vpc/securityGroupIngressRule", { securityGroupId: "sg-9999", ipProtocol: "tcp", fromPort: 3 }, "other");
        const stack = new StackView([group, alone, other]);
        expect(waysInto(group, stack).map((door) => door().from)).to.deep.equal([1, 2]);
    });
});
