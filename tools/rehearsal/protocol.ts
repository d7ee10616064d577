/**
 * The engine's provider protocol: messages in and out as plain values.
 * The generated files of @pulumi/pulumi are CommonJS, loaded here once so that nothing else knows of protobuf.
 */
import { createRequire } from "node:module";
import * as grpc from "@grpc/grpc-js";
import type * as errorsProto from "@pulumi/pulumi/proto/errors_pb.js";
import type * as pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import type * as providerProto from "@pulumi/pulumi/proto/provider_pb.js";
import type * as statusProto from "@pulumi/pulumi/proto/status_pb.js";
import type * as emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import type * as structProto from "google-protobuf/google/protobuf/struct_pb.js";
import { BrokenStateError } from "./state.ts";
import type { Json, Props } from "./values.ts";

const load = createRequire(import.meta.url);
export const messages = load("@pulumi/pulumi/proto/provider_pb.js") as typeof providerProto;
export const service = (load("@pulumi/pulumi/proto/provider_grpc_pb.js") as { ResourceProviderService: grpc.ServiceDefinition })
    .ResourceProviderService;
export const pluginMessages = load("@pulumi/pulumi/proto/plugin_pb.js") as typeof pluginProto;
const { Status } = load("@pulumi/pulumi/proto/status_pb.js") as typeof statusProto;
const { Any } = load("google-protobuf/google/protobuf/any_pb.js") as {
    Any: new () => { pack(bytes: Uint8Array, name: string): void };
};
const { Struct } = load("google-protobuf/google/protobuf/struct_pb.js") as typeof structProto;
export const { Empty } = load("google-protobuf/google/protobuf/empty_pb.js") as typeof emptyProto;
export type { errorsProto, providerProto };

export function fromStruct(struct: structProto.Struct | undefined): Props {
    return struct ? (struct.toJavaScript() as Props) : {};
}

export function toStruct(props: { readonly [key: string]: Json | undefined }): structProto.Struct {
    const clean: { [key: string]: structProto.JavaScriptValue } = {};
    for (const [key, value] of Object.entries(props)) if (value !== undefined) clean[key] = value as structProto.JavaScriptValue;
    return Struct.fromJavaScript(clean);
}

/** A refusal that the engine prints as it is. */
export class CloudError extends Error {}

/** A resource that exists but did not come up: the engine keeps it and tries to mend it next time. */
export class HalfMadeError extends Error {
    public readonly id: string;
    public readonly outputs: Props;
    public readonly inputs: Props;

    public constructor(message: string, id: string, outputs: Props, inputs: Props) {
        super(message);
        this.id = id;
        this.outputs = outputs;
        this.inputs = inputs;
    }
}

/** The error in the form that travels: with the half-made resource in the status details. */
export function failure(error: unknown): grpc.ServiceError {
    const problem = error instanceof Error ? error : new Error(String(error));
    const ours = problem instanceof CloudError || problem instanceof HalfMadeError || problem instanceof BrokenStateError;
    // Our own bugs keep their stack: the reader must be able to report them.
    const message = ours ? problem.message : `the rehearsal cloud itself failed: ${problem.stack ?? problem.message}`;
    const metadata = new grpc.Metadata();
    if (problem instanceof HalfMadeError) {
        const details = new messages.ErrorResourceInitFailed();
        details.setId(problem.id);
        details.setProperties(toStruct(problem.outputs));
        details.setInputs(toStruct(problem.inputs));
        details.setReasonsList([message]);
        const packed = new Any();
        packed.pack(details.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
        const status = new Status();
        status.setCode(grpc.status.UNKNOWN);
        status.setMessage(message);
        status.addDetails(packed as unknown as Parameters<typeof status.addDetails>[0]);
        metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    }
    return Object.assign(problem, { name: "ServiceError", code: grpc.status.UNKNOWN, details: message, message, metadata });
}
