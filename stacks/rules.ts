/**
 * Rules between blocks: what AWS would refuse twenty minutes in, or accept and leave broken. Each is a pure function of the settings,
 * so that all of them speak at once. What concerns one block alone stands in that block's own settings.
 */

import { ecrImage } from "../components/compute/image/reference.ts";
import { loadBalancerProblems } from "../components/edge/plan.ts";
import { type InterfaceService, missingEndpoints, sessionServices } from "../components/network/endpoint-services.ts";
import { zoneProblems } from "../components/network/ledger.ts";
import type { Problem } from "../conventions/refusal.ts";
import type { StackSettings } from "./settings.ts";

export type Rule = (settings: StackSettings) => readonly Problem[];

/** Profiles that are strict enough for data somebody would miss. */
const judgesPrecious = { development: false, production: true, regulated: true } as const;

export const rules: readonly Rule[] = [
    function loadBalancerNeedsCertificate({ loadBalancer, edge }) {
        return refuseIf(
            loadBalancer && !edge,
            "loadBalancer",
            "needs an edge block: it serves HTTPS only, and edge brings the domain and the certificate",
        );
    },
    function edgeNeedsOrigin({ loadBalancer, edge, storage }) {
        const assets = Object.values(storage.buckets).some((bucket) => bucket.role === "assets");
        return [
            ...refuseIf(
                edge && !loadBalancer && !(edge.cdn && assets),
                "edge",
                "has nothing to publish: add a loadBalancer block, or edge.cdn and a bucket with role assets",
            ),
            ...refuseIf(
                edge?.cdn?.behaviours.some(({ to }) => to === "assets") && !assets,
                "edge.cdn.behaviours",
                'sends a path to "assets", but storage.buckets has no bucket with role assets',
            ),
        ];
    },
    function oneBucketOfAssets({ storage }) {
        const assets = Object.entries(storage.buckets).flatMap(([key, bucket]) => (bucket.role === "assets" ? [key] : []));
        return refuseIf(
            assets.length > 1,
            "storage.buckets",
            `expected at most one bucket with role assets, which is what the CDN serves, got ${assets.join(", ")}`,
        );
    },
    function loadBalancerServesSomething({ loadBalancer, compute }) {
        return refuseIf(loadBalancer && !compute, "loadBalancer", "has nothing to send requests to: add a compute block");
    },
    function doorFitsItsVisitors({ loadBalancer, edge }) {
        return edge && loadBalancer ? loadBalancerProblems(edge, loadBalancer) : [];
    },
    function zonesAreTheRegions({ environment, network }) {
        return zoneProblems(network, environment.region).map(({ path, message }) => ({ path: `network.${path}`, message }));
    },
    function machinesReachWhatTheyNeed({ network, compute, access, database, cache }) {
        if (!compute || network.nat !== "none") {
            return [];
        }
        const secrets = database ?? cache;
        const needed: InterfaceService[] = [
            "ecr.api",
            "ecr.dkr",
            "logs",
            "monitoring",
            "ssm",
            ...(access ? [...sessionServices, "kms" as const] : []),
            ...(secrets ? ["secretsmanager" as const, "kms" as const] : []),
        ];
        const missing = missingEndpoints(network, [...new Set(needed)]);
        const foreign = compute.image.reference !== undefined && ecrImage(compute.image.reference) === undefined;
        return [
            ...refuseIf(
                missing.length > 0,
                "network.endpoints",
                `must include ${missing.join(", ")} while network.nat is "none": instances could not start the application, and would be replaced for ever`,
            ),
            ...refuseIf(
                foreign,
                "compute.image.reference",
                `is outside ECR, which instances cannot reach while network.nat is "none"; copy it to ECR or choose another nat, got ${JSON.stringify(compute.image.reference)}`,
            ),
        ];
    },
    function sessionsReachInstances({ network, access, compute }) {
        const missing = access && !compute ? missingEndpoints(network, sessionServices) : [];
        return refuseIf(
            missing.length > 0,
            "network.endpoints",
            `must include ${missing.join(", ")} while network.nat is "none": Session Manager could reach nothing`,
        );
    },
    function requestsNeedLoadBalancer({ compute, loadBalancer }) {
        return refuseIf(
            compute?.scaling?.requestsPerTarget !== undefined && !loadBalancer,
            "compute.scaling.requestsPerTarget",
            "counts the requests of a load balancer, and there is none; add a loadBalancer block or scale on cpuPercent",
        );
    },
    function dataPortsAreOpen({ network, database, cache }) {
        const port = database?.port ?? (database ? ({ postgres: 5432, mysql: 3306 } as const)[database.engine] : undefined);
        const cachePort = cache?.kind === "nodes" ? cache.port : cache && 6379;
        return [
            ...refuseIf(
                port !== undefined && !network.dataPorts.includes(port),
                "network.dataPorts",
                `must include ${port}, the database's port: the data tier's network ACL lets nothing else in`,
            ),
            ...refuseIf(
                cachePort !== undefined && !network.dataPorts.includes(cachePort),
                "network.dataPorts",
                `must include ${cachePort}, the cache's port: the data tier's network ACL lets nothing else in`,
            ),
        ];
    },
    function zoneOfReplicaExists({ network, database }) {
        const letters = network.zoneNames?.map((name) => name.slice(-1));
        return Object.entries(database?.replicas ?? {}).flatMap(([key, { zone }]) =>
            refuseIf(
                zone !== undefined && letters && !letters.includes(zone),
                `database.replicas.${key}.zone`,
                `is not among network.zoneNames (${letters?.join(", ")}), got ${JSON.stringify(zone)}`,
            ),
        );
    },
    function reportsHaveWhereToGo({ backup, storage }) {
        return refuseIf(
            backup && backup.reports.length > 0 && !storage.logs.backupReports,
            "storage.logs.backupReports",
            "must be true while backup.reports names any: AWS Backup may write to the log bucket only then",
        );
    },
    function preciousMeansWatched({ environment, observability }) {
        return refuseIf(
            !environment.expendable && observability.alarms.critical === undefined,
            "observability.alarms.critical",
            "is missing; an environment that is not expendable must tell somebody when it breaks",
        );
    },
    function preciousMeansJudged({ environment }) {
        return refuseIf(
            !environment.expendable && !judgesPrecious[environment.profile],
            "environment.profile",
            'must be "production" or "regulated" where environment.expendable is false, got "development"',
        );
    },
    function preciousMeansKeysOfTheirOwn({ environment, keys }) {
        return refuseIf(
            !environment.expendable && keys.shared,
            "keys.shared",
            "must be false where environment.expendable is false: one key for all lets whoever reads the logs read the database",
        );
    },
    function preciousMeansBackedUp({ environment, database, backup }) {
        const days = database?.backup.retentionDays ?? 7;
        return [
            ...refuseIf(
                !environment.expendable && days < 7,
                "database.backup.retentionDays",
                `must be at least 7 where environment.expendable is false, got ${days}`,
            ),
            ...refuseIf(
                environment.expendable && backup?.lock,
                "backup.lock",
                "cannot be released by a destroy, but environment.expendable is true: say false, or take the lock away",
            ),
        ];
    },
];

function refuseIf(wrong: unknown, path: string, message: string): readonly Problem[] {
    return wrong ? [{ path, message }] : [];
}
