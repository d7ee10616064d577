/**
 * The laws that are about words in a file rather than about who imports whom (those are in dependency-cruiser.config.cjs).
 * Pure: a path and a text in, what breaks a law out.
 */
import ts from "typescript";

export interface Breach {
    readonly law: string;
    readonly file: string;
    readonly line: number;
    readonly found: string;
    readonly fix: string;
}

interface Law {
    readonly name: string;
    /** Paths from the project's root. */
    readonly holdsIn: (file: string) => boolean;
    /** What is found at this node, or undefined. */
    readonly breaks: (node: ts.Node, ancestors: readonly ts.Node[]) => string | undefined;
    readonly fix: string;
}

const isTest = (file: string) => /\.test\.ts$|\/testing\.ts$|^tests\//.test(file);
const isProgram = (file: string) => /^(conventions|components|stacks)\/|^index\.ts$/.test(file) && !isTest(file);

/** Names of environments as people give them; a comparison with one of them is a setting that is missing. */
const environments = /^(dev|development|test|stag(e|ing)|prod|production|recovery|standby|sandbox|live)$/i;

const ambientReads: readonly (readonly [pattern: RegExp, within: (node: ts.Node) => boolean])[] = [
    [/^(pulumi\.)?(getStack|getProject|getOrganization)$/, (node) => ts.isCallExpression(node.parent)],
    [/^(pulumi\.)?Config$/, (node) => ts.isNewExpression(node.parent)],
    [/^process\.(env|argv|cwd)$/, () => true],
    [/^Date\.now$/, () => true],
    [/^Date$/, (node) => ts.isNewExpression(node.parent) && (node.parent.arguments?.length ?? 0) === 0],
];

const laws: readonly Law[] = [
    {
        name: "resources are made in components",
        holdsIn: (file) => !isTest(file) && !file.startsWith("components/") && file !== "stacks/providers.ts",
        breaks: (node) =>
            ts.isNewExpression(node) && /^aws\./.test(node.expression.getText()) ? `new ${node.expression.getText()}` : undefined,
        fix: "move it into a component, where its alarms, tags and cost are",
    },
    {
        name: "only stacks/config.ts asks its surroundings",
        // traces.ts decides how errors are kept before anything else is imported, settings included.
        holdsIn: (file) => isProgram(file) && !/^stacks\/(config|traces)\.ts$/.test(file) && !/\/handlers?\//.test(file),
        breaks: (node) => {
            if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return undefined;
            const text = node.getText();
            return ambientReads.some(([pattern, within]) => pattern.test(text) && within(node)) ? text : undefined;
        },
        fix: "make it a setting, or an argument that stacks/compose.ts passes",
    },
    {
        name: "no code asks for an environment's name",
        holdsIn: (file) => !isTest(file) && !file.startsWith("tools/"),
        breaks: (node) => {
            if (ts.isBinaryExpression(node) && /^[!=]==?$/.test(node.operatorToken.getText())) {
                const sides = [node.left, node.right];
                return sides.some(isEnvironmentName) && !sides.some(isProfile) ? node.getText() : undefined;
            }
            if (ts.isCaseClause(node)) return isEnvironmentName(node.expression) ? node.expression.getText() : undefined;
            if (ts.isCallExpression(node) && /\.(includes|startsWith|endsWith)$/.test(node.expression.getText())) {
                return node.arguments.some(isEnvironmentName) ? node.getText() : undefined;
            }
            return undefined;
        },
        fix: "make what differs a setting of the stack file, so that the diff of two stack files is the whole difference",
    },
    {
        name: "no resource is made inside apply",
        holdsIn: (file) => !isTest(file) && !file.startsWith("tools/"),
        breaks: (node, ancestors) =>
            ts.isNewExpression(node) && makesResource(node) && ancestors.some(isApply) ? `new ${node.expression.getText()}` : undefined,
        fix: "decide by a plain setting how many there are, and pass the output as an input: a preview cannot see what apply would make",
    },
    {
        name: "nothing happens on import",
        // traces.ts is imported for its effect, first of all: it halves what the SDK spends on stack traces.
        holdsIn: (file) =>
            /^(conventions|components|stacks|policy-pack)\//.test(file) &&
            !isTest(file) &&
            !/^(policy-pack\/index|stacks\/traces)\.ts$/.test(file),
        breaks: (node) =>
            ts.isSourceFile(node.parent ?? node) && ts.isExpressionStatement(node) ? (node.getText().split("\n")[0] ?? "") : undefined,
        fix: "put it into a function that index.ts calls",
    },
];

/** A test file that mocha loads and that tests nothing would be reported as passed. */
const emptyTest = { name: "a test file has tests", fix: 'write `it("…")`, or delete the file' };

/** Everything that breaks a law in one file. */
export function breachesOf(file: string, text: string): Breach[] {
    const held = laws.filter((law) => law.holdsIn(file));
    const breaches: Breach[] = [];
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const makers = importsFromTesting(source);
    let hasTest = false;
    const visit = (node: ts.Node, ancestors: readonly ts.Node[]): void => {
        for (const { name, breaks, fix } of held) {
            const found = breaks(node, ancestors);
            if (found !== undefined) breaches.push({ law: name, file, line: lineOf(source, node), found, fix });
        }
        hasTest ||= ts.isCallExpression(node) && (node.expression.getText() === "it" || makers.has(node.expression.getText()));
        const below = [...ancestors, node];
        ts.forEachChild(node, (child) => visit(child, below));
    };
    visit(source, []);
    if (file.endsWith(".test.ts") && !hasTest) breaches.push({ law: emptyTest.name, file, line: 1, found: "no `it`", fix: emptyTest.fix });
    return breaches;
}

/** What a folder's testing.ts offers makes the tests of many files alike. */
function importsFromTesting(source: ts.SourceFile): ReadonlySet<string> {
    const imports = source.statements
        .filter(ts.isImportDeclaration)
        .filter(({ moduleSpecifier }) => /(testing|\.fixture)\.ts["']$/.test(moduleSpecifier.getText()));
    const bindings = imports.map(({ importClause }) => importClause?.namedBindings);
    return new Set(bindings.flatMap((named) => (named && ts.isNamedImports(named) ? named.elements.map(({ name }) => name.text) : [])));
}

export function describeBreaches(breaches: readonly Breach[]): string {
    return breaches.map(({ law, file, line, found, fix }) => `${file}:${line}  ${law}: found \`${found}\`; ${fix}`).join("\n");
}

function lineOf(source: ts.SourceFile, node: ts.Node): number {
    return source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

function isEnvironmentName(node: ts.Node): boolean {
    return ts.isStringLiteralLike(node) && environments.test(node.text);
}

/** The policy profile is a setting, and one of its values is an environment's word. */
function isProfile(node: ts.Node): boolean {
    return ts.isPropertyAccessExpression(node) && node.name.text === "profile";
}

function isApply(node: ts.Node): boolean {
    return ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === "apply";
}

/** AWS's own, or anything that is given a parent. */
function makesResource(node: ts.NewExpression): boolean {
    const last = node.arguments?.at(-1);
    const hasParent =
        last !== undefined &&
        ts.isObjectLiteralExpression(last) &&
        last.properties.some((property) => property.name?.getText() === "parent");
    return /^aws\./.test(node.expression.getText()) || hasParent;
}
