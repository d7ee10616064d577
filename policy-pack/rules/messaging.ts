/** SNS topics and SQS queues. */
import { expects, noneOf, oneOf, present, show } from "../core/conditions.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { documentAt, type Statement } from "../core/policy-document.ts";
import type { ResourceView } from "../core/resource.ts";
import { letsNobodyIn, refusesPlainTransport } from "../core/resource-policy.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";

/** Protocol of a subscription → the prefix of a topic's properties that log its deliveries. Mail and text messages have none. */
const logged: Readonly<Record<string, string>> = {
    http: "http",
    https: "http",
    lambda: "lambda",
    sqs: "sqs",
    firehose: "firehose",
    application: "application",
};

/** Properties by which others say where to put what they could not deal with. */
const failureProperties = new Set(["redrivePolicy", "deadLetterConfig", "destinationConfig"]);

function takesFailures(queue: ResourceView, stack: StackView): boolean {
    return (
        queue.has("redriveAllowPolicy") ||
        stack.referrers(queue, "sqs/redriveAllowPolicy", "queueUrl").length > 0 ||
        stack
            .referrersOf(queue)
            .some(
                ({ resource, property }) =>
                    failureProperties.has(property) || (property === "target" && resource.has("target.deadLetterConfig")),
            )
    );
}

/** A queue's redrive policy, its own or a resource beside it. */
function redrivePolicies(queue: ResourceView, stack: StackView): readonly ResourceView[] {
    return [queue, ...stack.referrers(queue, "sqs/redrivePolicy", "queueUrl")].filter((holder) => holder.has("redrivePolicy"));
}

/** What AWS takes where a queue says nothing. */
const defaultRetentionSeconds = 345_600;
const defaultVisibilitySeconds = 30;
const defaultTimeoutSeconds = 3;

function retentionOf(queue: ResourceView): number {
    return queue.number("messageRetentionSeconds") ?? defaultRetentionSeconds;
}

function outlives(target: ResourceView, queue: ResourceView): Finding {
    const own = retentionOf(queue);
    const kept = retentionOf(target);
    return kept >= own
        ? compliant
        : violation(`${target.name}.messageRetentionSeconds`, `expected at least ${own} seconds, as in the queue it serves, got ${kept}`);
}

function functionsOf(mapping: ResourceView, stack: StackView): readonly ResourceView[] {
    return stack
        .references(mapping, "functionName", "lambda/function", "lambda/alias")
        .flatMap((each) => (each.type === "lambda/alias" ? stack.references(each, "functionName", "lambda/function") : [each]));
}

/** Seconds that a message must stay hidden while a function works on it: AWS's advice is so many times the function's timeout. */
function hiddenFor(mapping: ResourceView, times: number, stack: StackView): readonly number[] {
    const window = mapping.number("maximumBatchingWindowInSeconds") ?? 0;
    return functionsOf(mapping, stack).map((each) => times * (each.number("timeout") ?? defaultTimeoutSeconds) + window);
}

/** A service, or everybody under a condition, that may do more than send. The owner's root account in AWS's own default is neither. */
function givesAll(statement: Statement): boolean {
    return (
        statement.allows &&
        statement.actions.some((action) => action === "*" || action === "sqs:*") &&
        statement.principals.some((principal) => principal === "*" || principal.startsWith("Service:"))
    );
}

export const messaging: readonly Rule[] = [
    {
        id: "sns-encrypted",
        title: "Every topic encrypts its messages with a KMS key",
        why: "Messages wait on disk until they are delivered; alarms and orders tell a lot.",
        fix: 'Set `kmsMasterKeyId` to your key (a topic that CloudWatch alarms publish to cannot use "alias/aws/sns").',
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["SNS.1"], hipaa: ["REST"] },
        on: ["sns/topic"],
        judge: (resource) => expects(resource, "kmsMasterKeyId", present("a KMS key")),
    },
    {
        id: "sqs-encrypted",
        title: "Every queue encrypts its messages",
        why: "Messages lie in a queue for up to a fortnight.",
        fix: "Set `kmsMasterKeyId`, or `sqsManagedSseEnabled: true`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["SQS.1"], hipaa: ["REST"] },
        on: ["sqs/queue"],
        judge: (resource) =>
            // AWS encrypts new queues by itself unless it is told not to.
            resource.has("kmsMasterKeyId") || resource.flag("sqsManagedSseEnabled") !== false
                ? compliant
                : violation("sqsManagedSseEnabled", "expected true or a KMS key, got false"),
    },
    {
        id: "sns-tls-only",
        title: "Every topic refuses messages without TLS",
        why: "SNS answers plain HTTP; without the refusal, messages cross networks in the clear.",
        fix: "Add to the topic's policy: Deny, Principal *, sns:Publish, Condition Bool aws:SecureTransport false.",
        severity: "medium",
        levels: standing.regulated,
        controls: { hipaa: ["TRANSIT"] },
        scope: "relation",
        on: ["sns/topic"],
        judge: (resource, _parameters, stack) =>
            refusesPlainTransport(resource, { type: "sns/topicPolicy", property: "arn" }, "sns:Publish", stack),
    },
    {
        id: "sns-no-public-policy",
        title: "No topic lets strangers publish or subscribe",
        why: "A stranger's subscription reads all that is published; a stranger's message is believed by all that listen.",
        fix: "Name the principals, or narrow `*` with aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["SNS.4"], hipaa: ["ACCNET"] },
        on: ["sns/topic", "sns/topicPolicy"],
        judge: (resource) => letsNobodyIn(resource),
    },
    {
        id: "sns-delivery-logging",
        title: "Topics log the deliveries that fail",
        why: "A message that no endpoint took is dropped, and only the log says which and why.",
        fix: "Set `httpFailureFeedbackRoleArn`, `sqsFailureFeedbackRoleArn` and so on for the protocols in use.",
        severity: "low",
        levels: standing.onRequest,
        controls: { fsbp: ["SNS.2"], hipaa: ["AUD"] },
        scope: "relation",
        on: ["sns/topic"],
        judge: (resource, _parameters, stack) => {
            const subscriptions = stack.referrers(resource, "sns/topicSubscription", "topic");
            const used = new Set(subscriptions.flatMap((each) => logged[each.text("protocol") ?? ""] ?? []));
            return used.size === 0
                ? notApplicable("no subscription of this stack can be logged")
                : each([...used], (kind) => expects(resource, `${kind}FailureFeedbackRoleArn`, present("a role that writes the log")));
        },
    },
    {
        id: "sns-signature-sha256",
        title: "Topics with subscribers by HTTPS sign with SHA-256",
        why: "A subscriber knows a real message by its signature, and the default one is made with SHA-1.",
        fix: "Set `signatureVersion: 2`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["INTEG"] },
        scope: "relation",
        on: ["sns/topic"],
        judge: (resource, _parameters, stack) =>
            stack.referrers(resource, "sns/topicSubscription", "topic").some((each) => /^https?$/.test(each.text("protocol") ?? ""))
                ? expects(resource, "signatureVersion", oneOf(2))
                : notApplicable("no subscriber of this stack checks signatures"),
    },
    {
        id: "sns-subscription-secure",
        title: "No subscription is delivered by plain HTTP",
        why: "The message, and the address that confirms the subscription, cross the internet in the clear.",
        fix: 'Set `protocol: "https"` and an https endpoint.',
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["TRANSIT"] },
        on: ["sns/topicSubscription"],
        judge: (resource) => expects(resource, "protocol", noneOf("http")),
    },
    {
        id: "sns-subscription-redrive",
        title: "Subscriptions keep what could not be delivered",
        why: "When an endpoint refuses or is gone, SNS drops the message, for some errors at once.",
        fix: "Set `redrivePolicy` to a queue that SNS may send to.",
        severity: "low",
        levels: standing.onRequest,
        controls: {},
        on: ["sns/topicSubscription"],
        judge: (resource) =>
            (resource.text("protocol") ?? "") in logged
                ? expects(resource, "redrivePolicy", present("a dead-letter queue"))
                : notApplicable("mail and text messages have none"),
    },
    {
        id: "sqs-cmk",
        title: "Every queue is encrypted with a key of your own",
        why: "SQS encrypts by itself; only your own key can be taken away and tells who used it.",
        fix: 'Set `kmsMasterKeyId` to your key, not to "alias/aws/sqs".',
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: ["sqs/queue"],
        judge: (resource) =>
            resource.has("kmsMasterKeyId") && (resource.isUnknown("kmsMasterKeyId") || resource.text("kmsMasterKeyId") !== "alias/aws/sqs")
                ? compliant
                : violation("kmsMasterKeyId", `expected a key of your own, got ${show(resource.raw("kmsMasterKeyId"))}`),
    },
    {
        id: "sqs-tls-only",
        title: "Every queue refuses requests without TLS",
        why: "SQS answers plain HTTP; without the refusal, messages cross networks in the clear.",
        fix: "Add to the queue's policy: Deny, Principal *, sqs:*, Condition Bool aws:SecureTransport false.",
        severity: "medium",
        levels: standing.regulated,
        controls: { hipaa: ["TRANSIT"] },
        scope: "relation",
        on: ["sqs/queue"],
        judge: (resource, _parameters, stack) =>
            refusesPlainTransport(resource, { type: "sqs/queuePolicy", property: "queueUrl" }, "sqs:SendMessage", stack),
    },
    {
        id: "sqs-no-public-policy",
        title: "No queue lets strangers send or receive",
        why: "A stranger's message is worked off like any other, and a stranger's receive takes yours away.",
        fix: "Name the principals, or narrow `*` with aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID; allow sqs:SendMessage, not sqs:*.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["SQS.3"], hipaa: ["ACCNET"] },
        on: ["sqs/queue", "sqs/queuePolicy"],
        judge: (resource) =>
            all(
                () => letsNobodyIn(resource),
                () =>
                    each(documentAt(resource, "policy") ?? [], (statement) =>
                        givesAll(statement)
                            ? violation(`${statement.path}.Action`, "expected the actions that the service or caller needs, got all of SQS")
                            : compliant,
                    ),
            ),
    },
    {
        id: "sqs-dlq",
        title: "Every queue has a dead-letter queue",
        why: "A message that cannot be worked off comes back until it is too old, and then is gone.",
        fix: "Set `redrivePolicy` with a `deadLetterTargetArn` and a `maxReceiveCount`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AUD"] },
        parameters: {
            exempt: {
                about: "Parts of names of queues that are dead-letter queues of others.",
                default: ["dlq", "dead-letter", "deadletter"],
            },
        },
        scope: "relation",
        on: ["sqs/queue"],
        judge: (resource, parameters, stack) => {
            if (redrivePolicies(resource, stack).length > 0) {
                return compliant;
            }
            const named = parameters.texts("exempt").some((part) => resource.name.toLowerCase().includes(part));
            return named || takesFailures(resource, stack)
                ? notApplicable("takes the failures of others")
                : violation("redrivePolicy", "expected a dead-letter queue, got none");
        },
    },
    {
        id: "sqs-dlq-retention",
        title: "A dead-letter queue keeps messages as long as the queue it serves",
        why: "A message's age counts from its first sending: one that failed late is gone before anybody looks.",
        fix: "Raise the dead-letter queue's `messageRetentionSeconds`; 1209600, a fortnight, is the most.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        scope: "relation",
        on: ["sqs/queue"],
        judge: (resource, _parameters, stack) => {
            const targets = redrivePolicies(resource, stack).flatMap((holder) => stack.references(holder, "redrivePolicy", "sqs/queue"));
            // A FIFO queue gives the message a new age.
            return targets.length === 0 || resource.flag("fifoQueue") === true
                ? notApplicable("no dead-letter queue of this stack, or one that counts anew")
                : each(targets, (target) => outlives(target, resource));
        },
    },
    {
        id: "sqs-lambda-visibility",
        title: "A queue hides a message for as long as its function may work on it",
        why: "A message that shows up again while the function still works, or is held back by throttling, is worked off twice.",
        fix: "Set `visibilityTimeoutSeconds` to six times the function's `timeout`, plus the batching window.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        parameters: { times: { about: "How many times the function's timeout.", default: 6 } },
        scope: "relation",
        on: ["sqs/queue"],
        judge: (resource, parameters, stack) => {
            const mappings = stack.referrers(resource, "lambda/eventSourceMapping", "eventSourceArn");
            const wanted = mappings.flatMap((mapping) => hiddenFor(mapping, parameters.number("times"), stack));
            if (wanted.length === 0) {
                return notApplicable("no function of this stack reads it");
            }
            const hidden = resource.number("visibilityTimeoutSeconds") ?? defaultVisibilitySeconds;
            const needed = Math.max(...wanted);
            return hidden >= needed
                ? compliant
                : violation("visibilityTimeoutSeconds", `expected at least ${needed} seconds, got ${hidden}`);
        },
    },
];
