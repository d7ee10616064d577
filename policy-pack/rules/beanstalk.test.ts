import { expect } from "chai";
import { describe, it } from "mocha";
import { Parameters } from "../core/rule.ts";
import { unknown } from "../core/values.ts";
import { describeOn, describeRule, resourceOf, testDay } from "../testing.ts";
import { beanstalk } from "./beanstalk.ts";

const option = (namespace: string, name: string, value: string) => ({ namespace, name, value });
const launch = "aws:autoscaling:launchconfiguration";
const asg = "aws:autoscaling:asg";
const environment = "aws:elasticbeanstalk:environment";

for (const type of ["elasticbeanstalk/environment", "elasticbeanstalk/configurationTemplate"]) {
    describeRule({
        rule: "eb-no-ssh-source",
        type,
        compliant: { settings: [option(launch, "InstanceType", "t4g.small")] },
        alsoCompliant: [{ change: { settings: [option(launch, "SSHSourceRestriction", "tcp, 22, 22, 203.0.113.0/29")] } }],
        violations: [
            {
                change: { settings: [option(launch, "EC2KeyName", "team")] },
                says: [`settings[0].value  expected no key pair for ${launch} EC2KeyName, got "team"`],
            },
            {
                change: { settings: [option(launch, "SSHSourceRestriction", "tcp, 22, 22, 0.0.0.0/0")] },
                says: [`settings[0].value  expected a block of your own for ${launch} SSHSourceRestriction, got "tcp, 22, 22, 0.0.0.0/0"`],
            },
        ],
    });
    describeRule({
        rule: "eb-https-listener",
        type,
        compliant: { settings: [option("aws:elbv2:listener:443", "Protocol", "HTTPS")] },
        alsoCompliant: ["TLS", "SSL"].map((protocol) => ({
            change: { settings: [option("aws:elb:listener:443", "ListenerProtocol", protocol)] },
        })),
        violations: [
            {
                change: { settings: [option("aws:elbv2:listener:default", "Protocol", "HTTP")] },
                says: ["settings  expected a listener with protocol HTTPS, got plain HTTP only"],
            },
        ],
        notApplicable: [{ change: { settings: [option(environment, "EnvironmentType", "SingleInstance")] } }],
    });
    describeRule({
        rule: "eb-min-instances-multi-az",
        type,
        compliant: { settings: [option(asg, "MinSize", "2"), option(asg, "Availability Zones", "Any 2")] },
        violations: [
            { change: { settings: [] }, says: [`settings  expected at least 2 for ${asg} MinSize, got nothing`] },
            {
                change: { settings: [option(asg, "MinSize", "1")] },
                says: [`settings[0].value  expected at least 2 for ${asg} MinSize, got "1"`],
            },
            {
                change: { settings: [option(asg, "MinSize", "2"), option(asg, "Availability Zones", "Any 1")] },
                says: [`settings[1].value  expected two zones or more for ${asg} Availability Zones, got "Any 1"`],
            },
            {
                change: { settings: [option(asg, "MinSize", "2"), option(environment, "EnvironmentType", "SingleInstance")] },
                says: [`settings[1].value  expected LoadBalanced for ${environment} EnvironmentType, got "SingleInstance"`],
            },
        ],
    });
}

const types = ["elasticbeanstalk/environment", "elasticbeanstalk/configurationTemplate"];
const health = "aws:elasticbeanstalk:healthreporting:system";
const updates = "aws:elasticbeanstalk:managedactions";
const logs = "aws:elasticbeanstalk:cloudwatch:logs";
const place = "aws:ec2:vpc";
const variable = (name: string, value: string) => option("aws:elasticbeanstalk:application:environment", name, value);
const modern = "64bit Amazon Linux 2023 v4.13.7 running Python 3.14";

describeOn(types, {
    rule: "eb-enhanced-health",
    compliant: { settings: [option(health, "SystemType", "enhanced")] },
    violations: [
        {
            change: { settings: [option(health, "SystemType", "basic")] },
            says: [`settings[0].value  expected enhanced for ${health} SystemType, got "basic"`],
        },
        { change: { settings: undefined }, says: [`settings  expected enhanced for ${health} SystemType, got nothing`] },
    ],
});

describeOn(types, {
    rule: "eb-managed-updates",
    compliant: { settings: [option(updates, "ManagedActionsEnabled", "True")] },
    violations: [{ change: { settings: undefined }, says: [`settings  expected true for ${updates} ManagedActionsEnabled, got nothing`] }],
});

describeOn(types, {
    rule: "eb-log-streaming",
    compliant: { settings: [option(logs, "StreamLogs", "true"), option(logs, "RetentionInDays", "365")] },
    violations: [
        {
            change: { settings: undefined },
            says: [
                `settings  expected true for ${logs} StreamLogs, got nothing`,
                `settings  expected at least 365 for ${logs} RetentionInDays, got nothing`,
            ],
        },
        {
            change: { settings: [option(logs, "StreamLogs", "true"), option(logs, "RetentionInDays", "30")] },
            says: [`settings[1].value  expected at least 365 for ${logs} RetentionInDays, got "30"`],
        },
    ],
});

for (const minimumDays of [7, 8]) {
    describeOn(types, {
        rule: "eb-log-streaming",
        parameters: { minimumDays },
        compliant: { settings: [option(logs, "StreamLogs", "true"), option(logs, "RetentionInDays", "14")] },
        alsoCompliant: minimumDays === 7 ? [{ change: { settings: [option(logs, "StreamLogs", "true")] } }] : [],
        violations: [
            {
                change: { settings: [option(logs, "StreamLogs", "false"), option(logs, "RetentionInDays", "14")] },
                says: [`settings[0].value  expected true for ${logs} StreamLogs, got "false"`],
            },
            {
                change: { settings: [option(logs, "StreamLogs", "true"), option(logs, "RetentionInDays", `${minimumDays - 1}`)] },
                says: [`settings[1].value  expected at least ${minimumDays} for ${logs} RetentionInDays, got "${minimumDays - 1}"`],
            },
        ],
    });
}

describeOn(types, {
    rule: "eb-in-vpc",
    compliant: { settings: [option(place, "VPCId", unknown), option(place, "Subnets", unknown)] },
    alsoCompliant: [
        {
            change: {
                settings: [
                    option(place, "VPCId", "vpc-1"),
                    option(place, "Subnets", "subnet-1,subnet-2"),
                    option(place, "AssociatePublicIpAddress", "false"),
                ],
            },
        },
    ],
    violations: [
        {
            change: { settings: [option(place, "AssociatePublicIpAddress", "true")] },
            says: [
                `settings  expected one of your own for ${place} VPCId, got nothing`,
                `settings  expected one of your own for ${place} Subnets, got nothing`,
                `settings[0].value  expected false or nothing for ${place} AssociatePublicIpAddress, got "true"`,
            ],
        },
    ],
});

describeOn(types, {
    rule: "eb-imdsv1-disabled",
    compliant: {
        solutionStackName: "64bit Windows Server 2022 v2.15 running IIS 10.0",
        settings: [option(launch, "DisableIMDSv1", "true")],
    },
    alsoCompliant: [{ change: { solutionStackName: modern, settings: undefined } }],
    violations: [
        {
            change: { solutionStackName: "64bit Amazon Linux 2 v3.5.0 running Python 3.8", settings: [] },
            says: [`settings  expected true for ${launch} DisableIMDSv1, got nothing`],
        },
        {
            change: { solutionStackName: modern, settings: [option(launch, "DisableIMDSv1", "false")] },
            says: [`settings[0].value  expected true for ${launch} DisableIMDSv1, got "false"`],
        },
    ],
    // Settled by the setting, whatever the platform.
    unknownIsFine: ["solutionStackName"],
});

describeRule({
    rule: "eb-imdsv1-disabled",
    type: "elasticbeanstalk/environment",
    compliant: { platformArn: "arn:aws:elasticbeanstalk:eu-west-1::platform/Docker running on 64bit Amazon Linux 2023/4.13.7" },
    violations: [{ change: { platformArn: undefined }, says: [`settings  expected true for ${launch} DisableIMDSv1, got nothing`] }],
});

describeOn(types, {
    rule: "eb-supported-platform",
    compliant: { solutionStackName: modern },
    alsoCompliant: [{ change: { solutionStackName: "64bit Windows Server 2022 v2.15 running IIS 10.0" } }],
    violations: ["64bit Amazon Linux 2 v3.5.0 running Python 3.8", "64bit Amazon Linux 2018.03 v2.9 running Go 1"].map((platform) => ({
        change: { solutionStackName: platform },
        says: [`solutionStackName  expected a platform on Amazon Linux 2023, got "${platform}"`],
    })),
    notApplicable: [{ change: { solutionStackName: undefined } }],
});

describeRule({
    rule: "eb-supported-platform",
    type: "elasticbeanstalk/environment",
    compliant: { platformArn: "arn:aws:elasticbeanstalk:eu-west-1::platform/Docker running on 64bit Amazon Linux 2023/4.13.7" },
    violations: [
        {
            change: { platformArn: "arn:aws:elasticbeanstalk:eu-west-1::platform/Docker on Amazon Linux 2/3.5.0" },
            says: [
                'platformArn  expected a platform on Amazon Linux 2023, got "arn:aws:elasticbeanstalk:eu-west-1::platform/Docker on Amazon Linux 2/3.5.0"',
            ],
        },
    ],
});

const leaked = "AKIAABCDEFGHIJKLMNOP";

describeOn(types, {
    rule: "eb-no-secrets-in-environment",
    compliant: { settings: [variable("LOG_LEVEL", "info"), variable("DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:1:secret:db")] },
    violations: [
        {
            change: { settings: [variable("KEY", leaked), variable("DB_PASSWORD", "correct-horse")] },
            says: [
                "settings[0].value  expected a reference to a secret in KEY, got an AWS access key id",
                "settings[1].value  expected a reference to a secret in DB_PASSWORD, got what its name calls a secret",
            ],
        },
    ],
    secrets: [leaked, "correct-horse"],
});

describeOn(types, {
    rule: "eb-no-coupled-database",
    compliant: { settings: [] },
    alsoCompliant: [{ change: { settings: [option("aws:rds:dbinstance", "HasCoupledDatabase", "false")] } }],
    violations: [
        {
            change: { settings: [option("aws:rds:dbinstance", "DBEngine", "postgres")] },
            says: ["settings  expected a database outside the environment, got aws:rds:dbinstance settings"],
        },
    ],
});

const command = "aws:elasticbeanstalk:command";

describeOn(types, {
    rule: "eb-deployment-without-outage",
    compliant: { settings: [option(command, "DeploymentPolicy", "Immutable")] },
    violations: [
        {
            change: { settings: undefined },
            says: [`settings  expected another policy than AllAtOnce for ${command} DeploymentPolicy, got nothing`],
        },
        {
            change: { settings: [option(command, "DeploymentPolicy", "AllAtOnce")] },
            says: [`settings[0].value  expected another policy than AllAtOnce for ${command} DeploymentPolicy, got "AllAtOnce"`],
        },
    ],
});

describe("an environment made of a template", () => {
    it("is not held to what its template decides", () => {
        const environment = resourceOf("elasticbeanstalk/environment", { templateName: "standard" });
        const decided = beanstalk.filter((rule) => /min-instances|https|health|updates|streaming|in-vpc|imdsv1|outage/.test(rule.id));
        const findings = decided.map(
            (rule) => rule.scope === undefined && rule.judge(environment, new Parameters(new Map([["minimumDays", 1]]), testDay)),
        );
        expect(decided).to.have.length(8);
        expect(findings.map((finding) => (finding ? finding.kind : ""))).to.deep.equal(decided.map(() => "notApplicable"));
    });
});
