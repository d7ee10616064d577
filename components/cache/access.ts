/**
 * How clients prove who they are: an AUTH token, or a user with a password or IAM. Secrets are versions of one secret by generation.
 *
 * A generation is drawn once and kept; later runs draw another and ignore it. The next generation is a further version, made current,
 * while the cache still takes the one before, so that a rotation is a change of settings and nobody is locked out by it.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { shorten } from "./plan.ts";
import type { CacheSettings } from "./settings.ts";

export interface CacheAccess {
    /** Absent for users, who have a group instead. */
    readonly authToken?: pulumi.Output<string>;
    readonly userGroupId?: pulumi.Output<string>;
    /** Absent for a token, which goes without a user. */
    readonly username?: string;
    /** For the permission to log in by IAM. Absent for a token. */
    readonly userArn?: pulumi.Output<string>;
    /** JSON with username (empty for a token) and password. Absent for IAM. */
    readonly secretArn?: pulumi.Output<string>;
}

interface AccessArgs {
    readonly environment: Environment;
    readonly secretsKeyArn: pulumi.Input<string>;
    readonly engine: CacheSettings["engine"];
    readonly authentication: CacheSettings["authentication"];
}

export function createAccess(name: string, args: AccessArgs, opts: pulumi.CustomResourceOptions): CacheAccess {
    const { authentication, environment } = args;
    if (authentication.kind === "token") {
        const { arn, passwords } = createSecret(name, args, { username: "", generation: authentication.generation, kept: 1 }, opts);
        return { secretArn: arn, ...(passwords[0] !== undefined && { authToken: passwords[0] }) };
    }
    // IAM asks that the user's id be its name; ids are the account's, so it begins with the environment.
    const username = shorten(`${environment.name}-${name}-app`, 40);
    const secret =
        authentication.kind === "password"
            ? createSecret(name, args, { username, generation: authentication.generation, kept: 2 }, opts)
            : undefined;
    const user = new aws.elasticache.User(
        `${name}-user`,
        {
            userId: username,
            userName: username,
            engine: args.engine,
            accessString: authentication.access,
            authenticationMode: secret === undefined ? { type: "iam" } : { type: "password", passwords: [...secret.passwords] },
        },
        opts,
    );
    const group = new aws.elasticache.UserGroup(
        `${name}-users`,
        {
            userGroupId: shorten(`${environment.name}-${name}`, 40),
            engine: args.engine,
            userIds: [...(args.engine === "redis" ? [createDefaultUser(name, environment, opts).userId] : []), user.userId],
        },
        opts,
    );
    return { userGroupId: group.id, username, userArn: user.arn, ...(secret && { secretArn: secret.arn }) };
}

/** Groups of Redis must hold a user named default. This one may do nothing. Valkey refuses such a user and shuts the default out by itself. */
function createDefaultUser(name: string, environment: Environment, opts: pulumi.CustomResourceOptions): aws.elasticache.User {
    return new aws.elasticache.User(
        `${name}-nobody`,
        {
            userId: shorten(`${environment.name}-${name}-nobody`, 40),
            userName: "default",
            engine: "redis",
            accessString: "off ~keys* -@all +get",
            authenticationMode: { type: "no-password-required" },
        },
        opts,
    );
}

function createSecret(
    name: string,
    { environment, secretsKeyArn }: AccessArgs,
    { username, generation, kept }: { readonly username: string; readonly generation: number; readonly kept: number },
    opts: pulumi.CustomResourceOptions,
): { readonly arn: pulumi.Output<string>; readonly passwords: readonly pulumi.Output<string>[] } {
    const secret = new aws.secretsmanager.Secret(
        `${name}-secret`,
        {
            description: `Access to ${environment.name}-${name}`,
            kmsKeyId: secretsKeyArn,
            recoveryWindowInDays: environment.expendable ? 0 : 30,
        },
        opts,
    );
    const passwords: pulumi.Output<string>[] = [];
    let before: aws.secretsmanager.SecretVersion | undefined;
    for (let each = Math.max(1, generation - kept + 1); each <= generation; each += 1) {
        const drawn = aws.secretsmanager.getRandomPasswordOutput(
            // Letters and digits only: of the rest, AUTH tokens take very little.
            { passwordLength: 64, excludePunctuation: true, requireEachIncludedType: true },
            opts.parent === undefined ? {} : { parent: opts.parent },
        );
        const version: aws.secretsmanager.SecretVersion = new aws.secretsmanager.SecretVersion(
            `${name}-secret-${each}`,
            {
                secretId: secret.arn,
                secretString: pulumi.secret(pulumi.jsonStringify({ username, password: drawn.randomPassword })),
                // A label of its own keeps a version from being dropped once it is not current any more.
                versionStages: ["AWSCURRENT", `GENERATION-${each}`],
            },
            {
                ...opts,
                ignoreChanges: ["secretString", "versionStages"],
                retainOnDelete: true,
                ...(before !== undefined && { dependsOn: [before] }),
            },
        );
        passwords.unshift(pulumi.secret(version.secretString.apply(passwordIn)));
        before = version;
    }
    return { arn: secret.arn, passwords };
}

function passwordIn(secretString: string | undefined): string {
    const content: { readonly password?: string } = JSON.parse(secretString ?? "{}");
    return content.password ?? "";
}
