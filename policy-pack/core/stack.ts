/** All resources of a stack and who refers to whom, also while the ids are not known yet. */
import { ResourceView } from "./resource.ts";

/** Properties by whose value another resource may name this one. */
const identities = ["id", "arn", "name", "bucket", "identifier", "clusterIdentifier", "replicationGroupId", "keyId", "url", "executionArn"];

export interface Reference {
    readonly resource: ResourceView;
    readonly property: string;
}

export class StackView {
    public readonly resources: readonly ResourceView[];
    readonly #byUrn: ReadonlyMap<string, ResourceView>;
    readonly #byType = new Map<string, ResourceView[]>();
    #byIdentity: Map<string, ResourceView[]> | undefined;
    #referrers: Map<string, Reference[]> | undefined;
    /** Type and property → who is referred to by it → by whom: asked once a rule and resource, so searching anew each time is quadratic. */
    readonly #byProperty = new Map<string, Map<string, ResourceView[]>>();

    public constructor(resources: readonly ResourceView[]) {
        // The engine hands them over in no stable order.
        this.resources = resources.toSorted((one, other) => (one.urn < other.urn ? -1 : one.urn > other.urn ? 1 : 0));
        this.#byUrn = new Map(this.resources.map((resource) => [resource.urn, resource]));
        for (const resource of this.resources) {
            append(this.#byType, resource.type, resource);
        }
    }

    /** The root of the stack, which findings about the whole are reported on. */
    public get root(): ResourceView {
        const root = this.#byType.get("pulumi:pulumi:Stack")?.[0];
        if (root) {
            return root;
        }
        const [stack = "stack", project = "project"] = (this.resources[0]?.urn ?? "").slice("urn:pulumi:".length).split("::");
        const name = `${project}-${stack}`;
        const urn = `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${name}`;
        return new ResourceView({ urn, type: "pulumi:pulumi:Stack", name, props: {} });
    }

    public ofType(...types: readonly string[]): readonly ResourceView[] {
        return types.length === 1 ? (this.#byType.get(types[0] ?? "") ?? []) : types.flatMap((type) => this.#byType.get(type) ?? []);
    }

    public byUrn(urn: string): ResourceView | undefined {
        return this.#byUrn.get(urn);
    }

    /** Resources of the given types that `property` of `resource` refers to. */
    public references(resource: ResourceView, property: string, ...types: readonly string[]): readonly ResourceView[] {
        const linked = (resource.propertyDependencies[property] ?? []).flatMap((urn) => this.#byUrn.get(urn) ?? []);
        const found = linked.length > 0 ? linked : this.named(resource, property);
        return types.length === 0 ? found : found.filter((each) => types.includes(each.type));
    }

    /** Resources of `type` whose `property` refers to `target`. */
    public referrers(target: ResourceView, type: string, property: string): readonly ResourceView[] {
        const key = `${type} ${property}`;
        let found = this.#byProperty.get(key);
        if (found === undefined) {
            found = new Map<string, ResourceView[]>();
            for (const each of this.ofType(type)) {
                for (const urn of new Set(this.references(each, property).map((other) => other.urn))) {
                    append(found, urn, each);
                }
            }
            this.#byProperty.set(key, found);
        }
        return found.get(target.urn) ?? [];
    }

    /** Everything that refers to `target` by any property, be it by a link or by its id written out. */
    public referrersOf(target: ResourceView): readonly Reference[] {
        if (this.#referrers === undefined) {
            this.#referrers = new Map();
            for (const resource of this.resources) {
                for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
                    for (const urn of urns) {
                        append(this.#referrers, urn, { resource, property });
                    }
                }
                for (const [property, text] of textsIn(resource)) {
                    for (const named of this.#identityIndex().get(text) ?? []) {
                        if (named !== resource) {
                            append(this.#referrers, named.urn, { resource, property });
                        }
                    }
                }
            }
        }
        return this.#referrers.get(target.urn) ?? [];
    }

    /** What a known value names by id, ARN or name: somebody wrote the bucket's name instead of `bucket.id`. */
    public named(resource: ResourceView, property: string): readonly ResourceView[] {
        if (!resource.has(property) || resource.isUnknown(property)) {
            return [];
        }
        const index = this.#identityIndex();
        const found = leavesOf(resource.raw(property)).flatMap((text) => index.get(text) ?? []);
        return [...new Set(found)].filter((each) => each !== resource);
    }

    #identityIndex(): Map<string, ResourceView[]> {
        if (this.#byIdentity === undefined) {
            this.#byIdentity = new Map();
            for (const each of this.resources) {
                for (const key of identities) {
                    const identity = each.outputs.isUnknown(key) ? undefined : each.outputs.raw(key);
                    if (typeof identity === "string" && identity !== "" && !this.#byIdentity.get(identity)?.includes(each)) {
                        append(this.#byIdentity, identity, each);
                    }
                }
            }
        }
        return this.#byIdentity;
    }
}

/** The texts in a value at any depth: the subnet of a cluster stands in `ec2Attributes.subnetId`. */
function leavesOf(value: unknown): readonly string[] {
    if (typeof value === "string") {
        return [value];
    }
    return value !== null && typeof value === "object" ? Object.values(value).flatMap(leavesOf) : [];
}

/** First-level properties and the known texts in them. Names are too common to be a reference by themselves, so short words are left out. */
function textsIn(resource: ResourceView): readonly (readonly [string, string])[] {
    return resource.keys("").flatMap((property) => {
        const found: (readonly [string, string])[] = [];
        const walk = (value: unknown): void => {
            if (typeof value === "string") {
                if (/^(arn:|[a-z]+-[0-9a-z-]{4,}$)/.test(value)) {
                    found.push([property, value]);
                }
            } else if (value !== null && typeof value === "object" && !property.startsWith("tags")) {
                for (const member of Object.values(value)) {
                    walk(member);
                }
            }
        };
        walk(resource.at(property).isUnknown("") ? undefined : resource.raw(property));
        return found;
    });
}

function append<K, V>(table: Map<K, V[]>, key: K, value: V): void {
    const values = table.get(key);
    if (values) {
        values.push(value);
    } else {
        table.set(key, [value]);
    }
}
