/** What a stack may cost, and who is told. */
import type { Rule } from "../core/rule.ts";

export const cost: readonly Rule[] = [];
