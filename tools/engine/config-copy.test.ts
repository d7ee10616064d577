import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { refreshConfigCopy } from "./config-copy.ts";

describe("the copy of a stack file", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "terrace-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const copyOf = (text: string, extra: Record<string, string> = {}) => {
        writeFileSync(join(folder, "own.yaml"), text);
        refreshConfigCopy(join(folder, "own.yaml"), join(folder, "copy.yaml"), extra);
        expect(readFileSync(join(folder, "own.yaml"), "utf8")).to.equal(text);
        return parse(readFileSync(join(folder, "copy.yaml"), "utf8"));
    };

    it("has no trace of how the person encrypts, and a stand-in for each secret", () => {
        const copy = copyOf(
            "secretsprovider: awskms://alias/x\nencryptedkey: AAAA\nconfig:\n  token:\n    secure: AAAA\n  list:\n    - secure: BBBB\n",
        );
        expect(copy).to.deep.equal({ config: { token: "rehearsed-secret", list: ["rehearsed-secret"] } });
    });

    it("keeps the salt of the rehearsed state while everything else is taken anew", () => {
        writeFileSync(join(folder, "copy.yaml"), "encryptionsalt: ours\nconfig:\n  size: 1\n");
        expect(copyOf("encryptionsalt: theirs\nconfig:\n  size: 2\n")).to.deep.equal({ encryptionsalt: "ours", config: { size: 2 } });
    });

    it("takes a setting of one run by path, in the spelling that the file uses", () => {
        expect(copyOf("config:\n  network:\n    zones: 2\n", { "terrace:network.zones": "3" })).to.deep.equal({
            config: { network: { zones: 3 } },
        });
        expect(copyOf("config: {}\n", { "terrace:network.zones": "3" })).to.deep.equal({ config: { "terrace:network": { zones: 3 } } });
    });

    it("is made of a file without settings, and of none", () => {
        expect(copyOf("")).to.deep.equal({ config: {} });
        refreshConfigCopy(join(folder, "absent.yaml"), join(folder, "other.yaml"));
        expect(parse(readFileSync(join(folder, "other.yaml"), "utf8"))).to.deep.equal({ config: {} });
    });

    it("is refused for a file that is not YAML", () => {
        expect(() => copyOf("config: [\n")).to.throw(/own\.yaml is not YAML/);
    });
});
