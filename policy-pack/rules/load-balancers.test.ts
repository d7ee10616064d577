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
