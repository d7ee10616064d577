/** Where the container image of a service comes from. */
import { z } from "zod";
import { referenceRefusal } from "./reference.ts";

const Build = z.strictObject({
    context: z.string().min(1).describe("Folder that is sent to the builder, relative to the project."),
    dockerfile: z
        .string()
        .min(1)
        .optional()
        .describe("Path of the Dockerfile, relative to the project. Default: Dockerfile in the context."),
    target: z.string().min(1).optional().describe("Stage of the Dockerfile to stop at. Default: the last."),
    arguments: z
        .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string())
        .optional()
        .describe("Build arguments. No secrets: they stay readable in the image's history. Default: none."),
    keptImages: z
        .int()
        .min(2)
        .max(1000)
        .optional()
        .describe("Images kept in the repository, so that older ones can be returned to. Default 30."),
});

export const ImageSettings = z
    .strictObject({
        reference: z
            .string()
            .superRefine((value, context) => {
                const message = referenceRefusal(value);
                if (message !== undefined) {
                    context.addIssue({ code: "custom", message });
                }
            })
            .optional()
            .describe("Registry, repository and tag or digest of an image that exists, such as public.ecr.aws/nginx/nginx:1.29."),
        build: Build.optional().describe(
            "Builds the image with Docker on the machine that runs `up`, and pushes it to a repository of this environment.",
        ),
    })
    .superRefine((image, context) => {
        if ((image.reference === undefined) === (image.build === undefined)) {
            context.addIssue({
                code: "custom",
                message: `expected either reference or build, got ${image.build === undefined ? "neither" : "both"}`,
            });
        }
    });
export type ImageSettings = Readonly<z.infer<typeof ImageSettings>>;
export type BuildSettings = Readonly<z.infer<typeof Build>>;
