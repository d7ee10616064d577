/**
 * Owns the repository of an image that this program builds, and the image in it. The builder, awsx, is loaded only when there is
 * something to build: it brings a plugin and needs Docker, and most stacks name an image that a pipeline has built.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../../conventions/environment.ts";
import { nameTag } from "../../parts/tags.ts";
import type { BuildSettings, ImageSettings } from "./settings.ts";

export interface ImageArgs {
    readonly environment: Environment;
    /** Key of the repository. Changing it replaces the repository. */
    readonly keyArn: pulumi.Input<string>;
    /** What the machines are: an image for the other kind starts nowhere. */
    readonly platform: "linux/arm64" | "linux/amd64";
}

/** The reference of an image: the one that the settings name, or that of the one they describe. */
export async function resolveImage(
    name: string,
    settings: ImageSettings,
    args: ImageArgs,
    opts?: pulumi.ComponentResourceOptions,
): Promise<pulumi.Input<string>> {
    if (settings.build !== undefined) {
        return buildImage(name, settings.build, args, opts);
    }
    if (settings.reference === undefined) {
        throw new Error(`${name}: neither a reference nor a build, the settings should have refused this`);
    }
    return settings.reference;
}

/** Builds and pushes; answers with the reference by digest, so that another image is another launch template and the same one is not. */
export async function buildImage(
    name: string,
    settings: BuildSettings,
    args: ImageArgs,
    opts?: pulumi.ComponentResourceOptions,
): Promise<pulumi.Output<string>> {
    const { ecr } = await import("@pulumi/awsx");
    return new BuiltImage(name, { ...settings, ...args, builder: ecr.Image }, opts).reference;
}

/** The part of awsx that is used. */
type Builder = new (
    name: string,
    args: {
        readonly repositoryUrl: pulumi.Input<string>;
        readonly imageTag: string;
        readonly context: string;
        readonly platform: string;
        readonly dockerfile?: string;
        readonly target?: string;
        readonly args?: Record<string, string>;
    },
    opts: pulumi.ComponentResourceOptions,
) => { readonly imageUri: pulumi.Output<string> };

export class BuiltImage extends pulumi.ComponentResource {
    /** `<registry>/<repository>@sha256:…`. */
    public readonly reference: pulumi.Output<string>;
    private readonly name: string;

    public constructor(
        name: string,
        args: BuildSettings & ImageArgs & { readonly builder: Builder },
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("terrace:compute:BuiltImage", name, {}, opts);
        this.name = name;
        const repository = this.createRepository(args);
        this.reference = new args.builder(
            `${name}-build`,
            {
                repositoryUrl: repository.repositoryUrl,
                imageTag: this.movingTag,
                context: args.context,
                platform: args.platform,
                ...(args.dockerfile !== undefined && { dockerfile: args.dockerfile }),
                ...(args.target !== undefined && { target: args.target }),
                ...(args.arguments !== undefined && { args: args.arguments }),
            },
            { parent: this },
        ).imageUri;
        this.registerOutputs({ reference: this.reference });
    }

    /** awsx names its own child by the tag, too: so the tag must hold this image's name, or two images of a stack collide. */
    private get movingTag(): string {
        return `${this.name}-newest`;
    }

    /**
     * awsx pushes each build under one tag, which a wholly immutable repository refuses from the second build on. So every tag is
     * immutable but that one, which nothing runs by: machines are told the digest.
     */
    private createRepository(args: BuildSettings & ImageArgs): aws.ecr.Repository {
        const repository = new aws.ecr.Repository(
            `${this.name}-repository`,
            {
                imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
                imageTagMutabilityExclusionFilters: [{ filter: this.movingTag, filterType: "WILDCARD" }],
                imageScanningConfiguration: { scanOnPush: true },
                encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: args.keyArn }],
                forceDelete: args.environment.expendable,
                tags: nameTag(args.environment, this.name),
            },
            { parent: this, protect: !args.environment.expendable },
        );
        const kept = args.keptImages ?? 30;
        new aws.ecr.LifecyclePolicy(
            `${this.name}-lifecycle`,
            {
                repository: repository.name,
                policy: JSON.stringify({
                    rules: [
                        {
                            rulePriority: 1,
                            description: `Keep the newest ${kept} that no tag points to`,
                            selection: { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: kept },
                            action: { type: "expire" },
                        },
                    ],
                }),
            },
            { parent: this },
        );
        return repository;
    }
}
