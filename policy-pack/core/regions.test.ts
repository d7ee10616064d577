import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { isGlobal } from "./regions.ts";
import { canonicalType } from "./types.ts";

const folder = dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));

/** Types and whether they take a `region`. */
function declaredTypes(): readonly (readonly [type: string, regional: boolean])[] {
    return globSync("*/*.js", { cwd: folder }).flatMap((file) => {
        const token = /__pulumiType = '(aws:[^']+)'/.exec(readFileSync(join(folder, file), "utf8"))?.[1];
        const declaration = token === undefined ? "" : readFileSync(join(folder, file.replace(/\.js$/, ".d.ts")), "utf8");
        const inputs = /^export interface \w+Args \{[\s\S]*?^\}/m.exec(declaration)?.[0] ?? "";
        return token === undefined ? [] : [[canonicalType(token), /^ {4}region\?: /m.test(inputs)] as const];
    });
}

describe("global services", () => {
    const declared = declaredTypes();

    it("take no region in the installed @pulumi/aws", () => {
        expect(declared.filter(([type, regional]) => regional && isGlobal(type))).to.deep.equal([]);
    });

    it("are all that have no type with a region", () => {
        const modules = new Set(declared.map(([type]) => type.slice(0, type.indexOf("/"))));
        const regional = new Set(declared.flatMap(([type, takes]) => (takes ? [type.slice(0, type.indexOf("/"))] : [])));
        const missing = [...modules].filter((module) => !regional.has(module) && !isGlobal(`${module}/any`));
        expect(missing).to.deep.equal([]);
    });

    it("leave out the resolver of Route 53", () => {
        expect(["route53/zone", "route53/resolverEndpoint", "s3/bucket", "iam/role"].map(isGlobal)).to.deep.equal([
            true,
            false,
            false,
            true,
        ]);
    });
});
