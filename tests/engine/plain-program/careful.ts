/** What careless.ts wants, with nothing left to refuse. */
import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("main", { cidrBlock: "10.0.0.0/16" });

// Each in another style of rules.
const office = "203.0.113.7/32";
new aws.ec2.SecurityGroup("inline", {
    vpcId: vpc.id,
    description: "The site, for everybody",
    ingress: [{ description: "HTTPS", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }],
});
const group = new aws.ec2.SecurityGroup("server", { vpcId: vpc.id, description: "The server, for the office" });
new aws.ec2.SecurityGroupRule("old-rule", {
    type: "ingress",
    description: "Backups of the office",
    securityGroupId: group.id,
    protocol: "tcp",
    fromPort: 22,
    toPort: 22,
    cidrBlocks: [office],
});
new aws.vpc.SecurityGroupIngressRule("new-rule", {
    securityGroupId: group.id,
    description: "Browsers of the office",
    ipProtocol: "tcp",
    fromPort: 8443,
    toPort: 8443,
    cidrIpv4: office,
});

const subnet = new aws.ec2.Subnet("one", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24" });
new aws.ec2.NetworkAcl("edge", {
    vpcId: vpc.id,
    subnetIds: [subnet.id],
    ingress: [{ ruleNo: 100, action: "allow", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlock: "0.0.0.0/0" }],
});

const lightsail = new aws.lightsail.Instance("blog", {
    availabilityZone: "eu-west-1a",
    blueprintId: "amazon_linux_2023",
    bundleId: "nano_3_0",
});
new aws.lightsail.InstancePublicPorts("blog", {
    instanceName: lightsail.name,
    portInfos: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrs: ["0.0.0.0/0"] }],
});

const application = new aws.elasticbeanstalk.Application("shop", {});
new aws.elasticbeanstalk.Environment("shop", {
    application: application.name,
    solutionStackName: "64bit Amazon Linux 2023 v6.7.0 running Node.js 22",
    settings: [{ namespace: "aws:autoscaling:launchconfiguration", name: "SSHSourceRestriction", value: `tcp, 22, 22, ${office}` }],
});

const tls = new aws.rds.ParameterGroup("tls", { family: "postgres17", parameters: [{ name: "rds.force_ssl", value: "1" }] });
new aws.rds.Instance("ledger", {
    engine: "postgres",
    engineVersion: "17.6",
    instanceClass: "db.t4g.small",
    allocatedStorage: 20,
    username: "owner",
    manageMasterUserPassword: true,
    multiAz: true,
    storageEncrypted: true,
    backupRetentionPeriod: 14,
    parameterGroupName: tls.name,
});

const bucket = new aws.s3.Bucket("site", { bucket: "plain-site-8c1d" });
new aws.s3.BucketPublicAccessBlock("site", {
    bucket: bucket.id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
});
new aws.s3.BucketPolicy("site", {
    bucket: bucket.id,
    policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Deny",
                Principal: "*",
                Action: "s3:*",
                Resource: ["arn:aws:s3:::plain-site-8c1d", "arn:aws:s3:::plain-site-8c1d/*"],
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
        ],
    }),
});
new aws.ebs.EncryptionByDefault("disks", { enabled: true });
new aws.ebs.Volume("disk", { availabilityZone: "eu-west-1a", size: 10, type: "gp3", encrypted: true });
new aws.ec2.Instance("server", {
    ami: "ami-0123456789abcdef0",
    instanceType: "t4g.small",
    subnetId: subnet.id,
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    rootBlockDevice: { encrypted: true },
});
