import { expect } from "chai";
import { describe, it } from "mocha";
import { Parameters } from "../core/rule.ts";
import { describeOn, describeRule, resourceOf, testDay } from "../testing.ts";
import { trails } from "./trails.ts";

const type = "cloudtrail/trail";
const key = "arn:aws:kms:eu-west-1:123456789012:key/1";
const managementOf = (category: string) => ({
    advancedEventSelectors: [{ name: category, fieldSelectors: [{ field: "eventCategory", equals: [category] }] }],
});

describeRule({
    rule: "cloudtrail-multi-region",
    type,
    compliant: { isMultiRegionTrail: true },
    alsoCompliant: [{ change: managementOf("Management") }, { change: { eventSelectors: [{ readWriteType: "All" }] } }],
    violations: [
        { change: { isMultiRegionTrail: undefined }, says: ["isMultiRegionTrail  expected true, got nothing"] },
        {
            change: { isMultiRegionTrail: undefined, ...managementOf("Management") },
            says: ["isMultiRegionTrail  expected true, got nothing"],
        },
        {
            change: { isMultiRegionTrail: false, eventSelectors: [{ includeManagementEvents: false }, { readWriteType: "All" }] },
            says: ["isMultiRegionTrail  expected true, got false"],
        },
        {
            change: { includeGlobalServiceEvents: false, enableLogging: false },
            says: ["includeGlobalServiceEvents  expected true or nothing, got false", "enableLogging  expected true or nothing, got false"],
        },
    ],
    notApplicable: [{ change: managementOf("Data") }, { change: { eventSelectors: [{ includeManagementEvents: false }] } }],
});

describeOn([type, "cloudtrail/eventDataStore"], {
    rule: "cloudtrail-kms",
    compliant: { kmsKeyId: key },
    violations: [{ change: { kmsKeyId: undefined }, says: ["kmsKeyId  expected a key of your own, got nothing"] }],
    unknownIsFine: ["kmsKeyId"],
});

describeRule({
    rule: "cloudtrail-validation",
    type,
    compliant: { enableLogFileValidation: true },
    violations: [{ change: { enableLogFileValidation: undefined }, says: ["enableLogFileValidation  expected true, got nothing"] }],
});

describeRule({
    rule: "cloudtrail-cloudwatch",
    type,
    compliant: { cloudWatchLogsGroupArn: "arn:aws:logs:eu-west-1:123456789012:log-group:trail:*" },
    violations: [{ change: { cloudWatchLogsGroupArn: undefined }, says: ["cloudWatchLogsGroupArn  expected a log group, got nothing"] }],
    unknownIsFine: ["cloudWatchLogsGroupArn"],
});

const bucket = { name: "records", type: "s3/bucket" };
const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];
const block = {
    name: "block",
    type: "s3/bucketPublicAccessBlock",
    props: Object.fromEntries(flags.map((flag) => [flag, true])),
    links: { bucket: "records" },
};
const logging = { name: "logging", type: "s3/bucketLogging", links: { bucket: "records" } };

describeRule({
    rule: "cloudtrail-bucket-protected",
    type,
    compliant: {},
    links: { s3BucketName: "records" },
    others: [bucket, block, logging],
    alsoCompliant: [{ others: [{ ...bucket, props: { logging: { targetBucket: "logs" } } }, block] }],
    violations: [
        { others: [bucket, block], says: ["s3BucketName  expected access to records logged, got no BucketLogging"] },
        {
            others: [bucket, logging],
            says: [`s3BucketName  expected public access to records blocked, got nothing for ${flags.join(", ")}`],
        },
        ...flags.map((flag) => ({
            others: [bucket, { ...block, props: { ...block.props, [flag]: false } }, logging],
            says: [`s3BucketName  expected public access to records blocked, got nothing for ${flag}`],
        })),
    ],
    notApplicable: [{ change: { s3BucketName: "of-another-stack" }, links: { s3BucketName: [] }, others: [bucket] }],
});

describeRule({
    rule: "cloudtrail-nothing-left-out",
    type,
    compliant: {},
    alsoCompliant: [
        { change: { eventSelectors: [{ readWriteType: "All" }] } },
        { change: { eventSelectors: [{ readWriteType: "WriteOnly" }, { includeManagementEvents: true }] } },
    ],
    violations: [
        {
            change: { eventSelectors: [{ readWriteType: "WriteOnly" }] },
            says: ['eventSelectors  expected all management events, got "WriteOnly"'],
        },
        {
            change: { eventSelectors: [{ excludeManagementEventSources: ["kms.amazonaws.com"] }] },
            says: ['eventSelectors  expected all management events, got "All" without kms.amazonaws.com'],
        },
    ],
    notApplicable: [{ change: { eventSelectors: [{ readWriteType: "WriteOnly", includeManagementEvents: false }] } }],
});

describeRule({
    rule: "cloudtrail-store-protected",
    type: "cloudtrail/eventDataStore",
    compliant: {},
    violations: [
        {
            change: { terminationProtectionEnabled: false, multiRegionEnabled: false },
            says: [
                "terminationProtectionEnabled  expected true or nothing, got false",
                "multiRegionEnabled  expected true or nothing, got false",
            ],
        },
    ],
});

describe("cloudtrail-validation", () => {
    it("mends itself", () => {
        const rule = trails.find((each) => each.id === "cloudtrail-validation");
        const mend = rule?.scope === undefined ? rule?.remedy : undefined;
        expect(mend?.(resourceOf(type, {}), new Parameters(new Map(), testDay))).to.deep.equal({ enableLogFileValidation: true });
    });
});
