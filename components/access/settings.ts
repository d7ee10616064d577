/** Settings of shell access by Session Manager: who may open what kind of session, how long it lives, what is recorded. */
import { z } from "zod";
import { logRetentionDays, mapKey, port, words } from "../../conventions/fields.ts";
import { nearest, oneOf } from "../../conventions/refusal.ts";

/** Ports that would turn a forwarded port into a second way of logging in, past what is recorded. */
const unforwardable = [22, 3389];

const posixUser = z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, {
    error: (issue) => `expected a user of the operating system such as operator, got ${JSON.stringify(issue.input)}`,
});

/** Whole accounts are refused: they would let everybody in who may assume any role there. */
const principal = z.string().regex(/^arn:aws:iam::\d{12}:(role\/[\w+=,.@/*-]{1,512}|user\/[\w+=,.@/-]{1,512})$/, {
    error: (issue) =>
        `expected the ARN of a role or user such as arn:aws:iam::123456789012:role/operator, or with * for a role of Identity Center, got ${JSON.stringify(issue.input)}`,
});

const role = z.strictObject({
    principals: z
        .array(principal)
        .min(1)
        .max(10)
        .describe(
            "Roles and users who may take this role. A role may hold * (Identity Center adds characters of its own); those also need sts:AssumeRole by their own policy.",
        ),
    mfa: z
        .boolean()
        .default(true)
        .describe("Whether the caller must have signed in with a second factor. False only for Identity Center, which asks for it itself."),
    hours: z.int().min(1).max(12).default(1).describe("Hours until the role must be taken again, 1 to 12."),
    shell: z.boolean().default(true).describe("Whether the role may open a shell."),
    forward: z.boolean().default(false).describe("Whether the role may forward the ports of forwardPorts."),
    commands: z.array(mapKey).default([]).describe("Keys of the commands that the role may run, with or without a shell."),
    runAsUser: posixUser.optional().describe("User of the operating system for this role's shells. Default: the component's runAsUser."),
});

const command = z.strictObject({
    line: z
        .string()
        .regex(/^[^\r\n]{1,1000}$/, "expected one line of at most 1000 characters")
        .refine((line) => !line.includes("{{"), "must not hold {{, which Session Manager would take for a parameter")
        .describe("What runs, such as journalctl --follow --unit app. It is the whole of what a role with this command can do."),
    description: words.describe("What it is for, as a list of documents shows it."),
    elevated: z.boolean().default(false).describe("Whether it runs as root."),
});

export const AccessSettings = z
    .strictObject({
        idleMinutes: z.int().min(1).max(60).default(20).describe("Minutes without a keystroke after which a session ends, 1 to 60."),
        maximumMinutes: z.int().min(1).max(1440).default(240).describe("Minutes after which a session ends whatever happens, 1 to 1440."),
        runAsUser: posixUser
            .optional()
            .describe(
                "User of the operating system that shells run as; it must exist on every instance. Default: - ssm-user, who may use sudo.",
            ),
        linuxShellProfile: z
            .string()
            .max(512)
            .optional()
            .describe("Commands at the start of every shell, such as exec /bin/bash. Default: - none, which is sh."),
        retentionDays: logRetentionDays
            .optional()
            .describe("Days to keep what was typed and seen. Default: the environment's logRetentionDays."),
        accountPreferences: z
            .boolean()
            .default(false)
            .describe(
                "Whether this environment also owns SSM-SessionManagerRunShell, the default of the whole account and region. One environment an account and region; where the document exists already, import it first.",
            ),
        forwardPorts: z
            .array(
                port.refine((value) => !unforwardable.includes(value), {
                    error: (issue) =>
                        `must not be a shell's port (${unforwardable.join(", ")}): what is typed there is not recorded, got ${JSON.stringify(issue.input)}`,
                }),
            )
            .max(20)
            .default([])
            .describe("Ports that may be forwarded from a person through an instance to a host of the network, such as 5432."),
        commands: z
            .record(mapKey, command)
            .default({})
            .describe("Commands by key, for roles that get no shell. A key is in the document's name."),
        roles: z.record(mapKey, role).default({}).describe("Who may open a session here, by key. Whoever is not named may not."),
    })
    .superRefine((access, context) => {
        const problem = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
        const known = Object.keys(access.commands);
        if (access.idleMinutes > access.maximumMinutes) {
            problem(["idleMinutes"], `must not exceed maximumMinutes (${access.maximumMinutes}), got ${access.idleMinutes}`);
        }
        for (const [key, { commands, forward, shell, runAsUser }] of Object.entries(access.roles)) {
            for (const [index, name] of commands.entries()) {
                if (!known.includes(name)) {
                    const near = nearest(name, known);
                    problem(
                        ["roles", key, "commands", index],
                        `expected a key of commands, ${near === undefined ? oneOf(known) : oneOf([near])}, got ${JSON.stringify(name)}`,
                    );
                }
            }
            if (forward && access.forwardPorts.length === 0) {
                problem(["roles", key, "forward"], "needs forwardPorts, which names no port");
            }
            if (!shell && !forward && commands.length === 0) {
                problem(["roles", key], "may do nothing: give it shell, forward or commands, or leave it out");
            }
            if (runAsUser !== undefined && access.runAsUser === undefined) {
                problem(["roles", key, "runAsUser"], "needs access.runAsUser, because Session Manager looks at neither or at both");
            }
        }
    });
export type AccessSettings = Readonly<z.infer<typeof AccessSettings>>;
