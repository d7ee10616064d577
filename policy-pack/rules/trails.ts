/** CloudTrail. */
import type { Rule } from "../core/rule.ts";

export const trails: readonly Rule[] = [];
