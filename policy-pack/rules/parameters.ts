/** SSM parameters and documents. */
import type { Rule } from "../core/rule.ts";

export const parameters: readonly Rule[] = [];
