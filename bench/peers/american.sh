#!/bin/bash
# SPDX-License-Identifier: MIT
#
# bench/peers/american.sh [ROUNDS]: shockgrid's American options beside QuantLib's QdFpAmericanEngine on the same options and
# grid, in turns, per second of processor time, so that both are compared on the same number of cores whatever else runs.
# Needs libquantlib0-dev and a built tree in build/. The errors of both: test_formula_device_american.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
g++ -O3 -march=native -w bench/peers/quantlib_american.cpp -lQuantLib -o "$work/quantlib"
cases="american_fast american_accurate chain_fast chain_accurate own_vols"
for ((round = 0; round < rounds; round++)); do
  "$work/quantlib" 200 50 >>"$work/quantlib.csv"
  build/shockgrid-bench kernels --no-limits --repeats 10 $(printf -- '--case %s ' $cases) |
    awk 'NR > 2 { print $1 "," $6 * 1e6 }' >>"$work/shockgrid.csv"
done
median() { sort -g | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'; }
printf '%-18s %16s %16s %9s\n' 'prices per cpu-s' shockgrid QuantLib ratio
for case in $cases; do
  scheme=accurate
  [[ $case == *_fast ]] && scheme=fast
  ours=$(awk -F, -v name="$case" '$1 == name { print $2 }' "$work/shockgrid.csv" | median)
  theirs=$(awk -F, -v name="$scheme" '$1 == name { print $2 / $3 }' "$work/quantlib.csv" | median)
  printf '%-18s %16.0f %16.0f %9.0f\n' "$case" "$ours" "$theirs" "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { print a / b }')"
done
