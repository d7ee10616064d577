/** Settings of the keys: how long one can still be rescued, how often it rotates, who administers it. */
import { z } from "zod";

/** Who may be named in a key's policy: roles and users, whole. AWS refuses one that does not exist, and cannot match wildcards here. */
const administrator = z.string().regex(/^arn:aws:iam::\d{12}:(role|user)\/[\w+=,.@/-]{1,512}$/, {
    error: (issue) =>
        `expected the ARN of an IAM role or user that exists, such as arn:aws:iam::123456789012:role/security, got ${JSON.stringify(issue.input)}`,
});

export const KeysSettings = z.strictObject({
    deletionWindowDays: z
        .int()
        .min(7)
        .max(30)
        .describe(
            "Days, 7 to 30, in which a deleted key can be called back. What it encrypted is unreadable from the first day. Changes in place.",
        ),
    rotationDays: z
        .int()
        .min(90)
        .max(2560)
        .optional()
        .describe(
            "Days between rotations of the key material, 90 to 2560. Old data stays readable. Changes in place; taken out again, the last one holds. Default: - AWS's, which is a year.",
        ),
    multiRegion: z
        .boolean()
        .default(false)
        .describe(
            "Whether the keys of data that may be copied to another region can have replicas there. For ever: changing it replaces those keys, and what the old ones encrypted is lost after the deletion window.",
        ),
    shared: z
        .boolean()
        .default(false)
        .describe(
            "Whether one key serves all that stands in the environment's region, instead of one a kind of data. Saves a dollar a month for each; who may read the logs may then read the database. Only where the environment is expendable. For ever: changing it replaces what holds data.",
        ),
    administrators: z
        .array(administrator)
        .max(20)
        .refine((arns) => new Set(arns).size === arns.length, "names the same principal twice")
        .default([])
        .describe(
            "Roles that may change the keys but not use them. They must exist already. Default: whoever the account's IAM policies let.",
        ),
});
export type KeysSettings = Readonly<z.infer<typeof KeysSettings>>;
