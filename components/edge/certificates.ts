/** Certificates of the edge's names: one at home, one in us-east-1 for CloudFront, and the records that prove both. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { globalRegion } from "../../conventions/regions.ts";
import { nameTag } from "../parts/tags.ts";
import { homeCertificateNames, viewerNames } from "./plan.ts";
import type { EdgeSettings } from "./settings.ts";

export interface Certificates {
    /** Issued: waits for the validation. */
    readonly homeArn: pulumi.Output<string>;
    /** Issued, in us-east-1; the same as at home where home is us-east-1. Absent without a CDN. */
    readonly edgeArn?: pulumi.Output<string>;
}

/** ACM proves a name by the same record in every region, so each name has one record however many certificates bear it. */
export function createCertificates(
    name: string,
    args: EdgeSettings & { readonly environment: Environment },
    zoneId: pulumi.Output<string>,
    opts: pulumi.CustomResourceOptions,
): Certificates {
    const names = homeCertificateNames(args);
    const home = request(`${name}-certificate`, args, names, {}, opts);
    const records = names.map((each) => createProof(`${name}-validation-${each}`, each, home, zoneId, "create" in args.zone, opts));
    const fqdns = (wanted: readonly string[]) =>
        names.flatMap((each, index) => (wanted.includes(each) ? [records[index]?.fqdn ?? each] : []));

    const homeArn = new aws.acm.CertificateValidation(
        `${name}-certificate-validation`,
        { certificateArn: home.arn, validationRecordFqdns: fqdns(names) },
        opts,
    ).certificateArn;
    if (args.cdn === undefined) {
        return { homeArn };
    }
    if (args.environment.region === globalRegion) {
        return { homeArn, edgeArn: homeArn };
    }
    const viewers = viewerNames(args);
    const there = { region: globalRegion };
    const edge = request(`${name}-edge-certificate`, args, viewers, there, opts);
    const edgeArn = new aws.acm.CertificateValidation(
        `${name}-edge-certificate-validation`,
        { ...there, certificateArn: edge.arn, validationRecordFqdns: fqdns(viewers) },
        opts,
    ).certificateArn;
    return { homeArn, edgeArn };
}

function request(
    name: string,
    args: EdgeSettings & { readonly environment: Environment },
    names: readonly string[],
    there: { readonly region?: string },
    opts: pulumi.CustomResourceOptions,
): aws.acm.Certificate {
    const [domainName = args.domain, ...others] = names;
    return new aws.acm.Certificate(
        name,
        {
            ...there,
            domainName,
            subjectAlternativeNames: others,
            keyAlgorithm: args.keyAlgorithm,
            validationMethod: "DNS",
            tags: nameTag(args.environment, name),
        },
        opts,
    );
}

/**
 * The proof of a name is the same for every certificate of the account, in every stack: hence `allowOverwrite`, and hence it stays when
 * this stack goes, lest the others' certificates are not renewed. In a zone of our own it goes with the zone.
 */
function createProof(
    name: string,
    domain: string,
    certificate: aws.acm.Certificate,
    zoneId: pulumi.Output<string>,
    ownZone: boolean,
    opts: pulumi.CustomResourceOptions,
): aws.route53.Record {
    const proof = certificate.domainValidationOptions.apply((options) => {
        const found = options.find((option) => option.domainName === domain);
        if (found === undefined) {
            throw new Error(`ACM asked for no proof of ${domain}`);
        }
        return found;
    });
    return new aws.route53.Record(
        name,
        {
            zoneId,
            name: proof.resourceRecordName,
            type: "CNAME",
            ttl: 300,
            records: [proof.resourceRecordValue],
            allowOverwrite: true,
        },
        { ...opts, retainOnDelete: !ownZone },
    );
}
