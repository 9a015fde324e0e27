#!/bin/bash
# SPDX-License-Identifier: MIT
#
# bench/peers/dividends.sh [ROUNDS]: shockgrid's American options with cash dividends beside QuantLib's finite differences on like
# options and the same grid, in turns, per second of processor time. `fast` stands beside 100 x 100 points, `accurate` beside
# 300 x 300, where QuantLib's largest, 99th percentile and median error (1.5e-3, 6.5e-4, 4.6e-5 and 2.6e-4, 8.6e-5, 4.9e-6 of
# spot on the rows of tests/formula/quantlib_dividends.csv) are larger than ours. Needs libquantlib0-dev and a built tree in build/.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
g++ -O3 -march=native -w bench/peers/quantlib_dividends.cpp -lQuantLib -o "$work/quantlib"
cases="dividends_fast dividends_accurate dividends_chain"
for ((round = 0; round < rounds; round++)); do
  "$work/quantlib" 3 100 300 >>"$work/quantlib.csv"
  build/shockgrid-bench kernels --no-limits --repeats 10 $(printf -- '--case %s ' $cases) |
    awk 'NR > 2 { print $1 "," $6 * 1e6 }' >>"$work/shockgrid.csv"
done
median() { sort -g | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'; }
printf '%-18s %16s %16s %9s\n' 'prices per cpu-s' shockgrid QuantLib ratio
for case in $cases; do
  points=300
  [[ $case == *_fast ]] && points=100
  ours=$(awk -F, -v name="$case" '$1 == name { print $2 }' "$work/shockgrid.csv" | median)
  theirs=$(awk -F, -v points="$points" '$1 == points { print $2 / $3 }' "$work/quantlib.csv" | median)
  printf '%-18s %16.0f %16.1f %9.0f\n' "$case" "$ours" "$theirs" "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { print a / b }')"
done
