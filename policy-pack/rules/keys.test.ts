import { expect } from "chai";
import { describe, it } from "mocha";
import { Parameters } from "../core/rule.ts";
import { describeOn, describeRule, resourceOf, subject, testDay } from "../testing.ts";
import { keys } from "./keys.ts";

const key = "kms/key";
const keysOfAnyKind = [key, "kms/replicaKey", "kms/externalKey", "kms/replicaExternalKey"];
const withPolicy = [...keysOfAnyKind, "kms/keyPolicy"];

const owner = { Sid: "Owner", Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "kms:*", Resource: "*" };
const policy = (...statements: readonly object[]) => ({
    policy: JSON.stringify({ Version: "2012-10-17", Statement: [owner, ...statements] }),
});

describeRule({
    rule: "kms-key-rotation",
    type: key,
    compliant: { enableKeyRotation: true },
    violations: [
        { change: { enableKeyRotation: undefined }, says: ["enableKeyRotation  expected true, got nothing"] },
        { change: { enableKeyRotation: false }, says: ["enableKeyRotation  expected true, got false"] },
        {
            change: { enableKeyRotation: false, customerMasterKeySpec: "SYMMETRIC_DEFAULT", keyUsage: "ENCRYPT_DECRYPT" },
            says: ["enableKeyRotation  expected true, got false"],
        },
    ],
    notApplicable: [
        { change: { enableKeyRotation: undefined, customerMasterKeySpec: "RSA_4096" } },
        { change: { enableKeyRotation: undefined, keyUsage: "GENERATE_VERIFY_MAC" } },
        { change: { enableKeyRotation: undefined, customKeyStoreId: "cks-1" } },
    ],
});

describeRule({
    rule: "kms-rotation-period",
    type: key,
    compliant: {},
    alsoCompliant: [{ change: { rotationPeriodInDays: 180 } }],
    violations: [{ change: { rotationPeriodInDays: 2560 }, says: ["rotationPeriodInDays  expected at most 365 days, got 2560"] }],
});

const anybody = { Effect: "Allow", Principal: { AWS: "*" }, Action: "kms:Decrypt", Resource: "*" };

describeOn(withPolicy, {
    rule: "kms-no-public-policy",
    compliant: policy(),
    alsoCompliant: [
        // Every key policy says Resource *: it means the key itself.
        { change: policy({ ...anybody, Principal: { Service: "logs.eu-west-1.amazonaws.com" } }) },
        { change: policy({ ...anybody, Condition: { StringEquals: { "kms:CallerAccount": "123456789012" } } }) },
        { change: policy({ ...anybody, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }) },
        { change: policy({ ...anybody, Effect: "Deny" }) },
    ],
    violations: [
        {
            change: policy(anybody),
            says: ["policy.Statement[1]  expected named principals or a condition on who calls, got anybody"],
        },
        {
            change: {
                policy: { Statement: { ...anybody, Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::210987654321:root" } } },
            },
            says: ["policy.Statement[0]  expected named principals or a condition on who calls, got anybody"],
        },
        {
            change: policy({ ...anybody, Condition: { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } } }),
            says: ["policy.Statement[1]  expected named principals or a condition on who calls, got anybody"],
        },
    ],
    notApplicable: [{ change: { policy: undefined } }],
});

const service = {
    Effect: "Allow",
    Principal: { Service: ["sns.amazonaws.com", "s3.amazonaws.com"] },
    Action: "kms:Decrypt",
    Resource: "*",
};

describeOn(withPolicy, {
    rule: "kms-policy-confused-deputy",
    compliant: policy({ ...service, Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } }),
    alsoCompliant: [
        {
            change: policy({
                ...service,
                Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:123456789012:*" } },
            }),
        },
        { change: policy({ ...service, Effect: "Deny" }) },
        { change: policy() },
    ],
    violations: [
        {
            change: policy(service),
            says: ["policy.Statement[1]  expected a condition on the source for sns.amazonaws.com, s3.amazonaws.com, got none"],
        },
    ],
    notApplicable: [{ change: { policy: undefined } }],
});

describeRule({
    rule: "kms-policy-defined",
    type: key,
    compliant: policy(),
    others: [],
    alsoCompliant: [{ change: { policy: undefined }, others: [{ name: "own", type: "kms/keyPolicy", links: { keyId: subject } }] }],
    violations: [{ change: { policy: undefined }, says: ["policy  expected a policy here or a KeyPolicy, got neither"] }],
    unknownIsFine: ["policy"],
});

describeOn(keysOfAnyKind, {
    rule: "kms-deletion-window",
    compliant: {},
    alsoCompliant: [{ change: { deletionWindowInDays: 30 } }],
    violations: [{ change: { deletionWindowInDays: 7 }, says: ["deletionWindowInDays  expected at least 30 days or nothing, got 7"] }],
});

describeRule({
    rule: "kms-key-enabled",
    type: key,
    compliant: {},
    violations: [{ change: { isEnabled: false }, says: ["isEnabled  expected true or nothing, got false"] }],
});

describeRule({
    rule: "kms-key-enabled",
    type: "kms/replicaKey",
    compliant: {},
    violations: [{ change: { enabled: false }, says: ["enabled  expected true or nothing, got false"] }],
});

describeOn(withPolicy, {
    rule: "kms-no-lockout-bypass",
    compliant: {},
    violations: [
        {
            change: { bypassPolicyLockoutSafetyCheck: true },
            says: ["bypassPolicyLockoutSafetyCheck  expected false or nothing, got true"],
        },
    ],
});

describeOn(keysOfAnyKind, {
    rule: "kms-alias-required",
    compliant: {},
    others: [{ name: "alias", type: "kms/alias", links: { targetKeyId: subject } }],
    violations: [{ others: [], says: ["expected an Alias for the key, got none"] }],
});

describeRule({
    rule: "kms-grant-narrow",
    type: "kms/grant",
    compliant: { operations: ["Encrypt", "Decrypt"] },
    alsoCompliant: [{ change: { operations: ["CreateGrant"], constraints: [{ encryptionContextEquals: { tenant: "one" } }] } }],
    violations: [
        { change: { operations: ["Decrypt", "CreateGrant"] }, says: ["operations  expected no CreateGrant without constraints, got it"] },
    ],
});

describe("kms-key-rotation", () => {
    it("mends itself", () => {
        const rule = keys.find((each) => each.id === "kms-key-rotation");
        const mend = rule?.scope === undefined ? rule?.remedy : undefined;
        const nothing = new Parameters(new Map(), testDay);
        expect(mend?.(resourceOf("kms/key", {}), nothing)).to.deep.equal({ enableKeyRotation: true });
        expect(mend?.(resourceOf("kms/key", { customerMasterKeySpec: "RSA_4096" }), nothing)).to.equal(undefined);
    });
});
