/**
 * Regions a stack may stand in, with the letters of their availability zones.
 *
 * The letters are data and not a look-up: a zone that AWS adds later must never shift the others, because a subnet that changes
 * its zone is replaced with all that stands in it. Accounts made long ago see other letters in some regions (us-west-1,
 * ap-northeast-1): those set `network.zoneNames`. Source: AWS "Regions and Availability Zones", 2026-11; us-east-1e is left out
 * because current instance types are not sold there, opt-in regions are left out until somebody needs one.
 */
export const zoneLetters = {
    "us-east-1": ["a", "b", "c", "d"],
    "us-east-2": ["a", "b", "c"],
    "us-west-1": ["a", "c"],
    "us-west-2": ["a", "b", "c", "d"],
    "ca-central-1": ["a", "b", "d"],
    "eu-west-1": ["a", "b", "c"],
    "eu-west-2": ["a", "b", "c"],
    "eu-west-3": ["a", "b", "c"],
    "eu-central-1": ["a", "b", "c"],
    "eu-north-1": ["a", "b", "c"],
    "ap-south-1": ["a", "b", "c"],
    "ap-southeast-1": ["a", "b", "c"],
    "ap-southeast-2": ["a", "b", "c"],
    "ap-northeast-1": ["a", "c", "d"],
    "ap-northeast-2": ["a", "b", "c", "d"],
    "sa-east-1": ["a", "b", "c"],
} as const satisfies Record<string, readonly string[]>;

export type Region = keyof typeof zoneLetters;

export const regions = Object.keys(zoneLetters) as readonly Region[];

/** Where CloudFront, its certificates and its web ACLs live, whatever the stack's region. */
export const globalRegion = "us-east-1" satisfies Region;
