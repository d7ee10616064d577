import { describeRule } from "../testing.ts";

const redirect = { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } };

describeRule({
    rule: "alb-http-redirects-https",
    type: "lb/listener",
    compliant: { protocol: "HTTP", port: 80, defaultActions: [redirect] },
    violations: [
        {
            change: { defaultActions: [{ type: "forward", targetGroupArn: "arn" }] },
            says: ['defaultActions[0]  expected a redirect to HTTPS, got "forward"'],
        },
        {
            change: { defaultActions: [{ type: "redirect", redirect: { protocol: "HTTP", statusCode: "HTTP_301" } }] },
            says: ['defaultActions[0]  expected a redirect to HTTPS, got "redirect"'],
        },
    ],
    notApplicable: [{ change: { protocol: "HTTPS" } }, { change: { protocol: "TCP" } }],
});

const tls = 'expected a policy for TLS 1.2 or 1.3 such as "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"';

describeRule({
    rule: "elb-listener-tls-policy",
    type: "lb/listener",
    compliant: { protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" },
    alsoCompliant: [
        { change: { sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" } },
        { change: { sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06" } },
        { change: { protocol: "TLS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04" } },
    ],
    violations: [
        { change: { sslPolicy: undefined }, says: [`sslPolicy  ${tls}, got nothing`] },
        { change: { sslPolicy: "ELBSecurityPolicy-2016-08" }, says: [`sslPolicy  ${tls}, got "ELBSecurityPolicy-2016-08"`] },
        {
            change: { sslPolicy: "ELBSecurityPolicy-TLS13-1-0-2021-06" },
            says: [`sslPolicy  ${tls}, got "ELBSecurityPolicy-TLS13-1-0-2021-06"`],
        },
    ],
    notApplicable: [{ change: { protocol: "HTTP" } }],
});

const subnet = (name: string, zone: string) => ({ name, type: "ec2/subnet", props: { availabilityZone: zone } });

describeRule({
    rule: "elb-multi-az",
    type: "lb/loadBalancer",
    compliant: {},
    links: { subnets: ["one", "two"] },
    others: [subnet("one", "eu-west-1a"), subnet("two", "eu-west-1b")],
    violations: [
        {
            others: [subnet("one", "eu-west-1a"), subnet("two", "eu-west-1a")],
            says: ["subnets  expected subnets in at least 2 zones, got eu-west-1a"],
        },
        { links: { subnets: ["one"] }, says: ["subnets  expected subnets in at least 2 zones, got 1 subnets"] },
    ],
});

describeRule({
    rule: "nlb-listener-tls",
    type: "lb/listener",
    compliant: { protocol: "TLS", port: 8883 },
    alsoCompliant: [{ change: { protocol: "TCP", port: 443 } }],
    violations: [{ change: { protocol: "TCP", port: 80 }, says: ['protocol  expected "TLS", got "TCP"'] }],
    notApplicable: [{ change: { protocol: "HTTPS" } }],
    // TLS needs no look at the port.
    unknownIsFine: ["port"],
});

describeRule({
    rule: "elb-listener-acm-certificate",
    type: "lb/listener",
    compliant: { protocol: "HTTPS", certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1" },
    violations: [
        { change: { certificateArn: undefined }, says: ["certificateArn  expected an ACM certificate, got nothing"] },
        {
            change: { certificateArn: "arn:aws:iam::123456789012:server-certificate/old" },
            says: ['certificateArn  expected an ACM certificate, got "arn:aws:iam::123456789012:server-certificate/old"'],
        },
    ],
    notApplicable: [{ change: { protocol: "HTTP" } }],
    unknownIsFine: ["certificateArn"],
});

const balancer = "lb/loadBalancer";

describeRule({
    rule: "alb-drop-invalid-headers",
    type: balancer,
    compliant: { dropInvalidHeaderFields: true },
    violations: [{ change: { dropInvalidHeaderFields: undefined }, says: ["dropInvalidHeaderFields  expected true, got nothing"] }],
    notApplicable: [{ change: { loadBalancerType: "network" } }],
});

describeRule({
    rule: "elb-access-logs",
    type: balancer,
    compliant: { accessLogs: { enabled: true, bucket: "logs" } },
    violations: [
        { change: { accessLogs: undefined }, says: ["accessLogs.enabled  expected true, got nothing"] },
        { change: { accessLogs: { bucket: "logs" } }, says: ["accessLogs.enabled  expected true, got nothing"] },
    ],
    notApplicable: [{ change: { loadBalancerType: "gateway" } }],
});

describeRule({
    rule: "elb-deletion-protection",
    type: balancer,
    compliant: { enableDeletionProtection: true },
    violations: [{ change: { enableDeletionProtection: false }, says: ["enableDeletionProtection  expected true, got false"] }],
});

describeRule({
    rule: "nlb-cross-zone",
    type: balancer,
    compliant: { loadBalancerType: "network", enableCrossZoneLoadBalancing: true },
    violations: [
        { change: { enableCrossZoneLoadBalancing: undefined }, says: ["enableCrossZoneLoadBalancing  expected true, got nothing"] },
    ],
    notApplicable: [{ change: { loadBalancerType: undefined } }],
});

for (const type of [balancer, "elb/loadBalancer"]) {
    describeRule({
        rule: "alb-desync-mitigation",
        type,
        compliant: { desyncMitigationMode: "strictest" },
        alsoCompliant: [{ change: { desyncMitigationMode: undefined } }],
        violations: [
            {
                change: { desyncMitigationMode: "monitor" },
                says: ['desyncMitigationMode  expected "defensive", "strictest" or nothing, got "monitor"'],
            },
        ],
        notApplicable: type === balancer ? [{ change: { loadBalancerType: "network" } }] : [],
    });
}

for (const type of ["wafv2/webAclAssociation", "wafregional/webAclAssociation"]) {
    describeRule({
        rule: "alb-waf-associated",
        type: balancer,
        compliant: {},
        others: [{ name: "association", type, links: { resourceArn: "subject" } }],
        violations: [{ others: [], says: ["expected a WebAclAssociation for the load balancer, got none"] }],
        notApplicable: [{ change: { internal: true } }, { change: { loadBalancerType: "network" } }],
    });
}

describeRule({
    rule: "elb-internet-facing-approved",
    type: balancer,
    compliant: { internal: true },
    violations: [{ change: { internal: undefined }, says: ["internal  expected true, got nothing"] }],
});

describeRule({
    rule: "elb-internet-facing-approved",
    type: balancer,
    parameters: { allowed: ["subj"] },
    notApplicable: [{}],
    violations: [],
});

const group = "lb/targetGroup";

describeRule({
    rule: "target-group-health-check",
    type: group,
    compliant: { protocol: "HTTP", healthCheck: { path: "/health", matcher: "200" } },
    alsoCompliant: [{ change: { protocol: "TCP", healthCheck: undefined } }],
    violations: [
        { change: { healthCheck: undefined }, says: ["healthCheck.path  expected a path, got nothing"] },
        { change: { healthCheck: { enabled: false, path: "/" } }, says: ["healthCheck.enabled  expected true or nothing, got false"] },
    ],
    notApplicable: [{ change: { targetType: "lambda" } }],
});

describeRule({
    rule: "target-group-encrypted",
    type: group,
    compliant: { protocol: "HTTPS" },
    violations: [{ change: { protocol: "HTTP" }, says: ['protocol  expected "HTTPS", "TLS" or "GENEVE", got "HTTP"'] }],
    notApplicable: [{ change: { targetType: "lambda" } }],
});

describeRule({
    rule: "no-classic-elb",
    type: "elb/loadBalancer",
    violations: [{ says: ["expected an application or network load balancer, got a classic one"] }],
});

for (const sslPolicy of ["ELBSecurityPolicy-FS-1-2-Res-2020-10", "ELBSecurityPolicy-TLS-1-2-2017-01"]) {
    describeRule({
        rule: "elb-listener-tls-policy",
        type: "lb/listener",
        compliant: { protocol: "HTTPS", sslPolicy },
        violations: [
            {
                change: { sslPolicy: "ELBSecurityPolicy-TLS-1-1-2017-01" },
                says: [`sslPolicy  ${tls}, got "ELBSecurityPolicy-TLS-1-1-2017-01"`],
            },
        ],
    });
}

describeRule({
    rule: "nlb-listener-tls",
    type: "lb/listener",
    compliant: { protocol: "TLS", port: 853 },
    violations: ["UDP", "TCP_UDP"].map((protocol) => ({
        change: { protocol, port: 53 },
        says: [`protocol  expected "TLS", got "${protocol}"`],
    })),
    unknownIsFine: ["port"],
});

describeRule({
    rule: "target-group-health-check",
    type: "lb/targetGroup",
    // A TCP check asks for no page.
    compliant: { protocol: "HTTPS", healthCheck: { protocol: "TCP" } },
    violations: [{ change: { healthCheck: undefined }, says: ["healthCheck.path  expected a path, got nothing"] }],
});

describeRule({
    rule: "target-group-encrypted",
    type: "lb/targetGroup",
    compliant: { protocol: "TLS" },
    violations: [],
    notApplicable: [{ change: { protocol: "TCP", targetType: "alb" } }],
});
