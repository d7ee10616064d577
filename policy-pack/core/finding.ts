/** The answers a rule can give, and how answers about parts join into the answer about the whole. */
import { UnknownValue } from "./values.ts";

export interface Violation {
    /** Property that is wrong, as it is written in the program. */
    readonly path: string;
    /** What was expected and what was got, in one line. */
    readonly message: string;
}

export type Finding =
    | { readonly kind: "compliant" }
    | { readonly kind: "violation"; readonly violations: readonly Violation[] }
    | { readonly kind: "notApplicable"; readonly reason: string }
    /** A value that decides is not known before the deploy. */
    | { readonly kind: "undetermined"; readonly path: string };

export const compliant: Finding = Object.freeze({ kind: "compliant" });

export function violation(path: string, message: string): Finding {
    return { kind: "violation", violations: [{ path, message }] };
}

export function notApplicable(reason: string): Finding {
    return { kind: "notApplicable", reason };
}

/** Gives the answer of `judge`; an unknown value on its way is an answer too. */
export function attempt(judge: () => Finding): Finding {
    try {
        return judge();
    } catch (problem) {
        if (problem instanceof UnknownValue) {
            return { kind: "undetermined", path: problem.path };
        }
        throw problem;
    }
}

/** All must hold. One violation is enough to refuse, whatever else is unknown; one unknown is enough not to pass. */
export function all(...judges: readonly (() => Finding)[]): Finding {
    return join(judges.map(attempt));
}

/** `all` over a list. An empty list is compliant. */
export function each<T>(items: readonly T[], judge: (item: T, index: number) => Finding): Finding {
    return items.length === 0 ? compliant : join(items.map((item, index) => attempt(() => judge(item, index))));
}

function join(findings: readonly Finding[]): Finding {
    const violations = findings.flatMap((finding) => (finding.kind === "violation" ? finding.violations : []));
    return violations.length > 0
        ? { kind: "violation", violations }
        : (findings.find((finding) => finding.kind === "undetermined") ??
              findings.find((finding) => finding.kind === "compliant") ??
              findings[0] ??
              compliant);
}
