/**
 * Everything that a stack would create, taken by running the same composition against recorded registrations instead of an engine.
 * One inventory, many readers: plan, cost, diagram, policy, tests. What only AWS can know is `UNKNOWN`, as in a first preview.
 */

import "../../stacks/traces.ts";
import * as pulumi from "@pulumi/pulumi";
import resourceProtocol, { type RegisterResourceRequest, type RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings.js";
import * as runtimeState from "@pulumi/pulumi/runtime/state.js";

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
    setMockOptions(monitor as unknown as MockMonitor, project, stack, true, "organization");
    // The line above forgets what setMocks switched on; without it secrets would be recorded in plain.
    Object.assign((runtimeState as unknown as { getStore(): object }).getStore(), {
        supportsSecrets: true,
        supportsResourceReferences: true,
        supportsOutputValues: false,
        supportsAliasSpecs: true,
    });
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

/** What MockMonitor does, but every registration is recorded, and URNs hold the whole chain of parents as the engine's do. */
class RecordingMonitor {
    public readonly recorded: InventoryResource[] = [];
    private readonly mock = new MockMonitor(nothing);
    public readonly invoke = this.mock.invoke.bind(this.mock);
    public readonly readResource = this.mock.readResource.bind(this.mock);
    public readonly supportsFeature = this.mock.supportsFeature.bind(this.mock);
    public readonly getDeploymentInfo = this.mock.getDeploymentInfo.bind(this.mock);
    public readonly registerPackage = this.mock.registerPackage.bind(this.mock);

    public registerResource(request: RegisterResourceRequest, callback: (error: null, response: RegisterResourceResponse) => void): void {
        const urn = urnOf(request);
        if (request.getType() !== "pulumi:pulumi:Stack") {
            this.recorded.push(record(urn, request));
        }
        const response = new resourceProtocol.RegisterResourceResponse();
        response.setUrn(urn);
        response.setObject(request.getObject());
        callback(null, response);
    }

    public registerResourceOutputs(_request: unknown, callback: (error: null, response: object) => void): void {
        callback(null, {});
    }
}

function urnOf(request: RegisterResourceRequest): string {
    const [head, qualified] = [request.getParent().split("::").slice(0, 2), request.getParent().split("::")[2]];
    if (qualified === undefined || qualified === "pulumi:pulumi:Stack") {
        return `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${request.getType()}::${request.getName()}`;
    }
    return [...head, `${qualified}$${request.getType()}`, request.getName()].join("::");
}

function record(urn: string, request: RegisterResourceRequest): InventoryResource {
    const propertyDependencies: Record<string, string[]> = {};
    request.getPropertydependenciesMap().forEach((value, key) => {
        propertyDependencies[key] = value.getUrnsList();
    });
    return {
        urn,
        type: request.getType(),
        name: request.getName(),
        parent: request.getParent(),
        custom: request.getCustom(),
        inputs: (request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
        dependencies: request.getDependenciesList(),
        propertyDependencies,
        protect: request.getProtect() ?? false,
        ignoreChanges: request.getIgnorechangesList(),
        deleteBeforeReplace: request.getDeletebeforereplace(),
        provider: request.getProvider(),
    };
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
