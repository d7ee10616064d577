import { expect } from "chai";
import { windowMinutes, windowsOverlap } from "./windows.ts";

describe("windows", () => {
    for (const [one, other, shared] of [
        ["02:00-03:00", "sun:02:30-sun:03:30", true],
        ["02:00-03:00", "sun:03:00-sun:04:00", false],
        ["23:30-00:30", "mon:00:00-mon:01:00", true],
        ["23:30-00:30", "sun:23:00-sun:23:30", false],
        ["00:00-00:30", "sun:23:30-mon:00:15", true],
        ["02:00-03:00", "sat:22:00-sun:04:00", true],
        ["02:00-03:00", "02:59-03:30", true],
        ["mon:02:00-mon:03:00", "tue:02:00-tue:03:00", false],
    ] as const) {
        it(`${one} and ${other} ${shared ? "share a minute" : "are apart"}, whichever is asked first`, () => {
            expect([windowsOverlap(one, other), windowsOverlap(other, one)]).deep.equal([shared, shared]);
        });
    }

    it("last what is between their ends, over midnight and over Sunday", () => {
        expect(["02:00-02:45", "23:30-00:15", "sun:23:30-mon:00:30", "03:00-03:00"].map(windowMinutes)).deep.equal([45, 45, 60, 0]);
    });
});
