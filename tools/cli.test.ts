import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "./setup/cache-folder.mjs";

describe("the command line", () => {
    const folder = mkdtempSync(join(tmpdir(), "terrace-cli-"));
    const stackFile = join(folder, "Pulumi.prod.yaml");
    before(() => {
        for (const file of ["Pulumi.yaml", "Pulumi.prod.yaml"]) cpSync(join(projectRoot, file), join(folder, file));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    function terrace(...words: readonly string[]) {
        const { status, stdout, stderr } = spawnSync(process.execPath, [join(projectRoot, "tools", "cli.ts"), ...words], {
            encoding: "utf8",
        });
        return { status, stdout, stderr };
    }

    it("says what is wrong with a stack file and nothing of its own insides", () => {
        writeFileSync(stackFile, readFileSync(stackFile, "utf8").replace("multiAz: true", "multiAZ: true"));
        const { status, stdout, stderr } = terrace("policy", "check", "--project", folder, "--stack", "prod");
        expect([status, stdout]).to.deep.equal([1, ""]);
        expect(stderr.trim()).to.match(/^Pulumi\.prod\.yaml cannot be used:\n\n/);
        expect(stderr).to.contain('database.multiAZ  unknown key; did you mean "multiAz"?');
        expect(stderr).not.to.match(/\bat .*:\d+:\d+|Node\.js/);
    });

    it("names the command that was meant", () => {
        const { status, stderr } = terrace("polcy");
        expect(status).to.equal(1);
        expect(stderr).to.contain('there is no command "polcy"; did you mean "policy"?');
    });
});
