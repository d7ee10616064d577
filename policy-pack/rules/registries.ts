/** ECR: where images come from. */
import { expects, notTrue, oneOf, present, show } from "../core/conditions.ts";
import { compliant, each, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { allowsAnybody, covers, documentAt } from "../core/policy-document.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";

const repository = "ecr/repository";
const template = "ecr/repositoryCreationTemplate";

/** Whether the registry itself scans the repository. A filter without a wildcard stands for every name that holds it. */
function scans(registry: ResourceView, repository: ResourceView): boolean {
    const name = repository.text("name") ?? repository.name;
    return registry
        .list("rules")
        .filter((rule) => ["SCAN_ON_PUSH", "CONTINUOUS_SCAN"].includes(rule.text("scanFrequency") ?? ""))
        .flatMap((rule) => rule.list("repositoryFilters"))
        .map((each) => each.text("filter") ?? "")
        .some((filter) => (filter.includes("*") ? covers(filter, name) : name.includes(filter)));
}

export const registries: readonly Rule[] = [
    {
        id: "ecr-scan-on-push",
        title: "Every image is scanned when it is pushed",
        why: "An image is full of other people's code, and yesterday's was clean only yesterday.",
        fix: "Set `imageScanningConfiguration: { scanOnPush: true }`, or one `ecr.RegistryScanningConfiguration` for all repositories.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["ECR.1"], hipaa: ["308(a)(5)(ii)(B)"] },
        scope: "relation",
        on: [repository],
        judge: (resource, _parameters, stack) =>
            stack.ofType("ecr/registryScanningConfiguration").some((registry) => scans(registry, resource)) ||
            resource.flag("imageScanningConfiguration.scanOnPush") === true
                ? compliant
                : violation("imageScanningConfiguration.scanOnPush", "expected true, or a registry that scans it, got neither"),
    },
    {
        id: "ecr-enhanced-scanning",
        title: "Images are scanned again when a new hole is known",
        why: "A scan on push knows nothing of what is found a week later; Inspector's does, and looks into language packages too.",
        fix: 'Set `scanType: "ENHANCED"` with `scanFrequency: "CONTINUOUS_SCAN"`; it is paid by the image.',
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["308(a)(5)(ii)(B)"] },
        on: ["ecr/registryScanningConfiguration"],
        judge: (resource) => expects(resource, "scanType", oneOf("ENHANCED")),
    },
    {
        id: "ecr-immutable-tags",
        title: "A tag names one image for ever",
        why: "Where a tag can be moved, what was tested and what runs are the same only by luck.",
        fix: 'Set `imageTagMutability: "IMMUTABLE"`; for one moving tag, "IMMUTABLE_WITH_EXCLUSION" and a filter for it.',
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["ECR.2"], hipaa: ["INTEG"] },
        on: [repository, template],
        judge: (resource) => {
            const filters = resource.list("imageTagMutabilityExclusionFilters");
            return resource.text("imageTagMutability") === "IMMUTABLE_WITH_EXCLUSION"
                ? each(filters, (filter) =>
                      /^\**$/.test(filter.text("filter") ?? "")
                          ? violation(filter.pathOf("filter"), `expected a filter for some tags, got ${show(filter.text("filter"))}`)
                          : compliant,
                  )
                : expects(resource, "imageTagMutability", oneOf("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"));
        },
    },
    {
        id: "ecr-kms",
        title: "Images are encrypted with a key of KMS",
        why: "Only with a key can you see in the trail who pulled what, and stop it.",
        fix: 'Set `encryptionConfigurations: [{ encryptionType: "KMS", kmsKey }]`; this replaces the repository.',
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["REST"] },
        on: [repository, template],
        judge: (resource) => expects(resource, "encryptionConfigurations.encryptionType", oneOf("KMS", "KMS_DSSE")),
    },
    {
        id: "ecr-not-public",
        title: "Images can be pulled and pushed by nobody unknown",
        why: "Whoever pulls an image has the program, and whoever pushes one runs theirs in your account.",
        fix: "Name accounts or roles as principals, or add a condition on aws:PrincipalOrgID; waive it for images meant for the world.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACCNET"] },
        on: ["ecr/repositoryPolicy", "ecr/registryPolicy", template, "ecrpublic/repository"],
        judge: (resource) =>
            resource.type === "ecrpublic/repository"
                ? violation("", "expected a private repository, got a public one")
                : each(documentAt(resource, resource.type === template ? "repositoryPolicy" : "policy") ?? [], (statement) =>
                      allowsAnybody(statement)
                          ? violation(statement.path, "expected named principals or a condition that leaves out strangers, got anybody")
                          : compliant,
                  ),
    },
    {
        id: "ecr-lifecycle-policy",
        title: "Old images are thrown away",
        why: "Each build adds a few hundred megabytes, which are paid for every month until somebody deletes them.",
        fix: "Add an `ecr.LifecyclePolicy` that keeps the last images and drops untagged ones.",
        severity: "low",
        levels: standing.advice,
        controls: { fsbp: ["ECR.3"] },
        scope: "relation",
        on: [repository, template],
        judge: (resource, _parameters, stack) => {
            if (resource.type === template) {
                return expects(resource, "lifecyclePolicy", present("a lifecycle policy"));
            }
            return stack.referrers(resource, "ecr/lifecyclePolicy", "repository").length > 0
                ? compliant
                : violation("", "expected a LifecyclePolicy for the repository, got none");
        },
    },
    {
        id: "ecr-no-force-delete",
        title: "No repository is deleted with its images in it",
        why: "What runs now cannot be started again on a new machine once its image is gone.",
        fix: "Leave `forceDelete` out; empty the repository by hand when it is meant.",
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        on: [repository],
        judge: (resource) => expects(resource, "forceDelete", notTrue),
    },
];
