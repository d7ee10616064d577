import { expect } from "chai";
import { describe, it } from "mocha";
import { rules } from "../rules/index.ts";
import { readConfiguration, refusal } from "./configuration.ts";

const read = (configuration: Readonly<Record<string, unknown>>) => readConfiguration(rules, configuration, "2026-11-21");
const levelOf = (configuration: Readonly<Record<string, unknown>>, id: string) => read(configuration).settings.levels.get(id);

describe("the pack's configuration", () => {
    it("is the strictest profile where nobody says otherwise", () => {
        expect(read({}).settings.profile).to.equal("regulated");
        expect(levelOf({}, "rds-multi-az")).to.equal("mandatory");
        expect(levelOf({ terrace: { profile: "development" } }, "rds-multi-az")).to.equal("disabled");
    });

    it("takes a level under the pack or under the rule's name, as Pulumi's own files have it", () => {
        for (const configuration of [
            { terrace: { rules: { "rds-multi-az": "advisory" } } },
            { terrace: { rules: { "rds-multi-az": { level: "advisory" } } } },
            { "rds-multi-az": "advisory" },
            { "rds-multi-az": { enforcementLevel: "advisory" } },
        ]) {
            expect(read(configuration).problems).to.deep.equal([]);
            expect(levelOf(configuration, "rds-multi-az")).to.equal("advisory");
        }
    });

    it("is softened as a whole by Pulumi's word for all, never hardened", () => {
        expect(levelOf({ terrace: { enforcementLevel: "advisory" } }, "sg-no-public-ssh")).to.equal("advisory");
        expect(levelOf({ terrace: { profile: "development", enforcementLevel: "advisory" } }, "rds-multi-az")).to.equal("disabled");
    });

    it("is softened by the pack's name alone, and by `all`", () => {
        for (const configuration of [{ terrace: "advisory" }, { all: "advisory" }, { all: { enforcementLevel: "advisory" } }]) {
            expect(read(configuration).problems).to.deep.equal([]);
            expect(levelOf(configuration, "sg-no-public-ssh")).to.equal("advisory");
        }
        expect(levelOf({ terrace: "disabled" }, "sg-no-public-ssh")).to.equal("disabled");
        expect(levelOf({ terrace: "mandatory" }, "sg-description-required")).to.equal("advisory");
    });

    it("is refused where something is of another kind", () => {
        const { problems } = read({ terrace: { rules: ["rds-multi-az"], waivers: 7 }, "rds-multi-az": null, all: "soft" });
        expect(problems.map(({ path, message }) => `${path}  ${message}`)).to.deep.equal([
            "terrace.waivers  expected the path of a file, got 7",
            'terrace.rules  expected an object, got ["rds-multi-az"]',
            "rds-multi-az  expected a level or an object, got null",
            'all  expected one of "mandatory", "advisory", "disabled", got "soft"',
        ]);
        expect(read({ terrace: { rules: { "rds-multi-az": 1 } } }).problems).to.deep.equal([
            { path: "terrace.rules.rds-multi-az", message: "expected a level or an object, got 1" },
        ]);
        expect(read({ terrace: [] }).problems).to.deep.equal([{ path: "terrace", message: "expected a level or an object, got []" }]);
    });

    it("gives parameters to a rule, of the kind that it declares", () => {
        const good = read({ terrace: { rules: { "sg-public-ports-allowlist": { ports: ["443"] } } } });
        expect(good.problems).to.deep.equal([]);
        expect(good.settings.parameters.get("sg-public-ports-allowlist")?.texts("ports")).to.deep.equal(["443"]);
    });

    it("is refused as a whole, every mistake at once, each with the nearest right word", () => {
        const { problems } = read({
            terrace: {
                profile: "prod",
                waiver: "x",
                rules: { "sg-no-public-shh": "advisory", "sg-public-ports-allowlist": { ports: 443, port: 1 } },
            },
            "rds-multi-as": "disabled",
            "rds-multi-az": "off",
        });
        expect(refusal("The policy pack's configuration", problems)).to.equal(
            `The policy pack's configuration cannot be used:

  terrace.waiver                   unknown key; the nearest known one is "waivers"
  terrace.profile                  expected one of "development", "production", "regulated", got "prod"
  terrace.rules.sg-no-public-shh   unknown key; the nearest known one is "sg-no-public-ssh"
  rds-multi-as                     unknown key; the nearest known one is "rds-multi-az"
  sg-public-ports-allowlist.ports  expected a list of texts, got 443
  sg-public-ports-allowlist.port   unknown key; the nearest known one is "ports"
  rds-multi-az                     expected one of "mandatory", "advisory", "disabled", got "off"`,
        );
    });
});
