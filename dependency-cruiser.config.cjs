/** Who may import whom (docs and design: "Laws"). Tests may look at everything; nothing may look at tests. */
const test = "\\.test\\.ts$|/testing\\.ts$|^tests/";
/** Decided before anything exists, so that it can be judged, drawn and priced without an engine. */
const plain = "^(components|stacks)/.+[/-](settings|plan|ledger|rules)\\.ts$|^stacks/(settings|environment|rules|problems)\\.ts$";
/** @type {(name: string, comment: string, from: object, to: object) => object} */
const never = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
    forbidden: [
        never(
            "conventions-are-a-leaf",
            "Everything imports conventions, so conventions import nothing but libraries for values. Move the code to its user.",
            { path: "^conventions/", pathNot: test },
            { pathNot: "^conventions/|node_modules/(zod|ip-address|fastest-levenshtein)/" },
        ),
        never(
            "components-stand-alone",
            "A component knows no other component and nothing above it. What two share is in components/parts or conventions; what joins two is a verb called in stacks/compose.ts.",
            { path: "^components/([^/]+)/", pathNot: test },
            { path: "^(components|stacks|policy-pack|tools|tests|blueprints)/|^index\\.ts$", pathNot: "^components/($1|parts)/" },
        ),
        never(
            "components-use-few-libraries",
            "Another library in a component is a decision: write it down in docs/decisions and add it here.",
            { path: "^components/", pathNot: `${test}|/handlers?/` },
            { path: "node_modules/", pathNot: "node_modules/(@pulumi/|zod/|ip-address/)" },
        ),
        never(
            "settings-and-plans-are-pure",
            "Settings and plans are read without an engine, so they import no Pulumi. Take plain values and let the component make the resource.",
            { path: plain, pathNot: test },
            { path: "node_modules/@pulumi/" },
        ),
        never(
            "stacks-know-no-tool",
            "The program deploys without the tools and the policies that read it.",
            { path: "^(stacks/|index\\.ts$)", pathNot: test },
            { path: "^(tools|policy-pack|tests|blueprints)/" },
        ),
        never(
            "one-place-makes-the-provider",
            "Only stacks/providers.ts may touch AWS in stacks/; a resource belongs in a component.",
            { path: "^(stacks/|index\\.ts$)", pathNot: `${test}|^stacks/providers\\.ts$` },
            { path: "node_modules/@pulumi/aws" },
        ),
        never(
            "policies-judge-any-program",
            "The pack works on any Pulumi program, so it knows nothing of this one.",
            { path: "^policy-pack/", pathNot: test },
            { path: "^(components|stacks|tools|tests|blueprints)/" },
        ),
        never(
            "policies-start-quickly",
            "@pulumi/aws at run time costs the pack 0.25 s and 160 MiB; its types are free (`import type`).",
            { path: "^policy-pack/", pathNot: test },
            { path: "node_modules/@pulumi/aws", dependencyTypesNot: ["type-only"] },
        ),
        never(
            "tools-are-never-imported",
            "Tools read the program; the program does not know them.",
            { pathNot: `^tools/|${test}` },
            { path: "^tools/" },
        ),
        never(
            "tests-are-never-imported",
            "Only a test may use what tests/ offers.",
            { pathNot: test },
            { path: test, pathNot: "/testing\\.ts$" },
        ),
        never(
            "no-circle",
            "Two files that import each other are one idea or three.",
            { path: "^(conventions|components|stacks|policy-pack|tools)/" },
            { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
        ),
    ],
    options: {
        doNotFollow: { path: "node_modules" },
        exclude: { path: "^(\\.terrace|coverage)/" },
        tsPreCompilationDeps: "specify",
        tsConfig: { fileName: "tsconfig.json" },
        enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"] },
        skipAnalysisNotInRules: true,
        cache: { folder: ".terrace/cruised", strategy: "content" },
    },
};
