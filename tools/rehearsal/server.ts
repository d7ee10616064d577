/**
 * Serves the rehearsal cloud to the real engine, which attaches to it through PULUMI_DEBUG_PROVIDERS=aws:PORT.
 * The engine opens one connection for each provider of a program; a connection's configuration is kept by its peer address.
 */
import * as grpc from "@grpc/grpc-js";
import { Catalogue } from "./catalogue.ts";
import type { Configuration } from "./configuration.ts";
import type { Difference } from "./diff.ts";
import { type Fault, Faults } from "./faults.ts";
import type { Problem } from "./inputs.ts";
import { CloudError, Empty, failure, fromStruct, messages, pluginMessages, type providerProto, service, toStruct } from "./protocol.ts";
import { Provider, type Target } from "./provider.ts";
import { CloudState } from "./state.ts";
import { hasUnknown } from "./values.ts";

export { type Fault, type FaultKind, faultKinds, parseFault } from "./faults.ts";

export interface LogEntry {
    readonly call: string;
    readonly type?: string;
    readonly name?: string;
    readonly milliseconds: number;
    readonly preview?: boolean;
    readonly error?: string;
    readonly note?: string;
}

export interface RehearsalOptions {
    /** JSON file that is the account's memory; made if absent. */
    readonly stateFile: string;
    /** Otherwise the first account that the first provider allows. */
    readonly accountId?: string;
    readonly faults?: readonly Fault[];
    /** Ids, ARNs and names that exist in the real account and were never rehearsed. */
    readonly given?: readonly string[];
    readonly log?: (entry: LogEntry) => void;
    readonly now?: () => Date;
    /** For the fault "kill"; otherwise the server goes away, which is what the engine sees of a killed one. */
    readonly kill?: () => void;
    readonly port?: number;
}

export interface RehearsalCloud {
    readonly port: number;
    stop(): Promise<void>;
}

/** Reading the declarations takes a second: once a process, however many stacks it rehearses. */
const catalogue = new Catalogue();

export async function startRehearsalCloud(options: RehearsalOptions): Promise<RehearsalCloud> {
    const cloud = new CloudState(options.stateFile);
    for (const value of options.given ?? []) cloud.vouched.add(value);
    const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
    const provider = new Provider({
        cloud,
        catalogue,
        account: options.accountId,
        faults: new Faults(options.faults ?? []),
        ...(options.now ? { now: options.now } : {}),
        kill: options.kill ?? (() => server.forceShutdown()),
        note: (note) => options.log?.({ call: "note", milliseconds: 0, note }),
    });
    const calls = new Calls(options.log);
    server.addService(service, handlers(provider, calls));
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync(`127.0.0.1:${options.port ?? 0}`, grpc.ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
        );
    });
    return {
        port,
        stop: async () => {
            server.forceShutdown();
            await calls.end();
            // What cannot be written was told as a failure when it happened.
            await cloud.saved().catch(() => undefined);
        },
    };
}

/** What is in the account and in no stack: left behind when an answer was lost or an engine was killed. */
export function orphans(
    stateFile: string,
): readonly { readonly type: string; readonly id: string; readonly region: string; readonly urn: string }[] {
    const cloud = new CloudState(stateFile);
    const owned = new Map<string, number>();
    for (const thing of cloud.everything())
        if (thing.urn !== "" && !thing.leaving) owned.set(thing.urn, Math.max(owned.get(thing.urn) ?? 0, thing.serial));
    return [...cloud.everything()]
        .filter((thing) => thing.urn !== "" && !thing.leaving && (thing.lost === true || (owned.get(thing.urn) ?? 0) > thing.serial))
        .map(({ type, id, region, urn }) => ({ type, id, region, urn }));
}

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;
type Handler<Request> = (request: Request, peer: string) => unknown;

function handlers(provider: Provider, calls: Calls): grpc.UntypedServiceImplementation {
    const configurations = new Map<string, Configuration>();
    const target = (peer: string, urn: string): Target => {
        const configuration = configurations.get(peer) ?? [...configurations.values()].at(-1);
        if (!configuration) throw new CloudError("the provider has not been configured.");
        return { urn, configuration };
    };
    const table = {
        handshake: (): unknown => {
            const response = new messages.ProviderHandshakeResponse();
            response.setAcceptSecrets(true);
            response.setSupportsAutonamingConfiguration(true);
            return response;
        },
        attach: () => new Empty(),
        cancel: () => new Empty(),
        getPluginInfo: () => {
            const info = new pluginMessages.PluginInfo();
            info.setVersion("7.48.0");
            return info;
        },
        checkConfig: (request: providerProto.CheckRequest) =>
            checked(fromStruct(request.getNews()), provider.checkConfiguration(fromStruct(request.getNews()))),
        diffConfig: (request: providerProto.DiffRequest) => configurationDiff(request),
        configure: (request: providerProto.ConfigureRequest, peer: string) => {
            configurations.set(peer, provider.configure(fromStruct(request.getArgs())));
            const response = new messages.ConfigureResponse();
            response.setAcceptsecrets(true);
            response.setSupportspreview(true);
            response.setSupportsAutonamingConfiguration(true);
            return response;
        },
        check: (request: providerProto.CheckRequest, peer: string) => {
            const wish = request.getAutonaming();
            const autonaming = wish && {
                proposed: wish.getProposedName(),
                mode: (["propose", "enforce", "disable"] as const)[wish.getMode()] ?? "propose",
            };
            const seed = request.getRandomseed_asU8();
            const result = provider.check(
                target(peer, request.getUrn()),
                fromStruct(request.getOlds()),
                fromStruct(request.getNews()),
                seed,
                autonaming,
            );
            return checked(result.inputs, result.problems);
        },
        diff: (request: providerProto.DiffRequest, peer: string) => {
            const ignored = request.getIgnorechangesList();
            const olds = fromStruct(request.getOldInputs());
            return differs(provider.diff(target(peer, request.getUrn()), request.getId(), olds, fromStruct(request.getNews()), ignored));
        },
        create: async (request: providerProto.CreateRequest, peer: string) => {
            const made = await provider.create(target(peer, request.getUrn()), fromStruct(request.getProperties()), request.getPreview());
            const response = new messages.CreateResponse();
            response.setId(made.id);
            response.setProperties(toStruct(made.outputs));
            return response;
        },
        update: async (request: providerProto.UpdateRequest, peer: string) => {
            const [olds, oldInputs, news] = [request.getOlds(), request.getOldInputs(), request.getNews()].map(fromStruct);
            const made = await provider.update(
                target(peer, request.getUrn()),
                request.getId(),
                olds ?? {},
                oldInputs ?? {},
                news ?? {},
                request.getPreview(),
            );
            const response = new messages.UpdateResponse();
            response.setProperties(toStruct(made.outputs));
            return response;
        },
        read: (request: providerProto.ReadRequest, peer: string) => {
            const found = provider.read(
                target(peer, request.getUrn()),
                request.getId(),
                fromStruct(request.getInputs()),
                fromStruct(request.getProperties()),
            );
            const response = new messages.ReadResponse();
            response.setId(found.id);
            response.setProperties(toStruct(found.outputs));
            response.setInputs(toStruct(found.inputs));
            return response;
        },
        delete: async (request: providerProto.DeleteRequest, peer: string) => {
            const inputs = fromStruct(request.getOldInputs());
            await provider.delete(target(peer, request.getUrn()), request.getId(), inputs, fromStruct(request.getProperties()));
            return new Empty();
        },
        invoke: (request: providerProto.InvokeRequest, peer: string) => {
            const args = fromStruct(request.getArgs());
            const response = new messages.InvokeResponse();
            const { configuration } = target(peer, "");
            response.setReturn(toStruct(hasUnknown(args) ? {} : provider.invoke(configuration, request.getTok(), args)));
            return response;
        },
    };
    return Object.fromEntries(Object.entries(table).map(([name, handler]) => [name, calls.served(name, handler as Handler<unknown>)]));
}

/** What every call has in common: time, log line, errors in the engine's form, and that it has ended when the cloud has. */
class Calls {
    readonly #log: RehearsalOptions["log"];
    readonly #underWay = new Set<Promise<void>>();
    #ended = false;

    public constructor(log: RehearsalOptions["log"]) {
        this.#log = log;
    }

    public served(name: string, handler: Handler<unknown>): grpc.handleUnaryCall<unknown, unknown> {
        return (call: Call<unknown>, done) => {
            const answered = this.#answer(name, handler, call, done);
            this.#underWay.add(answered);
            void answered.then(() => this.#underWay.delete(answered));
        };
    }

    /** Admits no further call and waits for those under way: a late one would write its old memory over the next rehearsal's. */
    public async end(): Promise<void> {
        this.#ended = true;
        await Promise.all(this.#underWay);
    }

    async #answer(name: string, handler: Handler<unknown>, call: Call<unknown>, done: grpc.sendUnaryData<unknown>): Promise<void> {
        const start = performance.now();
        const about = describe(call.request);
        const say = (error?: string) =>
            this.#log?.({ call: name, ...about, milliseconds: performance.now() - start, ...(error === undefined ? {} : { error }) });
        try {
            if (this.#ended) throw new CloudError("the rehearsal has ended.");
            const response = await handler(call.request, call.getPeer());
            say();
            done(null, response);
        } catch (error) {
            const problem = failure(error);
            say(problem.message);
            done(problem);
        }
    }
}

interface Described {
    getUrn?(): string;
    getTok?(): string;
    getPreview?(): boolean;
}

function describe(request: unknown): { readonly type?: string; readonly name?: string; readonly preview?: boolean } {
    const known = request as Described;
    const urn = known.getUrn?.() ?? "";
    const preview = known.getPreview?.() ? { preview: true } : {};
    if (urn === "") return known.getTok ? { type: known.getTok() } : {};
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    return { type, name: urn.split("::").slice(3).join("::"), ...preview };
}

function checked(inputs: ReturnType<typeof fromStruct>, problems: readonly Problem[]): unknown {
    const response = new messages.CheckResponse();
    response.setInputs(toStruct(inputs));
    response.setFailuresList(
        problems.map((problem) => {
            const failed = new messages.CheckFailure();
            failed.setProperty(problem.property);
            failed.setReason(problem.reason);
            return failed;
        }),
    );
    return response;
}

const kinds = { add: 0, delete: 2, update: 4 } as const;

function differs(difference: Difference): unknown {
    const response = new messages.DiffResponse();
    const paths = [...difference.changes.keys()];
    response.setChanges(paths.length > 0 ? messages.DiffResponse.DiffChanges.DIFF_SOME : messages.DiffResponse.DiffChanges.DIFF_NONE);
    response.setDiffsList([...new Set(paths.map((path) => path.split(/[.[]/)[0] ?? path))]);
    response.setReplacesList([...difference.replaces]);
    response.setDeletebeforereplace(difference.deleteBeforeReplace);
    response.setHasdetaileddiff(true);
    for (const [path, { change, replaces }] of difference.changes) {
        const detail = new messages.PropertyDiff();
        detail.setKind((kinds[change] + (replaces ? 1 : 0)) as providerProto.PropertyDiff.Kind);
        detail.setInputdiff(true);
        response.getDetaileddiffMap().set(path, detail);
    }
    return response;
}

/** Another region or account is another provider: what it holds is replaced. */
function configurationDiff(request: providerProto.DiffRequest): unknown {
    const response = new messages.DiffResponse();
    const olds = fromStruct(request.getOlds());
    const news = fromStruct(request.getNews());
    const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
        (name) => name !== "version" && JSON.stringify(olds[name]) !== JSON.stringify(news[name]),
    );
    response.setChanges(changed.length > 0 ? messages.DiffResponse.DiffChanges.DIFF_SOME : messages.DiffResponse.DiffChanges.DIFF_NONE);
    response.setDiffsList(changed);
    response.setReplacesList(changed.filter((name) => name === "region"));
    return response;
}
