/** One rule, both ways: what AWS takes, and the same with one thing changed, with the words of the refusal. */
import { expect } from "chai";
import { Account, type Made, network } from "../account.fixture.ts";
import type { Json } from "../values.ts";

type Props = { readonly [key: string]: Json };
export interface World extends Awaited<ReturnType<typeof network>> {
    readonly account: Account;
    make(type: string, props: Props, name?: string): Promise<Made>;
}

export interface Case {
    /** Number of the rule, then the sentence. */
    readonly title: string;
    readonly type: string;
    readonly good: (world: World) => Props | Promise<Props>;
    /** On top of the good ones; undefined takes a property away. */
    readonly bad: (world: World) => { readonly [key: string]: Json | undefined } | Promise<{ readonly [key: string]: Json | undefined }>;
    readonly words: string;
}

/** Ids differ from run to run of a test; which kind of thing is meant does not. */
function anyId(text: string): string {
    return text
        .replace(/-0[0-9a-f]{16}\b/g, "-0…")
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
        .replace(/\b_[0-9a-f]{32}\b/g, "_KEY");
}

export function judged(family: string, cases: readonly Case[]): void {
    describe(`rehearsal: rules of ${family}`, () => {
        let world: World;
        beforeEach(async () => {
            const account = new Account();
            let count = 0;
            const make: World["make"] = (type, props, name) => account.make(type, name ?? `r${++count}`, props);
            world = { ...(await network(account)), account, make };
        });
        afterEach(() => world.account.remove());

        for (const { title, type, good, bad, words } of cases)
            it(title, async () => {
                const props = await good(world);
                const change = await bad(world);
                const wrong: { [key: string]: Json } = {};
                for (const [key, value] of Object.entries({ ...props, ...change })) if (value !== undefined) wrong[key] = value;
                expect(anyId(await world.account.refusal(world.make(type, wrong, "wrong")))).to.equal(
                    anyId(words).replace(/\{(\w+)\}/g, (_, key: "vpc" | "a" | "b" | "group" | "gateway") => anyId(world[key].id)),
                );
                expect(await world.account.refusal(world.make(type, props, "right"))).to.equal("");
            });
    });
}

export interface Departure {
    readonly title: string;
    /** Makes the thing and what keeps it; the last one goes first to free the way. */
    readonly keeps: (world: World) => Promise<readonly [thing: Made, keeper: Made]>;
    readonly words: RegExp;
}

export function departs(family: string, cases: readonly Departure[]): void {
    describe(`rehearsal: deletions of ${family}`, () => {
        let account: Account;
        beforeEach(() => {
            account = new Account();
        });
        afterEach(() => account.remove());

        for (const { title, keeps, words } of cases)
            it(title, async () => {
                let count = 0;
                const world: World = {
                    ...(await network(account)),
                    account,
                    make: (type, props, name) => account.make(type, name ?? `r${++count}`, props),
                };
                const [thing, keeper] = await keeps(world);
                expect(await account.refusal(account.destroy(thing))).to.match(words);
                await account.destroy(keeper);
                expect(await account.refusal(account.destroy(thing))).to.equal("");
            });
    });
}

export function trust(service: string): string {
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
    });
}

export async function certificate(world: World, domain: string, props: Props = {}): Promise<Made> {
    const zone = [...world.account.cloud.all("route53/zone")][0]?.id ?? (await world.make("route53/zone", { name: "example.com" })).id;
    const made = await world.make("acm/certificate", { domainName: domain, validationMethod: "DNS", ...props });
    const [option] = made.outputs.domainValidationOptions as readonly { resourceRecordName: string; resourceRecordValue: string }[];
    await world.make("route53/record", {
        zoneId: zone,
        name: option?.resourceRecordName ?? "",
        type: "CNAME",
        ttl: 60,
        records: [option?.resourceRecordValue ?? ""],
        allowOverwrite: true,
    });
    return made;
}

export async function issued(world: World, domain: string, props: Props = {}): Promise<Made> {
    const made = await certificate(world, domain, props);
    await world.make("acm/certificateValidation", {
        certificateArn: made.id,
        ...(props.region === undefined ? {} : { region: props.region }),
    });
    return made;
}

export async function balancer(world: World): Promise<Made> {
    return world.make("lb/loadBalancer", { subnets: [world.a.id, world.b.id], securityGroups: [world.group.id] });
}
