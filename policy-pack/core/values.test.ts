import { expect } from "chai";
import { describe, it } from "mocha";
import { all, attempt, compliant, each, notApplicable, violation } from "./finding.ts";
import { UnknownValue, unknown, Values } from "./values.ts";

const bag = {
    engine: "postgres",
    size: "12",
    on: "TRUE",
    off: false,
    empty: "",
    nothing: null,
    list: [{ port: 22 }, { port: unknown }],
    block: { inner: { value: 1 } },
    single: [{ value: 2 }],
    later: unknown,
    members: ["a", unknown],
};
const values = new Values(bag);

describe("values of a resource", () => {
    it("read text, flags and numbers however the provider wrote them", () => {
        expect([values.text("engine"), values.number("size"), values.flag("on"), values.flag("off")]).to.deep.equal([
            "postgres",
            12,
            true,
            false,
        ]);
        expect(values.flag("engine")).to.equal(undefined);
        expect(values.number("engine")).to.equal(undefined);
    });

    it("take null, empty text and empty lists for nothing, and false for something", () => {
        expect(["nothing", "empty", "missing", "off", "later", "block"].map((path) => values.has(path))).to.deep.equal([
            false,
            false,
            false,
            true,
            true,
            true,
        ]);
    });

    it("walk into blocks and into lists of one as if they were the same", () => {
        expect(values.number("block.inner.value")).to.equal(1);
        expect(values.number("single.value")).to.equal(2);
        expect(values.list("block").map((member) => member.path)).to.deep.equal(["block"]);
    });

    it("throw the path of a value that is not known, also from inside it", () => {
        for (const [path, expected] of [
            ["later", "later"],
            ["later.inner", "later"],
        ] as const) {
            expect(() => values.text(path))
                .to.throw()
                .that.satisfies((problem: unknown) => problem instanceof UnknownValue && problem.path === expected);
        }
        expect(() => values.list("list")[1]?.number("port"))
            .to.throw()
            .with.property("path", "list[1].port");
    });

    it("tell the known members of a list that is not known in full", () => {
        expect(values.knownTexts("members")).to.deep.equal(["a"]);
        expect(values.knownTexts("later")).to.deep.equal([]);
    });

    it("never take a property of Object for a value", () => {
        expect(values.raw("constructor")).to.equal(undefined);
        expect(values.raw("engine.length")).to.equal(undefined);
    });
});

describe("answers about parts", () => {
    const later = (): never => {
        throw new UnknownValue("later");
    };

    it("refuse when one part refuses, whatever is unknown", () => {
        expect(all(later, () => violation("a", "b"))).to.deep.equal(violation("a", "b"));
    });

    it("do not pass while one part is unknown", () => {
        expect(all(() => compliant, later)).to.deep.equal({ kind: "undetermined", path: "later" });
    });

    it("have nothing to say only when no part has", () => {
        expect(
            all(
                () => notApplicable("one"),
                () => notApplicable("two"),
            ),
        ).to.deep.equal(notApplicable("one"));
        expect(
            all(
                () => notApplicable("one"),
                () => compliant,
            ),
        ).to.deep.equal(compliant);
        expect(each([], later)).to.deep.equal(compliant);
    });

    it("let our own mistakes through", () => {
        expect(() =>
            attempt(() => {
                throw new TypeError("a bug");
            }),
        ).to.throw(TypeError);
    });
});
