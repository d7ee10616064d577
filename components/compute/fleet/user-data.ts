/**
 * What an instance does at its first boot, as a bash script. Pure: the same plan is the same text, byte for byte, because another text
 * is a new launch template and replaces every instance. Plain text and not gzip: zlib's bytes differ between processors, a laptop's
 * `up` would undo the pipeline's; and a person can read the difference in a preview.
 *
 * Secrets are named here and never contained: the service reads them each time it starts.
 */
import { createHash } from "node:crypto";
import { ecrImage } from "../image/reference.ts";
import { secretReference } from "./plan.ts";

export interface BootPlan {
    readonly region: string;
    readonly image: string;
    readonly command: readonly string[];
    readonly port: number;
    readonly containerPort: number;
    readonly published: { readonly address: string; readonly port: number };
    readonly variables: Readonly<Record<string, string>>;
    /** Variable name → `<arn>` or `<arn>:<json key>`. */
    readonly secrets: Readonly<Record<string, string>>;
    readonly logGroup: string;
    readonly agentParameter: string;
    readonly agentConfiguration: string;
    readonly dataMountPath: string | undefined;
    readonly reverseProxy: { readonly maximumBodyMiB: number; readonly readTimeoutSeconds: number } | undefined;
}

/** Bytes of user data that EC2 takes, before encoding. */
export const userDataLimit = 16 * 1024;

/** Variables that would change what the start script itself does, were they set by a secret. */
const reserved = /^(PATH|HOME|IFS|ENV|UID|EUID|PPID|SHELLOPTS|BASH.*|LD_.*|DOCKER_.*)$/;

export function renderUserData(plan: BootPlan): string {
    const text = `${[
        ...preamble(plan),
        ...(plan.dataMountPath === undefined ? [] : dataVolume(plan.dataMountPath)),
        ...file("/usr/local/sbin/application-start", 700, startScript(plan)),
        ...file("/etc/systemd/system/application.service", 644, unit),
        ...(plan.reverseProxy === undefined ? [] : file("/etc/nginx/nginx.conf", 644, nginx(plan, plan.reverseProxy))),
        ...services(plan),
    ].join("\n")}\n`;
    const size = Buffer.byteLength(text);
    if (size > userDataLimit) {
        throw new RangeError(
            `the instance's first-boot script has ${size} bytes, EC2 takes at most ${userDataLimit}: pass fewer or shorter variables`,
        );
    }
    return text;
}

function preamble(plan: BootPlan): string[] {
    const packages = ["amazon-cloudwatch-agent", "docker", "jq", ...(plan.reverseProxy === undefined ? [] : ["nginx"]), "rsyslog"];
    return [
        "#!/bin/bash",
        "# First boot of a fleet instance. Written by components/compute/fleet/user-data.ts.",
        "# The agent reads its configuration once; another one makes other instances, by this line:",
        `# ${createHash("sha256").update(plan.agentConfiguration).digest("hex").slice(0, 16)}`,
        "set -euo pipefail",
        "",
        "# The way out (NAT, endpoints, rules, permissions) may be younger than this instance.",
        "retry() {",
        "    local left=60",
        '    until "$@"; do',
        "        left=$((left - 1))",
        '        [ "$left" -gt 0 ] || return 1',
        "        sleep 10",
        "    done",
        "}",
        "",
        `retry dnf install -y ${packages.join(" ")}`,
    ];
}

/** The volume is new with each instance; a file system is made only where there is none, so that a reboot keeps it. */
function dataVolume(path: string): string[] {
    return [
        "",
        "blkid /dev/sdf >/dev/null || mkfs.xfs /dev/sdf",
        `mkdir -p ${path}`,
        `echo "UUID=$(blkid -s UUID -o value /dev/sdf) ${path} xfs defaults,nofail 0 2" >>/etc/fstab`,
        `mount ${path}`,
        // As /tmp: the container need not run as root to write there.
        `chmod 1777 ${path}`,
    ];
}

function file(path: string, mode: number, lines: readonly string[]): string[] {
    return ["", `cat >${path} <<'END_OF_FILE'`, ...lines, "END_OF_FILE", `chmod ${mode} ${path}`];
}

/**
 * Fetches secrets, logs in where the registry is ECR, and starts the container. Secrets reach Docker through its environment and not
 * through an `--env-file`, which cannot hold a line break (a private key has many) and would be one more copy to guard.
 */
function startScript(plan: BootPlan): string[] {
    const names = Object.keys(plan.secrets).sort();
    const registry = ecrImage(plan.image);
    return [
        "#!/bin/bash",
        "set -euo pipefail",
        "umask 077",
        "export HOME=/root DOCKER_CONFIG=/run/application",
        "",
        ...fetchSecrets(plan, names),
        `image=${quote(plan.image)}`,
        'if ! docker image inspect "$image" >/dev/null 2>&1; then',
        ...(registry === undefined
            ? []
            : [
                  `    aws ecr get-login-password --region ${registry.region} |`,
                  `        docker login --username AWS --password-stdin ${registry.registry} >/dev/null`,
              ]),
        '    docker pull --quiet "$image"',
        "fi",
        "docker rm --force application >/dev/null 2>&1 || true",
        ...names.map((name) => `export ${name}="$secret_${name}"`),
        "/usr/bin/docker run --detach --rm --name application --init --pull never --security-opt no-new-privileges \\",
        `    --publish ${plan.published.address}:${plan.published.port}:${plan.containerPort} --ulimit nofile=65536:65536 \\`,
        `    --log-driver awslogs --log-opt awslogs-region=${plan.region} --log-opt awslogs-group=${quote(plan.logGroup)} \\`,
        '    --log-opt awslogs-stream="$(</var/lib/cloud/data/instance-id)/container" \\',
        "    --log-opt mode=non-blocking --log-opt max-buffer-size=8m \\",
        ...(plan.dataMountPath === undefined ? [] : [`    --volume ${plan.dataMountPath}:${plan.dataMountPath} \\`]),
        ...Object.keys(plan.variables)
            .sort()
            .map((name) => `    --env ${quote(`${name}=${oneLine(name, plan.variables[name] ?? "")}`)} \\`),
        ...names.map((name) => `    --env ${name} \\`),
        `    "$image"${plan.command.map((word) => ` ${quote(word)}`).join("")} >/dev/null`,
        "exec env -i /usr/bin/docker wait application",
    ];
}

/** One call a secret, however many of its keys are wanted. */
function fetchSecrets(plan: BootPlan, names: readonly string[]): string[] {
    const byArn = new Map<string, { readonly name: string; readonly key: string | undefined }[]>();
    for (const name of names) {
        if (reserved.test(name) || name in plan.variables) {
            throw new RangeError(
                name in plan.variables
                    ? `variable ${name} is given twice, as a plain value and as a secret: choose one`
                    : `a secret cannot be called ${name}, because the start script uses that name itself`,
            );
        }
        const { arn, key } = secretReference(plan.secrets[name] ?? "");
        byArn.set(arn, [...(byArn.get(arn) ?? []), { name, key }]);
    }
    const lines = [...byArn]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .flatMap(([arn, wanted]) => [
            `text="$(aws secretsmanager get-secret-value --region ${plan.region} --secret-id ${quote(arn)} --query SecretString --output text)"`,
            ...wanted.map(({ name, key }) =>
                key === undefined
                    ? `secret_${name}="$text"`
                    : `secret_${name}="$(printf '%s' "$text" | jq --exit-status --raw-output --arg key ${quote(key)} '.[$key]')"`,
            ),
        ]);
    return lines.length === 0 ? [] : [...lines, "unset text", ""];
}

/** Starts again for ever: a secret that is not readable yet, or a registry that is away, must not need a person. */
const unit = [
    "[Unit]",
    "Description=Application container",
    "Wants=network-online.target",
    "After=network-online.target docker.service",
    "Requires=docker.service",
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "RuntimeDirectory=application",
    "RuntimeDirectoryMode=0700",
    "ExecStart=/usr/local/sbin/application-start",
    "ExecStop=/usr/bin/docker stop -t 30 application",
    "Restart=always",
    "RestartSec=10",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
];

/** Idle connections outlive the load balancer's 60 seconds, or it would meet closed ones and answer 502. */
function nginx(plan: BootPlan, proxy: NonNullable<BootPlan["reverseProxy"]>): string[] {
    return [
        "user nginx;",
        "worker_processes auto;",
        "error_log /var/log/nginx/error.log warn;",
        "pid /run/nginx.pid;",
        "events { worker_connections 4096; }",
        "http {",
        '    log_format json escape=json \'{"time":"$time_iso8601","client":"$http_x_forwarded_for","method":"$request_method",\'',
        '        \'"path":"$uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time}\';',
        "    access_log /var/log/nginx/access.log json;",
        "    server_tokens off;",
        "    keepalive_timeout 75s;",
        "    map $http_upgrade $connection_upgrade { default upgrade; '' ''; }",
        `    upstream application { server ${plan.published.address}:${plan.published.port}; keepalive 64; }`,
        "    server {",
        `        listen ${plan.port} default_server;`,
        `        client_max_body_size ${proxy.maximumBodyMiB}m;`,
        "        location / {",
        "            proxy_pass http://application;",
        "            proxy_http_version 1.1;",
        "            proxy_set_header Host $host;",
        "            proxy_set_header Upgrade $http_upgrade;",
        "            proxy_set_header Connection $connection_upgrade;",
        `            proxy_read_timeout ${proxy.readTimeoutSeconds}s;`,
        "        }",
        "    }",
        "}",
    ];
}

function services(plan: BootPlan): string[] {
    const agent = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl";
    return [
        "",
        "systemctl daemon-reload",
        `systemctl enable --now ${["rsyslog", "docker", "application", ...(plan.reverseProxy === undefined ? [] : ["nginx"])].join(" ")}`,
        `retry ${agent} -a fetch-config -m ec2 -s -c ssm:${plan.agentParameter}`,
    ];
}

/** A word as bash takes it literally. */
function quote(word: string): string {
    return `'${word.replaceAll("'", "'\\''")}'`;
}

function oneLine(name: string, value: string): string {
    if (/[\r\n]/.test(value)) {
        throw new RangeError(`variable ${name} has more than one line: pass it as a secret, or encode it`);
    }
    return value;
}
