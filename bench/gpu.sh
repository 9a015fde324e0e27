#!/bin/bash
# SPDX-License-Identifier: MIT
#
# bench/gpu.sh [--build DIR] [--device DEVICE] [--results DIR] [--quick]: everything that a device has to show, in one command.
#   1. builds into DIR (default build-gpu) unless the program is there; CMAKE_PREFIX_PATH finds an OpenCL in a folder of its own,
#      OCL_ICD_VENDORS its drivers; nothing is downloaded and PoCL is not needed
#   2. the self-test of the device (default gpu)
#   3. the same digests as the reference, and as PoCL where it is there, on the example books and made ones
#   4. the tests of tests/device, where they are built
#   5. peaks, kernels, whole runs and scaling, appended to DIR/NAME-OF-THE-DEVICE.csv (default bench/results)
# --quick: small books, few cases, no tests; for trying out the script itself.
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$source/build-gpu device=gpu results=$source/bench/results quick=
while [ $# -gt 0 ]; do
  case $1 in
    --build) build=$(realpath -m "$2") && shift ;;
    --device) device=$2 && shift ;;
    --results) results=$(realpath -m "$2") && shift ;;
    --quick) quick=yes ;;
    *) sed -n '3,12s/^# \{0,1\}//p' "$0" && exit 2 ;;
  esac
  shift
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work

title() { printf '\n== %s\n' "$*"; }
stop() {
  printf 'gpu.sh: %s\n' "$*" >&2
  exit 1
}

build_program() {
  local tests=OFF generator=()
  pkg-config --exists cmocka 2>/dev/null && tests=ON
  command -v ninja >/dev/null && generator=(-G Ninja)
  cmake -S "$source" -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=$tests
  cmake --build "$build" --parallel "$(nproc)"
}

# digest DEVICE BOOK MODEL
digest() {
  "$shockgrid" run "$2" --model "$3" --device "$1" | awk '$1 == "digest" { print $2 }'
}

# compare NAME BOOK MODEL: the device, the reference, and a CPU device where there is one
compare() {
  local here reference cpu=none
  here=$(digest "$device" "$2" "$3") || stop "$1 under $3 fails on the device"
  reference=$(digest reference "$2" "$3") || stop "$1 under $3 fails on the reference"
  [ -n "$here" ] && [ "$here" = "$reference" ] || stop "$1 under $3: digest $here on the device, $reference on the reference"
  if [ -n "$has_cpu" ]; then
    cpu=$(digest cpu "$2" "$3")
    [ "$here" = "$cpu" ] || stop "$1 under $3: digest $here on the device, $cpu on the CPU device"
  fi
  printf '%-16s %-16s %s  reference equal, CPU device %s\n' "$1" "$3" "$here" "${cpu/$here/equal}"
}

compare_books() {
  local sizes=(--accounts 2000 --positions 30 --instruments 20000 --underlyings 100) model
  [ -n "$quick" ] && sizes=(--accounts 50 --positions 10 --instruments 500 --underlyings 5)
  "$shockgrid" generate "$work/made" "${sizes[@]}" --seed 1 >/dev/null
  "$shockgrid" generate "$work/few" --accounts 20 --positions 100 --instruments 1000 --underlyings 2 --seed 2 >/dev/null
  for model in spot-vol-grid occ-cpm; do
    compare example "$source/examples/book" "$model"
    compare made "$work/made" "$model"
    compare few "$work/few" "$model"
  done
  compare deribit "$source/examples/deribit" deribit-pm
}

measure() {
  local rows run=(--accounts 100000 --positions 30 --instruments 100000 --underlyings 500) kernels=() scaling=()
  rows=$results/$(printf %s "$name" | tr '[:upper:]' '[:lower:]' | tr -cs 'a-z0-9' '-').csv
  mkdir -p "$results"
  if [ -n "$quick" ]; then
    run=(--accounts 100 --positions 5 --instruments 400)
    kernels=(--no-limits --case price_black --case reduce_worst)
    scaling=("${run[@]}" --case threads)
  fi
  title "rows in $rows"
  "$shockgrid" bench peaks --device "$device" --csv "$rows"
  "$shockgrid" bench kernels --device "$device" --csv "$rows" "${kernels[@]}"
  "$shockgrid" bench run --device "$device" --csv "$rows" "${run[@]}"
  "$shockgrid" bench scaling --device "$device" --csv "$rows" "${scaling[@]}"
}

[ -x "$build/shockgrid" ] && [ -x "$build/shockgrid-bench" ] || build_program
shockgrid=$build/shockgrid
title "devices"
"$shockgrid" devices --self-test
has_cpu=$("$shockgrid" devices | awk '$0 ~ / cpu  / { print "yes"; exit }')
name=$("$shockgrid" run "$source/examples/book" --model occ-cpm --device "$device" | sed -n 's/^  device *\(.*\) ([a-z]*),.*/\1/p')
[ -n "$name" ] || stop "there is no device \"$device\" that passes its self-test"
title "device: $name"
title "digests"
compare_books
if [ -z "$quick" ] && [ -f "$build/tests/CTestTestfile.cmake" ]; then
  title "tests of the device"
  # the others try the choice between devices and PoCL's code, and want a CPU device
  SHOCKGRID_DEVICE=$device ctest --test-dir "$build" -R '^device.device_(buffers|kernels|program_cache|reference_fma)$' \
    --output-on-failure
fi
measure
