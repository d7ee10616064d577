/** Data sources: what a program may ask of the account. Those without a row here are refused by name, not guessed. */
import type { Catalogue } from "../catalogue.ts";
import type { Configuration } from "../configuration.ts";
import { noSuchRegion } from "../configuration.ts";
import type { Shape } from "../declarations.ts";
import { factsOf } from "../facts/regions.ts";
import { checkInputs } from "../inputs.ts";
import { CloudError } from "../protocol.ts";
import type { CloudState } from "../state.ts";
import { type Json, type Props, textOf } from "../values.ts";
import { account } from "./account.ts";
import { lookups } from "./lookups.ts";
import { policyDocument } from "./policy-document.ts";

export interface Question {
    readonly token: string;
    readonly args: Props;
    readonly configuration: Configuration;
    readonly cloud: CloudState;
    readonly catalogue: Catalogue;
    readonly now: string;
}

export interface Asked extends Question {
    readonly region: string;
}

export type DataSource = (asked: Asked) => Props;

const sources: { readonly [name: string]: DataSource } = { ...account, ...lookups, "iam/getPolicyDocument": policyDocument };

export function invoke(question: Question): Props {
    const name = question.token.split(":")[1] ?? "";
    const declared = question.catalogue.function(question.token);
    if (!declared) throw new CloudError(`unknown data source ${question.token}: the installed @pulumi/aws does not declare it.`);
    const problems = checkInputs(
        { token: question.token, short: name, inputs: declared.inputs, outputs: declared.outputs },
        question.args,
        question.catalogue,
    );
    if (problems.length > 0)
        throw new CloudError(
            [`${question.token} cannot be asked:`, ...problems.map(({ property, reason }) => `  ${property}  ${reason}`)].join("\n"),
        );
    const region = textOf(question.args.region) ?? question.configuration.region;
    if (!factsOf(region)) throw new CloudError(noSuchRegion(region));
    const source = sources[name];
    if (!source)
        throw new CloudError(
            `${question.token} is not rehearsed: the rehearsal cloud cannot know the answer. Give the value as a setting, or add it to tools/rehearsal/data-sources.`,
        );
    const answer = source({ ...question, region });
    const outputs: Props = {};
    for (const member of declared.outputs.values()) {
        const value = answer[member.name] ?? question.args[member.name];
        if (value !== undefined) outputs[member.name] = value;
        else if (member.name === "region") outputs.region = region;
        else if (member.name === "id") outputs.id = region;
        else if (!member.optional && !member.undefinable) outputs[member.name] = empty(member.shape);
    }
    return outputs;
}

function empty(shape: Shape): Json {
    if (shape.kind === "list") return [];
    if (shape.kind === "map" || shape.kind === "object") return {};
    if (shape.kind === "number") return 0;
    return shape.kind === "boolean" ? false : "";
}
