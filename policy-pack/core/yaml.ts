/** YAML: the file of waivers, and texts inside a property (a document of SSM, an API definition). */
import { createRequire } from "node:module";

/** Throws on what is not YAML. The parser is loaded when it is needed: most stacks hold no such text, and it is a good part of the pack's start. */
export function parseYaml(text: string): unknown {
    const { parse } = createRequire(import.meta.url)("yaml") as typeof import("yaml");
    return parse(text);
}
