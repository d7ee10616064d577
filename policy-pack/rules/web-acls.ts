/** Web ACLs of AWS WAF. */
import { expects, isTrue } from "../core/conditions.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import type { ResourceView } from "../core/resource.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import type { Values } from "../core/values.ts";
import { associationsOf, managedGroupsOf, ownGroupsOf, rulesOf, rulesOfGroup } from "../core/web-acl.ts";

const acl = "wafv2/webAcl";
const group = "wafv2/ruleGroup";
const logging = "wafv2/webAclLoggingConfiguration";

function rulesIn(resource: ResourceView, stack: StackView): readonly Values[] {
    return resource.type === acl ? rulesOf(resource, stack) : rulesOfGroup(resource);
}

function isRateBased(rule: Values): boolean {
    return rule.has("statement.rateBasedStatement");
}

/** Headers that an ACL hides in all that it hands out, logs included. */
function protectedHeaders(resource: ResourceView | undefined): readonly string[] {
    return (resource?.list("dataProtectionConfig.dataProtections") ?? [])
        .filter((protection) => protection.text("field.fieldType") === "SINGLE_HEADER")
        .flatMap((protection) => protection.texts("field.fieldKeys"));
}

export const webAcls: readonly Rule[] = [
    {
        id: "waf-has-rules",
        title: "Every web ACL and rule group has rules, and each rule does something",
        why: "An empty web ACL costs money, looks like protection and lets everything through.",
        fix: "Add managed groups to `rules`, or `wafv2.WebAclRule`s.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["WAF.10"] },
        scope: "relation",
        on: [acl, group],
        judge: (resource, _parameters, stack) => {
            const rules = rulesIn(resource, stack);
            if (rules.length === 0 && (resource.type === group || associationsOf(resource, stack).length === 0)) {
                return violation("rules", "expected at least one rule, got none");
            }
            return each(rules, (rule) =>
                rule.has("action") || rule.has("overrideAction")
                    ? compliant
                    : violation(rule.pathOf("action"), "expected action or overrideAction, got neither"),
            );
        },
    },
    {
        id: "waf-managed-baseline",
        title: "Every web ACL refuses what AWS knows to be an attack",
        why: "The common groups stop scanners and the exploits of the week, Log4j's among them, before anybody has patched.",
        fix: "Add AWSManagedRulesCommonRuleSet and AWSManagedRulesKnownBadInputsRuleSet with `overrideAction: { none: {} }`.",
        severity: "medium",
        levels: standing.regulated,
        controls: {},
        parameters: {
            groups: {
                about: "Managed groups that each web ACL needs.",
                default: ["AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"],
            },
        },
        scope: "relation",
        on: [acl],
        judge: (resource, parameters, stack) => {
            const groups = managedGroupsOf(resource, stack);
            return each(parameters.texts("groups"), (wanted): Finding => {
                const found = groups.filter(({ name }) => name === wanted);
                if (found.length === 0) {
                    return violation("rules", `expected ${wanted}, got ${groups.map(({ name }) => name).join(", ") || "no managed group"}`);
                }
                return found.some(({ counts }) => !counts)
                    ? compliant
                    : violation("rules", `expected ${wanted} to refuse, got it counting only`);
            });
        },
    },
    {
        id: "waf-rate-limit",
        title: "Every web ACL has a limit on what one address may ask",
        why: "Passwords are guessed and small sites are taken down by sheer number; every single request looks harmless.",
        fix: "Add a rule with a `rateBasedStatement` (Terrace: `edge.firewall.rateLimit`).",
        severity: "medium",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AVAIL"] },
        scope: "relation",
        on: [acl],
        judge: (resource, _parameters, stack) => {
            const groups = ownGroupsOf(resource, stack);
            const limited = rulesOf(resource, stack).some(isRateBased) || groups.seen.some((each) => rulesOfGroup(each).some(isRateBased));
            if (!limited && groups.unseen) {
                return notApplicable("calls a rule group of another stack");
            }
            return limited ? compliant : violation("rules", "expected a rule with a rateBasedStatement, got none");
        },
    },
    {
        id: "waf-logging",
        title: "Every web ACL writes down what it sees",
        why: "Without logs nobody can say which customer was refused by mistake, or what the attack was.",
        fix: "Add a `wafv2.WebAclLoggingConfiguration` whose destination has a name that begins with aws-waf-logs-.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["WAF.11"], hipaa: ["AUD"] },
        scope: "relation",
        on: [acl],
        judge: (resource, _parameters, stack) =>
            stack.referrers(resource, logging, "resourceArn").length > 0
                ? compliant
                : violation("", "expected a WebAclLoggingConfiguration for the web ACL, got none"),
    },
    {
        id: "waf-log-redaction",
        title: "Logs of a web ACL leave out what signs users in",
        why: "Whoever reads a log with its cookies and tokens can be any of the users in it.",
        fix: 'List `{ singleHeader: { name: "authorization" } }` and the same for `cookie` in `redactedFields`.',
        severity: "low",
        levels: standing.regulated,
        controls: {},
        parameters: { headers: { about: "Headers to leave out, in lower case.", default: ["authorization", "cookie"] } },
        scope: "relation",
        on: [logging],
        judge: (resource, parameters, stack) => {
            const redacted = resource.list("redactedFields").flatMap((field) => field.text("singleHeader.name") ?? []);
            const [owner] = stack.references(resource, "resourceArn", acl);
            const hidden = [...redacted, ...protectedHeaders(owner)].map((name) => name.toLowerCase());
            const missing = parameters.texts("headers").filter((name) => !hidden.includes(name));
            return missing.length === 0
                ? compliant
                : violation("redactedFields", `expected ${missing.join(", ")} too, got ${hidden.join(", ") || "nothing"}`);
        },
    },
    {
        id: "waf-metrics",
        title: "Web ACLs and their rules are counted",
        why: "An alarm on refused requests, and the decision to stop counting and start refusing, need the numbers.",
        fix: "Set `visibilityConfig.cloudwatchMetricsEnabled: true` on the ACL and on each rule.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["WAF.12"] },
        scope: "relation",
        on: [acl, group],
        judge: (resource, _parameters, stack) =>
            all(
                () => expects(resource, "visibilityConfig.cloudwatchMetricsEnabled", isTrue),
                () => each(rulesIn(resource, stack), (rule) => expects(rule, "visibilityConfig.cloudwatchMetricsEnabled", isTrue)),
            ),
    },
    {
        id: "waf-no-mixed-rule-styles",
        title: "The rules of a web ACL are written in one place",
        why: "Inline rules are the whole list: each deploy removes those that stand as resources, and the next puts them back.",
        fix: "Keep to `rules`, or to `wafv2.WebAclRule`s alone.",
        severity: "medium",
        levels: standing.everywhere,
        controls: {},
        scope: "relation",
        on: [acl],
        judge: (resource, _parameters, stack) => {
            const inline = ["rules", "ruleJson"].filter((property) => resource.has(property));
            const apart = [...stack.referrers(resource, "wafv2/webAclRule", "webAclArn"), ...associationsOf(resource, stack)];
            // The provider asks for this where groups are associated from outside.
            return inline.length === 0 || apart.length === 0 || resource.options.ignoreChanges.some((path) => /^rules?\b/.test(path))
                ? compliant
                : violation(inline[0] ?? "", `expected no inline rules beside resources, got ${apart.map(({ name }) => name).join(", ")}`);
        },
    },
    {
        id: "waf-unused",
        title: "Every web ACL protects something",
        why: "A web ACL that nothing refers to costs five dollars a month and lets its owner believe in it.",
        fix: "Add a `wafv2.WebAclAssociation`, or name it as `webAclId` of a distribution.",
        severity: "low",
        levels: standing.advice,
        controls: {},
        scope: "relation",
        on: [acl],
        judge: (resource, _parameters, stack) => {
            const used = stack
                .referrersOf(resource)
                .some((reference) => !/^wafv2\/webAcl(LoggingConfiguration|Rule|RuleGroupAssociation)$/.test(reference.resource.type));
            return used ? compliant : violation("", "expected a resource that it protects, got none in this stack");
        },
    },
    {
        id: "no-waf-classic",
        title: "No web ACL is of the first generation",
        why: "AWS has retired WAF Classic: nothing new comes to it, and what is left of it goes.",
        fix: "Use `wafv2.WebAcl`.",
        severity: "medium",
        levels: standing.everywhere,
        controls: { fsbp: ["WAF.1", "WAF.4", "WAF.8"] },
        on: ["waf/webAcl", "wafregional/webAcl"],
        judge: () => violation("", "expected wafv2.WebAcl, got WAF Classic"),
    },
];
