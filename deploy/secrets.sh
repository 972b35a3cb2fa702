#!/bin/sh
# Makes the secrets of compose.yaml where they are missing: random passwords that nobody has to know.
# The login of the web UI is yours to add: see docs/runbook.md.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
for name in mysql_root_password providers_password dagster_password; do
  [ -s "secrets/$name" ] || head -c 24 /dev/urandom | base64 | tr -d '+/=\n' > "secrets/$name"
done
printf 'mysql+pymysql://provider_assets:%s@database/providers?charset=utf8mb4\n' \
  "$(cat secrets/providers_password)" > secrets/database_url
[ -e secrets/notify ] || : > secrets/notify
[ -e secrets/ui_users ] || : > secrets/ui_users
chmod 644 secrets/*   # read by users of the containers; the folder itself is closed to others
