/** One resource as a rule sees it, whatever it came from: the engine, a state export, a preview's events or the inventory. */
import { tagOf } from "./tags.ts";
import { canonicalType } from "./types.ts";
import { type ReadListener, Values } from "./values.ts";

export interface ResourceOptions {
    readonly protect: boolean;
    readonly ignoreChanges: readonly string[];
    readonly deleteBeforeReplace?: boolean;
    readonly additionalSecretOutputs?: readonly string[];
    readonly retainOnDelete?: boolean;
}

export interface ResourceSource {
    readonly urn: string;
    /** Pulumi's type token. */
    readonly type: string;
    readonly name: string;
    readonly props: unknown;
    /** What the provider answered, where a rule must find out who is meant by an id or ARN. Rules judge `props`. */
    readonly outputs?: unknown;
    readonly options?: Partial<ResourceOptions>;
    readonly provider?: { readonly name: string; readonly props: unknown };
    readonly parent?: string;
    /** URNs that the resource waits for. */
    readonly dependencies?: readonly string[];
    /** URNs whose outputs a property is made of, by property: known in a preview while the value is not. */
    readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

export class ResourceView extends Values {
    public readonly urn: string;
    /** Canonical: see types.ts. */
    public readonly type: string;
    public readonly token: string;
    public readonly name: string;
    public readonly options: ResourceOptions;
    public readonly outputs: Values;
    public readonly provider: { readonly name: string; readonly values: Values } | undefined;
    public readonly parent: string | undefined;
    public readonly dependencies: readonly string[];
    public readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;

    public constructor(source: ResourceSource, onRead?: ReadListener) {
        super(source.props, "", onRead);
        this.urn = source.urn;
        this.type = canonicalType(source.type);
        this.token = source.type;
        this.name = source.name;
        this.options = { protect: false, ignoreChanges: [], ...source.options };
        this.outputs = new Values(source.outputs ?? source.props);
        this.provider = source.provider && { name: source.provider.name, values: new Values(source.provider.props) };
        this.parent = source.parent;
        this.dependencies = source.dependencies ?? [];
        this.propertyDependencies = source.propertyDependencies ?? {};
    }

    /** The stack that the resource belongs to. Read from the URN: `pulumi policy analyze` gives a wrong answer to `getStack()`. */
    public get stack(): string {
        return this.urn.split("::", 1)[0]?.slice("urn:pulumi:".length) ?? "";
    }

    /** The resource's own region, else its provider's, else undefined. */
    public get region(): string | undefined {
        return this.text("region") ?? this.provider?.values.text("region");
    }

    /** The value of a tag as AWS gets it, the provider's default tags among them. */
    public tag(key: string): string | undefined {
        return tagOf(this, key);
    }
}
