/** DynamoDB tables and DAX clusters. */
import { expects, isTrue, oneOf } from "../core/conditions.ts";
import { all, compliant, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";

export const tables: readonly Rule[] = [
    {
        id: "dynamodb-cmk",
        title: "Every table is encrypted with a key of your own",
        why: "DynamoDB always encrypts; only your own key can be taken away and tells who used it.",
        fix: "Set `serverSideEncryption: { enabled: true, kmsKeyArn }`.",
        severity: "low",
        levels: standing.regulated,
        controls: { hipaa: ["312(a)(2)(iv)"] },
        on: ["dynamodb/table"],
        judge: (resource) =>
            all(
                () =>
                    resource.flag("serverSideEncryption.enabled") === true
                        ? compliant
                        : violation("serverSideEncryption.enabled", "expected true, got no key of your own"),
                () =>
                    resource.has("serverSideEncryption") && !resource.has("serverSideEncryption.kmsKeyArn")
                        ? violation("serverSideEncryption.kmsKeyArn", "expected a key of your own, got nothing")
                        : compliant,
            ),
    },
    {
        id: "dax-encrypted",
        title: "Every DAX cluster encrypts its cache and its connections",
        why: "DAX holds rows of the table in memory and on disk; neither encryption can be added later.",
        fix: 'Set `serverSideEncryption: { enabled: true }` and `clusterEndpointEncryptionType: "TLS"`.',
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["DynamoDB.3", "DynamoDB.7"], hipaa: ["REST"] },
        on: ["dax/cluster"],
        judge: (resource) =>
            all(
                () => expects(resource, "serverSideEncryption.enabled", isTrue),
                () => expects(resource, "clusterEndpointEncryptionType", oneOf("TLS")),
            ),
    },
];
