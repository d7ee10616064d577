import { expect } from "chai";
import { describe, it } from "mocha";
import { credentialIn, credentialInScript, credentialNamed, decodeBase64 } from "./credentials.ts";

// Written in two parts, so that no scanner takes this file for a leak.
const accessKey = `AKIA${"IOSFODNN7EXAMPLE"}`;

describe("credentials in plain sight", () => {
    it("are known by their look", () => {
        expect(credentialIn(`export AWS_ACCESS_KEY_ID=${accessKey}`)).to.equal("an AWS access key id");
        expect(credentialIn(`-----BEGIN ${"RSA PRIVATE KEY"}-----`)).to.equal("a private key");
        expect(credentialIn(`postgres://app:${"hunter22"}@db.example.com/shop`)).to.equal("a URL with a password in it");
    });

    for (const [kind, text] of [
        ["an AWS access key id", `ASIA${"IOSFODNN7EXAMPLE"}`],
        ["a GitHub token", `ghp_${"a".repeat(36)}`],
        ["a GitHub token", `github_pat_${"A1".repeat(11)}`],
        ["a GitLab token", `glpat-${"x".repeat(20)}`],
        ["a Slack token", `xoxb-${"1".repeat(10)}`],
        ["a Stripe live key", `sk_live_${"a".repeat(16)}`],
        ["a Google API key", `AIza${"b".repeat(35)}`],
        ["a Pulumi access token", `pul-${"0".repeat(40)}`],
        ["an npm token", `npm_${"c".repeat(36)}`],
        ["a JSON web token", `eyJ${"a".repeat(10)}.eyJ${"b".repeat(10)}.${"c".repeat(10)}`],
    ] as const) {
        it(`are known by their look: ${kind} (${text.length} characters)`, () => {
            expect(credentialIn(`token: "${text}"`)).to.equal(kind);
            expect(credentialIn(`token: "${text.slice(0, -1)}`)).to.equal(undefined);
        });
    }

    it("are known by their name where the value is no reference", () => {
        expect(credentialNamed("DB_PASSWORD", "correct-horse")).to.equal("what its name calls a secret");
        expect(credentialNamed("DB_PASSWORD", "sixsix")).to.equal("what its name calls a secret");
        expect(credentialNamed("dbPassword", "correct-horse")).to.equal("what its name calls a secret");
        for (const [name, value] of [
            ["DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"],
            ["DB_PASSWORD", "{{resolve:secretsmanager:db}}"],
            ["DB_PASSWORD", "/shop/prod/db-password"],
            ["PASSWORD_MIN_LENGTH", "fourteen"],
            ["SECRET_NAME", "shop-database"],
            ["TOKEN", "abcdef"],
            ["DB_PASSWORD", "short"],
            ["DB_PASSWORD", "ask the owner for it"],
        ] as const) {
            expect(credentialNamed(name, value), name).to.equal(undefined);
        }
    });

    it("are found in scripts, and a lookup at run time is not taken for one", () => {
        expect(credentialInScript("#!/bin/sh\nexport API_KEY='0123456789abcdef'\n")).to.equal("what its name calls a secret");
        expect(credentialInScript("#!/bin/sh\nDB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id db)\n")).to.equal(undefined);
        expect(credentialInScript('echo "the password is asked for"\n')).to.equal(undefined);
    });

    it("are looked for behind base64 too", () => {
        expect(decodeBase64(Buffer.from("#!/bin/sh\necho").toString("base64"))).to.equal("#!/bin/sh\necho");
        expect(decodeBase64("#!/bin/sh")).to.equal("#!/bin/sh");
        expect(decodeBase64("echo1")).to.equal("echo1");
    });
});
