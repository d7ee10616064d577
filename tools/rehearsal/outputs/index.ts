/** Which family answers for which type: see the tables. What none of them knows gets the general answer of make.ts. */
import { data } from "./data.ts";
import { edge } from "./edge.ts";
import type { Family } from "./make.ts";
import { network } from "./network.ts";
import { platform } from "./platform.ts";

export const families: readonly Family[] = [network, data, edge, platform];
