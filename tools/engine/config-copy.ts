/**
 * The engine writes into the stack file it is given (`encryptionsalt`, `config set`), so a rehearsal gives it a copy.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Document, isMap, parse, parseDocument, visit } from "yaml";

/** A person's secrets are not needed to rehearse, and their passphrase or key is not at hand. */
const secretStandIn = "rehearsed-secret";

/**
 * Writes the copy anew from the person's file: their way of encrypting is left out, each of their secrets gets a stand-in, and the
 * salt that the engine wrote into the last copy is kept, because the rehearsed state is encrypted with it.
 */
export function refreshConfigCopy(source: string, copy: string, extra: Readonly<Record<string, string>> = {}): void {
    const document = parseDocument(readOr(source, "config: {}\n"));
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${source} is not YAML: ${error.message}`);
    if (document.contents === null) document.set("config", {});
    if (!isMap(document.contents)) throw new Error(`${source} cannot be used: expected keys such as \`config:\`, got one value`);
    for (const key of ["secretsprovider", "encryptedkey", "encryptionsalt"]) document.delete(key);
    visit(document, {
        Map: (_key, node) => (node.items.length === 1 && node.has("secure") ? document.createNode(secretStandIn) : undefined),
    });
    for (const [setting, value] of Object.entries(extra)) {
        const [key = "", ...path] = setting.split(".");
        document.setIn(["config", spelling(document, key), ...path], parse(value));
    }
    const salt = parseDocument(readOr(copy, "")).toJS()?.encryptionsalt;
    if (salt !== undefined) document.set("encryptionsalt", salt);
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, document.toString());
}

/** `size` and `project:size` are one setting; if a file held both, the engine would take either. */
function spelling(document: Document, key: string): string {
    const bare = key.slice(key.indexOf(":") + 1);
    return document.hasIn(["config", bare]) ? bare : key;
}

function readOr(file: string, otherwise: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return otherwise;
        throw error;
    }
}
