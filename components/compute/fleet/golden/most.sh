#!/bin/bash
# First boot of a fleet instance. Written by components/compute/fleet/user-data.ts.
# The agent reads its configuration once; another one makes other instances, by this line:
# 5c7dfcb3be7c9b7c
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

retry dnf install -y amazon-cloudwatch-agent docker jq nginx rsyslog

blkid /dev/sdf >/dev/null || mkfs.xfs /dev/sdf
mkdir -p /data
echo "UUID=$(blkid -s UUID -o value /dev/sdf) /data xfs defaults,nofail 0 2" >>/etc/fstab
mount /data
chmod 1777 /data

cat >/usr/local/sbin/application-start <<'END_OF_FILE'
#!/bin/bash
set -euo pipefail
umask 077
export HOME=/root DOCKER_CONFIG=/run/application

text="$(aws secretsmanager get-secret-value --region eu-west-1 --secret-id 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf' --query SecretString --output text)"
secret_DATABASE_PASSWORD="$(printf '%s' "$text" | jq --exit-status --raw-output --arg key 'password' '.[$key]')"
secret_DATABASE_USER="$(printf '%s' "$text" | jq --exit-status --raw-output --arg key 'username' '.[$key]')"
text="$(aws secretsmanager get-secret-value --region eu-west-1 --secret-id 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf' --query SecretString --output text)"
secret_PRIVATE_KEY="$text"
unset text

image='123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
if ! docker image inspect "$image" >/dev/null 2>&1; then
    aws ecr get-login-password --region eu-central-1 |
        docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-central-1.amazonaws.com >/dev/null
    docker pull --quiet "$image"
fi
docker rm --force application >/dev/null 2>&1 || true
export DATABASE_PASSWORD="$secret_DATABASE_PASSWORD"
export DATABASE_USER="$secret_DATABASE_USER"
export PRIVATE_KEY="$secret_PRIVATE_KEY"
/usr/bin/docker run --detach --rm --name application --init --pull never --security-opt no-new-privileges \
    --publish 127.0.0.1:18080:3000 --ulimit nofile=65536:65536 \
    --log-driver awslogs --log-opt awslogs-region=eu-west-1 --log-opt awslogs-group='/shop-prod/app/application' \
    --log-opt awslogs-stream="$(</var/lib/cloud/data/instance-id)/container" \
    --log-opt mode=non-blocking --log-opt max-buffer-size=8m \
    --volume /data:/data \
    --env 'CACHE_HOST=cache.internal' \
    --env 'GREETING=it'\''s "quoted" $HOME `id` \' \
    --env 'ZONE=a' \
    --env DATABASE_PASSWORD \
    --env DATABASE_USER \
    --env PRIVATE_KEY \
    "$image" 'serve' '--greeting' 'it'\''s on' >/dev/null
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

cat >/etc/nginx/nginx.conf <<'END_OF_FILE'
user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log warn;
pid /run/nginx.pid;
events { worker_connections 4096; }
http {
    log_format json escape=json '{"time":"$time_iso8601","client":"$http_x_forwarded_for","method":"$request_method",'
        '"path":"$uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time}';
    access_log /var/log/nginx/access.log json;
    server_tokens off;
    keepalive_timeout 75s;
    map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
    upstream application { server 127.0.0.1:18080; keepalive 64; }
    server {
        listen 8080 default_server;
        client_max_body_size 50m;
        location / {
            proxy_pass http://application;
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_read_timeout 30s;
        }
    }
}
END_OF_FILE
chmod 644 /etc/nginx/nginx.conf

systemctl daemon-reload
systemctl enable --now rsyslog docker application nginx
retry /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c ssm:/shop-prod/app/cloudwatch-agent
