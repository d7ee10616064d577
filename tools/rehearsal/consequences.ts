/** What AWS does by itself when a thing is made or goes: companions, states, log objects, names that stay taken. */

import type { CloudState, Thing } from "./state.ts";
import { type Props, textOf, textsAt } from "./values.ts";
import { target, type View } from "./view.ts";

function companion(view: View, type: string, id: string | undefined, inputs: Props): void {
    if (id === undefined || view.cloud.find(type, id, view.region)) return;
    view.cloud.put({
        type,
        id,
        region: view.region,
        urn: "",
        inputs,
        outputs: { ...inputs, ownerId: view.account },
        serial: view.cloud.nextSerial(),
        implicit: true,
    });
}

/** Type and path of the bucket that a thing writes its logs into. */
const writers: readonly [type: string, path: string][] = [
    ["lb/loadBalancer", "accessLogs.bucket"],
    ["lb/loadBalancer", "connectionLogs.bucket"],
    ["s3/bucketLogging", "targetBucket"],
    ["ec2/flowLog", "logDestination"],
    ["cloudtrail/trail", "s3BucketName"],
    ["cloudwatch/logDeliveryDestination", "deliveryDestinationConfiguration.destinationResourceArn"],
    ["wafv2/webAclLoggingConfiguration", "logDestinationConfigs"],
    ["s3/inventory", "destination.bucket.bucketArn"],
    ["backup/reportPlan", "reportDeliveryChannel.s3BucketName"],
];

export function afterMaking(thing: Thing, view: View): void {
    const { cloud } = view;
    if (thing.type === "ec2/vpc") {
        companion(view, "ec2/securityGroup", textOf(thing.outputs.defaultSecurityGroupId), { vpcId: thing.id, name: "default" });
        companion(view, "ec2/routeTable", textOf(thing.outputs.mainRouteTableId), { vpcId: thing.id });
        companion(view, "ec2/networkAcl", textOf(thing.outputs.defaultNetworkAclId), { vpcId: thing.id });
    }
    if (thing.type === "acm/certificateValidation") {
        const certificate = target(view, "acm/certificate", textOf(thing.inputs.certificateArn));
        if (certificate) cloud.put({ ...certificate, outputs: { ...certificate.outputs, status: "ISSUED" } });
    }
    for (const [type, path] of writers) {
        if (type !== thing.type) continue;
        for (const value of textsAt(thing.inputs, path)) {
            const bucket = target(view, "s3/bucket", value.replace(/^(arn:[\w-]+:s3:::[^/]+).*$/, "$1"));
            if (bucket)
                companion({ ...view, region: bucket.region }, "s3/logObject", `${bucket.id}/AWSLogs`, {
                    bucket: bucket.id,
                    writer: thing.type.replace("/", "."),
                });
        }
    }
}

export function afterRemoving(thing: Thing, cloud: CloudState): void {
    const reason = leaving(thing);
    if (reason !== undefined) cloud.put({ ...thing, leaving: reason });
    const snapshot = textOf(thing.inputs.finalSnapshotIdentifier);
    if (
        snapshot !== undefined &&
        thing.inputs.skipFinalSnapshot !== true &&
        /^rds\/(instance|cluster)$/.test(thing.type) &&
        thing.inputs.replicateSourceDb === undefined
    )
        cloud.put({
            type: "rds/finalSnapshot",
            id: snapshot,
            region: thing.region,
            urn: "",
            inputs: { source: thing.id },
            outputs: {},
            serial: cloud.nextSerial(),
            implicit: true,
        });
    for (const other of [...cloud.everything()])
        if (other.implicit && (other.inputs.vpcId === thing.id || (thing.type === "s3/bucket" && other.inputs.bucket === thing.id)))
            cloud.remove(other);
}

/** Why the name stays taken after a deletion; undefined if it does not. */
function leaving(thing: Thing): string | undefined {
    if (thing.type === "secretsmanager/secret" && thing.inputs.recoveryWindowInDays !== 0)
        return `scheduled for deletion, in its recovery window of ${String(thing.inputs.recoveryWindowInDays ?? 30)} days`;
    if (thing.type === "kms/key" || thing.type === "kms/replicaKey")
        return `pending deletion for ${String(thing.inputs.deletionWindowInDays ?? 30)} days`;
    return undefined;
}
