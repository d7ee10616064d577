/** Certificates: ACM and private authorities. */
import type { Rule } from "../core/rule.ts";

export const certificates: readonly Rule[] = [];
