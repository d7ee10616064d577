/** API Gateway, REST and HTTP. */
import type { Rule } from "../core/rule.ts";

export const apis: readonly Rule[] = [];
