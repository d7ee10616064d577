import { describeRule } from "../testing.ts";

describeRule({
    rule: "redshift-encrypted",
    type: "redshift/cluster",
    compliant: {},
    violations: [{ change: { encrypted: "false" }, says: ['encrypted  expected true or nothing, got "false"'] }],
});

for (const type of ["redshift/cluster", "redshiftserverless/workgroup"]) {
    describeRule({
        rule: "redshift-not-public",
        type,
        compliant: { publiclyAccessible: false },
        violations: [{ change: { publiclyAccessible: true }, says: ["publiclyAccessible  expected false or nothing, got true"] }],
    });
}

const group = (value: string) => [
    { name: "group", type: "redshift/parameterGroup", props: { parameters: [{ name: "require_ssl", value }] } },
];

describeRule({
    rule: "redshift-require-tls",
    type: "redshift/cluster",
    compliant: {},
    links: { clusterParameterGroupName: "group" },
    others: group("true"),
    violations: [
        { others: group("false"), says: ['clusterParameterGroupName  expected require_ssl=true in group, got "false"'] },
        { others: [], says: ["clusterParameterGroupName  expected a parameter group with require_ssl=true, got none of this stack"] },
    ],
});
