/** Serves the pack. Constructing a PolicyPack starts a server, so nothing else imports this file. */
import { PolicyPack } from "@pulumi/policy";
import { onConfigure, Pack } from "./pulumi.ts";
import { rules } from "./rules/index.ts";

const pack = new Pack(rules, new Date().toISOString().slice(0, 10));
onConfigure((configuration) => pack.configure(configuration));

new PolicyPack("terrace", {
    displayName: "Terrace",
    description: "Rules for AWS resources: encryption, reachability, survival of a zone, evidence.",
    policies: pack.policies,
});
