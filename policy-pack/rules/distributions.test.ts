import { describeRule } from "../testing.ts";

const type = "cloudfront/distribution";
const behavior = (viewerProtocolPolicy: string) => ({ targetOriginId: "app", viewerProtocolPolicy });

describeRule({
    rule: "cloudfront-viewer-https",
    type,
    compliant: { defaultCacheBehavior: behavior("redirect-to-https"), orderedCacheBehaviors: [behavior("https-only")] },
    violations: [
        {
            change: { defaultCacheBehavior: behavior("allow-all") },
            says: ['defaultCacheBehavior.viewerProtocolPolicy  expected "redirect-to-https" or "https-only", got "allow-all"'],
        },
        {
            change: { orderedCacheBehaviors: [behavior("https-only"), behavior("allow-all")] },
            says: ['orderedCacheBehaviors[1].viewerProtocolPolicy  expected "redirect-to-https" or "https-only", got "allow-all"'],
        },
    ],
});

describeRule({
    rule: "cloudfront-min-tls",
    type,
    compliant: { viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2021" } },
    alsoCompliant: [{ change: { viewerCertificate: { minimumProtocolVersion: "TLSv1.3_2025" } } }],
    violations: [
        {
            change: { viewerCertificate: { cloudfrontDefaultCertificate: true } },
            says: ["viewerCertificate  expected a certificate of your own, got CloudFront's, which answers TLS 1.0"],
        },
        {
            change: { viewerCertificate: { acmCertificateArn: "arn" } },
            says: ['viewerCertificate.minimumProtocolVersion  expected "TLSv1.2_2021" or newer, got nothing'],
        },
        {
            change: { viewerCertificate: { minimumProtocolVersion: "TLSv1.2_2019" } },
            says: ['viewerCertificate.minimumProtocolVersion  expected "TLSv1.2_2021" or newer, got "TLSv1.2_2019"'],
        },
    ],
});

const origin = (originProtocolPolicy: string, ...originSslProtocols: readonly string[]) => ({
    originId: "app",
    customOriginConfig: { originProtocolPolicy, originSslProtocols },
});

describeRule({
    rule: "cloudfront-origin-tls",
    type,
    compliant: { origins: [origin("https-only", "TLSv1.2")] },
    violations: [
        {
            change: { origins: [origin("http-only", "TLSv1.2")] },
            says: ['origins[0].customOriginConfig.originProtocolPolicy  expected "https-only", got "http-only"'],
        },
        {
            change: { origins: [origin("https-only", "TLSv1", "TLSv1.2")] },
            says: ['origins[0].customOriginConfig.originSslProtocols  expected "TLSv1.2" alone, got TLSv1 too'],
        },
    ],
    notApplicable: [{ change: { origins: [{ originId: "bucket", s3OriginConfig: {} }] } }],
});
