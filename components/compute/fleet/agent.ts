/** Configuration of the CloudWatch agent: memory and disk, which EC2 cannot see from outside, and the logs of the system. Pure. */

export interface AgentPlan {
    /** `<environment>-<fleet>`: by this dimension alarms and dashboards find the fleet's memory and disk. */
    readonly fleet: string;
    readonly systemLogGroup: string;
    readonly applicationLogGroup: string;
    readonly mountPaths: readonly string[];
    readonly reverseProxy: boolean;
}

export const agentNamespace = "CWAgent";

/**
 * Memory and disk carry a dimension of our own and not the group's name: that one the agent would ask EC2's API for, which needs a
 * permission on everything, an interface endpoint more where there is no NAT, and stops all metrics while it cannot be reached.
 */
export const fleetDimension = "Fleet";

/** AL2023 keeps its log in the journal alone; rsyslog, which the user data installs, copies it into the first two of these. */
const systemFiles = {
    messages: "/var/log/messages",
    secure: "/var/log/secure",
    audit: "/var/log/audit/audit.log",
    "cloud-init": "/var/log/cloud-init-output.log",
    "session-manager": "/var/log/amazon/ssm/amazon-ssm-agent.log",
};

const proxyFiles = { access: "/var/log/nginx/access.log", error: "/var/log/nginx/error.log" };

/** JSON text for the SSM parameter. Keys stand in a fixed order, so that the same plan is the same text. */
export function agentConfiguration(plan: AgentPlan): string {
    const files = [
        ...Object.entries(systemFiles).map(([stream, path]) => collect(path, plan.systemLogGroup, stream)),
        ...(plan.reverseProxy
            ? Object.entries(proxyFiles).map(([stream, path]) => collect(path, plan.applicationLogGroup, `nginx-${stream}`))
            : []),
    ];
    const dimensions = { [fleetDimension]: plan.fleet };
    const text = JSON.stringify({
        agent: { metrics_collection_interval: 60, run_as_user: "root" },
        metrics: {
            namespace: agentNamespace,
            append_dimensions: { InstanceId: "${aws:InstanceId}" },
            aggregation_dimensions: [[fleetDimension]],
            metrics_collected: {
                mem: { measurement: ["mem_used_percent"], append_dimensions: dimensions },
                disk: {
                    measurement: ["used_percent"],
                    resources: ["/", ...plan.mountPaths],
                    drop_device: true,
                    append_dimensions: dimensions,
                },
            },
        },
        logs: { logs_collected: { files: { collect_list: files } }, force_flush_interval: 15 },
    });
    if (Buffer.byteLength(text) > 4096) {
        throw new RangeError(`the agent's configuration has ${Buffer.byteLength(text)} bytes, a standard parameter takes at most 4096`);
    }
    return text;
}

function collect(path: string, group: string, stream: string): object {
    return { file_path: path, log_group_name: group, log_stream_name: `{instance_id}/${stream}` };
}
