/**
 * Pulumi's side of the pack. The engine sees one policy, `terrace`, which hands each resource to the rules of its type and reports
 * every violation under the rule's own name: with one policy a rule, the SDK unpacks a resource anew for each (README.md has the numbers).
 */
import { createRequire } from "node:module";
import { dirname, isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Policies, PolicyResource, ReportViolation, ResourceValidationArgs } from "@pulumi/policy";
import { type Configuration, packPolicy, readConfiguration, refusal, remedyPolicy } from "./core/configuration.ts";
import { Judge, type Judgement } from "./core/judge.ts";
import { profiles } from "./core/levels.ts";
import { staleness } from "./core/lifecycle.ts";
import { type ResourceSource, ResourceView } from "./core/resource.ts";
import type { Rule } from "./core/rule.ts";
import { StackView } from "./core/stack.ts";
import { loadWaivers } from "./core/waivers.ts";
import { engineMessage } from "./core/words.ts";

const packDirectory = dirname(fileURLToPath(import.meta.url));

/** Reports under a name of its own: the SDK takes an object here, which its types do not say. */
interface Report {
    readonly name: string;
    readonly message: string;
    readonly description: string;
    readonly urn: string;
    readonly enforcementLevel: "mandatory" | "advisory";
    readonly severity?: Rule["severity"];
}

/** Makes a judge from a configuration, or throws with everything that is wrong with it. */
export function createJudge(rules: readonly Rule[], configuration: Configuration, today: string): Judge {
    const { settings, problems } = readConfiguration(rules, configuration, today);
    if (problems.length > 0) {
        throw new Error(refusal("The policy pack's configuration", problems));
    }
    if (settings.waivers === undefined) {
        return new Judge(rules, settings);
    }
    const path = isAbsolute(settings.waivers) ? settings.waivers : resolve(packDirectory, settings.waivers);
    const read = loadWaivers(path, rules, today);
    if (read.problems.length > 0) {
        throw new Error(refusal(path, read.problems));
    }
    return new Judge(rules, settings, read.waivers);
}

export class Pack {
    readonly #rules: readonly Rule[];
    readonly #today: string;
    #judge: Judge | undefined;
    /** Inputs by URN. Relations are judged on these: outputs hold what AWS added, such as stand-alone rules inside a group's `ingress`. */
    #inputs = new Map<string, unknown>();
    #undetermined: Judgement[] = [];
    #waived: Judgement[] = [];

    public constructor(rules: readonly Rule[], today: string) {
        this.#rules = rules;
        this.#today = today;
    }

    /** Called with the whole configuration before the first resource; refuses a bad one. */
    public configure(configuration: Configuration): void {
        this.#judge = createJudge(this.#rules, configuration, this.#today);
        this.#inputs.clear();
        this.#undetermined = [];
        this.#waived = [];
    }

    public get policies(): Policies {
        return [
            {
                name: packPolicy,
                description: "Rules of the Terrace policy pack; each violation is reported under the rule's own name.",
                enforcementLevel: "mandatory",
                configSchema: {
                    properties: {
                        profile: { type: "string", enum: [...profiles] },
                        waivers: { type: "string" },
                        rules: { type: "object" },
                    },
                },
                validateResource: (args, report) => this.#validateResource(args, report),
                validateStack: (args, report) => this.#validateStack(args.resources, args.getConfig, report),
            },
            {
                name: remedyPolicy,
                description: "Mends what has one certain and lossless fix before the resource is registered.",
                enforcementLevel: "disabled",
                remediateResource: (args) => this.#remediate(args),
            },
        ];
    }

    #configured(getConfig: () => object): Judge {
        this.#judge ??= createJudge(this.#rules, { [packPolicy]: getConfig() }, this.#today);
        return this.#judge;
    }

    #validateResource(args: ResourceValidationArgs, report: ReportViolation): void {
        const judge = this.#configured(args.getConfig);
        const source = sourceOf(args);
        this.#inputs.set(args.urn, source.props);
        this.#report(judge.judgeResource(new ResourceView(source)), report);
    }

    #validateStack(resources: readonly PolicyResource[], getConfig: () => object, report: ReportViolation): void {
        const judge = this.#configured(getConfig);
        const stack = new StackView(
            resources.map((resource) => {
                const outputs = plain(resource.props);
                return new ResourceView({
                    ...sourceOf(resource),
                    props: this.#inputs.get(resource.urn) ?? outputs,
                    outputs,
                    ...(resource.parent ? { parent: resource.parent.urn } : {}),
                    dependencies: resource.dependencies.map((each) => each.urn),
                    propertyDependencies: Object.fromEntries(
                        Object.entries(resource.propertyDependencies).map(([property, others]) => [
                            property,
                            others.map((each) => each.urn),
                        ]),
                    ),
                });
            }),
        );
        const relations = judge.judgeRelations(stack);
        this.#report(relations, report);
        this.#report(judge.judgeWaivers(stack, [...this.#waived, ...relations]), report);
        this.#reportUndetermined(stack, report);
        this.#reportStaleness(stack, report);
    }

    #report(judgements: readonly Judgement[], report: ReportViolation): void {
        for (const judgement of judgements) {
            if (judgement.finding.kind === "undetermined") {
                this.#undetermined.push(judgement);
            } else if (judgement.finding.kind === "violation") {
                if (judgement.waiver) {
                    this.#waived.push(judgement);
                }
                send(report, {
                    name: judgement.rule.id,
                    message: engineMessage(judgement),
                    description: judgement.rule.title,
                    urn: judgement.resource.urn,
                    enforcementLevel: judgement.waiver || judgement.level !== "mandatory" ? "advisory" : "mandatory",
                    severity: judgement.rule.severity,
                });
            }
        }
    }

    /** What could not be judged yet is said once a rule, with where to look again, so that it is not taken for a pass. */
    #reportUndetermined(stack: StackView, report: ReportViolation): void {
        const waiting = new Map<Rule, Judgement[]>();
        for (const judgement of this.#undetermined) {
            waiting.set(judgement.rule, [...(waiting.get(judgement.rule) ?? []), judgement]);
        }
        this.#undetermined = [];
        if (waiting.size === 0) {
            return;
        }
        const lines = [...waiting].map(([rule, judgements]) => {
            const places = judgements.map(
                ({ resource, finding }) => `${resource.name} (${finding.kind === "undetermined" ? finding.path : ""})`,
            );
            return `    ${rule.id}  ${places.slice(0, 3).join(", ")}${places.length > 3 ? ` and ${places.length - 3} more` : ""}`;
        });
        const message = [
            `${waiting.size === 1 ? "One rule waits" : `${waiting.size} rules wait`} for values that only the deploy will tell. After it: pulumi policy analyze --policy-pack <this pack>`,
            ...lines,
        ].join("\n");
        send(report, aboutPack(stack, "Not judged yet", message));
    }

    #reportStaleness(stack: StackView, report: ReportViolation): void {
        const note = staleness(this.#today);
        if (note !== undefined) {
            send(report, aboutPack(stack, "Past its horizon", note));
        }
    }

    #remediate(args: ResourceValidationArgs): Record<string, unknown> | undefined {
        const judge = this.#configured(args.getConfig);
        const resource = new ResourceView(sourceOf(args));
        const changes = judge.remediesFor(resource);
        // The bag that goes back keeps the SDK's proxy, so that secrets stay secrets.
        return changes === undefined ? undefined : Object.assign(args.props, changes);
    }
}

/** Advice about the run itself, on the stack. */
function aboutPack(stack: StackView, description: string, message: string): Report {
    return { name: packPolicy, message, description, urn: stack.root.urn, enforcementLevel: "advisory", severity: "low" };
}

function send(report: ReportViolation, content: Report): void {
    (report as unknown as (content: Report) => void)(content);
}

/** The bag behind the SDK's proxy. The proxy throws on unknown values, and our own reader has more to say about them. */
function plain(props: Record<string, unknown>): unknown {
    return (props as { readonly __getSpecialProxyTarget?: unknown }).__getSpecialProxyTarget ?? props;
}

function sourceOf(args: ResourceValidationArgs | PolicyResource): ResourceSource {
    return {
        urn: args.urn,
        type: args.type,
        name: args.name,
        props: plain(args.props),
        options: args.opts,
        ...(args.provider ? { provider: { name: args.provider.name, props: plain(args.provider.props) } } : {}),
        ...(args.opts.parent === undefined ? {} : { parent: args.opts.parent }),
    };
}

interface ConfigureRequest {
    getPolicyconfigMap(): {
        entries(): Iterable<[string, { getProperties(): { toJavaScript(): object } | undefined; getEnforcementlevel(): number }]>;
    };
}

const engineLevels = ["advisory", "mandatory", "disabled", "remediate"];

/**
 * The SDK shows a policy only its own part of the configuration, and none of its level. A misspelt rule in the file would be
 * accepted in silence; so the request is read on its way in, where refusing it stops the run before the first resource.
 */
export function onConfigure(listen: (configuration: Configuration) => void): void {
    const sdk = createRequire(createRequire(import.meta.url).resolve("@pulumi/policy"));
    const { AnalyzerService } = sdk("@pulumi/pulumi/proto/analyzer_grpc_pb") as {
        AnalyzerService: { configure: { requestDeserialize: (bytes: Uint8Array) => ConfigureRequest } };
    };
    const deserialize = AnalyzerService.configure.requestDeserialize;
    AnalyzerService.configure.requestDeserialize = (bytes) => {
        const request = deserialize(bytes);
        const configuration: Record<string, unknown> = {};
        for (const [name, config] of request.getPolicyconfigMap().entries()) {
            const level = engineLevels[config.getEnforcementlevel()];
            configuration[name] = {
                ...config.getProperties()?.toJavaScript(),
                ...(level === undefined ? {} : { enforcementLevel: level }),
            };
        }
        try {
            listen(configuration);
        } catch (problem) {
            // gRPC would swallow what is thrown here; the SDK's handler passes on what its first question throws, stack and all.
            const refused = problem as Error;
            refused.stack = refused.message;
            request.getPolicyconfigMap = () => {
                throw refused;
            };
        }
        return request;
    };
}
