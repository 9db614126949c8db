#!/usr/bin/env bash
# Makes every figure of docs/validation.md afresh: builds, compares, prints the
# tables, keeps them in tests/fidelity/results and writes the summary into the page.
# `reproduce.sh --lab` (as root) also measures a few points of the kernel lab.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tables=build/release/tests/fidelity/tables

scripts/build.sh release vpcmirror test_fidelity
rm -f "$tables"/*.txt
failed=0
ctest --test-dir build/release -L '^fidelity$' --no-tests=error --output-on-failure \
  -j "$(nproc)" || failed=1
cat "$tables"/*.txt
mkdir -p tests/fidelity/results
rm -f tests/fidelity/results/*.txt
cp "$tables"/*.txt tests/fidelity/results/
python3 tests/fidelity/figures.py tests/fidelity/results docs/validation.md
if [ "${1:-}" = --lab ]; then
  python3 tests/fidelity/lab/measure.py
fi
exit "$failed"
