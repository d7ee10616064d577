import { expect } from "chai";
import { describe, it } from "mocha";
import { cacheEngines, databaseEngines, eksVersions, lambdaRuntimes, staleness, supportOf } from "./lifecycle.ts";

describe("the tables of end dates", () => {
    it("hold a version up to and including its last day", () => {
        expect(supportOf(lambdaRuntimes, "dotnet8", "2026-11-10")).to.deep.equal({ kind: "supported", until: "2026-11-10" });
        expect(supportOf(lambdaRuntimes, "dotnet8", "2026-11-11")).to.deep.equal({ kind: "ended", on: "2026-11-10" });
        expect(supportOf(eksVersions, "1.99", "2026-11-21")).to.deep.equal({ kind: "unlisted" });
        expect(supportOf(cacheEngines, "constructor", "2026-11-21")).to.deep.equal({ kind: "unlisted" });
    });

    it("have days that are days, and a page to read them on", () => {
        for (const { source, until } of [lambdaRuntimes, eksVersions, databaseEngines, cacheEngines]) {
            expect(source).to.match(/^https:\/\/docs\.aws\.amazon\.com\//);
            for (const day of Object.values(until)) {
                expect(day === undefined || new Date(day).toISOString().startsWith(day), day).to.equal(true);
            }
        }
    });

    it("warn when nobody has read them for long", () => {
        expect(staleness("2027-04-20")).to.equal(undefined);
        expect(staleness("2027-04-21")).to.match(/^The pack's table of versions and end dates was read 151 days ago \(2026-11-21\)/);
    });
});
