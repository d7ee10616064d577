/**
 * Things that go wrong on demand, so that a failure and the way out of it can be practised.
 */
export const operations = ["create", "update", "delete", "read"] as const;
export type Operation = (typeof operations)[number];

export const faultKinds = {
    refuse: "AWS answers with an internal failure or a lack of capacity; nothing was done",
    throttle: "AWS asks to slow down; the provider tries again by itself, only the log shows it",
    lostAnswer: "AWS did it, but the answer never arrives: it stays in the account and the engine does not know it",
    halfway: "it was begun and failed on the way: the engine keeps it as partly created",
    kill: "the connection to the cloud dies before the call is carried out",
} as const;
export type FaultKind = keyof typeof faultKinds;

export interface Fault {
    /** `rds/instance`, or `*` for every type. */
    readonly type: string;
    readonly operation: Operation;
    readonly times: number;
    readonly kind?: FaultKind;
}

function isOperation(text: string): text is Operation {
    return (operations as readonly string[]).includes(text);
}

function isKind(text: string): text is FaultKind {
    return Object.hasOwn(faultKinds, text);
}

/** `rds/instance:create`, `rds/instance:create:2`, `rds/instance:create:2:lostAnswer`, `rds/instance:create:throttle`. */
export function parseFault(text: string): Fault {
    const [type = "", operation = "", ...rest] = text.split(":");
    let times = 1;
    let kind: FaultKind = "refuse";
    if (!/^(\*|[a-z][\w]*\/[a-z][\w]*)$/i.test(type))
        throw new Error(`--fail ${text}: expected a resource type such as "rds/instance" before the first colon, got "${type}"`);
    if (!isOperation(operation))
        throw new Error(`--fail ${text}: expected one of ${operations.join(", ")} after the type, got "${operation}"`);
    for (const part of rest) {
        if (/^[1-9]\d{0,5}$/.test(part)) times = Number(part);
        else if (isKind(part)) kind = part;
        else throw new Error(`--fail ${text}: expected how many times, or one of ${Object.keys(faultKinds).join(", ")}, got "${part}"`);
    }
    return { type, operation, times, kind };
}

/** Counts down what was ordered. */
export class Faults {
    readonly #left: { readonly fault: Fault; times: number }[];

    public constructor(faults: readonly Fault[]) {
        this.#left = faults.map((fault) => ({ fault, times: fault.times }));
    }

    /** The next fault for this call, which is then used up. */
    public next(type: string, operation: Operation): FaultKind | undefined {
        const due = this.#left.find(({ fault, times }) => times > 0 && fault.operation === operation && [type, "*"].includes(fault.type));
        if (!due) return undefined;
        due.times -= 1;
        return due.fault.kind ?? "refuse";
    }
}

/** What AWS says when it cannot, by service; the rest say InternalFailure. */
const inability: { readonly [type: string]: string } = {
    "rds/instance":
        "InsufficientDBInstanceCapacity: Cannot create a database instance because there are not enough Availability Zones with the requested instance class.",
    "rds/clusterInstance":
        "InsufficientDBInstanceCapacity: Cannot create a database instance because there are not enough Availability Zones with the requested instance class.",
    "ec2/instance": "InsufficientInstanceCapacity: We currently do not have sufficient capacity in the Availability Zone you requested.",
    "autoscaling/group":
        "Failed scaling activity: InsufficientInstanceCapacity: We currently do not have sufficient capacity in the zones you requested.",
    "elasticache/replicationGroup":
        "InsufficientCacheClusterCapacity: The requested cache node type is not available in the specified Availability Zone.",
};

export function refusalOf(type: string, operation: Operation): string {
    const words = operation === "create" ? inability[type] : undefined;
    return `${words ?? "InternalFailure: The request processing has failed because of an unknown error, exception or failure."} (ordered with --fail ${type}:${operation})`;
}
