/** Tags, accounts and regions. */
import type { Rule } from "../core/rule.ts";

export const tags: readonly Rule[] = [];
