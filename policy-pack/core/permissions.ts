/** How far a permission reaches: which resources a statement means, and whether the rest of its document takes it back. */
import { readFileSync } from "node:fs";
import { allowsAction, covers, documentAt, type Statement } from "./policy-document.ts";
import type { ResourceView } from "./resource.ts";

/** Resources that hold documents of permissions for principals. */
export const permissionTypes = [
    "iam/policy",
    "iam/rolePolicy",
    "iam/userPolicy",
    "iam/groupPolicy",
    "iam/role",
    "ssoadmin/permissionSetInlinePolicy",
];

/** Functions, because one document that is not known yet must not hide another. */
export function permissionDocuments(resource: ResourceView): readonly (() => readonly Statement[])[] {
    const document = (values: Parameters<typeof documentAt>[0], path: string) => () => documentAt(values, path) ?? [];
    if (resource.type === "iam/role") {
        return resource.list("inlinePolicies").map((inline) => document(inline, "policy"));
    }
    return [document(resource, resource.type === "ssoadmin/permissionSetInlinePolicy" ? "inlinePolicy" : "policy")];
}

/** Services whose actions name another service's resources. */
const ownerOf: Readonly<Record<string, string>> = { sts: "iam" };

/** First words of resource names that say what kind of thing follows. Buckets, topics and queues have none: theirs is the name itself. */
const kinds =
    "alias|cluster|db|dbuser|deliverystream|distribution|document|event-bus|file-system|function|group|hostedzone|instance|instance-profile|" +
    "key|log-group|parameter|policy|replicationgroup|repository|role|rule|secret|service|snapshot|stateMachine|stream|table|task|user|volume";

/** `table/*`, `secret:*`, `*`: every resource of a kind. */
const every = new RegExp(`^((${kinds})[/:])?[*/]*\\*$`);

interface Pattern {
    readonly service: string;
    readonly account: string;
    readonly name: string;
}

/** The parts of an ARN that a wildcard may stand for; a pattern that ends early in `*` means all that follows. */
function partsOf(pattern: string): Pattern | undefined {
    if (/^\*+$/.test(pattern)) {
        return { service: "*", account: "*", name: "*" };
    }
    const [arn, , service = "*", , account = "*", ...rest] = pattern.split(":");
    const whole = rest.length > 0 || pattern.endsWith("*");
    return arn === "arn" && whole ? { service, account, name: rest.length > 0 ? rest.join(":") : "*" } : undefined;
}

/** Whether a resource pattern means every resource that `action` can touch, in some account. */
function meansEvery(pattern: string, action: string): boolean {
    const parts = partsOf(pattern);
    const own = action.slice(0, action.indexOf(":"));
    return parts !== undefined && covers(parts.service, ownerOf[own] ?? own) && every.test(parts.name);
}

/** Whether the statement means every resource of the account that `action` can touch. */
export function reachesEvery(statement: Statement, action: string): boolean {
    return statement.notResources.length > 0 || statement.resources.some((pattern) => meansEvery(pattern, action));
}

/** As `reachesEvery`, in accounts that are not named either: what nobody thought about, where the other may be meant. */
export function reachesAnywhere(statement: Statement, action: string): boolean {
    return (
        statement.notResources.length > 0 ||
        statement.resources.some((pattern) => meansEvery(pattern, action) && /^\**$/.test(partsOf(pattern)?.account ?? ""))
    );
}

/** Keys that say when, whence and by whom, and leave open what is touched. */
const beside =
    /^aws:(securetransport|multifactorauth|requestedregion|currenttime|epochtime|tokenissuetime|useragent|referer|sourceip|principal|resourceaccount|resourceorg)|^s3:tlsversion$/;

/** Whether a condition holds the statement to certain resources, services or requests. */
export function isHeld(statement: Statement): boolean {
    return statement.conditions.some(
        (condition) =>
            !beside.test(condition.key) &&
            !/not(equals|like)/.test(condition.operator) &&
            condition.values.length > 0 &&
            condition.values.every((value) => value !== "*"),
    );
}

/** Whether another statement of the document refuses `action` whatever the resource and the circumstances. */
function takesBack(statements: readonly Statement[], action: string): boolean {
    const wanted = action.toLowerCase();
    return statements.some(
        (statement) =>
            !statement.allows &&
            statement.actions.some((pattern) => covers(pattern, wanted)) &&
            statement.conditions.length === 0 &&
            statement.resources.includes("*"),
    );
}

/** Whether `statement` lets its holder do `action` to every resource there is. */
export function grantsOnEvery(statement: Statement, action: string, document: readonly Statement[]): boolean {
    return allowsAction(statement, action) && reachesEvery(statement, action) && !isHeld(statement) && !takesBack(document, action);
}

/** Whether the statement allows everything there is on everything. */
export function isAdministration(statement: Statement): boolean {
    return (
        statement.allows &&
        statement.actions.some((action) => /^[*:]*\*$/.test(action)) &&
        statement.resources.some((pattern) => {
            const parts = partsOf(pattern);
            return parts !== undefined && /^\*+$/.test(parts.service) && /^[*/:]+$/.test(parts.name);
        })
    );
}

interface WritingActions {
    readonly actions: Readonly<Record<string, string>>;
}

/** Lower-case action → its name as AWS writes it, by service. */
let writing: ReadonlyMap<string, ReadonlyMap<string, string>> | undefined;

function writingTable(): ReadonlyMap<string, ReadonlyMap<string, string>> {
    if (writing === undefined) {
        const { actions } = JSON.parse(readFileSync(new URL("./facts/writing-actions.json", import.meta.url), "utf8")) as WritingActions;
        writing = new Map(
            Object.entries(actions).map(([service, names]) => [
                service,
                new Map(names.split(" ").map((name) => [`${service}:${name.toLowerCase()}`, `${service}:${name}`])),
            ]),
        );
    }
    return writing;
}

/** Among the actions that the statement allows, those that change something and that AWS can hold to named resources. */
export function writesOf(statement: Statement): readonly string[] {
    return [...new Set(statement.actions.flatMap(namedBy))];
}

function namedBy(pattern: string): readonly string[] {
    const names = writingTable().get(pattern.slice(0, pattern.indexOf(":")));
    if (names === undefined) {
        return [];
    }
    const exact = names.get(pattern);
    return exact === undefined ? [...names].filter(([name]) => covers(pattern, name)).map(([, name]) => name) : [exact];
}
