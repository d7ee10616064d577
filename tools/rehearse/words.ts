/**
 * How a rehearsal is told to a person. Pure: data in, lines out.
 */
import { styleText } from "node:util";
import type { Fault } from "../rehearsal/faults.ts";
import { type Change, type Failure, nameOf, shortType, typeOf, type Verb, type Violation } from "./changes.ts";

export interface Component {
    readonly name: string;
    readonly type: string;
    readonly resources: number;
}

const marks: { readonly [verb in Verb]: readonly [mark: string, word: string, colour: "green" | "yellow" | "magenta" | "red"] } = {
    create: ["+", "created", "green"],
    update: ["~", "changed", "yellow"],
    replace: ["±", "replaced", "magenta"],
    delete: ["-", "deleted", "red"],
};

const shownProperties = 6;
const shownResources = 8;
/** A first `up` creates everything; the list of it says less than the counts. */
const shownCreations = 12;
/** So many changes of the same properties are told as one. */
const shownAlike = 12;
/** A rule's message is a few lines; a list of what waits for the deploy may be any number. */
const shownLines = 8;

/** `198 created, 2 changed`, in the order of the marks. */
export function countChanges(changes: readonly Change[]): string {
    const counts = Object.entries(marks).flatMap(([verb, [, word]]) => {
        const count = changes.filter((change) => change.real && change.verb === verb).length;
        return count > 0 ? [`${count} ${word}`] : [];
    });
    return counts.join(", ") || "nothing in the account";
}

/** What would change, or has changed: a line a resource, what a person must not overlook last, where it is seen. */
export function describeChanges(changes: readonly Change[]): string[] {
    const creations = changes.filter(({ real, verb }) => real && verb === "create");
    const others = changes.filter(({ real, verb }) => (real && verb !== "create") || (!real && (verb === "update" || verb === "replace")));
    const shown = creations.length > shownCreations ? byType(creations) : creations.map(describeChange);
    return [...shown, ...describeOthers(others), ...warnOfLosses(changes)];
}

function byType(creations: readonly Change[]): string[] {
    const counts = new Map<string, number>();
    for (const { type } of creations) counts.set(type, (counts.get(type) ?? 0) + 1);
    const several = [...counts].filter(([, count]) => count > 1).sort(([, a], [, b]) => b - a);
    const single = counts.size - several.length;
    const listed = several.map(([type, count]) => `${count} ${shortType(type)}`);
    const rest =
        single === 0 ? [] : [`${several.length > 0 ? "and " : ""}${single} of ${single === 1 ? "another kind" : "as many other kinds"}`];
    return wrap([...listed, ...rest], 110).map((line, index) => `  ${index === 0 ? coloured("green", "+") : " "} ${line}`);
}

/** A new tag changes everything alike; that is one line, and what else changes must be seen beside it. */
function describeOthers(changes: readonly Change[]): string[] {
    const alike = new Map<string, Change[]>();
    for (const change of changes) {
        const key = change.verb === "update" && change.real ? change.properties.join(", ") : change.urn;
        alike.set(key, [...(alike.get(key) ?? []), change]);
    }
    return [...alike.values()].flatMap((group) => {
        const [first] = group as [Change];
        if (group.length <= shownAlike) return group.map(describeChange);
        return [`  ${coloured("yellow", marks.update[0])} ${group.length} resources of any type: ${listProperties(first.properties)}`];
    });
}

function listProperties(names: readonly string[]): string {
    const more = names.length - shownProperties;
    return names.slice(0, shownProperties).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function describeChange({ verb, type, name, properties, forcedBy, retained }: Change): string {
    const [mark, , colour] = marks[verb];
    const names = verb === "replace" && forcedBy.length > 0 ? forcedBy : properties;
    const listed = listProperties(names);
    const because = verb === "replace" && forcedBy.length > 0 ? `forced by ${listed}` : listed;
    const detail = verb === "update" || verb === "replace" ? because : retained ? "leaves the stack, stays in the account" : "";
    return `  ${coloured(colour, mark)} ${shortType(type).padEnd(34)} ${name}${detail && `  (${detail})`}`;
}

/** Replacing or deleting what holds data is never one line among others. */
export function warnOfLosses(changes: readonly Change[]): string[] {
    const losses = changes.filter(({ stateful, verb, retained }) => stateful && !retained && (verb === "replace" || verb === "delete"));
    if (losses.length === 0) return [];
    return [
        "",
        coloured(
            "red",
            `  ${losses.length === 1 ? "One resource that holds" : `${losses.length} resources that hold`} data would be lost:`,
        ),
        ...losses.map(({ verb, type, name, forcedBy }) =>
            coloured(
                "red",
                `    ${verb === "delete" ? "DELETED" : "REPLACED"}  ${shortType(type)}  ${name}${forcedBy.length > 0 ? `, because ${forcedBy.join(", ")} cannot be changed in place` : ""}`,
            ),
        ),
    ];
}

/** Rule, resources, fix: in that order, since the fix is what the reader goes on with. What a rule says of many resources is said once. */
export function describeViolations(violations: readonly Violation[]): string[] {
    const groups = new Map<string, Violation[]>();
    for (const violation of violations) {
        const key = JSON.stringify([violation.rule, violation.message]);
        groups.set(key, [...(groups.get(key) ?? []), violation]);
    }
    return [...groups.values()].flatMap((group) => {
        const [{ rule, mandatory, message }] = group as [Violation];
        const resources = group.flatMap(({ urn }) =>
            urn === undefined || isStack(urn) ? [] : [`${shortType(typeOf(urn))}  ${nameOf(urn)}`],
        );
        const more = resources.length - shownResources;
        return [
            `  ${coloured(mandatory ? "red" : "yellow", mandatory ? "refused" : "advised")}  ${rule}`,
            ...resources.slice(0, shownResources).map((resource) => `    on  ${resource}`),
            ...(more > 0 ? [`    and ${more} more`] : []),
            ...shortened(message.split("\n")).map((line) => `    ${line.trimStart()}`.trimEnd()),
            "",
        ];
    });
}

/** Pulumi takes four lines for each protected resource, with a command that would lift the protection of that one. */
const ofProtection = /cannot be deleted\s+because it is protected/;

export function describeFailures(failures: readonly Failure[]): string[] {
    const guarded = failures.filter(({ message }) => ofProtection.test(message));
    const others = failures.filter(({ message }) => !ofProtection.test(message));
    const listed = guarded.map(({ urn }) => `    ${urn === undefined ? "" : `${shortType(typeOf(urn))}  ${nameOf(urn)}`}`);
    return [
        ...(guarded.length > 0 ? [`  ${coloured("red", "Protected")}, so nothing is deleted:`, ...listed, ""] : []),
        ...others.flatMap(({ urn, message }) => [
            ...(urn === undefined || isStack(urn) ? [] : [`  ${coloured("red", shortType(typeOf(urn)))}  ${nameOf(urn)}`]),
            ...message.split("\n").map((line) => `    ${line}`.trimEnd()),
            "",
        ]),
    ];
}

/** An ordered failure that met nothing would look like a success. */
export function describeUnusedFaults(faults: readonly Fault[], changes: readonly Change[]): string[] {
    return faults
        .filter(({ type, operation }) => !changes.some((change) => isHit(change, type, operation)))
        .map(
            ({ type, operation }) =>
                `  ${coloured("yellow", "No failure")}: nothing of type ${type} was there to ${operation}. \`--fresh\` begins with an empty account.`,
        );
}

function isHit(change: Change, type: string, operation: Fault["operation"]): boolean {
    const verbs: { readonly [verb in Verb]: readonly string[] } = {
        create: ["create"],
        update: ["update"],
        replace: ["create", "delete"],
        delete: ["delete"],
    };
    return (
        change.real && (type === "*" || shortType(change.type) === type) && (operation === "read" || verbs[change.verb].includes(operation))
    );
}

function isStack(urn: string): boolean {
    return typeOf(urn) === "pulumi:pulumi:Stack";
}

/** Components and what they hold, in three columns: a stack has about fifteen. */
export function describeComponents(components: readonly Component[]): string[] {
    const cells = components.map(({ name, resources }) => `${String(resources).padStart(4)} ${name}`);
    const width = Math.max(0, ...cells.map((cell) => cell.length)) + 3;
    const columns = Math.max(1, Math.floor(110 / width));
    return Array.from(
        { length: Math.ceil(cells.length / columns) },
        (_row, row) =>
            `  ${cells
                .slice(row * columns, (row + 1) * columns)
                .map((cell) => cell.padEnd(width))
                .join("")
                .trimEnd()}`,
    );
}

export function coloured(colour: "green" | "yellow" | "magenta" | "red" | "bold" | "dim", text: string): string {
    // styleText asks the stream, so a pipe and NO_COLOR get plain text.
    return styleText(colour, text, { stream: process.stdout });
}

export function duration(milliseconds: number): string {
    const seconds = milliseconds / 1000;
    return seconds < 10 ? `${seconds.toFixed(1)} s` : seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

function shortened(lines: readonly string[]): readonly string[] {
    if (lines.length <= shownLines) return lines;
    return [...lines.slice(0, shownLines - 1), `and ${lines.length - shownLines + 1} more lines; --json has them all`];
}

function wrap(entries: readonly string[], width: number): string[] {
    const lines: string[] = [];
    for (const entry of entries) {
        const line = lines.at(-1);
        if (line === undefined || line.length + entry.length + 2 > width) lines.push(entry);
        else lines[lines.length - 1] = `${line}, ${entry}`;
    }
    return lines.map((line, index) => (index < lines.length - 1 ? `${line},` : line));
}
