import { expect } from "chai";
import { createRotation } from "./handler.mjs";

const secretId = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-secret-1";
const current = { username: "appadmin", password: "old", host: "db.example" };

function missing(): Error {
    return Object.assign(new Error("no such version"), { name: "ResourceNotFoundException" });
}

/** A secret and an instance by hand. `busyPolls`: how often the instance says that the password is still pending. */
function createWorld({ busyPolls = 0 } = {}) {
    const values: Record<string, string> = { one: JSON.stringify(current) };
    const stages: Record<string, string[]> = { one: ["AWSCURRENT", "INITIAL"], two: ["AWSPENDING"] };
    const modified: object[] = [];
    let polls = 0;
    let slept = 0;
    const world = {
        identifier: "shop-prod-database",
        newPassword: () => "new",
        sleep: async (milliseconds: number) => {
            slept += milliseconds;
        },
        rds: {
            async describeDBInstances() {
                const busy = modified.length > 0 && polls < busyPolls;
                polls += 1;
                return {
                    DBInstances: [
                        {
                            DBInstanceStatus: busy ? "resetting-master-credentials" : "available",
                            PendingModifiedValues: busy ? { MasterUserPassword: "****" } : { DBInstanceClass: "db.m7g.xlarge" },
                        },
                    ],
                };
            },
            async modifyDBInstance(input: object) {
                modified.push(input);
            },
        },
        secrets: {
            async describeSecret() {
                return { VersionIdsToStages: stages };
            },
            async getSecretValue(input: { VersionId?: string; VersionStage: string }) {
                const id = Object.keys(stages).find((each) => stages[each]?.includes(input.VersionStage));
                const value = values[id ?? ""];
                if (value === undefined || (input.VersionId !== undefined && input.VersionId !== id)) {
                    throw missing();
                }
                return { SecretString: value };
            },
            async putSecretValue(input: { ClientRequestToken: string; SecretString: string }) {
                values[input.ClientRequestToken] = input.SecretString;
            },
            async updateSecretVersionStage(input: { MoveToVersionId: string; RemoveFromVersionId?: string }) {
                const from = input.RemoveFromVersionId ?? "";
                stages[from] = (stages[from] ?? []).filter((stage) => stage !== "AWSCURRENT");
                stages[input.MoveToVersionId] = ["AWSCURRENT"];
            },
        },
    };
    const rotate = createRotation(world);
    const step = (Step: string, token = "two") => rotate({ Step, SecretId: secretId, ClientRequestToken: token });
    return { step, values, stages, modified, slept: () => slept };
}

async function refusal(promise: Promise<void>): Promise<string> {
    return promise.then(
        () => "nothing was refused",
        (error: Error) => error.message,
    );
}

describe("database rotation", () => {
    it("goes through its four steps and leaves the database and the current secret with one password", async () => {
        const { step, values, stages, modified } = createWorld({ busyPolls: 3 });
        for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"]) {
            await step(name);
        }
        expect(JSON.parse(values.two ?? "")).deep.equal({ ...current, password: "new" });
        expect(modified).deep.equal([{ DBInstanceIdentifier: "shop-prod-database", MasterUserPassword: "new", ApplyImmediately: false }]);
        expect(stages).deep.equal({ one: ["INITIAL"], two: ["AWSCURRENT"] });
    });

    it("never applies other pending changes with the password, nor waits for them", async () => {
        const { step, modified, slept } = createWorld();
        await step("createSecret");
        await step("setSecret");
        expect(modified).deep.equal([{ DBInstanceIdentifier: "shop-prod-database", MasterUserPassword: "new", ApplyImmediately: false }]);
        expect(slept()).equal(10_000);
    });

    it("keeps the password of an interrupted run instead of drawing another", async () => {
        const { step, values } = createWorld();
        values.two = JSON.stringify({ ...current, password: "drawn before" });
        await step("createSecret");
        expect(JSON.parse(values.two).password).equal("drawn before");
    });

    it("does nothing once its version is current, whichever step is repeated", async () => {
        const { step, stages, modified } = createWorld();
        stages.one = [];
        stages.two = ["AWSCURRENT"];
        for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"]) {
            await step(name);
        }
        expect(modified).deep.equal([]);
    });

    it("gives up before its function is cut off, and says what it waited for", async () => {
        const { step } = createWorld({ busyPolls: 1000 });
        await step("createSecret");
        expect(await refusal(step("setSecret"))).equal("shop-prod-database has not taken its new password in 540 seconds");
        expect(await refusal(step("testSecret"))).equal("shop-prod-database has not taken its new password yet");
    });

    it("refuses a version that it does not know, that is not pending, or that holds nothing", async () => {
        const { step, stages } = createWorld();
        expect(await refusal(step("setSecret"))).equal("version two holds no password");
        expect(await refusal(step("createSecret", "three"))).equal(`${secretId} has no version three`);
        stages.two = ["AWSPREVIOUS"];
        expect(await refusal(step("createSecret"))).equal("version two is not AWSPENDING");
    });

    it("refuses a step that Secrets Manager does not have", async () => {
        expect(await refusal(createWorld().step("dropSecret"))).equal("unknown step dropSecret");
    });
});
