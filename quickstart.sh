#!/usr/bin/env bash
# From a fresh Debian 12 to a first answer: installs what is missing, builds
# vpcmirror and runs scenarios/quickstart.json, which says where its result is.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$root/scripts/install_packages.sh" build
"$root/scripts/build.sh" quickstart

# Paths as seen from where this was called, so that what is printed can be opened.
to_root=$(realpath --relative-to="$PWD" "$root")/
to_root=${to_root#./}
exec "$root/build/release/vpcmirror" run "${to_root}scenarios/quickstart.json" --out "${to_root}out/quickstart"
