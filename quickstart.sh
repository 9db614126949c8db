#!/usr/bin/env bash
# From a fresh Debian 12 to a first answer: installs what is missing, builds
# vpcmirror and runs scenarios/quickstart.json.
set -euo pipefail

called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"

scripts/install_packages.sh build
scripts/build.sh quickstart

status=0
build/release/vpcmirror run scenarios/quickstart.json --out out/quickstart || status=$?
if [ "$status" -eq 0 ]; then
  printf 'Result: %s\n' "$(realpath --relative-to="$called_from" out/quickstart/result.json)"
fi
exit "$status"
