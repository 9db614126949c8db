#!/usr/bin/env bash
# build.sh PRESET [TARGET...]: configures and builds a preset of CMakePresets.json;
# progress on a terminal, otherwise nothing unless it fails.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=$1
shift
build=(cmake --build --preset "$preset")
[ $# -eq 0 ] || build+=(--target "$@")

scripts/quietly.sh cmake --preset "$preset"
if [ -t 1 ]; then
  "${build[@]}"
else
  scripts/quietly.sh "${build[@]}"
fi
