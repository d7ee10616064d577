/** What a rule, a reference check or an output table sees of one call. */
import type { ResourceType } from "./catalogue.ts";
import { CloudError } from "./protocol.ts";
import type { CloudState, Thing } from "./state.ts";
import { type Json, type Props, textOf, textsAt } from "./values.ts";

export interface View {
    readonly type: ResourceType;
    readonly urn: string;
    /** Plain: no envelopes; unknowns are still the sentinel in a preview. */
    readonly inputs: Props;
    /** "" for global types. */
    readonly region: string;
    /** The provider's own region, also for global types. */
    readonly home: string;
    readonly account: string;
    readonly cloud: CloudState;
    /** What stands there now, when it is changed or deleted. */
    readonly self?: Thing;
    /** ISO date and time. */
    readonly now: string;
}

/** One rule of AWS: says nothing, or why it refuses. */
export interface Rule {
    /** The number in the facts (`NET-2`), or a name of its own. */
    readonly id: string;
    readonly types: readonly string[];
    /** "call" looks at the cloud when the resource is made or changed; "plan" at the inputs alone, also in a preview; "delete" when it goes. */
    readonly when: "plan" | "call" | "delete";
    readonly check: (view: View) => string | undefined;
    /** The provider tries again for a while, because what is in the way may be about to go or to come. */
    readonly patient?: boolean;
}

export function text(view: View, path: string): string | undefined {
    return path.includes(".") ? textsAt(view.inputs, path)[0] : textOf(view.inputs[path]);
}

export function texts(view: View, path: string): string[] {
    return textsAt(view.inputs, path);
}

/** AWS's code first, then what was written, then how to mend it. */
export function says(code: string, ...sentences: readonly string[]): string {
    return `${code}: ${sentences.join(" ")}`;
}

export function throwIf(complaint: string | undefined): void {
    if (complaint !== undefined) throw new CloudError(complaint);
}

/** The name of a resource in our own words: `rds.Instance "main"`. */
export function label(thing: { readonly urn: string; readonly type: string; readonly id: string }): string {
    const name = thing.urn.split("::").at(-1);
    return name ? `${thing.type.replace("/", ".")} ${thing.id} ("${name}")` : `${thing.type.replace("/", ".")} ${thing.id}`;
}

export function sameThing(a: Thing | undefined, b: Thing | undefined): boolean {
    return a !== undefined && b !== undefined && a.type === b.type && a.id === b.id && a.region === b.region;
}

/** Everything of a type in the view's region, except the thing itself. */
export function* others(view: View, type: string): Generator<Thing> {
    for (const thing of view.cloud.all(type)) if (thing.region === view.region && !sameThing(thing, view.self)) yield thing;
}

export function inputText(thing: Thing, name: string): string | undefined {
    return textOf(thing.inputs[name] ?? thing.outputs[name]);
}

/** The living thing an input points at, by id, ARN or name. */
export function target(view: View, type: string, value: string | undefined): Thing | undefined {
    if (value === undefined) return undefined;
    const { cloud } = view;
    const byArn = cloud.findArn(value);
    if (byArn?.type === type) return byArn;
    const byId = cloud.find(type, value, view.region) ?? cloud.find(type, value);
    if (byId) return byId;
    for (const thing of cloud.all(type))
        if (textOf(thing.outputs.name) === value || textOf(thing.outputs.identifier) === value) return thing;
    return undefined;
}

/** Zones of these subnets, in their order. */
export function zonesOfSubnets(view: View, ids: readonly string[]): string[] {
    return ids.map((id) => textOf(view.cloud.find("ec2/subnet", id)?.outputs.availabilityZone) ?? id);
}

/** The VPCs that these subnets or groups are in. */
export function vpcsOf(view: View, type: string, ids: readonly string[]): Set<string> {
    return new Set(ids.flatMap((id) => textOf(view.cloud.find(type, id)?.inputs.vpcId ?? view.cloud.find(type, id)?.outputs.vpcId) ?? []));
}

/** Has a list of texts a part of the inputs that names this value? */
export function names(thing: Thing, path: string, value: string): boolean {
    return textsAt(thing.inputs, path).includes(value);
}

export type JsonObject = { readonly [key: string]: Json };
