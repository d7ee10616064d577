/** ECS and Fargate. */
import { expects, isTrue, noneOf, notTrue, oneOf, oneOfOrNothing, show } from "../core/conditions.ts";
import { credentialNamed } from "../core/credentials.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { picked } from "../core/picked.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import { Values } from "../core/values.ts";
import { zoneOf } from "../core/zones.ts";

const cluster = "ecs/cluster";
const service = "ecs/service";
const task = "ecs/taskDefinition";
const express = "ecs/expressGatewayService";

/** Judges each container of a task, which AWS takes as one text. */
function eachContainer(resource: ResourceView, judge: (container: Values) => Finding): Finding {
    const text = resource.text("containerDefinitions") ?? "";
    let containers: unknown;
    try {
        containers = JSON.parse(text);
    } catch {
        return notApplicable("no list of containers");
    }
    return each(new Values(containers, "containerDefinitions").list(""), judge);
}

function isWindows(resource: ResourceView): boolean {
    return (resource.text("runtimePlatform.operatingSystemFamily") ?? "").startsWith("WINDOWS");
}

/** The container of an express service stands in the resource itself. */
function containersOf(resource: ResourceView, judge: (container: Values) => Finding): Finding {
    return resource.type === express ? judge(resource.at("primaryContainer")) : eachContainer(resource, judge);
}

const credentialsOfAws = new Set(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ECS_ENGINE_AUTH_DATA"]);

function isInsights(setting: Values): boolean {
    return setting.text("name") === "containerInsights" && ["enabled", "enhanced"].includes(setting.text("value") ?? "");
}

/** `registry:5000/app` has a port and no tag. */
function tagOf(image: string): string | undefined {
    return image.slice(image.lastIndexOf("/") + 1).split(":")[1];
}

export const containers: readonly Rule[] = [
    {
        id: "ecs-no-public-ip",
        title: "No task has a public address",
        why: "A container with a public address is one wrong security group away from the internet.",
        fix: "Leave `networkConfiguration.assignPublicIp` out, use private subnets, and put a load balancer in front.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["ECS.2", "ECS.16"], hipaa: ["ACCNET"] },
        on: [service, "ecs/taskSet"],
        judge: (resource) => expects(resource, "networkConfiguration.assignPublicIp", notTrue),
    },
    {
        id: "ecs-multi-az",
        title: "Every service can run in two zones",
        why: "Tasks are spread over the zones of their subnets, and with one zone they all stop together.",
        fix: "Give `networkConfiguration.subnets` of at least two zones.",
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        scope: "relation",
        on: [service],
        judge: (resource, _parameters, stack) => {
            if (!resource.has("networkConfiguration")) {
                return notApplicable("tasks have the network of their instances");
            }
            const written = resource.list("networkConfiguration.subnets").length;
            const subnets = picked(resource, "networkConfiguration", stack, ["ec2/subnet", "ec2/defaultSubnet"]).resources;
            if (written > 1 && subnets.length < written) {
                return notApplicable("subnets of another stack");
            }
            const zones = new Set(subnets.map(zoneOf));
            return written > 1 && zones.size > 1
                ? compliant
                : violation(
                      "networkConfiguration.subnets",
                      `expected subnets in at least 2 zones, got ${written > 1 ? [...zones].join(", ") : `${written} subnets`}`,
                  );
        },
    },
    {
        id: "ecs-no-privileged",
        title: "No container runs privileged",
        why: "A privileged container is root on its host, and so on every other container there.",
        fix: "Leave `privileged` out, and name the few capabilities in `linuxParameters`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["ECS.4"], hipaa: ["ACC"] },
        on: [task],
        judge: (resource) => eachContainer(resource, (container) => expects(container, "privileged", notTrue)),
    },
    {
        id: "ecs-no-host-namespaces",
        title: "Containers share neither processes nor memory nor network with their host",
        why: "In the host's namespaces a container sees, stops and listens to what its neighbours do.",
        fix: 'Leave `pidMode` and `ipcMode` out and set `networkMode: "awsvpc"`; waive it for the agents that must see the host.',
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["ECS.3", "ECS.17"], hipaa: ["ACC"] },
        on: [task],
        judge: (resource) => each(["pidMode", "ipcMode", "networkMode"], (mode) => expects(resource, mode, noneOf("host"))),
    },
    {
        id: "ecs-read-only-root",
        title: "Containers cannot write to their own root file system",
        why: "Whoever breaks in finds no place to put tools that outlast the process.",
        fix: "Set `readonlyRootFilesystem: true` and mount a volume where the program must write.",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["ECS.5"], hipaa: ["ACC"] },
        on: [task],
        judge: (resource) =>
            isWindows(resource)
                ? notApplicable("not possible on Windows")
                : eachContainer(resource, (container) => expects(container, "readonlyRootFilesystem", isTrue)),
    },
    {
        id: "ecs-non-root-user",
        title: "Containers run as a user without power",
        why: "Root in a container is one hole of the kernel away from root on the host.",
        fix: 'Set `user` to a number such as "1000:1000"; the USER of the image cannot be seen from here.',
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["ECS.20", "ECS.21"], hipaa: ["ACC"] },
        on: [task],
        judge: (resource) => {
            const power = isWindows(resource) ? /^(.*\\)?containeradministrator$/i : /^(root|0)(:|$)/;
            return eachContainer(resource, (container) =>
                expects(container, "user", {
                    expected: `a user other than ${isWindows(resource) ? "ContainerAdministrator" : "root"}`,
                    accepts: (value) => value !== undefined && value !== "" && !power.test(String(value)),
                }),
            );
        },
    },
    {
        id: "ecs-no-secrets-in-environment",
        title: "No container is given a credential in its environment",
        why: "Task definitions are kept for ever, in every revision, and are read by whoever may list them.",
        fix: "Name the secret or parameter in `secrets`; for AWS itself, give the task a role.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["ECS.8"], hipaa: ["308(a)(5)(ii)(D)"] },
        on: [task, express],
        judge: (resource) =>
            containersOf(resource, (container) =>
                each(container.list(resource.type === express ? "environments" : "environment"), (variable) => {
                    const name = variable.text("name") ?? "";
                    const kind = credentialsOfAws.has(name) ? "a credential of AWS" : credentialNamed(name, variable.text("value") ?? "");
                    return kind === undefined
                        ? compliant
                        : violation(variable.path, `expected ${name || "it"} among the secrets, got ${kind}`);
                }),
            ),
    },
    {
        id: "ecs-log-configuration",
        title: "Every container's output is kept",
        why: "What a task printed before it died is gone with it, and it is the only thing that says why.",
        fix: 'Set `logConfiguration: { logDriver: "awslogs", options }` for each container.',
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["ECS.9"], hipaa: ["AUD"] },
        on: [task],
        judge: (resource) =>
            eachContainer(resource, (container) =>
                expects(container, "logConfiguration.logDriver", {
                    expected: 'a log driver such as "awslogs"',
                    accepts: (value) => value !== undefined && value !== "none",
                }),
            ),
    },
    {
        id: "ecs-pinned-image",
        title: "Containers name the version of their image",
        why: "Under `latest`, two tasks of one service run different programs, and a rollback rolls back to the same one.",
        fix: "Give a tag of one build, or better the digest: `app@sha256:…`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["INTEG"] },
        on: [task, express],
        judge: (resource) =>
            containersOf(resource, (container) =>
                expects(container, "image", {
                    expected: "a digest or a tag other than latest",
                    accepts: (value) => {
                        const image = String(value ?? "");
                        return image.includes("@sha256:") || (tagOf(image) ?? "latest") !== "latest";
                    },
                }),
            ),
    },
    {
        id: "ecs-fargate-platform",
        title: "Fargate runs its newest platform",
        why: "Old platforms get no new patches of kernel and runtime.",
        fix: "Leave `platformVersion` out.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["ECS.10"], hipaa: ["PATCH"] },
        on: [service, "ecs/taskSet"],
        judge: (resource) =>
            ["EC2", "EXTERNAL"].includes(resource.text("launchType") ?? "")
                ? notApplicable("not on Fargate")
                : // 1.0.0 is the newest, and only, platform of Windows.
                  expects(resource, "platformVersion", oneOfOrNothing("LATEST", "1.4.0", "1.0.0")),
    },
    {
        id: "ecs-container-insights",
        title: "Clusters measure their tasks",
        why: "Restarts, memory at the limit and tasks that wait for a place show up nowhere else.",
        fix: 'Set `settings: [{ name: "containerInsights", value: "enhanced" }]`; it is paid by the metric.',
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { fsbp: ["ECS.12"], hipaa: ["AUD"] },
        scope: "relation",
        on: [cluster],
        judge: (resource, _parameters, stack) => {
            const own = resource.list("settings").filter((setting) => setting.text("name") === "containerInsights");
            // A cluster that says nothing follows the account.
            const deciding = own.length > 0 ? own : stack.ofType("ecs/accountSettingDefault");
            return deciding.some(isInsights)
                ? compliant
                : violation("settings", `expected containerInsights "enabled" or "enhanced", got ${show(own[0]?.text("value"))}`);
        },
    },
    {
        id: "ecs-exec-logging",
        title: "What is typed into a container is recorded",
        why: "A shell in production without a record is how evidence goes missing.",
        fix: 'Leave `executeCommandConfiguration.logging` out, or set "OVERRIDE" with a log group or bucket.',
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["AUD"] },
        on: [cluster],
        judge: (resource) => {
            const path = "configuration.executeCommandConfiguration";
            if (resource.text(`${path}.logging`) !== "OVERRIDE") {
                return expects(resource, `${path}.logging`, oneOfOrNothing("DEFAULT", "OVERRIDE"));
            }
            return ["cloudWatchLogGroupName", "s3BucketName"].some((place) => resource.has(`${path}.logConfiguration.${place}`))
                ? compliant
                : violation(`${path}.logConfiguration`, "expected a log group or a bucket, got neither");
        },
    },
    {
        id: "ecs-exec-off",
        title: "Nobody can open a shell in a running task",
        why: "What is changed by hand in a container is in no review and gone at the next deploy.",
        fix: "Leave `enableExecuteCommand` out.",
        severity: "low",
        levels: standing.onRequest,
        controls: { hipaa: ["ACC"] },
        on: [service],
        judge: (resource) => expects(resource, "enableExecuteCommand", notTrue),
    },
    {
        id: "ecs-roles-apart",
        title: "A task does not run with the role that starts it",
        why: "The role that starts tasks may pull every image and read every secret; the program needs neither.",
        fix: "Make a second `iam.Role` for `taskRoleArn` that allows what the program does.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACC"] },
        scope: "relation",
        on: [task],
        judge: (resource, _parameters, stack) => {
            if (!(resource.has("taskRoleArn") && resource.has("executionRoleArn"))) {
                return notApplicable("it has not both roles");
            }
            const own = picked(resource, "taskRoleArn", stack, ["iam/role"]);
            const starter = picked(resource, "executionRoleArn", stack, ["iam/role"]);
            const same =
                own.isCertain && starter.isCertain
                    ? own.resources[0] === starter.resources[0]
                    : resource.text("taskRoleArn") === resource.text("executionRoleArn");
            return same ? violation("taskRoleArn", "expected a role of its own, got the execution role") : compliant;
        },
    },
    {
        id: "ecs-efs-in-transit",
        title: "Tasks mount file systems over TLS",
        why: "NFS sends files in the clear; the switch for TLS is off at first.",
        fix: 'Set `efsVolumeConfiguration: { transitEncryption: "ENABLED" }`.',
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["ECS.18"], hipaa: ["TRANSIT"] },
        on: [task],
        judge: (resource) => {
            const mounts = resource.list("volumes").filter((volume) => volume.has("efsVolumeConfiguration"));
            return mounts.length === 0
                ? notApplicable("mounts no file system")
                : each(mounts, (volume) => expects(volume, "efsVolumeConfiguration.transitEncryption", oneOf("ENABLED")));
        },
    },
    {
        id: "ecs-managed-termination-protection",
        title: "Scaling in spares machines that still run tasks",
        why: "Without it the group stops machines in the middle of their work.",
        fix: 'Set `managedTerminationProtection: "ENABLED"`, managed scaling, and `protectFromScaleIn` on the group.',
        severity: "medium",
        levels: standing.resilience,
        controls: { fsbp: ["ECS.19"], hipaa: ["AVAIL"] },
        on: ["ecs/capacityProvider"],
        judge: (resource) =>
            resource.has("autoScalingGroupProvider")
                ? expects(resource, "autoScalingGroupProvider.managedTerminationProtection", oneOf("ENABLED"))
                : notApplicable("AWS manages the machines"),
    },
    {
        id: "ecs-circuit-breaker",
        title: "A deployment whose tasks do not start is rolled back",
        why: "Otherwise ECS tries for ever, and the pipeline waits until its timeout.",
        fix: "Set `deploymentCircuitBreaker: { enable: true, rollback: true }`, or `alarms` with rollback.",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AVAIL"] },
        on: [service],
        judge: (resource) => {
            if (["CODE_DEPLOY", "EXTERNAL"].includes(resource.text("deploymentController.type") ?? "")) {
                return notApplicable("another controller deploys");
            }
            return resource.flag("alarms.enable") === true && resource.flag("alarms.rollback") === true
                ? compliant
                : all(
                      () => expects(resource, "deploymentCircuitBreaker.enable", isTrue),
                      () => expects(resource, "deploymentCircuitBreaker.rollback", isTrue),
                  );
        },
    },
];
