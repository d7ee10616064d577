/** CodePipeline: what it keeps, how it is started, and what stands before production. */
import { absent, expects, show } from "../core/conditions.ts";
import { credentialInScript, credentialNamed } from "../core/credentials.ts";
import { wordsIn } from "../core/environments.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { listAt } from "../core/json.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Parameters, Rule } from "../core/rule.ts";
import type { Values } from "../core/values.ts";

const pipeline = ["codepipeline/pipeline"];

function actionsOf(resource: ResourceView): readonly Values[] {
    return resource.list("stages").flatMap((stage) => stage.list("actions"));
}

function isApproval(action: Values): boolean {
    return action.text("category") === "Approval" && action.text("provider") === "Manual";
}

function expectsNone(path: string, kind: string | undefined): Finding {
    return kind === undefined ? compliant : violation(path, `expected a reference to a secret, got ${kind}`);
}

/** Variables of a build action are JSON inside its configuration. */
function judgeCredentials(action: Values): Finding {
    return all(
        () =>
            each(listAt(action, "configuration.EnvironmentVariables"), (variable) =>
                (variable.text("type") ?? "PLAINTEXT") === "PLAINTEXT"
                    ? expectsNone(variable.pathOf("value"), credentialNamed(variable.text("name") ?? "", variable.text("value") ?? ""))
                    : compliant,
            ),
        () => each(action.texts("commands"), (command) => expectsNone(action.pathOf("commands"), credentialInScript(command))),
    );
}

/** Whether somebody is asked in the stage before its first other action. */
function asksFirst(stage: Values): boolean {
    const order = (action: Values): number => action.number("runOrder") ?? 1;
    const approvals = stage.list("actions").filter(isApproval);
    const others = stage.list("actions").filter((action) => !isApproval(action));
    return others.every((action) => approvals.some((approval) => order(approval) < order(action)));
}

function judgeApproval(resource: ResourceView, parameters: Parameters): Finding {
    const stages = resource.list("stages");
    const isProduction = (stage: Values): boolean =>
        wordsIn(stage.text("name") ?? "").some((word) => parameters.texts("stages").includes(word));
    const first = stages.findIndex(isProduction);
    const stage = stages[first];
    if (stage === undefined) {
        return notApplicable("no stage is named after production");
    }
    const asked = stages.slice(0, first).some((earlier) => earlier.list("actions").some(isApproval)) || asksFirst(stage);
    return asked ? compliant : violation(stage.path, `expected a manual approval before stage ${show(stage.text("name"))}, got none`);
}

export const pipelines: readonly Rule[] = [
    {
        id: "codepipeline-artifact-cmk",
        title: "What passes between the stages of a pipeline is encrypted with a key of your own",
        why: "The store holds source and product of every run; under AWS's own key another account's stage cannot read it, and no key policy guards it.",
        fix: 'Set `encryptionKey: { id, type: "KMS" }` in every one of `artifactStores`.',
        severity: "medium",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        link: "https://docs.aws.amazon.com/codepipeline/latest/userguide/S3-artifact-encryption.html",
        on: pipeline,
        judge: (resource) =>
            each(resource.list("artifactStores"), (store) =>
                store.has("encryptionKey.id")
                    ? compliant
                    : violation(store.pathOf("encryptionKey"), "expected a key of your own, got nothing"),
            ),
    },
    {
        id: "codepipeline-no-github-token",
        title: "No pipeline reaches its repository with a token",
        why: "The first version of the GitHub action keeps a person's token in the pipeline, with the right to everything that person may do.",
        fix: 'Use a source action of provider "CodeStarSourceConnection" with a `codeconnections.Connection`; it needs no webhook.',
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        link: "https://docs.aws.amazon.com/codepipeline/latest/userguide/update-github-action-connections.html",
        on: [...pipeline, "codepipeline/webhook"],
        judge: (resource) =>
            resource.type === "codepipeline/webhook"
                ? expects(
                      resource,
                      "authenticationConfiguration.secretToken",
                      absent("a connection of CodeConnections in the place of a webhook with a token"),
                  )
                : each(actionsOf(resource), (action) =>
                      action.text("owner") === "ThirdParty" && /^GitHub/.test(action.text("provider") ?? "")
                          ? violation(action.pathOf("provider"), 'expected "CodeStarSourceConnection", got GitHub\'s first version')
                          : compliant,
                  ),
    },
    {
        id: "codepipeline-no-plaintext-credentials",
        title: "No action and no variable of a pipeline holds a credential",
        why: "What an action is configured with is shown in the console and by GetPipeline, and handed on to every run.",
        fix: 'Give the variable `type: "SECRETS_MANAGER"` or "PARAMETER_STORE", or read the secret with the role of the build.',
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        link: "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html",
        on: pipeline,
        judge: (resource) =>
            all(
                () => each(actionsOf(resource), judgeCredentials),
                () =>
                    each(resource.list("variables"), (variable) =>
                        expectsNone(
                            variable.pathOf("defaultValue"),
                            credentialNamed(variable.text("name") ?? "", variable.text("defaultValue") ?? ""),
                        ),
                    ),
            ),
    },
    {
        id: "codepipeline-webhook-authenticated",
        title: "Nobody unknown can start a pipeline",
        why: "The address of a webhook is all that it takes to start a run, and addresses leak into logs.",
        fix: 'Use a connection, or set `authentication: "GITHUB_HMAC"`; "IP" only with a block of your own.',
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        on: ["codepipeline/webhook"],
        judge: (resource) => {
            const authentication = resource.text("authentication");
            const range = resource.text("authenticationConfiguration.allowedIpRange");
            return authentication === "GITHUB_HMAC" || (authentication === "IP" && range !== undefined && !/\/0$/.test(range))
                ? compliant
                : violation("authentication", `expected "GITHUB_HMAC" or "IP" with a block of your own, got ${show(authentication)}`);
        },
    },
    {
        id: "codepipeline-prod-approval",
        title: "Somebody is asked before a pipeline reaches production",
        why: "Without a question, whatever is merged is in production before anybody has seen it in staging.",
        fix: 'Put an action of category "Approval", provider "Manual" before the first stage of production.',
        severity: "medium",
        levels: standing.productionAdvice,
        controls: {},
        link: "https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html",
        parameters: { stages: { about: "Words in a stage's name by which it is production.", default: ["prod", "production", "live"] } },
        on: pipeline,
        judge: judgeApproval,
    },
];
