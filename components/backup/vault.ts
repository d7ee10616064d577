/** The vault: where recovery points lie, who may delete them, and how long not even they may. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { policyDocument, type Statement } from "../parts/role.ts";
import { nameTag } from "../parts/tags.ts";
import { vaultName } from "./selection.ts";
import type { BackupSettings } from "./settings.ts";

export function createVault(
    name: string,
    args: Pick<BackupSettings, "deletableBy" | "copiesFromAccounts" | "lock"> & {
        readonly environment: Environment;
        readonly keyArn: pulumi.Input<string>;
    },
    opts: pulumi.CustomResourceOptions,
): aws.backup.Vault {
    const { environment, keyArn, lock } = args;
    const vault = new aws.backup.Vault(
        name,
        {
            name: vaultName(environment.name),
            kmsKeyArn: keyArn,
            forceDestroy: environment.expendable,
            tags: nameTag(environment, name),
        },
        { ...opts, protect: !environment.expendable },
    );
    new aws.backup.VaultPolicy(
        `${name}-policy`,
        { backupVaultName: vault.name, policy: policyDocument(vaultStatements(vault.arn, args.deletableBy, args.copiesFromAccounts)) },
        opts,
    );
    if (lock !== undefined) {
        new aws.backup.VaultLockConfiguration(
            `${name}-lock`,
            {
                backupVaultName: vault.name,
                minRetentionDays: lock.minRetentionDays,
                ...(lock.maxRetentionDays !== undefined && { maxRetentionDays: lock.maxRetentionDays }),
                // Its presence is what makes the lock irreversible.
                ...(lock.mode === "compliance" && { changeableForDays: lock.changeableForDays }),
            },
            // A compliance lock that is past its grace cannot be removed: an unwatched destroy must not get that far.
            { ...opts, protect: !environment.expendable },
        );
    }
    return vault;
}

/**
 * Deleting by hand is refused to all but the named. Deleting when the time has come is AWS Backup's own doing and not concerned;
 * neither is the policy itself, or nobody could ever lift it.
 */
function vaultStatements(vaultArn: pulumi.Output<string>, deletableBy: readonly string[], accounts: readonly string[]): Statement[] {
    return [
        {
            Sid: "DenyEarlyDeletion",
            Effect: "Deny",
            Principal: "*",
            Action: ["backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
            // Recovery points have ARNs of their own services; the policy reaches only those of this vault.
            Resource: "*",
            ...(deletableBy.length > 0 && { Condition: { ArnNotLike: { "aws:PrincipalArn": [...deletableBy].sort() } } }),
        },
        ...(accounts.length > 0
            ? [
                  {
                      Sid: "AccountsCopyIn",
                      Effect: "Allow",
                      Principal: { AWS: [...accounts].sort().map((account) => `arn:aws:iam::${account}:root`) },
                      Action: "backup:CopyIntoBackupVault",
                      Resource: vaultArn,
                  } as const,
              ]
            : []),
    ];
}
