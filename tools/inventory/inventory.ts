/**
 * Everything that a stack would create, taken by running the same composition against recorded registrations instead of an engine.
 * One inventory, many readers: plan, cost, diagram, policy, tests. What only AWS can know is `UNKNOWN`, as in a first preview.
 */

import "../../stacks/traces.ts";
import * as pulumi from "@pulumi/pulumi";
import providerProtocol, { type InvokeResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import resourceProtocol, {
    type RegisterResourceRequest,
    type RegisterResourceResponse,
    type ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings.js";
import * as runtimeState from "@pulumi/pulumi/runtime/state.js";
import structProtocol from "google-protobuf/google/protobuf/struct_pb.js";

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
    readonly retainOnDelete: boolean;
    readonly additionalSecretOutputs: readonly string[];
    /** `<urn>::<id>` of the provider, or empty when none was given. */
    readonly provider: string;
    /** Only where somebody answered for AWS. */
    readonly id?: string;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Answers for AWS, so that what a deploy would tell is known. What it throws is AWS's refusal. */
export interface Answerer {
    /** Inputs as the provider leaves them (names filled in, default tags merged), and what came of the creation. */
    create(resource: InventoryResource): Promise<Required<Pick<InventoryResource, "id" | "inputs" | "outputs">>>;
    invoke(token: string, args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
}

export interface Inventory {
    readonly project: string;
    readonly stack: string;
    /** Sorted by URN. */
    readonly resources: readonly InventoryResource[];
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** Runs `compose` and records every registration. One at a time: Pulumi's runtime is one a process. */
export async function takeInventory<T>(
    project: string,
    stack: string,
    compose: () => T | Promise<T>,
    answerer?: Answerer,
): Promise<Inventory> {
    const monitor = new RecordingMonitor(answerer);
    const preview = answerer === undefined;
    await pulumi.runtime.setMocks(nothing, project, stack, preview, "organization");
    setMockOptions(monitor as unknown as MockMonitor, project, stack, preview, "organization");
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
        if (monitor.refusals.length > 0) {
            throw new AggregateError(monitor.refusals, monitor.refusals.map(({ message }) => message).join("\n"));
        }
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

type Callback<Response> = (error: Error | null, response?: Response) => void;

/** What MockMonitor does, but every registration is recorded, and URNs hold the whole chain of parents as the engine's do. */
class RecordingMonitor {
    public readonly recorded: InventoryResource[] = [];
    private readonly mock = new MockMonitor(nothing);
    public readonly refusals: Error[] = [];
    private readonly answerer: Answerer | undefined;
    public readonly readResource = this.mock.readResource.bind(this.mock);
    public readonly supportsFeature = this.mock.supportsFeature.bind(this.mock);
    public readonly getDeploymentInfo = this.mock.getDeploymentInfo.bind(this.mock);
    public readonly registerPackage = this.mock.registerPackage.bind(this.mock);

    public constructor(answerer: Answerer | undefined) {
        this.answerer = answerer;
    }

    public registerResource(request: RegisterResourceRequest, callback: Callback<RegisterResourceResponse>): void {
        const urn = urnOf(request);
        const response = new resourceProtocol.RegisterResourceResponse();
        response.setUrn(urn);
        response.setObject(request.getObject());
        if (request.getType() === "pulumi:pulumi:Stack") {
            callback(null, response);
            return;
        }
        const resource = record(urn, request);
        if (this.answerer === undefined || !resource.custom) {
            this.recorded.push(resource);
            callback(null, response);
            return;
        }
        this.answerer
            .create(resource)
            .then((made) => {
                this.recorded.push({ ...resource, ...made });
                response.setId(made.id);
                response.setObject(structOf(made.outputs));
            })
            // Goes on as if it had been made, so that all refusals are heard at once.
            .catch((error: unknown) => this.refusals.push(error instanceof Error ? error : new Error(String(error))))
            .finally(() => callback(null, response));
    }

    public invoke(request: ResourceInvokeRequest, callback: Callback<InvokeResponse>): void {
        if (this.answerer === undefined) {
            this.mock.invoke(request, callback);
            return;
        }
        try {
            const response = new providerProtocol.InvokeResponse();
            const args = (request.getArgs()?.toJavaScript() ?? {}) as Record<string, unknown>;
            response.setReturn(structOf(this.answerer.invoke(request.getTok(), args)));
            callback(null, response);
        } catch (error) {
            callback(error as Error);
        }
    }

    public registerResourceOutputs(_request: unknown, callback: (error: null, response: object) => void): void {
        callback(null, {});
    }
}

function structOf(values: Readonly<Record<string, unknown>>): structProtocol.Struct {
    return structProtocol.Struct.fromJavaScript(values as Record<string, structProtocol.JavaScriptValue>);
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
        retainOnDelete: request.getRetainondelete() ?? false,
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
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
