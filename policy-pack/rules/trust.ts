/** Who may take on a role, and account-wide IAM settings. */
import type { Rule } from "../core/rule.ts";

export const trust: readonly Rule[] = [];
