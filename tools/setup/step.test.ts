import { expect } from "chai";
import { runStep, StepFailed } from "./step.mjs";

const step = { title: "Trying", expected: "a moment", directory: process.cwd(), remedy: "Do it by hand." };

describe("a step of the set-up", () => {
    it("fails with its name, what the command said, and what to do", async () => {
        const command = [process.execPath, "-e", "console.error('no such thing'); process.exit(3)"];
        const error = await runStep({ ...step, command }).catch((caught: unknown) => caught);
        expect(error).to.be.instanceOf(StepFailed);
        expect((error as Error).message)
            .to.match(/^Trying: /)
            .and.include("exit code 3")
            .and.include("no such thing")
            .and.include("Do it by hand.");
    });

    it("fails readably when its program is not there", async () => {
        const error = await runStep({ ...step, command: ["no-such-program"] }).catch((caught: unknown) => caught);
        expect((error as Error).message).to.include("`no-such-program` cannot be started");
    });

    it("gives up in time", async () => {
        const command = [process.execPath, "-e", "setTimeout(() => {}, 60000)"];
        const error = await runStep({ ...step, command, timeoutSeconds: 0.3 }).catch((caught: unknown) => caught);
        expect((error as Error).message).to.include("gave up after 0.3 s");
    });
});
