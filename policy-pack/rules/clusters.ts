/** EMR. */
import type { Rule } from "../core/rule.ts";

export const clusters: readonly Rule[] = [];
