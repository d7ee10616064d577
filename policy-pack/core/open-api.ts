/** Definitions of APIs in OpenAPI, as JSON or YAML: which of their operations ask for no login. */
import { parseYaml } from "./yaml.ts";

type Node = Readonly<Record<string, unknown>>;

const methods = ["get", "put", "post", "delete", "patch", "head", "trace", "x-amazon-apigateway-any-method"] as const;

/** `GET /orders` for each operation that anybody may call; undefined for text that defines no API. OPTIONS is asked before any login. */
export function openOperations(text: string): readonly string[] | undefined {
    const document = parse(text);
    const paths = nodeAt(document, "paths");
    return paths === undefined
        ? undefined
        : Object.keys(paths).flatMap((path) =>
              methods.flatMap((method) => {
                  const operation = nodeAt(nodeAt(paths, path), method);
                  return operation === undefined || asksForLogin(operation, document) ? [] : [`${shown(method)} ${path}`];
              }),
          );
}

/** API Gateway's policy that a definition may carry. */
export function policyIn(text: string): unknown {
    return parse(text)?.["x-amazon-apigateway-policy"];
}

function asksForLogin(operation: Node, document: Node | undefined): boolean {
    const own = nodeAt(operation, "x-amazon-apigateway-auth")?.type;
    const security = operation.security ?? document?.security;
    return (
        (own !== undefined && own !== "NONE") ||
        // Each member is a way in; an empty one lets everybody in.
        (Array.isArray(security) &&
            security.length > 0 &&
            security.every((way) => Object.keys(way ?? {}).some((name) => isLogin(name, document))))
    );
}

/** An API key counts calls and is no login; an authorizer is written as an API key with a type of API Gateway's beside it. */
function isLogin(name: string, document: Node | undefined): boolean {
    const schemes = nodeAt(nodeAt(document, "components"), "securitySchemes") ?? nodeAt(document, "securityDefinitions");
    const scheme = nodeAt(schemes, name);
    return (
        scheme?.type !== "apiKey" ||
        scheme["x-amazon-apigateway-authtype"] !== undefined ||
        scheme["x-amazon-apigateway-authorizer"] !== undefined
    );
}

function shown(method: string): string {
    return method.startsWith("x-") ? "ANY" : method.toUpperCase();
}

function nodeAt(node: Node | undefined, key: string): Node | undefined {
    const value = node?.[key];
    return value !== null && typeof value === "object" ? (value as Node) : undefined;
}

function parse(text: string): Node | undefined {
    try {
        const document: unknown = text.trimStart().startsWith("{") ? JSON.parse(text) : parseYaml(text);
        return nodeAt({ document }, "document");
    } catch {
        return undefined;
    }
}
