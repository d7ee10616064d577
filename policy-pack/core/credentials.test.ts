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

    it("are known by their name where the value is no reference", () => {
        expect(credentialNamed("DB_PASSWORD", "correct-horse")).to.equal("what its name calls a secret");
        expect(credentialNamed("dbPassword", "correct-horse")).to.equal("what its name calls a secret");
        for (const [name, value] of [
            ["DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"],
            ["DB_PASSWORD", "{{resolve:secretsmanager:db}}"],
            ["DB_PASSWORD", "/shop/prod/db-password"],
            ["PASSWORD_MIN_LENGTH", "fourteen"],
            ["SECRET_NAME", "shop-database"],
            ["TOKEN", "abcdef"],
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
    });
});
