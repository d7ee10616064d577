/** Questions about things in the account: what earlier runs or other stacks made there. */
import { capitals, hex } from "../ids.ts";
import { CloudError } from "../protocol.ts";
import type { Thing } from "../state.ts";
import { isObject, type Props, textOf } from "../values.ts";
import { filtersOf, imageId } from "./account.ts";
import type { Asked, DataSource } from "./index.ts";

function nothing(asked: Asked, what: string): never {
    throw new CloudError(
        `no matching ${what} found in ${asked.region} of the rehearsal account (asked by ${asked.token}). Rehearse the stack that makes it first, with the same state file.`,
    );
}

function tagged(thing: Thing, tags: Props): boolean {
    const own = thing.outputs.tagsAll ?? thing.outputs.tags;
    return Object.entries(tags).every(([key, value]) => isObject(own) && own[key] === value);
}

const filterNames: { readonly [filter: string]: string } = {
    "vpc-id": "vpcId",
    "availability-zone": "availabilityZone",
    "availability-zone-id": "availabilityZoneId",
    "cidr-block": "cidrBlock",
    cidr: "cidrBlock",
    "group-name": "name",
    "map-public-ip-on-launch": "mapPublicIpOnLaunch",
};

/** Living things of a type in the region that fit ids, tags and EC2 filters. */
function matching(asked: Asked, type: string): readonly Thing[] {
    const { args } = asked;
    const tags = isObject(args.tags) ? { ...args.tags } : {};
    const fits = (thing: Thing) =>
        thing.region === asked.region &&
        !(args.id !== undefined && thing.id !== args.id) &&
        tagged(thing, tags) &&
        filtersOf(args.filters).every(({ name, values }) => {
            if (name.startsWith("tag:")) return values.some((value) => tagged(thing, { [name.slice(4)]: value }));
            const property = filterNames[name] ?? name;
            return values.includes(String(property.endsWith("-id") ? thing.id : (thing.outputs[property] ?? "")));
        });
    return [...asked.cloud.all(type)].filter(fits);
}

function one(type: string, what: string, fits: (thing: Thing, args: Props) => boolean): DataSource {
    return (asked) => {
        const found = [...asked.cloud.all(type)].find(
            (thing) => (thing.region === "" || thing.region === asked.region) && fits(thing, asked.args),
        );
        return found ? { ...found.outputs, id: found.id } : nothing(asked, what);
    };
}

/** A public zone is bought with the domain and delegated by hand: it is taken to be there. Private ones are made by a stack. */
const zone: DataSource = (asked) => {
    const { args, cloud } = asked;
    const name = textOf(args.name)?.replace(/\.$/, "");
    const hidden = args.privateZone === true;
    for (const thing of cloud.all("route53/zone")) {
        const isPrivate = Array.isArray(thing.inputs.vpcs) && thing.inputs.vpcs.length > 0;
        if (thing.id === args.zoneId || (name !== undefined && thing.outputs.name === name && isPrivate === hidden))
            return { ...thing.outputs, zoneId: thing.id, id: thing.id };
    }
    if (name === undefined || hidden) return nothing(asked, "Route 53 Hosted Zone");
    const id = `Z0${capitals(`${asked.configuration.account}/${name}`, 18)}`;
    const servers = [1, 2, 3, 4].map((number) => `ns-${number}.awsdns-0${number}.com`);
    const outputs: Props = {
        name,
        zoneId: id,
        arn: `arn:aws:route53:::hostedzone/${id}`,
        nameServers: servers,
        primaryNameServer: servers[0] ?? "",
        comment: "",
        callerReference: hex(name, 12),
        tags: {},
        resourceRecordSetCount: 2,
    };
    cloud.put({ type: "route53/zone", id, region: "", urn: "", inputs: { name }, outputs, serial: cloud.nextSerial(), given: true });
    return { ...outputs, id };
};

/** AWS publishes images and regions under /aws/service; everything else must have been stored. */
const parameter: DataSource = (asked) => {
    const name = textOf(asked.args.name) ?? "";
    const base: Props = {
        name,
        id: name,
        arn: `arn:aws:ssm:${asked.region}:${asked.configuration.account}:parameter/${name.replace(/^\//, "")}`,
        version: 1,
        type: "String",
    };
    if (name.startsWith("/aws/service/")) {
        const value = /ami|image_id/.test(name) ? imageId(asked.region, name) : `rehearsal-value-of${name.replaceAll("/", "-")}`;
        return { ...base, arn: `arn:aws:ssm:${asked.region}::parameter${name}`, value, insecureValue: value };
    }
    const stored = asked.cloud.find("ssm/parameter", name, asked.region);
    if (!stored) throw new CloudError(`ParameterNotFound: there is no SSM parameter "${name}" in ${asked.region}.`);
    const value = stored.inputs.value ?? stored.inputs.insecureValue ?? "";
    return {
        ...base,
        value,
        insecureValue: stored.inputs.type === "SecureString" ? "" : value,
        type: stored.inputs.type ?? "String",
        version: stored.outputs.version ?? 1,
    };
};

const key: DataSource = (asked) => {
    const wanted = textOf(asked.args.keyId) ?? "";
    const { account } = asked.configuration;
    if (/^(arn:.*:)?alias\/aws\//.test(wanted)) {
        const id = hex(`${account}/${asked.region}/${wanted}`, 32);
        return {
            id,
            arn: `arn:aws:kms:${asked.region}:${account}:key/${id}`,
            keyManager: "AWS",
            enabled: true,
            keyState: "Enabled",
            keyUsage: "ENCRYPT_DECRYPT",
            awsAccountId: account,
        };
    }
    const alias = asked.cloud.find("kms/alias", wanted, asked.region);
    const id = textOf(alias?.outputs.targetKeyId) ?? wanted.split("/").at(-1) ?? "";
    const found = asked.cloud.find("kms/key", id, asked.region) ?? asked.cloud.find("kms/replicaKey", id, asked.region);
    if (!found) throw new CloudError(`NotFoundException: there is no KMS key "${wanted}" in ${asked.region}.`);
    return { ...found.outputs, id: found.id, keyManager: "CUSTOMER", enabled: true, keyState: "Enabled", awsAccountId: account };
};

const secretValue: DataSource = (asked) => {
    const wanted = textOf(asked.args.secretId);
    const secret = [...asked.cloud.all("secretsmanager/secret")].find(
        (thing) => thing.region === asked.region && (thing.id === wanted || thing.outputs.name === wanted),
    );
    if (!secret)
        throw new CloudError(`ResourceNotFoundException: Secrets Manager can't find the specified secret "${wanted}" in ${asked.region}.`);
    const version = [...asked.cloud.all("secretsmanager/secretVersion")]
        .filter((thing) => thing.inputs.secretId === secret.id || thing.inputs.secretId === secret.outputs.name)
        .at(-1);
    if (!version)
        throw new CloudError(
            `ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label AWSCURRENT of "${wanted}".`,
        );
    return {
        arn: secret.id,
        secretArn: secret.id,
        id: `${secret.id}|AWSCURRENT`,
        secretString: version.inputs.secretString ?? version.inputs.secretStringWo ?? "",
        versionId: version.outputs.versionId ?? "",
        versionStages: ["AWSCURRENT"],
        createdDate: asked.now,
    };
};

export const lookups: { readonly [name: string]: DataSource } = {
    "route53/getZone": zone,
    "ssm/getParameter": parameter,
    "kms/getKey": key,
    "kms/getAlias": one("kms/alias", "KMS alias", (thing, args) => thing.id === args.name),
    "secretsmanager/getSecretVersion": secretValue,
    "secretsmanager/getSecret": one(
        "secretsmanager/secret",
        "Secrets Manager secret",
        (thing, args) => thing.id === args.arn || thing.outputs.name === args.name,
    ),
    "s3/getBucket": one("s3/bucket", "S3 bucket", (thing, args) => thing.id === args.bucket),
    "acm/getCertificate": one("acm/certificate", "ACM certificate", (thing, args) => thing.inputs.domainName === args.domain),
    "iam/getRole": one("iam/role", "IAM role", (thing, args) => thing.id === args.name),
    "rds/getInstance": one("rds/instance", "RDS DB instance", (thing, args) => thing.outputs.identifier === args.dbInstanceIdentifier),
    "rds/getCluster": one("rds/cluster", "RDS DB cluster", (thing, args) => thing.id === args.clusterIdentifier),
    "lb/getLoadBalancer": one(
        "lb/loadBalancer",
        "ELBv2 load balancer",
        (thing, args) => thing.id === args.arn || thing.outputs.name === args.name,
    ),
    "ec2/getSubnet": (asked) => {
        const [found] = matching(asked, "ec2/subnet");
        return found ? { ...found.outputs, id: found.id } : nothing(asked, "EC2 Subnet");
    },
    "ec2/getSecurityGroup": (asked) => {
        const found = matching(asked, "ec2/securityGroup").find(
            (thing) =>
                [undefined, thing.outputs.name].includes(asked.args.name) && [undefined, thing.outputs.vpcId].includes(asked.args.vpcId),
        );
        return found ? { ...found.outputs, id: found.id } : nothing(asked, "EC2 Security Group");
    },
    "ec2/getVpc": (asked) => {
        const [found, ...more] = matching(asked, "ec2/vpc");
        if (!found) return nothing(asked, "EC2 VPC");
        if (more.length > 0)
            throw new CloudError(
                `multiple EC2 VPCs matched (${more.length + 1}); use additional constraints to reduce matches to a single EC2 VPC.`,
            );
        return { ...found.outputs, id: found.id };
    },
    "ec2/getVpcs": (asked) => ({ ids: matching(asked, "ec2/vpc").map((thing) => thing.id) }),
    "ec2/getSubnets": (asked) => ({ ids: matching(asked, "ec2/subnet").map((thing) => thing.id) }),
    "ec2/getSecurityGroups": (asked) => ({ ids: matching(asked, "ec2/securityGroup").map((thing) => thing.id) }),
    "iam/getPolicy": (asked) => {
        const { account } = asked.configuration;
        const arn = textOf(asked.args.arn) ?? "";
        const own = [...asked.cloud.all("iam/policy")].find((thing) => thing.id === arn || thing.outputs.name === asked.args.name);
        if (own) return { ...own.outputs, id: own.id };
        const managed = arn.startsWith("arn:aws:iam::aws:policy/") ? arn : undefined;
        if (managed === undefined) return nothing(asked, `IAM policy of account ${account}`);
        return {
            arn: managed,
            name: managed.split("/").at(-1) ?? "",
            path: "/",
            policy: "{}",
            policyId: `ANPA${capitals(managed, 17)}`,
            id: managed,
        };
    },
};
