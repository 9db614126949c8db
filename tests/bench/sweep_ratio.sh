#!/usr/bin/env bash
# sweep_ratio.sh [--check] [--program FILE] [--rounds N]: how many times as fast a
# sweep of 200 points of the packet engine is on two ranks as on one.
#
# Both in turns, N times (default 3), each rank with one process. Prints
# tab-separated lines under a header: case, seconds of one rank, of two (the best
# of each), ratio, goal, met. Machine, load and every time go to stderr. Exit
# status: 0 whatever the ratio is; 1 when it does not build or the tables
# differ; with --check also when the goal is missed. It means nothing on a
# machine with fewer than two idle cores.
set -euo pipefail

fail() {
  printf 'sweep_ratio.sh: %s\n' "$*" >&2
  exit 1
}

goal=1.9
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
check=false
program=
rounds=3
while [ $# -gt 0 ]; do
  case $1 in
    --check) check=true ;;
    --program | --rounds)
      [ $# -gt 1 ] || fail "$1 needs a value"
      if [ "$1" = --program ]; then program=$2; else rounds=$2; fi
      shift
      ;;
    *) fail "unknown argument '$1'" ;;
  esac
  shift
done

command -v mpirun > /dev/null || fail "mpirun is missing; install openmpi-bin"
if [ -z "$program" ]; then
  "$root/scripts/build.sh" quickstart vpcmirror >&2
  program=$root/build/release/vpcmirror
fi

lscpu | grep -E '^(Model name|CPU\(s\))' >&2
printf 'load: ' >&2
cat /proc/loadavg >&2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# 20 loads x 2 directions x 5 replications, about 0.2 s each.
sweep() { # ranks
  rm -rf "${work:?}/$1"
  mpirun --allow-run-as-root --oversubscribe --bind-to none -n "$1" \
    "$program" sweep "$root/scenarios/quickstart.json" --quiet --jobs 1 --runs 5 \
    --vary '/workloads/www/out=x0.5..x1.5:20' --vary '/mirrors/0/Direction=ALL,EGRESS' \
    --out "$work/$1"
}

best=(0 999999 999999)
for round in $(seq "$rounds"); do
  for ranks in 1 2; do
    start=$(date +%s.%N)
    sweep "$ranks"
    seconds=$(awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN { printf "%.2f", b - a }')
    printf 'round %s, %s rank(s): %s s\n' "$round" "$ranks" "$seconds" >&2
    best[ranks]=$(awk -v a="${best[ranks]}" -v b="$seconds" 'BEGIN { print (b < a) ? b : a }')
  done
done
cmp "$work/1/sweep.csv" "$work/2/sweep.csv" || fail "the tables differ"

printf 'case\tone_rank_s\ttwo_ranks_s\tratio\tgoal\tmet\n'
awk -v one="${best[1]}" -v two="${best[2]}" -v goal="$goal" 'BEGIN {
  ratio = one / two
  printf "sweep of 200 points\t%s\t%s\t%.2f\t>=%s\t%s\n", one, two, ratio, goal,
         (ratio >= goal) ? "yes" : "no"
  exit (ratio >= goal) ? 0 : 3
}' || { [ "$check" = false ] || fail "the goal is missed"; }
