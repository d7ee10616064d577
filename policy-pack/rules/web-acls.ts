/** Web application firewalls: WAFv2. */
import type { Rule } from "../core/rule.ts";

export const webAcls: readonly Rule[] = [];
