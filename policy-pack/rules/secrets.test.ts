import { expect } from "chai";
import { describe, it } from "mocha";
import { Parameters } from "../core/rule.ts";
import { describeOn, describeRule, resourceOf, subject, testDay } from "../testing.ts";
import { secrets } from "./secrets.ts";

const secret = "secretsmanager/secret";
const key = "arn:aws:kms:eu-west-1:123456789012:key/1";

describeRule({
    rule: "secret-cmk",
    type: secret,
    compliant: { kmsKeyId: "alias/secrets" },
    violations: [{ change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a KMS key, got nothing"] }],
    unknownIsFine: ["kmsKeyId"],
});

describeRule({
    rule: "secret-replica-cmk",
    type: secret,
    compliant: { replicas: [{ region: "eu-central-1", kmsKeyId: key }] },
    violations: [
        {
            change: { replicas: [{ region: "eu-central-1", kmsKeyId: key }, { region: "eu-north-1" }] },
            says: ["replicas[1].kmsKeyId  expected a KMS key, got nothing"],
        },
    ],
    notApplicable: [{ change: { replicas: undefined } }],
});

const rotation = (props: object) => [
    { name: "rotation", type: "secretsmanager/secretRotation", props: { ...props }, links: { secretId: subject } },
];

describeRule({
    rule: "secret-rotation",
    type: secret,
    compliant: { name: "shop/database" },
    others: rotation({ rotationRules: { automaticallyAfterDays: 30 } }),
    alsoCompliant: [
        { others: rotation({ rotationRules: { automaticallyAfterDays: 90 } }) },
        {
            others: [
                { name: "first", type: "secretsmanager/secretVersion", props: { secretStringWo: "x" }, links: { secretId: subject } },
                ...rotation({ rotationRules: { automaticallyAfterDays: 30 } }).map((each) => ({ ...each, links: { secretId: "first" } })),
            ],
        },
        ...["rate(2160 hours)", "rate(1 hour)", "rate(90 days)", "rate(1 day)"].map((scheduleExpression) => ({
            others: rotation({ rotationRules: { scheduleExpression } }),
        })),
        { others: rotation({ rotationRules: { scheduleExpression: "cron(0 8 1 * ? *)" }, rotationEnabled: true }) },
    ],
    violations: [
        { others: [], says: ["expected a SecretRotation for the secret, got none"] },
        {
            others: rotation({ rotationRules: { automaticallyAfterDays: 365 } }),
            says: ["expected a new value within 90 days, got 365 in rotation"],
        },
        ...[
            ["rate(91 days)", 91],
            ["rate(2184 hours)", 91],
        ].map(([scheduleExpression, days]) => ({
            others: rotation({ rotationRules: { scheduleExpression } }),
            says: [`expected a new value within 90 days, got ${days} in rotation`],
        })),
        {
            others: rotation({ rotationRules: { automaticallyAfterDays: 30 }, rotationEnabled: false }),
            says: ["expected rotation that is on, got rotation with rotationEnabled false"],
        },
    ],
    notApplicable: [{ change: { type: "SalesforceClientSecret" }, others: [] }],
});

const anybody = { Effect: "Allow", Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*" };
const policy = (statement: object) => ({ policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) });

describeOn([secret, "secretsmanager/secretPolicy"], {
    rule: "secret-no-public-policy",
    compliant: policy({ ...anybody, Principal: { AWS: "arn:aws:iam::123456789012:role/shop" } }),
    alsoCompliant: [
        { change: policy({ ...anybody, Effect: "Deny" }) },
        { change: policy({ ...anybody, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }) },
    ],
    violations: [
        {
            change: policy(anybody),
            says: ["policy.Statement[0]  expected named principals or a condition on who calls, got anybody"],
        },
    ],
    notApplicable: [{ change: { policy: undefined } }],
});

describeRule({
    rule: "secret-policy-checked",
    type: "secretsmanager/secretPolicy",
    compliant: { blockPublicPolicy: true },
    violations: [{ change: { blockPublicPolicy: undefined }, says: ["blockPublicPolicy  expected true, got nothing"] }],
});

describeRule({
    rule: "secret-recovery-window",
    type: secret,
    compliant: {},
    alsoCompliant: [{ change: { recoveryWindowInDays: 7 } }],
    violations: [{ change: { recoveryWindowInDays: 0 }, says: ["recoveryWindowInDays  expected at least 7 days or nothing, got 0"] }],
});

describeRule({
    rule: "secret-value-write-only",
    type: "secretsmanager/secretVersion",
    compliant: { secretStringWo: "hunter2hunter2", secretStringWoVersion: 1 },
    violations: [
        { change: { secretString: "hunter2hunter2" }, says: ["secretString  expected secretStringWo, got one"] },
        { change: { secretBinary: "aHVudGVyMmh1bnRlcjI=" }, says: ["secretBinary  expected secretStringWo, got one"] },
    ],
    unknownIsWrong: ["secretString", "secretBinary"],
    secrets: ["hunter2hunter2", "aHVudGVyMmh1bnRlcjI="],
});

describe("secret-policy-checked", () => {
    it("mends itself", () => {
        const rule = secrets.find((each) => each.id === "secret-policy-checked");
        const mend = rule?.scope === undefined ? rule?.remedy : undefined;
        const nothing = new Parameters(new Map(), testDay);
        expect(mend?.(resourceOf("secretsmanager/secretPolicy", {}), nothing)).to.deep.equal({ blockPublicPolicy: true });
    });
});
