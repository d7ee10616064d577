/**
 * Makes mutants of a file of rules: the same text with one small fault in what decides. Words, levels and control ids decide nothing
 * and are left alone. Pure: mutation.ts brings the mutants to life.
 */
import ts from "typescript";

export interface Edit {
    readonly start: number;
    readonly end: number;
    readonly text: string;
}

export interface Mutant extends Edit {
    /** Counted from one. */
    readonly line: number;
    /** `=== → !==` */
    readonly what: string;
    /** The rule whose object holds the fault; undefined for what several rules share. */
    readonly rule: string | undefined;
}

/** Fields of a rule that are said about it and never asked, and defaults, which RULES.md lists and document.test.ts compares. */
const words = new Set(["id", "title", "why", "fix", "link", "severity", "levels", "controls", "parameters", "waivable"]);

const faults: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
    [ts.SyntaxKind.EqualsEqualsEqualsToken, ["!=="]],
    [ts.SyntaxKind.ExclamationEqualsEqualsToken, ["==="]],
    [ts.SyntaxKind.LessThanToken, ["<=", ">="]],
    [ts.SyntaxKind.LessThanEqualsToken, ["<", ">"]],
    [ts.SyntaxKind.GreaterThanToken, [">=", "<="]],
    [ts.SyntaxKind.GreaterThanEqualsToken, [">", "<"]],
    [ts.SyntaxKind.AmpersandAmpersandToken, ["||"]],
    [ts.SyntaxKind.BarBarToken, ["&&"]],
    [ts.SyntaxKind.PlusToken, ["-"]],
    [ts.SyntaxKind.MinusToken, ["+"]],
]);

const oppositeCalls: ReadonlyMap<string, string> = new Map([
    ["some", "every"],
    ["every", "some"],
]);

const refused = 'violation("", "a mutant")';

/** What a call is replaced by. */
const answers: ReadonlyMap<string, readonly string[]> = new Map([
    ["violation", ["compliant"]],
    ["notApplicable", ["compliant"]],
    ["expects", ["compliant", refused]],
]);

export function mutantsOf(text: string): readonly Mutant[] {
    const source = ts.createSourceFile("rules.ts", text, ts.ScriptTarget.Latest, true);
    const found: Mutant[] = [];
    const visit = (node: ts.Node, rule: string | undefined): void => {
        if (ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
            return;
        }
        if (ts.isPropertyAssignment(node) && isRule(node.parent) && words.has(node.name.getText())) {
            return;
        }
        const own = ts.isObjectLiteralExpression(node) ? (idOf(node) ?? rule) : rule;
        for (const edit of editsOf(node)) {
            const line = source.getLineAndCharacterOfPosition(edit.start).line + 1;
            found.push({ ...edit, line, what: `${short(text.slice(edit.start, edit.end))} → ${short(edit.text)}`, rule: own });
        }
        ts.forEachChild(node, (child) => visit(child, own));
    };
    visit(source, undefined);
    return found;
}

function short(text: string): string {
    const line = text.replace(/\s+/g, " ").trim();
    return line.length > 60 ? `${line.slice(0, 57)}…` : line || "nothing";
}

function isRule(node: ts.Node): boolean {
    return ts.isObjectLiteralExpression(node) && idOf(node) !== undefined;
}

/** A rule is the object that has both an id and a judge. */
function idOf(node: ts.ObjectLiteralExpression): string | undefined {
    const named = (name: string) => node.properties.find((property) => property.name?.getText() === name);
    const id = named("id");
    return named("judge") && id && ts.isPropertyAssignment(id) && ts.isStringLiteral(id.initializer) ? id.initializer.text : undefined;
}

function editsOf(node: ts.Node): readonly Edit[] {
    const replace = (text: string, target: ts.Node = node): Edit => ({ start: target.getStart(), end: target.getEnd(), text });
    if (ts.isBinaryExpression(node)) {
        if (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) {
            return [replace(`((${node.left.getText()}) && (${node.right.getText()}))`)];
        }
        return isText(node) ? [] : (faults.get(node.operatorToken.kind) ?? []).map((text) => replace(text, node.operatorToken));
    }
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
        return [replace(`(${node.operand.getText()})`)];
    }
    if (ts.isConditionalExpression(node)) {
        return decidesByItself(node.condition) ? [replace(`!(${node.condition.getText()})`, node.condition)] : [];
    }
    if (ts.isIfStatement(node)) {
        return decidesByItself(node.expression) ? [replace(`!(${node.expression.getText()})`, node.expression)] : [];
    }
    if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
        return ts.isLiteralTypeNode(node.parent) ? [] : [replace(node.kind === ts.SyntaxKind.TrueKeyword ? "false" : "true")];
    }
    if (ts.isNumericLiteral(node)) {
        const isKey = ts.isPropertyAssignment(node.parent) && node.parent.name === node;
        return isKey || ts.isLiteralTypeNode(node.parent) || isMember(node)
            ? []
            : [replace(`(${node.text} + 1)`), replace(`(${node.text} - 1)`)];
    }
    if (ts.isIdentifier(node) && node.text === "compliant" && isValue(node)) {
        return [replace(refused)];
    }
    if (ts.isCallExpression(node)) {
        return ofCall(node, replace);
    }
    return ts.isArrayLiteralExpression(node) ? ofList(node) : [];
}

/** A comparison or a chain of them has mutants of its own. */
function decidesByItself(node: ts.Expression): boolean {
    return ts.isCallExpression(node) || ts.isIdentifier(node) || ts.isPropertyAccessExpression(node);
}

/** `+` between texts makes words, and nothing is decided by them. */
function isText(node: ts.BinaryExpression): boolean {
    const isSum = node.operatorToken.kind === ts.SyntaxKind.PlusToken;
    return isSum && [node.left, node.right].some((side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side));
}

/** Members of lists are taken out as a whole. */
function isMember(node: ts.Node): boolean {
    return ts.isArrayLiteralExpression(node.parent);
}

function isValue(node: ts.Identifier): boolean {
    const isName = (ts.isPropertyAssignment(node.parent) || ts.isVariableDeclaration(node.parent)) && node.parent.name === node;
    return !isName && !ts.isImportSpecifier(node.parent);
}

function ofCall(node: ts.CallExpression, replace: (text: string, target?: ts.Node) => Edit): readonly Edit[] {
    const called = node.expression;
    if (ts.isIdentifier(called)) {
        return (answers.get(called.text) ?? []).map((text) => replace(text));
    }
    const opposite = ts.isPropertyAccessExpression(called) ? oppositeCalls.get(called.name.text) : undefined;
    return opposite !== undefined && ts.isPropertyAccessExpression(called) ? [replace(opposite, called.name)] : [];
}

/** Every member left out, and every text in a list emptied. A list of rules is none. */
function ofList(node: ts.ArrayLiteralExpression): readonly Edit[] {
    if (node.elements.some(isRule)) {
        return [];
    }
    return node.elements.flatMap((element, index) => {
        const next = node.elements[index + 1];
        const previous = node.elements[index - 1];
        const start = next || !previous ? element.getStart() : previous.getEnd();
        const gone: Edit = { start, end: next ? next.getStart() : element.getEnd(), text: "" };
        const empty: readonly Edit[] =
            ts.isStringLiteral(element) && element.text !== "" ? [{ start: element.getStart(), end: element.getEnd(), text: '""' }] : [];
        return [gone, ...empty];
    });
}
