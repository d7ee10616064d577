/** Elastic Beanstalk, read through its option settings. */
import { show } from "../core/conditions.ts";
import { credentialNamed } from "../core/credentials.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { internetBlocks } from "../core/internet.ts";
import { standing } from "../core/levels.ts";
import { OptionSettings } from "../core/option-settings.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";

const types = ["elasticbeanstalk/environment", "elasticbeanstalk/configurationTemplate"];
const launch = "aws:autoscaling:launchconfiguration";
const logStreaming = "aws:elasticbeanstalk:cloudwatch:logs";
const variables = "aws:elasticbeanstalk:application:environment";
const optionsPage = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html";

/** Refuses a setting that `good` does not accept; left out, it is the template's, or else has Beanstalk's own default. */
function setting(
    resource: ResourceView,
    namespace: string,
    name: string,
    expected: string,
    good: (value: string | undefined) => boolean,
): Finding {
    const settings = new OptionSettings(resource);
    const value = settings.text(namespace, name);
    if (value === undefined && hasTemplate(resource)) {
        return notApplicable("decided by its template");
    }
    return good(value)
        ? compliant
        : violation(settings.path(namespace, name), `expected ${expected} for ${namespace} ${name}, got ${show(value)}`);
}

function hasTemplate(resource: ResourceView): boolean {
    return resource.type === "elasticbeanstalk/environment" && resource.has("templateName");
}

/** Undefined where a template or the application decides. */
function platformOf(resource: ResourceView): string | undefined {
    return (
        resource.text("solutionStackName") ?? (resource.type === "elasticbeanstalk/environment" ? resource.text("platformArn") : undefined)
    );
}

/** Amazon Linux 2023 has version 1 off unless `DisableIMDSv1` says false; Windows and what came before have it on. */
function isModern(resource: ResourceView): boolean {
    return (platformOf(resource) ?? "").includes("Amazon Linux 2023");
}

function on(value: string | undefined): boolean {
    return value?.toLowerCase() === "true";
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
        link: optionsPage,
        on: types,
        judge: (resource) =>
            all(
                () => setting(resource, launch, "EC2KeyName", "no key pair", (value) => value === undefined || value === ""),
                () =>
                    setting(resource, launch, "SSHSourceRestriction", "a block of your own", (value) => {
                        const source = value?.split(",").at(-1)?.trim() ?? "";
                        return source === "" || internetBlocks([source]).length === 0;
                    }),
            ),
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
            if (secure.length === 0 && hasTemplate(resource)) {
                return notApplicable("decided by its template");
            }
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
        link: optionsPage,
        on: types,
        judge: (resource) => {
            const asg = "aws:autoscaling:asg";
            return all(
                () => setting(resource, asg, "MinSize", "at least 2", (value) => Number(value ?? 1) >= 2),
                () => setting(resource, asg, "Availability Zones", "two zones or more", (value) => value !== "Any 1"),
                () =>
                    setting(
                        resource,
                        "aws:elasticbeanstalk:environment",
                        "EnvironmentType",
                        "LoadBalanced",
                        (value) => value !== "SingleInstance",
                    ),
            );
        },
    },
    {
        id: "eb-enhanced-health",
        title: "Every Beanstalk environment reports its health in detail",
        why: "Basic health asks the load balancer alone: an instance that answers and fails every second request is green.",
        fix: "Set aws:elasticbeanstalk:healthreporting:system SystemType to enhanced.",
        severity: "low",
        levels: standing.production,
        controls: { fsbp: ["ElasticBeanstalk.1"], hipaa: ["AUD"] },
        on: types,
        judge: (resource) =>
            setting(
                resource,
                "aws:elasticbeanstalk:healthreporting:system",
                "SystemType",
                "enhanced",
                (value) => value?.toLowerCase() === "enhanced",
            ),
    },
    {
        id: "eb-managed-updates",
        title: "Every Beanstalk environment takes platform updates by itself",
        why: "The platform is the operating system and the runtime: without updates both stay as they were on the first day.",
        fix: "Set aws:elasticbeanstalk:managedactions ManagedActionsEnabled true, with `ServiceRoleForManagedUpdates` and a `PreferredStartTime`.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["PATCH"] },
        on: types,
        judge: (resource) => setting(resource, "aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled", "true", on),
    },
    {
        id: "eb-log-streaming",
        title: "Every Beanstalk environment sends its logs to CloudWatch and keeps them",
        why: "Logs on an instance go with the instance, and Beanstalk replaces instances at every change.",
        fix: "Set aws:elasticbeanstalk:cloudwatch:logs StreamLogs true and `RetentionInDays`; left out, logs are kept for 7 days.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["ElasticBeanstalk.3"], hipaa: ["AUD"] },
        parameters: { minimumDays: { about: "Days of logs.", default: { development: 1, production: 30, regulated: 365 } } },
        on: types,
        judge: (resource, parameters) =>
            all(
                () => setting(resource, logStreaming, "StreamLogs", "true", on),
                () =>
                    setting(
                        resource,
                        logStreaming,
                        "RetentionInDays",
                        `at least ${parameters.number("minimumDays")}`,
                        (value) => Number(value ?? 7) >= parameters.number("minimumDays"),
                    ),
            ),
    },
    {
        id: "eb-in-vpc",
        title: "Every Beanstalk environment stands in a VPC of yours, on private addresses",
        why: "Without a VPC of its own it lands in the account's default one, where every subnet is public.",
        fix: "Set aws:ec2:vpc VPCId and `Subnets` (private ones), `ELBSubnets` (public ones), and leave `AssociatePublicIpAddress` out.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACCNET"] },
        link: optionsPage,
        on: types,
        judge: (resource) => {
            const settings = new OptionSettings(resource);
            const place = (name: string): Finding =>
                settings.has("aws:ec2:vpc", name)
                    ? compliant
                    : setting(resource, "aws:ec2:vpc", name, "one of your own", (value) => value !== undefined);
            return all(
                () => place("VPCId"),
                () => place("Subnets"),
                () => setting(resource, "aws:ec2:vpc", "AssociatePublicIpAddress", "false or nothing", (value) => !on(value)),
            );
        },
    },
    {
        id: "eb-imdsv1-disabled",
        title: "No instance of Beanstalk answers metadata requests without a session",
        why: "Version 1 of the metadata service gives the role's keys to whoever can make the application fetch an address.",
        fix: "Set aws:autoscaling:launchconfiguration DisableIMDSv1 true; platforms on Amazon Linux 2023 do it by themselves.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        link: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environments-cfg-ec2-imds.html",
        on: types,
        judge: (resource) =>
            setting(resource, launch, "DisableIMDSv1", "true", (value) => (value === undefined ? isModern(resource) : on(value))),
    },
    {
        id: "eb-supported-platform",
        title: "Every Beanstalk platform stands on a supported operating system",
        why: "Amazon Linux 2 has had no security fixes since 2026-06-30, and a platform on it gets no new version.",
        fix: "Move to a platform branch on Amazon Linux 2023 (`elasticbeanstalk.getSolutionStack({ mostRecent: true, nameRegex })`).",
        severity: "high",
        levels: standing.production,
        controls: { hipaa: ["PATCH"] },
        link: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.migration-al.html",
        on: types,
        judge: (resource) => {
            const platform = platformOf(resource);
            if (platform === undefined) {
                return notApplicable("its platform is decided elsewhere");
            }
            return /Amazon Linux (AMI|2\b|201\d)/.test(platform)
                ? violation(
                      resource.has("solutionStackName") ? "solutionStackName" : "platformArn",
                      `expected a platform on Amazon Linux 2023, got ${show(platform)}`,
                  )
                : compliant;
        },
    },
    {
        id: "eb-no-secrets-in-environment",
        title: "No environment property of Beanstalk holds a credential",
        why: "Environment properties are shown in the console and by DescribeConfigurationSettings to everybody who may look at the environment.",
        fix: "Put the secret in Secrets Manager or Parameter Store and name it in namespace aws:elasticbeanstalk:application:environmentsecrets.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        link: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/AWSHowTo.secrets.env-vars.html",
        on: types,
        judge: (resource) =>
            each(
                resource.list("settings").filter((option) => option.text("namespace") === variables),
                (option) => {
                    const kind = credentialNamed(option.text("name") ?? "", option.text("value") ?? "");
                    return kind === undefined
                        ? compliant
                        : violation(option.pathOf("value"), `expected a reference to a secret in ${option.text("name")}, got ${kind}`);
                },
            ),
    },
    {
        id: "eb-no-coupled-database",
        title: "No database belongs to a Beanstalk environment",
        why: "Such a database is deleted with the environment, and the environment is what a blue/green deployment throws away.",
        fix: "Take the aws:rds:dbinstance settings out and make the database an `rds.Instance` or `rds.Cluster`.",
        severity: "high",
        levels: standing.resilience,
        controls: { hipaa: ["BKP"] },
        link: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.managing.db.html",
        on: types,
        judge: (resource) => {
            const settings = new OptionSettings(resource);
            const [namespace] = settings.namespaces("aws:rds:dbinstance");
            return namespace === undefined || settings.text(namespace, "HasCoupledDatabase")?.toLowerCase() === "false"
                ? compliant
                : violation("settings", "expected a database outside the environment, got aws:rds:dbinstance settings");
        },
    },
    {
        id: "eb-deployment-without-outage",
        title: "New versions reach a Beanstalk environment without an outage",
        why: "The default puts the new version on all instances at once: while it starts nobody is served, and a bad one is everywhere.",
        fix: "Set aws:elasticbeanstalk:command DeploymentPolicy to Immutable, TrafficSplitting or RollingWithAdditionalBatch.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AVAIL"] },
        link: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.rolling-version-deploy.html",
        on: types,
        judge: (resource) =>
            setting(
                resource,
                "aws:elasticbeanstalk:command",
                "DeploymentPolicy",
                "another policy than AllAtOnce",
                (value) => value !== undefined && value !== "AllAtOnce",
            ),
    },
];
