/** How names of the domain resolve: Route 53. */
import type { Rule } from "../core/rule.ts";

export const dns: readonly Rule[] = [];
