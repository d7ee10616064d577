/** CloudWatch alarms and metric filters. */
import type { Rule } from "../core/rule.ts";

export const alarms: readonly Rule[] = [];
