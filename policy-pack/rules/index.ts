/** Every rule of the pack. A family is a file; adding one is a line here. */
import type { Rule } from "../core/rule.ts";
import { waiverRule } from "../core/waivers.ts";
import { beanstalk } from "./beanstalk.ts";
import { buckets } from "./buckets.ts";
import { caches } from "./caches.ts";
import { databaseCare } from "./database-care.ts";
import { databases } from "./databases.ts";
import { distributions } from "./distributions.ts";
import { files } from "./files.ts";
import { instances } from "./instances.ts";
import { lightsail } from "./lightsail.ts";
import { loadBalancers } from "./load-balancers.ts";
import { logs } from "./logs.ts";
import { messaging } from "./messaging.ts";
import { network } from "./network.ts";
import { networkAcls } from "./network-acls.ts";
import { scaling } from "./scaling.ts";
import { secrets } from "./secrets.ts";
import { securityGroups } from "./security-groups.ts";
import { streams } from "./streams.ts";
import { tables } from "./tables.ts";
import { volumes } from "./volumes.ts";
import { warehouses } from "./warehouses.ts";

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
    "File systems": files,
    Distributions: distributions,
    Messaging: messaging,
    Streams: streams,
    Logs: logs,
    Secrets: secrets,
    "The pack itself": [waiverRule],
};

export const rules: readonly Rule[] = Object.values(families).flat();
