/** Tags that a component sets itself. Owner, cost centre and the rest are the provider's default tags. */
import type { Environment } from "../../conventions/environment.ts";

/** `Name` as consoles show it: the environment, then the logical name. */
export function nameTag(environment: Environment, name: string): { readonly Name: string } {
    return { Name: `${environment.name}-${name}` };
}
