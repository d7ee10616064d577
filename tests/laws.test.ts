import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { breachesOf, describeBreaches } from "../tools/laws.ts";
import { projectRoot } from "../tools/setup/cache-folder.mjs";

const lawsBroken = (file: string, text: string) => breachesOf(file, text).map(({ law, line }) => `${line} ${law}`);

describe("the laws", () => {
    it("hold in every file of the project", () => {
        const files = globSync("{conventions,components,stacks,policy-pack,tools,tests,blueprints}/**/*.ts", { cwd: projectRoot });
        expect(files).to.have.length.above(20);
        const breaches = ["index.ts", ...files].flatMap((file) => breachesOf(file, readFileSync(join(projectRoot, file), "utf8")));
        expect(breaches, describeBreaches(breaches)).to.be.empty;
    });

    it("refuse a resource outside components", () => {
        const text = "const bucket = new aws.s3.Bucket('x');";
        expect(lawsBroken("stacks/compose.ts", text)).to.deep.equal(["1 resources are made in components"]);
        expect(lawsBroken("components/storage/storage.ts", text)).to.be.empty;
    });

    for (const [read, text] of [
        ["the stack's name", "export const name = () => pulumi.getStack();"],
        ["configuration", "export const config = () => new pulumi.Config();"],
        ["the environment", "export const home = () => process.env.HOME;"],
        ["the clock", "export const now = () => new Date();"],
        ["the clock by its other name", "export const now = () => Date.now();"],
    ] as const) {
        it(`refuse a component that reads ${read}`, () => {
            expect(lawsBroken("components/cache/cache.ts", text)).to.deep.equal(["1 only stacks/config.ts asks its surroundings"]);
            expect(lawsBroken("stacks/config.ts", text)).to.be.empty;
        });
    }

    it("let a component turn a given moment into a date", () => {
        expect(lawsBroken("components/cache/cache.ts", "export const at = (text: string) => new Date(text);")).to.be.empty;
    });

    for (const text of [
        'if (stack === "prod") grow();',
        'if ("staging" !== name) grow();',
        'switch (stack) { case "dev": grow(); }',
        'if (stack.startsWith("prod")) grow();',
    ]) {
        it(`refuse to ask for an environment's name: ${text}`, () => {
            const body = `export function size() {\n${text}\n}`;
            expect(lawsBroken("components/cache/cache.ts", body)).to.deep.equal(["2 no code asks for an environment's name"]);
        });
    }

    it("let a rule ask for the policy profile, which is a setting", () => {
        expect(lawsBroken("stacks/rules.ts", 'export const lax = (settings: S) => settings.profile === "development";')).to.be.empty;
    });

    it("refuse a resource inside apply, and one that a helper class makes there", () => {
        const text =
            "export const make = (ids: Ids) => {\n ids.apply((all) => all.map((id) => new aws.ec2.Eip(id)));\n ids.apply((id) => new Door(id, { parent: network }));\n};";
        expect(lawsBroken("components/network/network.ts", text)).to.deep.equal([
            "2 no resource is made inside apply",
            "3 no resource is made inside apply",
        ]);
    });

    it("let apply make a plain value", () => {
        expect(lawsBroken("components/network/network.ts", "export const make = (id: Id) => id.apply((text) => new URL(text));")).to.be
            .empty;
    });

    it("refuse an effect at import", () => {
        expect(lawsBroken("components/cache/cache.ts", "register();")).to.deep.equal(["1 nothing happens on import"]);
        expect(lawsBroken("index.ts", "register();")).to.be.empty;
    });

    it("refuse a test file without a test", () => {
        expect(lawsBroken("components/cache/cache.test.ts", "describe('nothing', () => {});")).to.deep.equal(["1 a test file has tests"]);
    });
});
