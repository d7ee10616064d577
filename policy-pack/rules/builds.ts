/** CodeBuild: what a build may reach, what it leaves behind, and who may start one. */
import { expects, notTrue, oneOf, oneOfOrNothing, present, show } from "../core/conditions.ts";
import { credentialIn, credentialInScript, credentialNamed } from "../core/credentials.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { allowsAnybody, documentAt } from "../core/policy-document.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import type { Values } from "../core/values.ts";

const project = ["codebuild/project"];

function sourcesOf(resource: ResourceView): readonly Values[] {
    return [resource.at("source"), ...resource.list("secondarySources")];
}

function artifactsOf(resource: ResourceView): readonly Values[] {
    return [resource.at("artifacts"), ...resource.list("secondaryArtifacts")];
}

/** CodeBuild searches with the pattern: without both anchors `123` is found in `91234` too. Every alternative needs its own. */
function isAnchored(pattern: string): boolean {
    const inner = /\([^()^$]*\)/;
    let outer = pattern;
    while (inner.test(outer)) {
        outer = outer.replace(inner, "");
    }
    return outer
        .replaceAll(/[()]/g, "")
        .split("|")
        .every((part) => part.startsWith("^") && part.endsWith("$"));
}

/** A branch may also be named by the beginning of its path. */
function isAnchoredRef(pattern: string): boolean {
    return isAnchored(pattern) || /^\^refs\/[^|]*(\/|\.\*)$/.test(pattern);
}

/** Events that anybody with an account at the repository's host can cause. */
const strangersEvents = ["PULL_REQUEST_CREATED", "PULL_REQUEST_UPDATED", "PULL_REQUEST_REOPENED"];

function judgeFilterGroup(group: Values, approved: boolean): Finding {
    const filters = group.list("filters");
    const ofType = (...types: readonly string[]): readonly Values[] =>
        filters.filter((filter) => types.includes(filter.text("type") ?? "") && filter.flag("excludeMatchedPattern") !== true);
    const events = ofType("EVENT").flatMap((filter) => (filter.text("pattern") ?? "").split(/\s*,\s*/));
    const fromStrangers = events.length === 0 || events.some((event) => strangersEvents.includes(event));
    const actors = ofType("ACTOR_ACCOUNT_ID");
    if (fromStrangers && !approved && actors.length === 0) {
        return violation(
            group.path,
            "expected an ACTOR_ACCOUNT_ID filter or pullRequestBuildPolicy, got neither: strangers' pull requests build",
        );
    }
    return all(
        () => each(actors, (filter) => anchored(filter, isAnchored)),
        () => each(ofType("HEAD_REF", "BASE_REF"), (filter) => anchored(filter, isAnchoredRef)),
    );
}

function anchored(filter: Values, isGood: (pattern: string) => boolean): Finding {
    const pattern = filter.text("pattern") ?? "";
    return isGood(pattern) ? compliant : violation(filter.pathOf("pattern"), `expected a pattern from ^ to $, got ${show(pattern)}`);
}

function judgeWebhook(resource: ResourceView): Finding {
    const approval = resource.text("pullRequestBuildPolicy.requiresCommentApproval");
    const approved = approval === "ALL_PULL_REQUESTS" || approval === "FORK_PULL_REQUESTS";
    const groups = resource.list("filterGroups");
    return groups.length === 0 && !approved
        ? violation("filterGroups", "expected filters of event and author, got none: every event of every author builds")
        : each(groups, (group) => judgeFilterGroup(group, approved));
}

export const builds: readonly Rule[] = [
    {
        id: "codebuild-no-plaintext-credentials",
        title: "No build is given a credential in plain text",
        why: "A plain variable is shown in the console and by BatchGetProjects, and every command of the build prints it with `env`.",
        fix: 'Give the variable `type: "SECRETS_MANAGER"` or "PARAMETER_STORE" and name the secret; for AWS itself the service role is enough.',
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["CodeBuild.2"], hipaa: ["ACC"] },
        on: project,
        judge: (resource) =>
            each(resource.list("environment.environmentVariables"), (variable) => {
                if ((variable.text("type") ?? "PLAINTEXT") !== "PLAINTEXT") {
                    return compliant;
                }
                const name = variable.text("name") ?? "";
                const kind = /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/.test(name)
                    ? "a credential of AWS"
                    : credentialNamed(name, variable.text("value") ?? "");
                return kind === undefined
                    ? compliant
                    : violation(variable.pathOf("value"), `expected a reference to a secret in ${name}, got ${kind}`);
            }),
    },
    {
        id: "codebuild-no-secrets-in-buildspec",
        title: "No buildspec that the program writes holds a credential",
        why: "The buildspec is part of the project, readable by everybody who may look at it, and is repeated in the log of every build.",
        fix: "Read the value in `env: secrets-manager` or `env: parameter-store` of the buildspec.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        link: "https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html",
        on: project,
        judge: (resource) =>
            each(sourcesOf(resource), (source) => {
                const kind = credentialInScript(source.text("buildspec") ?? "");
                return kind === undefined
                    ? compliant
                    : violation(source.pathOf("buildspec"), `expected a buildspec without credentials, got one with ${kind}`);
            }),
    },
    {
        id: "codebuild-source-no-credentials",
        title: "No source of a build has a credential in its address",
        why: "The address is stored and shown in the clear, and whoever reads it may push to the repository.",
        fix: "Leave only the address in `location` and connect with CodeConnections (`auth`, or `codebuild.SourceCredential`).",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["CodeBuild.1"], hipaa: ["ACC"] },
        on: project,
        judge: (resource) =>
            each(sourcesOf(resource), (source) => {
                const location = source.text("location") ?? "";
                const kind = credentialIn(location) ?? (/^https?:\/\/[^/@]+@/.test(location) ? "a credential" : undefined);
                return kind === undefined
                    ? compliant
                    : violation(source.pathOf("location"), `expected an address without credentials, got one with ${kind}`);
            }),
    },
    {
        id: "codebuild-source-tls-verified",
        title: "No build takes its source from a server that it does not verify",
        why: "Whoever sits between can hand the build any code, and the build runs it with the service role.",
        fix: "Leave `insecureSsl` out; a private authority's certificate belongs in `environment.certificate`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["TRANSIT"] },
        on: project,
        judge: (resource) => each(sourcesOf(resource), (source) => expects(source, "insecureSsl", notTrue)),
    },
    {
        id: "codebuild-no-personal-token",
        title: "No build service signs in to a repository with a person's password or token",
        why: "The token is its owner's whole account: it goes on working in builds when the person leaves, and stops them when it runs out.",
        fix: 'Use a connection: `authType: "CODECONNECTIONS"` with the ARN of a `codeconnections.Connection`, or "SECRETS_MANAGER".',
        severity: "medium",
        levels: standing.regulated,
        controls: { hipaa: ["ACCID"] },
        link: "https://docs.aws.amazon.com/codebuild/latest/userguide/access-tokens.html",
        on: ["codebuild/sourceCredential"],
        judge: (resource) => expects(resource, "authType", oneOf("CODECONNECTIONS", "SECRETS_MANAGER")),
    },
    {
        id: "codebuild-no-privileged",
        title: "No build runs privileged unless it is known to need it",
        why: "A privileged container is root on its host: what a dependency's script can do there has no limit.",
        fix: "Leave `privilegedMode` out; build images with a `dockerServer` or buildah, or name the project in `allowed`.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["CodeBuild.5"], hipaa: ["ACC"] },
        parameters: { allowed: { about: "Parts of names of projects that build container images.", default: [] } },
        on: project,
        judge: (resource, parameters) =>
            parameters.texts("allowed").some((part) => resource.name.includes(part))
                ? notApplicable("allowed by name")
                : expects(resource, "environment.privilegedMode", notTrue),
    },
    {
        id: "codebuild-logging",
        title: "Every build writes a log that is kept",
        why: "What a build ran, with which versions, is known nowhere else when its product turns out to be bad.",
        fix: "Leave `logsConfig.cloudwatchLogs.status` at ENABLED, or set `logsConfig.s3Logs`.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["CodeBuild.4"], hipaa: ["AUD"] },
        on: project,
        judge: (resource) =>
            resource.text("logsConfig.s3Logs.status") === "ENABLED"
                ? compliant
                : expects(resource, "logsConfig.cloudwatchLogs.status", oneOfOrNothing("ENABLED")),
    },
    {
        id: "codebuild-s3-logs-encrypted",
        title: "Logs of builds in a bucket are encrypted",
        why: "Logs repeat what commands print, and sooner or later a command prints a secret.",
        fix: "Leave `logsConfig.s3Logs.encryptionDisabled` out.",
        severity: "low",
        levels: standing.everywhere,
        controls: { fsbp: ["CodeBuild.3"], hipaa: ["REST"] },
        on: project,
        judge: (resource) =>
            resource.text("logsConfig.s3Logs.status") === "ENABLED"
                ? expects(resource, "logsConfig.s3Logs.encryptionDisabled", notTrue)
                : notApplicable("no logs in a bucket"),
    },
    {
        id: "codebuild-artifacts-encrypted",
        title: "What a build produces is encrypted",
        why: "Artifacts are the product before anybody has published it, often with its configuration inside.",
        fix: "Leave `encryptionDisabled` of `artifacts` and `secondaryArtifacts` out.",
        severity: "medium",
        levels: standing.everywhere,
        controls: { hipaa: ["REST"] },
        link: "https://docs.aws.amazon.com/codebuild/latest/userguide/security-encryption.html",
        on: project,
        judge: (resource) => each(artifactsOf(resource), (artifact) => expects(artifact, "encryptionDisabled", notTrue)),
    },
    {
        id: "codebuild-cmk",
        title: "What a build produces is encrypted with a key of your own",
        why: "AWS's own key for S3 can be neither refused to a reader nor used from another account.",
        fix: "Set `encryptionKey` and let the service role use the key.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        link: "https://docs.aws.amazon.com/codebuild/latest/userguide/security-encryption.html",
        on: project,
        judge: (resource) =>
            artifactsOf(resource).every((artifact) => artifact.text("type") === "NO_ARTIFACTS")
                ? notApplicable("it leaves no artifacts")
                : expects(resource, "encryptionKey", present("a key of your own")),
    },
    {
        id: "codebuild-report-group-encrypted",
        title: "Reports of tests are encrypted where they are exported to",
        why: "A report holds what a failing test saw, which may be a customer's record.",
        fix: "Leave `exportConfig.s3Destination.encryptionDisabled` out and name a key in `encryptionKey`.",
        severity: "medium",
        levels: standing.everywhere,
        controls: { fsbp: ["CodeBuild.7"], hipaa: ["REST"] },
        on: ["codebuild/reportGroup"],
        judge: (resource) =>
            resource.has("exportConfig.s3Destination")
                ? expects(resource, "exportConfig.s3Destination.encryptionDisabled", notTrue)
                : notApplicable("not exported"),
    },
    {
        id: "codebuild-managed-image",
        title: "Builds run in AWS's own images or in your registry's",
        why: "An image from a public registry can be changed by its owner overnight, and it is the first thing that the build runs.",
        fix: "Use `aws/codebuild/…`, or an image of your own ECR repository, best by digest.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        link: "https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html",
        on: project,
        judge: (resource) => {
            const image = resource.text("environment.image") ?? "";
            return /^aws\/codebuild\//.test(image) || /^\d{12}\.dkr\.ecr\.|@sha256:/.test(image)
                ? compliant
                : violation("environment.image", `expected aws/codebuild/…, an ECR image or a digest, got ${show(image)}`);
        },
    },
    {
        id: "codebuild-private",
        title: "No build's logs and artifacts are open to everybody",
        why: "A public project shows its logs and gives its artifacts to whoever has the address, also those of old builds.",
        fix: 'Leave `projectVisibility` out or "PRIVATE".',
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        link: "https://docs.aws.amazon.com/codebuild/latest/userguide/public-builds.html",
        on: project,
        judge: (resource) => expects(resource, "projectVisibility", oneOfOrNothing("PRIVATE")),
    },
    {
        id: "codebuild-webhook-filters",
        title: "No stranger's change starts a build",
        why: "Without a filter a stranger's pull request runs his code under the build's role; a pattern without ^ and $ lets in whoever is named alike.",
        fix: 'Filter every one of `filterGroups` by ACTOR_ACCOUNT_ID with a pattern from ^ to $, or set `pullRequestBuildPolicy: { requiresCommentApproval: "ALL_PULL_REQUESTS" }`.',
        severity: "high",
        levels: standing.regulated,
        controls: { hipaa: ["ACC"] },
        link: "https://docs.aws.amazon.com/codebuild/latest/userguide/webhooks.html",
        on: ["codebuild/webhook"],
        judge: judgeWebhook,
    },
    {
        id: "codebuild-in-vpc",
        title: "Builds run in a VPC",
        why: "Outside one, a build reaches the whole internet from addresses of AWS's, and no flow log knows what it sent there.",
        fix: "Set `vpcConfig` with private subnets; what the build downloads then goes through NAT or endpoints.",
        severity: "low",
        levels: standing.onRequest,
        controls: { hipaa: ["ACCNET"] },
        on: project,
        judge: (resource) => expects(resource, "vpcConfig.vpcId", present("a VPC")),
    },
    {
        id: "codebuild-not-shared-with-anybody",
        title: "No project or report group is shared with every account",
        why: "Whoever is let in reads the logs, the variables and the reports of all builds.",
        fix: "Name the accounts in `Principal`, or put a condition on aws:PrincipalOrgID.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"] },
        on: ["codebuild/resourcePolicy"],
        judge: (resource) =>
            each((documentAt(resource, "policy") ?? []).filter(allowsAnybody), (statement) =>
                violation(`${statement.path}.Principal`, "expected named accounts, got everybody"),
            ),
    },
];
