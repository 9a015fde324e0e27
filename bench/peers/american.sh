#!/bin/bash
# SPDX-License-Identifier: MIT
#
# bench/peers/american.sh [ROUNDS]: shockgrid's American options beside QuantLib's on like options and the same grid of 17 spots
# and 3 vols, in turns, per second of processor time. QuantLib runs once for each core, all at once, because cores may share
# what they compute with; shockgrid uses them all anyway.
#
#   nothing shared, chains, own vols   QdFpAmericanEngine, fast and accurate scheme; both errors: test_formula_device_american
#   cash dividends                     FdBlackScholesVanillaEngine; fast stands beside 100 x 100 points, accurate beside 300 x 300,
#                                      whose largest, 99th percentile and median error (1.5e-3, 6.5e-4, 4.6e-5 and 2.6e-4, 8.6e-5,
#                                      4.9e-6 of spot, tests/formula/quantlib_dividends.csv) are larger than ours
#
# Needs libquantlib0-dev and a built tree in build/. Some 40 seconds a round.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-5}
peers=("quantlib_american 150 20" "quantlib_dividends 2 100 300")
cases=(american_fast=fast american_accurate=accurate chain_fast=fast chain_accurate=accurate own_vols=accurate
  dividends_fast=100 dividends_accurate=300 dividends_chain=300)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for peer in "${peers[@]%% *}"; do
  g++ -O3 -march=native -w "bench/peers/$peer.cpp" -lQuantLib -o "$work/$peer"
done
for ((round = 0; round < rounds; round++)); do
  for peer in "${peers[@]}"; do
    for ((core = 0; core < $(nproc); core++)); do
      # shellcheck disable=SC2086 # its arguments
      "$work"/$peer >"$work/core.$core" &
    done
    wait
    cat "$work"/core.* >>"$work/quantlib"
  done
  build/shockgrid-bench kernels --no-limits --repeats 20 $(printf -- '--case %s ' "${cases[@]%=*}") \
    --csv "$work/shockgrid" >/dev/null
done
median() { sort -g | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'; }
printf '%-20s %16s %16s %9s\n' 'prices per cpu-s' shockgrid QuantLib ratio
for pair in "${cases[@]}"; do
  ours=$(awk -F, -v name="${pair%=*}" '
    { gsub(/"[^"]*"/, "quoted") }
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
    $column["name"] == name { print $column["work"] / $column["cpu_median_s"] }' "$work/shockgrid" | median)
  theirs=$(awk -F, -v name="${pair#*=}" '$1 == name { print $2 / $3 }' "$work/quantlib" | median)
  printf '%-20s %16.0f %16.0f %9.0f\n' "${pair%=*}" "$ours" "$theirs" "$(awk -v a="$ours" -v b="$theirs" 'BEGIN { print a / b }')"
done
