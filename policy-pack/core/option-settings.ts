/** Elastic Beanstalk's option settings: a list of namespace, name and value, decoded once. */
import { UnknownValue, unknown, unknownSentinels, type Values } from "./values.ts";

export class OptionSettings {
    readonly #values = new Map<string, { readonly value: unknown; readonly path: string }>();

    public constructor(resource: Values) {
        for (const setting of resource.list("settings")) {
            const key = `${setting.text("namespace") ?? ""} ${setting.text("name") ?? ""}`;
            this.#values.set(key, { value: setting.isUnknown("value") ? unknown : setting.raw("value"), path: setting.pathOf("value") });
        }
    }

    public has(namespace: string, name: string): boolean {
        return this.#values.has(`${namespace} ${name}`);
    }

    /** The setting's text, or undefined where it is left to its default. */
    public text(namespace: string, name: string): string | undefined {
        const found = this.#values.get(`${namespace} ${name}`);
        if (found && unknownSentinels.has(found.value)) {
            throw new UnknownValue(found.path);
        }
        return found?.value === undefined ? undefined : String(found.value);
    }

    public path(namespace: string, name: string): string {
        return this.#values.get(`${namespace} ${name}`)?.path ?? "settings";
    }

    /** Namespaces that begin with `prefix`, each once. */
    public namespaces(prefix: string): readonly string[] {
        const all = [...this.#values.keys()].map((key) => key.slice(0, key.indexOf(" ")));
        return [...new Set(all.filter((namespace) => namespace.startsWith(prefix)))];
    }
}
