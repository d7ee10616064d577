import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { Environment } from "../../../conventions/environment.ts";
import { nameRefusal } from "../../../conventions/names.ts";
import { type Inventory, takeInventory, UNKNOWN } from "../../../tools/inventory/inventory.ts";
import { resolveImage } from "./image.ts";
import { ecrImage, referenceRefusal } from "./reference.ts";
import { ImageSettings } from "./settings.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
};

function build(settings: object, given = environment): Promise<Inventory> {
    return takeInventory("shop", "prod", async () => {
        const { build } = ImageSettings.parse({ build: settings });
        const reference = await resolveImage(
            "image",
            build === undefined ? {} : { build },
            { environment: given, keyArn: "arn:aws:kms:eu-west-1:123456789012:key/1", platform: "linux/arm64" },
            { provider: new aws.Provider("given", { region: "eu-west-1" }) },
        );
        return { reference };
    });
}

function inputs(inventory: Inventory, name: string): Readonly<Record<string, unknown>> {
    const found = inventory.resources.find((resource) => resource.name === name);
    expect(found, name).not.equal(undefined);
    return found?.inputs ?? {};
}

describe("an image by reference", () => {
    it("loads nothing of awsx, nor does the fleet that runs it", () => {
        const program = `
            import { createRequire } from "node:module";
            await import("./components/compute/fleet/fleet.ts");
            await import("./components/compute/settings.ts");
            const { resolveImage } = await import("./components/compute/image/image.ts");
            console.log(await resolveImage("image", { reference: "nginx:1.29" }, {}));
            const loaded = Object.keys(createRequire(import.meta.url).cache);
            console.log(loaded.some((path) => path.includes("/@pulumi/aws/")), loaded.filter((path) => path.includes("awsx")).length);`;
        const root = fileURLToPath(new URL("../../..", import.meta.url));
        const said = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { cwd: root, encoding: "utf8" });
        expect(said).equal("nginx:1.29\ntrue 0\n");
    });
});

describe("a built image", () => {
    let inventory: Inventory;

    before(async () => {
        inventory = await build({ context: "app", dockerfile: "app/Dockerfile", target: "run", arguments: { VERSION: "1" } });
    });

    it("is pushed by awsx for the platform of the machines, and known only afterwards", () => {
        expect(inputs(inventory, "image-build")).deep.equal({
            repositoryUrl: UNKNOWN,
            imageTag: "image-newest",
            context: "app",
            dockerfile: "app/Dockerfile",
            target: "run",
            args: { VERSION: "1" },
            platform: "linux/arm64",
        });
        expect(inventory.outputs).deep.equal({ reference: UNKNOWN });
    });

    it("lies in a repository of its own: encrypted, scanned, and immutable but for the tag that awsx moves", () => {
        expect(inputs(inventory, "image-repository")).deep.include({
            imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters: [{ filter: "image-newest", filterType: "WILDCARD" }],
            imageScanningConfiguration: { scanOnPush: true },
            encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: "arn:aws:kms:eu-west-1:123456789012:key/1" }],
        });
    });

    it("keeps older ones to return to, thirty unless told", async () => {
        const kept = (from: Inventory) => JSON.parse(`${inputs(from, "image-lifecycle").policy}`).rules[0].selection.countNumber;
        expect(kept(inventory)).equal(30);
        expect(kept(await build({ context: "app", keptImages: 5 }))).equal(5);
    });

    it("is protected, unless the environment is expendable", async () => {
        const find = (from: Inventory) => from.resources.find((resource) => resource.name === "image-repository");
        expect(find(inventory)).include({ protect: true });
        expect(find(inventory)?.inputs.forceDelete).equal(false);
        const expendable = await build({ context: "app" }, { ...environment, expendable: true });
        expect(find(expendable)).include({ protect: false });
        expect(find(expendable)?.inputs.forceDelete).equal(true);
    });

    it("names its children after itself", () => {
        const children = inventory.resources.filter((resource) => resource.parent.endsWith("::image"));
        expect(children.map((child) => child.name)).have.members(["image-build", "image-lifecycle", "image-repository"]);
        for (const child of children) {
            expect(nameRefusal(child.type, `${child.name}-1234567`)).equal(undefined);
        }
        for (const child of children.filter((each) => each.custom)) {
            expect(child.provider).contain("pulumi:providers:aws::given");
        }
    });
});

describe("a reference", () => {
    for (const sound of [
        "nginx:1.29",
        "public.ecr.aws/nginx/nginx:1.29",
        "localhost:5000/app:v1",
        `ghcr.io/one/two@sha256:${"0".repeat(64)}`,
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/app:2026-11-21",
    ]) {
        it(`may be ${sound}`, () => {
            expect(referenceRefusal(sound)).equal(undefined);
        });
    }

    it("points into ECR only with an account's registry in front", () => {
        expect(ecrImage("123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/app:1")).deep.equal({
            registry: "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            accountId: "123456789012",
            region: "eu-west-1",
            repository: "shop/app",
        });
        expect(ecrImage("123456789012.dkr-ecr.eu-west-1.on.aws/app:1")?.region).equal("eu-west-1");
        expect(ecrImage("public.ecr.aws/nginx/nginx:1.29")).equal(undefined);
    });
});
