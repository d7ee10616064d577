/** Lambda: who may call a function, what it runs on, what is in its environment. */
import { atLeast, atMost, containing, expects, noneOf, oneOf, present, show } from "../core/conditions.ts";
import { corsFinding } from "../core/cors.ts";
import { credentialNamed } from "../core/credentials.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { lambdaRuntimes, readOn, supportOf } from "../core/lifecycle.ts";
import type { ResourceView } from "../core/resource.ts";
import { letsNobodyIn } from "../core/resource-policy.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import { UnknownValue } from "../core/values.ts";
import { spansZones } from "../core/zones.ts";

const outsideVpc = notApplicable("the function is in no VPC");

/** Managed instances stand in the subnets of their capacity provider. */
function onManagedInstances(resource: ResourceView): boolean {
    return resource.has("capacityProviderConfig");
}

function isImage(resource: ResourceView): boolean {
    return resource.text("packageType") === "Image";
}

function daysBetween(from: string, to: string): number {
    return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/** A permission's way of saying for whom a principal may call. A wildcard says nothing. */
function isBoundBy(permission: ResourceView, property: string): boolean {
    return permission.has(property) && (permission.isUnknown(property) || permission.text(property) !== "*");
}

/** Services that hand an event over and do not wait for the answer. */
const asynchronousCallers = /^(s3|sns|events|ses|config|iot|codecommit|cloudformation|logs(\.[a-z0-9-]+)?)\.amazonaws\.com$/;

function isCalledAsynchronously(resource: ResourceView, stack: StackView): boolean {
    return (
        stack.referrers(resource, "lambda/functionEventInvokeConfig", "functionName").length > 0 ||
        stack.referrers(resource, "scheduler/schedule", "target").length > 0 ||
        stack
            .referrers(resource, "lambda/permission", "function")
            .some((permission) => asynchronousCallers.test(permission.text("principal") ?? ""))
    );
}

/** Services that put a function between a client and its answer. */
const frontDoors = /^(apigateway|elasticloadbalancing|vpc-lattice)\.amazonaws\.com$/;

function answersRequests(resource: ResourceView, stack: StackView): boolean {
    return (
        stack.referrers(resource, "lambda/functionUrl", "functionName").length > 0 ||
        stack.referrers(resource, "lambda/permission", "function").some((permission) => frontDoors.test(permission.text("principal") ?? ""))
    );
}

/** The log group that Lambda writes to by itself: `/aws/lambda/<name>`. */
function ownsLogGroup(resource: ResourceView, stack: StackView): Finding {
    const groups = stack.ofType("cloudwatch/logGroup");
    if (groups.some((group) => stack.references(group, "name").includes(resource))) {
        return compliant;
    }
    const wanted = `/aws/lambda/${resource.text("name") ?? ""}`;
    if (groups.some((group) => !group.isUnknown("name") && group.text("name") === wanted)) {
        return compliant;
    }
    // A name made of another resource's is not this function's.
    const hidden = groups.find((group) => group.isUnknown("name") && stack.references(group, "name").length === 0);
    if (hidden) {
        throw new UnknownValue(`${hidden.name}.name`);
    }
    return violation("", "expected a log group of this stack for the function, got the one that Lambda makes, which keeps all for ever");
}

/** Sources whose failed records Lambda puts nowhere: queues do it themselves. */
const withoutDestination = { types: ["sqs/queue", "mq/broker", "docdb/cluster"], services: ["sqs", "mq", "rds"] } as const;

/** Kinesis, DynamoDB and Kafka, its own or not. */
function isStream(mapping: ResourceView, stack: StackView): boolean {
    if (mapping.has("selfManagedEventSource")) {
        return true;
    }
    const [source] = stack.references(mapping, "eventSourceArn");
    const service = source ? undefined : mapping.text("eventSourceArn")?.split(":")[2];
    return !withoutDestination.types.some((type) => type === source?.type) && !withoutDestination.services.some((name) => name === service);
}

export const functions: readonly Rule[] = [
    {
        id: "lambda-not-public",
        title: "Nobody outside the account can call a function unless named",
        why: "A stranger's calls run your code with your role, and you pay for each.",
        fix: "Name the account, role or service in `principal`, or narrow it with `principalOrgId`, `sourceAccount` or `sourceArn`.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["Lambda.1"], hipaa: ["ACCNET"] },
        on: ["lambda/permission", "lambda/resourcePolicy"],
        judge: (resource) => {
            if (resource.type === "lambda/resourcePolicy") {
                return letsNobodyIn(resource);
            }
            return resource.text("principal") !== "*" ||
                ["principalOrgId", "sourceAccount", "sourceArn"].some((property) => isBoundBy(resource, property))
                ? compliant
                : violation("principal", 'expected a named principal, or one bound to an account or organisation, got "*"');
        },
    },
    {
        id: "lambda-layer-not-public",
        title: "No layer is open to every AWS account",
        why: "A layer holds code, and often the configuration that was packed with it.",
        fix: "Name the account in `principal`, or set `organizationId`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        on: ["lambda/layerVersionPermission"],
        judge: (resource) =>
            resource.text("principal") !== "*" || resource.has("organizationId")
                ? compliant
                : violation("principal", 'expected an account, or an organisation beside it, got "*"'),
    },
    {
        id: "lambda-permission-source",
        title: "A service may call a function only for a named source",
        why: "Without a source, a bucket or rule of any AWS account can make the service call your function.",
        fix: "Set `sourceArn` to the bucket, topic, rule or API.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        on: ["lambda/permission"],
        judge: (resource) => {
            const principal = resource.text("principal") ?? "";
            if (!/\.(amazonaws|amazon)\.com(\.cn)?$/.test(principal)) {
                return notApplicable("the principal is no service");
            }
            // Alexa names its skill by a token and has no ARN.
            return ["sourceArn", "sourceAccount", "eventSourceToken"].some((property) => isBoundBy(resource, property))
                ? compliant
                : violation("sourceArn", `expected a source beside ${principal}, got nothing`);
        },
    },
    {
        id: "lambda-permission-s3-account",
        title: "S3 may call a function only for buckets of a named account",
        why: "A bucket's ARN names no account: who takes the name after the bucket was deleted can call the function.",
        fix: "Set `sourceAccount` beside `sourceArn`.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["Lambda.1"], hipaa: ["ACC"] },
        on: ["lambda/permission"],
        judge: (resource) =>
            resource.text("principal") === "s3.amazonaws.com"
                ? expects(resource, "sourceAccount", present("the bucket's account"))
                : notApplicable("not a permission of S3"),
    },
    {
        id: "lambda-supported-runtime",
        title: "Every function runs on a runtime that AWS still mends",
        why: "After its end a runtime gets no security fixes, and soon the function can no longer be changed.",
        fix: "Move to a newer `runtime`; one that came out after the pack's table was read can be named in this rule's `alsoSupported`.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["Lambda.2"], hipaa: ["PATCH"] },
        parameters: { alsoSupported: { about: `Runtimes that came out after ${readOn}, when the table was read.`, default: [] } },
        on: ["lambda/function"],
        judge: (resource, parameters) => {
            if (isImage(resource)) {
                return notApplicable("a container image brings its own runtime");
            }
            const runtime = resource.text("runtime") ?? "";
            if (parameters.texts("alsoSupported").includes(runtime)) {
                return compliant;
            }
            const support = supportOf(lambdaRuntimes, runtime, parameters.today);
            switch (support.kind) {
                case "supported":
                    return compliant;
                case "ended":
                    return violation("runtime", `expected a runtime in support, got ${runtime}, which left it on ${support.on}`);
                case "unlisted":
                    return violation("runtime", `expected a runtime in support, got ${show(runtime)}, which is in no list of ${readOn}`);
            }
        },
    },
    {
        id: "lambda-runtime-ends-soon",
        title: "No function's runtime is about to leave support",
        why: "Moving to another version of a language takes weeks of a team that has other plans.",
        fix: "Plan the move to a newer `runtime` now; Lambda's runtimes page has the dates.",
        severity: "low",
        levels: standing.advice,
        controls: { hipaa: ["PATCH"] },
        link: lambdaRuntimes.source,
        parameters: { days: { about: "Days before the end in which to speak.", default: 90 } },
        on: ["lambda/function"],
        judge: (resource, parameters) => {
            const runtime = resource.text("runtime") ?? "";
            const support = supportOf(lambdaRuntimes, runtime, parameters.today);
            const until = support.kind === "supported" ? support.until : undefined;
            const left = until === undefined ? Number.POSITIVE_INFINITY : daysBetween(parameters.today, until);
            return left > parameters.number("days")
                ? compliant
                : violation("runtime", `expected a runtime in support for longer, got ${runtime}, which leaves it on ${until}`);
        },
    },
    {
        id: "lambda-runtime-updates",
        title: "Functions take security fixes of their runtime by themselves",
        why: "A function that is held at one version of its runtime keeps each hole that was found since.",
        fix: 'Set `updateRuntimeOn` to "Auto" or "FunctionUpdate"; go back by "Manual" for days, not months.',
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { hipaa: ["PATCH"] },
        on: ["lambda/runtimeManagementConfig"],
        judge: (resource) => expects(resource, "updateRuntimeOn", noneOf("Manual")),
    },
    {
        id: "lambda-loop-stopped",
        title: "Lambda may stop functions that call themselves in a circle",
        why: "A function that writes where it is called from doubles its own work until the bill or the account's limit ends it.",
        fix: 'Leave `recursiveLoop` at "Terminate".',
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["AVAIL"] },
        on: ["lambda/functionRecursionConfig"],
        judge: (resource) => expects(resource, "recursiveLoop", noneOf("Allow")),
    },
    {
        id: "lambda-in-vpc",
        title: "Functions stand in a VPC",
        why: "Where all traffic must pass your own network, a function outside it does not.",
        fix: "Set `vpcConfig` with private subnets and a security group.",
        severity: "low",
        levels: standing.onRequest,
        controls: { fsbp: ["Lambda.3"], hipaa: ["ACCNET"] },
        on: ["lambda/function"],
        judge: (resource) =>
            onManagedInstances(resource)
                ? notApplicable("stands in the subnets of its capacity provider")
                : expects(resource, "vpcConfig.subnetIds", present("subnets")),
    },
    {
        id: "lambda-vpc-multi-az",
        title: "Functions in a VPC have subnets in more than one zone",
        why: "A function with subnets in one zone stops with that zone.",
        fix: "Name subnets of two zones or more in `vpcConfig.subnetIds`.",
        severity: "medium",
        levels: standing.resilience,
        controls: { fsbp: ["Lambda.5"], hipaa: ["AVAIL"] },
        parameters: { minimumZones: { about: "Zones that a function's subnets span.", default: 2 } },
        scope: "relation",
        on: ["lambda/function"],
        judge: (resource, parameters, stack) =>
            resource.has("vpcConfig") ? spansZones(resource, "vpcConfig.subnetIds", stack, parameters.number("minimumZones")) : outsideVpc,
    },
    {
        id: "lambda-async-failure-target",
        title: "Functions that nobody waits for send their failures somewhere",
        why: "An event that failed three times is dropped without a word.",
        fix: "Add a `lambda.FunctionEventInvokeConfig` with `destinationConfig.onFailure`, or set `deadLetterConfig`.",
        severity: "low",
        levels: standing.onRequest,
        controls: { hipaa: ["AUD"] },
        scope: "relation",
        on: ["lambda/function"],
        judge: (resource, _parameters, stack) => {
            if (!isCalledAsynchronously(resource, stack)) {
                return notApplicable("nothing in this stack calls it without waiting");
            }
            const configurations = stack.referrers(resource, "lambda/functionEventInvokeConfig", "functionName");
            return resource.has("deadLetterConfig") || configurations.some((each) => each.has("destinationConfig.onFailure"))
                ? compliant
                : violation("deadLetterConfig", "expected a target for events that fail, got none");
        },
    },
    {
        id: "lambda-reserved-concurrency",
        title: "Every function has a share of the account's concurrency of its own",
        why: "One function in a loop takes the concurrency of the whole region, and all others are refused.",
        fix: "Set `reservedConcurrentExecutions`.",
        severity: "low",
        levels: standing.onRequest,
        controls: { hipaa: ["AUD"] },
        on: ["lambda/function"],
        // AWS reads -1 as no reservation.
        judge: (resource) => expects(resource, "reservedConcurrentExecutions", atLeast(0)),
    },
    {
        id: "lambda-tracing",
        title: "Functions that answer requests are traced",
        why: "Without traces, a slow request through five services is five logs to be matched by hand.",
        fix: 'Set `tracingConfig: { mode: "Active" }` and let the role write to X-Ray.',
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        parameters: { everyFunction: { about: "Whether functions that nobody waits at need it too.", default: false } },
        scope: "relation",
        on: ["lambda/function"],
        judge: (resource, parameters, stack) =>
            parameters.flag("everyFunction") || answersRequests(resource, stack)
                ? expects(resource, "tracingConfig.mode", oneOf("Active"))
                : notApplicable("answers no requests"),
    },
    {
        id: "lambda-env-cmk",
        title: "The environment of a function is encrypted with a key of your own",
        why: "Lambda always encrypts it; only your own key can be taken away and tells who read it. Secrets do not belong there either way.",
        fix: "Set `kmsKeyArn`.",
        severity: "low",
        levels: standing.onRequest,
        controls: { hipaa: ["REST"] },
        on: ["lambda/function"],
        judge: (resource) =>
            resource.has("environment.variables")
                ? expects(resource, "kmsKeyArn", present("a key of your own"))
                : notApplicable("the function has no environment"),
    },
    {
        id: "lambda-no-secrets-in-env",
        title: "No credential stands in a function's environment",
        why: "Whoever may look at the function's configuration, in the console or in a crash report, reads its environment.",
        fix: "Keep it in Secrets Manager and pass the ARN, in a variable that ends in _ARN or _ID; a name is taken for the secret itself.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"], nist: ["IA-5"] },
        on: ["lambda/function"],
        judge: (resource) => {
            const variables = resource.has("environment.variables") ? resource.at("environment.variables") : undefined;
            return variables === undefined
                ? notApplicable("the function has no environment")
                : each(variables.keys(""), (name) => {
                      const kind = credentialNamed(name, variables.text(name) ?? "");
                      return kind === undefined
                          ? compliant
                          : violation(variables.pathOf(name), `expected a reference to a secret, got ${kind}`);
                  });
        },
    },
    {
        id: "lambda-code-signing",
        title: "Functions run only code that was signed",
        why: "Without a signature, whoever may upload a package decides what runs with the function's role.",
        fix: "Set `codeSigningConfigArn` to a configuration that enforces.",
        severity: "low",
        levels: standing.onRequest,
        controls: { hipaa: ["INTEG"] },
        on: ["lambda/function"],
        judge: (resource) =>
            isImage(resource)
                ? notApplicable("images are signed in their registry")
                : expects(resource, "codeSigningConfigArn", present("a code signing configuration")),
    },
    {
        id: "lambda-code-signing-enforced",
        title: "A code signing configuration refuses what was not signed",
        why: "Left at its default it writes a warning and lets the package run.",
        fix: 'Set `policies: { untrustedArtifactOnDeployment: "Enforce" }`.',
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["INTEG"] },
        on: ["lambda/codeSigningConfig"],
        judge: (resource) => expects(resource, "policies.untrustedArtifactOnDeployment", oneOf("Enforce")),
    },
    {
        id: "lambda-url-auth",
        title: "Every function URL asks for a signature",
        why: "An open URL runs the function for anybody who finds it, as often as they like, at your cost.",
        fix: 'Set `authorizationType: "AWS_IAM"` (behind CloudFront, add an origin access control for it).',
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCNET"] },
        on: ["lambda/functionUrl"],
        judge: (resource) => expects(resource, "authorizationType", oneOf("AWS_IAM")),
    },
    {
        id: "lambda-url-cors",
        title: "No function URL answers every web page with the visitor's login",
        why: "Any page that a visitor opens can then call the function in their name.",
        fix: "Name the origins in `cors.allowOrigins`, or leave `allowCredentials` out.",
        severity: "medium",
        levels: standing.production,
        controls: {},
        on: ["lambda/functionUrl"],
        judge: (resource) => corsFinding(resource, "cors"),
    },
    {
        id: "lambda-explicit-limits",
        title: "Functions say how long they may run and with how much memory",
        why: "The defaults, 3 seconds and 128 MB, fit hardly any function, and failures by them look like the code's.",
        fix: "Set `timeout` and `memorySize`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        parameters: {
            maximumSeconds: { about: "Longest timeout.", default: 900 },
            maximumMegabytes: { about: "Most memory.", default: 10_240 },
        },
        on: ["lambda/function"],
        judge: (resource, parameters) =>
            all(
                () => expects(resource, "timeout", atMost(parameters.number("maximumSeconds"), "seconds")),
                () => expects(resource, "memorySize", atMost(parameters.number("maximumMegabytes"), "MB")),
            ),
    },
    {
        id: "lambda-log-group-managed",
        title: "The stack owns the log groups of its functions",
        why: "A group that Lambda makes by itself keeps everything for ever, unencrypted by your key, and outlives the function.",
        fix: "Create a `cloudwatch.LogGroup` and name it in `loggingConfig.logGroup`, or call it /aws/lambda/<function>.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AUD"] },
        scope: "relation",
        on: ["lambda/function"],
        judge: (resource, _parameters, stack) => (resource.has("loggingConfig.logGroup") ? compliant : ownsLogGroup(resource, stack)),
    },
    {
        id: "lambda-queue-partial-batch",
        title: "A function that fails on one message of a queue does not repeat the others",
        why: "Without a report of which failed, the whole batch comes back, and what was done is done again.",
        fix: 'Set `functionResponseTypes: ["ReportBatchItemFailures"]` and return the failed ids, or `batchSize: 1`.',
        severity: "low",
        levels: standing.onRequest,
        controls: {},
        scope: "relation",
        on: ["lambda/eventSourceMapping"],
        judge: (resource, _parameters, stack) => {
            const [source] = stack.references(resource, "eventSourceArn");
            const queue = source ? source.type === "sqs/queue" : (resource.text("eventSourceArn") ?? "").split(":")[2] === "sqs";
            return !queue || resource.number("batchSize") === 1
                ? notApplicable("no queue, or one message at a time")
                : expects(resource, "functionResponseTypes", containing("ReportBatchItemFailures"));
        },
    },
    {
        id: "lambda-event-source-failure-destination",
        title: "A stream's bad record does not hold up the rest",
        why: "A function that fails on one record is given it again until it is too old, and all behind it wait.",
        fix: "Set `destinationConfig.onFailure` (and, but for Kafka, `maximumRetryAttempts` and `bisectBatchOnFunctionError`).",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        scope: "relation",
        on: ["lambda/eventSourceMapping"],
        judge: (resource, _parameters, stack) =>
            isStream(resource, stack)
                ? expects(resource, "destinationConfig.onFailure", present("a destination for records that fail"))
                : notApplicable("a queue, or a source without such a destination"),
    },
];
