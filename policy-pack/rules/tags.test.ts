import { expect } from "chai";
import { describe, it } from "mocha";
import { Parameters, type ParameterValue, type ResourceRule } from "../core/rule.ts";
import { unknown } from "../core/values.ts";
import { describeRule, resourceOf, testDay } from "../testing.ts";
import { tags as tagRules } from "./tags.ts";

const type = "s3/bucket";
const tags = { environment: "prod", owner: "data" };
const provided = { defaultTags: JSON.stringify({ tags: { "acme:stage": "prod", "acme:Team": "platform" } }) };
const noOwner = 'tags  expected a tag "owner", "team" or "contact", got none';
const noEnvironment = 'tags  expected a tag "environment", "env" or "stage", got none';

describeRule({
    rule: "required-tags",
    type,
    compliant: { tags },
    alsoCompliant: [
        { change: { tags: undefined, tagsAll: tags } },
        { change: { tags: undefined }, provider: provided },
        { change: { tags: { "acme/Owner": unknown, Env: unknown } } },
    ],
    violations: [
        { change: { tags: { environment: "prod" } }, says: [noOwner] },
        { change: { tags: undefined }, says: [noEnvironment, noOwner] },
        { change: { tags: { environment: "prod" } }, provider: { defaultTags: { tags: { costCentre: "1" } } }, says: [noOwner] },
    ],
});

describeRule({
    rule: "required-tags",
    type: "autoscaling/group",
    compliant: { tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })) },
    violations: [{ change: { tags: undefined }, provider: provided, says: [noEnvironment, noOwner] }],
});

describeRule({
    rule: "required-tags",
    type: "newservice/thing",
    notApplicable: [{}],
    violations: [{ change: { tags: { environment: "prod" } }, says: [noOwner] }],
});

describeRule({
    rule: "required-tags",
    type,
    parameters: { keys: ["cost-centre|cost-center"] },
    compliant: { tags: { "acme:CostCenter": "1" } },
    violations: [{ change: { tags }, says: ['tags  expected a tag "cost-centre" or "cost-center", got none'] }],
});

const onProvider = (message: string) => message.replace("tags  ", "defaultTags.tags  ");

describeRule({
    rule: "provider-default-tags",
    type: "provider",
    compliant: provided,
    alsoCompliant: [{ change: { defaultTags: { tags } } }],
    violations: [
        { change: { defaultTags: undefined }, says: [onProvider(noEnvironment), onProvider(noOwner)] },
        { change: { defaultTags: { tags: { env: "prod" } } }, says: [onProvider(noOwner)] },
    ],
});

const stage = (value: unknown) => ({ tags: { "acme:environment": value } });
const wrong = (value: string) => `tags.acme:environment  expected the environment of stack "prod", got "${value}"`;

describeRule({
    rule: "tag-values-match-stack",
    type,
    compliant: stage("shop-prod"),
    alsoCompliant: [{ change: stage("Production") }, { change: { tags: undefined }, provider: { defaultTags: { tags: { env: "prod" } } } }],
    violations: [
        { change: stage("development"), says: [wrong("development")] },
        { change: stage("shop-staging"), says: [wrong("shop-staging")] },
        { change: stage("pre-prod"), says: [wrong("pre-prod")] },
        {
            change: { tags: undefined },
            provider: { defaultTags: { tags: { env: "qa" } } },
            says: ['tags.env  expected the environment of stack "prod", got "qa"'],
        },
    ],
    notApplicable: [{ change: { tags: { owner: "dev" } } }, { change: stage("green") }],
});

describeRule({
    rule: "tag-values-match-stack",
    type,
    parameters: { exact: true },
    compliant: stage("prod"),
    violations: [
        { change: stage("production"), says: [wrong("production")] },
        { change: stage("green"), says: [wrong("green")] },
    ],
});

const parameters = { regions: ["eu-west-1", "eu-central-1"] };
const elsewhere = (got: string) => `region  expected "eu-west-1" or "eu-central-1", got ${got}`;

describeRule({
    rule: "allowed-regions",
    type,
    parameters,
    provider: { region: "eu-west-1" },
    compliant: {},
    alsoCompliant: [{ change: { region: "eu-central-1" } }],
    violations: [
        { change: { region: "us-east-1" }, says: [elsewhere('"us-east-1"')] },
        { change: { region: undefined }, provider: { region: "us-west-2" }, says: [elsewhere('"us-west-2"')] },
        { change: { region: undefined }, provider: {}, says: [elsewhere("whatever the caller's shell says")] },
    ],
});

describeRule({
    rule: "allowed-regions",
    type: "acm/certificate",
    parameters,
    compliant: { region: "us-east-1" },
    violations: [{ change: { region: "us-west-2" }, says: [elsewhere('"us-west-2"')] }],
});

describeRule({
    rule: "allowed-regions",
    type: "route53/resolverEndpoint",
    parameters,
    compliant: { region: "eu-west-1" },
    violations: [{ change: { region: "us-east-1" }, says: [elsewhere('"us-east-1"')] }],
});

describeRule({ rule: "allowed-regions", type, notApplicable: [{ change: { region: "us-west-2" } }], violations: [] });

describe("rules about tags and places", () => {
    const everyParameter = new Map<string, ParameterValue>([
        ["keys", ["owner"]],
        ["tags", ["environment"]],
        ["exact", true],
        ["regions", ["eu-west-1"]],
        ["edge", []],
    ]);
    for (const [rule, type, props] of [
        ["required-tags", "s3/bucketPolicy", {}],
        ["tag-values-match-stack", "s3/bucketPolicy", {}],
        ["allowed-regions", "iam/role", { region: "us-east-1" }],
        ["allowed-regions", "route53/zone", { region: "us-east-1" }],
        ["allowed-regions", "cloudfront/distribution", { region: "us-east-1" }],
    ] as const) {
        it(`leave ${type} alone: ${rule}`, () => {
            const found = tagRules.find((each) => each.id === rule);
            const judge = found?.scope === undefined ? found?.judge : undefined;
            expect(judge?.(resourceOf(type, props), new Parameters(everyParameter, testDay))).to.have.property("kind", "notApplicable");
        });
    }
});

describe("required-tags", () => {
    const rule = tagRules.find((each) => each.id === "required-tags") as ResourceRule;
    const parameters = (...keys: readonly string[]) => new Parameters(new Map<string, ParameterValue>([["keys", keys]]), testDay);
    const usual = parameters("environment|env|stage", "owner|team|contact");
    const mended = (props: Readonly<Record<string, unknown>>, of = type) => rule.remedy?.(resourceOf(of, props), usual);

    it("mends the one tag whose value is certain, beside those that are there", () => {
        expect(mended({})).to.deep.equal({ tags: { environment: "prod" } });
        expect(mended({ tags: { owner: "data" } })).to.deep.equal({ tags: { owner: "data", environment: "prod" } });
        expect(mended({ tags: { owner: unknown }, tagsAll: { owner: unknown, project: "shop" } })).to.deep.equal({
            tags: { owner: unknown, environment: "prod" },
            tagsAll: { owner: unknown, project: "shop", environment: "prod" },
        });
    });

    it("leaves alone what has one, cannot be read yet, takes none, or is a list", () => {
        expect(mended({ tags: { "acme:Stage": "prod" } })).to.equal(undefined);
        expect(mended({ tags: unknown })).to.equal(undefined);
        expect(mended({}, "newservice/thing")).to.equal(undefined);
        expect(mended({}, "autoscaling/group")).to.equal(undefined);
        expect(mended({ tags: [{ key: "owner", value: "data" }] }, "newservice/thing")).to.equal(undefined);
        expect(rule.remedy?.(resourceOf(type, {}), parameters("owner|team"))).to.equal(undefined);
    });
});
