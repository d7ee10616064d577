import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { projectRoot } from "../setup/cache-folder.mjs";
import { takeInventory, UNKNOWN } from "./inventory.ts";
import { rehearsedInventoryOf } from "./rehearsed.ts";
import { inventoryOf } from "./stack-file.ts";

describe("the inventory after a rehearsed up", () => {
    it("holds what the inventory of a first preview holds, and leaves nothing unknown", async () => {
        const before = await inventoryOf(projectRoot, "dev");
        const after = await rehearsedInventoryOf(projectRoot, "dev");
        expect(after.resources.map(({ urn }) => urn)).to.deep.equal(before.resources.map(({ urn }) => urn));
        expect(JSON.stringify(before)).to.contain(UNKNOWN);
        expect(JSON.stringify(after)).not.to.contain(UNKNOWN);
    });

    it("knows what is made of ids: the whole policy of a bucket", async () => {
        const { resources } = await rehearsedInventoryOf(projectRoot, "dev");
        const [bucket, policy] = ["storage-logs", "storage-logs-policy"].map((name) => resources.find((each) => each.name === name));
        expect(JSON.parse(String(policy?.inputs.policy)).Statement[0].Resource).to.contain(bucket?.outputs?.arn);
    });

    it("prints none of what the program logs for whoever runs pulumi up", async () => {
        const { log } = console;
        const heard: unknown[] = [];
        console.log = (line) => heard.push(line);
        try {
            await rehearsedInventoryOf(projectRoot, "dev");
        } finally {
            console.log = log;
        }
        expect(heard).to.deep.equal([]);
    });

    it("tells every refusal at once", async () => {
        const refuse = {
            create: async ({ name }: { readonly name: string }) => {
                throw new Error(`${name} is refused`);
            },
            invoke: () => ({}),
        };
        const compose = () => {
            for (const name of ["one", "two"]) new aws.sns.Topic(name);
        };
        const refused = await takeInventory("shop", "prod", compose, refuse).catch((error: Error) => error.message);
        expect(refused).to.equal("one is refused\ntwo is refused");
    });
});
