/**
 * Which controls of which framework a rule gives evidence for. The ids were read from AWS Foundational Security Best Practices,
 * CIS AWS Foundations 3.0 and 5.0, and the control lists that cdk-nag prints for the HIPAA Security Rule (45 CFR 164); NIST is
 * by control family, from the class of the rule. No specialist has signed the pairing: RULES.md says so too.
 */

export interface Controls {
    readonly fsbp?: readonly string[];
    readonly cis3?: readonly string[];
    readonly cis5?: readonly string[];
    /** A class from `classes`, more than one, or sections of 164 written out: `308(a)(5)(ii)(D)`. */
    readonly hipaa?: readonly string[];
    /** NIST SP 800-53 revision 5, beyond what the class gives. */
    readonly nist?: readonly string[];
}

const rest = ["312(a)(2)(iv)", "312(e)(2)(ii)"];
const access = ["308(a)(3)(i)", "308(a)(4)(ii)(A)", "308(a)(4)(ii)(C)", "312(a)(1)"];
const identity = ["308(a)(3)(i)", "308(a)(3)(ii)(A)", "308(a)(4)(ii)(A)", "308(a)(4)(ii)(B)", "308(a)(4)(ii)(C)", "312(a)(1)"];

/** Rules of one kind answer the same sections. */
const classes: Readonly<Record<string, { readonly hipaa: readonly string[]; readonly nist: readonly string[] }>> = {
    REST: { hipaa: rest, nist: ["SC-12", "SC-13", "SC-28"] },
    TRANSIT: { hipaa: [...rest, "312(e)(1)", "312(e)(2)(i)"], nist: ["SC-8", "SC-13", "SC-23"] },
    ACC: { hipaa: access, nist: ["AC-3", "AC-6"] },
    ACCNET: { hipaa: [...access, "312(e)(1)"], nist: ["AC-4", "AC-21", "SC-7"] },
    ACCSG: {
        hipaa: [...access, "312(e)(1)", "308(a)(3)(ii)(B)", "308(a)(4)(i)", "308(a)(4)(ii)(B)"],
        nist: ["AC-4", "AC-17", "SC-7", "CM-7"],
    },
    ACCID: { hipaa: [...identity, "308(a)(3)(ii)(B)", "308(a)(4)(i)"], nist: ["AC-2", "AC-3", "AC-5", "AC-6"] },
    ACCIP: { hipaa: identity, nist: ["AC-3", "AC-6", "IA-2"] },
    AUD: { hipaa: ["312(b)"], nist: ["AU-2", "AU-3", "AU-12"] },
    AUD2: { hipaa: ["308(a)(3)(ii)(A)", "312(b)"], nist: ["AU-2", "AU-3", "AU-6", "AU-12"] },
    BKP: { hipaa: ["308(a)(7)(i)", "308(a)(7)(ii)(A)", "308(a)(7)(ii)(B)"], nist: ["CP-6", "CP-9", "CP-10"] },
    AVAIL: { hipaa: ["308(a)(7)(i)", "308(a)(7)(ii)(C)"], nist: ["CP-10", "SC-5", "SI-13"] },
    INTEG: { hipaa: ["312(c)(1)", "312(c)(2)"], nist: ["SI-7", "AU-9"] },
    PATCH: { hipaa: ["308(a)(5)(ii)(A)"], nist: ["SI-2", "CM-2"] },
    LOGIN: { hipaa: ["308(a)(3)(ii)(A)", "308(a)(5)(ii)(C)"], nist: ["AC-7", "AU-2", "AU-12"] },
};

export const frameworks = {
    fsbp: "AWS Foundational Security Best Practices",
    cis3: "CIS AWS Foundations 3.0.0",
    cis5: "CIS AWS Foundations 5.0.0",
    hipaa: "HIPAA Security Rule, 45 CFR 164",
    nist: "NIST SP 800-53 revision 5",
} as const;
export type Framework = keyof typeof frameworks;

/** The ids of a rule in one framework, classes spelt out, each once, in the order of the framework. */
export function controlsOf(controls: Controls, framework: Framework): readonly string[] {
    const own = controls[framework] ?? [];
    const found =
        framework === "hipaa"
            ? own.flatMap((id) => classes[id]?.hipaa ?? [id])
            : framework === "nist"
              ? [...own, ...(controls.hipaa ?? []).flatMap((id) => classes[id]?.nist ?? [])]
              : own;
    return [...new Set(found)].toSorted((one, other) => one.localeCompare(other, "en", { numeric: true }));
}

/** The page that explains the rule in AWS's own words, from its first FSBP id: `EC2.13` → …/ec2-controls.html#ec2-13. */
export function pageOf(controls: Controls): string | undefined {
    const first = controls.fsbp?.[0];
    const dot = first?.indexOf(".") ?? -1;
    if (first === undefined || dot < 0) {
        return undefined;
    }
    const service = first.slice(0, dot).toLowerCase();
    return `https://docs.aws.amazon.com/securityhub/latest/userguide/${service}-controls.html#${service}-${first.slice(dot + 1)}`;
}

/** For the test that no rule names a class that does not exist. */
export function isControl(id: string): boolean {
    return id in classes || /^3\d\d\([a-z]\)(\(|$)/.test(id);
}
