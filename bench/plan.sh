#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What the planner foresees beside what a run takes, for three books of different shape:
#
#   bench/plan.sh [PROGRAM] [SCALE]      default: build/shockgrid, scale 1 (about a minute and 2 GB of disk in $TMPDIR)
#
# Prints each run's table of times, the ratio of measured and planned seconds for each stage, and how many of them are within
# a factor of two. Rates are measured before each run, for a second.
set -eu
program=${1:-build/shockgrid}
scale=${2:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
models=$(dirname "$0")/../examples/models

# NAME MODEL ACCOUNTS POSITIONS INSTRUMENTS UNDERLYINGS
shape() {
  "$program" generate "$work/book" --accounts $(($3 * scale)) --positions "$4" --instruments "$5" --underlyings "$6" >/dev/null
  "$program" run "$work/book" --model "$2" --quiet # compiles what a book of these sizes needs, where that was not yet done
  "$program" run "$work/book" --model "$2" --compare-plan --out "$work/out" >"$work/summary"
  printf '%s: %s accounts of %s positions, %s instruments on %s underlyings, %s\n' "$1" $(($3 * scale)) "$4" "$5" "$6" "$2"
  sed -n '/^  time /,/^    in all/p' "$work/summary"
  sed -n '/^  time /,/^    in all/p' "$work/summary" |
    awk 'NR > 1 && $1 != "in" {printf "    %-10s measured / planned %.2f\n", $1, $2 / $3}' | tee -a "$work/ratios"
  rm -rf "$work/book" "$work/out"
}

shape broker spot-vol-grid 50000 30 100000 100
shape retail "$models/span-like.yaml" 500000 3 30000 300
shape members occ-cpm 500 2000 60000 40
awk '{n += $NF >= 0.5 && $NF <= 2} END {printf "%d of %d stages within a factor of two\n", n, NR}' "$work/ratios"
