/** How hard a rule stands in each profile. */

export const profiles = ["development", "production", "regulated"] as const;
export type Profile = (typeof profiles)[number];

export const levels = ["mandatory", "advisory", "disabled"] as const;
export type Level = (typeof levels)[number];

export type Levels = Readonly<Record<Profile, Level>>;

/** A rule takes one of these lines, so that what a profile means can be read here and nowhere else. */
export const standing = {
    /** Holds wherever data or an address can be reached: an experiment with real credentials is no excuse. */
    everywhere: { development: "mandatory", production: "mandatory", regulated: "mandatory" },
    /** Told in development, refused where customers are. */
    production: { development: "advisory", production: "mandatory", regulated: "mandatory" },
    /** What costs money or speed and buys survival: development does not want it. */
    resilience: { development: "disabled", production: "mandatory", regulated: "mandatory" },
    /** Good practice that an auditor asks for. */
    regulated: { development: "disabled", production: "advisory", regulated: "mandatory" },
    /** What an auditor asks for and production may decide not to pay for. */
    audited: { development: "disabled", production: "disabled", regulated: "mandatory" },
    /** Worth knowing, never worth stopping for. */
    advice: { development: "advisory", production: "advisory", regulated: "advisory" },
    /** Worth knowing once it carries customers. */
    productionAdvice: { development: "disabled", production: "advisory", regulated: "advisory" },
    /** A matter of taste or money; switched on by name. */
    onRequest: { development: "disabled", production: "disabled", regulated: "disabled" },
} as const satisfies Record<string, Levels>;

export type Severity = "low" | "medium" | "high" | "critical";
