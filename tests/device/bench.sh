# SPDX-License-Identifier: MIT
#
# The benchmark runs, finds the device's bytes equal to the reference's, and appends one row for each limit and for each case
# that does not take seconds.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sed -n 's/^  X(\([a-z0-9_]*\), ".*/\1/p' "$SOURCE/bench/cases.h" | grep -vE 'accurate|^chain_|^american|own_vols|net_random|imply_american' >"$work/names"
mapfile -t cases < <(sed 's/^/--case=/' "$work/names")
"$SHOCKGRID" bench kernels "${cases[@]}" --device cpu --repeats 10 --no-limits --csv "$work/rows.csv" --json "$work/rows.json"
"$SHOCKGRID" bench peaks --device cpu --repeats 10 --csv "$work/rows.csv" --json "$work/rows.json"
sed -n 's/^  X(LIMIT_[A-Z_]*, "\([a-z_]*\)".*/\1/p' "$SOURCE/bench/peaks.h" >>"$work/names"
grep -qx price_black "$work/names" && grep -qx launch "$work/names"
[ "$(wc -l <"$work/rows.csv")" -eq "$((1 + $(wc -l <"$work/names")))" ]
[ "$(wc -l <"$work/rows.json")" -eq "$(wc -l <"$work/names")" ]
while read -r name; do
  grep -q ",$name," "$work/rows.csv"
  grep -q "\"name\":\"$name\"" "$work/rows.json"
done <"$work/names"

# Rows of another format are not mixed with these.
echo other >"$work/other.csv"
if "$SHOCKGRID" bench peaks --device cpu --repeats 10 --csv "$work/other.csv" 2>"$work/said"; then exit 1; fi
grep -q 'other columns' "$work/said"
[ "$(wc -l <"$work/other.csv")" -eq 1 ]
