/** The provider's calls on plain values: check, diff, create, read, update, delete, invoke. The wire is server.ts. */
import type { Catalogue, ResourceType } from "./catalogue.ts";
import { type Configuration, checkConfiguration, configured, noSuchRegion } from "./configuration.ts";
import { afterMaking, afterRemoving } from "./consequences.ts";
import { invoke } from "./data-sources/index.ts";
import { compare, type Difference } from "./diff.ts";
import { rulesOf } from "./facts/provider-rules.ts";
import { factsOf } from "./facts/regions.ts";
import { type FaultKind, Faults, type Operation, refusalOf } from "./faults.ts";
import { checkInputs, type Problem } from "./inputs.ts";
import { type Autonaming, autoname, checkName } from "./naming.ts";
import { families } from "./outputs/index.ts";
import { Outputs } from "./outputs/make.ts";
import { CloudError, HalfMadeError } from "./protocol.ts";
import { type Complaint, complaint } from "./rules/index.ts";
import type { CloudState, Thing } from "./state.ts";
import { takenName } from "./uniqueness.ts";
import { hasUnknown, isObject, isSecret, type Json, type Props, plainProps, same, sealed, secret, textOf, UNKNOWN } from "./values.ts";
import { label, throwIf, type View } from "./view.ts";

type Raw = { readonly [key: string]: Json };

export interface ProviderOptions {
    readonly cloud: CloudState;
    readonly catalogue: Catalogue;
    readonly account?: string | undefined;
    readonly faults?: Faults;
    readonly now?: () => Date;
    /** How long to wait for what is in the way, in milliseconds. */
    readonly patience?: number;
    /** Called for the fault "kill". */
    readonly kill?: () => void;
    readonly note?: (text: string) => void;
}

export interface Target {
    readonly urn: string;
    readonly configuration: Configuration;
}

export class Provider {
    readonly #options: ProviderOptions;
    readonly #outputs = new Outputs(families);
    readonly #faults: Faults;

    public constructor(options: ProviderOptions) {
        this.#options = options;
        this.#faults = options.faults ?? new Faults([]);
    }

    public checkConfiguration(args: Raw): readonly Problem[] {
        const known = this.#options.catalogue.resource("aws:index/provider:Provider")?.inputs ?? new Map<string, unknown>();
        return checkConfiguration(args, known);
    }

    public configure(args: Raw): Configuration {
        return configured(args, this.#options.cloud, this.#options.account);
    }

    public check(
        target: Target,
        olds: Raw,
        news: Raw,
        seed: Uint8Array,
        autonaming?: Autonaming,
    ): { readonly inputs: Props; readonly problems: readonly Problem[] } {
        const type = this.#typeOf(target.urn);
        const inputs: Props = {};
        for (const [name, value] of Object.entries(news)) if (value !== null && name !== "__defaults") inputs[name] = value;
        const problems: Problem[] = [];
        const before = Object.keys(olds).length > 0 ? plainProps(olds) : (this.#leftBehind(target.urn, type.short)?.inputs ?? {});
        const named = autoname(type, inputs, { logicalName: logicalName(target.urn), seed, autonaming, olds: before });
        if (named.problem) problems.push(named.problem);
        inputs.__defaults = named.property === undefined ? [] : [named.property];
        addDefaultTags(type, inputs, target.configuration.defaultTags);
        const known = plainProps(inputs);
        problems.push(...checkInputs(type, known, this.#options.catalogue));
        const region = textOf(known.region);
        if (region !== undefined && !factsOf(region)) problems.push({ property: "region", reason: noSuchRegion(region) });
        const name = checkName(type.short, known);
        if (name && !named.problem) problems.push(name);
        if (problems.length === 0) {
            const refused = complaint(this.#view(target, type, known), "plan");
            if (refused !== undefined) problems.push({ property: "", reason: refused.text });
        }
        return { inputs, problems };
    }

    public diff(target: Target, id: string, oldInputs: Raw, news: Raw, ignored: readonly string[]): Difference {
        const type = this.#typeOf(target.urn);
        const now = plainProps(news);
        this.#acknowledge(this.#find(target, type, id, plainProps(oldInputs)));
        return compare(type, plainProps(oldInputs), now, ignored);
    }

    public async create(target: Target, news: Raw, preview: boolean): Promise<{ readonly id: string; readonly outputs: Props }> {
        const type = this.#typeOf(target.urn);
        const inputs = plainProps(news);
        const view = this.#view(target, type, inputs);
        if (preview) {
            const shown = this.#outputs.preview({ ...view, seed: "preview", id: undefined }, undefined);
            return { id: "", outputs: sealed(shown, news, this.#outputs.sensitive(type.short)) };
        }
        if (hasUnknown(inputs))
            throw new CloudError(`ValidationError: ${type.token} was to be made while some of its inputs are still unknown.`);
        const fault = this.#fault(type.short, "create");
        const { cloud } = this.#options;
        const left = this.#leftBehind(target.urn, type.short);
        if (left && left.region === view.region) {
            const taken = await this.#takeOver(left, view);
            return { id: taken.id, outputs: sealed(taken.outputs, news, this.#outputs.sensitive(type.short)) };
        }
        await this.#admit(view);
        const serial = cloud.nextSerial();
        const made = this.#outputs.make({ ...view, seed: `${view.account}/${serial}`, id: undefined });
        const twice = cloud.find(type.short, made.id, view.region);
        if (twice && !twice.implicit) throw new CloudError(ownedTwice(type, twice));
        const thing: Thing = { type: type.short, id: made.id, region: view.region, urn: target.urn, inputs, outputs: made.outputs, serial };
        cloud.put(fault === "lostAnswer" ? { ...thing, lost: true } : thing);
        afterMaking(thing, view);
        await cloud.saved();
        const outputs = sealed(made.outputs, news, this.#outputs.sensitive(type.short));
        if (fault === "lostAnswer") throw new CloudError(lostWords(type));
        if (fault === "halfway") throw new HalfMadeError(halfwayWords(type, made.id), made.id, outputs, { ...news });
        return { id: made.id, outputs };
    }

    public async update(
        target: Target,
        id: string,
        oldOutputs: Raw,
        oldInputs: Raw,
        news: Raw,
        preview: boolean,
    ): Promise<{ readonly outputs: Props }> {
        const type = this.#typeOf(target.urn);
        const inputs = plainProps(news);
        const thing = this.#find(target, type, id, plainProps(oldInputs));
        const view = { ...this.#view(target, type, inputs), ...(thing ? { self: thing } : {}) };
        const hidden = this.#outputs.sensitive(type.short);
        if (preview) {
            const shown = this.#outputs.preview({ ...view, seed: "preview", id }, plainProps(oldOutputs));
            return { outputs: sealed(shown, news, hidden) };
        }
        const fault = this.#fault(type.short, "update");
        if (!thing) throw new CloudError(notThere(type, id, view.region));
        const changed = await this.#change({ ...thing, known: true }, view);
        const outputs = sealed(changed.outputs, news, hidden);
        if (fault === "lostAnswer") throw new CloudError(lostWords(type));
        if (fault === "halfway") throw new HalfMadeError(halfwayWords(type, id), id, outputs, { ...news });
        return { outputs };
    }

    /** For a refresh with the inputs that the engine has; for an import with none. */
    public read(
        target: Target,
        id: string,
        oldInputs: Raw,
        oldOutputs: Raw,
    ): { readonly id: string; readonly inputs: Props; readonly outputs: Props } {
        const type = this.#typeOf(target.urn);
        this.#fault(type.short, "read");
        const thing = this.#find(target, type, id, plainProps({ ...oldOutputs, ...oldInputs }));
        if (!thing) return { id: "", inputs: {}, outputs: {} };
        this.#acknowledge(thing);
        const imported = Object.keys(oldInputs).length === 0;
        const inputs: Props = {};
        if (imported) {
            const { defaults } = rulesOf(type.short);
            for (const name of type.inputs.keys()) {
                const value = thing.inputs[name];
                if (value !== undefined && !same(value, defaults[name])) inputs[name] = value;
            }
        } else {
            // What somebody changed by hand shows; what did not change keeps its envelope.
            const before = plainProps(oldInputs);
            for (const [name, raw] of Object.entries(oldInputs)) {
                const now = name === "__defaults" ? before[name] : thing.inputs[name];
                if (same(now, before[name])) inputs[name] = raw;
                else if (now !== undefined) inputs[name] = isSecret(raw) ? secret(now) : now;
            }
            for (const [name, value] of Object.entries(thing.inputs))
                if (before[name] === undefined && name !== "__defaults") inputs[name] = value;
        }
        const raw = { ...oldOutputs, ...oldInputs };
        return { id: thing.id, inputs, outputs: sealed(thing.outputs, raw, this.#outputs.sensitive(type.short)) };
    }

    public async delete(target: Target, id: string, oldInputs: Raw, oldOutputs: Raw): Promise<void> {
        const type = this.#typeOf(target.urn);
        const inputs = plainProps(oldInputs);
        const fault = this.#fault(type.short, "delete");
        const thing = this.#find(target, type, id, plainProps({ ...oldOutputs, ...oldInputs }));
        if (!thing) return;
        const view: View = { ...this.#view(target, type, inputs), self: thing, region: thing.region };
        // What was last applied decides, not what the program says now.
        throwIf(await patiently(() => complaint({ ...view, inputs: thing.inputs }, "delete"), this.#options.patience ?? 1500));
        const { cloud } = this.#options;
        cloud.remove(thing);
        afterRemoving(thing, cloud);
        await cloud.saved();
        if (fault === "lostAnswer") throw new CloudError(lostWords(type));
    }

    public invoke(configuration: Configuration, token: string, args: Raw): Props {
        return invoke({
            token,
            args: plainProps(args),
            configuration,
            cloud: this.#options.cloud,
            catalogue: this.#options.catalogue,
            now: this.#now(),
        });
    }

    /** Judged once more at the very moment it happens: waiting may have let somebody else in. */
    async #admit(view: View): Promise<void> {
        await patiently(() => complaint(view, "call"), this.#options.patience ?? 1500);
        throwIf(takenName(view) ?? complaint(view, "call")?.text);
    }

    #now(): string {
        return (this.#options.now?.() ?? new Date()).toISOString().replace(/\.\d+Z$/, "Z");
    }

    #typeOf(urn: string): ResourceType {
        const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
        const type = this.#options.catalogue.resource(token);
        if (!type) throw new CloudError(`unknown resource type ${token}: the installed @pulumi/aws does not declare it.`);
        return type;
    }

    #view(target: Target, type: ResourceType, inputs: Props): View {
        const { configuration, urn } = target;
        const own = textOf(inputs.region);
        const regional = type.inputs.has("region");
        return {
            type,
            urn,
            inputs,
            region: regional ? (own !== undefined && own !== UNKNOWN ? own : configuration.region) : "",
            home: configuration.region,
            account: configuration.account,
            cloud: this.#options.cloud,
            now: this.#now(),
        };
    }

    #find(target: Target, type: ResourceType, id: string, props: Props): Thing | undefined {
        const region = type.inputs.has("region") ? (textOf(props.region) ?? target.configuration.region) : "";
        return this.#options.cloud.find(type.short, id, region);
    }

    #acknowledge(thing: Thing | undefined): void {
        if (!thing || thing.known) return;
        const { lost: _, ...rest } = thing;
        this.#options.cloud.put({ ...rest, known: true });
    }

    /** What a create made whose answer the engine never stored: it was killed, or its state was lost. */
    #leftBehind(urn: string, type: string): Thing | undefined {
        for (const thing of this.#options.cloud.all(type)) if (thing.urn === urn && !thing.known && !thing.lost) return thing;
        return undefined;
    }

    async #takeOver(left: Thing, view: View): Promise<Thing> {
        this.#options.note?.(`${label(left)} was already made by a run that was killed; it is taken over`);
        return same(left.inputs, view.inputs) ? left : await this.#change(left, { ...view, self: left });
    }

    async #change(thing: Thing, view: View): Promise<Thing> {
        await this.#admit(view);
        const { outputs } = this.#outputs.make({ ...view, seed: `${view.account}/${thing.serial}`, id: thing.id });
        const changed: Thing = { ...thing, urn: view.urn, inputs: view.inputs, outputs };
        this.#options.cloud.put(changed);
        afterMaking(changed, view);
        await this.#options.cloud.saved();
        return changed;
    }

    #fault(type: string, operation: Operation): FaultKind | undefined {
        const fault = this.#faults.next(type, operation);
        if (fault === "throttle") this.#options.note?.(`Throttling: Rate exceeded (${type} ${operation}), tried again after 1 s`);
        if (fault === "refuse") throw new CloudError(refusalOf(type, operation));
        if (fault === "kill") {
            this.#options.kill?.();
            throw new CloudError(
                `RequestError: the connection to AWS broke before ${type} ${operation} was carried out (ordered with --fail).`,
            );
        }
        return fault;
    }
}

/** The provider waits up to twenty minutes for what is in the way; here everything goes faster. */
async function patiently(ask: () => Complaint | undefined, milliseconds: number): Promise<string | undefined> {
    const end = performance.now() + milliseconds;
    for (;;) {
        const said = ask();
        if (!said?.patient || performance.now() > end) return said?.text;
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

export function logicalName(urn: string): string {
    return urn.split("::").slice(3).join("::");
}

function addDefaultTags(type: ResourceType, inputs: Props, defaultTags: Props): void {
    if (type.inputs.get("tags")?.shape.kind !== "map" || !type.outputs.has("tagsAll")) return;
    const given = inputs.tags;
    if (given === UNKNOWN) return;
    const own = isSecret(given) && isObject(given) ? given.value : given;
    const all: Props = { ...defaultTags, ...(isObject(own) ? own : {}) };
    if (Object.keys(all).length === 0) return;
    inputs.tags = isSecret(given) ? secret(all) : all;
    inputs.tagsAll = inputs.tags;
}

function notThere(type: ResourceType, id: string, region: string): string {
    return `NotFound: there is no ${type.short.replace("/", ".")} ${id}${region ? ` in ${region}` : ""}. Run "pulumi refresh" so that the stack forgets it, or give the state file that holds it.`;
}

function ownedTwice(type: ResourceType, thing: Thing): string {
    return `ConflictingOwners: ${label(thing)} is already managed as ${thing.urn || "part of its parent"}. AWS would let the two overwrite each other on every run; keep one ${type.short.replace("/", ".")} for it.`;
}

function lostWords(type: ResourceType): string {
    return `RequestError: send request failed: read: connection reset by peer, while ${type.short} was carried out (ordered with --fail). AWS may hold it although the stack does not: look in the account before the next run.`;
}

function halfwayWords(type: ResourceType, id: string): string {
    return `waiting for ${type.short.replace("/", ".")} (${id}): unexpected state 'failed', wanted target 'available' (ordered with --fail).`;
}
