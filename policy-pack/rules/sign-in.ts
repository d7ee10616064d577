/** Cognito: user pools, clients, identity pools. */
import { expects, isTrue, notFalse, notTrue, oneOf } from "../core/conditions.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Parameters, Rule } from "../core/rule.ts";

const clients = ["cognito/userPoolClient", "cognito/managedUserPoolClient"];

/** Of passwords in a pool that says nothing. */
const defaultLength = 8;

const classes = ["requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols"] as const;

function passwordFinding(pool: ResourceView, parameters: Parameters): Finding {
    const minimum = parameters.number("minimumLength");
    const days = parameters.number("temporaryDays");
    const length = pool.has("passwordPolicy") ? pool.number("passwordPolicy.minimumLength") : defaultLength;
    return all(
        () =>
            length !== undefined && length >= minimum
                ? compliant
                : violation("passwordPolicy.minimumLength", `expected at least ${minimum}, got ${length ?? "nothing"}`),
        // Without a block AWS asks for all four; in a block, what is left out is not asked for.
        ...(pool.has("passwordPolicy") ? classes.map((each) => () => expects(pool, `passwordPolicy.${each}`, isTrue)) : []),
        () => {
            const valid = pool.number("passwordPolicy.temporaryPasswordValidityDays");
            return valid === undefined || valid <= days
                ? compliant
                : violation("passwordPolicy.temporaryPasswordValidityDays", `expected at most ${days} days, got ${valid}`);
        },
    );
}

/** A client that signs in machines by its own secret has no users whose existence it could betray. */
function signsInUsers(client: ResourceView): boolean {
    const flows = client.texts("allowedOauthFlows");
    return flows.length === 0 || flows.some((flow) => flow !== "client_credentials") || client.has("explicitAuthFlows");
}

const minutesIn: Readonly<Record<string, number>> = { seconds: 1 / 60, minutes: 1, hours: 60, days: 1440 };

interface Token {
    readonly property: string;
    readonly unit: string;
    /** Of the unit where a client names none, and of the time where it says nothing (0 is nothing too). */
    readonly default: { readonly unit: string; readonly minutes: number };
}

const shortTokens: readonly Token[] = [
    { property: "accessTokenValidity", unit: "accessToken", default: { unit: "hours", minutes: 60 } },
    { property: "idTokenValidity", unit: "idToken", default: { unit: "hours", minutes: 60 } },
];
const refreshToken: Token = { property: "refreshTokenValidity", unit: "refreshToken", default: { unit: "days", minutes: 43_200 } };

function lives(client: ResourceView, token: Token, maximum: number): Finding {
    const validity = client.number(token.property) ?? 0;
    const unit = client.text(`tokenValidityUnits.${token.unit}`) ?? token.default.unit;
    const minutes = validity === 0 ? token.default.minutes : validity * (minutesIn[unit] ?? 1);
    return minutes <= maximum ? compliant : violation(token.property, `expected at most ${maximum} minutes, got ${minutes}`);
}

function isPlain(address: string): boolean {
    return address.toLowerCase().startsWith("http://");
}

export const signIn: readonly Rule[] = [
    {
        id: "cognito-password-policy",
        title: "User pools ask for long passwords of all four kinds of character",
        why: "Short passwords are guessed, and a temporary one that lies in a mailbox for months is found.",
        fix: "Leave `passwordPolicy` out for AWS's own (8 characters, all kinds), or set a `minimumLength` and all four flags.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["Cognito.3"], hipaa: ["308(a)(5)(ii)(D)"], nist: ["IA-5"] },
        parameters: {
            minimumLength: { about: "Characters in a password.", default: { development: 8, production: 8, regulated: 14 } },
            temporaryDays: { about: "Days until an invitation's password ends.", default: 7 },
        },
        on: ["cognito/userPool"],
        judge: passwordFinding,
    },
    {
        id: "cognito-mfa",
        title: "User pools ask for a second factor",
        why: "Passwords are taken from other sites' leaks every day; a second factor is what stands then.",
        fix: 'Set `mfaConfiguration` to "ON", or "OPTIONAL" where users may choose, and `softwareTokenMfaConfiguration: { enabled: true }`.',
        severity: "high",
        levels: standing.production,
        controls: { hipaa: ["312(d)"], nist: ["IA-2"] },
        parameters: {
            optional: {
                about: 'Whether "OPTIONAL", which leaves it to the user, is enough.',
                default: { development: true, production: true, regulated: false },
            },
        },
        on: ["cognito/userPool"],
        judge: (resource, parameters) =>
            expects(resource, "mfaConfiguration", parameters.flag("optional") ? oneOf("ON", "OPTIONAL") : oneOf("ON")),
    },
    {
        id: "cognito-threat-protection",
        title: "User pools refuse sign-ins that look stolen",
        why: "Threat protection knows passwords from leaks and places a user never was; only enforced does it act.",
        fix: 'Set `userPoolTier: "PLUS"` (it costs per user) and `userPoolAddOns: { advancedSecurityMode: "ENFORCED" }`.',
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { fsbp: ["Cognito.1"], nist: ["AC-7", "SI-4"] },
        on: ["cognito/userPool"],
        judge: (resource) => expects(resource, "userPoolAddOns.advancedSecurityMode", oneOf("ENFORCED")),
    },
    {
        id: "cognito-no-guest-access",
        title: "No identity pool gives credentials to guests",
        why: "Guest credentials are real AWS credentials for anybody on the internet.",
        fix: "Leave `allowUnauthenticatedIdentities` out.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["Cognito.2"], hipaa: ["ACCNET"] },
        scope: "relation",
        on: ["cognito/identityPool"],
        judge: (resource, _parameters, stack) =>
            stack.referrers(resource, "rum/appMonitor", "appMonitorConfiguration").length > 0
                ? notApplicable("CloudWatch RUM sends visitors' measurements as guests")
                : expects(resource, "allowUnauthenticatedIdentities", notTrue),
    },
    {
        id: "cognito-no-classic-flow",
        title: "No identity pool hands out credentials by the basic flow",
        why: "The basic flow lets a client pick any role that trusts the pool, and drops the limits of the enhanced one.",
        fix: "Leave `allowClassicFlow` out.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACC"] },
        on: ["cognito/identityPool"],
        judge: (resource) => expects(resource, "allowClassicFlow", notTrue),
    },
    {
        id: "cognito-deletion-protection",
        title: "No user pool can be deleted by mistake",
        why: "A deleted pool takes every account and password with it; there is no backup to restore.",
        fix: 'Set `deletionProtection: "ACTIVE"`.',
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        on: ["cognito/userPool"],
        judge: (resource) => expects(resource, "deletionProtection", oneOf("ACTIVE")),
    },
    {
        id: "cognito-token-lifetime",
        title: "Tokens of user pools end soon",
        why: "An access token cannot be taken back: a stolen one works until its end.",
        fix: "Lower `accessTokenValidity`, `idTokenValidity` or `refreshTokenValidity`; mind `tokenValidityUnits`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["ACC"], nist: ["SC-23"] },
        parameters: {
            maximumMinutes: { about: "Minutes that access and identity tokens are good for.", default: 60 },
            maximumRefreshDays: { about: "Days after which a user signs in again.", default: 30 },
        },
        on: clients,
        judge: (resource, parameters) =>
            all(...shortTokens.map((token) => () => lives(resource, token, parameters.number("maximumMinutes"))), () =>
                lives(resource, refreshToken, parameters.number("maximumRefreshDays") * 1440),
            ),
    },
    {
        id: "cognito-client-no-plain-password",
        title: "Clients of user pools prove a password without sending it",
        why: "In the password flows every server in between that ends TLS sees the password.",
        fix: "Use ALLOW_USER_SRP_AUTH or the hosted sign-in, and drop ALLOW_USER_PASSWORD_AUTH and ALLOW_ADMIN_USER_PASSWORD_AUTH.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["ACC"], nist: ["IA-5"] },
        on: clients,
        judge: (resource) =>
            each(resource.list("explicitAuthFlows"), (flow) => {
                const name = String(flow.raw(""));
                return /(USER_PASSWORD_AUTH|ADMIN_NO_SRP_AUTH)$/.test(name)
                    ? violation(flow.path, `expected a flow that does not send the password, got "${name}"`)
                    : compliant;
            }),
    },
    {
        id: "cognito-waf",
        title: "Every user pool stands behind a web ACL",
        why: "Sign-in pages are where lists of stolen passwords are tried out, thousands a minute.",
        fix: "Add a `wafv2.WebAclAssociation` for the pool's ARN, with a rate limit.",
        severity: "low",
        levels: standing.onRequest,
        controls: { nist: ["SC-5"] },
        scope: "relation",
        on: ["cognito/userPool"],
        judge: (resource, _parameters, stack) =>
            stack.referrers(resource, "wafv2/webAclAssociation", "resourceArn").length > 0
                ? compliant
                : violation("", "expected a WebAclAssociation for the pool, got none"),
    },
    {
        id: "cognito-client-hardening",
        title: "Clients of user pools keep tokens and the list of users to themselves",
        why: "An implicit grant puts tokens into the address bar, plain HTTP onto the wire, and an error that says so tells who has an account.",
        fix: 'Use the code grant with https callbacks, `preventUserExistenceErrors: "ENABLED"`, and leave token revocation on.',
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACC"], nist: ["IA-5", "SC-23"] },
        on: clients,
        judge: (resource) =>
            all(
                () => (signsInUsers(resource) ? expects(resource, "preventUserExistenceErrors", oneOf("ENABLED")) : compliant),
                () => expects(resource, "enableTokenRevocation", notFalse),
                () =>
                    resource.texts("allowedOauthFlows").includes("implicit")
                        ? violation("allowedOauthFlows", 'expected "code" or "client_credentials", got "implicit"')
                        : compliant,
                () =>
                    each([...resource.list("callbackUrls"), ...resource.list("logoutUrls")], (url) =>
                        isPlain(String(url.raw(""))) ? violation(url.path, "expected an https:// address, got http://") : compliant,
                    ),
            ),
    },
];
