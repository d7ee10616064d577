/**
 * The SDK captures a stack trace for each resource and each output, in case one is left hanging: more than half the time of a preview
 * (`npm run benchmark`, decision 4). Errors keep the place where they happened, one frame; `NODE_OPTIONS=--stack-trace-limit=50` shows the
 * way there. Those captures have no message and get no text at all. Imported first by index.ts, because source-map-support, which the SDK
 * loads, formats every one.
 */
const nodesOwnLimit = 10;
if (Error.stackTraceLimit === nodesOwnLimit) {
    Error.stackTraceLimit = 1;
}
Error.prepareStackTrace = (error, frames) => (error.message === "" ? "" : `${String(error)}\n    at ${frames.join("\n    at ")}`);
