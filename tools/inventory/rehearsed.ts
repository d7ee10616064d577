/**
 * The inventory of a stack as it stands after its first `up`: the rehearsal cloud answers in the engine's place, in this process and with an
 * empty account, so ids, ARNs and the policy documents made of them are known. Replacement, order and protection are the engine's: see rehearse.
 */
import { composeStack } from "../../stacks/compose.ts";
import { RunRefused } from "../engine/run.ts";
import { Catalogue } from "../rehearsal/catalogue.ts";
import type { Configuration } from "../rehearsal/configuration.ts";
import { CloudError } from "../rehearsal/protocol.ts";
import { Provider } from "../rehearsal/provider.ts";
import { CloudState } from "../rehearsal/state.ts";
import type { Json } from "../rehearsal/values.ts";
import { type Answerer, type Inventory, type InventoryResource, takeInventory } from "./inventory.ts";
import { readStackFile } from "./stack-file.ts";

type Plain = { readonly [key: string]: Json };

/** Throws RunRefused with every refusal of the rehearsal cloud, in its words. */
export async function rehearsedInventoryOf(
    directory: string,
    stack: string,
    changes: Readonly<Record<string, unknown>> = {},
): Promise<Inventory> {
    const read = readStackFile(directory, stack, changes);
    try {
        return await unheard(() => takeInventory(read.project, read.stack, () => composeStack(read), new EmptyAccount()));
    } catch (error) {
        if (!(error instanceof AggregateError)) throw error;
        throw new RunRefused(`AWS would refuse ${stack}:\n\n${error.message.replace(/^/gm, "  ")}`);
    }
}

/** Without an engine Pulumi prints what a program logs: lines for whoever runs `pulumi up`, in the way of what a command prints. */
async function unheard<T>(work: () => Promise<T>): Promise<T> {
    const { log } = console;
    console.log = () => undefined;
    try {
        return await work();
    } finally {
        console.log = log;
    }
}

class EmptyAccount implements Answerer {
    private readonly provider = new Provider({ cloud: new CloudState(), catalogue: new Catalogue() });
    private readonly configurations = new Map<string, Configuration>();

    public async create(resource: InventoryResource): ReturnType<Answerer["create"]> {
        const { urn, type, name } = resource;
        const given = resource.inputs as Plain;
        if (type === "pulumi:providers:aws") {
            const id = `${name}-id`;
            this.configurations.set(`${urn}::${id}`, this.provider.configure(given));
            return { id, inputs: given, outputs: given };
        }
        const target = { urn, configuration: this.configurationOf(resource.provider) };
        const { inputs, problems } = this.provider.check(target, {}, given, new TextEncoder().encode(urn));
        if (problems.length > 0) {
            throw new CloudError(`${urn}: ${problems.map(({ property, reason }) => `${property} ${reason}`.trim()).join("; ")}`);
        }
        const { id, outputs } = await this.provider.create(target, inputs, false);
        return { id, inputs, outputs };
    }

    public invoke(token: string, args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
        return this.provider.invoke(this.configurationOf(""), token, args as Plain);
    }

    /** A data source names no provider here; every stack has one. */
    private configurationOf(reference: string): Configuration {
        const found = this.configurations.get(reference) ?? [...this.configurations.values()].at(-1);
        if (found === undefined) {
            throw new CloudError("the stack asks AWS something before it has a provider");
        }
        return found;
    }
}
