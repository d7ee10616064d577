/** Names: Route 53's zones, records and registered domains. */
import { atMostOrNothing, expects, notFalse, notTrue } from "../core/conditions.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { isPrivateBlock } from "../core/internet.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";

const zone = "route53/zone";
const record = "route53/record";

const isPrivate = notApplicable("a private zone");

/** A zone of one's own networks. Associations of other accounts' networks come later and need one network first. */
function isPrivateZone(resource: ResourceView): boolean {
    return resource.has("vpcs");
}

/** Names of AWS that go back to everybody once their owner has deleted them. */
const claimable =
    /(^|\.)(s3[.-][a-z0-9.-]*amazonaws\.com|elasticbeanstalk\.com|elb\.amazonaws\.com|cloudfront\.net|awsglobalaccelerator\.com)\.?$/;

const isAddress = /^\d{1,3}(\.\d{1,3}){3}$/;

function canBeClaimed(target: string): boolean {
    return isAddress.test(target) ? !isPrivateBlock(target) : claimable.test(target.toLowerCase());
}

/** What a record points at, as far as it is written out. */
function targetsOf(resource: ResourceView): readonly string[] {
    const aliases = resource.isUnknown("aliases") ? [] : resource.list("aliases").flatMap((alias) => alias.knownTexts("name"));
    return [...aliases, ...resource.knownTexts("records")];
}

/** A record follows the health of its target by a check of its own, or as an alias by asking the target. */
function judgeHealth(resource: ResourceView): Finding {
    return resource.has("healthCheckId") || resource.list("aliases").some((alias) => alias.flag("evaluateTargetHealth") === true)
        ? compliant
        : violation("healthCheckId", "expected a health check, got nothing");
}

function isSignedIn(resource: ResourceView, stack: StackView): boolean {
    return stack
        .referrers(resource, "route53/hostedZoneDnsSec", "hostedZoneId")
        .some((signing) => (signing.text("signingStatus") ?? "SIGNING") === "SIGNING");
}

export const dns: readonly Rule[] = [
    {
        id: "route53-query-logging",
        title: "Public zones write down what they are asked",
        why: "Attacks on names, and machines that call home, are seen in the queries and nowhere else.",
        fix: "Add a `route53.QueryLog` with a log group in us-east-1 whose name begins with /aws/route53/ (Terrace: `edge.queryLogs`).",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["Route53.2"], hipaa: ["AUD"] },
        scope: "relation",
        on: [zone],
        judge: (resource, _parameters, stack) => {
            if (isPrivateZone(resource)) {
                return isPrivate;
            }
            return stack.referrers(resource, "route53/queryLog", "zoneId").length > 0
                ? compliant
                : violation("", "expected a QueryLog for the zone, got none");
        },
    },
    {
        id: "route53-dnssec",
        title: "Public zones are signed",
        why: "Without signatures whoever is between the user and the name server decides where the name leads.",
        fix: "Add a `route53.KeySigningKey` and a `route53.HostedZoneDnsSec`, and the DS record in the parent zone.",
        severity: "medium",
        // A mistake with the parent's record takes the whole domain away, so nobody should be pushed into it.
        levels: standing.onRequest,
        controls: {},
        scope: "relation",
        on: [zone],
        judge: (resource, _parameters, stack) => {
            if (isPrivateZone(resource)) {
                return isPrivate;
            }
            return all(
                () =>
                    stack.referrers(resource, "route53/keySigningKey", "hostedZoneId").length > 0
                        ? compliant
                        : violation("", "expected a KeySigningKey for the zone, got none"),
                () =>
                    isSignedIn(resource, stack) ? compliant : violation("", "expected a HostedZoneDnsSec that signs the zone, got none"),
            );
        },
    },
    {
        id: "route53-dangling-record",
        title: "Records point at what this program made",
        why: "A name or address of AWS that was given back belongs to the next who asks, and your record sends your users there.",
        fix: "Refer to the resource instead of writing its address; put what stands elsewhere into this rule's `elsewhere`.",
        severity: "high",
        levels: standing.productionAdvice,
        controls: {},
        parameters: { elsewhere: { about: "Targets of other stacks or providers, or the ends of their names.", default: [] } },
        scope: "relation",
        on: [record],
        judge: (resource, parameters, stack) => {
            const property = resource.has("aliases") ? "aliases" : "records";
            const [owner] = stack.references(resource, "zoneId", zone);
            if (stack.references(resource, property).length > 0 || (owner !== undefined && isPrivateZone(owner))) {
                return notApplicable("made of a resource of this program, or in a private zone");
            }
            return each(targetsOf(resource), (target) =>
                canBeClaimed(target) && !parameters.texts("elsewhere").some((end) => target.endsWith(end))
                    ? violation(property, `expected a resource of this program, got "${target}" written out`)
                    : compliant,
            );
        },
    },
    {
        id: "route53-domain-lock",
        title: "Registered domains are locked, renewed and private",
        why: "A domain that lapses or is transferred away takes every address and every mailbox of the company along.",
        fix: "Leave `transferLock`, `autoRenew` and the four privacy flags out; all are on by default.",
        severity: "medium",
        levels: standing.production,
        controls: {},
        on: ["route53domains/registeredDomain", "route53domains/domain"],
        judge: (resource) =>
            all(
                ...["transferLock", "autoRenew", "adminPrivacy", "billingPrivacy", "registrantPrivacy", "techPrivacy"].map(
                    (property) => () => expects(resource, property, notFalse),
                ),
            ),
    },
    {
        id: "route53-caa-record",
        title: "Public zones say who may issue certificates for them",
        why: "Without a CAA record every certificate authority of the world may, if somebody talks it into it.",
        fix: 'Add a `route53.Record` of type CAA, such as `0 issue "amazon.com"`.',
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        scope: "relation",
        on: [zone],
        judge: (resource, _parameters, stack) => {
            if (isPrivateZone(resource)) {
                return isPrivate;
            }
            return stack.referrers(resource, record, "zoneId").some((each) => each.text("type") === "CAA")
                ? compliant
                : violation("", "expected a record of type CAA in the zone, got none");
        },
    },
    {
        id: "route53-failover-health-check",
        title: "A primary record knows when its target is down",
        why: "Without a health check a primary record never fails over: the second site waits for ever.",
        fix: "Set `healthCheckId`, or `evaluateTargetHealth: true` on an alias (CloudFront has none to evaluate).",
        severity: "medium",
        levels: standing.resilience,
        controls: { hipaa: ["AVAIL"] },
        on: [record],
        judge: (resource) => {
            if (resource.text("failoverRoutingPolicies.type") !== "PRIMARY") {
                return notApplicable("not the primary of a pair");
            }
            return judgeHealth(resource);
        },
    },
    {
        id: "route53-shared-record-health-check",
        title: "Records that share the traffic leave out what is down",
        why: "A target without a health check keeps its share of the users after it has died.",
        fix: "Set `healthCheckId`, or `evaluateTargetHealth: true` on an alias.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AVAIL"] },
        on: [record],
        judge: (resource) => {
            const shares =
                ["weightedRoutingPolicies", "latencyRoutingPolicies"].some((property) => resource.has(property)) ||
                resource.flag("multivalueAnswerRoutingPolicy") === true;
            if (!shares) {
                return notApplicable("shares nothing");
            }
            return judgeHealth(resource);
        },
    },
    {
        id: "route53-failover-ttl",
        title: "Records that fail over are not remembered for long",
        why: "Resolvers keep sending users to the site that is down until the record's time is over.",
        fix: "Set `ttl: 60` or less.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AVAIL"] },
        on: [record],
        judge: (resource) =>
            resource.has("failoverRoutingPolicies") || resource.has("healthCheckId")
                ? expects(resource, "ttl", atMostOrNothing(60, "seconds"))
                : notApplicable("does not fail over"),
    },
    {
        id: "route53-no-force-destroy",
        title: "No zone is emptied so that it can be deleted",
        why: "A destroy in the wrong stack takes every record along, those of others too, and the next zone has other name servers.",
        fix: "Leave `forceDestroy` out.",
        severity: "medium",
        levels: standing.resilience,
        controls: {},
        on: [zone],
        judge: (resource) => expects(resource, "forceDestroy", notTrue),
    },
];
