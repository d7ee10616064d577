/** GuardDuty, Inspector, Config, Security Hub, Macie: asked of stacks that keep an account, see core/baseline.ts. */
import { isBaseline, regionsWithout } from "../core/baseline.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";

const noBaseline = notApplicable("the stack keeps no account");

/** What is on in a region must be found there, and what is found must be on. */
function inEveryRegion(
    stack: StackView,
    found: readonly ResourceView[],
    what: string,
    judge: (resource: ResourceView) => Finding,
): Finding {
    return isBaseline(stack)
        ? all(
              () => each(regionsWithout(stack, found), (region) => violation("", `expected ${what} in ${region}, got none`)),
              () => each(found, judge),
          )
        : noBaseline;
}

/** Members of `wanted` that `got` lacks, as a violation of `name`. */
function lacks(name: string, wanted: readonly string[], got: readonly string[]): Finding {
    const missing = wanted.filter((each) => !got.includes(each));
    return missing.length === 0 ? compliant : violation(name, `expected ${wanted.join(", ")}, got no ${missing.join(", ")}`);
}

/** Standards whose names begin alike in every partition and version. */
const standards = ["/aws-foundational-security-best-practices/", "/cis-aws-foundations-benchmark/"];

export const detection: readonly Rule[] = [
    {
        id: "guardduty-enabled",
        title: "GuardDuty watches every region that the account uses",
        why: "Stolen credentials are used in the region where nobody looks.",
        fix: "Add a `guardduty.Detector` for each region (`region`), without `enable: false`.",
        severity: "high",
        levels: standing.regulated,
        controls: { fsbp: ["GuardDuty.1"], hipaa: ["308(a)(1)(ii)(A)"] },
        scope: "stack",
        judge: (stack) =>
            inEveryRegion(stack, stack.ofType("guardduty/detector"), "a detector of GuardDuty", (detector) =>
                detector.flag("enable") === false ? violation(`${detector.name}.enable`, "expected true or nothing, got false") : compliant,
            ),
    },
    {
        id: "guardduty-features",
        title: "GuardDuty looks at data, logins, functions and running machines too",
        why: "By itself it reads network and API logs; malware on a disk or a stolen database password shows in neither.",
        fix: 'Add a `guardduty.DetectorFeature` with `status: "ENABLED"` for each; they are paid by use.',
        severity: "medium",
        levels: standing.regulated,
        controls: {
            fsbp: [
                "GuardDuty.5",
                "GuardDuty.6",
                "GuardDuty.7",
                "GuardDuty.8",
                "GuardDuty.9",
                "GuardDuty.10",
                "GuardDuty.11",
                "GuardDuty.13",
            ],
            hipaa: ["308(a)(5)(ii)(B)"],
        },
        parameters: {
            features: {
                about: "Features that must be on.",
                default: [
                    "S3_DATA_EVENTS",
                    "EKS_AUDIT_LOGS",
                    "EBS_MALWARE_PROTECTION",
                    "RDS_LOGIN_EVENTS",
                    "LAMBDA_NETWORK_LOGS",
                    "RUNTIME_MONITORING",
                ],
            },
        },
        scope: "relation",
        on: ["guardduty/detector"],
        judge: (resource, parameters, stack) => {
            const on = stack
                .referrers(resource, "guardduty/detectorFeature", "detectorId")
                .filter((feature) => feature.text("status") === "ENABLED")
                .map((feature) => feature.text("name") ?? "");
            return lacks("", parameters.texts("features"), on);
        },
    },
    {
        id: "inspector-enabled",
        title: "Inspector looks for known holes in machines, images and functions",
        why: "A library that was sound at the build is a way in a month later, and only a scan that goes on tells.",
        fix: 'Add an `inspector2.Enabler` for each region with `resourceTypes: ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"]`.',
        severity: "high",
        levels: standing.regulated,
        controls: { fsbp: ["Inspector.1", "Inspector.2", "Inspector.3", "Inspector.4"], hipaa: ["308(a)(5)(ii)(B)"] },
        parameters: { resourceTypes: { about: "What must be scanned.", default: ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"] } },
        scope: "stack",
        judge: (stack, parameters) =>
            inEveryRegion(stack, stack.ofType("inspector2/enabler"), "an Enabler of Inspector", (enabler) =>
                lacks(`${enabler.name}.resourceTypes`, parameters.texts("resourceTypes"), enabler.texts("resourceTypes")),
            ),
    },
    {
        id: "config-recorder-all",
        title: "AWS Config records every kind of resource",
        why: "Who opened what and when can be read only from a recorder that ran, and recorded that kind, at the time.",
        fix: "Add a `cfg.Recorder` without `allSupported: false`, one of them with `includeGlobalResourceTypes`, a `DeliveryChannel` and a `RecorderStatus`.",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["Config.1"], cis3: ["3.3"], cis5: ["3.3"], hipaa: ["308(a)(1)(ii)(A)"] },
        scope: "relation",
        on: ["cfg/recorder"],
        judge: (resource, _parameters, stack) => {
            const same = (other: ResourceView): boolean => other.region === resource.region;
            const statuses = stack.ofType("cfg/recorderStatus").filter(same);
            // IAM is recorded once: in one region of the account, or each change is paid for in all.
            const global = stack.ofType("cfg/recorder").some((each) => each.flag("recordingGroup.includeGlobalResourceTypes") === true);
            return all(
                () =>
                    resource.flag("recordingGroup.allSupported") === false
                        ? violation("recordingGroup.allSupported", "expected true or nothing, got false")
                        : compliant,
                () =>
                    global
                        ? compliant
                        : violation("recordingGroup.includeGlobalResourceTypes", "expected true on one recorder of the stack, got none"),
                () =>
                    statuses.some((status) => status.flag("isEnabled") === true)
                        ? compliant
                        : violation("", "expected a RecorderStatus with isEnabled, got none"),
                () =>
                    stack.ofType("cfg/deliveryChannel").some(same)
                        ? compliant
                        : violation("", "expected a DeliveryChannel in the recorder's region, got none"),
            );
        },
    },
    {
        id: "config-recorder-present",
        title: "AWS Config records in every region that the account uses",
        why: "What happens in a region without a recorder leaves no history of what was changed into what.",
        fix: "Add a `cfg.Recorder` for each region (`region`).",
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["Config.1"], cis3: ["3.3"], cis5: ["3.3"], hipaa: ["308(a)(1)(ii)(A)"] },
        scope: "stack",
        judge: (stack) => inEveryRegion(stack, stack.ofType("cfg/recorder"), "a Recorder of Config", () => compliant),
    },
    {
        id: "config-aggregator-all-regions",
        title: "Every aggregator of AWS Config takes in all regions",
        why: "A list of regions is out of date on the day that somebody starts a machine in another.",
        fix: "Set `allRegions: true` in the aggregator's source.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { cis3: ["3.3"], cis5: ["3.3"] },
        on: ["cfg/configurationAggregator"],
        judge: (resource) =>
            each(
                ["accountAggregationSource", "organizationAggregationSource"].filter((source) => resource.has(source)),
                (source) =>
                    resource.flag(`${source}.allRegions`) === true
                        ? compliant
                        : violation(
                              `${source}.allRegions`,
                              `expected true, got ${resource.has(`${source}.regions`) ? "a list of regions" : "nothing"}`,
                          ),
            ),
    },
    {
        id: "securityhub-enabled",
        title: "Security Hub checks the account against a standard, in every region",
        why: "What the program sets up is judged here; what somebody changed by hand afterwards is judged there.",
        fix: "Add a `securityhub.Account` for each region and a `securityhub.StandardsSubscription` to FSBP or CIS.",
        severity: "medium",
        levels: standing.regulated,
        controls: { cis3: ["4.16"], cis5: ["4.16"], hipaa: ["308(a)(8)"] },
        link: "https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html",
        scope: "stack",
        judge: (stack) => {
            const subscriptions = stack.ofType("securityhub/standardsSubscription");
            return inEveryRegion(
                stack,
                stack.ofType("securityhub/account", "securityhub/accountV2"),
                "an account of Security Hub",
                (account) => {
                    // The new Security Hub has no standards of its own; a plain account subscribes to FSBP and CIS unless it is told not to.
                    const byItself = account.type === "securityhub/accountV2" || account.flag("enableDefaultStandards") !== false;
                    const subscribed = subscriptions.some(
                        (subscription) =>
                            subscription.region === account.region &&
                            standards.some((standard) => (subscription.text("standardsArn") ?? "").includes(standard)),
                    );
                    return byItself || subscribed
                        ? compliant
                        : violation(account.name, "expected a StandardsSubscription to FSBP or CIS in its region, got none");
                },
            );
        },
    },
    {
        id: "macie-enabled",
        title: "Macie looks for personal data where it does not belong",
        why: "An export of customers in a forgotten bucket is found by whoever looks first.",
        fix: "Add a `macie2.Account` for each region; discovery is paid by volume, the account itself is not.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["Macie.1"], cis3: ["2.1.3"], cis5: ["2.1.3"] },
        scope: "stack",
        judge: (stack) =>
            inEveryRegion(stack, stack.ofType("macie2/account"), "an account of Macie", (account) =>
                account.text("status") === "PAUSED" ? violation(`${account.name}.status`, 'expected "ENABLED", got "PAUSED"') : compliant,
            ),
    },
    {
        id: "security-contact",
        title: "AWS knows whom to call about security",
        why: "Notices of abuse and leaked keys go to the address the account was opened with, which is often nobody's any more.",
        fix: 'Add an `account.AlternativeContact` with `alternateContactType: "SECURITY"`.',
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["Account.1"], cis3: ["1.2"], cis5: ["1.2"] },
        scope: "stack",
        judge: (stack) => {
            if (!isBaseline(stack)) {
                return noBaseline;
            }
            const contacts = stack.ofType("account/alternativeContact");
            return contacts.some((contact) => contact.text("alternateContactType") === "SECURITY")
                ? compliant
                : violation("", "expected an AlternativeContact for SECURITY, got none");
        },
    },
];
