import { expect } from "chai";
import { describe, it } from "mocha";
import { all, attempt, compliant, each, notApplicable, violation } from "./finding.ts";
import { UnknownValue } from "./values.ts";

const waits = () => {
    throw new UnknownValue("later");
};
const undetermined = { kind: "undetermined", path: "later" };

describe("answers about parts", () => {
    it("join to every violation, whatever else is unknown", () => {
        expect(
            all(
                () => violation("a", "x"),
                waits,
                () => compliant,
                () => violation("b", "y"),
            ),
        ).to.deep.equal({
            kind: "violation",
            violations: [
                { path: "a", message: "x" },
                { path: "b", message: "y" },
            ],
        });
    });

    it("join to undetermined before they join to a pass", () => {
        expect(all(() => compliant, waits)).to.deep.equal(undetermined);
        expect(
            all(
                () => notApplicable("none"),
                waits,
                () => compliant,
            ),
        ).to.deep.equal(undetermined);
    });

    it("join to a pass when one part passes, and to not applicable when none had anything to judge", () => {
        expect(
            all(
                () => notApplicable("none"),
                () => compliant,
            ),
        ).to.equal(compliant);
        expect(
            all(
                () => notApplicable("none"),
                () => notApplicable("neither"),
            ),
        ).to.deep.equal(notApplicable("none"));
        expect(all()).to.equal(compliant);
    });

    it("are asked of each member of a list with its position; an empty list passes", () => {
        expect(each(["a", "b"], (item, index) => violation(`${item}${index}`, "x"))).to.have.nested.property("violations.length", 2);
        expect(each(["a"], (item, index) => violation(`${item}${index}`, "x"))).to.deep.equal(violation("a0", "x"));
        expect(each([], waits)).to.equal(compliant);
        expect(each(["a"], () => notApplicable("none"))).to.deep.equal(notApplicable("none"));
    });

    it("pass on what is a fault of the rule", () => {
        expect(() =>
            attempt(() => {
                throw new TypeError("a fault");
            }),
        ).to.throw(TypeError, "a fault");
    });
});
