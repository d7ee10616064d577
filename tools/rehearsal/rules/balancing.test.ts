import { balancer, type Case, certificate, departs, issued, judged, trust } from "./rules.fixture.ts";

const fixed = [{ type: "fixed-response", fixedResponse: { contentType: "text/plain" } }];
const group: Case["good"] = ({ vpc }) => ({ name: "app", port: 80, protocol: "HTTP", vpcId: vpc.id });
const fleet: Case["good"] = async ({ make, a }) => ({
    name: "fleet",
    minSize: 1,
    maxSize: 2,
    vpcZoneIdentifiers: [a.id],
    launchTemplate: { id: (await make("ec2/launchTemplate", { instanceType: "t4g.small" })).id, version: "1" },
});

judged("load balancers and fleets", [
    {
        title: "ALB-1 an application load balancer stands in two zones",
        type: "lb/loadBalancer",
        good: ({ a, b }) => ({ name: "app", subnets: [a.id, b.id] }),
        bad: ({ a }) => ({ subnets: [a.id] }),
        words: "ValidationError: At least two subnets in two different Availability Zones must be specified. These are in eu-west-1a.",
    },
    {
        title: "ALB-2 one subnet a zone",
        type: "lb/loadBalancer",
        good: ({ a, b }) => ({ name: "app", subnets: [a.id, b.id] }),
        bad: async ({ make, vpc, a, b }) => ({
            subnets: [
                a.id,
                b.id,
                (await make("ec2/subnet", { vpcId: vpc.id, cidrBlock: "10.0.9.0/24", availabilityZone: "eu-west-1a" })).id,
            ],
        }),
        words: "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone (eu-west-1a).",
    },
    {
        title: "ALB-19 the bucket of the access logs exists",
        type: "lb/loadBalancer",
        good: ({ a, b }) => ({ name: "app", subnets: [a.id, b.id] }),
        bad: () => ({ accessLogs: { bucket: "logs-1", enabled: true } }),
        words: "InvalidConfigurationRequest: Access Denied for bucket: logs-1. Please check S3bucket permission. There is no such bucket.",
    },
    {
        title: "ALB-19 the bucket of the access logs lets the load balancer write",
        type: "lb/loadBalancer",
        good: ({ a, b }) => ({ name: "app", subnets: [a.id, b.id] }),
        bad: async ({ make }) => ({ accessLogs: { bucket: (await make("s3/bucket", { bucket: "logs-1" })).id, enabled: true } }),
        words: "InvalidConfigurationRequest: Access Denied for bucket: logs-1. Please check S3bucket permission. Its policy must let logdelivery.elasticloadbalancing.amazonaws.com write, and must be there first: add dependsOn.",
    },
    {
        title: "ALB-8 a target group of instances needs a VPC",
        type: "lb/targetGroup",
        good: group,
        bad: () => ({ vpcId: undefined }),
        words: "ValidationError: vpcId must be given for target type instance.",
    },
    {
        title: "ALB-10 a health check's timeout is smaller than its interval",
        type: "lb/targetGroup",
        good: group,
        bad: () => ({ healthCheck: { interval: 10, timeout: 10 } }),
        words: "ValidationError: Health check timeout '10' must be smaller than the interval '10'.",
    },
    {
        title: "ALB-11 slow start is at least 30 s",
        type: "lb/targetGroup",
        good: group,
        bad: () => ({ slowStart: 10 }),
        words: "ValidationError: slowStart is 0 or from 30 to 900, got 10.",
    },
    {
        title: "ALB-6 an HTTPS listener needs a certificate",
        type: "lb/listener",
        good: async (world) => ({
            loadBalancerArn: (await balancer(world)).id,
            port: 443,
            protocol: "HTTPS",
            certificateArn: (await issued(world, "www.example.com")).id,
            defaultActions: fixed,
        }),
        bad: () => ({ certificateArn: undefined }),
        words: "ValidationError: A certificate must be specified for HTTPS listeners. Give certificateArn.",
    },
    {
        title: "GEN-1 a listener's certificate is one of its region",
        type: "lb/listener",
        good: async (world) => ({ loadBalancerArn: (await balancer(world)).id, port: 80, defaultActions: fixed }),
        bad: () => ({ protocol: "HTTPS", certificateArn: "arn:aws:acm:eu-west-1:111122223333:certificate/x" }),
        words: "CertificateNotFound: Certificate 'arn:aws:acm:eu-west-1:111122223333:certificate/x' not found. lb.listener certificateArn must name one that exists in eu-west-1.",
    },
    {
        title: "ALB-32 a target group is in the load balancer's VPC",
        type: "lb/listener",
        good: async (world) => ({
            loadBalancerArn: (await balancer(world)).id,
            port: 80,
            defaultActions: [
                {
                    type: "forward",
                    targetGroupArn: (await world.make("lb/targetGroup", { name: "here", port: 80, protocol: "HTTP", vpcId: world.vpc.id }))
                        .id,
                },
            ],
        }),
        bad: async ({ make }) => ({
            defaultActions: [
                {
                    type: "forward",
                    targetGroupArn: (
                        await make("lb/targetGroup", {
                            name: "there",
                            port: 80,
                            protocol: "TCP",
                            vpcId: (await make("ec2/vpc", { cidrBlock: "10.1.0.0/16" })).id,
                        })
                    ).id.replace(/there\/.*/, "there/x"),
                },
            ],
        }),
        words: "TargetGroupNotFound: Target groups 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/there/x' not found. lb.listener defaultActions.targetGroupArn must name one that exists in eu-west-1.",
    },
    {
        title: "ASG-1 desired capacity lies between the bounds",
        type: "autoscaling/group",
        good: fleet,
        bad: () => ({ desiredCapacity: 5 }),
        words: "ValidationError: Desired capacity:5 must be between the specified min size:1 and max size:2.",
    },
    {
        title: "ASG-3 a group has one source of machines",
        type: "autoscaling/group",
        good: fleet,
        bad: () => ({ launchTemplate: undefined }),
        words: "ValidationError: Valid requests must contain exactly one of launchTemplate, mixedInstancesPolicy or launchConfiguration, got none.",
    },
    {
        title: "ASG-8 a machine lives a day at least",
        type: "autoscaling/group",
        good: fleet,
        bad: () => ({ maxInstanceLifetime: 3600 }),
        words: "ValidationError: maxInstanceLifetime is 0 or from 86400 to 31536000 seconds, got 3600.",
    },
    {
        title: "a template that does not exist is refused",
        type: "autoscaling/group",
        good: fleet,
        bad: () => ({ launchTemplate: { id: "lt-0abc" } }),
        words: "InvalidLaunchTemplateId.NotFound: The specified launch template 'lt-0abc' does not exist. autoscaling.group launchTemplate.id must name one that exists in eu-west-1.",
    },
    {
        title: "ASG-11 user data of a template is base64",
        type: "ec2/launchTemplate",
        good: () => ({ userData: Buffer.from("#!/bin/sh\n").toString("base64") }),
        bad: () => ({ userData: "#!/bin/sh\n" }),
        words: "InvalidUserData.Malformed: Invalid BASE64 encoding of user data. Encode userData of a launch template.",
    },
    {
        title: "ASG-12 an image fits its machine",
        type: "ec2/launchTemplate",
        good: () => ({
            instanceType: "m7g.large",
            imageId: "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
        }),
        bad: () => ({ instanceType: "m7i.large" }),
        words: "InvalidParameterValue: The architecture 'x86_64' of the specified instance type does not match the architecture 'arm64' of the specified AMI. m7i.large and resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64 do not go together.",
    },
    {
        title: "ASG-15 gp3 throughput is a quarter of its IOPS at most",
        type: "ec2/launchTemplate",
        good: () => ({ blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeType: "gp3", volumeSize: 20, throughput: 500 } }] }),
        bad: () => ({ blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeType: "gp3", volumeSize: 20, throughput: 900 } }] }),
        words: "InvalidParameterCombination: gp3 throughput is at most a quarter of its IOPS (750 MiB/s), got 900.",
    },
    {
        title: "an AutoScaling function's role trusts the service that takes it on",
        type: "lambda/function",
        good: async ({ make }) => ({
            name: "f",
            role: (await make("iam/role", { name: "good", assumeRolePolicy: trust("lambda.amazonaws.com") })).get("arn"),
            handler: "index.handler",
            runtime: "nodejs24.x",
        }),
        bad: async ({ make }) => ({
            role: (await make("iam/role", { name: "bad", assumeRolePolicy: trust("ec2.amazonaws.com") })).get("arn"),
        }),
        words: "InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda. The trust policy of arn:aws:iam::111122223333:role/bad must name lambda.amazonaws.com.",
    },
]);

judged("certificates in use", [
    {
        title: "ALB-6 a certificate must be issued before a listener takes it",
        type: "lb/listener",
        good: async (world) => ({
            loadBalancerArn: (await balancer(world)).id,
            port: 443,
            protocol: "HTTPS",
            certificateArn: (await issued(world, "www.example.com")).id,
            defaultActions: fixed,
        }),
        bad: async (world) => ({
            certificateArn: (await certificate(world, "app.example.com")).id,
        }),
        words: "UnsupportedCertificate: The certificate 'arn:aws:acm:eu-west-1:111122223333:certificate/UUID' must have a fully-qualified domain name, a supported signature, and a supported key size: it is PENDING_VALIDATION. Use certificateArn of the acm.CertificateValidation, which waits until it is issued.",
    },
]);

departs("load balancers", [
    {
        title: "a target group that a listener forwards to is not deleted",
        keeps: async (world) => {
            const target = await world.make("lb/targetGroup", { port: 80, protocol: "HTTP", vpcId: world.vpc.id });
            return [
                target,
                await world.make("lb/listener", {
                    loadBalancerArn: (await balancer(world)).id,
                    port: 80,
                    defaultActions: [{ type: "forward", targetGroupArn: target.id }],
                }),
            ];
        },
        words: /^ResourceInUse: Target group '.*' is currently in use by a listener or a rule/,
    },
    {
        title: "a certificate that a listener uses is not deleted",
        keeps: async (world) => {
            const used = await issued(world, "www.example.com");
            return [
                used,
                await world.make("lb/listener", {
                    loadBalancerArn: (await balancer(world)).id,
                    port: 443,
                    protocol: "HTTPS",
                    certificateArn: used.id,
                    defaultActions: fixed,
                }),
            ];
        },
        words: /^ResourceInUseException: Certificate .* is in use by lb\.listener/,
    },
]);
