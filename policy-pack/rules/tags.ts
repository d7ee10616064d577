/** Tags and places: whose a thing is, which environment it belongs to, and where it may stand. */
import { listed, show } from "../core/conditions.ts";
import { environmentIn, wordsIn } from "../core/environments.ts";
import { compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { isGlobal } from "../core/regions.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Parameter, Parameters, Rule } from "../core/rule.ts";
import { taggable } from "../core/taggable.ts";
import { defaultTags, findTag, tagOf, tagWord } from "../core/tags.ts";
import { UnknownValue } from "../core/values.ts";

const keys: Parameter = {
    about: "Tags to ask for, by the last word of their key; `a|b` is either. `Owner` and `acme:owner` are both `owner`.",
    default: ["environment|env|stage", "owner|team|contact"],
};

/** `owner|team` → owner, team, as `tagWord` writes them. */
function alternatives(wanted: string): readonly string[] {
    return wanted.split("|").map(tagWord);
}

function asked(wanted: string): string {
    return `expected a tag ${listed(wanted.split("|"))}, got none`;
}

function takesTags(resource: ResourceView): boolean {
    return taggable.has(resource.type) || resource.has("tags") || resource.has("tagsAll");
}

/** Auto Scaling groups write theirs as a list of another kind. */
function takesOwnTags(resource: ResourceView): boolean {
    return takesTags(resource) && resource.type !== "autoscaling/group";
}

function judgeTags(resource: ResourceView, parameters: Parameters): Finding {
    return takesTags(resource)
        ? each(parameters.texts("keys"), (wanted) =>
              findTag(resource, (key) => alternatives(wanted).includes(tagWord(key))) === undefined
                  ? violation("tags", asked(wanted))
                  : compliant,
          )
        : notApplicable("it takes no tags");
}

/** The one tag whose value is certain. An engine has merged default tags into `tagsAll` before a remedy is asked for, so that must have it too. */
function addEnvironmentTag(resource: ResourceView, parameters: Parameters): Readonly<Record<string, unknown>> | undefined {
    const wanted = parameters.texts("keys").find((each) => alternatives(each).includes("environment"));
    if (wanted === undefined || resource.isUnknown("tags") || Array.isArray(resource.raw("tags"))) {
        return undefined;
    }
    if (findTag(resource, (key) => alternatives(wanted).includes(tagWord(key))) !== undefined) {
        return undefined;
    }
    const added = (path: string): object => ({ ...(resource.raw(path) as object | undefined), environment: resource.stack });
    return { tags: added("tags"), ...(resource.has("tagsAll") && !resource.isUnknown("tagsAll") ? { tagsAll: added("tagsAll") } : {}) };
}

function judgeEnvironmentTag(resource: ResourceView, parameters: Parameters): Finding {
    const key = takesTags(resource) ? findTag(resource, (each) => parameters.texts("tags").includes(tagWord(each))) : undefined;
    const value = key === undefined ? undefined : tagOf(resource, key);
    if (value === undefined) {
        return notApplicable("no tag that names the environment");
    }
    const words = wordsIn(resource.stack);
    if (words.every((word) => wordsIn(value).includes(word))) {
        return compliant;
    }
    const mismatch = violation(`tags.${key}`, `expected the environment of stack ${show(resource.stack)}, got ${show(value)}`);
    if (parameters.flag("exact")) {
        return mismatch;
    }
    const [meant, stands] = [environmentIn(value), environmentIn(resource.stack)];
    if (meant === undefined || stands === undefined) {
        return notApplicable("not both names speak of an environment");
    }
    return meant === stands ? compliant : mismatch;
}

function judgeRegion(resource: ResourceView, parameters: Parameters): Finding {
    const allowed = parameters.texts("regions");
    if (allowed.length === 0) {
        return notApplicable("no regions are configured");
    }
    if (isGlobal(resource.type)) {
        return notApplicable("it has no region");
    }
    const region = resource.region;
    const ofEdge = region === "us-east-1" && parameters.texts("edge").some((start) => resource.type.startsWith(start));
    return ofEdge || (region !== undefined && allowed.includes(region))
        ? compliant
        : violation(
              "region",
              `expected ${listed(allowed)}, got ${region === undefined ? "whatever the caller's shell says" : show(region)}`,
          );
}

export const tags: readonly Rule[] = [
    {
        id: "required-tags",
        title: "Everything that takes tags says whose it is",
        why: "What has no owner is neither paid for by anybody nor dared to be deleted.",
        fix: "Put the tags into the provider's `defaultTags`, and into `tags` of what does not take them (Auto Scaling groups).",
        severity: "medium",
        levels: standing.regulated,
        controls: { nist: ["CM-8"] },
        link: "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
        parameters: { keys },
        on: ["*"],
        judge: judgeTags,
        remedy: (resource, parameters) => (takesOwnTags(resource) ? addEnvironmentTag(resource, parameters) : undefined),
    },
    {
        id: "provider-default-tags",
        title: "The provider puts the tags on everything",
        why: "Tags that are typed for each resource are missing on the one that somebody added in a hurry.",
        fix: "Give the provider `defaultTags: { tags: { … } }` with an environment and an owner.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { nist: ["CM-8"] },
        link: "https://www.pulumi.com/registry/packages/aws/api-docs/provider/",
        parameters: { keys },
        on: ["provider"],
        judge: (resource, parameters) => {
            const given = defaultTags(resource);
            if (given === undefined) {
                throw new UnknownValue("defaultTags");
            }
            const words = given.map(([key]) => tagWord(key));
            return each(parameters.texts("keys"), (wanted) =>
                alternatives(wanted).some((word) => words.includes(word)) ? compliant : violation("defaultTags.tags", asked(wanted)),
            );
        },
    },
    {
        id: "tag-values-match-stack",
        title: "The tag of the environment names the environment of the stack",
        why: "Bills, backups and permissions go by this tag: what says dev in production is billed, backed up and opened as dev.",
        fix: "Make the tag's value of the stack's name (Terrace does).",
        severity: "low",
        levels: standing.production,
        controls: { nist: ["CM-8"] },
        link: "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
        parameters: {
            tags: { about: "Last words of keys that name the environment.", default: ["environment", "env", "stage"] },
            exact: { about: "Whether the value must hold the stack's name, and not only mean the same.", default: false },
        },
        on: ["*"],
        judge: judgeEnvironmentTag,
    },
    {
        id: "allowed-regions",
        title: "Everything stands in a region that is allowed",
        why: "Data in the wrong country breaks a promise; a machine in a region that nobody watches is found by its bill.",
        fix: "Set `regions` of this rule, and the `region` of the provider or the resource.",
        severity: "high",
        levels: standing.everywhere,
        controls: { nist: ["SA-9"] },
        link: "https://www.pulumi.com/registry/packages/aws/api-docs/provider/",
        parameters: {
            regions: { about: "Regions that are allowed. Empty: all.", default: [] },
            edge: {
                about: "Beginnings of types that may stand in us-east-1 besides, because CloudFront and Route 53 take them only from there.",
                default: ["acm/", "wafv2/", "cloudwatch/", "sns/", "kms/", "lambda/", "scheduler/", "chatbot/"],
            },
        },
        on: ["*"],
        judge: judgeRegion,
    },
];
