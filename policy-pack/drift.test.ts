import { expect } from "chai";
import { describe, it } from "mocha";
import { Catalogue } from "../tools/rehearsal/catalogue.ts";
import type { Member, Shape } from "../tools/rehearsal/declarations.ts";
import { tokenOf } from "./core/types.ts";
import { rules } from "./rules/index.ts";
import { described, reads, replay } from "./testing.ts";

const catalogue = new Catalogue();

/** Put in by the provider's own check, so no program writes them. */
const provided = new Set(["tagsAll", ""]);

/** Arguments of the provider itself are not a resource's. */
const known = (type: string) => type === "provider" || catalogue.resource(tokenOf(type)) !== undefined;

function inputsOf(type: string): ReadonlyMap<string, Member> {
    return catalogue.resource(tokenOf(type))?.inputs ?? new Map();
}

/** Members of a nested block; undefined where its keys are free (maps, documents). */
function below(shape: Shape): readonly ReadonlyMap<string, Member>[] | undefined {
    switch (shape.kind) {
        case "list":
            return below(shape.of);
        case "object": {
            const members = catalogue.nested(shape.ref, shape.side);
            return members ? [members] : undefined;
        }
        case "either": {
            const found = shape.of.map(below);
            return found.includes(undefined) && found.every((each) => each === undefined) ? undefined : found.flatMap((each) => each ?? []);
        }
        default:
            return undefined;
    }
}

function exists(types: readonly string[], path: string): boolean {
    let members: readonly ReadonlyMap<string, Member>[] | undefined = types.map(inputsOf);
    for (const key of path.split(".")) {
        if (members === undefined) {
            return true;
        }
        const found: Member[] = members.flatMap((each) => each.get(key) ?? []);
        if (found.length === 0) {
            return false;
        }
        const next: (readonly ReadonlyMap<string, Member>[] | undefined)[] = found.map((member) => below(member.shape));
        members = next.includes(undefined) ? undefined : next.flatMap((each) => each ?? []);
    }
    return true;
}

describe("what rules take from @pulumi/aws", () => {
    it("are types that exist", () => {
        const missing = rules.flatMap((rule) => (rule.scope === "stack" ? [] : rule.on.filter((type) => type !== "*" && !known(type))));
        const others = described.flatMap((cases) => (cases.others ?? []).map((other) => other.type)).filter((type) => !known(type));
        expect([...missing, ...others]).to.deep.equal([]);
    });

    it("are properties that exist on the type, or on another that the rule judges", () => {
        replay();
        const missing = [...reads].flatMap(([id, types]) => {
            const rule = rules.find((each) => each.id === id);
            const on = rule === undefined || rule.scope === "stack" ? [] : rule.on;
            return [...types].flatMap(([type, paths]) => {
                if (on.includes("*") || type === "provider") {
                    return [];
                }
                const candidates = on.includes(type) ? on : [type];
                return [...paths]
                    .filter((path) => !provided.has(path) && !exists(candidates, path))
                    .map((path) => `${id}: ${type} ${path}`);
            });
        });
        expect(missing).to.deep.equal([]);
    });
});
