/**
 * Runs the rehearsal cloud by itself, for somebody who wants to attach by hand. Prints its port and stays.
 *   node tools/rehearsal/main.ts --state FILE [--account ID] [--port N] [--fail TYPE:OPERATION[:TIMES][:KIND]]... [--given ID]... [--log FILE]
 */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseFault, startRehearsalCloud } from "./server.ts";

const { values } = parseArgs({
    options: {
        state: { type: "string" },
        account: { type: "string" },
        port: { type: "string" },
        fail: { type: "string", multiple: true },
        given: { type: "string", multiple: true },
        log: { type: "string" },
    },
});
if (values.state === undefined) {
    console.error("--state FILE is required: where the rehearsal account is kept between runs");
    process.exit(2);
}
const { log } = values;
try {
    const cloud = await startRehearsalCloud({
        stateFile: values.state,
        ...(values.account === undefined ? {} : { accountId: values.account }),
        ...(values.port === undefined ? {} : { port: Number(values.port) }),
        faults: (values.fail ?? []).map(parseFault),
        given: values.given ?? [],
        ...(log === undefined ? {} : { log: (entry) => appendFileSync(log, `${JSON.stringify(entry)}\n`) }),
        kill: () => process.kill(process.pid, "SIGKILL"),
    });
    console.log(cloud.port);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void cloud.stop().then(() => process.exit(0)));
} catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
}
