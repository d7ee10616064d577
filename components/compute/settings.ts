/** The `compute` block: where the application runs. The kinds share one contract, so that a tier is swapped by settings. */
import { z } from "zod";
import { FleetSettings } from "./fleet/settings.ts";

export const ComputeSettings = z.discriminatedUnion("kind", [FleetSettings]);
export type ComputeSettings = Readonly<z.infer<typeof ComputeSettings>>;
