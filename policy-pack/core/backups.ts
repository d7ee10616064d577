/** Whether a backup plan takes a resource in: by name, by tag, or by everything of its kind. */
import { compliant, type Finding, violation } from "./finding.ts";
import type { ResourceView } from "./resource.ts";
import type { StackView } from "./stack.ts";

/** Answers for one resource. Plans of another stack are not seen, so a stack without selections has nothing to be held against. */
export function inBackupPlan(resource: ResourceView, stack: StackView): Finding {
    const selections = stack.ofType("backup/selection");
    return selections.some((selection) => takesIn(selection, resource, stack))
        ? compliant
        : violation(
              "",
              `expected a backup selection that takes it in, got ${selections.length === 0 ? "no selection in this stack" : "none that does"}`,
          );
}

function takesIn(selection: ResourceView, resource: ResourceView, stack: StackView): boolean {
    if (stack.references(selection, "notResources").includes(resource)) {
        return false;
    }
    const tagged = selection
        .list("selectionTags")
        .some((tag) => tag.text("type") === "STRINGEQUALS" && resource.tag(tag.text("key") ?? "") === tag.text("value"));
    // Conditions name the key as aws:ResourceTag/<key>.
    const conditions = selection
        .list("conditions")
        .flatMap((condition) => condition.list("stringEquals"))
        .some((condition) => resource.tag((condition.text("key") ?? "").replace(/^aws:ResourceTag\//, "")) === condition.text("value"));
    const named = stack.references(selection, "resources").includes(resource);
    const every = selection
        .knownTexts("resources")
        .some((pattern) => pattern === "*" || (pattern.startsWith("arn:") && pattern.includes("*") && ofService(pattern, resource)));
    return tagged || named || (every && selection.list("conditions").length === 0) || conditions;
}

const services: Readonly<Record<string, string>> = {
    rds: "rds",
    // Their clusters have ARNs of RDS.
    docdb: "rds",
    neptune: "rds",
    fsx: "fsx",
    dynamodb: "dynamodb",
    efs: "elasticfilesystem",
    ebs: "ec2",
    s3: "s3",
    ec2: "ec2",
};

/** `arn:aws:rds:*:*:db:*` takes in databases. */
function ofService(pattern: string, resource: ResourceView): boolean {
    const service = services[resource.type.slice(0, resource.type.indexOf("/"))];
    return service !== undefined && pattern.split(":")[2] === service;
}
