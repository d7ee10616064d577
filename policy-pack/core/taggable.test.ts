import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";
import { taggable } from "./taggable.ts";
import { canonicalType } from "./types.ts";

const folder = dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));

function typesWithTags(): readonly string[] {
    return globSync("*/*.js", { cwd: folder }).flatMap((file) => {
        const token = /__pulumiType = '(aws:[^']+)'/.exec(readFileSync(join(folder, file), "utf8"))?.[1];
        const declaration = token === undefined ? "" : readFileSync(join(folder, file.replace(/\.js$/, ".d.ts")), "utf8");
        const inputs = /^export interface \w+Args \{[\s\S]*?^\}/m.exec(declaration)?.[0] ?? "";
        return token !== undefined && /^ {4}tags\?: /m.test(inputs) ? [canonicalType(token)] : [];
    });
}

describe("the types that take tags", () => {
    it("are those of the installed @pulumi/aws", () => {
        const declared = new Set(typesWithTags());
        expect([...declared].filter((type) => !taggable.has(type))).to.deep.equal([]);
        expect([...taggable].filter((type) => !declared.has(type))).to.deep.equal([]);
    });
});
