/** Cognito: user pools, clients, identity pools. */
import type { Rule } from "../core/rule.ts";

export const signIn: readonly Rule[] = [];
