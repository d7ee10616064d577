import { expect } from "chai";
import { describe, it } from "mocha";
import { attempt, compliant, type Finding, violation } from "./finding.ts";
import { eachPicked } from "./picked.ts";
import { ResourceView } from "./resource.ts";
import { StackView } from "./stack.ts";
import { tokenOf } from "./types.ts";
import { unknown } from "./values.ts";

const urnOf = (type: string, name: string) => `urn:pulumi:prod::shop::${tokenOf(type)}::${name}`;

function subnet(name: string, isPublic: boolean): ResourceView {
    const outputs = { id: `subnet-${name}` };
    return new ResourceView({
        urn: urnOf("ec2/subnet", name),
        type: tokenOf("ec2/subnet"),
        name,
        props: { mapPublicIpOnLaunch: isPublic },
        outputs,
    });
}

const outside = subnet("outside", true);
const inside = subnet("inside", false);
const refusePublic = (each: ResourceView): Finding =>
    each.flag("mapPublicIpOnLaunch") === true ? violation("subnetIds", each.name) : compliant;

/** A node group whose subnets come from a value that is made of `from`. */
function judge(subnetIds: unknown, from: readonly ResourceView[]): Finding {
    const nodes = new ResourceView({
        urn: urnOf("eks/nodeGroup", "nodes"),
        type: tokenOf("eks/nodeGroup"),
        name: "nodes",
        props: { subnetIds },
        propertyDependencies: { subnetIds: from.map((each) => each.urn) },
    });
    const stack = new StackView([outside, inside, nodes]);
    return attempt(() => eachPicked(nodes, "subnetIds", stack, ["ec2/subnet"], refusePublic));
}

describe("judging what a value picks", () => {
    it("says nothing while a value may or may not name what is wrong", () => {
        expect(judge(unknown, [outside, inside])).to.deep.equal({ kind: "undetermined", path: "subnetIds" });
    });

    it("asks only those that are named, once that is known", () => {
        expect(judge(["subnet-inside"], [outside, inside])).to.equal(compliant);
        expect(judge(["subnet-outside"], [outside, inside])).to.have.property("kind", "violation");
    });

    it("need not know which, where the answer is the same for all", () => {
        expect(judge(unknown, [outside])).to.have.property("kind", "violation");
        expect(judge(unknown, [inside])).to.equal(compliant);
    });

    it("takes a list as long as what it is made of for all of them", () => {
        expect(judge([unknown, unknown], [outside, inside])).to.have.property("kind", "violation");
        expect(judge([unknown], [outside, inside])).to.have.property("kind", "undetermined");
    });
});
