import { describeRule } from "../testing.ts";

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
