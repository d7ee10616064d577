/** What people and other stacks may rely on. A name here is for ever; what is not here may change in any commit. */
import type * as pulumi from "@pulumi/pulumi";
import type { Access } from "../components/access/access.ts";
import type { Backup } from "../components/backup/backup.ts";
import type { Cache } from "../components/cache/cache.ts";
import type { Fleet } from "../components/compute/fleet/fleet.ts";
import type { DatabaseInstance } from "../components/database/instance/database-instance.ts";
import type { Edge } from "../components/edge/edge.ts";
import type { LoadBalancer } from "../components/load-balancer/load-balancer.ts";
import type { Network } from "../components/network/network.ts";
import type { Storage } from "../components/storage/storage.ts";
import type { Environment } from "../conventions/environment.ts";

/** A tier that the stack does not have is absent. */
export interface StackOutputs {
    /** Where people go, and the names to enter at the parent zone if this stack made its zone. */
    readonly address?: { readonly url: string; readonly nameServers?: pulumi.Output<string[]> };
    readonly network: {
        readonly vpcId: pulumi.Output<string>;
        readonly cidr: string;
        readonly natAddresses: readonly pulumi.Output<string>[];
    };
    readonly compute?: {
        readonly groupName: pulumi.Output<string>;
        readonly roleArn: pulumi.Output<string>;
        readonly logGroupName: pulumi.Output<string>;
    };
    readonly database?: {
        readonly host: pulumi.Output<string>;
        readonly readerHosts: Readonly<Record<string, pulumi.Output<string>>>;
        readonly port: number;
        /** Secret that holds the credentials; not the credentials. */
        readonly secretArn: pulumi.Output<string>;
        /** For another stack's replica. */
        readonly primaryArn: pulumi.Output<string>;
    };
    readonly cache?: { readonly host: pulumi.Output<string>; readonly port: number };
    readonly buckets: Readonly<Record<string, pulumi.Output<string>>>;
    readonly sessions?: {
        readonly documentName: pulumi.Output<string>;
        readonly roleArns: Readonly<Record<string, pulumi.Output<string>>>;
    };
    readonly dashboard?: string;
    readonly backupVault?: pulumi.Output<string>;
}

interface Built {
    readonly environment: Environment;
    readonly network: Network;
    readonly storage: Storage;
    readonly hasDashboard: boolean;
    readonly access?: Access | undefined;
    readonly database?: DatabaseInstance | undefined;
    readonly cache?: Cache | undefined;
    readonly edge?: Edge | undefined;
    readonly balancer?: LoadBalancer | undefined;
    readonly compute?: Fleet | undefined;
    readonly backup?: Backup | undefined;
}

export function outputsOf(built: Built): StackOutputs {
    const { environment, network, storage, access, database, cache, edge, compute, backup } = built;
    return {
        ...(edge && { address: { url: edge.url, ...(edge.nameServers && { nameServers: edge.nameServers }) } }),
        network: { vpcId: network.vpcId, cidr: network.cidr, natAddresses: network.natAddresses },
        ...(compute && { compute: { groupName: compute.groupName, roleArn: compute.roleArn, logGroupName: compute.logGroupName } }),
        ...(database && {
            database: {
                host: database.host,
                readerHosts: database.readerHosts,
                port: database.port,
                secretArn: database.secretArn,
                primaryArn: database.primaryArn,
            },
        }),
        ...(cache && { cache: { host: cache.host, port: cache.port } }),
        buckets: Object.fromEntries(storage.keys.map((key) => [key, storage.bucket(key).name])),
        ...(access && { sessions: { documentName: access.sessionDocumentName, roleArns: access.operatorRoleArns } }),
        ...(built.hasDashboard && {
            dashboard: `https://${environment.region}.console.aws.amazon.com/cloudwatch/home?region=${environment.region}#dashboards/dashboard/${environment.name}`,
        }),
        ...(backup && { backupVault: backup.vaultArn }),
    };
}
