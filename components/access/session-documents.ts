/** Session documents: what kind of session may be opened, and what is recorded of it. Pure but for what it is generic over. */
import type { AccessSettings } from "./settings.ts";

/** Where sessions are recorded; references, so possibly unknown. */
export interface Recording<T> {
    readonly keyArn: T;
    readonly logGroupName: T;
    readonly bucketName: T;
}

/** Objects of sessions lie under this prefix of the log bucket. */
export const sessionPrefix = "sessions";

/** Name of the default of an account and region, which AWS has fixed. */
export const accountDocumentName = "SSM-SessionManagerRunShell";

export function documentNames(environmentName: string) {
    return {
        shell: `${environmentName}-session`,
        forward: `${environmentName}-forward`,
        command: (key: string) => `${environmentName}-command-${key}`,
    };
}

/** The inputs of every document: encrypted on the way, recorded as it happens and kept. The flags only refuse targets that are not encrypted. */
function inputs<T>(settings: AccessSettings, recording: Recording<T>) {
    return {
        s3BucketName: recording.bucketName,
        s3KeyPrefix: sessionPrefix,
        s3EncryptionEnabled: true,
        cloudWatchLogGroupName: recording.logGroupName,
        cloudWatchEncryptionEnabled: true,
        cloudWatchStreamingEnabled: true,
        idleSessionTimeout: String(settings.idleMinutes),
        maxSessionDuration: String(settings.maximumMinutes),
        kmsKeyId: recording.keyArn,
        runAsEnabled: settings.runAsUser !== undefined,
        runAsDefaultUser: settings.runAsUser ?? "",
    };
}

export function shellDocument<T>(environmentName: string, settings: AccessSettings, recording: Recording<T>) {
    return {
        schemaVersion: "1.0",
        description: `Shell on instances of ${environmentName}`,
        sessionType: "Standard_Stream",
        inputs: { ...inputs(settings, recording), shellProfile: { linux: settings.linuxShellProfile ?? "", windows: "" } },
    };
}

/** One fixed command without parameters: nothing that a person types reaches a shell. */
export function commandDocument<T>(settings: AccessSettings, key: string, recording: Recording<T>) {
    const command = settings.commands[key];
    if (command === undefined) {
        throw new Error(`no command ${key} in the settings`);
    }
    return {
        schemaVersion: "1.0",
        description: command.description,
        sessionType: "InteractiveCommands",
        inputs: inputs(settings, recording),
        properties: { linux: { commands: command.line, runAsElevated: command.elevated } },
    };
}

/** Forwards one of the listed ports to a host that the instance can reach. What passes is not recorded: it is the protocol's own. */
export function forwardDocument(environmentName: string, settings: AccessSettings) {
    return {
        schemaVersion: "1.0",
        description: `Forwards a port through an instance of ${environmentName}`,
        sessionType: "Port",
        parameters: {
            host: {
                type: "String",
                description: "Host as the instance knows it, such as the endpoint of the database",
                allowedPattern: "^[a-zA-Z0-9][a-zA-Z0-9.-]{0,252}$",
                default: "localhost",
            },
            portNumber: {
                type: "String",
                description: "Port there",
                allowedValues: settings.forwardPorts.map(String),
            },
            localPortNumber: {
                type: "String",
                description: "Port on the person's machine; 0 takes a free one",
                allowedPattern: "^[0-9]{1,5}$",
                default: "0",
            },
        },
        properties: {
            host: "{{ host }}",
            portNumber: "{{ portNumber }}",
            localPortNumber: "{{ localPortNumber }}",
            type: "LocalPortForwarding",
        },
    };
}
