import { Writable } from "node:stream";
import { expect } from "chai";
import type { EngineEvent } from "../engine/engine.ts";
import { Progress } from "./progress.ts";

function step(kind: "resourcePreEvent" | "resOutputsEvent" | "resOpFailedEvent", type: string, name: string, custom = true): EngineEvent {
    const metadata = { op: "create", type, urn: `urn:pulumi:dev::shop::${type}::${name}`, new: { type, custom } };
    return { sequence: 0, timestamp: 0, [kind]: { metadata } } as unknown as EngineEvent;
}

describe("the progress of a run", () => {
    let shown: string;
    const progressOf = (expected: number) => {
        shown = "";
        const stream = new Writable({
            write: (chunk, _encoding, done) => {
                shown += String(chunk);
                done();
            },
        });
        return new Progress(expected, stream as unknown as NodeJS.WriteStream);
    };
    const topics = (progress: Progress, count: number) => {
        for (let index = 0; index < count; index++) progress.onEvent(step("resOutputsEvent", "aws:sns/topic:Topic", `topic-${index}`));
    };

    it("says a line for every ten resources where nobody watches", () => {
        topics(progressOf(25), 25);
        expect(shown.match(/^ {2}\d+ of 25, .* created sns\/topic topic-\d+$/gm)?.map((line) => line.trim().split(" ")[0])).to.deep.equal([
            "10",
            "20",
        ]);
    });

    it("counts what stands in the account, as it was announced, and neither components nor providers", () => {
        const progress = progressOf(10);
        progress.onEvent(step("resOutputsEvent", "terrace:network:Network", "network", false));
        progress.onEvent(step("resOutputsEvent", "pulumi:providers:aws", "aws"));
        topics(progress, 10);
        expect(shown).to.match(/^ {2}10 of 10, /);
    });

    it("says what failed", () => {
        const progress = progressOf(10);
        topics(progress, 9);
        progress.onEvent(step("resOpFailedEvent", "aws:sns/topic:Topic", "topic-9"));
        expect(shown).to.contain("sns/topic topic-9 failed");
    });
});
