/** Finds credentials in texts that are stored or shown in the clear. What is found is named by its kind and never printed. */

interface Pattern {
    readonly kind: string;
    readonly pattern: RegExp;
}

const patterns: readonly Pattern[] = [
    { kind: "an AWS access key id", pattern: /\b(AKIA|ASIA)[A-Z0-9]{16}\b/ },
    { kind: "a private key", pattern: /-----BEGIN (RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY/ },
    { kind: "a GitHub token", pattern: /\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})\b/ },
    { kind: "a GitLab token", pattern: /\bglpat-[A-Za-z0-9_-]{20,}/ },
    { kind: "a Slack token", pattern: /\bxox[abposr]-[A-Za-z0-9-]{10,}/ },
    { kind: "a Stripe live key", pattern: /\b[sr]k_live_[A-Za-z0-9]{16,}/ },
    { kind: "a Google API key", pattern: /\bAIza[A-Za-z0-9_-]{35}\b/ },
    { kind: "a Pulumi access token", pattern: /\bpul-[a-f0-9]{40}\b/ },
    { kind: "an npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
    { kind: "a JSON web token", pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/ },
    { kind: "a URL with a password in it", pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@$<{]+:[^\s/@$<{]{3,}@/i },
];

const secretName =
    /(^|[_.\-\s])(password|passwd|pwd|secret|secret_?access_?key|api_?key|apikey|auth_?token|access_?token|private_?key|credentials?)$/i;

/** A value that is a reference to where the secret lives, not the secret. */
const reference =
    /^(arn:|\/|\$|\{\{|<|https?:\/\/|secretsmanager:|ssm:|alias\/|file:|kms:|vault:|op:\/\/|true$|false$|none$|null$|\d{1,3}$)/i;

/** The kind of credential that a text holds, or undefined. */
export function credentialIn(text: string): string | undefined {
    return patterns.find(({ pattern }) => pattern.test(text))?.kind;
}

/** The kind of credential that a named value is: by its own look, or by its name where the value is no reference. */
export function credentialNamed(name: string, value: string): string | undefined {
    const kind = credentialIn(value);
    if (kind !== undefined) {
        return kind;
    }
    const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2");
    return secretName.test(words) && value.trim().length >= 6 && !reference.test(value) && !/\s/.test(value.trim())
        ? "what its name calls a secret"
        : undefined;
}

const assignment = /^\s*(?:export\s+|set\s+|\$env:)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*["']?([^"'\s;]+)["']?/;

/** Reads a script line by line: a credential anywhere, or one assigned to a name that says so. */
export function credentialInScript(script: string): string | undefined {
    const direct = credentialIn(script);
    if (direct !== undefined) {
        return direct;
    }
    for (const line of script.split("\n")) {
        const [, name, value] = assignment.exec(line) ?? [];
        const kind = name !== undefined && value !== undefined ? credentialNamed(name, value) : undefined;
        if (kind !== undefined) {
            return kind;
        }
    }
    return undefined;
}

/** Text of user data that may be base64. */
export function decodeBase64(text: string): string {
    return /^[A-Za-z0-9+/=\s]+$/.test(text) && text.length % 4 === 0 ? Buffer.from(text, "base64").toString("utf8") : text;
}
