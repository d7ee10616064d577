/** What AWS would refuse in a policy document, or take otherwise than it was meant. */
import { all, compliant, each, type Finding, violation } from "./finding.ts";
import { fromJson } from "./json.ts";
import { known } from "./values.ts";

/** What Pulumi writes where a program joined an output to a text instead of waiting for it. */
const unresolved = /Calling \[to(String|JSON)\] on an \[Output/;

type Document = Readonly<Record<string, unknown>>;

/** Judges a whole document, given as text or as an object. */
export function judgeSyntax(raw: unknown, at: string): Finding {
    const text = typeof raw === "string" ? raw : JSON.stringify(raw);
    if (unresolved.test(text)) {
        return violation(at, "expected the values of outputs (`pulumi.jsonStringify`, `apply`), got Pulumi's words about an output");
    }
    const document = fromJson(raw);
    if (document === null || typeof document !== "object" || Array.isArray(document)) {
        return violation(at, "expected a JSON object, got other text");
    }
    const { Version: version, Statement: statement } = document as Document;
    const statements = [known(statement, `${at}.Statement`)].flat().filter((each) => each !== undefined && each !== null);
    if (statements.length === 0) {
        return violation(at, "expected a Statement, got none");
    }
    return all(
        () => judgeVersion(known(version, `${at}.Version`), text, at),
        () => each(statements, (one, index) => judgeStatement(known(one, `${at}.Statement[${index}]`), `${at}.Statement[${index}]`)),
    );
}

/** In the language of 2008, which is the default, `${aws:username}` is a name with a dollar in it. */
function judgeVersion(version: unknown, text: string, at: string): Finding {
    return version !== "2012-10-17" && /\$\{[a-z0-9]+:/i.test(text)
        ? violation(
              `${at}.Version`,
              `expected "2012-10-17" for a policy with variables, got ${version === undefined ? "nothing" : `"${version}"`}`,
          )
        : compliant;
}

function judgeStatement(statement: unknown, at: string): Finding {
    if (statement === null || typeof statement !== "object") {
        return violation(at, "expected an object, got other text");
    }
    const part = (name: string): unknown => known((statement as Document)[name], `${at}.${name}`);
    return all(
        () => {
            const effect = part("Effect");
            return effect === "Allow" || effect === "Deny"
                ? compliant
                : violation(`${at}.Effect`, `expected "Allow" or "Deny", got ${effect === undefined ? "nothing" : `"${effect}"`}`);
        },
        () =>
            (part("Action") === undefined) === (part("NotAction") === undefined)
                ? violation(at, "expected either Action or NotAction, got both or neither")
                : compliant,
    );
}
