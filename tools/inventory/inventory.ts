/**
 * Everything that a stack would create, taken by running the same composition against recorded registrations instead of an engine.
 * One inventory, many readers: plan, cost, diagram, policy, tests. What only AWS can know is `UNKNOWN`, as in a first preview.
 */

import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings.js";

/** Stands for a value that is known only after `pulumi up`. The engine uses the same text in previews. */
export const UNKNOWN = unknownValue;

export interface InventoryResource {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** URN of the component it belongs to. */
    readonly parent: string;
    /** False for components. */
    readonly custom: boolean;
    /** As given, secrets in the engine's envelope, unknown values as `UNKNOWN`. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** Every resource it waits for, and which input waits for which. */
    readonly dependencies: readonly string[];
    readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
    readonly protect: boolean;
    readonly ignoreChanges: readonly string[];
    readonly deleteBeforeReplace: boolean;
    /** `<urn>::<id>` of the provider, or empty when none was given. */
    readonly provider: string;
}

export interface Inventory {
    readonly project: string;
    readonly stack: string;
    /** Sorted by URN. */
    readonly resources: readonly InventoryResource[];
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** Runs `compose` and records every registration. One at a time: Pulumi's runtime is one a process. */
export async function takeInventory<T>(project: string, stack: string, compose: () => T | Promise<T>): Promise<Inventory> {
    const monitor = new RecordingMonitor();
    await pulumi.runtime.setMocks(nothing, project, stack, true, "organization");
    setMockOptions(monitor, project, stack, true, "organization");
    try {
        const outputs = await compose();
        await pulumi.runtime.disconnect();
        const resources = monitor.recorded.sort((a, b) => (a.urn < b.urn ? -1 : a.urn > b.urn ? 1 : 0));
        return { project, stack, resources, outputs: await settle(outputs) };
    } finally {
        await pulumi.runtime.disconnect();
    }
}

const nothing: pulumi.runtime.Mocks = {
    newResource: ({ inputs }) => ({ id: undefined, state: inputs }),
    call: () => ({}),
};

class RecordingMonitor extends MockMonitor {
    public readonly recorded: InventoryResource[] = [];

    public constructor() {
        super(nothing);
    }

    /** The whole chain of parent types, as the engine builds it; the mock keeps only the last. */
    public override newUrn(parent: string, type: string, name: string): string {
        const [head, qualified] = [parent.split("::").slice(0, 2), parent.split("::")[2]];
        if (parent === "" || qualified === undefined || qualified === "pulumi:pulumi:Stack") {
            return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${type}::${name}`;
        }
        return [...head, `${qualified}$${type}`, name].join("::");
    }

    public override async registerResource(
        request: RegisterResourceRequest,
        callback: (error: Error | null, response: unknown) => void,
    ): Promise<void> {
        if (request.getType() !== "pulumi:pulumi:Stack") {
            this.recorded.push(this.record(request));
        }
        await super.registerResource(request, callback);
    }

    private record(request: RegisterResourceRequest): InventoryResource {
        return {
            urn: this.newUrn(request.getParent(), request.getType(), request.getName()),
            type: request.getType(),
            name: request.getName(),
            parent: request.getParent(),
            custom: request.getCustom(),
            inputs: (request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
            dependencies: request.getDependenciesList(),
            propertyDependencies: Object.fromEntries(
                [...request.getPropertydependenciesMap().entries()].map(([key, value]) => [key, value.getUrnsList()]),
            ),
            protect: request.getProtect(),
            ignoreChanges: request.getIgnorechangesList(),
            deleteBeforeReplace: request.getDeletebeforereplace(),
            provider: request.getProvider(),
        };
    }
}

async function settle(outputs: unknown): Promise<Record<string, unknown>> {
    const entries = Object.entries(outputs ?? {}).map(async ([key, value]) => {
        if (!pulumi.Output.isInstance(value)) {
            return [key, value] as const;
        }
        return [
            key,
            (await (value as unknown as { isKnown: Promise<boolean> }).isKnown)
                ? await (value as unknown as { promise(): Promise<unknown> }).promise()
                : UNKNOWN,
        ] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
}
