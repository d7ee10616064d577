/**
 * One name for one thing. @pulumi/aws registers several resources under two or three type tokens; rules know only the first
 * of each line: `lb/listener`, never `aws:alb/listener:Listener`.
 */
const aliases: Readonly<Record<string, readonly string[]>> = {
    "lb/listener": ["alb/listener", "applicationloadbalancing/listener", "elasticloadbalancingv2/listener"],
    "lb/listenerCertificate": [
        "alb/listenerCertificate",
        "applicationloadbalancing/listenerCertificate",
        "elasticloadbalancingv2/listenerCertificate",
    ],
    "lb/listenerRule": ["alb/listenerRule", "applicationloadbalancing/listenerRule", "elasticloadbalancingv2/listenerRule"],
    "lb/loadBalancer": ["alb/loadBalancer", "applicationloadbalancing/loadBalancer", "elasticloadbalancingv2/loadBalancer"],
    "lb/targetGroup": ["alb/targetGroup", "applicationloadbalancing/targetGroup", "elasticloadbalancingv2/targetGroup"],
    "lb/targetGroupAttachment": [
        "alb/targetGroupAttachment",
        "applicationloadbalancing/targetGroupAttachment",
        "elasticloadbalancingv2/targetGroupAttachment",
    ],
    "elb/loadBalancer": ["elasticloadbalancing/loadBalancer"],
    "s3/bucket": ["s3/bucketV2"],
    "s3/bucketAccelerateConfiguration": ["s3/bucketAccelerateConfigurationV2"],
    "s3/bucketAcl": ["s3/bucketAclV2"],
    "s3/bucketCorsConfiguration": ["s3/bucketCorsConfigurationV2"],
    "s3/bucketLifecycleConfiguration": ["s3/bucketLifecycleConfigurationV2"],
    "s3/bucketLogging": ["s3/bucketLoggingV2"],
    "s3/bucketObjectLockConfiguration": ["s3/bucketObjectLockConfigurationV2"],
    "s3/bucketObject": ["s3/bucketObjectv2"],
    "s3/bucketRequestPaymentConfiguration": ["s3/bucketRequestPaymentConfigurationV2"],
    "s3/bucketServerSideEncryptionConfiguration": ["s3/bucketServerSideEncryptionConfigurationV2"],
    "s3/bucketVersioning": ["s3/bucketVersioningV2"],
    "s3/bucketWebsiteConfiguration": ["s3/bucketWebsiteConfigurationV2"],
};

const canonical = new Map(Object.entries(aliases).flatMap(([name, others]) => others.map((other) => [other, name] as const)));

/** Names that resources of this kind are also registered under. */
export function aliasesOf(type: string): readonly string[] {
    return aliases[type] ?? [];
}

/** `aws:alb/listener:Listener` → `lb/listener`; `pulumi:providers:aws` → `provider`; anything that is not AWS stays as it is. */
export function canonicalType(token: string): string {
    if (token === "pulumi:providers:aws") {
        return "provider";
    }
    if (!token.startsWith("aws:")) {
        return token;
    }
    const name = token.slice(4, token.lastIndexOf(":"));
    return canonical.get(name) ?? name;
}

/** `ec2/vpc` → `aws:ec2/vpc:Vpc`. */
export function tokenOf(type: string): string {
    if (type === "provider") {
        return "pulumi:providers:aws";
    }
    const last = type.slice(type.indexOf("/") + 1);
    return `aws:${type}:${last.charAt(0).toUpperCase()}${last.slice(1)}`;
}
