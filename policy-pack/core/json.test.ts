import { expect } from "chai";
import { describe, it } from "mocha";
import { fromJson, listAt } from "./json.ts";
import { UnknownValue, unknown, Values } from "./values.ts";

describe("a value that may be JSON", () => {
    it("is read from the text, or as it is", () => {
        expect([fromJson('{"a":1}'), fromJson({ a: 1 }), fromJson(undefined), fromJson("a: 1")]).to.deep.equal([
            { a: 1 },
            { a: 1 },
            undefined,
            undefined,
        ]);
    });

    it("is a list with paths, or none", () => {
        for (const list of [["1", "2"], '["1","2"]']) {
            const read = listAt(new Values({ list }, "rules[0]"), "list");
            expect(read.map((each) => [each.path, each.text("")])).to.deep.equal([
                ["rules[0].list[0]", "1"],
                ["rules[0].list[1]", "2"],
            ]);
        }
        expect(["no JSON", '{"a":1}', undefined].map((list) => listAt(new Values({ list }), "list"))).to.deep.equal([[], [], []]);
    });

    it("may not be known yet", () => {
        const problem = (read: () => unknown) => {
            try {
                return read();
            } catch (thrown) {
                return thrown;
            }
        };
        expect(problem(() => listAt(new Values({ list: unknown }), "list"))).to.be.instanceOf(UnknownValue);
        expect(problem(() => listAt(new Values({ list: [unknown] }), "list")[0]?.text(""))).to.be.instanceOf(UnknownValue);
    });
});
