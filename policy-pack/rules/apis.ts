/** API Gateway: REST (v1), HTTP and WebSocket (v2). */
import { expects, isTrue, matching, notTrue, oneOf, present } from "../core/conditions.ts";
import { corsFinding } from "../core/cors.ts";
import { credentialNamed } from "../core/credentials.ts";
import { all, compliant, each, type Finding, notApplicable, violation } from "../core/finding.ts";
import { standing } from "../core/levels.ts";
import { openOperations, policyIn } from "../core/open-api.ts";
import { allowsAnybody, documentAt, parseDocument, type Statement } from "../core/policy-document.ts";
import type { ResourceView } from "../core/resource.ts";
import { policyHolders } from "../core/resource-policy.ts";
import type { Rule } from "../core/rule.ts";
import type { StackView } from "../core/stack.ts";
import type { Values } from "../core/values.ts";

const stages = ["apigateway/stage", "apigatewayv2/stage"];

/** The API that a stage, method or route belongs to, where it is of this stack. */
function apiOf(resource: ResourceView, stack: StackView): ResourceView | undefined {
    return resource.type.startsWith("apigatewayv2/")
        ? stack.references(resource, "apiId", "apigatewayv2/api")[0]
        : stack.references(resource, "restApi", "apigateway/restApi")[0];
}

/** Reached through VPC endpoints only. */
function isPrivate(api: ResourceView | undefined): boolean {
    return api?.texts("endpointConfiguration.types").includes("PRIVATE") ?? false;
}

/** The settings that hold for all methods of a REST stage. */
function settingsOfAll(stage: ResourceView, stack: StackView): readonly ResourceView[] {
    const api = apiOf(stage, stack);
    return stack
        .ofType("apigateway/methodSettings")
        .filter(
            (settings) =>
                settings.text("methodPath") === "*/*" &&
                (stack.references(settings, "stageName").includes(stage) ||
                    (api !== undefined && apiOf(settings, stack) === api && settings.text("stageName") === stage.text("stageName"))),
        );
}

/** Asks the settings of all methods of a REST stage, wherever they are written. */
function ofAllMethods(stage: ResourceView, stack: StackView, expected: string, accepts: (settings: Values) => boolean): Finding {
    const found = settingsOfAll(stage, stack);
    return found.some((settings) => accepts(settings.at("settings")))
        ? compliant
        : violation("", `expected MethodSettings of */* for the stage with ${expected}, got ${found.length === 0 ? "none" : "others"}`);
}

function isLimited(settings: Values): boolean {
    // AWS reads -1 as no limit.
    return ["throttlingBurstLimit", "throttlingRateLimit"].every((limit) => (settings.number(limit) ?? -1) >= 0);
}

/** The setting of a stage for all its routes, and those of single routes. */
function routeSettings(stage: ResourceView): readonly Values[] {
    return [stage.at("defaultRouteSettings"), ...stage.list("routeSettings")];
}

/** Backends that can ask for API Gateway's certificate. In a body of OpenAPI the integrations are text. */
function hasHttpBackend(api: ResourceView, stack: StackView): boolean {
    const integrations = stack.referrers(api, "apigateway/integration", "restApi");
    return (
        integrations.some((integration) => ["HTTP", "HTTP_PROXY"].includes(integration.text("type") ?? "")) ||
        /"?type"?\s*:\s*"?http(_proxy)?\b/i.test(api.text("body") ?? "")
    );
}

/** `Allow` for everybody with a `Deny` for all but some is how AWS's own examples let in an office or an endpoint. */
function narrowsCallers(statements: readonly Statement[]): boolean {
    const denial = statements.some(
        (statement) =>
            !statement.allows &&
            statement.principals.includes("*") &&
            statement.conditions.some((condition) => condition.operator.includes("not")),
    );
    return statements.length > 0 && (denial || !statements.some((statement) => allowsAnybody(statement)));
}

function hasNarrowPolicy(api: ResourceView, stack: StackView): boolean {
    const holders = policyHolders(api, { type: "apigateway/restApiPolicy", property: "restApiId" }, stack);
    const written = holders.flatMap((holder) => documentAt(holder, "policy") ?? []);
    return narrowsCallers([...written, ...(parseDocument(policyIn(api.text("body") ?? ""), "body") ?? [])]);
}

const asksAbove = notApplicable("the API's own policy or endpoint says who may call");

/** Whether a REST API lets in nobody but whom its endpoint or policy names. */
function isNarrow(api: ResourceView, stack: StackView): boolean {
    return api.type === "apigateway/restApi" && (isPrivate(api) || hasNarrowPolicy(api, stack));
}

/** Judges an API whose methods are not resources: written in OpenAPI, or made from one target. */
function definitionFinding(api: ResourceView, open: readonly string[], stack: StackView): Finding {
    if (api.type === "apigatewayv2/api" && api.has("target")) {
        return violation("target", "expected routes with an authorizer, got one route to the target that is open to all");
    }
    if (!api.has("body")) {
        return notApplicable("its methods and routes are resources");
    }
    const operations = openOperations(api.text("body") ?? "");
    if (operations === undefined) {
        return notApplicable("its definition cannot be read");
    }
    return isNarrow(api, stack)
        ? asksAbove
        : each(
              operations.filter((operation) => !open.some((part) => operation.includes(part))),
              (operation) => violation("body", `expected an authorizer or AWS_IAM on ${operation}, got none`),
          );
}

/** Where a route takes its login from another: WebSocket asks once, at $connect. */
function asksElsewhere(route: ResourceView, api: ResourceView | undefined): boolean {
    const key = route.text("routeKey") ?? "";
    return key !== "$connect" && (key === "$disconnect" || api?.text("protocolType") === "WEBSOCKET");
}

function distributionsOf(api: ResourceView, stack: StackView): readonly ResourceView[] {
    return stack.ofType("cloudfront/distribution").filter((distribution) => {
        const origins = stack.references(distribution, "origins");
        return origins.some((origin) => origin === api || (stages.includes(origin.type) && apiOf(origin, stack) === api));
    });
}

export const apis: readonly Rule[] = [
    {
        id: "apigw-access-logging",
        title: "Every stage of an API writes an access log",
        why: "Without it, who called what, and what was refused, is known to nobody.",
        fix: "Set `accessLogSettings: { destinationArn, format }` with a log group and a JSON object of $context variables.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["APIGateway.9"], hipaa: ["AUD"] },
        parameters: {
            json: {
                about: "Whether the format must be a JSON object, which queries can read.",
                default: { development: false, production: false, regulated: true },
            },
        },
        on: stages,
        judge: (resource, parameters) =>
            all(
                () => expects(resource, "accessLogSettings.destinationArn", present("a log group")),
                () =>
                    parameters.flag("json") && resource.has("accessLogSettings")
                        ? expects(resource, "accessLogSettings.format", matching(/^\s*\{/, "a JSON object"))
                        : compliant,
            ),
    },
    {
        id: "apigw-execution-logging",
        title: "REST and WebSocket stages log what fails inside API Gateway",
        why: "A request that a mapping, an authorizer or a timeout ends never reaches the backend's log.",
        fix: 'REST: `apigateway.MethodSettings` for "*/*" with `loggingLevel: "ERROR"`; WebSocket: `defaultRouteSettings.loggingLevel`.',
        severity: "medium",
        levels: standing.regulated,
        controls: { fsbp: ["APIGateway.1"], hipaa: ["AUD"] },
        scope: "relation",
        on: stages,
        judge: (resource, _parameters, stack) => {
            const logs = (level: string | undefined): boolean => level === "ERROR" || level === "INFO";
            if (resource.type === "apigateway/stage") {
                return ofAllMethods(resource, stack, 'a `loggingLevel` of "ERROR" or "INFO"', (settings) =>
                    logs(settings.text("loggingLevel")),
                );
            }
            return apiOf(resource, stack)?.text("protocolType") === "WEBSOCKET"
                ? expects(resource, "defaultRouteSettings.loggingLevel", oneOf("ERROR", "INFO"))
                : notApplicable("an HTTP API has no execution log");
        },
    },
    {
        id: "apigw-no-data-trace",
        title: "No stage writes whole requests and responses to its log",
        why: "Data tracing copies bodies and tokens into a log that many more people read.",
        fix: "Leave `dataTraceEnabled` out.",
        severity: "medium",
        levels: standing.production,
        controls: { hipaa: ["ACC"] },
        on: ["apigateway/methodSettings", "apigatewayv2/stage"],
        judge: (resource) =>
            resource.type === "apigateway/methodSettings"
                ? expects(resource, "settings.dataTraceEnabled", notTrue)
                : each(routeSettings(resource), (settings) => expects(settings, "dataTraceEnabled", notTrue)),
    },
    {
        id: "apigw-xray",
        title: "Stages of REST APIs are traced",
        why: "Without a trace, whether API Gateway, the authorizer or the backend was slow is a guess.",
        fix: "Set `xrayTracingEnabled: true`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: { fsbp: ["APIGateway.3"], hipaa: ["AUD"] },
        on: ["apigateway/stage"],
        judge: (resource) => expects(resource, "xrayTracingEnabled", isTrue),
    },
    {
        id: "apigw-cache-encrypted",
        title: "What an API keeps in its cache is encrypted",
        why: "Responses lie in the cache as the caller got them.",
        fix: "Set `settings.cacheDataEncrypted: true` beside `cachingEnabled`.",
        severity: "medium",
        levels: standing.production,
        controls: { fsbp: ["APIGateway.5"], hipaa: ["REST"] },
        on: ["apigateway/methodSettings"],
        judge: (resource) =>
            resource.flag("settings.cachingEnabled") === true
                ? expects(resource, "settings.cacheDataEncrypted", isTrue)
                : notApplicable("nothing is cached"),
    },
    {
        id: "apigw-client-certificate",
        title: "A REST API shows its HTTP backends a certificate",
        why: "A backend that cannot tell API Gateway from anybody else can be called past every authorizer.",
        fix: "Create an `apigateway.ClientCertificate`, name it in `clientCertificateId`, and have the backend ask for it.",
        severity: "low",
        levels: standing.regulated,
        controls: { fsbp: ["APIGateway.2"], hipaa: ["TRANSIT"] },
        scope: "relation",
        on: ["apigateway/stage"],
        judge: (resource, _parameters, stack) => {
            const api = apiOf(resource, stack);
            return api === undefined || !hasHttpBackend(api, stack)
                ? notApplicable("no HTTP backend")
                : expects(resource, "clientCertificateId", present("a client certificate"));
        },
    },
    {
        id: "apigw-waf",
        title: "Every REST API on the internet stands behind a web ACL",
        why: "The requests that try last week's hole are the same everywhere, and a managed rule set knows them.",
        fix: "Add a `wafv2.WebAclAssociation` for the stage's ARN, or a CloudFront distribution with a web ACL.",
        severity: "medium",
        levels: standing.resilience,
        controls: { fsbp: ["APIGateway.4"] },
        scope: "relation",
        on: ["apigateway/stage"],
        judge: (resource, _parameters, stack) => {
            const api = apiOf(resource, stack);
            if (isPrivate(api)) {
                return notApplicable("reached through VPC endpoints only");
            }
            const guarded =
                ["wafv2/webAclAssociation", "wafregional/webAclAssociation"].some(
                    (type) => stack.referrers(resource, type, "resourceArn").length > 0,
                ) ||
                (api !== undefined && distributionsOf(api, stack).some((distribution) => distribution.has("webAclId")));
            return guarded ? compliant : violation("", "expected a WebAclAssociation for the stage, got none");
        },
    },
    {
        id: "apigw-authorization",
        title: "Every method and route asks who is calling",
        why: "A route without an authorizer is open to the internet, whatever its backend believes; an API key is no login.",
        fix: "Set the authorizer, or AWS_IAM; routes that must be open (health, sign-in, webhooks) go into this rule's `open`.",
        severity: "high",
        levels: standing.production,
        controls: { fsbp: ["APIGateway.8"], hipaa: ["ACCNET"] },
        parameters: {
            open: {
                about: "What anybody may call: parts of logical names of methods and routes, or of `GET /path` in a definition.",
                default: [],
            },
        },
        scope: "relation",
        on: ["apigateway/method", "apigatewayv2/route", "apigateway/restApi", "apigatewayv2/api"],
        judge: (resource, parameters, stack) => {
            if (parameters.texts("open").some((part) => resource.name.includes(part))) {
                return notApplicable("open by name");
            }
            if (resource.type === "apigateway/restApi" || resource.type === "apigatewayv2/api") {
                return definitionFinding(resource, parameters.texts("open"), stack);
            }
            const rest = resource.type === "apigateway/method";
            const property = rest ? "authorization" : "authorizationType";
            const kind = resource.text(property) ?? "NONE";
            if (kind !== "NONE") {
                return compliant;
            }
            if ((rest ? resource.text("httpMethod") : resource.text("routeKey")?.split(" ")[0]) === "OPTIONS") {
                return notApplicable("browsers ask this before they send any login");
            }
            const api = apiOf(resource, stack);
            if (!rest && asksElsewhere(resource, api)) {
                return notApplicable("a WebSocket API asks at $connect");
            }
            return api !== undefined && isNarrow(api, stack)
                ? asksAbove
                : violation(property, 'expected an authorizer or "AWS_IAM", got "NONE"');
        },
    },
    {
        id: "apigw-request-validation",
        title: "A method that declares what it takes refuses anything else",
        why: "Models and required parameters of a REST method are documentation until a validator is named.",
        fix: "Create an `apigateway.RequestValidator` and name it in `requestValidatorId`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        parameters: {
            everyMethod: { about: "Whether methods that declare neither models nor required parameters need one too.", default: false },
        },
        on: ["apigateway/method"],
        judge: (resource, parameters) => {
            const required = Object.values(resource.raw("requestParameters") ?? {}).includes(true);
            return resource.text("httpMethod") === "OPTIONS" ||
                !(parameters.flag("everyMethod") || resource.has("requestModels") || required)
                ? notApplicable("declares nothing to validate")
                : expects(resource, "requestValidatorId", present("a validator"));
        },
    },
    {
        id: "apigw-domain-tls12",
        title: "Custom domains of APIs accept TLS 1.2 or newer only",
        why: "TLS 1.0 can be read by who stands in the middle, and a client that offers it is let in.",
        fix: 'Set `securityPolicy: "TLS_1_2"`, or one of the SecurityPolicy_TLS13_… policies.',
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["TRANSIT"] },
        on: ["apigateway/domainName", "apigatewayv2/domainName"],
        judge: (resource) =>
            expects(
                resource,
                resource.type === "apigateway/domainName" ? "securityPolicy" : "domainNameConfiguration.securityPolicy",
                matching(/^(TLS_1_2|SecurityPolicy_TLS1[23]_\w+)$/, '"TLS_1_2" or a SecurityPolicy_TLS12_… or _TLS13_…'),
            ),
    },
    {
        id: "apigw-integration-https",
        title: "APIs speak HTTPS to backends on the internet",
        why: "The caller's request came encrypted and would go on in the clear, tokens included.",
        fix: "Write the backend's address with https://.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["TRANSIT"] },
        on: ["apigateway/integration", "apigatewayv2/integration"],
        judge: (resource) => {
            if (resource.text("connectionType") === "VPC_LINK") {
                return notApplicable("goes through a VPC link");
            }
            const property = resource.type === "apigateway/integration" ? "uri" : "integrationUri";
            return /^http:/i.test(resource.text(property) ?? "")
                ? violation(property, "expected an https:// address, got http://")
                : compliant;
        },
    },
    {
        id: "apigw-throttling",
        title: "Stages limit how fast they may be called",
        why: "Without limits of its own, one busy or hostile client uses up the account's share for all APIs of the region.",
        fix: 'Set burst and rate limits: REST in `MethodSettings` for "*/*", HTTP and WebSocket in `defaultRouteSettings`.',
        severity: "low",
        levels: standing.productionAdvice,
        controls: { hipaa: ["AVAIL"] },
        scope: "relation",
        on: stages,
        judge: (resource, _parameters, stack) =>
            resource.type === "apigateway/stage"
                ? ofAllMethods(resource, stack, "burst and rate limits", isLimited)
                : isLimited(resource.at("defaultRouteSettings"))
                  ? compliant
                  : violation("defaultRouteSettings", "expected burst and rate limits, got none"),
    },
    {
        id: "apigw-endpoint-disabled-with-domain",
        title: "An API with a domain of its own cannot be called past it",
        why: "The execute-api address goes round the domain's TLS policy and whatever stands before it.",
        fix: "Set `disableExecuteApiEndpoint: true`.",
        severity: "low",
        levels: standing.productionAdvice,
        controls: {},
        scope: "relation",
        on: ["apigateway/restApi", "apigatewayv2/api"],
        judge: (resource, _parameters, stack) => {
            const mappings =
                resource.type === "apigateway/restApi"
                    ? stack.referrers(resource, "apigateway/basePathMapping", "restApi")
                    : stack.referrers(resource, "apigatewayv2/apiMapping", "apiId");
            return mappings.length === 0 || distributionsOf(resource, stack).length > 0
                ? notApplicable("has no domain of its own, or is called by CloudFront under its first address")
                : expects(resource, "disableExecuteApiEndpoint", isTrue);
        },
    },
    {
        id: "apigw-no-secrets-in-variables",
        title: "No credential stands in a stage's variables",
        why: "Stage variables are shown to everybody who may look at the API, and can be written into its logs.",
        fix: "Keep it in Secrets Manager and let the backend read it.",
        severity: "high",
        levels: standing.everywhere,
        controls: { hipaa: ["ACC"], nist: ["IA-5"] },
        on: stages,
        judge: (resource) => {
            const variables = resource.at(resource.type === "apigateway/stage" ? "variables" : "stageVariables");
            return each(variables.keys(""), (name) => {
                const kind = credentialNamed(name, variables.text(name) ?? "");
                return kind === undefined ? compliant : violation(variables.pathOf(name), `expected no secret, got ${kind}`);
            });
        },
    },
    {
        id: "apigw-cors-restricted",
        title: "No HTTP API answers every web page with the visitor's login",
        why: "Any page that a visitor opens can then call the API in their name.",
        fix: "Name the origins in `corsConfiguration.allowOrigins`, or leave `allowCredentials` out.",
        severity: "medium",
        levels: standing.production,
        controls: {},
        on: ["apigatewayv2/api"],
        judge: (resource) => corsFinding(resource, "corsConfiguration"),
    },
];
