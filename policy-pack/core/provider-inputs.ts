/** What a provider was given. Pulumi hands its nested inputs over as JSON: read them with `listAt`. */
import { listAt } from "./json.ts";
import type { Values } from "./values.ts";

/** Whether its calls go to an emulator on this machine, where keys and certificates are play money. */
export function isLoopback(provider: Values): boolean {
    return listAt(provider, "endpoints").some((endpoint) =>
        endpoint
            .keys("")
            .some((service) => /^https?:\/\/(localhost|127\.|\[::1\]|host\.docker\.internal)/.test(endpoint.text(service) ?? "")),
    );
}
