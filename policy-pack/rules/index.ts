/** Every rule of the pack. A family is a file; adding one is a line here. */
import type { Rule } from "../core/rule.ts";
import { waiverRule } from "../core/waivers.ts";
import { alarms } from "./alarms.ts";
import { apis } from "./apis.ts";
import { backups } from "./backups.ts";
import { beanstalk } from "./beanstalk.ts";
import { bucketCare } from "./bucket-care.ts";
import { buckets } from "./buckets.ts";
import { builds } from "./builds.ts";
import { caches } from "./caches.ts";
import { catalogs } from "./catalogs.ts";
import { certificates } from "./certificates.ts";
import { clusters } from "./clusters.ts";
import { containers } from "./containers.ts";
import { cost } from "./cost.ts";
import { databaseCare } from "./database-care.ts";
import { databases } from "./databases.ts";
import { deployment } from "./deployment.ts";
import { detection } from "./detection.ts";
import { distributions } from "./distributions.ts";
import { dns } from "./dns.ts";
import { files } from "./files.ts";
import { functions } from "./functions.ts";
import { identity } from "./identity.ts";
import { instances } from "./instances.ts";
import { keys } from "./keys.ts";
import { kubernetes } from "./kubernetes.ts";
import { lightsail } from "./lightsail.ts";
import { loadBalancers } from "./load-balancers.ts";
import { logs } from "./logs.ts";
import { messaging } from "./messaging.ts";
import { network } from "./network.ts";
import { networkAcls } from "./network-acls.ts";
import { parameters } from "./parameters.ts";
import { pipelines } from "./pipelines.ts";
import { registries } from "./registries.ts";
import { scaling } from "./scaling.ts";
import { secrets } from "./secrets.ts";
import { securityGroups } from "./security-groups.ts";
import { signIn } from "./sign-in.ts";
import { streams } from "./streams.ts";
import { tables } from "./tables.ts";
import { tags } from "./tags.ts";
import { trails } from "./trails.ts";
import { trust } from "./trust.ts";
import { volumes } from "./volumes.ts";
import { warehouses } from "./warehouses.ts";
import { webAcls } from "./web-acls.ts";

/** By what a reader looks for, which is the order of the catalogue in RULES.md. */
export const families: Readonly<Record<string, readonly Rule[]>> = {
    "Security groups": securityGroups,
    "Network ACLs": networkAcls,
    Network: network,
    Instances: instances,
    Disks: volumes,
    "Auto Scaling": scaling,
    "Load balancers": loadBalancers,
    "Elastic Beanstalk": beanstalk,
    Lightsail: lightsail,
    Databases: databases,
    "Care of databases": databaseCare,
    Caches: caches,
    Tables: tables,
    Warehouses: warehouses,
    Buckets: buckets,
    "Care of buckets": bucketCare,
    "File systems": files,
    Distributions: distributions,
    Messaging: messaging,
    Streams: streams,
    Logs: logs,
    Secrets: secrets,
    Names: dns,
    Certificates: certificates,
    "Web ACLs": webAcls,
    Keys: keys,
    Identity: identity,
    Trust: trust,
    Functions: functions,
    APIs: apis,
    "Sign-in": signIn,
    "Data clusters": clusters,
    "Catalogues and queries": catalogs,
    Kubernetes: kubernetes,
    Registries: registries,
    Containers: containers,
    Builds: builds,
    Pipelines: pipelines,
    Alarms: alarms,
    Trails: trails,
    Backups: backups,
    "Parameters and documents": parameters,
    Detection: detection,
    Cost: cost,
    "Tags and places": tags,
    Deployment: deployment,
    "The pack itself": [waiverRule],
};

export const rules: readonly Rule[] = Object.values(families).flat();
