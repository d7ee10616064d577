/** Questions about the account, its regions and what AWS keeps ready in them. */
import { randomInt } from "node:crypto";
import { architectureOf, cachePolicies, originRequestPolicies, prefixLists, responseHeadersPolicies } from "../facts/managed.ts";
import { factsOf, regionNames, zonesOf } from "../facts/regions.ts";
import { hex } from "../ids.ts";
import { actualVersion, familyOf } from "../outputs/data.ts";
import { CloudError } from "../protocol.ts";
import { isList, isObject, type Json, type Props, textOf, textsOf } from "../values.ts";
import type { Asked, DataSource } from "./index.ts";

interface Filter {
    readonly name: string;
    readonly values: readonly string[];
}

export function filtersOf(value: Json | undefined): readonly Filter[] {
    return isList(value)
        ? value.flatMap((item) => (isObject(item) ? [{ name: textOf(item.name) ?? "", values: textsOf(item.values) }] : []))
        : [];
}

const availabilityZones: DataSource = ({ args, region }) => {
    const filters = filtersOf(args.filters);
    const state = textOf(args.state);
    const excluded = new Set([...textsOf(args.excludeNames), ...textsOf(args.excludeZoneIds)]);
    const traits: Props = {
        "opt-in-status": "opt-in-not-required",
        "zone-type": "availability-zone",
        state: "available",
        "region-name": region,
        "group-name": region,
    };
    const zones = zonesOf(region).filter(({ name, id }) => {
        if (excluded.has(name) || excluded.has(id) || (state !== undefined && state !== "available")) return false;
        return filters.every((filter) =>
            filter.values.includes(String({ ...traits, "zone-name": name, "zone-id": id }[filter.name] ?? "")),
        );
    });
    return {
        names: zones.map(({ name }) => name),
        zoneIds: zones.map(({ id }) => id),
        groupNames: zones.length > 0 ? [region] : [],
        id: region,
    };
};

const ami: DataSource = ({ args, region }) => {
    const wanted = filtersOf(args.filters);
    const said = [...wanted.flatMap((filter) => filter.values), textOf(args.nameRegex) ?? ""].join(" ");
    const architecture = /arm64|aarch64/.test(said) ? "arm64" : "x86_64";
    const named = wanted.find((filter) => filter.name === "name")?.values[0] ?? "image-*";
    const id = imageId(region, `${named}/${architecture}/${textsOf(args.owners).join()}`);
    return {
        id,
        imageId: id,
        architecture,
        arn: `arn:aws:ec2:${region}::image/${id}`,
        name: named.replaceAll("*", "2026.11"),
        rootDeviceName: /ubuntu|debian/i.test(named) ? "/dev/sda1" : "/dev/xvda",
        rootDeviceType: "ebs",
        state: "available",
        virtualizationType: "hvm",
        hypervisor: "xen",
        ownerId: "137112412989",
        creationDate: "2026-11-10T00:00:00.000Z",
        imageType: "machine",
        enaSupport: true,
        public: true,
        imdsSupport: "v2.0",
    };
};

/** The same image for the same question: `latest` does not move during a rehearsal. */
export function imageId(region: string, question: string): string {
    return `ami-0${hex(`${region}/${question}`, 16)}`;
}

function randomPassword({ args, region }: Asked): Props {
    const length = typeof args.passwordLength === "number" ? args.passwordLength : 32;
    const sets = [
        args.excludeLowercase === true ? "" : "abcdefghijklmnopqrstuvwxyz",
        args.excludeUppercase === true ? "" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        args.excludeNumbers === true ? "" : "0123456789",
        args.excludePunctuation === true ? "" : "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        args.includeSpace === true ? " " : "",
    ].map((set) => [...set].filter((character) => !(textOf(args.excludeCharacters) ?? "").includes(character)));
    const all = sets.flat();
    if (all.length === 0) throw new CloudError("InvalidParameterException: every character is excluded from the password.");
    const chosen = Array.from({ length }, () => all[randomInt(all.length)]);
    // One of each kind, as AWS does unless told otherwise.
    if (args.requireEachIncludedType !== false)
        for (const [index, set] of sets.filter((each) => each.length > 0).entries())
            if (index < length) chosen[index] = set[randomInt(set.length)];
    return { randomPassword: chosen.join(""), id: region };
}

function managed(kind: string, table: { readonly [name: string]: string }): DataSource {
    return ({ args, cloud, configuration }) => {
        const asked = textOf(args.name);
        const id = textOf(args.id);
        const found = Object.entries(table).find(([name, known]) => name === asked || known === id);
        const own = [...cloud.all(`cloudfront/${kind}`)].find((thing) => thing.outputs.name === asked || thing.id === id);
        if (own) return { ...own.outputs, id: own.id };
        if (!found)
            throw new CloudError(
                `no matching CloudFront ${kind} found for ${asked === undefined ? `id ${id}` : `name "${asked}"`}. Managed ones are ${Object.keys(table).join(", ")}.`,
            );
        return {
            id: found[1],
            name: found[0],
            etag: "E23ZP02F085DFQ",
            arn: `arn:aws:cloudfront::${configuration.account}:${kind.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}/${found[1]}`,
            comment: "",
        };
    };
}

const engineVersion: DataSource = ({ args }) => {
    const engine = textOf(args.engine) ?? "";
    const wanted = textOf(args.version) ?? textsOf(args.preferredVersions)[0];
    const version = actualVersion(engine, wanted);
    if (version === "1.0")
        throw new CloudError(
            `no RDS engine version found for engine "${engine}"${wanted === undefined ? "" : ` and version "${wanted}"`}.`,
        );
    return {
        version,
        versionActual: version,
        parameterGroupFamily: familyOf(engine, version),
        status: "available",
        id: version,
        supportsReadReplica: true,
    };
};

function prefixListOf(name: string, region: string): string | undefined {
    const known = Object.keys(prefixLists).find((pattern) => pattern.replace("{region}", region) === name);
    return known === undefined ? undefined : `pl-${hex(`${region}/${name}`, 8)}`;
}

/** Name of an AWS-managed prefix list by its id. */
export function managedPrefixList(id: string, region: string): { readonly name: string; readonly weight: number } | undefined {
    for (const [pattern, { weight }] of Object.entries(prefixLists)) {
        const name = pattern.replace("{region}", region);
        if (prefixListOf(name, region) === id) return { name, weight };
    }
    return undefined;
}

const prefixList: DataSource = ({ args, region, cloud }) => {
    const asked = textOf(args.name) ?? filtersOf(args.filters).find((filter) => filter.name === "prefix-list-name")?.values[0];
    const own = [...cloud.all("ec2/managedPrefixList")].find(
        (thing) => thing.region === region && (thing.outputs.name === asked || thing.id === args.id),
    );
    if (own) return { ...own.outputs, id: own.id };
    const id = asked === undefined ? textOf(args.id) : prefixListOf(asked, region);
    const known = id === undefined ? undefined : managedPrefixList(id, region);
    if (id === undefined || !known)
        throw new CloudError(`no matching EC2 Managed Prefix List found for "${asked ?? textOf(args.id) ?? ""}" in ${region}.`);
    return {
        id,
        name: known.name,
        arn: `arn:aws:ec2:${region}:aws:prefix-list/${id}`,
        addressFamily: "IPv4",
        entries: [],
        maxEntries: known.weight,
        ownerId: "AWS",
        version: 0,
    };
};

export const account: { readonly [name: string]: DataSource } = {
    "index/getAvailabilityZones": availabilityZones,
    "index/getRegion": ({ args, region }) => {
        const asked = textOf(args.name) ?? region;
        return {
            region: asked,
            name: asked,
            id: asked,
            endpoint: `ec2.${asked}.amazonaws.com`,
            description: factsOf(asked)?.name ?? asked,
        };
    },
    "index/getRegions": () => ({ names: [...regionNames()] }),
    "index/getCallerIdentity": ({ configuration }) => ({
        accountId: configuration.account,
        arn: `arn:aws:sts::${configuration.account}:assumed-role/rehearsal/rehearsal`,
        userId: "AROAREHEARSAL:rehearsal",
        id: configuration.account,
    }),
    "index/getPartition": () => ({ partition: "aws", id: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" }),
    "index/getDefaultTags": ({ configuration }) => ({ tags: configuration.defaultTags, id: "tf-default-tags" }),
    "ec2/getAmi": ami,
    "ec2/getManagedPrefixList": prefixList,
    "ec2/getPrefixList": prefixList,
    "ec2/getInstanceTypeOfferings": ({ args, region }) => {
        const types = filtersOf(args.filters).find((filter) => filter.name === "instance-type")?.values ?? [];
        const wanted = filtersOf(args.filters).find((filter) => filter.name === "location")?.values;
        const places =
            textOf(args.locationType) === "availability-zone"
                ? zonesOf(region).map(({ name }) => name)
                : textOf(args.locationType) === "availability-zone-id"
                  ? zonesOf(region).map(({ id }) => id)
                  : [region];
        const rows = places
            .filter((place) => wanted === undefined || wanted.includes(place))
            .flatMap((place) => types.filter((type) => !type.includes("*")).map((type) => ({ place, type })));
        return {
            instanceTypes: rows.map((row) => row.type),
            locations: rows.map((row) => row.place),
            locationTypes: rows.map(() => textOf(args.locationType) ?? "region"),
        };
    },
    "ec2/getInstanceType": ({ args }) => ({
        supportedArchitectures: [architectureOf(textOf(args.instanceType) ?? "")],
        currentGeneration: true,
        id: textOf(args.instanceType) ?? "",
    }),
    "elb/getServiceAccount": ({ region }) => {
        const id = factsOf(region)?.elbAccount;
        if (id === undefined)
            throw new CloudError(
                `unknown ELB service account for ${region}: newer regions use the principal logdelivery.elasticloadbalancing.amazonaws.com.`,
            );
        return { id, arn: `arn:aws:iam::${id}:root` };
    },
    "elb/getHostedZoneId": ({ region }) => ({ id: factsOf(region)?.albZone ?? "" }),
    "lb/getHostedZoneId": ({ region, args }) => ({
        id: (args.loadBalancerType === "network" ? factsOf(region)?.nlbZone : factsOf(region)?.albZone) ?? "",
    }),
    "secretsmanager/getRandomPassword": randomPassword,
    "cloudfront/getCachePolicy": managed("cachePolicy", cachePolicies),
    "cloudfront/getOriginRequestPolicy": managed("originRequestPolicy", originRequestPolicies),
    "cloudfront/getResponseHeadersPolicy": managed("responseHeadersPolicy", responseHeadersPolicies),
    "cloudfront/getLogDeliveryCanonicalUserId": () => ({ id: "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0" }),
    "rds/getEngineVersion": engineVersion,
    "elasticbeanstalk/getSolutionStack": ({ args }) => {
        const pattern = new RegExp(textOf(args.nameRegex) ?? ".*");
        const name = solutionStacks.find((stack) => pattern.test(stack));
        if (name === undefined)
            throw new CloudError(
                `your query returned no results: no Elastic Beanstalk solution stack matches ${pattern}. Known here: ${solutionStacks.join("; ")}.`,
            );
        return { name, id: name };
    },
};

const solutionStacks = [
    "64bit Amazon Linux 2023 v6.7.0 running Node.js 24",
    "64bit Amazon Linux 2023 v6.7.0 running Node.js 22",
    "64bit Amazon Linux 2023 v4.8.0 running Docker",
    "64bit Amazon Linux 2023 v4.3.2 running ECS",
    "64bit Amazon Linux 2023 v4.7.4 running Python 3.13",
    "64bit Amazon Linux 2023 v4.8.0 running Corretto 21",
    "64bit Amazon Linux 2023 v4.9.0 running PHP 8.4",
    "64bit Amazon Linux 2023 v4.6.0 running Go 1",
    "64bit Amazon Linux 2023 v3.6.0 running .NET 9",
    "64bit Amazon Linux 2023 v4.6.2 running Ruby 3.4",
];
