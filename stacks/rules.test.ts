import { expect } from "chai";
import { rules } from "./rules.ts";
import { problemsWith } from "./stack.fixture.ts";

interface Case {
    readonly rule: string;
    readonly refused: Readonly<Record<string, unknown>>;
    readonly words: readonly string[];
    /** What mends it: laid over the same sound stack, it is accepted. */
    readonly accepted: Readonly<Record<string, unknown>>;
}

const nothingServed = { loadBalancer: null, edge: null };
const ownImage = { image: { reference: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1" } };
const toAssets = { cdn: { behaviours: [{ path: "/assets/*", to: "assets" }] } };
const closed = (...endpoints: string[]) => ({ nat: "none", endpoints });
const twoZones = { zoneNames: ["eu-west-1a", "eu-west-1b"] };
const replicaIn = (zone: string) => ({ replicas: { reports: { class: "db.t4g.small", zone } } });
const lock = { mode: "governance", minRetentionDays: 7, maxRetentionDays: 60 };

const cases: readonly Case[] = [
    {
        rule: "loadBalancerNeedsCertificate",
        refused: { edge: null },
        words: ["loadBalancer  needs an edge block: it serves HTTPS only, and edge brings the domain and the certificate"],
        accepted: nothingServed,
    },
    {
        rule: "edgeNeedsOrigin",
        refused: { loadBalancer: null },
        words: ["edge  has nothing to publish: add a loadBalancer block, or edge.cdn and a bucket with role assets"],
        accepted: { loadBalancer: null, edge: { cdn: {} } },
    },
    {
        rule: "edgeNeedsOrigin",
        refused: { edge: toAssets, loadBalancer: { admit: "cloudfront" }, storage: { buckets: { assets: { role: "uploads" } } } },
        words: ['edge.cdn.behaviours  sends a path to "assets", but storage.buckets has no bucket with role assets'],
        accepted: { edge: toAssets, loadBalancer: { admit: "cloudfront" } },
    },
    {
        rule: "oneBucketOfAssets",
        refused: { storage: { buckets: { more: { role: "assets" } } } },
        words: ["storage.buckets  expected at most one bucket with role assets, which is what the CDN serves, got assets, more"],
        accepted: { storage: { buckets: { more: { role: "uploads" } } } },
    },
    {
        rule: "loadBalancerServesSomething",
        refused: { compute: null },
        words: ["loadBalancer  has nothing to send requests to: add a compute block"],
        accepted: { compute: null, ...nothingServed },
    },
    {
        rule: "doorFitsItsVisitors",
        refused: { loadBalancer: { admit: "cloudfront" } },
        words: ['loadBalancer.admit  is "cloudfront", but nothing stands in front: add edge.cdn, or admit "anywhere"'],
        accepted: { loadBalancer: { admit: "cloudfront" }, edge: { cdn: {} } },
    },
    {
        rule: "doorFitsItsVisitors",
        refused: { edge: { cdn: {} } },
        words: ['loadBalancer.admit  must be "cloudfront" behind a CDN (edge.cdn), or people walk round its firewall'],
        accepted: { edge: { cdn: {} }, loadBalancer: { admit: "cloudfront" } },
    },
    {
        rule: "zonesAreTheRegions",
        refused: { network: { zones: 4 } },
        words: ["network.zones  expected at most 3, the zones that eu-west-1 offers to every account, got 4"],
        accepted: { network: { zones: 3 } },
    },
    {
        rule: "zonesAreTheRegions",
        refused: { network: { zoneNames: ["us-east-1a", "eu-west-1b"] } },
        words: ['network.zoneNames.0  expected a zone of eu-west-1 such as eu-west-1a, got "us-east-1a"'],
        accepted: { network: twoZones },
    },
    {
        rule: "machinesReachWhatTheyNeed",
        refused: { network: closed(), compute: ownImage },
        words: [
            'network.endpoints  must include ecr.api, ecr.dkr, logs, monitoring, ssm, ssmmessages, kms, secretsmanager while network.nat is "none": instances could not start the application, and would be replaced for ever',
        ],
        accepted: {
            network: closed("ecr.api", "ecr.dkr", "logs", "monitoring", "ssm", "ssmmessages", "kms", "secretsmanager"),
            compute: ownImage,
        },
    },
    {
        rule: "machinesReachWhatTheyNeed",
        refused: {
            network: closed("ecr.api", "ecr.dkr", "logs", "monitoring", "ssm"),
            ...{ access: null, database: null, cache: null },
        },
        words: [
            'compute.image.reference  is outside ECR, which instances cannot reach while network.nat is "none"; copy it to ECR or choose another nat, got "public.ecr.aws/nginx/nginx:1.29"',
        ],
        accepted: {
            network: closed("ecr.api", "ecr.dkr", "logs", "monitoring", "ssm"),
            ...{ access: null, database: null, cache: null, compute: ownImage },
        },
    },
    {
        rule: "sessionsReachInstances",
        refused: { network: closed(), compute: null, ...nothingServed },
        words: ['network.endpoints  must include ssm, ssmmessages while network.nat is "none": Session Manager could reach nothing'],
        accepted: { network: closed("ssm", "ssmmessages"), compute: null, ...nothingServed },
    },
    {
        rule: "requestsNeedLoadBalancer",
        refused: { compute: { scaling: { requestsPerTarget: 100 } }, ...nothingServed },
        words: [
            "compute.scaling.requestsPerTarget  counts the requests of a load balancer, and there is none; add a loadBalancer block or scale on cpuPercent",
        ],
        accepted: { compute: { scaling: { requestsPerTarget: 100 } } },
    },
    {
        rule: "dataPortsAreOpen",
        refused: { database: { port: 6000 } },
        words: ["network.dataPorts  must include 6000, the database's port: the data tier's network ACL lets nothing else in"],
        accepted: { database: { port: 6000 }, network: { dataPorts: [6000, 6379] } },
    },
    {
        rule: "dataPortsAreOpen",
        refused: { database: { engine: "mysql", version: "8.4" }, network: { dataPorts: [5432, 6379] } },
        words: ["network.dataPorts  must include 3306, the database's port: the data tier's network ACL lets nothing else in"],
        accepted: { database: { engine: "mysql", version: "8.4" } },
    },
    {
        rule: "dataPortsAreOpen",
        refused: { network: { dataPorts: [5432] } },
        words: ["network.dataPorts  must include 6379, the cache's port: the data tier's network ACL lets nothing else in"],
        accepted: { network: { dataPorts: [5432] }, cache: null },
    },
    {
        rule: "zoneOfReplicaExists",
        refused: { network: twoZones, database: replicaIn("c") },
        words: ['database.replicas.reports.zone  is not among network.zoneNames (a, b), got "c"'],
        accepted: { network: twoZones, database: replicaIn("b") },
    },
    {
        rule: "reportsHaveWhereToGo",
        refused: { backup: { reports: ["backupJobs"] } },
        words: [
            "storage.logs.backupReports  must be true while backup.reports names any: AWS Backup may write to the log bucket only then",
        ],
        accepted: { backup: { reports: ["backupJobs"] }, storage: { logs: { backupReports: true } } },
    },
    {
        rule: "preciousMeansWatched",
        refused: { observability: { alarms: { critical: null } } },
        words: ["observability.alarms.critical  is missing; an environment that is not expendable must tell somebody when it breaks"],
        accepted: { observability: { alarms: { critical: null } }, environment: { expendable: true } },
    },
    {
        rule: "preciousMeansJudged",
        refused: { environment: { profile: "development" } },
        words: ['environment.profile  must be "production" or "regulated" where environment.expendable is false, got "development"'],
        accepted: { environment: { profile: "development", expendable: true } },
    },
    {
        rule: "preciousMeansKeysOfTheirOwn",
        refused: { keys: { shared: true } },
        words: [
            "keys.shared  must be false where environment.expendable is false: one key for all lets whoever reads the logs read the database",
        ],
        accepted: { keys: { shared: true }, environment: { expendable: true } },
    },
    {
        rule: "preciousMeansBackedUp",
        refused: { database: { backup: { retentionDays: 6 } } },
        words: ["database.backup.retentionDays  must be at least 7 where environment.expendable is false, got 6"],
        accepted: { database: { backup: { retentionDays: 6 } }, environment: { expendable: true } },
    },
    {
        rule: "preciousMeansBackedUp",
        refused: { backup: { lock }, environment: { expendable: true } },
        words: ["backup.lock  cannot be released by a destroy, but environment.expendable is true: say false, or take the lock away"],
        accepted: { backup: { lock } },
    },
];

describe("the rules between blocks", () => {
    it("let a sound stack pass", () => {
        expect(problemsWith({})).to.deep.equal([]);
    });

    it("each have a case here", () => {
        expect([...new Set(cases.map(({ rule }) => rule))].sort()).to.deep.equal(rules.map((rule) => rule.name).sort());
    });

    for (const { rule, refused, words, accepted } of cases) {
        it(`${rule}: "${words.join(", ").slice(0, 60)}…" and nothing else, until it is mended`, () => {
            expect(problemsWith(refused)).to.deep.equal(words);
            expect(problemsWith(accepted)).to.deep.equal([]);
        });
    }

    it("speak all at once", () => {
        const paths = problemsWith({
            loadBalancer: { admit: "cloudfront" },
            network: { zones: 4, dataPorts: [5432] },
            environment: { profile: "development" },
            observability: { alarms: { critical: null } },
        }).map((problem) => problem.split("  ")[0]);
        expect(paths.sort()).to.deep.equal([
            "environment.profile",
            "loadBalancer.admit",
            "network.dataPorts",
            "network.zones",
            "observability.alarms.critical",
        ]);
    });

    it("speak of the sound blocks while another block is broken", () => {
        expect(problemsWith({ budget: { monthlyUsd: "much" }, loadBalancer: { admit: "cloudfront" } })).to.deep.equal([
            'budget.monthlyUsd  expected a number, got "much"',
            'loadBalancer.admit  is "cloudfront", but nothing stands in front: add edge.cdn, or admit "anywhere"',
        ]);
    });
});
