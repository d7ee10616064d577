/**
 * The master password where RDS cannot keep it itself: a secret, its first value, and the function that rotates it.
 *
 * The password is drawn once. It goes into a version of the secret (`seed`) before the instance exists, and everything else reads it
 * from there, so an `up` that fails between secret and instance is finished by the next one with the same password. Later runs draw
 * another and ignore it (`ignoreChanges`), so that they never undo a rotation. Both versions carry a label of their own: Secrets
 * Manager drops versions without one some time after two rotations, and a refresh would then make the program write them again.
 */
import { fileURLToPath } from "node:url";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arn, type Environment } from "../../../conventions/environment.ts";
import { type AlarmTopics, createAlarms } from "../../parts/alarm.ts";
import { createLogGroup } from "../../parts/log-group.ts";
import { ServiceRole } from "../../parts/role.ts";

export interface OwnSecretArgs {
    readonly environment: Environment;
    readonly secretsKeyArn: pulumi.Input<string>;
    readonly logsKeyArn: pulumi.Input<string>;
    readonly alarmTopics: AlarmTopics;
    /** Identifier of the instance whose password it is. */
    readonly identifier: string;
    readonly rotationDays: number;
}

/** What the secret says beside the password. */
export interface Connection {
    readonly username: string;
    readonly engine: string;
    readonly host: pulumi.Input<string>;
    readonly port: number;
    readonly dbname: string;
}

/** What rotation and ignored changes make of a version is not the program's business. */
const ignoreChanges = ["secretString", "versionStages"];

/** Waits for RDS at most 9 minutes, see handler.mjs. */
const rotationTimeoutSeconds = 600;

export class OwnSecret {
    public readonly arn: pulumi.Output<string>;
    /** First password of the instance; rotation has set others since. */
    public readonly password: pulumi.Output<string>;
    private readonly name: string;
    private readonly args: OwnSecretArgs;
    private readonly opts: pulumi.CustomResourceOptions;
    private readonly seed: aws.secretsmanager.SecretVersion;

    public constructor(name: string, args: OwnSecretArgs, opts: pulumi.CustomResourceOptions) {
        this.name = name;
        this.args = args;
        this.opts = opts;
        const secret = new aws.secretsmanager.Secret(
            name,
            {
                description: `Master user of ${args.identifier}`,
                kmsKeyId: args.secretsKeyArn,
                recoveryWindowInDays: args.environment.expendable ? 0 : 30,
            },
            opts,
        );
        this.arn = secret.arn;
        const drawn = aws.secretsmanager.getRandomPasswordOutput(
            { passwordLength: 32, excludePunctuation: true, requireEachIncludedType: true },
            opts.parent === undefined ? {} : { parent: opts.parent },
        );
        this.seed = new aws.secretsmanager.SecretVersion(
            `${name}-seed`,
            {
                secretId: secret.arn,
                secretString: pulumi.secret(pulumi.jsonStringify({ password: drawn.randomPassword })),
                versionStages: ["AWSCURRENT", "SEED"],
            },
            { ...opts, ignoreChanges, retainOnDelete: true },
        );
        this.password = pulumi.secret(passwordIn(this.seed.secretString));
    }

    /** Writes what clients read, once the host is known, and lets the password be rotated from then on. */
    public publish(instance: pulumi.Resource, connection: Connection): void {
        const version = new aws.secretsmanager.SecretVersion(
            `${this.name}-initial`,
            {
                secretId: this.arn,
                secretString: pulumi.secret(pulumi.jsonStringify({ ...connection, password: this.password })),
                versionStages: ["AWSCURRENT", "INITIAL"],
            },
            // Versions go with their secret. Deleting one first would fail once rotation has moved its labels.
            { ...this.opts, ignoreChanges, retainOnDelete: true, dependsOn: [this.seed] },
        );
        const { rotator, ready } = this.createRotator();
        new aws.secretsmanager.SecretRotation(
            `${this.name}-rotation`,
            {
                secretId: this.arn,
                rotationLambdaArn: rotator.arn,
                rotationRules: { automaticallyAfterDays: this.args.rotationDays },
                // True would also rotate whenever the days are changed, in the middle of the day, and while clients first start.
                rotateImmediately: false,
            },
            { ...this.opts, dependsOn: [version, instance, ...ready] },
        );
    }

    private createRotator(): { readonly rotator: aws.lambda.Function; readonly ready: readonly pulumi.Resource[] } {
        const { environment, identifier, alarmTopics } = this.args;
        const name = `${this.name}-rotator`;
        const logs = createLogGroup(
            `${name}-log`,
            environment,
            { logName: `/${environment.name}/${name}`, keyArn: this.args.logsKeyArn },
            this.opts,
        );
        const role = this.createRole(name, logs);
        // No dead-letter queue: Secrets Manager calls and waits for the answer, retries by itself, and a queue would only keep step names.
        const rotator = new aws.lambda.Function(
            name,
            {
                description: `Rotates the master password of ${identifier}`,
                // To 2027-04-30. nodejs24.x would last a year longer, but provider 5.100, which stacks are proven against, refuses the name.
                runtime: "nodejs22.x",
                architectures: ["arm64"],
                handler: "handler.handler",
                code: new pulumi.asset.AssetArchive({
                    "handler.mjs": new pulumi.asset.FileAsset(fileURLToPath(new URL("rotation/handler.mjs", import.meta.url))),
                }),
                role: role.role.arn,
                timeout: rotationTimeoutSeconds,
                memorySize: 256,
                environment: { variables: { DATABASE_IDENTIFIER: identifier } },
                loggingConfig: { logFormat: "JSON", logGroup: logs.name },
            },
            { ...this.opts, dependsOn: role.attachments },
        );
        const permission = new aws.lambda.Permission(
            `${name}-caller`,
            {
                action: "lambda:InvokeFunction",
                function: rotator.name,
                principal: "secretsmanager.amazonaws.com",
                sourceAccount: environment.accountId,
                sourceArn: this.arn,
            },
            this.opts,
        );
        createAlarms(
            this.name,
            environment,
            alarmTopics,
            [
                {
                    key: "rotation-failed",
                    severity: "warning",
                    description: `The password of ${identifier} was not rotated. The old one still works unless the log of ${name} says otherwise; Secrets Manager tries again.`,
                    namespace: "AWS/Lambda",
                    metric: "Errors",
                    dimensions: { FunctionName: rotator.name },
                    statistic: "Sum",
                    periodSeconds: 300,
                    periods: 1,
                    comparison: "above",
                    threshold: 0,
                    silence: "fine",
                },
            ],
            this.opts,
        );
        return { rotator, ready: [permission, ...role.attachments] };
    }

    private createRole(name: string, logs: aws.cloudwatch.LogGroup): ServiceRole {
        const { environment, identifier, secretsKeyArn } = this.args;
        const role = new ServiceRole(
            `${name}-role`,
            {
                environment,
                service: "lambda.amazonaws.com",
                description: `Rotates the master password of ${identifier}`,
                // Lambda takes a function's role without a source account.
                boundToAccount: false,
            },
            this.opts,
        );
        role.permit("rotate", [
            {
                Sid: "Secret",
                Effect: "Allow",
                Action: [
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:PutSecretValue",
                    "secretsmanager:UpdateSecretVersionStage",
                ],
                Resource: this.arn,
            },
            {
                Sid: "Key",
                Effect: "Allow",
                Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                Resource: secretsKeyArn,
                Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${environment.region}.amazonaws.com` } },
            },
            {
                Sid: "Database",
                Effect: "Allow",
                Action: ["rds:DescribeDBInstances", "rds:ModifyDBInstance"],
                Resource: arn(environment, "rds", `db:${identifier}`),
            },
            {
                Sid: "Logs",
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                Resource: pulumi.interpolate`${logs.arn}:*`,
            },
        ]);
        return role;
    }
}

function passwordIn(secretString: pulumi.Input<string | undefined>): pulumi.Output<string> {
    return pulumi.output(secretString).apply((text) => {
        const content: { readonly password?: string } = JSON.parse(text ?? "{}");
        return content.password ?? "";
    });
}
