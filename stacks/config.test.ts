import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { checkedStack, otherNetworks, readStack } from "./config.ts";
import { stackWith } from "./stack.fixture.ts";

/** What the person is told; a program ends with it and no stack trace. */
function refusal(attempt: () => unknown): string {
    try {
        attempt();
    } catch (error) {
        expect(error).to.be.instanceOf(pulumi.RunError);
        return (error as Error).message;
    }
    throw new Error("it was accepted");
}

describe("a stack of the project", () => {
    it("is what the file says, with its project and name", () => {
        const { project, stack, settings } = checkedStack("shop", "prod", stackWith(), []);
        expect([project, stack, settings.network.cidr]).to.deep.equal(["shop", "prod", "10.80.0.0/16"]);
    });

    it("shares its addresses with no other, and names that one", () => {
        const others = [
            { file: "Pulumi.dev.yaml", cidr: "10.80.128.0/20" },
            { file: "Pulumi.test.yaml", cidr: "10.81.0.0/16" },
        ];
        expect(refusal(() => checkedStack("shop", "prod", stackWith(), others))).to.equal(
            [
                "Pulumi.prod.yaml cannot be used:",
                "",
                "  network.cidr  overlaps 10.80.128.0/20 of Pulumi.dev.yaml; networks that share addresses can never be joined, choose another block",
                "",
            ].join("\n"),
        );
    });

    it("says nothing of an overlap where its own block is none", () => {
        const text = refusal(() =>
            checkedStack("shop", "prod", stackWith({ network: { cidr: "ten" } }), [{ file: "Pulumi.dev.yaml", cidr: "10.0.0.0/8" }]),
        );
        expect(text).to.contain("network.cidr  expected an IPv4 block").and.not.to.contain("overlaps");
    });

    it("has a name that AWS's names can begin with", () => {
        expect(refusal(() => checkedStack("shop", "Prod", stackWith(), []))).to.contain(
            '(stack name)  "shop-Prod" must be lower-case letters, digits and hyphens, because bucket and cache names begin with it',
        );
        const long = "p".repeat(36);
        expect(refusal(() => checkedStack("shop", long, stackWith(), []))).to.contain(
            `"shop-${long}" has 41 characters; project and stack may have 39 together`,
        );
        expect(checkedStack("shop", "p".repeat(35), stackWith(), []).stack).to.have.length(35);
    });

    it("is refused once, for its file, its name and its neighbours together, in the order of their paths", () => {
        const text = refusal(() =>
            checkedStack("shop", "Prod", stackWith({ keys: null, budget: { monthlyUsd: 0 } }), [
                { file: "Pulumi.dev.yaml", cidr: "10.80.0.0/16" },
            ]),
        );
        const paths = text.split("\n").flatMap((line) => /^ {2}(\S+(?: name\))?) {2,}/.exec(line)?.slice(1) ?? []);
        expect(paths).to.deep.equal(["(stack name)", "budget.monthlyUsd", "keys", "network.cidr"]);
    });
});

describe("the other stack files", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "stacks-"));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

    it("tell their address blocks, under either of the two names that a key may have", () => {
        write("Pulumi.dev.yaml", "config:\n  network: {cidr: 10.1.0.0/16}\n");
        write("Pulumi.test.yml", "config:\n  shop:network: {cidr: 10.2.0.0/16}\n");
        expect(otherNetworks(folder, "prod")).to.have.deep.members([
            { file: "Pulumi.dev.yaml", cidr: "10.1.0.0/16" },
            { file: "Pulumi.test.yml", cidr: "10.2.0.0/16" },
        ]);
    });

    it("do not count the stack's own, the project's, and what has no network", () => {
        write("Pulumi.yaml", "name: shop\nconfig:\n  network: {cidr: 10.1.0.0/16}\n");
        write("Pulumi.prod.yaml", "config:\n  network: {cidr: 10.2.0.0/16}\n");
        write("Pulumi.empty.yaml", "");
        write("Pulumi.plain.yaml", "config:\n  network: everywhere\n");
        expect(otherNetworks(folder, "prod")).to.deep.equal([]);
    });

    it("that are not YAML are their own stack's problem", () => {
        write("Pulumi.broken.yaml", "config: {network: [\n");
        write("Pulumi.dev.yaml", "config:\n  network: {cidr: 10.1.0.0/16}\n");
        expect(otherNetworks(folder, "prod")).to.deep.equal([{ file: "Pulumi.dev.yaml", cidr: "10.1.0.0/16" }]);
    });
});

describe("the stack that the engine runs", () => {
    afterEach(() => pulumi.runtime.setAllConfig({}));

    it("is read from the project's own configuration, blocks as JSON", async () => {
        await pulumi.runtime.setMocks({ call: () => ({}), newResource: ({ name }) => ({ id: name, state: {} }) }, "shop", "prod");
        const own = Object.entries(stackWith()).map(([key, block]) => [`shop:${key}`, JSON.stringify(block)]);
        pulumi.runtime.setAllConfig(Object.fromEntries([...own, ["aws:region", "us-west-1"], ["pulumi:disable-default-providers", "[]"]]));
        const { project, stack, settings } = readStack();
        expect([project, stack, settings.environment.region]).to.deep.equal(["shop", "prod", "eu-west-1"]);
    });

    it("is refused for a scalar in a block's place, as the person wrote it", async () => {
        await pulumi.runtime.setMocks({ call: () => ({}), newResource: ({ name }) => ({ id: name, state: {} }) }, "shop", "prod");
        pulumi.runtime.setAllConfig({ "shop:network": "everywhere" });
        expect(refusal(readStack)).to.contain('network        expected a block of keys, got "everywhere"');
    });
});
