/**
 * The SDK makes and formats a stack trace for each resource and each output, to print it if one is left hanging: half the time of a preview
 * (docs/benchmarks.md). Those errors have no message. They get no trace; errors that say something keep theirs, in Node's own format.
 * Imported first by index.ts, because source-map-support, which the SDK loads, would format every one of them.
 */
Error.prepareStackTrace = (error, frames) => (error.message === "" ? "" : `${String(error)}\n    at ${frames.join("\n    at ")}`);
