import { unknown } from "../core/values.ts";
import { describeOn, describeRule } from "../testing.ts";

const cluster = "ecs/cluster";
const service = "ecs/service";
const task = "ecs/taskDefinition";
const express = "ecs/expressGatewayService";

/** A task of one container, beside one that is right in every way. */
const right = {
    name: "right",
    image: "app:1.2.3",
    user: "1000:1000",
    readonlyRootFilesystem: true,
    logConfiguration: { logDriver: "awslogs", options: {} },
};
const containers = (more: object) => ({ containerDefinitions: JSON.stringify([right, { ...right, name: "other", ...more }]) });
const windows = { runtimePlatform: { operatingSystemFamily: "WINDOWS_SERVER_2022_CORE" } };
const noList = { change: { containerDefinitions: "no list" } };

describeOn([service, "ecs/taskSet"], {
    rule: "ecs-no-public-ip",
    compliant: { networkConfiguration: { subnets: [] } },
    alsoCompliant: [{ change: { networkConfiguration: undefined } }],
    violations: [
        {
            change: { networkConfiguration: { assignPublicIp: true } },
            says: ["networkConfiguration.assignPublicIp  expected false or nothing, got true"],
        },
    ],
});

const subnet = (name: string, zone: string) => ({ name, type: "ec2/subnet", props: { availabilityZone: zone } });

describeRule({
    rule: "ecs-multi-az",
    type: service,
    compliant: { networkConfiguration: { subnets: ["id-of-one", "id-of-two"] } },
    links: { networkConfiguration: ["one", "two"] },
    others: [subnet("one", "eu-west-1a"), subnet("two", "eu-west-1b")],
    violations: [
        {
            others: [subnet("one", "eu-west-1a"), subnet("two", "eu-west-1a")],
            says: ["networkConfiguration.subnets  expected subnets in at least 2 zones, got eu-west-1a"],
        },
        {
            others: [subnet("one", "eu-west-1a"), { ...subnet("two", "eu-west-1a"), type: "ec2/defaultSubnet" }],
            says: ["networkConfiguration.subnets  expected subnets in at least 2 zones, got eu-west-1a"],
        },
        // Made of both, and names one that may be either.
        {
            change: { networkConfiguration: { subnets: [unknown] } },
            says: ["networkConfiguration.subnets  expected subnets in at least 2 zones, got 1 subnets"],
        },
        {
            change: { networkConfiguration: { subnets: ["subnet-0123456789"] } },
            links: { networkConfiguration: [] },
            says: ["networkConfiguration.subnets  expected subnets in at least 2 zones, got 1 subnets"],
        },
    ],
    notApplicable: [
        { change: { networkConfiguration: undefined } },
        { change: { networkConfiguration: { subnets: ["subnet-1", "subnet-2"] } }, links: { networkConfiguration: [] } },
    ],
});

describeRule({
    rule: "ecs-no-privileged",
    type: task,
    compliant: containers({}),
    violations: [
        { change: containers({ privileged: true }), says: ["containerDefinitions[1].privileged  expected false or nothing, got true"] },
    ],
    notApplicable: [noList],
});

describeRule({
    rule: "ecs-no-host-namespaces",
    type: task,
    compliant: { networkMode: "awsvpc", pidMode: "task" },
    alsoCompliant: [{ change: { networkMode: undefined, pidMode: undefined } }],
    violations: [
        { change: { pidMode: "host" }, says: ['pidMode  expected other than "host", got "host"'] },
        { change: { ipcMode: "host" }, says: ['ipcMode  expected other than "host", got "host"'] },
        { change: { networkMode: "host" }, says: ['networkMode  expected other than "host", got "host"'] },
    ],
});

describeRule({
    rule: "ecs-read-only-root",
    type: task,
    compliant: containers({}),
    violations: [
        {
            change: containers({ readonlyRootFilesystem: undefined }),
            says: ["containerDefinitions[1].readonlyRootFilesystem  expected true, got nothing"],
        },
    ],
    notApplicable: [{ change: { ...containers({ readonlyRootFilesystem: false }), ...windows } }],
});

describeRule({
    rule: "ecs-non-root-user",
    type: task,
    compliant: containers({}),
    alsoCompliant: [{ change: containers({ user: "rooted" }) }, { change: { ...containers({ user: "ContainerUser" }), ...windows } }],
    violations: [
        { change: containers({ user: undefined }), says: ["containerDefinitions[1].user  expected a user other than root, got nothing"] },
        { change: containers({ user: "0:0" }), says: ['containerDefinitions[1].user  expected a user other than root, got "0:0"'] },
        { change: containers({ user: "root" }), says: ['containerDefinitions[1].user  expected a user other than root, got "root"'] },
        {
            change: { ...containers({ user: "ContainerAdministrator" }), ...windows },
            says: ['containerDefinitions[1].user  expected a user other than ContainerAdministrator, got "ContainerAdministrator"'],
        },
    ],
});

const environment = (name: string, value: string) => [
    { name: "MODE", value: "production" },
    { name, value },
];

describeRule({
    rule: "ecs-no-secrets-in-environment",
    type: task,
    compliant: containers({ environment: environment("DB_SECRET_NAME", "shop/database") }),
    alsoCompliant: [
        { change: containers({ environment: environment("DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:1:secret:x") }) },
        { change: containers({}) },
    ],
    violations: [
        {
            change: containers({ environment: environment("DB_PASSWORD", "correct-horse") }),
            says: ["containerDefinitions[1].environment[1]  expected DB_PASSWORD among the secrets, got what its name calls a secret"],
        },
        ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA"].map((name) => ({
            change: containers({ environment: environment(name, "correct-horse") }),
            says: [`containerDefinitions[1].environment[1]  expected ${name} among the secrets, got a credential of AWS`],
        })),
    ],
    notApplicable: [noList],
    secrets: ["correct-horse"],
});

describeRule({
    rule: "ecs-no-secrets-in-environment",
    type: express,
    compliant: { primaryContainer: { image: "app:1", environments: environment("DB_SECRET_NAME", "shop/database") } },
    violations: [
        {
            change: { primaryContainer: { environments: [...environment("HOST", unknown), ...environment("API_KEY", "correct-horse")] } },
            says: ["primaryContainer.environments[3]  expected API_KEY among the secrets, got what its name calls a secret"],
        },
    ],
    secrets: ["correct-horse"],
});

const driver = 'containerDefinitions[1].logConfiguration.logDriver  expected a log driver such as "awslogs"';

describeRule({
    rule: "ecs-log-configuration",
    type: task,
    compliant: containers({}),
    alsoCompliant: [{ change: containers({ logConfiguration: { logDriver: "awsfirelens" } }) }],
    violations: [
        { change: containers({ logConfiguration: undefined }), says: [`${driver}, got nothing`] },
        { change: containers({ logConfiguration: { logDriver: "none" } }), says: [`${driver}, got "none"`] },
    ],
});

const pinned = "expected a digest or a tag other than latest";

describeRule({
    rule: "ecs-pinned-image",
    type: task,
    compliant: containers({ image: "registry.example.com:5000/shop/app@sha256:0123" }),
    alsoCompliant: [{ change: containers({ image: "registry.example.com:5000/shop/app:1.2.3" }) }],
    violations: [
        {
            change: containers({ image: "registry.example.com:5000/shop/app" }),
            says: [`containerDefinitions[1].image  ${pinned}, got "registry.example.com:5000/shop/app"`],
        },
        { change: containers({ image: "nginx:latest" }), says: [`containerDefinitions[1].image  ${pinned}, got "nginx:latest"`] },
        { change: containers({ image: undefined }), says: [`containerDefinitions[1].image  ${pinned}, got nothing`] },
    ],
});

describeRule({
    rule: "ecs-pinned-image",
    type: express,
    compliant: { primaryContainer: { image: "app:1.2.3" } },
    violations: [{ change: { primaryContainer: { image: "app" } }, says: [`primaryContainer.image  ${pinned}, got "app"`] }],
});

describeOn([service, "ecs/taskSet"], {
    rule: "ecs-fargate-platform",
    compliant: { launchType: "FARGATE", platformVersion: "LATEST" },
    alsoCompliant: [{ change: { platformVersion: undefined } }, { change: { platformVersion: "1.4.0" } }],
    violations: [
        {
            change: { platformVersion: "1.3.0" },
            says: ['platformVersion  expected "LATEST", "1.4.0", "1.0.0" or nothing, got "1.3.0"'],
        },
    ],
    notApplicable: [{ change: { launchType: "EC2" } }, { change: { launchType: "EXTERNAL" } }],
});

const insights = (value: string) => ({ settings: [{ name: "containerInsights", value }] });
const ofAccount = (value: string) => [{ name: "account", type: "ecs/accountSettingDefault", props: { name: "containerInsights", value } }];

describeRule({
    rule: "ecs-container-insights",
    type: cluster,
    compliant: insights("enhanced"),
    alsoCompliant: [{ change: insights("enabled") }, { change: { settings: undefined }, others: ofAccount("enhanced") }],
    violations: [
        { change: { settings: undefined }, says: ['settings  expected containerInsights "enabled" or "enhanced", got nothing'] },
        {
            change: insights("disabled"),
            others: ofAccount("enabled"),
            says: ['settings  expected containerInsights "enabled" or "enhanced", got "disabled"'],
        },
        {
            change: { settings: undefined },
            others: ofAccount("disabled"),
            says: ['settings  expected containerInsights "enabled" or "enhanced", got nothing'],
        },
    ],
});

const exec = (executeCommandConfiguration: object) => ({ configuration: { executeCommandConfiguration } });

describeRule({
    rule: "ecs-exec-logging",
    type: cluster,
    compliant: exec({ logging: "OVERRIDE", logConfiguration: { cloudWatchLogGroupName: "shells" } }),
    alsoCompliant: [
        { change: { configuration: undefined } },
        { change: exec({ logging: "DEFAULT" }) },
        { change: exec({ logging: "OVERRIDE", logConfiguration: { s3BucketName: "shells" } }) },
    ],
    violations: [
        {
            change: exec({ logging: "NONE" }),
            says: ['configuration.executeCommandConfiguration.logging  expected "DEFAULT", "OVERRIDE" or nothing, got "NONE"'],
        },
        {
            change: exec({ logging: "OVERRIDE" }),
            says: ["configuration.executeCommandConfiguration.logConfiguration  expected a log group or a bucket, got neither"],
        },
    ],
});

describeRule({
    rule: "ecs-exec-off",
    type: service,
    compliant: {},
    violations: [{ change: { enableExecuteCommand: true }, says: ["enableExecuteCommand  expected false or nothing, got true"] }],
});

const role = (name: string) => ({ name, type: "iam/role" });

describeRule({
    rule: "ecs-roles-apart",
    type: task,
    compliant: {},
    links: { taskRoleArn: "program", executionRoleArn: "starter" },
    others: [role("program"), role("starter")],
    violations: [
        {
            links: { taskRoleArn: "starter", executionRoleArn: "starter" },
            says: ["taskRoleArn  expected a role of its own, got the execution role"],
        },
        {
            change: { taskRoleArn: "arn:aws:iam::1:role/both", executionRoleArn: "arn:aws:iam::1:role/both" },
            links: { taskRoleArn: "program", executionRoleArn: [] },
            says: ["taskRoleArn  expected a role of its own, got the execution role"],
        },
    ],
    alsoCompliant: [
        {
            change: { taskRoleArn: "arn:aws:iam::1:role/program", executionRoleArn: "arn:aws:iam::1:role/starter" },
            links: { taskRoleArn: ["program", "starter"], executionRoleArn: ["program", "starter"] },
        },
    ],
    // Which role it is made of is known while its ARN is not.
    unknownIsFine: ["taskRoleArn", "executionRoleArn"],
});

describeRule({
    rule: "ecs-roles-apart",
    type: task,
    compliant: { taskRoleArn: "arn:aws:iam::1:role/program", executionRoleArn: "arn:aws:iam::1:role/starter" },
    violations: [
        {
            change: { taskRoleArn: "arn:aws:iam::1:role/starter" },
            says: ["taskRoleArn  expected a role of its own, got the execution role"],
        },
    ],
    notApplicable: [{ change: { taskRoleArn: undefined } }, { change: { executionRoleArn: undefined } }],
});

const mount = (transitEncryption: string | undefined) => ({
    volumes: [
        { name: "scratch", hostPath: "/tmp" },
        { name: "files", efsVolumeConfiguration: { fileSystemId: "fs-1", transitEncryption } },
    ],
});

describeRule({
    rule: "ecs-efs-in-transit",
    type: task,
    compliant: mount("ENABLED"),
    violations: [
        { change: mount(undefined), says: ['volumes[1].efsVolumeConfiguration.transitEncryption  expected "ENABLED", got nothing'] },
        { change: mount("DISABLED"), says: ['volumes[1].efsVolumeConfiguration.transitEncryption  expected "ENABLED", got "DISABLED"'] },
    ],
    notApplicable: [{ change: { volumes: [{ name: "scratch" }] } }],
});

describeRule({
    rule: "ecs-managed-termination-protection",
    type: "ecs/capacityProvider",
    compliant: { autoScalingGroupProvider: { autoScalingGroupArn: "arn", managedTerminationProtection: "ENABLED" } },
    violations: [
        {
            change: { autoScalingGroupProvider: { autoScalingGroupArn: "arn" } },
            says: ['autoScalingGroupProvider.managedTerminationProtection  expected "ENABLED", got nothing'],
        },
    ],
    notApplicable: [{ change: { autoScalingGroupProvider: undefined, managedInstancesProvider: {} } }],
});

describeRule({
    rule: "ecs-circuit-breaker",
    type: service,
    compliant: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    alsoCompliant: [{ change: { deploymentCircuitBreaker: undefined, alarms: { enable: true, rollback: true, alarmNames: ["errors"] } } }],
    violations: [
        {
            change: { deploymentCircuitBreaker: undefined },
            says: [
                "deploymentCircuitBreaker.enable  expected true, got nothing",
                "deploymentCircuitBreaker.rollback  expected true, got nothing",
            ],
        },
        {
            change: { deploymentCircuitBreaker: { enable: true, rollback: false }, alarms: { enable: true, rollback: false } },
            says: ["deploymentCircuitBreaker.rollback  expected true, got false"],
        },
    ],
    notApplicable: [
        { change: { deploymentController: { type: "CODE_DEPLOY" } } },
        { change: { deploymentController: { type: "EXTERNAL" } } },
    ],
});
