#!/usr/bin/env bash
# quietly.sh COMMAND...: runs it, and shows what it printed only when it fails.
set -euo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" >"$log" 2>&1 || {
  status=$?
  cat "$log" >&2
  printf 'This failed, with exit status %d: %s\n' "$status" "$*" >&2
  exit "$status"
}
