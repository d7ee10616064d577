/** What the command line of `terrace policy` hands on. */
import type { Profile } from "../../policy-pack/core/levels.ts";

export const formatNames = ["terminal", "markdown", "json", "junit", "sarif", "evidence"] as const;
export type Format = (typeof formatNames)[number];

export interface CheckOptions {
    readonly stack: string;
    readonly project: string;
    readonly state?: string;
    readonly preview?: string;
    readonly baseline?: string;
    readonly profile?: Profile;
    readonly config?: string;
    readonly waivers?: string;
    readonly format: Format;
    readonly report: readonly (readonly [format: Format, file: string])[];
    readonly json: boolean;
}

export interface ListOptions {
    readonly profile?: Profile;
    readonly level?: string;
    readonly config?: string;
    readonly json: boolean;
}
