/** CodeBuild. */
import type { Rule } from "../core/rule.ts";

export const builds: readonly Rule[] = [];
