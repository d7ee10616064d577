#!/bin/bash
# First boot of a fleet instance. Written by components/compute/fleet/user-data.ts.
# The agent reads its configuration once; another one makes other instances, by this line:
# 0127e2db6997a86e
set -euo pipefail

# The way out (NAT, endpoints, rules, permissions) may be younger than this instance.
retry() {
    local left=60
    until "$@"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || return 1
        sleep 10
    done
}

retry dnf install -y amazon-cloudwatch-agent docker jq rsyslog

cat >/usr/local/sbin/application-start <<'END_OF_FILE'
#!/bin/bash
set -euo pipefail
umask 077
export HOME=/root DOCKER_CONFIG=/run/application

image='public.ecr.aws/nginx/nginx:1.29'
if ! docker image inspect "$image" >/dev/null 2>&1; then
    docker pull --quiet "$image"
fi
docker rm --force application >/dev/null 2>&1 || true
/usr/bin/docker run --detach --rm --name application --init --pull never --security-opt no-new-privileges \
    --publish 0.0.0.0:8080:8080 --ulimit nofile=65536:65536 \
    --log-driver awslogs --log-opt awslogs-region=eu-west-1 --log-opt awslogs-group='/shop-prod/app/application' \
    --log-opt awslogs-stream="$(</var/lib/cloud/data/instance-id)/container" \
    --log-opt mode=non-blocking --log-opt max-buffer-size=8m \
    "$image" >/dev/null
exec env -i /usr/bin/docker wait application
END_OF_FILE
chmod 700 /usr/local/sbin/application-start

cat >/etc/systemd/system/application.service <<'END_OF_FILE'
[Unit]
Description=Application container
Wants=network-online.target
After=network-online.target docker.service
Requires=docker.service
StartLimitIntervalSec=0

[Service]
RuntimeDirectory=application
RuntimeDirectoryMode=0700
ExecStart=/usr/local/sbin/application-start
ExecStop=/usr/bin/docker stop -t 30 application
Restart=always
RestartSec=10

[Install]
WantedBy=multi-user.target
END_OF_FILE
chmod 644 /etc/systemd/system/application.service

systemctl daemon-reload
systemctl enable --now rsyslog docker application
retry /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c ssm:/shop-prod/app/cloudwatch-agent
