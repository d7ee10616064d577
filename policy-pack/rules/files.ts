/** EFS file systems. */
import { expects, isTrue } from "../core/conditions.ts";
import { standing } from "../core/levels.ts";
import type { Rule } from "../core/rule.ts";

export const files: readonly Rule[] = [
    {
        id: "efs-encrypted",
        title: "Every file system is encrypted",
        why: "Encryption of a file system is decided at its creation, once.",
        fix: "Set `encrypted: true`; an existing file system is replaced, so copy its files first.",
        severity: "high",
        levels: standing.everywhere,
        controls: { fsbp: ["EFS.1", "EFS.8"], cis3: ["2.4.1"], cis5: ["2.3.1"], hipaa: ["REST"] },
        on: ["efs/fileSystem"],
        judge: (resource) => expects(resource, "encrypted", isTrue),
    },
];
