#!/usr/bin/env bash
# The finished program as a process: how long the demo takes and what it needs at its peak, and what the service needs at rest over
# the history that the demo left. Needs bash, /proc and a release build; prints medians. RUNS=5 by default.
set -euo pipefail
cd "$(dirname "$0")/.."
program="${CARGO_TARGET_DIR:-target}/release/tenderwatch"
runs="${RUNS:-5}"
[ -x "$program" ] || { echo "no $program: cargo build --release" >&2; exit 1; }
stage="$(mktemp -d)"
service=
trap '[ -z "$service" ] || kill "$service" 2>/dev/null || true; rm -rf "$stage"' EXIT

# The middle one of the lines on standard input.
median() { sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }
# What /proc says of a process, in KiB: status PID VmRSS.
status() { awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status"; }
threads() { awk '$1 == "Threads:" { print $2 }' "/proc/$1/status"; }
now() { date +%s%N; }

# Demo: the peak is looked up until the process is gone; VmHWM never falls, so the last look is at most 20 ms short of the truth.
for run in $(seq "$runs"); do
    started="$(now)"
    "$program" demo --exit --json --dir "$stage/demo-$run" >/dev/null &
    demo=$!
    peak=0
    while seen="$(status "$demo" VmHWM 2>/dev/null)" && [ -n "$seen" ]; do
        peak="$seen"
        sleep 0.02
    done
    wait "$demo"
    echo "$(( ($(now) - started) / 1000000 )) $peak" >>"$stage/demos"
done
echo "demo --exit, median of $runs runs: $(cut -d' ' -f1 "$stage/demos" | median) ms, peak $(( $(cut -d' ' -f2 "$stage/demos" | median) / 1024 )) MiB"

# Service: the replica is gone, so every poll is refused at once; the history, the jobs and the clock are real.
for run in $(seq "$runs"); do
    "$program" --config "$stage/demo-$run/tenderwatch.toml" run >/dev/null 2>&1 &
    service=$!
    sleep "${REST_SECONDS:-10}"
    echo "$(status "$service" VmRSS) $(status "$service" VmHWM) $(status "$service" RssAnon) $(threads "$service")" >>"$stage/services"
    kill "$service"
    wait "$service" || true
    service=
done
echo "run, ${REST_SECONDS:-10} s after its start, median of $runs runs:" \
    "resident $(( $(cut -d' ' -f1 "$stage/services" | median) / 1024 )) MiB" \
    "(of it $(( $(cut -d' ' -f3 "$stage/services" | median) / 1024 )) MiB its own, the rest mapped files)," \
    "peak $(( $(cut -d' ' -f2 "$stage/services" | median) / 1024 )) MiB," \
    "$(cut -d' ' -f4 "$stage/services" | median) threads"
