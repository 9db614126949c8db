#!/usr/bin/env bash
# search.sh FUZZER CORPUS: lets a libFuzzer program search for VPCMIRROR_FUZZ_SECONDS
# (60 unless set), from a corpus that stays as it is. What it finds wrong is left in the
# folder it was called from.
set -euo pipefail

found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT
"$1" -max_total_time="${VPCMIRROR_FUZZ_SECONDS:-60}" -seed=1 -timeout=20 -rss_limit_mb=4096 \
  -print_final_stats=1 -verbosity=0 -artifact_prefix="$PWD/" "$found" "$2"
