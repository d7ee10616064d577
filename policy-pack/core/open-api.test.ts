import { expect } from "chai";
import { describe, it } from "mocha";
import { openOperations, policyIn } from "./open-api.ts";

const key = { type: "apiKey", name: "x-api-key", in: "header" };
const schemes = {
    key,
    cognito: { ...key, name: "Authorization", "x-amazon-apigateway-authtype": "cognito_user_pools" },
    token: { ...key, name: "Authorization", "x-amazon-apigateway-authorizer": { type: "token" } },
    jwt: { type: "oauth2" },
};

const open = (operation: object, document: object = {}): readonly string[] | undefined =>
    openOperations(JSON.stringify({ paths: { "/orders": { get: operation } }, components: { securitySchemes: schemes }, ...document }));

describe("an API's definition", () => {
    it("names the operations that ask for no login, and leaves OPTIONS alone", () => {
        const paths = { "/": { get: {}, options: {}, parameters: [] }, "/{proxy+}": { "x-amazon-apigateway-any-method": {}, post: {} } };
        expect(openOperations(JSON.stringify({ paths }))).to.deep.equal(["GET /", "POST /{proxy+}", "ANY /{proxy+}"]);
        expect(openOperations("paths:\n  /:\n    get: {}\n")).to.deep.equal(["GET /"]);
    });

    it("asks every method but OPTIONS", () => {
        const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
        const paths = { "/": Object.fromEntries(methods.map((method) => [method, {}])) };
        expect(openOperations(JSON.stringify({ paths }))?.toSorted()).to.deep.equal(
            ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT", "TRACE"].map((method) => `${method} /`),
        );
    });

    it("takes an authorizer for a login, and a key for none", () => {
        for (const name of ["cognito", "token", "jwt"]) {
            expect(open({ security: [{ [name]: [] }] }), name).to.deep.equal([]);
        }
        expect(open({ security: [{ key: [], cognito: [] }] })).to.deep.equal([]);
        expect(open({ security: [{ key: [] }] })).to.deep.equal(["GET /orders"]);
        expect(open({ security: [{ cognito: [] }, {}] })).to.deep.equal(["GET /orders"]);
        expect(open({ security: [{ key: [] }] }, { components: {}, securityDefinitions: schemes })).to.deep.equal(["GET /orders"]);
    });

    it("takes the security of the whole definition where an operation has none of its own", () => {
        expect(open({}, { security: [{ jwt: [] }] })).to.deep.equal([]);
        expect(open({ security: [] }, { security: [{ jwt: [] }] })).to.deep.equal(["GET /orders"]);
    });

    it("knows signatures by IAM", () => {
        expect(open({ "x-amazon-apigateway-auth": { type: "AWS_IAM" } })).to.deep.equal([]);
        expect(open({ "x-amazon-apigateway-auth": { type: "NONE" } })).to.deep.equal(["GET /orders"]);
    });

    it("is no definition without paths, or as text that cannot be read", () => {
        for (const text of ["{", "{}", "null", "hello", "a: [", '{"paths":null}']) {
            expect(openOperations(text), text).to.equal(undefined);
        }
    });

    it("may carry a policy", () => {
        const policy = { Statement: [] };
        expect(policyIn(JSON.stringify({ "x-amazon-apigateway-policy": policy }))).to.deep.equal(policy);
        expect(policyIn("{}")).to.equal(undefined);
    });
});
