/** Certificates, and the authorities that issue them. */
import { absent, expects, noneOf, oneOf, show } from "../core/conditions.ts";
import { compliant, each, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";

const certificate = "acm/certificate";

/** Brought along, or issued by an authority of one's own: ACM proves nothing then. */
function isProvenByAcm(resource: ResourceView): boolean {
    return !["certificateBody", "privateKey", "privateKeyWo", "certificateAuthorityArn"].some((property) => resource.has(property));
}

export const certificates: readonly Rule[] = [
    {
        id: "acm-key-length",
        title: "No certificate has a key of 1024 bits",
        why: "Such a key can be computed; browsers have refused it for years.",
        fix: 'Leave `keyAlgorithm` out (RSA_2048), or set `"EC_prime256v1"`.',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["ACM.2"] },
        on: [certificate],
        judge: (resource) => expects(resource, "keyAlgorithm", noneOf("RSA_1024")),
    },
    {
        id: "acm-dns-validation",
        title: "Certificates prove their names by DNS",
        why: "A record renews the certificate for ever; a letter to an administrator is overlooked once, and the site is down.",
        fix: 'Set `validationMethod: "DNS"` and create the records of `domainValidationOptions`.',
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["ACM.1"], hipaa: ["ACCNET"] },
        on: [certificate],
        judge: (resource) =>
            isProvenByAcm(resource)
                ? expects(resource, "validationMethod", oneOf("DNS"))
                : notApplicable("brought along, or of an authority of your own"),
    },
    {
        id: "acm-no-private-key-in-state",
        title: "No private key of a certificate lies in the program's state",
        why: "`privateKey` is written into the state file and every backup of it; who reads it can be your site.",
        fix: "Let ACM issue the certificate, or hand the key over as `privateKeyWo`.",
        severity: "high",
        levels: standing.production,
        controls: { hipaa: ["308(a)(5)(ii)(D)"] },
        on: [certificate],
        judge: (resource) => expects(resource, "privateKey", absent("privateKeyWo or a certificate issued by ACM")),
    },
    {
        id: "acm-no-wildcard",
        title: "Certificates name each host",
        why: "Whoever gets hold of a wildcard's key can be any host of the domain, also one that does not exist yet.",
        fix: "List the hosts in `subjectAlternativeNames`.",
        severity: "low",
        levels: standing.onRequest,
        controls: {},
        on: [certificate],
        judge: (resource) =>
            each(["domainName", "subjectAlternativeNames"], (property) => {
                const wide = resource.list(property).find((name) => (name.text("") ?? "").includes("*"));
                return wide === undefined ? compliant : violation(wide.path, `expected a host, got ${show(wide.text(""))}`);
            }),
    },
    {
        id: "acm-transparency-logging",
        title: "Certificates are entered in the public logs",
        why: "Browsers refuse a certificate that is in none of them, and nobody would see a forged one.",
        fix: 'Leave `options.certificateTransparencyLoggingPreference` out, or set it to `"ENABLED"`.',
        severity: "low",
        levels: standing.production,
        controls: {},
        on: [certificate],
        judge: (resource) => expects(resource, "options.certificateTransparencyLoggingPreference", noneOf("DISABLED")),
    },
    {
        id: "acm-no-delete-before-replace",
        title: "A certificate is replaced before the old one goes",
        why: "A certificate in use cannot be deleted: the update stops half-way, or the site stands without one.",
        fix: "Leave the option `deleteBeforeReplace` out.",
        severity: "low",
        levels: standing.production,
        controls: { hipaa: ["AVAIL"] },
        on: [certificate],
        judge: (resource) =>
            resource.options.deleteBeforeReplace === true
                ? violation("", "expected the option deleteBeforeReplace false or left out, got true")
                : compliant,
    },
    {
        id: "acmpca-root-disabled",
        title: "A root authority is switched off between its few uses",
        why: "A root signs one subordinate in years; whoever can use it in between can be anybody in your networks.",
        fix: "Issue from a subordinate authority and set `enabled: false` on the root.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["PCA.1"] },
        on: ["acmpca/certificateAuthority"],
        judge: (resource) => {
            if (resource.text("type") !== "ROOT") {
                return notApplicable("a subordinate authority");
            }
            return resource.flag("enabled") === false
                ? compliant
                : violation("enabled", `expected false, got ${show(resource.raw("enabled"))}`);
        },
    },
];
