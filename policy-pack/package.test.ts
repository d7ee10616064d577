import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect } from "chai";
import { describe, it } from "mocha";

const folder = import.meta.dirname;
const packageOf = (file: string) => JSON.parse(readFileSync(file, "utf8"));
const own = packageOf(join(folder, "package.json"));
const project = packageOf(join(folder, "..", "package.json"));

/** What only this project runs: tests, and what they and the maintainers need. */
const forMaintainers = /\.test\.ts$|^(testing|benchmark|mutation|mutants|module-registry)\.ts$/;

const imports = globSync("{*.ts,*.mjs,{core,rules,report}/**/*.ts}", { cwd: folder })
    .filter((file) => !forMaintainers.test(file))
    .flatMap((file) => {
        const text = readFileSync(join(folder, file), "utf8");
        return [...text.matchAll(/(?:from|import|\(import\.meta\.url\))\s*\(?"([@.\w][\w./@-]*)"/g)].map(([, specifier = ""]) => ({
            file,
            specifier,
        }));
    })
    .filter(({ specifier }) => !specifier.startsWith("node:"));

describe("the folder of the pack", () => {
    it("stands alone: nothing in it reaches outside", () => {
        expect(imports.length).to.be.greaterThan(300);
        const outside = imports.filter(
            ({ file, specifier }) => specifier.startsWith(".") && relative(folder, join(folder, dirname(file), specifier)).startsWith(".."),
        );
        expect(outside).to.deep.equal([]);
    });

    it("names all that it needs, in the versions that are tested here", () => {
        const packages = new Set(
            imports
                .filter(({ specifier }) => !specifier.startsWith("."))
                .map(({ specifier }) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/")),
        );
        expect([...packages].sort()).to.deep.equal(Object.keys(own.dependencies).filter((name) => name !== "@pulumi/pulumi"));
        const tested = { ...project.dependencies, ...project.devDependencies };
        for (const [name, version] of Object.entries(own.dependencies)) {
            expect(version, name).to.equal(tested[name]);
        }
    });
});
