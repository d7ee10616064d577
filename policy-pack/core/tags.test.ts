import { expect } from "chai";
import { describe, it } from "mocha";
import { ResourceView } from "./resource.ts";
import { findTag, tagOf, tagWord } from "./tags.ts";
import { UnknownValue, unknown } from "./values.ts";

const view = (props: object, provider?: object, type = "aws:s3/bucket:Bucket") =>
    new ResourceView({
        urn: `urn:pulumi:prod::shop::${type}::subject`,
        type,
        name: "subject",
        props,
        ...(provider ? { provider: { name: "aws", props: provider } } : {}),
    });
const defaults = { defaultTags: { tags: { owner: "platform", stage: "prod" } } };
const thrown = (read: () => unknown) => {
    try {
        return read();
    } catch (problem) {
        return problem;
    }
};

describe("the tags of a resource", () => {
    it("are its own over the provider's default ones, however Pulumi wrote those", () => {
        for (const provider of [defaults, { defaultTags: JSON.stringify(defaults.defaultTags) }]) {
            const bucket = view({ tags: { owner: "data" } }, provider);
            expect([tagOf(bucket, "owner"), tagOf(bucket, "stage"), tagOf(bucket, "cost-centre")]).to.deep.equal([
                "data",
                "prod",
                undefined,
            ]);
        }
    });

    it("are what the engine merged, where it did", () => {
        expect(tagOf(view({ tagsAll: { owner: "platform" } }), "owner")).to.equal("platform");
    });

    it("are told from the parts while the merged ones are not known", () => {
        const bucket = view({ tagsAll: unknown, tags: { owner: unknown } }, defaults);
        expect(tagOf(bucket, "stage")).to.equal("prod");
        expect(thrown(() => tagOf(bucket, "owner"))).to.be.instanceOf(UnknownValue);
        expect(tagOf(bucket, "cost-centre")).to.equal(undefined);
    });

    it("are not known while the own ones or the default ones are not", () => {
        expect(thrown(() => tagOf(view({ tags: unknown }), "owner"))).to.be.instanceOf(UnknownValue);
        expect(thrown(() => tagOf(view({}, { defaultTags: unknown }), "owner"))).to.be.instanceOf(UnknownValue);
        expect(thrown(() => findTag(view({ tags: unknown }), (key) => key === "owner"))).to.be.instanceOf(UnknownValue);
        expect(findTag(view({ tags: unknown }, defaults), (key) => key === "owner")).to.equal("owner");
    });

    it("of an Auto Scaling group are a list, and no default ones", () => {
        const group = view({ tags: [{ key: "owner", value: "data" }] }, defaults, "aws:autoscaling/group:Group");
        expect([tagOf(group, "owner"), tagOf(group, "stage")]).to.deep.equal(["data", undefined]);
    });

    it("are named by their last word, however it is spelt", () => {
        expect(["Owner", "acme:cost-centre", "team/cost_centre"].map(tagWord)).to.deep.equal(["owner", "costcentre", "costcentre"]);
    });
});
