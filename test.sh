#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. CI runs exactly this.
#
# Two builds, because each finds what the other cannot: preset ci (clang, Debug,
# sanitizers) runs everything but the tests labelled `release`, and has libFuzzer search
# for five seconds with each fuzzer; preset whole, an optimised build by g++, runs those
# tests, which simulate too much for a sanitizer.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
jobs=$(($(nproc) + 1))  # some tests wait, for browsers and networks

scripts/install_packages.sh build test

failed=()
run_tests() {  # run_tests PRESET CTEST_ARGUMENT...
  local preset=$1
  shift
  ctest --test-dir "build/$preset" --output-on-failure --no-tests=error -j "$jobs" \
    --output-junit ctest.xml "$@" || failed+=("$preset")
}

printf '== preset ci: building\n'
scripts/build.sh ci
printf '== preset ci: testing\n'
VPCMIRROR_FUZZ_SECONDS=5 run_tests ci --progress -LE '^release$'

printf '== preset whole: building\n'
scripts/build.sh whole vpcmirror test_fidelity test_parity examples
printf '== preset whole: testing\n'
run_tests whole --progress -L '^(release|fidelity)$'
cat build/whole/tests/fidelity/tables/*.txt

python3 scripts/tell_tests.py build/{ci,whole}/ctest.xml

if [ ${#failed[@]} -gt 0 ]; then
  printf '== FAILED in preset %s\n' "${failed[*]}"
  exit 1
fi
printf '== all tests passed\n'
