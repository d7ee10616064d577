/** GuardDuty, Inspector, Config, Security Hub, Macie. */
import type { Rule } from "../core/rule.ts";

export const detection: readonly Rule[] = [];
