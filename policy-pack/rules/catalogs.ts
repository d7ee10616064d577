/** Glue and Athena. */
import type { Rule } from "../core/rule.ts";

export const catalogs: readonly Rule[] = [];
