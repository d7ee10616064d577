import { expect } from "chai";
import { unknownKey } from "./problems.ts";
import { parseSettings } from "./settings.ts";
import { problemsWith, stackWith } from "./stack.fixture.ts";

const blocks = "access, backup, budget, cache, compute, database, edge, environment, keys, loadBalancer, network, observability, storage";

describe("what is wrong with a stack file", () => {
    const cases: readonly (readonly [title: string, changes: Readonly<Record<string, unknown>>, words: readonly string[]])[] = [
        ["a block misspelt", { databse: {} }, ['databse  unknown key; did you mean "database"?']],
        ["a block that nothing resembles", { zzz: 1 }, [`zzz  unknown key; known here: ${blocks}`]],
        ["a key in other capitals", { database: { multiAZ: true } }, ['database.multiAZ  unknown key; did you mean "multiAz"?']],
        ["a key inside a list", { budget: { emials: [] } }, ['budget.emials  unknown key; did you mean "emails"?']],
        [
            "a key deep inside a map",
            { storage: { buckets: { assets: { rol: "assets" } } } },
            ['storage.buckets.assets.rol  unknown key; did you mean "role"?'],
        ],
        [
            "a key of another kind in a block that has kinds",
            { network: { flowLogs: { destination: "s3", keep: 1 } } },
            ["network.flowLogs.keep  unknown key; known here: aggregationSeconds, destination, retentionDays, traffic"],
        ],
        ["a block left out", { network: null }, ["network  is missing; expected a block of keys. Network, its zones and its ways out."]],
        [
            "a key left out",
            { network: { cidr: null } },
            [
                "network.cidr  is missing; expected text. Address block of the whole network, /16 to /20, apart from every other stack's. Changing it replaces the network and all that stands in it.",
            ],
        ],
        ["text where a block belongs", { network: "yes" }, ['network  expected a block of keys, got "yes"']],
        ["a list where a block belongs", { storage: { buckets: [] } }, ["storage.buckets  expected a block of keys, got []"]],
        ["text where a number belongs", { network: { zones: "three" } }, ['network.zones  expected a number, got "three"']],
        ["a number in quotes", { database: { storage: { sizeGiB: "20" } } }, ['database.storage.sizeGiB  expected a number, got "20"']],
        ["a fraction where a whole number belongs", { network: { zones: 2.5 } }, ["network.zones  expected a whole number, got 2.5"]],
        ["a number where text belongs", { network: { cidr: 5 } }, ["network.cidr  expected text, got 5; put it in quotes"]],
        [
            "text where yes or no belongs",
            { environment: { expendable: "yes" } },
            ['environment.expendable  expected true or false, got "yes"'],
        ],
        [
            "an account without quotes",
            { environment: { account: 123456789012 } },
            ["environment.account  expected text, got 123456789012; put it in quotes"],
        ],
        [
            "a kind that there is not",
            { cache: { kind: "node" } },
            ['cache.kind  expected "nodes" or "serverless", got "node"; did you mean "nodes"?'],
        ],
        ["a kind left out", { cache: { kind: null } }, ['cache.kind  is missing; expected "nodes" or "serverless"']],
        [
            "a key that this map cannot have",
            { storage: { buckets: { "Bad Key": { role: "assets" } } } },
            ['storage.buckets.Bad Key  expected a name of 1 to 16 lower-case letters and digits that starts with a letter, got "Bad Key"'],
        ],
        [
            "two keys of which one may stand",
            { edge: { zone: { create: "shop.example.com", id: "Z1" } } },
            ["edge.zone.id  cannot stand beside create: say one of them"],
        ],
        ["a block refused, which is not an absent one", { edge: { domain: 5 } }, ["edge.domain  expected text, got 5; put it in quotes"]],
        ["too few entries", { compute: { instanceTypes: [] } }, ["compute.instanceTypes  expected at least 1 entry, got 0"]],
        ["a number too small", { network: { zones: 0 } }, ["network.zones  must be at least 1, got 0"]],
        [
            "a word misspelt",
            { database: { engine: "postgers" } },
            ['database.engine  expected "postgres" or "mysql", got "postgers"; did you mean "postgres"?'],
        ],
        [
            "a word that nothing resembles",
            { network: { nat: "everywhere" } },
            ['network.nat  expected "none", "single", "perZone" or "regional", got "everywhere"'],
        ],
        [
            "text of the wrong form",
            { network: { cidr: "10.0.0.0/33" } },
            ['network.cidr  expected an IPv4 block such as 10.20.0.0/16, got "10.0.0.0/33"'],
        ],
        [
            "an element of a list",
            { observability: { alarms: { critical: { emails: ["on-call"] } } } },
            ['observability.alarms.critical.emails.0  expected an e-mail address, got "on-call"'],
        ],
        [
            "what a block says of its own keys",
            { observability: { alarms: { critical: { emails: [] } } } },
            ["observability.alarms.critical  has no receiver: add emails, endpoints or queues, or drop the severity"],
        ],
        [
            "an account that is no account",
            { environment: { account: "12" } },
            ['environment.account  expected an account id of twelve digits in quotes, such as "123456789012", got "12"'],
        ],
    ];
    for (const [title, changes, words] of cases) {
        it(`${title}: said where it stands, with what was expected`, () => {
            expect(problemsWith(changes)).to.deep.equal(words);
        });
    }

    it("is said all at once, whatever its kind and block", () => {
        const changes = {
            network: { nat: "one", zones: "three" },
            keys: null,
            databse: {},
            budget: { monthlyUsd: 0 },
            environment: { account: "12" },
        };
        expect(problemsWith(changes).map((problem) => problem.split("  ")[0])).to.have.members([
            "network.nat",
            "network.zones",
            "keys",
            "databse",
            "budget.monthlyUsd",
            "environment.account",
        ]);
    });

    it("an empty file lacks every block that each stack needs, and each says what it is for", () => {
        const { problems = [] } = parseSettings({});
        expect(problems.map(({ path }) => path)).to.deep.equal(["environment", "keys", "observability", "storage", "network"]);
        for (const { path, message } of problems) expect(message, path).to.match(/^is missing; expected a block of keys\. [A-Z].*\.$/);
    });

    it("never shows more of a value than a line has room for", () => {
        const [problem = ""] = problemsWith({ network: { nat: "x".repeat(500) } });
        expect(problem)
            .to.match(/x{10}\.\.\.$/)
            .and.have.length.below(200);
    });

    it("settings that are accepted cannot be changed by who reads them", () => {
        const { settings } = parseSettings(stackWith());
        expect(() => Object.assign(settings?.network ?? {}, { zones: 1 })).to.throw(TypeError);
    });
});

describe("an unknown key", () => {
    it("names the one that was meant, by distance and not by capitals", () => {
        expect(unknownKey("MULTIAZ", ["multiAz", "port"])).to.equal('unknown key; did you mean "multiAz"?');
    });

    it("names them all, in order, where none was meant", () => {
        expect(unknownKey("colour", ["size", "kind"])).to.equal("unknown key; known here: kind, size");
    });

    it("names nothing where nothing is known", () => {
        expect(unknownKey("colour", [])).to.equal("unknown key");
    });
});
