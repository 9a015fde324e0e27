#!/bin/bash
# SPDX-License-Identifier: MIT
#
#   ./quickstart.sh        installs what is missing, builds, margins examples/book and a real option chain, writes a report
#   ./quickstart.sh test   the same for the tests: installs what they need as well, builds, runs all of them
#
# Debian 12 or a relative of it, as root or with sudo. Asks nothing. Installed packages stay; nothing else leaves build/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# The one list of packages: what builds and runs shockgrid, and what its tests need beside that.
build_packages=(gcc libc6-dev cmake ninja-build pkgconf ocl-icd-opencl-dev pocl-opencl-icd
                libfyaml-dev libjansson-dev libzstd-dev zlib1g-dev libxxhash-dev)
test_packages=(libcmocka-dev libmpfr-dev clang-15 oclgrind locales)

stop() {
  printf 'quickstart: %s\n' "$*" >&2
  exit 1
}

# Prints a command as one could type it, then runs it.
run() {
  printf '\n$ %s\n' "$*"
  "$@"
}

# Runs a command whose output matters only when it fails.
run_quietly() {
  printf '\n$ %s\n' "$*"
  "$@" >build/quickstart.log 2>&1 </dev/null || {
    tail -n 40 build/quickstart.log >&2
    stop "that command failed; its whole output is in build/quickstart.log"
  }
}

# install PACKAGE...: those that are missing.
install() {
  local as_root=() missing=() package
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    stop "this is no Debian. Install what these packages hold, then run cmake as README.md shows: $*"
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    printf 'All %d packages are installed.\n' $#
    return
  fi
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
    sudo -n true 2>/dev/null ||
      stop "packages are missing and neither root nor sudo without a password is at hand. Have them installed:
  apt-get install --no-install-recommends ${missing[*]}"
  fi
  run_quietly "${as_root[@]}" apt-get update -q
  run_quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}"
  printf 'Installed %d packages and what they depend on.\n' ${#missing[@]}
}

# build ON|OFF: with tests or without.
build() {
  run cmake --preset release "-DBUILD_TESTING=$1"
  run cmake --build build
}

show_example() {
  install "${build_packages[@]}"
  build OFF
  local model
  mkdir -p build/example
  for model in spot-vol-grid occ-cpm; do
    run build/shockgrid run examples/book --model "$model" --out "build/example/$model"
  done
  run build/shockgrid run examples/deribit --model spot-vol-grid --out build/example/deribit
  run build/shockgrid report build/example/deribit
}

# The closing line is ctest's own.
run_tests() {
  install "${build_packages[@]}" "${test_packages[@]}"
  build ON
  local status=0 log=build/Testing/Temporary/LastTest.log skipped
  run ctest --test-dir build --output-on-failure --parallel "$(nproc)" | tee build/ctest.log || status=$?
  skipped=$(grep -E '^(\[  SKIPPED \] [a-z_0-9]+$|SKIPPED: )' "$log" | sort -u || true)
  printf '\nSkipped: %d\n' "$(printf '%s' "$skipped" | grep -c . || true)"
  [ -z "$skipped" ] || printf '%s\n' "$skipped"
  grep -E '^[0-9]+% tests passed' build/ctest.log || true
  return "$status"
}

mkdir -p build
if [ ! -e /sys/devices/system/cpu ] && [ -z "${HWLOC_SYNTHETIC:-}" ]; then
  # PoCL asks hwloc for processors and memory, and aborts where /sys is not mounted, as in a bare chroot.
  export HWLOC_SYNTHETIC="numa:1(memory=$(($(getconf _PHYS_PAGES) * $(getconf PAGE_SIZE)))) pu:$(nproc)"
  printf 'No /sys here: telling PoCL what the machine is by HWLOC_SYNTHETIC="%s"\n' "$HWLOC_SYNTHETIC"
fi
case "$*" in
  '') show_example ;;
  test) run_tests ;;
  *) stop "usage: ./quickstart.sh [test]" ;;
esac
