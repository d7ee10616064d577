/** ECS and Fargate. */
import type { Rule } from "../core/rule.ts";

export const containers: readonly Rule[] = [];
