/** CloudFront before the application: origins, behaviours, headers, access logs. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../conventions/environment.ts";
import { globalRegion } from "../../conventions/regions.ts";
import { createLogGroup } from "../parts/log-group.ts";
import { nameTag } from "../parts/tags.ts";
import type { CdnSettings } from "./cdn-settings.ts";
import { originIds, planBehaviour } from "./plan.ts";

/** The load balancer as the edge sees it. */
export interface PublishedLoadBalancer {
    readonly arn: pulumi.Input<string>;
    readonly dnsName: pulumi.Input<string>;
    readonly zoneId: pulumi.Input<string>;
    /** Decides between a VPC origin and a public one. */
    readonly internal: boolean;
}

/** The bucket that holds what never changes. Its policy must let the distribution read: it is the bucket's. */
export interface PublishedAssets {
    readonly key: string;
    readonly bucketName: pulumi.Input<string>;
    readonly bucketArn: pulumi.Input<string>;
    /** With the region in it: the global name redirects for hours. */
    readonly regionalDomainName: pulumi.Input<string>;
}

export interface CdnArgs extends CdnSettings {
    readonly environment: Environment;
    readonly aliases: readonly string[];
    /** Issued, in us-east-1. */
    readonly certificateArn: pulumi.Input<string>;
    /** Name that the load balancer's certificate bears. */
    readonly originName: string;
    readonly loadBalancer?: PublishedLoadBalancer;
    readonly assets?: PublishedAssets;
    readonly webAclArn?: pulumi.Input<string>;
    readonly logBucketArn: pulumi.Input<string>;
    /** Key in us-east-1. Needed where access logs go to a log group. */
    readonly edgeLogsKeyArn?: pulumi.Input<string>;
}

type Origin = aws.types.input.cloudfront.DistributionOrigin;

const originTls = ["TLSv1.2"];

export class Cdn {
    public readonly distribution: aws.cloudfront.Distribution;
    /** Built from the id, not read back: emulators answer an ARN with one colon too few, which the log delivery refuses. */
    public readonly distributionArn: pulumi.Output<string>;
    private readonly name: string;
    private readonly args: CdnArgs;
    private readonly opts: pulumi.CustomResourceOptions;

    public constructor(name: string, args: CdnArgs, opts: pulumi.CustomResourceOptions) {
        this.name = name;
        this.args = args;
        this.opts = opts;
        this.distribution = this.createDistribution([...this.loadBalancerOrigins(), ...this.assetsOrigin()], this.createHeaders());
        this.distributionArn = pulumi.interpolate`arn:aws:cloudfront::${args.environment.accountId}:distribution/${this.distribution.id}`;
        this.createLogs();
        if (args.detailedMetrics) {
            new aws.cloudfront.MonitoringSubscription(
                `${name}-metrics`,
                {
                    distributionId: this.distribution.id,
                    monitoringSubscription: { realtimeMetricsSubscriptionConfig: { realtimeMetricsSubscriptionStatus: "Enabled" } },
                },
                opts,
            );
        }
    }

    private createDistribution(origins: Origin[], headersId: pulumi.Output<string>): aws.cloudfront.Distribution {
        const { args } = this;
        const failsOver = args.failover !== undefined && args.loadBalancer !== undefined;
        const byDefault = { to: args.loadBalancer === undefined ? "assets" : "loadBalancer", compress: true } as const;
        const rootObject = args.defaultRootObject ?? (args.loadBalancer === undefined ? "index.html" : undefined);
        return new aws.cloudfront.Distribution(
            this.name,
            {
                comment: args.environment.name,
                aliases: [...args.aliases],
                httpVersion: args.http3 ? "http2and3" : "http2",
                isIpv6Enabled: true,
                priceClass: args.priceClass,
                retainOnDelete: args.retainOnDelete,
                waitForDeployment: true,
                ...(rootObject !== undefined && { defaultRootObject: rootObject }),
                origins,
                ...(failsOver && {
                    originGroups: [
                        {
                            originId: originIds.group,
                            failoverCriteria: { statusCodes: args.failover?.statusCodes ?? [] },
                            members: [{ originId: originIds.loadBalancer }, { originId: originIds.second }],
                        },
                    ],
                }),
                defaultCacheBehavior: { ...planBehaviour(byDefault, failsOver), responseHeadersPolicyId: headersId },
                orderedCacheBehaviors: args.behaviours.map((each) => ({
                    pathPattern: each.path,
                    ...planBehaviour(each, failsOver),
                    responseHeadersPolicyId: headersId,
                })),
                customErrorResponses: args.errors.map((each) => ({
                    errorCode: each.code,
                    errorCachingMinTtl: each.cachedSeconds,
                    ...(each.page !== undefined && { responsePagePath: each.page }),
                    ...(each.responseCode !== undefined && { responseCode: each.responseCode }),
                })),
                restrictions: { geoRestriction: geoRestriction(args.countries) },
                ...(args.webAclArn !== undefined && { webAclId: args.webAclArn }),
                enabled: true,
                viewerCertificate: {
                    acmCertificateArn: args.certificateArn,
                    sslSupportMethod: "sni-only",
                    minimumProtocolVersion: args.tls,
                },
                tags: nameTag(args.environment, this.name),
            },
            this.opts,
        );
    }

    /** Over TLS, by the name on its certificate; CloudFront refuses a certificate that bears neither this name nor the viewer's. */
    private loadBalancerOrigins(): Origin[] {
        const { loadBalancer, origin, failover, originName } = this.args;
        if (loadBalancer === undefined) {
            return [];
        }
        const timeouts = { originReadTimeout: origin.readTimeoutSeconds, originKeepaliveTimeout: origin.keepAliveSeconds };
        const publicly = {
            customOriginConfig: {
                httpPort: 80,
                httpsPort: 443,
                originProtocolPolicy: "https-only",
                originSslProtocols: originTls,
                ...timeouts,
            },
        };
        const connection = { connectionAttempts: origin.connectionAttempts, connectionTimeout: origin.connectionTimeoutSeconds };
        const way = loadBalancer.internal
            ? { vpcOriginConfig: { vpcOriginId: this.createVpcOrigin(loadBalancer).id, ...timeouts } }
            : publicly;
        return [
            {
                originId: originIds.loadBalancer,
                domainName: originName,
                ...connection,
                ...way,
                ...(origin.shield !== undefined && { originShield: { enabled: true, originShieldRegion: origin.shield } }),
            },
            ...(failover === undefined ? [] : [{ originId: originIds.second, domainName: failover.domain, ...connection, ...publicly }]),
        ];
    }

    private createVpcOrigin(loadBalancer: PublishedLoadBalancer): aws.cloudfront.VpcOrigin {
        return new aws.cloudfront.VpcOrigin(
            `${this.name}-vpc-origin`,
            {
                vpcOriginEndpointConfig: {
                    name: `${this.args.environment.name}-${this.name}`.slice(0, 64),
                    arn: loadBalancer.arn,
                    httpPort: 80,
                    httpsPort: 443,
                    originProtocolPolicy: "https-only",
                    originSslProtocols: { items: originTls, quantity: originTls.length },
                },
                tags: nameTag(this.args.environment, `${this.name}-vpc-origin`),
            },
            this.opts,
        );
    }

    /** CloudFront signs every request to the bucket, so that the bucket need not be open to anybody else. */
    private assetsOrigin(): Origin[] {
        const { assets } = this.args;
        if (assets === undefined) {
            return [];
        }
        const control = new aws.cloudfront.OriginAccessControl(
            `${this.name}-${assets.key}-access`,
            {
                description: `${this.args.environment.name}: bucket ${assets.key}`,
                originAccessControlOriginType: "s3",
                signingBehavior: "always",
                signingProtocol: "sigv4",
            },
            this.opts,
        );
        return [
            {
                originId: originIds.assets,
                domainName: assets.regionalDomainName,
                originAccessControlId: control.id,
            },
        ];
    }

    private createHeaders(): pulumi.Output<string> {
        const { headers, environment } = this.args;
        const custom = Object.entries(headers.custom);
        return new aws.cloudfront.ResponseHeadersPolicy(
            `${this.name}-headers`,
            {
                comment: environment.name,
                ...(custom.length > 0 && {
                    customHeadersConfig: { items: custom.map(([header, value]) => ({ header, value, override: true })) },
                }),
                ...(headers.remove.length > 0 && { removeHeadersConfig: { items: headers.remove.map((header) => ({ header })) } }),
                securityHeadersConfig: {
                    strictTransportSecurity: {
                        accessControlMaxAgeSec: headers.strictTransport.seconds,
                        includeSubdomains: headers.strictTransport.subdomains,
                        preload: headers.strictTransport.preload,
                        override: true,
                    },
                    contentTypeOptions: { override: true },
                    frameOptions: { frameOption: headers.frames, override: true },
                    referrerPolicy: { referrerPolicy: headers.referrer, override: true },
                    ...(headers.contentSecurityPolicy !== undefined && {
                        contentSecurityPolicy: { contentSecurityPolicy: headers.contentSecurityPolicy, override: true },
                    }),
                },
            },
            this.opts,
        ).id;
    }

    /** Standard logging, second version: no ACL on the bucket. Source, destination and delivery stand in us-east-1, the bucket anywhere. */
    private createLogs(): void {
        const there = { region: globalRegion };
        const tags = nameTag(this.args.environment, `${this.name}-logs`);
        const source = new aws.cloudwatch.LogDeliverySource(
            `${this.name}-logs`,
            { ...there, logType: "ACCESS_LOGS", resourceArn: this.distributionArn, tags },
            this.opts,
        );
        const toBucket = this.args.logs === "bucket";
        const destination = new aws.cloudwatch.LogDeliveryDestination(
            `${this.name}-logs`,
            {
                ...there,
                outputFormat: "json",
                deliveryDestinationConfiguration: {
                    destinationResourceArn: toBucket ? pulumi.interpolate`${this.args.logBucketArn}/cloudfront` : this.createLogGroup().arn,
                },
                tags,
            },
            this.opts,
        );
        new aws.cloudwatch.LogDelivery(
            `${this.name}-logs`,
            {
                ...there,
                deliverySourceName: source.name,
                deliveryDestinationArn: destination.arn,
                ...(toBucket && {
                    s3DeliveryConfigurations: [{ suffixPath: "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}", enableHiveCompatiblePath: false }],
                }),
                tags,
            },
            this.opts,
        );
    }

    private createLogGroup(): aws.cloudwatch.LogGroup {
        const { edgeLogsKeyArn, environment } = this.args;
        if (edgeLogsKeyArn === undefined) {
            throw new TypeError(`${this.name} logs to a log group in us-east-1, which needs edgeLogsKeyArn`);
        }
        return createLogGroup(
            `${this.name}-log`,
            environment,
            { region: globalRegion, logName: `/aws/vendedlogs/cloudfront/${environment.name}-${this.name}`, keyArn: edgeLogsKeyArn },
            this.opts,
        );
    }
}

function geoRestriction(countries: CdnSettings["countries"]) {
    if (countries === undefined) {
        return { restrictionType: "none", locations: [] };
    }
    return "allow" in countries
        ? { restrictionType: "whitelist", locations: [...countries.allow].sort() }
        : { restrictionType: "blacklist", locations: [...countries.deny].sort() };
}
