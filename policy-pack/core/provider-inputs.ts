/** What a provider was given. Pulumi hands its nested inputs over as JSON. */
import { Values } from "./values.ts";

/** The members of a provider's list. Throws while it is not known. */
export function providerList(provider: Values, path: string): readonly Values[] {
    const raw = provider.raw(path);
    const bag: unknown = typeof raw === "string" ? JSON.parse(raw) : raw;
    return bag === undefined ? [] : new Values({ [path]: bag }).list(path);
}

/** Whether its calls go to an emulator on this machine, where keys and certificates are play money. */
export function isLoopback(provider: Values): boolean {
    return providerList(provider, "endpoints").some((endpoint) =>
        endpoint
            .keys("")
            .some((service) => /^https?:\/\/(localhost|127\.|\[::1\]|host\.docker\.internal)/.test(endpoint.text(service) ?? "")),
    );
}
