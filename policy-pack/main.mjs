/**
 * Where Pulumi starts the pack. Most of what the pack adds to a start is Node reading TypeScript; what it made of it is kept beside the
 * pack for the next start, where the folder can be written. A static import would be read before the cache is there.
 */
import { enableCompileCache, flushCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache(fileURLToPath(new URL(".terrace/compile-cache", import.meta.url)));
import("./index.ts").then(() => {
    // Pulumi ends the pack without a word, and Node would write only at an orderly end.
    setImmediate(flushCompileCache);
});
