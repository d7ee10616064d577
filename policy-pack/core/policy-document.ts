/** IAM policy documents, read as documents: a search in their text takes a Deny for an Allow. */
import { internetBlocks } from "./internet.ts";
import { known, unknownSentinels, type Values } from "./values.ts";

export interface Condition {
    /** Lower case, without `ForAnyValue:` and `IfExists`. */
    readonly operator: string;
    readonly key: string;
    readonly values: readonly string[];
    /** `…IfExists` and `ForAllValues:` let a request through that does not carry the key at all. */
    readonly passesWithoutKey: boolean;
}

export interface Statement {
    readonly path: string;
    readonly sid: string | undefined;
    readonly allows: boolean;
    readonly actions: readonly string[];
    readonly notActions: readonly string[];
    readonly resources: readonly string[];
    readonly notResources: readonly string[];
    /** `*` for anybody, else `AWS:arn…`, `Service:ec2.amazonaws.com`, `Federated:…`. */
    readonly principals: readonly string[];
    readonly notPrincipals: readonly string[];
    readonly conditions: readonly Condition[];
}

/** The statements of the document that a property holds, as text or as an object. Undefined where nothing is set or it is no document. */
export function documentAt(values: Values, path: string): readonly Statement[] | undefined {
    const raw = values.raw(path);
    if (raw === undefined) {
        return undefined;
    }
    const at = values.pathOf(path);
    return parseDocument(raw, at);
}

export function parseDocument(raw: unknown, at: string): readonly Statement[] | undefined {
    let document = raw;
    if (typeof raw === "string") {
        try {
            document = JSON.parse(raw);
        } catch {
            return undefined;
        }
    }
    if (document === null || typeof document !== "object") {
        return undefined;
    }
    const statements = known(member(document, "Statement"), `${at}.Statement`);
    return (Array.isArray(statements) ? statements : [statements]).flatMap((statement, index) =>
        (statement !== null && typeof statement === "object") || unknownSentinels.has(statement)
            ? [parseStatement(statement, `${at}.Statement[${index}]`)]
            : [],
    );
}

/** Each member is read when it is asked for, so that an unknown `Resource` does not hide who is refused what. */
function parseStatement(statement: unknown, path: string): Statement {
    const part = (key: string): unknown => member(known(statement, path) as object, key);
    const texts = (key: string): readonly string[] => textsOf(part(key), `${path}.${key}`);
    const lowered = (key: string): readonly string[] => texts(key).map((action) => action.toLowerCase());
    return {
        path,
        get sid() {
            const sid = part("Sid");
            return typeof sid === "string" ? sid : undefined;
        },
        get allows() {
            return String(known(part("Effect"), `${path}.Effect`)).toLowerCase() === "allow";
        },
        get actions() {
            return lowered("Action");
        },
        get notActions() {
            return lowered("NotAction");
        },
        get resources() {
            return texts("Resource");
        },
        get notResources() {
            return texts("NotResource");
        },
        get principals() {
            return principals(part("Principal"), `${path}.Principal`);
        },
        get notPrincipals() {
            return principals(part("NotPrincipal"), `${path}.NotPrincipal`);
        },
        get conditions() {
            return conditions(part("Condition"), `${path}.Condition`);
        },
    };
}

function principals(raw: unknown, path: string): readonly string[] {
    const value = known(raw, path);
    if (typeof value === "string") {
        return [value];
    }
    if (value === null || typeof value !== "object") {
        return [];
    }
    return Object.entries(value).flatMap(([kind, ids]) =>
        textsOf(ids, `${path}.${kind}`).map((id) => (id === "*" && kind === "AWS" ? "*" : `${kind}:${id}`)),
    );
}

function conditions(raw: unknown, path: string): readonly Condition[] {
    const value = known(raw, path);
    if (value === null || typeof value !== "object") {
        return [];
    }
    return Object.entries(value).flatMap(([operator, keys]) =>
        Object.entries((known(keys, path) ?? {}) as object).map(([key, values]) => ({
            operator: operator
                .toLowerCase()
                .replace(/^for(any|all)values?:/, "")
                .replace(/ifexists$/, ""),
            key: key.toLowerCase(),
            values: textsOf(values, `${path}.${operator}`),
            passesWithoutKey: /^forallvalues:|ifexists$/i.test(operator),
        })),
    );
}

function member(value: object, name: string): unknown {
    return (value as Record<string, unknown>)[name] ?? undefined;
}

/** A text made of an unknown holds the sentinel inside; it still is a text, and patterns over it stay meaningful. */
function textsOf(raw: unknown, path: string): readonly string[] {
    const value = known(raw, path);
    if (value === undefined || value === null) {
        return [];
    }
    return (Array.isArray(value) ? value : [value]).map((each) => String(known(each, path)));
}

/** Keys that, compared with a fixed value, leave nobody but the owner's own accounts, network or callers. */
const narrowing = new Set(
    [
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:SourceOwner",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:SourceIp",
        "aws:VpcSourceIp",
        "aws:userid",
        "kms:CallerAccount",
        "kms:ViaService",
        "s3:DataAccessPointAccount",
        "s3:DataAccessPointArn",
        "elasticfilesystem:AccessedViaMountTarget",
    ].map((key) => key.toLowerCase()),
);

const equals = new Set(["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress", "bool"]);

/** Whether the conditions leave out strangers. A condition that any caller meets, such as a wildcard, narrows nothing. */
export function isNarrowed(statement: Statement): boolean {
    return statement.conditions.some(
        (condition) =>
            narrowing.has(condition.key) &&
            equals.has(condition.operator) &&
            !condition.passesWithoutKey &&
            condition.values.length > 0 &&
            internetBlocks(condition.values).length === 0 &&
            !condition.values.some(meansAnybody),
    );
}

/** `*`, and an ARN of any account: `arn:aws:iam::*:root`, `arn:aws:s3:::*`. Where a service writes no account, the name must begin with a letter. */
function meansAnybody(value: string): boolean {
    const [scheme, , , , account = "", resource = ""] = value.split(":");
    return /^[*?]+$/.test(value) || (scheme === "arn" && (/[*?]/.test(account) || (account === "" && /^[*?]/.test(resource))));
}

/** Whether anybody at all may do what the statement allows. */
export function allowsAnybody(statement: Statement): boolean {
    return statement.allows && (statement.principals.includes("*") || statement.notPrincipals.length > 0) && !isNarrowed(statement);
}

/** Whether `pattern`, with AWS's `*` and `?`, covers `action`. Both in lower case. */
export function covers(pattern: string, action: string): boolean {
    if (pattern === "*" || pattern === action) {
        return true;
    }
    if (!pattern.includes("*") && !pattern.includes("?")) {
        return false;
    }
    const expression = pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".");
    return new RegExp(`^${expression}$`).test(action);
}

/** Whether the statement, by `Action` or by what `NotAction` leaves over, allows `action`. */
export function allowsAction(statement: Statement, action: string): boolean {
    const wanted = action.toLowerCase();
    return (
        statement.allows &&
        (statement.actions.some((pattern) => covers(pattern, wanted)) ||
            (statement.notActions.length > 0 && !statement.notActions.some((pattern) => covers(pattern, wanted))))
    );
}

/** Whether every principal is refused when the request came without TLS, on all that `actions` name. */
export function deniesPlainTransport(statement: Statement): boolean {
    return (
        !statement.allows &&
        meansEverybody(statement) &&
        statement.conditions.some(
            (condition) => condition.operator === "bool" && condition.key === "aws:securetransport" && condition.values.includes("false"),
        )
    );
}

/** Whether every principal is meant, in whichever way of writing it. */
export function meansEverybody(statement: Statement): boolean {
    return statement.principals.includes("*") || statement.principals.some((id) => id.endsWith(":*"));
}
