import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ensureEngine, exportStack, RunRefused, type RunResult } from "../../tools/engine/engine.ts";
import { changesOf, failuresOf, violationsOf } from "../../tools/rehearse/changes.ts";
import { SmallProject } from "./small-project.ts";

const verbsOf = ({ events }: RunResult) =>
    changesOf(events)
        .filter(({ real }) => real)
        .map(({ verb, name }) => `${verb} ${name}`)
        .sort();

describe("a run of the engine", () => {
    let project: SmallProject;
    beforeEach(() => {
        project = new SmallProject();
    });
    afterEach(() => project.remove());

    const target = () => ({ projectDirectory: project.directory, stateDirectory: project.stateDirectory, stack: "dev" });
    const namesInState = async () => {
        const { deployment } = await exportStack(await ensureEngine(), target());
        return (deployment.resources ?? []).filter(({ type }) => type === "aws:sns/topic:Topic").map(({ urn }) => urn.split("::").at(-1));
    };

    it("previews, creates, and then finds nothing to change", async () => {
        expect(verbsOf(await project.run("preview"))).to.deep.equal(["create topic-0", "create topic-1"]);
        expect((await project.run("up")).exitCode).to.equal(0);
        const again = await project.run("preview");
        expect([again.exitCode, ...verbsOf(again)]).to.deep.equal([0]);
    });

    it("names the property that changed", async () => {
        await project.run("up");
        project.configure({ topics: 2, title: "New" });
        const changes = changesOf((await project.run("preview")).events).filter(({ real }) => real);
        expect(changes.map(({ verb, properties }) => [verb, ...properties])).to.deep.equal([
            ["update", "displayName"],
            ["update", "displayName"],
        ]);
    });

    it("leaves the person's stack file as it was, with a secret of theirs that it cannot decrypt", async () => {
        project.configure({ topics: 1, "small:password": { secure: "v1:not-ours:AAAA" } });
        const before = readFileSync(project.stackFile, "utf8");
        expect((await project.run("up")).exitCode).to.equal(0);
        expect(readFileSync(project.stackFile, "utf8")).to.equal(before);
    });

    it("lays settings over the stack file for one run, by whichever of its two names the file uses", async () => {
        project.configure({ topics: 1 });
        expect(verbsOf(await project.run("preview", { config: { topics: "3" } }))).to.have.length(3);
        project.configure({ "small:topics": 1 });
        expect(verbsOf(await project.run("preview", { config: { topics: "3" } }))).to.have.length(3);
        expect(verbsOf(await project.run("preview"))).to.have.length(1);
    });

    it("tells of its events while it goes on", async () => {
        let heardAt = 0;
        await project.run("up", {
            onEvent: () => {
                heardAt ||= Date.now();
            },
        });
        expect(Date.now() - heardAt).to.be.above(300);
    });

    it("stops at a policy's refusal, naming rule, resource and fix", async () => {
        project.configure({ topics: 3 });
        const refused = await project.run("preview", { policyPacks: [project.policyPack] });
        expect(refused.exitCode).not.to.equal(0);
        const [violation] = violationsOf(refused.events);
        expect(violation).to.include({ rule: "topics-are-few", mandatory: true });
        expect(violation?.urn).to.match(/::topic-2$/);
        expect(violation?.message).to.include("Fix: ask for two topics.");
    });

    it("keeps what was made when AWS refuses the rest, and the next run completes it", async () => {
        const failed = await project.run("up", { faults: ["sns/topic:create"], extraArguments: ["--parallel", "1"] });
        expect(failed.exitCode).not.to.equal(0);
        expect(
            failuresOf(failed.events)
                .map(({ message }) => message)
                .join("\n"),
        ).to.match(/InternalFailure/);
        expect((await project.run("up")).exitCode).to.equal(0);
        expect(await namesInState()).to.have.members(["topic-0", "topic-1"]);
    });

    it("refuses a second run of the stack while one goes on, and takes over the lock of a killed one", async () => {
        project.configure({ topics: 40 });
        let second: Promise<unknown> | undefined;
        await project.run("up", {
            extraArguments: ["--parallel", "1"],
            onEvent: ({ resOutputsEvent }) => {
                if (resOutputsEvent?.metadata.type !== "aws:sns/topic:Topic" || second !== undefined) return;
                second = project.run("up").catch((error: unknown) => error);
                void second.then(() => killHolder(project.stateDirectory));
            },
        });
        expect(await second)
            .to.be.instanceOf(RunRefused)
            .with.property("message")
            .that.matches(/^Another run \(process \d+\) is changing/);
        const next = await project.run("up");
        expect(failuresOf(next.events)).to.deep.equal([]);
        expect(next.exitCode, next.stderr).to.equal(0);
        expect(await namesInState()).to.have.length(40);
        expect(verbsOf(await project.run("preview"))).to.deep.equal([]);
    });

    it("keeps no file beside the state that a killed engine could leave half written", async () => {
        await project.run("up");
        const files = readdirSync(join(project.stateDirectory, ".pulumi", "stacks", "small"));
        expect(files.sort()).to.deep.equal(["dev.json", "dev.json.bak"]);
    });

    it("begins no run on a disk without room, and changes nothing", async () => {
        const refused = await project.run("up", { room: { toBegin: 2 ** 62, toGoOn: 0 } }).catch((error: unknown) => error);
        expect(refused)
            .to.be.instanceOf(RunRefused)
            .with.property("message")
            .that.matches(/^The disk is full: .*\nNothing was changed\./);
        expect(existsSync(join(project.stateDirectory, ".pulumi"))).to.equal(false);
    });

    it("stops while there is still room for its state when the disk fills up, and the next run completes it", async () => {
        project.configure({ topics: 300 });
        const stopped = await project.run("up", { room: { toBegin: 0, toGoOn: 2 ** 62 }, extraArguments: ["--parallel", "1"] });
        expect(stopped.exitCode).not.to.equal(0);
        expect(failuresOf(stopped.events).at(-1)?.message).to.match(/^The disk is full/);
        project.configure({ topics: 3 });
        const next = await project.run("up");
        expect(next.exitCode, next.stderr).to.equal(0);
        expect(await namesInState()).to.have.length(3);
    });

    it("says that the rehearsed account could not be written, keeps what it held, and the next run completes it", async () => {
        const memory = join(project.stateDirectory, "cloud", "111111111111.json");
        await project.run("up");
        project.configure({ topics: 4 });
        const failed = await project.run("up", {
            // As on a full disk: every write to the file that is to become the memory fails.
            onEvent: () => existsSync(`${memory}.new`) || symlinkSync("/dev/full", `${memory}.new`),
        });
        expect(failed.exitCode).not.to.equal(0);
        expect(
            failuresOf(failed.events)
                .map(({ message }) => message)
                .join("\n"),
        ).to.match(/could not write its state: ENOSPC.*still holds what it held before/);
        rmSync(`${memory}.new`, { force: true });
        const next = await project.run("up");
        expect(next.exitCode, next.stderr).to.equal(0);
        expect(await namesInState()).to.have.length(4);
    });

    it("takes up what a killed run had made whose state was cut off", async () => {
        const state = join(project.stateDirectory, ".pulumi", "stacks", "small", "dev.json");
        await project.run("up");
        const before = readFileSync(state);
        project.configure({ topics: 6 });
        await project.run("up");
        truncateSync(state, 200);
        writeFileSync(join(project.stateDirectory, "small", "dev", "state-before.json"), before);
        const next = await project.run("up");
        expect(next.exitCode, next.stderr).to.equal(0);
        expect(verbsOf(next)).to.deep.equal(["create topic-2", "create topic-3", "create topic-4", "create topic-5"]);
        expect(await namesInState()).to.have.length(6);
    });

    it("does nothing without the passphrase of its secrets, and names the variable", async () => {
        await project.run("up");
        project.configure({ topics: 3, "small:password": { secure: "v1:not-ours:AAAA" } });
        const refused = await project.run("up", { environment: { PULUMI_CONFIG_PASSPHRASE: undefined } });
        expect(refused.exitCode).not.to.equal(0);
        expect(refused.stderr).to.contain("PULUMI_CONFIG_PASSPHRASE");
        expect(await namesInState()).to.have.length(2);
    });

    it("destroys what it made", async () => {
        await project.run("up");
        expect((await project.run("destroy")).exitCode).to.equal(0);
        expect(await namesInState()).to.deep.equal([]);
    });
});

/** As `kill -9` of a person, or a machine that goes away. */
function killHolder(stateDirectory: string): void {
    const folder = join(stateDirectory, ".pulumi", "locks", "organization", "small", "dev");
    for (const file of readdirSync(folder)) process.kill(JSON.parse(readFileSync(join(folder, file), "utf8")).pid, "SIGKILL");
}
