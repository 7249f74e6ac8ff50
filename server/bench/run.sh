#!/bin/sh
# Seeds a database, starts a server on it and measures both: ./run.sh [traces] [database-url]
# TOUCHSTONE names the binary; `cargo xtask build` makes it.
set -eu
touchstone=${TOUCHSTONE:-target/release/touchstone}
traces=${1:-20000}
folder=$(mktemp -d)
export TOUCHSTONE_DATABASE_URL="${2:-sqlite://$folder/bench.db}"
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

"$touchstone" bench --limits "$folder"
"$touchstone" seed --project bench --traces "$traces" --json
TOUCHSTONE_KEY=$("$touchstone" key create --email reviewer-1@seed.example --name bench)
export TOUCHSTONE_KEY

began=$(date +%s%N)
"$touchstone" serve --listen 127.0.0.1:0 >"$folder/out" 2>"$folder/log" &
server=$!
until address=$(sed -n 's/^listening on //p' "$folder/out") && [ -n "$address" ] && curl -sf "$address/healthz" >/dev/null; do :; done
echo "cold start to the first answer: $((($(date +%s%N) - began) / 1000000)) ms"
sleep 10
echo "anonymous memory, idle: $(awk '/^RssAnon/ {print int($2 / 1024)}' "/proc/$server/status") MB"
"$touchstone" bench --url "$address" --project bench
echo "anonymous memory, after: $(awk '/^RssAnon/ {print int($2 / 1024)}' "/proc/$server/status") MB"
"$touchstone" verify
