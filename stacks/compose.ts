/** Builds a stack's components in the order of the architecture, then joins them by verbs. Creates no resource itself. */
import { Access } from "../components/access/access.ts";
import { Backup } from "../components/backup/backup.ts";
import { selectionTag } from "../components/backup/selection.ts";
import { Budget } from "../components/budget/budget.ts";
import { Cache } from "../components/cache/cache.ts";
import { Fleet } from "../components/compute/fleet/fleet.ts";
import { imagePlatformOf } from "../components/compute/fleet/plan.ts";
import { resolveImage } from "../components/compute/image/image.ts";
import { DatabaseInstance } from "../components/database/instance/database-instance.ts";
import { Edge } from "../components/edge/edge.ts";
import { type KeyDomain, Keys } from "../components/keys/keys.ts";
import { LoadBalancer } from "../components/load-balancer/load-balancer.ts";
import { Network } from "../components/network/network.ts";
import { Observability } from "../components/observability/observability.ts";
import { Storage } from "../components/storage/storage.ts";
import type { Environment } from "../conventions/environment.ts";
import type { Stack } from "./config.ts";
import { environmentTags } from "./environment.ts";
import { outputsOf, type StackOutputs } from "./outputs.ts";
import { createProvider } from "./providers.ts";
import type { StackSettings } from "./settings.ts";
import { secretVariablesOf, variablesOf } from "./variables.ts";

/** Reads like the architecture: foundations, data, then what serves, then what is published, then who may reach whom. */
export async function composeStack({ project, stack, settings }: Stack): Promise<StackOutputs> {
    const tags = environmentTags(settings.environment, project, stack);
    const environment = environmentOf(`${project}-${stack}`, settings);
    const opts = { provider: createProvider(settings.environment, tags) };

    const keys = new Keys("keys", { ...settings.keys, environment, domains: domainsOf(settings) }, opts);
    const observability = new Observability(
        "observability",
        {
            ...settings.observability,
            environment,
            logsKeyArn: keys.arn("logs"),
            notificationsKeyArn: keys.arn("notifications"),
            edge: watchesEdge(settings),
            ...(watchesEdge(settings) && { edgeKeyArn: keys.arn("edgeLogs") }),
        },
        opts,
    );
    const { alarmTopics, edgeAlarmTopics } = observability;
    const storage = new Storage("storage", { ...settings.storage, environment, keyArn: keys.arn("storage") }, opts);
    const network = new Network(
        "network",
        { ...settings.network, environment, logsKeyArn: keys.arn("logs"), flowLogBucketArn: storage.logBucket.arn, alarmTopics },
        opts,
    );
    const access =
        settings.access &&
        new Access(
            "access",
            {
                ...settings.access,
                environment,
                sessionsKeyArn: keys.arn("sessions"),
                logsKeyArn: keys.arn("logs"),
                logBucket: storage.logBucket,
            },
            opts,
        );

    const data = {
        environment,
        placement: network.placement("data"),
        secretsKeyArn: keys.arn("secrets"),
        logsKeyArn: keys.arn("logs"),
        alarmTopics,
    };
    const database =
        settings.database && new DatabaseInstance("database", { ...settings.database, ...data, keyArn: keys.arn("database") }, opts);
    const cache = settings.cache && new Cache("cache", { ...settings.cache, ...data, keyArn: keys.arn("cache") }, opts);

    const edge =
        settings.edge &&
        new Edge(
            "edge",
            {
                ...settings.edge,
                environment,
                logsKeyArn: keys.arn("logs"),
                ...(logsAtEdge(settings) && { edgeLogsKeyArn: keys.arn("edgeLogs") }),
                logBucket: storage.logBucket,
                alarmTopics,
                edgeAlarmTopics,
            },
            opts,
        );
    const balancer =
        settings.loadBalancer &&
        edge &&
        new LoadBalancer(
            "balancer",
            {
                ...settings.loadBalancer,
                environment,
                placement: network.placement(settings.loadBalancer.internal ? "app" : "public"),
                certificateArn: edge.certificateArn,
                accessLogBucketName: storage.logBucket.name,
                alarmTopics,
            },
            opts,
        );
    const compute =
        settings.compute &&
        new Fleet(
            "compute",
            {
                ...settings.compute,
                environment,
                tags,
                startAfter: [network],
                placement: network.placement("app"),
                image: await resolveImage(
                    "image",
                    settings.compute.image,
                    { environment, keyArn: keys.arn("storage"), platform: imagePlatformOf(settings.compute) },
                    opts,
                ),
                ...(balancer && {
                    target: balancer.addTarget("app", { port: settings.compute.port, healthPath: settings.compute.healthPath }),
                }),
                volumesKeyArn: keys.arn("volumes"),
                secretsKeyArn: keys.arn("secrets"),
                logsKeyArn: keys.arn("logs"),
                alarmTopics,
                variables: variablesOf(settings.compute.variables, { database, cache, storage }),
                secrets: secretVariablesOf({ database, cache, storage }),
            },
            opts,
        );

    if (compute) {
        if (balancer) {
            compute.allowFrom("balancer", balancer);
        }
        database?.allowFrom("compute", compute);
        cache?.allowFrom("compute", compute);
        for (const key of storage.keys) {
            compute.permit(`bucket-${key}`, storage.statementsFor(key, "readWrite"));
        }
        const logIn = cache?.connectStatements() ?? [];
        if (logIn.length > 0) {
            compute.permit("cache", logIn);
        }
        if (access) {
            compute.permit("sessions", access.instanceStatements());
        }
    }
    const assets = storage.keys.map((key) => storage.bucket(key)).find(({ role }) => role === "assets");
    const published = edge?.publish({
        ...(balancer && { loadBalancer: balancer }),
        ...(assets &&
            settings.edge?.cdn && {
                assets: { key: assets.key, bucketName: assets.name, bucketArn: assets.arn, regionalDomainName: assets.regionalDomainName },
            }),
    });
    if (assets && published?.distributionArn) {
        storage.letDistributionRead(assets.key, published.distributionArn);
    }
    storage.close();
    if (balancer && edge?.webAclArn) {
        balancer.attachWebAcl(edge.webAclArn);
    }
    const backup =
        settings.backup &&
        new Backup(
            "backup",
            {
                ...settings.backup,
                environment,
                keyArn: keys.arn("backup"),
                reportBucketName: storage.logBucket.name,
                placement: network.placement("data"),
                alarmTopics,
            },
            opts,
        );
    if (settings.budget) {
        new Budget("budget", { ...settings.budget, environment, alarmTopics }, opts);
    }
    const shown = [edge, balancer, compute, database, cache, network, storage, backup].filter((component) => component !== undefined);
    observability.show(shown.map((component) => component.dashboardRow));
    observability.judgeHealth(shown);

    const hasDashboard = settings.observability.dashboard !== undefined;
    return outputsOf({ environment, network, storage, hasDashboard, access, database, cache, edge, balancer, compute, backup });
}

function environmentOf(name: string, { environment, backup }: StackSettings): Environment {
    return {
        name,
        accountId: environment.account,
        region: environment.region,
        expendable: environment.expendable,
        logRetentionDays: environment.logRetentionDays,
        ...(backup && { backupTag: selectionTag(name) }),
    };
}

/** A key costs a dollar a month: only the domains that something in this stack encrypts with. */
function domainsOf(settings: StackSettings): KeyDomain[] {
    const wanted: Record<KeyDomain, unknown> = {
        logs: true,
        notifications: true,
        storage: true,
        edgeLogs: watchesEdge(settings) || logsAtEdge(settings),
        database: settings.database,
        cache: settings.cache,
        secrets: settings.database ?? settings.cache ?? settings.compute,
        volumes: settings.compute,
        sessions: settings.access,
        backup: settings.backup,
    };
    return (Object.keys(wanted) as KeyDomain[]).filter((domain) => wanted[domain]);
}

/** Whether a log group of the edge stands in us-east-1. */
function logsAtEdge({ edge }: StackSettings): boolean {
    return edge?.cdn !== undefined || edge?.queryLogs === true;
}

/** What stands at the edge, or is asked from there, reports its metrics to us-east-1 only. */
function watchesEdge({ edge }: StackSettings): boolean {
    return edge?.cdn !== undefined || edge?.healthCheck !== undefined;
}
