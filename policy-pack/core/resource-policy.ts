/** Policies that hang on a resource (a topic, a queue, a table): who is let in, and whether plain HTTP is. */
import { compliant, each, type Finding, violation } from "./finding.ts";
import { allowsAnybody, covers, deniesPlainTransport, documentAt, type Statement } from "./policy-document.ts";
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";
import { UnknownValue, type Values } from "./values.ts";

/** Where a resource's policy stands when it is a resource of its own. */
export interface PolicyPlace {
    readonly type: string;
    /** Property that names the resource. */
    readonly property: string;
}

/** Refuses each statement by which anybody at all is let in. */
export function letsNobodyIn(values: Values, path = "policy"): Finding {
    return each(documentAt(values, path) ?? [], (statement) =>
        allowsAnybody(statement)
            ? violation(statement.path, "expected named principals, or a condition on the account or organisation, got everybody")
            : compliant,
    );
}

/** Refuses a resource whose policies, inline and split, do not turn away `action` without TLS. */
export function refusesPlainTransport(resource: ResourceView, place: PolicyPlace, action: string, stack: StackView): Finding {
    const holders = policyHolders(resource, place, stack);
    if (holders.length === 0) {
        return violation("", `expected a policy that refuses ${action} without TLS, got no policy`);
    }
    const refuses = (statement: Statement): boolean =>
        deniesPlainTransport(statement) && statement.actions.some((pattern) => covers(pattern, action.toLowerCase()));
    return someStatement(holders, refuses)
        ? compliant
        : violation("policy", `expected a Deny of ${action} for everybody where aws:SecureTransport is false, got none`);
}

export function policyHolders(resource: ResourceView, place: PolicyPlace, stack: StackView): readonly ResourceView[] {
    return [resource, ...stack.referrers(resource, place.type, place.property)].filter((holder) => holder.has("policy"));
}

/** Whether the policies hold such a statement. What is not known yet hides no other one, and is told only where none was found. */
export function someStatement(holders: readonly ResourceView[], matches: (statement: Statement) => boolean): boolean {
    let hidden: UnknownValue | undefined;
    const seen = <T>(holder: ResourceView, look: () => T, otherwise: T): T => {
        try {
            return look();
        } catch (problem) {
            if (!(problem instanceof UnknownValue)) {
                throw problem;
            }
            hidden ??= new UnknownValue(`${holder.name}.${problem.path}`);
            return otherwise;
        }
    };
    const found = holders.some((holder) =>
        seen(holder, () => documentAt(holder, "policy") ?? [], []).some((statement) => seen(holder, () => matches(statement), false)),
    );
    if (!found && hidden !== undefined) {
        throw hidden;
    }
    return found;
}
