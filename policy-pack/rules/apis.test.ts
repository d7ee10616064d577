import { describeOn, describeRule, type Other } from "../testing.ts";

const logGroup = "arn:aws:logs:eu-west-1:123456789012:log-group:api";

describeOn(["apigateway/stage", "apigatewayv2/stage"], {
    rule: "apigw-access-logging",
    compliant: { accessLogSettings: { destinationArn: logGroup, format: '{"requestId":"$context.requestId"}' } },
    violations: [
        { change: { accessLogSettings: undefined }, says: ["accessLogSettings.destinationArn  expected a log group, got nothing"] },
        {
            change: { accessLogSettings: { destinationArn: logGroup, format: "$context.requestId" } },
            says: ['accessLogSettings.format  expected a JSON object, got "$context.requestId"'],
        },
    ],
});

describeRule({
    rule: "apigw-access-logging",
    type: "apigateway/stage",
    parameters: { json: false },
    compliant: { accessLogSettings: { destinationArn: logGroup, format: "$context.requestId" } },
    violations: [],
});

const restApi = (props: Other["props"] = {}): Other => ({ name: "api", type: "apigateway/restApi", props });
const api = (protocolType: string): Other => ({ name: "api", type: "apigatewayv2/api", props: { protocolType } });
const settings = (set: Other["props"], methodPath = "*/*"): Other => ({
    name: "settings",
    type: "apigateway/methodSettings",
    props: { methodPath, settings: set },
    links: { restApi: "api", stageName: "subject" },
});
const byName = (stageName: string): Other => ({
    ...settings({ loggingLevel: "INFO" }),
    props: { methodPath: "*/*", stageName, settings: { loggingLevel: "INFO" } },
    links: { restApi: "api" },
});

describeRule({
    rule: "apigw-execution-logging",
    type: "apigateway/stage",
    compliant: { stageName: "live" },
    links: { restApi: "api" },
    others: [restApi(), settings({ loggingLevel: "ERROR" })],
    alsoCompliant: [{ others: [restApi(), byName("live")] }],
    violations: [
        {
            others: [restApi()],
            says: ['expected MethodSettings of */* for the stage with a `loggingLevel` of "ERROR" or "INFO", got none'],
        },
        {
            others: [restApi(), byName("test")],
            says: ['expected MethodSettings of */* for the stage with a `loggingLevel` of "ERROR" or "INFO", got none'],
        },
        {
            others: [restApi(), settings({ loggingLevel: "ERROR" }, "orders/GET")],
            says: ['expected MethodSettings of */* for the stage with a `loggingLevel` of "ERROR" or "INFO", got none'],
        },
        {
            others: [restApi(), settings({ loggingLevel: "OFF" })],
            says: ['expected MethodSettings of */* for the stage with a `loggingLevel` of "ERROR" or "INFO", got others'],
        },
    ],
});

describeRule({
    rule: "apigw-execution-logging",
    type: "apigatewayv2/stage",
    compliant: { defaultRouteSettings: { loggingLevel: "INFO" } },
    links: { apiId: "api" },
    others: [api("WEBSOCKET")],
    violations: [
        {
            change: { defaultRouteSettings: undefined },
            says: ['defaultRouteSettings.loggingLevel  expected "ERROR" or "INFO", got nothing'],
        },
    ],
    notApplicable: [{ others: [api("HTTP")] }],
});

describeRule({
    rule: "apigw-no-data-trace",
    type: "apigateway/methodSettings",
    compliant: { settings: { dataTraceEnabled: false } },
    violations: [
        { change: { settings: { dataTraceEnabled: true } }, says: ["settings.dataTraceEnabled  expected false or nothing, got true"] },
    ],
});

describeRule({
    rule: "apigw-no-data-trace",
    type: "apigatewayv2/stage",
    compliant: {},
    violations: [
        {
            change: { defaultRouteSettings: { dataTraceEnabled: true } },
            says: ["defaultRouteSettings.dataTraceEnabled  expected false or nothing, got true"],
        },
        {
            change: { routeSettings: [{ routeKey: "$connect", dataTraceEnabled: true }] },
            says: ["routeSettings[0].dataTraceEnabled  expected false or nothing, got true"],
        },
    ],
});

describeRule({
    rule: "apigw-xray",
    type: "apigateway/stage",
    compliant: { xrayTracingEnabled: true },
    violations: [{ change: { xrayTracingEnabled: undefined }, says: ["xrayTracingEnabled  expected true, got nothing"] }],
});

describeRule({
    rule: "apigw-cache-encrypted",
    type: "apigateway/methodSettings",
    compliant: { settings: { cachingEnabled: true, cacheDataEncrypted: true } },
    violations: [{ change: { settings: { cachingEnabled: true } }, says: ["settings.cacheDataEncrypted  expected true, got nothing"] }],
    notApplicable: [{ change: { settings: { loggingLevel: "ERROR" } } }],
});

const integration = (type: string): Other => ({
    name: "integration",
    type: "apigateway/integration",
    props: { type },
    links: { restApi: "api" },
});
const described = JSON.stringify({ paths: { "/": { get: { "x-amazon-apigateway-integration": { type: "http_proxy" } } } } });

describeRule({
    rule: "apigw-client-certificate",
    type: "apigateway/stage",
    compliant: { clientCertificateId: "certificate" },
    links: { restApi: "api" },
    others: [restApi(), integration("HTTP_PROXY")],
    violations: [
        { change: { clientCertificateId: undefined }, says: ["clientCertificateId  expected a client certificate, got nothing"] },
        {
            change: { clientCertificateId: undefined },
            others: [restApi({ body: described })],
            says: ["clientCertificateId  expected a client certificate, got nothing"],
        },
    ],
    alsoCompliant: [{ others: [restApi(), integration("HTTP")] }],
    notApplicable: [
        { change: { clientCertificateId: undefined }, others: [restApi(), integration("AWS_PROXY")] },
        { change: { clientCertificateId: undefined }, others: [restApi({ body: described.replace("http_proxy", "aws_proxy") })] },
    ],
    unknownIsFine: ["clientCertificateId"],
});

const association: Other = { name: "association", type: "wafv2/webAclAssociation", links: { resourceArn: "subject" } };
const distribution = (webAclId?: string, origin = "api"): Other => ({
    name: "cdn",
    type: "cloudfront/distribution",
    props: { webAclId },
    links: { origins: [origin] },
});

describeRule({
    rule: "apigw-waf",
    type: "apigateway/stage",
    compliant: {},
    links: { restApi: "api" },
    others: [restApi(), association],
    alsoCompliant: [
        { others: [restApi(), { ...association, type: "wafregional/webAclAssociation" }] },
        { others: [restApi(), distribution("arn:aws:wafv2:us-east-1:123456789012:global/webacl/web/1")] },
        { others: [restApi(), distribution("arn:aws:wafv2:us-east-1:123456789012:global/webacl/web/1", "subject")] },
    ],
    violations: [
        { others: [restApi()], says: ["expected a WebAclAssociation for the stage, got none"] },
        { others: [restApi(), distribution()], says: ["expected a WebAclAssociation for the stage, got none"] },
        { links: { restApi: [] }, others: [], says: ["expected a WebAclAssociation for the stage, got none"] },
        {
            others: [
                restApi(),
                { name: "other-api", type: "apigateway/restApi" },
                { name: "other-stage", type: "apigateway/stage", links: { restApi: "other-api" } },
                distribution("arn:aws:wafv2:us-east-1:123456789012:global/webacl/web/1", "other-stage"),
            ],
            says: ["expected a WebAclAssociation for the stage, got none"],
        },
    ],
    notApplicable: [{ others: [restApi({ endpointConfiguration: { types: "PRIVATE" } })] }],
});

const anybody = { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "*" };
const office = {
    Effect: "Deny",
    Principal: "*",
    Action: "execute-api:Invoke",
    Resource: "*",
    Condition: { NotIpAddress: { "aws:SourceIp": ["192.0.2.0/24"] } },
};
const named = { ...anybody, Principal: { AWS: "arn:aws:iam::123456789012:role/caller" } };
const policy = (...statements: object[]) => JSON.stringify({ Statement: statements });

describeRule({
    rule: "apigw-authorization",
    type: "apigateway/method",
    parameters: { open: ["health"] },
    compliant: { httpMethod: "GET", authorization: "COGNITO_USER_POOLS" },
    links: { restApi: "api" },
    others: [restApi()],
    alsoCompliant: [{ change: { authorization: "AWS_IAM" } }],
    violations: [
        { change: { authorization: "NONE" }, says: ['authorization  expected an authorizer or "AWS_IAM", got "NONE"'] },
        {
            change: { authorization: "NONE", apiKeyRequired: true },
            says: ['authorization  expected an authorizer or "AWS_IAM", got "NONE"'],
        },
        {
            change: { authorization: "NONE" },
            others: [restApi({ policy: policy(anybody) })],
            says: ['authorization  expected an authorizer or "AWS_IAM", got "NONE"'],
        },
        ...[
            policy(anybody, named),
            policy(anybody, { ...office, Condition: { Bool: { "aws:SecureTransport": "false" } } }),
            policy(anybody, { ...office, Principal: { AWS: "123456789012" } }),
            policy({ ...office, Effect: "Allow" }),
        ].map((text) => ({
            change: { authorization: "NONE" },
            others: [restApi({ policy: text })],
            says: ['authorization  expected an authorizer or "AWS_IAM", got "NONE"'],
        })),
    ],
    notApplicable: [
        { change: { authorization: "NONE", httpMethod: "OPTIONS" } },
        { change: { authorization: "NONE" }, others: [restApi({ endpointConfiguration: { types: "PRIVATE" } })] },
        { change: { authorization: "NONE" }, others: [restApi({ policy: policy(anybody, office) })] },
        {
            change: { authorization: "NONE" },
            others: [
                restApi({
                    policy: policy(anybody, { ...office, Condition: { ...office.Condition, StringEquals: { "aws:Via": "proxy" } } }),
                }),
            ],
        },
        {
            change: { authorization: "NONE" },
            others: [
                restApi(),
                {
                    name: "policy",
                    type: "apigateway/restApiPolicy",
                    props: { policy: policy(named) },
                    links: { restApiId: "api" },
                },
            ],
        },
    ],
    unknownIsFine: ["apiKeyRequired"],
});

describeRule({
    rule: "apigw-authorization",
    type: "apigatewayv2/route",
    parameters: { open: ["health"] },
    compliant: { routeKey: "GET /orders", authorizationType: "JWT" },
    links: { apiId: "api" },
    others: [api("HTTP")],
    violations: [
        { change: { authorizationType: undefined }, says: ['authorizationType  expected an authorizer or "AWS_IAM", got "NONE"'] },
        {
            change: { routeKey: "$connect", authorizationType: "NONE" },
            others: [api("WEBSOCKET")],
            says: ['authorizationType  expected an authorizer or "AWS_IAM", got "NONE"'],
        },
        {
            change: { routeKey: "$default", authorizationType: undefined },
            says: ['authorizationType  expected an authorizer or "AWS_IAM", got "NONE"'],
        },
    ],
    notApplicable: [
        { change: { authorizationType: undefined, routeKey: "OPTIONS /{proxy+}" } },
        { change: { authorizationType: undefined, routeKey: "sendMessage" }, others: [api("WEBSOCKET")] },
        { change: { authorizationType: undefined, routeKey: "$disconnect" }, others: [] },
    ],
    unknownIsFine: ["routeKey"],
});

describeRule({
    rule: "apigw-authorization",
    type: "apigatewayv2/route",
    parameters: { open: ["health", "sub"] },
    notApplicable: [{ change: { authorizationType: "NONE" } }],
    violations: [],
});

describeRule({
    rule: "apigw-request-validation",
    type: "apigateway/method",
    compliant: { httpMethod: "POST", requestModels: { "application/json": "Order" }, requestValidatorId: "validator" },
    violations: [
        { change: { requestValidatorId: undefined }, says: ["requestValidatorId  expected a validator, got nothing"] },
        {
            change: { requestValidatorId: undefined, requestModels: undefined, requestParameters: { "method.request.path.id": true } },
            says: ["requestValidatorId  expected a validator, got nothing"],
        },
    ],
    notApplicable: [
        { change: { requestValidatorId: undefined, requestModels: undefined } },
        { change: { requestModels: undefined, requestParameters: { "method.request.querystring.page": false } } },
        { change: { requestValidatorId: undefined, httpMethod: "OPTIONS" } },
    ],
    unknownIsFine: ["requestValidatorId", "requestModels"],
});

describeRule({
    rule: "apigw-request-validation",
    type: "apigateway/method",
    parameters: { everyMethod: true },
    compliant: { httpMethod: "GET", requestValidatorId: "validator" },
    violations: [{ change: { requestValidatorId: undefined }, says: ["requestValidatorId  expected a validator, got nothing"] }],
    unknownIsFine: ["requestValidatorId"],
});

const newer = '"TLS_1_2" or a SecurityPolicy_TLS12_… or _TLS13_…';

describeRule({
    rule: "apigw-domain-tls12",
    type: "apigateway/domainName",
    compliant: { securityPolicy: "TLS_1_2" },
    alsoCompliant: [
        { change: { securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09" } },
        { change: { securityPolicy: "SecurityPolicy_TLS12_PFS_2025_EDGE" } },
    ],
    violations: [
        { change: { securityPolicy: undefined }, says: [`securityPolicy  expected ${newer}, got nothing`] },
        { change: { securityPolicy: "TLS_1_0" }, says: [`securityPolicy  expected ${newer}, got "TLS_1_0"`] },
    ],
});

describeRule({
    rule: "apigw-domain-tls12",
    type: "apigatewayv2/domainName",
    compliant: { domainNameConfiguration: { securityPolicy: "TLS_1_2", endpointType: "REGIONAL" } },
    violations: [
        {
            change: { domainNameConfiguration: { endpointType: "REGIONAL" } },
            says: [`domainNameConfiguration.securityPolicy  expected ${newer}, got nothing`],
        },
    ],
});

describeRule({
    rule: "apigw-integration-https",
    type: "apigateway/integration",
    compliant: { uri: "https://backend.example.com/orders" },
    alsoCompliant: [
        { change: { uri: "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/f/invocations" } },
        { change: { uri: undefined } },
    ],
    violations: [{ change: { uri: "http://backend.example.com/orders" }, says: ["uri  expected an https:// address, got http://"] }],
    notApplicable: [{ change: { uri: "http://backend.internal/orders", connectionType: "VPC_LINK" } }],
});

describeRule({
    rule: "apigw-integration-https",
    type: "apigatewayv2/integration",
    compliant: { integrationUri: "https://backend.example.com" },
    violations: [
        { change: { integrationUri: "http://backend.example.com" }, says: ["integrationUri  expected an https:// address, got http://"] },
    ],
});

const limits = { throttlingBurstLimit: 100, throttlingRateLimit: 50 };

describeRule({
    rule: "apigw-throttling",
    type: "apigateway/stage",
    compliant: { stageName: "live" },
    links: { restApi: "api" },
    others: [restApi(), settings(limits)],
    violations: [
        { others: [restApi()], says: ["expected MethodSettings of */* for the stage with burst and rate limits, got none"] },
        {
            others: [restApi(), settings({ throttlingBurstLimit: -1, throttlingRateLimit: -1 })],
            says: ["expected MethodSettings of */* for the stage with burst and rate limits, got others"],
        },
        {
            others: [restApi(), settings({ throttlingBurstLimit: 100 })],
            says: ["expected MethodSettings of */* for the stage with burst and rate limits, got others"],
        },
    ],
});

describeRule({
    rule: "apigw-throttling",
    type: "apigatewayv2/stage",
    compliant: { defaultRouteSettings: limits },
    alsoCompliant: [{ change: { defaultRouteSettings: { throttlingBurstLimit: 0, throttlingRateLimit: 0 } } }],
    violations: [
        { change: { defaultRouteSettings: undefined }, says: ["defaultRouteSettings  expected burst and rate limits, got none"] },
        {
            change: { defaultRouteSettings: { throttlingRateLimit: 50 } },
            says: ["defaultRouteSettings  expected burst and rate limits, got none"],
        },
    ],
});

const restMapping: Other = { name: "mapping", type: "apigateway/basePathMapping", links: { restApi: "subject" } };
const mapping: Other = { name: "mapping", type: "apigatewayv2/apiMapping", links: { apiId: "subject" } };

describeRule({
    rule: "apigw-endpoint-disabled-with-domain",
    type: "apigateway/restApi",
    compliant: { disableExecuteApiEndpoint: true },
    others: [restMapping],
    violations: [{ change: { disableExecuteApiEndpoint: undefined }, says: ["disableExecuteApiEndpoint  expected true, got nothing"] }],
    notApplicable: [
        { change: { disableExecuteApiEndpoint: undefined }, others: [] },
        { change: { disableExecuteApiEndpoint: undefined }, others: [restMapping, distribution(undefined, "subject")] },
    ],
});

describeRule({
    rule: "apigw-endpoint-disabled-with-domain",
    type: "apigatewayv2/api",
    compliant: { disableExecuteApiEndpoint: true },
    others: [mapping],
    violations: [{ change: { disableExecuteApiEndpoint: false }, says: ["disableExecuteApiEndpoint  expected true, got false"] }],
    notApplicable: [{ change: { disableExecuteApiEndpoint: undefined }, others: [] }],
});

describeRule({
    rule: "apigw-cors-restricted",
    type: "apigatewayv2/api",
    compliant: { corsConfiguration: { allowCredentials: true, allowOrigins: ["https://shop.example.com"] } },
    alsoCompliant: [{ change: { corsConfiguration: { allowOrigins: ["*"] } } }],
    violations: [
        {
            change: { corsConfiguration: { allowCredentials: true, allowOrigins: ["https://*"] } },
            says: ['corsConfiguration.allowOrigins  expected named origins where credentials are allowed, got "https://*"'],
        },
    ],
    notApplicable: [{ change: { corsConfiguration: undefined } }],
});

describeRule({
    rule: "apigw-no-secrets-in-variables",
    type: "apigateway/stage",
    compliant: { variables: { backend: "orders.example.com" } },
    alsoCompliant: [{ change: { variables: undefined } }],
    violations: [
        {
            change: { variables: { backend: "orders.example.com", api_key: "correct-horse-battery" } },
            says: ["variables.api_key  expected no secret, got what its name calls a secret"],
        },
    ],
    secrets: ["correct-horse"],
});

describeRule({
    rule: "apigw-no-secrets-in-variables",
    type: "apigatewayv2/stage",
    compliant: { stageVariables: { backend: "orders.example.com" } },
    violations: [
        {
            change: { stageVariables: { backend: "https://app:correct-horse@orders.example.com" } },
            says: ["stageVariables.backend  expected no secret, got a URL with a password in it"],
        },
    ],
    secrets: ["correct-horse"],
});

const definition = (more: object = {}): string =>
    JSON.stringify({ paths: { "/orders": { get: { security: [{ jwt: [] }] }, post: {} }, "/health": { get: {} } }, ...more });
const guarded = definition({ security: [{ jwt: [] }] });

describeRule({
    rule: "apigw-authorization",
    type: "apigateway/restApi",
    parameters: { open: ["GET /health"] },
    compliant: { body: guarded },
    violations: [{ change: { body: definition() }, says: ["body  expected an authorizer or AWS_IAM on POST /orders, got none"] }],
    notApplicable: [
        { change: { body: undefined } },
        { change: { body: "no definition" } },
        { change: { body: definition(), endpointConfiguration: { types: "PRIVATE" } } },
        { change: { body: definition(), policy: policy(named) } },
        { change: { body: definition({ "x-amazon-apigateway-policy": { Statement: [named] } }) } },
    ],
});

describeRule({
    rule: "apigw-authorization",
    type: "apigatewayv2/api",
    compliant: { protocolType: "HTTP", body: guarded },
    violations: [
        {
            change: { body: definition() },
            says: [
                "body  expected an authorizer or AWS_IAM on POST /orders, got none",
                "body  expected an authorizer or AWS_IAM on GET /health, got none",
            ],
        },
        {
            change: { body: undefined, target: "arn:aws:lambda:eu-west-1:123456789012:function:orders" },
            says: ["target  expected routes with an authorizer, got one route to the target that is open to all"],
        },
    ],
    notApplicable: [{ change: { body: undefined } }],
    unknownIsWrong: ["target"],
});
