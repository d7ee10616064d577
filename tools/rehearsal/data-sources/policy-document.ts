/** Renders an IAM policy document as the AWS provider does: the same order of keys, single values as text, lists sorted downwards. */
import { CloudError } from "../protocol.ts";
import { isList, isObject, type Json, type Props, textOf, textsOf } from "../values.ts";
import type { DataSource } from "./index.ts";

type Statement = { [key: string]: Json };

function oneOrMany(values: readonly string[]): Json | undefined {
    if (values.length === 0) return undefined;
    return values.length === 1 ? (values[0] ?? "") : [...values].sort().reverse();
}

function principals(value: Json | undefined): Json | undefined {
    if (!isList(value) || value.length === 0) return undefined;
    const byType = new Map<string, Set<string>>();
    for (const item of value) {
        if (!isObject(item)) continue;
        const type = textOf(item.type) ?? "";
        byType.set(type, new Set([...(byType.get(type) ?? []), ...textsOf(item.identifiers)]));
    }
    const everybody = byType.get("*");
    if (byType.size === 1 && everybody?.size === 1 && everybody.has("*")) return "*";
    return Object.fromEntries([...byType].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, ids]) => [type, oneOrMany([...ids]) ?? ""]));
}

function conditions(value: Json | undefined): Json | undefined {
    if (!isList(value) || value.length === 0) return undefined;
    const tests: { [test: string]: { [variable: string]: Json } } = {};
    for (const item of value) {
        if (!isObject(item)) continue;
        const test = textOf(item.test) ?? "";
        const values = isList(item.values) ? item.values.map(String) : [];
        const variables = tests[test] ?? {};
        variables[textOf(item.variable) ?? ""] = values.length === 1 ? (values[0] ?? "") : values;
        tests[test] = variables;
    }
    return sorted(tests);
}

function sorted(value: { readonly [key: string]: Json }): Json {
    return Object.fromEntries(
        Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, isObject(inner) ? sorted(inner) : inner]),
    );
}

function statement(item: Props): Statement {
    const parts: { [key: string]: Json | undefined } = {
        Sid: textOf(item.sid),
        Effect: textOf(item.effect) ?? "Allow",
        Action: oneOrMany(textsOf(item.actions)),
        NotAction: oneOrMany(textsOf(item.notActions)),
        Resource: oneOrMany(textsOf(item.resources)),
        NotResource: oneOrMany(textsOf(item.notResources)),
        Principal: principals(item.principals),
        NotPrincipal: principals(item.notPrincipals),
        Condition: conditions(item.conditions),
    };
    if (parts.Effect !== "Allow" && parts.Effect !== "Deny")
        throw new CloudError(
            `expected effect to be one of ["Allow" "Deny"], got ${JSON.stringify(parts.Effect)} in iam.getPolicyDocument.`,
        );
    return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Statement;
}

function parsed(text: string): { readonly [key: string]: Json } {
    try {
        const document = JSON.parse(text) as Json;
        return isObject(document) ? document : {};
    } catch {
        throw new CloudError(`iam.getPolicyDocument: a source or override document is not JSON: ${text.slice(0, 60)}`);
    }
}

function statementsOf(text: string): Statement[] {
    const found = parsed(text).Statement;
    return (isList(found) ? found : found === undefined ? [] : [found]).flatMap((item) => (isObject(item) ? [{ ...item }] : []));
}

/** A later statement with the same Sid takes the place of the earlier one. */
function merge(into: Statement[], more: readonly Statement[], replace: boolean): void {
    for (const item of more) {
        const at = item.Sid === undefined || item.Sid === "" ? -1 : into.findIndex((known) => known.Sid === item.Sid);
        if (at >= 0 && !replace)
            throw new CloudError(
                `duplicate Sid "${String(item.Sid)}" in iam.getPolicyDocument: give each statement its own, or override it.`,
            );
        if (at >= 0) into[at] = item;
        else into.push(item);
    }
}

export const policyDocument: DataSource = ({ args }) => {
    const all: Statement[] = [];
    for (const source of [...textsOf(args.sourceJson), ...textsOf(args.sourcePolicyDocuments)]) merge(all, statementsOf(source), false);
    const own = isList(args.statements) ? args.statements.flatMap((item) => (isObject(item) ? [statement({ ...item })] : [])) : [];
    const seen = new Set<Json>();
    for (const { Sid } of own) {
        if (Sid === undefined) continue;
        if (seen.has(Sid)) throw new CloudError(`duplicate Sid "${String(Sid)}" in iam.getPolicyDocument: give each statement its own.`);
        seen.add(Sid);
    }
    merge(all, own, true);
    for (const source of [...textsOf(args.overrideJson), ...textsOf(args.overridePolicyDocuments)]) merge(all, statementsOf(source), true);
    const id = textOf(args.policyId);
    const document = { Version: textOf(args.version) ?? "2012-10-17", ...(id === undefined ? {} : { Id: id }), Statement: all };
    const json = JSON.stringify(document, null, 2);
    return { json, minifiedJson: JSON.stringify(document), id: String(json.length) };
};
