/** The relational database of an environment, by kind. A kind is swapped in the settings; what its users see stays the same. */
import { z } from "zod";
import { DatabaseInstanceSettings } from "./instance/settings.ts";

export const DatabaseSettings = z.discriminatedUnion("kind", [DatabaseInstanceSettings]);
export type DatabaseSettings = z.infer<typeof DatabaseSettings>;
