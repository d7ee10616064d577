import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { takeInventory } from "./inventory.ts";

describe("the inventory", () => {
    it("records the options by which a resource is judged, and their defaults where nothing was said", async () => {
        const { resources } = await takeInventory("shop", "prod", () => {
            new aws.sns.Topic(
                "kept",
                {},
                { retainOnDelete: true, additionalSecretOutputs: ["arn"], protect: true, ignoreChanges: ["name"] },
            );
            new aws.sns.Topic("plain");
        });
        const optionsOf = (name: string) => {
            const found = resources.find((each) => each.name === name);
            return found && [found.retainOnDelete, found.additionalSecretOutputs, found.protect, found.ignoreChanges];
        };
        expect(optionsOf("kept")).to.deep.equal([true, ["arn"], true, ["name"]]);
        expect(optionsOf("plain")).to.deep.equal([false, [], false, []]);
    });
});
