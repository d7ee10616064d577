/**
 * Owns the machines that run the application: launch template, auto scaling group, what scales it, its role, logs and alarms.
 * Does not own the load balancer in front (see `target`), nor who may knock (see `allowFrom`), nor what its role may reach beyond
 * its own logs, image and secrets (see `permit`).
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../../conventions/environment.ts";
import { type AlarmTopics, createAlarms } from "../../parts/alarm.ts";
import type { DashboardRow } from "../../parts/dashboard.ts";
import { Door, type Peer } from "../../parts/door.ts";
import { createLogGroup } from "../../parts/log-group.ts";
import type { Placement } from "../../parts/placement.ts";
import { ServiceRole, type Statement } from "../../parts/role.ts";
import { nameTag } from "../../parts/tags.ts";
import { agentConfiguration } from "./agent.ts";
import { runtimeStatements, secretStatements } from "./permissions.ts";
import { capacityOf, cpuCreditsOf, isMixed, machineImageOf, publishedOn } from "./plan.ts";
import { createScaling } from "./scaling.ts";
import type { FleetSettings } from "./settings.ts";
import { renderUserData } from "./user-data.ts";
import { alarmRows, dashboardRow, statusAlarm } from "./watch.ts";

export interface FleetArgs extends Omit<FleetSettings, "image" | "kind" | "healthPath" | "variables"> {
    readonly environment: Environment;
    /** The application tier. */
    readonly placement: Placement;
    /** The load balancer's target group; absent for a fleet that takes its work from a queue. */
    readonly target?: {
        readonly targetGroupArn: pulumi.Input<string>;
        /** `<load balancer's suffix>/<target group's suffix>`, for tracking requests per target. */
        readonly requestLabel: pulumi.Input<string>;
        /** Alarms beside the fleet's own that stop a refresh. They must exist. */
        readonly errorAlarmNames: readonly pulumi.Input<string>[];
    };
    /** Reference of the container image. One that is not plain was built by components/compute/image and lies in ECR. */
    readonly image: pulumi.Input<string>;
    /** Must let the service-linked role of Auto Scaling use it, or instances end as they start. */
    readonly volumesKeyArn: pulumi.Input<string>;
    readonly logsKeyArn: pulumi.Input<string>;
    /** Key of the secrets that the container reads. */
    readonly secretsKeyArn: pulumi.Input<string>;
    readonly alarmTopics: AlarmTopics;
    /** All plain environment variables of the container, those of the settings included. */
    readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
    /** Variable name → `<secret ARN>` or `<secret ARN>:<json key>`. Read on the instance when the service starts, never in user data. */
    readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
    /** What must stand before an instance boots: the network with its ways out, because the first boot installs what runs the container. */
    readonly startAfter?: readonly pulumi.Resource[];
    /** The environment's tags: the provider's default tags do not reach what a launch template starts. */
    readonly tags?: Readonly<Record<string, string>>;
}

export class Fleet extends pulumi.ComponentResource {
    /** What AWS changes after creation, so that neither an `up` nor the drift report takes it back. */
    public static readonly governedElsewhere = [
        { type: "aws:autoscaling/group:Group", property: "desiredCapacity", by: "the group's scaling policies, schedules and refreshes" },
    ] as const;

    public readonly securityGroupId: pulumi.Output<string>;
    public readonly groupName: pulumi.Output<string>;
    public readonly roleName: pulumi.Output<string>;
    public readonly roleArn: pulumi.Output<string>;
    /** Log group of the application; the system's stands beside it. */
    public readonly logGroupName: pulumi.Output<string>;
    public readonly dashboardRow: DashboardRow;
    private readonly name: string;
    private readonly args: FleetArgs;
    private readonly door: Door;
    private readonly role: ServiceRole;

    public constructor(name: string, args: FleetArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:compute:Fleet", name, {}, opts);
        this.name = name;
        this.args = args;
        this.door = this.createDoor();
        const logs = this.createLogGroups();
        const agent = this.createAgentConfiguration();
        this.role = this.createRole();
        const template = this.createLaunchTemplate(this.createInstanceProfile());
        const group = this.createGroup(template, [...logs, agent, ...this.role.attachments, ...(this.args.startAfter ?? [])]);
        createScaling(name, args, group.name, { parent: this });
        createAlarms(name, args.environment, args.alarmTopics, alarmRows(name, args, group.name), { parent: this });
        this.securityGroupId = this.door.securityGroupId;
        this.groupName = group.name;
        this.roleName = this.role.role.name;
        this.roleArn = this.role.role.arn;
        this.logGroupName = pulumi.output(this.logName("application"));
        this.dashboardRow = dashboardRow(name, args.environment, group.name);
        this.registerOutputs({
            securityGroupId: this.securityGroupId,
            groupName: this.groupName,
            roleName: this.roleName,
            roleArn: this.roleArn,
            logGroupName: this.logGroupName,
        });
    }

    /** Lets members of `peer`'s security group reach the service. */
    public allowFrom(key: string, peer: Peer): void {
        this.door.allowFrom(key, peer, this.args.port);
    }

    /** Permits the instances, and so the container, what `statements` say. `key` is for ever. */
    public permit(key: string, statements: readonly Statement[]): void {
        this.role.permit(key, statements);
    }

    private logName(what: "application" | "system"): string {
        return `/${this.args.environment.name}/${this.name}/${what}`;
    }

    private get agentParameter(): string {
        return `/${this.args.environment.name}/${this.name}/cloudwatch-agent`;
    }

    private get agentText(): string {
        return agentConfiguration({
            fleet: `${this.args.environment.name}-${this.name}`,
            systemLogGroup: this.logName("system"),
            applicationLogGroup: this.logName("application"),
            mountPaths: this.args.dataVolume === undefined ? [] : [this.args.dataVolume.mountPath],
            reverseProxy: this.args.reverseProxy !== undefined,
        });
    }

    /**
     * Out on 443 only: AWS's services, image registries, Amazon Linux's packages and third-party APIs have no addresses that could be
     * listed. Not on 80: nothing here needs it. Name resolution and instance metadata pass no security group. Databases and caches
     * open their own way when they let the fleet in.
     */
    private createDoor(): Door {
        const { environment, placement } = this.args;
        const door = new Door(
            `${this.name}-instances`,
            { environment, vpcId: placement.vpcId, description: `Instances of ${this.name}` },
            { parent: this },
        );
        door.letOut("https", { cidrIpv4: "0.0.0.0/0" }, 443);
        return door;
    }

    private createLogGroups(): pulumi.Resource[] {
        return (["application", "system"] as const).map((what) =>
            createLogGroup(
                `${this.name}-${what}-logs`,
                this.args.environment,
                { logName: this.logName(what), keyArn: this.args.logsKeyArn },
                { parent: this },
            ),
        );
    }

    /** A String and no SecureString: it names log groups and metrics, and holds nothing to hide. */
    private createAgentConfiguration(): aws.ssm.Parameter {
        return new aws.ssm.Parameter(
            `${this.name}-cloudwatch-agent`,
            {
                name: this.agentParameter,
                description: `CloudWatch agent of ${this.name}`,
                type: "String",
                tier: "Standard",
                insecureValue: this.agentText,
            },
            { parent: this },
        );
    }

    private createRole(): ServiceRole {
        const { environment, image, secrets, secretsKeyArn } = this.args;
        const role = new ServiceRole(
            `${this.name}-role`,
            {
                environment,
                service: "ec2.amazonaws.com",
                description: `Instances of ${this.name} in ${environment.name}`,
                managedPolicies: { ssm: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
                boundToAccount: false,
            },
            { parent: this },
        );
        role.permit(
            "runtime",
            runtimeStatements(environment, {
                logGroups: [this.logName("application"), this.logName("system")],
                agentParameter: this.agentParameter,
                image,
            }),
        );
        if (Object.keys(secrets).length > 0) {
            role.permit("secrets", secretStatements(environment, secrets, secretsKeyArn));
        }
        return role;
    }

    private createInstanceProfile(): aws.iam.InstanceProfile {
        return new aws.iam.InstanceProfile(
            `${this.name}-profile`,
            { role: this.role.role.name, path: `/${this.args.environment.name}/` },
            { parent: this, dependsOn: this.role.attachments },
        );
    }

    /**
     * No key pair: people come through Session Manager. Two hops to the metadata service, because a container on Docker's own network
     * is one hop further away and needs the role's credentials; on the host's network one hop would do, and the container would share
     * the loopback of the agents.
     */
    private createLaunchTemplate(profile: aws.iam.InstanceProfile): aws.ec2.LaunchTemplate {
        const { args } = this;
        const credits = cpuCreditsOf(args);
        const tags = { ...args.tags, ...nameTag(args.environment, this.name) };
        return new aws.ec2.LaunchTemplate(
            `${this.name}-template`,
            {
                description: `Instances of ${this.name}`,
                imageId: machineImageOf(args),
                ...(args.instanceTypes[0] !== undefined && { instanceType: args.instanceTypes[0] }),
                ...(credits !== undefined && { creditSpecification: { cpuCredits: credits } }),
                ebsOptimized: "true",
                iamInstanceProfile: { arn: profile.arn },
                instanceInitiatedShutdownBehavior: "terminate",
                monitoring: { enabled: args.detailedMonitoring ?? true },
                blockDeviceMappings: this.volumes(),
                networkInterfaces: [
                    {
                        deviceIndex: 0,
                        associatePublicIpAddress: "false",
                        deleteOnTermination: "true",
                        securityGroups: [this.door.securityGroupId],
                    },
                ],
                metadataOptions: {
                    httpEndpoint: "enabled",
                    httpTokens: "required",
                    httpPutResponseHopLimit: 2,
                    instanceMetadataTags: "disabled",
                },
                tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
                tags: nameTag(args.environment, this.name),
                updateDefaultVersion: true,
                userData: this.userData(),
            },
            { parent: this },
        );
    }

    private volumes(): aws.types.input.ec2.LaunchTemplateBlockDeviceMapping[] {
        const { dataVolume, rootVolumeGiB, rootVolumeIops, rootVolumeThroughputMiBps, volumesKeyArn } = this.args;
        const volume = (deviceName: string, size: number, iops?: number, throughput?: number) => ({
            deviceName,
            ebs: {
                volumeSize: size,
                volumeType: "gp3",
                iops: iops ?? 3000,
                throughput: throughput ?? 125,
                deleteOnTermination: "true",
                encrypted: "true",
                kmsKeyId: volumesKeyArn,
            },
        });
        return [
            volume("/dev/xvda", rootVolumeGiB ?? 20, rootVolumeIops, rootVolumeThroughputMiBps),
            ...(dataVolume === undefined ? [] : [volume("/dev/sdf", dataVolume.sizeGiB, dataVolume.iops, dataVolume.throughputMiBps)]),
        ];
    }

    private userData(): pulumi.Output<string> {
        const { args } = this;
        return pulumi.all([args.image, pulumi.all(args.variables), pulumi.all(args.secrets)]).apply(([image, variables, secrets]) =>
            Buffer.from(
                renderUserData({
                    region: args.environment.region,
                    image,
                    command: args.command ?? [],
                    port: args.port,
                    containerPort: args.containerPort ?? args.port,
                    published: publishedOn(args),
                    variables,
                    secrets,
                    logGroup: this.logName("application"),
                    agentParameter: this.agentParameter,
                    agentConfiguration: this.agentText,
                    dataMountPath: args.dataVolume?.mountPath,
                    reverseProxy: args.reverseProxy && {
                        maximumBodyMiB: args.reverseProxy.maximumBodyMiB ?? 10,
                        readTimeoutSeconds: args.reverseProxy.readTimeoutSeconds ?? 60,
                    },
                }),
            ).toString("base64"),
        );
    }

    private createGroup(template: aws.ec2.LaunchTemplate, dependsOn: pulumi.Resource[]): aws.autoscaling.Group {
        const { args } = this;
        const { environment, target } = args;
        const { minimum, maximum, desired } = capacityOf(args);
        const waits = args.waitForCapacityMinutes ?? 15;
        const tags = { ...args.tags, ...nameTag(environment, this.name) };
        return new aws.autoscaling.Group(
            `${this.name}-group`,
            {
                vpcZoneIdentifiers: [...args.placement.workloadSubnetIds],
                minSize: minimum,
                maxSize: maximum,
                desiredCapacity: desired,
                ...launches(args, template),
                ...(target !== undefined && { targetGroupArns: [target.targetGroupArn] }),
                ...(target !== undefined && waits > 0 && minimum > 0 && { minElbCapacity: minimum }),
                waitForCapacityTimeout: `${waits}m`,
                healthCheckType: target === undefined ? "EC2" : (args.healthCheckType ?? "ELB"),
                healthCheckGracePeriod: args.healthCheckGracePeriodSeconds ?? 300,
                defaultInstanceWarmup: args.defaultInstanceWarmupSeconds ?? 120,
                maxInstanceLifetime: (args.maximumInstanceLifetimeDays ?? 30) * 86400,
                protectFromScaleIn: args.protectFromScaleIn ?? false,
                ...(args.terminationPolicies !== undefined && { terminationPolicies: args.terminationPolicies }),
                availabilityZoneDistribution: { capacityDistributionStrategy: args.zoneDistribution ?? "balanced-best-effort" },
                instanceRefresh: this.refresh(),
                instanceMaintenancePolicy: {
                    minHealthyPercentage: args.maintenance?.minimumHealthyPercent ?? args.refresh?.minimumHealthyPercent ?? 100,
                    maxHealthyPercentage: args.maintenance?.maximumHealthyPercent ?? args.refresh?.maximumHealthyPercent ?? 110,
                },
                ...(args.warmPool !== undefined && { warmPool: warmPool(args.warmPool) }),
                enabledMetrics: [...groupMetrics],
                metricsGranularity: "1Minute",
                tags: Object.entries(tags)
                    .sort(([one], [other]) => (one < other ? -1 : 1))
                    .map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
                forceDelete: environment.expendable,
                forceDeleteWarmPool: environment.expendable,
            },
            {
                parent: this,
                dependsOn,
                ignoreChanges: Fleet.governedElsewhere.map(({ property }) => property),
                customTimeouts: { delete: "30m" },
            },
        );
    }

    /** Every new version of the template replaces the instances; tags are in the template, so nothing else has to trigger it. */
    private refresh(): aws.types.input.autoscaling.GroupInstanceRefresh {
        const { refresh, target, protectFromScaleIn, environment, alarmTopics } = this.args;
        const own = alarmTopics[statusAlarm.severity] === undefined ? [] : [`${environment.name}-${this.name}-${statusAlarm.key}`];
        const alarms = [...own, ...(target?.errorAlarmNames ?? [])];
        return {
            strategy: "Rolling",
            preferences: {
                minHealthyPercentage: refresh?.minimumHealthyPercent ?? 100,
                maxHealthyPercentage: refresh?.maximumHealthyPercent ?? 110,
                autoRollback: refresh?.autoRollback ?? false,
                skipMatching: true,
                scaleInProtectedInstances: protectFromScaleIn === true ? "Refresh" : "Ignore",
                ...(refresh?.checkpointPercents !== undefined && {
                    checkpointPercentages: refresh.checkpointPercents,
                    checkpointDelay: `${refresh.checkpointDelaySeconds ?? 3600}`,
                }),
                ...(alarms.length > 0 && { alarmSpecification: { alarms } }),
            },
        };
    }
}

const groupMetrics = [
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
] as const;

/** What the group starts. The version is a number: `$Latest` would show no difference, and start no refresh. */
function launches(
    args: FleetArgs,
    template: aws.ec2.LaunchTemplate,
): Pick<aws.autoscaling.GroupArgs, "launchTemplate" | "mixedInstancesPolicy" | "capacityRebalance"> {
    const version = template.latestVersion.apply((number) => `${number}`);
    if (!isMixed(args)) {
        return { launchTemplate: { id: template.id, version } };
    }
    const { spot } = args;
    return {
        mixedInstancesPolicy: {
            instancesDistribution: {
                onDemandAllocationStrategy: "prioritized",
                onDemandBaseCapacity: spot?.onDemandBaseCapacity ?? 0,
                onDemandPercentageAboveBaseCapacity: spot?.onDemandPercentageAboveBaseCapacity ?? 100,
                spotAllocationStrategy: spot?.allocationStrategy ?? "price-capacity-optimized",
                ...(spot?.maximumPriceUsd !== undefined && { spotMaxPrice: `${spot.maximumPriceUsd}` }),
            },
            launchTemplate: {
                launchTemplateSpecification: { launchTemplateId: template.id, version },
                overrides: args.instanceTypes.map((instanceType) => ({ instanceType })),
            },
        },
        ...(spot !== undefined && { capacityRebalance: spot.capacityRebalance ?? true }),
    };
}

function warmPool(settings: NonNullable<FleetArgs["warmPool"]>): aws.types.input.autoscaling.GroupWarmPool {
    return {
        poolState: settings.state,
        minSize: settings.minimum ?? 0,
        ...(settings.maximumPreparedCapacity !== undefined && { maxGroupPreparedCapacity: settings.maximumPreparedCapacity }),
        instanceReusePolicy: { reuseOnScaleIn: settings.reuseOnScaleIn ?? false },
    };
}
