/** What other stacks and components must know of the backup before it stands. Pure. */

/** Tag that the plan selects by. Values are case-sensitive. `stacks/compose.ts` hands it to every component as `environment.backupTag`. */
export function selectionTag(environmentName: string): Readonly<Record<string, string>> {
    return { "terrace:backup": environmentName };
}

/** Name of the vault: fixed, so that people find it at night and another region's plan can copy into it. */
export function vaultName(environmentName: string): string {
    return `${environmentName}-backup`;
}

/** ARN of an environment's vault, for `copies` of another stack. */
export function vaultArn(environment: { readonly name: string; readonly region: string; readonly accountId: string }): string {
    return `arn:aws:backup:${environment.region}:${environment.accountId}:backup-vault:${vaultName(environment.name)}`;
}

/** Restore tests, frameworks and reports take letters, digits and underscores only. */
export function underscored(...words: readonly string[]): string {
    return words.join("_").replace(/\W/g, "_");
}

/** Whether a schedule runs every day, so that a day without a finished backup is an alarm. */
export function runsDaily(schedule: string): boolean {
    const rate = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(schedule);
    if (rate !== null) {
        const [, count, unit = ""] = rate;
        const hours = { m: 1 / 60, h: 1, d: 24 }[unit.charAt(0)] ?? Number.POSITIVE_INFINITY;
        return Number(count) * hours <= 24;
    }
    const [, , dayOfMonth, month, dayOfWeek] = /^cron\((.+)\)$/.exec(schedule)?.[1]?.split(/\s+/) ?? [];
    const any = (field: string | undefined) => field === "*" || field === "?";
    return any(dayOfMonth) && month === "*" && any(dayOfWeek);
}
