#!/usr/bin/env bash
# install_packages.sh GROUP...: installs what packages.txt lists for these groups.
# Silent, and without a look at the network, when nothing is missing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
list=$root/packages.txt
apt_options=(-y -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)

fail() {
  printf 'install_packages.sh: %s\n' "$*" >&2
  exit 1
}

names_of_groups() {
  awk -v groups=" $* " '!/^[[:space:]]*(#|$)/ && index(groups, " " $2 " ") {print $1}' "$list"
}

missing_of() {
  local installed
  # dpkg-query fails when it has never heard of one of them; it still lists the others.
  # shellcheck disable=SC2016  # the format is dpkg-query's, not the shell's
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  local name
  for name in "$@"; do
    grep -qxF "installed $name" <<<"$installed" || printf '%s\n' "$name"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

[ $# -gt 0 ] || fail "which groups? build, test, bench or docs"
for group in "$@"; do
  [ -n "$(names_of_groups "$group")" ] || fail "packages.txt has no group '$group'"
done
mapfile -t wanted < <(names_of_groups "$@")

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  fail "this is no Debian: there is no apt-get. Install the counterparts of these by hand," \
    "then run cmake and ctest as test.sh does: ${wanted[*]}"
fi

mapfile -t missing < <(missing_of "${wanted[@]}")
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
  fail "these packages are missing, and there is no sudo; as root, run:" \
    "apt-get install ${missing[*]}"
fi

printf 'Installing %d packages: %s\n' ${#missing[@]} "${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# What a mirror answered yesterday may do: a failed update is not the end.
as_root apt-get update "${apt_options[@]}" >"$log" 2>&1 ||
  printf 'apt-get update failed; going on with the package lists that are here.\n' >&2
if ! as_root apt-get install "${apt_options[@]}" --no-install-recommends "${missing[@]}" \
  >>"$log" 2>&1; then
  tail -n 20 "$log" >&2
  fail "apt-get could not install: ${missing[*]}. What it said last stands above. Once apt-get" \
    "update works on this machine, run this again; nothing else is needed."
fi
