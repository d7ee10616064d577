/** ECR. */
import type { Rule } from "../core/rule.ts";

export const registries: readonly Rule[] = [];
