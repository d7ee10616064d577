import { expect } from "chai";
import { parseFault } from "../../tools/rehearsal/faults.ts";
import type { Outcome } from "../../tools/rehearse/rehearse.ts";
import { Flagship, type Told } from "./flagship.ts";

/** Verbs and types of what would change in the account: `update rds/instance`. */
const kindsOf = ({ changes }: Outcome) =>
    [...new Set(changes.filter(({ real }) => real).map(({ verb, type }) => `${verb} ${type.split(":")[1]}`))].sort();

/** Port 22 in every style that AWS has for it, beside the flagship. */
const doors = `
import * as aws from "@pulumi/aws";
import { network } from "../../../../index.ts";
export * from "../../../../index.ts";
const provider = new aws.Provider("operator", { region: "us-west-2", allowedAccountIds: ["123456789012"] });
const ssh = { protocol: "tcp", fromPort: 22, toPort: 22 };
const opts = { provider };
const group = new aws.ec2.SecurityGroup("door", { vpcId: network.vpcId, description: "A way in" }, opts);
const securityGroupId = group.id;
new aws.ec2.SecurityGroup("door-inline", { vpcId: network.vpcId, description: "A way in", ingress: [{ ...ssh, cidrBlocks: ["0.0.0.0/0"] }] }, opts);
new aws.ec2.SecurityGroupRule("door-rule", { type: "ingress", securityGroupId, ...ssh, cidrBlocks: ["0.0.0.0/0"] }, opts);
new aws.vpc.SecurityGroupIngressRule("door-ipv6", { securityGroupId, ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv6: "::/0" }, opts);
new aws.vpc.SecurityGroupIngressRule("door-range", { securityGroupId, ipProtocol: "tcp", fromPort: 20, toPort: 30, cidrIpv4: "0.0.0.0/0" }, opts);
new aws.vpc.SecurityGroupIngressRule("door-all", { securityGroupId, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }, opts);
new aws.vpc.SecurityGroupIngressRule("door-half", { securityGroupId, ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "128.0.0.0/1" }, opts);
const acl = new aws.ec2.NetworkAcl("door-acl", { vpcId: network.vpcId }, opts);
new aws.ec2.NetworkAclRule("door-acl-rule", { networkAclId: acl.id, ruleNumber: 90, ruleAction: "allow", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlock: "0.0.0.0/0" }, opts);
`;

/** What each edit of prod does, in kind. */
const edits: readonly { readonly edit: string; readonly config: Readonly<Record<string, string>>; readonly does: readonly string[] }[] = [
    {
        edit: "a fourth zone",
        config: { "network.zones": "4" },
        does: [
            "create cloudwatch/metricAlarm",
            "create ec2/eip",
            "create ec2/natGateway",
            "create ec2/route",
            "create ec2/routeTable",
            "create ec2/routeTableAssociation",
            "create ec2/subnet",
            "update autoscaling/group",
            "update cloudwatch/dashboard",
            "update ec2/networkAcl",
            "update ec2/vpcEndpoint",
            "update elasticache/subnetGroup",
            "update lb/loadBalancer",
            "update rds/subnetGroup",
        ],
    },
    {
        edit: "a bigger database",
        config: { "database.class": "db.m7g.2xlarge" },
        does: ["update cloudwatch/metricAlarm", "update rds/instance"],
    },
    {
        edit: "a third replica",
        config: { "database.replicas.third.class": "db.m7g.large" },
        does: [
            "create cloudwatch/logGroup",
            "create cloudwatch/metricAlarm",
            "create rds/instance",
            "create rds/parameterGroup",
            "update autoscaling/group",
            "update cloudwatch/dashboard",
            "update ec2/launchTemplate",
        ],
    },
    {
        edit: "a longer retention",
        config: { "environment.logRetentionDays": "400", "database.backup.retentionDays": "30" },
        does: ["update cloudwatch/logGroup", "update rds/instance", "update s3/bucketLifecycleConfiguration"],
    },
];

describe("prod, rehearsed by the real engine", () => {
    // One prod for the whole file, since it takes most of a minute to build: each test goes on where the one before it ended.
    const flagship = new Flagship();
    let refused: Told;
    let completed: Told;
    before(async () => {
        refused = await flagship.rehearse("prod", { faults: [parseFault("rds/instance:create")] });
        completed = await flagship.rehearse("prod");
        expect(completed.exitCode, completed.said).to.equal(0);
    });
    after(() => flagship.remove());

    it("stops readably where AWS refuses a database, and loses nothing", () => {
        expect(refused.ended, refused.said).to.equal("failed");
        expect(refused.exitCode).to.equal(1);
        expect(refused.failures).to.have.length(1);
        expect(refused.said).to.match(/rds\/instance {2}database-primary\n {4}InsufficientDBInstanceCapacity: /);
        expect(refused.said).to.match(/Stopped after .*: \d+ resources are there and recorded, nothing is lost\./);
        expect(refused.said).to.contain("Type the command again without --fail (and without --fresh): it goes on from here.");
        expect(refused.resources).to.be.greaterThan(150);
    });

    it("is completed by the next run, which makes only what is missing", () => {
        expect(completed.ended).to.equal("changed");
        const real = completed.changes.filter((change) => change.real);
        expect(real.filter(({ verb }) => verb !== "create")).to.deep.equal([]);
        expect(real.length + refused.resources).to.equal(completed.resources);
        expect(completed.violations.filter(({ mandatory }) => mandatory)).to.deep.equal([]);
    });

    it("has nothing to change when asked again", async () => {
        const again = await flagship.rehearse("prod");
        expect([again.ended, again.exitCode, ...again.changes]).to.deep.equal(["unchanged", 0]);
    });

    for (const { edit, config, does } of edits) {
        it(`takes ${edit} without replacing or deleting anything`, async () => {
            const preview = await flagship.rehearse("prod", { previewOnly: true, policy: false, config });
            expect(preview.exitCode, preview.said).to.equal(0);
            expect(kindsOf(preview)).to.deep.equal(does);
        });
    }

    it("takes a new tag by changing tags, and the instances' template that hands it on", async () => {
        const preview = await flagship.rehearse("prod", { previewOnly: true, policy: false, config: { "environment.tags.team": "web" } });
        expect(preview.exitCode, preview.said).to.equal(0);
        const real = preview.changes.filter((change) => change.real);
        expect(real).to.have.length.greaterThan(100);
        expect(real.filter(({ verb }) => verb !== "update")).to.deep.equal([]);
        const others = real.flatMap(({ name, properties }) =>
            properties.filter((path) => !/\btags\b/.test(path)).map((path) => [name, path]),
        );
        expect(others).to.deep.equal([["compute-group", "mixedInstancesPolicy.launchTemplate.launchTemplateSpecification.version"]]);
    });

    it("refuses port 22 in every style of rule, naming rule, resource and fix, and ends with 5", async () => {
        const opened = await flagship.rehearse("prod", { projectDirectory: flagship.withProgram("prod", doors) });
        expect(opened, opened.said).to.include({ ended: "refused by policy", exitCode: 5 });
        const open = opened.violations.filter(({ rule, mandatory }) => mandatory && /ssh|admin-ports/.test(rule));
        expect(open.map(({ rule, urn }) => `${rule} ${urn?.split("::").at(-1)}`).sort()).to.deep.equal([
            "nacl-no-public-admin-ports door-acl-rule",
            "sg-no-public-ssh door-all",
            "sg-no-public-ssh door-half",
            "sg-no-public-ssh door-inline",
            "sg-no-public-ssh door-ipv6",
            "sg-no-public-ssh door-range",
            "sg-no-public-ssh door-rule",
        ]);
        expect(opened.said).to.match(
            /refused {2}sg-no-public-ssh\n {4}on {2}vpc\/securityGroupIngressRule {2}door-ipv6\n(.*\n)+? {4}Fix: /,
        );
        expect(opened.said).to.contain("nothing was changed");
    });

    it("is not destroyed while it is protected, not even in part", async () => {
        const kept = await flagship.rehearse("prod", { destroy: true });
        expect(kept.ended).to.equal("failed");
        expect(kept.exitCode).not.to.equal(0);
        expect(kept.said).to.match(/Protected, so nothing is deleted:\n(.*\n)* {4}rds\/instance {2}database-primary\n/);
        expect(kept.said).to.contain("--destroy --unprotect");
    });

    it("is destroyed entirely once its protection has been lifted", async () => {
        const destroyed = await flagship.rehearse("prod", { destroy: true, unprotect: true, policy: false });
        expect(destroyed, destroyed.said).to.include({ ended: "destroyed", exitCode: 0, resources: 0 });
        expect(destroyed.said).to.contain("DELETED  rds/instance  database-primary");
    });
});
