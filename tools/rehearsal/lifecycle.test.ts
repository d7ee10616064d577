import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { Account, network } from "./account.fixture.ts";
import { parseFault } from "./faults.ts";
import { HalfMadeError } from "./protocol.ts";
import { CloudState } from "./state.ts";
import { isSecret, secret, UNKNOWN } from "./values.ts";

const database = {
    engine: "postgres",
    instanceClass: "db.t4g.micro",
    allocatedStorage: 20,
    username: "app",
    password: "correct-horse",
    skipFinalSnapshot: true,
} as const;

const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
});

describe("rehearsal: the life of a resource", () => {
    let account: Account;
    beforeEach(() => {
        account = new Account();
    });
    afterEach(() => account.remove());

    it("a preview makes nothing, and what AWS decides is unknown", async () => {
        const target = account.target("ec2/vpc", "main");
        const shown = await account.provider.create(target, account.check("ec2/vpc", "main", { cidrBlock: "10.0.0.0/16" }), true);
        expect(shown.id).to.equal("");
        expect(shown.outputs.arn).to.equal(UNKNOWN);
        expect(shown.outputs.cidrBlock).to.equal("10.0.0.0/16");
        expect([...account.cloud.everything()]).to.deep.equal([]);
    });

    it("ids and ARNs have the shape of AWS", async () => {
        const { vpc } = await network(account);
        expect(vpc.id).to.match(/^vpc-0[0-9a-f]{16}$/);
        expect(vpc.get("arn")).to.equal(`arn:aws:ec2:eu-west-1:111122223333:vpc/${vpc.id}`);
        const db = await account.make("rds/instance", "db", { ...database, identifier: "orders" });
        expect(db.get("arn")).to.equal("arn:aws:rds:eu-west-1:111122223333:db:orders");
        expect(db.get("endpoint")).to.match(/^orders\.c\w{11}\.eu-west-1\.rds\.amazonaws\.com:5432$/);
    });

    it("an output is secret when its input was", async () => {
        const { outputs } = await account.make("ssm/parameter", "p", { name: "/a/b", type: "SecureString", value: secret("s3cret") });
        expect(isSecret(outputs.value)).to.equal(true);
    });

    it("an update keeps the id, and a launch template counts its versions", async () => {
        const template = await account.make("ec2/launchTemplate", "fleet", { instanceType: "t4g.small" });
        expect(template.outputs.latestVersion).to.equal(1);
        expect((await account.change(template, { instanceType: "t4g.medium" })).latestVersion).to.equal(2);
    });

    it("an update of what is gone is refused with the way out", async () => {
        const queue = await account.make("sqs/queue", "jobs", { name: "jobs" });
        await account.destroy(queue);
        expect(await account.refusal(account.change(queue, { name: "jobs", delaySeconds: 5 }))).to.match(
            /^NotFound: there is no sqs\.queue https:.*Run "pulumi refresh"/,
        );
    });

    it("a refresh finds what is there and forgets what is gone", async () => {
        const topic = await account.make("sns/topic", "alarms", { name: "alarms" });
        const target = account.target("sns/topic", "alarms");
        expect(account.provider.read(target, topic.id, topic.inputs, topic.outputs)).to.deep.equal({
            id: topic.id,
            inputs: topic.inputs,
            outputs: topic.outputs,
        });
        await account.destroy(topic);
        expect(account.provider.read(target, topic.id, topic.inputs, topic.outputs).id).to.equal("");
    });

    it("an import by id returns the inputs, without what is the default anyway", async () => {
        const topic = await account.make("sns/topic", "alarms", { name: "alarms", displayName: "Alarms" });
        const { inputs } = account.provider.read(account.target("sns/topic", "alarms"), topic.id, {}, {});
        expect(inputs).to.deep.include({ name: "alarms", displayName: "Alarms" });
        expect(inputs).not.to.have.property("__defaults");
    });

    it("a change of a property that the provider replaces is a replacement, any other an update", () => {
        const target = account.target("rds/instance", "db");
        const olds = account.check("rds/instance", "db", { ...database, identifier: "orders" });
        const bigger = account.provider.diff(target, "x", olds, { ...olds, instanceClass: "db.t4g.small" }, []);
        expect([...bigger.changes.keys()]).to.deep.equal(["instanceClass"]);
        expect(bigger.replaces).to.deep.equal([]);
        const other = account.provider.diff(target, "x", olds, { ...olds, username: "root" }, []);
        expect(other.replaces).to.deep.equal(["username"]);
        expect(other.deleteBeforeReplace).to.equal(true);
    });

    it("a named resource that Pulumi named itself is replaced side by side", () => {
        const olds = account.check("rds/instance", "db", database);
        expect(
            account.provider.diff(account.target("rds/instance", "db"), "x", olds, { ...olds, username: "root" }, []).deleteBeforeReplace,
        ).to.equal(false);
    });

    it("the same document with other spaces, and the same set in another order, are no change", () => {
        const policy = account.provider.diff(
            account.target("iam/role", "r"),
            "x",
            { assumeRolePolicy: '{"a":1,"b":2}' },
            { assumeRolePolicy: '{ "b": 2, "a": 1 }' },
            [],
        );
        expect(policy.changes.size).to.equal(0);
        const set = account.provider.diff(
            account.target("rds/subnetGroup", "g"),
            "x",
            { subnetIds: ["a", "b"] },
            { subnetIds: ["b", "a"] },
            [],
        );
        expect(set.changes.size).to.equal(0);
    });

    it("what is ignored is no change", () => {
        const ignored = account.provider.diff(
            account.target("autoscaling/group", "g"),
            "x",
            { desiredCapacity: 2 },
            { desiredCapacity: 4 },
            ["desiredCapacity"],
        );
        expect(ignored.changes.size).to.equal(0);
    });

    it("a name given by hand cannot be used twice", async () => {
        await account.make("iam/role", "one", { name: "app", assumeRolePolicy: '{"Statement":[]}' });
        const said = await account.refusal(account.make("iam/role", "two", { name: "APP", assumeRolePolicy: '{"Statement":[]}' }));
        expect(said).to.equal(
            'EntityAlreadyExists: iam.role with name "APP" already exists: iam.role app ("one"). Choose another name, or leave the name to Pulumi.',
        );
    });

    it("the name of a deleted secret stays taken in its recovery window, and is free with a window of 0", async () => {
        const kept = await account.make("secretsmanager/secret", "a", { name: "token" });
        await account.destroy(kept);
        expect(await account.refusal(account.make("secretsmanager/secret", "b", { name: "token" }))).to.match(
            /^InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion/,
        );
        const gone = await account.make("secretsmanager/secret", "c", { name: "other", recoveryWindowInDays: 0 });
        await account.destroy(gone);
        expect(await account.refusal(account.make("secretsmanager/secret", "d", { name: "other" }))).to.equal("");
    });

    it("two resources that own the same thing are refused, where AWS would let them overwrite each other", async () => {
        await account.make("s3/bucket", "b", { bucket: "assets-1" });
        await account.make("s3/bucketVersioning", "one", { bucket: "assets-1", versioningConfiguration: { status: "Enabled" } });
        const said = await account.refusal(
            account.make("s3/bucketVersioning", "two", { bucket: "assets-1", versioningConfiguration: { status: "Suspended" } }),
        );
        expect(said).to.match(/^ConflictingOwners: s3\.bucketVersioning assets-1/);
    });

    it("a table scales its reads and its writes, each once", async () => {
        await account.make("dynamodb/table", "orders", { name: "orders", hashKey: "id", attributes: [{ name: "id", type: "S" }] });
        const scaled = (name: string, what: string) =>
            account.make("appautoscaling/target", name, {
                ...{ serviceNamespace: "dynamodb", resourceId: "table/orders", minCapacity: 1, maxCapacity: 4 },
                scalableDimension: `dynamodb:table:${what}CapacityUnits`,
            });
        await scaled("reads", "Read");
        expect(await account.refusal(scaled("writes", "Write"))).to.equal("");
        expect(await account.refusal(scaled("again", "Write"))).to.match(/^ConflictingOwners: /);
    });

    describe("faults", () => {
        const ordered = (text: string) => {
            account.restart([parseFault(text)]);
        };

        it("a refused create leaves nothing, and the next run completes it", async () => {
            ordered("rds/instance:create");
            expect(await account.refusal(account.make("rds/instance", "db", database))).to.match(
                /^InsufficientDBInstanceCapacity: .*ordered with --fail rds\/instance:create\)$/,
            );
            expect(await account.refusal(account.make("rds/instance", "db", database))).to.equal("");
        });

        it("throttling shows in the log only", async () => {
            ordered("sns/topic:create:throttle");
            await account.make("sns/topic", "t", {});
            expect(account.notes).to.deep.equal(["Throttling: Rate exceeded (sns/topic create), tried again after 1 s"]);
        });

        it("a create whose answer was lost is an orphan that keeps its name", async () => {
            ordered("iam/role:create:lostAnswer");
            const role = { name: "app", assumeRolePolicy: '{"Statement":[]}' };
            expect(await account.refusal(account.make("iam/role", "r", role))).to.match(/^RequestError: send request failed/);
            account.restart();
            expect(await account.refusal(account.make("iam/role", "r", role))).to.match(
                /^EntityAlreadyExists: .*left behind by a run whose answer was lost.*pulumi import aws:iam\/role:Role NAME app/,
            );
        });

        it("a create that a killed engine never heard of is taken over by the next run", async () => {
            const first = await account.make("sns/topic", "t", { name: "alarms" });
            account.restart();
            const second = await account.make("sns/topic", "t", { name: "alarms" });
            expect(second.id).to.equal(first.id);
            expect(account.notes[0]).to.contain("was already made by a run that was killed; it is taken over");
        });

        it("what a killed engine never heard of keeps the name that Pulumi gave it, whatever else the next run asks for", async () => {
            const first = await account.make("iam/role", "t", { assumeRolePolicy: trust });
            account.restart();
            const inputs = account.check("iam/role", "t", { assumeRolePolicy: trust, description: "Now with words" }, {}, "another seed");
            const second = await account.provider.create(account.target("iam/role", "t"), inputs, false);
            expect(second.id).to.equal(first.id);
            expect(second.outputs.description).to.equal("Now with words");
            expect([...account.cloud.all("iam/role")]).to.have.length(1);
        });

        it("what the engine knows is not taken over: a second one beside it has a name of its own", async () => {
            const first = await account.make("iam/role", "t", { assumeRolePolicy: trust });
            account.provider.diff(account.target("iam/role", "t"), first.id, first.inputs, first.inputs, []);
            const inputs = account.check("iam/role", "t", { assumeRolePolicy: trust }, {}, "another seed");
            const second = await account.provider.create(account.target("iam/role", "t"), inputs, false);
            expect(second.id).not.to.equal(first.id);
        });

        it("a half-made resource is kept as partly created, with what is known of it", async () => {
            ordered("rds/instance:create:halfway");
            try {
                await account.make("rds/instance", "db", database);
                expect.fail("accepted");
            } catch (error) {
                expect(error).to.be.instanceOf(HalfMadeError);
                if (error instanceof HalfMadeError) expect(error.id).to.match(/^db-[A-Z0-9]{26}$/);
            }
            expect([...account.cloud.all("rds/instance")]).to.have.length(1);
        });

        it("a killed cloud has done nothing, and the next run goes on from there", async () => {
            ordered("sns/topic:create:kill");
            expect(await account.refusal(account.make("sns/topic", "t", {}))).to.match(/^RequestError: the connection to AWS broke/);
            expect(account.kills).to.equal(1);
            account.restart();
            expect(await account.refusal(account.make("sns/topic", "t", {}))).to.equal("");
        });

        for (const [text, words] of [
            ["rds:create", '--fail rds:create: expected a resource type such as "rds/instance" before the first colon, got "rds"'],
            ["rds/instance:make", '--fail rds/instance:make: expected one of create, update, delete, read after the type, got "make"'],
            [
                "rds/instance:create:often",
                '--fail rds/instance:create:often: expected how many times, or one of refuse, throttle, lostAnswer, halfway, kill, got "often"',
            ],
        ] as const)
            it(`${text} is refused`, () => {
                expect(() => parseFault(text)).to.throw(words);
            });

        it("a fault may be ordered several times", () => {
            expect(parseFault("rds/instance:create:2")).to.deep.equal({
                type: "rds/instance",
                operation: "create",
                times: 2,
                kind: "refuse",
            });
        });
    });

    describe("the state on disk", () => {
        it("is the same after a restart", async () => {
            await network(account);
            const before = [...account.cloud.everything()];
            account.restart();
            expect([...account.cloud.everything()]).to.deep.equal(before);
        });

        it("a full disk is an error and the old file stays whole", async () => {
            await account.make("sns/topic", "one", {});
            const before = readFileSync(account.file, "utf8");
            symlinkSync("/dev/full", `${account.file}.new`);
            expect(await account.refusal(account.make("sns/topic", "two", {}))).to.match(
                /^the rehearsal cloud could not write its state: ENOSPC/,
            );
            expect(readFileSync(account.file, "utf8")).to.equal(before);
            rmSync(`${account.file}.new`, { force: true });
        });

        it("a file that is not a state is refused", () => {
            writeFileSync(account.file, "half a fi");
            expect(() => new CloudState(account.file)).to.throw(
                "is not a rehearsal state: not JSON. Delete it to begin with an empty account.",
            );
        });
    });
});
