#!/usr/bin/env bash
# Measures scimdeck beside a server that does nothing but httprouter and Badger, in
# one run with the same load driver, and prints README's table. It is also run with
# the simplest log of its own (compressed chunks behind a channel), since ours keeps one.
#
#   testdata/speed.sh [TOOLS]
#
# TOOLS is the folder with the driver (bench) and the limit server (limits), each a
# Go module; without it, ../shared/perf. Ratios are medians over interleaved rounds;
# rates of two runs are not to be compared. It takes about five minutes, needs a
# machine that does nothing else, and talks to 127.0.0.1 alone.
#
# The environment: USERS (10000), ROUNDS (5), CONNS (8), SECONDS_EACH (1), WORKLOADS.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=${1:-../shared/perf}
users=${USERS:-10000} rounds=${ROUNDS:-5} conns=${CONNS:-8} seconds=${SECONDS_EACH:-1}
workloads=${WORKLOADS:-get,lookup,lookup-miss,page,import,create,update,deactivate,search,lifecycle}

work=$(mktemp -d)
pids=()
cleanup() {
  [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

for tool in bench limits; do # the tools may lie where nothing can be written
  cp -r "$tools/$tool" "$work/$tool-src"
  chmod -R u+w "$work/$tool-src"
  go build -C "$work/$tool-src" -o "$work/$tool" .
done
go build -o "$work/scimdeck" .

# measure NAME DURABLE SYNC CONNS WORKLOADS: one run of the servers, ours is durable
# or not and the limit's Badger likewise; prints a row for each workload.
measure() {
  local name=$1 durable=$2 sync=$3 conns=$4 workloads=$5 token
  mkdir "$work/$name"
  export SCIMDECK_DATA=$work/$name/data SCIMDECK_DURABLE=$durable
  token=$("$work/scimdeck" keys create speed 2>/dev/null)
  "$work/scimdeck" serve --json --listen 127.0.0.1:0 >"$work/$name/out" 2>"$work/$name/err" &
  local ours=$!
  "$work/limits" serve -addr 127.0.0.1:18090 -dir "$work/$name/limit" -embed -profile small -sync "$sync" 2>"$work/$name/limit.err" &
  local limit=$!
  "$work/limits" serve -addr 127.0.0.1:18091 -dir "$work/$name/logging" -embed -profile small -sync "$sync" -log async-chunk 2>"$work/$name/logging.err" &
  local logging=$!
  pids=("$ours" "$limit" "$logging")
  local url=
  for _ in $(seq 100); do
    url=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p;q' "$work/$name/out")
    [ -n "$url" ] && (exec 3<>/dev/tcp/127.0.0.1/18090 4<>/dev/tcp/127.0.0.1/18091) 2>/dev/null && break
    sleep 0.1
  done
  "$work/bench" -preload "$users" -conns "$conns" -rounds "$rounds" -duration "${seconds}s" -workloads "$workloads" \
    -targets "limit=http://127.0.0.1:18090/scim/v2,benchtoken,$limit logging=http://127.0.0.1:18091/scim/v2,benchtoken,$logging ours=$url,$token,$ours" -strict 2>"$work/$name/bench.err" >"$work/$name/table" ||
    { cat "$work/$name/bench.err" "$work/$name/err" >&2; return 1; }
  awk -F' *[|] *' -v suffix="$6" '$2 == "get" || $2 ~ /^[a-z-]+$/ {
    split($4, rate, " "); split($8, ratio, " ")
    if ($3 == "limit") cpu[$2] = $9
    if ($3 == "logging") logging[$2] = rate[1]
    if ($3 == "ours") printf "| %s%s | %s %s | %s | %.3f | %s | %s |\n", $2, suffix, rate[1], rate[2], ratio[1], rate[1] / logging[$2], $9, cpu[$2]
  }' "$work/$name/table"
  kill "${pids[@]}"
  wait "${pids[@]}" 2>/dev/null || true
  pids=()
}

echo "$(uname -sm), $(getconf _NPROCESSORS_ONLN) processors$(sed -n 's/^model name[^:]*: /, /p;T;q' /proc/cpuinfo 2>/dev/null || true), $(go version | cut -d' ' -f3); $users users, $rounds rounds"
echo
echo "| workload | ours | of the limit | of it with a log | server CPU µs | the limit's |"
echo "|---|---:|---:|---:|---:|---:|"
measure fast false batch "$conns" "$workloads" ""
measure durable true group 32 create ", durable, 32 connections"
