/** The block of a stack file that says whose environment this is, where it stands, and how precious it is. Pure. */
import { z } from "zod";
import { accountId, logRetentionDays, region, words } from "../conventions/fields.ts";

const tagValue = z.string().regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u, {
    error: "expected letters, digits, spaces and _ . : / = + - @ (AWS refuses the rest in a tag)",
});

/** Changing `account` or `region` means another environment: the stack's resources do not move. */
export const EnvironmentSettings = z
    .strictObject({
        account: accountId.describe(
            "Account that this stack may touch, in quotes. Every call to another account is refused before anything exists.",
        ),
        region: region.describe(
            "Region of everything but what AWS keeps in us-east-1 (CloudFront, its certificate and its firewall). Never changes.",
        ),
        expendable: z
            .boolean()
            .describe(
                "Whether its data may be thrown away. false: databases, buckets and keys are protected, kept on destroy, and leave a final snapshot.",
            ),
        profile: z
            .enum(["development", "production", "regulated"])
            .describe("How strictly policy-pack judges the stack: rehearsals and CI hand it policy-pack/profiles/<profile>.json."),
        logRetentionDays: logRetentionDays.describe(
            "Days that log groups keep what is written to them. One of the numbers that CloudWatch accepts.",
        ),
        owner: words.describe("Who answers for the environment: tag terrace:owner on everything."),
        costCentre: words.optional().describe("Who pays: tag terrace:cost-centre on everything. Default: no such tag."),
        tags: z
            .record(
                z.string().regex(/^(?!aws:|terrace:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu, {
                    error: "expected a tag key that does not begin with aws: or terrace:",
                }),
                tagValue,
            )
            .optional()
            .describe("Further tags on everything. Adding one replaces nothing. Default: none."),
    })
    .superRefine(({ tags }, context) => {
        const keys = Object.keys(tags ?? {});
        for (const key of keys.filter((each, index) => keys.findIndex((other) => other.toLowerCase() === each.toLowerCase()) < index)) {
            context.addIssue({
                code: "custom",
                path: ["tags", key],
                message: "differs from another tag only in case, which IAM refuses and cost reports split",
            });
        }
        if (keys.length > 40) {
            context.addIssue({
                code: "custom",
                path: ["tags"],
                message: `expected at most 40 tags (AWS takes 50, terrace and components set some), got ${keys.length}`,
            });
        }
    });
export type EnvironmentSettings = Readonly<z.infer<typeof EnvironmentSettings>>;

/** Tags of everything in the environment. Also handed to what the provider's default tags do not reach: instances, volumes, interfaces. */
export function environmentTags(settings: EnvironmentSettings, project: string, stack: string): Readonly<Record<string, string>> {
    return {
        ...settings.tags,
        "terrace:environment": `${project}-${stack}`,
        "terrace:owner": settings.owner,
        ...(settings.costCentre !== undefined && { "terrace:cost-centre": settings.costCentre }),
        "terrace:managed-by": "pulumi",
    };
}
