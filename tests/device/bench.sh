# SPDX-License-Identifier: MIT
#
# The benchmark runs, finds the device's bytes equal to the reference's, and writes one row for each case.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$BUILD/shockgrid-bench" --device cpu --repeats 10 --csv "$work/rows.csv"
[ "$(wc -l <"$work/rows.csv")" -eq 5 ]
for case in price_black net_nodes fold_level reduce_worst; do
  grep -q ",$case," "$work/rows.csv"
done
