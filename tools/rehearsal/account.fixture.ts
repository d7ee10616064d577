/** A small account for tests: calls the provider's handlers as the engine would, without the wire. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Catalogue } from "./catalogue.ts";
import { type Fault, Faults } from "./faults.ts";
import { Provider } from "./provider.ts";
import { CloudState } from "./state.ts";
import { type Json, type Props, textOf } from "./values.ts";

const catalogue = new Catalogue();

export function tokenOf(type: string): string {
    const [module = "", base = ""] = type.split("/");
    return `aws:${module}/${base}:${base.charAt(0).toUpperCase()}${base.slice(1)}`;
}

export interface Made {
    readonly id: string;
    readonly type: string;
    readonly urn: string;
    readonly inputs: Props;
    readonly outputs: Props;
    /** A text output. */
    get(name: string): string;
}

export class Account {
    public readonly file: string;
    public readonly notes: string[] = [];
    public kills = 0;
    public cloud: CloudState;
    public provider: Provider;
    readonly #folder = mkdtempSync(join(tmpdir(), "rehearsal-"));
    #args: Props;

    public constructor(faults: readonly Fault[] = [], args: Props = { region: "eu-west-1", allowedAccountIds: '["111122223333"]' }) {
        this.file = join(this.#folder, "state.json");
        this.#args = args;
        this.cloud = new CloudState(this.file);
        this.provider = this.#attach(faults);
    }

    /** As after the process has ended and begun again. */
    public restart(faults: readonly Fault[] = []): void {
        this.cloud = new CloudState(this.file);
        this.provider = this.#attach(faults);
    }

    public remove(): void {
        rmSync(this.#folder, { recursive: true, force: true });
    }

    public target(type: string, name: string) {
        return { urn: `urn:pulumi:test::terrace::${tokenOf(type)}::${name}`, configuration: this.provider.configure(this.#args) };
    }

    /** Check and create; throws what the engine would print. */
    public async make(type: string, name: string, props: { readonly [key: string]: Json }): Promise<Made> {
        const target = this.target(type, name);
        const inputs = this.check(type, name, props);
        const { id, outputs } = await this.provider.create(target, inputs, false);
        return { id, type, urn: target.urn, inputs, outputs, get: (output) => textOf(outputs[output]) ?? "" };
    }

    public check(type: string, name: string, props: { readonly [key: string]: Json }, olds: Props = {}, seed = name): Props {
        const { inputs, problems } = this.provider.check(this.target(type, name), olds, props, new Uint8Array(Buffer.from(seed)));
        if (problems.length > 0)
            throw new Error(problems.map(({ property, reason }) => (property === "" ? reason : `${property}: ${reason}`)).join("\n"));
        return inputs;
    }

    public async change(made: Made, props: { readonly [key: string]: Json }): Promise<Props> {
        const name = made.urn.split("::").at(-1) ?? "";
        const inputs = this.check(made.type, name, props, made.inputs);
        return (await this.provider.update(this.target(made.type, name), made.id, made.outputs, made.inputs, inputs, false)).outputs;
    }

    public async destroy(made: Made): Promise<void> {
        await this.provider.delete(this.target(made.type, made.urn.split("::").at(-1) ?? ""), made.id, made.inputs, made.outputs);
    }

    /** The words of the refusal; empty if it was accepted. */
    public async refusal(attempt: Promise<unknown> | (() => unknown)): Promise<string> {
        try {
            await (typeof attempt === "function" ? attempt() : attempt);
            return "";
        } catch (error) {
            return error instanceof Error ? error.message : String(error);
        }
    }

    #attach(faults: readonly Fault[]): Provider {
        return new Provider({
            cloud: this.cloud,
            catalogue,
            faults: new Faults(faults),
            patience: 5,
            now: () => new Date("2026-11-21T12:00:00Z"),
            kill: () => {
                this.kills += 1;
            },
            note: (text) => this.notes.push(text),
        });
    }
}

/** A VPC with two public subnets and a gateway: what half of the rules need around them. */
export async function network(account: Account) {
    const vpc = await account.make("ec2/vpc", "main", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
    const gateway = await account.make("ec2/internetGateway", "gateway", { vpcId: vpc.id });
    const subnets: Made[] = [];
    for (const [index, letter] of ["a", "b"].entries())
        subnets.push(
            await account.make("ec2/subnet", letter, {
                vpcId: vpc.id,
                cidrBlock: `10.0.${index}.0/24`,
                availabilityZone: `eu-west-1${letter}`,
            }),
        );
    const [a, b] = subnets;
    if (!a || !b) throw new Error("two subnets were made");
    const group = await account.make("ec2/securityGroup", "door", { vpcId: vpc.id, description: "door" });
    return { vpc, gateway, a, b, group };
}
