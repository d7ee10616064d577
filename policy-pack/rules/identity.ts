/** What IAM policies allow, and users who should not be. */
import type { Rule } from "../core/rule.ts";

export const identity: readonly Rule[] = [];
