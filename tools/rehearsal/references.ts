import type { View } from "./view.ts";
export function checkReferences(_view: View): string | undefined {
    return undefined;
}
