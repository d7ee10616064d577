import { expect } from "chai";
import { lifecycleRefusals, planLifecycle, type Transition } from "./lifecycle.ts";

const rule = (transitions: readonly Transition[], more = {}) => ({ transitions, noncurrentTransitions: [], ...more });
const said = (transitions: readonly Transition[], more = {}) =>
    lifecycleRefusals(rule(transitions, more)).map((problem) => `${problem.path.join(".")}: ${problem.message}`);

describe("the life of objects", () => {
    it("takes a waterfall that S3 takes", () => {
        expect(
            said(
                [
                    { storageClass: "STANDARD_IA", afterDays: 30 },
                    { storageClass: "GLACIER_IR", afterDays: 60 },
                    { storageClass: "GLACIER", afterDays: 150 },
                    { storageClass: "DEEP_ARCHIVE", afterDays: 240 },
                ],
                { expireAfterDays: 2_555 },
            ),
        ).deep.equal([]);
    });

    it("refuses infrequent access in the first month", () => {
        expect(said([{ storageClass: "ONEZONE_IA", afterDays: 29 }])).deep.equal([
            "transitions.0.afterDays: expected 30 or more for ONEZONE_IA, got 29",
        ]);
    });

    it("refuses to leave infrequent access within a month", () => {
        expect(
            said([
                { storageClass: "STANDARD_IA", afterDays: 30 },
                { storageClass: "GLACIER", afterDays: 59 },
            ]),
        ).deep.equal(["transitions.1.afterDays: expected 60 or more after STANDARD_IA on day 30, got 59"]);
    });

    for (const [from, to] of [
        ["DEEP_ARCHIVE", "GLACIER"],
        ["INTELLIGENT_TIERING", "STANDARD_IA"],
        ["ONEZONE_IA", "GLACIER_IR"],
        ["GLACIER", "GLACIER_IR"],
    ] as const) {
        it(`refuses to go up from ${from} to ${to}`, () => {
            expect(
                said([
                    { storageClass: from, afterDays: 60 },
                    { storageClass: to, afterDays: 120 },
                ]),
            ).deep.equal([`transitions.1.storageClass: S3 moves nothing from ${from} to ${to}`]);
        });
    }

    it("refuses to delete before the last move", () => {
        expect(said([{ storageClass: "GLACIER", afterDays: 90 }], { expireAfterDays: 90 })).deep.equal([
            "expireAfterDays: must be more than the day of the last transition (90), got 90",
        ]);
    });

    it("always ends with the removal of old versions and unfinished uploads, under an id that no key can have", () => {
        const [last] = planLifecycle({ lifecycle: {}, versions: { keepDays: 30, keepNewest: 3 } });
        expect(last).deep.equal({
            id: "old-and-unfinished",
            status: "Enabled",
            filter: {},
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
            expiration: { expiredObjectDeleteMarker: true },
            noncurrentVersionExpiration: { noncurrentDays: 30, newerNoncurrentVersions: 3 },
        });
    });

    it("puts one criterion bare and several under `and`, as S3 asks", () => {
        const filterOf = (more: object) => planLifecycle({ lifecycle: { a: rule([], more) }, versions: { keepDays: 1 } })[0]?.filter;
        expect(filterOf({ prefix: "a/" })).deep.equal({ prefix: "a/" });
        expect(filterOf({ tags: { kind: "old" } })).deep.equal({ tag: { key: "kind", value: "old" } });
        expect(filterOf({ minimumBytes: 5, tags: { kind: "old" } })).deep.equal({
            and: { objectSizeGreaterThan: 5, tags: { kind: "old" } },
        });
        expect(filterOf({})).deep.equal({});
    });
});
