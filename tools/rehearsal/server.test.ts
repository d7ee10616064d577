import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { expect } from "chai";
import { fromStruct, messages, service, toStruct } from "./protocol.ts";
import { type LogEntry, orphans, parseFault, type RehearsalCloud, type RehearsalOptions, startRehearsalCloud } from "./server.ts";
import type { Json } from "./values.ts";

const urn = (type: string, name: string) => `urn:pulumi:test::terrace::${type}::${name}`;
const topic = "aws:sns/topic:Topic";

interface Wire extends grpc.Client {
    [method: string]: unknown;
}

describe("rehearsal: the wire", () => {
    let folder: string;
    let cloud: RehearsalCloud;
    let client: Wire;
    let entries: LogEntry[];

    const start = async (more: Partial<RehearsalOptions> = {}) => {
        cloud = await startRehearsalCloud({ stateFile: join(folder, "state.json"), log: (entry) => entries.push(entry), ...more });
        const Client = grpc.makeGenericClientConstructor(service, "ResourceProvider");
        client = new Client(`127.0.0.1:${cloud.port}`, grpc.credentials.createInsecure()) as unknown as Wire;
        const request = new messages.ConfigureRequest();
        request.setArgs(toStruct({ region: "eu-west-1", allowedAccountIds: '["111122223333"]' }));
        await call("configure", request);
    };
    const call = <Response>(method: string, request: unknown): Promise<Response> =>
        new Promise((resolve, reject) => {
            const send = client[method] as (request: unknown, done: (error: grpc.ServiceError | null, response: Response) => void) => void;
            send.call(client, request, (error, response) => (error ? reject(error) : resolve(response)));
        });
    const create = async (name: string, props: { readonly [key: string]: Json }, type = topic) => {
        const request = new messages.CreateRequest();
        request.setUrn(urn(type, name));
        request.setProperties(toStruct(props));
        return call<InstanceType<typeof messages.CreateResponse>>("create", request);
    };

    beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "rehearsal-"));
        entries = [];
        await start();
    });
    afterEach(async () => {
        client.close();
        await cloud.stop();
        rmSync(folder, { recursive: true, force: true });
    });

    it("a refused check names the property and says why", async () => {
        const request = new messages.CheckRequest();
        request.setUrn(urn(topic, "t"));
        request.setNews(toStruct({ nam: "x" }));
        const failures = (await call<InstanceType<typeof messages.CheckResponse>>("check", request)).getFailuresList();
        expect(failures.map((failed) => [failed.getProperty(), failed.getReason()])).to.deep.equal([
            ["nam", "unknown property; the nearest known one is name"],
        ]);
    });

    it("what is created survives a restart of the cloud", async () => {
        const made = await create("t", { name: "alarms" });
        expect(made.getId()).to.equal("arn:aws:sns:eu-west-1:111122223333:alarms");
        client.close();
        await cloud.stop();
        await start();
        const request = new messages.ReadRequest();
        request.setUrn(urn(topic, "t"));
        request.setId(made.getId());
        const read = await call<InstanceType<typeof messages.ReadResponse>>("read", request);
        expect(fromStruct(read.getProperties()).name).to.equal("alarms");
    });

    it("a refusal of AWS reaches the engine in its own words, and the log", async () => {
        const request = new messages.CreateRequest();
        request.setUrn(urn("aws:ec2/subnet:Subnet", "s"));
        request.setProperties(toStruct({ vpcId: "vpc-1", cidrBlock: "10.0.0.0/24" }));
        const said = await call("create", request).then(
            () => "",
            (error: grpc.ServiceError) => error.details,
        );
        expect(said).to.match(/^InvalidVpcID\.NotFound: The vpc ID 'vpc-1' does not exist\./);
        expect(entries.at(-1)).to.include({ call: "create", type: "aws:ec2/subnet:Subnet", name: "s", error: said });
    });

    it("a half-made resource travels in the status details", async () => {
        client.close();
        await cloud.stop();
        await start({ faults: [parseFault("sns/topic:create:halfway")] });
        const error = await create("t", { name: "alarms" }).then(
            () => undefined,
            (problem: grpc.ServiceError) => problem,
        );
        expect(error?.metadata.get("grpc-status-details-bin")[0]?.toString()).to.contain("pulumirpc.ErrorResourceInitFailed");
    });

    it("a lost answer leaves an orphan that is listed", async () => {
        client.close();
        await cloud.stop();
        await start({ faults: [parseFault("sns/topic:create:lostAnswer")] });
        await create("t", { name: "alarms" }).catch(() => undefined);
        expect(orphans(join(folder, "state.json"))).to.deep.equal([
            { type: "sns/topic", id: "arn:aws:sns:eu-west-1:111122223333:alarms", region: "eu-west-1", urn: urn(topic, "t") },
        ]);
    });

    it("a killed cloud is gone for the engine", async () => {
        client.close();
        await cloud.stop();
        await start({ faults: [parseFault("sns/topic:create:kill")] });
        const error = await create("t", {}).then(
            () => undefined,
            (problem: grpc.ServiceError) => problem,
        );
        expect(error?.code).to.be.oneOf([grpc.status.UNAVAILABLE, grpc.status.CANCELLED, grpc.status.INTERNAL]);
    });

    it("has ended only when what it was doing has", async () => {
        const vpc = await create("v", { cidrBlock: "10.0.0.0/16" }, "aws:ec2/vpc:Vpc");
        await create("s", { vpcId: vpc.getId(), cidrBlock: "10.0.0.0/24" }, "aws:ec2/subnet:Subnet");
        const request = new messages.DeleteRequest();
        request.setUrn(urn("aws:ec2/vpc:Vpc", "v"));
        request.setId(vpc.getId());
        request.setProperties(vpc.getProperties());
        // It waits for the subnet to go away.
        const deletion = call("delete", request).catch(() => undefined);
        await new Promise((settle) => setTimeout(settle, 100));
        await cloud.stop();
        expect(entries.map((entry) => entry.call)).to.include("delete");
        await deletion;
    });

    it("what somebody vouches for exists", async () => {
        client.close();
        await cloud.stop();
        await start({ given: ["vpc-1"] });
        const request = new messages.CreateRequest();
        request.setUrn(urn("aws:ec2/subnet:Subnet", "s"));
        request.setProperties(toStruct({ vpcId: "vpc-1", cidrBlock: "10.0.0.0/24" }));
        expect((await call<InstanceType<typeof messages.CreateResponse>>("create", request)).getId()).to.match(/^subnet-0/);
    });
});
