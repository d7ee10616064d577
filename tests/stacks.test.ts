import { expect } from "chai";
import { autonameSuffixLength, nameRefusal, nameRules } from "../conventions/names.ts";
import { type Inventory, UNKNOWN } from "../tools/inventory/inventory.ts";
import { inventoryOf, readStackFile } from "../tools/inventory/stack-file.ts";
import { schemaIsCurrent } from "../tools/schema.ts";
import { projectRoot } from "../tools/setup/cache-folder.mjs";

const stacks = ["dev", "staging", "prod"];

function refusal(stack: string, changes: Readonly<Record<string, unknown>>): string {
    try {
        readStackFile(projectRoot, stack, changes);
    } catch (error) {
        return (error as Error).message;
    }
    throw new Error(`${stack} was accepted`);
}

describe("the flagship's stacks", () => {
    const inventories = new Map<string, Inventory>();
    before(async () => {
        for (const stack of stacks) {
            inventories.set(stack, await inventoryOf(projectRoot, stack));
        }
    });
    const resourcesOf = (stack: string) => inventories.get(stack)?.resources ?? [];

    for (const stack of stacks) {
        it(`${stack}: every physical name fits the limits of its type, and every type has a row`, () => {
            const problems = resourcesOf(stack)
                .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
                .flatMap(({ type, name, inputs }) => {
                    if (!(type in nameRules)) {
                        return [nameRefusal(type, name) ?? type];
                    }
                    const given = [inputs.name, inputs.bucket, inputs.alarmName].find(
                        (each) => typeof each === "string" && each !== UNKNOWN,
                    );
                    return given === undefined ? (nameRefusal(type, name + "x".repeat(autonameSuffixLength)) ?? []) : [];
                });
            expect(problems).to.deep.equal([]);
        });

        it(`${stack}: every resource names the stack's provider, is its component's child and begins with its name`, () => {
            for (const { urn, custom, parent, name, provider, type } of resourcesOf(stack)) {
                if (custom && type !== "pulumi:providers:aws") {
                    expect(provider, urn).to.contain("pulumi:providers:aws::aws");
                    expect(name, urn).to.satisfy((own: string) => own.startsWith(parent.split("::").at(-1) ?? "?"));
                }
            }
        });
    }

    it("prod: no password or token stands in plain inputs", () => {
        const secrets = resourcesOf("prod").flatMap(({ inputs, name }) =>
            Object.entries(inputs)
                .filter(([key]) => /^(password|passwordWo|authToken|secretString|secretStringWo)$/.test(key))
                .map(([key, value]) => ({ name, key, value })),
        );
        expect(secrets).to.have.length.greaterThan(2);
        for (const { name, key, value } of secrets) {
            expect(value === UNKNOWN || (typeof value === "object" && value !== null), `${name}.${key}`).to.equal(true);
        }
    });

    it("prod protects what holds data (a replica holds only a copy), and dev protects nothing", () => {
        const stateful = ["aws:rds/instance:Instance", "aws:s3/bucket:Bucket", "aws:kms/key:Key"];
        const unprotected = resourcesOf("prod").filter(
            ({ type, name, protect }) => stateful.includes(type) && !name.includes("-replica-") && !protect,
        );
        expect(unprotected.map(({ name }) => name)).to.deep.equal([]);
        expect(resourcesOf("dev").filter(({ protect }) => protect)).to.deep.equal([]);
    });

    it("a fourth zone, a third replica, a bigger database, a tag and a longer retention take nothing away", async () => {
        const before = new Set(resourcesOf("prod").map(({ urn }) => urn));
        const changed = await inventoryOf(projectRoot, "prod", {
            environment: { tags: { team: "web" }, logRetentionDays: 400 },
            network: { zones: 4 },
            database: { class: "db.m7g.xlarge", replicas: { third: { class: "db.m7g.large" } }, backup: { retentionDays: 30 } },
        });
        const urns = new Set(changed.resources.map(({ urn }) => urn));
        expect([...before].filter((urn) => !urns.has(urn))).to.deep.equal([]);
        expect(urns.size).to.be.greaterThan(before.size);
    });

    it("schema.json says what the settings say now", () => {
        expect(schemaIsCurrent(), "run: npm run terrace -- schema").to.equal(true);
    });
});

describe("stack files that cannot be used", () => {
    const cases: readonly (readonly [string, string, Readonly<Record<string, unknown>>, string])[] = [
        [
            "an unknown key names the one that was meant",
            "prod",
            { database: { multiAZ: true } },
            'database.multiAZ  unknown key; did you mean "multiAz"?',
        ],
        ["an unknown block", "prod", { databse: {} }, 'databse  unknown key; did you mean "database"?'],
        ["a wrong type", "prod", { network: { zones: "three" } }, 'network.zones  expected a number, got "three"'],
        ["a missing required block", "prod", { network: null }, "network  is missing"],
        ["a block that another needs", "prod", { edge: null }, "loadBalancer  needs an edge block"],
        [
            "two blocks that contradict",
            "prod",
            { loadBalancer: { admit: "anywhere" } },
            'loadBalancer.admit  must be "cloudfront" behind a CDN',
        ],
        ["addresses of another stack", "prod", { network: { cidr: "10.20.0.0/16" } }, "overlaps 10.20.0.0/16 of Pulumi.dev.yaml"],
        ["a network too small for the ledger", "prod", { network: { cidr: "10.40.0.0/24" } }, "network.cidr  "],
        [
            "replicas without backups",
            "staging",
            { database: { backup: { retentionDays: 0 } } },
            "database.backup.retentionDays  must be at least 1, because replicas start from a backup of the primary, got 0",
        ],
        ["an account that is no account", "dev", { environment: { account: "12" } }, "expected an account id of twelve digits in quotes"],
        ["machines that can reach nothing", "dev", { network: { nat: "none" } }, "network.endpoints  must include ecr.api, ecr.dkr, logs"],
        [
            "what is precious and watched by nobody",
            "prod",
            { observability: { alarms: { critical: null } } },
            "observability.alarms.critical  is missing",
        ],
    ];
    for (const [title, stack, changes, words] of cases) {
        it(`${title}: refused with the words that mend it`, () => {
            expect(refusal(stack, changes).replace(/ {2,}/g, "  ")).to.contain(words);
        });
    }

    it("says everything at once", () => {
        const text = refusal("prod", { network: { nat: "one" }, database: { engine: "oracle" }, loadBalancer: { admit: "anywhere" } });
        expect(text).to.match(/^Pulumi\.prod\.yaml cannot be used:/);
        expect(text).to.contain("network.nat").and.to.contain("database.engine").and.to.contain("loadBalancer.admit");
    });
});
