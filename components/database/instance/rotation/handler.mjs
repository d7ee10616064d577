/**
 * Rotates the master password of one RDS instance, for AWS Secrets Manager: four steps, each of which may be run again.
 *
 * The password is set through the RDS API, not by logging in. So the function needs no database driver and no network, and it also
 * mends a secret whose password the database no longer knows (after a restore, say). What it cannot do is log in to try the new one:
 * `testSecret` asks RDS whether the change is through instead.
 *
 * Between `setSecret` and `finishSecret`, seconds as a rule, only the new password works while AWSCURRENT still is the old one:
 * whoever is refused reads the secret again and retries.
 */
import { randomBytes } from "node:crypto";

/**
 * @typedef {{ Step: string, SecretId: string, ClientRequestToken: string }} RotationEvent
 * @typedef {{ DBInstanceStatus?: string, PendingModifiedValues?: { MasterUserPassword?: string } }} Instance
 * @typedef {{
 *   describeDBInstances(input: { DBInstanceIdentifier: string }): Promise<{ DBInstances?: Instance[] }>,
 *   modifyDBInstance(input: { DBInstanceIdentifier: string, MasterUserPassword: string, ApplyImmediately: boolean }): Promise<unknown>,
 * }} Rds
 * @typedef {{
 *   describeSecret(input: { SecretId: string }): Promise<{ VersionIdsToStages?: Record<string, string[]> }>,
 *   getSecretValue(input: { SecretId: string, VersionId?: string, VersionStage: string }): Promise<{ SecretString?: string }>,
 *   putSecretValue(input: { SecretId: string, ClientRequestToken: string, SecretString: string, VersionStages: string[] }): Promise<unknown>,
 *   updateSecretVersionStage(input: { SecretId: string, VersionStage: string, MoveToVersionId: string, RemoveFromVersionId?: string }): Promise<unknown>,
 * }} Secrets
 * @typedef {{
 *   identifier: string,
 *   rds: Rds,
 *   secrets: Secrets,
 *   sleep: (milliseconds: number) => Promise<void>,
 *   newPassword: () => string,
 * }} World
 */

const pollMilliseconds = 10_000;
/** Less than the function's time-out, so that it says what it waited for instead of being cut off. */
const longestWaitMilliseconds = 540_000;

/**
 * @param {World} world
 * @returns {(event: RotationEvent) => Promise<void>}
 */
export function createRotation(world) {
    const { identifier, rds, secrets, sleep, newPassword } = world;

    /** @type {(event: RotationEvent) => Promise<Record<string, unknown> | undefined>} */
    async function pending({ SecretId, ClientRequestToken }) {
        try {
            const { SecretString } = await secrets.getSecretValue({
                SecretId,
                VersionId: ClientRequestToken,
                VersionStage: "AWSPENDING",
            });
            return SecretString === undefined ? undefined : JSON.parse(SecretString);
        } catch (error) {
            if (error instanceof Error && error.name === "ResourceNotFoundException") {
                return undefined;
            }
            throw error;
        }
    }

    /** Whether RDS has nothing left to do about the password. Other pending changes may rightly wait for their window. */
    async function settled() {
        const { DBInstances } = await rds.describeDBInstances({ DBInstanceIdentifier: identifier });
        const instance = DBInstances?.[0];
        if (instance === undefined) {
            throw new Error(`there is no database instance ${identifier}`);
        }
        return instance.DBInstanceStatus === "available" && instance.PendingModifiedValues?.MasterUserPassword === undefined;
    }

    /** @type {Record<string, (event: RotationEvent) => Promise<void>>} */
    const steps = {
        async createSecret(event) {
            if ((await pending(event)) !== undefined) {
                return;
            }
            const { SecretString } = await secrets.getSecretValue({ SecretId: event.SecretId, VersionStage: "AWSCURRENT" });
            await secrets.putSecretValue({
                SecretId: event.SecretId,
                ClientRequestToken: event.ClientRequestToken,
                SecretString: JSON.stringify({ ...JSON.parse(SecretString ?? "{}"), password: newPassword() }),
                VersionStages: ["AWSPENDING"],
            });
        },

        async setSecret(event) {
            const password = (await pending(event))?.password;
            if (typeof password !== "string") {
                throw new Error(`version ${event.ClientRequestToken} holds no password`);
            }
            // Not ApplyImmediately: a password is set at once in any case, and everything else that waits for the maintenance
            // window (a new class, a new version) would be applied with it, in the middle of the day.
            await rds.modifyDBInstance({ DBInstanceIdentifier: identifier, MasterUserPassword: password, ApplyImmediately: false });
            for (let waited = 0; waited < longestWaitMilliseconds; waited += pollMilliseconds) {
                await sleep(pollMilliseconds);
                if (await settled()) {
                    return;
                }
            }
            throw new Error(`${identifier} has not taken its new password in ${longestWaitMilliseconds / 1000} seconds`);
        },

        async testSecret() {
            if (!(await settled())) {
                throw new Error(`${identifier} has not taken its new password yet`);
            }
        },

        async finishSecret(event) {
            const { VersionIdsToStages = {} } = await secrets.describeSecret({ SecretId: event.SecretId });
            const current = Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id]?.includes("AWSCURRENT"));
            if (current === event.ClientRequestToken) {
                return;
            }
            await secrets.updateSecretVersionStage({
                SecretId: event.SecretId,
                VersionStage: "AWSCURRENT",
                MoveToVersionId: event.ClientRequestToken,
                ...(current !== undefined && { RemoveFromVersionId: current }),
            });
        },
    };

    return async (event) => {
        const step = steps[event.Step];
        if (step === undefined) {
            throw new Error(`unknown step ${event.Step}`);
        }
        const { VersionIdsToStages = {} } = await secrets.describeSecret({ SecretId: event.SecretId });
        const stages = VersionIdsToStages[event.ClientRequestToken];
        if (stages === undefined) {
            throw new Error(`${event.SecretId} has no version ${event.ClientRequestToken}`);
        }
        if (stages.includes("AWSCURRENT")) {
            return; // Done by an earlier run of the same rotation.
        }
        if (!stages.includes("AWSPENDING")) {
            throw new Error(`version ${event.ClientRequestToken} is not AWSPENDING`);
        }
        await step(event);
    };
}

/** @type {((event: RotationEvent) => Promise<void>) | undefined} */
let rotation;

/**
 * Entry point. The SDK is the Lambda runtime's own, so nothing is bundled; it is loaded here so that tests need not have it.
 * @param {RotationEvent} event
 */
export async function handler(event) {
    if (rotation === undefined) {
        const [{ RDS }, { SecretsManager }] = await Promise.all(
            ["@aws-sdk/client-rds", "@aws-sdk/client-secrets-manager"].map((name) => import(name)),
        );
        rotation = createRotation({
            identifier: process.env.DATABASE_IDENTIFIER ?? "",
            rds: new RDS({}),
            secrets: new SecretsManager({}),
            sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
            // 32 letters, digits, hyphens and underscores: 192 bits, and nothing that an engine refuses or a URL must escape.
            newPassword: () => randomBytes(24).toString("base64url"),
        });
    }
    await rotation(event);
}
