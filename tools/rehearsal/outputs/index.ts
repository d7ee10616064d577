import type { Family } from "./make.ts";
export const families: readonly Family[] = [];
