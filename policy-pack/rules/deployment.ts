/** Pulumi's own options: protection, ignored changes, replacement, providers. */
import type { Rule } from "../core/rule.ts";

export const deployment: readonly Rule[] = [];
