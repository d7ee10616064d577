/** Elastic Beanstalk, read through its option settings. */
import { show } from "../core/conditions.ts";
import { all, compliant, type Finding, notApplicable, violation } from "../core/finding.ts";
import { internetBlocks } from "../core/internet.ts";
import { standing } from "../core/levels.ts";
import { OptionSettings } from "../core/option-settings.ts";
import type { Rule } from "../core/rule.ts";

const types = ["elasticbeanstalk/environment", "elasticbeanstalk/configurationTemplate"];
const launch = "aws:autoscaling:launchconfiguration";

/** Refuses a setting that `good` does not accept; left out, it has Beanstalk's own default. */
function setting(
    settings: OptionSettings,
    namespace: string,
    name: string,
    expected: string,
    good: (value: string | undefined) => boolean,
): Finding {
    const value = settings.text(namespace, name);
    return good(value)
        ? compliant
        : violation(settings.path(namespace, name), `expected ${expected} for ${namespace} ${name}, got ${show(value)}`);
}

export const beanstalk: readonly Rule[] = [
    {
        id: "eb-no-ssh-source",
        title: "No Beanstalk environment opens SSH or hands out a key pair",
        why: "With a key pair set, Beanstalk opens port 22 to everybody unless it is told otherwise.",
        fix: "Leave `EC2KeyName` out and use Session Manager; else restrict `SSHSourceRestriction` to your own block.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCSG"] },
        link: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html",
        on: types,
        judge: (resource) => {
            const settings = new OptionSettings(resource);
            return all(
                () => setting(settings, launch, "EC2KeyName", "no key pair", (value) => value === undefined || value === ""),
                () =>
                    setting(settings, launch, "SSHSourceRestriction", "a block of your own", (value) => {
                        const source = value?.split(",").at(-1)?.trim() ?? "";
                        return source === "" || internetBlocks([source]).length === 0;
                    }),
            );
        },
    },
    {
        id: "eb-https-listener",
        title: "Every load-balanced Beanstalk environment serves HTTPS",
        why: "Beanstalk's load balancer starts with plain HTTP alone.",
        fix: "Set aws:elbv2:listener:443 Protocol HTTPS with `SSLCertificateArns`, and aws:elbv2:listener:default ListenerEnabled false.",
        severity: "high",
        levels: standing.production,
        controls: { hipaa: ["TRANSIT"] },
        link: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/configuring-https-elb.html",
        on: types,
        judge: (resource) => {
            const settings = new OptionSettings(resource);
            const environment = "aws:elasticbeanstalk:environment";
            if (settings.text(environment, "EnvironmentType") === "SingleInstance" || resource.text("tier") === "Worker") {
                return notApplicable("no load balancer");
            }
            const secure = [...settings.namespaces("aws:elbv2:listener:"), ...settings.namespaces("aws:elb:listener:")].filter(
                (namespace) =>
                    ["HTTPS", "TLS", "SSL"].includes(
                        (settings.text(namespace, "Protocol") ?? settings.text(namespace, "ListenerProtocol") ?? "").toUpperCase(),
                    ),
            );
            return secure.length > 0 ? compliant : violation("settings", "expected a listener with protocol HTTPS, got plain HTTP only");
        },
    },
    {
        id: "eb-min-instances-multi-az",
        title: "Every load-balanced Beanstalk environment keeps two instances in two zones",
        why: "With one instance, a lost zone or a bad health check is an outage.",
        fix: 'Set aws:autoscaling:asg MinSize to 2 or more and Availability Zones to "Any 2".',
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        link: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html",
        on: types,
        judge: (resource) => {
            const settings = new OptionSettings(resource);
            const asg = "aws:autoscaling:asg";
            return all(
                () => setting(settings, asg, "MinSize", "at least 2", (value) => Number(value ?? 1) >= 2),
                () => setting(settings, asg, "Availability Zones", "two zones or more", (value) => value !== "Any 1"),
                () =>
                    setting(
                        settings,
                        "aws:elasticbeanstalk:environment",
                        "EnvironmentType",
                        "LoadBalanced",
                        (value) => value !== "SingleInstance",
                    ),
            );
        },
    },
];
