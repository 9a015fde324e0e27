# SPDX-License-Identifier: MIT
#
# The benchmark runs, finds the device's bytes equal to the reference's, and writes one row for each case.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$BUILD/shockgrid-bench" --device cpu --repeats 10 --csv "$work/rows.csv"
# As many rows as BENCH_CASES has lines, and the names.
grep -o '^  X([a-z_]*, "' "$SOURCE/bench/bench.h" | tr -dc 'a-z_\n' >"$work/cases"
[ "$(wc -l <"$work/rows.csv")" -eq "$((1 + $(wc -l <"$work/cases")))" ]
while read -r case; do
  grep -q ",$case," "$work/rows.csv"
done <"$work/cases"
grep -qx price_black "$work/cases"
