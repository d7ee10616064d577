/** CodePipeline. */
import type { Rule } from "../core/rule.ts";

export const pipelines: readonly Rule[] = [];
