#!/usr/bin/env bash
# ratios.sh [--check] [--program FILE] [CASES...]: how fast the core is, as ratios
# to the peers that Debian packages, all measured in one run.
#
# Prints tab-separated lines under a header: case, ours, peer, peer's figure,
# ratio, goal, met. Figures are medians in ns of CPU time an item, or bytes where the
# case says memory. The goal is about the ratio:
#   >=N  peer's figure / ours: how many times as fast we are
#   <=N  ours / peer's figure; where there is no peer, our figure itself
# Machine, load, medians and best of every contender go to stderr. Exit status:
# 0 whatever the ratios are; 1 when it does not build, or a contender's answers
# differ from ours; with --check also when a row misses its goal: those are
# listed on stderr.
#
# Cases: classify, cache, frames, memory; without any, all. --program: a
# bench_ratios that is built already. Packages: scripts/install_packages.sh build bench
set -euo pipefail

fail() {
  printf 'ratios.sh: %s\n' "$*" >&2
  exit 1
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
check=false
program=
cases=()
while [ $# -gt 0 ]; do
  case $1 in
    --check) check=true ;;
    --program)
      [ $# -gt 1 ] || fail "--program needs a file"
      program=$2
      shift
      ;;
    classify | cache | frames | memory) cases+=("$1") ;;
    *) fail "unknown argument '$1'; cases are classify, cache, frames, memory" ;;
  esac
  shift
done

if [ -z "$program" ]; then
  pkg-config --exists libdpdk libtins libpcap ||
    fail "a peer is missing; run scripts/install_packages.sh build bench"
  "$root/scripts/build.sh" bench bench_ratios >&2
  program=$root/build/bench/tests/bench/bench_ratios
fi

lscpu | grep -E '^(Model name|CPU\(s\)|L2 cache|L3 cache|Flags)' >&2
printf 'load: ' >&2
cat /proc/loadavg >&2

# One CPU, the last that this shell may use: moving between two would cost its caches.
cpu=$(taskset -cp $$ | grep -oE '[0-9]+$')
table=$(mktemp)
trap 'rm -f "$table"' EXIT
taskset -c "$cpu" "$program" "${cases[@]}" | tee "$table"
printf 'load: ' >&2
cat /proc/loadavg >&2

misses=$(awk -F '\t' 'NR > 1 && $7 == "no" {
  printf "missed: %s, %s: %s, goal %s\n", $1, $3, $5, $6
}' "$table")
if $check && [ -n "$misses" ]; then
  printf '%s\n' "$misses" >&2
  exit 1
fi
