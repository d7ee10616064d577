/** Lambda. */
import type { Rule } from "../core/rule.ts";

export const functions: readonly Rule[] = [];
