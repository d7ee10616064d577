import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { Environment } from "../../../conventions/environment.ts";
import { nameRefusal } from "../../../conventions/names.ts";
import { type Inventory, takeInventory, UNKNOWN } from "../../../tools/inventory/inventory.ts";
import { Fleet, type FleetArgs } from "./fleet.ts";
import { FleetSettings } from "./settings.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
};
const key = "arn:aws:kms:eu-west-1:123456789012:key/1";
const topic = "arn:aws:sns:eu-west-1:123456789012:alarms";
const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf";
const sound = {
    kind: "fleet",
    image: { reference: "public.ecr.aws/nginx/nginx:1.29" },
    port: 8080,
    healthPath: "/health",
    instanceTypes: ["t4g.small"],
    capacity: { minimum: 2, maximum: 6 },
};

function create(name: string, settings: object, wiring: Partial<FleetArgs>, opts: pulumi.ComponentResourceOptions): Fleet {
    const { image, ...rest } = FleetSettings.parse({ ...sound, ...settings });
    const fleet = new Fleet(
        name,
        {
            ...rest,
            environment,
            placement: {
                vpcId: "vpc-1",
                cidr: "10.0.0.0/16",
                subnetIds: ["subnet-a", "subnet-b", "subnet-c"],
                workloadSubnetIds: ["subnet-a", "subnet-b"],
                workloadZones: ["eu-west-1a", "eu-west-1b"],
            },
            target: {
                targetGroupArn: "arn:target",
                requestLabel: "app/one/1/targetgroup/two/2",
                errorAlarmNames: ["shop-prod-balancer-app-errors"],
            },
            image: image.reference ?? "",
            volumesKeyArn: key,
            logsKeyArn: key,
            secretsKeyArn: key,
            alarmTopics: { critical: topic, warning: topic },
            variables: {},
            secrets: {},
            tags: { "terrace:owner": "web" },
            ...wiring,
        },
        opts,
    );
    fleet.allowFrom("balancer", { securityGroupId: "sg-balancer" });
    return fleet;
}

function take(settings: object = {}, wiring: Partial<FleetArgs> = {}): Promise<Inventory> {
    return takeInventory("shop", "prod", () => {
        create("compute", settings, wiring, { provider: new aws.Provider("given", { region: "eu-west-1" }) });
    });
}

/** Loosely typed view of inputs: tests follow a path and compare. */
// biome-ignore lint/suspicious/noExplicitAny: inputs are whatever was registered
type Inputs = any;

function one(inventory: Inventory, name: string): Inputs {
    const found = inventory.resources.filter((resource) => resource.name === name);
    expect(found, name).lengthOf(1);
    return found[0]?.inputs;
}

function names(inventory: Inventory, type: string): string[] {
    return inventory.resources.filter((resource) => resource.type.endsWith(`:${type}`)).map((resource) => resource.name);
}

function statements(inventory: Inventory, name: string): Inputs[] {
    return JSON.parse(one(inventory, name).policy).Statement;
}

function bootScript(inventory: Inventory): string {
    return Buffer.from(one(inventory, "compute-template").userData, "base64").toString();
}

describe("a fleet", () => {
    let plain: Inventory;

    before(async () => {
        plain = await take();
    });

    it("gives its provider to every child, names each after itself, and gives no name that AWS refuses", () => {
        const children = plain.resources.filter((resource) => resource.custom && !resource.type.startsWith("pulumi:"));
        expect(children).lengthOf(18);
        for (const child of children) {
            expect(child.provider, child.name).contain("pulumi:providers:aws::given");
            expect(child.parent, child.name).match(/terrace:compute:Fleet::compute$/);
            expect(child.name).match(/^compute-/);
            const physical = (child.inputs as Inputs).name ?? `${child.name}-1234567`;
            expect(nameRefusal(child.type, `${physical}`), child.name).equal(undefined);
        }
    });

    it("stands beside a second one", async () => {
        const two = await takeInventory("shop", "prod", () => {
            const opts = { provider: new aws.Provider("given", { region: "eu-west-1" }) };
            create("compute", {}, {}, opts);
            create("worker", {}, {}, opts);
        });
        expect(two.resources.filter((resource) => resource.name.startsWith("worker-"))).lengthOf(18);
    });

    it("tells every output that it registers", async () => {
        const { outputs } = await takeInventory("shop", "prod", () => {
            const fleet = create("compute", {}, {}, { provider: new aws.Provider("given", { region: "eu-west-1" }) });
            const { securityGroupId, groupName, roleName, roleArn, logGroupName } = fleet;
            return { securityGroupId, groupName, roleName, roleArn, logGroupName };
        });
        expect(outputs).include({ logGroupName: "/shop-prod/compute/application", roleArn: UNKNOWN });
        expect(Object.values(outputs).every((each) => each !== undefined)).equal(true);
    });

    it("starts instances without key pair and public address, with IMDSv2 and encrypted volumes, whatever the settings", async () => {
        const all = [plain, await take({ dataVolume: { sizeGiB: 50, mountPath: "/data" }, instanceTypes: ["m7i.large", "m7a.large"] })];
        for (const inventory of all) {
            const template = one(inventory, "compute-template");
            expect(template.keyName).equal(undefined);
            expect(template.metadataOptions).include({ httpTokens: "required", httpPutResponseHopLimit: 2 });
            expect(template.networkInterfaces).lengthOf(1);
            expect(template.networkInterfaces[0].associatePublicIpAddress).equal("false");
            expect(template.vpcSecurityGroupIds).equal(undefined);
            for (const { ebs } of template.blockDeviceMappings) {
                expect(ebs).include({ encrypted: "true", kmsKeyId: key, volumeType: "gp3" });
            }
        }
    });

    it("takes the newest Amazon Linux 2023 of the types' architecture, unless an image is pinned", async () => {
        expect(one(plain, "compute-template").imageId).equal(
            "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
        );
        const others = [await take({ instanceTypes: ["m7i.large"] }), await take({ machineImageId: "ami-0123456789abcdef0" })];
        expect(others.map((inventory) => one(inventory, "compute-template").imageId)).deep.equal([
            "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
            "ami-0123456789abcdef0",
        ]);
    });

    it("hands the environment's tags to instances, volumes and interfaces, which default tags do not reach", () => {
        const tags = { "terrace:owner": "web", Name: "shop-prod-compute" };
        expect(one(plain, "compute-template").tagSpecifications).deep.equal(
            ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
        );
        expect(one(plain, "compute-group").tags).deep.equal([
            { key: "Name", value: "shop-prod-compute", propagateAtLaunch: true },
            { key: "terrace:owner", value: "web", propagateAtLaunch: true },
        ]);
    });

    it("leaves the number of instances to its scaling, as it declares", () => {
        const [group] = plain.resources.filter((resource) => resource.name === "compute-group");
        expect(group?.ignoreChanges).deep.equal(["desiredCapacity"]);
        expect(Fleet.governedElsewhere.map(({ type, property }) => [type, property])).deep.equal([[group?.type, "desiredCapacity"]]);
    });

    it("follows the template's version, so that a new one replaces instances; $Latest would not", () => {
        expect(one(plain, "compute-group").launchTemplate.version).equal(UNKNOWN);
        expect(one(plain, "compute-group").instanceRefresh).deep.equal({
            strategy: "Rolling",
            preferences: {
                minHealthyPercentage: 100,
                maxHealthyPercentage: 110,
                autoRollback: false,
                skipMatching: true,
                scaleInProtectedInstances: "Ignore",
                alarmSpecification: { alarms: ["shop-prod-compute-status-check", "shop-prod-balancer-app-errors"] },
            },
        });
    });

    it("stops a refresh only by alarms that exist", async () => {
        const alarmsOf = (inventory: Inventory) => one(inventory, "compute-group").instanceRefresh.preferences.alarmSpecification;
        const silent = await take({}, { alarmTopics: {}, target: { targetGroupArn: "arn:t", requestLabel: "a/b", errorAlarmNames: [] } });
        expect(names(silent, "MetricAlarm")).deep.equal([]);
        expect(alarmsOf(silent)).equal(undefined);
        const wired = await take({}, { alarmTopics: {} });
        expect(alarmsOf(wired).alarms).deep.equal(["shop-prod-balancer-app-errors"]);
    });

    it("waits until its first instances serve", () => {
        expect(one(plain, "compute-group")).include({ minElbCapacity: 2, waitForCapacityTimeout: "15m", healthCheckType: "ELB" });
    });

    it("without a load balancer is judged by EC2 and waits for no target", async () => {
        const alone = await takeInventory("shop", "prod", () => {
            const { image, ...rest } = FleetSettings.parse(sound);
            new Fleet("compute", {
                ...rest,
                environment,
                placement: {
                    vpcId: "vpc-1",
                    cidr: "10.0.0.0/16",
                    subnetIds: [],
                    workloadSubnetIds: ["subnet-a"],
                    workloadZones: ["eu-west-1a"],
                },
                image: image.reference ?? "",
                volumesKeyArn: key,
                logsKeyArn: key,
                secretsKeyArn: key,
                alarmTopics: {},
                variables: {},
                secrets: {},
            });
        });
        const group = one(alone, "compute-group");
        expect(group.healthCheckType).equal("EC2");
        expect(group).not.have.any.keys("targetGroupArns", "minElbCapacity");
    });

    it("deletes without draining only where the environment is expendable", async () => {
        expect(one(plain, "compute-group").forceDelete).equal(false);
        const expendable = await take({}, { environment: { ...environment, expendable: true } });
        expect(one(expendable, "compute-group").forceDelete).equal(true);
    });

    it("lets in its peer on its port and itself out on 443 alone", () => {
        expect(one(plain, "compute-instances-from-balancer")).include({
            fromPort: 8080,
            toPort: 8080,
            referencedSecurityGroupId: "sg-balancer",
        });
        expect(one(plain, "compute-instances-to-https")).include({ fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" });
        expect(names(plain, "SecurityGroupEgressRule")).have.members(["compute-instances-to-https", "compute-instances-egress-balancer"]);
    });

    it("rings when fewer instances serve than it may ever have, schedules included", async () => {
        expect(one(plain, "compute-in-service").threshold).equal(2);
        const nightly = await take({ scaling: { schedules: { night: { recurrence: "0 20 * * *", minimum: 1 } } } });
        expect(one(nightly, "compute-in-service").threshold).equal(1);
        const off = await take({ scaling: { schedules: { night: { recurrence: "0 20 * * *", minimum: 0 } } } });
        expect(names(off, "MetricAlarm")).not.include("compute-in-service");
    });

    it("finds memory and disk by the dimension under which its agent sends them", () => {
        const agent = JSON.parse(one(plain, "compute-cloudwatch-agent").insecureValue);
        for (const alarm of ["compute-memory", "compute-disk"]) {
            expect(one(plain, alarm)).include({ namespace: agent.metrics.namespace });
            expect(one(plain, alarm).dimensions).deep.equal(agent.metrics.metrics_collected.mem.append_dimensions);
        }
    });
});

describe("a fleet's settings", () => {
    it("make a mixed-instances policy of several types, on demand unless spot is set", async () => {
        const { mixedInstancesPolicy, launchTemplate, capacityRebalance } = one(
            await take({ instanceTypes: ["m8g.large", "m7g.large"] }),
            "compute-group",
        );
        expect(launchTemplate).equal(undefined);
        expect(capacityRebalance).equal(undefined);
        expect(mixedInstancesPolicy.instancesDistribution.onDemandPercentageAboveBaseCapacity).equal(100);
        expect(mixedInstancesPolicy.launchTemplate.overrides).deep.equal([{ instanceType: "m8g.large" }, { instanceType: "m7g.large" }]);
    });

    it("mix spot in above a base, and replace what AWS is about to take back", async () => {
        const group = one(await take({ spot: { onDemandBaseCapacity: 1, onDemandPercentageAboveBaseCapacity: 20 } }), "compute-group");
        expect(group.capacityRebalance).equal(true);
        expect(group.mixedInstancesPolicy.instancesDistribution).deep.equal({
            onDemandAllocationStrategy: "prioritized",
            onDemandBaseCapacity: 1,
            onDemandPercentageAboveBaseCapacity: 20,
            spotAllocationStrategy: "price-capacity-optimized",
        });
    });

    it("send processor credits only to types that have them", async () => {
        expect(one(await take(), "compute-template").creditSpecification).deep.equal({ cpuCredits: "standard" });
        expect(one(await take({ instanceTypes: ["m7g.large"] }), "compute-template").creditSpecification).equal(undefined);
        expect(one(await take({ instanceTypes: ["t4g.small", "m7g.large"] }), "compute-template").creditSpecification).equal(undefined);
    });

    it("track processors and requests by a policy each, and forecast on the first", async () => {
        const scaled = await take({
            scaling: { cpuPercent: 65, requestsPerTarget: 800, predictive: { mode: "ForecastOnly" } },
        });
        expect(one(scaled, "compute-track-cpu").targetTrackingConfiguration).deep.equal({
            targetValue: 65,
            disableScaleIn: false,
            predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        });
        expect(one(scaled, "compute-track-requests").targetTrackingConfiguration.predefinedMetricSpecification).deep.equal({
            predefinedMetricType: "ALBRequestCountPerTarget",
            resourceLabel: "app/one/1/targetgroup/two/2",
        });
        expect(one(scaled, "compute-forecast").predictiveScalingConfiguration.metricSpecification).deep.equal({
            targetValue: 65,
            predefinedMetricPairSpecification: { predefinedMetricType: "ASGCPUUtilization" },
        });
    });

    it("leave alone in a schedule what it does not name; the provider would empty the group", async () => {
        const scheduled = await take({ scaling: { schedules: { night: { recurrence: "0 20 * * *", maximum: 3 } } } });
        expect(one(scheduled, "compute-schedule-night")).include({ minSize: -1, maxSize: 3, desiredCapacity: -1, timeZone: "Etc/UTC" });
    });

    it("stop a fleet altogether: no instance, no schedule that could start one, no alarm that misses them", async () => {
        const stopped = await take({ stopped: true, scaling: { schedules: { day: { recurrence: "0 8 * * *", minimum: 2 } } } });
        expect(one(stopped, "compute-group")).include({ minSize: 0, maxSize: 0, desiredCapacity: 0 });
        expect(names(stopped, "Schedule")).deep.equal([]);
        expect(names(stopped, "MetricAlarm")).not.include("compute-in-service");
    });

    it("put a proxy on the port and the container on the loopback behind it", async () => {
        const proxied = bootScript(await take({ reverseProxy: {}, containerPort: 3000 }));
        expect(proxied).contain("--publish 127.0.0.1:18080:3000").and.contain("listen 8080 default_server");
        expect(bootScript(await take()))
            .contain("--publish 0.0.0.0:8080:8080")
            .and.not.contain("nginx.conf");
        expect(bootScript(await take({ reverseProxy: {}, port: 18080 }))).contain("--publish 127.0.0.1:18081:18080");
    });
});

describe("a fleet's role", () => {
    it("without secrets and outside ECR may write its logs and metrics, and read its agent's configuration", async () => {
        const inventory = await take();
        expect(names(inventory, "RolePolicy")).deep.equal(["compute-role-runtime"]);
        expect(statements(inventory, "compute-role-runtime").map(({ Sid, Resource }) => [Sid, Resource])).deep.equal([
            [
                "WriteLogs",
                [
                    "arn:aws:logs:eu-west-1:123456789012:log-group:/shop-prod/compute/application:*",
                    "arn:aws:logs:eu-west-1:123456789012:log-group:/shop-prod/compute/system:*",
                ],
            ],
            ["WriteMetrics", "*"],
            ["ReadAgentConfiguration", "arn:aws:ssm:eu-west-1:123456789012:parameter/shop-prod/compute/cloudwatch-agent"],
        ]);
    });

    it("pulls from the one repository its image lies in", async () => {
        const inventory = await take({}, { image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/app:1.2" });
        const [pull] = statements(inventory, "compute-role-runtime").slice(-1);
        expect(pull.Resource).equal("arn:aws:ecr:eu-central-1:123456789012:repository/shop/app");
    });

    it("pulls an image that is yet to be built", async () => {
        const image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app-1234567@sha256:0123";
        const inventory = await takeInventory("shop", "prod", () => {
            create("compute", {}, { image: pulumi.output(image) }, {});
        });
        expect(statements(inventory, "compute-role-runtime").at(-1).Resource).match(/repository\/app-1234567$/);
    });

    it("reads exactly the secrets given, through Secrets Manager only", async () => {
        const inventory = await take({}, { secrets: { PASSWORD: `${secret}:password`, TOKEN: pulumi.output(`${secret}`) } });
        expect(statements(inventory, "compute-role-secrets")).deep.equal([
            { Sid: "ReadSecrets", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [secret, secret] },
            {
                Sid: "DecryptSecrets",
                Effect: "Allow",
                Action: "kms:Decrypt",
                Resource: key,
                Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
            },
        ]);
    });

    it("may do further what it is permitted, by a policy of its own", async () => {
        const inventory = await takeInventory("shop", "prod", () => {
            create("compute", {}, {}, {}).permit("bucket", [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::one/*" }]);
        });
        expect(statements(inventory, "compute-role-bucket")).lengthOf(1);
    });

    it("is ready before the first instance: the group waits for its policies", async () => {
        const inventory = await take({}, { secrets: { PASSWORD: secret } });
        const [group] = inventory.resources.filter((resource) => resource.name === "compute-group");
        for (const part of [
            "compute-role-ssm",
            "compute-role-runtime",
            "compute-role-secrets",
            "compute-cloudwatch-agent",
            "compute-application-logs",
        ]) {
            expect(
                group?.dependencies.some((urn) => urn.endsWith(`::${part}`)),
                part,
            ).equal(true);
        }
    });
});
