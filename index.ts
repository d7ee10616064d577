/** The only file that acts on import: reads the stack's settings, composes it, exports what people and other stacks rely on. */
import "./stacks/traces.ts";
import { composeStack } from "./stacks/compose.ts";
import { readStack } from "./stacks/config.ts";

const outputs = await composeStack(readStack());

export const { address, network, compute, database, cache, buckets, sessions, dashboard } = outputs;
