import { expect } from "chai";
import { Command } from "commander";
import { register } from "./start.ts";

function refusal(...args: string[]): string {
    const words: string[] = [];
    const program = new Command("terrace");
    register(program);
    for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: (text) => words.push(text) });
    expect(() => program.parse(["node", "terrace", "start", ...args])).to.throw();
    return words.join("");
}

describe("the options of npm start", () => {
    it("refuse a failure that names no type, with an example", () => {
        expect(refusal("--fail", "x")).to.contain(
            '--fail x: expected a resource type such as "rds/instance" before the first colon, got "x"',
        );
    });

    it("refuse an operation that there is not, with those that there are", () => {
        expect(refusal("--fail", "rds/instance:make")).to.contain(
            'expected one of create, update, delete, read after the type, got "make"',
        );
    });

    for (const setting of ["x", "x=1", "=1", "network.zones"]) {
        it(`refuse --set ${setting}, with an example`, () => {
            expect(refusal("--set", setting)).to.contain(
                `--set ${setting}: expected a key of the stack file and its value, such as network.zones=4`,
            );
        });
    }

    it("refuse an option that there is not, with the nearest", () => {
        expect(refusal("--frsh")).to.contain("Did you mean --fresh?");
    });

    it("are each explained, without defaults that say nothing", () => {
        const program = new Command("terrace");
        register(program);
        for (const command of program.commands) {
            expect(command.helpInformation()).not.to.match(/default: (false|\[\]|\{\})/);
            for (const { long, description } of command.options) expect(description, String(long)).to.match(/^\w.{10,}/);
        }
    });
});
