/** For tests: builds a component without an engine and keeps what it asked for. */
import * as pulumi from "@pulumi/pulumi";

export type Recorded = pulumi.runtime.MockResourceArgs;

export class Recorder {
    public readonly resources: Recorded[] = [];

    /** Runs `build` and waits until all that it made is registered. Every resource answers with an id and an ARN of its logical name. */
    public async record<Result>(build: () => Result | Promise<Result>): Promise<Result> {
        this.resources.length = 0;
        await pulumi.runtime.setMocks({
            call: () => ({}),
            newResource: (resource) => {
                this.resources.push(resource);
                const { name, inputs } = resource;
                return { id: `${name}-id`, state: { name, bucket: name, ...inputs, arn: `arn:aws:mock:::${name}`, keyId: `${name}-key` } };
            },
        });
        const result = await build();
        await pulumi.runtime.disconnect();
        return result;
    }

    /** The resources of AWS, without components and providers. */
    public get made(): readonly Recorded[] {
        return this.resources.filter((each) => each.type.startsWith("aws:"));
    }

    public of(type: string): readonly Recorded[] {
        return this.resources.filter((each) => each.type === type);
    }

    /** Inputs of the one resource of that logical name and, where two types share it, of that type. */
    public inputs(name: string, type = "aws:"): Record<string, unknown> {
        const found = this.resources.filter((each) => each.name === name && each.type.startsWith(type));
        if (found.length !== 1 || found[0] === undefined) {
            throw new Error(`${found.length} resources are named ${name}; made: ${this.made.map((each) => each.name).join(", ")}`);
        }
        return found[0].inputs;
    }

    /** Statements of a policy document that a resource was given, by their Sid. */
    public statements(name: string, property: string, type = "aws:"): Record<string, Record<string, unknown>> {
        const { Statement } = JSON.parse(String(this.inputs(name, type)[property])) as { Statement: { Sid: string }[] };
        return Object.fromEntries(Statement.map((statement) => [statement.Sid, { ...statement }]));
    }
}

/** `path: message` of everything that a schema refuses. */
export function refusalsOf(
    schema: {
        safeParse(value: unknown): {
            readonly error?:
                | { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] }
                | undefined;
        };
    },
    value: unknown,
): string[] {
    return (schema.safeParse(value).error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}
