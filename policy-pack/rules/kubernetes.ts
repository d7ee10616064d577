/** EKS. */
import type { Rule } from "../core/rule.ts";

export const kubernetes: readonly Rule[] = [];
