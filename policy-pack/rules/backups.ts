/** AWS Backup: vaults, plans, what they cover. */
import type { Rule } from "../core/rule.ts";

export const backups: readonly Rule[] = [];
