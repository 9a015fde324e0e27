# SPDX-License-Identifier: MIT
#
# Whole runs, an axis of scaling and the peers on a small book: rows with provenance, one digest, and a peer with other margins is
# found out.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
sizes=(--accounts 100 --positions 5 --instruments 400 --device reference)

"$SHOCKGRID" bench run "${sizes[@]}" --csv "$work/rows.csv" >"$work/said"
for stage in read bind price net rules write all; do
  grep -q ",run,$stage," "$work/rows.csv" || { echo "no row for $stage"; exit 1; }
done
digest=$(sed -n 's/.*; digest \([0-9a-f]\{32\}\)$/\1/p' "$work/said")
"$SHOCKGRID" generate "$work/book" --accounts 100 --positions 5 --instruments 400 --underlyings 2 --seed 1 >/dev/null
"$SHOCKGRID" run "$work/book" --model spot-vol-grid --device reference | grep "digest *$digest\$" >/dev/null ||
  { echo "a run has another digest than $digest"; exit 1; }

"$SHOCKGRID" bench scaling "${sizes[@]}" --case scenarios --csv "$work/rows.csv" >/dev/null
[ "$(grep -c ',scaling,all,scenarios,' "$work/rows.csv")" -eq 4 ]

peers=(--book "$work/book" --device reference --case plain)
[ -x "$BUILD/peers/peer_good" ] && peers+=(--case good)
"$SHOCKGRID" bench peers "${peers[@]}" --csv "$work/rows.csv" | tee "$work/said"
grep -q '^plain ' "$work/said" && grep -q '^shockgrid ' "$work/said"
grep -q ',peers,plain: price and net,' "$work/rows.csv"

cat >"$work/wrong" <<END
#!/bin/bash
echo "stage price 1 1"
"$BUILD/peers/peer_plain" "\$2" "\$3.right" >/dev/null
awk -F, 'NR == 50 { \$2 += 0.01 * (\$2 + 1) } { print \$1 "," \$2 }' "\$3.right" >"\$3"
END
chmod +x "$work/wrong"
if SHOCKGRID_PYTHON=$work/wrong "$SHOCKGRID" bench peers --book "$work/book" --device reference --case numpy_scipy 2>"$work/said"; then
  exit 1
fi
grep -q 'numpy_scipy has other margins' "$work/said"

# Nothing is left in the folder for temporary files.
left=$(find "$work" -maxdepth 1 -name 'shockgrid-bench-*')
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
