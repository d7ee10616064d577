import { expect } from "chai";
import type { EngineEvent } from "../engine/engine.ts";
import { changesOf, failuresOf, isStateful, outputsDiffer, shortType, violationsOf } from "./changes.ts";

const database = "urn:pulumi:prod::terrace::terrace:database:Database$aws:rds/instance:Instance::database-primary";
const stack = "urn:pulumi:prod::terrace::pulumi:pulumi:Stack::terrace-prod";

const step = (op: string, urn: string, more: object = {}): EngineEvent =>
    ({
        resourcePreEvent: { metadata: { op, urn, type: urn.split("::")[2]?.split("$").at(-1), new: { custom: true }, ...more } },
    }) as EngineEvent;

describe("what the engine's events say", () => {
    it("is one replacement, although the engine takes three steps, with the properties that force it first", () => {
        const detailedDiff = { engine: { diffKind: "update-replace" }, tags: { diffKind: "update" } };
        const changes = changesOf([
            step("create-replacement", database, { detailedDiff }),
            step("replace", database, { detailedDiff }),
            step("delete-replaced", database),
        ]);
        expect(changes).to.have.length(1);
        expect(changes[0]).to.deep.include({ verb: "replace", forcedBy: ["engine"], properties: ["engine", "tags"], stateful: true });
    });

    it("names a property once, by its path when the provider knows it", () => {
        const [change] = changesOf([
            step("update", database, { diffs: ["tags", "port"], detailedDiff: { "tags.owner": { diffKind: "add" } } }),
        ]);
        expect(change?.properties).to.deep.equal(["tags.owner", "port"]);
    });

    it("holds nothing that stays as it is, and not the stack itself", () => {
        expect(changesOf([step("same", database), step("create", stack)])).to.be.empty;
    });

    it("marks what leaves the stack and stays in the account", () => {
        expect(changesOf([step("delete", database, { old: { custom: true, retainOnDelete: true } })])[0]).to.include({ retained: true });
    });

    it("tells a change of outputs alone", () => {
        const outputs = (old: object, next: object) =>
            ({
                resOutputsEvent: { metadata: { op: "same", type: "pulumi:pulumi:Stack", old: { outputs: old }, new: { outputs: next } } },
            }) as EngineEvent;
        expect(outputsDiffer([outputs({ url: "a" }, { url: "b" })])).to.equal(true);
        expect(outputsDiffer([outputs({ url: "a" }, { url: "a" })])).to.equal(false);
    });

    it("holds each policy violation once, without the engine's colour marks", () => {
        const event = {
            policyEvent: {
                policyName: "no-public-ssh",
                policyPackName: "terrace",
                enforcementLevel: "mandatory",
                resourceUrn: database,
                message: "<{%reset%}>Port 22<{%reset%}>\n",
            },
        } as EngineEvent;
        expect(violationsOf([event, event])).to.deep.equal([
            { rule: "no-public-ssh", pack: "terrace", mandatory: true, urn: database, message: "Port 22" },
        ]);
    });

    it("leaves out that the run failed, which the engine adds to why", () => {
        const error = (message: string) => ({ diagnosticEvent: { severity: "error", message, urn: database } }) as EngineEvent;
        expect(failuresOf([error("creating RDS DB Instance"), error("update failed")]).map(({ message }) => message)).to.deep.equal([
            "creating RDS DB Instance",
        ]);
    });
});

describe("what holds data", () => {
    for (const type of [
        "aws:rds/instance:Instance",
        "aws:rds/cluster:Cluster",
        "aws:s3/bucket:Bucket",
        "aws:dynamodb/table:Table",
        "aws:kms/key:Key",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:elasticache/serverlessCache:ServerlessCache",
        "aws:efs/fileSystem:FileSystem",
        "aws:secretsmanager/secret:Secret",
        "aws:route53/zone:Zone",
    ]) {
        it(`is ${type}`, () => expect(isStateful(type)).to.equal(true));
    }

    for (const type of [
        "aws:rds/subnetGroup:SubnetGroup",
        "aws:rds/parameterGroup:ParameterGroup",
        "aws:ec2/vpc:Vpc",
        "aws:s3/bucketPolicy:BucketPolicy",
    ]) {
        it(`is not ${type}`, () => expect(isStateful(type)).to.equal(false));
    }
});

it("types are said as people say them", () => {
    expect(["aws:rds/instance:Instance", "terrace:network:Network", "pulumi:providers:aws"].map(shortType)).to.deep.equal([
        "rds/instance",
        "network/Network",
        "providers/aws",
    ]);
});
