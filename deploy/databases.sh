#!/bin/bash
# Run once by the MySQL image, on an empty data directory: two databases, a user each.
# What the loader may do is docs/security.md's `set-up`, `loader` and `undo`.
set -eu
providers_password="$(cat /run/secrets/providers_password)"
dagster_password="$(cat /run/secrets/dagster_password)"
MYSQL_PWD="$(cat /run/secrets/mysql_root_password)" mysql --user=root <<SQL
CREATE DATABASE providers CHARACTER SET utf8mb4;
CREATE USER 'provider_assets'@'%' IDENTIFIED BY '${providers_password}';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX ON providers.* TO 'provider_assets'@'%';
CREATE DATABASE dagster CHARACTER SET utf8mb4;
CREATE USER 'dagster'@'%' IDENTIFIED BY '${dagster_password}';
GRANT ALL ON dagster.* TO 'dagster'@'%';
SQL
