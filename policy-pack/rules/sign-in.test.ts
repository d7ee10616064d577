import { describeOn, describeRule } from "../testing.ts";

const strict = { minimumLength: 14, requireLowercase: true, requireUppercase: true, requireNumbers: true, requireSymbols: true };

describeRule({
    rule: "cognito-password-policy",
    type: "cognito/userPool",
    compliant: { passwordPolicy: strict },
    alsoCompliant: [{ change: { passwordPolicy: { ...strict, temporaryPasswordValidityDays: 7 } } }],
    violations: [
        {
            change: { passwordPolicy: undefined },
            says: ["passwordPolicy.minimumLength  expected at least 14, got 8"],
        },
        ...["requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols"].map((kind) => ({
            change: { passwordPolicy: { ...strict, [kind]: undefined } },
            says: [`passwordPolicy.${kind}  expected true, got nothing`],
        })),
        {
            change: { passwordPolicy: { ...strict, minimumLength: undefined } },
            says: ["passwordPolicy.minimumLength  expected at least 14, got nothing"],
        },
        {
            change: { passwordPolicy: { ...strict, temporaryPasswordValidityDays: 30 } },
            says: ["passwordPolicy.temporaryPasswordValidityDays  expected at most 7 days, got 30"],
        },
    ],
});

describeRule({
    rule: "cognito-password-policy",
    type: "cognito/userPool",
    parameters: { minimumLength: 8 },
    compliant: {},
    violations: [],
});

describeRule({
    rule: "cognito-mfa",
    type: "cognito/userPool",
    compliant: { mfaConfiguration: "ON" },
    violations: [
        { change: { mfaConfiguration: "OPTIONAL" }, says: ['mfaConfiguration  expected "ON", got "OPTIONAL"'] },
        { change: { mfaConfiguration: undefined }, says: ['mfaConfiguration  expected "ON", got nothing'] },
    ],
});

describeRule({
    rule: "cognito-mfa",
    type: "cognito/userPool",
    parameters: { optional: true },
    compliant: { mfaConfiguration: "OPTIONAL" },
    violations: [{ change: { mfaConfiguration: "OFF" }, says: ['mfaConfiguration  expected "ON" or "OPTIONAL", got "OFF"'] }],
});

describeRule({
    rule: "cognito-threat-protection",
    type: "cognito/userPool",
    compliant: { userPoolTier: "PLUS", userPoolAddOns: { advancedSecurityMode: "ENFORCED" } },
    violations: [
        {
            change: { userPoolAddOns: { advancedSecurityMode: "AUDIT" } },
            says: ['userPoolAddOns.advancedSecurityMode  expected "ENFORCED", got "AUDIT"'],
        },
        { change: { userPoolAddOns: undefined }, says: ['userPoolAddOns.advancedSecurityMode  expected "ENFORCED", got nothing'] },
    ],
});

describeRule({
    rule: "cognito-no-guest-access",
    type: "cognito/identityPool",
    compliant: {},
    violations: [
        {
            change: { allowUnauthenticatedIdentities: true },
            says: ["allowUnauthenticatedIdentities  expected false or nothing, got true"],
        },
    ],
    notApplicable: [
        {
            change: { allowUnauthenticatedIdentities: true },
            others: [{ name: "monitor", type: "rum/appMonitor", links: { appMonitorConfiguration: "subject" } }],
        },
    ],
});

describeRule({
    rule: "cognito-no-classic-flow",
    type: "cognito/identityPool",
    compliant: { allowClassicFlow: false },
    violations: [{ change: { allowClassicFlow: true }, says: ["allowClassicFlow  expected false or nothing, got true"] }],
});

describeRule({
    rule: "cognito-deletion-protection",
    type: "cognito/userPool",
    compliant: { deletionProtection: "ACTIVE" },
    violations: [
        { change: { deletionProtection: "INACTIVE" }, says: ['deletionProtection  expected "ACTIVE", got "INACTIVE"'] },
        { change: { deletionProtection: undefined }, says: ['deletionProtection  expected "ACTIVE", got nothing'] },
    ],
});

describeOn(["cognito/userPoolClient", "cognito/managedUserPoolClient"], {
    rule: "cognito-client-hardening",
    compliant: {
        preventUserExistenceErrors: "ENABLED",
        allowedOauthFlows: ["code"],
        callbackUrls: ["https://shop.example.com/signed-in", "shop://signed-in"],
        logoutUrls: ["https://shop.example.com/"],
    },
    alsoCompliant: [{ change: { preventUserExistenceErrors: undefined, allowedOauthFlows: ["client_credentials"] } }],
    violations: [
        {
            change: { preventUserExistenceErrors: undefined },
            says: ['preventUserExistenceErrors  expected "ENABLED", got nothing'],
        },
        {
            change: { preventUserExistenceErrors: "LEGACY", allowedOauthFlows: undefined },
            says: ['preventUserExistenceErrors  expected "ENABLED", got "LEGACY"'],
        },
        {
            change: {
                preventUserExistenceErrors: undefined,
                allowedOauthFlows: ["client_credentials"],
                explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
            },
            says: ['preventUserExistenceErrors  expected "ENABLED", got nothing'],
        },
        {
            change: { preventUserExistenceErrors: undefined, allowedOauthFlows: ["client_credentials", "code"] },
            says: ['preventUserExistenceErrors  expected "ENABLED", got nothing'],
        },
        { change: { enableTokenRevocation: false }, says: ["enableTokenRevocation  expected true or nothing, got false"] },
        {
            change: { allowedOauthFlows: ["code", "implicit"] },
            says: ['allowedOauthFlows  expected "code" or "client_credentials", got "implicit"'],
        },
        {
            change: { callbackUrls: ["https://shop.example.com/", "http://localhost:3000/"] },
            says: ["callbackUrls[1]  expected an https:// address, got http://"],
        },
        {
            change: { logoutUrls: ["HTTP://shop.example.com/"] },
            says: ["logoutUrls[0]  expected an https:// address, got http://"],
        },
    ],
    unknownIsFine: ["explicitAuthFlows"],
});

describeOn(["cognito/userPoolClient", "cognito/managedUserPoolClient"], {
    rule: "cognito-token-lifetime",
    compliant: { accessTokenValidity: 60, idTokenValidity: 1, refreshTokenValidity: 30, tokenValidityUnits: { accessToken: "minutes" } },
    alsoCompliant: [
        { change: { accessTokenValidity: undefined, idTokenValidity: 0, refreshTokenValidity: undefined, tokenValidityUnits: undefined } },
        { change: { accessTokenValidity: 3600, tokenValidityUnits: { accessToken: "seconds" } } },
    ],
    violations: [
        { change: { accessTokenValidity: 61 }, says: ["accessTokenValidity  expected at most 60 minutes, got 61"] },
        { change: { idTokenValidity: 24 }, says: ["idTokenValidity  expected at most 60 minutes, got 1440"] },
        { change: { refreshTokenValidity: 31 }, says: ["refreshTokenValidity  expected at most 43200 minutes, got 44640"] },
        { change: { tokenValidityUnits: undefined }, says: ["accessTokenValidity  expected at most 60 minutes, got 3600"] },
    ],
});

describeOn(["cognito/userPoolClient", "cognito/managedUserPoolClient"], {
    rule: "cognito-token-lifetime",
    parameters: { maximumMinutes: 30, maximumRefreshDays: 7 },
    notApplicable: [],
    violations: [
        {
            change: {},
            says: [
                "accessTokenValidity  expected at most 30 minutes, got 60",
                "idTokenValidity  expected at most 30 minutes, got 60",
                "refreshTokenValidity  expected at most 10080 minutes, got 43200",
            ],
        },
    ],
});

describeOn(["cognito/userPoolClient", "cognito/managedUserPoolClient"], {
    rule: "cognito-client-no-plain-password",
    compliant: { explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] },
    alsoCompliant: [{ change: { explicitAuthFlows: undefined } }],
    violations: [
        ...["ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"].map((flow) => ({
            change: { explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", flow] },
            says: [`explicitAuthFlows[1]  expected a flow that does not send the password, got "${flow}"`],
        })),
    ],
});

describeRule({
    rule: "cognito-waf",
    type: "cognito/userPool",
    compliant: {},
    others: [{ name: "association", type: "wafv2/webAclAssociation", links: { resourceArn: "subject" } }],
    violations: [{ others: [], says: ["expected a WebAclAssociation for the pool, got none"] }],
});
