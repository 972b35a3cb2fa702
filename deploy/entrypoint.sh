#!/bin/sh
# Puts Dagster's configuration into its home, and the one secret that Dagster reads only from the
# environment there; then becomes the command.
set -eu
mkdir -p "$DAGSTER_HOME"
cp "$(dirname "$0")/dagster.yaml" "$DAGSTER_HOME/.dagster.yaml.$$"
mv "$DAGSTER_HOME/.dagster.yaml.$$" "$DAGSTER_HOME/dagster.yaml"
DAGSTER_MYSQL_PASSWORD="$(cat "$DAGSTER_MYSQL_PASSWORD_FILE")"
export DAGSTER_MYSQL_PASSWORD
exec "$@"
