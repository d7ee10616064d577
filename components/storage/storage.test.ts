import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { Environment } from "../../conventions/environment.ts";
import { nameRefusal, nameRules } from "../../conventions/names.ts";
import { Recorder, refusalsOf } from "../parts/recorder.ts";
import { fixedBucketName } from "./names.ts";
import { StorageSettings } from "./settings.ts";
import { Storage } from "./storage.ts";

const environment: Environment = {
    name: "shop-prod",
    accountId: "123456789012",
    region: "eu-west-1",
    expendable: false,
    logRetentionDays: 90,
    backupTag: { "terrace:backup": "shop-prod" },
};
const keyArn = "arn:aws:kms:eu-west-1:123456789012:key/storage";
const replicaArn = "arn:aws:s3:::shop-recovery-uploads";
const copy = { destinationBucketArn: replicaArn, destinationKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/storage" };
const distributionArn = "arn:aws:cloudfront::123456789012:distribution/E1";

const everything = {
    logs: { infrequentAccessAfterDays: 60, retentionDays: 400, backupReports: true },
    buckets: {
        assets: { role: "assets" },
        uploads: {
            role: "uploads",
            cors: { app: { origins: ["https://app.example.com"], methods: ["PUT", "GET"] } },
            lifecycle: { cold: { prefix: "old/", transitions: [{ storageClass: "STANDARD_IA", afterDays: 30 }] } },
            replication: { recovery: { ...copy, timeControl: true } },
            requestMetrics: true,
            inventory: "Daily",
            accelerated: true,
            fixedName: true,
        },
        archive: {
            role: "archive",
            objectLock: { mode: "governance", days: 30 },
            intelligentTiering: { archiveAfterDays: 90 },
            accessLogs: false,
        },
    },
};

const recorder = new Recorder();

async function build(settings: unknown, more: { environment?: Environment; join?: (storage: Storage) => void } = {}) {
    return recorder.record(() => {
        const args = { ...StorageSettings.parse(settings), environment: more.environment ?? environment, keyArn };
        const alarmTopics = { warning: "arn:aws:sns:eu-west-1:123456789012:warning" };
        const storage = new Storage("storage", { ...args, alarmTopics }, { provider: new aws.Provider("explicit") });
        more.join?.(storage);
        return storage;
    });
}

const bucketRefusals = (bucket: object) =>
    refusalsOf(StorageSettings, { buckets: { files: { role: "uploads", ...bucket } } }).map((each) => each.replace("buckets.files.", ""));

describe("settings of the storage", () => {
    it("need nothing: the log bucket is always there", () => {
        expect(StorageSettings.parse({})).deep.equal({ logs: { backupReports: false }, buckets: {} });
    });

    it("keep the key of the log bucket for itself", () => {
        expect(refusalsOf(StorageSettings, { buckets: { logs: { role: "uploads" } } })).deep.equal([
            'buckets.logs: is the name of the bucket that services log to: choose another key than "logs"',
        ]);
    });

    it("refuse every origin where a page could write", () => {
        expect(bucketRefusals({ cors: { app: { origins: ["*"], methods: ["GET", "PUT"] } } })).deep.equal([
            'cors.app.origins: must name its origins when methods change objects, got "*"',
        ]);
        expect(bucketRefusals({ cors: { app: { origins: ["*"], methods: ["GET", "HEAD"] } } })).deep.equal([]);
    });

    it("refuse a lock without a time and one with two", () => {
        const message = "objectLock: expected exactly one of days and years";
        expect(bucketRefusals({ objectLock: { mode: "governance" } })).deep.equal([message]);
        expect(bucketRefusals({ objectLock: { mode: "governance", days: 1, years: 1 } })).deep.equal([message]);
    });

    it("refuse a deep archive that comes before the archive", () => {
        expect(bucketRefusals({ intelligentTiering: { archiveAfterDays: 200, deepArchiveAfterDays: 180 } })).deep.equal([
            "intelligentTiering.deepArchiveAfterDays: must be more than archiveAfterDays (200), got 180",
        ]);
    });

    it("refuse to move objects by two hands", () => {
        const lifecycle = { cold: { transitions: [{ storageClass: "GLACIER", afterDays: 90 }] } };
        expect(bucketRefusals({ intelligentTiering: {}, lifecycle })).deep.equal([
            "lifecycle.cold.transitions: contradicts intelligentTiering, which moves every object itself: drop one of them",
        ]);
    });

    it("refuse to move old versions that are gone by then", () => {
        const lifecycle = { cold: { noncurrentTransitions: [{ storageClass: "STANDARD_IA", afterDays: 30 }] } };
        expect(bucketRefusals({ lifecycle })).deep.equal([
            "lifecycle.cold.noncurrentTransitions: must end before versions.keepDays (30), got 30",
        ]);
    });

    it("refuse logs that are deleted before they are moved", () => {
        expect(refusalsOf(StorageSettings, { logs: { retentionDays: 30, infrequentAccessAfterDays: 30 } })).deep.equal([
            "logs.retentionDays: must be more than infrequentAccessAfterDays (30), got 30",
        ]);
    });
});

describe("storage", () => {
    it("makes the log bucket even without any other, in seven resources", async () => {
        await build({});
        expect(recorder.made.map((each) => each.name)).to.have.members([
            "storage-logs",
            "storage-logs-ownership",
            "storage-logs-public-access",
            "storage-logs-encryption",
            "storage-logs-versioning",
            "storage-logs-lifecycle",
            "storage-logs-policy",
        ]);
    });

    it("carries the explicit provider, the component's name and lawful physical names", async () => {
        await build(everything, { join: (storage) => storage.close() });
        for (const each of recorder.made) {
            expect(each.provider, each.name).to.include("::explicit");
            expect(each.name).to.match(/^storage-/);
            expect(nameRules, each.name).to.have.property(each.type);
            expect(each.inputs.region, each.name).equal(undefined);
        }
        expect(nameRefusal("aws:s3/bucket:Bucket", fixedBucketName(environment, "uploads"))).equal(undefined);
        expect(recorder.inputs("storage-uploads").bucket).equal("shop-prod-uploads-123456789012-eu-west-1");
    });

    it("gives every bucket every guard, whatever its role", async () => {
        await build(everything, { join: (storage) => storage.close() });
        for (const key of ["logs", "assets", "uploads", "archive"]) {
            expect(recorder.inputs(`storage-${key}-ownership`).rule).deep.equal({ objectOwnership: "BucketOwnerEnforced" });
            const { bucket: _, ...flags } = recorder.inputs(`storage-${key}-public-access`);
            expect(Object.values(flags)).deep.equal([true, true, true, true]);
            expect(recorder.inputs(`storage-${key}-versioning`).versioningConfiguration).deep.equal({ status: "Enabled" });
            expect(recorder.statements(`storage-${key}-policy`, "policy")).to.include.keys(
                "DenyPlainHttp",
                "DenyOldTls",
                "DenyCustomerKeys",
            );
        }
        expect(recorder.of("aws:s3/bucketPolicy:BucketPolicy")).to.have.lengthOf(4);
    });

    it("encrypts with the key everywhere but in the log bucket, which services could not write then", async () => {
        await build(everything);
        const algorithms = recorder
            .of("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
            .map((each) => [each.name, each.inputs.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm]);
        expect(Object.fromEntries(algorithms)).deep.equal({
            "storage-logs-encryption": "AES256",
            "storage-archive-encryption": "aws:kms",
            "storage-assets-encryption": "aws:kms",
            "storage-uploads-encryption": "aws:kms",
        });
    });

    it("refuses another encryption only to uploads that ask for one: a plain upload gets the default", async () => {
        await build({ buckets: { uploads: { role: "uploads" } } });
        const { DenyOtherKey } = recorder.statements("storage-uploads-policy", "policy");
        const header = "s3:x-amz-server-side-encryption-aws-kms-key-id";
        expect(DenyOtherKey?.Condition).deep.equal({ Null: { [header]: "false" }, StringNotEquals: { [header]: keyArn } });
    });

    it("lets exactly the joined distribution read the assets, and nobody list them", async () => {
        await build(everything, { join: (storage) => storage.letDistributionRead("assets", distributionArn) });
        const { DistributionReads } = recorder.statements("storage-assets-policy", "policy");
        expect(DistributionReads).deep.include({
            Action: "s3:GetObject",
            Condition: { ArnEquals: { "aws:SourceArn": [distributionArn] } },
        });
        expect(JSON.stringify(recorder.inputs("storage-assets-policy").policy)).not.to.include("s3:ListBucket");
    });

    it("closes assets that nobody joined, and leaves joined ones as they are", async () => {
        await build(everything, { join: (storage) => storage.close() });
        expect(recorder.statements("storage-assets-policy", "policy")).not.to.include.keys("DistributionReads");
        await build(everything, {
            join: (storage) => {
                storage.letDistributionRead("assets", distributionArn);
                storage.close();
            },
        });
        expect(recorder.statements("storage-assets-policy", "policy")).to.include.keys("DistributionReads");
    });

    it("refuses a distribution for a bucket that is not for it, a second call, and a bucket that is not there", async () => {
        await build(everything, {
            join: (storage) => {
                expect(() => storage.letDistributionRead("uploads", distributionArn)).to.throw(
                    "storage.buckets.uploads has the role uploads: a distribution reads only a bucket of the role assets",
                );
                storage.letDistributionRead("assets", distributionArn);
                expect(() => storage.letDistributionRead("assets", distributionArn)).to.throw(
                    "storage.buckets.assets has its policy already: name all its distributions in one call, before close",
                );
                expect(() => storage.bucket("upload")).to.throw(
                    'storage has no bucket "upload": it has "archive", "assets" or "uploads" (did you mean "uploads"?)',
                );
            },
        });
    });

    it("takes logs from services of this account only", async () => {
        await build(everything);
        const statements = recorder.statements("storage-logs-policy", "policy");
        expect(statements).to.have.all.keys(
            "DenyPlainHttp",
            "DenyOldTls",
            "DenyCustomerKeys",
            "LoadBalancersWrite",
            "AccessLogsWrite",
            "DeliveriesWrite",
            "DeliveriesCheck",
            "InventoriesWrite",
            "BackupReportsWrite",
        );
        for (const [sid, statement] of Object.entries(statements)) {
            if (statement.Effect === "Allow") {
                expect(JSON.stringify(statement), sid).to.include("123456789012");
            }
        }
        expect(statements.DeliveriesWrite?.Condition).deep.equal({
            StringEquals: { "aws:SourceAccount": "123456789012", "s3:x-amz-acl": "bucket-owner-full-control" },
            ArnLike: { "aws:SourceArn": ["arn:aws:logs:eu-west-1:123456789012:*", "arn:aws:logs:us-east-1:123456789012:*"] },
        });
    });

    it("logs to the log bucket unless told not to, and never from the log bucket itself", async () => {
        await build(everything);
        expect(recorder.of("aws:s3/bucketLogging:BucketLogging").map((each) => [each.name, each.inputs.targetPrefix])).to.have.deep.members(
            [
                ["storage-assets-logging", "s3/"],
                ["storage-uploads-logging", "s3/"],
            ],
        );
    });

    it("deletes logs after the environment's retention unless the settings say otherwise", async () => {
        const expiry = () => {
            const [rule] = recorder.inputs("storage-logs-lifecycle").rules as { expiration: object }[];
            return rule?.expiration;
        };
        await build({});
        expect(expiry()).deep.equal({ days: 90 });
        await build(everything);
        expect(expiry()).deep.equal({ days: 400 });
    });

    it("joins the backup where its role is worth it, and lets AWS Backup follow the changes", async () => {
        await build(everything);
        const backedUp = recorder.of("aws:s3/bucket:Bucket").filter((each) => "terrace:backup" in each.inputs.tags);
        expect(backedUp.map((each) => each.name)).deep.equal(["storage-archive", "storage-uploads"]);
        expect(recorder.inputs("storage-archive-events").eventbridge).equal(true);
        const { backupTag: _, ...without } = environment;
        await build(everything, { environment: without });
        expect(recorder.of("aws:s3/bucketNotification:BucketNotification")).deep.equal([]);
    });

    it("replicates encrypted objects with the destination's key, after versioning and permissions", async () => {
        await build(everything);
        const [rule] = recorder.inputs("storage-uploads-copies").rules as Record<string, unknown>[];
        expect(rule).deep.equal({
            id: "recovery",
            priority: 1,
            status: "Enabled",
            filter: {},
            deleteMarkerReplication: { status: "Enabled" },
            sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
            destination: {
                bucket: replicaArn,
                encryptionConfiguration: { replicaKmsKeyId: copy.destinationKeyArn },
                replicationTime: { status: "Enabled", time: { minutes: 15 } },
                metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
            },
        });
        expect(recorder.of("aws:cloudwatch/metricAlarm:MetricAlarm").map((each) => each.inputs.name)).deep.equal([
            "shop-prod-storage-uploads-server-errors",
            "shop-prod-storage-uploads-copies-recovery",
        ]);
    });

    it("empties buckets on destroy only where the environment is expendable", async () => {
        await build(everything);
        expect(recorder.of("aws:s3/bucket:Bucket").map((each) => each.inputs.forceDestroy)).deep.equal([false, false, false, false]);
        await build(everything, { environment: { ...environment, expendable: true } });
        expect(recorder.of("aws:s3/bucket:Bucket").map((each) => each.inputs.forceDestroy)).deep.equal([true, true, true, true]);
    });

    it("lets a workload add without reading, and delete only where it may do all, never in an archive", async () => {
        const storage = await build(everything);
        const actions = (key: string, access: "read" | "write" | "readWrite") =>
            storage.statementsFor(key, access).flatMap((statement) => statement.Action);
        expect(actions("uploads", "write")).not.to.include("s3:GetObject");
        expect(actions("uploads", "write")).to.include.members(["s3:PutObject", "kms:GenerateDataKey", "kms:Decrypt"]);
        expect(actions("uploads", "read")).not.to.include.members(["s3:PutObject"]);
        expect(actions("uploads", "readWrite")).to.include("s3:DeleteObject");
        expect(actions("archive", "readWrite")).not.to.include("s3:DeleteObject");
    });

    it("asks for the same whatever the order of the settings", async () => {
        await build(everything);
        const before = JSON.stringify(recorder.made.map((each) => [each.name, each.inputs]));
        const { buckets, logs } = everything;
        await build({ buckets: { uploads: buckets.uploads, archive: buckets.archive, assets: buckets.assets }, logs });
        expect(JSON.stringify(recorder.made.map((each) => [each.name, each.inputs]))).equal(before);
    });
});
