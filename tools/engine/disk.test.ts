import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { healState, keepCopy, lackOfRoom, watchRoom } from "./disk.ts";

describe("a disk that fills up", () => {
    let folder: string;
    let state: string;
    let copy: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "disk-"));
        [state, copy] = [join(folder, "dev.json"), join(folder, "before.json")];
        writeFileSync(state, JSON.stringify({ version: 1 }));
        keepCopy(state, copy);
        writeFileSync(state, JSON.stringify({ version: 2 }));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it("gives a state that was cut off back as it was before the run", () => {
        truncateSync(state, 5);
        healState(state, copy);
        expect(JSON.parse(readFileSync(state, "utf8"))).to.deep.equal({ version: 1 });
    });

    it("gives an empty one back too", () => {
        truncateSync(state, 0);
        healState(state, copy);
        expect(JSON.parse(readFileSync(state, "utf8"))).to.deep.equal({ version: 1 });
    });

    it("leaves a whole state alone, and keeps no copy beside it", () => {
        healState(state, copy);
        expect(JSON.parse(readFileSync(state, "utf8"))).to.deep.equal({ version: 2 });
        expect(existsSync(copy)).to.equal(false);
    });

    it("says how much is left and how much is needed", () => {
        expect(lackOfRoom(folder, 0)).to.equal(undefined);
        expect(lackOfRoom(folder, 2 ** 62)).to.match(/^The disk is full: .* has \d+ MiB left, and a rehearsal needs 4398046511104\.$/);
    });

    it("is told while a run goes on", async () => {
        const watch = watchRoom(folder, 2 ** 62);
        await new Promise((settle) => watch.signal.addEventListener("abort", settle, { once: true }));
        watch.stop();
        expect(watch.signal.reason).to.match(/^The disk is full/);
    });
});
