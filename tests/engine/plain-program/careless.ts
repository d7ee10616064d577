/** A program as it is written outside Terrace: nothing but @pulumi/aws, and something wrong with all of it. policy.test.ts previews it. */
import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("main", { cidrBlock: "10.0.0.0/16" });

// SSH for everybody, in every way that there is to write it.
const ssh = { protocol: "tcp", fromPort: 22, toPort: 22 };
const everybody = ["0.0.0.0/0"];
new aws.ec2.SecurityGroup("inline", { vpcId: vpc.id, ingress: [{ ...ssh, cidrBlocks: everybody }] });
new aws.ec2.SecurityGroup("version-six", { vpcId: vpc.id, ingress: [{ ...ssh, ipv6CidrBlocks: ["::/0"] }] });
new aws.ec2.SecurityGroup("port-range", { vpcId: vpc.id, ingress: [{ ...ssh, fromPort: 20, toPort: 30, cidrBlocks: everybody }] });
new aws.ec2.SecurityGroup("all-protocols", { vpcId: vpc.id, ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: everybody }] });
new aws.ec2.SecurityGroup("two-halves", { vpcId: vpc.id, ingress: [{ ...ssh, cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }] });
const group = new aws.ec2.SecurityGroup("server", { vpcId: vpc.id });
new aws.ec2.SecurityGroupRule("old-rule", { type: "ingress", securityGroupId: group.id, ...ssh, cidrBlocks: everybody });
new aws.vpc.SecurityGroupIngressRule("new-rule", {
    securityGroupId: group.id,
    ipProtocol: "tcp",
    fromPort: 22,
    toPort: 22,
    cidrIpv4: "0.0.0.0/0",
});

const subnet = new aws.ec2.Subnet("one", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24" });
new aws.ec2.NetworkAcl("edge", {
    vpcId: vpc.id,
    subnetIds: [subnet.id],
    ingress: [{ ruleNo: 100, action: "allow", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlock: "0.0.0.0/0" }],
});

const lightsail = new aws.lightsail.Instance("blog", {
    availabilityZone: "eu-west-1a",
    blueprintId: "amazon_linux_2023",
    bundleId: "nano_3_0",
});
new aws.lightsail.InstancePublicPorts("blog", {
    instanceName: lightsail.name,
    portInfos: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrs: everybody }],
});

const application = new aws.elasticbeanstalk.Application("shop", {});
new aws.elasticbeanstalk.Environment("shop", {
    application: application.name,
    solutionStackName: "64bit Amazon Linux 2023 v6.7.0 running Node.js 22",
    settings: [{ namespace: "aws:autoscaling:launchconfiguration", name: "SSHSourceRestriction", value: "tcp, 22, 22, 0.0.0.0/0" }],
});

const database = { engine: "postgres", engineVersion: "17.2", instanceClass: "db.t4g.small", allocatedStorage: 20, username: "owner" };
new aws.rds.Instance("ledger", { ...database, manageMasterUserPassword: true, multiAz: true, storageEncrypted: false });
new aws.rds.Instance("archive", { ...database, manageMasterUserPassword: true, multiAz: false, storageEncrypted: true });
new aws.rds.Instance("open", {
    ...database,
    manageMasterUserPassword: true,
    multiAz: true,
    storageEncrypted: true,
    publiclyAccessible: true,
});

new aws.s3.Bucket("site", { acl: "public-read" });
new aws.ebs.Volume("disk", { availabilityZone: "eu-west-1a", size: 10 });
new aws.ec2.Instance("server", { ami: "ami-0123456789abcdef0", instanceType: "t4g.small", subnetId: subnet.id });
