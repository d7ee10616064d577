import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { withLock } from "./lock.ts";

describe("a lock", () => {
    let folder: string;
    let file: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "terrace-"));
        file = join(folder, "lock");
    });
    afterEach(() => rmSync(folder, { recursive: true }));
    const refuse = (pid: number) => {
        throw new Error(`held by ${pid}`);
    };

    it("is refused while a living process holds it, and free afterwards, even after a failure", async () => {
        await withLock(file, refuse, async () => {
            const second = await withLock(file, refuse, async () => "in").catch((error: Error) => error.message);
            expect(second).to.equal(`held by ${process.pid}`);
        });
        await withLock(file, refuse, () => Promise.reject(new Error("work"))).catch(() => undefined);
        expect(existsSync(file)).to.equal(false);
    });

    it("is taken over from a process that has died", async () => {
        writeFileSync(file, "999999999");
        expect(await withLock(file, refuse, async () => "in")).to.equal("in");
    });

    it("leaves nothing but itself in its folder while it is held", async () => {
        await withLock(file, refuse, async () => expect(readdirSync(folder)).to.deep.equal(["lock"]));
    });

    it("is taken over from a process that was killed and that nobody has buried", async function () {
        if (process.platform !== "linux") this.skip();
        // The parent becomes a program that never asks for its child.
        const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 20"], { stdio: ["ignore", "pipe", "ignore"] });
        const [dead] = await once(parent.stdout, "data");
        await new Promise((settle) => setTimeout(settle, 300));
        writeFileSync(file, String(dead).trim());
        expect(await withLock(file, refuse, async () => "in")).to.equal("in");
        parent.kill();
    });
});
