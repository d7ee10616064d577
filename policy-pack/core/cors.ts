/** CORS that lets any page on the web call with the visitor's own login. */
import { listed } from "./conditions.ts";
import { compliant, type Finding, notApplicable, violation } from "./finding.ts";
import type { Values } from "./values.ts";

export function corsFinding(values: Values, block: string): Finding {
    if (!values.has(block)) {
        return notApplicable("answers no other origins");
    }
    if (values.flag(`${block}.allowCredentials`) !== true) {
        return compliant;
    }
    const wide = values.texts(`${block}.allowOrigins`).filter((origin) => /^(https?:\/\/)?\*$/.test(origin));
    return wide.length === 0
        ? compliant
        : violation(
              values.pathOf(`${block}.allowOrigins`),
              `expected named origins where credentials are allowed, got ${listed(wide, "and")}`,
          );
}
