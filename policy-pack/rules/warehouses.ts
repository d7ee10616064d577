/** Redshift clusters and serverless workgroups. */
import { expects, notFalse, notTrue, show } from "../core/conditions.ts";
import { compliant, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";

export const warehouses: readonly Rule[] = [
    {
        id: "redshift-encrypted",
        title: "Every warehouse is encrypted",
        why: "A warehouse is where all the data comes together.",
        fix: "Leave `encrypted` out or true, and give `kmsKeyId`.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["Redshift.10"], hipaa: ["REST", "AUD"] },
        on: ["redshift/cluster"],
        judge: (resource) => expects(resource, "encrypted", notFalse),
    },
    {
        id: "redshift-not-public",
        title: "No warehouse has a public address",
        why: "A warehouse on the internet is one password away from everybody.",
        fix: "Set `publiclyAccessible: false`; older providers made it true by default.",
        severity: "critical",
        levels: standing.everywhere,
        controls: { fsbp: ["Redshift.1"], hipaa: ["ACCNET"] },
        on: ["redshift/cluster", "redshiftserverless/workgroup"],
        judge: (resource) => expects(resource, "publiclyAccessible", notTrue),
    },
    {
        id: "redshift-require-tls",
        title: "Every warehouse refuses connections without TLS",
        why: "Redshift accepts plain connections until `require_ssl` is set.",
        fix: "Attach a `redshift.ParameterGroup` with `require_ssl` = true.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["Redshift.2"], hipaa: ["TRANSIT"] },
        scope: "relation",
        on: ["redshift/cluster"],
        judge: (resource, _parameters, stack) => {
            const [group] = stack.references(resource, "clusterParameterGroupName", "redshift/parameterGroup");
            if (group === undefined) {
                return violation("clusterParameterGroupName", "expected a parameter group with require_ssl=true, got none of this stack");
            }
            const value = group
                .list("parameters")
                .find((parameter) => parameter.text("name") === "require_ssl")
                ?.text("value");
            return value === "true"
                ? compliant
                : violation("clusterParameterGroupName", `expected require_ssl=true in ${group.name}, got ${show(value)}`);
        },
    },
];
