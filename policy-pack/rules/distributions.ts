/** CloudFront distributions. */
import { expects, matching, oneOf } from "../core/conditions.ts";
import { all, compliant, each, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";

export const distributions: readonly Rule[] = [
    {
        id: "cloudfront-viewer-https",
        title: "Every behaviour of a distribution serves HTTPS only",
        why: "One behaviour that allows HTTP is enough to take a session's cookie.",
        fix: 'Set `viewerProtocolPolicy: "redirect-to-https"` on the default and every ordered behaviour.',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["CloudFront.3"], hipaa: ["TRANSIT"] },
        on: ["cloudfront/distribution"],
        judge: (resource) =>
            each([...resource.list("defaultCacheBehavior"), ...resource.list("orderedCacheBehaviors")], (behavior) =>
                expects(behavior, "viewerProtocolPolicy", oneOf("redirect-to-https", "https-only")),
            ),
    },
    {
        id: "cloudfront-min-tls",
        title: "Every distribution refuses what is older than TLS 1.2",
        why: "CloudFront's own default still answers TLS 1.0.",
        fix: 'Set `viewerCertificate.minimumProtocolVersion: "TLSv1.2_2021"`, which needs a certificate of your own.',
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["CloudFront.15"], hipaa: ["TRANSIT"] },
        on: ["cloudfront/distribution"],
        judge: (resource) =>
            resource.flag("viewerCertificate.cloudfrontDefaultCertificate") === true
                ? violation("viewerCertificate", "expected a certificate of your own, got CloudFront's, which answers TLS 1.0")
                : expects(
                      resource,
                      "viewerCertificate.minimumProtocolVersion",
                      matching(/^TLSv1\.(2_20(2[1-9]|[3-9]\d)|3_\d{4})$/, '"TLSv1.2_2021" or newer'),
                  ),
    },
    {
        id: "cloudfront-origin-tls",
        title: "Every distribution speaks TLS 1.2 with its origins",
        why: "A viewer's HTTPS is worth nothing when the second half of the way is plain.",
        fix: 'Set `customOriginConfig: { originProtocolPolicy: "https-only", originSslProtocols: ["TLSv1.2"] }`.',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["CloudFront.9", "CloudFront.10"], hipaa: ["TRANSIT"] },
        on: ["cloudfront/distribution"],
        judge: (resource) => {
            const custom = resource.list("origins").filter((origin) => origin.has("customOriginConfig"));
            if (custom.length === 0) {
                return notApplicable("no custom origin");
            }
            return each(custom, (origin) =>
                all(
                    () => expects(origin, "customOriginConfig.originProtocolPolicy", oneOf("https-only")),
                    () => {
                        const old = origin.texts("customOriginConfig.originSslProtocols").filter((protocol) => protocol !== "TLSv1.2");
                        return old.length === 0
                            ? compliant
                            : violation(
                                  origin.pathOf("customOriginConfig.originSslProtocols"),
                                  `expected "TLSv1.2" alone, got ${old.join(", ")} too`,
                              );
                    },
                ),
            );
        },
    },
];
