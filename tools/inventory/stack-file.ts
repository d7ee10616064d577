/** The inventory of a stack file on disk: read, checked and composed as the engine would, without the engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { composeStack } from "../../stacks/compose.ts";
import { checkedStack, otherNetworks, type Stack } from "../../stacks/config.ts";
import { overlaid } from "../../stacks/overlay.ts";
import { type Inventory, takeInventory } from "./inventory.ts";

/** Reads `Pulumi.<stack>.yaml` in `directory`; `changes` are laid over its blocks, key by key. Throws as the program does. */
export function readStackFile(directory: string, stack: string, changes: Readonly<Record<string, unknown>> = {}): Stack {
    const project = String(yamlAt(join(directory, "Pulumi.yaml")).name);
    const config = (yamlAt(join(directory, `Pulumi.${stack}.yaml`)).config ?? {}) as Record<string, unknown>;
    const blocks = Object.entries(config).flatMap(([key, value]) => {
        const [namespace, name] = key.includes(":") ? (key.split(":") as [string, string]) : [project, key];
        return namespace === project ? [[name, value] as const] : [];
    });
    return checkedStack(
        project,
        stack,
        overlaid(Object.fromEntries(blocks), changes) as Record<string, unknown>,
        otherNetworks(directory, stack),
    );
}

/** Everything that the stack file would create. */
export async function inventoryOf(directory: string, stack: string, changes: Readonly<Record<string, unknown>> = {}): Promise<Inventory> {
    const read = readStackFile(directory, stack, changes);
    return takeInventory(read.project, read.stack, () => composeStack(read));
}

function yamlAt(path: string): Record<string, unknown> {
    const document = parseDocument(readFileSync(path, "utf8"), { prettyErrors: true });
    const [error] = document.errors;
    if (error !== undefined) {
        throw new Error(`${path} is not YAML: ${error.message}`);
    }
    return document.toJS() ?? {};
}
