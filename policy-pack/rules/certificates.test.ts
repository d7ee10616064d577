import { describeRule } from "../testing.ts";

const type = "acm/certificate";

describeRule({
    rule: "acm-key-length",
    type,
    compliant: { domainName: "example.com" },
    alsoCompliant: [{ change: { keyAlgorithm: "EC_prime256v1" } }],
    violations: [{ change: { keyAlgorithm: "RSA_1024" }, says: ['keyAlgorithm  expected other than "RSA_1024", got "RSA_1024"'] }],
});

describeRule({
    rule: "acm-dns-validation",
    type,
    compliant: { domainName: "example.com", validationMethod: "DNS" },
    violations: [
        { change: { validationMethod: "EMAIL" }, says: ['validationMethod  expected "DNS", got "EMAIL"'] },
        { change: { validationMethod: undefined }, says: ['validationMethod  expected "DNS", got nothing'] },
    ],
    notApplicable: ["certificateBody", "privateKey", "privateKeyWo", "certificateAuthorityArn"].map((property) => ({
        change: { validationMethod: undefined, [property]: "given" },
    })),
});

describeRule({
    rule: "acm-no-private-key-in-state",
    type,
    compliant: { certificateBody: "public", privateKeyWo: "a key" },
    violations: [
        {
            change: { privateKey: "a key" },
            says: ["privateKey  expected privateKeyWo or a certificate issued by ACM, got one"],
        },
    ],
    unknownIsWrong: ["privateKey"],
    secrets: ["a key"],
});

describeRule({
    rule: "acm-no-wildcard",
    type,
    compliant: { domainName: "example.com", subjectAlternativeNames: ["www.example.com"] },
    violations: [
        { change: { domainName: "*.example.com" }, says: ['domainName  expected a host, got "*.example.com"'] },
        {
            change: { subjectAlternativeNames: ["www.example.com", "*.shop.example.com"] },
            says: ['subjectAlternativeNames[1]  expected a host, got "*.shop.example.com"'],
        },
    ],
});

const logged = (certificateTransparencyLoggingPreference: string) => ({ options: { certificateTransparencyLoggingPreference } });

describeRule({
    rule: "acm-transparency-logging",
    type,
    compliant: {},
    alsoCompliant: [{ change: logged("ENABLED") }],
    violations: [
        {
            change: logged("DISABLED"),
            says: ['options.certificateTransparencyLoggingPreference  expected other than "DISABLED", got "DISABLED"'],
        },
    ],
});

describeRule({
    rule: "acm-no-delete-before-replace",
    type,
    compliant: {},
    alsoCompliant: [{ options: { deleteBeforeReplace: false } }],
    violations: [
        {
            options: { deleteBeforeReplace: true },
            says: ["expected the option deleteBeforeReplace false or left out, got true"],
        },
    ],
});

describeRule({
    rule: "acmpca-root-disabled",
    type: "acmpca/certificateAuthority",
    compliant: { type: "ROOT", enabled: false },
    violations: [
        { change: { enabled: true }, says: ["enabled  expected false, got true"] },
        { change: { enabled: undefined }, says: ["enabled  expected false, got nothing"] },
    ],
    notApplicable: [{ change: { type: "SUBORDINATE", enabled: true } }, { change: { type: undefined, enabled: true } }],
});
