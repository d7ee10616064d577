/** KMS keys: rotation, policies, deletion. */
import type { Rule } from "../core/rule.ts";

export const keys: readonly Rule[] = [];
