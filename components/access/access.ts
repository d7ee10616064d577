/**
 * Owns shell access to the instances of an environment: session documents, what is recorded, and the roles of those who may open one.
 * Does not own the instances' roles: see `instanceStatements`. Whoever has no role here may not: there is nothing to deny.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { createLogGroup } from "../parts/log-group.ts";
import { policyDocument, type Statement } from "../parts/role.ts";
import { instanceStatements, operatorStatements, trustStatements } from "./permissions.ts";
import {
    accountDocumentName,
    commandDocument,
    documentNames,
    forwardDocument,
    type Recording,
    sessionPrefix,
    shellDocument,
} from "./session-documents.ts";
import type { AccessSettings } from "./settings.ts";

export interface AccessArgs extends AccessSettings {
    readonly environment: Environment;
    /** Key that encrypts sessions between person and instance. */
    readonly sessionsKeyArn: pulumi.Input<string>;
    readonly logsKeyArn: pulumi.Input<string>;
    /** Bucket for what was typed and seen; encrypted by default, or sessions are refused. `keyArn` where it has a key of its own. */
    readonly logBucket: {
        readonly name: pulumi.Input<string>;
        readonly arn: pulumi.Input<string>;
        readonly keyArn?: pulumi.Input<string>;
    };
}

export class Access extends pulumi.ComponentResource {
    /** To be named at every start: `aws ssm start-session --document-name <this> --target <instance>`. */
    public readonly sessionDocumentName: pulumi.Output<string>;
    /** ARN by key of the settings, to put into a profile of the AWS CLI. */
    public readonly operatorRoleArns: Record<string, pulumi.Output<string>>;
    private readonly name: string;
    private readonly logGroup: aws.cloudwatch.LogGroup;
    private readonly args: AccessArgs;

    public constructor(name: string, args: AccessArgs, opts?: pulumi.ComponentResourceOptions) {
        super("terrace:access:Access", name, {}, opts);
        this.name = name;
        this.args = args;
        this.logGroup = this.createLog(args);
        const recording = { keyArn: args.sessionsKeyArn, logGroupName: this.logGroup.name, bucketName: args.logBucket.name };

        const shell = this.createShell(args, recording);
        this.createForward(args);
        this.createCommands(args, recording);
        this.operatorRoleArns = Object.fromEntries(Object.keys(args.roles).map((key) => [key, this.createRole(key, args)]));

        this.sessionDocumentName = shell.name;
        this.registerOutputs({ sessionDocumentName: this.sessionDocumentName, operatorRoleArns: this.operatorRoleArns });
    }

    /** What the role of an instance needs to be opened: channels, the sessions' key, the log group, the bucket's sessions. */
    public instanceStatements(): readonly Statement[] {
        const { logBucket, sessionsKeyArn } = this.args;
        return instanceStatements({
            sessionsKeyArn,
            logGroupStreams: pulumi.interpolate`${this.logGroup.arn}:*`,
            bucketArn: logBucket.arn,
            bucketObjects: pulumi.interpolate`${logBucket.arn}/${sessionPrefix}/*`,
            ...(logBucket.keyArn !== undefined && { bucketKeyArn: logBucket.keyArn }),
        });
    }

    /** Evidence of who did what: protected with the environment. */
    private createLog({ environment, logsKeyArn, retentionDays }: AccessArgs): aws.cloudwatch.LogGroup {
        return createLogGroup(
            `${this.name}-sessions`,
            environment,
            { logName: `/${environment.name}/sessions`, keyArn: logsKeyArn, ...(retentionDays !== undefined && { retentionDays }) },
            { parent: this, protect: !environment.expendable },
        );
    }

    private createShell(args: AccessArgs, recording: Recording<pulumi.Input<string>>): aws.ssm.Document {
        const content = shellDocument(args.environment.name, args, recording);
        if (args.accountPreferences) {
            this.createDocument("account-default", accountDocumentName, content);
        }
        return this.createDocument("session", documentNames(args.environment.name).shell, content);
    }

    private createForward(args: AccessArgs): void {
        if (args.forwardPorts.length > 0) {
            this.createDocument("forward", documentNames(args.environment.name).forward, forwardDocument(args.environment.name, args));
        }
    }

    private createCommands(args: AccessArgs, recording: Recording<pulumi.Input<string>>): void {
        const names = documentNames(args.environment.name);
        for (const key of Object.keys(args.commands)) {
            this.createDocument(`command-${key}`, names.command(key), commandDocument(args, key, recording));
        }
    }

    /** People and policies find documents by name, so their names are fixed and a change makes a new version. */
    private createDocument(part: string, name: string, content: object): aws.ssm.Document {
        return new aws.ssm.Document(
            `${this.name}-${part}`,
            { name, documentType: "Session", documentFormat: "JSON", content: pulumi.jsonStringify(content) },
            { parent: this },
        );
    }

    private createRole(key: string, { environment, roles, runAsUser, sessionsKeyArn }: AccessArgs): pulumi.Output<string> {
        const settings = roles[key];
        if (settings === undefined) {
            throw new Error(`${this.name} has no role ${key}`);
        }
        const name = `${this.name}-${key}`;
        const user = settings.runAsUser ?? runAsUser;
        const role = new aws.iam.Role(
            name,
            {
                path: `/${environment.name}/`,
                description: `Opens sessions on instances of ${environment.name}`,
                maxSessionDuration: settings.hours * 3600,
                assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: trustStatements(settings) }),
                // Session Manager reads the user from this tag of whoever opens the session.
                ...(user !== undefined && { tags: { SSMSessionRunAs: user } }),
            },
            { parent: this },
        );
        const policy = new aws.iam.RolePolicy(
            `${name}-sessions`,
            { role: role.name, policy: policyDocument(operatorStatements(environment, settings, sessionsKeyArn)) },
            { parent: this },
        );
        return pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
    }
}
