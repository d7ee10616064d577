/**
 * What the engine's events say, as plain data: what would change, what went wrong, what the policies refused. Pure.
 */
import type { EngineEvent } from "../engine/engine.ts";

type StepMetadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

export type Verb = "create" | "update" | "replace" | "delete";

export interface Change {
    readonly verb: Verb;
    /** `aws:rds/instance:Instance` */
    readonly type: string;
    readonly name: string;
    readonly urn: string;
    /** Something in the account; a component or a provider is only bookkeeping. */
    readonly real: boolean;
    /** Names of the properties that differ; for a replacement, first those that force it. */
    readonly properties: readonly string[];
    /** The properties that force a replacement. */
    readonly forcedBy: readonly string[];
    /** Losing it loses data, or something that others hold the address of. */
    readonly stateful: boolean;
    /** Taken out of the stack, but left in the account. */
    readonly retained: boolean;
}

export interface Violation {
    readonly rule: string;
    readonly pack: string;
    readonly mandatory: boolean;
    readonly urn: string | undefined;
    /** What the rule says is wrong, and how to mend it. */
    readonly message: string;
}

export interface Failure {
    /** Undefined for what concerns the whole run: a refused stack file, a program that throws. */
    readonly urn: string | undefined;
    readonly message: string;
}

const verbs: { readonly [operation: string]: Verb } = {
    create: "create",
    import: "create",
    update: "update",
    replace: "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "discard-replaced": "replace",
    delete: "delete",
    discard: "delete",
};

/** Types whose replacement or deletion loses data, keys or addresses. Services by prefix, since they bring siblings that matter as well. */
const statefulTypes: readonly RegExp[] = [
    /^aws:(rds|docdb|neptune|dynamodb|elasticache|memorydb|redshift|opensearch|msk|kinesis|efs|fsx|timestream)\w*\/\w*(instance|cluster|table|group|stream|fileSystem|domain|cache|database|member)s?:/i,
    /^aws:(s3\/bucket|kms\/key|kms\/replicaKey|backup\/vault|secretsmanager\/secret|ebs\/volume|ecr\/repository|route53\/zone|cognito\/userPool|sqs\/queue):/,
];
/** Settings of a stateful thing that hold nothing themselves. */
const statelessTypes = /^aws:\w+\/\w*(parameter|option|subnet|security|user)Group:/i;

export function isStateful(type: string): boolean {
    return statefulTypes.some((pattern) => pattern.test(type)) && !statelessTypes.test(type);
}

/** Something in the account. */
export function isReal({ type, old, new: next }: StepMetadata): boolean {
    return (next ?? old)?.custom === true && !type.startsWith("pulumi:");
}

/** One change a resource, in the order in which the engine came to them; what stays as it is, is left out. */
export function changesOf(events: readonly EngineEvent[]): Change[] {
    const changes = new Map<string, Change>();
    for (const { resourcePreEvent } of events) {
        const metadata = resourcePreEvent?.metadata;
        const verb = metadata && verbs[metadata.op];
        if (metadata === undefined || verb === undefined || metadata.type === "pulumi:pulumi:Stack") continue;
        const known = changes.get(metadata.urn);
        const detailed = Object.entries(metadata.detailedDiff ?? {});
        const paths = detailed.map(([path]) => path);
        const undetailed = (metadata.diffs ?? []).filter((name) => !paths.some((path) => path.split(/[.[]/)[0] === name));
        const forcedBy = unique([
            ...(known?.forcedBy ?? []),
            ...(verb === "replace" ? (metadata.keys ?? []) : []),
            ...detailed.filter(([, { diffKind }]) => diffKind.endsWith("replace")).map(([path]) => path),
        ]);
        changes.set(metadata.urn, {
            verb: known !== undefined && known.verb !== verb ? "replace" : verb,
            type: metadata.type,
            name: nameOf(metadata.urn),
            urn: metadata.urn,
            real: isReal(metadata),
            forcedBy,
            properties: unique([...forcedBy, ...(known?.properties ?? []), ...paths, ...undetailed]),
            stateful: isStateful(metadata.type),
            retained: verb === "delete" && metadata.old?.retainOnDelete === true,
        });
    }
    return [...changes.values()];
}

/** Whether the stack would answer something else to those who refer to it, although no resource changes. */
export function outputsDiffer(events: readonly EngineEvent[]): boolean {
    return events.some(({ resOutputsEvent }) => {
        const { type, old, new: next } = resOutputsEvent?.metadata ?? {};
        return type === "pulumi:pulumi:Stack" && JSON.stringify(old?.outputs ?? {}) !== JSON.stringify(next?.outputs ?? {});
    });
}

export function violationsOf(events: readonly EngineEvent[]): Violation[] {
    const violations = events.flatMap(({ policyEvent }) =>
        policyEvent === undefined
            ? []
            : [
                  {
                      rule: policyEvent.policyName,
                      pack: policyEvent.policyPackName,
                      mandatory: policyEvent.enforcementLevel === "mandatory",
                      urn: policyEvent.resourceUrn,
                      message: plain(policyEvent.message),
                  },
              ],
    );
    // A rule of the whole stack is asked in preview and again in the update.
    return [...new Map(violations.map((violation) => [JSON.stringify(violation), violation])).values()];
}

export function failuresOf(events: readonly EngineEvent[]): Failure[] {
    const failures = events.flatMap(({ diagnosticEvent }) =>
        diagnosticEvent?.severity === "error" ? [{ urn: diagnosticEvent.urn, message: plain(diagnosticEvent.message) }] : [],
    );
    // What was cut short because something else failed, and that the run failed, tell nothing beside the cause.
    const telling = failures.filter(
        ({ message }) => !/^((preview|update|destroy|refresh) (failed|canceled)|failed to run \w+: context canceled)$/.test(message),
    );
    return [...new Map(telling.map((failure) => [JSON.stringify(failure), failure])).values()];
}

/** The last part of a URN is the resource's name. */
export function nameOf(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

/** `urn:…::terrace:network:Network$aws:ec2/vpc:Vpc::network` is of type `aws:ec2/vpc:Vpc`. */
export function typeOf(urn: string): string {
    const types = urn.split("::")[2] ?? "";
    return types.slice(types.lastIndexOf("$") + 1);
}

/** `aws:rds/instance:Instance` as people say it: `rds/instance`. */
export function shortType(type: string): string {
    const [provider, module = "", kind = ""] = type.split(":");
    if (provider === "aws") return module;
    return provider === "terrace" || provider === "pulumi" ? `${module}/${kind}` : type;
}

/** Without the engine's colour marks and the frame it puts around a provider's error. */
function plain(message: string): string {
    return message
        .replaceAll(/<\{%[^%]*%\}>/g, "")
        .replace(/^\s*\S+ re-running.*\n/, "")
        .trim();
}

function unique(names: readonly string[]): string[] {
    return [...new Set(names)];
}
